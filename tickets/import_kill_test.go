package tickets_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
)

const (
	killEngine = "HEARBACK_IMPORT_KILL_ENGINE"
	killAt     = "HEARBACK_IMPORT_KILL_AT" // data directory or DSN
)

func openFor(ctx context.Context, engine, at string) (*store.DB, *tickets.Desk, error) {
	opt := store.Options{Engine: engine, NoSync: true}
	if engine == store.SQLite {
		opt.Dir = at
	} else {
		opt.DSN = at
	}
	db, err := store.Open(ctx, opt)
	if err != nil {
		return nil, nil, err
	}
	desk, err := tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: settings(), Random: rand.Reader,
	})
	return db, desk, err
}

// TestImportKilledChild is the program that TestImportKilled kills. By itself it
// does nothing.
func TestImportKilledChild(t *testing.T) {
	engine := os.Getenv(killEngine)
	if engine == "" {
		return
	}
	ctx := context.Background()
	db, desk, err := openFor(ctx, engine, os.Getenv(killAt))
	if err != nil {
		t.Fatal(err)
	}
	_, err = desk.ApplyImport(ctx, head(), many(3000), nil, func(step string, done, _ int) {
		fmt.Printf("%s %d\n", step, done)
	}, db.Now)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("written")
}

// A program that is killed in the middle of an import leaves nothing of it, and the
// same file can be taken in afterwards.
func TestImportKilled(t *testing.T) {
	for engine, at := range map[string]func() string{
		store.SQLite:   t.TempDir,
		store.Postgres: func() string { return pgtest.DSN(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			at := at()
			db, desk, err := openFor(t.Context(), engine, at)
			if err != nil {
				t.Fatal(err)
			}
			w := &world{t: t, db: db, desk: desk, now: noon}
			w.seed(t.Context())
			before, version := w.register(), w.version()
			w.must(db.Close())
			for _, moment := range []string{"Writing 0", "Writing 5000", "Writing 15000"} {
				kill(t, engine, at, moment)
				db, desk, err = openFor(t.Context(), engine, at)
				if err != nil {
					t.Fatal(err)
				}
				w.db, w.desk = db, desk
				list, err := db.Imports(t.Context(), 5)
				w.must(err)
				if w.register() != before || w.version() != version || len(list) != 0 {
					t.Fatalf("killed at %s: something is left", moment)
				}
				w.must(db.Close())
			}
			db, desk, err = openFor(t.Context(), engine, at)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { w.must(db.Close()) }()
			w.db, w.desk = db, desk
			w.imports(head(), many(50))
			if c, err := db.Caseload(t.Context()); err != nil || len(c.Cases) != 52 {
				t.Errorf("%d cases, %v", len(c.Cases), err)
			}
		})
	}
}

// kill runs the child until it says line, and ends it there.
func kill(t *testing.T, engine, at, line string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestImportKilledChild$")
	cmd.Env = append(os.Environ(), killEngine+"="+engine, killAt+"="+at)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	reached := false
	var said []string
	for !reached && lines.Scan() {
		said = append(said, lines.Text())
		reached = lines.Text() == line
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if !reached {
		t.Fatalf("it never came to %q:\n%s", line, strings.Join(said, "\n"))
	}
}
