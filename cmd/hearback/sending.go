package main

import (
	"context"
	"errors"
	"sync"
)

// sending is the letters that leave at the moment. Each has a goroutine; wait waits
// for all of them.
type sending struct {
	a     *App
	slots chan struct{}
	all   sync.WaitGroup
	mu    sync.Mutex
	err   error
}

func newSending(a *App) *sending {
	return &sending{a: a, slots: make(chan struct{}, a.dispatcher.AtOnce())}
}

// due takes letters until nothing is due that a server would take now, and returns
// how many it took. Each is sent beside it.
func (s *sending) due(ctx context.Context) (taken int, err error) {
	for ctx.Err() == nil && !s.failed() && s.slot(ctx) {
		more, err := s.next(ctx)
		if err != nil || !more {
			return taken, err
		}
		taken++
	}
	return taken, nil
}

// slot waits until another letter may leave; false when ctx ended before.
func (s *sending) slot(ctx context.Context) bool {
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *sending) next(ctx context.Context) (took bool, err error) {
	a := s.a
	defer func() {
		if !took {
			<-s.slots
		}
	}()
	// Others take over what a program claimed that does not say that it is alive.
	if alive, err := a.aliveLease.alone(ctx); err != nil || !alive {
		return false, err
	}
	now, err := a.now(ctx)
	if err != nil {
		return false, err
	}
	letter, err := a.dispatcher.Take(ctx, now)
	if err != nil || letter == nil {
		return false, err
	}
	s.all.Go(func() {
		err := letter.Send(ctx)
		if err != nil {
			s.mu.Lock()
			s.err = errors.Join(s.err, err)
			s.mu.Unlock()
		}
		<-s.slots
		a.events.Publish("hold.sent", "")
		a.events.Publish("counts", "")
		a.wakeUp() // what had to leave after it, or by the same server, may leave now
	})
	return true, nil
}

// failure is what went wrong since it was last asked.
func (s *sending) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.err
	s.err = nil
	return err
}

func (s *sending) failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err != nil
}

func (s *sending) wait() { s.all.Wait() }
