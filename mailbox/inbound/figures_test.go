package inbound_test

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// timed adds up how long store and intake take, as seen from outside.
type timed struct {
	*store.DB
	desk            *tickets.Desk
	prepare, intake atomic.Int64
}

func (d *timed) PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error) {
	defer func(start time.Time) { d.prepare.Add(int64(time.Since(start))) }(time.Now())
	return d.DB.PrepareRaw(ctx, raw)
}

func (d *timed) Intake(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error) {
	defer func(start time.Time) { d.intake.Add(int64(time.Since(start))) }(time.Now())
	return d.desk.Intake(ctx, batch, now)
}

// BenchmarkOnce reads a mailbox of lifelike mail from Dovecot over TLS into
// SQLite with synchronous=FULL. One operation is one mail. Beside the rate it
// says how much of the time somebody waited for the intake, what making raw mail
// safe took (several at once), and the processor time of this process.
func BenchmarkOnce(b *testing.B) {
	dovecot := mailtest.SharedDovecot(b)
	user := dovecot.User()
	opts := mailtest.Lifelike()
	opts.Mailbox = team
	dovecot.Seed(b, user, "INBOX", mailtest.GenerateAll(1, b.N, opts))
	w := worldOn(b, storetest.Open(b, store.Options{Engine: store.SQLite, Dir: b.TempDir()}), mailtest.Families(1, 400))
	stages := &timed{DB: w.db, desk: w.desk}
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), func(_ *inbound.Account, d *inbound.Deps) {
		d.Store, d.Intake = stages, stages
	})
	b.ResetTimer()
	start, cpu := time.Now(), processorTime(b)
	if _, err := p.Once(context.Background()); err != nil {
		b.Fatal(err)
	}
	took, used := time.Since(start), processorTime(b)-cpu
	b.StopTimer()
	if n := len(w.ledger()); n != b.N {
		b.Fatalf("%d lines in the ledger for %d mails", n, b.N)
	}
	b.ReportMetric(float64(b.N)/took.Seconds(), "mails/s")
	b.ReportMetric(100*float64(stages.intake.Load())/float64(took), "%intake")
	b.ReportMetric(100*float64(stages.prepare.Load())/float64(took), "%prepare")
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/mail")
}

// processorTime is user and system time of this process so far.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLarge reads one mail of 100 MB.
func BenchmarkLarge(b *testing.B) {
	post := newPost(b)
	raw := append([]byte("From: a@mail.example\r\nSubject: scans\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"), make([]byte, 100<<20)...)
	for i := len(raw) - 100<<20; i < len(raw); i++ {
		raw[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[i*7%64]
		if i%78 >= 76 {
			raw[i] = "\r\n"[i%78-76]
		}
	}
	post.deliver(raw)
	clear(raw)
	raw = nil
	w := worldOn(b, storetest.SQLite(b), nil)
	b.ResetTimer()
	for range b.N {
		w.must(w.db.SetCursor(w.ctx, &tickets.Cursor{MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: 1}))
		if _, err := w.poller(post.addr).Once(w.ctx); err != nil {
			b.Fatal(err)
		}
	}
}
