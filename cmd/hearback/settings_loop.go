package main

import (
	"context"
	"time"
)

// settingsEvery is how soon a program notices what was set in another one that
// works on the same database: within a minute.
const settingsEvery = 20 * time.Second

// settingsLoop takes in what people set on the administration pages, and finishes
// moving due dates where a program ended in the middle of it.
func (a *App) settingsLoop(ctx context.Context) {
	ticker := time.NewTicker(settingsEvery)
	defer ticker.Stop()
	for {
		if err := a.settingsOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "settings_failed", "error", err)
			a.watch.warn("settings", "What is set on the administration pages does not fit the configuration. hearback goes on by what it knew before; the log says why.")
		} else if err == nil {
			a.watch.warn("settings", "")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) settingsOnce(ctx context.Context) error {
	changed, err := a.desk.Refresh(ctx)
	if err != nil {
		return err
	}
	if changed {
		a.log.Info("mail", "event", "settings_taken_in")
		a.events.Publish("counts", "")
	}
	if alone, err := a.sweepLease.alone(ctx); err != nil || !alone {
		return err
	}
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	moved, err := a.desk.FollowCalendar(ctx, now)
	if moved > 0 {
		a.log.Info("mail", "event", "calendar_followed", "clocks", moved)
		a.events.Publish("counts", "")
	}
	return err
}
