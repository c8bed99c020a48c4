package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// leadAfter is how long the officer has, in office hours, before the lead is told
// that a letter did not arrive.
const leadAfter = time.Hour

// leadAfterAnHour notes that a letter which was written at an instant did not
// arrive, so that the lead hears of it when nobody acts. Somebody who has had
// another answer since needs nobody's help.
func (w *work) leadAfterAnHour(ctx context.Context, t *Ticket, u *Undelivered, written time.Time) error {
	if t.LastAnswerAt != nil && t.LastAnswerAt.After(written) {
		return nil
	}
	u.TicketID, u.At = t.ID, w.now
	var err error
	if u.LeadAt, err = w.d.cal().AddWorkingTime(w.now, leadAfter); fault.Is(err, fault.Invalid) {
		u.LeadAt = w.now.Add(leadAfter) // the calendar has come to its end; the lead hears all the same
	} else if err != nil {
		return err
	}
	return w.tx.InsertUndelivered(ctx, u)
}

// undeliveredBatch is how many are looked at in one sweep.
const undeliveredBatch = 200

// SweepUndelivered tells the lead of every letter that did not arrive a working hour
// ago and about which nobody has done anything since: no answer that arrived, no
// new reply on its way, no call. Each is told at most once. Out of office hours and
// before go-live nobody is told. It returns how many were settled.
func (d *Desk) SweepUndelivered(ctx context.Context, now time.Time) (int, error) {
	if !d.s.live(now) || !d.s.NoticesAnyHour && !d.cal().IsOpen(now) {
		return 0, nil
	}
	due, err := d.store.UndeliveredDue(ctx, now, undeliveredBatch)
	if err != nil {
		return 0, err
	}
	n := 0
	var failed []error
	for _, u := range due {
		fresh, err := d.settleUndelivered(ctx, u, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("undelivered %d: %w", u.ID, err))
		}
		if fresh {
			n++
		}
		if ctx.Err() != nil {
			break
		}
	}
	return n, errors.Join(failed...)
}

func (d *Desk) settleUndelivered(ctx context.Context, u Undelivered, now time.Time) (fresh bool, err error) {
	err = d.write(ctx, access.System("sweep"), now, func(w *work) error {
		t, err := w.finalTicket(ctx, u.TicketID)
		if err != nil {
			return err
		}
		events, err := w.tx.EventsOfTicket(ctx, t.ID)
		if err != nil {
			return err
		}
		outcome := UndeliveredLead
		switch {
		case t.State == StateFinished || t.State == StateNotOurs:
			outcome = UndeliveredClosed
		case t.LastAnswerAt != nil && t.LastAnswerAt.After(u.At) || actedSince(events, u):
			outcome = UndeliveredAnswered
		}
		// First, so that of two programs one tells.
		if fresh, err = w.tx.SettleUndelivered(ctx, u.ID, outcome, w.now); err != nil || !fresh || outcome != UndeliveredLead {
			return err
		}
		leads, err := w.lead(ctx, t)
		if err != nil {
			return err
		}
		owner := "nobody"
		if s, err := w.staff(ctx, t.OwnerID); err == nil {
			owner = s.Name
		} else if !errors.Is(err, errNoStaff) {
			return err
		}
		fields := map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt), FieldOwner: owner}
		if w.now.Sub(u.LeadAt) > w.d.s.LateGrace {
			fields[FieldLate] = "yes"
		}
		_, err = w.notify(ctx, t, TemplateUndelivered, leads, fields)
		return err
	})
	return fresh, err
}

// actedSince reports whether somebody wrote again or rang since a letter did not
// arrive. A new reply that does not arrive either starts an hour of its own.
func actedSince(events []Event, u Undelivered) bool {
	seen := false
	for _, e := range events {
		switch {
		case e.Kind == EvNotDelivered:
			id := copyID(e)
			seen = seen || id != 0 && (id == u.DeliveryID || id == -u.MessageID)
		case seen && (e.Kind == EvReplyQueued || e.Kind == EvCallLogged):
			return true
		}
	}
	return false
}
