package tickets

import (
	"context"
	"fmt"

	"hearback/tickets/register"
)

// copyOf is the message of another mailbox of ours that is the same mail, when
// both belong on one ticket: on the case that the mail is about, or in triage of
// the same team. nil when there is none. Two enquiries for one mail would be two
// acknowledgements to the family, and two officers who answer.
func (w *work) copyOf(ctx context.Context, m *incoming) (*Message, error) {
	if m.in.ContentHash == "" || m.match.Outcome == OutcomeStaffNote || !m.mayBeElsewhere() {
		return nil, nil //nolint:nilnil // no copy is no fault
	}
	old, err := w.tx.CopyElsewhere(ctx, m.r.MailboxID, m.in.ContentHash)
	if notFound(err) {
		return nil, nil //nolint:nilnil // as above
	}
	if err != nil {
		return nil, err
	}
	t, err := w.finalTicket(ctx, old.TicketID)
	if err != nil {
		return nil, err
	}
	together := false
	switch {
	case t.State == StateNotOurs:
	case t.CaseID != 0:
		// What another mailbox made of the sender does not count here.
		onCase := m.match.Outcome == OutcomeNew || m.match.Outcome == OutcomeJoin || m.match.Outcome == OutcomeReopen
		together = !old.Unconfirmed && onCase && m.match.CaseID == t.CaseID
	default:
		box, err := w.tx.MailboxByID(ctx, m.r.MailboxID)
		if err != nil {
			return nil, err
		}
		together = box.TeamID == t.TeamID && (m.match.Outcome == OutcomeTriage || m.match.Outcome == OutcomeUnconfirmed)
	}
	if !together {
		return nil, nil //nolint:nilnil // as above
	}
	old.TicketID = t.ID
	return old, nil
}

// mayBeElsewhere: the mail names another of our mailboxes, or does not name this
// one (a hidden copy, a rule that passes mail on).
func (m *incoming) mayBeElsewhere() bool {
	if len(m.own) < 2 {
		return false
	}
	here := false
	named := map[string]bool{}
	for _, l := range [][]MailAddress{m.in.To, m.in.Cc} {
		for _, a := range l {
			named[untagged(a.Email, m.own)] = true
		}
	}
	for _, a := range m.in.Delivered {
		named[untagged(a, m.own)] = true
	}
	for _, b := range m.own {
		if !named[register.FoldMailbox(b.Address)] {
			continue
		}
		if b.ID != m.r.MailboxID {
			return true
		}
		here = true
	}
	return !here
}

// untagged is an address folded, and one of ours without its reply token.
func untagged(address string, own []Mailbox) string {
	if TokenIn(address, own) == "" {
		return register.FoldMailbox(address)
	}
	for _, b := range own {
		if TokenIn(address, []Mailbox{b}) != "" {
			return register.FoldMailbox(b.Address)
		}
	}
	return register.FoldMailbox(address)
}

// takeCopy keeps the same mail as this mailbox got it, on the ticket that it is on
// already: nothing starts, nothing is answered, nobody is told twice.
func (w *work) takeCopy(ctx context.Context, m *incoming, old *Message) (IntakeResult, error) {
	t, err := w.tx.TicketByID(ctx, old.TicketID)
	if err != nil {
		return IntakeResult{}, err
	}
	m.match.Outcome, m.match.TicketID, m.match.PersonID = OutcomeJoin, t.ID, old.PersonID
	m.match.Reason = "The same mail came to another of our mailboxes as well: it is one enquiry, " + t.Ref + "."
	msg := m.message(t, m.rawID)
	msg.CreatedAt, msg.Unconfirmed = w.now, old.Unconfirmed
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing the copy of another mailbox: %w", err)
	}
	if _, err := w.event(ctx, t, EvCopied, map[string]any{"message_id": msg.ID, "mailbox_id": m.r.MailboxID}); err != nil {
		return IntakeResult{}, err
	}
	res := IntakeResult{Fate: FateMessage, MessageID: msg.ID, TicketID: t.ID, TicketRef: t.Ref}
	if msg.Unconfirmed {
		res.Fate = FateHeld
	}
	return res, nil
}
