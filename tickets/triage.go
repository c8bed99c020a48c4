package tickets

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// PlaceRequest puts a mail that nobody owned on a case.
type PlaceRequest struct {
	Ref      string
	CaseRef  string
	PersonID int64 // who of the case wrote it; 0: somebody who is not recorded
	// AddAddress records the sender's address with the person, after whoever
	// sorts has made sure that it is theirs.
	AddAddress bool
}

// PlaceOnCase makes a triage ticket an enquiry of a case. Its clock is that of
// the case from now on, and it starts when the mail was received: the time that
// sorting took is not the family's loss.
func (d *Desk) PlaceOnCase(ctx context.Context, a access.Actor, r PlaceRequest, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.triageTicket(ctx, r.Ref)
		if err != nil {
			return err
		}
		view, err := w.tx.Case(ctx, a, r.CaseRef)
		if err != nil {
			return err
		}
		c := view.Case
		if !c.Open {
			return fault.New(fault.Refused, "This case is not open")
		}
		p, onCase, err := w.partyOf(ctx, c.ID, r.PersonID)
		if err != nil {
			return err
		}
		if r.PersonID != 0 && !onCase {
			return fault.New(fault.Invalid, "This person is not on the case")
		}
		if r.AddAddress {
			if !onCase {
				return fault.New(fault.Invalid, "Choose whose address it is")
			}
			if err := w.addAddress(ctx, t, p); err != nil {
				return err
			}
		}
		t.CaseID, t.TeamID, t.OwnerID, t.State = c.ID, c.TeamID, c.OfficerID, StateOpen
		t.RequesterID, t.SuggestedID = r.PersonID, 0
		if t.Category == CategoryTriage || t.Category == CategoryUnconfirmed { // else a rule, or a person, has set it
			t.Category = categoryOf(p.Person.Kind)
		}
		if err := w.tx.MoveMessages(ctx, t.ID, t.ID, c.ID); err != nil {
			return err
		}
		if err := w.placeMessages(ctx, t, t.RequesterMailbox, r.PersonID, "Somebody put it on this case by hand."); err != nil {
			return err
		}
		if err := w.tx.UpdateTicket(ctx, t); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvPlaced, map[string]any{"case_id": c.ID, "person_id": r.PersonID}); err != nil {
			return err
		}
		if _, err := w.stopClocks(ctx, t, stopping{kind: ClockTriage, by: StopByPlaced, at: w.now}); err != nil {
			return err
		}
		list, err := w.messages(ctx, t)
		if err != nil {
			return err
		}
		since := t.ReceivedAt
		if imported(list) {
			since = w.now // what was said before hearback was here is late by nobody's fault of today
		}
		clock, err := w.startClock(ctx, t, ClockFirstResponse, since, false)
		if err != nil {
			return err
		}
		if err := w.ackPlaced(ctx, t, p, onCase, clock); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}

// ackPlaced sends the acknowledgement that the mail could not have before, by
// the rules of every acknowledgement.
func (w *work) ackPlaced(ctx context.Context, t *Ticket, p register.Party, onCase bool, clock *TicketClock) error {
	if !onCase {
		return nil
	}
	list, err := w.messages(ctx, t)
	if err != nil || len(list) == 0 {
		return err
	}
	first := list[0]
	m := incoming{
		r:    Received{MailboxID: t.MailboxID, ReceivedAt: t.ReceivedAt, History: imported(list)},
		in:   &Inbound{Kind: first.Kind, From: MailAddress{Email: first.FromEmail}},
		from: first.FromMailbox, messageID: first.ID, party: p, onCase: true,
		match: MatchResult{Outcome: OutcomeNew, PersonID: p.Person.ID, NoContact: p.Link.NoContact},
	}
	known := false
	for _, a := range p.Addresses {
		known = known || a.Mailbox == first.FromMailbox
	}
	if !known || strings.EqualFold(first.Auth.DMARC, "fail") {
		// A letter to an address that nobody has recorded is for a person to write.
		_, err := w.event(ctx, t, EvAckSkipped, map[string]any{"reason": SkipUnconfirmed})
		return err
	}
	s, err := w.tx.StaffByMailbox(ctx, first.FromMailbox)
	if err == nil {
		m.facts.Staff = s
	} else if !notFound(err) {
		return err
	}
	_, err = w.acknowledge(ctx, t, m, clock)
	return err
}

// triageTicket is a ticket that still has to be sorted, locked.
func (w *work) triageTicket(ctx context.Context, ref string) (*Ticket, error) {
	t, err := w.ticket(ctx, ref, access.Triage)
	if err != nil {
		return nil, err
	}
	if t.State != StateTriage {
		return nil, fault.New(fault.Conflict, "Somebody has sorted this already")
	}
	return t, nil
}

// messages lists what came in on a ticket, oldest first.
func (w *work) messages(ctx context.Context, t *Ticket) ([]Message, error) {
	items, err := w.tx.Timeline(ctx, access.System("triage"), t.ID)
	if err != nil {
		return nil, err
	}
	var list []Message
	for _, i := range items {
		if i.Message != nil && i.Message.Direction == In && i.Message.Channel == ChannelEmail {
			list = append(list, *i.Message)
		}
	}
	slices.SortStableFunc(list, func(a, b Message) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return list, nil
}

// placeMessages says of each mail of a mailbox on t whose it is, and that it is
// confirmed.
func (w *work) placeMessages(ctx context.Context, t *Ticket, mailbox string, personID int64, reason string) error {
	list, err := w.messages(ctx, t)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.FromMailbox != mailbox {
			continue
		}
		if err := w.tx.SetMessagePlace(ctx, m.ID, t.ID, t.CaseID, personID, false, reason); err != nil {
			return err
		}
	}
	return nil
}

// addAddress records the requester's address with a person, once.
func (w *work) addAddress(ctx context.Context, t *Ticket, p register.Party) error {
	for _, a := range p.Addresses {
		if a.Mailbox == t.RequesterMailbox {
			return nil
		}
	}
	if !plainAddress(t.RequesterEmail) {
		return fault.New(fault.Invalid, "The sender's address is not one that a letter could go to")
	}
	a := &register.Address{PersonID: p.Person.ID, Email: t.RequesterEmail, Mailbox: register.FoldMailbox(t.RequesterEmail), CreatedAt: w.now}
	if err := w.tx.InsertAddress(ctx, a); err != nil {
		return err
	}
	_, err := w.event(ctx, t, EvAddressAdded, map[string]any{"person_id": p.Person.ID, "address_id": a.ID})
	return err
}
