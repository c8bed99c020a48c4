package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// ledgerRow is a row of ledger, with names for showing.
type ledgerRow struct {
	ID          int64    `db:"id"`
	MailboxID   int64    `db:"mailbox_id"`
	Folder      string   `db:"folder"`
	UIDValidity int64    `db:"uidvalidity"`
	UID         int64    `db:"uid"`
	Fate        string   `db:"fate"`
	Reason      string   `db:"reason"`
	Tries       int      `db:"tries"`
	RawID       rowID    `db:"raw_id"`
	MessageID   rowID    `db:"message_id"`
	ReceivedAt  instant  `db:"received_at"`
	UpdatedAt   instant  `db:"updated_at"`
	GoneAt      *instant `db:"gone_at"`
	Mailbox     string   `db:"mailbox"`
	TicketRef   string   `db:"ticket_ref"`
	Elsewhere   bool     `db:"elsewhere"` // on a ticket that the actor may not see
}

func (r ledgerRow) entry() tickets.LedgerEntry {
	return tickets.LedgerEntry{
		ID: r.ID, MailboxID: r.MailboxID, Mailbox: r.Mailbox, Folder: r.Folder, UIDValidity: uint32(r.UIDValidity),
		UID: uint32(r.UID), Fate: tickets.Fate(r.Fate), Reason: r.Reason, Tries: r.Tries, RawID: int64(r.RawID),
		MessageID: int64(r.MessageID), TicketRef: r.TicketRef, ReceivedAt: r.ReceivedAt.time(), UpdatedAt: r.UpdatedAt.time(),
		GoneAt: r.GoneAt.timeP(),
	}
}

// PutLedger implements tickets.Tx and sets e.ID.
func (t *tx) PutLedger(ctx context.Context, e *tickets.LedgerEntry) error {
	return t.add(ctx, t.db.q.LedgerPut, ledgerRow{
		MailboxID: e.MailboxID, Folder: e.Folder, UIDValidity: int64(e.UIDValidity), UID: int64(e.UID),
		Fate: string(e.Fate), Reason: e.Reason, Tries: e.Tries, RawID: rowID(e.RawID), MessageID: rowID(e.MessageID),
		ReceivedAt: at(e.ReceivedAt), UpdatedAt: at(e.UpdatedAt),
	}, &e.ID)
}

// LedgerAt implements tickets.Reader.
func (r reader) LedgerAt(ctx context.Context, mailboxID int64, folder string, uidValidity, uid uint32) (*tickets.LedgerEntry, error) {
	var row ledgerRow
	if err := r.get(ctx, &row, r.db.q.LedgerAt, mailboxID, folder, int64(uidValidity), int64(uid)); err != nil {
		return nil, err
	}
	e := row.entry()
	return &e, nil
}

// LedgerEntry implements tickets.MailStore.
func (r reader) LedgerEntry(ctx context.Context, id int64) (*tickets.LedgerEntry, error) {
	var row ledgerRow
	if err := r.get(ctx, &row, r.db.q.LedgerByID, id); err != nil {
		return nil, err
	}
	e := row.entry()
	return &e, nil
}

// LedgerOpen lists mail of a mailbox that could not be read and was tried fewer
// than maxTries times, oldest first.
func (r reader) LedgerOpen(ctx context.Context, mailboxID int64, maxTries, limit int) ([]tickets.LedgerEntry, error) {
	var rows []ledgerRow
	if err := r.all(ctx, &rows, r.db.q.LedgerOpen, mailboxID, maxTries, limit); err != nil {
		return nil, err
	}
	return plain(rows, ledgerRow.entry), nil
}

// UIDsKnown implements tickets.MailStore, in ascending order.
func (r reader) UIDsKnown(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error) {
	var list []uint32
	err := r.all(ctx, &list, r.db.q.LedgerUIDs, mailboxID, folder, int64(uidValidity), int64(from), int64(to))
	return list, err
}

// LedgerLines implements tickets.Reader.
func (r reader) LedgerLines(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error) {
	return r.UIDsKnown(ctx, mailboxID, folder, uidValidity, from, to)
}

// cursorRow is a row of cursors.
type cursorRow struct {
	MailboxID   int64   `db:"mailbox_id"`
	Folder      string  `db:"folder"`
	UIDValidity int64   `db:"uidvalidity"`
	UID         int64   `db:"uid"`
	Epoch       int64   `db:"epoch"`
	UpdatedAt   instant `db:"updated_at"`
}

// Cursor implements tickets.MailStore.
func (r reader) Cursor(ctx context.Context, mailboxID int64, folder string) (*tickets.Cursor, error) {
	var row cursorRow
	if err := r.get(ctx, &row, r.db.q.CursorGet, mailboxID, folder); err != nil {
		return nil, err
	}
	return &tickets.Cursor{
		MailboxID: row.MailboxID, Folder: row.Folder, UIDValidity: uint32(row.UIDValidity), UID: uint32(row.UID),
		UpdatedAt: row.UpdatedAt.time(),
	}, nil
}

// SetCursor implements tickets.MailStore. It is for a program that is alone with
// the mailbox; SetCursorUnder is for one that holds a lease.
func (db *DB) SetCursor(ctx context.Context, c *tickets.Cursor) error {
	return db.SetCursorUnder(ctx, c, 0)
}

// SetCursorUnder moves the cursor under the epoch of a lease. It is
// fault.Conflict when it was moved under a later one: another program has taken
// the mailbox over.
func (db *DB) SetCursorUnder(ctx context.Context, c *tickets.Cursor, epoch int64) error {
	when := c.UpdatedAt
	if when.IsZero() {
		var err error
		if when, err = db.Now(ctx); err != nil {
			return err
		}
	}
	return db.inTx(ctx, func(t *tx) error {
		n, err := t.execRow(ctx, db.q.CursorPut, cursorRow{
			MailboxID: c.MailboxID, Folder: c.Folder, UIDValidity: int64(c.UIDValidity), UID: int64(c.UID),
			Epoch: epoch, UpdatedAt: at(when.In(time.UTC)),
		})
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "Another program reads this mailbox now")
		}
		return err
	})
}
