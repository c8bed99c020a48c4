package web

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// AdminStore is what the pages of the administration ask of storage. No method of
// it tells of a child, a family or an enquiry.
type AdminStore interface {
	StaffByID(ctx context.Context, id int64) (*register.Staff, error)
	StaffFigures(ctx context.Context, now time.Time) (map[int64]tickets.StaffFigure, error)
	StaffDomains(ctx context.Context) ([]string, error)
	DomainChanges(ctx context.Context, openOnly bool) ([]register.DomainChange, error)
	Directory(ctx context.Context) (*register.Directory, error)
	Imports(ctx context.Context, limit int) ([]register.Import, error)     // newest first
	HooksLast(ctx context.Context, limit int) ([]tickets.HookEvent, error) // newest first
	HooksWaiting(ctx context.Context) (map[string]int, error)              // by endpoint
	AuditSealedAt(ctx context.Context) (time.Time, error)
}

// Board is the numbers of the program, for who runs it.
type Board struct {
	Queued, Held, InFlight, Uncertain int // copies of letters
	Quarantined                       int // mails that could not be read
	FreeBytes                         int64
	HasDisk                           bool // FreeBytes is known
	// Secrets are the days on which secrets for signing in end, by mailbox.
	Secrets map[string]time.Time
	Scanner string // "", when none is set up, else what it does
}

// FolderTry is how an attempt at signing in went, for one folder.
type FolderTry struct {
	What    string // "Reading folder INBOX", "Sending"
	Problem string // "" when it worked
}
