package web

import (
	"net/http"
	"strings"

	"hearback/mailbox/guard"
	"hearback/web/view"
)

// guardDays is how far back the figures of the guard go.
const guardDays = 30

// guardPage shows every rule with its words and how often it stopped a letter.
func (s *Server) guardPage(c *Ctx) error {
	f, err := s.Desk.GuardFigures(c.Request.Context(), c.Actor, c.Now.AddDate(0, 0, -guardDays))
	if err != nil {
		return err
	}
	words := map[string]string{}
	for _, r := range view.GuardRules() {
		words[r.ID] = strings.NewReplacer("{", "[", "}", "]").Replace(r.Text)
	}
	m := view.GuardPage{Shell: s.shell(c, "The check before sending", "guard"), Version: guard.RulesVersion, Days: guardDays}
	for _, r := range guard.Rules() {
		m.Rows = append(m.Rows, view.GuardRow{ID: r.ID, Words: words[r.ID], Who: releaseWords(r.Release), Count: f.Counts[r.ID]})
	}
	for _, r := range f.Reports {
		m.Reports = append(m.Reports, view.GuardReportRow{At: r.At, By: r.ByName, Ref: r.TicketRef, Rules: strings.Join(r.Rules, ", "), Words: r.Words.ForStaff()})
	}
	return s.page(c, http.StatusOK, view.PageGuard, m)
}

func releaseWords(r guard.Release) string {
	switch r {
	case guard.ReleaseManager:
		return "A second person, with a lawful basis"
	case guard.ReleaseAuthor:
		return "The author, by ticking"
	case guard.ReleaseNone:
		return "It only points something out"
	}
	return "Nobody: change the message or the record"
}
