package inbound

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets/fault"
)

// Poller reads one folder. Once and Wait are called by one goroutine; Status and
// Close by any.
type Poller struct {
	acct Account
	deps Deps
	news chan struct{} // the server said that there is something new, or Close was called

	// Of the goroutine that looks:
	validity     uint32           // UIDVALIDITY that the next three belong to
	shown        []listed         // what the last look listed
	tries        map[imap.UID]int // mails that could not be read, and how often
	refused      imap.UIDSet      // stored, and the server would not flag or move them
	refusal      error            // what it said then, in this look
	idleFailures int              // in a row

	mu     sync.Mutex
	conn   *conn
	status Status
}

// Status is how a folder is doing.
type Status struct {
	Mailbox   string
	Folder    string
	LastGood  time.Time // end of the last look that went through, or of a batch that was stored
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
	if acct.MaxBytes <= 0 {
		acct.MaxBytes = defaultMaxBytes
	}
	if acct.After == "" {
		acct.After = Leave
	}
	return &Poller{
		acct: acct, deps: deps, news: make(chan struct{}, 1), tries: make(map[imap.UID]int),
		status: Status{Mailbox: acct.Mailbox.Name, Folder: acct.Folder},
	}
}

// Once looks for new mail and stores all of it. It may be called again after
// any error: what was stored stays stored, and nothing is stored twice.
func (p *Poller) Once(ctx context.Context) (stored int, err error) {
	defer func() { p.note(ctx, err) }()
	if err := p.gate(ctx); err != nil {
		return 0, err
	}
	select {
	case <-p.news: // what it announced is in the list that follows
	default:
	}
	p.refusal = nil
	l, err := p.begin(ctx)
	if err != nil {
		p.drop(p.current()) // its state is not known
		return 0, err
	}
	defer func() {
		if err != nil && !l.conn.alive() {
			p.drop(l.conn)
		}
	}()
	batches := p.batches(ctx, l)
	if p.acct.After == Leave {
		// The next batch is on its way while this one is stored. Flags and moves
		// would have to share the connection with it.
		batches = ahead(batches)
	}
	for b := range batches {
		n, err := p.keep(ctx, l, b)
		stored += n
		if err == nil {
			err = b.err
		}
		if err != nil {
			return stored, err
		}
	}
	if p.refused != nil && p.refusal == nil {
		if err := p.settle(ctx, l, nil, nil); err != nil {
			return stored, err
		}
	}
	return stored, p.refusal
}

// batches fetches one batch after the other, and stops behind an error.
func (p *Poller) batches(ctx context.Context, l *look) iter.Seq[batch] {
	return func(yield func(batch) bool) {
		for _, list := range plan(l.todo, p.acct.Batch, batchBytes) {
			b := p.fetchBatch(ctx, l, list)
			if !yield(b) || b.err != nil {
				return
			}
		}
	}
}

// ahead runs seq in a goroutine of its own, one value ahead of whoever takes
// them: at most two values exist.
func ahead[T any](seq iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		values, quit := make(chan T), make(chan struct{})
		var runner sync.WaitGroup
		runner.Go(func() {
			defer close(values)
			for v := range seq {
				select {
				case values <- v:
				case <-quit:
					return
				}
			}
		})
		defer runner.Wait()
		defer close(quit)
		for v := range values {
			if !yield(v) {
				return
			}
		}
	}
}

func (p *Poller) gate(ctx context.Context) error {
	if p.deps.Gate == nil {
		return nil
	}
	return p.deps.Gate(ctx)
}

// connect gives the connection, a new one when the old one is gone.
func (p *Poller) connect(ctx context.Context) (*conn, error) {
	old := p.current()
	if old != nil && old.alive() {
		return old, nil
	}
	p.drop(old)
	c, err := dial(ctx, p.acct, p.deps.Deadlines, p.news)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.conn = c
	p.mu.Unlock()
	return c, nil
}

func (p *Poller) current() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn
}

// drop gives a connection up; nil is none.
func (p *Poller) drop(c *conn) {
	if c == nil {
		return
	}
	p.mu.Lock()
	if p.conn == c {
		p.conn = nil
	}
	p.mu.Unlock()
	c.close()
}

// Close ends the connection. A Wait under way returns, a look fails. A later
// Once connects again.
func (p *Poller) Close() {
	p.drop(p.current())
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// Status may be called by any goroutine.
func (p *Poller) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// progress is noted for each batch: a look at a full inbox takes minutes, and is
// not stuck meanwhile.
func (p *Poller) progress(stored int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Stored += int64(stored)
	p.status.LastGood = time.Now().UTC()
}

func (p *Poller) note(ctx context.Context, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now().UTC()
	p.status.LastTried = now
	switch {
	case err == nil:
		p.status.LastGood, p.status.Failures, p.status.Problem = now, 0, ""
	case ctx.Err() != nil: // we are being stopped: nobody's fault
	default:
		p.status.Failures++
		p.status.Problem = fault.SafeText(err)
	}
}
