package misbehave

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"regexp"
	"slices"
	"sync"
)

// Side says whose bytes are meant.
type Side int

// The two sides of a proxied connection.
const (
	FromClient Side = iota
	FromServer
)

// Fault is what the proxy does when a rule matches.
type Fault int

// The faults.
const (
	// Signal only counts, calls the hooks and lets the line through.
	Signal Fault = iota
	// Stall forwards nothing more in either direction, until Resume.
	Stall
	// HalfOpen swallows everything from both sides for good; both connections
	// stay open and neither side hears that the other left.
	HalfOpen
	// Drop closes both connections. Reset does so with RST.
	Drop
	Reset
	// Inject writes Bytes in the direction of the matched line.
	Inject
)

// ProxyRule spoils a connection at the Nth line that matches Pattern.
type ProxyRule struct {
	// Name is for Count and WaitCount.
	Name string
	From Side
	// Pattern is matched against each protocol line with its line end. The
	// octets of literals are not lines: a message cannot trigger a rule.
	Pattern *regexp.Regexp
	// Nth is the match that acts, counted over all connections from 1; 0 means
	// that every match acts.
	Nth int
	// Conn is the number of the connection, from 1; 0 for all.
	Conn int
	// Before acts before the line is forwarded; otherwise after it and After
	// more octets of the same direction, such as half of a message.
	Before bool
	After  int64
	Do     Fault
	Bytes  []byte
}

// Match is one line that a rule matched.
type Match struct {
	Rule string
	Conn int
	N    int // which match of the rule it is, from 1
	Line string
}

// ProxyOptions of an IMAP proxy.
type ProxyOptions struct {
	// Upstream is the server's address, on loopback.
	Upstream string
	// ClientTLS makes the proxy speak TLS to clients, UpstreamTLS to the server:
	// it has to, for patterns to match. STARTTLS cannot be proxied.
	ClientTLS   *tls.Config
	UpstreamTLS *tls.Config
	Rules       []ProxyRule
}

// IMAPProxy stands between IMAP clients and any IMAP server.
type IMAPProxy struct {
	opts   ProxyOptions
	ln     net.Listener
	board  *board
	conns  conns
	accept sync.WaitGroup

	mu     sync.Mutex
	rules  []ProxyRule
	counts []int // matches of each rule
	hooks  []func(Match)
	nConns int
	down   bool
	links  map[*link]struct{}
}

// NewIMAPProxy starts a proxy on a free loopback port.
func NewIMAPProxy(opts ProxyOptions) (*IMAPProxy, error) {
	if err := loopback(opts.Upstream); err != nil {
		return nil, err
	}
	ln, err := listen()
	if err != nil {
		return nil, err
	}
	p := &IMAPProxy{opts: opts, ln: ln, board: newBoard(), links: make(map[*link]struct{})}
	p.SetRules(opts.Rules...)
	p.accept.Go(p.serve)
	return p, nil
}

// Addr is the address to connect to.
func (p *IMAPProxy) Addr() string { return p.ln.Addr().String() }

// Close ends every connection and waits for all goroutines. It must not be
// called from a hook.
func (p *IMAPProxy) Close() {
	if !p.board.stop() {
		return
	}
	_ = p.ln.Close()
	p.accept.Wait()
	p.conns.close()
}

func (p *IMAPProxy) serve() {
	for {
		client, err := p.ln.Accept()
		if err != nil {
			return // closed
		}
		p.mu.Lock()
		down := p.down
		if !down {
			p.nConns++
		}
		number := p.nConns
		p.mu.Unlock()
		if down {
			reset(client)
			continue
		}
		p.board.add("connection")
		p.conns.take(client, func() { p.connect(client, number) })
	}
}

// connect joins a client to the server until one of them leaves.
func (p *IMAPProxy) connect(client net.Conn, number int) {
	server, err := net.Dial("tcp", p.opts.Upstream)
	if err != nil {
		reset(client) // the server is down, and the client sees it so
		return
	}
	l := &link{proxy: p, number: number, raw: [2]net.Conn{client, server}, over: make(chan struct{})}
	l.conn = l.raw
	if p.opts.ClientTLS != nil {
		l.conn[FromClient] = tls.Server(client, p.opts.ClientTLS)
	}
	if p.opts.UpstreamTLS != nil {
		l.conn[FromServer] = tls.Client(server, p.opts.UpstreamTLS)
	}
	p.mu.Lock()
	p.links[l] = struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
		l.close(false)
	}()
	p.conns.take(server, func() { l.pump(FromServer) })
	l.pump(FromClient)
	<-l.over
}

// SetRules replaces the rules and sets their counts to 0; what WaitCount counts
// by name goes on.
func (p *IMAPProxy) SetRules(rules ...ProxyRule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = slices.Clone(rules)
	p.counts = make([]int, len(rules))
}

// OnMatch registers a function that runs at every match, before the fault and
// in the goroutine that forwards: nothing more passes until it returns.
func (p *IMAPProxy) OnMatch(f func(Match)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks = append(p.hooks, f)
}

// Resume lets all stalled connections go on.
func (p *IMAPProxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.resume()
	}
}

// Down makes the proxy refuse connections, or take them again; those that are
// open stay so.
func (p *IMAPProxy) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Drop closes every connection.
func (p *IMAPProxy) Drop() { p.conns.drop() }

// Count is how often the rules of this name matched.
func (p *IMAPProxy) Count(name string) int { return p.board.count("rule " + name) }

// WaitCount returns when the rules of this name matched n times.
func (p *IMAPProxy) WaitCount(ctx context.Context, name string, n int) error {
	return p.board.wait(ctx, "rule "+name, n)
}

// WaitFault returns when n faults other than Signal have happened.
func (p *IMAPProxy) WaitFault(ctx context.Context, n int) error {
	return p.board.wait(ctx, "fault", n)
}

// WaitConns returns when n connections were taken.
func (p *IMAPProxy) WaitConns(ctx context.Context, n int) error {
	return p.board.wait(ctx, "connection", n)
}

// match finds the rules that a line matches and gives those that act now.
func (p *IMAPProxy) match(number int, side Side, line []byte) []ProxyRule {
	var act []ProxyRule
	var matches []Match
	p.mu.Lock()
	for i, r := range p.rules {
		if r.From != side || r.Conn != 0 && r.Conn != number || r.Pattern == nil || !r.Pattern.Match(line) {
			continue
		}
		p.counts[i]++
		matches = append(matches, Match{Rule: r.Name, Conn: number, N: p.counts[i], Line: string(line)})
		if r.Nth == 0 || r.Nth == p.counts[i] {
			act = append(act, r)
		}
	}
	hooks := p.hooks
	p.mu.Unlock()
	for _, m := range matches {
		for _, h := range hooks {
			h(m)
		}
		p.board.add("rule " + m.Rule)
	}
	return act
}

// errDead ends a pump.
var errDead = errors.New("misbehave: the connection is over")
