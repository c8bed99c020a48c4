package misbehave

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// errClosed is what waiting methods answer when the peer was closed.
var errClosed = errors.New("misbehave: closed")

// board counts named events and lets tests wait for them.
type board struct {
	done chan struct{} // closed by stop

	mu      sync.Mutex
	counts  map[string]int
	changes chan struct{} // closed and replaced at each event
	stopped bool
}

func newBoard() *board {
	return &board{done: make(chan struct{}), counts: make(map[string]int), changes: make(chan struct{})}
}

// add counts one event and gives the new count.
func (b *board) add(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts[key]++
	close(b.changes)
	b.changes = make(chan struct{})
	return b.counts[key]
}

func (b *board) count(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts[key]
}

func (b *board) wait(ctx context.Context, key string, n int) error {
	for {
		b.mu.Lock()
		have, changes := b.counts[key], b.changes
		b.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changes:
		case <-b.done:
			return errClosed
		case <-ctx.Done():
			return fmt.Errorf("misbehave: %q came %d of %d times: %w", key, have, n, ctx.Err())
		}
	}
}

// stop ends all waiting; only the first call answers true.
func (b *board) stop() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return false
	}
	b.stopped = true
	close(b.done)
	return true
}

// listen opens a loopback port.
func listen() (net.Listener, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("misbehave: %w", err)
	}
	return ln, nil
}

// loopback refuses an upstream that is not on this machine.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("misbehave: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("misbehave: %s is not a loopback address", addr)
	}
	return nil
}

// conns are the open connections of a peer; closing them ends its goroutines.
type conns struct {
	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
	wg     sync.WaitGroup
}

// take registers c and runs serve in a goroutine that close waits for. Once
// closed it only closes c.
func (cs *conns) take(c net.Conn, serve func()) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		_ = c.Close()
		return
	}
	if cs.open == nil {
		cs.open = make(map[net.Conn]struct{})
	}
	cs.open[c] = struct{}{}
	cs.wg.Go(func() {
		defer func() {
			_ = c.Close()
			cs.mu.Lock()
			delete(cs.open, c)
			cs.mu.Unlock()
		}()
		serve()
	})
}

// drop closes every connection and leaves the peer running.
func (cs *conns) drop() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.open {
		_ = c.Close()
	}
}

func (cs *conns) close() {
	cs.mu.Lock()
	cs.closed = true
	cs.mu.Unlock()
	cs.drop()
	cs.wg.Wait()
}

// reset closes c so that the other side gets RST in place of FIN.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
