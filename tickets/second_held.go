package tickets

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// ReleaseStopped is the answer of a second person to a letter that was stopped when
// it was about to leave.
type ReleaseStopped struct {
	OutgoingID int64
	Basis      string // one of Bases
	Reason     string
	Still      []SecondFinding // all that block it, read again
	Digest     string          // of the letter, read again
}

// ReleaseStopped queues a letter again that the guard held, past exactly the findings
// that are named: the dispatcher judges its final bytes once more. Nobody releases
// their own. Faults: Denied (also to the author), NotFound, Invalid, Conflict.
func (d *Desk) ReleaseStopped(ctx context.Context, a access.Actor, r ReleaseStopped, now time.Time) error {
	reason := strings.TrimSpace(r.Reason)
	switch {
	case !a.IsPerson():
		return fault.New(fault.Denied, "Only a person can release a message")
	case reason == "":
		return fault.New(fault.Invalid, "Say why")
	case !slices.Contains(Bases(), r.Basis):
		return fault.New(fault.Invalid, "Choose a lawful basis")
	case len(r.Still) == 0:
		return fault.New(fault.Conflict, "Nobody can release this as it stands. The text or the recipients have to change")
	}
	return d.write(ctx, a, now, func(w *work) error {
		o, t, err := w.letter(ctx, r.OutgoingID, access.SecondLook)
		if err != nil {
			return err
		}
		switch {
		case o.AuthorID == a.StaffID:
			return fault.New(fault.Denied, "Someone else has to release your message")
		case o.Purpose != PurposeReply || len(o.HeldRules) == 0 || o.AuthorID == 0:
			return fault.New(fault.Conflict, "This message is no longer waiting")
		case r.Digest == "" || r.Digest != o.Digest:
			return fault.New(fault.Conflict, "Something changed since it was written. It cannot be released as it stands")
		}
		for i := range o.Deliveries {
			dl := &o.Deliveries[i]
			if dl.State == Cancelled {
				continue
			}
			dl.State, dl.Why, dl.NextAt, dl.UpdatedAt = Queued, "", w.now, w.now
			if ok, err := w.tx.SetDelivery(ctx, dl, Held); err != nil {
				return err
			} else if !ok {
				return fault.New(fault.Conflict, "This message is no longer waiting")
			}
		}
		rules := o.HeldRules
		o.Confirmed = ownWord(o.Confirmed) // an earlier release counts no more
		for _, f := range r.Still {
			o.Confirmed = append(o.Confirmed, Confirmation{
				Rule: f.Rule, Mailbox: f.Mailbox, Seen: f.Seen, Reason: reason, Basis: r.Basis, By: a.StaffID, At: w.now,
			})
		}
		o.HeldReason, o.HeldRules, o.ReleaseAt = "", nil, w.now
		if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvSecondReleased, map[string]any{"outgoing_id": o.ID, "rules": rules}); err != nil {
			return err
		}
		return w.auditLetter(ctx, audit.SecondReleased, o, map[string]string{"basis": r.Basis, "rules": strings.Join(rules, " ")})
	})
}

// voidRelease ends the release of a letter that the guard stops in spite of it: what
// was released is not what would leave now. The author and whoever released it are
// told by the history; the audit says so.
func (w *work) voidRelease(ctx context.Context, o *Outgoing) error {
	if !slices.ContainsFunc(o.Confirmed, Confirmation.Released) {
		return nil
	}
	o.Confirmed = ownWord(o.Confirmed)
	s, err := w.tx.SecondOfLetter(ctx, o.ID)
	switch {
	case notFound(err):
	case err != nil:
		return err
	default:
		s.State = SecondVoid
		if err := w.tx.UpdateSecond(ctx, s); err != nil {
			return err
		}
	}
	return w.auditLetter(ctx, audit.SecondVoid, o, map[string]string{"rules": strings.Join(o.HeldRules, " ")})
}
