package inbound

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// queued waits until n stand in line: a signal, since take tells nobody.
func (q *turns) queued(n int) {
	for {
		q.mu.Lock()
		have := q.line.Len()
		q.mu.Unlock()
		if have >= n {
			return
		}
	}
}

// Who comes first is served first, also when those behind want less.
func TestTurnsAreFair(t *testing.T) {
	q := &turns{size: 10, free: 10}
	ctx := t.Context()
	if err := q.take(ctx, 6); err != nil {
		t.Fatal(err)
	}
	served := make(chan int64)
	var all sync.WaitGroup
	release := map[int64]chan struct{}{}
	for i, n := range []int64{8, 1, 2, 7} {
		done := make(chan struct{})
		release[n] = done
		all.Go(func() {
			if err := q.take(ctx, n); err != nil {
				t.Error(err)
			}
			served <- n
			<-done
			q.give(n)
		})
		q.queued(i + 1)
	}
	if !q.wanted() {
		t.Error("nobody is said to wait")
	}
	q.give(6)
	// 8 and 1 fit side by side, and nobody else; 2 when 1 is back, 7 last.
	if a, b := <-served, <-served; a+b != 9 {
		t.Errorf("%d and %d were served first", a, b)
	}
	close(release[1])
	if n := <-served; n != 2 {
		t.Errorf("%d was served third", n)
	}
	close(release[8])
	if n := <-served; n != 7 {
		t.Errorf("%d was served last", n)
	}
	close(release[2])
	close(release[7])
	all.Wait()
	if q.free != q.size || q.wanted() {
		t.Errorf("%d of %d are free", q.free, q.size)
	}
}

// Who gives up leaves the line, and those behind are served.
func TestTurnsGivenUp(t *testing.T) {
	q := &turns{size: 2, free: 2}
	if err := q.take(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone, served := make(chan error, 1), make(chan error, 1)
	go func() { gone <- q.take(ctx, 2) }()
	q.queued(1)
	go func() { served <- q.take(t.Context(), 1) }()
	q.queued(2)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	q.give(2)
	if q.free != 2 {
		t.Errorf("%d are free", q.free)
	}
}

// Many that come, go and give up: never more is given than there is, and nothing
// is lost.
func TestTurnsUnderLoad(t *testing.T) {
	q := &turns{size: 7, free: 7}
	var mu sync.Mutex
	var out int64
	var all sync.WaitGroup
	for i := range int64(200) {
		n := 1 + i%7
		ctx, cancel := context.WithCancel(t.Context())
		if i%5 == 0 {
			all.Go(cancel)
		}
		all.Go(func() {
			defer cancel()
			if q.take(ctx, n) != nil {
				return
			}
			mu.Lock()
			if out += n; out > 7 {
				t.Errorf("%d are out", out)
			}
			mu.Unlock()
			mu.Lock()
			out -= n
			mu.Unlock()
			q.give(n)
		})
	}
	all.Wait()
	if q.free != 7 || q.wanted() {
		t.Errorf("%d are free", q.free)
	}
}

// A mail that is larger than the room comes in alone.
func TestRoomForTheLarge(t *testing.T) {
	r := NewRoom(100)
	giveBack, err := r.take(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if r.turns.free != 0 {
		t.Errorf("%d are free beside it", r.turns.free)
	}
	giveBack()
	giveBack()
	if r.turns.free != 100 {
		t.Errorf("%d are free behind it", r.turns.free)
	}
}
