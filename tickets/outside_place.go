package tickets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// sentPlace is where a mail of ours belongs.
type sentPlace struct {
	ticket    *Ticket
	caseID    int64 // when only the case is sure
	opened    bool
	forPerson bool // it is to people whom we know, and somebody has to say which enquiry it answers
	reason    string
}

func (p sentPlace) caseOf() int64 {
	if p.ticket != nil {
		return p.ticket.CaseID
	}
	return p.caseID
}

// cited is the ticket that a mail of ours answers, by reply token or by what it
// refers to. A notice is for staff: answering one answers nobody.
func (w *work) cited(ctx context.Context, m *incoming) (sentPlace, error) {
	k := KeysOf(m.in, m.own)
	k.Mailbox = "" // it is ours: there is nobody to look up
	f, err := w.tx.MatchFacts(ctx, k)
	if err != nil {
		return sentPlace{}, err
	}
	if err := w.complete(ctx, &f); err != nil {
		return sentPlace{}, err
	}
	about := matcher{in: m.in, f: f}
	var best *Ticket
	var how string
	for _, c := range about.citations() {
		if c.purpose == PurposeNotice || c.purpose == PurposeAccount {
			continue
		}
		t := about.final(c.ticket)
		if t.State == StateMerged || t.State == StateNotOurs {
			continue
		}
		// The same mail may be on a ticket of each of our mailboxes.
		if best == nil || best.MailboxID != m.r.MailboxID && t.MailboxID == m.r.MailboxID {
			best, how = &t, c.what
		}
	}
	if best == nil {
		return sentPlace{}, nil
	}
	t, err := w.tx.TicketByID(ctx, best.ID)
	return sentPlace{ticket: t, reason: "It was written outside hearback and answers " + how + "."}, err
}

// byAddressees finds the enquiry by who is written to: the one that waits of the
// people written to or, when none waits, the one that is open. Everybody with each
// of the mailboxes has to be on its case. Otherwise the case may be sure; if that
// is not, a person has to say. Nothing is guessed.
func (w *work) byAddressees(ctx context.Context, m *incoming, to []addressee) (sentPlace, error) {
	cases := casesOfAll(to)
	known := slices.ContainsFunc(to, func(a addressee) bool { return len(a.facts) > 0 })
	if !known {
		return sentPlace{reason: "It was written outside hearback to people who are on no case."}, nil
	}
	open, waiting := map[int64]Ticket{}, map[int64]Ticket{}
	for _, a := range to {
		for _, f := range a.facts {
			for _, t := range f.Open {
				theirs := t.RequesterID == f.Person.ID || t.RequesterMailbox == a.mailbox
				// What was asked after it was sent is not what it answers.
				if !theirs || t.State == StateTriage || t.ReceivedAt.After(m.r.ReceivedAt) || !slices.Contains(cases, t.CaseID) {
					continue
				}
				open[t.ID] = t
				if t.Waiting() {
					waiting[t.ID] = t
				}
			}
		}
	}
	for _, among := range []map[int64]Ticket{waiting, open} {
		if len(among) != 1 {
			if len(among) > 1 {
				break
			}
			continue
		}
		for id := range among {
			t, err := w.tx.TicketByID(ctx, id)
			return sentPlace{ticket: t, reason: "It was written outside hearback to whoever asked, and this is the one enquiry of theirs that is open."}, err
		}
	}
	if len(cases) == 1 {
		return sentPlace{caseID: cases[0], reason: "It was written outside hearback to people of this case. It answers none of the enquiries for sure."}, nil
	}
	return sentPlace{forPerson: true, reason: "It was written outside hearback, and which case it is about is not sure. A person has to say."}, nil
}

// casesOfAll are the open cases that everybody is on who is recorded with the
// mailboxes; addressees who are recorded nowhere do not count.
func casesOfAll(to []addressee) []int64 {
	var common []int64
	first := true
	for _, a := range to {
		if len(a.facts) == 0 {
			continue
		}
		people := map[int64]bool{}
		on := map[int64]map[int64]bool{}
		for _, f := range a.facts {
			people[f.Person.ID] = true
			if f.Case.Open {
				if on[f.Case.ID] == nil {
					on[f.Case.ID] = map[int64]bool{}
				}
				on[f.Case.ID][f.Person.ID] = true
			}
		}
		var here []int64
		for id, who := range on {
			if len(who) == len(people) && (first || slices.Contains(common, id)) {
				here = append(here, id)
			}
		}
		common, first = here, false
	}
	slices.Sort(common)
	return common
}

// openSent opens an enquiry for a mail of ours that began a conversation, so that
// what the family answers has a place. Nobody waits in it.
func (w *work) openSent(ctx context.Context, m *incoming, place sentPlace, to []addressee) (*Ticket, error) {
	c, err := w.tx.CaseByID(ctx, place.caseID)
	if err != nil {
		return nil, err
	}
	ref, err := w.tx.NextTicketRef(ctx)
	if err != nil {
		return nil, err
	}
	sent := m.r.ReceivedAt
	t := &Ticket{
		Ref: ref, CaseID: c.ID, TeamID: c.TeamID, OwnerID: c.OfficerID, MailboxID: m.r.MailboxID, State: StateAnswered,
		Category: CategoryGeneral, Subject: plainSubject(m.in.Subject), RequesterID: personAmong(to, c.ID),
		RequesterMailbox: to[0].mailbox, RequesterEmail: to[0].email, Reason: place.reason,
		ReceivedAt: sent, LastInboundAt: sent, CreatedAt: w.now,
	}
	if m.r.History && w.longAgo(sent) {
		t.State, t.FinishedAt = StateFinished, &sent
	}
	if err := w.tx.InsertTicket(ctx, t); err != nil {
		return nil, fmt.Errorf("opening a ticket: %w", err)
	}
	_, err = w.event(ctx, t, EvTicketOpened, map[string]any{"outcome": "sent"})
	if err == nil && t.State == StateFinished {
		_, err = w.event(ctx, t, EvFinished, map[string]any{"reason": ReasonImported, "waiting": false})
	}
	return t, err
}

// PlaceSentRequest says which enquiry a mail answers that was written outside
// hearback and could not be placed without guessing.
type PlaceSentRequest struct {
	MessageID int64
	Ref       string
	Answers   bool // whoever asked has been answered by it: the clock stops at the time it was sent
}

// PlaceSent puts a mail of SentApart on an enquiry. fault.Conflict when somebody
// has done so already.
func (d *Desk) PlaceSent(ctx context.Context, a access.Actor, r PlaceSentRequest, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.Triage)
		if err != nil {
			return err
		}
		if t.State == StateMerged || t.State == StateNotOurs {
			return fault.New(fault.Conflict, "This is not an open enquiry")
		}
		m, err := w.tx.Message(ctx, a, r.MessageID)
		if err != nil {
			return err
		}
		if !m.Outside || m.TicketID != 0 {
			return fault.New(fault.Conflict, "Somebody has placed this already")
		}
		if err := w.tx.SetMessagePlace(ctx, m.ID, t.ID, t.CaseID, m.PersonID, false, "Somebody put it on this enquiry by hand."); err != nil {
			return err
		}
		return w.wroteOutside(ctx, t, m, r.Answers)
	})
}
