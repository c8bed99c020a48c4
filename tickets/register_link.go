package tickets

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// LinkPerson puts somebody who is recorded already on a case.
func (d *Desk) LinkPerson(ctx context.Context, a access.Actor, caseRef string, personID int64, r LinkRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		if _, _, _, err := w.someone(ctx, personID); err != nil {
			return err
		}
		if _, ok := v.party(personID); ok {
			return fault.New(fault.Conflict, "This person is on the case already")
		}
		if err := w.link(ctx, v, personID, r); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.LinkChanged, objectOf("person", personID), "person_linked", nil)
	})
}

// link puts a person on a case. A restriction about them that is on the case from
// an earlier time counts again at once.
func (w *work) link(ctx context.Context, v *CaseView, personID int64, r LinkRequest) error {
	l := &register.Link{CaseID: v.ID, PersonID: personID}
	if err := r.fill(l, localDate(w.now)); err != nil {
		return err
	}
	f, err := w.tx.CaseFacts(ctx, v.ID)
	if err != nil {
		return err
	}
	l.NoContact, l.AddressHidden = marks(f.Restrictions, personID)
	return w.tx.InsertLink(ctx, l)
}

// marks are what the restrictions that have not been ended say about a link.
func marks(list []register.Restriction, personID int64) (noContact, hidden bool) {
	for _, r := range list {
		if r.EndedAt != nil || r.PersonID != personID {
			continue
		}
		noContact = noContact || r.Kind.StopsContact()
		hidden = hidden || r.Kind == register.AddressProtected
	}
	return noContact, hidden
}

// fill checks what was typed and puts it on the link. Marks are the restrictions'.
func (r LinkRequest) fill(l *register.Link, today string) error {
	relation := plainName(string(r.Relation))
	if relation == "" {
		return fault.New(fault.Invalid, "Say what the person is to the child")
	}
	pr := r.PR
	if pr == "" {
		pr = register.PRNotChecked
	}
	if !slices.Contains([]register.PR{register.PRYes, register.PRNo, register.PRNotChecked}, pr) {
		return fault.New(fault.Invalid, "Parental responsibility is yes, no or not checked")
	}
	source := plainName(r.PRSource)
	on, err := localDay(r.PRCheckedOn, "The date of the check")
	if err != nil {
		return err
	}
	if on > today {
		return fault.New(fault.Invalid, "The date of the check is still to come")
	}
	if pr == register.PRNotChecked {
		source, on = "", ""
	} else {
		if source == "" {
			return fault.New(fault.Invalid, "Say who checked parental responsibility, and against what")
		}
		if on == "" {
			on = today
		}
	}
	told := strings.ToLower(plainName(r.MayBeTold))
	if told != "" && !slices.Contains(register.ToldWords(), told) {
		return fault.New(fault.Invalid, "What the person may be told is one of: "+strings.Join(register.ToldWords(), "; "))
	}
	l.Relation, l.PR, l.PRSource, l.PRCheckedOn = register.Relation(relation), pr, source, on
	l.MayBeTold, l.Representative = told, r.Representative
	return nil
}

// ChangeLinkRequest replaces what a link says.
type ChangeLinkRequest struct {
	CaseRef  string
	PersonID int64
	Link     LinkRequest
	Reason   string // needed when the change loosens
}

// ChangeLink changes what a person is to a child and may be told. A change that
// tells them more takes the permission for restrictions and a reason.
func (d *Desk) ChangeLink(ctx context.Context, a access.Actor, r ChangeLinkRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		p, err := v.onCase(r.PersonID)
		if err != nil {
			return err
		}
		l := p.Link
		if err := r.Link.fill(&l, localDate(w.now)); err != nil {
			return err
		}
		if l == p.Link {
			return nil
		}
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return err
		}
		changed := p
		changed.Link = l
		detail := map[string]string{"pr": string(l.PR)}
		if register.Widens(w.told(v, f, p), w.told(v, f, changed)) || p.Link.PR == register.PRNo && l.PR != register.PRNo {
			detail["loosened"] = "yes"
			if err := w.loosening(ctx, v.ID, p.Person.ID, "link", r.Reason); err != nil {
				return err
			}
		}
		if err := w.tx.UpdateLink(ctx, &l); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.LinkChanged, objectOf("person", p.Person.ID), "link", detail)
	})
}

// told is what a party may be told now.
func (w *work) told(v *CaseView, f *register.CaseFacts, p register.Party) register.Told {
	return f.Told(v.Case, p, v.Parties, localDate(w.now))
}

// UnlinkPerson takes somebody off a case. What they wrote and were sent stays. It
// is refused while a restriction about them, or for their sake, is in force on the
// case: without the link nothing would be left to hold it up.
func (d *Desk) UnlinkPerson(ctx context.Context, a access.Actor, caseRef string, personID int64, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, caseRef)
		if err != nil {
			return err
		}
		p, err := v.onCase(personID)
		if err != nil {
			return err
		}
		if oneLine(reason) == "" {
			return fault.New(fault.Invalid, "Say why this person is not on the case any more")
		}
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return err
		}
		if p.Link.NoContact || p.Link.AddressHidden || slices.ContainsFunc(f.Restrictions, func(r register.Restriction) bool {
			return r.EndedAt == nil && (r.PersonID == personID || r.AgainstID == personID)
		}) {
			return fault.New(fault.Refused, "A restriction on this case concerns this person. It has to be ended first")
		}
		if err := w.reason(ctx, v.ID, personID, "unlinked", reason); err != nil {
			return err
		}
		if err := w.holdLettersTo(ctx, v, p, heldUnlinked); err != nil {
			return err
		}
		if err := w.tx.DeleteLink(ctx, p.Link.ID); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.LinkChanged, objectOf("person", personID), "person_unlinked", nil)
	})
}
