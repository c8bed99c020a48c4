package tickets

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// SignedIn records that somebody signed in. method is "password", "totp",
// "recovery_code" or "oidc"; again is true when somebody who is signed in has
// shown once more who they are.
func (d *Desk) SignedIn(ctx context.Context, a access.Actor, method string, again bool, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		acc, err := w.tx.Account(ctx, a.StaffID)
		if err != nil {
			return err
		}
		acc.LastSignInAt = &w.now
		if err := w.tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		return w.audit(ctx, audit.SignedIn, staffObject(a.StaffID), 0, map[string]string{"method": method, "again": strconv.FormatBool(again)})
	})
}

// SignInRefused records a sign-in that failed. staffID is 0 when nobody has the
// name; the same is written then, so that it takes as long.
func (d *Desk) SignInRefused(ctx context.Context, staffID int64, method, from string, now time.Time) error {
	a := access.System("sign-in")
	a.From = from
	return d.write(ctx, a, now, func(w *work) error {
		object := "staff:unknown"
		if staffID != 0 {
			object = staffObject(staffID)
		}
		return w.audit(ctx, audit.SignInFailed, object, 0, map[string]string{"method": method})
	})
}

// SignedOut records that somebody signed out.
func (d *Desk) SignedOut(ctx context.Context, a access.Actor, now time.Time) error {
	return d.Seen(ctx, a, audit.SignedOut, staffObject(a.StaffID), 0, nil, now)
}

// TakeStep counts a code of an authenticator app: true once for each step, and
// never for one before it (RFC 6238 section 5.2).
func (d *Desk) TakeStep(ctx context.Context, staffID, step int64, now time.Time) (ok bool, err error) {
	err = d.write(ctx, access.System("sign-in"), now, func(w *work) error {
		ok, err = w.tx.TakeStep(ctx, staffID, step)
		return err
	})
	return ok, err
}

// TakeRecoveryCode counts a recovery code: true once for each. code is as typed.
func (d *Desk) TakeRecoveryCode(ctx context.Context, staffID int64, code, from string, now time.Time) (ok bool, err error) {
	a := access.System("sign-in")
	a.From = from
	err = d.write(ctx, a, now, func(w *work) error {
		if ok, err = w.tx.TakeRecoveryCode(ctx, staffID, HashCode(code), w.now); err != nil || !ok {
			return err
		}
		return w.audit(ctx, audit.FactorChanged, staffObject(staffID), 0, map[string]string{"factor": "recovery_code_used"})
	})
	return ok, err
}

// EndSessions signs a colleague out everywhere; the colleague may sign in again.
func (d *Desk) EndSessions(ctx context.Context, a access.Actor, staffID int64, now time.Time) (n int, err error) {
	if err := manages(a); err != nil {
		return 0, err
	}
	err = d.write(ctx, a, now, func(w *work) error {
		if n, err = w.tx.EndSessions(ctx, staffID, ""); err != nil {
			return err
		}
		return w.audit(ctx, audit.SessionEnded, staffObject(staffID), 0, map[string]string{"sessions": strconv.Itoa(n)})
	})
	return n, err
}

// EndOwnSessions ends one of the actor's own sessions, or with ref "" all but the
// one named keep.
func (d *Desk) EndOwnSessions(ctx context.Context, a access.Actor, ref, keep string, now time.Time) (n int, err error) {
	if ref == "" && keep == "" {
		return 0, fault.New(fault.Internal, "the session that is to stay is not known")
	}
	err = d.write(ctx, a, now, func(w *work) error {
		if ref != "" {
			ok, err := w.tx.EndSession(ctx, a.StaffID, ref)
			if err != nil {
				return err
			}
			if ok {
				n = 1
			}
		} else if n, err = w.tx.EndSessions(ctx, a.StaffID, keep); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		return w.audit(ctx, audit.SessionEnded, staffObject(a.StaffID), 0, map[string]string{"sessions": strconv.Itoa(n), "own": "true"})
	})
	return n, err
}

// Identity is what the council's identity provider said of somebody, checked.
type Identity struct {
	Issuer, Subject string
	Email           string // "" when it may not be gone by
	// Role and Team are what the provider's groups stand for; Role is "" when the
	// configuration leaves that to the administrators.
	Role access.Role
	Team string
	From string
}

// SignInAs finds the account of somebody whom the identity provider knows. The
// first time an open invitation with the same address is bound to issuer and
// subject; afterwards no address matters. Every way in which there is none is the
// same fault.Denied.
func (d *Desk) SignInAs(ctx context.Context, c Identity, now time.Time) (*register.Staff, error) {
	refused := fault.New(fault.Denied, "There is no account for you here. Ask your administrator to invite you")
	if c.Issuer == "" || c.Subject == "" {
		return nil, fault.New(fault.Internal, "an identity without issuer or subject")
	}
	a := access.System("sign-in")
	a.From = c.From
	var out *register.Staff
	err := d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByIdentity(ctx, c.Issuer, c.Subject)
		if notFound(err) {
			s, err = w.bind(ctx, c)
		}
		if notFound(err) {
			return refused
		}
		if err != nil {
			return err
		}
		if !s.Active {
			return refused
		}
		if c.Role != "" {
			if err := w.asGroups(ctx, s, c); err != nil {
				return err
			}
		}
		out = s
		return nil
	})
	return out, err
}

func (w *work) bind(ctx context.Context, c Identity) (*register.Staff, error) {
	none := fault.New(fault.NotFound, "")
	if c.Email == "" {
		return nil, none
	}
	s, err := w.tx.StaffByMailbox(ctx, register.FoldMailbox(c.Email))
	if err != nil {
		return nil, err
	}
	acc, err := w.tx.Account(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if acc.Issuer != "" || !s.Active || acc.InviteEndsAt == nil || !w.now.Before(*acc.InviteEndsAt) {
		return nil, none
	}
	acc.Issuer, acc.Subject, acc.InviteHash, acc.InviteEndsAt = c.Issuer, c.Subject, "", nil
	if err := w.tx.PutAccount(ctx, acc); err != nil {
		return nil, err
	}
	return s, w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, map[string]string{"change": "identity_bound"})
}

// asGroups gives an account the role and team of the provider's groups.
func (w *work) asGroups(ctx context.Context, s *register.Staff, c Identity) error {
	old := *s
	s.Role = string(c.Role)
	if c.Team != "" {
		team, err := w.tx.TeamByName(ctx, c.Team)
		if notFound(err) {
			return fault.New(fault.Invalid, "Your groups name a team that does not exist here. Ask your administrator")
		}
		if err != nil {
			return err
		}
		s.TeamID = team.ID
	}
	return w.changed(ctx, old, s)
}
