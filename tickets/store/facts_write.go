package store

import (
	"context"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

var _ tickets.RegisterTx = (*tx)(nil)

// LockRegister implements tickets.RegisterTx: the row of the version is the lock.
func (t *tx) LockRegister(ctx context.Context) error {
	if t.bumped {
		return nil
	}
	if _, err := t.exec(ctx, t.db.q.RegisterBump); err != nil {
		return err
	}
	t.bumped = true
	return nil
}

// UpdatePerson implements tickets.RegisterTx.
func (t *tx) UpdatePerson(ctx context.Context, p *register.Person) error {
	t.register = true
	return t.change(ctx, t.db.q.PersonUpdate, personRow{ID: p.ID, Name: p.Name, NameFold: fold(p.Name), Kind: string(p.Kind)})
}

// DeleteLink implements tickets.RegisterTx.
func (t *tx) DeleteLink(ctx context.Context, id int64) error {
	return t.registerChange(ctx, t.db.q.LinkDelete, id)
}

// DeleteAddress implements tickets.RegisterTx.
func (t *tx) DeleteAddress(ctx context.Context, id int64) error {
	return t.registerChange(ctx, t.db.q.AddressDelete, id)
}

// UpdatePhone implements tickets.RegisterTx.
func (t *tx) UpdatePhone(ctx context.Context, p *register.Phone) error {
	t.register = true
	return t.change(ctx, t.db.q.PhoneUpdate, phoneToRow(p))
}

// DeletePhone implements tickets.RegisterTx.
func (t *tx) DeletePhone(ctx context.Context, id int64) error {
	return t.registerChange(ctx, t.db.q.PhoneDelete, id)
}

// InsertPostal implements tickets.RegisterTx.
func (t *tx) InsertPostal(ctx context.Context, p *register.Postal) error {
	t.register = true
	return t.add(ctx, t.db.q.PostalInsert, postalToRow(p), &p.ID)
}

// UpdatePostal implements tickets.RegisterTx.
func (t *tx) UpdatePostal(ctx context.Context, p *register.Postal) error {
	t.register = true
	return t.change(ctx, t.db.q.PostalUpdate, postalToRow(p))
}

// PutPreferences implements tickets.RegisterTx.
func (t *tx) PutPreferences(ctx context.Context, p *register.Preferences) error {
	t.register = true
	_, err := t.execRow(ctx, t.db.q.PreferencesPut, preferencesRow(*p))
	return err
}

// PutArrangement implements tickets.RegisterTx.
func (t *tx) PutArrangement(ctx context.Context, a *register.ContactArrangement) error {
	t.register = true
	_, err := t.execRow(ctx, t.db.q.ArrangementPut, arrangementRow{
		CaseID: a.CaseID, Value: string(a.Value), Source: a.Source, AskedOn: a.AskedOn, EnteredBy: rowID(a.EnteredBy),
	})
	return err
}

// InsertAlias implements tickets.RegisterTx.
func (t *tx) InsertAlias(ctx context.Context, a *register.Alias) error {
	t.register = true
	a.Name = strings.Join(strings.Fields(a.Name), " ")
	return t.add(ctx, t.db.q.AliasInsert, aliasRow{CaseID: a.CaseID, Name: a.Name, NameFold: fold(a.Name)}, &a.ID)
}

// DeleteAlias implements tickets.RegisterTx.
func (t *tx) DeleteAlias(ctx context.Context, caseID, id int64) error {
	return t.registerChange(ctx, t.db.q.AliasDelete, caseID, id)
}

// PutSibling implements tickets.RegisterTx. The order of the two does not matter.
func (t *tx) PutSibling(ctx context.Context, caseID, otherID int64) error {
	if caseID == otherID {
		return fault.New(fault.Invalid, "A child is no sibling of their own")
	}
	t.register = true
	_, err := t.exec(ctx, t.db.q.SiblingPut, min(caseID, otherID), max(caseID, otherID))
	return err
}

// DeleteSibling implements tickets.RegisterTx.
func (t *tx) DeleteSibling(ctx context.Context, caseID, otherID int64) error {
	return t.registerChange(ctx, t.db.q.SiblingDelete, min(caseID, otherID), max(caseID, otherID))
}

// PutCaseDate implements tickets.RegisterTx.
func (t *tx) PutCaseDate(ctx context.Context, caseID int64, kind, on, source string) error {
	return t.registerChange(ctx, t.db.q.CaseDatePut, caseID, kind, on, source)
}

// InsertRestriction implements tickets.RegisterTx.
func (t *tx) InsertRestriction(ctx context.Context, r *register.Restriction) error {
	t.register = true
	return t.add(ctx, t.db.q.RestrictionInsert, restrictionToRow(r), &r.ID)
}

// UpdateRestriction implements tickets.RegisterTx.
func (t *tx) UpdateRestriction(ctx context.Context, r *register.Restriction) error {
	t.register = true
	return t.change(ctx, t.db.q.RestrictionUpdate, restrictionToRow(r))
}

// InsertRepresentation implements tickets.RegisterTx.
func (t *tx) InsertRepresentation(ctx context.Context, r *register.Representation) error {
	t.register = true
	return t.add(ctx, t.db.q.RepresentationInsert, representationToRow(r), &r.ID)
}

// UpdateRepresentation implements tickets.RegisterTx.
func (t *tx) UpdateRepresentation(ctx context.Context, r *register.Representation) error {
	t.register = true
	return t.change(ctx, t.db.q.RepresentationUpdate, representationToRow(r))
}

// InsertProtectedFact implements tickets.RegisterTx.
func (t *tx) InsertProtectedFact(ctx context.Context, f *register.ProtectedFact) error {
	now, err := t.db.nowIn(ctx, t.session)
	if err != nil {
		return err
	}
	t.register = true
	return t.add(ctx, t.db.q.ProtectedInsert, protectedRow{
		CaseID: f.CaseID, PersonID: rowID(f.PersonID), AgainstID: rowID(f.AgainstID), RestrictionID: rowID(f.RestrictionID),
		Kind: f.Kind, Value: f.Value, EnteredAt: now,
	}, &f.ID)
}

// RemoveProtectedFact implements tickets.RegisterTx.
func (t *tx) RemoveProtectedFact(ctx context.Context, caseID, id int64) error {
	now, err := t.db.nowIn(ctx, t.session)
	if err != nil {
		return err
	}
	return t.registerChange(ctx, t.db.q.ProtectedRemove, now, caseID, id)
}

// nowIn is the database's time within a session.
func (db *DB) nowIn(ctx context.Context, s session) (instant, error) {
	var now instant
	err := s.get(ctx, &now, query{name: "now", text: db.engine.nowQuery})
	return now, err
}

// PutPersonRef implements tickets.RegisterTx.
func (t *tx) PutPersonRef(ctx context.Context, ref string, personID int64) error {
	return t.registerChange(ctx, t.db.q.PersonRefPut, ref, personID)
}

// MergePeople implements tickets.RegisterTx. Of two marks the stricter stays.
func (t *tx) MergePeople(ctx context.Context, from, into int64) error {
	if from == into {
		return fault.New(fault.Invalid, "Choose two different people")
	}
	t.register = true
	q := t.db.q
	for _, step := range []struct {
		q    query
		args []any
	}{
		{q.MergeAddressMarks, []any{from, from, into}},
		{q.MergeAddressTwins, []any{from, into}},
		{q.MergeAddresses, []any{into, from}},
		{q.MergePreferences, []any{from, into}},
		{q.MergePreferencesKept, []any{into, from}},
		{q.MergeLinks, []any{into, from}},
		{q.MergePhones, []any{into, from}},
		{q.MergePostal, []any{into, from}},
		{q.MergeRefs, []any{into, from}},
		{q.MergeRequests, []any{into, from}},
		{q.MergeSuggestions, []any{into, from}},
		{q.MergeMessages, []any{into, from}},
		{q.MergeCalls, []any{into, from}},
		{q.MergeDeliveries, []any{into, from}},
		{q.MergeAbout, []any{into, from}},
		{q.MergeAgainst, []any{into, from}},
		{q.MergeAgents, []any{into, from}},
		{q.MergePrincipals, []any{into, from}},
		{q.MergeFacts, []any{into, from}},
		{q.MergeFactsAgainst, []any{into, from}},
		{q.MergeWaits, []any{into, from}},
		{q.MergeReasons, []any{into, from}},
		{q.MergeMailings, []any{into, from}},
	} {
		if _, err := t.exec(ctx, step.q, step.args...); err != nil {
			return err
		}
	}
	return t.registerChange(ctx, q.PersonDelete, from)
}
