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

// SetTOTP gives the actor's own account an authenticator app, whose first code
// was of step. Codes of an old app count no more, and neither do old recovery
// codes: codes are the hashes (HashCode) of those that take their place.
func (d *Desk) SetTOTP(ctx context.Context, a access.Actor, sealed string, step int64, codes []string, now time.Time) error {
	return d.ownFactor(ctx, a, "totp_set", now, func(w *work, acc *Account) error {
		if sealed == "" {
			return fault.New(fault.Internal, "an authenticator app without a secret")
		}
		acc.TOTP, acc.TOTPStep = sealed, step
		if err := w.tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		return w.tx.SetRecoveryCodes(ctx, a.StaffID, codes)
	})
}

// SetRecoveryCodes gives the actor new recovery codes instead of all old ones.
func (d *Desk) SetRecoveryCodes(ctx context.Context, a access.Actor, codes []string, now time.Time) error {
	return d.ownFactor(ctx, a, "recovery_codes", now, func(w *work, acc *Account) error {
		if acc.TOTP == "" {
			return fault.New(fault.Conflict, "Set up an authenticator app first")
		}
		return w.tx.SetRecoveryCodes(ctx, a.StaffID, codes)
	})
}

// SetPassword changes the actor's own password and ends all sessions but the one
// named keep. hash is argon2id.
func (d *Desk) SetPassword(ctx context.Context, a access.Actor, hash, keep string, now time.Time) error {
	return d.ownFactor(ctx, a, "password", now, func(w *work, acc *Account) error {
		return w.password(ctx, acc, hash, keep)
	})
}

func (w *work) password(ctx context.Context, acc *Account, hash, keep string) error {
	s, err := w.tx.StaffByID(ctx, acc.StaffID)
	if err != nil {
		return err
	}
	if hash == "" {
		return fault.New(fault.Internal, "a password without a hash")
	}
	s.PasswordHash = hash
	if err := w.tx.UpdateStaff(ctx, s); err != nil {
		return err
	}
	acc.PasswordChangedAt, acc.InviteHash, acc.InviteEndsAt = &w.now, "", nil
	if err := w.tx.PutAccount(ctx, acc); err != nil {
		return err
	}
	_, err = w.tx.EndSessions(ctx, s.ID, keep)
	return err
}

// ownFactor changes how the actor signs in.
func (d *Desk) ownFactor(ctx context.Context, a access.Actor, what string, now time.Time, fn func(*work, *Account) error) error {
	if a.StaffID == 0 {
		return fault.New(fault.Denied, "Only a person has a sign-in of their own")
	}
	return d.write(ctx, a, now, func(w *work) error {
		acc, err := w.tx.Account(ctx, a.StaffID)
		if err != nil {
			return err
		}
		if err := fn(w, acc); err != nil {
			return err
		}
		return w.audit(ctx, audit.FactorChanged, staffObject(a.StaffID), 0, map[string]string{"factor": what})
	})
}

// UseInvitation sets the first password of the account that mailbox names, when
// code is that of its open invitation. Every way in which it is not is the same
// fault.Denied. hash is argon2id.
func (d *Desk) UseInvitation(ctx context.Context, mailbox, code, hash, from string, now time.Time) (*register.Staff, error) {
	refused := fault.New(fault.Denied, "Those details did not work, or the invitation has run out. Ask your administrator for a new one")
	var out *register.Staff
	a := access.System("sign-in")
	a.From = from
	err := d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByMailbox(ctx, register.FoldMailbox(mailbox))
		if notFound(err) {
			return refused
		}
		if err != nil {
			return err
		}
		acc, err := w.tx.Account(ctx, s.ID)
		if err != nil {
			return err
		}
		if !s.Active || acc.InviteHash == "" || acc.InviteHash != HashCode(code) || acc.InviteEndsAt == nil || !w.now.Before(*acc.InviteEndsAt) {
			return refused
		}
		if err := w.password(ctx, acc, hash, ""); err != nil {
			return err
		}
		out = s
		return w.audit(ctx, audit.FactorChanged, staffObject(s.ID), 0, map[string]string{"factor": "password", "by": "invitation"})
	})
	return out, err
}

// SetPasswordOf sets somebody's password from the command line of the machine.
func (d *Desk) SetPasswordOf(ctx context.Context, staffID int64, hash string, now time.Time) error {
	return d.write(ctx, Console(), now, func(w *work) error {
		acc, err := w.tx.Account(ctx, staffID)
		if err != nil {
			return err
		}
		if err := w.password(ctx, acc, hash, ""); err != nil {
			return err
		}
		return w.audit(ctx, audit.FactorChanged, staffObject(staffID), 0, map[string]string{"factor": "password", "by": "console"})
	})
}

// ResetTOTP takes the authenticator app and the recovery codes from a colleague
// who lost them, and ends the sessions: the next sign-in sets up a new app.
func (d *Desk) ResetTOTP(ctx context.Context, a access.Actor, staffID int64, now time.Time) error {
	if err := manages(a); err != nil {
		return err
	}
	if a.StaffID == staffID {
		return fault.New(fault.Denied, "Set up a new app on the page about you, or ask another administrator")
	}
	return d.write(ctx, a, now, func(w *work) error {
		acc, err := w.tx.Account(ctx, staffID)
		if err != nil {
			return err
		}
		acc.TOTP = "" // TOTPStep stays: the time of codes that have counted does not come back
		if err := w.tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		if err := w.tx.SetRecoveryCodes(ctx, staffID, nil); err != nil {
			return err
		}
		n, err := w.tx.EndSessions(ctx, staffID, "")
		if err != nil {
			return err
		}
		return w.audit(ctx, audit.FactorChanged, staffObject(staffID), 0, map[string]string{"factor": "totp_reset", "sessions": strconv.Itoa(n)})
	})
}
