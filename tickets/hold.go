package tickets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

// HoldLetter stops a claimed letter as a whole: no copy leaves while one may
// not. why is for the author; rules are the guard's, empty when the letter only
// waits (outbound mode, overdue after downtime) and a person may release it.
func (d *Desk) HoldLetter(ctx context.Context, c *Claim, why string, rules []string, now time.Time) error {
	return d.write(ctx, access.System("dispatch"), now, func(w *work) error {
		o, err := w.tx.OutgoingByID(ctx, c.Letter.ID)
		if err != nil {
			return err
		}
		held := 0
		for i := range o.Deliveries {
			dl := &o.Deliveries[i]
			mine := dl.State == Claimed && dl.ClaimedBy == c.Holder && dl.Epoch == c.Epoch
			if !mine && dl.State != Queued {
				continue
			}
			from := dl.State
			dl.State, dl.Why, dl.ClaimedBy, dl.ClaimedAt, dl.UpdatedAt = Held, why, "", nil, w.now
			ok, err := w.tx.SetDelivery(ctx, dl, from)
			if err != nil {
				return err
			}
			if !ok {
				return lostClaim()
			}
			held++
		}
		if held == 0 {
			return lostClaim()
		}
		o.HeldReason, o.HeldRules = why, rules
		if len(rules) > 0 {
			if err := w.voidRelease(ctx, o); err != nil {
				return err
			}
		}
		if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
			return err
		}
		if err := w.auditLetter(ctx, audit.VerdictGiven, o, map[string]string{"decision": "held", "rules": strings.Join(rules, " ")}); err != nil {
			return err
		}
		if o.TicketID == 0 {
			return nil
		}
		t, err := w.finalTicket(ctx, o.TicketID)
		if err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvLetterStopped, map[string]any{"outgoing_id": o.ID, "purpose": string(o.Purpose), "rules": rules}); err != nil {
			return err
		}
		if len(rules) == 0 || o.Purpose != PurposeReply {
			return nil
		}
		author, err := w.staff(ctx, o.AuthorID)
		if errors.Is(err, errNoStaff) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = w.notify(ctx, t, TemplateStopped, []register.Staff{*author}, map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt)})
		return err
	})
}

// Recover puts right what a dead program left behind: letters that were only
// claimed are queued again, letters that the server may have are in doubt, with
// the history and a notice that say so. Each copy is a transaction of its own, with
// all that follows from it.
func (d *Desk) Recover(ctx context.Context, now time.Time) (requeued, uncertain int, err error) {
	return d.recoverOlder(ctx, now, d.s.ClaimLease, anyClaim)
}

// RecoverAll is Recover for a program that starts and knows that no other one
// runs on the same database: every claim is a dead program's, however young.
func (d *Desk) RecoverAll(ctx context.Context, now time.Time) (requeued, uncertain int, err error) {
	return d.recoverOlder(ctx, now, anyAge, anyClaim)
}

// RecoverOwn is Recover for the holder of claims itself, whatever their age: storage
// failed between claim and outcome. Claims with an epoch that is busy are on the way.
func (d *Desk) RecoverOwn(ctx context.Context, holder string, busy func(epoch int64) bool, now time.Time) (requeued, uncertain int, err error) {
	return d.recoverOlder(ctx, now, anyAge, func(dl Delivery) bool { return dl.ClaimedBy == holder && !busy(dl.Epoch) })
}

// anyAge finds also what was claimed in this very second.
const anyAge = -time.Second

func anyClaim(Delivery) bool { return true }

// recoverOlder recovers those claims that are older than lease and that left behind says of.
func (d *Desk) recoverOlder(ctx context.Context, now time.Time, lease time.Duration, behind func(Delivery) bool) (requeued, uncertain int, err error) {
	left, err := d.outbox.LeftClaims(ctx, now, lease)
	if err != nil {
		return 0, 0, err
	}
	var failed []error
	for _, dl := range left {
		if !behind(dl) {
			continue
		}
		var moved DeliveryState
		err := d.write(ctx, access.System("recover"), now, func(w *work) (err error) {
			moved, err = w.putBack(ctx, dl)
			return err
		})
		switch {
		case err != nil:
			// One letter that cannot be put back must not keep the others waiting.
			failed = append(failed, fmt.Errorf("delivery %d: %w", dl.ID, err))
		case moved == Queued:
			requeued++
		case moved == Uncertain:
			uncertain++
		}
	}
	return requeued, uncertain, errors.Join(failed...)
}

const whyDoubt = "It was given to the mail server, but whether the server took it is not known."

// putBack moves a copy that was left behind, with all that follows, unless its
// holder has moved it meanwhile: then it returns no state. One in doubt keeps its
// holder and epoch: should that program be alive after all, it can still say how
// it ended.
func (w *work) putBack(ctx context.Context, left Delivery) (DeliveryState, error) {
	o, err := w.tx.OutgoingByID(ctx, left.OutgoingID)
	if err != nil {
		return "", err
	}
	dl := deliveryOf(o, left.ID)
	if dl == nil || dl.State != left.State || dl.ClaimedBy != left.ClaimedBy || dl.Epoch != left.Epoch {
		return "", nil
	}
	dl.State, dl.UpdatedAt = Queued, w.now
	if left.State == DataBegun {
		dl.State, dl.Why = Uncertain, whyDoubt
	}
	ok, err := w.tx.SetDelivery(ctx, dl, left.State)
	if err != nil || !ok {
		return "", err
	}
	if dl.State == Queued || o.TicketID == 0 {
		return dl.State, nil
	}
	t, err := w.finalTicket(ctx, o.TicketID)
	if err != nil {
		return "", err
	}
	return dl.State, w.inDoubt(ctx, t, o, dl)
}
