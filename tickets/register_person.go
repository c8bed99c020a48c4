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

// LinkRequest is what ties a person to a case.
type LinkRequest struct {
	Relation       register.Relation
	PR             register.PR // "" is not checked
	PRSource       string      // who checked it, against what; needed for yes and no
	PRCheckedOn    string      // 2006-01-02; "" is today when PR was checked
	MayBeTold      string      // "": by what the person is; else one of register.ToldWords
	Representative bool
}

// AddPersonRequest records somebody and puts them on a case.
type AddPersonRequest struct {
	CaseRef string
	Name    string
	Kind    register.PersonKind
	Link    LinkRequest
	Email   string // optional; starts unverified
	Phone   string // optional
}

// AddPerson records somebody new on a case.
func (d *Desk) AddPerson(ctx context.Context, a access.Actor, r AddPersonRequest, now time.Time) (*register.Person, error) {
	var out *register.Person
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.CaseRef)
		if err != nil {
			return err
		}
		p := &register.Person{Name: plainName(r.Name), Kind: r.Kind, CreatedAt: w.now}
		if err := cleanPerson(p); err != nil {
			return err
		}
		if err := w.tx.InsertPerson(ctx, p); err != nil {
			return err
		}
		if err := w.link(ctx, v, p.ID, r.Link); err != nil {
			return err
		}
		if r.Email != "" {
			if _, err := w.newAddress(ctx, register.Party{Person: *p}, r.Email, false); err != nil {
				return err
			}
		}
		if r.Phone != "" {
			if _, err := w.newPhone(ctx, register.Party{Person: *p}, r.Phone, false); err != nil {
				return err
			}
		}
		out = p
		return w.recorded(ctx, v, audit.PersonChanged, objectOf("person", p.ID), "person_added", nil)
	})
	return out, err
}

// ChangePersonRequest changes what is not nil.
type ChangePersonRequest struct {
	PersonID int64
	Name     *string
	Kind     *register.PersonKind
	Reason   string // needed when Kind changes: it decides what somebody may be told
}

// ChangePerson changes a name or what somebody is.
func (d *Desk) ChangePerson(ctx context.Context, a access.Actor, r ChangePersonRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		p, cases, all, err := w.someone(ctx, r.PersonID)
		if err != nil {
			return err
		}
		before := *p
		if r.Name != nil {
			p.Name = plainName(*r.Name)
		}
		if r.Kind != nil && *r.Kind != p.Kind {
			p.Kind = *r.Kind
			if !all {
				return notAllSeen()
			}
			for _, v := range cases {
				if err := w.loosening(ctx, v.ID, p.ID, "person_kind", r.Reason); err != nil {
					return err
				}
			}
		}
		if err := cleanPerson(p); err != nil {
			return err
		}
		if *p == before {
			return nil
		}
		if err := w.tx.UpdatePerson(ctx, p); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.PersonChanged, objectOf("person", p.ID), "person")
	})
}

// notAllSeen refuses what would change a case that the actor may not know, in
// words that do not say that there is one.
func notAllSeen() error {
	return fault.New(fault.Denied, "You cannot do this. Ask your team lead or the safeguarding lead")
}

func cleanPerson(p *register.Person) error {
	if p.Name == "" {
		return fault.New(fault.Invalid, "The name is missing")
	}
	if !slices.Contains([]register.PersonKind{
		register.KindParent, register.KindYoungPerson, register.KindSchool, register.KindProfessional, register.KindMP, register.KindOther,
	}, p.Kind) {
		return fault.New(fault.Invalid, "Say what the person is")
	}
	return nil
}
