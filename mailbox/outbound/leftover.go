package outbound

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// leftovers are what this program could not write down because storage failed. Its
// claims are alive, so no other program would take them back before their lease ends.
type leftovers struct {
	mu     sync.Mutex
	busy   map[int64]bool // epochs of the claims that are on the way
	failed bool           // a round ended with an error: it may have left a claim behind
	known  []known
}

// known is how a copy ended, for as long as it is not written down.
type known struct {
	claim   *tickets.Claim
	outcome tickets.Outcome
}

func (l *leftovers) enter(epoch int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy == nil {
		l.busy = map[int64]bool{}
	}
	l.busy[epoch] = true
}

// leave ends what enter began; with epoch 0 a claim whose taking failed.
func (l *leftovers) leave(epoch int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, epoch)
	l.failed = l.failed || err != nil
}

func (l *leftovers) keep(claim *tickets.Claim, o tickets.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = append(l.known, known{claim, o})
}

// settle puts right what rounds before this one left behind: outcomes that are known
// are written down, and every other claim of ours is put back (nothing was given) or
// in doubt (it may have been). The caller lets nobody claim meanwhile: a claim of ours
// that is not on the way then belongs to nobody.
func (d *Dispatcher) settle(ctx context.Context, now time.Time) error {
	l := &d.leftovers
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.failed {
		return nil
	}
	written := 0
	for len(l.known) > 0 {
		k := l.known[0]
		// Conflict: another program has recovered it, or the failed write was one after all.
		if err := d.desk.RecordOutcome(ctx, k.claim, k.outcome, now); err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("recording what became of delivery %d: %w", k.outcome.DeliveryID, err)
		}
		l.known = l.known[1:]
		written++
	}
	requeued, uncertain, err := d.desk.RecoverOwn(ctx, d.holder, func(epoch int64) bool { return l.busy[epoch] }, now)
	if err != nil {
		return fmt.Errorf("recovering our own claims: %w", err)
	}
	l.failed = false
	if written+requeued+uncertain > 0 {
		d.log.LogAttrs(ctx, slog.LevelWarn, "what storage had not taken was written down", slog.String("event", "own_claims_settled"),
			slog.Int("recorded", written), slog.Int("requeued", requeued), slog.Int("uncertain", uncertain))
	}
	return nil
}
