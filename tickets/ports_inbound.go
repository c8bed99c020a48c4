package tickets

import "context"

// MailStore is what reading a mailbox needs from storage besides Store.
// tickets/store implements it; mailbox/inbound uses it.
type MailStore interface {
	// Cursor is how far a folder has been read; fault.NotFound when it never was.
	Cursor(ctx context.Context, mailboxID int64, folder string) (*Cursor, error)
	// SetCursor is called after the transaction that stored what is below it.
	SetCursor(ctx context.Context, c *Cursor) error
	// UIDsKnown lists the UIDs from from to to (inclusive) that have a line in the
	// ledger, quarantined ones included.
	UIDsKnown(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error)
	// LedgerEntry is one line by its id, for a retry.
	LedgerEntry(ctx context.Context, id int64) (*LedgerEntry, error)
}
