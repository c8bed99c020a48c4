package store

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// A migration that databases have seen is never edited: those databases would
// not get the change. A change is a new file, and a new copy in testdata/frozen
// when it is released.
func TestReleasedMigrationsAreFrozen(t *testing.T) {
	for _, engine := range []string{SQLite, Postgres} {
		frozen, err := filepath.Glob(filepath.Join("testdata", "frozen", engine, "*.sql"))
		if err != nil || len(frozen) == 0 {
			t.Fatalf("no frozen migrations: %v", err)
		}
		for _, file := range frozen {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join("migrations", engine, filepath.Base(file)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("migrations/%s/%s was edited", engine, filepath.Base(file))
			}
		}
	}
}

// oldDatabase makes a database of schema 1 with rows in it.
func oldDatabase(t *testing.T, opt Options) {
	t.Helper()
	driver, dsn, dialect := "sqlite3", "file:"+filepath.Join(opt.Dir, "hearback.db")+"?_journal_mode=WAL", goose.DialectSQLite3
	if opt.Engine == Postgres {
		driver, dsn, dialect = "pgx", opt.DSN, goose.DialectPostgres
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	p, err := goose.NewProvider(dialect, db, os.DirFS(filepath.Join("testdata", "frozen", opt.Engine)),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile(filepath.Join("testdata", "frozen", "0001_rows.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(rows), ";\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if _, err := db.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if opt.Engine != Postgres {
		return
	}
	// The rows brought their numbers with them; those that follow come after them.
	if _, err := db.Exec(`do $$ declare c record; begin
for c in select table_name, column_name from information_schema.columns where table_schema = current_schema() and is_identity = 'YES' loop
  execute format('select setval(pg_get_serial_sequence(%L, %L), coalesce((select max(%I) from %I), 0) + 1, false)', c.table_name, c.column_name, c.column_name, c.table_name);
end loop; end $$`); err != nil {
		t.Fatal(err)
	}
}

func TestUpgradeKeepsRows(t *testing.T) {
	ctx := context.Background()
	for _, opt := range []Options{
		{Engine: SQLite, Dir: t.TempDir(), NoSync: true}, {Engine: Postgres, Dir: t.TempDir(), DSN: pgtest.DSN(t), NoSync: true},
	} {
		t.Run(opt.Engine, func(t *testing.T) {
			oldDatabase(t, opt)
			db, err := Open(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			p, err := db.migrations()
			if err != nil {
				t.Fatal(err)
			}
			now, newest, err := p.GetVersions(ctx)
			if err != nil || now != newest {
				t.Fatalf("schema %d of %d, %v", now, newest, err)
			}
			checkOldRows(t, db)
			if opt.Engine == Postgres {
				list, _ := filepath.Glob(filepath.Join(opt.Dir, "backups", "hearback-*"))
				if len(list) != 1 {
					t.Fatalf("backups: %v", list)
				}
				if m, err := ReadManifest(list[0]); err != nil || m.Schema != 1 {
					t.Errorf("the backup: %+v, %v", m, err)
				}
			}
			backups, _ := filepath.Glob(filepath.Join(opt.Dir, "backups", "before-*.db"))
			if want := opt.Engine == SQLite && newest > 1; (len(backups) == 1) != want {
				t.Fatalf("backups: %v", backups)
			}
			for _, file := range backups {
				checkBackup(t, file)
			}
		})
	}
}

func checkOldRows(t *testing.T, db *DB) {
	t.Helper()
	ctx := context.Background()
	v, err := db.Ticket(ctx, access.System("test"), "SEN-104001")
	if err != nil {
		t.Fatal(err)
	}
	if v.ChildName != "Milo Brandt" || v.Requester != "T@family.example" || v.Clock == nil || v.Clock.DueDay.String() != "2026-01-09" || v.LastText != "Where is the taxi?" {
		t.Errorf("%+v", v)
	}
	parties, err := db.Parties(ctx, 1)
	if err != nil || len(parties) != 1 || !parties[0].Link.NoContact || !parties[0].Addresses[0].Confidential {
		t.Errorf("%+v, %v", parties, err)
	}
	notes, err := db.Notes(ctx, access.System("test"), 1)
	if err != nil || len(notes) != 1 || notes[0].Text.ForStaff() != "private words" {
		t.Errorf("%+v, %v", notes, err)
	}
	d, err := db.DeliveryByToken(ctx, "tok1")
	if err != nil || d.State != tickets.Uncertain {
		t.Errorf("%+v, %v", d, err)
	}
	c, err := db.Cursor(ctx, 1, "INBOX")
	if err != nil || c.UID != 9 {
		t.Errorf("%+v, %v", c, err)
	}
	if raw, err := db.Raw(ctx, 1); err != nil || len(raw) != 0 {
		t.Errorf("%q, %v", raw, err)
	}
	err = db.Write(ctx, func(tx tickets.Tx) error {
		ref, err := tx.NextTicketRef(ctx)
		if ref != "SEN-104002" {
			t.Errorf("the next reference is %s", ref)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// checkBackup opens the copy by itself: it is the whole database of before.
func checkBackup(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var version int
	var ok, words string
	if err := db.QueryRow("select max(version_id) from goose_db_version").Scan(&version); err != nil || version != 1 {
		t.Errorf("the backup has schema %d, %v", version, err)
	}
	if err := db.QueryRow("pragma integrity_check").Scan(&ok); err != nil || ok != "ok" {
		t.Errorf("the backup: %s, %v", ok, err)
	}
	if err := db.QueryRow("select words from notes").Scan(&words); err != nil || words != "private words" {
		t.Errorf("the backup's note: %q, %v", words, err)
	}
}
