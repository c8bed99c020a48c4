package tickets_test

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
)

// TestFiguresImport: 20,000 rows into an empty register, the same again, and 1 in
// 20 of them changed, with full syncs to disk.
func TestFiguresImport(t *testing.T) {
	mailtest.Figures(t)
	const rows = 20_000
	f := many(rows)
	t.Logf("%d rows, %d kB of CSV", rows, len(f.Bytes)>>10)
	for engine, opt := range map[string]store.Options{
		store.SQLite:   {Engine: store.SQLite, Dir: filepath.Join(t.TempDir(), "data")},
		store.Postgres: {Engine: store.Postgres, DSN: pgtest.DSN(t)},
	} {
		t.Run(engine, func(t *testing.T) {
			db, err := store.Open(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			w := worldOn(t, db)
			for _, what := range []string{"first", "again"} {
				start := time.Now()
				signs := 0
				plan, err := w.desk.PlanImport(context.Background(), head(), f, func(string, int, int) { signs++ })
				w.must(err)
				planned := time.Since(start)
				out, err := w.desk.ApplyImport(context.Background(), head(), f, plan, func(string, int, int) { signs++ }, db.Now)
				w.must(err)
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				t.Logf("%s: %s in all, %s of it planning; %d changes, other writers waited %s; %d signs of progress; %d MB of heap",
					what, time.Since(start).Round(time.Millisecond), planned.Round(time.Millisecond), out.Import.Changed, out.Held.Round(time.Millisecond), signs, m.HeapAlloc>>20)
			}
		})
	}
}
