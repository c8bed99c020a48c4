package mailtest

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"io"
	"net"
	"slices"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// sinkSession is one client's conversation, used by its connection's goroutine alone.
type sinkSession struct {
	sink   *Sink
	conn   net.Conn // as go-smtp has it: closing it ends the conversation
	number int
	mail   Received
	taken  bool // the mail in hand was answered with 250
}

func (s *Sink) newSession(c *smtp.Conn) (smtp.Session, error) {
	_, overTLS := c.TLSConnectionState()
	session := &sinkSession{sink: s, conn: c.Conn(), number: connNumber(c.Conn())}
	session.mail = Received{Hello: c.Hostname(), TLS: overTLS}
	if err := session.step(StepHello, ""); err != nil {
		return nil, err
	}
	return session, nil
}

// connNumber finds the number that the listener gave, beneath TLS if there is any.
func connNumber(conn net.Conn) int {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if c, ok := conn.(*sinkConn); ok {
		return c.number
	}
	return 0
}

// step asks the script and does what it says.
func (s *sinkSession) step(step Step, rcpt string) error {
	mail := s.mail
	mail.To = slices.Clone(mail.To)
	return s.sink.act(s.sink.ask(Event{Step: step, Conn: s.number, Mail: mail, Rcpt: rcpt}), s.conn)
}

// AuthMechanisms offers PLAIN when there are users to sign in.
func (s *sinkSession) AuthMechanisms() []string {
	if len(s.sink.options.Users) == 0 {
		return []string{}
	}
	return []string{sasl.Plain}
}

// Auth checks a password.
func (s *sinkSession) Auth(mech string) (sasl.Server, error) {
	if mech != sasl.Plain || len(s.sink.options.Users) == 0 {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		want, ok := s.sink.options.Users[user]
		if !ok || subtle.ConstantTimeCompare([]byte(want), []byte(password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.mail.User = user
		if err := s.step(StepAuth, ""); err != nil {
			s.mail.User = ""
			return err
		}
		return nil
	}), nil
}

// Mail begins a mail.
func (s *sinkSession) Mail(from string, options *smtp.MailOptions) error {
	if len(s.sink.options.Users) > 0 && s.mail.User == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.mail.From = from
	if options != nil {
		s.mail.UTF8, s.mail.Body, s.mail.Size = options.UTF8, string(options.Body), options.Size
	}
	return s.step(StepMail, "")
}

// Rcpt adds a recipient.
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.step(StepRcpt, to); err != nil {
		return err
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data reads the mail, keeps it and answers.
func (s *sinkSession) Data(r io.Reader) error {
	if err := s.step(StepData, ""); err != nil {
		return err
	}
	var data bytes.Buffer
	_, readErr := data.ReadFrom(r)
	s.mail.Data = data.Bytes()
	if readErr != nil {
		s.mail.Outcome = Broken
		if tooLong, ok := readErr.(*smtp.SMTPError); ok {
			s.mail.Outcome = Refused
			readErr = tooLong
		}
		s.sink.record(s.mail)
		return readErr
	}
	action := s.sink.ask(Event{Step: StepDot, Conn: s.number, Mail: s.mail})
	switch action.verb {
	case goOn:
		s.mail.Outcome = Accepted
	case answer:
		s.mail.Outcome = Refused
	default:
		s.mail.Outcome = Dropped
	}
	// Kept before it is answered: whoever reads 250 finds it here.
	s.sink.record(s.mail)
	s.taken = s.mail.Outcome == Accepted
	return s.sink.act(action, s.conn)
}

// Reset forgets the mail in hand. go-smtp calls it right after the answer to a
// mail, which is the first moment at which 250 has left.
func (s *sinkSession) Reset() {
	if s.taken {
		s.taken = false
		_ = s.step(StepAccepted, "") // the mail is answered: nothing can be said any more
	}
	s.mail = Received{Hello: s.mail.Hello, TLS: s.mail.TLS, User: s.mail.User}
}

// Logout ends the session.
func (s *sinkSession) Logout() error { return nil }
