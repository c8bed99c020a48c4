package store

import (
	"context"
	"slices"
)

// goneAtOnce is how many lines one statement marks: below the number of
// parameters that both databases take.
const goneAtOnce = 1000

// FolderCount implements tickets.MailStore. Triggers keep the number, so that it
// is one row to read.
func (r reader) FolderCount(ctx context.Context, mailboxID int64, folder string, uidValidity uint32) (int, error) {
	var n []int
	if err := r.all(ctx, &n, r.db.q.FolderPresent, mailboxID, folder, int64(uidValidity)); err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

// UIDsPresent implements tickets.MailStore.
func (r reader) UIDsPresent(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error) {
	var list []uint32
	err := r.all(ctx, &list, r.db.q.LedgerPresent, mailboxID, folder, int64(uidValidity), int64(from), int64(to))
	return list, err
}

// MarkGone implements tickets.MailStore. A line that is marked keeps the instant
// at which that was first noticed.
func (db *DB) MarkGone(ctx context.Context, mailboxID int64, folder string, uidValidity uint32, uids []uint32) error {
	if len(uids) == 0 {
		return nil
	}
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	return db.inTx(ctx, func(t *tx) error {
		for part := range slices.Chunk(uids, goneAtOnce) {
			if _, err := t.execIn(ctx, db.q.LedgerGone, at(now), mailboxID, folder, int64(uidValidity), plain(part, toInt64)); err != nil {
				return err
			}
		}
		return nil
	})
}

func toInt64(n uint32) int64 { return int64(n) }
