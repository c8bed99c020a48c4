package store

import (
	"context"
	"slices"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// ActorOf is the actor that an account is: its role, its team and the teams that
// it leads. An account that was shut is fault.Denied.
func (r reader) ActorOf(ctx context.Context, staffID int64) (access.Actor, error) {
	s, err := r.StaffByID(ctx, staffID)
	if err != nil {
		return access.Actor{}, err
	}
	if !s.Active {
		return access.Actor{}, fault.New(fault.Denied, "This account is closed")
	}
	a := access.Actor{StaffID: s.ID, Name: s.Name, Role: access.Role(s.Role)}
	if !slices.Contains(access.Roles(), a.Role) {
		return access.Actor{}, fault.New(fault.Denied, "This account has no role")
	}
	if s.AccessEndsAt != nil {
		a.Until = *s.AccessEndsAt
	}
	if err := r.all(ctx, &a.TeamIDs, r.db.q.TeamsLed, s.ID); err != nil {
		return access.Actor{}, err
	}
	if s.TeamID != 0 && !slices.Contains(a.TeamIDs, s.TeamID) {
		a.TeamIDs = append(a.TeamIDs, s.TeamID)
	}
	return a, nil
}

// apiTokenRow is a row of api_tokens.
type apiTokenRow struct {
	ID        int64    `db:"id"`
	Hash      string   `db:"hash"`
	StaffID   int64    `db:"staff_id"`
	Name      string   `db:"name"`
	Scopes    string   `db:"scopes"`
	ExpiresAt *instant `db:"expires_at"`
	CreatedAt instant  `db:"created_at"`
}

// InsertToken keeps a token of the API by its hash (hex SHA-256 of the token).
// nil scopes are the whole role of the account; expires may be zero for never.
func (db *DB) InsertToken(ctx context.Context, hash string, staffID int64, scopes []access.Permission, name string, expires time.Time) error {
	if hash == "" {
		return fault.New(fault.Invalid, "The token is empty")
	}
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	row := apiTokenRow{Hash: hash, StaffID: staffID, Name: name, CreatedAt: at(now)}
	if row.Scopes, err = pack(scopes, scopes == nil); err != nil {
		return err
	}
	if !expires.IsZero() {
		row.ExpiresAt = atP(&expires)
	}
	return db.inTx(ctx, func(t *tx) error { return t.add(ctx, db.q.TokenInsert, row, &row.ID) })
}

// DeleteToken revokes a token; it does nothing when there is none.
func (db *DB) DeleteToken(ctx context.Context, hash string) error {
	return db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, db.q.TokenDelete, hash)
		return err
	})
}

// ActorByTokenHash is the actor behind a token. An unknown token, one that ran
// out and one of an account that was shut are all fault.Denied.
func (r reader) ActorByTokenHash(ctx context.Context, hash string, now time.Time) (access.Actor, error) {
	denied := fault.New(fault.Denied, "This token is not valid")
	var row apiTokenRow
	err := r.get(ctx, &row, r.db.q.TokenByHash, hash)
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, denied
	}
	if err != nil {
		return access.Actor{}, err
	}
	if row.ExpiresAt != nil && !now.Before(row.ExpiresAt.time()) {
		return access.Actor{}, denied
	}
	a, err := r.ActorOf(ctx, row.StaffID)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return access.Actor{}, denied
	}
	if err != nil {
		return access.Actor{}, err
	}
	if a.Over(now) {
		return access.Actor{}, denied
	}
	if row.Scopes != "" {
		a.Scopes = []access.Permission{}
		if err := unpack(row.Scopes, &a.Scopes); err != nil {
			return access.Actor{}, err
		}
	}
	return a, nil
}
