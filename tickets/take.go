package tickets

import (
	"context"
	"fmt"
	"strings"

	"hearback/tickets/register"
)

// takeHuman puts a mail that a person wrote (or may have written) on a ticket.
func (w *work) takeHuman(ctx context.Context, m incoming, rawID int64) (IntakeResult, error) {
	var t *Ticket
	var err error
	opened := false
	switch m.match.Outcome {
	case OutcomeJoin, OutcomeReopen:
		t, err = w.tx.TicketByID(ctx, m.match.TicketID)
	default:
		t, err = w.openTicket(ctx, m)
		opened = true
	}
	if err != nil {
		return IntakeResult{}, err
	}
	msg := m.message(t, rawID)
	msg.CreatedAt = w.now
	if err := w.tx.InsertMessage(ctx, msg); err != nil {
		return IntakeResult{}, fmt.Errorf("storing a message: %w", err)
	}
	m.messageID = msg.ID
	chaser := false
	m.opened = opened
	if !opened {
		if chaser, err = w.joined(ctx, t, &m, msg); err != nil {
			return IntakeResult{}, err
		}
		m.chaser = chaser
	}
	if _, err := w.event(ctx, t, EvReceived, map[string]any{
		"message_id": msg.ID, "received": stamp(m.r.ReceivedAt), "chaser": chaser, "wording": m.match.Chaser, "human": waits(m.in.Kind),
	}); err != nil {
		return IntakeResult{}, err
	}
	clock, err := w.clockFor(ctx, t, m)
	if err != nil {
		return IntakeResult{}, err
	}
	if opened {
		if m.answered, err = w.answerBefore(ctx, t, &m); err != nil {
			return IntakeResult{}, err
		}
	}
	if t.State == StateFinished || t.State == StateNotOurs {
		// Imported, and long ago: nobody is to act on its words today.
	} else if err := w.alert(ctx, t, m, msg, opened); err != nil {
		return IntakeResult{}, err
	}
	if err := w.tx.UpdateTicket(ctx, t); err != nil {
		return IntakeResult{}, err
	}
	m.party, m.onCase = m.partyOn(t.CaseID)
	if err := w.heardFrom(ctx, m); err != nil {
		return IntakeResult{}, err
	}
	ack, err := w.acknowledge(ctx, t, m, clock)
	if err != nil {
		return IntakeResult{}, err
	}
	res := IntakeResult{Fate: FateMessage, MessageID: msg.ID, TicketID: t.ID, TicketRef: t.Ref, Opened: opened, AckID: ack}
	if msg.Unconfirmed {
		res.Fate = FateHeld
	}
	return res, nil
}

// message is the mail as it is kept.
func (m incoming) message(t *Ticket, rawID int64) *Message {
	in := m.in
	msg := &Message{
		MailboxID: m.r.MailboxID, Direction: In, Channel: ChannelEmail, Kind: in.Kind, PersonID: m.match.PersonID,
		FromName: in.From.Name, FromEmail: in.From.Email, FromMailbox: m.from, To: addressList(in.To, in.Cc),
		Subject: in.Subject, Text: in.Text, ReplyText: in.ReplyText, MessageID: in.MessageID, RawID: rawID,
		ContentHash: in.ContentHash, Parts: in.Parts, Machine: in.Machine, History: m.r.History, HasHTML: in.HasHTML, Auth: in.Auth, Reason: m.match.Reason,
		Evidence: strings.Join(in.Evidence, "; "), Problems: in.Problems,
		Junk:        m.r.FolderKind == FolderJunk,
		Unconfirmed: m.match.Outcome == OutcomeUnconfirmed, ReceivedAt: m.r.ReceivedAt,
	}
	if t != nil {
		msg.TicketID, msg.CaseID = t.ID, t.CaseID
	}
	return msg
}

func addressList(lists ...[]MailAddress) string {
	var out []string
	for _, l := range lists {
		for _, a := range l {
			switch {
			case a.Name != "" && a.Email != "":
				out = append(out, a.Name+" <"+a.Email+">")
			case a.Email != "":
				out = append(out, a.Email)
			case a.Name != "":
				out = append(out, a.Name)
			}
		}
	}
	return strings.Join(out, ", ")
}

// openTicket makes a new ticket: on the case, or in triage.
func (w *work) openTicket(ctx context.Context, m incoming) (*Ticket, error) {
	ref, err := w.tx.NextTicketRef(ctx)
	if err != nil {
		return nil, err
	}
	t := &Ticket{
		Ref: ref, MailboxID: m.r.MailboxID, State: StateTriage, Category: CategoryTriage,
		Subject: plainSubject(m.in.Subject), RequesterMailbox: m.from, RequesterEmail: m.in.From.Email,
		SuggestedID: m.match.SuggestedID, Reason: m.match.Reason,
		SuggestedPerson: m.suggestedPerson, SuggestedSender: m.suggestedSender,
		ReceivedAt: m.since, LastInboundAt: m.r.ReceivedAt, CreatedAt: w.now,
	}
	switch m.match.Outcome {
	case OutcomeNew:
		c, err := w.tx.CaseByID(ctx, m.match.CaseID)
		if err != nil {
			return nil, err
		}
		t.CaseID, t.TeamID, t.OwnerID = c.ID, c.TeamID, c.OfficerID
		t.State, t.Category, t.RequesterID = StateOpen, categoryOf(m.match.PersonKind), m.match.PersonID
	case OutcomeUnconfirmed:
		t.Category = CategoryUnconfirmed
	}
	route := w.route(m)
	if t.TeamID == 0 {
		t.TeamID = route.TeamID
	}
	if t.TeamID == 0 {
		mb, err := w.tx.MailboxByID(ctx, m.r.MailboxID)
		if err != nil {
			return nil, err
		}
		t.TeamID = mb.TeamID
	}
	route.apply(t)
	w.settleImported(t, m)
	if err := w.tx.InsertTicket(ctx, t); err != nil {
		return nil, fmt.Errorf("opening a ticket: %w", err)
	}
	kind := EvTicketOpened
	if t.State == StateTriage {
		kind = EvTriaged
	}
	if _, err = w.event(ctx, t, kind, map[string]any{"outcome": string(m.match.Outcome)}); err != nil {
		return nil, err
	}
	if route.ID != 0 {
		if _, err := w.event(ctx, t, EvRouted, map[string]any{"rule_id": route.ID}); err != nil {
			return nil, err
		}
	}
	return t, w.recordImported(ctx, t)
}

// categoryOf is the standard for somebody's mail until a person says otherwise.
func categoryOf(k register.PersonKind) Category {
	switch k {
	case register.KindSchool, register.KindProfessional:
		return CategorySchool
	case register.KindMP:
		return CategoryMP
	}
	return CategoryGeneral
}

// joined is what a further mail does to its ticket: it opens again when it was
// answered or finished, and counts as a chaser when the family still waits.
func (w *work) joined(ctx context.Context, t *Ticket, m *incoming, msg *Message) (chaser bool, err error) {
	human := waits(m.in.Kind)
	quiet := m.r.ReceivedAt.Sub(t.LastInboundAt) < w.d.s.ChaserQuiet
	waiting := t.Waiting()
	if _, err := w.event(ctx, t, EvJoined, map[string]any{"message_id": msg.ID}); err != nil {
		return false, err
	}
	if m.r.ReceivedAt.After(t.LastInboundAt) {
		t.LastInboundAt = m.r.ReceivedAt
	}
	if human && m.r.History {
		return false, w.joinedImported(ctx, t, m)
	}
	if !human {
		return false, nil // a calendar's answer or the like: shown, and nothing changes
	}
	switch {
	case t.State == StateFinished:
		t.State, t.FinishedAt, t.Chasers = StateOpen, nil, 0
		if _, err := w.event(ctx, t, EvReopened, map[string]any{"message_id": msg.ID}); err != nil {
			return false, err
		}
	case t.State == StateAnswered || t.State == StateWaitingFamily:
		from := t.State
		t.State, t.Chasers = StateOpen, 0
		if _, err := w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(StateOpen), "reason": "family_wrote"}); err != nil {
			return false, err
		}
	case waiting && !quiet:
		t.Chasers++
		chaser = true
	}
	return chaser, nil
}

// clockFor starts the clock that the mail needs, and gives the one that counts;
// a zero clock when nobody waits because of this mail.
func (w *work) clockFor(ctx context.Context, t *Ticket, m incoming) (*TicketClock, error) {
	kind := ClockFirstResponse
	if t.State == StateTriage {
		kind = ClockTriage
	} else if !waits(m.in.Kind) && m.in.AutoHeader {
		return &TicketClock{}, nil // a machine does not wait
	}
	list, err := w.running(ctx, t, kind)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		silent, err := w.silent(ctx, &list[0])
		if err != nil || !silent || m.r.History || !waits(m.in.Kind) {
			return &list[0], err
		}
		// It began with imported mail: its date is past and nobody would be told.
		// Whoever writes now waits from now on, and is seen.
		if _, err := w.stopClocks(ctx, t, stopping{kind: kind, by: StopByLater, at: w.now}); err != nil {
			return nil, err
		}
	}
	switch t.State {
	case StateFinished, StateNotOurs:
		return &TicketClock{}, nil // imported, and long ago
	}
	if m.r.History && !m.opened && !m.woken {
		return &TicketClock{}, nil // what was said long ago starts no wait on an enquiry that is there
	}
	if !waits(m.in.Kind) && t.State != StateOpen && t.State != StateTriage {
		return &TicketClock{}, nil // nothing changed: nobody waits because of it
	}
	return w.startClock(ctx, t, kind, m.since, m.r.History)
}

// partyOn is the sender's place on a case, with the address that they wrote from,
// out of what the match was decided on.
func (m incoming) partyOn(caseID int64) (register.Party, bool) {
	for _, f := range m.facts.Sender {
		if caseID != 0 && f.Case.ID == caseID && f.Person.ID == m.match.PersonID {
			return register.Party{Person: f.Person, Link: f.Link, Addresses: []register.Address{f.Address}}, true
		}
	}
	return register.Party{}, false
}

// heardFrom forgets one failure of an address when its owner answers a letter that
// we sent there: that one arrived. Writing alone proves nothing, a full mailbox sends
// all the same. A mark (register.Address.Failing) stays until a person takes it off.
func (w *work) heardFrom(ctx context.Context, m incoming) error {
	if m.in.Kind != KindHuman || m.r.History || m.match.AuthFailed {
		return nil
	}
	for _, a := range m.party.Addresses {
		if a.Mailbox == m.from && a.Bounced > 0 && !a.Failing() {
			had, err := w.answersLetterTo(ctx, m)
			if err != nil || !had {
				return err
			}
			a.Bounced = 0
			if err := w.tx.UpdateAddress(ctx, &a); err != nil {
				return err
			}
		}
	}
	return nil
}

// answersLetterTo reports whether a mail answers a letter of ours that went to the
// mailbox that it is from and did not come back.
func (w *work) answersLetterTo(ctx context.Context, m incoming) (bool, error) {
	for _, id := range m.in.InReplyTo {
		d, err := w.tx.DeliveryByMessageID(ctx, id)
		if err == nil && d.Mailbox == m.from && d.State == Accepted {
			return true, nil
		}
		if err != nil && !notFound(err) {
			return false, err
		}
	}
	return false, nil
}
