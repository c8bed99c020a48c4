package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// Sessions keeps the sessions of people who signed in. It implements scs.Store
// and scs.CtxStore. The database holds a hash of each token: a copy of it signs
// nobody in.
type Sessions struct{ db *DB }

// Sessions gives the store of sessions.
func (db *DB) Sessions() *Sessions { return &Sessions{db} }

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// refOf names a session: half of the hash that is stored, which signs nobody in.
func refOf(hash string) string { return hash[:16] }

type sessionRow struct {
	Hash      string  `db:"token_hash"`
	Data      []byte  `db:"data"`
	ExpiresAt instant `db:"expires_at"`
	StaffID   rowID   `db:"staff_id"`
	CreatedAt instant `db:"created_at"`
	LastSeen  instant `db:"last_seen_at"`
	From      string  `db:"from_net"`
	Agent     string  `db:"agent"`
}

// FindCtx implements scs.CtxStore. No session is found of an account that was
// shut, by whichever program: the database is asked each time.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return nil, false, err
	}
	hash := hashToken(token)
	var row struct {
		Data    []byte `db:"data"`
		StaffID rowID  `db:"staff_id"`
	}
	err = s.db.get(ctx, &row, s.db.q.SessionFind, hash, at(now), at(now))
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if f, ok := tickets.SessionOf(ctx); ok && err == nil {
		f.Ref, f.StaffID = refOf(hash), int64(row.StaffID)
	}
	return row.Data, err == nil, err
}

// CommitCtx implements scs.CtxStore. A session that was found and has been ended
// since stays ended: only a new one is inserted.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	now, err := s.db.Now(ctx)
	if err != nil {
		return err
	}
	row := sessionRow{Hash: hashToken(token), Data: data, ExpiresAt: at(expiry), CreatedAt: at(now), LastSeen: at(now)}
	f, ok := tickets.SessionOf(ctx)
	if !ok {
		f = &tickets.SessionFacts{}
	}
	row.StaffID, row.From, row.Agent = rowID(f.StaffID), f.From, f.Agent
	return s.db.inTx(ctx, func(t *tx) error {
		n, err := t.execRow(ctx, s.db.q.SessionUpdate, row)
		if err != nil || n > 0 || f.Ref == refOf(row.Hash) {
			return err
		}
		f.Ref = refOf(row.Hash)
		_, err = t.execRow(ctx, s.db.q.SessionInsert, row)
		return err
	})
}

// DeleteCtx implements scs.CtxStore.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, s.db.q.SessionDelete, hashToken(token))
		return err
	})
}

// Find implements scs.Store.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// RemoveExpired deletes sessions that ended before now and counts them.
func (s *Sessions) RemoveExpired(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.db.inTx(ctx, func(t *tx) error {
		n, err = t.exec(ctx, s.db.q.SessionsExpired, at(now))
		return err
	})
	return n, err
}
