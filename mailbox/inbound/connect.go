package inbound

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/mailbox/signin"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// dial connects and signs in. news is told when the server says that there is
// more mail.
func dial(ctx context.Context, a Account, limits Deadlines, news chan<- struct{}) (*conn, error) {
	// Before connecting: while the token server refuses us, or is slow, the mail
	// server is left alone.
	client, err := a.credentials().SASL(ctx)
	if err != nil {
		return nil, err
	}
	c, err := open(ctx, a, limits, news)
	if err != nil {
		return nil, err
	}
	if err := c.signIn(ctx, client); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (a Account) credentials() signin.Credentials {
	return signin.Credentials{Username: a.Username, Password: a.Password, Source: a.Tokens, Mechanism: a.Mechanism}
}

// open connects, begins TLS and waits for the greeting.
func open(ctx context.Context, a Account, limits Deadlines, news chan<- struct{}) (*conn, error) {
	dialing, cancel := context.WithTimeout(ctx, limits.Dial)
	defer cancel()
	socket, err := (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext(dialing, "tcp", a.Addr)
	if err != nil {
		return nil, dialError(ctx, "The mail server cannot be reached.", err)
	}
	stream, err := secure(dialing, socket, a)
	if err != nil {
		_ = socket.Close()
		return nil, dialError(ctx, "No safe connection to the mail server came about.", err)
	}
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages == nil {
				return
			}
			select {
			case news <- struct{}{}:
			default:
			}
		},
	}}
	c := &conn{client: imapclient.New(patient{stream}, options), socket: socket, limits: limits}
	if err := c.within(ctx, limits.Dial, func(func()) error { return c.client.WaitGreeting() }); err != nil {
		c.close()
		return nil, broke("The mail server does not answer as a mail server does.", err)
	}
	return c, nil
}

// secure begins what the account wants. The socket is closed when ctx ends, so
// that no step in here can hang.
func secure(ctx context.Context, socket net.Conn, a Account) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	switch a.Security {
	case TLS:
		stream := tls.Client(socket, tlsFor(a))
		return stream, stream.HandshakeContext(ctx)
	case StartTLS:
		return startTLS(ctx, socket, tlsFor(a))
	case None:
		return socket, nil
	}
	return nil, fault.Newf(fault.Invalid, "The security %q of the connection is not known.", a.Security)
}

func dialError(ctx context.Context, safe string, err error) error {
	var unknown *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &unknown):
		safe = "The certificate of the mail server is not one that we trust."
	case errors.Is(err, context.DeadlineExceeded):
		safe = "The mail server did not answer in time."
	}
	return fault.Wrap(fault.Temporary, safe, err)
}

func tlsFor(a Account) *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.TLS != nil {
		cfg = a.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(a.Addr)
	}
	return cfg
}

// signIn signs in and asks what the server can do. It asks itself: what
// imapclient remembers right after LOGIN may be what was offered before it.
func (c *conn) signIn(ctx context.Context, client *signin.Client) error {
	err := c.within(ctx, c.limits.Login, func(func()) error { return c.authenticate(client) })
	if no, is := refused(err); is && no.Type == imap.StatusResponseTypeNo {
		err = client.Refused(err)
		switch no.Code {
		case imap.ResponseCodeUnavailable, imap.ResponseCodeServerBug, imap.ResponseCodeInUse, imap.ResponseCodeLimit: // RFC 5530
			return fault.Wrap(fault.Temporary, "The mail server cannot sign us in just now. New mail is waiting on the server; nothing is lost.", err)
		}
		return fault.Wrap(fault.Denied, "The mail server refused our sign-in. "+client.Why(time.Now())+" New mail is waiting on the server; nothing is lost.", err)
	}
	if err == nil {
		err = c.within(ctx, c.limits.Login, func(func()) (err error) {
			c.caps, err = c.client.Capability().Wait()
			return err
		})
	}
	return broke("The mail server broke off while we signed in.", err)
}

// authenticate shows the password by LOGIN, which every server has, or the token.
func (c *conn) authenticate(client *signin.Client) error {
	if username, password, is := client.Password(); is {
		return c.client.Login(username, password).Wait()
	}
	return c.client.Authenticate(client)
}

// Try signs in to a mailbox and opens its folder read-only, and changes
// nothing: for `hearback config check -live`.
func Try(ctx context.Context, a Account, limits Deadlines) error {
	c, err := dial(ctx, a, limits, make(chan struct{}, 1))
	if err != nil {
		return err
	}
	defer c.close()
	folder := a.Folder
	if folder == "" {
		folder = "INBOX"
	}
	if _, err := c.selectFolder(ctx, folder, a.Kind, true); err != nil {
		return err
	}
	if a.After != Move || a.Kind != tickets.FolderInbox {
		return nil
	}
	_, err = c.selectFolder(ctx, a.MoveTo, tickets.FolderInbox, true)
	return err
}
