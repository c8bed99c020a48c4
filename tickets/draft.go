package tickets

import (
	"context"
	"errors"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// errOnlyLooking ends a transaction in which nothing was written.
var errOnlyLooking = errors.New("only looking")

// Draft is what Reply would queue, as the dispatcher would see it, without
// queueing anything: for the review while somebody writes. It runs in a
// transaction that is given up, so that it sees one state of the case. The
// copies have no token and a Message-ID that never leaves. Faults as of Reply.
func (d *Desk) Draft(ctx context.Context, a access.Actor, r ReplyRequest, now time.Time) (*Claim, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can write to a family")
	}
	var c *Claim
	err := d.write(ctx, a, now, func(w *work) error {
		var err error
		if c, err = w.draft(ctx, r); err != nil {
			return err
		}
		return errOnlyLooking
	})
	if !errors.Is(err, errOnlyLooking) {
		return nil, err
	}
	return c, nil
}

func (w *work) draft(ctx context.Context, r ReplyRequest) (*Claim, error) {
	t, err := w.ticket(ctx, r.Ref, access.SendReply)
	if err != nil {
		return nil, err
	}
	o, to, err := w.writeLetter(ctx, t, r)
	if err != nil {
		return nil, err
	}
	o.CreatedAt, o.QueuedMode = w.now, string(w.d.s.Mode)
	c := &Claim{Ticket: t, Letter: *o}
	mailbox, err := w.tx.MailboxByID(ctx, t.MailboxID)
	if err != nil {
		return nil, err
	}
	c.Mailbox = *mailbox
	for _, x := range to {
		c.Letter.Deliveries = append(c.Letter.Deliveries, Delivery{
			PersonID: x.personID, StaffID: x.staffID, Name: x.name, Email: x.email, Mailbox: register.FoldMailbox(x.email),
			MessageID: "draft@" + domainOf(mailbox.Address), State: Claimed, NextAt: w.now, UpdatedAt: w.now,
		})
	}
	if err := w.setOut(ctx, c); err != nil {
		return nil, err
	}
	if t.CaseID != 0 {
		if c.Case, err = w.tx.CaseByID(ctx, t.CaseID); err != nil {
			return nil, err
		}
	}
	if c.Author, err = w.tx.StaffByID(ctx, w.actor.StaffID); err != nil {
		return nil, err
	}
	if r.AnswersID != 0 {
		if c.Answers, err = w.tx.MessageByID(ctx, r.AnswersID); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// setOut reads how the letter of a draft will look, and the bytes of its files.
func (w *work) setOut(ctx context.Context, c *Claim) error {
	var err error
	if c.Mailbox.TeamID != 0 {
		if c.Head, err = w.tx.LetterheadOf(ctx, c.Mailbox.TeamID); err != nil {
			return err
		}
	}
	var people []int64
	for _, x := range c.Letter.Deliveries {
		if x.PersonID != 0 {
			people = append(people, x.PersonID)
		}
	}
	if c.Print, err = w.tx.LargePrint(ctx, people); err != nil {
		return err
	}
	for i := range c.Letter.Files {
		if c.Letter.Files[i].Content, err = w.tx.Raw(ctx, c.Letter.Files[i].RawID); err != nil {
			return err
		}
	}
	return nil
}
