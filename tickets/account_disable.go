package tickets

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Left is what somebody left behind whose account was closed, for the page that
// says who takes it over.
type Left struct {
	Sessions, Tokens int // ended
	Letters          int // held: they had not left
	Enquiries        int // have no owner now, and stand with the case's fall-back owner and the team lead
	// Cases fall back on nobody who can sign in: an alarm state on the lead's page.
	Cases int
	// Teams are led by nobody who can sign in now, by name: an alarm state. What would
	// go to their lead goes to the heads of service, who were told.
	Teams []string
}

// DisableStaff closes an account: everywhere at once, in every program that works
// on the database. Letters of theirs that have not left are held. Enquiries lose
// their owner, so that they stand with the fall-back owner; nothing is handed to
// anybody unasked. Closing a closed account changes nothing.
func (d *Desk) DisableStaff(ctx context.Context, a access.Actor, staffID int64, now time.Time) (Left, error) {
	var left Left
	if err := manages(a); err != nil {
		return left, err
	}
	if a.StaffID == staffID {
		return left, fault.New(fault.Denied, "Nobody closes their own account. Ask another administrator")
	}
	err := d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, staffID)
		if err != nil {
			return err
		}
		if !s.Active {
			return nil
		}
		if s.Role == string(access.RoleAdmin) {
			if err := w.notLastAdmin(ctx, s.ID); err != nil {
				return err
			}
		}
		s.Active = false
		if err := w.tx.UpdateStaff(ctx, s); err != nil {
			return err
		}
		acc, err := w.tx.Account(ctx, s.ID)
		if err != nil {
			return err
		}
		acc.DisabledAt, acc.InviteHash, acc.InviteEndsAt = &w.now, "", nil
		if err := w.tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		if left.Sessions, left.Tokens, err = w.shutOut(ctx, s.ID); err != nil {
			return err
		}
		if left.Letters, err = w.holdLettersOf(ctx, s); err != nil {
			return err
		}
		if left.Enquiries, err = w.disown(ctx, s.ID); err != nil {
			return err
		}
		cases, err := w.tx.CasesFallingBackOn(ctx, s.ID)
		if err != nil {
			return err
		}
		left.Cases = len(cases)
		if left.Teams, err = w.leaderless(ctx, s.ID); err != nil {
			return err
		}
		return w.audit(ctx, audit.StaffShutOut, staffObject(s.ID), 0, map[string]string{
			"sessions": strconv.Itoa(left.Sessions), "tokens": strconv.Itoa(left.Tokens), "letters_held": strconv.Itoa(left.Letters),
			"enquiries": strconv.Itoa(left.Enquiries), "cases": strconv.Itoa(left.Cases),
			"teams": strconv.Itoa(len(left.Teams)),
		})
	})
	return left, err
}

// holdLettersOf holds what somebody wrote and what has not left. What a program
// has claimed is stopped by the guard, which reads the account again before DATA.
func (w *work) holdLettersOf(ctx context.Context, s *register.Staff) (int, error) {
	ids, err := w.tx.LettersWaitingOf(ctx, s.ID)
	if err != nil {
		return 0, err
	}
	why := "The account of " + s.Name + ", who wrote this, was closed. A colleague has to send it"
	n := 0
	for _, id := range ids {
		o, err := w.tx.OutgoingByID(ctx, id)
		if err != nil {
			return n, err
		}
		held := false
		for i := range o.Deliveries {
			dl := &o.Deliveries[i]
			if dl.State != Queued {
				continue
			}
			dl.State, dl.Why, dl.UpdatedAt = Held, why, w.now
			ok, err := w.tx.SetDelivery(ctx, dl, Queued)
			if err != nil {
				return n, err
			}
			held = held || ok
		}
		if !held {
			continue
		}
		n++
		o.HeldReason = why
		if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
			return n, err
		}
		if o.TicketID == 0 {
			continue
		}
		t, err := w.finalTicket(ctx, o.TicketID)
		if err != nil {
			return n, err
		}
		if _, err := w.event(ctx, t, EvLetterStopped, map[string]any{"outgoing_id": o.ID, "purpose": string(o.Purpose), "author_closed": true}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// disown takes the owner from every open enquiry of somebody.
func (w *work) disown(ctx context.Context, staffID int64) (int, error) {
	ids, err := w.tx.TicketsOwnedBy(ctx, staffID)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		t, err := w.tx.TicketByID(ctx, id)
		if err != nil {
			return 0, err
		}
		t.OwnerID = 0
		if _, err := w.event(ctx, t, EvAssigned, map[string]any{"from": staffID, "to": 0, "account_closed": true}); err != nil {
			return 0, err
		}
		if err := w.tx.UpdateTicket(ctx, t); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// EnableStaff opens a closed account again. What was taken from it stays where it is.
func (d *Desk) EnableStaff(ctx context.Context, a access.Actor, staffID int64, now time.Time) error {
	if err := manages(a); err != nil {
		return err
	}
	if a.StaffID == staffID {
		return fault.New(fault.Denied, "Nobody opens their own account")
	}
	return d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, staffID)
		if err != nil || s.Active {
			return err
		}
		s.Active = true
		if err := w.tx.UpdateStaff(ctx, s); err != nil {
			return err
		}
		acc, err := w.tx.Account(ctx, s.ID)
		if err != nil {
			return err
		}
		acc.DisabledAt = nil
		if err := w.tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		return w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, map[string]string{"change": "opened"})
	})
}
