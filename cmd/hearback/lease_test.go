package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
)

// countingLeases counts what is asked of the store.
type countingLeases struct {
	*store.DB
	mu    sync.Mutex
	asked int
	fail  error
}

func (c *countingLeases) AcquireLease(ctx context.Context, name, holder string, ttl time.Duration) (int64, bool, error) {
	c.mu.Lock()
	c.asked++
	fail := c.fail
	c.mu.Unlock()
	if fail != nil {
		return 0, false, fail
	}
	return c.DB.AcquireLease(ctx, name, holder, ttl)
}

// TestLease: one of two programs holds it, is not asked again while it does,
// and gives it back; the other then gets a higher epoch.
func TestLease(t *testing.T) {
	ctx := t.Context()
	db, err := store.Open(ctx, store.Options{Engine: store.Postgres, DSN: pgtest.DSN(t)})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	c := &countingLeases{DB: db}
	var changes []bool
	newLease := func(holder string, ttl time.Duration) *lease {
		return &lease{name: "mailbox/sen", holder: holder, ttl: ttl, store: c, log: slog.New(slog.DiscardHandler), changed: func(won bool) { changes = append(changes, won) }}
	}
	a, b := newLease("a", time.Minute), newLease("b", time.Minute)
	first, held, err := a.Hold(ctx)
	if err != nil || !held || !a.mine() || a.wonAt().IsZero() {
		t.Fatalf("the first: %v, %v", held, err)
	}
	if _, held, err := b.Hold(ctx); err != nil || held || b.mine() {
		t.Errorf("both hold it: %v", err)
	}
	asked := c.asked
	if again, held, err := a.Hold(ctx); err != nil || !held || again != first || c.asked != asked {
		t.Errorf("asked %d times, epoch %d, %v", c.asked-asked, again, err)
	}
	a.giveBack(ctx, time.Hour)
	if _, held, _ := a.Hold(ctx); held || a.mine() {
		t.Error("it was given back and is asked for again at once")
	}
	second, held, err := b.Hold(ctx)
	if err != nil || !held || second <= first {
		t.Errorf("the second: epoch %d after %d, %v, %v", second, first, held, err)
	}
	if len(changes) != 2 || !changes[0] || !changes[1] {
		t.Errorf("changes %v", changes)
	}
	// A lease with no time left is asked for anew, and a store that does not answer
	// leaves nobody with it.
	short := newLease("b", 0)
	if _, held, err := short.Hold(ctx); err != nil || !held || short.mine() {
		t.Errorf("%v, %v", held, err)
	}
	c.fail = context.DeadlineExceeded
	if _, held, err := short.Hold(ctx); err == nil || held {
		t.Errorf("%v, %v", held, err)
	}
	var none *lease
	if alone, err := none.alone(ctx); err != nil || !alone || !none.mine() {
		t.Error("without a lease a program is alone")
	}
}
