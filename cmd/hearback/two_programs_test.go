package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// second starts another program on the same database and mailbox.
func (h *house) second(t *testing.T) *house {
	t.Helper()
	o := &house{
		t: t, cfg: h.cfg, dir: h.dir, news: h.news, log: &book{news: h.news}, sink: h.sink, dovecot: h.dovecot, user: h.user,
		at: h.now(), before: h.before, team: h.team, staff: h.staff, people: h.people, cases: h.cases,
	}
	o.start()
	return o
}

// reads reports whether a program has the mailbox.
func (h *house) reads() bool { return h.app.folders[0].lease.mine() }

// TestTwoPrograms: two programs on one PostgreSQL and one mailbox. One reads; when
// it dies in the middle without a word, the other takes over; nothing is lost and
// nothing doubled.
func TestTwoPrograms(t *testing.T) {
	const (
		mails  = 100
		atOnce = 3 // letters that a program hands over at the same moment (smtp.connections)
	)
	var families []mailtest.Family
	for i := range mails {
		families = append(families, mailtest.Family{Address: fmt.Sprintf("parent%d@family.example", i), Name: fmt.Sprintf("Parent %d", i), Child: fmt.Sprintf("Child%d", i), Surname: fmt.Sprintf("Sur%d", i)})
	}
	first := open(t, plan{
		dsn: pgtest.DSN(t), familiesN: families,
		change: func(c *Config) { c.Intake.BatchMessages, c.DataDir = 5, "" }, // as on two machines
		app:    func(a *App) { a.leaseTime = 3 * time.Second },
	})
	first.until("the first program to read", func() bool { return first.reads() && first.folderNow("sen", "INBOX").OK })
	other := first.second(t)
	other.until("the second program to stand by", func() bool {
		_, text := other.health()
		return strings.Contains(text, "mailbox sen, folder INBOX: read by another program")
	})
	if status, text := other.health(); status != 200 {
		t.Errorf("standing by is %d:\n%s", status, text)
	}
	for i, f := range families {
		first.dovecot.Append(t, first.user, "INBOX", letter(fmt.Sprintf("m%d@family.example", i), f.Address, fmt.Sprintf("Letter %d", i), "When?"+strings.Repeat("\nAnd then?", 15000*(i%40/39))), first.now())
	}
	// Dies: it answers no more, and gives no lease back.
	first.until("the middle", func() bool { return len(first.ledger("INBOX")) >= mails/3 })
	for _, l := range first.app.leases {
		l.abandon()
	}
	first.stop()
	if other.folderNow("sen", "INBOX").stored != 0 {
		t.Error("both programs have read")
	}
	other.until("all mails to be settled", func() bool { return len(other.ledger("INBOX")) == mails })
	if !other.reads() {
		t.Error("nobody reads")
	}
	defer func() {
		if t.Failed() {
			t.Logf("%d letters; the other program's log:\n%s", len(other.sink.Mails()), tail(other.log.String(), 40))
		}
	}()
	// A letter that the first had claimed when it died goes back to the queue when it
	// does not say any more that it is alive. One that it was just handing over is in
	// doubt: a person decides. The time of this test stands still, so that one which
	// waits for the first one's lease to run out may wait to the end; the soak, which
	// goes by the real time, wants each of them settled.
	doubted := func() int {
		list, err := other.app.store.Outbox(context.Background(), access.System("test"), tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Uncertain, tickets.Claimed, tickets.DataBegun}, Limit: 200})
		must(t, err)
		return len(list)
	}
	// What the first one could not hand over as it ended is tried again some minutes later.
	other.later(10 * time.Minute)
	for n := mails / 4; n <= mails; n += mails / 4 { // on a busy machine they take a while
		other.until(fmt.Sprintf("%d acknowledgements", n), func() bool {
			sent := len(other.sink.Mails())
			return sent >= n || n == mails && sent >= mails-atOnce && sent+doubted() >= mails
		})
	}
	count, without := map[string]int{}, 0
	for _, m := range other.sink.Mails() {
		count[m.To[0]]++
	}
	for _, f := range families {
		switch n := count[f.Address]; {
		case n > 1:
			t.Errorf("%s has %d letters", f.Address, n)
		case n == 0:
			without++
		}
	}
	if without > atOnce {
		t.Errorf("%d families have no letter", without)
	}
	page, err := other.app.store.Tickets(context.Background(), access.System("test"), tickets.TicketQuery{View: "all", Limit: 200, Now: other.now()})
	must(t, err)
	from := map[string]int{}
	for _, it := range page.Items {
		from[it.RequesterMailbox]++
	}
	for _, f := range families {
		if from[f.Address] != 1 {
			t.Errorf("%s has %d enquiries", f.Address, from[f.Address])
		}
	}
	for _, e := range other.ledger("INBOX") {
		if e.Fate != tickets.FateMessage {
			t.Errorf("%+v", e)
		}
		if raw, err := other.app.store.Raw(context.Background(), e.RawID); err != nil || len(raw) < 100 {
			t.Errorf("mail %d, read by either, cannot be read: %v", e.UID, err)
		}
	}
	t.Logf("the first read %d of %d", mails-int(other.folderNow("sen", "INBOX").stored), mails)
}

// abandon leaves a lease as a program does that was killed: nobody gives it back
// before it runs out.
func (l *lease) abandon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch, l.until, l.off = 0, time.Time{}, time.Now().Add(time.Hour)
}
