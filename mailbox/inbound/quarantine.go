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

// Retry reads a quarantined mail again from its kept bytes, and takes it in
// under the same line of the ledger. When the bytes were never read (a mail
// over the limit), it says so.
func Retry(ctx context.Context, store RetryStore, intake Intake, ledgerID int64, trusted []string, now time.Time) (tickets.IntakeResult, error) {
	e, err := store.LedgerEntry(ctx, ledgerID)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	if e.Fate != tickets.FateQuarantined {
		return tickets.IntakeResult{}, fault.New(fault.Conflict, "This mail has been read since.")
	}
	if e.RawID == 0 {
		return tickets.IntakeResult{}, fault.New(fault.Refused, "hearback does not hold this mail. Open it in the mailbox itself.")
	}
	raw, err := store.Raw(ctx, e.RawID)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	r := tickets.Received{
		MailboxID: e.MailboxID, Folder: e.Folder, UIDValidity: e.UIDValidity, UID: e.UID,
		ReceivedAt: e.ReceivedAt, Retry: true,
	}
	if r.Raw, err = store.PrepareRaw(ctx, raw); err != nil {
		return tickets.IntakeResult{}, err
	}
	r.Mail, r.QuarantineReason, _ = understand(raw, parse.Options{TrustedAuthServers: trusted})
	results, err := intake.Intake(ctx, []tickets.Received{r}, now)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	return results[0], nil
}
