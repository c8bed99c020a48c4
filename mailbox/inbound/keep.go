package inbound

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hearback/tickets"
)

// keep hands a batch to the intake, flags or moves it on the server when that is
// wanted, and moves the cursor as far as every mail has a line in the ledger.
// In this order a program that is killed in between does again what it did, and
// nothing changes by that.
func (p *Poller) keep(ctx context.Context, l *look, b batch) (stored int, err error) {
	settled := slices.Clone(b.known)
	var done []uint32 // stored, so that the server's copy may change
	if len(b.mails) > 0 {
		if err := p.stillOurs(ctx, l); err != nil {
			return 0, err
		}
		now, err := p.deps.Now(ctx)
		if err != nil {
			return 0, err
		}
		results, err := p.deps.Intake.Intake(ctx, b.mails, now)
		if err != nil {
			return 0, fmt.Errorf("intake of %d mails: %w", len(b.mails), err)
		}
		if len(results) != len(b.mails) {
			return 0, fmt.Errorf("intake gave %d results for %d mails", len(results), len(b.mails))
		}
		var newest time.Time
		for i, r := range results {
			p.logFate(b.mails[i], r)
			settled = append(settled, b.mails[i].UID)
			if r.Fate != tickets.FateQuarantined {
				done = append(done, b.mails[i].UID)
			}
			if !r.Already && (r.Fate == tickets.FateMessage || r.Fate == tickets.FateHeld) {
				stored++
				newest = later(newest, b.mails[i].ReceivedAt)
			}
		}
		p.progress(stored, newest)
		if p.deps.Stored != nil && stored > 0 {
			p.deps.Stored()
		}
	}
	if err := p.settle(ctx, l, b.known, done); err != nil {
		return stored, err
	}
	return stored, p.advance(ctx, l, b.listed, settled)
}

// advance moves the cursor over the mails that are settled, up to the first that
// is not.
func (p *Poller) advance(ctx context.Context, l *look, list []listed, settled []uint32) error {
	next := *l.cursor
	for _, m := range list {
		if !slices.Contains(settled, uint32(m.uid)) {
			break
		}
		next.UID = uint32(m.uid)
	}
	if next.UID == l.cursor.UID {
		return nil
	}
	next.UpdatedAt = time.Time{} // the store's own time
	if err := p.setCursor(ctx, l, next); err != nil {
		return err
	}
	l.cursor.UID = next.UID
	return nil
}

func (p *Poller) logFate(m tickets.Received, r tickets.IntakeResult) {
	if r.Err != nil {
		p.deps.Log.Error("mail", "event", "taken_in", "mailbox", p.acct.Mailbox.Name, "uid", m.UID, "outcome", string(r.Fate), "error", r.Err)
		return
	}
	p.deps.Log.Info("mail", "event", "taken_in", "mailbox", p.acct.Mailbox.Name, "uid", m.UID,
		"ticket", r.TicketRef, "outcome", string(r.Fate))
}
