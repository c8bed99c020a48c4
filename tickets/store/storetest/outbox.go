package storetest

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func testClocks(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	lead := Actor(f, f.DB, f.Lead)
	late := func(now time.Time) int {
		page, err := f.Tickets(f.ctx, lead, tickets.TicketQuery{View: "late", Now: now})
		f.ok(err)
		return page.Total
	}
	second := f.clock(t, f.hour(50), nil)
	c := f.clock(t, f.hour(20), func(c *tickets.TicketClock) { c.PausedFor = 90 * time.Minute })
	got, err := f.ClocksOfTicket(f.ctx, t.ID)
	f.ok(err)
	f.same("clocks", got, []tickets.TicketClock{second, c})
	f.same("late", []int{late(f.hour(20)), late(f.hour(21))}, []int{0, 1}) // at the instant it is still in time

	due, err := f.ClocksDue(f.ctx, f.hour(19), 10)
	f.ok(err)
	f.same("none due", due, []tickets.TicketClock{})
	due, err = f.ClocksDue(f.ctx, f.hour(60), 10)
	f.ok(err)
	f.same("both due, oldest first", due, []tickets.TicketClock{c, second})
	due, err = f.ClocksDue(f.ctx, f.hour(60), 1)
	f.ok(err)
	f.same("limit", due, []tickets.TicketClock{c})

	paused, stopped := f.hour(2), f.hour(3)
	c.PausedAt = &paused
	f.write(func(tx tickets.Tx) error { return tx.UpdateClock(f.ctx, &c) })
	f.same("late while it is paused", []int{late(f.hour(21)), late(f.hour(51))}, []int{0, 1})
	second.StoppedAt, second.StopBy, second.NextAt = &stopped, "reply", nil
	f.write(func(tx tickets.Tx) error { return tx.UpdateClock(f.ctx, &second) })
	f.same("late when nothing runs", late(f.hour(999)), 0)
	due, err = f.ClocksDue(f.ctx, f.hour(999), 10)
	f.ok(err)
	f.same("due when nothing runs", due, []tickets.TicketClock{})
	got, err = f.ClocksOfTicket(f.ctx, t.ID)
	f.ok(err)
	f.same("clocks", got, []tickets.TicketClock{second, c})
}

func testClockSteps(_ *testing.T, f *fixture) {
	c := f.clock(f.ticket(nil), f.hour(5), nil)
	step := tickets.ClockStep{ClockID: c.ID, Step: sla.StepBreach, DueAt: f.hour(5), DoneAt: f.hour(7), Late: true}
	for i, want := range []bool{true, false} {
		f.write(func(tx tickets.Tx) error {
			fresh, err := tx.InsertClockStep(f.ctx, &step)
			if fresh != want {
				f.Errorf("time %d: fresh is %v", i+1, fresh)
			}
			return err
		})
	}
	done, err := f.StepsDone(f.ctx, c.ID)
	f.ok(err)
	f.same("steps", done, map[sla.Step]bool{sla.StepBreach: true})
	list, err := f.Escalations(f.ctx, Actor(f, f.DB, f.Lead), f.hour(7), 10)
	f.ok(err)
	if len(list) != 1 || list[0].Step != step || list[0].Ticket.ID != c.TicketID {
		f.Fatalf("%+v", list)
	}
	list, err = f.Escalations(f.ctx, Actor(f, f.DB, f.Stranger), f.Start, 10)
	f.ok(err)
	f.same("escalations of another team", len(list), 0)
}

func testOutgoingRows(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	m := f.mail(t, nil)
	expires := f.hour(4)
	want := f.letter(t, func(o *tickets.Outgoing) {
		o.Template, o.Fields, o.AnswersID, o.QuoteAnswer = "ack", map[string]string{"ref": t.Ref, "due": "<b>"}, m.ID, true
		o.Confirmed = []tickets.Confirmation{{Rule: "NEW-ADDRESS", Mailbox: f.Mother.Mailbox, Reason: "asked", At: f.Start}}
		o.Digest, o.AfterSend, o.ExpiresAt = "d", tickets.StateAnswered, &expires
		o.HeldReason, o.HeldRules, o.ReleasedBy, o.CancelledBy = "why", []string{"A", "B"}, f.Lead.ID, f.Officer.ID
		claimed := f.hour(1)
		o.Deliveries[0].ClaimedBy, o.Deliveries[0].ClaimedAt, o.Deliveries[0].Epoch = "h", &claimed, 3
		o.Deliveries = append(o.Deliveries, tickets.Delivery{StaffID: f.Deputy.ID, State: tickets.Held, MessageID: "second@x.example", NextAt: f.Start, UpdatedAt: f.Start})
	})
	want.TicketRef, want.AuthorName = t.Ref, f.Officer.Name
	got, err := f.OutgoingByID(f.ctx, want.ID)
	f.ok(err)
	f.same("letter", *got, want)
	want.HeldReason, want.HeldRules, want.Fields, want.ReleaseAt = "", nil, nil, f.hour(9)
	f.write(func(tx tickets.Tx) error { return tx.UpdateOutgoing(f.ctx, &want) })
	got, err = f.OutgoingByID(f.ctx, want.ID)
	f.ok(err)
	f.same("changed letter", *got, want)
	_, err = f.OutgoingByID(f.ctx, 999)
	f.fails(fault.NotFound, err)
	f.fails(fault.Invalid, f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.InsertOutgoing(f.ctx, &tickets.Outgoing{Purpose: "newsletter"})
	}))
}

func (f *fixture) set(d tickets.Delivery, from ...tickets.DeliveryState) bool {
	f.Helper()
	var moved bool
	f.write(func(tx tickets.Tx) (err error) {
		moved, err = tx.SetDelivery(f.ctx, &d, from...)
		return err
	})
	return moved
}

func testSetDelivery(_ *testing.T, f *fixture) {
	o := f.letter(f.ticket(nil), nil)
	d := o.Deliveries[0]
	d.State, d.Why, d.UpdatedAt, d.NextAt = tickets.Held, "wait", f.hour(1), f.hour(2)
	f.same("from another state", f.set(d, tickets.Claimed, tickets.DataBegun), false)
	f.same("delivery", f.delivery(d.ID), o.Deliveries[0])
	f.same("from its state", f.set(d, tickets.Claimed, tickets.Queued), true)
	f.same("delivery", f.delivery(d.ID), d)

	d.State = tickets.Queued
	f.set(d, tickets.Held)
	c, err := f.ClaimDue(f.ctx, "one", f.hour(3), tickets.ModeSend)
	f.ok(err)
	mine := c.Letter.Deliveries[0]
	other, old := mine, mine
	other.ClaimedBy, other.State = "two", tickets.Accepted
	old.Epoch, old.State = mine.Epoch-1, tickets.Accepted
	f.same("another holder", f.set(other, tickets.Claimed), false)
	f.same("another epoch", f.set(old, tickets.Claimed), false)
	when := f.hour(3)
	mine.State, mine.AcceptedAt, mine.Reply, mine.SHA256, mine.Attempts = tickets.Accepted, &when, "250 ok", "ff", 1
	f.same("the holder", f.set(mine, tickets.Claimed), true)
	f.same("accepted", f.delivery(d.ID), mine)
	to, err := f.DeliveriesTo(f.ctx, f.Mother.Mailbox, f.hour(2))
	f.ok(err)
	f.same("deliveries to her", to, []tickets.Delivery{mine})
	to, err = f.DeliveriesTo(f.ctx, f.Mother.Mailbox, f.hour(9))
	f.ok(err)
	f.same("deliveries since", to, []tickets.Delivery{})
}

func (f *fixture) claim(now time.Time) *tickets.Claim {
	f.Helper()
	c, err := f.ClaimDue(f.ctx, "dispatch", now, tickets.ModeSend)
	f.ok(err)
	return c
}

func testClaim(_ *testing.T, f *fixture) {
	next, err := f.NextDue(f.ctx)
	f.ok(err)
	if !next.IsZero() || f.claim(f.hour(9)) != nil {
		f.Fatal("an empty outbox has something")
	}
	t := f.ticket(nil)
	first := f.mail(t, nil)
	second := f.mail(t, func(m *tickets.Message) { m.ReceivedAt = f.hour(1) })
	f.mail(t, func(m *tickets.Message) { m.Unconfirmed = true })
	when := f.hour(-1)
	ack := f.letter(t, func(o *tickets.Outgoing) {
		o.Purpose, o.AuthorID = tickets.PurposeAck, 0
		o.Deliveries[0].State, o.Deliveries[0].AcceptedAt = tickets.Accepted, &when
	})
	o := f.letter(t, func(o *tickets.Outgoing) {
		o.ReleaseAt, o.AnswersID = f.hour(2), second.ID
		later := o.Deliveries[0]
		later.MessageID, later.Token, later.NextAt = "later@x.example", "later", f.hour(5)
		o.Deliveries = append(o.Deliveries, later)
	})
	next, err = f.NextDue(f.ctx)
	f.ok(err)
	if !next.Equal(f.hour(2)) || f.claim(f.hour(1)) != nil {
		f.Fatalf("next is %v", next)
	}
	c := f.claim(f.hour(2))
	if c == nil || c.Letter.ID != o.ID || c.Holder != "dispatch" || c.Epoch == 0 || len(c.Letter.Deliveries) != 1 {
		f.Fatalf("%+v", c)
	}
	d := c.Letter.Deliveries[0]
	if d.State != tickets.Claimed || d.ClaimedBy != "dispatch" || !d.ClaimedAt.Equal(f.hour(2)) || d.Epoch != c.Epoch || d.Attempts != 1 {
		f.Fatalf("%+v", d)
	}
	f.same("mailbox", c.Mailbox, f.Mailbox)
	f.same("ticket", c.Ticket.ID, t.ID)
	f.same("case", *c.Case, f.Milo)
	f.same("author", *c.Author, f.Officer)
	f.same("answers", c.Answers.ID, second.ID)
	f.same("thread", c.Previous, []string{ack.Deliveries[0].MessageID, first.MessageID, second.MessageID})
	if f.claim(f.hour(2)) != nil {
		f.Fatal("it was claimed twice")
	}

	lost := *c
	lost.Epoch++
	for name, tc := range map[string]struct {
		c    *tickets.Claim
		want bool
	}{"another epoch": {&lost, false}} {
		ok, err := f.BeginData(f.ctx, tc.c, d.ID, "ff", f.basis(tc.c), f.hour(2))
		f.ok(err)
		f.same(name, ok, tc.want)
	}
	for _, want := range []bool{true, false} { // begun once
		ok, err := f.BeginData(f.ctx, c, d.ID, "ff", f.basis(c), f.hour(2))
		f.ok(err)
		f.same("begin", ok, want)
	}
	if got := f.delivery(d.ID); got.State != tickets.DataBegun || got.SHA256 != "ff" {
		f.Fatalf("%+v", got)
	}
	second2 := f.claim(f.hour(5))
	if second2 == nil || second2.Letter.ID != o.ID || second2.Epoch <= c.Epoch || second2.Letter.Deliveries[0].Token != "later" {
		f.Fatalf("the copy that was put off: %+v", second2)
	}
}

func testClaimOrder(_ *testing.T, f *fixture) {
	one, two := f.ticket(nil), f.ticket(nil)
	late := f.letter(one, func(o *tickets.Outgoing) { o.ReleaseAt = f.hour(1) })
	early := f.letter(one, nil)
	elsewhere := f.letter(two, func(o *tickets.Outgoing) { o.ReleaseAt = f.hour(2) })
	c := f.claim(f.hour(3))
	f.same("the first released", c.Letter.ID, early.ID)
	// While it is on its way, the next of the ticket waits; other tickets do not.
	f.same("another ticket", f.claim(f.hour(3)).Letter.ID, elsewhere.ID)
	if x := f.claim(f.hour(3)); x != nil {
		f.Fatalf("letter %d overtakes", x.Letter.ID)
	}
	// When the server puts it off, the next may go.
	d := c.Letter.Deliveries[0]
	d.State, d.NextAt = tickets.Queued, f.hour(9)
	f.same("put off", f.set(d, tickets.Claimed), true)
	f.same("the next", f.claim(f.hour(3)).Letter.ID, late.ID)
}

func testClaimModes(_ *testing.T, f *fixture) {
	held := f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.QueuedMode = "hold" })
	freed := f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.QueuedMode, o.ReleasedBy = "hold", f.Lead.ID })
	f.same("released by a person", f.claim(f.hour(1)).Letter.ID, freed.ID)
	if c := f.claim(f.hour(1)); c != nil {
		f.Fatalf("letter %d of another mode leaves", c.Letter.ID)
	}
	got, err := f.OutgoingByID(f.ctx, held.ID)
	f.ok(err)
	if got.Deliveries[0].State != tickets.Held || got.HeldReason == "" || got.Deliveries[0].Why != got.HeldReason || len(got.HeldRules) > 0 {
		f.Fatalf("%+v", got)
	}
	next, err := f.NextDue(f.ctx)
	f.ok(err)
	if !next.IsZero() {
		f.Fatalf("next is %v", next)
	}
}

func testClaimLate(_ *testing.T, f *fixture) {
	expires := f.hour(4)
	automatic := func(o *tickets.Outgoing) {
		o.Purpose, o.AuthorID, o.ExpiresAt = tickets.PurposeAck, 0, &expires
	}
	useless := f.letter(f.ticket(nil), automatic)
	overdue := f.letter(f.ticket(nil), nil)
	retried := f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.Deliveries[0].NextAt = f.hour(5) })
	c := f.claim(f.hour(5))
	f.same("what is being retried leaves", c.Letter.ID, retried.ID)
	if c = f.claim(f.hour(5)); c != nil {
		f.Fatalf("letter %d leaves", c.Letter.ID)
	}
	d := f.delivery(useless.Deliveries[0].ID)
	if d.State != tickets.Cancelled || d.Why == "" {
		f.Fatalf("automatic: %+v", d)
	}
	d = f.delivery(overdue.Deliveries[0].ID)
	if d.State != tickets.Held || !strings.Contains(d.Why, "should have left some hours ago") {
		f.Fatalf("overdue: %+v", d)
	}
	atTheLimit := f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.ReleaseAt = f.hour(6); o.Deliveries[0].NextAt = f.hour(6) })
	f.same("exactly four hours late", f.claim(f.hour(10)).Letter.ID, atTheLimit.ID)
}

func testClaimRace(t *testing.T, f *fixture) {
	const letters, programs = 24, 4
	for range letters {
		f.letter(f.ticket(nil), nil)
	}
	var mu sync.Mutex
	var got []int64
	epochs := map[int64]bool{}
	var wg sync.WaitGroup
	for p := range programs {
		wg.Go(func() {
			for {
				c, err := f.ClaimDue(f.ctx, string(rune('a'+p)), f.hour(1), tickets.ModeSend)
				if err != nil {
					t.Error(err)
					return
				}
				if c == nil {
					return
				}
				mu.Lock()
				got = append(got, c.Letter.ID)
				if epochs[c.Epoch] {
					t.Errorf("epoch %d twice", c.Epoch)
				}
				epochs[c.Epoch] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("letters were claimed twice: %v", got)
	}
	// A program that passed over what another was looking at stops early; what is
	// left is claimed by the next look.
	for {
		c, err := f.ClaimDue(f.ctx, "last", f.hour(1), tickets.ModeSend)
		f.ok(err)
		if c == nil {
			break
		}
		got = append(got, c.Letter.ID)
	}
	if len(got) != letters {
		t.Fatalf("%d letters claimed, want %d", len(got), letters)
	}
}

// The author takes a letter back while it is being claimed: exactly one wins.
func testUndoRace(t *testing.T, f *fixture) {
	for range 15 {
		o := f.letter(f.ticket(nil), nil)
		var claimed, undone bool
		var wg sync.WaitGroup
		wg.Go(func() {
			c, err := f.ClaimDue(f.ctx, "dispatch", f.hour(1), tickets.ModeSend)
			if err != nil {
				t.Error(err)
			}
			claimed = c != nil
		})
		wg.Go(func() {
			d := o.Deliveries[0]
			d.State = tickets.Cancelled
			err := f.Write(f.ctx, func(tx tickets.Tx) (err error) {
				undone, err = tx.SetDelivery(f.ctx, &d, tickets.Queued, tickets.Held)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if claimed == undone {
			t.Fatalf("claimed %v, undone %v", claimed, undone)
		}
	}
}

// basis is what a claimed letter would be judged on now.
func (f *fixture) basis(c *tickets.Claim) tickets.Basis {
	f.Helper()
	facts, err := f.GuardFacts(f.ctx, c.Asks([]string{c.Letter.Deliveries[0].Mailbox}))
	f.ok(err)
	return facts.Basis()
}

func testRecovery(_ *testing.T, f *fixture) {
	for range 3 {
		f.letter(f.ticket(nil), nil)
	}
	claimed, begun, fresh := f.claim(f.Start), f.claim(f.Start), f.claim(f.hour(1))
	_, err := f.BeginData(f.ctx, begun, begun.Letter.Deliveries[0].ID, "ff", f.basis(begun), f.Start)
	f.ok(err)
	left := func(want ...*tickets.Claim) {
		f.Helper()
		got, err := f.LeftClaims(f.ctx, f.hour(1), 30*time.Minute)
		f.ok(err)
		ids := []int64{}
		for _, d := range got {
			ids = append(ids, d.ID)
			f.same("stored", f.delivery(d.ID), d)
		}
		wanted := []int64{}
		for _, c := range want {
			wanted = append(wanted, c.Letter.Deliveries[0].ID)
		}
		f.same("left behind", ids, wanted)
	}
	left(claimed, begun) // by their age; the fresh one is not
	// A program that says that it is alive; one that has not said so in time.
	lease := tickets.ProgramLease(fresh.Holder)
	epoch, ok, err := f.AcquireLease(f.ctx, lease, fresh.Holder, time.Minute)
	f.ok(err)
	f.same("alive", ok, true)
	left(claimed, begun)
	f.ok(f.ReleaseLease(f.ctx, lease, fresh.Holder, epoch))
	left(claimed, begun, fresh)
	f.ok(f.DropOldLeases(f.ctx, time.Now().Add(time.Hour))) // not while something of it is left
	left(claimed, begun, fresh)
	for _, c := range []*tickets.Claim{claimed, begun, fresh} {
		d, from := c.Letter.Deliveries[0], tickets.Claimed
		if d.State = tickets.Queued; c == begun {
			d.State, from = tickets.Uncertain, tickets.DataBegun
		}
		f.same("put back", f.set(d, from), true)
		f.same("put back twice", f.set(d, from), false)
	}
	left()
	f.ok(f.DropOldLeases(f.ctx, time.Now().Add(time.Hour)))
	_, ok, err = f.AcquireLease(f.ctx, lease, "somebody else", time.Minute)
	f.ok(err)
	f.same("forgotten", ok, true)

	// The program was slow, not dead: its claim is lost, but it may still say how
	// the letter in doubt ended.
	ok, err = f.BeginData(f.ctx, claimed, claimed.Letter.Deliveries[0].ID, "ff", f.basis(claimed), f.hour(1))
	f.ok(err)
	f.same("the lost claim begins", ok, false)
	d := begun.Letter.Deliveries[0]
	d.State = tickets.Accepted
	f.same("the outcome of the one in doubt", f.set(d, tickets.DataBegun, tickets.Uncertain), true)
}

func testGuardFacts(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	other := f.ticket(nil) // of the same case
	in := f.mail(t, nil)
	f.mail(t, func(m *tickets.Message) { m.Unconfirmed, m.Text = true, "strange" })
	f.mail(f.ticket(func(t *tickets.Ticket) { t.CaseID = f.Juno.ID }), func(m *tickets.Message) { m.CaseID, m.Text = f.Juno.ID, "elsewhere" })
	f.letter(t, func(o *tickets.Outgoing) { o.Body, o.Deliveries[0].State = "We wrote this.", tickets.Accepted })
	f.letter(t, func(o *tickets.Outgoing) { o.Body = "Not sent yet." })
	f.mail(t, func(m *tickets.Message) {
		m.Channel, m.StaffID, m.Call = tickets.ChannelCall, f.Officer.ID, &tickets.Call{Summary: tickets.NewPrivateText("call words")}
	})
	f.write(func(tx tickets.Tx) error {
		return errors.Join(
			tx.InsertNote(f.ctx, &tickets.Note{TicketID: other.ID, CaseID: t.CaseID, AuthorID: f.Deputy.ID, Text: tickets.NewPrivateText("note words"), CreatedAt: f.Start}),
			tx.InsertNote(f.ctx, &tickets.Note{TicketID: t.ID, Text: tickets.NewPrivateText("from triage"), CreatedAt: f.Start}),
			tx.PutCaseDate(f.ctx, t.CaseID, "request", "2026-09-01", "letter"))
	})
	facts, err := f.GuardFacts(f.ctx, tickets.FactsAsked{CaseID: t.CaseID, TicketID: t.ID, Mailboxes: []string{f.Mother.Mailbox, f.Officer.Mailbox, "nell@other.example", "nobody@x.example", ""}})
	f.ok(err)
	v, err := f.RegisterVersion(f.ctx)
	f.ok(err)
	f.same("version", facts.Version, v)
	f.same("case", *facts.Case, f.Milo)
	f.same("parties", len(facts.Parties), 2)
	f.same("dates", facts.Dates, map[string]string{"request": "2026-09-01"})
	f.same("domains", facts.StaffDomains, []string{"council.example"})
	f.same("own", facts.OwnMailboxes, []string{"sen@council.example"})
	officer := f.Officer
	officer.PasswordHash = ""
	f.same("the one asked for", facts.Staff[0], officer)
	names := func(list []register.Staff) (out []string) {
		for _, s := range list {
			if s.PasswordHash != "" {
				f.Errorf("the guard is told what signs %s in", s.Name)
			}
			out = append(out, s.Name)
		}
		return out
	}
	// The case's team besides: a greeting may show that a letter was meant for one of them.
	f.same("staff", names(facts.Staff), []string{"Amira Sole", "Bea Lund", "Dean Foss", "Lena Hart"})
	var elsewhere []string
	for _, p := range facts.Elsewhere {
		elsewhere = append(elsewhere, p.Person.Name)
	}
	f.same("elsewhere", elsewhere, []string{"Tessa Brandt", "Nell O'Brien"})
	f.same("private", facts.Private, []tickets.PrivateFact{
		{Source: "note", ID: 1, Author: f.Deputy.Name, At: f.Start, Text: tickets.NewPrivateText("note words")},
		{Source: "note", ID: 2, At: f.Start, Text: tickets.NewPrivateText("from triage")},
		{Source: "call", ID: facts.Private[2].ID, Author: f.Officer.Name, At: f.Start, Text: tickets.NewPrivateText("call words")},
	})
	f.same("seen", facts.Seen[:1], []tickets.SeenFact{{Mailbox: f.Mother.Mailbox, Text: in.Subject + "\n" + in.Text, Wrote: true}})
	f.same("seen last", facts.Seen[len(facts.Seen)-1].Text, "Re: Transport\nWe wrote this.")
	for _, s := range facts.Seen {
		if strings.Contains(s.Text, "strange") || strings.Contains(s.Text, "elsewhere") || strings.Contains(s.Text, "Not sent") {
			f.Errorf("seen: %q", s.Text)
		}
	}
	f.same("other children", facts.OtherChildren, []register.Case{f.Ada, f.Juno})

	// A change of the register is there at once, under a new version.
	f.Juno.ChildName = "Juno Marlow"
	f.write(func(tx tickets.Tx) error { return tx.UpdateCase(f.ctx, &f.Juno) })
	again, err := f.GuardFacts(f.ctx, tickets.FactsAsked{CaseID: t.CaseID, TicketID: t.ID})
	f.ok(err)
	f.same("other children", again.OtherChildren, []register.Case{f.Ada, f.Juno})
	if again.Version <= facts.Version || len(again.Elsewhere)+len(again.Seen) > 0 {
		f.Fatalf("%+v", again)
	}
	f.write(func(tx tickets.Tx) error { f.Officer.Active = false; return tx.UpdateStaff(f.ctx, &f.Officer) })
	again, err = f.GuardFacts(f.ctx, tickets.FactsAsked{Mailboxes: []string{f.Officer.Mailbox}})
	f.ok(err)
	if len(again.Staff) != 0 || again.Case != nil || len(again.Private) != 0 {
		f.Fatalf("a closed account: %+v", again)
	}
	_, err = f.GuardFacts(f.ctx, tickets.FactsAsked{CaseID: 999})
	f.fails(fault.NotFound, err)
}
