package misbehave_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	m "hearback/mailbox/devmail/misbehave"
)

const (
	from = "sen@council.example"
	to   = "wren.hart@family.example"
	text = "Subject: About Ash\r\n\r\nHello\r\n.dot\r\n"
)

func TestMain(tm *testing.M) { goleak.VerifyTestMain(tm) }

// soon bounds what a test waits for; reaching it is a failure, never a pass.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSMTP(t *testing.T, opts m.SMTPOptions) *m.SMTP {
	t.Helper()
	s, err := m.NewSMTP(opts)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

// send is one attempt as a mail program makes it: a new connection, one message.
func send(addr string, to ...string) (err error) {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreClosed(c.Close())) }()
	if err := c.Mail(from, nil); err != nil {
		return err
	}
	var refused error
	for _, r := range to {
		refused = errors.Join(refused, c.Rcpt(r, nil))
	}
	w, err := c.Data()
	if err != nil {
		return errors.Join(refused, err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return errors.Join(w.Close(), refused, c.Quit())
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func code(err error) int {
	var e *smtp.SMTPError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestRecords(t *testing.T) {
	tick := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := newSMTP(t, m.SMTPOptions{Username: "gw", Password: "secret", Now: func() time.Time { tick = tick.Add(time.Second); return tick }})
	var hooks []m.Phase
	s.OnPhase(func(p m.Phase) { hooks = append(hooks, p) })
	c, err := smtp.Dial(s.Addr())
	must(t, err)
	must(t, c.Hello("hearback.council.example"))
	if err := c.Mail(from, nil); code(err) != 530 {
		t.Errorf("MAIL before AUTH: %v", err)
	}
	must(t, c.Auth(sasl.NewPlainClient("", "gw", "secret")))
	must(t, c.Mail("", &smtp.MailOptions{Body: smtp.Body8BitMIME, Size: 99}))
	must(t, c.Rcpt(to, nil))
	must(t, c.Rcpt("two@family.example", nil))
	w, err := c.Data()
	must(t, err)
	_, err = io.WriteString(w, text+"\x00\xff\r\n")
	must(t, err)
	must(t, w.Close())
	must(t, c.Quit())
	must(t, s.WaitPhase(soon(t), m.Quit, 1))

	got := s.Messages()
	if len(got) != 1 || !got[0].Accepted() || string(got[0].Raw) != text+"\x00\xff\r\n" || got[0].User != "gw" || got[0].From != "" ||
		got[0].Helo != "hearback.council.example" || got[0].Params != "BODY=8BITMIME SIZE=99" && got[0].Params != "SIZE=99 BODY=8BITMIME" {
		t.Errorf("message: %+v", got)
	}
	if d := cmp.Diff([]string{to, "two@family.example"}, got[0].To); d != "" {
		t.Error(d)
	}
	want := []m.Phase{m.Connect, m.Ehlo, m.Auth, m.Mail, m.Rcpt, m.Rcpt, m.Data, m.Dot, m.Accepted, m.Quit}
	if d := cmp.Diff(want, hooks); d != "" {
		t.Errorf("hooks (-want +got):\n%s", d)
	}
	for i, e := range s.Events() {
		if e.Phase != want[i] || e.Conn != 1 || e.Attempt != 1 || i > 0 && !e.At.After(s.Events()[i-1].At) {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if at := got[0].At; !at[m.Data].Before(at[m.Dot]) || !at[m.Dot].Before(at[m.Accepted]) {
		t.Errorf("times: %v", at)
	}
}

// Each command can be refused on the first attempt, for now or for good, and
// the second one goes through.
func TestRefuseEachCommand(t *testing.T) {
	for _, phase := range []m.Phase{m.Connect, m.Ehlo, m.Mail, m.Rcpt, m.Data, m.Dot} {
		for _, refusal := range []int{421, 450, 550} {
			s := newSMTP(t, m.SMTPOptions{Rules: m.Refuse(phase, refusal, 1)})
			if phase == m.Ehlo {
				// The client falls back to HELO, which is the same phase.
				if err := send(s.Addr(), to); err == nil {
					t.Errorf("%s %d: no error", phase, refusal)
				}
			} else if err := send(s.Addr(), to); code(err) != refusal {
				t.Errorf("%s %d: %v", phase, refusal, err)
			}
			if n := len(s.Accepted()); n != 0 {
				t.Errorf("%s %d: %d accepted", phase, refusal, n)
			}
			if phase == m.Dot && s.Messages()[0].Code != refusal {
				t.Errorf("dot: %+v", s.Messages()[0])
			}
			// A refusal before MAIL leaves MAIL's own count at the beginning.
			if err := send(s.Addr(), to); err != nil {
				t.Errorf("%s %d, second attempt: %v", phase, refusal, err)
			}
			if n := len(s.Accepted()); n != 1 {
				t.Errorf("%s %d, second attempt: %d accepted", phase, refusal, n)
			}
		}
	}
}

func TestOneRecipientOfThree(t *testing.T) {
	s := newSMTP(t, m.SMTPOptions{Rules: []m.Rule{{Phase: m.Rcpt, Rcpt: 2, Do: m.Action{Code: 550, Text: "5.1.1 No such user"}}}})
	if err := send(s.Addr(), "a@family.example", "b@family.example", "c@family.example"); code(err) != 550 {
		t.Errorf("send: %v", err)
	}
	got := s.Accepted()
	if len(got) != 1 || !slices.Equal(got[0].To, []string{"a@family.example", "c@family.example"}) || !slices.Equal(got[0].Refused, []string{"b@family.example"}) {
		t.Errorf("messages: %+v", got)
	}
}

// The two drops that a client cannot tell apart from its own side: before the
// answer to the final dot the message may or may not be there; after it, it is.
func TestDropAroundTheAnswer(t *testing.T) {
	s := newSMTP(t, m.SMTPOptions{Rules: m.DropAt(m.Dot)})
	if err := send(s.Addr(), to); err == nil || code(err) != 0 {
		t.Errorf("drop before the answer: %v", err)
	}
	if got := s.Messages(); len(got) != 1 || got[0].Code != 0 || string(got[0].Raw) != text {
		t.Errorf("messages: %+v", got)
	}
	for _, do := range []m.Action{{Drop: true}, {Reset: true}} {
		s = newSMTP(t, m.SMTPOptions{Rules: []m.Rule{{Phase: m.Accepted, Do: do}}})
		_ = send(s.Addr(), to) // with RST the 250 may be lost on the way
		must(t, s.WaitPhase(soon(t), m.Accepted, 1))
		if got := s.Accepted(); len(got) != 1 {
			t.Errorf("%+v: %+v", do, got)
		}
	}
	s = newSMTP(t, m.SMTPOptions{Rules: []m.Rule{{Phase: m.Mail, Do: m.Action{Code: 250, Drop: true}}}})
	if err := send(s.Addr(), to); err == nil {
		t.Error("drop after MAIL: no error")
	}
}

func TestStallAtEachPhase(t *testing.T) {
	for _, phase := range []m.Phase{m.Connect, m.Ehlo, m.Mail, m.Rcpt, m.Data, m.Dot, m.Accepted, m.Quit} {
		// The client gives up: its going away ends the stall.
		s := newSMTP(t, m.SMTPOptions{Rules: m.StallAt(phase, 1)})
		conn, err := net.Dial("tcp", s.Addr())
		must(t, err)
		done := make(chan error, 1)
		go func() { done <- converse(conn) }()
		must(t, s.WaitStalled(soon(t), 1))
		must(t, conn.Close())
		if err := <-done; err == nil {
			t.Errorf("%s: the conversation ended well", phase)
		}
		// The server goes on when it is told to, and all is well.
		s = newSMTP(t, m.SMTPOptions{Rules: m.StallAt(phase, 1)})
		go func() { done <- send(s.Addr(), to) }()
		must(t, s.WaitStalled(soon(t), 1))
		s.Resume()
		if err := <-done; err != nil {
			t.Errorf("%s, resumed: %v", phase, err)
		}
		if n := len(s.Accepted()); n != 1 {
			t.Errorf("%s, resumed: %d accepted", phase, n)
		}
		// Close ends it too.
		s = newSMTP(t, m.SMTPOptions{Rules: m.StallAt(phase, 1)})
		go func() { done <- send(s.Addr(), to) }()
		must(t, s.WaitStalled(soon(t), 1))
		s.Close()
		if err := <-done; err == nil {
			t.Errorf("%s, closed: no error", phase)
		}
		if err := s.WaitStalled(soon(t), 2); err == nil {
			t.Error("waiting on a closed server succeeded")
		}
	}
}

// converse sends a whole message and reads each answer; unlike go-smtp's client
// it can be interrupted from outside at once.
func converse(conn net.Conn) error {
	r := bufio.NewReader(conn)
	read := func() error {
		for {
			line, err := r.ReadString('\n')
			if err != nil || len(line) > 3 && line[3] == ' ' {
				return err
			}
		}
	}
	if err := read(); err != nil {
		return err
	}
	for _, cmd := range []string{"EHLO x", "MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">", "DATA", text + ".", "QUIT"} {
		if _, err := io.WriteString(conn, cmd+"\r\n"); err != nil {
			return err
		}
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

func TestTLSFailures(t *testing.T) {
	config, pool := certificate(t)
	good := &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	s := newSMTP(t, m.SMTPOptions{TLSConfig: config})
	c, err := smtp.DialStartTLS(s.Addr(), good)
	must(t, err)
	must(t, c.SendMail(from, []string{to}, strings.NewReader(text)))
	must(t, c.Quit())
	if got := s.Accepted(); len(got) != 1 || !got[0].TLS {
		t.Errorf("messages: %+v", got)
	}
	if err := startTLS(s.Addr(), &tls.Config{ServerName: "127.0.0.1"}); err == nil {
		t.Error("an unknown certificate was accepted")
	}
	for name, do := range map[string]m.Action{
		"refused": {Code: 454, Text: "4.7.0 TLS not available"}, "rubbish": {Write: "this is not TLS\r\n", Drop: true},
		"dropped": {Drop: true}, "reset": {Reset: true},
	} {
		s := newSMTP(t, m.SMTPOptions{TLSConfig: config, Rules: []m.Rule{{Phase: m.StartTLS, Do: do}}})
		if err := startTLS(s.Addr(), good); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s = newSMTP(t, m.SMTPOptions{TLSConfig: config, Implicit: true})
	if c, err = smtp.DialTLS(s.Addr(), good); err != nil {
		t.Fatal(err)
	}
	must(t, c.SendMail(from, []string{to}, strings.NewReader(text)))
	must(t, c.Quit())
	if len(s.Accepted()) != 1 {
		t.Error("implicit TLS: nothing accepted")
	}
}

// startTLS also sends a command: go-smtp makes the handshake with the first one.
func startTLS(addr string, config *tls.Config) error {
	c, err := smtp.DialStartTLS(addr, config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.Noop()
}

// A bare LF before a dot ends no message, and commands may come all at once.
func TestNoSmugglingAndPipelining(t *testing.T) {
	s := newSMTP(t, m.SMTPOptions{})
	conn, err := net.Dial("tcp", s.Addr())
	must(t, err)
	defer conn.Close()
	body := "Subject: x\r\n\r\na\n.\nb\n.\r\nc\r\r\n.\r\n"
	_, err = io.WriteString(conn, "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"+body+"QUIT\r\n")
	must(t, err)
	must(t, s.WaitPhase(soon(t), m.Quit, 1))
	if got := s.Accepted(); len(got) != 1 || string(got[0].Raw) != strings.TrimSuffix(body, ".\r\n") {
		t.Errorf("messages: %+v", got)
	}
}

func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
