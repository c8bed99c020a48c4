package inbound_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// The program is down for 30 days, in which mail comes every day, people tidy up,
// and the numbering of another folder begins anew: nothing that is still there is
// lost, nothing doubles, and every mail keeps the time at which it came.
func TestThirtyDaysDown(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	start := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	raws := letters(4, 100)
	mails := make([]mailtest.Mail, len(raws))
	for i, raw := range raws {
		mails[i].Raw = raw
		mails[i].Received = start.AddDate(0, 0, i*30/len(raws)).Add(time.Duration(i) * time.Minute)
	}
	dovecot.Seed(t, user, "INBOX", mails[:10])
	w := newWorld(t)
	before := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	w.once(before, 10)
	before.Close()
	dovecot.Seed(t, user, "INBOX", mails[10:])
	c := dovecot.Client(t, user)
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(imap.UIDSetNum(3, 50), "Trash").Wait(); err != nil { // one was read, one was not
		t.Fatal(err)
	}
	after := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 17 })
	w.once(after, 89)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 99})
	for _, e := range w.ledger() {
		if want := mails[e.UID-1].Received; !e.ReceivedAt.Equal(want) {
			t.Errorf("UID %d received at %v, want %v", e.UID, e.ReceivedAt, want)
		}
		if gone := e.GoneAt != nil; gone != (e.UID == 3) {
			t.Errorf("UID %d gone: %v", e.UID, gone)
		}
	}
	if st := after.Status(); !st.LastNew.Equal(mails[99].Received) {
		t.Errorf("the newest mail came at %v, want %v", st.LastNew, mails[99].Received)
	}
}

// Somebody sorts the inbox while it is read: mail that is moved or deleted before
// its turn has a line that says so, all other mail arrives, and what is moved
// back arrives too.
func TestSortedWhileRead(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 30))
	w := newWorld(t)
	f, with := w.flaky()
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), with, func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 5 })
	c := dovecot.Client(t, user)
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	f.set(func(f *flaky) {
		f.intake = func([]tickets.Received) error {
			once.Do(func() {
				// The first batch is in hand, the second on its way; these are behind both.
				if _, err := c.Move(imap.UIDSetNum(17, 18, 30), "Trash").Wait(); err != nil {
					t.Error(err)
				}
				if err := c.Store(imap.UIDSetNum(22, 2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
					t.Error(err)
				}
				if err := c.Expunge().Close(); err != nil {
					t.Error(err)
				}
			})
			return nil
		}
	})
	w.once(p, 26)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 26, tickets.FateQuarantined: 4})
	if _, err := c.Select("Trash", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(imap.UIDSetNum(1), "INBOX").Wait(); err != nil {
		t.Fatal(err)
	}
	w.once(p, 1)
	w.once(p, 0)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 27, tickets.FateQuarantined: 4})
	if got := w.gone(); len(got) != 5 { // 2, and the four that were never read
		t.Errorf("gone %v", got)
	}
}

// LastNew is known after a start although nothing new comes.
func TestLastNew(t *testing.T) {
	leaks(t)
	post := newPost(t)
	w := newWorld(t)
	p := w.poller(post.addr)
	w.once(p, 0)
	if !p.Status().LastNew.IsZero() {
		t.Errorf("an empty mailbox: %+v", p.Status())
	}
	at := time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)
	raws := letters(1, 3)
	for i, raw := range raws {
		if _, err := post.Deliver(w.ctx, team, raw, at.Add(-time.Duration(i)*time.Hour), ""); err != nil {
			t.Fatal(err)
		}
	}
	w.once(p, 3)
	if st := p.Status(); !st.LastNew.Equal(at) {
		t.Errorf("the newest of three: %+v", st)
	}
	again := w.poller(post.addr)
	w.once(again, 0)
	if st := again.Status(); !st.LastNew.Equal(at.Add(-2 * time.Hour)) {
		t.Errorf("after a start, the mail at the cursor: %+v", st)
	}
}

// Large mails of several mailboxes are read one after the other: their bytes are
// never in memory side by side.
func TestLargeMailsShareRoom(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	room := inbound.NewRoom(3 << 20)
	var mu sync.Mutex
	var inside, most int64
	var all sync.WaitGroup
	for i, user := range []string{team, "transport@westmarsh.example", "tribunals@westmarsh.example"} {
		post := newPost(t)
		for range 3 {
			if _, err := post.Deliver(w.ctx, user, withAttachment((1+i)<<20), time.Time{}, ""); err != nil {
				t.Fatal(err)
			}
		}
		box := w.box
		if i > 0 {
			box = w.mailbox(user[:4], user)
		}
		p := w.poller(post.addr, func(a *inbound.Account, d *inbound.Deps) {
			a.Mailbox, a.Username, a.Batch, d.Room = box, user, 1, room
			d.Store = preparing{Store: d.Store, with: func(n int64) func() {
				mu.Lock()
				defer mu.Unlock()
				inside += n
				most = max(most, inside)
				return func() { mu.Lock(); defer mu.Unlock(); inside -= n }
			}}
		})
		all.Go(func() {
			if _, err := p.Once(w.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if largest := int64(len(withAttachment(3 << 20))); most > largest {
		t.Errorf("%d bytes at one time; the largest mail alone has %d", most, largest)
	}
	if len(w.ledger()) != 9 {
		t.Errorf("%d lines", len(w.ledger()))
	}
}

// preparing is a store that tells how long it has a mail's bytes in hand.
type preparing struct {
	inbound.Store
	with func(bytes int64) (done func())
}

func (s preparing) PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error) {
	defer s.with(int64(len(raw)))()
	return s.Store.PrepareRaw(ctx, raw)
}
