package inbound_test

import (
	"bytes"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// poisoned spoils the answer with the body of some mails, every time.
func poisoned(do misbehave.Fault, uids string) misbehave.ProxyRule {
	return misbehave.ProxyRule{
		Name: "poison", From: misbehave.FromServer, Pattern: regexp.MustCompile(`UID (` + uids + `) .*BODY\[\]`), Before: true,
		Do: do, Bytes: []byte("* 1 FETCH (UID 1 NONSENSE {3}\r\n"),
	}
}

// One mail whose answer breaks the connection, first in the inbox, is quarantined
// after three tries of its own, and all others arrive in the same look.
func TestPoisonFirst(t *testing.T) {
	for name, do := range map[string]misbehave.Fault{
		"rubbish": misbehave.Inject, "drop": misbehave.Drop, "reset": misbehave.Reset, "stall": misbehave.Stall, "half open": misbehave.HalfOpen,
	} {
		// In a batch of its own another mail of the list proves that it is the mail.
		for batch, size := range map[string]int{"with others": 100, "alone in its batch": 1} {
			t.Run(name+" "+batch, func(t *testing.T) {
				t.Parallel()
				post := newPost(t)
				post.deliver(letters(1, 6)...)
				w := newWorld(t)
				p := w.poller(post.proxy.Addr(), func(a *inbound.Account, d *inbound.Deps) {
					a.Batch = size
					if do == misbehave.Stall || do == misbehave.HalfOpen {
						d.Deadlines.Fetch = 2 * short
					}
				})
				post.proxy.SetRules(poisoned(do, "1"))
				w.recovers(p)
				w.wantFates(map[tickets.Fate]int{tickets.FateQuarantined: 1, tickets.FateMessage: 5})
				if e := w.entry(1); e.Fate != tickets.FateQuarantined || e.RawID != 0 || !strings.Contains(e.Reason, "cannot be read") {
					t.Errorf("the poisoned mail: %+v", e)
				}
				if n := post.proxy.Count("poison"); n < 4 { // with the others, and three times
					t.Errorf("it was tried %d times", n)
				}
				w.once(p, 0)
			})
		}
	}
}

func (w *world) entry(uid uint32) tickets.LedgerEntry {
	w.t.Helper()
	for _, e := range w.ledger() {
		if e.UID == uid {
			return e
		}
	}
	w.t.Fatalf("no line for UID %d", uid)
	return tickets.LedgerEntry{}
}

// Nothing else is in the inbox that could show whether it is the mail or the
// server: it is given up in the third look.
func TestPoisonAlone(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 1)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	post.proxy.SetRules(poisoned(misbehave.Inject, "1"))
	w.fails(p)
	w.fails(p)
	w.wantFates(map[tickets.Fate]int{})
	w.once(p, 0)
	w.wantFates(map[tickets.Fate]int{tickets.FateQuarantined: 1})
}

// A server that lets no mail be read, though one can sign in: nothing is
// quarantined however often we look, and everything arrives when it is mended.
func TestNothingReadable(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 5)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	post.proxy.SetRules(poisoned(misbehave.Drop, `\d+`))
	for range 8 {
		if err := w.fails(p); !fault.Is(err, fault.Temporary) {
			t.Fatalf("error %v", err)
		}
	}
	w.wantFates(map[tickets.Fate]int{})
	post.proxy.SetRules()
	w.once(p, 5)
}

// A date that the client cannot read costs the date, not the mail.
func TestPoisonDate(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 3)...)
	w := newWorld(t)
	rule := poisoned(misbehave.Inject, "1")
	rule.Pattern = regexp.MustCompile(`UID 1 INTERNALDATE`)
	post.proxy.SetRules(rule)
	w.once(w.poller(post.proxy.Addr()), 3)
}

// A literal that is longer than announced: what came is kept, for a person.
func TestWrongLiteralSize(t *testing.T) {
	leaks(t)
	raws := letters(1, 2)
	w := newWorld(t)
	wrong := body(1, 1, raws[0][:len(raws[0])-40])
	wrong = wrong[:len(wrong)-3] + string(raws[0][len(raws[0])-40:]) + ")\r\n"
	server := newScripted(t, func() script {
		s := ordinary(2, 5, 3)
		s = append(s, s[0], s[0], s[0])
		s[3].pattern, s[3].answer = `RFC822\.SIZE`, says(size(1, 1, len(raws[0]))+size(2, 2, len(raws[1])))
		s[4].pattern, s[4].answer = `FETCH 2 .*BODY\.PEEK`, says(body(2, 2, raws[1]))
		s[5].pattern, s[5].answer = `BODY\.PEEK`, says(wrong)
		return s
	})
	w.once(w.poller(server.addr()), 1)
	e := w.entry(1)
	if e.Fate != tickets.FateQuarantined || e.RawID == 0 || !strings.Contains(e.Reason, "may not be whole") {
		t.Fatalf("%+v", e)
	}
	kept, err := w.db.Raw(w.ctx, e.RawID)
	if err != nil || !bytes.HasPrefix(raws[0], kept) || len(kept) < len(raws[0])/2 {
		t.Errorf("kept %d bytes of %d, %v", len(kept), len(raws[0]), err)
	}
}

// Answers without a body, or without a mail that is there, are tried again and
// then said; a mail larger than the list said is not read.
func TestNoBody(t *testing.T) {
	leaks(t)
	raws := letters(1, 2)
	w := newWorld(t)
	server := newScripted(t, func() script {
		s := ordinary(4, 5, 5)
		s = append(s, s[0], s[0], s[0], s[0])
		s[3].pattern, s[3].answer = `RFC822\.SIZE`, says(size(1, 1, 100)+size(2, 2, 100)+size(3, 3, 100)+size(4, 4, 100))
		s[4].pattern, s[4].answer = `FETCH [12] `, says("* 1 FETCH (UID 1 BODY[] NIL)\r\nTAG NO [SERVERBUG] no such body\r\n")
		s[5].pattern, s[5].answer = `BODY\.PEEK`, says("* 1 FETCH (UID 1 BODY[] NIL)\r\n"+body(3, 3, raws[0])+body(4, 4, bytes.Repeat([]byte("x"), 1<<20+1)))
		s[6].pattern, s[6].answer = `SEARCH.* [12]`, says("* SEARCH 1 2\r\n")
		return s
	})
	w.once(w.poller(server.addr(), func(a *inbound.Account, _ *inbound.Deps) { a.MaxBytes = 1 << 20 }), 1)
	for uid, want := range map[uint32]string{1: "cannot be read", 2: "cannot be read", 4: "larger than the limit"} {
		if e := w.entry(uid); e.Fate != tickets.FateQuarantined || !strings.Contains(e.Reason, want) {
			t.Errorf("mail %d: %+v", uid, e)
		}
	}
	if n := server.count("LOGIN"); n != 1 {
		t.Errorf("%d sign-ins for answers that left the connection whole", n)
	}
}

// The server goes away while a mail in the middle of a batch is open: what came
// is stored, and the cursor waits in front of what did not.
func TestCursorWaitsForTheMiddle(t *testing.T) {
	leaks(t)
	raws := letters(1, 3)
	w := newWorld(t)
	var well atomic.Bool
	server := newScripted(t, func() script {
		s := ordinary(3, 5, 4)
		s = append(s, s[0], s[0], s[0])
		s[1].answer = func(n int) string {
			if n > 1 && !well.Load() {
				return "TAG NO [UNAVAILABLE] later\r\n"
			}
			return ""
		}
		s[3].pattern, s[3].answer = `RFC822\.SIZE`, says(size(1, 1, len(raws[0]))+size(2, 2, len(raws[1]))+size(3, 3, len(raws[2])))
		s[4].pattern, s[4].answer = `FETCH 1:3 .*BODY\.PEEK`, says(body(1, 1, raws[0])+body(3, 3, raws[2]))
		s[5].pattern, s[5].answer = `FETCH 2 .*BODY\.PEEK`, func(int) string {
			if well.Load() {
				return body(2, 2, raws[1])
			}
			return "DROP"
		}
		return s
	})
	p := w.poller(server.addr())
	if err := w.fails(p); !fault.Is(err, fault.Temporary) {
		t.Errorf("error %v", err)
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 2})
	if c, err := w.db.Cursor(w.ctx, w.box.ID, "INBOX"); err != nil || c.UID != 1 {
		t.Errorf("cursor %+v, %v; want it behind the first mail", c, err)
	}
	well.Store(true)
	w.once(p, 1)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 3})
}

// The server's numbers go back without a new UIDVALIDITY: new mail below the
// cursor is read; when a number comes twice, intake stops and says so.
func TestUIDsGoBack(t *testing.T) {
	leaks(t)
	raws := letters(1, 3)
	w := newWorld(t)
	type state struct {
		exists, next, uid int
		raw               []byte
		date              string
	}
	var is atomic.Pointer[state]
	set := func(s state) { is.Store(&s) }
	set(state{1, 8, 7, raws[0], "01-Sep-2026"})
	server := newScripted(t, func() script {
		now := is.Load()
		s := ordinary(now.exists, 5, now.next)
		s = append(s, s[0], s[0], s[0])
		s[3].pattern, s[3].answer = `RFC822\.SIZE`, says(size(1, now.uid, len(now.raw)))
		s[4].pattern, s[4].answer = `BODY\.PEEK`, says(strings.Replace(body(1, now.uid, now.raw), "01-Sep-2026", now.date, 1))
		s[5].pattern, s[5].answer = `INTERNALDATE\)`, says(strings.NewReplacer("BODY[] {0}\r\n", "FLAGS ()", "01-Sep-2026", now.date).Replace(body(1, now.uid, nil)))
		return s
	})
	p := w.poller(server.addr())
	w.once(p, 1)
	set(state{0, 4, 0, nil, ""}) // an older state of the server, without the mail
	w.once(p, 0)
	set(state{1, 5, 4, raws[1], "02-Sep-2026"})
	w.once(p, 1)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 2})
	set(state{1, 8, 7, raws[2], "03-Sep-2026"})
	for range 2 {
		if err := w.fails(p); !strings.Contains(fault.SafeText(err), "UIDVALIDITY") {
			t.Fatalf("error %v", err)
		}
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 2})
}
