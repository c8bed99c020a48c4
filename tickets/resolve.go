package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// Resolution is what a person says about a copy in doubt.
type Resolution string

// The resolutions.
const (
	ResolvedArrived   Resolution = "arrived"
	ResolvedSendAgain Resolution = "send_again"
	ResolvedLeft      Resolution = "left" // nobody knows, and it is not sent again: the family counts as not answered
)

// maxWhy is how much a person may say about it, in octets.
const maxWhy = 500

// ResolveRequest settles one copy of a letter of which it is not known whether
// the mail server took it.
type ResolveRequest struct {
	OutgoingID int64
	DeliveryID int64
	As         Resolution
	// Confirmed and Digest are of sending again: it is cleared and confirmed anew.
	Confirmed []Confirmation
	Digest    string
	Why       string // how they know, or why they leave it; one line, for colleagues
}

// ResolveUncertain says what became of a copy in doubt. Sending again makes a
// new letter with a new Message-ID and a hold of its own, which is returned;
// nothing is ever resent without a person. What was left as it is can still be
// settled. Settled before: fault.Conflict.
func (d *Desk) ResolveUncertain(ctx context.Context, a access.Actor, r ResolveRequest, now time.Time) (*Outgoing, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can say what became of a message")
	}
	var result *Outgoing
	err := d.write(ctx, a, now, func(w *work) error {
		o, t, err := w.letter(ctx, r.OutgoingID, access.ResolveUncertain)
		if err != nil {
			return err
		}
		dl := deliveryOf(o, r.DeliveryID)
		if dl == nil {
			return fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
		}
		if dl.State != Uncertain || r.As == ResolvedLeft && dl.LeftBy != 0 {
			return fault.New(fault.Conflict, "Somebody has settled this already")
		}
		first := noneArrived(o)
		said := strings.Join(strings.Fields(r.Why), " ")
		if len(said) > maxWhy {
			return fault.Newf(fault.Invalid, "Say it in at most %d letters", maxWhy)
		}
		if said != "" {
			said = w.actor.Name + ": " + said
		}
		switch r.As {
		case ResolvedArrived:
			at := w.now
			dl.State, dl.AcceptedAt, dl.Why = Accepted, &at, said
		case ResolvedSendAgain:
			dl.State, dl.Why = Cancelled, "Somebody decided to send it again."
		case ResolvedLeft:
			dl.LeftBy, dl.Why = w.actor.StaffID, "Left as it is, and not sent again."
			if said != "" {
				dl.Why += " " + said
			}
		default:
			return fault.New(fault.Invalid, "Say whether it arrived or has to be sent again, or leave it")
		}
		dl.UpdatedAt = w.now
		ok, err := w.tx.SetDelivery(ctx, dl, Uncertain)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "Somebody has settled this already")
		}
		if _, err := w.event(ctx, t, EvResolved, map[string]any{"outgoing_id": o.ID, "delivery_id": dl.ID, "as": string(r.As)}); err != nil {
			return err
		}
		if err := w.auditLetter(ctx, audit.LetterResolved, o, map[string]string{"as": string(r.As)}); err != nil {
			return err
		}
		result = o
		switch r.As {
		case ResolvedArrived:
			return w.arrived(ctx, t, o, dl, first)
		case ResolvedLeft:
			return nil // it answers nobody: the clock goes on
		}
		result, err = w.again(ctx, t, o, dl, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// again queues a copy of the letter for the one recipient.
func (w *work) again(ctx context.Context, t *Ticket, o *Outgoing, dl *Delivery, r ResolveRequest) (*Outgoing, error) {
	n := &Outgoing{
		TicketID: t.ID, CaseID: t.CaseID, MailboxID: o.MailboxID, Purpose: o.Purpose, AuthorID: w.actor.StaffID,
		Subject: o.Subject, Body: o.Body, Template: o.Template, Fields: o.Fields, AnswersID: o.AnswersID,
		QuoteAnswer: o.QuoteAnswer, Confirmed: r.Confirmed, Digest: r.Digest, AfterSend: o.AfterSend,
		TicketRef: t.Ref, AuthorName: w.actor.Name,
	}
	if o.Purpose.Automatic() {
		n.AuthorID, n.AuthorName = 0, ""
		w.automatic(n)
	}
	to := recipient{personID: dl.PersonID, staffID: dl.StaffID, name: dl.Name, email: dl.Email}
	if !o.Purpose.Automatic() {
		if err := w.setHold(ctx, n, []recipient{to}); err != nil {
			return nil, err
		}
	}
	if err := w.queue(ctx, n, []recipient{to}); err != nil {
		return nil, err
	}
	kind := EvReplyQueued
	if o.Purpose.Automatic() {
		kind = EvAckQueued
	}
	_, err := w.event(ctx, t, kind, map[string]any{"outgoing_id": n.ID, "again": o.ID, "purpose": string(o.Purpose)})
	return n, err
}
