package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

var _ tickets.AuditStore = (*DB)(nil)

type auditRow struct {
	ID      int64   `db:"id"`
	At      instant `db:"at"`
	StaffID rowID   `db:"staff_id"`
	System  string  `db:"system"`
	Role    string  `db:"role"`
	Action  string  `db:"action"`
	Object  string  `db:"object"`
	CaseID  rowID   `db:"case_id"`
	From    string  `db:"from_net"`
	Detail  string  `db:"detail"`
}

func (r auditRow) record() (audit.Record, error) {
	out := audit.Record{
		ID: r.ID, At: r.At.time(), StaffID: int64(r.StaffID), System: r.System, Role: r.Role, Action: audit.Action(r.Action),
		Object: r.Object, CaseID: int64(r.CaseID), From: r.From,
	}
	if err := json.Unmarshal([]byte(r.Detail), &out.Detail); err != nil {
		return out, fmt.Errorf("audit record %d: %w", r.ID, err)
	}
	return out, nil
}

func records(rows []auditRow) ([]audit.Record, error) {
	out := make([]audit.Record, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.record(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// InsertAudit implements tickets.Tx. The time is kept to the microsecond.
func (t *tx) InsertAudit(ctx context.Context, r *audit.Record) error {
	if r.Detail == nil {
		r.Detail = map[string]string{}
	}
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("the detail of %s: %w", r.Action, err)
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	return t.add(ctx, t.db.q.AuditInsert, auditRow{
		At: at(r.At), StaffID: rowID(r.StaffID), System: r.System, Role: r.Role, Action: string(r.Action), Object: r.Object,
		CaseID: rowID(r.CaseID), From: r.From, Detail: string(detail),
	}, &r.ID)
}

// AuditRecords implements tickets.AuditStore.
func (r reader) AuditRecords(ctx context.Context, q tickets.AuditQuery) ([]audit.Record, error) {
	var rows []auditRow
	if err := r.auditList(newList("audit", r.db.q.SelectAudit), q).rows(ctx, r.session, &rows); err != nil {
		return nil, err
	}
	return records(rows)
}

// AuditLines implements tickets.AuditStore. Of a case that the reader may not know
// of, neither the reference nor what was opened is given.
func (r reader) AuditLines(ctx context.Context, a access.Actor, q tickets.AuditQuery) ([]tickets.AuditLine, error) {
	sees := r.db.q.seesCase(a)
	l := newList("audit lines", r.db.q.SelectAuditLines+" ("+fragment(sees.text)+")", sees.args...)
	var rows []struct {
		auditRow
		Who     string `db:"who"`
		CaseRef string `db:"case_ref"`
		Sealed  bool   `db:"sealed"`
	}
	if err := r.auditList(l, q).rows(ctx, r.session, &rows); err != nil {
		return nil, err
	}
	out := make([]tickets.AuditLine, len(rows))
	for i, row := range rows {
		rec, err := row.record()
		if err != nil {
			return nil, err
		}
		if rec.CaseID != 0 && row.CaseRef == "" {
			rec.Object = ""
			delete(rec.Detail, "part")
			delete(rec.Detail, "ticket")
		}
		out[i] = tickets.AuditLine{Record: rec, Who: row.Who, CaseRef: row.CaseRef, Sealed: row.Sealed}
	}
	return out, nil
}

// auditList narrows a list of the audit.
func (r reader) auditList(l *list, q tickets.AuditQuery) *list {
	s := r.db.q
	if q.StaffID != 0 {
		l.and(s.AuditStaff, q.StaffID)
	}
	if q.CaseID != 0 {
		l.and(s.AuditCase, q.CaseID)
	}
	if q.Action != "" {
		l.and(s.AuditAction, string(q.Action))
	}
	if !q.From.IsZero() {
		l.and(s.AuditFrom, at(q.From))
	}
	if !q.Until.IsZero() {
		l.and(s.AuditUntil, at(q.Until))
	}
	if q.Before != 0 {
		l.and(s.AuditBefore, q.Before)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	return l.tail(s.OrderAudit, min(limit, maxLimit))
}

type sealRow struct {
	Seq      int64   `db:"seq"`
	Records  int     `db:"records"`
	FirstID  int64   `db:"first_id"`
	LastID   int64   `db:"last_id"`
	Prev     string  `db:"prev"`
	Hash     string  `db:"hash"`
	SealedAt instant `db:"sealed_at"`
}

func (s sealRow) seal() audit.Seal {
	return audit.Seal{Seq: s.Seq, Records: s.Records, FirstID: s.FirstID, LastID: s.LastID, Prev: s.Prev, Hash: s.Hash, SealedAt: s.SealedAt.time()}
}

// SealAudit implements tickets.AuditStore. Two programs that seal at once cannot
// both have the next number: one of them finds fault.Conflict, and has lost nothing.
func (db *DB) SealAudit(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := db.inTx(ctx, func(t *tx) error {
		var rows []auditRow
		if err := t.all(ctx, &rows, db.q.AuditUnsealed, limit); err != nil || len(rows) == 0 {
			return err
		}
		list, err := records(rows)
		if err != nil {
			return err
		}
		var last sealRow
		var prev *audit.Seal
		switch err := t.get(ctx, &last, db.q.AuditSealLast); {
		case err == nil:
			p := last.seal()
			prev = &p
		case !fault.Is(err, fault.NotFound):
			return err
		}
		s, err := audit.NewSeal(prev, list, now)
		if err != nil {
			return err
		}
		if _, err := t.execRow(ctx, db.q.AuditSealInsert, sealRow{
			Seq: s.Seq, Records: s.Records, FirstID: s.FirstID, LastID: s.LastID, Prev: s.Prev, Hash: s.Hash, SealedAt: at(s.SealedAt),
		}); err != nil {
			return err
		}
		for _, r := range list {
			if _, err := t.exec(ctx, db.q.AuditSealedInsert, r.ID, s.Seq); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}

// LastSeal is the last seal of the chain; fault.NotFound when there is none yet.
func (db *DB) LastSeal(ctx context.Context) (audit.Seal, error) {
	var last sealRow
	if err := db.get(ctx, &last, db.q.AuditSealLast); err != nil {
		return audit.Seal{}, err
	}
	return last.seal(), nil
}

// AuditChain implements tickets.AuditStore.
func (db *DB) AuditChain(ctx context.Context) iter.Seq2[audit.Batch, error] {
	return func(yield func(audit.Batch, error) bool) {
		for from := int64(0); ; {
			var seals []sealRow
			if err := db.all(ctx, &seals, db.q.AuditSealsFrom, from, 100); err != nil {
				yield(audit.Batch{}, err)
				return
			}
			if len(seals) == 0 {
				return
			}
			for _, s := range seals {
				var rows []auditRow
				err := db.all(ctx, &rows, db.q.AuditOfSeal, s.Seq)
				b := audit.Batch{Seal: s.seal()}
				if err == nil {
					b.Records, err = records(rows)
				}
				if !yield(b, err) || err != nil {
					return
				}
				from = s.Seq + 1
			}
		}
	}
}
