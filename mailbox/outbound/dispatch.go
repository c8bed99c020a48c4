package outbound

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"hearback/mailbox/guard"
	"hearback/mailbox/outbound/internal/clearance"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/mailbox/outbound/internal/courier"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// recoverEvery is how often leftovers of dead programs are looked for, the
// first time at the first Once.
const recoverEvery = 5 * time.Minute

type recovery struct {
	mu   sync.Mutex
	last time.Time
}

// Once takes one letter that is due and sends it. did is false when nothing was
// due. now is the database's time.
func (d *Dispatcher) Once(ctx context.Context, now time.Time) (did bool, err error) {
	t, err := d.Take(ctx, now)
	if err != nil || t == nil {
		return false, err
	}
	return true, t.Send(ctx)
}

// Taken is a letter that was claimed, and has to be sent: Send does it, once.
type Taken struct {
	d     *Dispatcher
	claim *tickets.Claim
	now   time.Time
	done  func() // its server may be given another letter
}

// Take claims a letter that is due and whose server takes another one now; nil when
// there is none, and in mode hold there never is. now is the database's time.
func (d *Dispatcher) Take(ctx context.Context, now time.Time) (*Taken, error) {
	if err := d.recover(ctx, now); err != nil {
		return nil, err
	}
	if d.mode == tickets.ModeHold {
		return nil, nil //nolint:nilnil // nothing is due
	}
	d.taking.Lock()
	defer d.taking.Unlock()
	if err := d.settle(ctx, now); err != nil {
		return nil, err
	}
	claim, err := d.outbox.TakeDue(ctx, tickets.Wanted{Holder: d.holder, Mode: d.mode, OverdueAfter: d.overdue, NotFrom: d.pace.full(now)}, now)
	if err != nil {
		d.leftovers.leave(0, err) // it may have been claimed all the same
		return nil, fmt.Errorf("claiming a letter: %w", err)
	}
	if claim == nil || len(claim.Letter.Deliveries) == 0 {
		return nil, nil //nolint:nilnil // nothing is due
	}
	copies := len(claim.Letter.Deliveries)
	if d.mode == tickets.ModeObserve {
		copies = 0 // nothing of it leaves
	}
	d.leftovers.enter(claim.Epoch)
	return &Taken{d, claim, now, d.pace.gave(claim.Mailbox.Address, copies, now)}, nil
}

// Send composes, clears, delivers and records. An error is one of storage; the
// letter then stays claimed until the next Take settles it, or another program does.
func (t *Taken) Send(ctx context.Context) (err error) {
	defer t.done()
	defer func() { t.d.leftovers.leave(t.claim.Epoch, err) }()
	if t.d.mode == tickets.ModeObserve {
		return t.d.observe(ctx, t.claim, t.now)
	}
	return t.d.send(ctx, t.claim, t.now)
}

// AtOnce is how many letters may leave at the same time.
func (d *Dispatcher) AtOnce() int { return max(1, d.pace.atOnce()) }

func (d *Dispatcher) recover(ctx context.Context, now time.Time) error {
	d.recovery.mu.Lock()
	defer d.recovery.mu.Unlock()
	if !d.recovery.last.IsZero() && now.Sub(d.recovery.last) < recoverEvery {
		return nil
	}
	requeued, uncertain, err := d.desk.Recover(ctx, now)
	if err != nil {
		return fmt.Errorf("recovering claims: %w", err)
	}
	d.recovery.last = now
	if requeued+uncertain > 0 {
		d.log.LogAttrs(ctx, slog.LevelWarn, "a dead program left claims behind", slog.String("event", "claims_recovered"),
			slog.Int("requeued", requeued), slog.Int("uncertain", uncertain))
	}
	return nil
}

// NextDue is when Once may find something again; zero when nothing waits.
func (d *Dispatcher) NextDue(ctx context.Context) (time.Time, error) { return d.outbox.NextDue(ctx) }

// rounds is how often a letter is judged anew because the register changed, or
// a minute went by, while its copies were leaving.
const rounds = 3

func (d *Dispatcher) send(ctx context.Context, claim *tickets.Claim, now time.Time) error {
	o := &claim.Letter
	if o.ExpiresAt != nil && now.After(*o.ExpiresAt) {
		return d.all(ctx, claim, now, tickets.Outcome{State: tickets.Cancelled, Why: "It was too late for this to be of use."})
	}
	if why, rule := moved(claim); rule != "" {
		return d.hold(ctx, claim, why, []string{rule}, now)
	}
	route := d.couriers[strings.ToLower(claim.Mailbox.Address)]
	if route == nil {
		return d.hold(ctx, claim, "The mailbox that this leaves from is not set up for sending.", nil, now)
	}
	copies, err := d.composer.Copies(claim, now)
	if err != nil {
		// Its text names fields and ids, nothing that anybody wrote.
		d.log.LogAttrs(ctx, slog.LevelWarn, "a letter could not be made", slog.String("event", "letter_judged"),
			slog.Int64("outgoing", o.ID), slog.String("ticket", ref(claim)), slog.String("outcome", "stopped"), slog.String("error", err.Error()))
		return d.hold(ctx, claim, fault.SafeText(err), []string{guard.RuleUnmerged}, now)
	}
	for range rounds {
		var again []compose.Copy
		if again, err = d.round(ctx, claim, route, copies, now); err != nil || len(again) == 0 {
			return err
		}
		copies = again
	}
	// The facts keep changing under it: somebody is working on this very case.
	return d.some(ctx, claim, copies, now, tickets.Outcome{State: tickets.Queued, NextAt: now.Add(time.Minute), Why: unchecked})
}

const unchecked = "We cannot check this just now. Nothing was sent. We will try again each minute."

// round clears all copies and sends them. It returns those whose clearance was
// worth nothing any more and that have to be judged again.
func (d *Dispatcher) round(ctx context.Context, claim *tickets.Claim, route *courier.Courier, copies []compose.Copy, now time.Time) ([]compose.Copy, error) {
	confirmed, digest := confirmations(claim, now)
	cleared, ruling := d.mint.Clear(ctx, claim, copies, confirmed, digest)
	if ruling.Unavailable {
		d.health.failed(now, "the facts for checking letters cannot be read")
		d.logRuling(ctx, claim, ruling, "unchecked")
		return nil, d.some(ctx, claim, copies, now, tickets.Outcome{State: tickets.Queued, NextAt: now.Add(time.Minute), Why: unchecked})
	}
	if len(cleared) != len(copies) || len(cleared) == 0 {
		d.logRuling(ctx, claim, ruling, "stopped")
		return nil, d.hold(ctx, claim, guard.Words(ruling.Open), rulesOf(ruling.Open), now)
	}
	var again []compose.Copy
	for i, c := range cleared {
		r := route.Deliver(ctx, c, func(ctx context.Context, id int64, sum string) (bool, error) {
			// Everything that the copy was judged on is compared once more, in the
			// transaction that commits that its data begins.
			on, err := d.mint.Basis(c)
			if err != nil {
				return false, err
			}
			// The bytes that leave are what was said to whom. A letter about an account
			// holds a secret, and is not kept.
			if claim.Letter.Purpose != tickets.PurposeAccount {
				return d.outbox.KeepAndBegin(ctx, claim, id, copies[i].Bytes, sum, on, now)
			}
			return d.outbox.BeginData(ctx, claim, id, sum, on, now)
		})
		if (r.Outcome == courier.Withheld || r.Outcome == courier.LostClaim) && worthAgain(r.Err) {
			again = append(again, copies[i])
			continue
		}
		if err := d.record(ctx, claim, copies[i].DeliveryID, r, now); err != nil {
			return nil, err
		}
	}
	return again, nil
}

func worthAgain(err error) bool {
	return errors.Is(err, clearance.ErrStale) || errors.Is(err, clearance.ErrExpired) || errors.Is(err, tickets.ErrFactsChanged)
}

// moved stops a letter whose ground has shifted since it was written: the
// enquiry is on another case now, or the letter is not the one that its author saw.
func moved(claim *tickets.Claim) (why, rule string) {
	o := claim.Letter
	if o.Purpose != tickets.PurposeReply && o.Purpose != tickets.PurposeAck {
		return "", ""
	}
	if t := claim.Ticket; t != nil && t.CaseID != o.CaseID {
		return "This enquiry was moved to another case after this was written.", guard.RuleApproval
	}
	if o.Purpose == tickets.PurposeReply && o.Digest != "" && !Matches(o) {
		return "This changed after it was checked. Look at it again.", guard.RuleApproval
	}
	return "", ""
}

// confirmations are what the author confirmed for exactly this letter. A letter
// without a digest is bound to nothing, so nothing was confirmed for it.
func confirmations(claim *tickets.Claim, now time.Time) ([]guard.Confirmation, string) {
	o := claim.Letter
	if o.Purpose != tickets.PurposeReply || o.Digest == "" || o.AuthorID == 0 {
		return nil, ""
	}
	var out []guard.Confirmation
	for _, c := range o.Confirmed {
		if now.Sub(c.At) > confirmedFor || c.Released() && !c.ReleasedFor(o.AuthorID, now) {
			continue
		}
		out = append(out, guard.Confirmation{Rule: c.Rule, Mailbox: c.Mailbox, Digest: o.Digest, Seen: c.Seen})
	}
	return out, o.Digest
}

// confirmedFor is how long a confirmation holds: longer than a letter is tried,
// not so long that nobody remembers what was confirmed.
const confirmedFor = 48 * time.Hour

func rulesOf(findings []guard.Finding) []string {
	return guard.Verdict{Findings: findings}.Rules(guard.Allow)
}

// observe judges as send would and records what would have happened. Nothing is
// cleared, so nothing can leave.
func (d *Dispatcher) observe(ctx context.Context, claim *tickets.Claim, now time.Time) error {
	why, rules := "", []string(nil)
	copies, err := d.composer.Copies(claim, now)
	if w, rule := moved(claim); rule != "" {
		why, rules = w, []string{rule}
	} else if err != nil {
		why, rules = fault.SafeText(err), []string{guard.RuleUnmerged}
	} else {
		r := d.mint.Judge(ctx, claim, copies)
		confirmed, digest := confirmations(claim, now)
		open := r.Verdict.Open(confirmed, digest)
		why, rules = guard.Words(open), rulesOf(open)
	}
	if len(rules) == 0 {
		why = "Watching only: this would have been sent. Nothing was sent."
	} else {
		why = "Watching only: this would have been stopped. " + why
	}
	return d.hold(ctx, claim, why, rules, now)
}
