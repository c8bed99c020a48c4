package outbound

import (
	"context"
	"time"

	"hearback/tickets"
)

// Outbox is what the dispatcher needs from storage. tickets/store implements it.
type Outbox interface {
	TakeDue(ctx context.Context, w tickets.Wanted, now time.Time) (*tickets.Claim, error)
	BeginData(ctx context.Context, c *tickets.Claim, deliveryID int64, sha256 string, on tickets.Basis, now time.Time) (bool, error)
	GuardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error)
	RegisterVersion(ctx context.Context) (int64, error)
	// KeepAndBegin is BeginData which keeps the bytes, those with the hash sum, in the
	// same transaction: before a server gets them.
	KeepAndBegin(ctx context.Context, c *tickets.Claim, deliveryID int64, raw []byte, sum string, on tickets.Basis, now time.Time) (bool, error)
	NextDue(ctx context.Context) (time.Time, error)
}

// Desk is what follows for tickets from what becomes of their letters.
// *tickets.Desk implements it.
type Desk interface {
	// RecordOutcome writes what became of one claimed delivery; fault.Conflict when
	// the claim was lost.
	RecordOutcome(ctx context.Context, c *tickets.Claim, o tickets.Outcome, now time.Time) error
	// HoldLetter keeps the claimed deliveries of a letter back for a person.
	// Rules are the guard's; a letter held without any may be released by a person.
	HoldLetter(ctx context.Context, c *tickets.Claim, why string, rules []string, now time.Time) error
	// Recover puts back what a dead program left behind.
	Recover(ctx context.Context, now time.Time) (requeued, uncertain int, err error)
	// RecoverOwn puts back the claims of a holder that are not busy.
	RecoverOwn(ctx context.Context, holder string, busy func(epoch int64) bool, now time.Time) (requeued, uncertain int, err error)
}
