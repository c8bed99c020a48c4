package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hearback/mailbox/webhook"
	"hearback/tickets"
)

const (
	hookEvery = time.Minute // besides wake-ups: what another program or an earlier run left
	hookFirst = 15 * time.Second
	hookMost  = 15 * time.Minute
)

// webhookLoop posts what was told last about each mailbox, until the receiver
// has taken it. It has a goroutine of its own: a receiver that hangs keeps
// nothing else waiting.
func (a *App) webhookLoop(ctx context.Context) {
	if a.alarm.hook == nil {
		return
	}
	wait := hookFirst
	for {
		next := hookEvery
		if err := a.webhookOnce(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			a.log.Warn("mail", "event", "webhook_failed", "error", err)
			next = wait
			wait = min(wait*2, hookMost)
		} else {
			wait = hookFirst
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-a.alarm.wake:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// webhookOnce posts what is new. A notice that was taken and could not be marked
// is posted again with the same id.
func (a *App) webhookOnce(ctx context.Context) error {
	if alone, err := a.alarm.lease.alone(ctx); err != nil || !alone {
		return err
	}
	var failed error
	for _, m := range a.mailboxes {
		if err := a.postState(ctx, m.Name); err != nil {
			failed = fmt.Errorf("mailbox %s: %w", m.Name, err)
		}
	}
	return failed
}

func (a *App) postState(ctx context.Context, mailbox string) error {
	want, err := a.store.Setting(ctx, alarmKey(mailbox))
	if err != nil || want == "" {
		return err
	}
	have, err := a.store.Setting(ctx, hookKey(mailbox))
	if err != nil || want == have {
		return err
	}
	n := webhook.Notice{Mailbox: mailbox, Link: strings.TrimSuffix(a.cfg.HTTP.BaseURL, "/") + "/admin/mailboxes"}
	stamp, down := strings.CutPrefix(want, toldDown)
	n.Kind = webhook.MailboxDown
	if !down {
		stamp, n.Kind = strings.TrimPrefix(want, toldBack), webhook.MailboxBack
	}
	if n.Since, err = time.Parse(time.RFC3339, stamp); err != nil {
		return fmt.Errorf("what was told of it: %w", err)
	}
	n.ID = fmt.Sprintf("%s-%s-%d", mailbox, n.Kind, n.Since.Unix())
	if down || strings.HasPrefix(have, toldDown) { // who never heard of trouble need not hear of its end
		if err := a.alarm.hook.Post(ctx, n); err != nil {
			return err
		}
		a.log.Info("mail", "event", "webhook", "mailbox", mailbox, "outcome", n.Kind)
	}
	return a.store.Write(ctx, func(tx tickets.Tx) error { return tx.SetSetting(ctx, hookKey(mailbox), want) })
}
