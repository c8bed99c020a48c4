package tickets

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
)

// RecomputeClocks is every clock of a ticket as its history says, by clock id.
// With the policies and the calendar of then it equals the stored clocks; with
// new ones it is what they would be.
func RecomputeClocks(events []Event, policies map[string]sla.Policy, cal *sla.Calendar) (map[int64]sla.Clock, error) {
	return recomputed(events, policies, cal, false)
}

// recomputed is RecomputeClocks. With keep, each clock keeps the standard under
// which it started, which its event tells: the family was told a date by it.
func recomputed(events []Event, policies map[string]sla.Policy, cal *sla.Calendar, keep bool) (map[int64]sla.Clock, error) {
	type log struct {
		policy string
		start  Event
		events []sla.Event
	}
	logs := map[int64]*log{}
	for _, e := range events {
		id := num(e.Data, "clock_id")
		switch e.Kind {
		case EvClockStarted:
			logs[id] = &log{text(e.Data, "policy"), e, []sla.Event{{Kind: sla.EventStarted, At: receivedTime(e)}}}
		case EvClockStopped:
			if l := logs[id]; l != nil {
				l.events = append(l.events, sla.Event{Kind: sla.EventStopped, At: eventTime(e)})
			}
		case EvClockResumed:
			if l := logs[id]; l != nil {
				l.events = append(l.events, sla.Event{Kind: sla.EventUndelivered, At: e.At})
			}
		}
	}
	clocks := make(map[int64]sla.Clock, len(logs))
	for id, l := range logs {
		p, ok := policies[l.policy]
		if !ok {
			p = policies[sla.PolicyGeneral]
			p.Name = l.policy // dropped since; the clock keeps the name it ran under
		}
		if keep {
			p = standardOf(l.start, p)
		}
		c, err := sla.Recompute(p, cal, l.events)
		if err != nil {
			return nil, err
		}
		clocks[id] = c
	}
	return clocks, nil
}

// Recompute brings the clocks of a ticket in line with its history under the
// present policies and calendar, after these were changed. Steps that were
// taken stay taken. It returns how many clocks changed; a second run changes
// none.
func (d *Desk) Recompute(ctx context.Context, ticketID int64, now time.Time) (changed int, err error) {
	return d.recompute(ctx, ticketID, false, now)
}

// recompute is Recompute. With keep, clocks keep their standard, and those that
// have stopped stay as they are.
func (d *Desk) recompute(ctx context.Context, ticketID int64, keep bool, now time.Time) (changed int, err error) {
	err = d.write(ctx, access.System("recompute"), now, func(w *work) error {
		t, err := w.tx.TicketByID(ctx, ticketID)
		if err != nil {
			return err
		}
		stored, err := w.tx.ClocksOfTicket(ctx, ticketID)
		if err != nil {
			return err
		}
		events, err := w.tx.EventsOfTicket(ctx, ticketID)
		if err != nil {
			return err
		}
		should, err := recomputed(events, d.policies(), d.cal(), keep)
		if err != nil {
			return err
		}
		for i := range stored {
			c := &stored[i]
			want, ok := should[c.ID]
			if !ok || want.Equal(c.Clock) || keep && c.StoppedAt != nil {
				continue
			}
			done, err := w.tx.StepsDone(ctx, c.ID)
			if err != nil {
				return err
			}
			silent := c.NextAt == nil && c.Running() // imported: never alarms
			c.Clock = want
			if c.NextAt = nextAt(want, done); silent {
				c.NextAt = nil
			}
			if err := w.tx.UpdateClock(ctx, c); err != nil {
				return err
			}
			if _, err := w.event(ctx, t, EvClockChanged, map[string]any{"clock_id": c.ID, "due": stamp(want.DueAt)}); err != nil {
				return err
			}
			changed++
		}
		return w.tx.UpdateTicket(ctx, t)
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// standardData is what the event of a clock's start tells of its standard.
func standardData(p sla.Policy) map[string]any {
	return map[string]any{
		"days": p.FirstResponse.WorkingDays, "seconds": int64(p.FirstResponse.WorkingTime / time.Second), "warn_percent": int64(p.WarnAt*100 + 0.5),
		"lead_days": p.LeadAfter.WorkingDays, "lead_seconds": int64(p.LeadAfter.WorkingTime / time.Second),
	}
}

// standardOf is the standard under which a clock started; p when its event is from
// before events told.
func standardOf(e Event, p sla.Policy) sla.Policy {
	target := func(days, seconds string) sla.Target {
		return sla.Target{WorkingDays: int(num(e.Data, days)), WorkingTime: time.Duration(num(e.Data, seconds)) * time.Second}
	}
	first := target("days", "seconds")
	if first.IsZero() {
		return p
	}
	p.FirstResponse, p.LeadAfter = first, target("lead_days", "lead_seconds")
	if warn := num(e.Data, "warn_percent"); warn > 0 && warn < 100 {
		p.WarnAt = float64(warn) / 100
	}
	return p
}
