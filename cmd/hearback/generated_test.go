package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// generated says what an inbox of generated mail must become.
type generated struct {
	fates    map[tickets.Fate]int
	enquiry  map[string]string // Message-ID of the mail to that of the mail that opened its enquiry
	kind     map[string]mailtest.Kind
	opened   map[string]bool // Message-IDs that open an enquiry
	triage   map[string]bool // of these, the ones that wait for a person
	acks     map[string]int  // address to acknowledgements
	same     int             // replies in the same second
	tokens   int
	replies  int
	machines int
}

func newGenerated() *generated {
	return &generated{
		fates: map[tickets.Fate]int{}, enquiry: map[string]string{}, kind: map[string]mailtest.Kind{}, opened: map[string]bool{},
		triage: map[string]bool{}, acks: map[string]int{},
	}
}

// take works out what one mail must become, from what the generator says about it.
func (g *generated) take(m mailtest.Mail) {
	switch {
	case m.Duplicate:
		g.fates[tickets.FateDuplicate]++
		return
	case m.Kind == mailtest.KindStranger:
		g.fates[tickets.FateHeld]++
		g.opened[m.ID], g.triage[m.ID], g.enquiry[m.ID] = true, true, m.ID
		g.acks[m.From]++ // a neutral receipt
	case m.Kind == mailtest.KindNew:
		g.fates[tickets.FateMessage]++
		g.opened[m.ID], g.enquiry[m.ID] = true, m.ID
		g.acks[m.From]++
	default:
		g.fates[tickets.FateMessage]++
		g.enquiry[m.ID] = g.enquiry[m.Root]
		if m.Kind == mailtest.KindAutoReply {
			g.machines++
		} else {
			g.replies++
		}
	}
	g.kind[m.ID] = m.Kind
	if m.SameSecond {
		g.same++
	}
	if m.Token {
		g.tokens++
	}
}

func (g *generated) mails() int {
	n := 0
	for _, k := range g.fates {
		n += k
	}
	return n
}

// sent is how many acknowledgements leave: none after the tenth to one sender in a day.
func (g *generated) sent() (n int) {
	for _, k := range g.acks {
		n += min(k, tickets.DefaultSettings().AcksPerSender)
	}
	return n
}

// replyAddresses gives, by the mail that was acknowledged, the address that the
// acknowledgement named for answers.
func (h *house) replyAddresses() map[string]string {
	out := map[string]string{}
	for _, m := range h.acks("") {
		head, _ := read(h.t, m.Data)
		if list, err := head.AddressList("Reply-To"); err == nil && len(list) == 1 {
			out[head.Get("In-Reply-To")] = list[0].Address
		}
	}
	return out
}

// runGenerated delivers n generated mails in two halves, so that the second half
// can answer the acknowledgements of the first, and compares what hearback made of
// them with what the generator knows.
func runGenerated(t *testing.T, n int, p plan) {
	families := mailtest.Families(11, max(20, n/3))
	p.familiesN = families
	start := tuesday().Add(-24 * time.Hour)
	p.start = start.Add(time.Duration(n)*time.Minute + 48*time.Hour)
	h := open(t, p)
	o := mailtest.Lifelike()
	o.Mailbox, o.Start, o.Families, o.MedianBytes, o.Attachments = sen, start, families, 0, 0.02
	o.SameSecond, o.Duplicates = 0.3, 0.05
	var replyTo map[string]string
	o.ReplyAddress = func(root mailtest.Truth) string {
		if root.N%4 == 0 {
			return "" // some mail programs ignore Reply-To
		}
		return replyTo[root.ID]
	}
	want := newGenerated()
	next, stop := iter.Pull(mailtest.Generate(5, n, o))
	defer stop()
	for half := range 2 {
		var batch []mailtest.Mail
		for range n / 2 {
			m, ok := next()
			if !ok {
				t.Fatal("the generator ended early")
			}
			want.take(m)
			batch = append(batch, m)
		}
		h.dovecot.Seed(t, h.user, "INBOX", batch)
		// What is written as files makes no noise; this mail does. It is one more enquiry.
		h.dovecot.Append(t, h.user, "INBOX", letter(fmt.Sprintf("bell%d@family.example", half), "tessa@family.example", "Bell "+strconv.Itoa(half), "Ding number "+strconv.Itoa(half)), h.now())
		want.fates[tickets.FateMessage]++
		want.acks["tessa@family.example"]++
		h.until("all mails of the half", func() bool { return strings.Count(h.log.String(), "event=taken_in") >= want.mails() })
		h.until("all acknowledgements of the half", func() bool { return len(h.acks("")) >= want.sent() })
		replyTo = h.replyAddresses()
	}
	must(t, h.app.dispatchDue(context.Background()))
	h.compare(want, 2)
	h.compareSent(want)
	t.Logf("%d mails: %d enquiries, %d in triage, %d answers (%d in the same second, %d by token), %d machines, %d duplicates, %d acknowledgements",
		want.mails(), len(want.opened)+2, len(want.triage), want.replies, want.same, want.tokens, want.machines, want.fates[tickets.FateDuplicate], want.sent())
	if want.same == 0 || want.tokens == 0 || want.machines == 0 || want.fates[tickets.FateDuplicate] == 0 || want.fates[tickets.FateHeld] == 0 {
		t.Error("the generated mails lack a kind")
	}
}

// acks gives the automatic answers to families; to everybody when address is "".
func (h *house) acks(address string) (out []mailtest.Received) {
	for _, m := range h.sink.Mails() {
		if strings.Contains(string(m.Data), "\r\nAuto-Submitted: auto-replied\r\n") && (address == "" || m.To[0] == address) {
			out = append(out, m)
		}
	}
	return out
}

// compare holds the database against what must be there. others is how many
// enquiries there are besides those of the generated mails.
func (h *house) compare(want *generated, others int) {
	h.t.Helper()
	ctx, all := context.Background(), access.System("test")
	_, fates, err := h.app.store.Ledger(ctx, all, tickets.LedgerQuery{Limit: 1})
	must(h.t, err)
	for _, f := range []tickets.Fate{tickets.FateMessage, tickets.FateHeld, tickets.FateDuplicate, tickets.FateQuarantined, tickets.FateSuppressed} {
		if fates[f] != want.fates[f] {
			h.t.Errorf("%d mails became %s, want %d", fates[f], f, want.fates[f])
		}
	}
	where := map[string]string{} // Message-ID to the reference of its enquiry
	opener := map[string]string{}
	count := 0
	for cursor := ""; ; {
		page, err := h.app.store.Tickets(ctx, all, tickets.TicketQuery{View: "all", Limit: 200, Cursor: cursor, Now: h.now()})
		must(h.t, err)
		for _, k := range page.Items {
			count++
			items, err := h.app.store.Timeline(ctx, all, k.ID)
			must(h.t, err)
			in := 0
			for _, it := range items {
				m := it.Message
				if m == nil || m.Direction != tickets.In {
					continue
				}
				in++
				id := "<" + m.MessageID + ">"
				if at, twice := where[id]; twice {
					h.t.Errorf("%s is on %s and on %s", id, at, k.Ref)
				}
				where[id] = k.Ref
				if in == 1 {
					opener[k.Ref] = id
				}
				if want.kind[id] == mailtest.KindAutoReply && m.Kind != tickets.KindAutoReply {
					h.t.Errorf("%s is %s (%s)", id, m.Kind, m.Evidence)
				}
			}
			if in == 0 {
				h.t.Errorf("%s holds no message", k.Ref)
			}
			if want.triage[opener[k.Ref]] != (k.State == tickets.StateTriage) {
				h.t.Errorf("%s is %s: %s", k.Ref, k.State, k.Reason)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if count != len(want.opened)+others {
		h.t.Errorf("%d enquiries, want %d", count, len(want.opened)+others)
	}
	wrong := 0
	for id, root := range want.enquiry {
		if where[id] == "" || where[id] != where[root] {
			if wrong++; wrong <= 5 {
				h.t.Errorf("%s (%s) is on %q, the mail that opened its enquiry on %q", id, want.kind[id], where[id], where[root])
			}
		}
	}
	for id := range want.opened {
		if opener[where[id]] != id {
			if wrong++; wrong <= 10 {
				h.t.Errorf("%s should have opened an enquiry; it is on %s, opened by %s", id, where[id], opener[where[id]])
			}
		}
	}
}

// compareSent holds what the mail server got against what must have been sent.
func (h *house) compareSent(want *generated) {
	h.t.Helper()
	if n := len(h.acks("")); n != want.sent() {
		h.t.Errorf("%d acknowledgements, want %d", n, want.sent())
	}
	for address, n := range want.acks {
		if got := len(h.acks(address)); got != min(n, tickets.DefaultSettings().AcksPerSender) {
			h.t.Errorf("%s got %d acknowledgements, want %d", address, got, n)
		}
	}
	seen := map[string]bool{}
	for _, m := range h.sink.All() {
		head, _ := read(h.t, m.Data)
		if id := head.Get("Message-ID"); seen[id] {
			h.t.Errorf("%s was sent twice", id)
		} else {
			seen[id] = true
		}
	}
}

// The race detector makes a thousand mails too slow for every run of the tests;
// `make soak` takes them.
func TestGeneratedMails(t *testing.T) { runGenerated(t, 200, plan{}) }

func TestGeneratedMailsPostgres(t *testing.T) { runGenerated(t, 100, plan{dsn: pgtest.DSN(t)}) }

func TestSoakGeneratedMails(t *testing.T) {
	mailtest.Soak(t)
	n := 1000
	if s := os.Getenv("HEARBACK_SOAK_MAILS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { runGenerated(t, n, plan{}) })
	t.Run("postgres", func(t *testing.T) { runGenerated(t, n, plan{dsn: pgtest.DSN(t)}) })
}
