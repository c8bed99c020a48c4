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

// AddAlias records another name by which a child is known.
func (d *Desk) AddAlias(ctx context.Context, a access.Actor, caseRef, name string, now time.Time) (*register.Alias, error) {
	var out *register.Alias
	err := d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		x := &register.Alias{CaseID: v.ID, Name: plainName(name)}
		if x.Name == "" {
			return fault.New(fault.Invalid, "The name is missing")
		}
		if err := w.tx.InsertAlias(ctx, x); err != nil {
			return err
		}
		out = x
		return w.recorded(ctx, v, audit.CaseChanged, objectOf("alias", x.ID), "alias_added", nil)
	})
	return out, err
}

// RemoveAlias takes a name away that was recorded by mistake. A name that a child
// had once stays: mail still comes under it.
func (d *Desk) RemoveAlias(ctx context.Context, a access.Actor, caseRef string, id int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		if err := w.tx.DeleteAlias(ctx, v.ID, id); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.CaseChanged, objectOf("alias", id), "alias_removed", nil)
	})
}

// LinkSibling says that two children are of one family. The actor has to know both
// cases.
func (d *Desk) LinkSibling(ctx context.Context, a access.Actor, caseRef, otherRef string, now time.Time) error {
	return d.sibling(ctx, a, caseRef, otherRef, "sibling_linked", now, func(w *work, v, o *CaseView) error {
		if v.ID == o.ID {
			return fault.New(fault.Invalid, "A child is no sibling of their own")
		}
		return w.tx.PutSibling(ctx, v.ID, o.ID)
	})
}

// UnlinkSibling takes that back.
func (d *Desk) UnlinkSibling(ctx context.Context, a access.Actor, caseRef, otherRef string, now time.Time) error {
	return d.sibling(ctx, a, caseRef, otherRef, "sibling_unlinked", now, func(w *work, v, o *CaseView) error {
		return w.tx.DeleteSibling(ctx, v.ID, o.ID)
	})
}

func (d *Desk) sibling(ctx context.Context, a access.Actor, ref, otherRef, what string, now time.Time, fn func(w *work, v, o *CaseView) error) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, ref)
		if err != nil {
			return err
		}
		o, err := w.caseRef(ctx, otherRef)
		if err != nil {
			return err
		}
		if err := fn(w, v, o); err != nil {
			return err
		}
		if err := w.recorded(ctx, v, audit.CaseChanged, v.Ref, what, nil); err != nil {
			return err
		}
		return w.recorded(ctx, o, audit.CaseChanged, o.Ref, what, nil)
	})
}

// CaseDates are the dates of a case that the law's clocks start from, in their order.
func CaseDates() []AlertAction {
	return []AlertAction{
		{"request", "Assessment asked for"},
		{"decision", "Decision told"},
		{"draft", "Draft plan sent"},
		{"final", "Final plan issued"},
		{"review", "Last review meeting"},
	}
}

// SetCaseDate records the date of an event of the case with where it comes from.
// The date itself may still be to come for a review alone.
func (d *Desk) SetCaseDate(ctx context.Context, a access.Actor, caseRef, kind, on, source string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(CaseDates(), func(x AlertAction) bool { return x.Code == kind }) {
			return fault.New(fault.Invalid, "Choose what happened")
		}
		day, err := localDay(on, "The date")
		if err != nil {
			return err
		}
		if day == "" {
			return fault.New(fault.Invalid, "The date is missing")
		}
		if day > localDate(w.now) && kind != "review" {
			return fault.New(fault.Invalid, "The date is still to come")
		}
		if err := w.tx.PutCaseDate(ctx, v.ID, kind, day, oneLine(source)); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.CaseChanged, v.Ref, "date", map[string]string{"date": kind})
	})
}
