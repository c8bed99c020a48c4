package tickets

import (
	"context"
	"slices"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// RequestEndRestriction asks for the end of a restriction. It counts until a second
// person has approved.
func (d *Desk) RequestEndRestriction(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRestrictions, now, func(w *work) error {
		x, v, err := w.restrictionInForce(ctx, id)
		if err != nil {
			return err
		}
		if x.EndAskedBy != 0 {
			return fault.New(fault.Conflict, "Somebody has asked for the end of this restriction already")
		}
		if oneLine(reason) == "" {
			return fault.New(fault.Invalid, "Say why the restriction should end")
		}
		at := w.now
		x.EndAskedBy, x.EndAskedAt, x.EndReason = a.StaffID, &at, oneLine(reason)
		if err := w.tx.UpdateRestriction(ctx, x); err != nil {
			return err
		}
		return w.restrictionRecorded(ctx, v, audit.RestrictionEnding, x)
	})
}

// ApproveEndRestriction ends a restriction: the approver is a team lead, a
// safeguarding lead or the head of service, and not who asked. The marks on the
// link go with the last restriction that stands behind them.
func (d *Desk) ApproveEndRestriction(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.EndRestrictions, now, func(w *work) error {
		x, v, err := w.restrictionInForce(ctx, id)
		if err != nil {
			return err
		}
		if x.EndAskedBy == 0 {
			return fault.New(fault.Conflict, "Nobody asks for the end of this restriction any more")
		}
		if x.EndAskedBy == a.StaffID {
			return fault.New(fault.Denied, "You asked for this yourself. Somebody else has to approve it")
		}
		at := w.now
		x.EndedAt, x.EndApprovedBy = &at, a.StaffID
		if err := w.tx.UpdateRestriction(ctx, x); err != nil {
			return err
		}
		if err := w.unmark(ctx, v, x); err != nil {
			return err
		}
		return w.restrictionRecorded(ctx, v, audit.RestrictionEnded, x)
	})
}

// unmark takes the marks of an ended restriction off the link, unless another one
// stands behind them.
func (w *work) unmark(ctx context.Context, v *CaseView, ended *register.Restriction) error {
	p, ok := v.party(ended.PersonID)
	if !ok {
		return nil
	}
	f, err := w.tx.CaseFacts(ctx, v.ID)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(f.Restrictions), func(r register.Restriction) bool { return r.ID == ended.ID })
	noContact, hidden := marks(left, ended.PersonID)
	l := p.Link
	if ended.Kind.StopsContact() {
		l.NoContact = noContact
	}
	if ended.Kind == register.AddressProtected {
		l.AddressHidden = hidden
	}
	if l == p.Link {
		return nil
	}
	return w.tx.UpdateLink(ctx, &l)
}

// RefuseEndRestriction leaves a restriction in force although somebody asked for
// its end. Who asked may take it back.
func (d *Desk) RefuseEndRestriction(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRestrictions, now, func(w *work) error {
		x, v, err := w.restrictionInForce(ctx, id)
		if err != nil {
			return err
		}
		if x.EndAskedBy == 0 {
			return fault.New(fault.Conflict, "Nobody asks for the end of this restriction any more")
		}
		if x.EndAskedBy != a.StaffID {
			if err := allowed(a, access.EndRestrictions); err != nil {
				return err
			}
		}
		x.EndAskedBy, x.EndAskedAt, x.EndReason = 0, nil, ""
		if err := w.tx.UpdateRestriction(ctx, x); err != nil {
			return err
		}
		return w.restrictionRecorded(ctx, v, audit.RestrictionKept, x)
	})
}
