package tickets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Teams are the teams with what belongs to each, by name.
func (d *Desk) Teams(ctx context.Context, a access.Actor) ([]TeamView, error) {
	if !a.May(access.ManageTeams) && !a.May(access.ReadSystem) {
		return nil, fault.New(fault.Denied, "You cannot do this. A system administrator can")
	}
	return d.store.Teams(ctx)
}

// TeamRequest is a team as it is to be.
type TeamRequest struct {
	ID     int64 // 0 for a new one
	Name   string
	LeadID int64 // 0 for none: nobody is told when an enquiry runs late, which the page calls an alarm
}

// AddTeam makes a team; one of the name that was removed comes back.
func (d *Desk) AddTeam(ctx context.Context, a access.Actor, r TeamRequest, now time.Time) (*register.Team, error) {
	if err := sets(a, access.ManageTeams); err != nil {
		return nil, err
	}
	var out *register.Team
	err := d.write(ctx, a, now, func(w *work) error {
		if err := w.checkTeam(ctx, &r); err != nil {
			return err
		}
		if err := w.sameName(ctx, r); err != nil {
			return err
		}
		old, err := w.tx.TeamByName(ctx, r.Name)
		switch {
		case notFound(err):
			out = &register.Team{Name: r.Name, LeadID: r.LeadID}
			if err := w.tx.InsertTeam(ctx, out); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if err := w.tx.RestoreTeam(ctx, old.ID); err != nil {
				return err
			}
			old.LeadID = r.LeadID
			if err := w.tx.UpdateTeam(ctx, old); err != nil {
				return err
			}
			out = old
		}
		return w.audit(ctx, audit.TeamChanged, objectOf("team", out.ID), 0, map[string]string{"what": "added", "lead": staffObject(out.LeadID)})
	})
	return out, err
}

// sameName refuses a name that another team has, in whatever case: people could
// not tell the two apart.
func (w *work) sameName(ctx context.Context, r TeamRequest) error {
	list, err := w.tx.Teams(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.ID != r.ID && strings.EqualFold(t.Name, r.Name) {
			return fault.New(fault.Conflict, "There is a team of this name already")
		}
	}
	return nil
}

// ChangeTeam renames a team and says who leads it.
func (d *Desk) ChangeTeam(ctx context.Context, a access.Actor, r TeamRequest, now time.Time) error {
	if err := sets(a, access.ManageTeams); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.team(ctx, r.ID)
		if err != nil {
			return err
		}
		if err := w.checkTeam(ctx, &r); err != nil {
			return err
		}
		if err := w.sameName(ctx, r); err != nil {
			return err
		}
		if t.Name == r.Name && t.LeadID == r.LeadID {
			return nil
		}
		detail := map[string]string{"what": "changed", "renamed": yesNo(t.Name != r.Name)}
		if t.LeadID != r.LeadID {
			detail["lead_before"], detail["lead"] = staffObject(t.LeadID), staffObject(r.LeadID)
		}
		t.Name, t.LeadID = r.Name, r.LeadID
		if err := w.tx.UpdateTeam(ctx, t); err != nil {
			return err
		}
		return w.audit(ctx, audit.TeamChanged, objectOf("team", t.ID), 0, detail)
	})
}

// RemoveTeam takes a team away to which nothing belongs any more. It stays in the
// records of what it did. fault.Refused says what has to move first.
func (d *Desk) RemoveTeam(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	if err := sets(a, access.ManageTeams); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		if err := w.tx.LockRegister(ctx); err != nil { // nobody puts a case there at this moment
			return err
		}
		list, err := w.tx.Teams(ctx)
		if err != nil {
			return err
		}
		for _, t := range list {
			if t.ID != id {
				continue
			}
			if why := t.Keeps(); why != "" {
				return fault.New(fault.Refused, "This team cannot be removed: it still has "+why+". Move them first")
			}
			if len(list) == 1 {
				return fault.New(fault.Refused, "This is the only team. Add another first")
			}
			if err := w.tx.RemoveTeam(ctx, id, w.now); err != nil {
				return err
			}
			return w.audit(ctx, audit.TeamChanged, objectOf("team", id), 0, map[string]string{"what": "removed"})
		}
		return fault.New(fault.NotFound, "There is no such team")
	})
}

// Keeps says what belongs to a team, in words; "" when nothing does.
func (t TeamView) Keeps() string {
	var parts []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{t.Cases, "open case", "open cases"},
		{t.Open, "open enquiry", "open enquiries"},
		{t.People, "person", "people"},
		{t.Mailboxes, "mailbox", "mailboxes"},
	} {
		switch {
		case x.n == 1:
			parts = append(parts, "1 "+x.one)
		case x.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.many))
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// team is a team that was not removed.
func (w *work) team(ctx context.Context, id int64) (*register.Team, error) {
	t, err := w.tx.TeamByID(ctx, id)
	if err != nil {
		return nil, err
	}
	gone, err := w.tx.TeamRemoved(ctx, id)
	if err == nil && gone {
		err = fault.New(fault.NotFound, "There is no such team")
	}
	return t, err
}

func (w *work) checkTeam(ctx context.Context, r *TeamRequest) error {
	r.Name = plainName(r.Name)
	if n := len([]rune(r.Name)); n == 0 || n > 80 {
		return fault.New(fault.Invalid, "Give the team a name of at most 80 letters")
	}
	if r.LeadID == 0 {
		return nil
	}
	s, err := w.tx.StaffByID(ctx, r.LeadID)
	if notFound(err) || err == nil && !s.Active {
		return fault.New(fault.Invalid, "Choose a lead who has an open account")
	}
	if err != nil {
		return err
	}
	switch access.Role(s.Role) {
	case access.RoleLead, access.RoleHead, access.RoleSafeguarding:
		return nil
	}
	return fault.New(fault.Invalid, "Only somebody with the role of team lead, safeguarding lead or head of service can lead a team: others do not see its escalations")
}
