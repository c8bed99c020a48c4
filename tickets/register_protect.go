package tickets

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ProtectRequest names a fact that must not reach somebody, in the words in which
// it might stand in a letter: "14 Quay Street", "Hartfield School", "01234 000456".
type ProtectRequest struct {
	CaseRef       string
	PersonID      int64 // whose it is; 0: the child's
	AgainstID     int64 // from whom; 0: everybody else on the case
	RestrictionID int64 // why; 0: on its own
	Kind          string
	Value         string
}

// ProtectFact keeps a fact from somebody: the guard stops a letter that holds it.
func (d *Desk) ProtectFact(ctx context.Context, a access.Actor, r ProtectRequest, now time.Time) (*register.ProtectedFact, error) {
	var out *register.ProtectedFact
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		for _, id := range []int64{r.PersonID, r.AgainstID} {
			if id != 0 {
				if _, err := v.onCase(id); err != nil {
					return err
				}
			}
		}
		if r.AgainstID != 0 && r.AgainstID == r.PersonID {
			return fault.New(fault.Invalid, "Choose somebody else from whom it is kept")
		}
		if r.RestrictionID != 0 {
			x, rv, err := w.restrictionInForce(ctx, r.RestrictionID)
			if err != nil {
				return err
			}
			if rv.ID != v.ID || !x.Kind.Protects() {
				return fault.New(fault.Invalid, "That restriction protects nothing on this case")
			}
		}
		if !slices.Contains([]string{
			register.FactAddress, register.FactSchool, register.FactPhone, register.FactEmail, register.FactPlace, register.FactWorker,
		}, r.Kind) {
			return fault.New(fault.Invalid, "Say what kind of fact it is")
		}
		value := strings.Join(strings.Fields(r.Value), " ")
		// A word of three letters stands in every letter; a page is no fact.
		if n := utf8.RuneCountInString(value); n < 4 || n > 300 {
			return fault.New(fault.Invalid, "Give the fact itself, in 4 to 300 characters")
		}
		x := &register.ProtectedFact{CaseID: v.ID, PersonID: r.PersonID, AgainstID: r.AgainstID, RestrictionID: r.RestrictionID, Kind: r.Kind, Value: value}
		if err := w.tx.InsertProtectedFact(ctx, x); err != nil {
			return err
		}
		out = x
		return w.recorded(ctx, v, audit.CaseChanged, objectOf("protected", x.ID), "fact_protected", map[string]string{"kind": x.Kind})
	})
	return out, err
}

// UnprotectFact lets a fact be told again. It is refused while the restriction that
// it stands on is in force, and takes the permission for restrictions and a reason.
func (d *Desk) UnprotectFact(ctx context.Context, a access.Actor, caseRef string, id int64, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRestrictions, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.Protected, func(x register.ProtectedFact) bool { return x.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "This does not exist")
		}
		x := f.Protected[i]
		if slices.ContainsFunc(f.Restrictions, func(r register.Restriction) bool { return r.ID == x.RestrictionID && r.EndedAt == nil }) {
			return fault.New(fault.Refused, "A restriction that is in force protects this. It has to be ended first")
		}
		if err := w.loosening(ctx, v.ID, x.PersonID, "fact_unprotected", reason); err != nil {
			return err
		}
		if err := w.tx.RemoveProtectedFact(ctx, v.ID, id); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.CaseChanged, objectOf("protected", id), "fact_unprotected", map[string]string{"kind": x.Kind})
	})
}
