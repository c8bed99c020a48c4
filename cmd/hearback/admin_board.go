package main

import (
	"context"
	"time"

	"hearback/mailbox/inbound"
	"hearback/tickets/fault"
	"hearback/web"
)

// board is the numbers of the program for its administrators.
func (a *App) board(ctx context.Context) (web.Board, error) {
	h, err := a.store.Health(ctx)
	if err != nil {
		return web.Board{}, err
	}
	b := web.Board{
		Queued: h.Queued, Held: h.Held, InFlight: h.InFlight, Uncertain: h.Uncertain, Quarantined: h.Quarantined,
		FreeBytes: h.FreeBytes, HasDisk: h.FreeBytes >= 0, Secrets: map[string]time.Time{},
	}
	for _, t := range a.doors.Tokens {
		if t.Expires.IsZero() {
			continue
		}
		for _, name := range t.Mailboxes {
			b.Secrets[name] = t.Expires
		}
	}
	if a.scans != nil {
		if b.Scanner = a.watch.get(a.watch.warnings, "scanner"); b.Scanner == "" {
			b.Scanner = "works"
		}
	}
	return b, nil
}

// tryMailbox signs in to the servers of one mailbox as its readers and the
// dispatcher do, and says of each how it went. It reads and sends nothing.
func (a *App) tryMailbox(ctx context.Context, name string) ([]web.FolderTry, error) {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second) // the page waits for it
	defer cancel()
	var out []web.FolderTry
	add := func(what string, err error) {
		try := web.FolderTry{What: what}
		if err != nil {
			if try.Problem = fault.SafeText(err); try.Problem == "" {
				try.Problem = "it did not work; the log says why"
			}
			a.log.Warn("mail", "event", "mailbox_try_failed", "mailbox", name, "what", what, "error", err)
		}
		out = append(out, try)
	}
	for _, t := range a.doors.Tokens {
		for _, of := range t.Mailboxes {
			if of == name {
				add("Getting a token to sign in with", t.Check(ctx))
			}
		}
	}
	for _, acct := range a.doors.Accounts {
		if acct.Mailbox.Name == name {
			add("Reading folder "+acct.Folder, inbound.Try(ctx, acct, inbound.DefaultDeadlines()))
		}
	}
	for i, m := range a.mailboxes {
		if m.Name == name {
			add("Sending", trySMTP(ctx, a.doors.Routes[i]))
		}
	}
	return out, nil
}
