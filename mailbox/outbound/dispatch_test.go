package outbound

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/guard"
	"hearback/tickets"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(empty.dir)
		os.Exit(code)
	}))
}

const plain = "Dear Tamsin,\n\nThank you. Panel meets on Thursday.\n\nJo Bell\n"

// bench is a dispatcher between a fake outbox and a scripted mail server.
type bench struct {
	*fake
	d    *Dispatcher
	smtp *misbehave.SMTP
	log  *bytes.Buffer
}

func newBench(t *testing.T, change func(*Config), rules ...misbehave.Rule) *bench {
	t.Helper()
	s, err := misbehave.NewSMTP(misbehave.SMTPOptions{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{fake: newFake(), smtp: s, log: &bytes.Buffer{}}
	c := Config{
		Mode: tickets.ModeSend, Holder: "test", Hello: "hearback.council.example",
		Routes: []Route{{Address: ours, Name: "SEN team", PlusAddressing: true, NullSender: true, Host: host, Port: n, TLS: "none"}},
	}
	if change != nil {
		change(&c)
	}
	b.d, err = New(c, b.fake, b.fake, slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.d.Close)
	t.Cleanup(func() {
		for _, secretWord := range []string{marker, mother, barred, "Tamsin", "Panel"} {
			if strings.Contains(b.log.String(), secretWord) {
				t.Errorf("the log holds %q: %s", secretWord, b.log)
			}
		}
		for _, m := range b.smtp.Messages() {
			if bytes.Contains(m.Raw, []byte(marker)) {
				t.Errorf("a note left: %s", m.Raw)
			}
		}
	})
	return b
}

func (b *bench) once(t *testing.T) {
	t.Helper()
	if did, err := b.d.Once(t.Context(), start()); err != nil || !did {
		t.Fatalf("Once: %v, %v; %s", did, err, b.log)
	}
}

// accepted waits until the server has noted its n-th 250, which may be after
// the client has read it.
func (b *bench) accepted(t *testing.T, n int) []misbehave.Message {
	t.Helper()
	if err := b.smtp.WaitPhase(t.Context(), misbehave.Accepted, n); err != nil {
		t.Fatal(err)
	}
	got := b.smtp.Accepted()
	if len(got) != n {
		t.Fatalf("%d copies arrived, want %d", len(got), n)
	}
	return got
}

func (b *bench) expect(t *testing.T, c *tickets.Claim, want ...tickets.DeliveryState) {
	t.Helper()
	if got := b.states(c); !slices.Equal(got, want) {
		t.Fatalf("states %v, want %v; held %q %v; %s", got, want, b.held[c.Letter.ID], b.rules[c.Letter.ID], b.log)
	}
}

func TestReplyLeavesOnce(t *testing.T) {
	b := newBench(t, nil)
	c := b.reply(plain, mother, school)
	b.once(t)
	b.expect(t, c, tickets.Accepted, tickets.Accepted)
	if did, err := b.d.Once(t.Context(), start()); did || err != nil {
		t.Fatalf("something more to do: %v", err)
	}
	got := b.accepted(t, 2)
	if len(got) != 2 || b.recovered != 1 {
		t.Fatalf("%d mails, %d recoveries", len(got), b.recovered)
	}
	for i, m := range got {
		if m.From != ours || len(m.To) != 1 || m.To[0] != c.Letter.Deliveries[i].Email {
			t.Errorf("envelope %q %v", m.From, m.To)
		}
		text := string(m.Raw)
		for _, want := range []string{
			"From: \"SEN team\" <sen@council.example>\r\n", "Subject: [SEN-104233] Your message\r\n",
			"Reply-To: \"SEN team\" <sen+" + c.Letter.Deliveries[i].Token + "@council.example>\r\n",
			"Message-ID: <" + c.Letter.Deliveries[i].MessageID + ">\r\n", "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n", "Panel meets on Thursday.\r\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		// Only who wrote the answered mail sees its Message-ID.
		if hers := i == 0; hers != strings.Contains(text, "In-Reply-To: <asked@mail.example>\r\nReferences: <asked@mail.example>\r\n") || !hers && strings.Contains(text, "asked@") {
			t.Errorf("thread of copy %d:\n%s", i, text)
		}
		if strings.Contains(text, "Auto-Submitted") || strings.Contains(text, c.Letter.Deliveries[1-i].Email) {
			t.Errorf("wrong header:\n%s", text)
		}
		if m.Conn != 1 {
			t.Error("the connection was not used again after a clean 250")
		}
	}
	if b.d.Health() != (Health{OK: true, LastGood: start()}) {
		t.Errorf("health %+v", b.d.Health())
	}
}

// What the server is given is what was judged, byte for byte, dots included.
func TestBytesOnTheWire(t *testing.T) {
	b := newBench(t, nil)
	text := "Dear Tamsin,\n\n.\n..\n.hidden\nFrom here on\n" + strings.Repeat("long ", 60) + "\n£5 and “quotes”\n\n."
	c := b.reply(text, mother)
	claim := *c
	copies, err := b.d.composer.Copies(&claim, start())
	if err != nil {
		t.Fatal(err)
	}
	b.once(t)
	b.expect(t, c, tickets.Accepted)
	if got := b.accepted(t, 1)[0].Raw; !bytes.Equal(got, copies[0].Bytes) {
		t.Fatalf("given\n%q\ncomposed\n%q", got, copies[0].Bytes)
	}
}

func TestRefusedByTheGuard(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		to   []string
		rule string
	}{
		"note":               {"Dear Tamsin, " + secret, []string{mother}, guard.RuleNote},
		"barred":             {plain, []string{barred}, guard.RuleNoContact},
		"barred, one of two": {plain, []string{mother, "KIT.orchard+1@home.example"}, guard.RuleNoContact},
		"stranger":           {"Hello", []string{"who@nowhere.example"}, guard.RuleNotLinked},
		"another child":      {"Dear Tamsin, Elin Pell comes too.", []string{mother}, guard.RuleOtherChild},
		"unfilled":           {"Dear {{name}}, hello.", []string{mother}, guard.RuleUnmerged},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			l := b.reply(c.text, c.to...)
			b.once(t)
			for _, s := range b.states(l) {
				if s != tickets.Held {
					t.Fatalf("state %s", s)
				}
			}
			if !slices.Contains(b.rules[l.Letter.ID], c.rule) || b.held[l.Letter.ID] == "" {
				t.Fatalf("held %q by %v", b.held[l.Letter.ID], b.rules[l.Letter.ID])
			}
			if n := len(b.smtp.Events()); n != 0 {
				t.Fatalf("the mail server was reached: %d events", n)
			}
		})
	}
}

// I10, I11: whatever fails, times out, panics or changes on the way to a
// decision, nothing leaves.
func TestFailClosed(t *testing.T) {
	for name, c := range map[string]struct {
		inject func(*bench)
		want   tickets.DeliveryState
	}{
		"facts fail":     {func(b *bench) { b.failFacts = func(context.Context) error { return errors.New("down") } }, tickets.Queued},
		"facts time out": {func(b *bench) { b.failFacts = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() } }, tickets.Queued},
		"facts late":     {func(b *bench) { b.failFacts = func(ctx context.Context) error { <-ctx.Done(); return nil } }, tickets.Queued},
		"facts panic":    {func(b *bench) { b.failFacts = func(context.Context) error { panic(secret) } }, tickets.Queued},
		"version fails":  {func(b *bench) { b.failVersion = func(context.Context) error { return errors.New("down") } }, tickets.Queued},
		"facts of another case": {func(b *bench) {
			x := *b.facts.Case
			x.ID = 99
			b.facts.Case = &x
		}, tickets.Queued},
		"no facts of ours":        {func(b *bench) { b.facts.OwnMailboxes = nil }, tickets.Queued},
		"register keeps changing": {func(b *bench) { b.onFacts = func() { b.version++ } }, tickets.Queued},
		"order entered meanwhile": {func(b *bench) {
			b.onFacts = func() {
				if b.version == 3 {
					b.version = 4
					b.facts.Parties = slices.Clone(b.facts.Parties)
					b.facts.Parties[0].Link.NoContact = true
				}
			}
		}, tickets.Held},
		"account shut":      {func(b *bench) { b.letters[0].Author.Active = false }, tickets.Held},
		"author moved away": {func(b *bench) { b.letters[0].Author.TeamID = 77; b.letters[0].Author.ID = 78 }, tickets.Held},
		"author unknown":    {func(b *bench) { b.letters[0].Author = nil }, tickets.Held},
		"enquiry moved":     {func(b *bench) { b.letters[0].Ticket.CaseID = 6 }, tickets.Held},
		"changed since seen": {func(b *bench) {
			b.letters[0].Letter.Digest = Digest(b.letters[0].Letter)
			b.letters[0].Letter.Body += "x"
		}, tickets.Held},
		"recipient exchanged": {func(b *bench) {
			b.letters[0].Letter.Digest = Digest(b.letters[0].Letter)
			b.letters[0].Letter.Deliveries[0].Email = school
		}, tickets.Held},
		"purpose unknown":         {func(b *bench) { b.letters[0].Letter.Purpose = "mailing" }, tickets.Held},
		"template unknown":        {func(b *bench) { b.letters[0].Letter.Template, b.letters[0].Letter.Body = "x", "" }, tickets.Held},
		"subject with a line end": {func(b *bench) { b.letters[0].Letter.Subject = "x\r\nBcc: who@nowhere.example" }, tickets.Held},
		"address with a line end": {func(b *bench) { b.letters[0].Letter.Deliveries[0].Email = mother + "\r\nRCPT TO:<x@y.example>" }, tickets.Held},
		"name with a line end":    {func(b *bench) { b.letters[0].Letter.Deliveries[0].Name = "x\r\nBcc: who@nowhere.example" }, tickets.Held},
		"no mailbox of ours":      {func(b *bench) { b.letters[0].Mailbox.Address = "other@council.example" }, tickets.Held},
		"claim lost":              {func(b *bench) { b.taken = true }, tickets.Claimed},
		"begin fails":             {func(b *bench) { b.failBegin = errors.New("disk full") }, tickets.Claimed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			l := b.reply(plain, mother)
			c.inject(b)
			_, err := b.d.Once(t.Context(), start())
			if b.failBegin == nil && err != nil {
				t.Fatal(err)
			}
			b.expect(t, l, c.want)
			if len(b.smtp.Messages()) != 0 {
				t.Fatal("a letter left")
			}
			for _, e := range b.smtp.Events() {
				if e.Phase == misbehave.Data {
					t.Fatal("DATA was given")
				}
			}
		})
	}
}

func TestModes(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Mode = tickets.ModeHold })
	l := b.reply(plain, mother)
	if did, err := b.d.Once(t.Context(), start()); did || err != nil {
		t.Fatalf("hold: %v %v", did, err)
	}
	b.expect(t, l, tickets.Queued)

	b = newBench(t, func(c *Config) { c.Mode = tickets.ModeObserve })
	l, bad := b.reply(plain, mother), b.reply("Dear Tamsin, "+secret, mother)
	b.once(t)
	b.once(t)
	b.expect(t, l, tickets.Held)
	b.expect(t, bad, tickets.Held)
	if !strings.Contains(b.held[l.Letter.ID], "would have been sent") || len(b.rules[l.Letter.ID]) != 0 {
		t.Errorf("%q %v", b.held[l.Letter.ID], b.rules[l.Letter.ID])
	}
	if !strings.Contains(b.held[bad.Letter.ID], "would have been stopped") || !slices.Contains(b.rules[bad.Letter.ID], guard.RuleNote) {
		t.Errorf("%q %v", b.held[bad.Letter.ID], b.rules[bad.Letter.ID])
	}
	if len(b.smtp.Events()) != 0 {
		t.Error("the mail server was reached")
	}
	if _, err := New(Config{Holder: "x"}, b.fake, b.fake, slog.Default()); err == nil {
		t.Error("the zero Config is taken")
	}
}
