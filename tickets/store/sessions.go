package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

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

// FindCtx implements scs.CtxStore.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return nil, false, err
	}
	var data []byte
	err = s.db.get(ctx, &data, s.db.q.SessionFind, hashToken(token), at(now))
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx implements scs.CtxStore.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, s.db.q.SessionPut, hashToken(token), data, at(expiry))
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
