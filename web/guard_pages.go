package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// guardDays is how far back the figures of the guard go.
const guardDays = 30

// guardPage shows every rule with its words, how often it stopped a letter, what two
// people settled about it, and what colleagues say of it.
func (s *Server) guardPage(c *Ctx) error { return s.showGuard(c, http.StatusOK, nil) }

func (s *Server) showGuard(c *Ctx, status int, errs []view.FieldError) error {
	ctx := c.Request.Context()
	f, err := s.Desk.GuardFigures(ctx, c.Actor, c.Now.AddDate(0, 0, -guardDays))
	if err != nil {
		return err
	}
	set, err := s.Desk.GuardSettings(ctx, c.Actor)
	if err != nil {
		return err
	}
	words := map[string]view.GuardRule{}
	for _, r := range view.GuardRules() {
		words[r.ID] = r
	}
	m := view.GuardPage{
		Shell: s.shell(c, "The check before sending", "guard"), Version: guard.RulesVersion, Days: guardDays, Errors: errs,
		Until: c.PostForm("until"), Reason: c.PostForm("reason"),
		Levels: options(c.PostForm("level"), "warn", "Point it out only", "confirm", "Ask for a tick", "ships", "As the program has it"),
	}
	m.Shell.Failed = len(errs) > 0
	if c.Actor.May(access.ManageGuard) {
		m.Action = "/admin/guard"
	}
	today := set.Levels.On(c.Now.In(sla.London()).Format(time.DateOnly))
	for _, r := range guard.Rules() {
		row := view.GuardRow{
			ID: r.ID, Heading: words[r.ID].Heading, Words: plainBlanks(words[r.ID].Text), Who: releaseWords(r.Release), Count: f.Counts[r.ID], Locked: guard.Locked(r.ID),
		}
		if row.Words == "" {
			row.Words = plainBlanks(r.Cure)
		}
		if level, ok := today[r.ID]; ok && !row.Locked {
			row.Level = levelWords(level) + " until " + dayWords(set.Levels[r.ID].Until)
		}
		if toneRule(r.ID) {
			row.Count = -1 // hints about tone are the writer's alone
		}
		m.Rows = append(m.Rows, row)
		if row.Count > 0 || row.Level != "" {
			m.Found = append(m.Found, row)
		}
		if !row.Locked {
			m.Rules = append(m.Rules, view.Option{Value: r.ID, Text: r.ID, Selected: r.ID == c.PostForm("rule")})
		}
	}
	slices.SortStableFunc(m.Found, func(a, b view.GuardRow) int { return b.Count - a.Count })
	for _, x := range set.Changes {
		m.Changes = append(m.Changes, view.GuardChangeRow{
			ID: id(x.ID), Rule: x.Rule, Level: levelWords(x.Level), Until: dayWords(x.Until), Reason: x.Reason.ForStaff(), By: x.AskedName, At: x.AskedAt,
			State: changeState(x.State), SettledBy: x.SettledName, Answer: x.Answer.ForStaff(), Own: x.AskedBy == c.Actor.StaffID, Open: x.State == "open",
		})
	}
	for _, r := range f.Reports {
		row := view.GuardReportRow{ID: id(r.ID), At: r.At, By: r.ByName, Ref: r.TicketRef, Rules: strings.Join(r.Rules, ", "), Words: r.Words.ForStaff()}
		if r.SettledAt != nil {
			row.Settled, row.Answer = outcomeWords(r.Outcome)+", "+r.SettledName+", "+sla.FormatShort(*r.SettledAt), r.Answer.ForStaff()
		}
		m.Reports = append(m.Reports, row)
	}
	return s.page(c, status, view.PageGuard, m)
}

// toneRule reports the hints about tone: they are shown to the writer and stand in no
// figure.
func toneRule(rule string) bool {
	return rule == guard.RuleToneInternal || rule == guard.RuleToneExternal
}

func plainBlanks(text string) string { return strings.NewReplacer("{", "[", "}", "]").Replace(text) }

func levelWords(level string) string {
	switch level {
	case tickets.LevelWarn:
		return "Points it out only"
	case tickets.LevelConfirm:
		return "Asks for a tick"
	}
	return "As the program has it"
}

func changeState(state string) string {
	switch state {
	case "approved":
		return "Approved"
	case "refused":
		return "Not approved"
	}
	return "Waits for a second person"
}

func outcomeWords(outcome string) string {
	switch outcome {
	case tickets.ReportRight:
		return "The check was right"
	case tickets.ReportWrong:
		return "The check was wrong"
	}
	return "Noted"
}

// dayWords is a local date in words; what is none stays as it is.
func dayWords(date string) string {
	if t, err := time.Parse(time.DateOnly, date); err == nil {
		return t.Format("2 Jan 2006")
	}
	return date
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

// guardAct asks for a change of a rule, settles one as the second person, or settles a
// report.
func (s *Server) guardAct(c *Ctx) error {
	ctx := c.Request.Context()
	var err error
	text, field := "", ""
	switch c.PostForm("do") {
	case "ask":
		text, field = "Asked. Nothing changes until somebody else approves it.", "reason"
		level := c.PostForm("level")
		if level == "ships" {
			level = tickets.LevelShips
		} else if level == "" {
			level = "none"
		}
		day, _ := dateIn(c.PostForm("until"))
		known := func(rule string) bool {
			return slices.ContainsFunc(guard.Rules(), func(r guard.Rule) bool { return r.ID == rule })
		}
		locked := func(rule string) bool { return !known(rule) || guard.Locked(rule) }
		err = s.Desk.AskGuardChange(ctx, c.Actor, tickets.GuardChange{
			Rule: c.PostForm("rule"), Level: level, Until: day, Reason: tickets.NewPrivateText(c.PostForm("reason")),
		}, locked, c.Now)
	case "approve", "refuse":
		approve := c.PostForm("do") == "approve"
		text = "Not approved. The rule stays as it is."
		if approve {
			text = "Approved. It counts from the next letter on."
		}
		err = s.Desk.SettleGuardChange(ctx, c.Actor, number(c.PostForm("change")), approve, c.PostForm("answer"), c.Now)
	case "settle":
		text = "Settled."
		err = s.Desk.SettleReport(ctx, c.Actor, number(c.PostForm("report")), c.PostForm("outcome"), c.PostForm("answer"), c.Now)
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showGuard(c, http.StatusUnprocessableEntity, []view.FieldError{{Field: field, Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showGuard(c, http.StatusConflict, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/guard", "success", text)
}

// dateIn reads a day as people write it, or as a date field sends it.
func dateIn(s string) (string, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2 Jan 2006", "2 January 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fault.New(fault.Invalid, "Give a day such as 24/11/2026")
}
