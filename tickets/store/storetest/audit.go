package storetest

import (
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/audit"
)

func testAudit(t *testing.T, f *fixture) {
	add := func(action audit.Action, staffID, caseID int64, at time.Time) audit.Record {
		t.Helper()
		r := audit.Record{
			At: at, StaffID: staffID, Role: "officer", Action: action, Object: "WM-2201", CaseID: caseID, From: "192.0.2.0/24",
			Detail: map[string]string{"page": "people", "sign": `é "<>`},
		}
		f.write(func(tx tickets.Tx) error { return tx.InsertAudit(f.ctx, &r) })
		return r
	}
	first := add(audit.CaseViewed, f.Officer.ID, f.Milo.ID, f.Start.Add(1234567*time.Nanosecond))
	add(audit.Searched, f.Lead.ID, 0, f.hour(1))
	add(audit.CaseViewed, f.Lead.ID, f.Ada.ID, f.hour(2))

	list := func(q tickets.AuditQuery) []audit.Record {
		t.Helper()
		out, err := f.AuditRecords(f.ctx, q)
		f.ok(err)
		return out
	}
	all := list(tickets.AuditQuery{})
	if len(all) != 3 || all[0].CaseID != f.Ada.ID {
		t.Fatalf("%+v", all)
	}
	f.same("a record", all[2], first)
	for name, c := range map[string]struct {
		q tickets.AuditQuery
		n int
	}{
		"staff": {tickets.AuditQuery{StaffID: f.Lead.ID}, 2}, "case": {tickets.AuditQuery{CaseID: f.Milo.ID}, 1},
		"action": {tickets.AuditQuery{Action: audit.CaseViewed}, 2}, "from": {tickets.AuditQuery{From: f.hour(1)}, 2},
		"until": {tickets.AuditQuery{Until: f.hour(1)}, 1}, "before": {tickets.AuditQuery{Before: all[0].ID}, 2}, "limit": {tickets.AuditQuery{Limit: 1}, 1},
	} {
		if got := list(c.q); len(got) != c.n {
			t.Errorf("%s: %d records, want %d", name, len(got), c.n)
		}
	}

	verify := func() audit.Report {
		t.Helper()
		rep, err := audit.Verify(f.AuditChain(f.ctx))
		f.ok(err)
		return rep
	}
	seal := func(limit, want int) {
		t.Helper()
		n, err := f.SealAudit(f.ctx, f.hour(3), limit)
		f.ok(err)
		if n != want {
			t.Errorf("%d records were sealed, want %d", n, want)
		}
	}
	seal(2, 2)
	seal(10, 1)
	seal(10, 0)
	if rep := verify(); rep.Broken != nil || rep.Seals != 2 || rep.Records != 3 {
		t.Errorf("%+v", rep)
	}
	add(audit.Exported, f.Lead.ID, 0, f.hour(4))
	seal(10, 1)
	if rep := verify(); rep.Broken != nil || rep.Seals != 3 || rep.Records != 4 {
		t.Errorf("%+v", rep)
	}
}
