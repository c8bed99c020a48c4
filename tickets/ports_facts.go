package tickets

import (
	"context"
	"time"

	"hearback/tickets/register"
)

// FactReader is what the verbs of the register ask besides; no method is scoped.
type FactReader interface {
	ReasonsOfCase(ctx context.Context, caseID int64) ([]register.Reason, error) // newest first, at most 200
	// OpenTicketsOfCase lists the tickets of a case that are not finished.
	OpenTicketsOfCase(ctx context.Context, caseID int64) ([]int64, error)
	// WaitingOnCase lists letters to people outside that are about a case and have a
	// copy that is queued.
	WaitingOnCase(ctx context.Context, caseID int64) ([]int64, error)
	// AuthoritiesEnding lists authorities of open cases that are not ended and whose
	// last day is not after a local date.
	AuthoritiesEnding(ctx context.Context, until string) ([]register.Representation, error)
	// CasesNotAsked lists open cases of children born before a local date whose
	// arrangement nobody has asked about.
	CasesNotAsked(ctx context.Context, bornBefore string) ([]register.Case, error)
	DirectoryAsOf(ctx context.Context) (time.Time, error)                 // of the oldest entry; zero when there is none
	DomainsApproved(ctx context.Context) ([]register.DomainChange, error) // in the order in which they were settled
}

// FactTx is what the verbs of the register keep besides.
type FactTx interface {
	InsertReason(ctx context.Context, r *register.Reason) error
	// TakeAlarm says that an alarm is given now; false when it was given before.
	TakeAlarm(ctx context.Context, key string, now time.Time) (fresh bool, err error)
}
