package main

import (
	"context"
	"time"

	"hearback/tickets/fault"
)

const (
	sealEvery = 30 * time.Second
	sealBatch = 1000 // records in one seal
)

// sealLoop closes what was recorded into the chain. Once a day it says in the log how
// far the chain goes: the log is kept elsewhere, and a chain cut short in the
// database does not agree with it any more.
func (a *App) sealLoop(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	day := ""
	for {
		if err := a.sealOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("audit", "event", "seal_failed", "error", err)
		}
		if now, err := a.now(ctx); err == nil && now.Format(time.DateOnly) != day && a.sayLastSeal(ctx) {
			day = now.Format(time.DateOnly)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sealOnce seals everything that there is, unless another program does. Time is the
// database's, as it is for what the seal covers on several machines.
func (a *App) sealOnce(ctx context.Context) error {
	if alone, err := a.sweepLease.alone(ctx); err != nil || !alone {
		return err
	}
	for ctx.Err() == nil {
		now, err := a.store.Now(ctx)
		if err != nil {
			return err
		}
		n, err := a.store.SealAudit(ctx, now, sealBatch)
		if fault.Is(err, fault.Conflict) {
			return nil // another program took the number; nothing is lost
		}
		if err != nil || n < sealBatch {
			return err
		}
	}
	return nil
}

// sayLastSeal logs the number and hash of the last seal.
func (a *App) sayLastSeal(ctx context.Context) bool {
	last, err := a.store.LastSeal(ctx)
	if fault.Is(err, fault.NotFound) {
		return false
	}
	if err != nil {
		if ctx.Err() == nil {
			a.log.Warn("audit", "event", "seal_unknown", "error", err)
		}
		return false
	}
	a.log.Info("audit", "event", "audit_chain", "seal", last.Seq, "hash", last.Hash)
	return true
}
