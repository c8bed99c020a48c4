package tickets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// inviteLasts is how long an invitation holds, and maxAccess how long a
// time-boxed account may last.
const (
	inviteLasts = 14 * 24 * time.Hour
	maxAccess   = 366 * 24 * time.Hour
)

// Console is the actor of the command line on the machine itself: whoever may run
// it can read the database anyway. The audit names it.
func Console() access.Actor { return access.System("console") }

// manages refuses whoever may not manage accounts.
func manages(a access.Actor) error {
	if a.System == "console" && a.Role == access.RoleSystem || a.May(access.ManageUsers) {
		return nil
	}
	return fault.New(fault.Denied, "You cannot do this. A system administrator can")
}

// HashCode is what the database knows of a code that is handed out once and has
// 80 random bits or more: a plain hash of it cannot be turned round. Case, spaces
// and hyphens do not count.
func HashCode(code string) string {
	folded := strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(strings.ToLower(code))
	sum := sha256.Sum256([]byte("hearback code " + folded))
	return hex.EncodeToString(sum[:])
}

// InviteRequest is a new account.
type InviteRequest struct {
	Email, Name string
	Role        access.Role
	TeamID      int64 // 0 for none
	// AccessEndsAt is when an auditor's time is over; needed for auditors, allowed for all.
	AccessEndsAt *time.Time
}

// Invitation is what an administrator hands to a colleague. Code is shown once.
type Invitation struct {
	Staff  register.Staff
	Code   string
	EndsAt time.Time // UTC
}

// InviteStaff makes an account that nobody has signed in to. Within 14 days the
// code sets its password, or the first sign-in at the council's identity provider
// binds it to who signed in there.
func (d *Desk) InviteStaff(ctx context.Context, a access.Actor, r InviteRequest, now time.Time) (*Invitation, error) {
	if err := manages(a); err != nil {
		return nil, err
	}
	var out *Invitation
	err := d.write(ctx, a, now, func(w *work) error {
		s := register.Staff{
			Email: strings.TrimSpace(r.Email), Name: strings.TrimSpace(r.Name), Role: string(r.Role), TeamID: r.TeamID,
			AccessEndsAt: r.AccessEndsAt, Active: true, CreatedAt: w.now,
		}
		s.Mailbox = register.FoldMailbox(s.Email)
		if err := w.checkStaff(ctx, &s); err != nil {
			return err
		}
		if _, err := w.tx.StaffByMailbox(ctx, s.Mailbox); err == nil {
			return fault.New(fault.Conflict, "There is an account for this address already")
		} else if !notFound(err) {
			return err
		}
		if err := w.tx.InsertStaff(ctx, &s); err != nil {
			return err
		}
		var err error
		if out, err = w.invite(ctx, s); err != nil {
			return err
		}
		return w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, map[string]string{"change": "invited", "role": s.Role})
	})
	return out, err
}

// InviteAgain gives a colleague a new code: the first ran out, or the password is
// lost. The password that there was signs nobody in any more.
func (d *Desk) InviteAgain(ctx context.Context, a access.Actor, staffID int64, now time.Time) (*Invitation, error) {
	if err := manages(a); err != nil {
		return nil, err
	}
	if a.StaffID == staffID {
		return nil, fault.New(fault.Denied, "Change your own password on the page about you")
	}
	var out *Invitation
	err := d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, staffID)
		if err != nil {
			return err
		}
		if !s.Active {
			return fault.New(fault.Conflict, "This account is closed. Open it first")
		}
		s.PasswordHash = ""
		if err := w.tx.UpdateStaff(ctx, s); err != nil {
			return err
		}
		if out, err = w.invite(ctx, *s); err != nil {
			return err
		}
		if _, err := w.tx.EndSessions(ctx, s.ID, ""); err != nil {
			return err
		}
		return w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, map[string]string{"change": "invited_again"})
	})
	return out, err
}

func (w *work) invite(ctx context.Context, s register.Staff) (*Invitation, error) {
	code, err := w.d.token()
	if err != nil {
		return nil, err
	}
	acc, err := w.tx.Account(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	ends := w.now.Add(inviteLasts)
	acc.InviteHash, acc.InviteEndsAt = HashCode(code), &ends
	return &Invitation{Staff: s, Code: code, EndsAt: ends}, w.tx.PutAccount(ctx, acc)
}

// checkStaff looks at the fields that people fill in.
func (w *work) checkStaff(ctx context.Context, s *register.Staff) error {
	switch {
	case !signInAddress(s.Email):
		return fault.New(fault.Invalid, "Enter an e-mail address, like name@council.gov.uk")
	case s.Name == "" || len(s.Name) > 200 || strings.ContainsAny(s.Name, "\r\n\x00"):
		return fault.New(fault.Invalid, "Enter the name that colleagues see")
	case !slices.Contains(access.Roles(), access.Role(s.Role)):
		return fault.New(fault.Invalid, "Choose a role")
	case s.Role == string(access.RoleAuditor) && s.AccessEndsAt == nil:
		return fault.New(fault.Invalid, "Say until when the auditor may look")
	case s.AccessEndsAt != nil && (!s.AccessEndsAt.After(w.now) || s.AccessEndsAt.After(w.now.Add(maxAccess))):
		return fault.New(fault.Invalid, "Access has to end on a day within the next 12 months")
	}
	if s.TeamID == 0 {
		return nil
	}
	if _, err := w.tx.TeamByID(ctx, s.TeamID); notFound(err) {
		return fault.New(fault.Invalid, "Choose a team")
	} else if err != nil {
		return err
	}
	return nil
}

// signInAddress reports whether s looks like name@domain and nothing else. Whether
// mail arrives there is not the question here.
func signInAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(strings.Trim(domain, "."), ".") && len(s) <= 254 && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("<>()[],;:\\\"", r)
	}) < 0 && !strings.Contains(domain, "@")
}

// staffObject names an account in the audit.
func staffObject(id int64) string { return fmt.Sprintf("staff:%d", id) }
