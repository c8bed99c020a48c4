package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

// casesShown is how many cases one page lists: the open enquiries of each are
// read for the row.
const casesShown = 25

func (s *Server) cases(c *Ctx) error {
	q := strings.TrimSpace(c.Query("q"))
	page, err := s.Store.Cases(c.Request.Context(), c.Actor, tickets.CaseQuery{Q: q, Cursor: c.Query("cursor"), Limit: casesShown})
	if err != nil {
		return err
	}
	if err := s.Desk.Searched(c.Request.Context(), c.Actor, "cases", q, page.Total, c.Now); err != nil {
		return err
	}
	m := view.Cases{Shell: s.shell(c, "Cases", "cases"), Query: q, Total: plural(page.Total, "case", "cases"), Empty: "There is no case that you can open."}
	if q != "" {
		m.Empty = "No case that you can open matches. Try a case number, a surname or part of an email address."
	}
	if c.Actor.May(access.ManageRegister) {
		m.NewHref = view.NewCaseURL()
	}
	for _, v := range page.Items {
		row, err := s.caseRow(c, v)
		if err != nil {
			return err
		}
		m.Rows = append(m.Rows, row)
	}
	if page.Next != "" {
		next := url.Values{"cursor": {page.Next}}
		if q != "" {
			next.Set("q", q)
		}
		m.Pages.Next = "/c?" + next.Encode()
	}
	if c.Query("cursor") != "" {
		m.Pages.Prev = "/c"
	}
	return s.page(c, http.StatusOK, view.PageCases, m)
}

func (s *Server) caseRow(c *Ctx, v tickets.CaseView) (view.CaseRow, error) {
	row := view.CaseRow{
		Ref: v.Ref, Child: childOf(v.Case, c.Now), School: v.School, Officer: v.OfficerName, Fallback: v.FallbackName, Team: v.TeamName,
	}
	if v.Restricted {
		row.Alert = "Restricted"
	}
	f, err := s.Store.CaseFacts(c.Request.Context(), v.ID)
	if err != nil {
		return row, err
	}
	if (&record{CaseView: v, facts: *f, on: sla.DateOf(c.Now).String()}).schoolProtected() {
		row.School = "Protected"
	}
	list, err := s.ofCase(c, v)
	if err != nil {
		return row, err
	}
	var next *tickets.TicketView
	for i, t := range list {
		row.LastIn = later(row.LastIn, t.LastInboundAt)
		if t.LastAnswerAt != nil {
			row.LastOut = later(row.LastOut, *t.LastAnswerAt)
		}
		if !open(t) {
			continue
		}
		row.Open++
		if next == nil || dueAt(t).Before(dueAt(*next)) {
			next = &list[i]
		}
	}
	row.Due = view.Due{State: view.NoClock, Text: "No answer is due"}
	if next != nil {
		row.Due = s.due(next.Clock, c.Now)
	}
	return row, nil
}

// ofCase are the enquiries of a case that the actor may see, finished ones included.
func (s *Server) ofCase(c *Ctx, v tickets.CaseView) ([]tickets.TicketView, error) {
	page, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: "all", CaseID: v.ID, Limit: 200, Now: c.Now})
	return page.Items, err
}

// open reports whether an enquiry is still somebody's work.
func open(t tickets.TicketView) bool {
	switch t.State {
	case tickets.StateFinished, tickets.StateMerged, tickets.StateNotOurs:
		return false
	}
	return true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func childOf(c register.Case, now time.Time) view.Child {
	return view.Child{Initials: c.Initials(), Age: age(c.DOB, now), CaseRef: c.Ref, Stage: c.Stage}
}

// caseTitle names a case's pages: a number and initials, never a name.
func caseTitle(c register.Case, what string) string { return c.Ref + " (" + c.Initials() + ") " + what }

func (s *Server) caseEnquiries(c *Ctx, m *view.Case, list []tickets.TicketView) {
	var next *tickets.TicketView
	for i, t := range list {
		row := s.row(t, c.Now, view.EnquiryURL(t.Ref))
		switch {
		case open(t):
			m.Open = append(m.Open, row)
			if t.Clock != nil && t.Clock.StoppedAt == nil {
				for _, r := range s.clockRows(t, c.Now) {
					r.Name = t.Ref
					m.Standards = append(m.Standards, r)
				}
				if next == nil || dueAt(t).Before(dueAt(*next)) {
					next = &list[i]
				}
			}
		case t.State == tickets.StateFinished:
			m.Finished = append(m.Finished, row)
		}
	}
	if next != nil {
		m.Top.Due = s.due(next.Clock, c.Now)
	}
	if n := len(m.Open); n > 1 {
		m.Top.DueNote = plural(n, "open enquiry", "open enquiries")
	}
}

// deputy of an officer, by name; "" when there is none.
func (s *Server) deputy(c *Ctx, officerID int64) string {
	if officerID == 0 {
		return ""
	}
	staff, err := s.Store.Staff(c.Request.Context(), c.Actor)
	if err != nil {
		s.Log.Error("web", "event", "staff_failed", "error", err)
		return ""
	}
	for _, p := range staff {
		if p.ID == officerID {
			return s.nameOf(c, p.DeputyID)
		}
	}
	return ""
}
