package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// RecordOutcome writes what became of one copy of a claimed letter, with
// everything that follows for the ticket, in one transaction: an answer that
// the mail server took stops the clock, one that it refused does not count, and
// one in doubt waits for a person. fault.Conflict when the claim was lost: then
// nothing is written.
func (d *Desk) RecordOutcome(ctx context.Context, c *Claim, out Outcome, now time.Time) error {
	return d.write(ctx, access.System("dispatch"), now, func(w *work) error {
		o, err := w.tx.OutgoingByID(ctx, c.Letter.ID)
		if err != nil {
			return err
		}
		dl := deliveryOf(o, out.DeliveryID)
		// A copy that recovery put in doubt has lost its holder and kept its epoch.
		if dl == nil || dl.Epoch != c.Epoch || dl.ClaimedBy != c.Holder && dl.State != Uncertain {
			return lostClaim()
		}
		if dl.State == Bounced && out.State == Accepted {
			// The report that it came back was here before this: it left all the same.
			return w.auditLetter(ctx, audit.LetterSent, o, map[string]string{"delivery": strconv.FormatInt(dl.ID, 10)})
		}
		first := noneArrived(o)
		from, err := w.outcome(dl, out)
		if err != nil {
			return err
		}
		ok, err := w.tx.SetDelivery(ctx, dl, from...)
		if err != nil {
			return err
		}
		if !ok {
			return lostClaim()
		}
		if out.State == Accepted {
			if err := w.auditLetter(ctx, audit.LetterSent, o, map[string]string{"delivery": strconv.FormatInt(dl.ID, 10)}); err != nil {
				return err
			}
		}
		if o.TicketID == 0 {
			return nil // a letter about an account
		}
		t, err := w.finalTicket(ctx, o.TicketID)
		if err != nil {
			return err
		}
		switch out.State {
		case Accepted:
			return w.arrived(ctx, t, o, dl, first)
		case Refused:
			if strings.Contains(out.Reply, "5.1.") { // RFC 3463 section 3.2: the address
				if err := w.countBounce(ctx, o, dl); err != nil {
					return err
				}
			}
			return w.notArrived(ctx, t, o, dl, "refused")
		case Uncertain:
			return w.inDoubt(ctx, t, o, dl)
		case Held, Cancelled:
			_, err := w.event(ctx, t, EvLetterStopped, map[string]any{"outgoing_id": o.ID, "delivery_id": dl.ID, "purpose": string(o.Purpose), "as": string(out.State)})
			return err
		}
		return nil
	})
}

func lostClaim() error {
	return fault.New(fault.Conflict, "Another program has this letter now")
}

func deliveryOf(o *Outgoing, id int64) *Delivery {
	for i := range o.Deliveries {
		if o.Deliveries[i].ID == id {
			return &o.Deliveries[i]
		}
	}
	return nil
}

// noneArrived reports whether no copy has been taken by a mail server yet.
func noneArrived(o *Outgoing) bool {
	for _, d := range o.Deliveries {
		if d.State == Accepted || d.State == Bounced {
			return false
		}
	}
	return true
}

// outcome sets the fields of a delivery and says from which states it may go
// there.
func (w *work) outcome(dl *Delivery, out Outcome) ([]DeliveryState, error) {
	dl.State, dl.Reply, dl.Why, dl.UpdatedAt = out.State, out.Reply, out.Why, w.now
	if out.SHA256 != "" {
		dl.SHA256 = out.SHA256
	}
	switch out.State {
	case Accepted:
		at := w.now
		dl.AcceptedAt = &at
		// Uncertain: the program that gave it to the server knows better than the
		// one that found the claim left behind.
		return []DeliveryState{Claimed, DataBegun, Uncertain}, nil
	case Refused:
		return []DeliveryState{Claimed, DataBegun, Uncertain}, nil
	case Uncertain:
		return []DeliveryState{DataBegun}, nil
	case Queued:
		dl.NextAt, dl.ClaimedBy, dl.ClaimedAt = out.NextAt.UTC(), "", nil
		return []DeliveryState{Claimed, DataBegun}, nil
	case Held, Cancelled:
		return []DeliveryState{Claimed}, nil
	}
	return nil, fault.Newf(fault.Internal, "a delivery cannot become %q", string(out.State))
}

// arrived is what follows when a mail server took a copy.
func (w *work) arrived(ctx context.Context, t *Ticket, o *Outgoing, dl *Delivery, first bool) error {
	if err := w.fileCopy(ctx, o, dl); err != nil {
		return err
	}
	human := o.Purpose == PurposeReply || o.Purpose == PurposeRelay
	if human && first {
		if err := w.keepSent(ctx, t, o, dl); err != nil {
			return err
		}
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	answers := false
	if human {
		if answers, err = w.answersFamily(ctx, t, dl); err != nil {
			return err
		}
	}
	data := map[string]any{
		"outgoing_id": o.ID, "delivery_id": dl.ID, "purpose": string(o.Purpose), "answers": answers, "at": stamp(w.now),
	}
	if o.Fields[FieldMailing] != "" {
		data["mailing"] = true // nobody had asked anything
	}
	if _, err := w.event(ctx, t, EvSent, data); err != nil {
		return err
	}
	switch {
	case !human:
		return nil
	case answers && !countedBefore(events, o.ID):
		if err := w.answered(ctx, t, o, dl, events); err != nil {
			return err
		}
	case o.AfterSend == StateWaitingOther && t.State == StateOpen:
		t.State = StateWaitingOther
	}
	return w.tx.UpdateTicket(ctx, t)
}

// answered stops the clock and moves the ticket on. What the family wrote after
// the reply was pressed is not answered by it and starts a wait of its own.
func (w *work) answered(ctx context.Context, t *Ticket, o *Outgoing, dl *Delivery, events []Event) error {
	unseen := unseenSince(events, o.ID)
	stop := stopping{
		kind: ClockFirstResponse, by: StopByReply, at: w.now,
		data: map[string]any{"outgoing_id": o.ID, "delivery_id": dl.ID},
	}
	if !unseen.IsZero() {
		stop.before = unseen
	}
	if _, err := w.stopClocks(ctx, t, stop); err != nil {
		return err
	}
	at := w.now
	t.LastAnswerAt = &at
	to := o.AfterSend
	if to == "" {
		to = StateAnswered
	}
	if !unseen.IsZero() {
		to = StateOpen
		if err := w.ensureClock(ctx, t, unseen, false); err != nil {
			return err
		}
	} else {
		t.Chasers = 0
	}
	switch t.State {
	case StateOpen, StateAnswered, StateWaitingFamily, StateWaitingOther:
	default:
		return nil
	}
	if t.State != to {
		from := t.State
		t.State = to
		if _, err := w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(to), "reason": "sent", "outgoing_id": o.ID}); err != nil {
			return err
		}
	}
	return w.keepWaiting(ctx, t)
}

// keepWaiting sees to it that an enquiry in which the family waits has a clock:
// after a holding reply, or when somebody opens it again by hand, nobody would
// be told otherwise.
func (w *work) keepWaiting(ctx context.Context, t *Ticket) error {
	if t.State != StateOpen && t.State != StateWaitingOther {
		return nil
	}
	return w.ensureClock(ctx, t, w.now, false)
}

// countedBefore reports whether another copy of the letter has had its effect
// on the ticket already; a copy that did not arrive has not.
func countedBefore(events []Event, outgoingID int64) bool {
	failed := failedDeliveries(events)
	for _, e := range events {
		if e.Kind == EvSent && e.Data["answers"] == true && num(e.Data, "outgoing_id") == outgoingID && !failed[num(e.Data, "delivery_id")] {
			return true
		}
	}
	return false
}

// unseenSince is when the first mail of the family was received that came in
// after the letter was queued; zero when there is none.
func unseenSince(events []Event, outgoingID int64) time.Time {
	queued := int64(0)
	for _, e := range events {
		switch {
		case e.Kind == EvReplyQueued && num(e.Data, "outgoing_id") == outgoingID:
			queued = e.ID
		case queued != 0 && e.Kind == EvReceived && e.Data["human"] == true:
			return receivedTime(e)
		}
	}
	return time.Time{}
}

// answersFamily reports whether a copy reached whoever asked: the requester, a
// mailbox that they wrote from, or their representative. A letter to a school
// about a mother's enquiry does not answer the mother.
func (w *work) answersFamily(ctx context.Context, t *Ticket, dl *Delivery) (bool, error) {
	if t.RequesterID != 0 && dl.PersonID == t.RequesterID || dl.Mailbox != "" && dl.Mailbox == t.RequesterMailbox {
		return true, nil
	}
	p, ok, err := w.partyOf(ctx, t.CaseID, dl.PersonID)
	return ok && p.Link.Representative, err
}

// keepSent puts the letter into the conversation as it left: once, however many
// copies there are. Addresses stay out of it; each copy knows its own.
func (w *work) keepSent(ctx context.Context, t *Ticket, o *Outgoing, dl *Delivery) error {
	mailbox, err := w.tx.MailboxByID(ctx, o.MailboxID)
	if err != nil {
		return err
	}
	var names []string
	for _, d := range o.Deliveries {
		if d.Name != "" {
			names = append(names, d.Name)
		}
	}
	author := ""
	if o.AuthorID != 0 {
		s, err := w.tx.StaffByID(ctx, o.AuthorID)
		if err != nil {
			return err
		}
		author = s.Name
	}
	return w.tx.InsertMessage(ctx, &Message{
		TicketID: t.ID, CaseID: t.CaseID, MailboxID: o.MailboxID, Direction: Out, Channel: ChannelEmail, Kind: KindHuman,
		PersonID: dl.PersonID, FromName: author, FromEmail: mailbox.Address, FromMailbox: register.FoldMailbox(mailbox.Address),
		To: strings.Join(names, ", "), Subject: o.Subject, Text: o.Body, ReplyText: o.Body, MessageID: dl.MessageID,
		OutgoingID: o.ID, StaffID: o.AuthorID, ReceivedAt: w.now, CreatedAt: w.now,
	})
}

// inDoubt: the server was given the letter and its answer was lost. Nothing is
// sent again by itself.
func (w *work) inDoubt(ctx context.Context, t *Ticket, o *Outgoing, dl *Delivery) error {
	if _, err := w.event(ctx, t, EvUncertain, map[string]any{"outgoing_id": o.ID, "delivery_id": dl.ID, "purpose": string(o.Purpose)}); err != nil {
		return err
	}
	if o.Purpose != PurposeReply && o.Purpose != PurposeRelay {
		return nil
	}
	people, err := w.answering(ctx, t)
	if err != nil {
		return err
	}
	// The lead as well: whether a family has its answer must not hang on one person.
	leads, err := w.lead(ctx, t)
	if err != nil {
		return err
	}
	for _, l := range leads {
		if !slices.ContainsFunc(people, func(s register.Staff) bool { return s.ID == l.ID }) {
			people = append(people, l)
		}
	}
	_, err = w.notify(ctx, t, TemplateUncertain, people, map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt)})
	return err
}
