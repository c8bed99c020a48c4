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
	// FolderCount counts the lines of a folder's ledger whose mail is not known to
	// be gone. It costs the same however many there are.
	FolderCount(ctx context.Context, mailboxID int64, folder string, uidValidity uint32) (int, error)
	// UIDsPresent lists, ascending, the UIDs from from to to (inclusive) that have a
	// line and are not known to be gone.
	UIDsPresent(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error)
	// MarkGone notes, once, that the server no longer has these mails in the folder.
	MarkGone(ctx context.Context, mailboxID int64, folder string, uidValidity uint32, uids []uint32) error
	// LedgerEntry is one line by its id, for a retry.
	LedgerEntry(ctx context.Context, id int64) (*LedgerEntry, error)
}
