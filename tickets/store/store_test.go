package store_test

import (
	"os"
	"testing"

	"github.com/alexedwards/scs/v2"

	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
	"hearback/tickets/store/storetest"
)

var _ scs.CtxStore = (*store.Sessions)(nil)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) *store.DB { return storetest.SQLite(t) })
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) *store.DB { return storetest.Postgres(t) })
}
