package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"hearback/mailbox/inbound"
	"hearback/tickets"
)

// imapFolder takes in the mails of a folder on the mailbox's server. Nothing on
// the server changes. How far it came is kept like for the inbox.
func (im *importer) imapFolder(ctx context.Context, m MailboxConfig, folder string) error {
	past := &pastIntake{im: im, bar: newMeter(im.errs, "Taking in", 0)}
	past.bar.lines = true
	defer past.bar.end()
	acct, err := im.account(m, folder)
	if err != nil {
		return err
	}
	p := inbound.New(acct, inbound.Deps{
		Store: im.app.store, Intake: past, Gate: im.app.diskGate, Log: im.app.log, Deadlines: inbound.DefaultDeadlines(),
		Now: func(ctx context.Context) (time.Time, error) { return im.app.now(ctx) },
	})
	defer p.Close()
	_, err = p.Once(ctx)
	return err
}

// account signs in as serve does, and reads another folder.
func (im *importer) account(m MailboxConfig, folder string) (inbound.Account, error) {
	one := im.app.cfg
	one.Mailboxes = []MailboxConfig{m}
	d, err := one.Doors([]tickets.Mailbox{im.mailbox})
	if err != nil {
		return inbound.Account{}, err
	}
	acct := d.Accounts[0]
	acct.Folder, acct.After, acct.MoveTo = folder, inbound.Leave, ""
	acct.TrustedAuth, acct.Batch = im.trusted, importBatch
	return acct, nil
}

// pastIntake marks what the poller finds as history.
type pastIntake struct {
	im  *importer
	bar *meter
	n   int
}

// Intake implements inbound.Intake.
func (p *pastIntake) Intake(ctx context.Context, batch []tickets.Received, _ time.Time) ([]tickets.IntakeResult, error) {
	for i := range batch {
		batch[i].History = true
	}
	results, err := p.im.take(ctx, batch, func(i int) string { return "mail " + strconv.FormatUint(uint64(batch[i].UID), 10) })
	if err == nil {
		p.n += len(batch)
		p.bar.add(int64(len(batch)), fmt.Sprintf("%d mails", p.n))
	}
	return results, err
}
