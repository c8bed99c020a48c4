package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// short is a deadline that a stalled step is to miss.
const short = 100 * time.Millisecond

// step is a place in a look at which a server can misbehave.
type step struct {
	name  string
	rule  misbehave.ProxyRule // without what to do
	limit func(d *inbound.Deadlines)
}

func steps() []step {
	client := func(pattern string) misbehave.ProxyRule {
		// Before the command passes: its answer could else be quicker than the fault.
		return misbehave.ProxyRule{Name: "step", From: misbehave.FromClient, Pattern: regexp.MustCompile(pattern), Before: true}
	}
	server := func(pattern string, after int64) misbehave.ProxyRule {
		return misbehave.ProxyRule{Name: "step", From: misbehave.FromServer, Pattern: regexp.MustCompile(pattern), Before: after < 0, After: max(after, 0)}
	}
	return []step{
		{"greeting", server(`^\* OK`, -1), func(d *inbound.Deadlines) { d.Dial = short }},
		{"login", client(`LOGIN`), func(d *inbound.Deadlines) { d.Login = short }},
		{"capability", server(`^\* CAPABILITY`, -1), func(d *inbound.Deadlines) { d.Login = short }},
		{"select", client(`SELECT`), func(d *inbound.Deadlines) { d.Select = short }},
		{"within select", server(`UIDVALIDITY`, 0), func(d *inbound.Deadlines) { d.Select = short }},
		{"list", client(`RFC822\.SIZE`), func(d *inbound.Deadlines) { d.List = short }},
		{"within list", server(`UID 2 RFC822\.SIZE`, 0), func(d *inbound.Deadlines) { d.List = short }},
		{"fetch", client(`BODY\.PEEK`), func(d *inbound.Deadlines) { d.Fetch = short }},
		{"within a body", server(`BODY\[\]`, 300), func(d *inbound.Deadlines) { d.Fetch = short }},
		{"store", client(`STORE`), func(d *inbound.Deadlines) { d.Change = short }},
	}
}

// Whatever the server does at whatever step, a look ends with an error or goes
// on with a new connection, nothing is lost or doubled, and as soon as the
// server is well again the rest arrives.
func TestMisbehaviour(t *testing.T) {
	type act struct {
		name string
		do   func(r *misbehave.ProxyRule)
		slow bool // only a deadline ends it
		few  bool // at some steps only: it differs little from another
	}
	rubbish := "* 1 FETCH (\x00\xff) }{ rubbish\r\n+ [\r\n)))\r\n"
	for _, a := range []act{
		{"stall", func(r *misbehave.ProxyRule) { r.Do = misbehave.Stall }, true, false},
		{"half open", func(r *misbehave.ProxyRule) { r.Do = misbehave.HalfOpen }, true, true},
		{"drop", func(r *misbehave.ProxyRule) { r.Do = misbehave.Drop }, false, false},
		{"reset", func(r *misbehave.ProxyRule) { r.Do = misbehave.Reset }, false, true},
		{"rubbish", func(r *misbehave.ProxyRule) {
			r.Do, r.Bytes = misbehave.Inject, []byte(rubbish)
			if r.From == misbehave.FromClient { // spoil the answer, not the command
				r.From, r.Pattern, r.Before = misbehave.FromServer, regexp.MustCompile(`^T\d+ OK|^\* \d+ FETCH`), true
			}
		}, false, false},
	} {
		t.Run(a.name, func(t *testing.T) {
			for i, s := range steps() {
				if a.few && i%3 != 0 {
					continue
				}
				t.Run(s.name, func(t *testing.T) {
					t.Parallel()
					post := newPost(t)
					post.deliver(letters(1, 5)...)
					w := newWorld(t)
					p := w.poller(post.proxy.Addr(), flagging, func(_ *inbound.Account, d *inbound.Deps) {
						if a.slow {
							s.limit(&d.Deadlines)
						}
					})
					rule := s.rule
					a.do(&rule)
					post.proxy.SetRules(rule)
					_, err := p.Once(w.ctx)
					if w.ctx.Err() != nil {
						t.Fatalf("the look did not end: %v", err)
					}
					if err == nil {
						t.Fatal("a look through a server that always misbehaves succeeded")
					}
					if post.proxy.Count("step") == 0 {
						t.Fatal("the step was never reached")
					}
					if kind := fault.KindOf(err); kind != fault.Temporary {
						t.Errorf("kind %s: %v", kind, err)
					}
					post.proxy.SetRules()
					w.recovers(p)
					w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 5})
					if n := w.messages(); n != 5 {
						t.Errorf("%d messages, want 5", n)
					}
					for _, m := range post.Messages(team, "INBOX") {
						if len(m.Flags) != 1 {
							t.Errorf("mail %d has the flags %v", m.UID, m.Flags)
						}
					}
				})
			}
		})
	}
}

// recovers looks until a look goes through: a deadline that is short for a
// stalled step may be missed once more by a machine under load.
func (w *world) recovers(p *inbound.Poller) {
	w.t.Helper()
	for {
		_, err := p.Once(w.ctx)
		if err == nil {
			return
		}
		if w.ctx.Err() != nil {
			w.t.Fatalf("no look went through again: %v", err)
		}
	}
}

// A connection that breaks within a mail costs nothing: the same look reads the
// rest over a new one, and whole mails are not fetched twice.
func TestDropWithinBody(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 6)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	post.proxy.SetRules(
		misbehave.ProxyRule{From: misbehave.FromServer, Pattern: regexp.MustCompile(`UID 3 .*BODY\[\]`), Nth: 1, After: 400, Do: misbehave.Drop},
		misbehave.ProxyRule{Name: "first", From: misbehave.FromServer, Pattern: regexp.MustCompile(`UID 1 .*BODY\[\]`)},
	)
	w.once(p, 6)
	if n := post.proxy.Count("first"); n != 1 {
		t.Errorf("the first mail was fetched %d times", n)
	}
}

// The mail server is killed within a fetch, and started again.
func TestDovecotKilled(t *testing.T) {
	leaks(t)
	dovecot := mailtest.Dovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 30))
	w := newWorld(t)
	f, with := w.flaky()
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), with,
		func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 5 })
	var once sync.Once
	f.set(func(f *flaky) {
		f.intake = func([]tickets.Received) error { once.Do(func() { dovecot.Kill(t) }); return nil }
	})
	w.fails(p)
	w.fails(p) // nobody listens
	dovecot.Restart(t)
	w.recovers(p)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 30})
	if n := w.messages(); n != 30 {
		t.Errorf("%d messages", n)
	}
}

// The mail server is frozen: the look ends, and the next ones go on when it
// thaws.
func TestDovecotStopped(t *testing.T) {
	leaks(t)
	dovecot := mailtest.Dovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 4))
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), func(_ *inbound.Account, d *inbound.Deps) { d.Deadlines.Select = short })
	w.recovers(p)
	dovecot.SeedMaildir(t, user, "INBOX", letters(2, 4))
	dovecot.Stop(t)
	err := w.fails(p)
	if !fault.Is(err, fault.Temporary) {
		t.Errorf("error %v", err)
	}
	dovecot.Cont(t)
	w.recovers(p)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 8})
}

// Mail that somebody deletes between the list and the fetch has a line in the
// ledger, and the rest arrives. So does mail that was listed by a look that
// failed.
func TestExpungeBeforeFetch(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 5)...)
	w := newWorld(t)
	f, with := w.flaky()
	p := w.poller(post.proxy.Addr(), with)
	var once sync.Once
	post.proxy.SetRules(misbehave.ProxyRule{Name: "body", From: misbehave.FromClient, Pattern: regexp.MustCompile(`BODY\.PEEK`)})
	post.proxy.OnMatch(func(misbehave.Match) { once.Do(func() { post.expunge(2, 5) }) })
	f.set(func(f *flaky) {
		f.intake = func([]tickets.Received) error { return fault.New(fault.Temporary, "Busy.") }
	})
	w.fails(p)
	post.expunge(4)
	f.set(func(f *flaky) { f.intake = nil })
	w.once(p, 2)
	var got []string
	for _, e := range w.ledger() {
		got = append(got, fmt.Sprint(e.UID, e.Fate))
		if e.Fate == tickets.FateQuarantined && (e.RawID != 0 || e.Reason != "It was deleted or moved in the mailbox before hearback could read it.") {
			t.Errorf("%+v", e)
		}
	}
	if want := "[1message 2quarantined 3message 4quarantined 5quarantined]"; fmt.Sprint(got) != want {
		t.Errorf("ledger %v, want %s", got, want)
	}
	w.once(p, 0)
}

// expunge removes mails as another mail program does.
func (p *post) expunge(uids ...imap.UID) {
	p.t.Helper()
	c, err := imapclient.DialInsecure(p.addr, nil)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	err = errors.Join(c.Login(team, mailtest.Password).Wait(), func() error { _, err := c.Select("INBOX", nil).Wait(); return err }(),
		c.Store(imap.UIDSetNum(uids...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(),
		c.Expunge().Close())
	if err != nil {
		p.t.Error(err)
	}
}

// What a server may say in between costs no mail: imapclient takes a change of
// flags for the answer to FETCH, and drops the body that follows.
func TestUnsolicited(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 4)...)
	w := newWorld(t)
	inject := func(pattern, bytes string) misbehave.ProxyRule {
		return misbehave.ProxyRule{Name: "said", From: misbehave.FromServer, Pattern: regexp.MustCompile(pattern), Nth: 1, Before: true, Do: misbehave.Inject, Bytes: []byte(bytes)}
	}
	post.proxy.SetRules(
		inject(`UID 1 RFC822`, "* 4 EXISTS\r\n* 0 RECENT\r\n* 3 FETCH (FLAGS (\\Seen) UID 3)\r\n"),
		inject(`UID 2 .*BODY\[\]`, "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n* 4 FETCH (FLAGS (\\Seen) UID 4)\r\n"),
		inject(`UID 3 .*BODY\[\]`, "* 3 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n* 4 EXISTS\r\n"),
	)
	w.once(w.poller(post.proxy.Addr()), 4)
	if n := post.proxy.Count("said"); n < 3 {
		t.Errorf("only %d lines were said", n)
	}
}

// Answers in another order are stored in the order of UIDs: a reply that comes in
// the same second as what it answers must not be seen before it.
func TestAnswersOutOfOrder(t *testing.T) {
	leaks(t)
	raws := letters(1, 3)
	w := newWorld(t)
	server := newScripted(t, func() script {
		return append(ordinary(3, 5, 10),
			struct {
				pattern string
				answer  func(int) string
			}{`RFC822\.SIZE`, says(size(3, 9, len(raws[2])) + size(1, 2, len(raws[0])) + size(2, 4, len(raws[1])))},
			struct {
				pattern string
				answer  func(int) string
			}{`BODY\.PEEK`, says(body(2, 4, raws[1]) + body(3, 9, raws[2]) + body(1, 2, raws[0]))})
	})
	w.once(w.poller(server.addr()), 3)
	var uids []uint32
	for _, e := range w.ledger() {
		uids = append(uids, e.UID)
	}
	if fmt.Sprint(uids) != "[2 4 9]" {
		t.Errorf("stored in the order %v", uids)
	}
}

// The end of the program within a body ends the look at once.
func TestStopWithinBody(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 5)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	post.proxy.SetRules(misbehave.ProxyRule{From: misbehave.FromServer, Pattern: regexp.MustCompile(`UID 3 .*BODY\[\]`), Nth: 1, After: 300, Do: misbehave.Stall})
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { _, err := p.Once(ctx); ended <- err }()
	w.must(post.proxy.WaitFault(w.ctx, 1))
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	case <-w.ctx.Done():
		t.Fatal("the look goes on")
	}
	if st := p.Status(); st.Failures != 0 || st.Problem != "" {
		t.Errorf("being stopped counts as a failure: %+v", st)
	}
	post.proxy.SetRules()
	w.recovers(p)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 5})
}
