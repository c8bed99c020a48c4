package storetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// testFacts: what is written about a case comes back, and each change of it
// raises the version of the register.
func testFacts(t *testing.T, w *fixture) {
	ctx := t.Context()
	written := w.Start
	change := func(name string, fn func(tx tickets.Tx) error) {
		t.Helper()
		before := version(t, w)
		w.write(fn)
		if version(t, w) == before {
			t.Errorf("%s: the register's version is the same", name)
		}
	}
	r := register.Restriction{
		CaseID: w.Milo.ID, PersonID: w.Ray.ID, Kind: register.NoContact, Source: register.SourceOrder, Document: "FL 12/26",
		Reason: "as the order says", StartsOn: "2026-11-01", ReviewBy: "2026-11-20", EnteredBy: w.Officer.ID, EnteredAt: written,
	}
	change("restriction", func(tx tickets.Tx) error { return tx.InsertRestriction(ctx, &r) })
	rep := register.Representation{
		CaseID: w.Milo.ID, PersonID: w.Ray.ID, ForPerson: w.Tessa.ID, Kind: register.Solicitor, Document: "signed", GivenOn: "2026-10-01",
		ExpiresOn: "2027-10-01", EnteredBy: w.Officer.ID, EnteredAt: written,
	}
	change("authority", func(tx tickets.Tx) error { return tx.InsertRepresentation(ctx, &rep) })
	arr := register.ContactArrangement{CaseID: w.Milo.ID, Value: register.ArrangeYoungOnly, Source: "said so by phone", AskedOn: "2026-11-02", EnteredBy: w.Officer.ID}
	change("arrangement", func(tx tickets.Tx) error { return tx.PutArrangement(ctx, &arr) })
	pref := register.Preferences{PersonID: w.Tessa.ID, Channel: "email", Times: "not 9 to 3", LargePrint: 16, BSL: true}
	change("preferences", func(tx tickets.Tx) error { return tx.PutPreferences(ctx, &pref) })
	pref.LargePrint = 18
	change("preferences again", func(tx tickets.Tx) error { return tx.PutPreferences(ctx, &pref) })
	alias := register.Alias{CaseID: w.Milo.ID, Name: "Milo Ward"}
	change("alias", func(tx tickets.Tx) error { return tx.InsertAlias(ctx, &alias) })
	if err := w.Write(ctx, func(tx tickets.Tx) error {
		return tx.InsertAlias(ctx, &register.Alias{CaseID: w.Milo.ID, Name: "MILO  ward"})
	}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same alias twice: %v", err)
	}
	change("sibling", func(tx tickets.Tx) error { return tx.PutSibling(ctx, w.Juno.ID, w.Milo.ID) })
	change("date", func(tx tickets.Tx) error { return tx.PutCaseDate(ctx, w.Milo.ID, "request", "2026-09-01", "letter") })
	change("date again", func(tx tickets.Tx) error { return tx.PutCaseDate(ctx, w.Milo.ID, "request", "2026-09-02", "letter") })
	post := register.Postal{PersonID: w.Tessa.ID, Lines: "1 Harbour Row\nWestmarsh", Postcode: "WM1 1AA", Confidential: true, EnteredAt: written}
	change("postal address", func(tx tickets.Tx) error { return tx.InsertPostal(ctx, &post) })
	fact := register.ProtectedFact{CaseID: w.Milo.ID, PersonID: w.Tessa.ID, AgainstID: w.Ray.ID, RestrictionID: r.ID, Kind: register.FactPlace, Value: "Harbour Row"}
	change("protected fact", func(tx tickets.Tx) error { return tx.InsertProtectedFact(ctx, &fact) })

	f, err := w.CaseFacts(ctx, w.Milo.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Restrictions) != 1 || !reflect.DeepEqual(f.Restrictions[0], r) {
		t.Errorf("restrictions: %+v", f.Restrictions)
	}
	if len(f.Representations) != 1 || !reflect.DeepEqual(f.Representations[0], rep) {
		t.Errorf("authority: %+v", f.Representations)
	}
	if f.Arrangement != arr || f.Preferences[w.Tessa.ID] != pref || len(f.Aliases) != 1 || f.Aliases[0] != alias || len(f.Siblings) != 1 ||
		f.Siblings[0].ID != w.Juno.ID || f.Dates["request"] != "2026-09-02" || len(f.Postal[w.Tessa.ID]) != 1 || f.Postal[w.Tessa.ID][0] != post ||
		len(f.Protected) != 1 || f.Protected[0] != fact {
		t.Errorf("%+v", f)
	}
	other, err := w.CaseFacts(ctx, w.Juno.ID)
	if err != nil || len(other.Siblings) != 1 || other.Siblings[0].ID != w.Milo.ID || len(other.Restrictions) != 0 || other.Arrangement.Value != register.ArrangeNotAsked {
		t.Errorf("the other case: %+v, %v", other, err)
	}

	// Whoever may not see the case does not learn that it waits for a review.
	if due, err := w.RestrictionsToReview(ctx, access.Actor{StaffID: w.Officer.ID, Role: access.RoleHead}, "2026-11-24"); err != nil || len(due) != 1 {
		t.Errorf("to review: %+v, %v", due, err)
	}
	if due, err := w.RestrictionsToReview(ctx, access.Actor{StaffID: 99, Role: access.RoleOfficer, TeamIDs: []int64{99}}, "2026-11-24"); err != nil || len(due) != 0 {
		t.Errorf("to review, for another team: %+v, %v", due, err)
	}

	t.Run("one person ends no restriction", func(t *testing.T) {
		ended := r
		ended.EndAskedBy, ended.EndAskedAt, ended.EndedAt, ended.EndApprovedBy = w.Officer.ID, &written, &written, w.Officer.ID
		if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateRestriction(ctx, &ended) }); err == nil {
			t.Error("the database lets one person end a restriction")
		}
		ended.EndAskedBy, ended.EndApprovedBy = w.Officer.ID, 0
		if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateRestriction(ctx, &ended) }); err == nil {
			t.Error("the database lets nobody end a restriction")
		}
	})
	t.Run("removing", func(t *testing.T) {
		change("alias", func(tx tickets.Tx) error { return tx.DeleteAlias(ctx, w.Milo.ID, alias.ID) })
		change("sibling", func(tx tickets.Tx) error { return tx.DeleteSibling(ctx, w.Milo.ID, w.Juno.ID) })
		change("fact", func(tx tickets.Tx) error { return tx.RemoveProtectedFact(ctx, w.Milo.ID, fact.ID) })
		if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.RemoveProtectedFact(ctx, w.Juno.ID, fact.ID) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("a fact of another case: %v", err)
		}
		if f, err := w.CaseFacts(ctx, w.Milo.ID); err != nil || len(f.Aliases)+len(f.Siblings)+len(f.Protected) != 0 {
			t.Errorf("%+v, %v", f, err)
		}
	})
	t.Run("merging", func(t *testing.T) {
		twin := register.Person{Name: "Tessa Brandt-Ward", Kind: register.KindParent, CreatedAt: written}
		change("merge", func(tx tickets.Tx) error {
			if err := tx.InsertPerson(ctx, &twin); err != nil {
				return err
			}
			parties, err := tx.Parties(ctx, w.Milo.ID)
			if err != nil {
				return err
			}
			for _, p := range parties {
				if p.Person.ID != w.Tessa.ID {
					continue
				}
				for _, a := range p.Addresses {
					a.PersonID, a.Confidential, a.VerifiedAt = twin.ID, true, nil
					if err := tx.InsertAddress(ctx, &a); err != nil {
						return err
					}
				}
			}
			return tx.MergePeople(ctx, twin.ID, w.Tessa.ID)
		})
		parties, err := w.Parties(ctx, w.Milo.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parties {
			for _, a := range p.Addresses {
				if p.Person.ID == w.Tessa.ID && (!a.Confidential || a.VerifiedAt != nil) {
					t.Errorf("merging loosened %+v", a)
				}
			}
		}
		if _, err := w.PersonByID(ctx, twin.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the twin is there still: %v", err)
		}
	})
}

func testDirectory(t *testing.T, w *fixture) {
	ctx := t.Context()
	day := w.Start
	d := register.Directory{
		Groups:   []register.Group{{Address: "SEN-All@westmarsh.example", Name: "SEN", Members: []string{"a@westmarsh.example", "b@mail.example"}, AsOf: day}},
		Forwards: []register.Forward{{Mailbox: "Kim@westmarsh.example", To: "kim@mail.example", AsOf: day.Add(-time.Hour)}},
	}
	for range 2 {
		w.write(func(tx tickets.Tx) error { return tx.ReplaceDirectory(ctx, &d) })
	}
	got, err := w.Directory(ctx)
	if err != nil || len(got.Groups) != 1 || got.Groups[0].Mailbox != "sen-all@westmarsh.example" || len(got.Groups[0].Members) != 2 ||
		len(got.Forwards) != 1 || got.Forwards[0].Mailbox != "kim@westmarsh.example" || !got.AsOf.Equal(day.Add(-time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
	c := register.DomainChange{Domain: "westmarsh-sen.example", AskedBy: w.Officer.ID, AskedAt: day}
	w.write(func(tx tickets.Tx) error { return tx.InsertDomainChange(ctx, &c) })
	if open, err := w.DomainChanges(ctx, true); err != nil || len(open) != 1 || open[0].Domain != c.Domain {
		t.Errorf("%+v, %v", open, err)
	}
	c.ApprovedBy, c.SettledAt = w.Officer.ID, &day
	if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.SettleDomainChange(ctx, &c) }); err == nil {
		t.Error("the database lets one person change the domains of staff")
	}
	c.ApprovedBy = w.Lead.ID
	w.write(func(tx tickets.Tx) error { return tx.SettleDomainChange(ctx, &c) })
	if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.SettleDomainChange(ctx, &c) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("settled twice: %v", err)
	}
	if open, err := w.DomainChanges(ctx, true); err != nil || len(open) != 0 {
		t.Errorf("%+v, %v", open, err)
	}
	if all, err := w.DomainChanges(ctx, false); err != nil || len(all) != 1 || all[0].ApprovedBy != w.Lead.ID {
		t.Errorf("%+v, %v", all, err)
	}
}

func testImports(t *testing.T, w *fixture) {
	ctx := t.Context()
	world, err := w.Caseload(ctx)
	if err != nil {
		t.Fatal(err)
	}
	k := world.Cases[w.Milo.Ref]
	if k.Case.ID != w.Milo.ID || len(k.Parties) < 2 || len(world.Boxes[w.Tessa.ID]) == 0 || world.Version == 0 || len(world.Staff) == 0 ||
		len(world.Teams) == 0 || len(world.Names) == 0 || len(world.ByMail) == 0 {
		t.Errorf("%+v", world)
	}
	i := register.Import{FileName: "cases.csv", SHA256: "ab", Mapping: "nightly", Rows: 3, Changed: 2, Waiting: 1, ByID: w.Officer.ID, DoneAt: w.Start}
	x := register.Waiting{CaseID: w.Milo.ID, PersonID: w.Ray.ID, Change: `{}`, Key: "k", Why: "It would lift a restriction."}
	w.write(func(tx tickets.Tx) error {
		if err := tx.InsertImport(ctx, &i); err != nil {
			return err
		}
		x.ImportID = i.ID
		if fresh, err := tx.InsertWaiting(ctx, &x); err != nil || !fresh {
			t.Errorf("fresh %v, %v", fresh, err)
		}
		again := x
		if fresh, err := tx.InsertWaiting(ctx, &again); err != nil || fresh {
			t.Errorf("again: fresh %v, %v", fresh, err)
		}
		return tx.PutImportMapping(ctx, "nightly", caseload.Mapping{"Ref": caseload.CaseRef})
	})
	if got, err := w.Imports(ctx, 5); err != nil || len(got) != 1 || got[0] != i {
		t.Errorf("%+v, %v", got, err)
	}
	if m, err := w.ImportMapping(ctx, "nightly"); err != nil || m["Ref"] != caseload.CaseRef {
		t.Errorf("%v, %v", m, err)
	}
	if _, err := w.ImportMapping(ctx, "weekly"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a mapping of nobody's: %v", err)
	}
	head := access.Actor{StaffID: w.Officer.ID, Role: access.RoleHead}
	if list, n, err := w.ImportWaiting(ctx, head, 10); err != nil || n != 1 || len(list) != 1 || list[0] != x {
		t.Errorf("%+v, %d, %v", list, n, err)
	}
	stranger := access.Actor{StaffID: 99, Role: access.RoleOfficer, TeamIDs: []int64{99}}
	if list, n, err := w.ImportWaiting(ctx, stranger, 10); err != nil || n != 0 || len(list) != 0 {
		t.Errorf("for another team: %+v, %d, %v", list, n, err)
	}
	day := w.Start
	x.SettledBy, x.SettledAt, x.Taken = w.Officer.ID, &day, true
	w.write(func(tx tickets.Tx) error { return tx.SettleWaiting(ctx, &x) })
	if err := w.Write(ctx, func(tx tickets.Tx) error { return tx.SettleWaiting(ctx, &x) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("settled twice: %v", err)
	}
}

func version(t *testing.T, db interface {
	RegisterVersion(ctx context.Context) (int64, error)
},
) int64 {
	t.Helper()
	v, err := db.RegisterVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
