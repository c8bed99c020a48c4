package misbehave

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"
)

// SMTPOptions of a scripted server. The zero value is a server that accepts
// everything.
type SMTPOptions struct {
	Rules []Rule
	// TLSConfig offers STARTTLS; with Implicit the server speaks TLS at once.
	TLSConfig *tls.Config
	Implicit  bool
	// Username and Password, when set, must come by AUTH PLAIN before MAIL.
	Username, Password string
	// Extensions are the lines of the EHLO answer; by default 8BITMIME, SMTPUTF8,
	// PIPELINING, ENHANCEDSTATUSCODES and SIZE. STARTTLS and AUTH come by themselves.
	Extensions []string
	// KeepRecipients: recipients of a transaction that failed are in the next one of
	// the connection too. No standard has it; broken servers do.
	KeepRecipients bool
	// Now is the clock of what is recorded; time.Now when nil.
	Now func() time.Time
}

// SMTP is an SMTP server that follows a script and records what it got.
type SMTP struct {
	opts   SMTPOptions
	ln     net.Listener
	board  *board
	conns  conns
	accept sync.WaitGroup

	mu       sync.Mutex
	rules    []Rule
	hooks    []func(Phase)
	messages []*Message
	events   []Event
	nConns   int
	attempts int
	resume   chan struct{} // closed and replaced by Resume
}

// NewSMTP starts a server on a free loopback port.
func NewSMTP(opts SMTPOptions) (*SMTP, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Extensions == nil {
		opts.Extensions = []string{"8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "SIZE"}
	}
	ln, err := listen()
	if err != nil {
		return nil, err
	}
	s := &SMTP{opts: opts, ln: ln, board: newBoard(), rules: slices.Clone(opts.Rules), resume: make(chan struct{})}
	s.accept.Go(s.serve)
	return s, nil
}

// Addr is the address to connect to.
func (s *SMTP) Addr() string { return s.ln.Addr().String() }

// Close ends every connection and waits for all goroutines. It must not be
// called from a hook.
func (s *SMTP) Close() {
	if !s.board.stop() {
		return
	}
	_ = s.ln.Close()
	s.accept.Wait()
	s.conns.close()
}

func (s *SMTP) serve() {
	for {
		raw, err := s.ln.Accept()
		if err != nil {
			return // closed
		}
		c := &smtpConn{srv: s, raw: raw, conn: raw}
		if s.opts.Implicit {
			c.conn, c.tls = tls.Server(raw, s.opts.TLSConfig), true
		}
		c.r = bufio.NewReaderSize(c.conn, maxCommand)
		s.mu.Lock()
		s.nConns++
		c.number = s.nConns
		s.mu.Unlock()
		s.conns.take(raw, c.serve)
	}
}

// OnPhase registers a function that runs at every phase of every connection, in
// the connection's goroutine: the server does not go on until it returns.
func (s *SMTP) OnPhase(f func(Phase)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, f)
}

// SetRules replaces the script.
func (s *SMTP) SetRules(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = slices.Clone(rules)
}

// Resume lets all connections that are stalled now go on.
func (s *SMTP) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.resume)
	s.resume = make(chan struct{})
}

// Drop closes every connection; the server goes on listening.
func (s *SMTP) Drop() { s.conns.drop() }

// Messages are all whose final dot was read, in that order, whatever was
// answered.
func (s *SMTP) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.messages))
	for i, m := range s.messages {
		out[i] = *m
	}
	return out
}

// Accepted are the messages that were answered with 250.
func (s *SMTP) Accepted() []Message {
	return slices.DeleteFunc(s.Messages(), func(m Message) bool { return !m.Accepted() })
}

// Events are all phases reached so far.
func (s *SMTP) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// WaitPhase returns when a phase was reached n times, over all connections.
func (s *SMTP) WaitPhase(ctx context.Context, phase Phase, n int) error {
	return s.board.wait(ctx, "phase "+string(phase), n)
}

// WaitMessages returns when n messages were read up to their final dot.
func (s *SMTP) WaitMessages(ctx context.Context, n int) error { return s.WaitPhase(ctx, Dot, n) }

// WaitStalled returns when the server has gone silent n times.
func (s *SMTP) WaitStalled(ctx context.Context, n int) error {
	return s.board.wait(ctx, "stalled", n)
}
