package misbehave

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"strconv"
	"sync"
)

// link is one client joined to the server. Two goroutines forward, one for each
// side.
type link struct {
	proxy  *IMAPProxy
	number int
	raw    [2]net.Conn // beneath TLS, by Side
	conn   [2]net.Conn

	over     chan struct{} // closed by close
	overOnce sync.Once

	mu       sync.Mutex
	stalled  chan struct{} // closed by resume; nil while nothing is stalled
	swallow  bool
	finished int
}

// armed is a fault that waits for octets to pass.
type armed struct {
	rule ProxyRule
	left int64
}

// pump forwards what one side says to the other.
func (l *link) pump(from Side) {
	defer l.finish(from)
	r := bufio.NewReaderSize(l.conn[from], 64<<10)
	var waiting []armed
	literal := int64(0) // octets of a literal still to come
	for {
		var chunk []byte
		var err error
		isLine := literal == 0
		if isLine {
			chunk, err = r.ReadSlice('\n') // a line longer than the buffer comes in pieces
			if errors.Is(err, bufio.ErrBufferFull) {
				err = nil
			}
		} else {
			if _, err = r.Peek(1); err == nil {
				chunk, err = r.Peek(int(min(literal, int64(r.Buffered()))))
			}
		}
		if len(chunk) > 0 {
			var now []ProxyRule
			if isLine {
				literal = literalSize(chunk)
				for _, rule := range l.proxy.match(l.number, from, chunk) {
					if rule.Before {
						now = append(now, rule)
					} else {
						waiting = append(waiting, armed{rule, int64(len(chunk)) + rule.After})
					}
				}
			} else {
				literal -= int64(len(chunk))
			}
			var ferr error
			if waiting, ferr = l.pass(from, chunk, now, waiting); ferr != nil {
				return
			}
			if !isLine {
				_, _ = r.Discard(len(chunk)) // it is buffered
			}
		}
		if err != nil {
			return
		}
	}
}

// pass acts and forwards in the order in which the rules want it.
func (l *link) pass(from Side, chunk []byte, now []ProxyRule, waiting []armed) ([]armed, error) {
	for _, rule := range now {
		if err := l.act(from, rule); err != nil {
			return nil, err
		}
	}
	for len(chunk) > 0 {
		n := int64(len(chunk))
		for _, a := range waiting {
			n = min(n, a.left)
		}
		if err := l.forward(from, chunk[:n]); err != nil {
			return nil, err
		}
		chunk = chunk[n:]
		var still []armed
		for _, a := range waiting {
			if a.left -= n; a.left > 0 {
				still = append(still, a)
				continue
			}
			if err := l.act(from, a.rule); err != nil {
				return nil, err
			}
		}
		waiting = still
	}
	return waiting, nil
}

// forward writes to the other side, unless the link is stalled or swallows.
func (l *link) forward(from Side, b []byte) error {
	l.mu.Lock()
	stalled := l.stalled
	l.mu.Unlock()
	if stalled != nil {
		select {
		case <-stalled:
		case <-l.over:
			return errDead
		case <-l.proxy.board.done:
			return errDead
		}
	}
	l.mu.Lock()
	swallow := l.swallow
	l.mu.Unlock()
	if swallow {
		return nil
	}
	if _, err := l.conn[1-from].Write(b); err != nil {
		return errDead
	}
	return nil
}

func (l *link) act(from Side, rule ProxyRule) error {
	var err error
	switch rule.Do {
	case Signal:
		return nil
	case Stall:
		l.mu.Lock()
		if l.stalled == nil {
			l.stalled = make(chan struct{})
		}
		l.mu.Unlock()
	case HalfOpen:
		l.mu.Lock()
		l.swallow = true
		l.mu.Unlock()
	case Drop, Reset:
		l.close(rule.Do == Reset)
		err = errDead
	case Inject:
		err = l.forward(from, rule.Bytes)
	}
	l.proxy.board.add("fault")
	return err
}

func (l *link) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stalled != nil {
		close(l.stalled)
		l.stalled = nil
	}
}

// finish passes on that one side has left, and ends the link when both have. A
// half-open link passes nothing on: it ends with Close or Drop.
func (l *link) finish(from Side) {
	l.mu.Lock()
	l.finished++
	swallow, both := l.swallow, l.finished == 2
	l.mu.Unlock()
	switch {
	case both:
		l.close(false)
	case swallow:
	default:
		// An IMAP connection of which one half is shut is of no use to either.
		l.close(false)
	}
}

func (l *link) close(rst bool) {
	l.overOnce.Do(func() {
		for _, c := range l.raw {
			if rst {
				reset(c)
			} else {
				_ = c.Close()
			}
		}
		close(l.over)
	})
}

// literalSize is n for a line that ends in "{n}" or "{n+}" (RFC 9051 section
// 4.3, RFC 7888), and 0 otherwise.
func literalSize(line []byte) int64 {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || line[len(line)-1] != '}' {
		return 0
	}
	open := bytes.LastIndexByte(line, '{')
	if open < 0 {
		return 0
	}
	n, err := strconv.ParseInt(string(bytes.TrimSuffix(line[open+1:len(line)-1], []byte("+"))), 10, 62)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
