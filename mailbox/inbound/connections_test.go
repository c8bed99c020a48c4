package inbound_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/tickets"
)

// capped shares a cap; the poll interval passes at once, so that every idling
// inbox gives way.
func capped(l *inbound.Connections) change {
	return func(a *inbound.Account, _ *inbound.Deps) { a.Limit, a.Poll = l, time.Millisecond }
}

// reading is a poller in a loop as the program runs it, until stop.
func (w *world) reading(ctx context.Context, all *sync.WaitGroup, p *inbound.Poller) {
	all.Go(func() {
		defer p.Close()
		for ctx.Err() == nil {
			if _, err := p.Once(ctx); err != nil && ctx.Err() == nil {
				w.t.Errorf("%s: %v", p.Status().Folder, err)
				return
			}
			p.Wait(ctx)
		}
	})
}

// Whatever the cap, there are never more connections than it says, every folder
// of every mailbox is read, and new mail in each is found: no idling inbox keeps
// another folder out.
func TestConnectionsCapped(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			leaks(t)
			post := newPost(t)
			w := newWorld(t)
			limit := inbound.NewConnections(n)
			type place struct{ user, folder string }
			var mu sync.Mutex
			changed := make(chan struct{}, 1)
			came := map[place]int{}
			var all sync.WaitGroup
			ctx, cancel := context.WithCancel(w.ctx)
			defer func() { cancel(); all.Wait() }()
			users := []string{team, "transport@westmarsh.example", "tribunals@westmarsh.example"}
			var places []place
			for i, user := range users {
				box := w.box
				if i > 0 {
					box = w.mailbox(user[:4], user)
				}
				for name, kind := range map[string]tickets.FolderKind{"INBOX": tickets.FolderInbox, "Sent": tickets.FolderSent, "Junk": tickets.FolderJunk} {
					at := place{user, name}
					places = append(places, at)
					p := w.poller(post.addr, folder(name, kind), capped(limit), func(a *inbound.Account, d *inbound.Deps) {
						a.Mailbox, a.Username, a.After = box, user, inbound.Leave
						next := d.Intake
						d.Intake = intakeFunc(func(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error) {
							mu.Lock()
							came[at] += len(batch)
							mu.Unlock()
							select {
							case changed <- struct{}{}:
							default:
							}
							return next.Intake(ctx, batch, now)
						})
					})
					if kind != tickets.FolderInbox {
						w.looked(p) // begins at now
					}
					w.reading(ctx, &all, p)
				}
			}
			raws := letters(1, 18)
			for round := 1; round <= 2; round++ {
				for i, at := range places {
					if _, err := post.Deliver(w.ctx, at.user, raws[(round-1)*9+i], time.Now(), at.folder); err != nil {
						t.Fatal(err)
					}
				}
				for done := false; !done; {
					mu.Lock()
					done = len(came) == len(places)
					for _, have := range came {
						done = done && have >= round
					}
					mu.Unlock()
					if done {
						break
					}
					select {
					case <-changed:
					case <-w.ctx.Done():
						t.Fatalf("after round %d: %v", round, came)
					}
				}
			}
			cancel()
			all.Wait()
			if _, most := post.Connections(); most > n {
				t.Errorf("%d connections at one time, at most %d were allowed", most, n)
			}
		})
	}
}

type intakeFunc func(context.Context, []tickets.Received, time.Time) ([]tickets.IntakeResult, error)

func (f intakeFunc) Intake(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error) {
	return f(ctx, batch, now)
}

// An inbox that idles keeps its connection while its interval runs, and says what
// it waits for when it has none; the end of the program ends the queue.
func TestWaitingForAConnection(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.proxy.SetRules(idling(0))
	w := newWorld(t)
	limit := inbound.NewConnections(1)
	first := w.poller(post.proxy.Addr(), func(a *inbound.Account, _ *inbound.Deps) { a.Limit = limit })
	w.once(first, 0)
	returned := waiting(w.ctx, first)
	w.must(post.proxy.WaitCount(w.ctx, "idle", 1))
	second := w.poller(post.proxy.Addr(), folder("Sent", tickets.FolderSent), func(a *inbound.Account, _ *inbound.Deps) { a.Limit = limit })
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { _, err := second.Once(ctx); ended <- err }()
	for second.Status().Waiting.IsZero() && w.ctx.Err() == nil { //nolint:revive // it is set before it queues, and nothing tells us
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("there were two connections")
	}
	if st := second.Status(); !st.Waiting.IsZero() || st.Failures != 0 {
		t.Errorf("status %+v", st)
	}
	if _, most := post.Connections(); most != 1 {
		t.Errorf("%d connections", most)
	}
	post.deliver(letters(1, 1)...)
	w.returns(returned)
	w.once(first, 1) // it looks before it gives anything back
	first.Close()
	w.looked(second)
}

// A look at a full inbox lets others have its connection after some batches, and
// goes on behind them.
func TestFullInboxGivesWay(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 25)...)
	post.put("Sent", time.Now(), letters(2, 1)...)
	w := newWorld(t)
	limit := inbound.NewConnections(1)
	sent := w.poller(post.addr, folder("Sent", tickets.FolderSent), capped(limit))
	looked := make(chan error, 1)
	f, with := w.flaky()
	inbox := w.poller(post.addr, with, capped(limit), func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 1 })
	var once sync.Once
	f.set(func(f *flaky) {
		f.intake = func([]tickets.Received) error {
			once.Do(func() {
				go func() { _, err := sent.Once(w.ctx); looked <- err }()
				for sent.Status().Waiting.IsZero() && w.ctx.Err() == nil { //nolint:revive // as above
				}
			})
			return nil
		}
	})
	n, err := inbox.Once(w.ctx)
	w.must(err)
	if n >= 25 || n < 10 {
		t.Fatalf("%d mails were stored before it gave way", n)
	}
	w.returns(waiting(w.ctx, inbox)) // at once: there is more
	w.once(inbox, 25-n)
	w.must(<-looked)
}

// The server hangs for one mailbox at whatever step, also within the TLS handshake
// and within IDLE: another goes on, and reads what comes.
func TestHangingMailboxSlowsNoOther(t *testing.T) {
	hang := func(from misbehave.Side, pattern string) misbehave.ProxyRule {
		return misbehave.ProxyRule{Name: "hang", From: from, Pattern: regexp.MustCompile(pattern), Before: true, Do: misbehave.Stall}
	}
	for name, rule := range map[string]misbehave.ProxyRule{
		"greeting":   hang(misbehave.FromServer, `^\* OK`),
		"sign-in":    hang(misbehave.FromClient, `LOGIN`),
		"capability": hang(misbehave.FromClient, `CAPABILITY`),
		"select":     hang(misbehave.FromClient, `EXAMINE`),
		"list":       hang(misbehave.FromClient, `RFC822\.SIZE`),
		"fetch":      hang(misbehave.FromClient, `BODY\.PEEK`),
		"a body":     {Name: "hang", From: misbehave.FromServer, Pattern: regexp.MustCompile(`BODY\[\]`), After: 200, Do: misbehave.Stall},
		"IDLE":       hang(misbehave.FromServer, `^\+`),
		"DONE":       hang(misbehave.FromClient, `^DONE`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := newPost(t)
			post.deliver(letters(1, 1)...)
			post.proxy.SetRules(rule)
			w := newWorld(t)
			bad := w.poller(post.proxy.Addr(), func(a *inbound.Account, _ *inbound.Deps) {
				if name == "DONE" {
					a.Poll = time.Millisecond
				}
			})
			w.besideAHanging(bad, func() { w.must(post.proxy.WaitFault(w.ctx, 1)) })
		})
	}
	t.Run("TLS handshake", func(t *testing.T) {
		t.Parallel()
		silent := newSilent(t)
		w := newWorld(t)
		bad := w.poller(silent.addr(), func(a *inbound.Account, _ *inbound.Deps) { a.Security = inbound.TLS })
		w.besideAHanging(bad, silent.wait)
	})
}

// besideAHanging runs a mailbox that hangs, and one that does not.
func (w *world) besideAHanging(bad *inbound.Poller, hangs func()) {
	w.t.Helper()
	good := newPost(w.t)
	other := w.mailbox("other", "other@westmarsh.example")
	p := w.poller(good.addr, func(a *inbound.Account, _ *inbound.Deps) { a.Mailbox, a.Username = other, "other@westmarsh.example" })
	ctx, cancel := context.WithCancel(w.ctx)
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			if _, err := bad.Once(ctx); err == nil {
				bad.Wait(ctx)
			}
		}
	})
	hangs()
	for i, raw := range letters(9, 3) {
		if _, err := good.Deliver(w.ctx, "other@westmarsh.example", raw, time.Time{}, ""); err != nil {
			w.t.Fatal(err)
		}
		w.once(p, 1)
		if i == 0 && time.Since(p.Status().LastGood) > hangGuard {
			w.t.Error("LastGood does not move")
		}
	}
	cancel()
	all.Wait()
}

// silent accepts connections and says nothing.
type silent struct {
	*fake
	heard chan struct{}
}

func newSilent(t testing.TB) *silent {
	s := &silent{heard: make(chan struct{}, 1)}
	s.fake = newFake(t, func(_ int, _ net.Conn, r *bufio.Reader) {
		_, err := r.ReadByte() // the client's hello
		if err != nil {
			return
		}
		select {
		case s.heard <- struct{}{}:
		default:
		}
		_, _ = io.Copy(io.Discard, r) // until it hangs up
	})
	return s
}

func (s *silent) wait() { <-s.heard }
