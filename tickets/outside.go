package tickets

import (
	"context"
	"fmt"
	"strings"

	"hearback/tickets/register"
)

// sentByUs reports whether a mail in Sent was written by one of us. What somebody
// else wrote and was moved there is mail to us like any other, and so is what a
// colleague wrote to the mailbox from an address of their own.
func (w *work) sentByUs(ctx context.Context, m *incoming) (bool, error) {
	if m.r.FolderKind != FolderSent {
		return false, nil
	}
	if isOwnMailbox(m.in.FirstFrom(), m.own) {
		return true, nil
	}
	colleague, err := w.isColleague(ctx, m, m.in.FirstFrom())
	if err != nil || !colleague {
		return false, err
	}
	for _, l := range [][]MailAddress{m.in.To, m.in.Cc} {
		for _, a := range l {
			if isOwnMailbox(a.Email, m.own) {
				return false, nil
			}
		}
	}
	return true, nil
}

// addressee is somebody outside the council whom a mail of ours is written to.
type addressee struct {
	email   string
	mailbox string
	facts   []SenderFact // everybody who is recorded with the mailbox
}

// takeSent takes in what left the mailbox by another program, for example a reply
// that an officer wrote in Outlook: the family has been answered, and the clock
// must not say otherwise. Its words were never cleared by anybody, so it counts as
// nothing that was (Message.Outside), and nothing is acknowledged.
func (w *work) takeSent(ctx context.Context, m *incoming) (IntakeResult, error) {
	m.since = m.r.ReceivedAt
	if m.r.ReceivedAt.After(w.now) {
		m.r.ReceivedAt = w.now // a server's clock that is ahead answers nothing that is yet to come
	}
	m.match = MatchResult{Outcome: OutcomeSuppress}
	if m.in.MessageID != "" {
		old, err := w.tx.OutsideByMessageID(ctx, m.r.MailboxID, m.in.MessageID)
		if err == nil {
			return w.duplicate(ctx, m.r, old.ID)
		}
		if !notFound(err) {
			return IntakeResult{}, err
		}
	}
	author, err := w.author(ctx, m.in)
	if err != nil {
		return IntakeResult{}, err
	}
	to, err := w.addressees(ctx, m)
	if err != nil {
		return IntakeResult{}, err
	}
	place, err := w.cited(ctx, m)
	if err != nil {
		return IntakeResult{}, err
	}
	switch {
	case !waits(m.in.Kind) || m.in.AutoHeader:
		return w.sentByMachine(ctx, m, place.ticket)
	case len(to) == 0:
		return w.sentToColleagues(ctx, m, place.ticket, author)
	case place.ticket == nil:
		if place, err = w.byAddressees(ctx, m, to); err != nil {
			return IntakeResult{}, err
		}
	}
	if place.ticket == nil && place.caseID != 0 {
		if place.ticket, err = w.openSent(ctx, m, place, to); err != nil {
			return IntakeResult{}, err
		}
		place.opened = true
	}
	return w.keepOutside(ctx, m, place, to, author)
}

// author is the colleague who wrote a mail from the shared mailbox, by Sender or
// From; 0 when it does not say, as with most shared mailboxes.
func (w *work) author(ctx context.Context, in *Inbound) (*register.Staff, error) {
	for _, a := range []MailAddress{in.Sender, in.From} {
		if a.Email == "" {
			continue
		}
		s, err := w.tx.StaffByMailbox(ctx, register.FoldMailbox(a.Email))
		if err == nil {
			return s, nil
		}
		if !notFound(err) {
			return nil, err
		}
	}
	return &register.Staff{}, nil
}

// addressees are those to whom the mail is written and who are no colleagues. A
// colleague who is recorded on a case is counted: they may be a parent.
func (w *work) addressees(ctx context.Context, m *incoming) ([]addressee, error) {
	var list []addressee
	seen := map[string]bool{}
	for _, l := range [][]MailAddress{m.in.To, m.in.Cc, m.in.Bcc} {
		for _, a := range l {
			folded := register.FoldMailbox(a.Email)
			if folded == "" || seen[folded] || isOwnMailbox(a.Email, m.own) {
				continue
			}
			seen[folded] = true
			facts, err := w.tx.RecordedWith(ctx, folded)
			if err != nil {
				return nil, err
			}
			inside, err := w.isColleague(ctx, m, a.Email)
			if err != nil {
				return nil, err
			}
			if inside && len(facts) == 0 {
				continue
			}
			list = append(list, addressee{email: a.Email, mailbox: folded, facts: facts})
		}
	}
	return list, nil
}

// sentByMachine: an out-of-office or a receipt of the mailbox answers nobody. It is
// shown where it belongs and changes nothing.
func (w *work) sentByMachine(ctx context.Context, m *incoming, t *Ticket) (IntakeResult, error) {
	if t == nil {
		return IntakeResult{Fate: FateSuppressed, Reason: "Automatic mail of our own mailbox; it cites no enquiry."}, nil
	}
	m.match = MatchResult{Outcome: OutcomeJoin, TicketID: t.ID, CaseID: t.CaseID, Reason: "Automatic mail of our own mailbox. It answers nobody."}
	msg := m.outsideMessage(t)
	msg.CreatedAt = w.now
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing automatic mail of ours: %w", err)
	}
	_, err := w.event(ctx, t, EvAutomatic, map[string]any{"message_id": msg.ID, "kind": string(msg.Kind)})
	return IntakeResult{Fate: FateMessage, MessageID: msg.ID, TicketID: t.ID, TicketRef: t.Ref}, err
}

// sentToColleagues: what is only for colleagues is no reply to the family. On an
// enquiry that it cites it is an internal note, which nothing can quote.
func (w *work) sentToColleagues(ctx context.Context, m *incoming, t *Ticket, author *register.Staff) (IntakeResult, error) {
	if t == nil {
		return IntakeResult{Fate: FateSuppressed, Reason: "It was written to colleagues only and cites no enquiry."}, nil
	}
	m.match = MatchResult{Outcome: OutcomeStaffNote, TicketID: t.ID, CaseID: t.CaseID, Reason: "It was written to colleagues only: kept as an internal note."}
	return w.keepNote(ctx, m, t, author, "sent")
}

// outsideMessage is a mail of ours as it is kept.
func (m *incoming) outsideMessage(t *Ticket) *Message {
	msg := m.message(t, m.rawID)
	msg.Direction, msg.Outside, msg.Unconfirmed, msg.Junk = Out, true, false, false
	msg.To = addressList(m.in.To, m.in.Cc, m.in.Bcc)
	if ids := KeysOf(m.in, nil).MessageIDs; len(ids) > 0 {
		msg.AnswersMail = ids[0]
	}
	return msg
}

// keepOutside stores what somebody wrote to the family or to others outside, and
// does for the ticket what a reply of ours does.
func (w *work) keepOutside(ctx context.Context, m *incoming, place sentPlace, to []addressee, author *register.Staff) (IntakeResult, error) {
	t := place.ticket
	msg := m.outsideMessage(t)
	msg.Reason, msg.CreatedAt, msg.StaffID = place.reason, w.now, author.ID
	msg.PersonID = personAmong(to, place.caseOf())
	if author.Name != "" {
		msg.FromName = author.Name
	}
	m.match.Reason = place.reason
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing a mail of ours: %w", err)
	}
	res := IntakeResult{Fate: FateMessage, MessageID: msg.ID, Opened: place.opened}
	if t == nil {
		if place.forPerson {
			res.Fate = FateHeld
		}
		return res, nil
	}
	m.match.Outcome, m.match.TicketID, m.match.CaseID = OutcomeJoin, t.ID, t.CaseID
	res.TicketID, res.TicketRef = t.ID, t.Ref
	answers, err := w.reaches(ctx, t, to)
	if err != nil {
		return IntakeResult{}, err
	}
	return res, w.wroteOutside(ctx, t, msg, answers)
}

// reaches reports whether one of those written to is whoever asked.
func (w *work) reaches(ctx context.Context, t *Ticket, to []addressee) (bool, error) {
	for _, a := range to {
		ok, err := w.answersFamily(ctx, t, &Delivery{Mailbox: a.mailbox, PersonID: personOf(a, t.CaseID)})
		if err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// personOf is the one person of the case with the addressee's mailbox; 0 when
// there is none, or several share it.
func personOf(a addressee, caseID int64) int64 {
	id := int64(0)
	for _, f := range a.facts {
		if caseID == 0 || f.Case.ID != caseID {
			continue
		}
		if id != 0 && id != f.Person.ID {
			return 0
		}
		id = f.Person.ID
	}
	return id
}

func personAmong(to []addressee, caseID int64) int64 {
	for _, a := range to {
		if id := personOf(a, caseID); id != 0 {
			return id
		}
	}
	return 0
}

// wroteOutside is what follows for the ticket: the history says who wrote and when
// and, when whoever asked has it, the clock stops at the time it was sent.
func (w *work) wroteOutside(ctx context.Context, t *Ticket, msg *Message, answers bool) error {
	answers = answers && !msg.ReceivedAt.Before(t.ReceivedAt) // nothing answers what is yet to be asked
	e := &Event{
		TicketID: t.ID, CaseID: t.CaseID, Kind: EvSent, At: w.now, StaffID: msg.StaffID, System: w.actor.System,
		Data: map[string]any{
			"message_id": msg.ID, "outside": true, "purpose": string(PurposeReply), "answers": answers, "at": stamp(msg.ReceivedAt),
		},
	}
	if w.actor.IsPerson() {
		e.Data["placed_by"] = w.actor.StaffID
	}
	if err := w.tx.InsertEvent(ctx, e); err != nil {
		return fmt.Errorf("event %s: %w", e.Kind, err)
	}
	t.Version = e.ID
	if answers {
		if err := w.answeredAt(ctx, t, answeredBy{StopByReply, msg.ReceivedAt, "written_outside", map[string]any{"message_id": msg.ID}}); err != nil {
			return err
		}
	}
	return w.tx.UpdateTicket(ctx, t)
}

// keepNote keeps a colleague's mail as an internal note on t.
func (w *work) keepNote(ctx context.Context, m *incoming, t *Ticket, author *register.Staff, source string) (IntakeResult, error) {
	words := m.in.ReplyText
	if strings.TrimSpace(words) == "" {
		words = m.in.Text
	}
	n := &Note{
		TicketID: t.ID, CaseID: t.CaseID, AuthorID: author.ID, Author: author.Name, Text: NewPrivateText(words),
		Source: source, RawID: m.rawID, MailboxID: m.r.MailboxID, ContentHash: m.in.ContentHash, CreatedAt: w.now,
	}
	if err := w.tx.InsertNote(ctx, n); err != nil {
		return IntakeResult{}, fmt.Errorf("storing a note by mail: %w", err)
	}
	if _, err := w.event(ctx, t, EvNoteAdded, map[string]any{"note_id": n.ID, "source": source, "staff_id": author.ID}); err != nil {
		return IntakeResult{}, err
	}
	return IntakeResult{Fate: FateMessage, TicketID: t.ID, TicketRef: t.Ref}, nil
}
