package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ChangeStaffRequest is an account as it is to be.
type ChangeStaffRequest struct {
	StaffID      int64
	Name         string
	Role         access.Role
	TeamID       int64
	AccessEndsAt *time.Time
}

// ChangeStaff changes name, role, team and the end of access. A change of role,
// team or end signs the colleague out everywhere and ends the tokens: what was
// opened under the old rights is closed.
func (d *Desk) ChangeStaff(ctx context.Context, a access.Actor, r ChangeStaffRequest, now time.Time) error {
	if err := manages(a); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, r.StaffID)
		if err != nil {
			return err
		}
		old := *s
		s.Name, s.Role, s.TeamID, s.AccessEndsAt = strings.TrimSpace(r.Name), string(r.Role), r.TeamID, r.AccessEndsAt
		if err := w.checkStaff(ctx, s); err != nil {
			return err
		}
		return w.changed(ctx, old, s)
	})
}

// changed writes an account that is different, and ends what the old one opened.
func (w *work) changed(ctx context.Context, old register.Staff, s *register.Staff) error {
	rights := old.Role != s.Role || old.TeamID != s.TeamID || !sameTime(old.AccessEndsAt, s.AccessEndsAt)
	if !rights && old.Name == s.Name {
		return nil
	}
	if rights && w.actor.StaffID == s.ID {
		return fault.New(fault.Denied, "Nobody changes their own role, team or time. Ask another administrator")
	}
	if old.Role == string(access.RoleAdmin) && s.Role != old.Role {
		if err := w.notLastAdmin(ctx, s.ID); err != nil {
			return err
		}
	}
	if err := w.tx.UpdateStaff(ctx, s); err != nil {
		return err
	}
	detail := map[string]string{"change": "name"}
	if rights {
		sessions, tokens, err := w.shutOut(ctx, s.ID)
		if err != nil {
			return err
		}
		detail = map[string]string{
			"change": "rights", "role_before": old.Role, "role": s.Role, "team_before": strconv.FormatInt(old.TeamID, 10),
			"team": strconv.FormatInt(s.TeamID, 10), "sessions": strconv.Itoa(sessions), "tokens": strconv.Itoa(tokens),
		}
	}
	return w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, detail)
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// shutOut ends all sessions and tokens of an account.
func (w *work) shutOut(ctx context.Context, staffID int64) (sessions, tokens int, err error) {
	if sessions, err = w.tx.EndSessions(ctx, staffID, ""); err != nil {
		return 0, 0, err
	}
	tokens, err = w.tx.EndTokens(ctx, staffID)
	return sessions, tokens, err
}

// notLastAdmin refuses what would leave nobody who can manage accounts. It takes
// the lock of the register first, so that two who close each other's account at
// one moment do not both succeed.
func (w *work) notLastAdmin(ctx context.Context, staffID int64) error {
	if err := w.tx.LockRegister(ctx); err != nil {
		return err
	}
	all, err := w.tx.Staff(ctx, access.System("accounts"))
	if err != nil {
		return err
	}
	for _, s := range all {
		over := s.AccessEndsAt != nil && !w.now.Before(*s.AccessEndsAt)
		if s.ID != staffID && s.Active && !over && s.Role == string(access.RoleAdmin) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "This is the last system administrator. Make another one first")
}
