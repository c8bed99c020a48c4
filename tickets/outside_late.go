package tickets

import (
	"context"
	"errors"
	"strings"
)

// answerBefore attaches to an enquiry that has just been taken in what answered it
// already: Sent may be read before the inbox, as after days of downtime. It reports
// whether there was an answer.
func (w *work) answerBefore(ctx context.Context, t *Ticket, m *incoming) (bool, error) {
	if m.in.MessageID == "" {
		return false, nil
	}
	out, err := w.tx.OutsideAnswering(ctx, m.r.MailboxID, m.in.MessageID)
	if notFound(err) {
		return false, nil
	}
	if err != nil || out.TicketID == t.ID || out.ReceivedAt.Before(m.r.ReceivedAt) {
		return false, err
	}
	if out.TicketID != 0 {
		if alone, err := w.onlyMessage(ctx, out); err != nil || !alone {
			return false, err
		}
		old, err := w.tx.TicketByID(ctx, out.TicketID)
		if err != nil {
			return false, err
		}
		if old.CaseID != t.CaseID {
			return false, nil
		}
		if err := w.absorb(ctx, old, t); err != nil {
			return false, err
		}
	}
	if err := w.tx.SetMessagePlace(ctx, out.ID, t.ID, t.CaseID, out.PersonID, false, "It answers this enquiry, which was read after it."); err != nil {
		return false, err
	}
	answers := strings.Contains(strings.ToLower(out.To), strings.ToLower(m.in.From.Email))
	return answers, w.wroteOutside(ctx, t, out, answers)
}

// onlyMessage reports whether nothing else was said on the ticket of a message.
func (w *work) onlyMessage(ctx context.Context, out *Message) (bool, error) {
	events, err := w.tx.EventsOfTicket(ctx, out.TicketID)
	for _, e := range events {
		if e.Kind == EvReceived || e.Kind == EvSent && num(e.Data, "message_id") != out.ID || e.Kind == EvReplyQueued || e.Kind == EvCallLogged {
			return false, err
		}
	}
	return true, err
}

// absorb leaves a ticket that was opened only for a mail of ours as merged.
func (w *work) absorb(ctx context.Context, old, into *Ticket) error {
	old.State, old.MergedInto = StateMerged, into.ID
	if _, err := w.event(ctx, old, EvMerged, map[string]any{"into": into.ID}); err != nil {
		return err
	}
	return errors.Join(w.tx.MoveMessages(ctx, old.ID, into.ID, into.CaseID), w.tx.UpdateTicket(ctx, old))
}
