package store_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// BenchmarkLists asks what pages ask, with 100,000 messages on 40,000 tickets of
// 2,000 cases in the store; every fortieth ticket is still open.
func BenchmarkLists(b *testing.B) {
	for name, open := range map[string]func() *store.DB{
		"sqlite": func() *store.DB { return storetest.SQLite(b) }, "postgres": func() *store.DB { return storetest.Postgres(b) },
	} {
		b.Run(name, func(b *testing.B) {
			db := open()
			w := storetest.Seed(b, db)
			now := fillMany(b, db, w, 100_000)
			ctx := context.Background()
			officer, lead := storetest.Actor(b, db, w.Officer), storetest.Actor(b, db, w.Lead)
			gen := newWords(1)
			var someTicket, someCase int64 = 20_000, 1_000
			for what, ask := range map[string]func() error{
				"inbox": func() error {
					_, err := db.Tickets(ctx, officer, tickets.TicketQuery{View: "team", Now: now})
					return err
				},
				"finished": func() error {
					_, err := db.Tickets(ctx, officer, tickets.TicketQuery{View: "finished", Now: now})
					return err
				},
				"all, newest": func() error {
					_, err := db.Tickets(ctx, officer, tickets.TicketQuery{View: "all", Sort: "newest", Now: now})
					return err
				},
				"list with a question": func() error {
					_, err := db.Tickets(ctx, officer, tickets.TicketQuery{Q: gen.text(2), Now: now})
					return err
				},
				"counts":        func() error { _, err := db.TicketCounts(ctx, officer, now); return err },
				"search common": func() error { _, err := db.Search(ctx, officer, gen.list[2], 50); return err },
				"search two":    func() error { _, err := db.Search(ctx, officer, gen.text(2), 50); return err },
				"search name":   func() error { _, err := db.Search(ctx, officer, "child1000 bench", 50); return err },
				"timeline":      func() error { _, err := db.Timeline(ctx, lead, someTicket); return err },
				"lead page":     func() error { _, err := db.LeadFigures(ctx, lead, now); return err },
				"guard": func() error {
					_, err := db.GuardFacts(ctx, tickets.FactsAsked{CaseID: someCase, TicketID: someTicket, Mailboxes: []string{"parent1000@family.example"}})
					return err
				},
				"claim nothing": func() error { _, err := db.ClaimDue(ctx, "b", now, tickets.ModeSend); return err },
			} {
				b.Run(what, func(b *testing.B) {
					before := cpu()
					for range b.N {
						if err := ask(); err != nil {
							b.Fatal(err)
						}
					}
					// On a busy machine this says more than the time that went by.
					b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/op")
				})
			}
		})
	}
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// fillMany writes n messages and gives the time at which the last came.
func fillMany(b *testing.B, db *store.DB, w *storetest.World, n int) time.Time {
	b.Helper()
	ctx := context.Background()
	families := manyFamilies(b, db, w, 2000)
	gen := newWords(1)
	page, err := db.Cases(ctx, access.System("bench"), tickets.CaseQuery{Q: "child0 bench"})
	if err != nil {
		b.Fatal(err)
	}
	firstCase := page.Items[0].ID
	at := w.Start
	var t tickets.Ticket
	for i := 0; i < n; {
		err := db.Write(ctx, func(tx tickets.Tx) error {
			for range 500 {
				at = at.Add(time.Minute)
				if i%5 == 0 || i%5 == 2 { // five messages on two tickets
					family := (i / 5) % len(families)
					t = tickets.Ticket{
						Ref: fmt.Sprintf("B-%d", i), CaseID: firstCase + int64(family), TeamID: w.North.ID, OwnerID: w.Officer.ID,
						MailboxID: w.Mailbox.ID, State: tickets.StateFinished, Category: tickets.CategoryGeneral, Subject: gen.text(5),
						RequesterMailbox: families[family], RequesterEmail: families[family], ReceivedAt: at, LastInboundAt: at, CreatedAt: at,
					}
					if i%100 == 0 {
						t.State = tickets.StateOpen
					}
					if err := tx.InsertTicket(ctx, &t); err != nil {
						return err
					}
					due := at.Add(5 * 24 * time.Hour)
					c := tickets.TicketClock{TicketID: t.ID, Kind: tickets.ClockFirstResponse, Clock: sla.Clock{
						Policy: "general", ReceivedAt: at, StartAt: at, WarnAt: due, DueAt: due, LeadAt: due,
					}}
					if t.State == tickets.StateFinished {
						c.StoppedAt = &at
					}
					if err := tx.InsertClock(ctx, &c); err != nil {
						return err
					}
				}
				m := tickets.Message{
					TicketID: t.ID, CaseID: t.CaseID, MailboxID: w.Mailbox.ID, Direction: tickets.In, Channel: tickets.ChannelEmail,
					Kind: tickets.KindHuman, FromMailbox: t.RequesterMailbox, FromEmail: t.RequesterEmail, Subject: t.Subject,
					Text: gen.text(150), MessageID: fmt.Sprintf("b%d@x.example", i), ContentHash: fmt.Sprint(i), ReceivedAt: at, CreatedAt: at,
				}
				m.ReplyText = m.Text
				e := tickets.Event{TicketID: t.ID, CaseID: t.CaseID, Kind: tickets.EvReceived, At: at, System: "bench"}
				if err := errors.Join(tx.InsertMessage(ctx, &m), tx.InsertEvent(ctx, &e)); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return at
}
