package store

import (
	"context"
	"time"

	"hearback/tickets"
)

type scanRow struct {
	RawID     int64   `db:"raw_id"`
	Path      string  `db:"path"`
	Verdict   string  `db:"verdict"`
	Signature string  `db:"signature"`
	ScannedAt instant `db:"scanned_at"`
}

// ScansOfRaw implements tickets.ScanStore.
func (r reader) ScansOfRaw(ctx context.Context, rawID int64) (map[string]tickets.PartScan, error) {
	var rows []scanRow
	if err := r.all(ctx, &rows, r.db.q.ScansOfRaw, rawID); err != nil {
		return nil, err
	}
	out := make(map[string]tickets.PartScan, len(rows))
	for _, x := range rows {
		out[x.Path] = tickets.PartScan{
			RawID: x.RawID, Path: x.Path, Verdict: tickets.ScanVerdict(x.Verdict), Signature: x.Signature,
			ScannedAt: x.ScannedAt.time(),
		}
	}
	return out, nil
}

// PutScan implements tickets.ScanStore. When no part of the mail is without a
// verdict any more, the mail leaves the list of what is to be scanned.
func (db *DB) PutScan(ctx context.Context, s tickets.PartScan) error {
	return db.inTx(ctx, func(t *tx) error {
		if _, err := t.execRow(ctx, db.q.ScanPut, scanRow{
			RawID: s.RawID, Path: s.Path, Verdict: string(s.Verdict), Signature: s.Signature, ScannedAt: at(s.ScannedAt),
		}); err != nil {
			return err
		}
		scans, err := t.ScansOfRaw(ctx, s.RawID)
		if err != nil {
			return err
		}
		var lists []string // one per message that has this raw mail: two of our mailboxes may
		if err := t.all(ctx, &lists, db.q.ScanParts, s.RawID); err != nil {
			return err
		}
		for _, text := range lists {
			var parts []partJSON
			if err := unpack(text, &parts); err != nil {
				return err
			}
			for _, p := range parts {
				if _, done := scans[p.Path]; !done {
					return nil
				}
			}
		}
		_, err = t.exec(ctx, db.q.ScanDone, s.RawID)
		return err
	})
}

// RawsToScan implements tickets.ScanStore.
func (r reader) RawsToScan(ctx context.Context, limit int) ([]int64, error) {
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.ScansWanted, limit)
	return ids, err
}

// RawsNotScanned implements tickets.ScanStore.
func (r reader) RawsNotScanned(ctx context.Context, before time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.ScansAgain, at(before), limit)
	return ids, err
}
