package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// ReleaseHeld queues a letter again that waits because of the outbound mode or
// because it was overdue. What the guard stopped cannot be released: it can be
// cancelled and written anew. The guard judges the letter again in any case.
func (d *Desk) ReleaseHeld(ctx context.Context, a access.Actor, outgoingID int64, now time.Time) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can release a message")
	}
	return d.write(ctx, a, now, func(w *work) error {
		o, t, err := w.letter(ctx, outgoingID, access.ReleaseMode)
		if err != nil {
			return err
		}
		if len(o.HeldRules) > 0 {
			return fault.New(fault.Refused, "This message was stopped by a check and cannot be released. Cancel it and write it again")
		}
		if o.Purpose.Automatic() && o.ExpiresAt != nil && !w.now.Before(*o.ExpiresAt) {
			return fault.New(fault.Refused, "This automatic message is too old to be sent. Write to the family instead")
		}
		if o.QueuedMode == string(d.s.Mode) && o.HeldReason == "" && o.ReleasedBy != 0 {
			return nil // released before
		}
		moved := false
		for i := range o.Deliveries {
			dl := &o.Deliveries[i]
			if dl.State != Held && dl.State != Queued {
				continue
			}
			dl.State, dl.Why, dl.NextAt, dl.UpdatedAt = Queued, "", w.now, w.now
			ok, err := w.tx.SetDelivery(ctx, dl, Held, Queued)
			if err != nil {
				return err
			}
			if !ok {
				return fault.New(fault.Conflict, "This message is no longer waiting")
			}
			moved = true
		}
		if !moved {
			return fault.New(fault.Conflict, "This message is no longer waiting")
		}
		o.HeldReason, o.ReleasedBy, o.QueuedMode, o.ReleaseAt = "", a.StaffID, string(d.s.Mode), w.now
		if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
			return err
		}
		if _, err = w.event(ctx, t, EvReleased, map[string]any{"outgoing_id": o.ID, "mode": string(d.s.Mode)}); err != nil {
			return err
		}
		return w.auditLetter(ctx, audit.LetterReleased, o, map[string]string{"mode": string(d.s.Mode)})
	})
}
