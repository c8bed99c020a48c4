package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Two programs may run on one PostgreSQL. Of each thing that one of them has to
// do alone (a folder, the sweep, tidying) one holds the lease, by the database's
// time. Every cursor is written under the epoch of the lease, so that a program
// that does not know yet that it was replaced changes nothing. Sending needs no
// lease: a letter is claimed by compare-and-set.

// leaseTime is how long a lease outlasts a program that died: mail is read again
// within that time and one look. It is renewed three times as often.
const leaseTime = 45 * time.Second

// leaseStore is what a lease needs from storage.
type leaseStore interface {
	AcquireLease(ctx context.Context, name, holder string, ttl time.Duration) (epoch int64, ok bool, err error)
	ReleaseLease(ctx context.Context, name, holder string, epoch int64) error
}

// lease is one lease that this program wants. keep renews it; Hold may be asked
// by any goroutine.
type lease struct {
	name, holder string
	ttl          time.Duration
	store        leaseStore
	log          *slog.Logger
	changed      func(won bool)

	mu    sync.Mutex
	epoch int64
	until time.Time // by this machine's monotonic clock; zero when another has it
	won   time.Time // when it became ours
	off   time.Time // not asked for until then
}

// margin is how much of a lease must be left for it to count: our own clock may
// run behind the database's, and an answer takes time to come.
func (l *lease) margin() time.Duration { return l.ttl / 6 }

// Hold says whether the lease is ours, and asks for it if nobody has done so
// lately. It has the form of inbound.Deps.Lease.
func (l *lease) Hold(ctx context.Context) (epoch int64, held bool, err error) {
	l.mu.Lock()
	if time.Until(l.until) > l.margin() {
		defer l.mu.Unlock()
		return l.epoch, true, nil
	}
	l.mu.Unlock()
	return l.ask(ctx)
}

// ask takes or renews the lease.
func (l *lease) ask(ctx context.Context) (int64, bool, error) {
	l.mu.Lock()
	if time.Now().Before(l.off) {
		defer l.mu.Unlock()
		return 0, false, nil
	}
	l.mu.Unlock()
	began := time.Now()
	epoch, ok, err := l.store.AcquireLease(ctx, l.name, l.holder, l.ttl)
	if err != nil {
		return 0, false, fmt.Errorf("lease %s: %w", l.name, err)
	}
	l.mu.Lock()
	had := !l.until.IsZero()
	l.epoch, l.until = 0, time.Time{}
	if ok {
		l.epoch, l.until = epoch, began.Add(l.ttl)
		if !had {
			l.won = began
		}
	}
	l.mu.Unlock()
	if had != ok {
		l.log.Info("mail", "event", "lease", "lease", l.name, "outcome", map[bool]string{true: "won", false: "lost"}[ok])
		if l.changed != nil {
			l.changed(ok)
		}
	}
	return epoch, ok, nil
}

// keep renews the lease until ctx ends.
func (l *lease) keep(ctx context.Context) {
	ticker := time.NewTicker(l.ttl / 3)
	defer ticker.Stop()
	for {
		if _, _, err := l.ask(ctx); err != nil && ctx.Err() == nil {
			l.log.Warn("mail", "event", "lease_failed", "lease", l.name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// giveBack lets another program have it at once; for off this one does not ask.
func (l *lease) giveBack(ctx context.Context, off time.Duration) {
	l.mu.Lock()
	epoch, held := l.epoch, !l.until.IsZero()
	l.epoch, l.until, l.off = 0, time.Time{}, time.Now().Add(off)
	l.mu.Unlock()
	if !held {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := l.store.ReleaseLease(ctx, l.name, l.holder, epoch); err != nil {
		l.log.Warn("mail", "event", "lease_failed", "lease", l.name, "error", err)
	}
}

// mine reports what is known without asking anybody.
func (l *lease) mine() bool {
	if l == nil {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until) > 0
}

// lease makes a lease of this program; nil on SQLite, whose data directory is
// locked against a second program.
func (a *App) lease(name string, changed func(won bool)) *lease {
	if a.cfg.Database.Engine == "sqlite" {
		return nil
	}
	l := &lease{name: name, holder: a.holder, ttl: a.leaseTime, store: a.store, log: a.log, changed: changed}
	a.leases = append(a.leases, l)
	return l
}

// alone reports whether this program is the one that does something.
func (l *lease) alone(ctx context.Context) (bool, error) {
	if l == nil {
		return true, nil
	}
	_, held, err := l.Hold(ctx)
	return held, err
}

// wonAt is when the lease became ours; zero without one.
func (l *lease) wonAt() time.Time {
	if l == nil {
		return time.Time{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.won
}
