package outbound

import (
	"context"
	"slices"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// Review judges a draft (tickets.Desk.Draft) as the dispatcher will judge the
// letter: the same composing, the same rules, facts read now. It mints nothing.
// The digest is what confirmations are bound to; Reply takes it. Faults: Invalid
// with words for the author; Temporary when the facts cannot be read, and then
// nothing was decided.
func (d *Dispatcher) Review(ctx context.Context, draft *tickets.Claim, now time.Time) (guard.Verdict, string, error) {
	claim := previewed(draft)
	copies, err := d.composer.Copies(claim, now)
	if err != nil {
		return guard.Verdict{}, "", err
	}
	r := d.mint.Judge(ctx, claim, copies)
	if r.Unavailable {
		return r.Verdict, "", fault.Wrap(fault.Temporary, "We cannot check this just now. Your message is saved and nothing was sent.", r.Err)
	}
	return r.Verdict, Digest(claim.Letter), nil
}

// Preview is the first copy of a draft exactly as it would go, header included,
// but for ids that a letter gets when it is queued.
func (d *Dispatcher) Preview(draft *tickets.Claim, now time.Time) ([]byte, error) {
	copies, err := d.composer.Copies(previewed(draft), now)
	if err != nil {
		return nil, err
	}
	return copies[0].Bytes, nil
}

// previewed fills what only a queued letter has with what no queue gives out.
func previewed(draft *tickets.Claim) *tickets.Claim {
	if draft == nil {
		return nil
	}
	c := *draft
	c.Letter.Deliveries = slices.Clone(draft.Letter.Deliveries)
	for i := range c.Letter.Deliveries {
		c.Letter.Deliveries[i].Token = "preview"
		c.Letter.Deliveries[i].MessageID = "preview@hearback.invalid"
	}
	return &c
}
