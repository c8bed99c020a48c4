package outbound

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Draft is a reply that somebody is writing.
type Draft struct {
	Ticket      tickets.Ticket
	Mailbox     tickets.Mailbox // that it would leave from
	Author      register.Staff
	Subject     string
	Body        string
	To          []tickets.Delivery // name and e-mail of each person who would get a copy
	Answers     *tickets.Message
	QuoteAnswer bool
}

// Review judges a draft as the dispatcher will judge the letter: the same
// composing, the same rules, facts read now. It mints nothing. The digest is
// what a confirmation is bound to; it is that of the letter when the letter is
// exactly this. An error is fault.Invalid with words for the author, or one of
// storage; then nothing was decided.
func (d *Dispatcher) Review(ctx context.Context, draft Draft, now time.Time) (guard.Verdict, string, error) {
	claim := draft.claim()
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

// Preview is the text of one copy exactly as it would go, headers included.
func (d *Dispatcher) Preview(draft Draft, now time.Time) ([]byte, error) {
	copies, err := d.composer.Copies(draft.claim(), now)
	if err != nil {
		return nil, err
	}
	return copies[0].Bytes, nil
}

// claim is the letter that the draft would become. Ids and tokens that only a
// queued letter has are filled with what no queue gives out.
func (draft Draft) claim() *tickets.Claim {
	o := tickets.Outgoing{
		TicketID: draft.Ticket.ID, CaseID: draft.Ticket.CaseID, MailboxID: draft.Mailbox.ID, TicketRef: draft.Ticket.Ref,
		Purpose: tickets.PurposeReply, AuthorID: draft.Author.ID, Subject: draft.Subject, Body: draft.Body, QuoteAnswer: draft.QuoteAnswer,
	}
	if draft.Answers != nil {
		o.AnswersID = draft.Answers.ID
	}
	for _, to := range draft.To {
		to.MessageID, to.Token = "preview@hearback.invalid", "preview"
		to.Mailbox = register.FoldMailbox(to.Email)
		o.Deliveries = append(o.Deliveries, to)
	}
	ticket, author := draft.Ticket, draft.Author
	return &tickets.Claim{Letter: o, Mailbox: draft.Mailbox, Ticket: &ticket, Author: &author, Answers: draft.Answers}
}

// Digest binds a reply to what its author saw: case, ticket, author, content and
// final recipients. Changing any of them changes it; the order of recipients and
// the letter case of their addresses do not matter.
func Digest(o tickets.Outgoing) string {
	h := sha256.New()
	put(h, "hearback reply 1", string(o.Purpose))
	for _, n := range []int64{o.CaseID, o.TicketID, o.MailboxID, o.AuthorID, o.AnswersID} {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	quoted := "no quote"
	if o.QuoteAnswer {
		quoted = "quote"
	}
	put(h, o.Subject, o.Body, o.Template, quoted)
	var to []string
	for _, d := range o.Deliveries {
		to = append(to, register.FoldMailbox(d.Email))
	}
	slices.Sort(to)
	put(h, slices.Compact(to)...)
	return hex.EncodeToString(h.Sum(nil))
}

// put writes strings so that no two lists look the same.
func put(h hash.Hash, list ...string) {
	for _, s := range list {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(len(s)))
		h.Write(b[:])
		h.Write([]byte(s))
	}
}
