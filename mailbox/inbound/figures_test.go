package inbound_test

import (
	"testing"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// BenchmarkOnce reads a mailbox of lifelike mail from Dovecot over TLS into
// SQLite with synchronous=FULL. One operation is one mail.
func BenchmarkOnce(b *testing.B) {
	dovecot := mailtest.SharedDovecot(b)
	user := dovecot.User()
	opts := mailtest.Lifelike()
	opts.Mailbox = team
	dovecot.Seed(b, user, "INBOX", mailtest.GenerateAll(1, b.N, opts))
	w := worldOn(b, storetest.Open(b, store.Options{Engine: store.SQLite, Dir: b.TempDir()}), mailtest.Families(1, 400))
	p := w.poller(dovecot.AddrTLS(), func(a *inbound.Account, _ *inbound.Deps) {
		a.Security, a.TLS, a.Username = inbound.TLS, dovecot.TLSConfig(), user
	})
	b.ResetTimer()
	start := time.Now()
	if _, err := p.Once(w.ctx); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	b.StopTimer()
	if n := len(w.ledger()); n != b.N {
		b.Fatalf("%d lines in the ledger for %d mails", n, b.N)
	}
	b.ReportMetric(float64(b.N)/took.Seconds(), "mails/s")
}
