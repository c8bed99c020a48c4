package devmail

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"hearback/tickets/fault"
)

const (
	maxRecipients = 100      // RFC 5321 section 4.5.3.1.8 asks for at least that
	maxLine       = 64 << 10 // octets; longer than RFC 5322 allows, as mail in the wild is
)

func (s *Server) newSMTP() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &smtpSession{srv: s, conn: c}, nil
	}))
	server.Domain = s.opts.Hostname
	server.MaxRecipients = maxRecipients
	server.MaxMessageBytes = s.opts.MaxSize
	server.MaxLineLength = maxLine
	server.ReadTimeout = min(s.opts.IdleTimeout, 5*time.Minute)
	server.WriteTimeout = time.Minute
	server.AllowInsecureAuth = true // loopback only
	server.EnableSMTPUTF8 = true
	server.EnableDSN = true // taken and ignored: everything is delivered at once
	server.TLSConfig = s.opts.TLSConfig
	server.ErrorLog = protocolLog{log: s.opts.Log, event: "devmail_smtp"}
	return server
}

// smtpSession is one SMTP connection.
type smtpSession struct {
	srv    *Server
	conn   *smtp.Conn
	signed bool
	utf8   bool
	from   string
	to     []string
}

var _ smtp.AuthSession = (*smtpSession)(nil)

// AuthMechanisms are offered without TLS too: loopback only.
func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth takes any user name with the one password.
func (s *smtpSession) Auth(mech string) (sasl.Server, error) {
	if !strings.EqualFold(mech, sasl.Plain) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(_, _, password string) error {
		if subtle.ConstantTimeCompare([]byte(password), []byte(s.srv.opts.Password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

// Mail begins a message.
func (s *smtpSession) Mail(from string, opts *smtp.MailOptions) error {
	if s.srv.opts.RequireAuth && !s.signed {
		return smtpError(530, 5, 7, 0, "Authentication required") // RFC 4954 section 6
	}
	if from != "" {
		if _, err := parseAddress(from); err != nil {
			return smtpError(553, 5, 1, 7, "Bad sender address")
		}
	}
	s.from, s.to, s.utf8 = from, nil, opts.UTF8
	return nil
}

// Rcpt takes a recipient that has, or may have, an account here. There is no
// relaying: what is not delivered here is refused here.
func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	addr, err := parseAddress(to)
	if err != nil {
		return smtpError(553, 5, 1, 3, "Bad recipient address")
	}
	if s.srv.domains != nil && !s.srv.domains[addr.domain] {
		return smtpError(550, 5, 7, 1, "Relaying denied")
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the message and delivers it before answering.
func (s *smtpSession) Data(r io.Reader) error {
	s.srv.smtpData.Add(1)
	defer s.srv.smtpData.Done()
	raw, err := io.ReadAll(r)
	if err != nil {
		var refusal *smtp.SMTPError
		if errors.As(err, &refusal) {
			return refusal
		}
		return smtpError(451, 4, 4, 2, "The message did not arrive whole")
	}
	env := Envelope{From: s.from, To: s.to, Helo: s.conn.Hostname(), With: s.with()}
	if host, _, err := net.SplitHostPort(s.conn.Conn().RemoteAddr().String()); err == nil {
		env.Client = host
	}
	err = s.srv.Post(context.Background(), env, raw, s.srv.opts.Now())
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC):
		return smtpError(452, 4, 3, 1, "The disk is full")
	case fault.Is(err, fault.Refused):
		return smtp.ErrDataTooLarge
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return smtpError(550, 5, 1, 1, fault.SafeText(err))
	default:
		s.srv.opts.Log.Error("a message could not be stored", "event", "devmail_deliver", "outcome", "failed", "err", err)
		return smtpError(451, 4, 3, 0, "The message could not be stored")
	}
}

// with names the protocol for the Received line (RFC 3848, RFC 6531 section 3.7.3).
func (s *smtpSession) with() string {
	name := "ESMTP"
	if s.utf8 {
		name = "UTF8SMTP"
	}
	if _, ok := s.conn.TLSConnectionState(); ok {
		name += "S"
	}
	if s.signed {
		name += "A"
	}
	return name
}

// Reset forgets the message under way.
func (s *smtpSession) Reset() { s.from, s.to, s.utf8 = "", nil, false }

// Logout has nothing to free.
func (s *smtpSession) Logout() error { return nil }

func smtpError(code, a, b, c int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}
