package inbound_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// After any run of mail, deletions, faults of the network, of the store and of the
// intake, restarts and resets of UIDVALIDITY, every UID that the server showed has
// exactly one line in the ledger, and every mail that was not deleted before it
// could be read is a message exactly once.
func TestLedgerInvariant(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newRun(t, seed).play(60)
		})
	}
}

type place struct{ validity, uid uint32 }

type run struct {
	*world
	rand  *rand.Rand
	post  *post
	store *flaky
	p     *inbound.Poller
	mails [][]byte
	alive map[uint32]bool // UIDs in the folder now
	lied  map[uint32]bool // UIDs of which the server spoke without need, there or not

	mu       sync.Mutex
	validity uint32
	shown    map[place]bool
}

var (
	sizeLine     = regexp.MustCompile(`^\* \d+ FETCH \(UID (\d+) RFC822\.SIZE`)
	validityLine = regexp.MustCompile(`UIDVALIDITY (\d+)`)
)

func newRun(t *testing.T, seed uint64) *run {
	r := &run{
		world: newWorld(t), rand: rand.New(rand.NewPCG(seed, 1)), post: newPost(t), alive: map[uint32]bool{}, lied: map[uint32]bool{}, shown: map[place]bool{},
		mails: letters(int64(seed), 200),
	}
	f, _ := r.flaky()
	r.store = f
	r.post.proxy.OnMatch(r.see)
	r.rules()
	r.restart()
	return r
}

// rules watches what the server shows, and spoils it.
func (r *run) rules(spoil ...misbehave.ProxyRule) {
	r.post.proxy.SetRules(append([]misbehave.ProxyRule{
		{Name: "shown", From: misbehave.FromServer, Pattern: sizeLine}, {Name: "validity", From: misbehave.FromServer, Pattern: validityLine},
	}, spoil...)...)
}

func (r *run) see(m misbehave.Match) {
	r.mu.Lock()
	defer r.mu.Unlock()
	number := func(re *regexp.Regexp) uint32 {
		n, _ := strconv.ParseUint(re.FindStringSubmatch(m.Line)[1], 10, 32)
		return uint32(n)
	}
	switch m.Rule {
	case "shown":
		r.shown[place{r.validity, number(sizeLine)}] = true
	case "validity":
		r.validity = number(validityLine)
	}
}

func (r *run) restart() {
	if r.p != nil {
		r.p.Close()
	}
	r.p = r.poller(r.post.proxy.Addr(), func(a *inbound.Account, d *inbound.Deps) {
		a.Batch = 1 + r.rand.IntN(6)
		d.Store, d.Intake = r.store, r.store
	})
}

func (r *run) deliver(n int) {
	for range min(n, len(r.mails)) {
		for _, uid := range r.post.deliver(r.mails[0]) {
			r.alive[uid] = true
		}
		r.mails = r.mails[1:]
	}
}

func (r *run) remove() {
	for uid := range r.alive {
		r.post.expunge(imap.UID(uid))
		delete(r.alive, uid)
		return
	}
}

// healthy looks until a look goes through, with nothing in its way.
func (r *run) healthy() {
	r.t.Helper()
	r.rules()
	r.store.set(func(f *flaky) { f.setCursor, f.prepare, f.intake = nil, nil, nil })
	r.recovers(r.p)
}

func (r *run) play(steps int) {
	r.t.Helper()
	temporary := fault.New(fault.Temporary, "Not now.")
	for range steps {
		switch n := r.rand.IntN(12); n {
		case 0, 1, 2:
			r.deliver(1 + r.rand.IntN(4))
		case 3:
			r.remove()
		case 4: // numbers mean nothing any more; what was shown under the old ones has been settled
			r.healthy()
			r.must(r.post.ResetUIDValidity(team, "INBOX"))
			clear(r.alive)
			for _, m := range r.post.Messages(team, "INBOX") {
				r.alive[m.UID] = true
			}
		case 5: // a program that is stopped forgets what it was shown and could not settle
			r.healthy()
			r.restart()
		case 6:
			r.rules(misbehave.ProxyRule{
				From: misbehave.FromServer, Pattern: regexp.MustCompile(`BODY\[\]`), Nth: 1 + r.rand.IntN(3), After: r.rand.Int64N(900), Do: misbehave.Drop,
			})
		case 7:
			uid := 1 + r.rand.IntN(20)
			r.lied[uint32(uid)] = true
			r.rules(misbehave.ProxyRule{
				From: misbehave.FromServer, Pattern: regexp.MustCompile(`FETCH`), Nth: 1 + r.rand.IntN(4), Before: true,
				Do: misbehave.Inject, Bytes: []byte("* 1 FETCH (FLAGS (\\Seen) UID " + strconv.Itoa(uid) + ")\r\n"),
			})
		case 8:
			r.store.set(func(f *flaky) { f.setCursor = temporary })
		case 9:
			r.store.set(func(f *flaky) { f.prepare = temporary })
		case 10:
			r.store.set(func(f *flaky) { f.intake = func([]tickets.Received) error { return temporary } })
		case 11:
			r.healthy()
		}
		if _, err := r.p.Once(r.ctx); err != nil && r.ctx.Err() != nil {
			r.t.Fatal(err)
		}
		if r.rand.IntN(3) > 0 {
			r.rules()
			r.store.set(func(f *flaky) { f.setCursor, f.prepare, f.intake = nil, nil, nil })
		}
	}
	r.healthy()
	r.check()
}

func (r *run) check() {
	r.t.Helper()
	lines := map[place]int{}
	fates := map[tickets.Fate]int{}
	for _, e := range r.ledger() {
		lines[place{e.UIDValidity, e.UID}]++
		fates[e.Fate]++
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.shown {
		if lines[at] != 1 {
			r.t.Errorf("UID %d under UIDVALIDITY %d was shown and has %d lines", at.uid, at.validity, lines[at])
		}
		delete(lines, at)
	}
	for at, n := range lines {
		if r.lied[at.uid] && n == 1 {
			continue
		}
		r.t.Errorf("UID %d under UIDVALIDITY %d was never shown and has %d lines", at.uid, at.validity, n)
	}
	if int64(fates[tickets.FateMessage]) != r.messages() {
		r.t.Errorf("fates %v, but %d messages", fates, r.messages())
	}
	for uid := range r.alive {
		e, err := r.db.LedgerAt(r.ctx, r.box.ID, "INBOX", r.validity, uid)
		if err != nil || e.Fate != tickets.FateMessage && e.Fate != tickets.FateDuplicate {
			r.t.Errorf("mail %d is in the inbox, and: %+v, %v", uid, e, err)
		}
	}
	r.t.Logf("%d places shown, fates %v", len(r.shown), fates)
}

// Two programs read one inbox at once, which a lease is to prevent: still every
// mail is one message and one line.
func TestTwoPollersAtOnce(t *testing.T) {
	leaks(t)
	post := newPost(t)
	w := newWorld(t)
	post.deliver(letters(3, 40)...)
	var both sync.WaitGroup
	for range 2 {
		p := w.poller(post.addr, func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 7 })
		both.Go(func() {
			if _, err := p.Once(w.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 40})
	if n := w.messages(); n != 40 {
		t.Errorf("%d messages", n)
	}
}

// What a look costs does not grow with the mailbox: only new mail is listed.
func TestPollCost(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 30)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	w.once(p, 30)
	post.proxy.SetRules(
		misbehave.ProxyRule{Name: "listed", From: misbehave.FromServer, Pattern: sizeLine},
		misbehave.ProxyRule{Name: "bodies", From: misbehave.FromClient, Pattern: regexp.MustCompile(`BODY\.PEEK`)},
		misbehave.ProxyRule{Name: "commands", From: misbehave.FromClient, Pattern: regexp.MustCompile(`^T\d+ `)},
	)
	w.once(p, 0)
	if l, b, c := post.proxy.Count("listed"), post.proxy.Count("bodies"), post.proxy.Count("commands"); l > 1 || b != 0 || c != 2 {
		t.Errorf("a look at nothing new lists %d mails, fetches %d times, with %d commands", l, b, c)
	}
}

// Mail that the server received long ago keeps its time.
func TestReceivedTime(t *testing.T) {
	leaks(t)
	post := newPost(t)
	at := time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC)
	if _, err := post.Deliver(t.Context(), team, letters(1, 1)[0], at, ""); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.once(w.poller(post.addr), 1)
	if e := w.entry(1); !e.ReceivedAt.Equal(at) {
		t.Errorf("received at %v, want %v", e.ReceivedAt, at)
	}
}
