package sla

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Clock is one wait for an answer. All instants are computed when it starts or
// changes and are stored, so that the sweep only reads what is due; all are UTC
// in whole seconds. A Clock is a value: its methods return a changed copy.
type Clock struct {
	Policy     string    // Policy.Name
	ReceivedAt time.Time // when the mail server took the family's mail, whatever the hour
	StartAt    time.Time // the next opening: out of hours nobody can answer
	WarnAt     time.Time // StepWarning
	DueAt      time.Time // StepBreach: an answer at this instant is still in time
	LeadAt     time.Time // StepLead
	StartDay   Date      // London date of StartAt; day 0
	DueDay     Date      // London day at whose closing, or during which, the answer is due

	StoppedAt *time.Time    // a person's answer; nil while the family waits
	PausedAt  *time.Time    // waiting for the family since; kept when an answer stops the clock during a pause
	PausedFor time.Duration // working time of ended pauses; the instants above already include it
}

// Start computes the clock of a message received at receivedAt. It fails with
// fault.Invalid when p is wrong or an instant lies beyond the calendar.
func Start(p Policy, cal *Calendar, receivedAt time.Time) (Clock, error) {
	if err := p.Validate(); err != nil {
		return Clock{}, err
	}
	c := Clock{Policy: p.Name, ReceivedAt: wholeSecond(receivedAt)}
	var err error
	if c.StartAt, err = cal.NextOpening(c.ReceivedAt); err != nil {
		return Clock{}, err
	}
	c.StartDay = DateOf(c.StartAt)

	if c.DueAt, err = cal.until(c.StartDay, c.StartAt, p.FirstResponse); err != nil {
		return Clock{}, err
	}
	c.DueDay = dayEndingAt(c.DueAt)

	total, err := cal.WorkingTime(c.StartAt, c.DueAt)
	if err != nil {
		return Clock{}, err
	}
	// Whole minutes, rounded down: a warning may come a moment early. Rounding to
	// seconds first keeps 80 % of 42 hours from losing a minute to a fraction
	// that binary numbers cannot hold.
	warn := time.Duration(math.Round(total.Seconds()*p.WarnAt)) * time.Second
	warn = warn.Truncate(time.Minute)
	if c.WarnAt, err = cal.AddWorkingTime(c.StartAt, warn); err != nil {
		return Clock{}, err
	}
	c.LeadAt = c.DueAt
	if !p.LeadAfter.IsZero() {
		if c.LeadAt, err = cal.until(c.DueDay, c.DueAt, p.LeadAfter); err != nil {
			return Clock{}, err
		}
	}
	return c, nil
}

// until is the instant at which target t, counted from instant at on the
// working day d, is used up.
func (c *Calendar) until(d Date, at time.Time, t Target) (time.Time, error) {
	if t.WorkingDays == 0 {
		return c.AddWorkingTime(at, t.WorkingTime)
	}
	// Not AddWorkingDays: it would take a breach at closing time for a message
	// after hours and begin a day late.
	w, err := c.workdayAfter(d, t.WorkingDays)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(w.closes, 0).UTC(), nil
}

// dayEndingAt is the day to which a deadline at t belongs: closing at 24:00 is
// the end of that day, not the beginning of the next.
func dayEndingAt(t time.Time) Date { return DateOf(t.Add(-time.Nanosecond)) }

// wholeSecond is what every database stores alike, so that a recomputation
// equals the stored values.
func wholeSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// ScheduledStep is a step and the instant at which it falls due.
type ScheduledStep struct {
	Step Step
	At   time.Time
}

// Late reports whether the step is taken so long after it fell due that the
// notice has to say so: more than grace before now.
func (s ScheduledStep) Late(now time.Time, grace time.Duration) bool {
	return now.Sub(s.At) > grace
}

// Steps are all steps of the clock in the order in which they fall due.
func (c Clock) Steps() []ScheduledStep {
	steps := []ScheduledStep{{StepWarning, c.WarnAt}, {StepBreach, c.DueAt}, {StepLead, c.LeadAt}}
	slices.SortStableFunc(steps, func(a, b ScheduledStep) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	return steps
}

// Running reports whether steps can fall due: neither stopped nor paused.
func (c Clock) Running() bool { return c.StoppedAt == nil && c.PausedAt == nil }

// DueSteps are the steps that have fallen due at now and are not done, in
// order. A stopped or paused clock has none. Steps fall due at any hour when a
// target is in working days (closing time); a caller that wants to write only
// in office hours asks the calendar for NextOpening of the step.
func DueSteps(c Clock, done map[Step]bool, now time.Time) []ScheduledStep {
	if !c.Running() {
		return nil
	}
	var due []ScheduledStep
	for _, s := range c.Steps() {
		if !done[s.Step] && !s.At.After(now) {
			due = append(due, s)
		}
	}
	return due
}

// NextStep is the earliest step that is not done, whether or not it has fallen
// due: what a store keeps so that a sweep finds the clock. ok is false when
// there is none, or the clock is stopped or paused.
func NextStep(c Clock, done map[Step]bool) (step ScheduledStep, ok bool) {
	if !c.Running() {
		return ScheduledStep{}, false
	}
	for _, s := range c.Steps() {
		if !done[s.Step] {
			return s, true
		}
	}
	return ScheduledStep{}, false
}

// The words for a clock's state; screens show them as "On track", "Due soon",
// "Late", "Paused" and "Answered".
const (
	StateOnTrack  = "on_track"
	StateDueSoon  = "due_soon"
	StateLate     = "late"
	StatePaused   = "paused"
	StateAnswered = "answered"
)

// State is the clock's state at now. A paused clock is paused even when it was
// late before; use InTime or DueAt to tell.
func State(c Clock, now time.Time) string {
	switch {
	case c.StoppedAt != nil:
		return StateAnswered
	case c.PausedAt != nil:
		return StatePaused
	case !now.Before(c.DueAt):
		return StateLate
	case !now.Before(c.WarnAt):
		return StateDueSoon
	default:
		return StateOnTrack
	}
}

// InTime reports whether the standard was met (clock stopped) or can still be
// met (clock open) as of now. An answer at DueAt exactly is in time.
func (c Clock) InTime(now time.Time) bool { return !c.frozenAt(now).After(c.DueAt) }

// frozenAt is the instant at which c stopped counting, at the latest now.
func (c Clock) frozenAt(now time.Time) time.Time {
	for _, at := range []*time.Time{c.StoppedAt, c.PausedAt} {
		if at != nil && at.Before(now) {
			now = *at
		}
	}
	return now
}

// Remaining is the working time left until the answer is due, negative when it
// is late; for a stopped or paused clock, what was left then. Beyond the
// calendar it is fault.Invalid.
func Remaining(c Clock, cal *Calendar, now time.Time) (time.Duration, error) {
	return cal.WorkingTime(c.frozenAt(now), c.DueAt)
}

// Equal reports whether two clocks are the same instant by instant. (== would
// compare the pointers.)
func (c Clock) Equal(o Clock) bool {
	same := func(a, b *time.Time) bool {
		return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
	}
	return c.Policy == o.Policy && c.ReceivedAt.Equal(o.ReceivedAt) && c.StartAt.Equal(o.StartAt) &&
		c.WarnAt.Equal(o.WarnAt) && c.DueAt.Equal(o.DueAt) && c.LeadAt.Equal(o.LeadAt) &&
		c.StartDay == o.StartDay && c.DueDay == o.DueDay && c.PausedFor == o.PausedFor &&
		same(c.StoppedAt, o.StoppedAt) && same(c.PausedAt, o.PausedAt)
}
