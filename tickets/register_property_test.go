package tickets_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store/storetest"
)

// Whatever people do to the register, a restriction that is added and a merge of two
// people never tell anybody more; and both databases end up with the same.
func TestRegisterProperties(t *testing.T) { propertyRun(t, 120, 1) }

// The same for ten thousand changes.
func TestRegisterPropertiesSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("make soak runs it")
	}
	propertyRun(t, 1000, 10)
}

func propertyRun(t *testing.T, changes, runs int) {
	for seed := range uint64(runs) {
		one := changesOf(t, worldOn(t, storetest.SQLite(t)), seed, changes)
		other := changesOf(t, worldOn(t, storetest.Postgres(t)), seed, changes)
		for n := range one {
			if one[n] != other[n] {
				t.Fatalf("seed %d, change %d: the databases differ:\n%s\n%s", seed, n, one[n], other[n])
			}
		}
	}
}

// gambler changes a world at random: the same seed, the same changes.
type gambler struct {
	*world
	rnd    *rand.Rand
	people []int64 // 0 where one was merged into another
	into   int64   // of the last change, when it was a merge
	head   access.Actor
	lead2  access.Actor
}

// changesOf makes changes and gives what the register holds after each tenth.
func changesOf(t *testing.T, w *world, seed uint64, changes int) []string {
	g := &gambler{world: w, rnd: rand.New(rand.NewPCG(seed, 4)), people: []int64{w.tessa.ID, w.rob.ID, w.senco.ID, w.other.ID}} //nolint:gosec // repeatable
	g.head, g.lead2 = actor(w.colleague("Hana Holm", access.RoleHead)), actor(w.lead)
	var out []string
	for n := range changes {
		before := g.all()
		what, err := g.change(n)
		if err != nil && !slices.Contains([]fault.Kind{fault.Invalid, fault.Refused, fault.Conflict, fault.NotFound, fault.Denied}, fault.KindOf(err)) {
			t.Fatalf("seed %d, change %d, %s: %v", seed, n, what, err)
		}
		if what == "restrict" || what == "merge" && err == nil {
			g.notWider(t, fmt.Sprintf("seed %d, change %d, %s", seed, n, what), before)
		}
		if n%10 == 9 {
			out = append(out, fmt.Sprintf("%s %v\n%s", what, fault.SafeText(err), g.dump()))
		}
	}
	return out
}

func (g *gambler) all() []*tickets.CaseRecord {
	var out []*tickets.CaseRecord
	for _, ref := range []string{"WM-2201", "WM-2202"} {
		r, err := g.desk.CaseRecord(context.Background(), g.head, ref, g.now)
		g.must(err)
		out = append(out, r)
	}
	return out
}

// notWider: of everybody who was on a case, who is there now, under whatever number,
// may be told no more.
func (g *gambler) notWider(t *testing.T, what string, before []*tickets.CaseRecord) {
	t.Helper()
	for i, after := range g.all() {
		for id, was := range before[i].Told {
			is, ok := after.Told[id]
			if !ok {
				is, ok = after.Told[g.into] // merged: what either was not told, the other is not told
			}
			if ok && register.Widens(was, is) {
				t.Fatalf("%s: %s: person %d was told %+v and is told %+v", what, after.Case.Ref, id, was, is)
			}
		}
		if id := g.into; id != 0 {
			if was, ok := before[i].Told[id]; ok && register.Widens(was, after.Told[id]) {
				t.Fatalf("%s: the one who is left is told more", what)
			}
		}
	}
}

// dump is what the register holds, without the numbers of rows: those of failed
// inserts are lost on one database and not on the other.
func (g *gambler) dump() string {
	type row struct {
		Person, Link, Told any
		Mail, Phones       []string
	}
	var out []any
	for _, r := range g.all() {
		names := map[int64]string{}
		for _, p := range r.Case.Parties {
			names[p.Person.ID] = p.Person.Name
		}
		var rows []row
		for _, p := range r.Case.Parties {
			x := row{Person: p.Person.Name + "/" + string(p.Person.Kind), Told: r.Told[p.Person.ID]}
			l := p.Link
			l.ID, l.CaseID, l.PersonID = 0, 0, 0
			x.Link = l
			for _, a := range p.Addresses {
				x.Mail = append(x.Mail, fmt.Sprint(a.Email, a.Confidential, a.VerifiedAt != nil))
			}
			for _, f := range p.Phones {
				x.Phones = append(x.Phones, fmt.Sprint(f.Digits, f.Confidential, f.Wrong))
			}
			rows = append(rows, x)
		}
		var limits []string
		for _, x := range r.Facts.Restrictions {
			limits = append(limits, fmt.Sprint(x.Kind, x.Source, names[x.PersonID], names[x.AgainstID], x.StartsOn, x.ReviewBy, x.Interim, x.EndedAt != nil, x.EndAskedBy != 0))
		}
		var alias []string
		for _, a := range r.Facts.Aliases {
			alias = append(alias, a.Name)
		}
		out = append(out, r.Case.Ref, rows, limits, alias, len(r.Facts.Siblings), r.Facts.Arrangement.Value, len(r.Reasons), len(r.Prompts))
	}
	b, err := json.Marshal(out)
	g.must(err)
	return string(b)
}

func pick[T any](g *gambler, list ...T) T { return list[g.rnd.IntN(len(list))] }

// change makes one change and says what it was.
func (g *gambler) change(n int) (string, error) {
	ctx, a := context.Background(), g.lead2
	g.into = 0
	ref, person, other := pick(g, "WM-2201", "WM-2202"), pick(g, g.people...), pick(g, g.people...)
	link := tickets.LinkRequest{
		Relation: "relation", PR: pick(g, register.PRYes, register.PRNo, register.PRNotChecked), PRSource: "seen",
		MayBeTold: pick(g, append(register.ToldWords(), "")...), Representative: g.rnd.IntN(4) == 0,
	}
	kind := pick(g, register.KindParent, register.KindParent, register.KindOther)
	switch g.rnd.IntN(14) {
	case 0, 1:
		p, err := g.desk.AddPerson(ctx, a, tickets.AddPersonRequest{
			CaseRef: ref, Name: fmt.Sprintf("Person %d", n), Kind: kind, Link: link, Email: fmt.Sprintf("p%d@mail.example", g.rnd.IntN(12)),
			Phone: fmt.Sprintf("01234 0009%02d", g.rnd.IntN(12)),
		}, g.now)
		if err == nil {
			g.people = append(g.people, p.ID)
		}
		return "add", err
	case 2:
		return "link", g.desk.LinkPerson(ctx, a, ref, person, link, g.now)
	case 3:
		return "change link", g.desk.ChangeLink(ctx, a, tickets.ChangeLinkRequest{CaseRef: ref, PersonID: person, Link: link, Reason: "because"}, g.now)
	case 4, 5, 6:
		k := pick(g, register.RestrictionKinds()...)
		r := tickets.RestrictionRequest{
			CaseRef: ref, PersonID: person, Kind: k, Source: pick(g, register.SourceFamily, register.SourceOrder), Document: pick(g, "", "FL 1"),
			StartsOn: pick(g, "", "2026-01-01", "2027-01-01"), ReviewBy: "2027-05-31",
		}
		if k.Protects() {
			r.AgainstID = pick(g, 0, other)
		}
		_, err := g.desk.AddRestriction(ctx, a, r, g.now)
		return "restrict", err
	case 7:
		return "end", g.end(ctx, ref)
	case 8, 9:
		err := g.desk.MergePeople(ctx, g.head, person, other, g.now)
		if err == nil {
			g.into = other
			g.people = slices.DeleteFunc(g.people, func(id int64) bool { return id == person })
		}
		return "merge", err
	case 10:
		_, err := g.desk.AddRepresentation(ctx, a, tickets.RepresentationRequest{
			CaseRef: ref, PersonID: person, ForPerson: other, Kind: register.Advocate, Document: "signed", ExpiresOn: pick(g, "", "2026-11-24"),
		}, g.now)
		return "authority", err
	case 11:
		_, err := g.desk.AddAddress(ctx, a, person, fmt.Sprintf("p%d+%d@mail.example", g.rnd.IntN(12), n%3), g.rnd.IntN(2) == 0, g.now)
		return "address", err
	case 12:
		return "unlink", g.desk.UnlinkPerson(ctx, a, ref, person, "wrong", g.now)
	}
	dob := pick(g, "", "2010-01-01", "2019-01-01")
	if err := g.desk.ChangeCase(ctx, a, tickets.ChangeCaseRequest{Ref: ref, DOB: &dob}, g.now); err != nil {
		return "case", err
	}
	return "arrangement", g.desk.SetArrangement(ctx, a, tickets.ArrangementRequest{
		CaseRef: ref, Value: pick(g, register.Arrangements()...), Source: "said so", Reason: "because",
	}, g.now)
}

// end has two people end the oldest restriction of a case.
func (g *gambler) end(ctx context.Context, ref string) error {
	r, err := g.desk.CaseRecord(ctx, g.head, ref, g.now)
	g.must(err)
	for _, x := range r.Facts.Restrictions {
		if x.EndedAt == nil {
			if err := g.desk.RequestEndRestriction(ctx, g.lead2, x.ID, "over", g.now); err != nil {
				return err
			}
			return g.desk.ApproveEndRestriction(ctx, g.head, x.ID, g.now)
		}
	}
	return nil
}
