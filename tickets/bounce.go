package tickets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// bounceWindow is how far back a failure that names only an address is tied to
// a letter: mail servers give up after five days at the latest (RFC 5321
// section 4.5.4.1).
const bounceWindow = 6 * 24 * time.Hour

// takeBounce ties a delivery failure to the copy of the letter that failed.
// What did not arrive counts as not answered. A failure that speaks of no
// letter of ours is automatic mail.
func (w *work) takeBounce(ctx context.Context, m incoming, rawID int64, own []Mailbox) (IntakeResult, error) {
	if out, err := w.outsideCited(ctx, m.in, own); err == nil {
		return w.takeOutsideBounce(ctx, m, rawID, out)
	} else if !notFound(err) {
		return IntakeResult{}, err
	}
	d, how, err := w.bounced(ctx, m.in, own)
	if notFound(err) {
		m.match.Outcome = OutcomeTriage // it cites nothing of ours, whatever its thread looks like
		m.match.Reason = "A delivery failure that speaks of no letter of ours."
		return w.takeAutomatic(ctx, m, rawID)
	}
	if err != nil {
		return IntakeResult{}, err
	}
	o, err := w.tx.OutgoingByID(ctx, d.OutgoingID)
	if err != nil {
		return IntakeResult{}, err
	}
	m.match.Reason = "A delivery failure of a letter of ours, found by " + how + "."
	var t *Ticket
	if o.TicketID != 0 {
		if t, err = w.finalTicket(ctx, o.TicketID); err != nil {
			return IntakeResult{}, err
		}
	}
	msg := m.message(t, rawID)
	msg.CreatedAt, msg.Unconfirmed, msg.PersonID = w.now, false, 0
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing a bounce: %w", err)
	}
	res := IntakeResult{Fate: FateMessage, MessageID: msg.ID, Reason: m.match.Reason}
	if t != nil {
		res.TicketID, res.TicketRef = t.ID, t.Ref
		if _, err := w.event(ctx, t, EvAutomatic, map[string]any{"message_id": msg.ID, "kind": string(KindBounce)}); err != nil {
			return IntakeResult{}, err
		}
	}
	if b := m.in.Bounce; b == nil || b.Delayed || !b.Permanent {
		return res, nil // not failed yet, or it will be tried again
	}
	d.State, d.UpdatedAt = Bounced, w.now
	d.Why = "It came back: the recipient's mail server did not deliver it."
	d.Reply = strings.TrimSpace(m.in.Bounce.Status + " " + m.in.Bounce.Diagnosis)
	fresh, err := w.tx.SetDelivery(ctx, d, Accepted, Uncertain)
	if err != nil || !fresh {
		return res, err // a second report of the same failure
	}
	if err := w.countBounce(ctx, o, d); err != nil {
		return IntakeResult{}, err
	}
	return res, w.notArrived(ctx, t, o, d, "bounced")
}

// bounced finds the copy that failed: by its Message-ID, by our token in an
// address, by what the mail refers to, or as the last letter to the address.
// fault.NotFound when it speaks of no letter of ours.
func (w *work) bounced(ctx context.Context, in *Inbound, own []Mailbox) (*Delivery, string, error) {
	d, how, err := w.bouncedByNumber(ctx, in, own)
	if !notFound(err) {
		return d, how, err
	}
	if in.Bounce == nil || in.Bounce.Recipient == "" {
		return nil, "", err
	}
	list, listErr := w.tx.DeliveriesTo(ctx, register.FoldMailbox(in.Bounce.Recipient), w.now.Add(-bounceWindow))
	if listErr != nil {
		return nil, "", listErr
	}
	if len(list) == 0 {
		return nil, "", err
	}
	return &list[0], "the address, which the last letter went to", nil
}

// bouncedIDs are the Message-IDs of which a report may speak, the surest first.
func bouncedIDs(in *Inbound, k MatchKeys) []string {
	if in.Bounce == nil || in.Bounce.MessageID == "" {
		return k.MessageIDs
	}
	return append([]string{strings.Trim(in.Bounce.MessageID, "<> ")}, k.MessageIDs...)
}

// bouncedByNumber finds the copy by what the report names of it.
func (w *work) bouncedByNumber(ctx context.Context, in *Inbound, own []Mailbox) (*Delivery, string, error) {
	k := KeysOf(in, own)
	for _, id := range bouncedIDs(in, k) {
		d, err := w.tx.DeliveryByMessageID(ctx, id)
		if err == nil {
			return d, "its number", nil
		}
		if !notFound(err) {
			return nil, "", err
		}
	}
	for _, token := range k.Tokens {
		d, err := w.tx.DeliveryByToken(ctx, token)
		if err == nil {
			return d, "the reply address", nil
		}
		if !notFound(err) {
			return nil, "", err
		}
	}
	return nil, "", errNotFound()
}

func errNotFound() error { return fault.New(fault.NotFound, "No letter of ours") }

// countBounce notes the failure at the person's address; the guard asks before
// the next letter goes there.
func (w *work) countBounce(ctx context.Context, o *Outgoing, d *Delivery) error {
	p, ok, err := w.partyOf(ctx, o.CaseID, d.PersonID)
	if err != nil || !ok {
		return err
	}
	for i := range p.Addresses {
		if a := p.Addresses[i]; a.Mailbox == d.Mailbox {
			a.Bounced++
			return w.tx.UpdateAddress(ctx, &a)
		}
	}
	return nil
}

// notArrived is what follows when a copy of a letter was refused or came back:
// the family counts as not answered, and whoever has to act is told.
func (w *work) notArrived(ctx context.Context, t *Ticket, o *Outgoing, d *Delivery, why string) error {
	if t == nil {
		return nil // a letter about an account: the outbox shows it
	}
	if _, err := w.event(ctx, t, EvNotDelivered, map[string]any{
		"outgoing_id": o.ID, "delivery_id": d.ID, "purpose": string(o.Purpose), "why": why,
	}); err != nil {
		return err
	}
	if o.Purpose == PurposeReply || o.Purpose == PurposeRelay {
		if err := w.reopenUnanswered(ctx, t, o, d); err != nil {
			return err
		}
	}
	if err := w.tx.UpdateTicket(ctx, t); err != nil {
		return err
	}
	if !tellUndelivered(o, t) {
		return nil
	}
	return w.tellNotArrived(ctx, t, o.AuthorID)
}

// tellNotArrived tells whoever has to answer, and the author, or else the lead.
func (w *work) tellNotArrived(ctx context.Context, t *Ticket, authorID int64) error {
	people, err := w.answering(ctx, t)
	if err != nil {
		return err
	}
	if author, err := w.staff(ctx, authorID); err == nil {
		people = merge(people, []register.Staff{*author})
	} else if !errors.Is(err, errNoStaff) {
		return err
	}
	if len(people) == 0 {
		if people, err = w.lead(ctx, t); err != nil {
			return err
		}
	}
	_, err = w.notify(ctx, t, TemplateUndelivered, people, map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt)})
	return err
}

// tellUndelivered: a notice that came back tells nobody, or two full mailboxes
// of ours would write to each other for ever; neither does a receipt to
// somebody whom we do not know.
func tellUndelivered(o *Outgoing, t *Ticket) bool {
	switch o.Purpose {
	case PurposeReply, PurposeRelay:
		return true
	case PurposeAck:
		return t.State != StateTriage
	}
	return false
}

// reopenUnanswered takes the answer back: the clock goes on as if it had never
// stopped, and the ticket waits for us again.
func (w *work) reopenUnanswered(ctx context.Context, t *Ticket, o *Outgoing, d *Delivery) error {
	if _, err := w.resumeClock(ctx, t, d.ID); err != nil {
		return err
	}
	counts, err := w.answersFamily(ctx, t, d)
	if err != nil || !counts {
		return err
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	t.LastAnswerAt = lastAnswer(events)
	if t.LastAnswerAt != nil && t.LastAnswerAt.After(o.CreatedAt) {
		return nil // they have had another answer since this was written
	}
	if t.State == StateAnswered || t.State == StateWaitingFamily || t.State == StateFinished {
		from := t.State
		t.State, t.FinishedAt = StateOpen, nil
		_, err = w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(StateOpen), "reason": "not_delivered", "outgoing_id": o.ID})
		if err != nil {
			return err
		}
	}
	return w.keepWaiting(ctx, t)
}

// lastAnswer is when the family last got a human answer, from the history.
func lastAnswer(events []Event) *time.Time {
	failed := failedDeliveries(events)
	var last *time.Time
	for _, e := range events {
		sent := e.Kind == EvSent && e.Data["answers"] == true && !failed[copyID(e)]
		called := e.Kind == EvCallLogged && e.Data["stops"] == true
		if at := eventTime(e); (sent || called) && (last == nil || at.After(*last)) {
			last = &at
		}
	}
	return last
}

// failedDeliveries are the copies that were refused or came back.
func failedDeliveries(events []Event) map[int64]bool {
	failed := map[int64]bool{}
	for _, e := range events {
		if e.Kind == EvNotDelivered {
			failed[copyID(e)] = true
		}
	}
	return failed
}

// copyID names, in the history, one copy of a letter by its id, and a mail that was
// written outside hearback by the id of its message, below 0. 0 is neither.
func copyID(e Event) int64 {
	if id := num(e.Data, "delivery_id"); id != 0 {
		return id
	}
	return -num(e.Data, "message_id")
}

// copyData is copyID the other way round, for the data of an event.
func copyData(id int64) map[string]any {
	if id < 0 {
		return map[string]any{"message_id": -id}
	}
	return map[string]any{"delivery_id": id}
}
