package inbound

import (
	"context"
	"errors"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// errElsewhere ends a look whose folder another program reads. It never leaves
// the package: Once says so in Status, and it is nobody's failure.
var errElsewhere = errors.New("inbound: another program reads this folder")

// lease asks whether this program may read the folder, and under which epoch.
func (p *Poller) lease(ctx context.Context) (epoch int64, err error) {
	if p.deps.Lease == nil {
		return 0, nil
	}
	epoch, held, err := p.deps.Lease(ctx)
	if err == nil && !held {
		err = errElsewhere
	}
	return epoch, err
}

// stillOurs asks again before a batch is stored: fetching may have taken longer
// than the lease lasts. Under another epoch somebody else had the folder in
// between, and what this look knows of it may be out of date.
func (p *Poller) stillOurs(ctx context.Context, l *look) error {
	epoch, err := p.lease(ctx)
	if err == nil && epoch != l.epoch {
		p.more = true
		err = errElsewhere
	}
	return err
}

// setCursor writes the cursor; under a lease a program that does not know yet
// that it was replaced cannot.
func (p *Poller) setCursor(ctx context.Context, l *look, c tickets.Cursor) error {
	if p.acct.Past {
		return nil // whoever reads what is new goes on where it was
	}
	if p.deps.Lease == nil {
		return p.deps.Store.SetCursor(ctx, &c)
	}
	err := p.deps.Store.SetCursorUnder(ctx, &c, l.epoch)
	if fault.Is(err, fault.Conflict) {
		p.deps.Log.Warn("mail", "event", "lease_lost", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder)
		return errElsewhere
	}
	return err
}
