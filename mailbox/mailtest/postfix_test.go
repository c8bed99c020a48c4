package mailtest

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail goes from SMTP to the mailbox, on the submission port only after a sign-in.
func TestPostfixDelivers(t *testing.T) {
	dovecot := SharedDovecot(t)
	s := Postfix(t, dovecot)
	user := dovecot.User()
	exists := make(chan uint32, 16)
	watch, err := imapclient.DialTLS(dovecot.AddrTLS(), &imapclient.Options{
		TLSConfig: dovecot.TLSConfig(),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				exists <- *data.NumMessages
			}
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = watch.Close() }()
	if err := watch.Login(user, Password).Wait(); err != nil {
		t.Fatal(err)
	}

	mx, err := smtp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mx.Close() }()
	if err := mx.SendMail("parent@homemail.example", []string{user}, strings.NewReader("Subject: by MX\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	submission, err := smtp.DialStartTLS(s.SubmissionAddr(), dovecot.TLSConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = submission.Close() }()
	if err := submission.SendMail("parent@homemail.example", []string{user}, strings.NewReader("x: y\r\n\r\n")); err == nil {
		t.Fatal("submission without a sign-in is accepted")
	}
	if err := submission.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := submission.Auth(sasl.NewPlainClient("", user, Password)); err != nil {
		t.Fatal(err)
	}
	if err := submission.SendMail(user, []string{user}, strings.NewReader("Subject: by submission\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	awaitMails(t, watch, exists, 2)
}

// awaitMails waits with IDLE until the INBOX has n mails; exists gets the server's
// untagged EXISTS numbers.
func awaitMails(t *testing.T, c *imapclient.Client, exists <-chan uint32, n uint32) {
	t.Helper()
	selected, err := c.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	for have := selected.NumMessages; have < n; {
		select {
		case have = <-exists:
		case <-c.Closed():
			t.Fatalf("connection lost with %d of %d mails", have, n)
		case <-time.After(hangGuard):
			t.Fatalf("%d of %d mails came", have, n)
		}
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
}
