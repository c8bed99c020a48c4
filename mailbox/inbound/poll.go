package inbound

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// Poller reads one folder. Its methods are called by one goroutine; Status by any.
type Poller struct {
	acct Account
	deps Deps
	conn *conn
	news chan struct{} // the server said that there is something new

	mu     sync.Mutex
	status Status
}

// Status is how a folder is doing.
type Status struct {
	Mailbox   string
	Folder    string
	LastGood  time.Time // end of the last look that went through
	LastTried time.Time
	Failures  int    // looks in a row that failed
	Problem   string // plain words; "" when the last look went through
	Stored    int64  // mails stored since the program started
}

// New makes a Poller. It does no I/O.
func New(acct Account, deps Deps) *Poller {
	if deps.Now == nil {
		deps.Now = deps.Store.Now
	}
	if acct.Batch <= 0 {
		acct.Batch = 100
	}
	if acct.Folder == "" {
		acct.Folder = "INBOX"
	}
	return &Poller{
		acct: acct, deps: deps, news: make(chan struct{}, 1),
		status: Status{Mailbox: acct.Mailbox.Name, Folder: acct.Folder},
	}
}

// Status may be called by any goroutine.
func (p *Poller) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Once looks for new mail and stores all of it. It may be called again after
// any error: what was stored stays stored, and nothing is stored twice.
func (p *Poller) Once(ctx context.Context) (stored int, err error) {
	defer func() { p.note(ctx, stored, err) }()
	if p.deps.Gate != nil {
		if err := p.deps.Gate(ctx); err != nil {
			return 0, err
		}
	}
	if err := p.connect(ctx); err != nil {
		return 0, err
	}
	selected, err := p.conn.selectFolder(ctx, p.acct.Folder, p.acct.After == Leave)
	if err != nil {
		return 0, p.lost(err)
	}
	cursor, err := p.loadCursor(ctx, selected.UIDValidity)
	if err != nil {
		return 0, err
	}
	todo, err := p.conn.list(ctx, imap.UID(cursor.UID)+1)
	if err != nil {
		return 0, p.lost(err)
	}
	for _, batch := range plan(todo, p.acct.Batch, batchBytes) {
		if err := ctx.Err(); err != nil {
			return stored, err
		}
		n, err := p.take(ctx, cursor, batch)
		stored += n
		if err != nil {
			return stored, err
		}
	}
	return stored, nil
}

// take fetches, stores and settles one batch, then moves the cursor.
func (p *Poller) take(ctx context.Context, cursor *tickets.Cursor, batch []listed) (int, error) {
	mails, err := p.fetchBatch(ctx, cursor, batch)
	if err != nil {
		return 0, err
	}
	stored := 0
	if len(mails) > 0 {
		now, err := p.deps.Now(ctx)
		if err != nil {
			return 0, err
		}
		results, err := p.deps.Intake.Intake(ctx, mails, now)
		if err != nil {
			return 0, fmt.Errorf("intake of %d mails: %w", len(mails), err)
		}
		for i, r := range results {
			p.logFate(mails[i], r)
			if r.Fate == tickets.FateMessage || r.Fate == tickets.FateHeld {
				stored++
			}
		}
	}
	cursor.UID = uint32(batch[len(batch)-1].uid)
	if err := p.deps.Store.SetCursor(ctx, cursor); err != nil {
		return stored, err
	}
	if p.deps.Stored != nil && stored > 0 {
		p.deps.Stored()
	}
	if err := p.settle(ctx, mails); err != nil {
		return stored, p.lost(err)
	}
	return stored, nil
}

// settle does on the server what the configuration wants done with stored mail.
func (p *Poller) settle(ctx context.Context, mails []tickets.Received) error {
	if p.acct.After == Leave || p.acct.After == "" || len(mails) == 0 {
		return nil
	}
	var uids imap.UIDSet
	for _, m := range mails {
		if m.Mail != nil { // what could not be read stays where it is
			uids.AddNum(imap.UID(m.UID))
		}
	}
	if len(uids) == 0 {
		return nil
	}
	return p.conn.settle(ctx, uids, p.acct.After, p.acct.MoveTo)
}

// Wait returns when the server says that there is something new, when the poll
// interval has passed, or when ctx ends. It uses IDLE where the server has it.
func (p *Poller) Wait(ctx context.Context) {
	interval := p.acct.Poll
	if interval <= 0 {
		interval = time.Minute
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	if p.conn == nil {
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		return
	}
	stop, ended, err := p.conn.idle(ctx)
	if err != nil {
		_ = p.lost(err) // Once will say so when it cannot connect
		return
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-p.news:
	case <-ended:
	}
	if err := stop(); err != nil {
		_ = p.lost(err)
	}
}

// Close ends the connection.
func (p *Poller) Close() {
	if p.conn != nil {
		p.conn.close()
		p.conn = nil
	}
}

func (p *Poller) connect(ctx context.Context) error {
	if p.conn != nil && p.conn.alive() {
		return nil
	}
	p.Close()
	c, err := dial(ctx, p.acct, p.deps.Deadlines, p.news)
	if err != nil {
		return err
	}
	p.conn = c
	return nil
}

// lost gives the connection up: after any error its state is not known.
func (p *Poller) lost(err error) error {
	p.Close()
	return err
}

func (p *Poller) loadCursor(ctx context.Context, uidValidity uint32) (*tickets.Cursor, error) {
	c, err := p.deps.Store.Cursor(ctx, p.acct.Mailbox.ID, p.acct.Folder)
	if fault.Is(err, fault.NotFound) {
		return p.newCursor(uidValidity), nil
	}
	if err != nil {
		return nil, err
	}
	if c.UIDValidity != uidValidity {
		// RFC 3501 section 2.3.1.1: the UIDs mean nothing any more. Read the folder
		// from its start; what is there already is recognised by its content.
		p.deps.Log.Warn("mail", "event", "uidvalidity_changed", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder)
		return p.newCursor(uidValidity), nil
	}
	return c, nil
}

func (p *Poller) newCursor(uidValidity uint32) *tickets.Cursor {
	return &tickets.Cursor{MailboxID: p.acct.Mailbox.ID, Folder: p.acct.Folder, UIDValidity: uidValidity}
}

func (p *Poller) note(ctx context.Context, stored int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now().UTC()
	p.status.LastTried = now
	p.status.Stored += int64(stored)
	switch {
	case err == nil:
		p.status.LastGood, p.status.Failures, p.status.Problem = now, 0, ""
	case ctx.Err() != nil: // we are being stopped: nobody's fault
	default:
		p.status.Failures++
		p.status.Problem = fault.SafeText(err)
	}
}

func (p *Poller) logFate(m tickets.Received, r tickets.IntakeResult) {
	p.deps.Log.Info("mail", "event", "taken_in", "mailbox", p.acct.Mailbox.Name, "uid", m.UID,
		"ticket", r.TicketRef, "outcome", string(r.Fate))
}
