package inbound_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// holder is a program that takes the lease of a folder when it can have it.
type holder struct {
	db   *store.DB
	name string
	ttl  time.Duration

	mu    sync.Mutex
	epoch int64
	every int // gives it back at every so many questions; 0: never
	asked int
}

func (h *holder) lease(ctx context.Context) (int64, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asked++; h.every > 0 && h.asked%h.every == 0 && h.epoch > 0 {
		// As when it ran out: who asks next has it.
		return 0, false, h.db.ReleaseLease(ctx, "mail sen INBOX", h.name, h.epoch)
	}
	epoch, held, err := h.db.AcquireLease(ctx, "mail sen INBOX", h.name, h.ttl)
	if held {
		h.epoch = epoch
	}
	return epoch, held, err
}

func (h *holder) release(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.db.ReleaseLease(ctx, "mail sen INBOX", h.name, h.epoch)
}

func leased(h *holder) change {
	return func(_ *inbound.Account, d *inbound.Deps) { d.Lease = h.lease }
}

// onEach runs a test in a world on each engine.
func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, worldOn(t, db, mailtest.Families(1, 20))) })
}

// While another program holds the lease a look does nothing, holds no connection,
// and is no failure; when that program is gone the next look reads on.
func TestLeaseHeldElsewhere(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		post := newPost(t)
		raws := letters(1, 5)
		post.deliver(raws[:3]...)
		a, b := &holder{db: w.db, name: "a", ttl: time.Hour}, &holder{db: w.db, name: "b", ttl: time.Hour}
		p, q := w.poller(post.addr, leased(a)), w.poller(post.addr, leased(b))
		w.once(p, 3)
		n, err := q.Once(w.ctx)
		if st := q.Status(); n != 0 || err != nil || !st.Skipped || st.Problem != "" || st.Failures != 0 || !st.LastGood.IsZero() || st.LastTried.IsZero() {
			t.Fatalf("%d, %v, %+v", n, err, st)
		}
		if open, _ := post.Connections(); open != 1 {
			t.Errorf("%d connections", open)
		}
		post.deliver(raws[3:]...)
		w.must(a.release(w.ctx))
		w.once(q, 2)
		if st := q.Status(); st.Skipped {
			t.Errorf("%+v", st)
		}
		// The first program finds out at its next look, and lets go of the server.
		n, err = p.Once(w.ctx)
		if st := p.Status(); n != 0 || err != nil || !st.Skipped {
			t.Errorf("%d, %v, %+v", n, err, st)
		}
		if open, _ := post.Connections(); open != 1 {
			t.Errorf("%d connections", open)
		}
		w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 5})
	})
}

// A program loses the lease while it stores a batch: it stores that one, and no
// other; its cursor, written under the old epoch, is refused. The program that
// follows reads all the rest, and nothing doubles.
func TestLeaseLostWithinABatch(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		post := newPost(t)
		post.deliver(letters(1, 20)...)
		a, b := &holder{db: w.db, name: "a", ttl: time.Hour}, &holder{db: w.db, name: "b", ttl: time.Hour}
		f, with := w.flaky()
		batch := func(n int) change { return func(acct *inbound.Account, _ *inbound.Deps) { acct.Batch = n } }
		p, q := w.poller(post.addr, with, leased(a), batch(4)), w.poller(post.addr, leased(b), batch(3))
		batches := 0
		f.set(func(f *flaky) {
			f.intake = func([]tickets.Received) error {
				if batches++; batches == 2 {
					w.must(a.release(w.ctx))
					if n, err := q.Once(w.ctx); err != nil || n == 0 {
						t.Errorf("the other program stored %d, %v", n, err)
					}
				}
				return nil
			}
		})
		n, err := p.Once(w.ctx)
		if st := p.Status(); err != nil || !st.Skipped || batches != 2 {
			t.Errorf("%d stored in %d batches, %v, %+v", n, batches, err, st)
		}
		w.once(q, 0)
		w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 20})
		if n := w.messages(); n != 20 {
			t.Errorf("%d messages", n)
		}
		if c, err := w.db.Cursor(w.ctx, w.box.ID, "INBOX"); err != nil || c.UID != 20 {
			t.Errorf("cursor %+v, %v", c, err)
		}
	})
}

// The lease is lost and had again between two batches: what this look knows may
// be out of date, and a fresh one follows at once.
func TestLeaseHadAgain(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 6)...)
	w := newWorld(t)
	epoch := int64(1)
	p := w.poller(post.addr, func(a *inbound.Account, d *inbound.Deps) {
		a.Batch = 2
		asked := 0
		d.Lease = func(context.Context) (int64, bool, error) {
			if asked++; asked == 3 {
				epoch++
			}
			return epoch, true, nil
		}
	})
	n, err := p.Once(w.ctx)
	w.must(err)
	if n != 2 {
		t.Errorf("%d stored under an epoch that ended", n)
	}
	w.returns(waiting(w.ctx, p))
	w.once(p, 4)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 6})
}

// A database that cannot say who holds the lease is a failure, and nothing is read.
func TestLeaseUnknown(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 1)...)
	w := newWorld(t)
	p := w.poller(post.addr, func(_ *inbound.Account, d *inbound.Deps) {
		d.Lease = func(context.Context) (int64, bool, error) { return 0, false, errInjected }
	})
	if err := w.fails(p); err != errInjected { //nolint:errorlint // as it is
		t.Errorf("error %v", err)
	}
	w.wantFates(map[tickets.Fate]int{})
}

// Two programs read one mailbox, each losing the lease to the other again and
// again while mail comes: every mail is one message and has one line.
func TestTwoProgramsTakeTurns(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		post := newPost(t)
		raws := letters(1, 24)
		var all sync.WaitGroup
		stored := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(w.ctx)
		for i := range 2 {
			h := &holder{db: w.db, name: fmt.Sprint(i), ttl: time.Hour, every: 4 + i}
			p := w.poller(post.addr, leased(h), func(a *inbound.Account, d *inbound.Deps) {
				a.Batch, a.Poll = 2+i, time.Millisecond
				d.Stored = func() {
					select {
					case stored <- struct{}{}:
					default:
					}
				}
			})
			all.Go(func() {
				for ctx.Err() == nil {
					if _, err := p.Once(ctx); err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
					p.Wait(ctx)
				}
			})
		}
		for part := range slices.Chunk(raws, 8) {
			post.deliver(part...)
		}
		for w.messages() < 24 {
			select {
			case <-stored:
			case <-w.ctx.Done():
				t.Fatalf("%d messages", w.messages())
			}
		}
		cancel()
		all.Wait()
		w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 24})
		if n := w.messages(); n != 24 {
			t.Errorf("%d messages", n)
		}
	})
}
