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

// RepresentationRequest is a written authority as somebody enters it.
type RepresentationRequest struct {
	CaseRef   string
	PersonID  int64 // the representative, who is on the case
	ForPerson int64 // who gave the authority, who is on the case
	Kind      register.RepresentationKind
	Document  string // where the signed authority is
	GivenOn   string // 2006-01-02; "" is today
	ExpiresOn string // 2006-01-02, the last day; "": until it is ended
}

// AddRepresentation records that somebody may act for somebody, on a document. It
// makes the link that of a representative, who is told nothing without an authority
// that counts.
func (d *Desk) AddRepresentation(ctx context.Context, a access.Actor, r RepresentationRequest, now time.Time) (*register.Representation, error) {
	var out *register.Representation
	err := d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		p, err := v.onCase(r.PersonID)
		if err != nil {
			return err
		}
		if _, err := v.onCase(r.ForPerson); err != nil {
			return err
		}
		x := &register.Representation{
			CaseID: v.ID, PersonID: r.PersonID, ForPerson: r.ForPerson, Kind: r.Kind, Document: oneLine(r.Document),
			EnteredBy: a.StaffID, EnteredAt: w.now,
		}
		today := localDate(w.now)
		switch {
		case r.PersonID == r.ForPerson:
			return fault.New(fault.Invalid, "Choose for whom they act")
		case !slices.Contains(register.RepresentationKinds(), r.Kind):
			return fault.New(fault.Invalid, "Say what kind of representative it is")
		case x.Document == "":
			return fault.New(fault.Invalid, "Say where the signed authority is. Without one nothing may be told")
		}
		if x.GivenOn, err = localDay(r.GivenOn, "The date of the authority"); err != nil {
			return err
		}
		if x.GivenOn == "" {
			x.GivenOn = today
		}
		if x.ExpiresOn, err = localDay(r.ExpiresOn, "The end of the authority"); err != nil {
			return err
		}
		if x.ExpiresOn != "" && (x.ExpiresOn < today || x.ExpiresOn < x.GivenOn) {
			return fault.New(fault.Invalid, "This authority has ended already")
		}
		if err := w.tx.InsertRepresentation(ctx, x); err != nil {
			return err
		}
		if l := p.Link; !l.Representative {
			l.Representative = true
			if err := w.tx.UpdateLink(ctx, &l); err != nil {
				return err
			}
		}
		out = x
		return w.recorded(ctx, v, audit.AuthorityChanged, objectOf("authority", x.ID), "authority_added", map[string]string{"kind": string(x.Kind)})
	})
	return out, err
}

// EndRepresentation ends an authority at once. The link stays a representative's:
// without an authority nothing is told.
func (d *Desk) EndRepresentation(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		x, err := w.tx.RepresentationByID(ctx, id)
		if err != nil {
			return err
		}
		v, err := w.caseID(ctx, x.CaseID)
		if err != nil {
			return err
		}
		if x.EndedAt != nil {
			return nil
		}
		at := w.now
		x.EndedAt = &at
		if err := w.tx.UpdateRepresentation(ctx, x); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.AuthorityChanged, objectOf("authority", x.ID), "authority_ended", nil)
	})
}
