package sla

import (
	"time"

	"hearback/tickets/fault"
)

// EventKind is what happened to a clock.
type EventKind string

// The kinds of events.
const (
	// EventStarted: the family wrote. On an open clock it is a chaser and
	// starts nothing anew, but it ends a pause, because the family has
	// answered. On a stopped clock it begins a new wait.
	EventStarted EventKind = "started"
	// EventStopped: a person's answer was accepted by the mail server, or a
	// call was logged. Never an acknowledgement, a note or an assignment.
	EventStopped EventKind = "stopped"
	// EventReopened: the family wrote to an answered or finished enquiry. The
	// same as EventStarted; it has a name of its own for the history.
	EventReopened EventKind = "reopened"
	// EventPaused: we asked the family something and wait for them.
	EventPaused EventKind = "paused"
	// EventResumed: we wait for them no longer.
	EventResumed EventKind = "resumed"
	// EventUndelivered: what we sent did not arrive. It counts neither as an
	// answer nor as a question: the stop, and a pause that is still open, are
	// undone as if they had never been, and the old due date stands.
	EventUndelivered EventKind = "undelivered"
)

// Event is one thing that happened to a clock, at an instant.
type Event struct {
	Kind EventKind
	At   time.Time
}

// Apply is what event e makes of clock c; the zero Clock before the first
// event, which must be EventStarted. An event that changes nothing in c's state
// (a second stop, a pause of a stopped clock) is no error: an event log may
// hold such things, and replaying it must not fail. Errors are fault.Invalid: an
// unknown event, or an instant beyond the calendar.
func Apply(p Policy, cal *Calendar, c Clock, e Event) (Clock, error) {
	if c.ReceivedAt.IsZero() && e.Kind != EventStarted {
		return Clock{}, fault.Newf(fault.Invalid, "A clock begins with the family's message, not with %q", string(e.Kind))
	}
	switch e.Kind {
	case EventStarted, EventReopened:
		return c.familyWrote(p, cal, e.At)
	case EventStopped:
		return c.Stop(e.At), nil
	case EventPaused:
		return c.Pause(cal, e.At)
	case EventResumed:
		return c.Resume(cal, e.At)
	case EventUndelivered:
		c.StoppedAt, c.PausedAt = nil, nil
		return c, nil
	default:
		return Clock{}, fault.Newf(fault.Invalid, "The clock does not know the event %q", string(e.Kind))
	}
}

// Recompute is the clock after all events in the order in which they were
// logged. With the policy and calendar of then it equals the stored clock; with
// a new policy or calendar it is the clock under these, the pauses kept.
func Recompute(p Policy, cal *Calendar, events []Event) (Clock, error) {
	if len(events) == 0 {
		return Clock{}, fault.New(fault.Invalid, "A clock without events cannot be computed")
	}
	var c Clock
	for _, e := range events {
		var err error
		if c, err = Apply(p, cal, c, e); err != nil {
			return Clock{}, err
		}
	}
	return c, nil
}

// familyWrote starts, restarts, resumes or leaves the clock.
func (c Clock) familyWrote(p Policy, cal *Calendar, at time.Time) (Clock, error) {
	switch {
	case c.ReceivedAt.IsZero(), c.StoppedAt != nil:
		return Start(p, cal, at)
	case wholeSecond(at).Before(c.ReceivedAt):
		// Found late: a message older than the one that started the clock. The
		// family has waited since then. Earlier pauses are dropped with the old
		// start: the result is due early rather than late.
		return Start(p, cal, at)
	default:
		return c.Resume(cal, at)
	}
}

// Stop ends the wait at at; the first stop counts. A stop before the message
// was received, by a skew of two servers' clocks, counts as at once: the
// answer has left and must be recorded.
func (c Clock) Stop(at time.Time) Clock {
	if c.StoppedAt == nil {
		c.StoppedAt = c.notBeforeReceived(at)
	}
	return c
}

// Pause stops the counting while we wait for the family. It does nothing to a
// stopped or paused clock. fault.Invalid when at is beyond the calendar.
func (c Clock) Pause(cal *Calendar, at time.Time) (Clock, error) {
	if err := cal.check(at); err != nil {
		return Clock{}, err
	}
	if c.Running() {
		c.PausedAt = c.notBeforeReceived(at)
	}
	return c, nil
}

// Resume ends a pause: every instant that the clock had not reached moves on by
// the working time of the pause. What was reached before stays: a late answer
// does not become timely because we asked something afterwards. It does nothing
// to a stopped clock or one that is not paused.
func (c Clock) Resume(cal *Calendar, at time.Time) (Clock, error) {
	if err := cal.check(at); err != nil {
		return Clock{}, err
	}
	if c.StoppedAt != nil || c.PausedAt == nil {
		return c, nil
	}
	since := *c.PausedAt
	c.PausedAt = nil
	at = wholeSecond(at)
	if !at.After(since) {
		return c, nil
	}
	paused, err := cal.WorkingTime(since, at)
	if err != nil {
		return Clock{}, err
	}
	c.PausedFor += paused
	for _, instant := range []*time.Time{&c.WarnAt, &c.DueAt, &c.LeadAt} {
		if !instant.After(since) {
			continue
		}
		if *instant, err = cal.AddWorkingTime(*instant, paused); err != nil {
			return Clock{}, err
		}
	}
	c.DueDay = dayEndingAt(c.DueAt)
	return c, nil
}

func (c Clock) notBeforeReceived(at time.Time) *time.Time {
	at = wholeSecond(at)
	if at.Before(c.ReceivedAt) {
		at = c.ReceivedAt
	}
	return &at
}
