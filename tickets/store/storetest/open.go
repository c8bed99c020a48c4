// Package storetest holds the conformance suite of the store, which every
// engine passes, and opens stores for the tests of other packages.
package storetest

import (
	"context"
	"testing"

	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
)

// SQLite opens a store of its own on a real file for one test. Commits are not
// synced: a test does not lose its power.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, store.Options{Engine: store.SQLite, Dir: t.TempDir(), NoSync: true})
}

// Postgres opens a store of its own on a real PostgreSQL for one test. Where
// there is no PostgreSQL the test is left out, as pgtest says.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	dsn := pgtest.Template(t, "hearback-store", func(dsn string) error {
		db, err := store.Open(context.Background(), store.Options{Engine: store.Postgres, DSN: dsn})
		if err != nil {
			return err
		}
		return db.Close()
	})
	return Open(t, store.Options{Engine: store.Postgres, DSN: dsn, Dir: t.TempDir(), NoSync: true})
}

// Open opens a store and closes it when the test ends.
func Open(t testing.TB, opt store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), opt)
	if err != nil {
		t.Fatalf("opening a store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return db
}

// Each runs a test on every engine.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}
