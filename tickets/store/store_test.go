package store_test

import (
	"os"
	"testing"

	"hearback/tickets/store/pgtest"
	"hearback/tickets/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestSmoke(t *testing.T) {
	storetest.SQLite(t)
}
func TestSmokePG(t *testing.T) {
	storetest.Postgres(t)
}
