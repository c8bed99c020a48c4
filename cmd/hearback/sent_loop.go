package main

import (
	"context"
	"fmt"
	"time"

	"hearback/mailbox/inbound"
	"hearback/tickets"
	"hearback/tickets/fault"
)

const (
	sentEvery     = 30 * time.Second // a copy is due half a minute after its letter left
	sentEveryMost = 10 * time.Minute // after failures
	sentShown     = 7 * 24 * time.Hour
)

// What becomes of a copy of what was sent (imap.sent_copy).
const (
	sentCopyAppend = "append" // hearback puts it into Sent
	sentCopyServer = "server" // the mail server keeps one by itself
	sentCopyOff    = "off"
)

// sentCopy is what the configuration wants; without a word it is append where the
// Sent folder is named.
func (i IMAPConfig) sentCopy() string {
	if i.SentCopy != "" {
		return i.SentCopy
	}
	if i.SentFolder != "" {
		return sentCopyAppend
	}
	return sentCopyOff
}

// wireFilers makes what files copies of sent letters. The folders are wired before.
func (a *App) wireFilers() {
	for _, acct := range a.doors.Accounts {
		if acct.Kind != tickets.FolderInbox {
			continue
		}
		for _, m := range a.cfg.Mailboxes {
			if m.Name != acct.Mailbox.Name || m.IMAP.sentCopy() != sentCopyAppend {
				continue
			}
			deps := inbound.FilerDeps{Store: a.store, Log: a.log, Deadlines: inbound.DefaultDeadlines(), Now: a.store.Now}
			for _, f := range a.folders {
				if f.kind == tickets.FolderInbox && a.mailboxes[f.box].ID == acct.Mailbox.ID && f.lease != nil {
					deps.Lease = f.lease.Hold
				}
			}
			a.filers = append(a.filers, filer{inbound.NewFiler(acct, m.IMAP.SentFolder, deps), acct.Mailbox.ID})
		}
	}
}

// filer files the copies of one mailbox.
type filer struct {
	*inbound.Filer
	mailboxID int64
}

// sentLoop files copies until ctx ends. Failing touches no letter: it is a warning of
// health, and copies wait.
func (a *App) sentLoop(ctx context.Context, f filer) {
	wait := sentEvery
	for ctx.Err() == nil {
		settled, err := f.Once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = min(wait*2, sentEveryMost)
		default:
			wait = sentEvery
		}
		warning, werr := a.sentWarning(ctx, f, err)
		if werr != nil {
			a.log.Warn("mail", "event", "sent_copies_unknown", "mailbox", f.Mailbox(), "error", werr)
		} else if a.watch.warn("sent copies of "+f.Mailbox(), warning) && warning != "" {
			a.log.Warn("mail", "event", "sent_copies_wait", "mailbox", f.Mailbox(), "error", err)
		}
		if settled == 0 || err != nil {
			pause(ctx, wait)
		}
	}
}

// sentWarning is what health says of the copies of a mailbox; "" when all are there.
func (a *App) sentWarning(ctx context.Context, f filer, failed error) (string, error) {
	now, err := a.store.Now(ctx)
	if err != nil {
		return "", err
	}
	waiting, lost, err := a.store.SentCopyFigures(ctx, f.mailboxID, now.Add(-sentShown))
	if err != nil {
		return "", err
	}
	why := f.Problem()
	if failed != nil && why == "" {
		why = fault.SafeText(failed)
	}
	switch {
	case why != "":
		return fmt.Sprintf("Mailbox %s: copies of sent letters are not in its Sent folder yet. %s The letters themselves were sent; nothing is sent again.", f.Mailbox(), why), nil
	case lost > 0:
		return fmt.Sprintf("Mailbox %s: %s could not be put into its Sent folder in the last 7 days. The letters themselves were sent; hearback has them.", f.Mailbox(), count(lost, "copy")), nil
	case waiting > 0:
		return fmt.Sprintf("Mailbox %s: %s of sent letters waits to be put into its Sent folder again. The letters themselves were sent.", f.Mailbox(), count(waiting, "copy")), nil
	}
	return "", nil
}
