package inbound_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// An inbox of generated mail comes in over TLS from a real server, every mail
// with one fate, and a second look changes nothing.
func TestOnceAddsUp(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	opts := mailtest.Lifelike()
	opts.Mailbox, opts.Families, opts.AttachmentMax = team, mailtest.Families(1, 20), 90_000
	mails := mailtest.GenerateAll(7, 300, opts)
	dovecot.Seed(t, user, "INBOX", mails)
	duplicates := 0
	for _, m := range mails {
		if m.Duplicate {
			duplicates++
		}
	}
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	w.once(p, len(mails)-duplicates)
	w.once(p, 0)
	ledger := w.ledger()
	if len(ledger) != len(mails) {
		t.Fatalf("%d lines in the ledger for %d mails", len(ledger), len(mails))
	}
	for i, e := range ledger {
		if e.UID != uint32(i+1) || e.Folder != "INBOX" || !e.ReceivedAt.Equal(mails[i].Received) {
			t.Fatalf("line %d: %+v, received %v", i, e, mails[i].Received)
		}
	}
	if f := w.fates(); f[tickets.FateDuplicate] != duplicates || f[tickets.FateQuarantined] != 0 {
		t.Errorf("fates %v, want %d duplicates", f, duplicates)
	}
	if p.Status().Stored != int64(len(mails)-duplicates) {
		t.Errorf("status %+v", p.Status())
	}
}

func overTLS(cfg *tls.Config, user string) change {
	return func(a *inbound.Account, _ *inbound.Deps) { a.Security, a.TLS, a.Username = inbound.TLS, cfg, user }
}

func TestStartTLSWithDovecot(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 3))
	w := newWorld(t)
	starttls := func(a *inbound.Account, _ *inbound.Deps) {
		a.Security, a.TLS, a.Username = inbound.StartTLS, dovecot.TLSConfig(), user
	}
	w.once(w.poller(dovecot.Addr(), starttls), 3)
	// A server that we do not trust gets no password.
	err := w.fails(w.poller(dovecot.Addr(), starttls, func(a *inbound.Account, _ *inbound.Deps) { a.TLS = mailtest.NewCertificate(t).ClientTLS() }))
	if !strings.Contains(fault.SafeText(err), "certificate") {
		t.Errorf("error %v", err)
	}
}

func TestSignInRefused(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), dovecot.User()),
		func(a *inbound.Account, _ *inbound.Deps) { a.Password = func() (string, error) { return "wrong", nil } })
	if err := w.fails(p); !fault.Is(err, fault.Denied) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("error %v, want denied", err)
	}
	p = w.poller(dovecot.AddrTLS(), func(a *inbound.Account, _ *inbound.Deps) {
		a.Password = func() (string, error) { return "", errInjected }
	})
	if err := w.fails(p); !errors.Is(err, errInjected) {
		t.Errorf("error %v", err)
	}
}

func TestTry(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 1)...)
	a := inbound.Account{
		Addr: post.addr, Security: inbound.None, Username: team, After: inbound.Move, MoveTo: "Archive",
		Password: func() (string, error) { return mailtest.Password, nil },
	}
	if err := inbound.Try(t.Context(), a, limits()); err != nil {
		t.Error(err)
	}
	a.MoveTo = "Nowhere"
	if err := inbound.Try(t.Context(), a, limits()); err == nil {
		t.Error("a folder that is not there is accepted")
	}
	if m := post.Messages(team, "INBOX"); len(m) != 1 || len(m[0].Flags) != 0 {
		t.Errorf("Try changed the mailbox: %+v", m)
	}
}

// The gate closes before the server is asked, and between batches.
func TestGate(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 4)...)
	w := newWorld(t)
	full := fault.New(fault.Temporary, "The disk is full.")
	room := -1 // batches; -1: none, and not even a look
	p := w.poller(post.proxy.Addr(), func(a *inbound.Account, d *inbound.Deps) {
		a.Batch = 2
		d.Gate = func(context.Context) error {
			if room--; room < 0 {
				return full
			}
			return nil
		}
	})
	room = 0
	if err := w.fails(p); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if err := post.proxy.WaitConns(expired(), 1); err == nil {
		t.Error("a closed gate does not keep from connecting")
	}
	room = 2 // the look itself and its first batch
	if err := w.fails(p); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 2})
	room = 1 << 20
	w.once(p, 2)
}

func expired() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// The intake cannot take anything now: nothing moves, and the next look goes on.
func TestIntakeTemporary(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 5)...)
	w := newWorld(t)
	f, with := w.flaky()
	p := w.poller(post.addr, with, flagging)
	busy := fault.New(fault.Temporary, "The database is busy.")
	f.set(func(f *flaky) { f.intake = func([]tickets.Received) error { return busy } })
	if err := w.fails(p); !errors.Is(err, busy) {
		t.Errorf("error %v", err)
	}
	if _, err := w.db.Cursor(w.ctx, w.box.ID, "INBOX"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the cursor moved: %v", err)
	}
	for _, m := range post.Messages(team, "INBOX") {
		if len(m.Flags) != 0 {
			t.Errorf("mail %d has flags %v before it was stored", m.UID, m.Flags)
		}
	}
	f.set(func(f *flaky) { f.intake = nil })
	w.once(p, 5)
}

// A full disk while a batch is read ends the look, also when the server has
// begun to send the next mail.
func TestPrepareFails(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 20)...)
	w := newWorld(t)
	f, with := w.flaky()
	p := w.poller(post.addr, with, func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 7 })
	f.set(func(f *flaky) { f.prepare = fault.Wrap(fault.Temporary, "The disk is full.", errInjected) })
	if err := w.fails(p); !errors.Is(err, errInjected) {
		t.Errorf("error %v", err)
	}
	w.wantFates(map[tickets.Fate]int{})
	f.set(func(f *flaky) { f.prepare = nil })
	w.once(p, 20)
}

// The program stops between the commit and the cursor: reading again changes
// nothing, and no body is fetched twice.
func TestCursorNotWritten(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 8)...)
	w := newWorld(t)
	f, with := w.flaky()
	post.proxy.SetRules(misbehave.ProxyRule{Name: "bodies", From: misbehave.FromClient, Pattern: regexp.MustCompile(`BODY\.PEEK`)})
	f.set(func(f *flaky) { f.setCursor = errInjected })
	if err := w.fails(w.poller(post.proxy.Addr(), with)); !errors.Is(err, errInjected) {
		t.Fatalf("error %v", err)
	}
	before, fetched := fmt.Sprint(w.ledger()), post.proxy.Count("bodies")
	if len(w.ledger()) != 8 {
		t.Fatalf("%d lines", len(w.ledger()))
	}
	f.set(func(f *flaky) { f.setCursor = nil })
	w.once(w.poller(post.proxy.Addr(), with), 0)
	if after := fmt.Sprint(w.ledger()); after != before {
		t.Errorf("the ledger changed:\n%s\n%s", before, after)
	}
	if n := post.proxy.Count("bodies"); n != fetched {
		t.Errorf("%d FETCH of bodies, %d before", n, fetched)
	}
	if c, err := w.db.Cursor(w.ctx, w.box.ID, "INBOX"); err != nil || c.UID != 8 {
		t.Errorf("cursor %+v, %v", c, err)
	}
}

// The server's UIDs begin anew: everything is read again, and nothing doubles.
func TestUIDValidityChanges(t *testing.T) {
	leaks(t)
	post := newPost(t)
	raws := letters(1, 12)
	post.deliver(raws[:10]...)
	w := newWorld(t)
	p := w.poller(post.addr)
	w.once(p, 10)
	if err := post.ResetUIDValidity(team, "INBOX"); err != nil {
		t.Fatal(err)
	}
	post.deliver(raws[10:]...)
	if _, err := p.Once(w.ctx); err != nil { // the server hung up on us; the same look may find out or the next
		w.once(p, 2)
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 12, tickets.FateDuplicate: 10})
	if n := w.messages(); n != 12 {
		t.Errorf("%d messages, want 12", n)
	}
	w.once(p, 0)
}

// The numbers change within a look, when the connection breaks: what was listed
// under the old ones is not read under the new ones.
func TestUIDValidityChangesWithinLook(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(letters(1, 5)...)
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	var once sync.Once
	post.proxy.SetRules(misbehave.ProxyRule{Name: "body", From: misbehave.FromClient, Pattern: regexp.MustCompile(`BODY\.PEEK`)})
	post.proxy.OnMatch(func(misbehave.Match) { once.Do(func() { w.must(post.ResetUIDValidity(team, "INBOX")) }) })
	if err := w.fails(p); !fault.Is(err, fault.Temporary) {
		t.Errorf("error %v", err)
	}
	w.wantFates(map[tickets.Fate]int{})
	w.once(p, 5)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 5})
}

func TestUIDValidityChangesInDovecot(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 10))
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	w.once(p, 10)
	p.Close()
	dovecot.ResetUIDValidity(t, user, "INBOX")
	w.once(p, 0)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 10, tickets.FateDuplicate: 10})
}

// One mail to two of our mailboxes appears once in each.
func TestTwoMailboxes(t *testing.T) {
	leaks(t)
	post := newPost(t)
	const other = "transport@westmarsh.example"
	raw := letters(1, 1)[0]
	w := newWorld(t)
	second := w.mailbox("transport", other)
	for _, to := range []string{team, other} {
		if _, err := post.Deliver(w.ctx, to, raw, time.Time{}, ""); err != nil {
			t.Fatal(err)
		}
	}
	p := w.poller(post.addr)
	q := w.poller(post.addr, func(a *inbound.Account, _ *inbound.Deps) { a.Mailbox, a.Username = second, other })
	for range 2 {
		_, err := p.Once(w.ctx)
		w.must(err)
		_, err = q.Once(w.ctx)
		w.must(err)
	}
	boxes := map[int64]int{}
	for _, e := range w.ledger() {
		if e.Fate != tickets.FateMessage {
			t.Errorf("fate %s", e.Fate)
		}
		boxes[e.MailboxID]++
	}
	if len(boxes) != 2 || boxes[w.box.ID] != 1 || boxes[second.ID] != 1 {
		t.Errorf("lines by mailbox: %v", boxes)
	}
}

// A mail over the limit is a line without bytes, an empty one is quarantined, and
// the others arrive.
func TestLargeAndEmpty(t *testing.T) {
	leaks(t)
	post := newPost(t)
	raws := letters(1, 3)
	large := append(append([]byte{}, raws[0]...), []byte(strings.Repeat("more and more\r\n", 100_000))...)
	post.deliver(large, []byte{}, raws[1], raws[2])
	w := newWorld(t)
	p := w.poller(post.addr, func(a *inbound.Account, _ *inbound.Deps) { a.MaxBytes = 1 << 20 })
	w.once(p, 2)
	ledger := w.ledger()
	if len(ledger) != 4 {
		t.Fatalf("%d lines", len(ledger))
	}
	if e := ledger[0]; e.Fate != tickets.FateQuarantined || e.RawID != 0 || !strings.Contains(e.Reason, "1 MB") || e.ReceivedAt.IsZero() {
		t.Errorf("the large mail: %+v", e)
	}
	if e := ledger[1]; e.Fate != tickets.FateQuarantined || e.Reason != "It is empty." {
		t.Errorf("the empty mail: %+v", e)
	}
	_, err := w.retry(ledger[0].ID)
	if !fault.Is(err, fault.Refused) {
		t.Errorf("retry of a mail that we do not hold: %v", err)
	}
	r, err := w.retry(ledger[1].ID)
	if err != nil || r.Fate != tickets.FateQuarantined || r.Tries != 2 {
		t.Errorf("retry of the empty mail: %+v, %v", r, err)
	}
}

func (w *world) retry(ledgerID int64) (tickets.IntakeResult, error) {
	return inbound.Retrier{Store: w.db, Intake: w.desk}.Retry(w.ctx, ledgerID, time.Now())
}

// A small mail that the intake quarantined for a passing reason is taken in by a retry.
func TestRetry(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	raw, err := w.db.PrepareRaw(w.ctx, letters(1, 1)[0])
	w.must(err)
	_, err = w.desk.Intake(w.ctx, []tickets.Received{{
		MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: 1, UID: 9, ReceivedAt: time.Now(), Raw: raw, QuarantineReason: "A fault that was mended since.",
	}}, time.Now())
	w.must(err)
	id := w.ledger()[0].ID
	r, err := w.retry(id)
	if err != nil || r.Fate != tickets.FateMessage {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.retry(id); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second retry: %v", err)
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 1})
}

// A quarantined letter of Sent is read again as one of Sent.
func TestRetryOfSent(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	raw, err := w.db.PrepareRaw(w.ctx, letters(1, 1)[0])
	w.must(err)
	_, err = w.desk.Intake(w.ctx, []tickets.Received{{
		MailboxID: w.box.ID, Folder: "Sent", FolderKind: tickets.FolderSent, UIDValidity: 1, UID: 9, ReceivedAt: time.Now(), Raw: raw, QuarantineReason: "A fault.",
	}}, time.Now())
	w.must(err)
	got := &seen{next: w.desk}
	again := inbound.Retrier{Store: w.db, Intake: got, Kind: func(box int64, folder string) tickets.FolderKind {
		if box == w.box.ID && folder == "Sent" {
			return tickets.FolderSent
		}
		return tickets.FolderInbox
	}}
	_, err = again.Retry(w.ctx, w.ledger()[0].ID, time.Now())
	w.must(err)
	if len(got.got) != 1 || got.got[0].FolderKind != tickets.FolderSent || !got.got[0].Retry {
		t.Errorf("%+v", got.got)
	}
}

// A stranger's mail that stayed in Junk is taken in when a person wants it.
func TestRetryOfJunk(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	text := []byte("From: Nobody Known <nobody@elsewhere.example>\r\nTo: sen@westmarsh.example\r\nSubject: Taxi\r\nMessage-ID: <taxi@elsewhere.example>\r\n\r\nWhen does the taxi come?\r\n")
	raw, err := w.db.PrepareRaw(w.ctx, text)
	w.must(err)
	in := parse.Message(text, parse.Options{})
	_, err = w.desk.Intake(w.ctx, []tickets.Received{{
		MailboxID: w.box.ID, Folder: "Junk", FolderKind: tickets.FolderJunk, UIDValidity: 1, UID: 9, ReceivedAt: time.Now(), Raw: raw, Mail: in,
	}}, time.Now())
	w.must(err)
	w.wantFates(map[tickets.Fate]int{tickets.FateSuppressed: 1})
	id := w.ledger()[0].ID
	again := inbound.Retrier{Store: w.db, Intake: w.desk, Kind: func(int64, string) tickets.FolderKind { return tickets.FolderJunk }}
	r, err := again.Retry(w.ctx, id, time.Now())
	if err != nil || r.Fate != tickets.FateMessage {
		t.Fatalf("%+v, %v", r, err)
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 1})
	if _, err := again.Retry(w.ctx, id, time.Now()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second time: %v", err)
	}
}
