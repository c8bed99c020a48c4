package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"hearback/tickets"
)

// Writers that share a commit keep what is theirs and nothing else: those that fail,
// panic or run out of time leave nothing behind and take nobody
// with them.
func TestWritersTogether(t *testing.T) {
	db := openLite(t)
	ctx := context.Background()
	const writers, rounds = 24, 10
	var wg sync.WaitGroup
	var mu sync.Mutex
	wrong := map[string]int{}
	for w := range writers {
		wg.Go(func() {
			for n := range rounds {
				var done sync.WaitGroup
				var err error
				panicked := false
				kind := (w + n) % 6
				done.Go(func() { // a goroutine of its own: one kind panics
					defer func() { panicked = recover() != nil }()
					err = errUnheard
					own, cancel := context.WithCancel(ctx)
					defer cancel()
					err = db.Write(own, func(tx tickets.Tx) error {
						if err := insertOne(own, tx, w*rounds+n, 1); err != nil {
							return err
						}
						switch kind {
						case 3:
							return errors.New("no")
						case 4:
							panic("no")
						case 5:
							cancel()
						}
						return nil
					})
				})
				done.Wait()
				kept := kind < 3
				if (err == nil) != kept && !(kind == 4 && panicked) {
					mu.Lock()
					wrong[fmt.Sprintf("kind %d: %v", kind, err)]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for w, n := range wrong {
		t.Errorf("%d times %s", n, w)
	}
	if n := db.scalar(t, "select count(*) from messages"); n != writers*rounds/2 {
		t.Errorf("%d messages, want %d", n, writers*rounds/2)
	}
	for w := range writers {
		for n := range rounds {
			if got := db.scalar(t, fmt.Sprintf("select count(*) from messages where message_id = 'm%d@x.example'", w*rounds+n)); (got == 1) != ((w+n)%6 < 3) {
				t.Errorf("writer %d, round %d: %d messages", w, n, got)
			}
		}
	}
}

// A writer that waits for its turn gives up with its context, and the others go on.
func TestWriterGivesUpWaiting(t *testing.T) {
	db := openLite(t)
	ctx := context.Background()
	inside, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.Write(ctx, func(tickets.Tx) error { close(inside); <-free; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-inside
	late, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Write(late, func(tickets.Tx) error { return nil }); err == nil {
		t.Error("a writer without time wrote")
	}
	close(free)
	wg.Wait()
	if err := db.Write(ctx, func(tx tickets.Tx) error { return insertOne(ctx, tx, 1, 1) }); err != nil {
		t.Error(err)
	}
}

var errUnheard = errors.New("nothing was heard of it")
