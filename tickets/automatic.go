package tickets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hearback/sla"
	"hearback/tickets/register"
)

// automaticMail reports whether a mail is kept without a ticket of its own. A
// genuine machine's notice from somebody whom we know, like a school's system,
// goes the way of human mail, without an acknowledgement.
func automaticMail(in *Inbound, r MatchResult) bool {
	switch in.Kind {
	case KindAutoReply, KindList:
		return true
	case KindOther:
		onCase := r.Outcome == OutcomeJoin || r.Outcome == OutcomeNew
		return in.AutoHeader && !(r.KnownSender && onCase)
	}
	return false
}

// takeAutomatic keeps a machine's mail. On a conversation that it cites it is
// shown there; it opens nothing again, stops and starts no clock and is not
// answered (RFC 3834 section 2).
func (w *work) takeAutomatic(ctx context.Context, m incoming, rawID int64) (IntakeResult, error) {
	var t *Ticket
	switch m.match.Outcome {
	case OutcomeJoin, OutcomeReopen:
		// By its wording alone a machine's mail belongs nowhere.
		if !m.match.Chaser {
			var err error
			if t, err = w.tx.TicketByID(ctx, m.match.TicketID); err != nil {
				return IntakeResult{}, err
			}
		}
	}
	msg := m.message(t, rawID)
	msg.CreatedAt, msg.Unconfirmed = w.now, false
	res := IntakeResult{Fate: FateMessage, Reason: "Automatic mail: " + strings.Join(m.in.Evidence, "; ")}
	if len(m.in.Evidence) == 0 {
		res.Reason = "Automatic mail."
	}
	msg.Reason = m.match.Reason
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing automatic mail: %w", err)
	}
	res.MessageID = msg.ID
	if t == nil {
		return res, nil
	}
	res.TicketID, res.TicketRef = t.ID, t.Ref
	_, err := w.event(ctx, t, EvAutomatic, map[string]any{"message_id": msg.ID, "kind": string(m.in.Kind)})
	return res, err
}

// takeStaffNote keeps what a colleague wrote by mail as an internal note. It
// becomes no message: a note has no recipients and nothing can quote it.
func (w *work) takeStaffNote(ctx context.Context, m incoming) (IntakeResult, error) {
	t, err := w.tx.TicketByID(ctx, m.match.TicketID)
	if err != nil {
		return IntakeResult{}, err
	}
	author, err := w.tx.StaffByMailbox(ctx, m.from)
	if err != nil {
		return IntakeResult{}, fmt.Errorf("the author of a note by mail: %w", err)
	}
	res, err := w.keepNote(ctx, &m, t, author, "email")
	if err != nil || m.r.History || !w.d.s.live(m.r.ReceivedAt) {
		return res, err
	}
	return res, w.outsideOnCopy(ctx, t, m)
}

// outsideOnCopy tells the lead and the officer when a colleague's answer to one
// of our notices also went to somebody outside, by their own mail program: it was
// for colleagues, and nobody here could stop it. Nothing is sent to whoever got it.
func (w *work) outsideOnCopy(ctx context.Context, t *Ticket, m incoming) error {
	outside := false
	for _, a := range slices.Concat(m.in.To, m.in.Cc) {
		folded := register.FoldMailbox(a.Email)
		if !strings.Contains(folded, "@") || isOwnMailbox(a.Email, m.own) || slices.Contains(w.d.staffDomains(), domainOf(folded)) {
			// Of the council's own domains only somebody on a case is outside.
			people, err := w.tx.PeopleWithMailbox(ctx, folded)
			if err != nil {
				return err
			}
			outside = outside || len(people) > 0 && !isOwnMailbox(a.Email, m.own)
			continue
		}
		outside = true
	}
	if !outside {
		return nil
	}
	leads, err := w.lead(ctx, t)
	if err != nil {
		return err
	}
	officers, err := w.answering(ctx, t)
	if err != nil {
		return err
	}
	_, err = w.notify(ctx, t, TemplateCopied, merge(leads, officers), map[string]string{FieldSince: sla.FormatShort(m.r.ReceivedAt)})
	return err
}
