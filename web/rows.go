package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/web/view"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// number reads an id from a form or an address; 0 when it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// due is an answer date in words and shape.
func (s *Server) due(c *tickets.TicketClock, now time.Time) view.Due {
	if c == nil || c.DueAt.IsZero() {
		return view.Due{State: view.NoClock, Text: "No answer date"}
	}
	d := view.Due{Text: sla.Describe(c.Clock, s.Desk.Calendar(), now)}
	switch sla.State(c.Clock, now) {
	case sla.StateAnswered:
		d.State = view.Answered
	case sla.StatePaused:
		d.State = view.Paused
	case sla.StateLate:
		d.State = view.Late
	case sla.StateDueSoon:
		d.State = view.DueSoon
	default:
		d.State = view.OnTrack
	}
	return d
}

// urgent reports whether an enquiry goes above its day.
func urgent(t tickets.TicketView) bool {
	return t.Alert != "" || t.Category == tickets.CategoryUrgent
}

// row is one enquiry in a list.
func (s *Server) row(t tickets.TicketView, now time.Time, open string) view.Row {
	r := view.Row{
		Ref: t.Ref, Initials: orDash(t.Initials), Age: age(t.DOB, now), Due: s.due(t.Clock, now), Urgent: urgent(t),
		From: t.Requester, Role: t.Relation, Asks: ask(t.Ticket), Owner: t.OwnerName,
		Last: view.LastWord{Kind: "in", At: t.LastInboundAt}, OpenHref: open,
	}
	if t.LastAnswerAt != nil && t.LastAnswerAt.After(t.LastInboundAt) {
		r.Last = view.LastWord{Kind: "out", At: *t.LastAnswerAt}
	}
	if t.Alert != "" {
		r.Facts = append(r.Facts, "Safety: "+t.Alert)
	}
	if t.Chasers > 0 {
		r.Facts = append(r.Facts, ordinal(t.Chasers)+" chaser")
	}
	switch t.State {
	case tickets.StateWaitingFamily:
		r.Facts = append(r.Facts, "waiting for the family")
	case tickets.StateWaitingOther:
		r.Facts = append(r.Facts, "waiting for others; the family still waits")
	case tickets.StateTriage:
		r.Facts = append(r.Facts, "in duty")
		if r.Owner == "" {
			r.Owner = "Duty desk"
		}
	case tickets.StateFinished:
		r.Facts = append(r.Facts, "finished")
	}
	return r
}

func ask(t tickets.Ticket) string {
	switch {
	case t.Ask != "":
		return t.Ask
	case t.Subject != "":
		return t.Subject
	}
	return "(no subject)"
}

func orDash(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// age in whole years on the local date of now; "" when the date of birth is not known.
func age(dob string, now time.Time) string {
	born, err := sla.ParseDate(dob)
	if err != nil {
		return ""
	}
	today := sla.DateOf(now)
	years := today.Year - born.Year
	if today.Month < born.Month || today.Month == born.Month && today.Day < born.Day {
		years--
	}
	if years < 0 {
		return ""
	}
	return strconv.Itoa(years)
}

func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

func child(t tickets.TicketView, now time.Time) view.Child {
	return view.Child{Initials: orDash(t.Initials), Age: age(t.DOB, now), CaseRef: t.CaseRef, Stage: t.Stage}
}

// title of an enquiry's pages: a reference and initials, never a name.
func title(t tickets.TicketView, what string) string {
	out := t.Ref
	if t.Initials != "" {
		out += " (" + t.Initials + ")"
	}
	return strings.TrimSpace(out + " " + what)
}
