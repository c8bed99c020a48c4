package store

import (
	"context"
	"time"

	"hearback/tickets/register"
)

type reasonRow struct {
	ID       int64   `db:"id"`
	CaseID   rowID   `db:"case_id"`
	PersonID rowID   `db:"person_id"`
	What     string  `db:"what"`
	Words    string  `db:"words"`
	By       int64   `db:"by_id"`
	At       instant `db:"at"`
}

// InsertReason implements tickets.RegisterTx.
func (t *tx) InsertReason(ctx context.Context, r *register.Reason) error {
	return t.add(ctx, t.db.q.ReasonInsert, reasonRow{
		CaseID: rowID(r.CaseID), PersonID: rowID(r.PersonID), What: r.What, Words: r.Words, By: r.By, At: at(r.At),
	}, &r.ID)
}

// ReasonsOfCase implements tickets.RegisterReader.
func (r reader) ReasonsOfCase(ctx context.Context, caseID int64) ([]register.Reason, error) {
	var rows []reasonRow
	err := r.all(ctx, &rows, r.db.q.ReasonsOfCase, caseID)
	return plain(rows, func(x reasonRow) register.Reason {
		return register.Reason{
			ID: x.ID, CaseID: int64(x.CaseID), PersonID: int64(x.PersonID), What: x.What, Words: x.Words, By: x.By, At: x.At.time(),
		}
	}), err
}

// OpenTicketsOfCase implements tickets.RegisterReader.
func (r reader) OpenTicketsOfCase(ctx context.Context, caseID int64) (ids []int64, err error) {
	err = r.all(ctx, &ids, r.db.q.TicketsOpenOfCase, caseID)
	return ids, err
}

// WaitingOnCase implements tickets.RegisterReader.
func (r reader) WaitingOnCase(ctx context.Context, caseID int64) (ids []int64, err error) {
	err = r.all(ctx, &ids, r.db.q.LettersWaitingOnCase, caseID, caseID)
	return ids, err
}

// DomainsApproved implements tickets.RegisterReader.
func (r reader) DomainsApproved(ctx context.Context) ([]register.DomainChange, error) {
	var rows []domainChangeRow
	err := r.all(ctx, &rows, r.db.q.DomainsApproved)
	return plain(rows, domainChangeRow.change), err
}

// TakeAlarm implements tickets.RegisterTx.
func (t *tx) TakeAlarm(ctx context.Context, key string, now time.Time) (bool, error) {
	n, err := t.exec(ctx, t.db.q.AlarmTake, key, at(now))
	return n == 1, err
}

// DirectoryAsOf implements tickets.RegisterReader.
func (r reader) DirectoryAsOf(ctx context.Context) (time.Time, error) {
	var oldest *instant
	if err := r.get(ctx, &oldest, r.db.q.DirectoryAge); err != nil || oldest == nil {
		return time.Time{}, err
	}
	return oldest.time(), nil
}

// AuthoritiesEnding implements tickets.RegisterReader.
func (r reader) AuthoritiesEnding(ctx context.Context, until string) ([]register.Representation, error) {
	var rows []representationRow
	err := r.all(ctx, &rows, r.db.q.AuthoritiesEnding, until)
	return plain(rows, representationRow.representation), err
}

// CasesNotAsked implements tickets.RegisterReader.
func (r reader) CasesNotAsked(ctx context.Context, bornBefore string) ([]register.Case, error) {
	var rows []caseRow
	err := r.all(ctx, &rows, r.db.q.CasesNotAsked, bornBefore)
	return plain(rows, caseRow.file), err
}

func (c domainChangeRow) change() register.DomainChange {
	return register.DomainChange{
		ID: c.ID, Domain: c.Domain, Remove: c.Remove, AskedBy: int64(c.AskedBy), AskedAt: c.AskedAt.time(),
		ApprovedBy: int64(c.ApprovedBy), SettledAt: c.SettledAt.timeP(), Refused: c.Refused,
	}
}
