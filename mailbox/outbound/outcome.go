package outbound

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/mailbox/outbound/internal/clearance"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/mailbox/outbound/internal/courier"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// record writes down what became of one copy.
func (d *Dispatcher) record(ctx context.Context, claim *tickets.Claim, deliveryID int64, r courier.Result, now time.Time) error {
	o := tickets.Outcome{DeliveryID: deliveryID, Reply: r.Reply, Why: r.Why, SHA256: r.SHA256, Bytes: r.Bytes}
	switch r.Outcome {
	case courier.Accepted:
		o.State = tickets.Accepted
		d.health.worked(now)
	case courier.Refused:
		o.State = tickets.Refused
		d.health.worked(now)
	case courier.Uncertain:
		o.State = tickets.Uncertain // it has a notice and a page of its own: health is about what will be tried
	case courier.LostClaim:
		// Taken back by the author, or claimed anew: there is nothing of ours to record.
		d.logOutcome(ctx, claim, deliveryID, string(r.Outcome), r.Err)
		if r.Err != nil {
			// Whether the beginning was committed is not known. Nothing was given: it can be tried again.
			o.State, o.NextAt, o.Why = tickets.Queued, now.Add(time.Minute), "It could not be written down that this leaves, so it did not. We will try again."
			d.leftovers.keep(claim, o)
		}
		return r.Err
	case courier.Withheld:
		o.State, o.NextAt = tickets.Queued, now.Add(time.Minute)
	default:
		o.State = tickets.Queued
		if r.Route {
			trouble := "the mail server cannot be used"
			if fault.Is(r.Err, fault.Denied) {
				trouble = fault.SafeText(r.Err)
			}
			d.health.failed(now, trouble)
		}
		wait, more := backoff(attempts(claim, deliveryID))
		o.NextAt = now.Add(wait)
		if !more {
			o.State, o.NextAt = tickets.Refused, time.Time{}
			o.Why = "We tried for a day and gave up. " + strings.TrimSuffix(r.Why, " We will try again.")
		}
	}
	d.logOutcome(ctx, claim, deliveryID, string(o.State), r.Err)
	return d.write(ctx, claim, o, now)
}

// write hands an outcome to the desk. A claim that was lost meanwhile is
// somebody else's to record. It is written even when the program is being
// stopped: what a server has answered is not asked again.
func (d *Dispatcher) write(ctx context.Context, claim *tickets.Claim, o tickets.Outcome, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	err := d.desk.RecordOutcome(ctx, claim, o, now)
	if fault.Is(err, fault.Conflict) {
		d.log.LogAttrs(ctx, slog.LevelWarn, "a claim was lost before its outcome was recorded", slog.String("event", "claim_lost"),
			slog.Int64("outgoing", claim.Letter.ID), slog.Int64("delivery", o.DeliveryID), slog.String("outcome", string(o.State)))
		return nil
	}
	if err != nil {
		d.leftovers.keep(claim, o)
		return fmt.Errorf("recording what became of delivery %d: %w", o.DeliveryID, err)
	}
	return nil
}

const recordWithin = 30 * time.Second

// all records one outcome for every claimed delivery.
func (d *Dispatcher) all(ctx context.Context, claim *tickets.Claim, now time.Time, o tickets.Outcome) error {
	for _, x := range claim.Letter.Deliveries {
		o.DeliveryID = x.ID
		if err := d.write(ctx, claim, o, now); err != nil {
			return err
		}
		d.logOutcome(ctx, claim, x.ID, string(o.State), nil)
	}
	return nil
}

// some records one outcome for the copies.
func (d *Dispatcher) some(ctx context.Context, claim *tickets.Claim, copies []compose.Copy, now time.Time, o tickets.Outcome) error {
	for _, c := range copies {
		o.DeliveryID = c.DeliveryID
		if err := d.write(ctx, claim, o, now); err != nil {
			return err
		}
		d.logOutcome(ctx, claim, c.DeliveryID, string(o.State), nil)
	}
	return nil
}

// hold keeps a letter for a person.
func (d *Dispatcher) hold(ctx context.Context, claim *tickets.Claim, why string, rules []string, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	switch err := d.desk.HoldLetter(ctx, claim, why, rules, now); {
	case fault.Is(err, fault.Conflict):
		d.log.LogAttrs(ctx, slog.LevelWarn, "a claim was lost before the letter was held", slog.String("event", "claim_lost"),
			slog.Int64("outgoing", claim.Letter.ID))
		return nil
	case err != nil:
		return fmt.Errorf("holding letter %d: %w", claim.Letter.ID, err)
	}
	d.log.LogAttrs(ctx, slog.LevelWarn, "a letter was held", slog.String("event", "letter_held"),
		slog.Int64("outgoing", claim.Letter.ID), slog.String("ticket", ref(claim)),
		slog.String("outcome", string(tickets.Held)), slog.String("rules", strings.Join(rules, " ")))
	return nil
}

// logRuling says that a letter did not pass, by rule and without a word of it.
func (d *Dispatcher) logRuling(ctx context.Context, claim *tickets.Claim, r clearance.Ruling, outcome string) {
	attrs := []slog.Attr{
		slog.String("event", "letter_judged"), slog.Int64("outgoing", claim.Letter.ID), slog.String("ticket", ref(claim)),
		slog.String("purpose", string(claim.Letter.Purpose)), slog.String("outcome", outcome),
		slog.String("rules", strings.Join(r.Verdict.Rules(guard.Confirm), " ")), slog.String("rules_version", r.Verdict.RulesVersion),
	}
	if r.Err != nil {
		attrs = append(attrs, slog.String("error", r.Err.Error()))
	}
	d.log.LogAttrs(ctx, slog.LevelWarn, "a letter did not pass the check", attrs...)
}

func (d *Dispatcher) logOutcome(ctx context.Context, claim *tickets.Claim, deliveryID int64, outcome string, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("event", "delivery"), slog.Int64("outgoing", claim.Letter.ID), slog.Int64("delivery", deliveryID),
		slog.String("ticket", ref(claim)), slog.String("purpose", string(claim.Letter.Purpose)), slog.String("outcome", outcome),
	}
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", causeForLog(err)))
	}
	d.log.LogAttrs(ctx, level, "delivery", attrs...)
}

func ref(claim *tickets.Claim) string {
	if claim.Ticket != nil {
		return claim.Ticket.Ref
	}
	return ""
}

func attempts(claim *tickets.Claim, deliveryID int64) int {
	for _, d := range claim.Letter.Deliveries {
		if d.ID == deliveryID {
			return d.Attempts
		}
	}
	return 0
}
