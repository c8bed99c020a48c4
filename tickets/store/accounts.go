package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// accountRow is how somebody of staff signs in.
type accountRow struct {
	ID                int64    `db:"id"`
	Issuer            string   `db:"issuer"`
	Subject           string   `db:"subject"`
	TOTP              string   `db:"totp_sealed"`
	TOTPStep          int64    `db:"totp_last_step"`
	InviteHash        string   `db:"invite_hash"`
	InviteEndsAt      *instant `db:"invite_ends_at"`
	DisabledAt        *instant `db:"disabled_at"`
	LastSignInAt      *instant `db:"last_sign_in_at"`
	PasswordChangedAt *instant `db:"password_changed_at"`
	CodesLeft         int      `db:"codes_left"`
}

// Account implements tickets.Reader; within a transaction it locks the row
// until the transaction ends.
func (r reader) Account(ctx context.Context, staffID int64) (*tickets.Account, error) {
	var row accountRow
	if err := r.getLocked(ctx, &row, r.db.q.AccountGet, staffID); err != nil {
		return nil, err
	}
	return &tickets.Account{
		StaffID: row.ID, Issuer: row.Issuer, Subject: row.Subject, TOTP: row.TOTP, TOTPStep: row.TOTPStep, InviteHash: row.InviteHash,
		InviteEndsAt: row.InviteEndsAt.timeP(), DisabledAt: row.DisabledAt.timeP(), LastSignInAt: row.LastSignInAt.timeP(),
		PasswordChangedAt: row.PasswordChangedAt.timeP(), CodesLeft: row.CodesLeft,
	}, nil
}

// PutAccount implements tickets.Tx.
func (t *tx) PutAccount(ctx context.Context, a *tickets.Account) error {
	return t.change(ctx, t.db.q.AccountPut, accountRow{
		ID: a.StaffID, Issuer: a.Issuer, Subject: a.Subject, TOTP: a.TOTP, TOTPStep: a.TOTPStep, InviteHash: a.InviteHash,
		InviteEndsAt: atP(a.InviteEndsAt), DisabledAt: atP(a.DisabledAt), LastSignInAt: atP(a.LastSignInAt), PasswordChangedAt: atP(a.PasswordChangedAt),
	})
}

// StaffByIdentity implements tickets.Reader.
func (r reader) StaffByIdentity(ctx context.Context, issuer, subject string) (*register.Staff, error) {
	var row staffRow
	if err := r.get(ctx, &row, r.db.q.StaffByIdentity, issuer, subject); err != nil {
		return nil, err
	}
	s := row.staff()
	return &s, nil
}

// SessionsOf implements tickets.Reader.
func (r reader) SessionsOf(ctx context.Context, staffID int64) ([]tickets.Session, error) {
	now, err := r.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Ref       string  `db:"ref"`
		StaffID   int64   `db:"staff_id"`
		CreatedAt instant `db:"created_at"`
		LastSeen  instant `db:"last_seen_at"`
		From      string  `db:"from_net"`
		Agent     string  `db:"agent"`
	}
	if err := r.all(ctx, &rows, r.db.q.SessionsOf, staffID, at(now)); err != nil {
		return nil, err
	}
	out := make([]tickets.Session, 0, len(rows))
	for _, x := range rows {
		out = append(out, tickets.Session{Ref: x.Ref, StaffID: x.StaffID, CreatedAt: x.CreatedAt.time(), LastSeen: x.LastSeen.time(), From: x.From, Agent: x.Agent})
	}
	return out, nil
}

func (r reader) idsOf(ctx context.Context, q query, staffID int64) (ids []int64, err error) {
	err = r.all(ctx, &ids, q, staffID)
	return ids, err
}

// LettersWaitingOf implements tickets.Reader.
func (r reader) LettersWaitingOf(ctx context.Context, staffID int64) ([]int64, error) {
	return r.idsOf(ctx, r.db.q.LettersWaitingOf, staffID)
}

// TicketsOwnedBy implements tickets.Reader.
func (r reader) TicketsOwnedBy(ctx context.Context, staffID int64) ([]int64, error) {
	return r.idsOf(ctx, r.db.q.TicketsOwnedBy, staffID)
}

// CasesFallingBackOn implements tickets.Reader.
func (r reader) CasesFallingBackOn(ctx context.Context, staffID int64) ([]int64, error) {
	return r.idsOf(ctx, r.db.q.CasesFallingBackOn, staffID)
}

// TakeStep implements tickets.Tx.
func (t *tx) TakeStep(ctx context.Context, staffID, step int64) (bool, error) {
	n, err := t.exec(ctx, t.db.q.StepTake, step, staffID, step)
	return n > 0, err
}

// SetRecoveryCodes implements tickets.Tx.
func (t *tx) SetRecoveryCodes(ctx context.Context, staffID int64, hashes []string) error {
	if _, err := t.exec(ctx, t.db.q.CodesClear, staffID); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := t.exec(ctx, t.db.q.CodeAdd, staffID, h); err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode implements tickets.Tx.
func (t *tx) TakeRecoveryCode(ctx context.Context, staffID int64, hash string, now time.Time) (bool, error) {
	n, err := t.exec(ctx, t.db.q.CodeTake, at(now), staffID, hash)
	return n > 0, err
}

// EndSessions implements tickets.Tx.
func (t *tx) EndSessions(ctx context.Context, staffID int64, keep string) (int, error) {
	if keep == "" {
		n, err := t.exec(ctx, t.db.q.SessionsEnd, staffID)
		return int(n), err
	}
	n, err := t.exec(ctx, t.db.q.SessionsEndOthers, staffID, keep)
	return int(n), err
}

// EndSession implements tickets.Tx.
func (t *tx) EndSession(ctx context.Context, staffID int64, ref string) (bool, error) {
	n, err := t.exec(ctx, t.db.q.SessionEnd, staffID, ref)
	return n > 0, err
}

// EndTokens implements tickets.Tx.
func (t *tx) EndTokens(ctx context.Context, staffID int64) (int, error) {
	n, err := t.exec(ctx, t.db.q.TokensEnd, staffID)
	return int(n), err
}
