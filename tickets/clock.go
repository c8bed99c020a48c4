package tickets

import (
	"time"

	"hearback/sla"
)

// ClockKind is which promise a clock measures.
type ClockKind string

// The kinds of service clocks.
const (
	ClockFirstResponse ClockKind = "first_response"
	ClockTriage        ClockKind = "triage" // unmatched mail: until somebody places it
)

// TicketClock is a running or stopped clock of a ticket. All instants were
// computed when it started; the sweep reads only what is due.
type TicketClock struct {
	ID       int64
	TicketID int64
	Kind     ClockKind
	sla.Clock
	NextAt *time.Time // the next step that is due and not done; nil when none is left or the clock stopped
	StopBy string     // "reply", "call", "placed", "finished", ""
}

// ClockStep is a step that was taken: at most once for each clock and step.
type ClockStep struct {
	ClockID    int64
	Step       sla.Step
	DueAt      time.Time
	DoneAt     time.Time
	Late       bool  // caught up after downtime
	OutgoingID int64 // the notice; 0 when there was nobody to tell
}
