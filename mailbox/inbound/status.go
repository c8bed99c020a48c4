package inbound

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// Status is how a folder is doing. All instants are UTC.
type Status struct {
	Mailbox   string
	Folder    string
	Kind      tickets.FolderKind
	LastGood  time.Time // end of the last look that went through, or of a batch that was stored
	LastTried time.Time
	// LastNew is when the server received the newest mail that was stored; also of
	// an earlier run of the program. Zero when nothing was ever stored.
	LastNew  time.Time
	Failures int    // looks in a row that failed
	Problem  string // plain words; "" when the last look went through
	Stored   int64  // mails stored since the program started
	// SignInRefused: the last look failed because the mail server or the token server
	// refuses us, which a person has to put right.
	SignInRefused bool
	// Waiting since when for one of the server's connections; zero when not.
	Waiting time.Time
	// Skipped: another program holds the lease and reads the folder. LastGood does
	// not move meanwhile, and nothing is wrong.
	Skipped bool
}

// Status may be called by any goroutine.
func (p *Poller) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// recall finds out at the first look when the newest mail came of which the
// database knows.
func (p *Poller) recall(ctx context.Context, l *look) error {
	if !p.Status().LastNew.IsZero() || l.cursor.UID == 0 {
		return nil
	}
	e, err := p.deps.Store.LedgerAt(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, l.cursor.UID)
	if fault.Is(err, fault.NotFound) {
		return nil // the cursor was set and not moved by mail
	}
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.LastNew = e.ReceivedAt.UTC()
	return nil
}

// progress is noted for each batch: a look at a full inbox takes minutes, and is
// not stuck meanwhile.
func (p *Poller) progress(stored int, newest time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Stored += int64(stored)
	p.status.LastGood = time.Now().UTC()
	p.status.LastNew = later(p.status.LastNew, newest.UTC())
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (p *Poller) note(ctx context.Context, err error, elsewhere bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now().UTC()
	p.status.LastTried, p.status.Skipped = now, elsewhere
	switch {
	case elsewhere:
		p.status.Failures, p.status.Problem, p.status.SignInRefused = 0, "", false
	case err == nil:
		p.status.LastGood, p.status.Failures, p.status.Problem, p.status.SignInRefused = now, 0, "", false
	case ctx.Err() != nil: // we are being stopped: nobody's fault
	default:
		p.status.Failures++
		p.status.Problem = fault.SafeText(err)
		p.status.SignInRefused = fault.Is(err, fault.Denied)
	}
}

func (p *Poller) setWaiting(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Waiting = since
}
