package outbound

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// pace bounds how many letters one server is given in any minute. Microsoft 365
// takes 30 a minute from a mailbox and puts off what is more; a council's relay
// has a bound of its own. A server that is at its bound is not asked for: its
// letters stay queued, unclaimed, and none of them counts an attempt.
type pace struct {
	mu      sync.Mutex
	servers map[string]*window
}

// window holds when the letters of the last minute left, oldest first.
type window struct {
	perMinute int
	most      int // letters at the same time
	busy      int // letters that are with it now
	sent      []time.Time
	boxes     []string // the addresses that leave by it, in lower case
}

const paceOver = time.Minute

// server is the same for routes that share a bound: one account on one host.
func (r Route) server() string {
	return strings.ToLower(fmt.Sprintf("%s:%d %s", r.Host, r.Port, r.Username))
}

func (r Route) connections() int {
	if r.Connections <= 0 {
		return DefaultConnections
	}
	return r.Connections
}

func newPace(routes []Route) *pace {
	p := &pace{servers: map[string]*window{}}
	for _, r := range routes {
		w := p.servers[r.server()]
		if w == nil {
			w = &window{perMinute: r.PerMinute, most: r.connections()}
			p.servers[r.server()] = w
		}
		w.most = min(w.most, r.connections())
		if r.PerMinute > 0 && (w.perMinute == 0 || r.PerMinute < w.perMinute) {
			w.perMinute = r.PerMinute // the stricter of two
		}
		w.boxes = append(w.boxes, strings.ToLower(r.Address))
	}
	return p
}

// full are the mailboxes whose server has been given its letters of this minute, or
// has as many at this moment as it takes.
func (p *pace) full(now time.Time) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, w := range p.servers {
		if w.busy >= w.most {
			out = append(out, w.boxes...)
			continue
		}
		if w.perMinute <= 0 {
			continue
		}
		for len(w.sent) > 0 && now.Sub(w.sent[0]) >= paceOver {
			w.sent = w.sent[1:]
		}
		if len(w.sent) >= w.perMinute {
			out = append(out, w.boxes...)
		}
	}
	return out
}

// gave notes that a server is asked to take copies from a mailbox, until done is
// called. A letter is never cut in two, so its last copies may go beyond the bound.
func (p *pace) gave(address string, copies int, now time.Time) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.of(address)
	if w == nil {
		return func() {}
	}
	w.busy++
	if w.perMinute > 0 {
		for range copies {
			w.sent = append(w.sent, now)
		}
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		w.busy--
	}
}

// of is the server of a mailbox; nil when it has none.
func (p *pace) of(address string) *window {
	for _, w := range p.servers {
		if slices.Contains(w.boxes, strings.ToLower(address)) {
			return w
		}
	}
	return nil
}

// atOnce is how many letters may leave at the same time by all servers together.
func (p *pace) atOnce() (n int) {
	for _, w := range p.servers {
		n += w.most
	}
	return n
}
