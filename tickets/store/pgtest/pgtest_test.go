package pgtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func query[T any](t *testing.T, conn *pgx.Conn, sql string) T {
	t.Helper()
	var value T
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// Every call gives a database of its own, which is gone after the test even when
// something is still connected to it.
func TestDSN(t *testing.T) {
	var first, second string
	t.Run("use", func(t *testing.T) {
		first, second = DSN(t), DSN(t)
		for _, dsn := range []string{first, second} {
			conn, err := pgx.Connect(t.Context(), dsn) // never closed
			if err != nil {
				t.Fatal(err)
			}
			if n := query[int](t, conn, "select count(*) from pg_tables where schemaname = 'public'"); n != 0 {
				t.Errorf("%d tables in a fresh database", n)
			}
			if _, err := conn.Exec(t.Context(), "create table once (n integer)"); err != nil {
				t.Fatal(err)
			}
			if got := query[string](t, conn, "show server_encoding"); got != "UTF8" {
				t.Errorf("encoding %s", got)
			}
		}
	})
	for _, dsn := range []string{first, second} {
		if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s is still there", dsn)
		}
	}
}

// A template is prepared once and copied; copies do not see each other.
func TestTemplate(t *testing.T) {
	if os.Getenv(variable) != "" {
		t.Skip("an existing server gets no templates")
	}
	var prepared atomic.Int32
	prepare := func(dsn string) error {
		prepared.Add(1)
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			return err
		}
		_, err = conn.Exec(t.Context(), "create table families (name text); insert into families values ('Okafor')")
		return errors.Join(err, conn.Close(t.Context()))
	}
	t.Run("copies", func(t *testing.T) {
		for range 4 {
			t.Run("copy", func(t *testing.T) {
				t.Parallel()
				conn := connect(t, Template(t, "families", prepare))
				if n := query[int](t, conn, "select count(*) from families"); n != 1 {
					t.Errorf("%d rows, want 1", n)
				}
				if _, err := conn.Exec(t.Context(), "insert into families values ('Duarte')"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if n := prepared.Load(); n != 1 {
		t.Errorf("prepared %d times", n)
	}
}

func TestTemplateThatFails(t *testing.T) {
	s := get(t)
	calls := 0
	for range 2 {
		_, err := s.template("broken", func(string) error { calls++; return errors.New("no such column") })
		if err == nil || !strings.Contains(err.Error(), "no such column") {
			t.Errorf("got %v", err)
		}
	}
	if calls != 1 {
		t.Errorf("prepared %d times", calls)
	}
}

// The cluster is not reached from elsewhere, runs without root and leaves nothing.
func TestCluster(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := get(t)
	if s.place == nil {
		t.Skip("an existing server is not ours")
	}
	conn, err := pgx.Connect(t.Context(), s.admin.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := query[string](t, conn, "show listen_addresses"); got != "127.0.0.1" {
		t.Errorf("listens on %s", got)
	}
	if got := query[string](t, conn, "show data_directory"); got != filepath.Join(s.place.Dir, "data") {
		t.Errorf("data in %s", got)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.place.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", s.place.Dir, err)
	}
	// The next test starts another.
	connect(t, DSN(t))
}

func TestAttach(t *testing.T) {
	s := get(t)
	other, err := attach(s.admin.String())
	if err != nil {
		t.Fatal(err)
	}
	name, err := other.create("")
	if err != nil {
		t.Fatal(err)
	}
	connect(t, other.dsn(name))
	if err := other.drop(name); err != nil {
		t.Error(err)
	}
	if err := other.stop(); err != nil {
		t.Error(err)
	}
	if err := s.ping(); err != nil {
		t.Errorf("the existing server was stopped: %v", err)
	}
	for _, dsn := range []string{"", "host=127.0.0.1", "mysql://root@127.0.0.1/x"} {
		if _, err := attach(dsn); err == nil {
			t.Errorf("%q is accepted", dsn)
		}
	}
}
