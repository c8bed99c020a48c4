package inbound

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

const (
	// sentBatch is how many copies one connection files.
	sentBatch = 50
	// sentGiveUp is how long a copy is tried for: whoever looks after the mailbox has
	// had a week in which health said what is wrong.
	sentGiveUp = 7 * 24 * time.Hour
	// sentRefusals is how many copies the server may refuse in one look.
	sentRefusals = 3
	// sentBefore is how far before its sending a copy may be dated: the server's clock
	// and ours differ, and SEARCH knows days alone.
	sentBefore = 48 * time.Hour
)

// FilerDeps is what a Filer works with.
type FilerDeps struct {
	Store     tickets.SentCopyStore
	Log       *slog.Logger
	Deadlines Deadlines
	Now       func(ctx context.Context) (time.Time, error)
	// Lease as in Deps: one program files the copies of a mailbox.
	Lease func(ctx context.Context) (epoch int64, held bool, err error)
}

// Filer puts copies of the letters that left a mailbox into its Sent folder, with
// the bytes that the mail server took. It sends nothing: what fails here never
// touches the letter. It makes no folder. A copy is looked for before each attempt,
// so that neither a lost answer nor a server that keeps copies itself doubles it.
type Filer struct {
	acct   Account
	folder string // "" is the one that the server marks as \Sent (RFC 6154)
	deps   FilerDeps

	mu      sync.Mutex
	problem string
}

// NewFiler files the copies of a mailbox whose inbox is a.
func NewFiler(a Account, folder string, deps FilerDeps) *Filer {
	return &Filer{acct: a, folder: folder, deps: deps}
}

// Mailbox is the name of the mailbox.
func (f *Filer) Mailbox() string { return f.acct.Mailbox.Name }

// Problem is what keeps copies from being filed, in plain words; "" when nothing did.
func (f *Filer) Problem() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.problem
}

// Once files what is due. It returns how many copies were settled. An error says
// that the others wait.
func (f *Filer) Once(ctx context.Context) (settled int, err error) {
	if f.deps.Lease != nil {
		if _, held, err := f.deps.Lease(ctx); err != nil || !held {
			return 0, err
		}
	}
	now, err := f.deps.Now(ctx)
	if err != nil {
		return 0, err
	}
	due, err := f.deps.Store.SentCopiesDue(ctx, f.acct.Mailbox.ID, now, sentBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	settled, err = f.file(ctx, due, now)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err == nil:
		f.problem = ""
	case ctx.Err() == nil:
		f.problem = fault.SafeText(err)
	}
	return settled, err
}

func (f *Filer) file(ctx context.Context, due []tickets.SentCopy, now time.Time) (settled int, err error) {
	var s *sentBox
	defer func() {
		if s != nil {
			s.conn.close()
		}
	}()
	refusals := 0
	for i := range due {
		c := &due[i]
		if s == nil {
			if s, err = f.open(ctx); err != nil {
				return settled, f.waits(ctx, due[i:], err, now)
			}
		}
		ours, err := f.deps.Store.TakeSentCopy(ctx, c, now.Add(sentBackoff(c.Attempts)), now)
		if err != nil {
			return settled, err
		}
		if !ours {
			continue
		}
		why, err := f.one(ctx, s, c)
		if err == nil {
			c.State, c.Folder, c.Why = tickets.SentCopyKept, s.folder, why
			if why == withoutBytes {
				c.State = tickets.SentCopyGivenUp
			}
			if err := f.settle(ctx, c, now); err != nil {
				return settled, err
			}
			settled++
			continue
		}
		if ctx.Err() != nil {
			return settled, ctx.Err()
		}
		// What the server makes of the rest of a refused literal is not worth knowing.
		s.conn.close()
		s = nil
		c.Why = fault.SafeText(err)
		if now.Sub(c.SentAt) > sentGiveUp {
			c.State = tickets.SentCopyGivenUp
		}
		if serr := f.settle(ctx, c, now); serr != nil {
			return settled, serr
		}
		if refusals++; refusals >= sentRefusals || !aboutOne(err) {
			return settled, err
		}
	}
	return settled, nil
}

// waits gives up what has waited too long for a folder or a server; the rest is not
// counted as tried.
func (f *Filer) waits(ctx context.Context, due []tickets.SentCopy, cause error, now time.Time) error {
	for i := range due {
		c := &due[i]
		if ctx.Err() == nil && now.Sub(c.SentAt) > sentGiveUp {
			c.State, c.Why = tickets.SentCopyGivenUp, fault.SafeText(cause)
			if err := f.settle(ctx, c, now); err != nil {
				return err
			}
		}
	}
	return cause
}

func (f *Filer) settle(ctx context.Context, c *tickets.SentCopy, now time.Time) error {
	if err := f.deps.Store.SettleSentCopy(ctx, c, now); err != nil {
		return err
	}
	level := slog.LevelInfo
	if c.State != tickets.SentCopyKept {
		level = slog.LevelWarn
	}
	f.deps.Log.Log(ctx, level, "mail", "event", "sent_copy", "mailbox", f.acct.Mailbox.Name, "delivery", c.DeliveryID,
		"outcome", string(c.State), "attempts", c.Attempts)
	return nil
}

// sentBackoff is how long after so many attempts the next one is.
func sentBackoff(attempts int) time.Duration {
	waits := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour}
	return waits[min(attempts, len(waits)-1)]
}

const (
	withoutBytes = "The bytes of this letter were not kept."
	serverKept   = "The mail server had kept one itself, or an earlier try of ours had."
)

// one files one copy. why is "" when it was added.
func (f *Filer) one(ctx context.Context, s *sentBox, c *tickets.SentCopy) (why string, err error) {
	if c.RawID == 0 {
		return withoutBytes, nil
	}
	there, err := s.holds(ctx, c)
	if err != nil {
		return "", err
	}
	if there {
		return serverKept, nil
	}
	raw, err := f.deps.Store.Raw(ctx, c.RawID)
	if err != nil {
		return "", err
	}
	return "", s.add(ctx, raw, c.SentAt)
}
