package outbound

import (
	"context"
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

func drop(p misbehave.Phase) misbehave.Rule {
	return misbehave.Rule{Phase: p, Do: misbehave.Action{Drop: true}}
}

func code(p misbehave.Phase, n int) misbehave.Rule {
	return misbehave.Rule{Phase: p, Do: misbehave.Action{Code: n, Text: "5.1.1 no " + mother}}
}

// Every answer at every step ends in the right state, the letter is given at
// most once, and nobody is told that a letter arrived that did not.
func TestServerFaults(t *testing.T) {
	for name, c := range map[string]struct {
		rule  misbehave.Rule
		want  tickets.DeliveryState
		given int // messages whose dot the server has read
	}{
		"connect 421":      {code(misbehave.Connect, 421), tickets.Queued, 0},
		"connect 554":      {code(misbehave.Connect, 554), tickets.Queued, 0},
		"connect drop":     {drop(misbehave.Connect), tickets.Queued, 0},
		"ehlo 421":         {code(misbehave.Ehlo, 421), tickets.Queued, 0},
		"ehlo 550":         {code(misbehave.Ehlo, 550), tickets.Queued, 0},
		"ehlo drop":        {drop(misbehave.Ehlo), tickets.Queued, 0},
		"mail 451":         {code(misbehave.Mail, 451), tickets.Queued, 0},
		"mail 421":         {code(misbehave.Mail, 421), tickets.Queued, 0},
		"mail 530":         {code(misbehave.Mail, 530), tickets.Queued, 0},
		"mail 550":         {code(misbehave.Mail, 550), tickets.Refused, 0},
		"mail drop":        {drop(misbehave.Mail), tickets.Queued, 0},
		"rcpt 450":         {code(misbehave.Rcpt, 450), tickets.Queued, 0},
		"rcpt 550":         {code(misbehave.Rcpt, 550), tickets.Refused, 0},
		"rcpt drop":        {drop(misbehave.Rcpt), tickets.Queued, 0},
		"data 451":         {code(misbehave.Data, 451), tickets.Queued, 0},
		"data 554":         {code(misbehave.Data, 554), tickets.Refused, 0},
		"data 250":         {code(misbehave.Data, 250), tickets.Queued, 0},
		"data drop":        {drop(misbehave.Data), tickets.Queued, 0},
		"dot 451":          {code(misbehave.Dot, 451), tickets.Queued, 1},
		"dot 554":          {code(misbehave.Dot, 554), tickets.Refused, 1},
		"dot 251":          {code(misbehave.Dot, 251), tickets.Uncertain, 1},
		"dot 354":          {code(misbehave.Dot, 354), tickets.Uncertain, 1},
		"dot drop":         {drop(misbehave.Dot), tickets.Uncertain, 1},
		"dot rubbish":      {misbehave.Rule{Phase: misbehave.Dot, Do: misbehave.Action{Write: "what\r\n", Drop: true}}, tickets.Uncertain, 1},
		"dot half a code":  {misbehave.Rule{Phase: misbehave.Dot, Do: misbehave.Action{Write: "25", Drop: true}}, tickets.Uncertain, 1},
		"dot half a reply": {misbehave.Rule{Phase: misbehave.Dot, Do: misbehave.Action{Write: "250-2.0.0 first line\r\n", Drop: true}}, tickets.Uncertain, 1},
		"dot reset":        {misbehave.Rule{Phase: misbehave.Dot, Do: misbehave.Action{Reset: true}}, tickets.Uncertain, 1},
		"accepted, drop":   {drop(misbehave.Accepted), tickets.Accepted, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil, c.rule)
			l := b.reply(plain, mother)
			b.once(t)
			b.expect(t, l, c.want)
			if got := len(b.smtp.Messages()); got != c.given {
				t.Fatalf("%d messages were given, want %d", got, c.given)
			}
			d := l.Letter.Deliveries[0]
			switch c.want {
			case tickets.Queued:
				if d.NextAt != start().Add(time.Minute) || d.Why == "" {
					t.Errorf("next at %s, why %q", d.NextAt, d.Why)
				}
			case tickets.Refused, tickets.Uncertain:
				if d.Why == "" {
					t.Error("nobody is told why")
				}
			}
			// The server is well again: what is in doubt is not sent anew, what was
			// refused stays refused, what waits arrives.
			b.smtp.SetRules()
			did, err := b.d.Once(t.Context(), start().Add(time.Hour))
			if err != nil || did != (c.want == tickets.Queued) {
				t.Fatalf("again: %v %v", did, err)
			}
			if c.want == tickets.Queued {
				b.expect(t, l, tickets.Accepted)
				b.accepted(t, 1)
			} else if got := len(b.smtp.Messages()); got != c.given {
				t.Fatalf("it was sent again: %d", got)
			}
		})
	}
}

// One of three that the server will not have stops nobody else's copy, and the
// connection is not used again for the next.
func TestOneOfThreeIsRefused(t *testing.T) {
	b := newBench(t, nil, misbehave.Rule{Phase: misbehave.Rcpt, Attempt: 2, Do: misbehave.Action{Code: 550, Text: "5.1.1 unknown"}})
	b.facts.Parties = append(b.facts.Parties, b.facts.Parties[0])
	third := &b.facts.Parties[3]
	third.Person.ID, third.Person.Name = 4, "Ada Orchard"
	third.Addresses = slices.Clone(third.Addresses)
	third.Addresses[0].Email, third.Addresses[0].Mailbox = "ada@mail.example", "ada@mail.example"
	l := b.reply(plain, mother, school, "ada@mail.example")
	b.once(t)
	b.expect(t, l, tickets.Accepted, tickets.Refused, tickets.Accepted)
	got := b.accepted(t, 2)
	if len(got) != 2 || got[0].Conn == got[1].Conn {
		t.Fatalf("%+v", got)
	}
	if why := l.Letter.Deliveries[1].Why; !strings.Contains(why, "does not exist") {
		t.Errorf("why %q", why)
	}
}

// A server that says nothing holds nobody up for ever, and a letter whose
// answer does not come is in doubt.
func TestStalls(t *testing.T) {
	short := func(c *Config) {
		c.Routes[0].Timeouts = Timeouts{Connect: 300 * time.Millisecond, Command: 300 * time.Millisecond, Block: 300 * time.Millisecond, Dot: 300 * time.Millisecond}
	}
	for phase, want := range map[misbehave.Phase]tickets.DeliveryState{
		misbehave.Connect: tickets.Queued, misbehave.Ehlo: tickets.Queued, misbehave.Mail: tickets.Queued,
		misbehave.Rcpt: tickets.Queued, misbehave.Data: tickets.Queued, misbehave.Dot: tickets.Uncertain,
	} {
		t.Run(string(phase), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, short, misbehave.StallAt(phase)...)
			l := b.reply(plain, mother)
			b.once(t)
			b.expect(t, l, want)
		})
	}
}

// A program that is being stopped lets go of a letter before DATA, and lets the
// transaction end behind it.
func TestStoppedAtAPhase(t *testing.T) {
	for phase, want := range map[misbehave.Phase]tickets.DeliveryState{
		misbehave.Ehlo: tickets.Queued, misbehave.Rcpt: tickets.Queued, misbehave.Dot: tickets.Accepted,
	} {
		t.Run(string(phase), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			b.smtp.OnPhase(func(p misbehave.Phase) {
				if p == phase {
					stop()
				}
			})
			l := b.reply(plain, mother)
			if _, err := b.d.Once(ctx, start()); err != nil {
				t.Fatal(err)
			}
			got := b.states(l)[0]
			// Before DATA the answer may have been on its way already.
			if got != want && (want != tickets.Queued || got != tickets.Accepted) {
				t.Fatalf("state %s", got)
			}
			if n := len(b.smtp.Messages()); (got == tickets.Accepted) != (n == 1) {
				t.Fatalf("state %s with %d messages given", got, n)
			}
		})
	}
}

func TestGivesUpAfterADay(t *testing.T) {
	b := newBench(t, nil, code(misbehave.Rcpt, 450))
	l := b.reply(plain, mother)
	now, tries := start(), 0
	for b.states(l)[0] == tickets.Queued {
		if tries++; tries > 20 {
			t.Fatal("it never gives up")
		}
		if _, err := b.d.Once(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if d := l.Letter.Deliveries[0]; d.State == tickets.Queued {
			if !d.NextAt.After(now) {
				t.Fatalf("next at %s", d.NextAt)
			}
			now = d.NextAt
		}
	}
	b.expect(t, l, tickets.Refused)
	if day := now.Sub(start()); day < 20*time.Hour || day > 25*time.Hour || !strings.Contains(l.Letter.Deliveries[0].Why, "gave up") {
		t.Errorf("after %s: %q", day, l.Letter.Deliveries[0].Why)
	}
}

func TestTooLateForAnAutomaticLetter(t *testing.T) {
	b := newBench(t, nil)
	l := b.reply(plain, mother)
	at := start().Add(-time.Second)
	l.Letter.ExpiresAt = &at
	b.once(t)
	b.expect(t, l, tickets.Cancelled)
	if len(b.smtp.Events()) != 0 {
		t.Error("the mail server was reached")
	}
}

func TestSizeIsAskedFirst(t *testing.T) {
	b := newBench(t, nil)
	s, err := misbehave.NewSMTP(misbehave.SMTPOptions{Extensions: []string{"SIZE 2000"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Config{Mode: tickets.ModeSend, Holder: "t", Routes: []Route{{Address: ours, Host: "127.0.0.1", Port: n, TLS: "none"}}}, b.fake, b.fake, b.d.log)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	l := b.reply("Dear Tamsin,\n"+strings.Repeat("a line of the letter\n", 200), mother)
	if _, err := d.Once(t.Context(), start()); err != nil {
		t.Fatal(err)
	}
	b.expect(t, l, tickets.Refused)
	for _, e := range s.Events() {
		if e.Phase == misbehave.Mail {
			t.Error("MAIL was given")
		}
	}
}

// TLS is required unless the server is this very machine, and a certificate
// that does not check ends the connection before anything is said.
func TestTLS(t *testing.T) {
	cert := mailtest.NewCertificate(t)
	for name, c := range map[string]struct {
		opts misbehave.SMTPOptions
		mode string
		pool *x509.CertPool
		user string
		want tickets.DeliveryState
	}{
		"starttls":          {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS()}, "starttls", cert.Pool(), "", tickets.Accepted},
		"by default":        {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS()}, "", cert.Pool(), "", tickets.Accepted},
		"implicit":          {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS(), Implicit: true}, "tls", cert.Pool(), "", tickets.Accepted},
		"signed in":         {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS(), Username: "sen", Password: "right"}, "starttls", cert.Pool(), "sen", tickets.Accepted},
		"wrong password":    {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS(), Username: "sen", Password: "other"}, "starttls", cert.Pool(), "sen", tickets.Queued},
		"stripped":          {misbehave.SMTPOptions{}, "starttls", cert.Pool(), "", tickets.Queued},
		"unknown authority": {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS()}, "starttls", x509.NewCertPool(), "", tickets.Queued},
		"implicit, unknown": {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS(), Implicit: true}, "tls", x509.NewCertPool(), "", tickets.Queued},
		"AUTH is not there": {misbehave.SMTPOptions{TLSConfig: cert.ServerTLS()}, "starttls", cert.Pool(), "sen", tickets.Queued},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := misbehave.NewSMTP(c.opts)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			_, port, err := net.SplitHostPort(s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.Atoi(port)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, func(cfg *Config) {
				r := &cfg.Routes[0]
				r.Port, r.TLS, r.RootCAs, r.Username = n, c.mode, c.pool, c.user
				if c.user != "" {
					r.Password = func() (string, error) { return "right", nil }
				}
			})
			l := b.reply(plain, mother)
			b.once(t)
			b.expect(t, l, c.want)
			for _, m := range s.Accepted() {
				if !m.TLS || m.User != c.user {
					t.Errorf("TLS %v, user %q", m.TLS, m.User)
				}
			}
			if c.want == tickets.Queued && (len(s.Accepted()) != 0 || b.d.Health().OK) {
				t.Error("health is good although nothing goes out")
			}
		})
	}
	for _, host := range []string{"mail.council.example", "10.0.0.5", "127.0.0.1.council.example"} {
		if _, err := New(Config{Mode: tickets.ModeSend, Holder: "t", Routes: []Route{{Address: ours, Host: host, Port: 25, TLS: "none"}}}, newFake(), newFake(), newBench(t, nil).d.log); err == nil {
			t.Errorf("%s without TLS is taken", host)
		}
	}
}
