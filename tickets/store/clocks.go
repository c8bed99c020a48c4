package store

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets"
)

// clockRow is a row of clocks.
type clockRow struct {
	ID         int64    `db:"id"`
	TicketID   int64    `db:"ticket_id"`
	Kind       string   `db:"kind"`
	Policy     string   `db:"policy"`
	ReceivedAt instant  `db:"received_at"`
	StartAt    instant  `db:"start_at"`
	WarnAt     instant  `db:"warn_at"`
	DueAt      instant  `db:"due_at"`
	LeadAt     instant  `db:"lead_at"`
	StartDay   string   `db:"start_day"`
	DueDay     string   `db:"due_day"`
	StoppedAt  *instant `db:"stopped_at"`
	PausedAt   *instant `db:"paused_at"`
	PausedFor  int64    `db:"paused_for"`
	NextAt     *instant `db:"next_at"`
	StopBy     string   `db:"stop_by"`
}

func day(d sla.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func clockToRow(c *tickets.TicketClock) clockRow {
	return clockRow{
		ID: c.ID, TicketID: c.TicketID, Kind: string(c.Kind), Policy: c.Policy, ReceivedAt: at(c.ReceivedAt),
		StartAt: at(c.StartAt), WarnAt: at(c.WarnAt), DueAt: at(c.DueAt), LeadAt: at(c.LeadAt),
		StartDay: day(c.StartDay), DueDay: day(c.DueDay), StoppedAt: atP(c.StoppedAt), PausedAt: atP(c.PausedAt),
		PausedFor: int64(c.PausedFor), NextAt: atP(c.NextAt), StopBy: c.StopBy,
	}
}

func (r clockRow) clock() (tickets.TicketClock, error) {
	c := tickets.TicketClock{
		ID: r.ID, TicketID: r.TicketID, Kind: tickets.ClockKind(r.Kind), NextAt: r.NextAt.timeP(), StopBy: r.StopBy,
		Clock: sla.Clock{
			Policy: r.Policy, ReceivedAt: r.ReceivedAt.time(), StartAt: r.StartAt.time(), WarnAt: r.WarnAt.time(),
			DueAt: r.DueAt.time(), LeadAt: r.LeadAt.time(), StoppedAt: r.StoppedAt.timeP(), PausedAt: r.PausedAt.timeP(),
			PausedFor: time.Duration(r.PausedFor),
		},
	}
	if err := c.StartDay.UnmarshalText([]byte(r.StartDay)); err != nil {
		return c, err
	}
	return c, c.DueDay.UnmarshalText([]byte(r.DueDay))
}

// InsertClock implements tickets.Tx.
func (t *tx) InsertClock(ctx context.Context, c *tickets.TicketClock) error {
	if err := t.add(ctx, t.db.q.ClockInsert, clockToRow(c), &c.ID); err != nil {
		return err
	}
	return t.keepDue(ctx, c.TicketID)
}

// UpdateClock implements tickets.Tx.
func (t *tx) UpdateClock(ctx context.Context, c *tickets.TicketClock) error {
	if err := t.change(ctx, t.db.q.ClockUpdate, clockToRow(c)); err != nil {
		return err
	}
	return t.keepDue(ctx, c.TicketID)
}

// keepDue writes the earliest due instant of the ticket's running clocks beside
// the ticket, for lists and counts.
func (t *tx) keepDue(ctx context.Context, ticketID int64) error {
	_, err := t.exec(ctx, t.db.q.TicketDue, ticketID, noDue(), ticketID)
	return err
}

// ClocksOfTicket implements tickets.Reader, oldest first; in a transaction it
// locks the rows.
func (r reader) ClocksOfTicket(ctx context.Context, ticketID int64) ([]tickets.TicketClock, error) {
	var rows []clockRow
	if err := r.allLocked(ctx, &rows, r.db.q.ClocksOfTicket, ticketID); err != nil {
		return nil, err
	}
	return convert(rows, clockRow.clock)
}

// ClocksDue implements tickets.Reader.
func (r reader) ClocksDue(ctx context.Context, now time.Time, limit int) ([]tickets.TicketClock, error) {
	var rows []clockRow
	if err := r.all(ctx, &rows, r.db.q.ClocksDue, at(now), limit); err != nil {
		return nil, err
	}
	return convert(rows, clockRow.clock)
}

// stepRow is a row of clock_steps.
type stepRow struct {
	ClockID    int64   `db:"clock_id"`
	Step       string  `db:"step"`
	DueAt      instant `db:"due_at"`
	DoneAt     instant `db:"done_at"`
	Late       bool    `db:"late"`
	OutgoingID rowID   `db:"outgoing_id"`
}

func (r stepRow) step() tickets.ClockStep {
	return tickets.ClockStep{
		ClockID: r.ClockID, Step: sla.Step(r.Step), DueAt: r.DueAt.time(), DoneAt: r.DoneAt.time(), Late: r.Late,
		OutgoingID: int64(r.OutgoingID),
	}
}

// InsertClockStep implements tickets.Tx.
func (t *tx) InsertClockStep(ctx context.Context, s *tickets.ClockStep) (bool, error) {
	n, err := t.execRow(ctx, t.db.q.StepInsert, stepRow{
		ClockID: s.ClockID, Step: string(s.Step), DueAt: at(s.DueAt), DoneAt: at(s.DoneAt), Late: s.Late,
		OutgoingID: rowID(s.OutgoingID),
	})
	return n == 1, err
}

// StepsDone implements tickets.Reader.
func (r reader) StepsDone(ctx context.Context, clockID int64) (map[sla.Step]bool, error) {
	var steps []string
	if err := r.all(ctx, &steps, r.db.q.StepsOf, clockID); err != nil {
		return nil, err
	}
	done := make(map[sla.Step]bool, len(steps))
	for _, s := range steps {
		done[sla.Step(s)] = true
	}
	return done, nil
}
