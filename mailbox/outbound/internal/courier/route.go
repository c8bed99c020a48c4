// Package courier takes cleared letters to a mail server. It is the only
// package that opens an SMTP connection, and it carries a Cleared and nothing
// else: without one it has neither bytes nor recipients.
package courier

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/emersion/go-smtp"

	"hearback/mailbox/signin"
	"hearback/tickets/fault"
)

// TLS says how a connection is protected.
type TLS string

// The modes. STARTTLS that is not offered, and a certificate that does not
// check, end the connection: there is no opportunistic mode.
const (
	STARTTLS TLS = "starttls" // RFC 3207; what "" means
	Implicit TLS = "tls"      // RFC 8314
	None     TLS = "none"     // loopback only
)

// Route is how letters of a mailbox leave.
type Route struct {
	Host     string
	Port     int
	TLS      TLS
	RootCAs  *x509.CertPool // nil: the system's
	Hello    string         // name in EHLO; "localhost" when empty
	Username string         // "" for a server that knows us by address
	// Password is asked when a connection signs in. It is a function so that no
	// log or panic can print it.
	Password func() (string, error)
	// Tokens, instead of Password, signs in with OAuth2 as Mechanism says.
	Tokens    signin.Source
	Mechanism signin.Mechanism
	Timeouts  Timeouts
}

// Timeouts bound every step. Zero fields are the defaults, which follow RFC 5321
// section 4.5.3.2 where that does not keep a letter waiting for ten minutes.
type Timeouts struct {
	Connect time.Duration // until signed in; 1 minute
	Command time.Duration // for the answer to a command; 1 minute
	Block   time.Duration // for each write; 1 minute
	Dot     time.Duration // for the answer to the whole letter; 5 minutes
}

func (t Timeouts) withDefaults() Timeouts {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&t.Connect, time.Minute)
	set(&t.Command, time.Minute)
	set(&t.Block, time.Minute)
	set(&t.Dot, 5*time.Minute)
	return t
}

// dataBlocks times Block is how long giving a letter may take altogether: a
// server that takes a byte a minute must not hold a claim for a day.
const dataBlocks = 3

// longest is how long one delivery can take if every step takes its time: claims
// must outlast it.
func (t Timeouts) longest() time.Duration {
	t = t.withDefaults()
	return t.Connect + 5*t.Command + dataBlocks*t.Block + t.Dot
}

func (r Route) check() error {
	switch r.TLS {
	case STARTTLS, Implicit, "":
	case None:
		if !loopback(r.Host) {
			return fault.New(fault.Invalid, "Mail can leave without TLS only to this very machine")
		}
	default:
		return fault.Newf(fault.Invalid, "%q is no way to protect a connection; use starttls or tls", string(r.TLS))
	}
	if r.Host == "" || r.Port < 1 || r.Port > 65535 {
		return fault.New(fault.Invalid, "The mail server's host or port is missing")
	}
	if r.Username == "" && r.Password == nil && r.Tokens == nil {
		return nil
	}
	return r.credentials().Check()
}

func (r Route) credentials() signin.Credentials {
	return signin.Credentials{Username: r.Username, Password: r.Password, Source: r.Tokens, Mechanism: r.Mechanism}
}

// loopback reports addresses of this machine. A name is one only if it is
// "localhost": what other names mean is the resolver's to say.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// session is one signed-in connection.
type session struct {
	client *smtp.Client
	conn   *timedConn
	since  time.Time // of its last clean 250
}

func (s *session) close() { _ = s.client.Close() }

// connect opens a connection, protects it and signs in. Whatever fails here is
// trouble of the route and says nothing about the letter.
func (c *Courier) connect(ctx context.Context) (*session, error) {
	r, t := c.route, c.timeouts
	ctx, cancel := context.WithTimeout(ctx, t.Connect)
	defer cancel()
	// Before connecting: while the token server refuses us, or is slow, the mail
	// server is left alone.
	var exchange *signin.Client
	if r.Username != "" {
		var err error
		if exchange, err = r.credentials().SASL(ctx); err != nil {
			return nil, err
		}
	}
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(r.Host, strconv.Itoa(r.Port)))
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	// Ends whatever step hangs when the time is up or the program stops.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	s, err := c.open(ctx, &timedConn{Conn: raw, block: t.Block}, exchange)
	if !stop() && err == nil {
		s.close()
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return s, nil
}

func (c *Courier) open(ctx context.Context, conn *timedConn, exchange *signin.Client) (*session, error) {
	r := c.route
	config := &tls.Config{ServerName: r.Host, RootCAs: r.RootCAs, MinVersion: tls.VersionTLS12}
	var client *smtp.Client
	switch r.TLS {
	case None:
		client = smtp.NewClient(conn)
	case Implicit:
		t := tls.Client(conn, config)
		if err := t.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("TLS: %w", err)
		}
		client = smtp.NewClient(t)
	default:
		var err error
		if client, err = smtp.NewClientStartTLS(conn, config); err != nil {
			return nil, fmt.Errorf("STARTTLS: %w", err)
		}
	}
	client.CommandTimeout, client.SubmissionTimeout = c.timeouts.Command, c.timeouts.Dot
	hello := r.Hello
	if hello == "" {
		hello = "localhost"
	}
	if err := client.Hello(hello); err != nil {
		return nil, fmt.Errorf("EHLO: %w", err)
	}
	if state, ok := client.TLSConnectionState(); r.TLS != None && (!ok || !state.HandshakeComplete) {
		return nil, errors.New("the connection is not protected")
	}
	if exchange != nil {
		if name := r.credentials().Name(); !client.SupportsAuth(name) {
			return nil, fmt.Errorf("the server does not offer AUTH %s", name)
		}
		if err := client.Auth(exchange); err != nil {
			var no *smtp.SMTPError
			if errors.As(err, &no) && no.Code == 535 { // RFC 4954 section 6
				return nil, fault.Wrap(fault.Denied, "The mail server refused our sign-in.", fmt.Errorf("signing in: %w", exchange.Refused(err)))
			}
			return nil, fmt.Errorf("signing in: %w", err)
		}
	}
	return &session{client: client, conn: conn}, nil
}

// maxAnswer is how much a server may say to one command, or in a handshake. The
// SMTP client collects an answer of many lines without a bound of its own.
const maxAnswer = 256 << 10

// timedConn gives every write a deadline: the SMTP client sets none while it
// writes the letter. It ends with a server that does not stop talking.
type timedConn struct {
	net.Conn
	block time.Duration
	end   time.Time // no write goes on behind it; zero: none
	said  int       // octets of the server since our last
}

func (c *timedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.said += n; c.said > maxAnswer {
		_ = c.Close()
		return 0, errors.New("the server does not stop talking")
	}
	return n, err
}

func (c *timedConn) Write(b []byte) (int, error) {
	c.said = 0
	by := time.Now().Add(c.block)
	if !c.end.IsZero() && c.end.Before(by) {
		by = c.end
	}
	if err := c.SetWriteDeadline(by); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
