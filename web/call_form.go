package web

import (
	"slices"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/register"
	"hearback/web/view"
)

func (s *Server) showCall(c *Ctx, status int, f *call, errs []view.FieldError) error {
	shell := s.shell(c, "Log a call", "")
	shell.Failed = len(errs) > 0
	m := view.CallForm{
		Shell: shell, Action: "/calls/new" + f.from, BackHref: f.back, Errors: errs, Started: c.Now, On: f.on, Minutes: f.minutes, Caller: f.caller,
		Way: f.way, Needed: needed, Said: f.said, Wants: f.wants, Stops: f.stops, StopWhy: f.stopWhy, Worried: f.worried, Promise: f.promise,
	}
	m.People = s.callers(f)
	for _, v := range f.cases {
		text := v.Initials() + ", " + v.Ref
		if a := age(v.DOB, c.Now); a != "" {
			text = v.Initials() + ", " + a + ", " + v.Ref
		}
		m.Cases = append(m.Cases, view.Option{Value: v.Ref, Text: text, Selected: strings.EqualFold(v.Ref, f.caseRef)})
	}
	m.Promise.Chips = s.chips(f.chosen, c.Now)
	if v := f.about(); v != nil {
		m.Checks = checks(*v, f.checked)
		rec, err := s.record(c, v.Ref)
		if err != nil {
			return err
		}
		if p, ok := rec.party(number(f.person)); ok {
			m.Chosen = caller(rec, p)
		}
		if err := s.callJoins(c, &m, f, *v); err != nil {
			return err
		}
	} else if f.joins != "" {
		// Mail that is on no case yet: the call can only go with it.
		m.Joins = []view.Option{{Value: f.joins, Text: f.joins, Selected: true}}
	}
	return s.page(c, status, view.PageCall, m)
}

// callers are the people of the cases that were found, those who match first.
func (s *Server) callers(f *call) []view.Option {
	var first, others []view.Option
	seen := map[string]bool{}
	for _, v := range f.cases {
		for _, p := range v.Parties {
			o := view.Option{Value: id(p.Person.ID), Text: p.Person.Name + ", " + string(p.Link.Relation) + " of " + v.Initials() + " (" + v.Ref + ")"}
			if seen[o.Value] {
				continue
			}
			seen[o.Value] = true
			if o.Selected = f.person == o.Value; o.Selected || f.caller != "" && matches(p, f.caller) {
				first = append(first, o)
			} else {
				others = append(others, o)
			}
		}
	}
	return append(append(first, others...), view.Option{Value: "unknown", Text: "Someone not on our records", Selected: f.person == "unknown"})
}

func checks(v tickets.CaseView, ticked []string) []view.Check {
	var out []view.Check
	add := func(have bool, value, text string) {
		if have {
			out = append(out, view.Check{Value: value, Text: text, Checked: slices.Contains(ticked, value)})
		}
	}
	add(v.DOB != "", "dob", "Child's date of birth")
	add(v.School != "", "school", "School")
	add(v.UPN != "", "upn", "Pupil number")
	add(true, "ref", "Our reference")
	return out
}

// caller is who is on the telephone and what they may be told.
func caller(rec *record, p register.Party) *view.Caller {
	told := rec.told(p)
	out := &view.Caller{Name: p.Person.Name, Role: string(p.Link.Relation), Told: "May be told: " + lowerFirst(toldShort(told)) + "."}
	if not := notTold(told); not != "" {
		out.Limits = "Do not say: " + not + "."
	}
	out.Limits = sentences(append([]string{out.Limits}, told.Ask...)...)
	if len(p.Phones) > 0 && !p.Link.AddressHidden {
		out.Phone = p.Phones[0].Number
	}
	return out
}

// chips are the next working days, for a promise.
func (s *Server) chips(chosen string, now time.Time) []view.Option {
	out := []view.Option{{Value: "", Text: "Nothing", Selected: chosen == ""}}
	d := sla.DateOf(now)
	for n := 0; n < 10 && len(out) < 5; n++ {
		if s.Desk.Calendar().IsWorkingDay(d) {
			text := sla.FormatDateShort(d)
			if n == 0 {
				text = "Today"
			}
			out = append(out, view.Option{Value: d.String(), Text: text, Selected: chosen == d.String()})
		}
		d = d.AddDays(1)
	}
	return out
}

// callJoins are the enquiries of the case that the call can go with, and the
// last contacts. The only open one is chosen; of several, a person chooses.
func (s *Server) callJoins(c *Ctx, m *view.CallForm, f *call, v tickets.CaseView) error {
	list, err := s.ofCase(c, v)
	if err != nil {
		return err
	}
	var live []tickets.TicketView
	for _, t := range list {
		if open(t) || t.Ref == f.joins {
			live = append(live, t)
		}
	}
	for _, t := range live {
		m.Joins = append(m.Joins, view.Option{Value: t.Ref, Text: t.Ref + " " + ask(t.Ticket), Selected: t.Ref == f.joins || f.joins == "" && len(live) == 1})
	}
	if len(live) == 0 {
		m.Errors = append(m.Errors, view.FieldError{Field: "case", Text: "No enquiry is open on " + v.Ref + ". A call is kept on an enquiry: open a finished one again first"})
	}
	said, err := s.saidOn(c, list)
	if err != nil {
		return err
	}
	for i := len(said) - 1; i >= 0 && len(m.Last) < 3; i-- {
		if kind, text, at := said[i].contact(); kind != "" {
			m.Last = append(m.Last, sla.FormatShort(at)+" "+text)
		}
	}
	return nil
}
