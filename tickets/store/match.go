package store

import (
	"context"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// MatchFacts implements tickets.Reader. Case references by themselves say
// nothing about a mail, so nothing is read for MatchKeys.CaseRefs.
func (r reader) MatchFacts(ctx context.Context, k tickets.MatchKeys) (tickets.MatchFacts, error) {
	var f tickets.MatchFacts
	var err error
	if f.Tokens, err = r.tokenFacts(ctx, k.Tokens); err != nil {
		return f, err
	}
	if f.Threads, err = r.threadFacts(ctx, k.MessageIDs); err != nil {
		return f, err
	}
	if k.Mailbox == "" {
		return f, nil
	}
	if f.Sender, err = r.senderFacts(ctx, k.Mailbox); err != nil {
		return f, err
	}
	if f.Variants, err = r.variantFacts(ctx, k.Mailbox); err != nil {
		return f, err
	}
	f.Staff, err = r.StaffByMailbox(ctx, k.Mailbox)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return f, err
	}
	f.OwnAddress, err = r.isOwn(ctx, k.Mailbox)
	return f, err
}

// isOwn: a reply address of ours is one of our mailboxes with a tag behind "+".
func (r reader) isOwn(ctx context.Context, mailbox string) (bool, error) {
	untagged := mailbox
	if at := strings.LastIndexByte(mailbox, '@'); at > 0 {
		if plus := strings.IndexByte(mailbox[:at], '+'); plus > 0 {
			untagged = mailbox[:plus] + mailbox[at:]
		}
	}
	var n int
	err := r.get(ctx, &n, r.db.q.MailboxOwn, mailbox, untagged)
	return n > 0, err
}

type tokenRow struct {
	Token      string `db:"token"`
	TicketID   rowID  `db:"ticket_id"`
	CaseID     rowID  `db:"case_id"`
	Purpose    string `db:"purpose"`
	Mailbox    string `db:"mailbox"`
	DeliveryID int64  `db:"delivery_id"`
}

func (r reader) tokenFacts(ctx context.Context, tokens []string) ([]tickets.TokenFact, error) {
	tokens = keys(tokens)
	if len(tokens) == 0 {
		return nil, nil
	}
	var rows []tokenRow
	if err := r.allIn(ctx, &rows, r.db.q.TokensKnown, tokens); err != nil {
		return nil, err
	}
	byID, err := r.ticketsByID(ctx, nonZero(rows, func(x tokenRow) int64 { return int64(x.TicketID) }))
	if err != nil {
		return nil, err
	}
	var out []tickets.TokenFact
	for _, token := range tokens { // in the order in which the mail shows them
		for _, x := range rows {
			if x.Token != token {
				continue
			}
			t := byID[int64(x.TicketID)]
			caseID := int64(x.CaseID)
			if t.CaseID != 0 {
				caseID = t.CaseID // of the ticket as it is now
			}
			out = append(out, tickets.TokenFact{
				Token: x.Token, TicketID: int64(x.TicketID), Purpose: tickets.Purpose(x.Purpose),
				RecipientMailbox: x.Mailbox, DeliveryID: x.DeliveryID, CaseID: caseID, Ticket: t,
			})
		}
	}
	return out, nil
}

type threadRow struct {
	MessageID string `db:"message_id"`
	TicketID  int64  `db:"ticket_id"`
	Purpose   string `db:"purpose"`
}

type participantRow struct {
	TicketID int64  `db:"ticket_id"`
	Mailbox  string `db:"mailbox"`
}

// threadFacts finds messages and letters by Message-ID. Several may have the
// same: another mailbox of ours has the mail too, or a sender's program counts
// wrongly.
func (r reader) threadFacts(ctx context.Context, ids []string) ([]tickets.ThreadFact, error) {
	ids = keys(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []threadRow
	if err := r.allIn(ctx, &rows, r.db.q.ThreadsKnown, ids, ids); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ticketIDs := nonZero(rows, func(x threadRow) int64 { return x.TicketID })
	byID, err := r.ticketsByID(ctx, ticketIDs)
	if err != nil {
		return nil, err
	}
	var wrote []participantRow
	if err := r.allIn(ctx, &wrote, r.db.q.Participants, ticketIDs, ticketIDs); err != nil {
		return nil, err
	}
	people := map[int64][]string{}
	for _, p := range wrote {
		people[p.TicketID] = append(people[p.TicketID], p.Mailbox)
	}
	var out []tickets.ThreadFact
	for _, id := range ids {
		for _, x := range rows {
			if x.MessageID != id {
				continue
			}
			t := byID[x.TicketID]
			out = append(out, tickets.ThreadFact{
				MessageID: id, TicketID: t.ID, CaseID: t.CaseID, Purpose: tickets.Purpose(x.Purpose),
				Participants: people[t.ID], Ticket: t,
			})
		}
	}
	return out, nil
}

type senderRow struct {
	partyRow
	Case    caseRow    `db:"c"`
	Address addressRow `db:"a"`
}

func (r reader) senderFacts(ctx context.Context, mailbox string) ([]tickets.SenderFact, error) {
	var rows []senderRow
	if err := r.all(ctx, &rows, r.db.q.SendersKnown, mailbox); err != nil || len(rows) == 0 {
		return nil, err
	}
	caseIDs := nonZero(rows, func(x senderRow) int64 { return x.Case.ID })
	people := nonZero(rows, func(x senderRow) int64 { return x.Person.ID })
	var open []ticketRow
	if err := r.allIn(ctx, &open, r.db.q.TicketsWaitingOf, caseIDs, people); err != nil {
		return nil, err
	}
	out := make([]tickets.SenderFact, len(rows))
	for i, x := range rows {
		f := tickets.SenderFact{Person: x.Person.person(), Link: x.Link.link(), Case: x.Case.file(), Address: x.Address.address()}
		for _, t := range open {
			if int64(t.CaseID) == f.Case.ID || t.CaseID == 0 && int64(t.RequesterID) == f.Person.ID {
				f.Open = append(f.Open, t.ticket())
			}
		}
		out[i] = f
	}
	return out, nil
}

// keys are the texts of list that a database can be asked for, each once.
func keys(list []string) []string {
	out := make([]string, 0, len(list))
	for _, k := range list {
		if k = clean(k); k != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// nonZero are the different ids among rows.
func nonZero[R any](rows []R, id func(R) int64) []int64 {
	var out []int64
	for _, row := range rows {
		if n := id(row); n != 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
