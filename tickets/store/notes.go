package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// noteRow is a row of notes. It has no recipients: see the schema.
type noteRow struct {
	ID          int64   `db:"id"`
	TicketID    rowID   `db:"ticket_id"`
	CaseID      rowID   `db:"case_id"`
	AuthorID    rowID   `db:"author_id"`
	ForID       rowID   `db:"for_id"`
	Words       string  `db:"words"`
	Source      string  `db:"source"`
	RawID       rowID   `db:"raw_id"`
	MailboxID   rowID   `db:"mailbox_id"`
	ContentHash string  `db:"content_hash"`
	CreatedAt   instant `db:"created_at"`
	Author      string  `db:"author"`
}

func (r noteRow) note() tickets.Note {
	return tickets.Note{
		ID: r.ID, TicketID: int64(r.TicketID), CaseID: int64(r.CaseID), AuthorID: int64(r.AuthorID), Author: r.Author,
		ForID: int64(r.ForID), Text: tickets.NewPrivateText(r.Words), Source: r.Source, RawID: int64(r.RawID),
		MailboxID: int64(r.MailboxID), ContentHash: r.ContentHash, CreatedAt: r.CreatedAt.time(),
	}
}

// InsertNote implements tickets.Tx. A second copy of the mail that a note came
// by is fault.Conflict.
func (t *tx) InsertNote(ctx context.Context, n *tickets.Note) error {
	row := noteRow{
		TicketID: rowID(n.TicketID), CaseID: rowID(n.CaseID), AuthorID: rowID(n.AuthorID), ForID: rowID(n.ForID),
		Words: n.Text.ForStaff(), Source: n.Source, RawID: rowID(n.RawID), MailboxID: rowID(n.MailboxID),
		ContentHash: n.ContentHash, CreatedAt: at(n.CreatedAt),
	}
	id, inserted, err := t.insertRow(ctx, t.db.q.NoteInsert, row)
	if err != nil {
		return err
	}
	if !inserted {
		return fault.New(fault.Conflict, "This mailbox has this mail already")
	}
	n.ID = id
	return nil
}

// callRow is a row of calls.
type callRow struct {
	MessageID   int64  `db:"message_id"`
	Direction   string `db:"direction"`
	Answered    bool   `db:"answered"`
	Number      string `db:"number"`
	PersonID    rowID  `db:"person_id"`
	IdentityOK  bool   `db:"identity_ok"`
	Summary     string `db:"summary"`
	Promise     string `db:"promise"`
	PromiseBy   string `db:"promise_by"`
	StopsClock  bool   `db:"stops_clock"`
	StopsReason string `db:"stops_reason"`
}

func callToRow(messageID int64, c *tickets.Call) callRow {
	return callRow{
		MessageID: messageID, Direction: string(c.Direction), Answered: c.Answered, Number: c.Number,
		PersonID: rowID(c.PersonID), IdentityOK: c.IdentityOK, Summary: c.Summary.ForStaff(), Promise: c.Promise,
		PromiseBy: c.PromiseBy, StopsClock: c.StopsClock, StopsReason: c.StopsReason,
	}
}

func (r callRow) call() *tickets.Call {
	return &tickets.Call{
		Direction: tickets.Direction(r.Direction), Answered: r.Answered, Number: r.Number, PersonID: int64(r.PersonID),
		IdentityOK: r.IdentityOK, Summary: tickets.NewPrivateText(r.Summary), Promise: r.Promise,
		PromiseBy: r.PromiseBy, StopsClock: r.StopsClock, StopsReason: r.StopsReason,
	}
}

// calls are the calls among the messages, by message.
func (r reader) calls(ctx context.Context, messageIDs []int64) (map[int64]*tickets.Call, error) {
	out := map[int64]*tickets.Call{}
	if len(messageIDs) == 0 {
		return out, nil
	}
	var rows []callRow
	if err := r.allIn(ctx, &rows, r.db.q.CallsOf, messageIDs); err != nil {
		return nil, err
	}
	for _, row := range rows {
		out[row.MessageID] = row.call()
	}
	return out, nil
}
