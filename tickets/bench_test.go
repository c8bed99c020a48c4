package tickets_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/register"
)

// BenchmarkIntake takes fresh mails of known senders in batches of 100: message,
// ticket, clock, acknowledgement, events and ledger row for each.
func BenchmarkIntake(b *testing.B) {
	w := newWorld(b, func(s *tickets.Settings) { s.AcksPerHour, s.AcksPerSender = 1<<30, 1<<30 })
	ctx := context.Background()
	const families = 500
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		for i := range families {
			c := w.milo
			c.Ref = fmt.Sprintf("WM-9%03d", i)
			w.must(tx.InsertCase(ctx, &c))
			p := register.Person{Name: "A Parent", Kind: register.KindParent, CreatedAt: noon}
			w.must(tx.InsertPerson(ctx, &p))
			email := fmt.Sprintf("parent%d@mail.example", i)
			w.must(tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: email, CreatedAt: noon}))
			w.must(tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, PR: register.PRYes}))
		}
		return nil
	}))
	body := strings.Repeat("We would like to know when the review will be. ", 60)
	var batch []tickets.Received
	for i := range b.N {
		batch = append(batch, w.received(mail(fmt.Sprintf("parent%d@mail.example", i%families), saying(fmt.Sprint(i, body)))))
	}
	b.ResetTimer()
	for len(batch) > 0 {
		n := min(100, len(batch))
		if _, err := w.desk.Intake(ctx, batch[:n], w.now); err != nil {
			b.Fatal(err)
		}
		batch = batch[n:]
	}
}
