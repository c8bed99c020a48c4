package store

import (
	"context"
	"time"
)

type leaseRow struct {
	Name      string  `db:"name"`
	Holder    string  `db:"holder"`
	ExpiresAt instant `db:"expires_at"`
	Now       instant `db:"now"`
}

// AcquireLease takes or prolongs the lease name for holder until ttl from now,
// by the database's time. ok is false while another holder has it. The epoch is
// the same for as long as the holder never lost the lease, and higher for every
// holder after it: writes that carry it can be told from those of a program that
// does not know yet that it was replaced.
func (db *DB) AcquireLease(ctx context.Context, name, holder string, ttl time.Duration) (epoch int64, ok bool, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return 0, false, err
	}
	err = db.inTx(ctx, func(t *tx) error {
		epoch, ok, err = t.insertRow(ctx, db.q.LeaseTake, leaseRow{
			Name: name, Holder: holder, ExpiresAt: at(now.Add(ttl)), Now: at(now),
		})
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return epoch, ok, nil
}

// ReleaseLease gives a lease back before its time. It does nothing when the
// lease is another's by now.
func (db *DB) ReleaseLease(ctx context.Context, name, holder string, epoch int64) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	return db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, db.q.LeaseRelease, at(now), name, holder, epoch)
		return err
	})
}

// DropOldLeases forgets the programs that ended before an instant and left nothing
// behind.
func (db *DB) DropOldLeases(ctx context.Context, before time.Time) error {
	return db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, db.q.LeasesDrop, at(before))
		return err
	})
}
