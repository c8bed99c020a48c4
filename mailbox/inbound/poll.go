package inbound

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
)

// turnBatches is how many batches a look stores before it lets somebody else have
// its connection who waits for one. A full inbox may take hours.
const turnBatches = 10

// Poller reads one folder. Once and Wait are called by one goroutine; Status and
// Close by any.
type Poller struct {
	acct Account
	deps Deps
	news chan struct{} // the server said that there is something new, or Close was called

	// Of the goroutine that looks:
	validity     uint32           // UIDVALIDITY that the next four belong to
	shown        []listed         // what the last look listed
	tries        map[imap.UID]int // mails that could not be read, and how often
	refused      imap.UIDSet      // stored, and the server would not flag or move them
	balance      balance          // of mails and lines of the ledger
	refusal      error            // what it said then, in this look
	idleFailures int              // in a row
	more         bool             // the last look left something to do

	mu     sync.Mutex
	conn   *conn
	status Status
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
	if acct.After == "" || acct.Kind != tickets.FolderInbox {
		acct.After = Leave
	}
	return &Poller{
		acct: acct, deps: deps, news: make(chan struct{}, 1), tries: make(map[imap.UID]int),
		status: Status{Mailbox: acct.Mailbox.Name, Folder: acct.Folder, Kind: acct.Kind},
	}
}

// Once looks for new mail and stores all of it. It may be called again after
// any error: what was stored stays stored, and nothing is stored twice. While
// another program holds the lease it does nothing.
func (p *Poller) Once(ctx context.Context) (stored int, err error) {
	p.more = false
	stored, err = p.look(ctx)
	elsewhere := errors.Is(err, errElsewhere)
	if elsewhere {
		err = nil
	}
	// Whoever cannot use a connection just now does not keep one that others could.
	if elsewhere || p.acct.Kind != tickets.FolderInbox || p.acct.Limit != nil && (err != nil || p.more) {
		p.leave(ctx)
	}
	p.note(ctx, err, elsewhere)
	return stored, err
}

func (p *Poller) look(ctx context.Context) (stored int, err error) {
	if err := p.gate(ctx); err != nil {
		return 0, err
	}
	epoch, err := p.lease(ctx)
	if err != nil {
		return 0, err
	}
	select {
	case <-p.news: // what it announced is in the list that follows
	default:
	}
	p.refusal = nil
	l, err := p.begin(ctx, epoch)
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
	done := 0
	for b := range batches {
		n, err := p.keep(ctx, l, b)
		stored += n
		if err == nil {
			err = b.err
		}
		if err != nil {
			return stored, err
		}
		if done++; done >= turnBatches && len(l.todo) > 0 && p.acct.Limit.wanted() && l.cursor.UID < uint32(l.todo[len(l.todo)-1].uid) {
			p.more = true
			return stored, p.refusal
		}
	}
	if p.refused != nil && p.refusal == nil {
		if err := p.settle(ctx, l, nil, nil); err != nil {
			return stored, err
		}
	}
	if p.refusal != nil {
		return stored, p.refusal
	}
	return stored, p.noticeGone(ctx, l)
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

// connect gives the connection, a new one when the old one is gone. The new one
// counts as the old one did: a look that lost its connection does not queue for
// another while it holds what others wait for.
func (p *Poller) connect(ctx context.Context) (*conn, error) {
	old := p.current()
	if old != nil && old.alive() {
		return old, nil
	}
	var giveBack func()
	if old != nil {
		giveBack = old.handOn()
	}
	p.drop(old)
	if giveBack == nil {
		var err error
		if giveBack, err = p.queue(ctx); err != nil {
			return nil, err
		}
	}
	c, err := dial(ctx, p.acct, p.deps.Deadlines, p.news)
	if err != nil {
		giveBack()
		return nil, err
	}
	c.since = time.Now()
	c.giveBack.Store(&giveBack)
	p.mu.Lock()
	p.conn = c
	p.mu.Unlock()
	return c, nil
}

// queue waits for one of the server's connections.
func (p *Poller) queue(ctx context.Context) (giveBack func(), err error) {
	if p.acct.Limit == nil {
		return func() {}, nil
	}
	// Whoever has nothing to sign in with does not queue.
	if _, err := p.acct.credentials().SASL(ctx); err != nil {
		return nil, err
	}
	p.setWaiting(time.Now().UTC())
	defer p.setWaiting(time.Time{})
	return p.acct.Limit.take(ctx)
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

// leave ends the connection politely, so that the server counts it no longer.
func (p *Poller) leave(ctx context.Context) {
	c := p.current()
	if c == nil {
		return
	}
	if c.alive() {
		// What the server answers changes nothing.
		_ = c.within(ctx, c.limits.Idle, func(func()) error {
			err := c.client.Logout().Wait()
			if err == nil {
				<-c.client.Closed() // the server hangs up; until then it counts us
			}
			return err
		})
	}
	p.drop(c)
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
