package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/mailbox/webhook"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// hook is an endpoint outside that is told of events. Each has a goroutine of its
// own: one that hangs keeps nothing else waiting.
type hook struct {
	name   string
	sender *webhook.Sender
	lease  *lease
	wake   chan struct{}
}

const (
	hookLook  = 15 * time.Second // besides wake-ups
	hookBatch = 20               // events of one endpoint in one look
)

func (a *App) wireHooks() error {
	for _, c := range a.cfg.Webhooks {
		roots, err := rootsFrom(c.CAFile)
		if err != nil {
			return err
		}
		sender, err := webhook.New(webhook.Config{
			URL: c.URL, OwnNetwork: c.OwnNetwork, RootCAs: roots,
			Secret: func() (string, error) { return Secret(c.SecretEnv, c.SecretFile) },
		})
		if err != nil {
			return fmt.Errorf("webhook %s: %w", c.Name, err)
		}
		a.hooks = append(a.hooks, &hook{name: c.Name, sender: sender, lease: a.lease("hook "+c.Name, nil), wake: make(chan struct{}, 1)})
	}
	return nil
}

// wakeHooks has every endpoint look: something was committed that it may have to
// be told of.
func (a *App) wakeHooks() {
	for _, h := range a.hooks {
		select {
		case h.wake <- struct{}{}:
		default:
		}
	}
}

// hookLoop tells one endpoint what waits for it.
func (a *App) hookLoop(ctx context.Context, h *hook) {
	for ctx.Err() == nil {
		if err := a.hookOnce(ctx, h); err != nil && ctx.Err() == nil {
			a.log.Warn("webhook", "event", "hook_failed", "endpoint", h.name, "error", err)
		}
		timer := time.NewTimer(hookLook)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-h.wake:
		}
		timer.Stop()
	}
}

// hookOnce offers what is due. When the endpoint cannot be reached, the rest waits
// for its own time: an endpoint that is down is asked once a look, not twenty times.
func (a *App) hookOnce(ctx context.Context, h *hook) error {
	if alone, err := h.lease.alone(ctx); err != nil || !alone {
		return err
	}
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	due, err := a.store.HooksDue(ctx, h.name, now, hookBatch)
	if err != nil || len(due) == 0 {
		return err
	}
	counts, err := a.hookCounts(ctx, now)
	if err != nil {
		return err
	}
	for _, e := range due {
		posted := h.sender.PostEvent(ctx, webhook.Event{
			ID: h.name + "-" + strconv.FormatInt(e.ID, 10), Kind: e.Kind, Ref: e.Ref, At: e.At, Counts: counts,
			Link: strings.TrimSuffix(a.cfg.HTTP.BaseURL, "/") + "/e/" + e.Ref,
		})
		if ctx.Err() != nil {
			return ctx.Err() // it may have arrived: it is offered again under the same id
		}
		failed := ""
		if posted != nil {
			failed = fault.SafeText(posted)
		}
		if err := a.desk.SettleHook(ctx, e, failed, now); err != nil {
			return err
		}
		if posted != nil && fault.Is(posted, fault.Temporary) {
			return posted
		}
	}
	if len(due) == hookBatch {
		a.wakeHooks()
	}
	return nil
}

func (a *App) hookCounts(ctx context.Context, now time.Time) (webhook.Counts, error) {
	n, err := a.store.TicketCounts(ctx, access.Actor{Role: access.RoleHead}, now)
	if err != nil {
		return webhook.Counts{}, err
	}
	return webhook.Counts{Waiting: n["team"], Late: n["late"], ToSort: n["triage"] + n["unconfirmed"]}, nil
}

func (c Config) checkWebhooks(k *checker) {
	seen := map[string]bool{}
	for i, w := range c.Webhooks {
		p := fmt.Sprintf("webhooks[%d]", i)
		k.required(p+".name", w.Name, "a name for the list of deliveries")
		if seen[w.Name] {
			k.add(p+".name", "is another webhook's")
		}
		seen[w.Name] = true
		for _, e := range w.Events {
			if !slices.Contains(tickets.HookKinds(), e) {
				k.add(p+".events", "%q is none of %s", e, strings.Join(tickets.HookKinds(), ", "))
			}
		}
		k.secret(p+".secret", w.SecretEnv, w.SecretFile, true)
		k.caFile(p, w.CAFile)
		probe := webhook.Config{URL: w.URL, OwnNetwork: w.OwnNetwork, Secret: func() (string, error) { return "x", nil }}
		if _, err := webhook.New(probe); err != nil {
			k.add(p+".url", "%s", safe(err))
		}
	}
}
