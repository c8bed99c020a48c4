package tickets

import (
	"context"
	"time"

	"hearback/tickets/register"
)

// Account is how a member of staff signs in; what colleagues see of somebody is
// register.Staff. All instants are UTC.
type Account struct {
	StaffID int64
	// Issuer and Subject are who somebody is at the council's identity provider
	// (OpenID Connect Core 1.0 section 5.7); both empty until the first sign-in there.
	Issuer, Subject string
	// TOTP is the secret of the authenticator app, encrypted; "" when there is none.
	TOTP     string
	TOTPStep int64 // RFC 6238: of the last code that counted
	// InviteHash is of the code with which a password is set (HashCode); "" when no
	// invitation is open. InviteEndsAt is when the invitation is over, of a code as
	// of the first sign-in at the identity provider.
	InviteHash        string
	InviteEndsAt      *time.Time
	DisabledAt        *time.Time
	LastSignInAt      *time.Time
	PasswordChangedAt *time.Time
	CodesLeft         int // recovery codes that were not used; only read
}

// Session is one browser in which somebody is signed in.
type Session struct {
	Ref                 string // names it to its owner and to administrators; signs nobody in
	StaffID             int64
	CreatedAt, LastSeen time.Time // UTC
	From                string    // network, as in the audit
	Agent               string    // "Firefox on Windows"
}

// SessionFacts goes with a request: what storage has to know of its session. A
// handler sets StaffID when somebody has signed in; storage sets Ref.
type SessionFacts struct {
	StaffID     int64
	From, Agent string
	Ref         string // of the session that was found, or made; "" without one
}

type sessionKey struct{}

// WithSession puts the facts into a request's context.
func WithSession(ctx context.Context, f *SessionFacts) context.Context {
	return context.WithValue(ctx, sessionKey{}, f)
}

// SessionOf gives the facts of the request; false outside of one.
func SessionOf(ctx context.Context) (*SessionFacts, bool) {
	f, ok := ctx.Value(sessionKey{}).(*SessionFacts)
	return f, ok
}

// AccountReader is what is asked about accounts. None of it is within an actor's
// scope: the verbs check who asks.
type AccountReader interface {
	Account(ctx context.Context, staffID int64) (*Account, error) // fault.NotFound
	// StaffByIdentity finds who an identity provider's subject is; fault.NotFound.
	StaffByIdentity(ctx context.Context, issuer, subject string) (*register.Staff, error)
	// SessionsOf lists where somebody is signed in, the last seen first.
	SessionsOf(ctx context.Context, staffID int64) ([]Session, error)
	// LettersWaitingOf, TicketsOwnedBy and CasesFallingBackOn are what somebody who
	// leaves would leave behind: letters that have not left, enquiries that are not
	// finished, open cases for which nobody else answers.
	LettersWaitingOf(ctx context.Context, staffID int64) ([]int64, error)
	TicketsOwnedBy(ctx context.Context, staffID int64) ([]int64, error)
	CasesFallingBackOn(ctx context.Context, staffID int64) ([]int64, error)
}

// AccountTx changes accounts.
type AccountTx interface {
	PutAccount(ctx context.Context, a *Account) error // all but CodesLeft; fault.Conflict when somebody else has the identity
	// TakeStep counts a code of an authenticator app; false when the same or a later
	// one has counted.
	TakeStep(ctx context.Context, staffID, step int64) (bool, error)
	SetRecoveryCodes(ctx context.Context, staffID int64, hashes []string) error // instead of all others
	TakeRecoveryCode(ctx context.Context, staffID int64, hash string, now time.Time) (bool, error)
	// EndSessions ends the sessions of somebody, but for the one with Ref keep; it
	// counts them.
	EndSessions(ctx context.Context, staffID int64, keep string) (int, error)
	EndSession(ctx context.Context, staffID int64, ref string) (bool, error)
	EndTokens(ctx context.Context, staffID int64) (int, error) // of the API
}
