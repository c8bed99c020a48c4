package sla_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hearback/sla"
)

// events reads "kind at" pairs in London wall time.
func events(t testing.TB, pairs ...string) []sla.Event {
	t.Helper()
	var list []sla.Event
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, sla.Event{Kind: sla.EventKind(pairs[i]), At: at(t, pairs[i+1])})
	}
	return list
}

// Expected instants were worked out by hand, in the week of Monday 16 November
// 2026 and London time.
func TestRecompute(t *testing.T) {
	cal := sla.DefaultCalendar()
	p := sla.Policy{Name: "two hours", FirstResponse: sla.Target{WorkingTime: 2 * time.Hour}, WarnAt: 0.5, LeadAfter: sla.Target{WorkingTime: time.Hour}}
	for _, tc := range []struct {
		name            string
		events          []sla.Event
		warn, due, lead string
		state           string // on Friday 20 November at noon
		pausedFor       time.Duration
	}{
		{
			"plain", events(t, "started", "2026-11-16 09:00"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
		{
			"a chaser restarts nothing", events(t, "started", "2026-11-16 09:00", "started", "2026-11-16 10:30", "reopened", "2026-11-16 10:45"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
		{
			"answered", events(t, "started", "2026-11-16 09:00", "stopped", "2026-11-16 10:30"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateAnswered, 0,
		},
		{
			"reopened: a new wait", events(t, "started", "2026-11-16 09:00", "stopped", "2026-11-16 10:30", "reopened", "2026-11-18 16:15"),
			"2026-11-18 17:15", "2026-11-19 09:45", "2026-11-19 10:45", sla.StateLate, 0,
		},
		{
			"undelivered: as if never answered", events(t, "started", "2026-11-16 09:00", "stopped", "2026-11-16 10:30", "undelivered", "2026-11-16 10:40"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
		{
			"undelivered after a chaser after the answer: the new wait stands",
			events(t, "started", "2026-11-16 09:00", "stopped", "2026-11-16 10:30", "started", "2026-11-17 09:00", "undelivered", "2026-11-17 09:05"),
			"2026-11-17 10:00", "2026-11-17 11:00", "2026-11-17 12:00", sla.StateLate, 0,
		},
		{
			"paused for half an hour", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:30", "resumed", "2026-11-16 10:00"),
			"2026-11-16 10:30", "2026-11-16 11:30", "2026-11-16 12:30", sla.StateLate, 30 * time.Minute,
		},
		{
			"paused out of hours costs nothing", events(t, "started", "2026-11-16 16:30", "paused", "2026-11-16 17:15", "resumed", "2026-11-17 08:45"),
			"2026-11-17 09:00", "2026-11-17 10:00", "2026-11-17 11:00", sla.StateLate, 0,
		},
		{
			"paused after the warning: it stays", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 10:15", "resumed", "2026-11-17 10:15"),
			"2026-11-16 10:00", "2026-11-17 11:00", "2026-11-17 12:00", sla.StateLate, 8*time.Hour + 30*time.Minute,
		},
		{
			"paused when late: it stays late", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 11:30", "resumed", "2026-11-17 11:30"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-17 12:00", sla.StateLate, 8*time.Hour + 30*time.Minute,
		},
		{
			"two pauses add up", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:10", "resumed", "2026-11-16 09:20", "paused", "2026-11-16 09:30", "resumed", "2026-11-16 09:50"),
			"2026-11-16 10:30", "2026-11-16 11:30", "2026-11-16 12:30", sla.StateLate, 30 * time.Minute,
		},
		{
			"still paused", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:30"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StatePaused, 0,
		},
		{
			"the family's mail ends the pause", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:30", "started", "2026-11-16 10:00"),
			"2026-11-16 10:30", "2026-11-16 11:30", "2026-11-16 12:30", sla.StateLate, 30 * time.Minute,
		},
		{
			"the question bounced: no pause", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:30", "undelivered", "2026-11-16 16:00"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
		{
			"second stop, second pause, idle resume", events(t, "started", "2026-11-16 09:00", "resumed", "2026-11-16 09:05", "paused", "2026-11-16 09:30", "paused", "2026-11-16 09:40", "resumed", "2026-11-16 10:00", "stopped", "2026-11-16 10:30", "stopped", "2026-11-17 10:30", "paused", "2026-11-17 11:00", "resumed", "2026-11-17 12:00"),
			"2026-11-16 10:30", "2026-11-16 11:30", "2026-11-16 12:30", sla.StateAnswered, 30 * time.Minute,
		},
		{
			"an older message found late: the family has waited since then", events(t, "started", "2026-11-17 09:00", "started", "2026-11-16 09:00"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
		{
			"a pause that ends before it began", events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 09:30", "resumed", "2026-11-16 09:20"),
			"2026-11-16 10:00", "2026-11-16 11:00", "2026-11-16 12:00", sla.StateLate, 0,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := sla.Recompute(p, cal, tc.events)
			noError(t, err)
			if local(c.WarnAt) != tc.warn || local(c.DueAt) != tc.due || local(c.LeadAt) != tc.lead {
				t.Errorf("warn %s, due %s, lead %s; want %s, %s, %s", local(c.WarnAt), local(c.DueAt), local(c.LeadAt), tc.warn, tc.due, tc.lead)
			}
			if got := sla.State(c, at(t, "2026-11-20 12:00")); got != tc.state {
				t.Errorf("state %s, want %s", got, tc.state)
			}
			if c.PausedFor != tc.pausedFor {
				t.Errorf("paused for %v, want %v", c.PausedFor, tc.pausedFor)
			}
			if c.DueDay.String() != tc.due[:10] {
				t.Errorf("due day %s", c.DueDay)
			}
		})
	}
}

func TestStopDetails(t *testing.T) {
	cal := sla.DefaultCalendar()
	c := start(t, sla.DefaultPolicies()["triage"], cal, "2026-11-16 09:00") // due 13:00
	first := c.Stop(at(t, "2026-11-16 12:00")).Stop(at(t, "2026-11-16 16:00"))
	if local(*first.StoppedAt) != "2026-11-16 12:00" {
		t.Errorf("stopped %s", local(*first.StoppedAt))
	}
	if c.StoppedAt != nil {
		t.Error("Stop changed the original")
	}
	skewed := c.Stop(at(t, "2026-11-16 08:59"))
	if !skewed.StoppedAt.Equal(c.ReceivedAt) {
		t.Errorf("a stop before the message counts as at once, not %s", local(*skewed.StoppedAt))
	}
	// Answered during a pause that began in time: in time, whenever that is.
	paused, err := c.Pause(cal, at(t, "2026-11-16 12:00"))
	noError(t, err)
	if answered := paused.Stop(at(t, "2026-11-19 12:00")); !answered.InTime(at(t, "2026-11-20 12:00")) {
		t.Error("an answer during a pause is late")
	}
	if c.PausedAt != nil {
		t.Error("Pause changed the original")
	}
}

func TestRecomputeRefuses(t *testing.T) {
	cal, p := sla.DefaultCalendar(), fiveDays()
	_, err := sla.Recompute(p, cal, nil)
	wantInvalid(t, err, "without events")
	_, err = sla.Recompute(p, cal, events(t, "stopped", "2026-11-16 09:00"))
	wantInvalid(t, err, "begins with the family's message")
	_, err = sla.Recompute(p, cal, events(t, "started", "2026-11-16 09:00", "exploded", "2026-11-16 09:00"))
	wantInvalid(t, err, "exploded")
	_, err = sla.Recompute(p, cal, events(t, "started", "2026-11-16 09:00", "paused", "2029-11-16 09:00"))
	wantInvalid(t, err, beyond2028)
	_, err = sla.Recompute(p, cal, events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 10:00", "resumed", "2029-11-16 09:00"))
	wantInvalid(t, err, beyond2028)
	_, err = sla.Recompute(p, cal, events(t, "started", "2026-11-16 09:00", "paused", "2026-11-16 10:00", "resumed", "2028-12-22 09:00"))
	wantInvalid(t, err, beyond2028)
}

// A new policy or calendar keeps the pauses (glpi issues 6902 and 15605).
func TestRecomputeUnderNewSettings(t *testing.T) {
	ev := events(t, "started", "2026-12-23 10:00", "paused", "2026-12-23 11:00", "resumed", "2026-12-23 12:00")
	before, err := sla.Recompute(fiveDays(), sla.DefaultCalendar(), ev)
	noError(t, err)
	after, err := sla.Recompute(sla.DefaultPolicies()["urgent"], christmasCalendar(t), ev)
	noError(t, err)
	// 4 January 17:15 plus an hour; under the new settings 24 December and 4 January are the two days.
	if local(before.DueAt) != "2027-01-05 09:45" || local(after.DueAt) != "2027-01-05 09:45" || after.PausedFor != time.Hour {
		t.Errorf("before %s, after %s, paused %v", local(before.DueAt), local(after.DueAt), after.PausedFor)
	}
	if after.Policy != "urgent" {
		t.Errorf("policy %s", after.Policy)
	}
}

func TestClockEqual(t *testing.T) {
	cal := sla.DefaultCalendar()
	c := start(t, fiveDays(), cal, "2026-11-16 09:00")
	stopped, again := c.Stop(at(t, "2026-11-16 10:00")), c.Stop(at(t, "2026-11-16T10:00:00Z"))
	if !stopped.Equal(again) || stopped.Equal(c) || c.Equal(stopped) || !c.Equal(c) {
		t.Error("Equal")
	}
	paused, err := c.Pause(cal, at(t, "2026-11-16 10:00"))
	noError(t, err)
	moved := c
	moved.LeadAt = moved.LeadAt.Add(time.Second)
	if c.Equal(paused) || c.Equal(moved) {
		t.Error("different clocks are equal")
	}
}

// model is a second reading of the rules that knows neither tables nor
// shifting: it walks minutes and counts those that are open and not paused.
type model struct {
	from time.Time
	open []bool // minute by minute from from
}

func newModel(from time.Time, minutes int) model {
	holiday := map[sla.Date]bool{}
	for _, h := range sla.EnglandAndWales() {
		holiday[h.Date] = true
	}
	m := model{from, make([]bool, minutes)}
	for i := range m.open {
		l := from.Add(time.Duration(i) * time.Minute).In(sla.London())
		closing := 17*60 + 15
		if l.Weekday() == time.Friday {
			closing -= 30
		}
		minute := l.Hour()*60 + l.Minute()
		m.open[i] = l.Weekday() != time.Saturday && l.Weekday() != time.Sunday &&
			!holiday[sla.DateOf(l)] && minute >= 8*60+45 && minute < closing
	}
	return m
}

func (m model) at(i int) time.Time      { return m.from.Add(time.Duration(i) * time.Minute) }
func (m model) index(t time.Time) int   { return int(t.Sub(m.from) / time.Minute) }
func (m model) day(i int) sla.Date      { return sla.DateOf(m.at(i)) }
func (m model) count(from, to int) int  { return m.spend(from, to, nil) }
func (m model) opens(i int) int         { return slices.Index(m.open[i:], true) + i }
func (m model) within(i, a, b int) bool { return i >= a && i < b }

// spend counts open minutes from from to to outside the pauses.
func (m model) spend(from, to int, pauses [][2]int) int {
	n := 0
	for i := from; i < to; i++ {
		if m.open[i] && !slices.ContainsFunc(pauses, func(p [2]int) bool { return m.within(i, p[0], p[1]) }) {
			n++
		}
	}
	return n
}

// reach is the end of the n-th open minute from from on, outside the pauses.
func (m model) reach(from, n int, pauses [][2]int) int {
	for i := from; ; i++ {
		if n == 0 {
			return i
		}
		n -= m.spend(i, i+1, pauses)
	}
}

// closing is the closing minute of the n-th working day after the day of minute i.
func (m model) closing(i, n int) int {
	for day := m.day(i); ; i++ {
		if m.open[i] && m.day(i) != day {
			day = m.day(i)
			n--
		}
		if n == 0 && m.open[i] && !m.open[i+1] && m.day(i) == day {
			return i + 1
		}
	}
}

func (m model) until(i int, day int, target sla.Target) int {
	if target.WorkingDays > 0 {
		return m.closing(day, target.WorkingDays)
	}
	return m.reach(i, int(target.WorkingTime/time.Minute), nil)
}

// modelClock is what the model knows of a clock.
type modelClock struct {
	received, stopped, paused int // minutes; -1 for none
	pauses                    [][2]int
}

func (m model) play(c modelClock, e sla.Event) modelClock {
	i := m.index(e.At)
	family := e.Kind == sla.EventStarted || e.Kind == sla.EventReopened
	switch {
	case family && (c.received < 0 || c.stopped >= 0 || i < c.received):
		return modelClock{received: i, stopped: -1, paused: -1}
	case (family || e.Kind == sla.EventResumed) && c.stopped < 0 && c.paused >= 0:
		c.pauses = append(slices.Clone(c.pauses), [2]int{c.paused, i})
		c.paused = -1
	case e.Kind == sla.EventStopped && c.stopped < 0:
		c.stopped = i
	case e.Kind == sla.EventPaused && c.stopped < 0 && c.paused < 0:
		c.paused = i
	case e.Kind == sla.EventUndelivered:
		c.stopped, c.paused = -1, -1
	}
	return c
}

// instants are WarnAt, DueAt and LeadAt of c by counting.
func (m model) instants(c modelClock, p sla.Policy) [3]time.Time {
	start := m.opens(c.received)
	due := m.until(start, start, p.FirstResponse)
	lead := due
	if !p.LeadAfter.IsZero() {
		lead = m.until(due, due-1, p.LeadAfter)
	}
	total := m.count(start, due)
	warn := total * int(p.WarnAt*100) / 100
	var out [3]time.Time
	for k, n := range []int{warn, total, m.count(start, lead)} {
		out[k] = m.at(m.reach(start, n, c.pauses))
	}
	return out
}

// TestRecomputeRandom plays random histories and compares, after every event,
// the stored clock (moved step by step), the recomputation from the log and the
// counting model.
func TestRecomputeRandom(t *testing.T) {
	sequences := 10_000
	if testing.Short() {
		sequences = 500
	}
	cal := sla.DefaultCalendar()
	from := at(t, "2026-12-14 00:00") // the horizon holds Christmas and New Year
	m := newModel(from, 60*24*60)
	hour := sla.Target{WorkingTime: time.Hour}
	policies := []sla.Policy{
		{Name: "a", FirstResponse: sla.Target{WorkingDays: 1}, WarnAt: 0.8, LeadAfter: sla.Target{WorkingDays: 1}},
		{Name: "b", FirstResponse: sla.Target{WorkingDays: 2}, WarnAt: 0.8},
		{Name: "c", FirstResponse: sla.Target{WorkingTime: 4 * time.Hour}, WarnAt: 0.25},
		{Name: "d", FirstResponse: hour, WarnAt: 0.5, LeadAfter: sla.Target{WorkingDays: 2}},
		{Name: "e", FirstResponse: sla.Target{WorkingDays: 1}, WarnAt: 0.5, LeadAfter: hour},
	}
	kinds := []sla.EventKind{
		sla.EventStarted, sla.EventStopped, sla.EventReopened, sla.EventPaused, sla.EventPaused,
		sla.EventResumed, sla.EventResumed, sla.EventUndelivered,
	}
	seen := map[sla.EventKind]int{}
	moved := 0
	r := rand.New(rand.NewPCG(20, 26))
	for n := range sequences {
		p := policies[n%len(policies)]
		minute := r.IntN(5 * 24 * 60)
		log := []sla.Event{{Kind: sla.EventStarted, At: m.at(minute)}}
		stored, err := sla.Start(p, cal, log[0].At)
		noError(t, err)
		mc := m.play(modelClock{received: -1, stopped: -1, paused: -1}, log[0])
		for range 1 + r.IntN(8) {
			minute += r.IntN(20 * 60)
			e := sla.Event{Kind: kinds[r.IntN(len(kinds))], At: m.at(minute)}
			if r.IntN(20) == 0 { // a message found late
				e = sla.Event{Kind: sla.EventStarted, At: m.at(r.IntN(minute + 1))}
			}
			seen[e.Kind]++
			log = append(log, e)
			if stored, err = sla.Apply(p, cal, stored, e); err != nil {
				t.Fatalf("%v: %v", log, err)
			}
			mc = m.play(mc, e)
		}
		again, err := sla.Recompute(p, cal, log)
		noError(t, err)
		if !again.Equal(stored) {
			t.Fatalf("%v\nstored     %+v\nrecomputed %+v", log, stored, again)
		}
		if want := m.instants(mc, p); !stored.WarnAt.Equal(want[0]) || !stored.DueAt.Equal(want[1]) || !stored.LeadAt.Equal(want[2]) {
			t.Fatalf("policy %s, %v\nclock %s %s %s\nmodel %s %s %s", p.Name, log,
				local(stored.WarnAt), local(stored.DueAt), local(stored.LeadAt), local(want[0]), local(want[1]), local(want[2]))
		}
		if (stored.StoppedAt != nil) != (mc.stopped >= 0) || (stored.PausedAt != nil) != (mc.paused >= 0) {
			t.Fatalf("%v\nclock %+v\nmodel %+v", log, stored, mc)
		}
		if stored.PausedFor > 0 {
			moved++
		}
		for k := 1; k < 3; k++ {
			if s := stored.Steps(); s[k].At.Before(s[k-1].At) || s[k-1].Step == sla.StepLead {
				t.Fatalf("%v: steps %v", log, s)
			}
		}
	}
	if moved < sequences/10 || len(seen) != 6 {
		t.Errorf("the histories test too little: %d with pauses, events %v", moved, seen)
	}
}
