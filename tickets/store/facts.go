package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// CaseFacts implements tickets.RegisterReader.
func (r reader) CaseFacts(ctx context.Context, caseID int64) (*register.CaseFacts, error) {
	f := &register.CaseFacts{
		CaseID: caseID, Arrangement: register.ContactArrangement{CaseID: caseID, Value: register.ArrangeNotAsked},
		Dates: map[string]string{}, Postal: map[int64][]register.Postal{}, Preferences: map[int64]register.Preferences{},
	}
	q := r.db.q
	var restrictions []restrictionRow
	var representations []representationRow
	var arrangement []arrangementRow
	var aliases []aliasRow
	var siblings []caseRow
	var dates []caseDateRow
	var postal []postalRow
	var preferences []preferencesRow
	var protected []protectedRow
	for _, x := range []struct {
		dest any
		q    query
		args []any
	}{
		{&restrictions, q.RestrictionsOfCase, []any{caseID}},
		{&representations, q.RepresentationsOfCase, []any{caseID}},
		{&arrangement, q.ArrangementOfCase, []any{caseID}},
		{&aliases, q.AliasesOfCase, []any{caseID}},
		{&siblings, q.SiblingsOfCase, []any{caseID, caseID}},
		{&dates, q.CaseDatesOfCase, []any{caseID}},
		{&postal, q.PostalOfCase, []any{caseID}},
		{&preferences, q.PreferencesOfCase, []any{caseID}},
		{&protected, q.ProtectedOfCase, []any{caseID}},
	} {
		if err := r.all(ctx, x.dest, x.q, x.args...); err != nil {
			return nil, err
		}
	}
	f.Restrictions = plain(restrictions, restrictionRow.restriction)
	f.Representations = plain(representations, representationRow.representation)
	for _, a := range arrangement {
		f.Arrangement = register.ContactArrangement{
			CaseID: a.CaseID, Value: register.Arrangement(a.Value), Source: a.Source, AskedOn: a.AskedOn, EnteredBy: int64(a.EnteredBy),
		}
	}
	f.Aliases = plain(aliases, aliasRow.alias)
	f.Siblings = plain(siblings, caseRow.file)
	for _, d := range dates {
		f.Dates[d.Kind] = d.On
	}
	for _, p := range postal {
		f.Postal[p.PersonID] = append(f.Postal[p.PersonID], p.postal())
	}
	for _, p := range preferences {
		f.Preferences[p.PersonID] = register.Preferences(p)
	}
	f.Protected = plain(protected, protectedRow.fact)
	return f, nil
}

// RestrictionByID implements tickets.RegisterReader.
func (r reader) RestrictionByID(ctx context.Context, id int64) (*register.Restriction, error) {
	var row restrictionRow
	if err := r.getLocked(ctx, &row, r.db.q.RestrictionByID, id); err != nil {
		return nil, err
	}
	x := row.restriction()
	return &x, nil
}

// RepresentationByID implements tickets.RegisterReader.
func (r reader) RepresentationByID(ctx context.Context, id int64) (*register.Representation, error) {
	var row representationRow
	if err := r.getLocked(ctx, &row, r.db.q.RepresentationByID, id); err != nil {
		return nil, err
	}
	x := row.representation()
	return &x, nil
}

// AddressByID implements tickets.RegisterReader.
func (r reader) AddressByID(ctx context.Context, id int64) (*register.Address, error) {
	var row addressRow
	if err := r.getLocked(ctx, &row, r.db.q.AddressByID, id); err != nil {
		return nil, err
	}
	x := row.address()
	return &x, nil
}

// PhoneByID implements tickets.RegisterReader.
func (r reader) PhoneByID(ctx context.Context, id int64) (*register.Phone, error) {
	var row phoneRow
	if err := r.getLocked(ctx, &row, r.db.q.PhoneByID, id); err != nil {
		return nil, err
	}
	x := row.phone()
	return &x, nil
}

// PostalByID implements tickets.RegisterReader.
func (r reader) PostalByID(ctx context.Context, id int64) (*register.Postal, error) {
	var row postalRow
	if err := r.getLocked(ctx, &row, r.db.q.PostalByID, id); err != nil {
		return nil, err
	}
	x := row.postal()
	return &x, nil
}

// RestrictionsToReview implements tickets.RegisterReader.
func (r reader) RestrictionsToReview(ctx context.Context, a access.Actor, before string) ([]register.Restriction, error) {
	q := r.db.q
	var rows []restrictionRow
	err := newList("restrictions to review", q.SelectReviews).and(q.ReviewBefore, before).andCond(q.seesCase(a)).
		tail(q.OrderReviews).rows(ctx, r.session, &rows)
	return plain(rows, restrictionRow.restriction), err
}

// CasesOfPerson implements tickets.RegisterReader.
func (r reader) CasesOfPerson(ctx context.Context, personID int64) ([]register.Case, error) {
	var rows []caseRow
	err := r.all(ctx, &rows, r.db.q.CasesOfPerson, personID)
	return plain(rows, caseRow.file), err
}

// PeopleWithMailbox implements tickets.RegisterReader.
func (r reader) PeopleWithMailbox(ctx context.Context, mailbox string) ([]register.Person, error) {
	var rows []personRow
	err := r.all(ctx, &rows, r.db.q.PeopleWithMailbox, register.LooseMailbox(mailbox))
	return plain(rows, personRow.person), err
}

// registerChange runs a statement that must change exactly what it names.
func (t *tx) registerChange(ctx context.Context, q query, args ...any) error {
	t.register = true
	n, err := t.exec(ctx, q, args...)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "This does not exist any more")
	}
	return err
}

var _ tickets.RegisterReader = reader{}
