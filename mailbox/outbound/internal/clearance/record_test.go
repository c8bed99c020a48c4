package clearance

import (
	"slices"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/register"
)

// TestLegalDates: what has happened is not due any more.
func TestLegalDates(t *testing.T) {
	for name, c := range map[string]struct {
		on   map[string]string
		want map[guard.Due]string
	}{
		"nothing":             {nil, map[guard.Due]string{}},
		"asked":               {map[string]string{"request": "2026-09-01"}, map[guard.Due]string{guard.DueAssess: "2026-10-13", guard.DueFinal: "2027-01-19"}},
		"decided, drafted":    {map[string]string{"request": "2026-09-01", "decision": "2026-10-01", "draft": "2026-12-01"}, map[guard.Due]string{guard.DueFinal: "2027-01-19", guard.DueComments: "2026-12-15"}},
		"final":               {map[string]string{"request": "2026-01-05", "decision": "2026-02-02", "draft": "2026-04-01", "final": "2026-05-01"}, map[guard.Due]string{guard.DueReview: "2027-04-30"}},
		"reviewed":            {map[string]string{"final": "2025-05-01", "review": "2026-04-20"}, map[guard.Due]string{guard.DueOutcome: "2026-05-18", guard.DueReview: "2027-04-19"}},
		"not a date":          {map[string]string{"request": "soon"}, map[guard.Due]string{}},
		"a new request after": {map[string]string{"request": "2026-09-01", "decision": "2024-01-01", "final": "2024-05-01"}, map[guard.Due]string{guard.DueAssess: "2026-10-13", guard.DueFinal: "2027-01-19", guard.DueReview: "2025-04-30"}},
	} {
		got := map[guard.Due]string{}
		for _, d := range legalDates(c.on) {
			got[d.What] = d.On.Format(time.DateOnly)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for k, v := range c.want {
			if got[k] != v {
				t.Errorf("%s: %s is %s, want %s", name, k, got[k], v)
			}
		}
	}
}

// TestRecord: what the register keeps from whom reaches the guard with the
// mailboxes of those whom it means.
func TestRecord(t *testing.T) {
	party := func(id int64, kind register.PersonKind, relation register.Relation, told, email string) register.Party {
		return register.Party{
			Person:    register.Person{ID: id, Kind: kind},
			Link:      register.Link{CaseID: 1, PersonID: id, Relation: relation, MayBeTold: told},
			Addresses: []register.Address{{Email: email}},
		}
	}
	mp := party(4, register.KindMP, "MP", "nothing", "mp@house.example")
	adviser := party(5, register.KindOther, "advocate", "nothing", "adviser@free.example")
	gf := &tickets.GuardFacts{
		Case: &register.Case{ID: 1, School: "Brookside"},
		Parties: []register.Party{
			party(1, register.KindParent, "mother", "all", "Mother@x.example"), party(2, register.KindParent, "foster carer", "all", "carer@x.example"),
			party(3, register.KindProfessional, "social worker", "all", "sw@council.example"), mp, adviser,
		},
		Protected: []tickets.ProtectedValue{
			{PersonID: 2, AgainstID: 1, Kind: register.FactPhone, Value: "01234 000777"}, {PersonID: 1, Kind: register.FactSchool, Value: "Brookside"},
		},
		Confidences:     []tickets.Confidence{{PersonID: 2, Text: "Please keep this."}},
		Representations: []register.Representation{{PersonID: 5, ForPerson: 1, Document: "D1", ExpiresOn: "2026-12-31"}},
	}
	var f guard.Facts
	record(&f, gf)
	if !f.LookedAfter || !slices.Equal(f.SocialWorkers, []string{"sw@council.example"}) {
		t.Errorf("looked after %v, told %v", f.LookedAfter, f.SocialWorkers)
	}
	if len(f.Kept) != 1 || f.Kept[0].All || !slices.Equal(f.Kept[0].From, []string{"mother@x.example"}) || !slices.Equal(f.Kept[0].Of, []string{"carer@x.example"}) {
		t.Errorf("kept %+v", f.Kept)
	}
	if len(f.Confided) != 1 || !f.Confided[0].All || !slices.Equal(f.Confided[0].By, []string{"carer@x.example"}) {
		t.Errorf("confided %+v", f.Confided)
	}
	for _, c := range []struct {
		p    register.Party
		on   string
		want bool
	}{{mp, "2026-11-22", true}, {adviser, "2026-11-22", false}, {adviser, "2027-01-01", true}, {gf.Parties[0], "2026-11-22", false}, {gf.Parties[2], "2026-11-22", false}} {
		if got := noPlan(gf, c.p, c.on); got != c.want {
			t.Errorf("the plan to person %d on %s: kept back %v", c.p.Person.ID, c.on, got)
		}
	}
}
