package store

import (
	"context"

	"hearback/tickets"
)

// eventRow is a row of events. Data holds ids and codes, as JSON.
type eventRow struct {
	ID       int64   `db:"id"`
	TicketID rowID   `db:"ticket_id"`
	CaseID   rowID   `db:"case_id"`
	Kind     string  `db:"kind"`
	At       instant `db:"at"`
	StaffID  rowID   `db:"staff_id"`
	System   string  `db:"system"`
	Data     string  `db:"data"`
}

func (r eventRow) event() (tickets.Event, error) {
	e := tickets.Event{
		ID: r.ID, TicketID: int64(r.TicketID), CaseID: int64(r.CaseID), Kind: tickets.EventKind(r.Kind),
		At: r.At.time(), StaffID: int64(r.StaffID), System: r.System,
	}
	return e, unpack(r.Data, &e.Data)
}

// InsertEvent implements tickets.Tx. An event that matters to somebody who is
// writing becomes the version of its ticket.
func (t *tx) InsertEvent(ctx context.Context, e *tickets.Event) error {
	data, err := pack(e.Data, len(e.Data) == 0)
	if err != nil {
		return err
	}
	row := eventRow{
		TicketID: rowID(e.TicketID), CaseID: rowID(e.CaseID), Kind: string(e.Kind), At: at(e.At),
		StaffID: rowID(e.StaffID), System: e.System, Data: data,
	}
	if err := t.add(ctx, t.db.q.EventInsert, row, &e.ID); err != nil {
		return err
	}
	if e.TicketID == 0 || !e.Kind.Matters() {
		return nil
	}
	_, err = t.exec(ctx, t.db.q.TicketVersion, e.ID, e.TicketID)
	return err
}

// EventsOfTicket implements tickets.Reader.
func (r reader) EventsOfTicket(ctx context.Context, ticketID int64) ([]tickets.Event, error) {
	var rows []eventRow
	if err := r.all(ctx, &rows, r.db.q.EventsOfTicket, ticketID); err != nil {
		return nil, err
	}
	return convert(rows, eventRow.event)
}

// convert is f of every row.
func convert[R, T any](rows []R, f func(R) (T, error)) ([]T, error) {
	out := make([]T, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = f(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plain is convert for what cannot fail.
func plain[R, T any](rows []R, f func(R) T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = f(row)
	}
	return out
}
