package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
)

// sweepBatch is how many clocks one sweep reads at a time.
const sweepBatch = 200

// Sweep takes every step of every clock that has fallen due: the row that says
// so, the notices and the next instant of the clock are one transaction for
// each clock, written before anything is sent, so a step is taken at most once
// whatever happens. What fell due while hearback was down is caught up and
// marked late. Out of office hours staff are not told, unless the settings say
// so; before go-live nothing is. It returns the number of steps taken.
func (d *Desk) Sweep(ctx context.Context, now time.Time) (int, error) {
	if !d.s.live(now) || !d.s.NoticesAnyHour && !d.cal().IsOpen(now) {
		return 0, nil
	}
	total := 0
	var failed []error
	for {
		due, err := d.store.ClocksDue(ctx, now, sweepBatch)
		if err != nil {
			return total, errors.Join(append(failed, err)...)
		}
		moved := false
		for _, c := range due {
			n, changed, err := d.sweepClock(ctx, c, now)
			total += n
			if err != nil {
				// One clock that cannot be read must not keep the others waiting.
				failed = append(failed, fmt.Errorf("clock %d: %w", c.ID, err))
			}
			if ctx.Err() != nil {
				return total, errors.Join(failed...)
			}
			moved = moved || changed
		}
		// Without progress the same clocks would come again for ever.
		if len(due) < sweepBatch || !moved {
			return total, errors.Join(failed...)
		}
	}
}

// sweepClock takes the due steps of one clock.
func (d *Desk) sweepClock(ctx context.Context, seen TicketClock, now time.Time) (steps int, changed bool, err error) {
	err = d.write(ctx, access.System("sweep"), now, func(w *work) error {
		t, err := w.tx.TicketByID(ctx, seen.TicketID)
		if err != nil {
			return err
		}
		clocks, err := w.tx.ClocksOfTicket(ctx, t.ID)
		if err != nil {
			return err
		}
		var c *TicketClock
		for i := range clocks {
			if clocks[i].ID == seen.ID {
				c = &clocks[i]
			}
		}
		if c == nil || c.NextAt == nil || c.NextAt.After(w.now) {
			return nil // answered, or swept by another program, since we looked
		}
		done, err := w.tx.StepsDone(ctx, c.ID)
		if err != nil {
			return err
		}
		if done == nil {
			done = map[sla.Step]bool{}
		}
		for _, step := range sla.DueSteps(c.Clock, done, w.now) {
			fresh, err := w.escalate(ctx, t, c, step)
			if err != nil {
				return err
			}
			if fresh {
				steps++
			}
			done[step.Step] = true
		}
		c.NextAt = nextAt(c.Clock, done)
		changed = true
		return w.tx.UpdateClock(ctx, c)
	})
	if err != nil {
		return 0, false, err
	}
	return steps, changed, nil
}
