package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// The length of grants: nobody is let in for good.
const (
	grantMost  = 90 * 24 * time.Hour
	glassLasts = 24 * time.Hour
)

// GrantRequest asks that somebody be let into a case.
type GrantRequest struct {
	CaseRef string
	StaffID int64 // 0: the one who asks
	Reason  string
	Days    int // 1 to 90
}

// AskGrant asks a second person to let somebody into a case. The answer is the
// same whether there is such a case or not: who asks learns nothing by it.
func (d *Desk) AskGrant(ctx context.Context, a access.Actor, r GrantRequest, now time.Time) error {
	if err := allowed(a, access.AskAccess); err != nil {
		return err
	}
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can be let into a case")
	}
	reason := strings.TrimSpace(r.Reason)
	length := time.Duration(r.Days) * 24 * time.Hour
	switch {
	case strings.TrimSpace(r.CaseRef) == "":
		return fault.New(fault.Invalid, "Enter the reference of the case")
	case reason == "":
		return fault.New(fault.Invalid, "Say why access is needed")
	case length <= 0 || length > grantMost:
		return fault.New(fault.Invalid, "Choose between 1 and 90 days")
	}
	staff := r.StaffID
	if staff == 0 {
		staff = a.StaffID
	}
	return d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, staff)
		if err != nil {
			return err
		}
		if !s.Active || !(access.Actor{StaffID: s.ID, Role: access.Role(s.Role)}).SeesCases() {
			return fault.New(fault.Denied, "This account never sees cases, so it cannot be let into one")
		}
		caseID, err := w.tx.CaseIDByRef(ctx, strings.TrimSpace(r.CaseRef))
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		at, err := w.tx.DatabaseNow(ctx)
		if err != nil {
			return err
		}
		g := &Grant{CaseID: caseID, StaffID: staff, Reason: NewPrivateText(reason), AskedBy: a.StaffID, AskedAt: at, Until: at.Add(length)}
		if err := w.tx.InsertGrant(ctx, g); err != nil {
			return err
		}
		return w.grantAudit(ctx, audit.GrantAsked, g, map[string]string{"days": strconv.Itoa(r.Days)})
	})
}

// grantAudit records what became of a grant. Reasons stay out of the audit.
func (w *work) grantAudit(ctx context.Context, action audit.Action, g *Grant, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["staff"] = strconv.FormatInt(g.StaffID, 10)
	detail["until"] = g.Until.UTC().Format(time.RFC3339)
	return w.audit(ctx, action, "grant:"+strconv.FormatInt(g.ID, 10), g.CaseID, detail)
}

// BreakGlass lets a person into a restricted case of their own scope at once, for
// a day. The reason is kept, the team lead is told, and everything is recorded.
func (d *Desk) BreakGlass(ctx context.Context, a access.Actor, caseRef, reason string, now time.Time) error {
	// Who only reads, and who works by request, has nothing to do in an emergency.
	if !a.IsPerson() || !a.May(access.AskAccess) || !a.May(access.WriteNotes) {
		return fault.New(fault.Denied, "You cannot do this. "+whoMay(access.GrantAccess)+" can")
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.New(fault.Invalid, "Say why it cannot wait")
	}
	return d.write(ctx, a, now, func(w *work) error {
		door, err := w.tx.Door(ctx, a, DoorQuery{CaseRef: strings.TrimSpace(caseRef)})
		if err != nil {
			return err
		}
		if door.Sees {
			return fault.New(fault.Conflict, "You can open this case already")
		}
		at, err := w.tx.DatabaseNow(ctx)
		if err != nil {
			return err
		}
		g := &Grant{
			CaseID: door.CaseID, StaffID: a.StaffID, Reason: NewPrivateText(reason), AskedBy: a.StaffID, AskedAt: at,
			Until: at.Add(glassLasts), BrokeGlass: true,
		}
		if err := w.tx.InsertGrant(ctx, g); err != nil {
			return err
		}
		if err := w.grantAudit(ctx, audit.BrokeGlass, g, nil); err != nil {
			return err
		}
		return w.tellOfGlass(ctx, door)
	})
}
