package web

import (
	"net/http"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

func (s *Server) enquiry(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	if t.State == tickets.StateMerged || t.State == tickets.StateTriage && c.Actor.May(access.Triage) {
		return s.elsewhere(c, *t)
	}
	r, err := s.recordOf(c, *t)
	if err != nil {
		return err
	}
	items, err := s.items(c, *t)
	if err != nil {
		return err
	}
	m := view.Enquiry{
		Shell: s.shell(c, title(*t, "Enquiry"), "inbox"),
		Head:  s.head(c, *t),
		Back:  &view.Link{Text: "Back to the inbox", Href: "/inbox"},
		Presence: view.Presence{
			Text: s.Events.present(t.Ref, c.Actor.StaffID, c.Now), URL: view.PresenceURL(t.Ref), Ref: t.Ref,
		},
		NewBar:   view.NewBar{Ref: t.Ref, Noun: "new", Href: view.EnquiryURL(t.Ref), URL: view.EnquiryURL(t.Ref) + "?since=" + id(t.Version)},
		Timeline: s.timeline(c, items),
		People:   s.toldPanel(c, *t, r),
		Clocks:   view.Clocks{Rows: s.clockRows(*t, c.Now), URL: view.EnquiryURL(t.Ref)},
		Contacts: contacts(items),
		CanNote:  c.Actor.May(access.WriteNotes), CanMove: c.Actor.May(access.Assign), CanFinish: c.Actor.May(access.Finish),
		CanRequest: c.Actor.May(access.SendReply) && t.CaseID != 0 && t.Waiting() && t.Category == tickets.CategoryGeneral,
		Finished:   t.State == tickets.StateFinished, Alert: alertForm(c.Actor, *t), Related: s.draftLinks(c, *t),
	}
	s.Events.here(t.Ref, c.Actor, "viewing", c.Now)
	if c.Actor.May(access.LogCalls) {
		m.CallHref = "/calls/new?e=" + t.Ref
	}
	s.canReply(c, &m, *t, r)
	m.Shell.WriteHref = m.ReplyHref
	for _, it := range items {
		if it.In != nil {
			m.Files = append(m.Files, it.In.Files...)
		}
	}
	switch {
	case wants(c, "enq-head"):
		return s.fragment(c, http.StatusOK, view.FragEnqHead, m.Head)
	case wants(c, "timeline"):
		return s.fragment(c, http.StatusOK, view.FragTimeline, m.Timeline)
	case wants(c, "clocks"):
		return s.fragment(c, http.StatusOK, view.FragClocks, m.Clocks)
	case wants(c, "people"):
		return s.fragment(c, http.StatusOK, view.FragPeople, m.People)
	case wants(c, "newbar"):
		if seen := number(c.Query("since")); seen != 0 && seen != t.Version {
			m.NewBar.Count = 1
			m.NewBar.URL = view.EnquiryURL(t.Ref) + "?since=" + id(seen)
		}
		return s.fragment(c, http.StatusOK, view.FragNewBar, m.NewBar)
	}
	return s.page(c, http.StatusOK, view.PageEnquiry, m)
}

// elsewhere sends the reader to where a ticket is dealt with.
func (s *Server) elsewhere(c *Ctx, t tickets.TicketView) error {
	to := "/duty/i/" + t.Ref
	if t.State == tickets.StateMerged {
		to = "/search?q=" + t.Ref
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

func (s *Server) head(c *Ctx, t tickets.TicketView) view.EnquiryHead {
	h := view.EnquiryHead{
		Ref: t.Ref, Child: child(t, c.Now), Subject: t.Subject, Due: s.due(t.Clock, c.Now), Urgent: urgent(t),
		Owner: t.OwnerName, Deputy: t.DeputyName, Asks: t.Ask, CanAsk: c.Actor.May(access.WriteNotes),
		Alerts: s.alerts(t), URL: view.EnquiryURL(t.Ref),
	}
	switch t.State {
	case tickets.StateWaitingFamily:
		h.Holding = "Waiting for the family"
	case tickets.StateWaitingOther:
		h.Holding = "Waiting for others. The family still waits"
	case tickets.StateAnswered:
		h.Holding = "Answered"
	case tickets.StateFinished:
		h.Holding = "Finished"
		if t.FinishedAt != nil {
			h.Holding += " " + sla.FormatDateShort(sla.DateOf(*t.FinishedAt))
		}
	}
	return h
}

func (s *Server) canReply(c *Ctx, m *view.Enquiry, t tickets.TicketView, r *record) {
	switch {
	case !c.Actor.May(access.SendReply):
		m.WhyNoReply = "You cannot write to families. A named officer or a team lead can."
	case t.CaseID == 0:
		m.WhyNoReply = "This is not on a case yet. Put it on a case first."
	default:
		if p, ok := r.party(t.RequesterID); ok {
			if !r.told(p).MayWrite {
				m.WhyNoReply = "We must not write to " + p.Person.Name + " about this child."
				return
			}
			m.ReplyTo = p.Person.Name
		}
		m.ReplyHref = view.ReplyURL(t.Ref)
		if m.ReplyTo == "" {
			m.ReplyTo = "someone on this case"
		}
	}
}

// parties are the people of the ticket's case, within the actor's scope; none
// when it is on no case.
func (s *Server) parties(c *Ctx, t tickets.TicketView) ([]register.Party, error) {
	r, err := s.recordOf(c, t)
	if err != nil {
		return nil, err
	}
	return r.Parties, nil
}

// toldPanel is who may be told what, beside everything that is read or written.
func (s *Server) toldPanel(c *Ctx, t tickets.TicketView, r *record) view.People {
	p := view.People{CaseRef: t.CaseRef, CanEdit: c.Actor.May(access.AddToRegister)}
	for _, x := range r.Parties {
		p.Rows = append(p.Rows, r.mayBeTold(x))
	}
	switch {
	case t.CaseRef == "":
		p.Note = "This is not on a case yet."
	case len(p.Rows) == 0:
		p.Note = "Nobody is linked to this child. Nothing can be sent until someone is."
	}
	return p
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (s *Server) clockRows(t tickets.TicketView, now time.Time) []view.ClockRow {
	if t.Clock == nil {
		return nil
	}
	name := "Answer"
	if t.Clock.Kind == tickets.ClockTriage {
		name = "Sort by"
	}
	r := view.ClockRow{Name: name, At: t.Clock.DueAt, Due: s.due(t.Clock, now)}
	if t.Clock.StoppedAt == nil {
		if d, err := sla.Remaining(t.Clock.Clock, s.Desk.Calendar(), now); err == nil {
			r.Left = sla.Humanise(d)
		}
	}
	r.Detail = "The mail server received the first message " + sla.FormatShort(t.Clock.ReceivedAt) + ".\n" +
		"The clock counts office hours from " + sla.FormatShort(t.Clock.StartAt) + ".\n" +
		"The officer is told " + sla.FormatShort(t.Clock.WarnAt) + ", the team lead " + sla.FormatShort(t.Clock.LeadAt) + "."
	return []view.ClockRow{r}
}
