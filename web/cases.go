package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
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

// caseOfficer refuses: the named officer of a case comes from the council's
// register, and nothing here may say otherwise.
func (s *Server) caseOfficer(c *Ctx) error {
	if _, err := s.Store.Case(c.Request.Context(), c.Actor, c.Param("case")); err != nil {
		return err
	}
	return fault.New(fault.Denied, "The named officer comes from the case register and is changed there. You can move single enquiries")
}

func (s *Server) caseOverview(c *Ctx) error {
	v, err := s.Store.Case(c.Request.Context(), c.Actor, c.Param("case"))
	if err != nil {
		return err
	}
	list, err := s.ofCase(c, *v)
	if err != nil {
		return err
	}
	m := view.Case{
		Shell: s.shell(c, caseTitle(v.Case, "Case"), "cases"), Ref: v.Ref, Child: childOf(v.Case, c.Now), School: v.School, Team: v.TeamName,
		Officer: v.OfficerName, Fallback: v.FallbackName, Alerts: caseAlerts(*v), Restrictions: restrictions(v.Parties),
		Due: view.Due{State: view.NoClock, Text: "No answer is due"},
	}
	if c.Actor.May(access.LogCalls) {
		m.CallHref = "/calls/new?case=" + url.QueryEscape(v.Ref)
	}
	s.caseTabs(c, &m)
	if historyTab(c) {
		return s.caseHistory(c, m, list)
	}
	if c.Query("tab") != "" {
		return fault.New(fault.NotFound, "There is no such page of this case")
	}
	m.People = s.casePeople(c, *v)
	m.Deputy = s.deputy(c, v.OfficerID)
	s.caseEnquiries(c, &m, list)
	said, err := s.saidOn(c, list)
	if err != nil {
		return err
	}
	m.Promises = s.promises(c, said)
	m.FamilyTold = familyTold(said, v.OfficerID, v.OfficerName)
	if m.Line, m.LineNote, err = s.contactLine(c, said); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageCase, m)
}

// historyTab reports whether the contact history is asked for: by the tab, or
// by the address that the form of the tab uses.
func historyTab(c *Ctx) bool {
	return c.Query("tab") == "history" || strings.HasSuffix(c.FullPath(), "/history")
}

func (s *Server) caseTabs(c *Ctx, m *view.Case) {
	history := historyTab(c)
	m.Tabs = []view.NavItem{
		{Text: "Overview", Href: view.CaseURL(m.Ref), Current: !history},
		{Text: "Contact history", Href: view.CaseURL(m.Ref) + "?tab=history", Current: history},
	}
}

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
		m.Due = s.due(next.Clock, c.Now)
	}
	if n := len(m.Open); n > 1 {
		m.DueNote = plural(n, "open enquiry", "open enquiries")
	}
}

// caseAlerts are what must be read before anything is said.
func caseAlerts(v tickets.CaseView) []string {
	var out []string
	if v.Restricted {
		out = append(out, "This case is restricted. What you open is recorded.")
	}
	hidden := 0
	for _, p := range v.Parties {
		if p.Link.NoContact {
			out = append(out, "We must not contact "+p.Person.Name+" about this child.")
		}
		if p.Link.AddressHidden {
			hidden++
		}
	}
	if hidden > 0 {
		out = append(out, "The address is protected for "+plural(hidden, "person", "people")+". Ask before you share a place, a school or a journey.")
	}
	return out
}

func restrictions(parties []register.Party) string {
	barred, hidden := 0, 0
	for _, p := range parties {
		if p.Link.NoContact {
			barred++
		}
		if p.Link.AddressHidden {
			hidden++
		}
	}
	var out []string
	if barred > 0 {
		out = append(out, plural(barred, "person", "people")+" not to be contacted")
	}
	if hidden > 0 {
		out = append(out, plural(hidden, "protected address", "protected addresses"))
	}
	return strings.Join(out, ", ")
}

// casePeople is the table of who may be told what. A protected address is shown
// to one who asks for it, and that is put on record.
func (s *Server) casePeople(c *Ctx, v tickets.CaseView) []view.CasePerson {
	shown := number(c.Query("show"))
	out := make([]view.CasePerson, 0, len(v.Parties))
	for _, p := range v.Parties {
		told, not := toldOf(p.Link)
		row := view.CasePerson{
			Name: p.Person.Name, Link: string(p.Link.Relation), PR: prWord(p), PRNote: prNote(p.Link), Told: told, NotTold: not, NoContact: p.Link.NoContact,
		}
		if p.Link.AddressHidden && shown != p.Person.ID {
			row.Hidden = true
			row.RevealHref = view.CaseURL(v.Ref) + "?show=" + id(p.Person.ID) + "#people-h"
			out = append(out, row)
			continue
		}
		if p.Link.AddressHidden {
			s.Log.Info("web", "event", "protected_shown", "case", v.ID, "person", p.Person.ID, "staff", c.Actor.StaffID)
		}
		for _, a := range p.Addresses {
			row.Addresses = append(row.Addresses, a.Email)
		}
		for _, n := range p.Phones {
			row.Phones = append(row.Phones, n.Number)
		}
		out = append(out, row)
	}
	return out
}

// toldOf splits "all, not the address" into what may be told and what may not.
func toldOf(l register.Link) (told, not string) {
	words := strings.TrimSpace(l.MayBeTold)
	low := strings.ToLower(words)
	switch {
	case l.NoContact, strings.HasPrefix(low, "nothing"):
		return "Nothing", "everything"
	case low == "":
		return "Not set. Ask before you share anything", ""
	}
	if i := strings.Index(low, ", not "); i >= 0 {
		return upper(words[:i]), words[i+len(", not "):]
	}
	return upper(words), ""
}

func prWord(p register.Party) string {
	if p.Person.Kind != register.KindParent {
		return "-"
	}
	switch p.Link.PR {
	case register.PRYes:
		return "yes"
	case register.PRNo:
		return "no"
	}
	return "not checked"
}

func prNote(l register.Link) string {
	d, err := sla.ParseDate(l.PRCheckedOn)
	if err != nil {
		return ""
	}
	return "checked " + sla.FormatDateShort(d)
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
