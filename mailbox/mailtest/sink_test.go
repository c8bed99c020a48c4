package mailtest

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// dial connects to a sink in its own TLS mode.
func dial(t *testing.T, s *Sink) *smtp.Client {
	t.Helper()
	var c *smtp.Client
	var err error
	switch s.options.TLS {
	case ImplicitTLS:
		c, err = smtp.DialTLS(s.Addr(), s.TLSConfig())
	case StartTLS:
		c, err = smtp.DialStartTLS(s.Addr(), s.TLSConfig())
	default:
		c, err = smtp.Dial(s.Addr())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// A mail comes out of the sink as it went in: envelope and every byte.
func TestSinkKeepsExactBytes(t *testing.T) {
	defer goleak.VerifyNone(t)
	for name, mode := range map[string]TLSMode{"clear": NoTLS, "starttls": StartTLS, "tls": ImplicitTLS} {
		t.Run(name, func(t *testing.T) {
			s := SMTPSink(t, SinkOptions{TLS: mode, Users: map[string]string{"team": "secret"}})
			c := dial(t, s)
			if err := c.Auth(sasl.NewPlainClient("", "team", "secret")); err != nil {
				t.Fatal(err)
			}
			raw := "Subject: dots\r\n\r\n.\r\n..two\r\n ends with a long line " + strings.Repeat("x", 900) + "\r\n\x80\xff\r\n"
			if err := c.SendMail("", []string{"a@homemail.example", "b@homemail.example"}, strings.NewReader(raw)); err != nil {
				t.Fatal(err)
			}
			want := []Received{{
				Outcome: Accepted, From: "", To: []string{"a@homemail.example", "b@homemail.example"}, Data: []byte(raw),
				Hello: "localhost", User: "team", TLS: mode != NoTLS, Body: "8BITMIME", Sequence: 1,
			}}
			if diff := cmp.Diff(want, s.Wait(t, 1)); diff != "" {
				t.Error(diff)
			}
			s.Close()
		})
	}
}

func TestSinkSignIn(t *testing.T) {
	s := SMTPSink(t, SinkOptions{TLS: StartTLS, Users: map[string]string{"team": "secret"}})
	wantCode := func(err error, code int) {
		t.Helper()
		if reply := (*smtp.SMTPError)(nil); !errors.As(err, &reply) || reply.Code != code {
			t.Errorf("got %v, want code %d", err, code)
		}
	}
	c := dial(t, s)
	wantCode(c.Mail("a@homemail.example", nil), 530)
	wantCode(c.Auth(sasl.NewPlainClient("", "team", "wrong")), 535)
	wantCode(c.Auth(sasl.NewPlainClient("", "nobody", "secret")), 535)
	open, err := smtp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	wantCode(open.Auth(sasl.NewPlainClient("", "team", "secret")), 523) // no password in clear text
	if got := s.All(); len(got) != 0 {
		t.Errorf("%d mails without a sign-in", len(got))
	}
}

// The script decides at every step, and the sink keeps what became of each mail.
func TestSinkScript(t *testing.T) {
	defer goleak.VerifyNone(t)
	var steps []Step
	script := func(e Event) Action {
		steps = append(steps, e.Step)
		switch {
		case e.Step == StepMail && e.Mail.From == "mail@homemail.example":
			return Reply(451, "4.3.0 later")
		case e.Step == StepRcpt && e.Rcpt == "gone@homemail.example":
			return Reply(550, "5.1.1 no such mailbox")
		case e.Step == StepDot && e.Mail.From == "dot@homemail.example":
			return Reply(554, "5.7.1 refused")
		case e.Step == StepDot && e.Mail.From == "drop@homemail.example":
			return Drop()
		case e.Step == StepAccepted && e.Mail.From == "last@homemail.example":
			return Drop()
		}
		return Action{}
	}
	s := SMTPSink(t, SinkOptions{Script: script})
	c := dial(t, s)
	code := func(err error) int {
		if reply := (*smtp.SMTPError)(nil); errors.As(err, &reply) {
			return reply.Code
		}
		if err != nil {
			return -1
		}
		return 250
	}
	send := func(from, to string) int {
		err := c.SendMail(from, []string{to}, strings.NewReader("Subject: x\r\n\r\n"+from+"\r\n"))
		got := code(err)
		if got > 250 {
			if err := c.Reset(); err != nil {
				t.Fatal(err)
			}
		}
		return got
	}
	const to = "a@homemail.example"
	got := []int{
		send("mail@homemail.example", to), send("rcpt@homemail.example", "gone@homemail.example"), send("dot@homemail.example", to),
		send("fine@homemail.example", to), send("drop@homemail.example", to),
	}
	c = dial(t, s)
	got = append(got, send("last@homemail.example", to))
	if diff := cmp.Diff([]int{451, 550, 554, 250, -1, 250}, got); diff != "" {
		t.Errorf("answers:\n%s", diff)
	}
	if err := c.Noop(); err == nil {
		t.Error("the connection is alive after a drop behind 250")
	}
	want := []Received{
		{Outcome: Refused, From: "dot@homemail.example"},
		{Outcome: Accepted, From: "fine@homemail.example"},
		{Outcome: Dropped, From: "drop@homemail.example"},
		{Outcome: Accepted, From: "last@homemail.example"},
	}
	only := cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return strings.HasPrefix(name, ".") && name != ".Outcome" && name != ".From"
	}, cmp.Ignore())
	if diff := cmp.Diff(want, s.All(), only); diff != "" {
		t.Errorf("mails:\n%s", diff)
	}
	if n := len(s.Mails()); n != 2 {
		t.Errorf("%d accepted, want 2", n)
	}
	s.Close()
	if diff := cmp.Diff([]Step{StepConnect, StepHello, StepMail}, steps[:3]); diff != "" {
		t.Errorf("steps:\n%s", diff)
	}
}

// A client that goes away within the mail leaves a broken one, and a hanging server
// lets go when it is closed.
func TestSinkBrokenAndHang(t *testing.T) {
	defer goleak.VerifyNone(t)
	var hanging atomic.Bool
	reached := make(chan struct{})
	s := SMTPSink(t, SinkOptions{Script: func(e Event) Action {
		if e.Step == StepMail && hanging.Load() {
			close(reached)
			return Hang()
		}
		return Action{}
	}})
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClient(conn)
	if err := c.Mail("a@homemail.example", nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Rcpt("b@homemail.example", nil); err != nil {
		t.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "Subject: half a ma"); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()

	hanging.Store(true)
	second := dial(t, s)
	answered := make(chan error, 1)
	go func() { answered <- second.Mail("c@homemail.example", nil) }()
	<-reached
	select {
	case err := <-answered:
		t.Errorf("a hanging server answered: %v", err)
	default:
	}
	s.Close()
	if err := <-answered; err == nil {
		t.Error("a hanging server accepted")
	}
	if got := s.All(); len(got) != 1 || got[0].Outcome != Broken {
		t.Errorf("got %+v, want one broken mail", got)
	}
}

// A sink may come back at the same address, as a relay does after an outage.
func TestSinkSameAddress(t *testing.T) {
	first := SMTPSink(t, SinkOptions{})
	first.Close()
	if _, err := smtp.Dial(first.Addr()); err == nil {
		t.Fatal("a closed sink still listens")
	}
	second := SMTPSink(t, SinkOptions{Addr: first.Addr()})
	if err := dial(t, second).SendMail("a@homemail.example", []string{"b@homemail.example"}, strings.NewReader("x: y\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	second.Wait(t, 1)
}
