package store

import (
	"context"
	"fmt"

	"hearback/tickets"
)

// ticketRow is a row of tickets.
type ticketRow struct {
	ID               int64    `db:"id"`
	Ref              string   `db:"ref"`
	CaseID           rowID    `db:"case_id"`
	TeamID           rowID    `db:"team_id"`
	OwnerID          rowID    `db:"owner_id"`
	MailboxID        rowID    `db:"mailbox_id"`
	State            string   `db:"state"`
	Category         string   `db:"category"`
	DueAt            instant  `db:"due_at"`
	LastInboundAt    instant  `db:"last_inbound_at"`
	ReceivedAt       instant  `db:"received_at"`
	LastAnswerAt     *instant `db:"last_answer_at"`
	FinishedAt       *instant `db:"finished_at"`
	CreatedAt        instant  `db:"created_at"`
	RequesterID      rowID    `db:"requester_id"`
	SuggestedID      rowID    `db:"suggested_id"`
	MergedInto       rowID    `db:"merged_into"`
	Chasers          int      `db:"chasers"`
	Version          int64    `db:"version"`
	RequesterMailbox string   `db:"requester_mailbox"`
	RequesterEmail   string   `db:"requester_email"`
	Subject          string   `db:"subject"`
	Ask              string   `db:"ask"`
	Reason           string   `db:"reason"`
	Alert            string   `db:"alert"`
	SuggestedPerson  rowID    `db:"suggested_person_id"`
	SuggestedSender  string   `db:"suggested_sender"`
}

func ticketToRow(t *tickets.Ticket) ticketRow {
	return ticketRow{
		ID: t.ID, Ref: t.Ref, CaseID: rowID(t.CaseID), TeamID: rowID(t.TeamID), OwnerID: rowID(t.OwnerID),
		MailboxID: rowID(t.MailboxID), State: string(t.State), Category: string(t.Category),
		DueAt: noDue(), LastInboundAt: at(t.LastInboundAt), ReceivedAt: at(t.ReceivedAt),
		LastAnswerAt: atP(t.LastAnswerAt), FinishedAt: atP(t.FinishedAt), CreatedAt: at(t.CreatedAt),
		RequesterID: rowID(t.RequesterID), SuggestedID: rowID(t.SuggestedID), MergedInto: rowID(t.MergedInto),
		Chasers: t.Chasers, Version: t.Version, RequesterMailbox: t.RequesterMailbox,
		RequesterEmail: t.RequesterEmail, Subject: t.Subject, Ask: t.Ask, Reason: t.Reason, Alert: t.Alert,
		SuggestedPerson: rowID(t.SuggestedPerson), SuggestedSender: t.SuggestedSender,
	}
}

func (r ticketRow) ticket() tickets.Ticket {
	return tickets.Ticket{
		ID: r.ID, Ref: r.Ref, CaseID: int64(r.CaseID), TeamID: int64(r.TeamID), OwnerID: int64(r.OwnerID),
		MailboxID: int64(r.MailboxID), State: tickets.State(r.State), Category: tickets.Category(r.Category),
		LastInboundAt: r.LastInboundAt.time(), ReceivedAt: r.ReceivedAt.time(),
		LastAnswerAt: r.LastAnswerAt.timeP(), FinishedAt: r.FinishedAt.timeP(), CreatedAt: r.CreatedAt.time(),
		RequesterID: int64(r.RequesterID), SuggestedID: int64(r.SuggestedID), MergedInto: int64(r.MergedInto),
		Chasers: r.Chasers, Version: r.Version, RequesterMailbox: r.RequesterMailbox,
		RequesterEmail: r.RequesterEmail, Subject: r.Subject, Ask: r.Ask, Reason: r.Reason, Alert: r.Alert,
		SuggestedPerson: int64(r.SuggestedPerson), SuggestedSender: r.SuggestedSender,
	}
}

// NextTicketRef implements tickets.Tx. A number whose transaction came to
// nothing is given again; one that was committed never.
func (t *tx) NextTicketRef(ctx context.Context) (string, error) {
	n, err := t.nextCount(ctx, "ticket")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d", t.db.opt.RefPrefix, n), nil
}

func (s session) nextCount(ctx context.Context, counter string) (int64, error) {
	var n int64
	err := s.get(ctx, &n, s.db.q.CounterNext, counter)
	return n, err
}

// InsertTicket implements tickets.Tx.
func (t *tx) InsertTicket(ctx context.Context, x *tickets.Ticket) error {
	return t.add(ctx, t.db.q.TicketInsert, ticketToRow(x), &x.ID)
}

// UpdateTicket implements tickets.Tx. The version never goes back, and the
// reference, the due instant and the instant of creation are not its to change.
func (t *tx) UpdateTicket(ctx context.Context, x *tickets.Ticket) error {
	return t.change(ctx, t.db.q.TicketUpdate, ticketToRow(x))
}

// TicketByID implements tickets.Reader; in a transaction it locks the row.
func (r reader) TicketByID(ctx context.Context, id int64) (*tickets.Ticket, error) {
	var row ticketRow
	if err := r.getLocked(ctx, &row, r.db.q.TicketByID, id); err != nil {
		return nil, err
	}
	t := row.ticket()
	return &t, nil
}

// ticketsByID are the tickets among ids that exist, by id.
func (r reader) ticketsByID(ctx context.Context, ids []int64) (map[int64]tickets.Ticket, error) {
	out := make(map[int64]tickets.Ticket, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []ticketRow
	if err := r.allIn(ctx, &rows, r.db.q.TicketsByID, ids); err != nil {
		return nil, err
	}
	for _, row := range rows {
		out[row.ID] = row.ticket()
	}
	return out, nil
}
