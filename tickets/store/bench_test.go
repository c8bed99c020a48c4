package store_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mrand "math/rand"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// words of a text with the frequencies of a language: few words are common.
type words struct {
	zipf *mrand.Zipf
	list []string
}

func newWords(seed int64) *words {
	r := mrand.New(mrand.NewSource(seed))
	w := &words{zipf: mrand.NewZipf(r, 1.1, 4, 19_999)}
	for range 20_000 {
		b := make([]byte, 3+r.Intn(8))
		for i := range b {
			b[i] = "etaoinshrdlucmfwypvbgkjqxz"[min(r.Intn(26), r.Intn(26))]
		}
		w.list = append(w.list, string(b))
	}
	return w
}

func (w *words) text(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(" \n"[min(i%12/11, 1)])
		}
		b.WriteString(w.list[w.zipf.Uint64()])
	}
	return b.String()
}

func hash() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// BenchmarkIntakeRows writes what intake writes for one mail, 100 mails a
// transaction, with synced commits. One operation is one mail.
func BenchmarkIntakeRows(b *testing.B) {
	for name, open := range map[string]func() *store.DB{
		"sqlite": func() *store.DB {
			return storetest.Open(b, store.Options{Engine: store.SQLite, Dir: b.TempDir()})
		},
		"postgres": func() *store.DB { return storetest.Postgres(b) },
	} {
		b.Run(name, func(b *testing.B) {
			db := open()
			ctx := context.Background()
			w := storetest.Seed(b, db)
			families := manyFamilies(b, db, w, 3000)
			gen := newWords(1)
			now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
			mails := make([]*tickets.Message, 2000)
			raws := make([][]byte, len(mails))
			for i := range mails {
				text := gen.text(150)
				whole := text
				if i%3 == 0 {
					whole += "\n\nOn Monday somebody wrote:\n" + gen.text(200)
				}
				mails[i] = &tickets.Message{Subject: gen.text(6), Text: whole, ReplyText: text}
				raws[i] = []byte(gen.text(900))
			}
			b.ResetTimer()
			before := cpu()
			for i := 0; i < b.N; {
				n := min(100, b.N-i)
				err := db.Write(ctx, func(tx tickets.Tx) error {
					for k := range n {
						if err := tx.Savepoint(ctx, func() error {
							return takeOne(ctx, db, tx, w, families[(i+k)%len(families)], *mails[(i+k)%len(mails)], raws[(i+k)%len(mails)], i+k, now)
						}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				i += n
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/op")
		})
	}
}

// BenchmarkPrepareRaw keeps a mail with an attachment of 200 KB, synced.
func BenchmarkPrepareRaw(b *testing.B) {
	db := storetest.Open(b, store.Options{Engine: store.SQLite, Dir: b.TempDir()})
	raw := make([]byte, 200<<10)
	for i := range b.N {
		copy(raw, fmt.Sprint(i))
		if _, err := db.PrepareRaw(context.Background(), raw); err != nil {
			b.Fatal(err)
		}
	}
}

// manyFamilies adds cases with one parent each and gives their mailboxes.
func manyFamilies(b *testing.B, db *store.DB, w *storetest.World, n int) []string {
	b.Helper()
	ctx := context.Background()
	var out []string
	err := db.Write(ctx, func(tx tickets.Tx) error {
		for i := range n {
			c := w.Milo
			c.ID, c.Ref, c.ChildName = 0, fmt.Sprintf("B-%d", i), fmt.Sprintf("Child%d Bench", i)
			if err := tx.InsertCase(ctx, &c); err != nil {
				return err
			}
			p := register.Person{Name: fmt.Sprintf("Parent%d Bench", i), Kind: register.KindParent, CreatedAt: w.Start}
			if err := tx.InsertPerson(ctx, &p); err != nil {
				return err
			}
			if err := tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes}); err != nil {
				return err
			}
			a := register.Address{PersonID: p.ID, Email: fmt.Sprintf("parent%d@family.example", i), CreatedAt: w.Start}
			if err := tx.InsertAddress(ctx, &a); err != nil {
				return err
			}
			out = append(out, a.Mailbox)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// takeOne writes the rows of one mail as tickets.Desk does.
func takeOne(ctx context.Context, db *store.DB, tx tickets.Tx, w *storetest.World, mother string, m tickets.Message, raw []byte, i int, now time.Time) error {
	if _, err := tx.LedgerAt(ctx, w.Mailbox.ID, "INBOX", 1, uint32(i)); err == nil {
		return fmt.Errorf("mail %d is there already", i)
	}
	h := hash()
	raw = append([]byte(h), raw...)
	p, err := db.PrepareRaw(ctx, raw)
	if err != nil {
		return err
	}
	if m.RawID, err = tx.SaveRaw(ctx, p); err != nil {
		return err
	}
	if _, _, err := tx.HasContent(ctx, w.Mailbox.ID, h); err != nil {
		return err
	}
	facts, err := tx.MatchFacts(ctx, tickets.MatchKeys{MessageIDs: []string{h + "@else.example"}, Mailbox: mother})
	if err != nil {
		return err
	}
	c := facts.Sender[0].Case
	t := &tickets.Ticket{
		CaseID: c.ID, TeamID: c.TeamID, OwnerID: c.OfficerID, MailboxID: w.Mailbox.ID, State: tickets.StateOpen,
		Category: tickets.CategoryGeneral, Subject: m.Subject, RequesterID: facts.Sender[0].Person.ID,
		RequesterMailbox: mother, ReceivedAt: now, LastInboundAt: now, CreatedAt: now,
	}
	if t.Ref, err = tx.NextTicketRef(ctx); err != nil {
		return err
	}
	if err := tx.InsertTicket(ctx, t); err != nil {
		return err
	}
	m.TicketID, m.CaseID, m.MailboxID, m.ContentHash, m.MessageID = t.ID, c.ID, w.Mailbox.ID, h, h+"@mail.example"
	m.Direction, m.Channel, m.Kind, m.ReceivedAt, m.CreatedAt = tickets.In, tickets.ChannelEmail, tickets.KindHuman, now, now
	m.FromEmail, m.FromMailbox, m.FromName = mother, mother, "Tessa Brandt"
	if err := tx.InsertMessage(ctx, &m); err != nil {
		return err
	}
	for _, k := range []tickets.EventKind{tickets.EvTicketOpened, tickets.EvReceived, tickets.EvClockStarted, tickets.EvAckQueued} {
		e := &tickets.Event{TicketID: t.ID, CaseID: c.ID, Kind: k, At: now, System: "intake", Data: map[string]any{"message_id": m.ID}}
		if err := tx.InsertEvent(ctx, e); err != nil {
			return err
		}
	}
	due := now.AddDate(0, 0, 7)
	if err := tx.InsertClock(ctx, &tickets.TicketClock{
		TicketID: t.ID, Kind: tickets.ClockFirstResponse, NextAt: &due,
		Clock: sla.Clock{Policy: "general", ReceivedAt: now, StartAt: now, WarnAt: due, DueAt: due, LeadAt: due},
	}); err != nil {
		return err
	}
	if _, err := tx.AutomaticSince(ctx, mother, t.ID, now.Add(-24*time.Hour)); err != nil {
		return err
	}
	o := &tickets.Outgoing{
		TicketID: t.ID, CaseID: c.ID, MailboxID: w.Mailbox.ID, Purpose: tickets.PurposeAck, Subject: "We have your email",
		Template: "ack", Fields: map[string]string{"ref": t.Ref, "due": "Tuesday 1 December 2026", "owner": "Amira Sole"},
		CreatedAt: now, ReleaseAt: now, QueuedMode: "send",
		Deliveries: []tickets.Delivery{{
			Email: mother, Mailbox: mother, MessageID: h + "@ours.example", Token: h[:26],
			State: tickets.Queued, NextAt: now,
		}},
	}
	if err := tx.InsertOutgoing(ctx, o); err != nil {
		return err
	}
	if err := tx.UpdateTicket(ctx, t); err != nil {
		return err
	}
	return tx.PutLedger(ctx, &tickets.LedgerEntry{
		MailboxID: w.Mailbox.ID, Folder: "INBOX", UIDValidity: 1, UID: uint32(i), Fate: tickets.FateMessage,
		RawID: m.RawID, MessageID: m.ID, ReceivedAt: now, UpdatedAt: now,
	})
}
