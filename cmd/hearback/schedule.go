package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"hearback/tickets"
)

// This file alone knows when the steps of the program run. The packages expose
// one step each (Once, Sweep) and know no clock.

const (
	sweepEvery    = 15 * time.Second
	dispatchEvery = 15 * time.Second // at the latest; a wake-up or a due letter comes first
	tidyEvery     = time.Hour
	retryFirst    = time.Second
	retryMost     = time.Minute
	leaseFailures = 6 // looks in a row that fail, and another program may try: about a minute
)

// Run runs every step until ctx ends, then waits for the steps in flight.
func (a *App) Run(ctx context.Context) error {
	if err := a.recoverAtStart(ctx); err != nil {
		return err
	}
	// Leases are renewed until the last step has ended, then given back.
	leaseCtx, endLeases := context.WithCancel(context.WithoutCancel(ctx))
	defer endLeases()
	var leases, steps sync.WaitGroup
	for _, l := range a.leases {
		leases.Go(func() { l.keep(leaseCtx) })
	}
	for _, f := range a.folders {
		steps.Go(func() { a.readMail(ctx, f) })
	}
	for _, f := range a.filers {
		steps.Go(func() { a.sentLoop(ctx, f) })
	}
	steps.Go(func() { a.dispatchLoop(ctx) })
	steps.Go(func() { a.sweepLoop(ctx) })
	steps.Go(func() { a.mailingLoop(ctx) })
	steps.Go(func() { a.tidyLoop(ctx) })
	steps.Go(func() { a.alarmLoop(ctx) })
	steps.Go(func() { a.webhookLoop(ctx) })
	for _, h := range a.hooks {
		steps.Go(func() { a.hookLoop(ctx, h) })
	}
	steps.Go(func() { a.signInLoop(ctx) })
	steps.Go(func() { a.silenceLoop(ctx) })
	steps.Go(func() { a.settingsLoop(ctx) })
	steps.Go(func() { a.sealLoop(ctx) })
	steps.Go(func() { a.markLoop(ctx) })
	if a.scans != nil {
		steps.Go(func() { a.scans.run(ctx) })
	}
	steps.Wait()
	endLeases()
	leases.Wait()
	for _, l := range a.leases {
		l.giveBack(leaseCtx, 0)
	}
	return nil
}

// readMail looks, waits for the server to say that there is something, and
// looks again. After a failure it waits longer each time, with jitter, so that
// many mailboxes do not come back at the same instant.
func (a *App) readMail(ctx context.Context, f folder) {
	p := f.poller
	defer p.Close()
	wait := retryFirst
	for ctx.Err() == nil {
		if _, err := p.Once(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			st := p.Status()
			a.log.Warn("mail", "event", "poll_failed", "mailbox", st.Mailbox, "folder", st.Folder, "failures", st.Failures, "error", err)
			if f.lease != nil && f.kind == tickets.FolderInbox && st.Failures%leaseFailures == 0 {
				f.lease.giveBack(ctx, a.leaseTime) // another program may reach the server
			}
			a.events.Publish("mailbox.state", "")
			pause(ctx, wait/2+rand.N(wait)) //nolint:gosec // jitter needs no secret
			wait = min(wait*2, retryMost)
			continue
		}
		wait = retryFirst
		p.Wait(ctx)
	}
}

// recoverAtStart: the data directory of SQLite is locked against a second
// program, so whatever is claimed there is a dead program's.
func (a *App) recoverAtStart(ctx context.Context) error {
	if a.cfg.Database.Engine == "sqlite" {
		return a.recoverBy(ctx, a.desk.RecoverAll)
	}
	return a.recoverOutbox(ctx)
}

func (a *App) recoverOutbox(ctx context.Context) error { return a.recoverBy(ctx, a.desk.Recover) }

func (a *App) recoverBy(ctx context.Context, step func(context.Context, time.Time) (int, int, error)) error {
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	requeued, uncertain, err := step(ctx, now)
	if err != nil {
		return err
	}
	if requeued+uncertain > 0 {
		a.log.Warn("mail", "event", "recovered", "requeued", requeued, "uncertain", uncertain)
	}
	return nil
}

// dispatchLoop takes what is due and sleeps until the next one is. Letters leave
// beside it, as many at the same time as the servers take.
func (a *App) dispatchLoop(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	out := newSending(a)
	defer out.wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-a.wake:
		}
		// After a failure of the database it is left alone for a while.
		err := out.failure()
		if err == nil {
			_, err = out.due(ctx)
		}
		a.pulse.dispatched(err)
		if err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "dispatch_failed", "error", err)
		}
		timer.Reset(a.untilNextLetter(ctx, err))
	}
}

// dispatchDue sends whatever is due, and returns when it has left.
func (a *App) dispatchDue(ctx context.Context) error {
	out := newSending(a)
	for {
		n, err := out.due(ctx)
		out.wait()
		if err = errors.Join(err, out.failure()); err != nil || n == 0 {
			return err
		}
	}
}

func (a *App) untilNextLetter(ctx context.Context, failed error) time.Duration {
	if failed != nil {
		return dispatchEvery
	}
	next, err := a.store.NextDue(ctx)
	if err != nil || next.IsZero() {
		return dispatchEvery
	}
	now, err := a.now(ctx)
	if err != nil {
		return dispatchEvery
	}
	wait := next.Sub(now)
	if wait <= 0 {
		// A letter that is due and was not taken (held by the mode, or its server
		// takes nothing for the moment) must not make this loop spin.
		wait = time.Second
	}
	return min(wait, dispatchEvery)
}

func (a *App) sweepLoop(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		n, err := a.sweepAlone(ctx)
		a.pulse.swept(err)
		if err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "sweep_failed", "error", err)
		}
		if n > 0 {
			a.wakeUp()
			a.events.Publish("counts", "")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweepAlone sweeps unless another program does.
func (a *App) sweepAlone(ctx context.Context) (int, error) {
	if alone, err := a.sweepLease.alone(ctx); err != nil || !alone {
		return 0, err
	}
	return a.sweepOnce(ctx)
}

func (a *App) sweepOnce(ctx context.Context) (int, error) {
	now, err := a.now(ctx)
	if err != nil {
		return 0, err
	}
	if err := a.recoverOutbox(ctx); err != nil {
		return 0, err
	}
	n, err := a.desk.Sweep(ctx, now)
	if err != nil {
		return n, err
	}
	// A letter that did not arrive an hour ago and about which nobody did anything.
	told, err := a.desk.SweepUndelivered(ctx, now)
	if n += told; err != nil {
		return n, err
	}
	// Restrictions whose review date has passed, authority that runs out, children
	// who become young people: nothing of it ends in silence.
	late, err := a.desk.RemindIncidents(ctx, now)
	if n += late; err != nil {
		return n, err
	}
	due, err := a.desk.ReviewDue(ctx, now)
	return n + due, err
}

// tidyLoop drops what nobody needs any more: sessions that ended and drafts
// that were left for a month.
func (a *App) tidyLoop(ctx context.Context) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		if err := a.tidy(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("mail", "event", "tidy_failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) tidy(ctx context.Context) error {
	if alone, err := a.sweepLease.alone(ctx); err != nil || !alone {
		return err
	}
	now, err := a.store.Now(ctx)
	if err != nil {
		return err
	}
	if _, err := a.store.Sessions().RemoveExpired(ctx, now); err != nil {
		return err
	}
	if _, err = a.store.DropOldDrafts(ctx, now); err != nil {
		return err
	}
	if _, err = a.desk.ForgetHooks(ctx, now); err != nil {
		return err
	}
	return a.store.DropOldLeases(ctx, now.Add(-24*time.Hour))
}

// pause waits, or returns when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
