package inbound

import (
	"context"
	"time"

	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// RetryStore is what a retry needs from storage.
type RetryStore interface {
	LedgerEntry(ctx context.Context, id int64) (*tickets.LedgerEntry, error)
	Raw(ctx context.Context, rawID int64) ([]byte, error)
	PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error)
}

// Retrier reads mail that was not taken in once more.
type Retrier struct {
	Store  RetryStore
	Intake Intake
	// Kind says what a folder of a mailbox is for, which the ledger does not keep;
	// nil means that all are inboxes. A letter of our own in Sent must not come in
	// as a family's.
	Kind func(mailboxID int64, folder string) tickets.FolderKind
	// Parse is how mail of a mailbox is read; nil means as everybody's.
	Parse func(mailboxID int64) parse.Options
}

// Retry reads a mail again from its kept bytes, and takes it in under the same
// line of the ledger: one that was quarantined, or one that stayed in Junk or was
// kept away by a rule, which a person wants after all. When the bytes were never read (a mail
// over the limit), it says so.
func (t Retrier) Retry(ctx context.Context, ledgerID int64, now time.Time) (tickets.IntakeResult, error) {
	e, err := t.Store.LedgerEntry(ctx, ledgerID)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	if e.Fate != tickets.FateQuarantined && e.Fate != tickets.FateSuppressed {
		return tickets.IntakeResult{}, fault.New(fault.Conflict, "This mail has been read since.")
	}
	if e.RawID == 0 {
		return tickets.IntakeResult{}, fault.New(fault.Refused, "hearback does not hold this mail. Open it in the mailbox itself.")
	}
	raw, err := t.Store.Raw(ctx, e.RawID)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	r := tickets.Received{
		MailboxID: e.MailboxID, Folder: e.Folder, UIDValidity: e.UIDValidity, UID: e.UID,
		ReceivedAt: e.ReceivedAt, Retry: true,
	}
	if t.Kind != nil {
		r.FolderKind = t.Kind(e.MailboxID, e.Folder)
	}
	var how parse.Options
	if t.Parse != nil {
		how = t.Parse(e.MailboxID)
	}
	if r.Raw, err = t.Store.PrepareRaw(ctx, raw); err != nil {
		return tickets.IntakeResult{}, err
	}
	r.Mail, r.QuarantineReason, _ = understand(raw, how)
	results, err := t.Intake.Intake(ctx, []tickets.Received{r}, now)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	return results[0], nil
}
