package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/store"
)

// Run is the conformance suite: what every engine promises. open gives a new,
// empty store for each test.
func Run(t *testing.T, open func(t testing.TB) *store.DB) {
	for _, tc := range []struct {
		name string
		test func(t *testing.T, f *fixture)
	}{
		{"register", testRegister},
		{"register version", testRegisterVersion},
		{"transactions", testTransactions},
		{"savepoints", testSavepoints},
		{"read, decide, write", testNoLostUpdate},
		{"ticket rows", testTicketRows},
		{"references", testReferences},
		{"message rows", testMessageRows},
		{"texts that databases refuse", testHostileTexts},
		{"the same mail twice", testSameMail},
		{"notes and calls", testNotesAndCalls},
		{"raw mail", testRaw},
		{"ledger", testLedger},
		{"what the server has", testPresent},
		{"virus scans", testScans},
		{"intake rules", testRules},
		{"written outside", testOutside},
		{"cursors", testCursors},
		{"match by token", testMatchToken},
		{"match by thread", testMatchThread},
		{"match by sender", testMatchSender},
		{"automatic letters are counted", testAutomaticCounts},
		{"clocks", testClocks},
		{"clock steps", testClockSteps},
		{"events", testEvents},
		{"outgoing rows", testOutgoingRows},
		{"compare and set", testSetDelivery},
		{"claims", testClaim},
		{"claims in order", testClaimOrder},
		{"claims and modes", testClaimModes},
		{"claims too late", testClaimLate},
		{"claims race", testClaimRace},
		{"undo and claim race", testUndoRace},
		{"recovery", testRecovery},
		{"guard facts", testGuardFacts},
		{"who sees which ticket", testVisibility},
		{"scopes of roles", testRoleScopes},
		{"let into a case", testGrants},
		{"grants and time", testGrantTime},
		{"doors", testDoors},
		{"tokens narrow a role", testScopes},
		{"views and counts", testViews},
		{"pages follow each other", testPages},
		{"ticket view", testTicketView},
		{"timeline", testTimeline},
		{"cases", testCases},
		{"search", testSearch},
		{"search inside a transaction", testSearchInside},
		{"search within the scope", testSearchScope},
		{"outbox list", testOutboxList},
		{"ledger list", testLedgerList},
		{"automatic mail", testAutomaticMail},
		{"lead figures", testLeadFigures},
		{"leases", testLeases},
		{"sessions", testSessions},
		{"accounts", testAccounts},
		{"hooks", testHooks},
		{"mailings", testMailings},
		{"sessions of staff", testStaffSessions},
		{"api tokens", testAPITokens},
		{"health", testHealth},
		{"facts of a case", testFacts},
		{"directory and domains", testDirectory},
		{"imports", testImports},
		{"settings", testSettings},
		{"teams with what belongs to them", testTeamsList},
		{"audit", testAudit},
		{"every list with every actor", testEveryList},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			tc.test(t, &fixture{T: t, DB: db, World: Seed(t, db), ctx: context.Background()})
		})
	}
}

// fixture is a store with a World, and short words for what tests do often.
type fixture struct {
	*testing.T
	*store.DB
	*World
	ctx  context.Context
	made int
}

func (f *fixture) write(fn func(tx tickets.Tx) error) {
	f.Helper()
	f.ok(f.Write(f.ctx, fn))
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// fails checks the kind of an error.
func (f *fixture) fails(kind fault.Kind, err error) {
	f.Helper()
	if !fault.Is(err, kind) {
		f.Fatalf("error is %v, want kind %s", err, kind)
	}
}

// same compares deeply; nil and empty lists are the same.
func (f *fixture) same(what string, got, want any) {
	f.Helper()
	private := cmp.Comparer(func(a, b tickets.PrivateText) bool { return a.ForStaff() == b.ForStaff() })
	if d := cmp.Diff(want, got, private, cmpopts.EquateEmpty()); d != "" {
		f.Fatalf("%s: -want +got\n%s", what, d)
	}
}

func (f *fixture) hour(n int) time.Time { return f.Start.Add(time.Duration(n) * time.Hour) }

// ticket is an open ticket of Milo's case; change alters it before it is stored.
func (f *fixture) ticket(change func(t *tickets.Ticket)) tickets.Ticket {
	f.Helper()
	t := tickets.Ticket{
		CaseID: f.Milo.ID, TeamID: f.North.ID, OwnerID: f.Officer.ID, MailboxID: f.Mailbox.ID, State: tickets.StateOpen,
		Category: tickets.CategoryGeneral, Subject: "Transport", RequesterID: f.Tessa.ID, RequesterMailbox: f.Mother.Mailbox,
		RequesterEmail: f.Mother.Email, ReceivedAt: f.Start, LastInboundAt: f.Start, CreatedAt: f.Start,
	}
	if change != nil {
		change(&t)
	}
	f.write(func(tx tickets.Tx) (err error) {
		if t.Ref, err = tx.NextTicketRef(f.ctx); err != nil {
			return err
		}
		return tx.InsertTicket(f.ctx, &t)
	})
	return t
}

// triage is a ticket on no case.
func (f *fixture) triage(change func(t *tickets.Ticket)) tickets.Ticket {
	f.Helper()
	return f.ticket(func(t *tickets.Ticket) {
		t.CaseID, t.OwnerID, t.RequesterID, t.State, t.Category = 0, 0, 0, tickets.StateTriage, tickets.CategoryTriage
		t.RequesterMailbox, t.RequesterEmail = "who@nowhere.example", "who@nowhere.example"
		if change != nil {
			change(t)
		}
	})
}

// mail is a message of Milo's mother on t.
func (f *fixture) mail(t tickets.Ticket, change func(m *tickets.Message)) tickets.Message {
	f.Helper()
	f.made++
	m := tickets.Message{
		TicketID: t.ID, CaseID: t.CaseID, MailboxID: f.Mailbox.ID, Direction: tickets.In, Channel: tickets.ChannelEmail,
		Kind: tickets.KindHuman, PersonID: f.Tessa.ID, FromName: "Tessa B", FromEmail: f.Mother.Email,
		FromMailbox: f.Mother.Mailbox, To: "SEN <sen@council.example>", Subject: "Transport",
		Text: "When does the taxi come?", ReplyText: "When does the taxi come?",
		MessageID: fmt.Sprintf("m%d@family.example", f.made), ContentHash: fmt.Sprintf("hash%d", f.made),
		ReceivedAt: f.Start, CreatedAt: f.Start,
	}
	if change != nil {
		change(&m)
	}
	f.write(func(tx tickets.Tx) error { return tx.InsertMessage(f.ctx, &m) })
	return m
}

// letter is a reply of the officer to Milo's mother that may leave now.
func (f *fixture) letter(t tickets.Ticket, change func(o *tickets.Outgoing)) tickets.Outgoing {
	f.Helper()
	f.made++
	o := tickets.Outgoing{
		TicketID: t.ID, CaseID: t.CaseID, MailboxID: f.Mailbox.ID, Purpose: tickets.PurposeReply, AuthorID: f.Officer.ID,
		Subject: "Re: Transport", Body: "It comes at eight.", CreatedAt: f.Start, ReleaseAt: f.Start, QueuedMode: "send",
		Deliveries: []tickets.Delivery{{
			PersonID: f.Tessa.ID, Name: "Tessa Brandt", Email: f.Mother.Email, Mailbox: f.Mother.Mailbox,
			MessageID: fmt.Sprintf("o%d@council.example", f.made), Token: fmt.Sprintf("token%d", f.made),
			State: tickets.Queued, NextAt: f.Start, UpdatedAt: f.Start,
		}},
	}
	if change != nil {
		change(&o)
	}
	f.write(func(tx tickets.Tx) error { return tx.InsertOutgoing(f.ctx, &o) })
	return o
}

func (f *fixture) clock(t tickets.Ticket, due time.Time, change func(c *tickets.TicketClock)) tickets.TicketClock {
	f.Helper()
	c := tickets.TicketClock{
		TicketID: t.ID, Kind: tickets.ClockFirstResponse, NextAt: &due,
		Clock: sla.Clock{
			Policy: "general", ReceivedAt: f.Start, StartAt: f.Start, WarnAt: due.Add(-time.Hour), DueAt: due,
			LeadAt: due.Add(time.Hour), StartDay: sla.DateOf(f.Start), DueDay: sla.DateOf(due),
		},
	}
	if change != nil {
		change(&c)
	}
	f.write(func(tx tickets.Tx) error { return tx.InsertClock(f.ctx, &c) })
	return c
}

func (f *fixture) delivery(id int64) tickets.Delivery {
	f.Helper()
	var d *tickets.Delivery
	for n := int64(1); d == nil && n < 100; n++ {
		o, err := f.OutgoingByID(f.ctx, n)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		f.ok(err)
		for i := range o.Deliveries {
			if o.Deliveries[i].ID == id {
				d = &o.Deliveries[i]
			}
		}
	}
	if d == nil {
		f.Fatalf("there is no delivery %d", id)
	}
	return *d
}
