package tickets

import (
	"context"
	"iter"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// AuditQuery filters the audit, newest first.
type AuditQuery struct {
	StaffID int64
	CaseID  int64
	Action  audit.Action
	From    time.Time // zero: from the beginning
	Until   time.Time // zero: until now
	Before  int64     // id; 0: from the newest
	Limit   int       // at most 200; 50 when 0
}

// AuditStore keeps the audit. Records are written through Tx, in the transaction
// of what they speak of, or, for what was only seen, alone.
type AuditStore interface {
	// AuditRecords asks no permission: the desk does.
	AuditRecords(ctx context.Context, q AuditQuery) ([]audit.Record, error)
	// AuditLines is AuditRecords with the words that the actor may read beside them.
	AuditLines(ctx context.Context, a access.Actor, q AuditQuery) ([]AuditLine, error)
	// SealAudit closes what no seal covers yet, at most limit records at a time,
	// and says how many it covered.
	SealAudit(ctx context.Context, now time.Time, limit int) (int, error)
	// AuditChain is every seal with its records, from the first one on.
	AuditChain(ctx context.Context) iter.Seq2[audit.Batch, error]
}
