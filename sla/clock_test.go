package sla_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"hearback/sla"
)

func start(t testing.TB, p sla.Policy, cal *sla.Calendar, received string) sla.Clock {
	t.Helper()
	c, err := sla.Start(p, cal, at(t, received))
	noError(t, err)
	return c
}

func christmasCalendar(t testing.TB) *sla.Calendar {
	t.Helper()
	c, err := sla.NewCalendar(sla.DefaultHours(), sla.EnglandAndWales(), christmas2026(), 2028)
	noError(t, err)
	return c
}

// Expected instants were worked out by hand, in London time.
func TestStart(t *testing.T) {
	def, xmas := sla.DefaultCalendar(), christmasCalendar(t)
	p := sla.DefaultPolicies()
	for _, tc := range []struct {
		name                   string
		policy                 sla.Policy
		cal                    *sla.Calendar
		received               string
		start, warn, due, lead string
	}{
		// 8.25 + 3 x 8.5 + 8 + 8.5 = 50.25 h; 80 % are 40 h 12 min, 33.75 of them by Thursday.
		{"general", p["general"], def, "2026-11-16 09:00", "2026-11-16 09:00", "2026-11-20 15:12", "2026-11-23 17:15", "2026-11-24 17:15"},
		// TV32: Friday evening. Day 0 is Monday 23; 50.5 h x 0.8 = 40 h 24 min.
		{"general after hours", p["general"], def, "2026-11-20 18:40", "2026-11-23 08:45", "2026-11-27 15:09", "2026-11-30 17:15", "2026-12-01 17:15"},
		{"urgent after hours", p["urgent"], def, "2026-11-20 18:40", "2026-11-23 08:45", "2026-11-25 12:09", "2026-11-25 17:15", "2026-11-25 17:15"},
		// TV30: 7.25+8.5+8.5+8.5+8.5+8.5 = 49.75 h; 80 % are 39 h 48 min.
		{"over Christmas", p["general"], def, "2026-12-23 10:00", "2026-12-23 10:00", "2026-12-31 15:48", "2027-01-04 17:15", "2027-01-05 17:15"},
		// 7.25 + 7.25 + 4 x 8.5 = 48.5 h; 80 % are 38 h 48 min.
		{"over Christmas with closures", p["general"], xmas, "2026-12-23 10:00", "2026-12-23 10:00", "2027-01-06 16:03", "2027-01-07 17:15", "2027-01-08 16:45"},
		{"triage", p["triage"], def, "2026-11-20 16:15", "2026-11-20 16:15", "2026-11-23 09:15", "2026-11-23 12:15", "2026-11-23 12:15"},
		{"safeguarding at night", p["safeguarding"], def, "2026-11-17 19:00", "2026-11-18 08:45", "2026-11-18 09:15", "2026-11-18 09:45", "2026-11-18 09:45"},
		{"unconfirmed sender", p["unconfirmed_sender"], def, "2026-11-17 10:00", "2026-11-17 10:00", "2026-11-17 10:30", "2026-11-17 11:00", "2026-11-17 11:00"},
		{
			"lead after working hours",
			sla.Policy{Name: "x", FirstResponse: sla.Target{WorkingDays: 1}, WarnAt: 0.5, LeadAfter: sla.Target{WorkingTime: 90 * time.Minute}},
			def,
			"2026-11-19 08:45", "2026-11-19 08:45", "2026-11-19 17:00", "2026-11-20 16:45", "2026-11-23 10:15",
		},
		{
			"head of service: two working days after the breach",
			sla.Policy{Name: "x", FirstResponse: sla.Target{WorkingDays: 5}, WarnAt: 0.8, LeadAfter: sla.Target{WorkingDays: 2}},
			def,
			"2026-11-16 09:00", "2026-11-16 09:00", "2026-11-20 15:12", "2026-11-23 17:15", "2026-11-25 17:15",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := start(t, tc.policy, tc.cal, tc.received)
			for _, f := range []struct {
				what      string
				got, want string
			}{
				{"received", local(c.ReceivedAt), tc.received},
				{"start", local(c.StartAt), tc.start},
				{"warn", local(c.WarnAt), tc.warn},
				{"due", local(c.DueAt), tc.due},
				{"lead", local(c.LeadAt), tc.lead},
				{"start day", c.StartDay.String(), tc.start[:10]},
				{"due day", c.DueDay.String(), tc.due[:10]},
				{"policy", c.Policy, tc.policy.Name},
			} {
				if f.got != f.want {
					t.Errorf("%s %s, want %s", f.what, f.got, f.want)
				}
			}
			for _, v := range []time.Time{c.ReceivedAt, c.StartAt, c.WarnAt, c.DueAt, c.LeadAt} {
				if v.Location() != time.UTC || v.Nanosecond() != 0 {
					t.Errorf("%v is not UTC in whole seconds", v)
				}
			}
		})
	}
}

func TestStartClosingAtMidnight(t *testing.T) {
	cal, err := sla.NewCalendar(sla.AlwaysOpen(), nil, nil, 2028)
	noError(t, err)
	c := start(t, sla.Policy{Name: "x", FirstResponse: sla.Target{WorkingDays: 1}, WarnAt: 0.5, LeadAfter: sla.Target{WorkingDays: 1}}, cal, "2026-11-16 10:00")
	if c.DueDay.String() != "2026-11-17" || local(c.DueAt) != "2026-11-18 00:00" || local(c.LeadAt) != "2026-11-19 00:00" {
		t.Errorf("due day %s, due %s, lead %s", c.DueDay, local(c.DueAt), local(c.LeadAt))
	}
	if got := sla.Describe(c, cal, at(t, "2026-11-17 09:00")); got != "Due today 24:00" {
		t.Error(got)
	}
}

func TestStartKeepsWholeSeconds(t *testing.T) {
	received := at(t, "2026-11-16 10:00").Add(7*time.Second + 987654321)
	c, err := sla.Start(sla.DefaultPolicies()["triage"], sla.DefaultCalendar(), received)
	noError(t, err)
	if got := c.DueAt.Format(time.RFC3339Nano); got != "2026-11-16T14:00:07Z" {
		t.Errorf("due %s", got)
	}
}

func TestPolicyRefuses(t *testing.T) {
	good := fiveDays()
	for name, tc := range map[string]struct {
		change func(*sla.Policy)
		says   string
	}{
		"no name":            {func(p *sla.Policy) { p.Name = "" }, "needs a name"},
		"no target":          {func(p *sla.Policy) { p.FirstResponse = sla.Target{} }, "is not set"},
		"both":               {func(p *sla.Policy) { p.FirstResponse.WorkingTime = time.Hour }, "Set one of them"},
		"negative days":      {func(p *sla.Policy) { p.FirstResponse.WorkingDays = -1 }, "negative"},
		"negative time":      {func(p *sla.Policy) { p.FirstResponse = sla.Target{WorkingTime: -1} }, "negative"},
		"too long":           {func(p *sla.Policy) { p.FirstResponse.WorkingDays = 367 }, "longer than a year"},
		"far too long":       {func(p *sla.Policy) { p.FirstResponse = sla.Target{WorkingTime: math.MaxInt64} }, "longer than a year"},
		"split seconds":      {func(p *sla.Policy) { p.FirstResponse = sla.Target{WorkingTime: time.Hour + 1} }, "whole seconds"},
		"warn at 0":          {func(p *sla.Policy) { p.WarnAt = 0 }, "warning"},
		"warn at 1":          {func(p *sla.Policy) { p.WarnAt = 1 }, "warning"},
		"warn at 80":         {func(p *sla.Policy) { p.WarnAt = 80 }, "warning"},
		"warn at NaN":        {func(p *sla.Policy) { p.WarnAt = math.NaN() }, "warning"},
		"lead both":          {func(p *sla.Policy) { p.LeadAfter = sla.Target{WorkingDays: 1, WorkingTime: 1} }, "Set one of them"},
		"lead before breach": {func(p *sla.Policy) { p.LeadAfter = sla.Target{WorkingDays: -1} }, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			tc.change(&p)
			wantInvalid(t, p.Validate(), tc.says)
			_, err := sla.Start(p, sla.DefaultCalendar(), at(t, "2026-11-16 10:00"))
			wantInvalid(t, err, tc.says)
		})
	}
}

func TestDefaultPolicies(t *testing.T) {
	policies := sla.DefaultPolicies()
	for _, key := range []string{
		sla.PolicyGeneral, sla.PolicyUrgent, sla.PolicyAssessmentRequest, sla.PolicyComplaint, sla.PolicyMP,
		sla.PolicySchool, sla.PolicyTriage, sla.PolicySafeguarding, sla.PolicyUnconfirmedSender,
	} {
		p, ok := policies[key]
		if !ok || p.Name != key {
			t.Errorf("%s: %+v", key, p)
		}
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		delete(policies, key)
	}
	if len(policies) > 0 {
		t.Errorf("policies without a constant: %v", policies)
	}
}

func steps(list []sla.ScheduledStep) []sla.Step {
	var s []sla.Step
	for _, x := range list {
		s = append(s, x.Step)
	}
	return s
}

func TestDueSteps(t *testing.T) {
	cal := sla.DefaultCalendar()
	c := start(t, fiveDays(), cal, "2026-11-16 09:00") // warn Fri 20 15:12, due Mon 23 17:15, lead Tue 24 17:15
	w, b, l := sla.StepWarning, sla.StepBreach, sla.StepLead
	all := []sla.Step{w, b, l}
	if got := steps(c.Steps()); !slices.Equal(got, all) {
		t.Errorf("steps %v", got)
	}
	for _, tc := range []struct {
		now  string
		done []sla.Step
		want []sla.Step
		next sla.Step
	}{
		{"2026-11-20 15:11", nil, nil, w},
		{"2026-11-20 15:12", nil, []sla.Step{w}, w},
		{"2026-11-20 15:12", []sla.Step{w}, nil, b},
		{"2026-11-23 17:14", []sla.Step{w}, nil, b},
		{"2026-11-23 17:15", []sla.Step{w}, []sla.Step{b}, b},
		{"2026-11-24 17:15", []sla.Step{w, b}, []sla.Step{l}, l},
		{"2027-01-04 09:00", nil, all, w}, // after a long stop of the service: in order
		{"2027-01-04 09:00", []sla.Step{b}, []sla.Step{w, l}, w},
		{"2027-01-04 09:00", all, nil, ""},
	} {
		done := map[sla.Step]bool{}
		for _, s := range tc.done {
			done[s] = true
		}
		if got := steps(sla.DueSteps(c, done, at(t, tc.now))); !slices.Equal(got, tc.want) {
			t.Errorf("at %s with %v done: %v, want %v", tc.now, tc.done, got, tc.want)
		}
		next, ok := sla.NextStep(c, done)
		if next.Step != tc.next || ok != (tc.next != "") {
			t.Errorf("with %v done the next is %v, %v", tc.done, next, ok)
		}
	}

	muchLater := at(t, "2027-01-04 09:00")
	stopped := c.Stop(at(t, "2026-11-20 10:00"))
	paused, err := c.Pause(cal, at(t, "2026-11-20 10:00"))
	noError(t, err)
	for name, quiet := range map[string]sla.Clock{"stopped": stopped, "paused": paused, "paused, then stopped": paused.Stop(muchLater)} {
		if got := sla.DueSteps(quiet, nil, muchLater); got != nil {
			t.Errorf("%s: %v", name, got)
		}
		if next, ok := sla.NextStep(quiet, nil); ok {
			t.Errorf("%s: next %v", name, next)
		}
	}
}

func TestLateStep(t *testing.T) {
	s := sla.ScheduledStep{Step: sla.StepBreach, At: at(t, "2026-11-23 17:15")}
	grace := 10 * time.Minute
	if s.Late(at(t, "2026-11-23 17:25"), grace) || !s.Late(at(t, "2026-11-23 17:26"), grace) || s.Late(at(t, "2026-11-23 17:00"), grace) {
		t.Error("late from a minute after the grace time on")
	}
}

// Ingestion delayed by three days yields the breach it should: the start is
// when the mail server took the mail.
func TestDelayedIngestion(t *testing.T) {
	c := start(t, sla.DefaultPolicies()["urgent"], sla.DefaultCalendar(), "2026-11-16 09:00")
	ingested := at(t, "2026-11-19 09:00")
	if got := sla.State(c, ingested); got != sla.StateLate {
		t.Errorf("state %s", got)
	}
	if got := len(sla.DueSteps(c, nil, ingested)); got != 3 {
		t.Errorf("%d steps are due", got)
	}
}

func TestStateAndDescribe(t *testing.T) {
	cal := sla.DefaultCalendar()
	general := start(t, fiveDays(), cal, "2026-11-20 10:00")                     // warn Thu 26 15:30, due Fri 27 16:45
	triage := start(t, sla.DefaultPolicies()["triage"], cal, "2026-11-19 15:00") // warn 16:00, due Fri 20 10:30
	for _, tc := range []struct {
		c           sla.Clock
		now         string
		state, text string
		left        string
	}{
		{general, "2026-11-20 10:00", sla.StateOnTrack, "Due Fri 27 Nov", "48 working hours left"},
		{general, "2026-11-26 15:29", sla.StateOnTrack, "Due Fri 27 Nov", "9 working hours left"},
		{general, "2026-11-26 15:30", sla.StateDueSoon, "Due Fri 27 Nov", "9 working hours left"},
		{general, "2026-11-27 10:45", sla.StateDueSoon, "Due today 16:45", "6 working hours left"},
		{general, "2026-11-27 15:45", sla.StateDueSoon, "Due today 16:45", "1 working hour left"},
		{general, "2026-11-27 16:00", sla.StateDueSoon, "Due today 16:45", "45 working minutes left"},
		{general, "2026-11-27 16:44", sla.StateDueSoon, "Due today 16:45", "1 working minute left"},
		{general, "2026-11-27 16:45", sla.StateLate, "Late since 16:45", "Less than a working minute left"},
		{general, "2026-11-28 12:00", sla.StateLate, "Late since Fri 27 Nov", "Less than a working minute left"},
		{general, "2026-11-30 09:00", sla.StateLate, "Late 1 day", "15 working minutes late"},
		{general, "2026-12-01 10:45", sla.StateLate, "Late 2 days", "10 working hours late"},
		{triage, "2026-11-19 15:59", sla.StateOnTrack, "Due Fri 20 Nov 10:30", "3 working hours left"},
		{triage, "2026-11-19 16:00", sla.StateDueSoon, "Due Fri 20 Nov 10:30", "3 working hours left"},
		{triage, "2026-11-20 09:00", sla.StateDueSoon, "Due today 10:30", "1 working hour left"},
	} {
		now := at(t, tc.now)
		if got := sla.State(tc.c, now); got != tc.state {
			t.Errorf("%s: state %s, want %s", tc.now, got, tc.state)
		}
		if got := sla.Describe(tc.c, cal, now); got != tc.text {
			t.Errorf("%s: %q, want %q", tc.now, got, tc.text)
		}
		left, err := sla.Remaining(tc.c, cal, now)
		noError(t, err)
		if got := sla.Humanise(left); got != tc.left {
			t.Errorf("%s: %q, want %q", tc.now, got, tc.left)
		}
	}

	answered := general.Stop(at(t, "2026-11-27 16:45"))
	later := at(t, "2027-01-04 10:00")
	if sla.State(answered, later) != sla.StateAnswered || sla.Describe(answered, cal, later) != "Answered" {
		t.Error("an answered clock is not answered")
	}
	if !answered.InTime(later) {
		t.Error("an answer at the very instant is in time")
	}
	if general.Stop(at(t, "2026-11-27 16:46")).InTime(later) || general.InTime(later) || !general.InTime(general.StartAt) {
		t.Error("InTime")
	}
	paused, err := general.Pause(cal, at(t, "2026-11-27 10:45"))
	noError(t, err)
	if sla.State(paused, later) != sla.StatePaused || sla.Describe(paused, cal, later) != "Paused" || !paused.InTime(later) {
		t.Error("a paused clock is not paused")
	}
	left, err := sla.Remaining(paused, cal, later)
	noError(t, err)
	if left != 6*time.Hour {
		t.Errorf("a paused clock has %v left", left)
	}
	// Beyond the calendar Describe still says what it knows, and the rest is an error.
	if got := sla.Describe(general, cal, at(t, "2030-01-01 10:00")); got != "Late since Fri 27 Nov" {
		t.Error(got)
	}
	_, err = sla.Remaining(general, cal, at(t, "2030-01-01 10:00"))
	wantInvalid(t, err, beyond2028)
}

func TestFormat(t *testing.T) {
	summer := at(t, "2026-06-30T23:30:00Z") // already 1 July in London
	winter := at(t, "2026-12-01T17:15:00Z")
	for got, want := range map[string]string{
		sla.FormatDay(winter):   "Tuesday 1 December 2026",
		sla.FormatShort(winter): "Tue 1 Dec, 17:15",
		sla.FormatDay(summer):   "Wednesday 1 July 2026",
		sla.FormatShort(summer): "Wed 1 Jul, 00:30",
		sla.FormatDateShort(sla.Date{Year: 2026, Month: 11, Day: 27}): "Fri 27 Nov",
		sla.Humanise(0):                "Less than a working minute left",
		sla.Humanise(-2 * time.Hour):   "2 working hours late",
		sla.Humanise(-time.Nanosecond): "Less than a working minute late",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
