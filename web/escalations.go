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
	"hearback/web/view"
)

// escalatedFor is how far back the page of escalations looks.
const escalatedFor = 30 * 24 * time.Hour

// escalated reads the steps that were taken, each enquiry with its highest step.
func (s *Server) escalated(c *Ctx) ([]tickets.Escalation, error) {
	list, err := s.Store.Escalations(c.Request.Context(), c.Actor, c.Now.Add(-escalatedFor), 500)
	if err != nil {
		return nil, err
	}
	rank := map[sla.Step]int{sla.StepWarning: 1, sla.StepBreach: 2, sla.StepLead: 3}
	at := map[string]int{}
	var out []tickets.Escalation
	for _, e := range list {
		i, ok := at[e.Ticket.Ref]
		if !ok {
			at[e.Ticket.Ref] = len(out)
			out = append(out, e)
			continue
		}
		if rank[e.Step.Step] > rank[out[i].Step.Step] {
			out[i] = e
		}
	}
	return out, nil
}

// answered reports whether nobody waits any more.
func answered(t tickets.TicketView) bool {
	return !open(t) || t.Clock == nil || t.Clock.StoppedAt != nil
}

// withLead are the enquiries that reached the team lead and still wait.
func (s *Server) withLead(c *Ctx) ([]view.Escalation, error) {
	list, err := s.escalated(c)
	if err != nil {
		return nil, err
	}
	var out []view.Escalation
	for _, e := range list {
		if e.Step.Step == sla.StepLead && !answered(e.Ticket) {
			out = append(out, s.escalation(c, e, false))
		}
	}
	return out, nil
}

func (s *Server) escalations(c *Ctx) error {
	list, err := s.escalated(c)
	if err != nil {
		return err
	}
	m := view.Escalations{
		Shell: s.shell(c, "Escalations", "escalations"), Ladder: []string{"named officer", "officer and deputy", "team lead"},
		Empty: "Nothing has been escalated in the last 30 days.",
	}
	groups := []view.EscalationGroup{{Name: "With the team lead"}, {Name: "Late, with the officer"}, {Name: "Due soon, officer warned"}, {Name: "Answered since"}}
	act := c.Actor.May(access.Assign) && c.Actor.May(access.WriteNotes)
	for _, e := range list {
		g := 3
		switch {
		case answered(e.Ticket):
		case e.Step.Step == sla.StepLead:
			g = 0
			m.Needs++
		case e.Step.Step == sla.StepBreach:
			g = 1
		default:
			g = 2
		}
		groups[g].Rows = append(groups[g].Rows, s.escalation(c, e, act && g < 2))
	}
	for _, g := range groups {
		if len(g.Rows) > 0 {
			m.Groups = append(m.Groups, g)
		}
	}
	return s.page(c, http.StatusOK, view.PageEscalations, m)
}

func (s *Server) escalation(c *Ctx, e tickets.Escalation, act bool) view.Escalation {
	t := e.Ticket
	v := view.Escalation{
		ID: t.Ref, Ref: t.Ref, Initials: orDash(t.Initials), From: from(t), Due: s.due(t.Clock, c.Now), CanAct: act,
		Reached: reachedWords(e.Step.Step) + " " + sla.FormatShort(e.Step.DoneAt) + ".",
	}
	if e.Step.Late {
		v.Reached += " This was caught up after hearback was not running: it fell due " + sla.FormatShort(e.Step.DueAt) + "."
	}
	owner := t.OwnerName
	if owner == "" {
		owner = "no officer"
	}
	v.Facts = append(v.Facts, "Owner "+owner)
	if t.Chasers > 0 {
		v.Facts = append(v.Facts, "chased "+plural(t.Chasers, "time", "times"))
	}
	if t.LastAnswerAt == nil {
		v.Facts = append(v.Facts, "nobody has answered in person yet")
	} else {
		v.Facts = append(v.Facts, "last answer "+sla.FormatDateShort(sla.DateOf(*t.LastAnswerAt)))
	}
	if t.Clock != nil && t.Clock.StoppedAt == nil && e.Step.Step != sla.StepLead && t.Clock.LeadAt.After(c.Now) {
		v.Next = "Goes to the team lead " + sla.FormatShort(t.Clock.LeadAt) + "."
	}
	if act {
		v.Officers = s.colleagues(c, 0)
	}
	return v
}

func reachedWords(step sla.Step) string {
	switch step {
	case sla.StepWarning:
		return "The officer was warned"
	case sla.StepBreach:
		return "The answer date passed; officer and deputy were told"
	}
	return "The team lead was told"
}

// escalationAct does what the lead decides. The ladder goes on until the family
// has an answer: nothing here stops a clock.
func (s *Server) escalationAct(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	switch c.PostForm("do") {
	case "ring":
		if !c.Actor.May(access.LogCalls) {
			return fault.New(fault.Denied, "You cannot log calls. An officer or a team lead can")
		}
		return s.done(c, "/calls/new?e="+url.QueryEscape(t.Ref), "information", "Log the call when you have spoken. The clock goes on until then.")
	case "give":
		if !c.Actor.May(access.Assign) {
			return fault.New(fault.Denied, "You cannot do this. A team lead can")
		}
		owner := number(c.PostForm("officer"))
		if owner == 0 {
			return s.done(c, "/escalations", "error", "Choose who takes "+t.Ref)
		}
		if err := s.give(c, t.Ref, owner, ""); err != nil {
			if fault.Is(err, fault.Refused) || fault.Is(err, fault.Invalid) {
				return s.done(c, "/escalations", "error", fault.SafeText(err))
			}
			return err
		}
		s.Events.Publish("enquiry.changed", t.Ref)
		return s.done(c, "/escalations", "success", t.Ref+" is with "+s.nameOf(c, owner)+" now. The clock goes on.")
	case "hold":
		return s.holdReason(c, t)
	}
	return fault.New(fault.Invalid, "Choose what to do about this enquiry")
}

// holdReason keeps why a lead lets an enquiry wait, as a note that officers see.
func (s *Server) holdReason(c *Ctx, t *tickets.TicketView) error {
	if !c.Actor.May(access.WriteNotes) {
		return fault.New(fault.Denied, "You cannot do this. A team lead can")
	}
	reason := strings.TrimSpace(c.PostForm("reason"))
	if reason == "" {
		return s.done(c, "/escalations", "error", "Say why "+t.Ref+" has to wait")
	}
	_, err := s.Desk.AddNote(c.Request.Context(), c.Actor, tickets.NoteRequest{
		Ref: t.Ref, ForID: t.OwnerID, Text: tickets.NewPrivateText("This has to wait: " + reason), Source: "form",
	}, c.Now)
	if fault.Is(err, fault.Refused) || fault.Is(err, fault.Invalid) {
		return s.done(c, "/escalations", "error", fault.SafeText(err))
	}
	if err != nil {
		return err
	}
	s.Events.Publish("item.added", t.Ref)
	return s.done(c, "/escalations", "success", "Your reason is a note on "+t.Ref+". The clock goes on: the family still waits.")
}
