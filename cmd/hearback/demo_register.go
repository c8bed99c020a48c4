package main

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// castFacts are the awkward facts of a family. Days count from today.
type castFacts struct {
	rests       []castRestriction
	protect     []castProtected
	authority   []castAuthority
	postal      map[string][2]string // by name: lines and postcode
	wishes      map[string]register.Preferences
	aliases     []string
	arrangement register.Arrangement
	source      string
	dates       []castDate
	sibling     string
}

type castRestriction struct {
	kind             register.RestrictionKind
	about            string // a name; "": the child
	source           register.RestrictionSource
	document, reason string
	starts, review   int
}

type castProtected struct {
	kind, value string
	because     register.RestrictionKind
}

type castAuthority struct {
	who, forWhom   string
	kind           register.RepresentationKind
	document       string
	given, expires int
}

type castDate struct {
	kind   string
	day    int
	source string
}

// demoDay is a local date that many days from today: what the demonstration shows as
// overdue or soon is so on whatever day it is loaded.
func demoDay(n int) string { return sla.DateOf(time.Now()).AddDays(n).String() }

// seedFacts puts the awkward facts of a family in.
func (w *demoWorld) seedFacts(ctx context.Context, tx tickets.Tx, row register.Case, c castCase, people map[string]int64) error {
	who := func(name string) int64 {
		for _, p := range c.people {
			if p.name == name {
				return people[p.name+"|"+p.email]
			}
		}
		return 0
	}
	now, by, f := w.time(), w.cast[c.officer], c.facts
	because := map[register.RestrictionKind]int64{}
	for _, x := range f.rests {
		r := register.Restriction{
			CaseID: row.ID, PersonID: who(x.about), Kind: x.kind, Source: x.source, Document: x.document, Reason: x.reason, StartsOn: demoDay(x.starts),
			ReviewBy: demoDay(x.review), Interim: x.document == "", EnteredBy: by, EnteredAt: now,
		}
		if err := tx.InsertRestriction(ctx, &r); err != nil {
			return err
		}
		because[x.kind] = r.ID
	}
	for _, x := range f.protect {
		p := register.ProtectedFact{CaseID: row.ID, RestrictionID: because[x.because], Kind: x.kind, Value: x.value}
		for _, r := range f.rests {
			if r.kind == x.because {
				p.PersonID = who(r.about)
			}
		}
		if err := tx.InsertProtectedFact(ctx, &p); err != nil {
			return err
		}
	}
	for _, x := range f.authority {
		if err := tx.InsertRepresentation(ctx, &register.Representation{
			CaseID: row.ID, PersonID: who(x.who), ForPerson: who(x.forWhom), Kind: x.kind, Document: x.document, GivenOn: demoDay(x.given), ExpiresOn: demoDay(x.expires),
			EnteredBy: by, EnteredAt: now,
		}); err != nil {
			return err
		}
	}
	for name, x := range f.postal {
		if err := tx.InsertPostal(ctx, &register.Postal{PersonID: who(name), Lines: x[0], Postcode: x[1], Confidential: true, FromOn: demoDay(-200), EnteredAt: now}); err != nil {
			return err
		}
	}
	for name, x := range f.wishes {
		x.PersonID = who(name)
		if err := tx.PutPreferences(ctx, &x); err != nil {
			return err
		}
	}
	for _, name := range f.aliases {
		if err := tx.InsertAlias(ctx, &register.Alias{CaseID: row.ID, Name: name}); err != nil {
			return err
		}
	}
	for _, x := range f.dates {
		if err := tx.PutCaseDate(ctx, row.ID, x.kind, demoDay(x.day), x.source); err != nil {
			return err
		}
	}
	if f.arrangement == "" {
		return nil
	}
	return tx.PutArrangement(ctx, &register.ContactArrangement{CaseID: row.ID, Value: f.arrangement, Source: f.source, AskedOn: demoDay(-40), EnteredBy: by})
}

// seedSiblings links children of one family, once every case is there.
func (w *demoWorld) seedSiblings(ctx context.Context, tx tickets.Tx) error {
	for _, c := range demoCases() {
		if c.facts.sibling == "" {
			continue
		}
		a, err := tx.Case(ctx, access.System("demo"), c.ref)
		if err != nil {
			return err
		}
		b, err := tx.Case(ctx, access.System("demo"), c.facts.sibling)
		if err != nil {
			return err
		}
		if err := tx.PutSibling(ctx, a.ID, b.ID); err != nil {
			return err
		}
	}
	return nil
}
