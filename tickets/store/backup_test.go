package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/store/pgtest"
)

// bigMail is kept as a file: it is above what a row holds.
func bigMail(seed string) []byte { return []byte(strings.Repeat(seed+"\r\n", inlineRaw)) }

// stores are an empty place for each engine.
func stores(t *testing.T) []Options {
	t.Helper()
	return []Options{
		{Engine: SQLite, Dir: t.TempDir(), NoSync: true},
		{Engine: Postgres, Dir: t.TempDir(), DSN: pgtest.DSN(t), NoSync: true},
	}
}

func saveBig(ctx context.Context, t *testing.T, db *DB, raw []byte) {
	t.Helper()
	p, err := db.PrepareRaw(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.inTx(ctx, func(x *tx) error { _, err := x.SaveRaw(ctx, p); return err }); err != nil {
		t.Fatal(err)
	}
}

// A backup made while rows are being written holds one moment of them, and a
// restore has the same rows and the same bytes.
func TestBackupUnderWritesRestoresEqual(t *testing.T) {
	ctx := context.Background()
	for _, opt := range stores(t) {
		t.Run(opt.Engine, func(t *testing.T) {
			oldDatabase(t, opt)
			db, err := Open(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			saveBig(ctx, t, db, bigMail("first"))

			writing, stop := context.WithCancel(ctx)
			started := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				for i := 0; writing.Err() == nil; i++ {
					// Two rows of one transaction: a backup has both or neither.
					_ = db.inTx(writing, func(x *tx) error {
						for _, key := range []string{"a", "b"} {
							if _, err := x.exec(writing, db.q.SettingPut, "pair."+key, strings.Repeat("x", i%50)); err != nil {
								return err
							}
						}
						return nil
					})
					if i == 3 {
						close(started)
					}
				}
			})
			<-started
			keep := t.TempDir()
			dir, m, err := Backup(ctx, opt, BackupOptions{Dir: keep, Program: "test"})
			stop()
			wg.Wait()
			if err != nil {
				t.Fatal(err)
			}
			if m.Blobs.Files != 1 || len(m.Tables) < 50 {
				t.Fatalf("the manifest: %+v", m)
			}
			again, err := ReadManifest(dir)
			if err != nil || again.Schema != m.Schema || len(again.Tables) != len(m.Tables) {
				t.Fatalf("read back: %+v, %v", again, err)
			}

			to := Options{Engine: opt.Engine, Dir: t.TempDir(), NoSync: true}
			if opt.Engine == Postgres {
				to.DSN = pgtest.DSN(t)
			}
			if _, _, err := Restore(ctx, to, RestoreOptions{From: dir}); err != nil {
				t.Fatal(err)
			}
			restored, err := Open(ctx, to)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = restored.Close() }()
			var a, b string
			if a, err = restored.setting(ctx, "pair.a"); err == nil {
				b, err = restored.setting(ctx, "pair.b")
			}
			if err != nil || a != b {
				t.Errorf("half a transaction was backed up: %q, %q, %v", a, b, err)
			}
			// The rows of the restored database, backed up again, are the same.
			_, second, err := Backup(ctx, to, BackupOptions{Dir: t.TempDir(), Program: "test"})
			if err != nil {
				t.Fatal(err)
			}
			for i := range m.Tables {
				if second.Tables[i] != m.Tables[i] {
					t.Errorf("restored %+v, backed up %+v", second.Tables[i], m.Tables[i])
				}
			}
			if second.Blobs != m.Blobs {
				t.Errorf("restored %+v, backed up %+v", second.Blobs, m.Blobs)
			}
			checkOldRows(t, restored)
			// New rows do not collide with those that were loaded.
			saveBig(ctx, t, restored, bigMail("second"))
		})
	}
}

// Nothing is overwritten, and nothing damaged is restored.
func TestRestoreRefuses(t *testing.T) {
	ctx := context.Background()
	for _, opt := range stores(t) {
		t.Run(opt.Engine, func(t *testing.T) {
			oldDatabase(t, opt)
			db, err := Open(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			saveBig(ctx, t, db, bigMail("first"))
			dir, _, err := Backup(ctx, opt, BackupOptions{Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if opt.Engine == SQLite {
				if _, _, err := Restore(ctx, opt, RestoreOptions{From: dir, Replace: true}); !fault.Is(err, fault.Conflict) {
					t.Errorf("over a running program: %v", err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, _, err := Restore(ctx, opt, RestoreOptions{From: dir}); !fault.Is(err, fault.Conflict) {
				t.Errorf("over a database: %v", err)
			}
			if _, _, err := Restore(ctx, opt, RestoreOptions{From: t.TempDir()}); !fault.Is(err, fault.Invalid) {
				t.Errorf("from what is no backup: %v", err)
			}
			other := map[string]string{SQLite: Postgres, Postgres: SQLite}[opt.Engine]
			if _, _, err := Restore(ctx, Options{Engine: other, Dir: t.TempDir()}, RestoreOptions{From: dir}); !fault.Is(err, fault.Invalid) {
				t.Errorf("into another engine: %v", err)
			}
			spoil := []string{filepath.Join(dir, databaseName)}
			if opt.Engine == Postgres {
				spoil = []string{filepath.Join(dir, tablesName, "tickets.copy.gz")}
			}
			blobs, err := filepath.Glob(filepath.Join(dir, blobsName, "??", "*"))
			if err != nil || len(blobs) != 1 {
				t.Fatalf("%v, %v", blobs, err)
			}
			for _, name := range append(spoil, blobs...) {
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				raw[len(raw)/2] ^= 1
				if err := os.WriteFile(name, raw, 0o600); err != nil {
					t.Fatal(err)
				}
				to := Options{Engine: opt.Engine, Dir: t.TempDir()}
				if opt.Engine == Postgres {
					to.DSN = pgtest.DSN(t)
				}
				if _, _, err := Restore(ctx, to, RestoreOptions{From: dir}); err == nil {
					t.Errorf("a changed bit in %s was not seen", filepath.Base(name))
				}
				if _, err := os.Stat(filepath.Join(to.Dir, databaseName)); err == nil {
					t.Error("a database was left behind")
				}
				raw[len(raw)/2] ^= 1
				if err := os.WriteFile(name, raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// A copy that is put back by hand is seen by the mark beside the database.
func TestMarkSeesDatabaseOfYesterday(t *testing.T) {
	ctx := context.Background()
	opt := Options{Engine: SQLite, Dir: t.TempDir(), NoSync: true}
	oldDatabase(t, opt)
	db, err := Open(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.KeepMark(ctx); err != nil {
		t.Fatal(err)
	}
	dir, _, err := Backup(ctx, opt, BackupOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if back, err := db.WentBack(ctx); err != nil || back {
		t.Fatalf("at once: %v, %v", back, err)
	}
	if err := db.inTx(ctx, func(x *tx) error { _, err := x.exec(ctx, db.q.RegisterBump); return err }); err != nil {
		t.Fatal(err)
	}
	if err := db.KeepMark(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"-wal", "-shm"} {
		_ = os.Remove(filepath.Join(opt.Dir, databaseName+f))
	}
	if err := os.WriteFile(filepath.Join(opt.Dir, databaseName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(ctx, opt); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if back, err := db.WentBack(ctx); err != nil || !back {
		t.Errorf("the database of before was not seen: %v, %v", back, err)
	}
	if _, err := db.AfterRestore(ctx, time.Time{}, false, time.Now()); err != nil {
		t.Fatal(err)
	}
	if at, err := db.RestoredAt(ctx); err != nil || at.IsZero() {
		t.Errorf("when it was restored: %v, %v", at, err)
	}
	if err := db.KeepMark(ctx); err != nil {
		t.Fatal(err)
	}
	if back, err := db.WentBack(ctx); err != nil || back {
		t.Errorf("after it was seen to: %v, %v", back, err)
	}
}

// What waited in the backup waits for a person after it; what was on the wire is
// in doubt; nobody is signed in.
func TestAfterRestoreHoldsEveryLetter(t *testing.T) {
	ctx := context.Background()
	for _, opt := range stores(t) {
		for _, asNew := range []bool{false, true} {
			t.Run(opt.Engine+map[bool]string{true: "/as new"}[asNew], func(t *testing.T) {
				if opt.Engine == Postgres {
					opt.DSN = pgtest.DSN(t)
				}
				opt.Dir = t.TempDir()
				oldDatabase(t, opt)
				db, err := Open(ctx, opt)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = db.Close() }()
				count := func(where string) (n int) {
					t.Helper()
					if err := db.write.Get(&n, "select count(*) from "+where); err != nil {
						t.Fatal(err)
					}
					return n
				}
				if _, err := db.write.Exec("update deliveries set state = 'queued'"); err != nil {
					t.Fatal(err)
				}
				if count("deliveries") < 1 {
					t.Fatal("the fixture has no letter")
				}
				if _, err := db.AfterRestore(ctx, time.Now(), asNew, time.Now()); err != nil {
					t.Fatal(err)
				}
				state := map[bool]string{false: "held", true: "cancelled"}[asNew]
				if got, want := count("deliveries where state = '"+state+"'"), count("deliveries"); got != want {
					t.Errorf("%d of %d are %s", got, want, state)
				}
				if n := count("sessions") + count("api_tokens"); n != 0 {
					t.Errorf("%d sessions and tokens are left", n)
				}
				now, err := db.Now(ctx)
				if err != nil {
					t.Fatal(err)
				}
				for _, mode := range []tickets.Mode{tickets.ModeSend, tickets.ModeObserve} {
					if c, err := db.ClaimDue(ctx, "one", now.Add(time.Hour), mode); err != nil || c != nil {
						t.Errorf("a letter was claimed: %v, %v", c, err)
					}
				}
			})
		}
	}
}
