package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// AssignRequest gives a ticket to a colleague.
type AssignRequest struct {
	Ref         string
	ToID        int64
	SeenVersion int64 // 0: whatever it is
}

// Assign gives the ticket to a colleague who may see it and may reply. The
// clock goes on: a new owner is no answer.
func (d *Desk) Assign(ctx context.Context, a access.Actor, r AssignRequest, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.Assign)
		if err != nil {
			return err
		}
		if r.SeenVersion != 0 {
			if err := w.stale(ctx, t, r.SeenVersion); err != nil {
				return err
			}
		}
		if r.ToID == 0 {
			return fault.New(fault.Invalid, "Choose a named officer. If you do not know yet, the team lead will hold it")
		}
		if err := w.maySee(ctx, t, r.ToID, access.SendReply); err != nil {
			return err
		}
		if t.OwnerID == r.ToID {
			return nil
		}
		from := t.OwnerID
		t.OwnerID = r.ToID
		if _, err := w.event(ctx, t, EvAssigned, map[string]any{"from": from, "to": r.ToID}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}
