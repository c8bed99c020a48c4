// Package pgtest gives tests a PostgreSQL database of their own. One throw-away
// cluster serves a whole test binary; each call gets a fresh database in it, which
// is dropped when the test ends. The cluster goes with the binary, however that ends.
//
// HEARBACK_TEST_POSTGRES=DSN uses that server instead, with databases made and
// dropped in the same way; the account must be allowed to create databases. Only
// tests import this package.
package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"hearback/mailbox/mailtest/throwaway"
)

// variable names an existing server to be used in place of a throw-away one.
const variable = "HEARBACK_TEST_POSTGRES"

// shared is the server of this test binary. One for each process is the whole point
// of it, which is why it is a variable of the package.
var shared struct {
	mu     sync.Mutex
	server *server
	err    error // why it did not start; later tests fail with it at once
}

// get starts the server when it is first asked for. Where PostgreSQL is missing the
// test is skipped, or fails if servers are required.
func get(t testing.TB) *server {
	t.Helper()
	dsn := os.Getenv(variable)
	initdb := ""
	if dsn == "" {
		initdb = throwaway.Require(t, "postgres")
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server == nil && shared.err == nil {
		if dsn == "" {
			shared.server, shared.err = start(initdb)
		} else {
			shared.server, shared.err = attach(dsn)
		}
	}
	if shared.err != nil {
		t.Fatalf("postgres: %v", shared.err)
	}
	return shared.server
}

// Main runs a package's tests and stops the cluster before it returns the exit code.
// Nothing depends on it: without it the cluster goes right after the binary has ended.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(code, 1)
	}
	return code
}

// stop ends the server; the next test that asks starts another.
func stop() error {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server == nil {
		return nil
	}
	err := shared.server.stop()
	shared.server = nil
	return err
}

// DSN makes an empty database for this test and gives its address in the form
// postgres://user@host:port/name. Whatever is connected to it when the test ends is
// cut off, and the database is dropped.
func DSN(t testing.TB) string {
	t.Helper()
	s := get(t)
	return s.fresh(t, "")
}

// Template is DSN for a database that prepare has filled, for example with all
// migrations. prepare runs once for each name in the life of the test binary, on a
// database of its own; every call then gets a copy of it. It must close what it opens,
// because PostgreSQL copies no database that is in use. On an existing server, where
// templates could be left behind, prepare runs for every test instead.
func Template(t testing.TB, name string, prepare func(dsn string) error) string {
	t.Helper()
	s := get(t)
	if s.place == nil {
		dsn := s.fresh(t, "")
		if err := prepare(dsn); err != nil {
			t.Fatalf("postgres: %s: %v", name, err)
		}
		return dsn
	}
	template, err := s.template(name, prepare)
	if err != nil {
		t.Fatalf("postgres: template %s: %v", name, err)
	}
	return s.fresh(t, template)
}

// fresh makes a database, a copy of template unless that is "".
func (s *server) fresh(t testing.TB, template string) string {
	t.Helper()
	name, err := s.create(template)
	if err != nil {
		t.Fatalf("postgres: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(name); err != nil {
			t.Errorf("postgres: %v", err)
		}
	})
	return s.dsn(name)
}
