package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// TemplateAccess tells a team lead that somebody broke the glass. It names no case:
// whoever reads the lead's mail learns nothing of a family.
const TemplateAccess = "notice_access"

// grantToSettle is a grant that somebody decides on: who decides may let people in,
// can open the case, and is neither who asked nor who would be let in.
func (w *work) grantToSettle(ctx context.Context, id int64) (*Grant, error) {
	if err := allowed(w.actor, access.GrantAccess); err != nil {
		return nil, err
	}
	g, err := w.grantSeen(ctx, id)
	if err != nil {
		return nil, err
	}
	if !w.actor.IsPerson() || w.actor.StaffID == g.AskedBy || w.actor.StaffID == g.StaffID {
		return nil, fault.New(fault.Denied, "A second person has to decide this: neither who asked nor who would be let in")
	}
	return g, nil
}

// grantSeen is a grant of a case that the actor may open.
func (w *work) grantSeen(ctx context.Context, id int64) (*Grant, error) {
	g, err := w.tx.GrantByID(ctx, id)
	if err != nil {
		return nil, err
	}
	door, err := w.tx.Door(ctx, w.actor, DoorQuery{CaseRef: g.CaseRef})
	if err != nil {
		return nil, err
	}
	if !door.Sees {
		return nil, fault.New(fault.NotFound, "This does not exist")
	}
	return g, nil
}

// ApproveGrant lets somebody in, as the second person.
func (d *Desk) ApproveGrant(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		g, err := w.grantToSettle(ctx, id)
		if err != nil {
			return err
		}
		at, err := w.tx.DatabaseNow(ctx)
		if err != nil {
			return err
		}
		if !g.Waits() || !at.Before(g.Until) {
			return fault.New(fault.Conflict, "This was settled already, or its time is over")
		}
		g.ApprovedBy, g.ApprovedAt = a.StaffID, &at
		if err := w.tx.UpdateGrant(ctx, g); err != nil {
			return err
		}
		return w.grantAudit(ctx, audit.GrantGiven, g, nil)
	})
}

// RefuseGrant says no. The case stays as it was for who asked.
func (d *Desk) RefuseGrant(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		g, err := w.grantToSettle(ctx, id)
		if err != nil {
			return err
		}
		if !g.Waits() {
			return fault.New(fault.Conflict, "This was settled already")
		}
		g.Refused = true
		if err := w.tx.UpdateGrant(ctx, g); err != nil {
			return err
		}
		return w.grantAudit(ctx, audit.GrantRefused, g, nil)
	})
}

// EndGrant shuts the door again before its time: who was let in may, who asked may,
// and whoever may let people into the case. Closing a door needs no second person.
func (d *Desk) EndGrant(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		g, err := w.tx.GrantByID(ctx, id)
		if err != nil {
			return err
		}
		if !a.IsPerson() || a.StaffID != g.StaffID && a.StaffID != g.AskedBy {
			if !a.May(access.GrantAccess) { // whose it is not learns nothing of it
				return fault.New(fault.NotFound, "This does not exist")
			}
			if g, err = w.grantSeen(ctx, id); err != nil {
				return err
			}
		}
		if g.Refused || g.EndedAt != nil {
			return fault.New(fault.Conflict, "This has ended already")
		}
		at, err := w.tx.DatabaseNow(ctx)
		if err != nil {
			return err
		}
		g.EndedAt = &at
		if err := w.tx.UpdateGrant(ctx, g); err != nil {
			return err
		}
		return w.grantAudit(ctx, audit.GrantEnded, g, nil)
	})
}

// Grants lists who was let into which case, who asks to be, and what became of it,
// within the actor's scope.
func (d *Desk) Grants(ctx context.Context, a access.Actor) ([]Grant, error) {
	if !a.May(access.AskAccess) && !a.May(access.GrantAccess) {
		return nil, allowed(a, access.GrantAccess)
	}
	return d.store.Grants(ctx, a)
}

// tellOfGlass tells the lead of the case's team, or where there is none everybody
// who may let people in, that somebody went in unasked.
func (w *work) tellOfGlass(ctx context.Context, door *Door) error {
	people, err := w.guardians(ctx, door.TeamID)
	if err != nil {
		return err
	}
	box, err := w.mailboxOfTeam(ctx, door.TeamID)
	if err != nil || box == 0 {
		return err // without a mailbox nothing can leave; the page lists it all the same
	}
	for _, s := range people {
		o := &Outgoing{
			MailboxID: box, Purpose: PurposeNotice, Template: TemplateAccess, Subject: "A restricted case was opened in an emergency",
			Fields: map[string]string{FieldCouncil: w.d.s.CouncilName, FieldLink: strings.TrimSuffix(w.d.s.BaseURL, "/") + "/access"},
		}
		w.automatic(o)
		if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) guardians(ctx context.Context, teamID int64) ([]register.Staff, error) {
	if teamID != 0 {
		team, err := w.tx.TeamByID(ctx, teamID)
		if err != nil {
			return nil, err
		}
		if team.LeadID != 0 && team.LeadID != w.actor.StaffID {
			s, err := w.tx.StaffByID(ctx, team.LeadID)
			if err != nil {
				return nil, err
			}
			if s.Active {
				return []register.Staff{*s}, nil
			}
		}
	}
	all, err := w.tx.Staff(ctx, access.System("access"))
	if err != nil {
		return nil, err
	}
	var out []register.Staff
	for _, s := range all {
		role := access.Role(s.Role)
		if s.Active && s.ID != w.actor.StaffID && (role == access.RoleHead || role == access.RoleSafeguarding) {
			out = append(out, s)
		}
	}
	return out, nil
}

func (w *work) mailboxOfTeam(ctx context.Context, teamID int64) (int64, error) {
	boxes, err := w.tx.Mailboxes(ctx)
	if err != nil || len(boxes) == 0 {
		return 0, err
	}
	for _, b := range boxes {
		if b.TeamID == teamID {
			return b.ID, nil
		}
	}
	return boxes[0].ID, nil
}
