package tickets

import (
	"context"
	"strings"

	"hearback/tickets/register"
)

// outsideCited is the mail of ours, written outside hearback and on a ticket, of
// which a delivery failure speaks; fault.NotFound.
func (w *work) outsideCited(ctx context.Context, in *Inbound, own []Mailbox) (*Message, error) {
	err := errNotFound()
	for _, id := range bouncedIDs(in, KeysOf(in, own)) {
		var out *Message
		if out, err = w.tx.OutsideByMessageID(ctx, 0, id); err == nil && out.TicketID == 0 {
			err = errNotFound()
		}
		if err == nil || !notFound(err) {
			return out, err
		}
	}
	return nil, err
}

// takeOutsideBounce: a reply that an officer wrote by another program came back.
// Whoever asked counts as not answered, just as with a letter of ours.
func (w *work) takeOutsideBounce(ctx context.Context, m incoming, rawID int64, out *Message) (IntakeResult, error) {
	t, err := w.finalTicket(ctx, out.TicketID)
	if err != nil {
		return IntakeResult{}, err
	}
	m.match.Reason = "A delivery failure of a mail that was written outside hearback, found by its number."
	t, res, err := w.keepBounce(ctx, m, rawID, t.ID)
	if err != nil {
		return IntakeResult{}, err
	}
	switch b := m.in.Bounce; {
	case b == nil || b.Delayed:
		return res, nil // not failed yet
	case !writtenTo(out, b):
		return res, w.doubtCopy(ctx, t, -out.ID, map[string]any{"outside": true})
	}
	return res, w.outsideNotArrived(ctx, t, out, register.FoldMailbox(m.in.Bounce.Recipient))
}

// writtenTo reports whether a failure names somebody to whom the mail was written,
// or nobody.
func writtenTo(out *Message, b *Bounce) bool {
	to := strings.ToLower(out.To)
	for _, a := range append([]string{b.Recipient}, b.Named...) {
		if a != "" && strings.Contains(to, strings.ToLower(a)) {
			return true
		}
	}
	return b.Recipient == ""
}

func (w *work) outsideNotArrived(ctx context.Context, t *Ticket, out *Message, failed string) error {
	facts, err := w.tx.RecordedWith(ctx, failed)
	if err != nil {
		return err
	}
	family, err := w.reaches(ctx, t, []addressee{{mailbox: failed, facts: facts}})
	if err != nil {
		return err
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	if family && failedDeliveries(events)[-out.ID] {
		return nil // a second report of the same failure
	}
	data := map[string]any{"outside": true, "purpose": string(PurposeReply), "why": "bounced"}
	if family {
		data["message_id"] = out.ID
	}
	if _, err := w.event(ctx, t, EvNotDelivered, data); err != nil {
		return err
	}
	if family {
		if err := w.answerTakenBack(ctx, t, out); err != nil {
			return err
		}
		if err := w.leadAfterAnHour(ctx, t, &Undelivered{MessageID: out.ID}, out.ReceivedAt); err != nil {
			return err
		}
	}
	if err := w.tx.UpdateTicket(ctx, t); err != nil {
		return err
	}
	return w.tellNotArrived(ctx, t, out.StaffID)
}

// answerTakenBack: the clock goes on as if it had never stopped.
func (w *work) answerTakenBack(ctx context.Context, t *Ticket, out *Message) error {
	if _, err := w.resumeClock(ctx, t, -out.ID); err != nil {
		return err
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	t.LastAnswerAt = lastAnswer(events)
	if t.LastAnswerAt != nil && t.LastAnswerAt.After(out.ReceivedAt) {
		return nil // they have had another answer since
	}
	if t.State == StateAnswered || t.State == StateWaitingFamily || t.State == StateFinished {
		from := t.State
		t.State, t.FinishedAt = StateOpen, nil
		if _, err := w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(StateOpen), "reason": "not_delivered", "message_id": out.ID}); err != nil {
			return err
		}
	}
	return w.keepWaiting(ctx, t)
}
