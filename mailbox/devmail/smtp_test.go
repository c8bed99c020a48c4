package devmail_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"hearback/tickets/fault"
)

func dialSMTP(t *testing.T, addr string) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(addr)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func code(err error) int {
	var e *smtp.SMTPError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestSMTPDelivery(t *testing.T) {
	s := open(t, t.TempDir(), options())
	type arrival struct {
		account, folder string
		uid             uint32
	}
	var hooks []arrival
	remove := s.OnDeliver(func(a, f string, uid uint32) { hooks = append(hooks, arrival{a, f, uid}) })
	defer remove()
	c := dialSMTP(t, listenSMTP(t, s))
	must(t, c.Hello("relay.family.example"))
	body := letter(1) + "8-bit \xfc\xff and NUL \x00\r\n.leading dot\r\n"
	to := []string{"sen+T7Q2@council.example", parent, "SEN@Council.Example", parent}
	must(t, c.Mail(parent, &smtp.MailOptions{Body: smtp.Body8BitMIME, Size: int64(len(body))}))
	for _, r := range to {
		must(t, c.Rcpt(r, &smtp.RcptOptions{Notify: []smtp.DSNNotify{smtp.DSNNotifyNever}}))
	}
	w, err := c.Data()
	must(t, err)
	_, err = w.Write([]byte(body))
	must(t, err)
	must(t, w.Close())
	must(t, c.Quit())
	must(t, s.Wait(soon(t), sen, "INBOX", 2))

	raw, err := s.Raw(sen, "", 1)
	must(t, err)
	want := "Return-Path: <wren.hart@family.example>\r\nX-Original-To: sen+T7Q2@council.example\r\nDelivered-To: sen@council.example\r\n" +
		"Received: from relay.family.example ([127.0.0.1])\r\n\tby mail.council.example with ESMTP id "
	head, rest, _ := strings.Cut(string(raw), "\r\n\tfor ")
	if !strings.HasPrefix(head, want) {
		t.Errorf("trace: %q", head)
	}
	if want := "<sen+T7Q2@council.example>;\r\n\tMon, 23 Nov 2026 12:00:00 +0000\r\n" + body; rest != want {
		t.Errorf("message:\n%q\nwant\n%q", rest, want)
	}
	if got := len(s.Messages(parent, "")); got != 1 {
		t.Errorf("a recipient named twice got %d copies", got)
	}
	if len(hooks) != 3 || hooks[0] != (arrival{sen, "INBOX", 1}) || hooks[1] != (arrival{parent, "INBOX", 1}) || hooks[2] != (arrival{sen, "INBOX", 2}) {
		t.Errorf("hooks: %v", hooks)
	}
}

func TestSMTPRefusals(t *testing.T) {
	opts := options()
	opts.Domains = []string{"council.example"}
	opts.RequireAuth = true
	opts.MaxSize = 4000
	s := open(t, t.TempDir(), opts)
	addr := listenSMTP(t, s)
	c := dialSMTP(t, addr)
	if err := c.Mail(parent, nil); code(err) != 530 {
		t.Errorf("MAIL before AUTH: %v", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", sen, "wrong")); code(err) != 535 {
		t.Errorf("AUTH with a wrong password: %v", err)
	}
	must(t, c.Auth(sasl.NewPlainClient("", sen, "demo")))
	if err := c.Mail(parent, &smtp.MailOptions{Size: 5000}); code(err) != 552 {
		t.Errorf("SIZE: %v", err)
	}
	must(t, c.Mail(parent, nil))
	if err := c.Rcpt("someone@elsewhere.example", nil); code(err) != 550 {
		t.Errorf("relaying: %v", err)
	}
	must(t, c.Rcpt(sen, nil))
	w, err := c.Data()
	must(t, err)
	_, err = w.Write([]byte("Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("y", 98)+"\r\n", 50)))
	must(t, err)
	if err := w.Close(); code(err) != 552 {
		t.Errorf("a message too large: %v", err)
	}
	// The connection is in order and takes the next one.
	must(t, c.SendMail("", []string{sen}, strings.NewReader("Subject: bounce\r\n\r\nx\r\n")))
	raw, err := s.Raw(sen, "", 1)
	must(t, err)
	if !bytes.HasPrefix(raw, []byte("Return-Path: <>\r\n")) || !bytes.Contains(raw, []byte(" with ESMTPA id ")) {
		t.Errorf("null sender: %q", raw)
	}
	if _, err := s.Deliver(soon(t), "a@elsewhere.example", nil, noon(), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("Deliver outside the domains: %v", err)
	}
	if _, err := s.Deliver(soon(t), sen, make([]byte, 4001), noon(), ""); !fault.Is(err, fault.Refused) {
		t.Errorf("Deliver too large: %v", err)
	}
	if _, err := s.Deliver(soon(t), sen, nil, noon(), "Nowhere"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Deliver to no folder: %v", err)
	}
	if len(s.Messages(sen, "")) != 1 || len(s.Accounts()) != 1 {
		t.Errorf("stored: %v, %v", s.Messages(sen, ""), s.Accounts())
	}
}

func TestSMTPTLSAndUTF8(t *testing.T) {
	opts := options()
	config, roots := certificate(t)
	opts.TLSConfig = config
	s := open(t, t.TempDir(), opts)
	client := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
	starttls, err := smtp.DialStartTLS(listenSMTP(t, s), client)
	must(t, err)
	implicit, err := s.ListenSMTPS("127.0.0.1:0")
	must(t, err)
	direct, err := smtp.DialTLS(implicit, client)
	must(t, err)
	for _, c := range []*smtp.Client{starttls, direct} {
		must(t, c.Mail("zoë@family.example", &smtp.MailOptions{UTF8: true}))
		must(t, c.Rcpt("sén@münchen.example", nil))
		w, err := c.Data()
		must(t, err)
		_, err = w.Write([]byte("Subject: Zoë\r\n\r\nx\r\n"))
		must(t, err)
		must(t, w.Close())
		must(t, c.Quit())
	}
	// The same mailbox by the ASCII form of its domain.
	must(t, s.Wait(soon(t), "SÉN+x@xn--mnchen-3ya.example", "INBOX", 2))
	raw, err := s.Raw("sén@münchen.example", "", 2)
	must(t, err)
	if !bytes.Contains(raw, []byte(" with UTF8SMTPS id ")) || !bytes.Contains(raw, []byte("X-Original-To: sén@münchen.example\r\n")) {
		t.Errorf("message: %q", raw)
	}
}

// BDAT (RFC 3030) carries octets that DATA cannot: bare CR, LF and dots.
func TestSMTPChunking(t *testing.T) {
	s := open(t, t.TempDir(), options())
	w := dialWire(t, listenSMTP(t, s))
	w.until("220 ")
	w.send("EHLO [127.0.0.1]\r\nMAIL FROM:<a@family.example>\r\nRCPT TO:<sen@council.example>\r\nBDAT 5\r\na\n.\r\n" +
		"BDAT 4 LAST\r\n\r\x00\n.QUIT\r\n") // pipelined (RFC 2920)
	w.until("221 ")
	raw, err := s.Raw(sen, "", 1)
	must(t, err)
	if !bytes.HasSuffix(raw, []byte("+0000\r\na\n.\r\n\r\x00\n.")) || !bytes.Contains(raw, []byte("\r\nReceived: from [127.0.0.1] ([127.0.0.1])\r\n")) {
		t.Errorf("message: %q", raw)
	}
}

// No client can write header lines of its own through the envelope.
func TestTraceInjection(t *testing.T) {
	s := open(t, t.TempDir(), options())
	w := dialWire(t, listenSMTP(t, s))
	w.until("220 ")
	w.send("EHLO evil\rX-Injected:1;(\r\n")
	w.until("250 ")
	w.send("MAIL FROM:<\"a\rX-Injected: 2\"@family.example>\r\n")
	w.until("553 ")
	w.send("MAIL FROM:<\"a b\"@family.example>\r\n")
	w.until("250 ")
	w.send("RCPT TO:<\"x\ry\"@council.example>\r\n")
	w.until("553 ")
	w.send("RCPT TO:<sen@council.example>\r\nDATA\r\n")
	w.until("354 ")
	w.send("Subject: x\r\n\r\nx\r\n.\r\n")
	w.until("250 ")
	raw, err := s.Raw(sen, "", 1)
	must(t, err)
	head, _, _ := bytes.Cut(raw, []byte("Subject:"))
	if bytes.Count(head, []byte("\r\n")) != bytes.Count(head, []byte("\r")) || !bytes.Contains(head, []byte(`Return-Path: <"a b"@family.example>`)) {
		t.Errorf("trace: %q", head)
	}
}
