package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"hearback/tickets/fault"
	"hearback/tickets/store/pgtest"
)

type liveColumn struct {
	Table string `db:"t"`
	Name  string `db:"c"`
	Type  string `db:"k"`
}

// liveColumns reads the schema out of the database itself.
func liveColumns(t *testing.T, db *DB) []liveColumn {
	t.Helper()
	text := `select m.name as t, x.name as c, lower(x.type) as k from sqlite_master m, pragma_table_info(m.name) x
		where m.type = 'table' and m.name not like 'goose%' and m.name not like 'sqlite%' and m.name not like 'message_words%'`
	if db.engine.name == Postgres {
		text = `select table_name as t, column_name as c, data_type as k from information_schema.columns
			where table_schema = 'public' and table_name not like 'goose%'`
	}
	var out []liveColumn
	if err := sqlx.Select(db.write, &out, text); err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d columns were found", len(out))
	}
	return out
}

func eachEngine(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	ctx := context.Background()
	for name, opt := range map[string]func() Options{
		SQLite:   func() Options { return Options{Engine: SQLite, Dir: t.TempDir(), NoSync: true} },
		Postgres: func() Options { return Options{Engine: Postgres, DSN: pgtest.DSN(t), NoSync: true} },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := Open(ctx, opt())
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, db)
		})
	}
}

// instantColumn: on SQLite instants are text as well, and are no words.
func instantColumn(name string) bool { return strings.HasSuffix(name, "_at") || name == "at" }

func TestEveryTextColumnIsDeclared(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *DB) {
		declared := Columns()
		seen := map[string]bool{}
		for _, c := range liveColumns(t, db) {
			if c.Type != "text" || db.engine.name == SQLite && instantColumn(c.Name) {
				continue
			}
			seen[c.Table+"."+c.Name] = true
			switch declared[c.Table][c.Name] {
			case Shareable, Private, Technical:
			default:
				t.Errorf("%s.%s is not declared in columns.go", c.Table, c.Name)
			}
		}
		for table, columns := range declared {
			for column := range columns {
				if !seen[table+"."+column] {
					t.Errorf("columns.go declares %s.%s, which is not a text column", table, column)
				}
			}
		}
	})
}

// A note cannot be addressed, and no letter can be made from one.
func TestNotesHaveNoWayOut(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *DB) {
		var notes []string
		for _, c := range liveColumns(t, db) {
			switch c.Table {
			case "notes":
				notes = append(notes, c.Name)
				for _, word := range []string{"to_", "cc", "bcc", "mail_", "email", "address", "recipient", "subject", "outgoing", "delivery", "token"} {
					if strings.Contains(c.Name, word) {
						t.Errorf("notes.%s looks like a recipient", c.Name)
					}
				}
			case "outgoings", "deliveries":
				if strings.Contains(c.Name, "note") {
					t.Errorf("%s.%s refers to notes", c.Table, c.Name)
				}
			}
		}
		slices.Sort(notes)
		want := "author_id case_id content_hash created_at for_id id mailbox_id raw_id source ticket_id words"
		if got := strings.Join(notes, " "); got != want {
			t.Errorf("notes has the columns %s, want %s: a new one needs a reason here", got, want)
		}
	})
}

func TestEventsAreAppendOnly(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *DB) {
		_, err := db.write.Exec("insert into events (kind, at, system, data) values ('state', '2026-01-02T03:04:05.000000Z', '', '')")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"update events set kind = 'x'", "delete from events"} {
			if _, err := db.write.Exec(text); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// Both engines have the same tables and columns.
func TestSchemasAgree(t *testing.T) {
	all := map[string][]string{}
	eachEngine(t, func(t *testing.T, db *DB) {
		var list []string
		for _, c := range liveColumns(t, db) {
			if c.Table != "message_words" {
				list = append(list, c.Table+"."+c.Name)
			}
		}
		slices.Sort(list)
		all[db.engine.name] = list
	})
	if a, b := strings.Join(all[SQLite], "\n"), strings.Join(all[Postgres], "\n"); a != b {
		t.Errorf("sqlite:\n%s\npostgres:\n%s", a, b)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	ctx := context.Background()
	for name, opt := range map[string]Options{
		SQLite: {Engine: SQLite, Dir: t.TempDir(), NoSync: true}, Postgres: {Engine: Postgres, DSN: pgtest.DSN(t)},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := Open(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			insert := "insert into goose_db_version (version_id, is_applied) values (9001, true)"
			if _, err := db.write.Exec(insert); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = Open(ctx, opt)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.SafeText(err), "newer hearback") {
				t.Fatalf("error is %v", err)
			}
		})
	}
}

func TestSecondProgramIsRefused(t *testing.T) {
	ctx := context.Background()
	opt := Options{Engine: SQLite, Dir: t.TempDir(), NoSync: true}
	db, err := Open(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, opt)
	want := fmt.Sprintf("Another hearback (process %d) works with the data directory %s. Stop it first", os.Getpid(), opt.Dir)
	if !fault.Is(err, fault.Conflict) || fault.SafeText(err) != want {
		t.Fatalf("error is %v, want %q", err, want)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(ctx, opt); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []Options{{}, {Engine: "oracle"}, {Engine: SQLite}, {Engine: Postgres, DSN: "postgres://%"}} {
		if _, err := Open(ctx, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Readers cannot write, whatever somebody asks of them.
func TestReadersAreReadOnly(t *testing.T) {
	db, err := Open(context.Background(), Options{Engine: SQLite, Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.read.Exec("insert into settings (key, value) values ('a', 'b')"); err == nil {
		t.Fatal("a reader wrote")
	}
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "0", "foreign_keys": "1", "busy_timeout": "5000",
	} {
		var got string
		if err := db.write.Get(&got, "pragma "+pragma); err != nil || got != want {
			t.Errorf("%s is %q, %v", pragma, got, err)
		}
	}
	var sync string
	safe, err := Open(context.Background(), Options{Engine: SQLite, Dir: filepath.Join(t.TempDir(), "safe dir?#%41")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = safe.Close() }()
	if err := safe.write.Get(&sync, "pragma synchronous"); err != nil || sync != "2" {
		t.Errorf("synchronous is %q, %v, want 2 (FULL)", sync, err)
	}
	if _, err := os.Stat(filepath.Join(safe.opt.Dir, "hearback.db")); err != nil {
		t.Error(err)
	}
}
