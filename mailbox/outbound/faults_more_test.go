package outbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// at changes a configuration to another server.
func at(t *testing.T, s *misbehave.SMTP, more ...func(*Route)) func(*Config) {
	t.Helper()
	_, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) {
		c.Routes[0].Port = n
		for _, f := range more {
			f(&c.Routes[0])
		}
	}
}

func scripted(t *testing.T, o misbehave.SMTPOptions) *misbehave.SMTP {
	t.Helper()
	s, err := misbehave.NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// codes are the temporary and permanent answers that servers give.
func codes() []int {
	return []int{421, 432, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 523, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556}
}

// Whatever a server answers at whatever command, with and without hanging up:
// the letter is given at most once, what was not given waits or is refused in
// words, and only what was given and not answered is in doubt.
func TestEveryCodeAtEveryCommand(t *testing.T) {
	everyCode(t, []int{421, 451, 452, 503, 535, 550, 552, 554})
}

// The same with every code that has been seen.
func TestSoakEveryCodeAtEveryCommand(t *testing.T) {
	mailtest.Soak(t)
	everyCode(t, codes())
}

func everyCode(t *testing.T, wide []int) {
	cert := mailtest.NewCertificate(t)
	phases := []misbehave.Phase{
		misbehave.Connect, misbehave.Ehlo, misbehave.StartTLS, misbehave.Auth, misbehave.Mail, misbehave.Rcpt, misbehave.Data, misbehave.Dot,
	}
	for _, phase := range phases {
		for _, n := range wide {
			for _, hangUp := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %d %v", phase, n, hangUp), func(t *testing.T) {
					t.Parallel()
					s := scripted(t, misbehave.SMTPOptions{
						TLSConfig: cert.ServerTLS(), Username: "sen", Password: "right",
						Rules: []misbehave.Rule{{Phase: phase, Do: misbehave.Action{Code: n, Text: "no " + mother, Drop: hangUp}}},
					})
					b := newBench(t, at(t, s, func(r *Route) {
						r.TLS, r.RootCAs, r.Username = "starttls", cert.Pool(), "sen"
						r.Password = func() (string, error) { return "right", nil }
					}))
					l := b.reply(plain, mother)
					b.once(t)
					state, given := b.states(l)[0], len(s.Messages())
					session := phase == misbehave.Connect || phase == misbehave.Ehlo || phase == misbehave.StartTLS || phase == misbehave.Auth
					want := tickets.Queued
					if n >= 500 && !session && !slices.Contains([]int{530, 534, 535, 538}, n) {
						want = tickets.Refused
					}
					if state != want || given > 1 || given == 1 && phase != misbehave.Dot {
						t.Fatalf("%s with %d given, want %s; %s", state, given, want, b.log)
					}
					if l.Letter.Deliveries[0].Why == "" {
						t.Error("nobody is told why")
					}
					s.SetRules()
					if _, err := b.d.Once(t.Context(), start().Add(time.Hour)); err != nil {
						t.Fatal(err)
					}
					if state == tickets.Queued {
						b.expect(t, l, tickets.Accepted)
						b.d.Close()
						if got := len(s.Accepted()); got != 1 {
							t.Fatalf("%d arrived", got)
						}
					} else if got := len(s.Accepted()); got != 0 {
						t.Fatalf("%d arrived", got)
					}
				})
			}
		}
	}
}

// The connection that is kept fails between two letters: the next one leaves by
// another, once.
func TestTheKeptConnectionFails(t *testing.T) {
	for name, rules := range map[string][]misbehave.Rule{
		"noop 421":      {code(misbehave.Noop, 421)},
		"noop 500":      {code(misbehave.Noop, 500)},
		"noop drop":     {drop(misbehave.Noop)},
		"accepted drop": {drop(misbehave.Accepted)},
		"quit 421":      {code(misbehave.Quit, 421)},
		"quit drop":     {drop(misbehave.Quit)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil, rules...)
			one, two := b.reply(plain, mother), b.reply(general, school)
			b.once(t)
			b.once(t)
			b.expect(t, one, tickets.Accepted)
			b.expect(t, two, tickets.Accepted)
			b.d.Close()
			b.accepted(t, 2)
		})
	}
}

// A server that carries the recipients of a failed transaction into the next one
// gets no chance to: the connection ends with anything but a clean 250.
func TestAServerThatKeepsRecipients(t *testing.T) {
	for name, rule := range map[string]misbehave.Rule{
		"data 451": {Phase: misbehave.Data, Attempt: 1, Do: misbehave.Action{Code: 451}},
		"data 554": {Phase: misbehave.Data, Attempt: 1, Do: misbehave.Action{Code: 554}},
		"dot 451":  {Phase: misbehave.Dot, Attempt: 1, Do: misbehave.Action{Code: 451}},
		"dot 554":  {Phase: misbehave.Dot, Attempt: 1, Do: misbehave.Action{Code: 554}},
	} {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, misbehave.SMTPOptions{KeepRecipients: true, Rules: []misbehave.Rule{rule}})
			b := newBench(t, at(t, s))
			b.reply(plain, mother)
			two := b.reply(general, school)
			b.once(t)
			b.once(t)
			b.expect(t, two, tickets.Accepted)
			if _, err := b.d.Once(t.Context(), start().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			b.d.Close()
			for _, m := range s.Accepted() {
				if len(m.To) != 1 {
					t.Errorf("%v got one letter", m.To)
				}
			}
		})
	}
}

// The author takes a letter back while the server is slow: nothing is given, and
// the connection with its recipients is not used for the next letter.
func TestTakenBackBehindRcpt(t *testing.T) {
	s := scripted(t, misbehave.SMTPOptions{KeepRecipients: true})
	b := newBench(t, at(t, s))
	one := b.reply(plain, mother)
	b.taken = true
	b.once(t)
	b.taken = false
	one.Letter.Deliveries[0].State = tickets.Cancelled
	two := b.reply(general, school)
	b.once(t)
	b.expect(t, two, tickets.Accepted)
	b.d.Close()
	got := s.Accepted()
	if len(got) != 1 || !slices.Equal(got[0].To, []string{school}) || got[0].Conn != 2 {
		t.Fatalf("%+v", got)
	}
}

// A certificate that has ended or is another host's ends the connection before a
// word of the letter, and before the password.
func TestCertificatesThatAreNoGood(t *testing.T) {
	for name, cert := range map[string]*mailtest.Certificate{
		"ended": mailtest.ExpiredCertificate(t), "another host's": mailtest.CertificateOf(t, "other.example"),
	} {
		for _, mode := range []string{"starttls", "tls"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				s := scripted(t, misbehave.SMTPOptions{TLSConfig: cert.ServerTLS(), Implicit: mode == "tls", Username: "sen", Password: "right"})
				b := newBench(t, at(t, s, func(r *Route) {
					r.TLS, r.RootCAs, r.Username = mode, cert.Pool(), "sen"
					r.Password = func() (string, error) { return "right", nil }
				}))
				l := b.reply(plain, mother)
				b.once(t)
				b.expect(t, l, tickets.Queued)
				for _, e := range s.Events() {
					if e.Phase == misbehave.Auth || e.Phase == misbehave.Mail {
						t.Errorf("it went on to %s", e.Phase)
					}
				}
			})
		}
	}
}

// A tarpit, and a server that never stops talking, are let go of; behind the dot
// the letter is in doubt.
func TestTarpit(t *testing.T) {
	short := func(c *Config) {
		c.Routes[0].Timeouts = Timeouts{Connect: 300 * time.Millisecond, Command: 300 * time.Millisecond, Block: 300 * time.Millisecond, Dot: 300 * time.Millisecond}
	}
	for name, do := range map[string]misbehave.Action{
		"an octet now and then": {Write: "250-slow\r\n", Drip: 40 * time.Millisecond},
		"without an end":        {Write: "250-" + strings.Repeat("more and more ", 100) + "\r\n", Drip: -1},
	} {
		for phase, want := range map[misbehave.Phase]tickets.DeliveryState{
			misbehave.Connect: tickets.Queued, misbehave.Ehlo: tickets.Queued, misbehave.Mail: tickets.Queued,
			misbehave.Rcpt: tickets.Queued, misbehave.Data: tickets.Queued, misbehave.Dot: tickets.Uncertain,
		} {
			t.Run(name+" "+string(phase), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, short, misbehave.Rule{Phase: phase, Do: do})
				l := b.reply(plain, mother)
				b.once(t)
				b.expect(t, l, want)
			})
		}
	}
}

// What a letter may hold to smuggle another one in, or to lose a dot: either the
// wire holds the cleared bytes with doubled dots and nothing else, or nothing at all.
func TestSmuggling(t *testing.T) {
	second := "MAIL FROM:<x@evil.example>\r\nRCPT TO:<" + barred + ">\r\nDATA\r\nSubject: smuggled\r\n\r\nhi\r\n.\r\n"
	for name, text := range map[string]string{
		"CRLF.CRLF":    "one\r\n.\r\n" + second,
		"LF.LF":        "one\n.\n" + second,
		"LF.CRLF":      "one\n.\r\n" + second,
		"CRLF.LF":      "one\r\n.\n" + second,
		"CR.CR":        "one\r.\r" + second,
		"CR.CRLF":      "one\r.\r\n" + second,
		"CRLF.CR":      "one\r\n.\r" + second,
		"CRCRLF.":      "one\r\r\n.\r\r\n" + second,
		"LFCR.":        "one\n\r.\n\r" + second,
		"dots":         ".\n..\n...\n.leading\n. \n.\t\n",
		"a dot alone":  ".",
		"dot at 75":    strings.Repeat("x", 74) + ".\n" + strings.Repeat("y", 75) + ".\n.z",
		"soft breaks":  strings.Repeat(".", 400) + "\n" + strings.Repeat("=.", 300),
		"a long line":  strings.Repeat("word ", 1000) + "\n." + strings.Repeat("z", 2000),
		"vertical":     "one\v.\v\f.\f\u2028.\u2028\u0085.\u0085",
		"a NUL":        "one\x00\r\n.\x00\r\n" + second,
		"eight bits":   "Zoë – “quoted” ñ\r\n.ü\r\n",
		"only newline": "x\n\n\n\n.\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			l := b.reply("Dear Tamsin,\n\n"+text, mother)
			b.once(t)
			d := l.Letter.Deliveries[0]
			if d.State == tickets.Held {
				if len(b.smtp.Messages()) != 0 {
					t.Error("it was held and given")
				}
				return
			}
			b.expect(t, l, tickets.Accepted)
			got := b.accepted(t, 1)[0]
			sum := sha256.Sum256(got.Raw)
			if d.SHA256 != hex.EncodeToString(sum[:]) {
				t.Error("other bytes arrived than were cleared")
			}
			if !bytes.Equal(got.Wire, append(stuffed(got.Raw), ".\r\n"...)) {
				t.Error("the wire differs in more than doubled dots")
			}
			if i := bare(got.Wire); i >= 0 {
				t.Errorf("a bare CR or LF at %d: %q", i, got.Wire[max(0, i-10):i+2])
			}
			for _, c := range got.Wire {
				if c >= 0x80 || c == 0 {
					t.Errorf("an octet %#x on the wire", c)
				}
			}
			mails := 0
			for _, e := range b.smtp.Events() {
				if e.Phase == misbehave.Mail {
					mails++
				}
			}
			if mails != 1 {
				t.Errorf("%d letters", mails)
			}
		})
	}
}

func stuffed(raw []byte) []byte {
	var out []byte
	for line := range bytes.Lines(raw) {
		if line[0] == '.' {
			out = append(out, '.')
		}
		out = append(out, line...)
	}
	return out
}

// bare finds a CR or LF that stands alone; -1 for none.
func bare(b []byte) int {
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') || c == '\n' && (i == 0 || b[i-1] != '\r') {
			return i
		}
	}
	return -1
}

// What the server offers is used: it is told the size, and reports shall name our
// Message-ID and send no more than the header back.
func TestExtensionsAreUsed(t *testing.T) {
	s := scripted(t, misbehave.SMTPOptions{Extensions: []string{"SIZE 60000000", "8BITMIME", "SMTPUTF8", "DSN"}})
	b := newBench(t, at(t, s))
	l := b.reply(plain, mother)
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	b.d.Close()
	m := s.Accepted()[0]
	want := fmt.Sprintf("BODY=8BITMIME SIZE=%d RET=HDRS ENVID=%s", len(m.Raw), l.Letter.Deliveries[0].MessageID)
	if m.Params != want {
		t.Errorf("MAIL %q, want %q", m.Params, want)
	}
	if want := "NOTIFY=FAILURE,DELAY ORCPT=RFC822;" + mother; len(m.RcptParams) != 1 || m.RcptParams[0] != want {
		t.Errorf("RCPT %q, want %q", m.RcptParams, want)
	}
	// A server with nothing to offer gets the same letter: it is of seven bits.
	bare := scripted(t, misbehave.SMTPOptions{Extensions: []string{}})
	b = newBench(t, at(t, bare))
	l = b.reply("Dear Tamsin,\n\nZoë’s plan – “final”.\n", mother)
	b.once(t)
	b.expect(t, l, tickets.Accepted)
	b.d.Close()
	if m := bare.Accepted()[0]; m.Params != "" || m.RcptParams[0] != "" {
		t.Errorf("%q %q", m.Params, m.RcptParams)
	}
}

// An address that only SMTPUTF8 can name is refused in words where the server has
// not got it, and reached where it has.
func TestAnAddressBeyondASCII(t *testing.T) {
	const zoe = "zoë@mail.example"
	for name, c := range map[string]struct {
		ext  []string
		want tickets.DeliveryState
	}{"offered": {[]string{"8BITMIME", "SMTPUTF8", "DSN"}, tickets.Accepted}, "not offered": {[]string{"8BITMIME"}, tickets.Refused}} {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, misbehave.SMTPOptions{Extensions: c.ext})
			b := newBench(t, at(t, s))
			b.facts.Parties[0].Addresses[0].Email, b.facts.Parties[0].Addresses[0].Mailbox = zoe, zoe
			l := b.reply(plain, zoe)
			b.once(t)
			if b.states(l)[0] == tickets.Held {
				t.Skipf("the check keeps such addresses back: %q", b.held[l.Letter.ID])
			}
			b.expect(t, l, c.want)
			b.d.Close()
			if c.want == tickets.Refused {
				if why := l.Letter.Deliveries[0].Why; !strings.Contains(why, "SMTPUTF8") || len(s.Messages()) != 0 {
					t.Errorf("why %q, %d given", why, len(s.Messages()))
				}
			} else if m := s.Accepted()[0]; !strings.Contains(m.Params, "SMTPUTF8") || m.To[0] != zoe {
				t.Errorf("%q %v", m.Params, m.To)
			}
		})
	}
}

// A server that is at its bound is not given more within the minute, and its
// letters neither fail nor count an attempt.
func TestPace(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Routes[0].PerMinute = 2 })
	var all []*tickets.Claim
	for range 5 {
		all = append(all, b.reply(plain, mother))
	}
	sent := func() (n int) {
		for _, l := range all {
			if b.states(l)[0] == tickets.Accepted {
				n++
			}
		}
		return n
	}
	now := start()
	for i, want := range []int{2, 2, 4, 4, 5} { // every half minute
		for {
			did, err := b.d.Once(t.Context(), now.Add(time.Duration(i)*30*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			if !did {
				break
			}
		}
		if got := sent(); got != want {
			t.Fatalf("after %d half minutes %d letters have left, want %d", i, got, want)
		}
	}
	for _, l := range all {
		if n := l.Letter.Deliveries[0].Attempts; n != 1 {
			t.Errorf("%d attempts", n)
		}
	}
}

// Routes that sign in alike on one server share its bound, others do not.
func TestPaceIsPerAccount(t *testing.T) {
	one := Route{Address: "a@council.example", Host: "smtp.example", Port: 587, Username: "x", PerMinute: 3}
	two, three := one, one
	two.Address, two.PerMinute = "B@council.example", 1
	three.Address, three.Username = "c@council.example", "y"
	p := newPace([]Route{one, two, three})
	if got := p.full(start()); got != nil {
		t.Fatalf("%v", got)
	}
	p.gave("a@council.example", 1, start())
	if got := p.full(start()); !slices.Equal(got, []string{"a@council.example", "b@council.example"}) {
		t.Fatalf("%v", got)
	}
	if got := p.full(start().Add(time.Minute)); got != nil {
		t.Fatalf("%v", got)
	}
}

// The reason that a person reads when a letter is too big says how big it is and
// what the server takes.
func TestTooBigIsSaidInNumbers(t *testing.T) {
	s := scripted(t, misbehave.SMTPOptions{Extensions: []string{"SIZE 2000"}})
	b := newBench(t, at(t, s))
	l := b.reply("Dear Tamsin,\n"+strings.Repeat("a line of the letter\n", 200), mother)
	b.once(t)
	b.expect(t, l, tickets.Refused)
	if why := l.Letter.Deliveries[0].Why; !strings.Contains(why, "at most 2 KB") || !strings.Contains(why, "It has") && !strings.Contains(why, "it has") {
		t.Errorf("why %q", why)
	}
}

const general = "Hello,\n\nThank you. Panel meets on Thursday.\n\nJo Bell\n"
