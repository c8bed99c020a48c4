package tickets

import (
	"context"
	"slices"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// interimDays is how many working days the evidence of a restriction may take that
// was entered on somebody's word. It counts all the while, and after it.
const interimDays = 5

// RestrictionRequest is a restriction as somebody enters it.
type RestrictionRequest struct {
	CaseRef   string
	PersonID  int64 // whom it is about; of the protecting kinds, whose fact it is; 0 only for a protected school
	AgainstID int64 // protecting kinds: from whom; 0 is everybody else on the case
	Kind      register.RestrictionKind
	Source    register.RestrictionSource
	Document  string // reference of the order or record; may follow later
	Reason    string // for staff alone
	StartsOn  string // 2006-01-02; "" is today
	ReviewBy  string // 2006-01-02; may be "" while evidence is due
}

// AddRestriction puts a restriction into force, at once and on whoever's word: any
// case worker may. Without a document it is interim: the evidence is due within
// five working days, and it does not lapse when none comes. What waits to go to the
// person is held and its author told.
func (d *Desk) AddRestriction(ctx context.Context, a access.Actor, r RestrictionRequest, now time.Time) (*register.Restriction, error) {
	var out *register.Restriction
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		x, err := w.restriction(v, r)
		if err != nil {
			return err
		}
		if err := w.tx.InsertRestriction(ctx, x); err != nil {
			return err
		}
		out = x
		if p, ok := v.party(x.PersonID); ok {
			if err := w.mark(ctx, v, p, x); err != nil {
				return err
			}
			if x.Kind.StopsLetters() {
				if err := w.holdLettersTo(ctx, v, p, heldRestricted); err != nil {
					return err
				}
			}
		}
		return w.restrictionRecorded(ctx, v, audit.RestrictionAdded, x)
	})
	return out, err
}

// restriction checks what was entered and fills what follows from it.
func (w *work) restriction(v *CaseView, r RestrictionRequest) (*register.Restriction, error) {
	x := &register.Restriction{
		CaseID: v.ID, PersonID: r.PersonID, AgainstID: r.AgainstID, Kind: r.Kind, Source: r.Source, Document: oneLine(r.Document),
		Reason: oneLine(r.Reason), EnteredBy: w.actor.StaffID, EnteredAt: w.now,
	}
	if !slices.Contains(register.RestrictionKinds(), x.Kind) {
		return nil, fault.New(fault.Invalid, "Choose what must not happen")
	}
	if !slices.Contains(register.RestrictionSources(), x.Source) {
		return nil, fault.New(fault.Invalid, "Choose on whose word it stands")
	}
	if x.PersonID == 0 && x.Kind != register.SchoolProtected {
		return nil, fault.New(fault.Invalid, "Choose the person")
	}
	for _, id := range []int64{x.PersonID, x.AgainstID} {
		if id != 0 {
			if _, err := v.onCase(id); err != nil {
				return nil, err
			}
		}
	}
	if x.AgainstID != 0 && (!x.Kind.Protects() || x.AgainstID == x.PersonID) {
		return nil, fault.New(fault.Invalid, "Choose somebody else on the case from whom it is kept, or everybody")
	}
	today := localDate(w.now)
	var err error
	if x.StartsOn, err = localDay(r.StartsOn, "The start"); err != nil {
		return nil, err
	}
	if x.StartsOn == "" {
		x.StartsOn = today
	}
	if x.ReviewBy, err = localDay(r.ReviewBy, "The review date"); err != nil {
		return nil, err
	}
	if x.ReviewBy != "" && x.ReviewBy < today {
		return nil, fault.New(fault.Invalid, "The review date has passed already")
	}
	x.Interim = x.Source == register.SourceFamily || x.Document == ""
	if x.Interim {
		due, err := w.evidenceDue()
		if err != nil {
			return nil, err
		}
		if x.ReviewBy == "" || x.ReviewBy > due {
			x.ReviewBy = due
		}
	}
	if x.ReviewBy == "" {
		return nil, fault.New(fault.Invalid, "Give a date on which somebody looks at it again")
	}
	return x, nil
}

// evidenceDue is the local date by which the evidence of a word is due. When the
// calendar ends before it, it is a week away.
func (w *work) evidenceDue() (string, error) {
	at, err := w.d.Calendar().AddWorkingDays(w.now, interimDays)
	if err != nil {
		return localDate(w.now.AddDate(0, 0, 7)), nil //nolint:nilerr // no family waits for a calendar
	}
	return sla.DateOf(at).String(), nil
}

// mark puts on the link what matching and the guard look at first, at once,
// whatever the day on which the restriction starts. A mark that is on the link
// without a restriction behind it gets one, so that ending the new one does not
// take it away.
func (w *work) mark(ctx context.Context, v *CaseView, p register.Party, x *register.Restriction) error {
	l := p.Link
	f, err := w.tx.CaseFacts(ctx, v.ID)
	if err != nil {
		return err
	}
	behind := slices.DeleteFunc(slices.Clone(f.Restrictions), func(r register.Restriction) bool { return r.ID == x.ID })
	noContact, hidden := marks(behind, p.Person.ID)
	older := func(kind register.RestrictionKind) error {
		return w.tx.InsertRestriction(ctx, &register.Restriction{
			CaseID: v.ID, PersonID: p.Person.ID, Kind: kind, Source: register.SourceOther, StartsOn: x.StartsOn, ReviewBy: x.ReviewBy,
			Reason: "Marked on the case before.", EnteredBy: w.actor.StaffID, EnteredAt: w.now,
		})
	}
	if x.Kind.StopsContact() {
		if l.NoContact && !noContact {
			if err := older(register.NoContact); err != nil {
				return err
			}
		}
		l.NoContact = true
	}
	if x.Kind == register.AddressProtected {
		if l.AddressHidden && !hidden {
			if err := older(register.AddressProtected); err != nil {
				return err
			}
		}
		l.AddressHidden = true
	}
	if l == p.Link {
		return nil
	}
	return w.tx.UpdateLink(ctx, &l)
}

// restrictionRecorded is recorded with what the audit knows of a restriction.
func (w *work) restrictionRecorded(ctx context.Context, v *CaseView, action audit.Action, x *register.Restriction) error {
	if err := w.audit(ctx, action, objectOf("restriction", x.ID), v.ID, map[string]string{
		"kind": string(x.Kind), "source": string(x.Source), "review_by": x.ReviewBy,
	}); err != nil {
		return err
	}
	return w.tellTickets(ctx, v, string(action), map[string]any{"restriction_id": x.ID, "person_id": x.PersonID, "kind": string(x.Kind)})
}

// ChangeRestrictionRequest changes what is not nil.
type ChangeRestrictionRequest struct {
	ID       int64
	Source   *register.RestrictionSource
	Document *string // the evidence has come: it is interim no longer
	ReviewBy *string // 2006-01-02, today or later
	StartsOn *string // earlier only
	Everyone bool    // a fact that was kept from one is kept from all
}

// ChangeRestriction tightens a restriction, adds its evidence or sets the next
// review. What would loosen it is the work of two people: [Desk.RequestEndRestriction].
func (d *Desk) ChangeRestriction(ctx context.Context, a access.Actor, r ChangeRestrictionRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRestrictions, now, func(w *work) error {
		x, v, err := w.restrictionInForce(ctx, r.ID)
		if err != nil {
			return err
		}
		today, before := localDate(w.now), *x
		if r.Source != nil {
			if !slices.Contains(register.RestrictionSources(), *r.Source) {
				return fault.New(fault.Invalid, "Choose on whose word it stands")
			}
			x.Source = *r.Source
		}
		if r.Document != nil {
			if x.Document = oneLine(*r.Document); x.Document == "" && before.Document != "" {
				return fault.New(fault.Refused, "A document can be replaced, not taken away")
			}
		}
		if r.StartsOn != nil {
			day, err := localDay(*r.StartsOn, "The start")
			if err != nil {
				return err
			}
			if day == "" || x.StartsOn != "" && day > x.StartsOn {
				return fault.New(fault.Refused, "A restriction can start earlier, not later")
			}
			if x.StartsOn != "" { // "": it counts from always
				x.StartsOn = day
			}
		}
		if r.Everyone {
			x.AgainstID = 0
		}
		x.Interim = x.Interim && x.Document == ""
		if r.ReviewBy != nil {
			day, err := localDay(*r.ReviewBy, "The review date")
			if err != nil {
				return err
			}
			if day == "" || day < today {
				return fault.New(fault.Invalid, "Give a review date that is still to come")
			}
			x.ReviewBy = day
		}
		if *x == before {
			return nil
		}
		if err := w.tx.UpdateRestriction(ctx, x); err != nil {
			return err
		}
		return w.restrictionRecorded(ctx, v, audit.RestrictionChanged, x)
	})
}

// restrictionInForce is a restriction that has not ended, of a case that the actor
// may know.
func (w *work) restrictionInForce(ctx context.Context, id int64) (*register.Restriction, *CaseView, error) {
	x, err := w.tx.RestrictionByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	v, err := w.caseID(ctx, x.CaseID)
	if err != nil {
		return nil, nil, err
	}
	if x.EndedAt != nil {
		return nil, nil, fault.New(fault.Conflict, "This restriction has ended already")
	}
	return x, v, nil
}
