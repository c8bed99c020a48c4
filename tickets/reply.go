package tickets

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// maxBody is the longest letter that a person can write, in bytes.
const maxBody = 256 * 1024

// ReplyRequest is a letter that somebody wants to send. Recipients are people
// of the case, never addresses: nothing that stood in a header can come back
// as a recipient.
type ReplyRequest struct {
	Ref     string
	To      []int64         // people of the case
	Address map[int64]int64 // person -> address id, for people with several; optional
	// ToRequester writes to the address of the message that is answered. Only for
	// mail that is on no case yet; To is empty then.
	ToRequester bool
	Subject     string // "" for "[SEN-104233] " and the subject of the enquiry
	Body        string
	AnswersID   int64 // the message that is answered; 0 for none
	QuoteAnswer bool
	AfterSend   State // answered (also ""), waiting_family, waiting_other, or open for a holding reply
	SeenVersion int64 // Ticket.Version of what the author saw
	Confirmed   []Confirmation
	Digest      string
	Files       []int64 `json:"Files,omitempty"` // ids of the author's files of this draft, in order
}

// Reply queues a letter. It sends nothing: the letter leaves after the hold,
// when the guard has cleared its final bytes. Faults: Denied, NotFound, Invalid
// (what to correct), Conflict (something changed; a ChangedError inside),
// Refused (this person is not to be written to).
func (d *Desk) Reply(ctx context.Context, a access.Actor, r ReplyRequest, now time.Time) (*Outgoing, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can write to a family")
	}
	var o *Outgoing
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.SendReply)
		if err != nil {
			return err
		}
		if err := w.stale(ctx, t, r.SeenVersion); err != nil {
			return err
		}
		letter, to, err := w.writeLetter(ctx, t, r)
		if err != nil {
			return err
		}
		o = letter
		if err := w.queue(ctx, o, to); err != nil {
			return err
		}
		if len(r.Files) > 0 {
			if err := w.tx.FinishDraftFiles(ctx, w.actor.StaffID, t.ID, w.now); err != nil {
				return err
			}
		}
		if _, err = w.event(ctx, t, EvReplyQueued, map[string]any{"outgoing_id": o.ID}); err != nil {
			return err
		}
		return w.auditQueued(ctx, o)
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// writeLetter is the letter that r asks for, and whom it is for; nothing is
// queued. Draft and Reply both use it, so what is reviewed is what is sent.
func (w *work) writeLetter(ctx context.Context, t *Ticket, r ReplyRequest) (*Outgoing, []recipient, error) {
	if err := w.writable(t); err != nil {
		return nil, nil, err
	}
	to, err := w.recipients(ctx, t, r)
	if err != nil {
		return nil, nil, err
	}
	if err := checkLetter(r, to); err != nil {
		return nil, nil, err
	}
	if err := w.answerable(ctx, t, r.AnswersID, r.QuoteAnswer); err != nil {
		return nil, nil, err
	}
	files, err := w.filesOf(ctx, t, r.Files)
	if err != nil {
		return nil, nil, err
	}
	o := &Outgoing{
		Files: files, TicketID: t.ID, CaseID: t.CaseID, MailboxID: t.MailboxID, Purpose: PurposeReply, AuthorID: w.actor.StaffID,
		Subject: subjectOf(t, r.Subject), Body: strings.ReplaceAll(r.Body, "\r\n", "\n"), AnswersID: r.AnswersID,
		QuoteAnswer: r.QuoteAnswer && r.AnswersID != 0, Confirmed: ownWord(r.Confirmed), Digest: r.Digest,
		AfterSend: r.AfterSend, TicketRef: t.Ref, AuthorName: w.actor.Name,
	}
	if o.AfterSend == "" {
		o.AfterSend = StateAnswered
	}
	if err := w.setHold(ctx, o, to); err != nil {
		return nil, nil, err
	}
	return o, to, nil
}

func (w *work) writable(t *Ticket) error {
	switch t.State {
	case StateMerged:
		return fault.New(fault.Conflict, "This enquiry is part of another one now. Reply there")
	case StateNotOurs:
		return fault.New(fault.Conflict, "This was set aside as not an enquiry. Nothing was sent")
	}
	return nil
}

// recipients turns people into addresses, freshly from the register.
func (w *work) recipients(ctx context.Context, t *Ticket, r ReplyRequest) ([]recipient, error) {
	if r.ToRequester {
		return w.requester(ctx, t, r)
	}
	if len(r.To) == 0 {
		return nil, fault.New(fault.Invalid, "Choose who to write to")
	}
	if t.CaseID == 0 {
		return nil, fault.New(fault.Invalid, "Put this on a case first, or answer the sender")
	}
	parties, err := w.tx.Parties(ctx, t.CaseID)
	if err != nil {
		return nil, err
	}
	from := ""
	if r.AnswersID != 0 {
		m, err := w.tx.MessageByID(ctx, r.AnswersID)
		if err != nil {
			return nil, err
		}
		from = m.FromMailbox
	}
	var out []recipient
	seen := map[int64]bool{}
	for _, id := range r.To {
		if seen[id] {
			continue
		}
		seen[id] = true
		p, ok := party(parties, id)
		if !ok {
			return nil, fault.New(fault.Refused, "Somebody you chose is not on this case. Nothing was sent")
		}
		if p.Link.NoContact {
			return nil, fault.Newf(fault.Refused, "We must not write to %s about this child. Nothing was sent", p.Person.Name)
		}
		a, err := addressFor(p, r.Address[id], from)
		if err != nil {
			return nil, err
		}
		out = append(out, recipient{personID: id, name: p.Person.Name, email: a.Email})
	}
	return out, nil
}

// requester is the sender of the answered mail, for mail that is on no case yet.
func (w *work) requester(ctx context.Context, t *Ticket, r ReplyRequest) ([]recipient, error) {
	switch {
	case len(r.To) > 0 || r.AnswersID == 0:
		return nil, fault.New(fault.Invalid, "Choose who to write to")
	case t.CaseID != 0:
		return nil, fault.New(fault.Invalid, "This is on a case: choose people of the case")
	case t.Category == CategoryUnconfirmed:
		return nil, fault.New(fault.Refused, "Accept the sender first. Nothing was sent")
	}
	m, err := w.tx.MessageByID(ctx, r.AnswersID)
	if err != nil {
		return nil, err
	}
	if m.TicketID != t.ID || m.Direction != In || !plainAddress(m.FromEmail) {
		return nil, fault.New(fault.Invalid, "There is no address to answer to")
	}
	return []recipient{{email: m.FromEmail}}, nil
}

func party(list []register.Party, personID int64) (register.Party, bool) {
	for _, p := range list {
		if p.Person.ID == personID {
			return p, true
		}
	}
	return register.Party{}, false
}

// addressFor picks the address of a person: the one that was chosen, else the
// one that they wrote from, else the newest that works.
func addressFor(p register.Party, chosen int64, from string) (register.Address, error) {
	if len(p.Addresses) == 0 {
		return register.Address{}, fault.Newf(fault.Invalid, "There is no email address for %s", p.Person.Name)
	}
	for _, a := range p.Addresses {
		if chosen != 0 && a.ID == chosen {
			return a, nil
		}
	}
	if chosen != 0 {
		return register.Address{}, fault.Newf(fault.Conflict, "The address you chose for %s is no longer there. Nothing was sent", p.Person.Name)
	}
	best := p.Addresses[0]
	for _, a := range p.Addresses {
		if a.Mailbox == from {
			return a, nil
		}
		if a.Bounced < best.Bounced || a.Bounced == best.Bounced && a.ID > best.ID {
			best = a
		}
	}
	return best, nil
}

func checkLetter(r ReplyRequest, to []recipient) error {
	name := "them"
	if len(to) > 0 && to[0].name != "" {
		name = to[0].name
	}
	switch {
	case strings.TrimSpace(r.Body) == "":
		return fault.New(fault.Invalid, "Write a message to "+name)
	case len(r.Body) > maxBody:
		return fault.New(fault.Invalid, "The message is too long. Send it in parts")
	case !utf8.ValidString(r.Body) || !utf8.ValidString(r.Subject) || strings.ContainsRune(r.Body, 0):
		return fault.New(fault.Invalid, "The message holds characters that cannot be sent")
	case strings.ContainsAny(r.Subject, "\r\n\x00") || len(r.Subject) > 900:
		return fault.New(fault.Invalid, "The subject has to be one line")
	}
	switch r.AfterSend {
	case "", StateAnswered, StateWaitingFamily, StateWaitingOther, StateOpen:
		return nil
	}
	return fault.New(fault.Invalid, "Choose what happens to the enquiry when this is sent")
}

// answerable: only a confirmed message of the conversation can be answered,
// because it is quoted.
func (w *work) answerable(ctx context.Context, t *Ticket, messageID int64, quoted bool) error {
	if messageID == 0 {
		return nil
	}
	m, err := w.tx.MessageByID(ctx, messageID)
	if err != nil {
		return err
	}
	if m.TicketID != t.ID || m.Channel != ChannelEmail || m.Unconfirmed {
		return fault.New(fault.Invalid, "The message you answer is not part of this enquiry")
	}
	if m.Outside && quoted {
		return fault.New(fault.Invalid, "This was written outside hearback, where nothing is checked. Answer without quoting it")
	}
	return nil
}

// subjectOf carries the reference, never a name.
func subjectOf(t *Ticket, subject string) string {
	s := strings.TrimSpace(subject)
	if s == "" {
		s = "Re: " + t.Subject
		if t.Subject == "" {
			s = "Your enquiry"
		}
	}
	if t.CaseID != 0 && !strings.Contains(s, t.Ref) {
		s = "[" + t.Ref + "] " + s
	}
	return s
}
