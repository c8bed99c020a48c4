package tickets_test

import (
	"context"
	"slices"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// colleague is another member of staff of the team.
func (w *world) colleague(name string, role access.Role) register.Staff {
	w.t.Helper()
	s := register.Staff{Name: name, Email: name + "@westmarsh.example", Role: string(role), TeamID: w.team.ID, Active: true, CreatedAt: noon}
	w.must(w.db.Write(context.Background(), func(tx tickets.Tx) error { return tx.InsertStaff(context.Background(), &s) }))
	return s
}

// stranger is an officer of another team.
func (w *world) stranger() access.Actor {
	w.t.Helper()
	ctx := context.Background()
	g := register.Team{Name: "South team"}
	s := register.Staff{Name: "Sid Marsh", Email: "sid@westmarsh.example", Role: string(access.RoleOfficer), Active: true, CreatedAt: noon}
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		if err := tx.InsertTeam(ctx, &g); err != nil {
			return err
		}
		s.TeamID = g.ID
		return tx.InsertStaff(ctx, &s)
	}))
	return actor(s)
}

func (w *world) record(ref string) *tickets.CaseRecord {
	w.t.Helper()
	r, err := w.desk.CaseRecord(context.Background(), actor(w.dean), ref, w.now)
	w.must(err)
	return r
}

func (w *world) partyIn(caseID, personID int64) register.Party {
	w.t.Helper()
	list, err := w.db.Parties(context.Background(), caseID)
	w.must(err)
	i := slices.IndexFunc(list, func(p register.Party) bool { return p.Person.ID == personID })
	if i < 0 {
		w.t.Fatalf("person %d is not on case %d", personID, caseID)
	}
	return list[i]
}

// audited counts the records of an action.
func (w *world) audited(a audit.Action) int {
	w.t.Helper()
	list, err := w.db.AuditRecords(context.Background(), tickets.AuditQuery{Action: a, Limit: 500})
	w.must(err)
	return len(list)
}

func (w *world) fails(kind fault.Kind, err error, what string) {
	w.t.Helper()
	if !fault.Is(err, kind) {
		w.t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// restrict adds a restriction about Rob on Milo's case.
func (w *world) restrict(kind register.RestrictionKind, change ...func(*tickets.RestrictionRequest)) *register.Restriction {
	w.t.Helper()
	r := tickets.RestrictionRequest{CaseRef: "WM-2201", PersonID: w.rob.ID, Kind: kind, Source: register.SourceOrder, Document: "FL 12/26", ReviewBy: "2027-05-31"}
	for _, c := range change {
		c(&r)
	}
	x, err := w.desk.AddRestriction(context.Background(), actor(w.duty), r, w.now)
	w.must(err)
	return x
}
