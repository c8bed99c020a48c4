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
// What did not arrive counts as not answered. A failure that cites no letter of
// ours, or speaks of somebody whom the letter never went to, changes nothing: it is
// shown. A failure that has nothing to do with us is automatic mail.
func (w *work) takeBounce(ctx context.Context, m incoming, rawID int64, own []Mailbox) (IntakeResult, error) {
	if out, err := w.outsideCited(ctx, m.in, own); err == nil {
		return w.takeOutsideBounce(ctx, m, rawID, out)
	} else if !notFound(err) {
		return IntakeResult{}, err
	}
	d, how, err := w.bouncedByNumber(ctx, m.in, own)
	sure := err == nil && named(m.in.Bounce, d.Mailbox)
	if notFound(err) {
		d, err = w.bouncedByAddress(ctx, m.in)
	}
	if notFound(err) {
		m.match.Outcome = OutcomeTriage // it cites nothing of ours, whatever its thread looks like
		m.match.Reason = "A delivery failure that speaks of no letter of ours."
		return w.takeAutomatic(ctx, m, rawID)
	}
	if err != nil {
		return IntakeResult{}, err
	}
	switch {
	case sure:
		m.match.Reason = "A delivery failure of a letter of ours, found by " + how + "."
	case how != "":
		m.match.Reason = "A delivery failure that cites a letter of ours and names somebody whom it did not go to."
	default:
		m.match.Reason = "A delivery failure that names an address that we wrote to and cites no letter of ours."
	}
	o, err := w.tx.OutgoingByID(ctx, d.OutgoingID)
	if err != nil {
		return IntakeResult{}, err
	}
	t, res, err := w.keepBounce(ctx, m, rawID, o.TicketID)
	if err != nil {
		return IntakeResult{}, err
	}
	switch b := m.in.Bounce; {
	case b == nil || b.Delayed:
		return res, nil // not failed yet
	case !sure:
		return res, w.doubtArrival(ctx, t, o, d)
	}
	return res, w.cameBack(ctx, t, o, d, m.in.Bounce)
}

// keepBounce stores a report on the ticket of the letter; on none for a letter
// about an account, which has no ticket.
func (w *work) keepBounce(ctx context.Context, m incoming, rawID, ticketID int64) (*Ticket, IntakeResult, error) {
	var t *Ticket
	var err error
	if ticketID != 0 {
		if t, err = w.finalTicket(ctx, ticketID); err != nil {
			return nil, IntakeResult{}, err
		}
	}
	msg := m.message(t, rawID)
	msg.CreatedAt, msg.Unconfirmed, msg.PersonID = w.now, false, 0
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return nil, IntakeResult{}, fmt.Errorf("storing a bounce: %w", err)
	}
	res := IntakeResult{Fate: FateMessage, MessageID: msg.ID, Reason: m.match.Reason}
	if t != nil {
		res.TicketID, res.TicketRef = t.ID, t.Ref
		data := map[string]any{"message_id": msg.ID, "kind": string(KindBounce)}
		if b := m.in.Bounce; b != nil && b.Delayed {
			data["delayed"] = true
		}
		_, err = w.event(ctx, t, EvAutomatic, data)
	}
	return t, res, err
}

// cameBack writes that a copy did not arrive, with what follows. The report may be
// here before the dispatcher has written that the server took the copy.
func (w *work) cameBack(ctx context.Context, t *Ticket, o *Outgoing, d *Delivery, b *Bounce) error {
	d.State, d.UpdatedAt = Bounced, w.now
	d.Why = "It came back: the recipient's mail server did not deliver it."
	d.Reply = strings.TrimSpace(b.Status + " " + b.Diagnosis)
	fresh, err := w.tx.SetDelivery(ctx, d, Accepted, Uncertain, DataBegun)
	if err != nil || !fresh {
		return err // a second report of the same failure
	}
	if aboutAddress(b.Status) {
		if err := w.countBounce(ctx, o, d); err != nil {
			return err
		}
	}
	return w.notArrived(ctx, t, o, d, "bounced")
}

// aboutAddress: a letter that was too big (RFC 3463 sections 3.3 and 3.4) says
// nothing against the address that it was for.
func aboutAddress(status string) bool {
	return !strings.HasSuffix(status, ".2.3") && !strings.HasSuffix(status, ".3.4") && status != "552"
}

// named reports whether a failure speaks of a folded mailbox, or of nobody. A report
// with the number of a letter that names only somebody else may be made up, or be
// about an address to which the letter was passed on.
func named(b *Bounce, mailbox string) bool {
	if b == nil {
		return true
	}
	for _, a := range append([]string{b.Recipient}, b.Named...) {
		if a != "" && (register.FoldMailbox(a) == mailbox || register.LooseMailbox(a) == register.LooseMailbox(mailbox)) {
			return true
		}
	}
	return b.Recipient == ""
}

// bouncedByAddress is the last letter to an address that a failure names. Anybody
// can name an address: it is enough to show the failure there and for nothing else.
func (w *work) bouncedByAddress(ctx context.Context, in *Inbound) (*Delivery, error) {
	if in.Bounce == nil || in.Bounce.Recipient == "" {
		return nil, errNotFound()
	}
	list, err := w.tx.DeliveriesTo(ctx, register.FoldMailbox(in.Bounce.Recipient), w.now.Add(-bounceWindow))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errNotFound()
	}
	return &list[0], nil
}

// bouncedIDs are the Message-IDs of which a report may speak, the surest first. Ours
// are our envelope ids too.
func bouncedIDs(in *Inbound, k MatchKeys) []string {
	var ids []string
	if b := in.Bounce; b != nil {
		for _, id := range []string{b.MessageID, b.EnvelopeID} {
			if id = strings.Trim(id, "<> "); id != "" {
				ids = append(ids, id)
			}
		}
	}
	return append(ids, k.MessageIDs...)
}

// bouncedTokens are the reply tokens of which it may speak: of the address that it
// was sent to, and of the letter that it returns.
func bouncedTokens(in *Inbound, k MatchKeys, own []Mailbox) []string {
	tokens := k.Tokens
	if in.Bounce != nil {
		for _, a := range in.Bounce.Returned {
			if t := TokenIn(a, own); t != "" {
				tokens = append(tokens, t)
			}
		}
	}
	return tokens
}

// bouncedByNumber finds the copy by what the report names of it; fault.NotFound when
// that is no letter of ours.
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
	for _, token := range bouncedTokens(in, k, own) {
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
		if err := w.leadAfterAnHour(ctx, t, &Undelivered{DeliveryID: d.ID}, o.CreatedAt); err != nil {
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
