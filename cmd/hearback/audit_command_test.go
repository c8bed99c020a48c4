package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// A chain is whole, every change of it is named, and one cut short is found by the
// hash that was written down.
func TestAuditVerifyAndExport(t *testing.T) {
	h := newHall(t)
	ctx, db := t.Context(), h.app.store
	must(t, h.app.sealOnce(ctx)) // what filling the hall left
	before, err := db.LastSeal(ctx)
	must(t, err)
	officer := access.Actor{StaffID: h.wes.ID, Role: access.RoleOfficer, From: "192.0.2.77"}
	for range 3 {
		must(t, h.app.desk.Seen(ctx, officer, audit.CaseViewed, "WM-2404", 0, map[string]string{"page": "=cmd()"}, tuesday()))
		now, err := db.Now(ctx)
		must(t, err)
		_, err = db.SealAudit(ctx, now, 10)
		must(t, err)
	}
	last, err := db.LastSeal(ctx)
	must(t, err)
	verify := func(expect string) (string, error) {
		var out bytes.Buffer
		err := verifyAudit(ctx, db, expect, &out)
		return out.String(), err
	}
	for _, expect := range []string{"", last.Hash, last.Prev} {
		if out, err := verify(expect); err != nil || !strings.Contains(out, fmt.Sprintf("seals    %d\n", before.Seq+3)) || !strings.Contains(out, "\nlast     "+last.Hash+"\n") || !strings.Contains(out, "The chain is whole.") {
			t.Errorf("%q, %v", out, err)
		}
	}
	if _, err := verify(strings.Repeat("0", 64)); err == nil || exitCode(err, &bytes.Buffer{}) != 1 {
		t.Errorf("a seal that is not there: %v", err)
	}
	var out bytes.Buffer
	must(t, exportAudit(ctx, db, &out))
	rows, err := csv.NewReader(&out).ReadAll()
	must(t, err)
	end := rows[len(rows)-1]
	if len(rows) < 4 || end[7] != string(audit.CaseViewed) || end[10] != "192.0.2.0/24" || end[0] != id64(before.Seq+3) {
		t.Errorf("%q", end)
	}
	// Somebody with the file of the database changes one record.
	files, err := filepath.Glob(filepath.Join(h.app.cfg.DataDir, "*.db"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("the database is %v", files)
	}
	x, err := sql.Open("sqlite3", files[0])
	must(t, err)
	defer func() { _ = x.Close() }()
	for _, line := range []string{"drop trigger audit_records_no_update", "update audit_records set object = 'WM-2201' where id = (select max(id) - 1 from audit_records)"} {
		_, err := x.ExecContext(ctx, line)
		must(t, err)
	}
	text, err := verify("")
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("seal %d", before.Seq+2)) || !strings.Contains(text, fmt.Sprintf("seals    %d\n", before.Seq+1)) || exitCode(err, &bytes.Buffer{}) != 1 {
		t.Errorf("%q, %v", text, err)
	}
}
