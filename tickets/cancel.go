package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// CancelReply takes a letter back that waits: in its hold, or held. The author
// and a team lead may. Either every copy is cancelled or none: a copy that is
// on its way wins, and the caller gets fault.Conflict.
func (d *Desk) CancelReply(ctx context.Context, a access.Actor, outgoingID int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		o, t, err := w.letter(ctx, outgoingID, access.SendReply)
		if err != nil {
			return err
		}
		if o.AuthorID != a.StaffID && !a.May(access.ReleaseMode) {
			return fault.New(fault.Denied, "You cannot do this. The author or a team lead can")
		}
		for i := range o.Deliveries {
			dl := &o.Deliveries[i]
			switch dl.State {
			case Cancelled:
				continue
			case Queued, Held:
			default:
				return fault.New(fault.Conflict, "It is too late to cancel: the message is on its way")
			}
			dl.State, dl.Why, dl.UpdatedAt = Cancelled, "", w.now
			ok, err := w.tx.SetDelivery(ctx, dl, Queued, Held)
			if err != nil {
				return err
			}
			if !ok {
				return fault.New(fault.Conflict, "It is too late to cancel: the message is on its way")
			}
		}
		if o.CancelledBy != 0 {
			return nil // cancelled before
		}
		o.CancelledBy = a.StaffID
		if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
			return err
		}
		if _, err = w.event(ctx, t, EvReplyChanged, map[string]any{"outgoing_id": o.ID}); err != nil {
			return err
		}
		return w.auditLetter(ctx, audit.LetterCancelled, o, nil)
	})
}

// letter is a letter of a ticket that the actor may know, locked.
func (w *work) letter(ctx context.Context, id int64, p access.Permission) (*Outgoing, *Ticket, error) {
	if err := allowed(w.actor, p); err != nil {
		return nil, nil, err
	}
	o, err := w.tx.OutgoingByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if o.TicketID == 0 {
		return nil, nil, fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
	}
	first, err := w.tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.tx.Ticket(ctx, w.actor, first.Ref); err != nil {
		return nil, nil, err
	}
	t, err := w.finalTicket(ctx, o.TicketID)
	return o, t, err
}
