package inbound

import (
	"container/list"
	"context"
	"sync"
)

// turns shares something of which there is only so much. Who asks first is
// served first, so that one who wants much is not passed over for ever by many
// who want little.
type turns struct {
	mu   sync.Mutex
	size int64
	free int64
	line list.List // of *turn, in the order in which they came
}

type turn struct {
	n     int64
	ready chan struct{} // closed when it is served
}

// take waits until n are free and takes them; n is at most the size. The error
// is ctx's; nothing is taken then.
func (q *turns) take(ctx context.Context, n int64) error {
	q.mu.Lock()
	if q.free >= n && q.line.Len() == 0 {
		q.free -= n
		q.mu.Unlock()
		return nil
	}
	t := &turn{n: n, ready: make(chan struct{})}
	place := q.line.PushBack(t)
	q.mu.Unlock()
	select {
	case <-t.ready:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-t.ready: // served in the same moment
		q.free += n
	default:
		q.line.Remove(place)
	}
	q.serve() // who stands behind may want less
	return ctx.Err()
}

// give gives n back.
func (q *turns) give(n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free += n
	q.serve()
}

// serve lets in who can be let in. mu is held.
func (q *turns) serve() {
	for e := q.line.Front(); e != nil; e = q.line.Front() {
		t := e.Value.(*turn)
		if q.free < t.n {
			return
		}
		q.free -= t.n
		q.line.Remove(e)
		close(t.ready)
	}
}

// wanted reports whether somebody waits.
func (q *turns) wanted() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.line.Len() > 0
}

// Connections caps how many connections the accounts of one server have open
// at the same time. Servers refuse more than some (Exchange Online allows about
// twenty a mailbox, Dovecot ten a user and address), and refuse the wrong one
// then. A nil Connections is no cap.
type Connections struct{ turns turns }

// NewConnections caps at n, which is at least 1. With fewer connections than
// inboxes the inboxes take turns: each is looked at once in its poll interval.
func NewConnections(n int) *Connections {
	n = max(n, 1)
	return &Connections{turns: turns{size: int64(n), free: int64(n)}}
}

// take waits for a connection and gives the function that gives it back, which
// may be called more than once.
func (l *Connections) take(ctx context.Context) (giveBack func(), err error) {
	if l == nil {
		return func() {}, ctx.Err()
	}
	if err := l.turns.take(ctx, 1); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { l.turns.give(1) }), nil
}

// wanted reports whether somebody waits for a connection.
func (l *Connections) wanted() bool { return l != nil && l.turns.wanted() }

// Room caps how many bytes of raw mail all pollers of the program hold in memory
// at the same time. A nil Room is no cap.
type Room struct{ turns turns }

// NewRoom makes room for so many bytes. A mail that is larger than the room is
// let in when nothing else is there, so the limit on a mail holds all the same.
func NewRoom(bytes int64) *Room {
	bytes = max(bytes, 1)
	return &Room{turns: turns{size: bytes, free: bytes}}
}

func (r *Room) take(ctx context.Context, bytes int64) (giveBack func(), err error) {
	if r == nil || bytes <= 0 {
		return func() {}, ctx.Err()
	}
	bytes = min(bytes, r.turns.size)
	if err := r.turns.take(ctx, bytes); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { r.turns.give(bytes) }), nil
}
