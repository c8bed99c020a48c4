package devmail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"hearback/tickets/fault"
)

// firstByte is how long a new connection may stay silent before the protocol
// code sets deadlines of its own; a TLS handshake falls into this time.
const firstByte = 30 * time.Second

// ListenIMAP serves IMAP on addr, which must be a loopback address
// ("127.0.0.1:0" picks a port), with STARTTLS when there is a TLSConfig. It
// returns the address that was bound.
func (s *Server) ListenIMAP(addr string) (string, error) { return s.listenIMAP(addr, nil) }

// ListenIMAPS is ListenIMAP under TLS from the first byte.
func (s *Server) ListenIMAPS(addr string) (string, error) {
	if s.opts.TLSConfig == nil {
		return "", errNoTLS()
	}
	return s.listenIMAP(addr, s.opts.TLSConfig)
}

// ListenSMTP serves SMTP on addr, as ListenIMAP does IMAP.
func (s *Server) ListenSMTP(addr string) (string, error) { return s.listenSMTP(addr, nil) }

// ListenSMTPS is ListenSMTP under TLS from the first byte.
func (s *Server) ListenSMTPS(addr string) (string, error) {
	if s.opts.TLSConfig == nil {
		return "", errNoTLS()
	}
	return s.listenSMTP(addr, s.opts.TLSConfig)
}

func errNoTLS() error {
	return fault.New(fault.Invalid, "The embedded mail server has no TLS certificate.")
}

func (s *Server) listenIMAP(addr string, config *tls.Config) (string, error) {
	l := &listener{config: config, busy: "* BYE Too many connections\r\n", accepted: &s.imapConns}
	return s.serve(addr, l, func() error { return s.imap.Serve(l) })
}

func (s *Server) listenSMTP(addr string, config *tls.Config) (string, error) {
	l := &listener{config: config, busy: "421 4.3.2 Too many connections\r\n"}
	return s.serve(addr, l, func() error { return s.smtp.Serve(l) })
}

func (s *Server) serve(addr string, l *listener, loop func() error) (string, error) {
	checked, err := loopback(addr)
	if err != nil {
		return "", err
	}
	l.idle, l.max, l.conns = s.opts.IdleTimeout, s.opts.MaxConns, make(map[*conn]struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return "", errClosed()
	}
	if l.Listener, err = net.Listen("tcp", checked); err != nil {
		return "", fmt.Errorf("devmail: %w", err)
	}
	s.listeners = append(s.listeners, l)
	s.serving.Go(func() {
		if err := loop(); err != nil && !errors.Is(err, net.ErrClosed) {
			s.opts.Log.Error("a mail listener stopped", "event", "devmail_listen", "outcome", "failed", "err", err)
		}
	})
	return l.Addr().String(), nil
}

// loopback refuses every address that another machine could reach: the server
// accepts mail for anybody and its password is known.
func loopback(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, "The listen address must be a host and a port, such as 127.0.0.1:0.", err)
	}
	if host == "localhost" { // not looked up: a resolver may say anything
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", fault.New(fault.Invalid, "The embedded mail server listens on loopback addresses only, such as 127.0.0.1.")
	}
	return net.JoinHostPort(host, port), nil
}

// listener keeps hold of its connections. Neither imapserver nor go-smtp closes
// a connection that was accepted in the very moment of Close, and imapserver
// does not wait for any.
type listener struct {
	net.Listener
	config   *tls.Config
	busy     string          // said to a connection too many
	accepted *sync.WaitGroup // counts connections handed out, when not nil
	idle     time.Duration
	max      int

	mu      sync.Mutex
	stopped bool
	conns   map[*conn]struct{}
	most    int // of conns at one time
}

// Accept waits for the next connection within the limit.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, listener: l}
		refuse, err := l.admit(c)
		if err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		if refuse {
			// A fresh socket takes this line without blocking; whether it is
			// read is the client's affair.
			_ = raw.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = raw.Write([]byte(l.busy))
			_ = raw.Close()
			continue
		}
		// Until the protocol code sets one: imapserver begins a TLS handshake
		// with a write deadline only, and a silent client would hold it for ever.
		_ = c.SetReadDeadline(time.Now().Add(firstByte))
		if l.accepted != nil {
			l.accepted.Add(1)
		}
		if l.config != nil {
			return tls.Server(c, l.config), nil
		}
		return c, nil
	}
}

func (l *listener) admit(c *conn) (refuse bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false, net.ErrClosed
	}
	if len(l.conns) >= l.max {
		return true, nil
	}
	l.conns[c] = struct{}{}
	l.most = max(l.most, len(l.conns))
	return false, nil
}

// stop closes the listener and its connections.
func (l *listener) stop() error {
	err := l.Close()
	l.mu.Lock()
	l.stopped = true
	open := l.conns
	l.conns = make(map[*conn]struct{})
	l.mu.Unlock()
	for c := range open {
		_ = c.Conn.Close() // the client may have been quicker
	}
	return err
}

// conn shortens read deadlines to the server's limit.
type conn struct {
	net.Conn
	listener *listener
}

// SetReadDeadline never waits longer than Options.IdleTimeout.
func (c *conn) SetReadDeadline(t time.Time) error {
	if limit := time.Now().Add(c.listener.idle); t.IsZero() || t.After(limit) {
		t = limit
	}
	return c.Conn.SetReadDeadline(t)
}

// Close forgets the connection.
func (c *conn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
