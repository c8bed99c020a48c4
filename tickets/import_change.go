package tickets

import (
	"context"
	"strings"

	"hearback/tickets/audit"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// one carries out one change of a plan.
func (p *applier) one(ctx context.Context, c *caseload.Change) error {
	e, err := p.edit(c)
	if err != nil {
		return err
	}
	tx := p.w.tx
	switch c.Action {
	case caseload.AddCase:
		e.row = *c.Case
		e.row.CreatedAt = p.w.now
		return tx.InsertCase(ctx, &e.row)
	case caseload.SetCase:
		e.dirty = true
		e.tell = e.tell || c.ToID != 0
		return setCase(&e.row, c)
	case caseload.AddAlias:
		return tx.InsertAlias(ctx, &register.Alias{CaseID: e.row.ID, Name: c.To})
	case caseload.SetDate:
		return tx.PutCaseDate(ctx, e.row.ID, c.Field, c.To, "import")
	case caseload.AddPerson:
		x := &register.Person{Name: c.To, Kind: c.PersonKind, CreatedAt: p.w.now}
		if err := tx.InsertPerson(ctx, x); err != nil {
			return err
		}
		p.people[c.Person] = x.ID
		return nil
	}
	id, err := p.person(c.Person)
	if err != nil {
		return err
	}
	switch c.Action {
	case caseload.SetPersonRef:
		return tx.PutPersonRef(ctx, c.To, id)
	case caseload.AddLink:
		l := *c.Link
		l.CaseID, l.PersonID = e.row.ID, id
		if err := tx.InsertLink(ctx, &l); err != nil {
			return err
		}
		e.links[id] = &linkEdit{row: l}
		e.tell = true
		return nil
	case caseload.SetLink:
		l, err := e.link(id)
		if err != nil {
			return err
		}
		e.tell = true
		return setLink(&l.row, c)
	case caseload.AddAddress: // unverified: VerifiedAt stays empty
		return tx.InsertAddress(ctx, &register.Address{PersonID: id, Email: c.To, Mailbox: register.FoldMailbox(c.To), Confidential: c.Secret, CreatedAt: p.w.now})
	case caseload.AddPhone:
		return tx.InsertPhone(ctx, &register.Phone{PersonID: id, Number: c.To, Digits: caseload.Digits(c.To), Confidential: c.Secret})
	case caseload.AddPostal:
		x := *c.Postal
		x.PersonID, x.EnteredAt = id, p.w.now
		return tx.InsertPostal(ctx, &x)
	case caseload.AddRestriction:
		return p.restrict(ctx, e, id, c)
	}
	return fault.Newf(fault.Internal, "An import cannot do %q", c.Action)
}

// restrict puts a restriction into force and its mark on the link, which is what
// the guard looks at first. The stricter wins, whatever the date.
func (p *applier) restrict(ctx context.Context, e *caseEdit, id int64, c *caseload.Change) error {
	r := *c.Restriction
	r.CaseID, r.PersonID, r.EnteredBy, r.EnteredAt = e.row.ID, id, p.w.actor.StaffID, p.w.now
	r.Interim = r.Document == "" && r.Source == register.SourceFamily
	if err := p.w.tx.InsertRestriction(ctx, &r); err != nil {
		return err
	}
	l, err := e.link(id)
	if err != nil {
		return err
	}
	switch r.Kind {
	case register.NoContact, register.IndirectOnly, register.Supervised:
		l.row.NoContact = true
	case register.AddressProtected:
		l.row.AddressHidden = true
	}
	e.tell = true
	if e.old && r.Kind.StopsLetters() {
		party, ok, err := p.w.partyOf(ctx, e.row.ID, id)
		if err != nil {
			return err
		}
		if ok {
			if err := p.w.holdLettersTo(ctx, &CaseView{Case: e.row}, party, heldRestricted); err != nil {
				return err
			}
		}
	}
	return p.w.audit(ctx, audit.RestrictionAdded, e.row.Ref, e.row.ID, map[string]string{"kind": string(r.Kind), "source": string(r.Source), "by": "import"})
}

// setCase puts what a change says into the case.
func setCase(c *register.Case, x *caseload.Change) error {
	switch caseload.Field(x.Field) {
	case caseload.ChildName:
		c.ChildName = x.To
	case caseload.DOB:
		c.DOB = x.To
	case caseload.UPN:
		c.UPN = x.To
	case caseload.NHS:
		c.NHS = x.To
	case caseload.School:
		c.School = x.To
	case caseload.Stage:
		c.Stage = x.To
	case caseload.Team:
		c.TeamID = x.ToID
	case caseload.Officer:
		c.OfficerID = x.ToID
	case caseload.Fallback:
		c.FallbackID = x.ToID
	case caseload.Restricted:
		c.Restricted = x.To == "yes"
	case caseload.Open:
		c.Open = x.To == "yes"
	default:
		return fault.Newf(fault.Internal, "An import cannot set %q of a case", x.Field)
	}
	return nil
}

// setLink puts what a change says into the link.
func setLink(l *register.Link, x *caseload.Change) error {
	switch x.Field {
	case "relation":
		l.Relation = register.Relation(x.To)
	case "pr":
		l.PR, l.PRSource, l.PRCheckedOn = register.PR(x.To), x.Source, x.On
		if strings.TrimSpace(l.PRSource) == "" {
			l.PRSource = "case system"
		}
	case "may_be_told":
		l.MayBeTold = x.To
	case "address_protected":
		l.AddressHidden = x.To == "yes"
	default:
		return fault.Newf(fault.Internal, "An import cannot set %q of a person", x.Field)
	}
	return nil
}
