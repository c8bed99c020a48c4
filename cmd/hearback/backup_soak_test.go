package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
)

// TestSoakBackup makes backups while mail comes in and acknowledgements go out as
// fast as they can, and restores every one of them: equal counts and hashes, every
// original whole, nothing that leaves.
func TestSoakBackup(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("HEARBACK_SOAK is not set")
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			const mails = 1500
			dsn := ""
			if engine == "postgres" {
				dsn = pgtest.DSN(t)
			}
			families := mailtest.Families(11, 300)
			h := open(t, plan{dsn: dsn, familiesN: families})
			o := mailtest.Lifelike()
			o.Mailbox, o.Start, o.Families, o.Attachments = sen, tuesday().AddDate(0, 0, -3), families, 0.05
			h.dovecot.Seed(t, h.user, "INBOX", mailtest.GenerateAll(5, mails, o))
			h.dovecot.Append(t, h.user, "INBOX", letter("bell@family.example", "tessa@family.example", "Bell", "Ding"), h.now())
			taken := func() int { return strings.Count(h.log.String(), "event=taken_in") }
			h.until("the first mails", func() bool { return taken() > 20 })
			opt, _, err := storeOptions(filepath.Join(h.dir, "hearback.yaml"))
			must(t, err)
			rounds, under := 0, 0
			for taken() < mails || rounds < 3 {
				before := taken()
				dir, m, err := store.Backup(context.Background(), opt, store.BackupOptions{Dir: filepath.Join(h.dir, "keep"), Program: "soak", Keep: 2})
				must(t, err)
				if taken() > before {
					under++
				}
				rounds++
				h.restoresEqual(engine, dir, m)
				if t.Failed() {
					return
				}
			}
			t.Logf("%d backups restored, %d of them made while mail was taken in; %d mails", rounds, under, taken())
			if under == 0 {
				t.Error("no backup was made under load")
			}
		})
	}
}

// restoresEqual restores a backup somewhere else and holds it against its manifest.
func (h *house) restoresEqual(engine, dir string, m *store.Manifest) {
	h.t.Helper()
	ctx := context.Background()
	to := store.Options{Engine: engine, Dir: h.t.TempDir()}
	if engine == store.Postgres {
		to.DSN = pgtest.DSN(h.t)
	}
	if _, _, err := store.Restore(ctx, to, store.RestoreOptions{From: dir}); err != nil {
		h.t.Errorf("restoring %s: %v", dir, err)
		return
	}
	_, again, err := store.Backup(ctx, to, store.BackupOptions{Dir: h.t.TempDir()})
	must(h.t, err)
	for i := range m.Tables {
		if again.Tables[i] != m.Tables[i] {
			h.t.Errorf("restored %+v, backed up %+v", again.Tables[i], m.Tables[i])
		}
	}
	if again.Blobs != m.Blobs {
		h.t.Errorf("restored %+v, backed up %+v", again.Blobs, m.Blobs)
	}
	db, err := store.Open(ctx, to)
	must(h.t, err)
	defer func() { must(h.t, db.Close()) }()
	list, fates, err := db.Ledger(ctx, access.System("test"), tickets.LedgerQuery{Limit: 10000})
	must(h.t, err)
	for _, e := range list {
		if e.RawID == 0 {
			continue
		}
		if _, err := db.Raw(ctx, e.RawID); err != nil {
			h.t.Errorf("an original of the restored database: %v", err)
		}
	}
	if len(list) == 0 {
		h.t.Errorf("the restored ledger is empty: %v", fates)
	}
	done, err := db.AfterRestore(ctx, m.MadeAt, false, h.now())
	must(h.t, err)
	now, err := db.Now(ctx)
	must(h.t, err)
	if c, err := db.ClaimDue(ctx, "soak", now.AddDate(1, 0, 0), tickets.ModeSend); err != nil || c != nil {
		h.t.Errorf("a letter would leave: %v, %v (%d held)", c, err, done.Held)
	}
}
