package tickets

import (
	"context"
	"iter"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// AuditLine is a record with the words that a page shows beside it.
type AuditLine struct {
	audit.Record
	Who     string // the name of the account; the step of the program
	CaseRef string // "" when the reader may not know of the case
	Sealed  bool
}

// Audit lists the audit, newest first: all of it for who may read it, and
// everybody's own entries for themselves. References are shown as they were
// recorded; whoever sees no cases is shown none.
func (d *Desk) Audit(ctx context.Context, a access.Actor, q AuditQuery) ([]AuditLine, error) {
	if !a.IsPerson() {
		return nil, allowed(a, access.ReadAudit)
	}
	if q.StaffID != a.StaffID {
		if err := allowed(a, access.ReadAudit); err != nil {
			return nil, err
		}
	}
	return d.store.AuditLines(ctx, a, q)
}

// AuditAll gives every record, newest first, for an export of the whole.
func (d *Desk) AuditAll(ctx context.Context, a access.Actor, q AuditQuery) iter.Seq2[AuditLine, error] {
	return func(yield func(AuditLine, error) bool) {
		q.Limit = 200
		for {
			list, err := d.Audit(ctx, a, q)
			if err != nil {
				yield(AuditLine{}, err)
				return
			}
			for _, l := range list {
				if !yield(l, nil) {
					return
				}
				q.Before = l.ID
			}
			if len(list) < q.Limit {
				return
			}
		}
	}
}

// VerifyAudit checks the whole chain and records that somebody did.
func (d *Desk) VerifyAudit(ctx context.Context, a access.Actor, now time.Time) (audit.Report, error) {
	if err := allowed(a, access.ReadAudit); err != nil {
		return audit.Report{}, err
	}
	rep, err := audit.Verify(d.store.AuditChain(ctx))
	if err != nil {
		return rep, err
	}
	detail := map[string]string{"whole": "yes"}
	if rep.Broken != nil {
		detail["whole"] = "no"
	}
	return rep, d.Seen(ctx, a, audit.AuditVerified, "", 0, detail, now)
}
