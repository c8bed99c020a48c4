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

// SetPreferences records how a person wants to be reached (Equality Act 2010 s.20).
func (d *Desk) SetPreferences(ctx context.Context, a access.Actor, p register.Preferences, now time.Time) error {
	return d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		_, cases, err := w.known(ctx, p.PersonID)
		if err != nil {
			return err
		}
		if !slices.Contains([]string{"", "email", "phone", "letter"}, p.Channel) {
			return fault.New(fault.Invalid, "The preferred way is email, phone or letter")
		}
		if p.LargePrint < 0 || p.LargePrint > 72 {
			return fault.New(fault.Invalid, "The size of large print is in points, 16 to 72")
		}
		p.Times, p.Language, p.Words = oneLine(p.Times), oneLine(p.Language), oneLine(p.Words)
		if err := w.tx.PutPreferences(ctx, &p); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.PersonChanged, objectOf("person", p.PersonID), "preferences")
	})
}

// ArrangementRequest says who decides and who is told once a child is a young person.
type ArrangementRequest struct {
	CaseRef string
	Value   register.Arrangement
	Source  string // who said so, and where
	AskedOn string // 2006-01-02; "" is today
	Reason  string // needed when parents are told more than before
}

// SetArrangement records what the young person wants. It counts at once: what waits
// to go to a parent who is not to be told is held.
func (d *Desk) SetArrangement(ctx context.Context, a access.Actor, r ArrangementRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		x := &register.ContactArrangement{CaseID: v.ID, Value: r.Value, Source: oneLine(r.Source), EnteredBy: a.StaffID}
		if !slices.Contains(register.Arrangements(), x.Value) {
			return fault.New(fault.Invalid, "Choose who decides")
		}
		if x.AskedOn, err = localDay(r.AskedOn, "The day on which they were asked"); err != nil {
			return err
		}
		today := localDate(w.now)
		if x.Value != register.ArrangeNotAsked {
			if x.Source == "" {
				return fault.New(fault.Invalid, "Say who said so, and how")
			}
			if x.AskedOn == "" {
				x.AskedOn = today
			}
			if x.AskedOn > today {
				return fault.New(fault.Invalid, "The day on which they were asked is still to come")
			}
		}
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return err
		}
		before := *f
		f.Arrangement = *x
		if err := w.tx.PutArrangement(ctx, x); err != nil {
			return err
		}
		widened := false
		for _, p := range v.Parties {
			was, is := w.told(v, &before, p), w.told(v, f, p)
			widened = widened || register.Widens(was, is)
			if is.Level == register.ToldNothing && was.Level != register.ToldNothing {
				if err := w.holdLettersTo(ctx, v, p, heldNotTold); err != nil {
					return err
				}
			}
		}
		// Asking for the first time is no loosening; going back on what was said is.
		if widened && before.Arrangement.Value != register.ArrangeNotAsked {
			if err := w.loosening(ctx, v.ID, 0, "arrangement", r.Reason); err != nil {
				return err
			}
		}
		return w.recorded(ctx, v, audit.ArrangementSet, v.Ref, "arrangement", map[string]string{"value": string(x.Value)})
	})
}
