package tickets

import (
	"context"
	"errors"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

func localDate(t time.Time) string { return sla.DateOf(t).String() }

// here reports whether a colleague works now: an account that opens, not away.
func (w *work) here(s *register.Staff) bool {
	return s != nil && w.opens(s) && (s.AwayUntil == "" || s.AwayUntil < localDate(w.now))
}

// opens reports whether somebody can sign in: the account is not closed and its
// time is not over.
func (w *work) opens(s *register.Staff) bool {
	return s.Active && (s.AccessEndsAt == nil || w.now.Before(*s.AccessEndsAt))
}

// staff is a colleague by id; errNoStaff when there is none with an active account.
func (w *work) staff(ctx context.Context, id int64) (*register.Staff, error) {
	if id == 0 {
		return nil, errNoStaff
	}
	s, err := w.tx.StaffByID(ctx, id)
	if err != nil {
		if notFound(err) {
			return nil, errNoStaff
		}
		return nil, err
	}
	if !w.opens(s) {
		return nil, errNoStaff
	}
	return s, nil
}

// errNoStaff: the id belongs to nobody who can sign in.
var errNoStaff = errors.New("no active account")

// answering is who has to answer the ticket now: its owner, or the case's
// officer, or the fall-back owner; the deputy of whoever is away. Nobody at all
// is an alarm state, and the list is empty.
func (w *work) answering(ctx context.Context, t *Ticket) ([]register.Staff, error) {
	ids := []int64{t.OwnerID}
	if t.CaseID != 0 {
		c, err := w.tx.CaseByID(ctx, t.CaseID)
		if err != nil {
			return nil, err
		}
		ids = append(ids, c.OfficerID, c.FallbackID)
	}
	for _, id := range ids {
		s, err := w.staff(ctx, id)
		if errors.Is(err, errNoStaff) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if w.here(s) {
			return []register.Staff{*s}, nil
		}
		deputy, err := w.staff(ctx, s.DeputyID)
		if err == nil && w.here(deputy) {
			return []register.Staff{*deputy}, nil
		}
		if err != nil && !errors.Is(err, errNoStaff) {
			return nil, err
		}
	}
	return nil, nil
}

// lead is the team lead of the ticket's team, or the lead's deputy. A team whose
// lead is missing or cannot sign in is led by whom standIns gives.
func (w *work) lead(ctx context.Context, t *Ticket) ([]register.Staff, error) {
	teamID := t.TeamID
	if teamID == 0 {
		m, err := w.tx.MailboxByID(ctx, t.MailboxID)
		if err != nil {
			return nil, err
		}
		teamID = m.TeamID
	}
	team, err := w.tx.TeamByID(ctx, teamID)
	if notFound(err) {
		return w.standIns(ctx, teamID)
	}
	if err != nil {
		return nil, err
	}
	s, err := w.staff(ctx, team.LeadID)
	if errors.Is(err, errNoStaff) {
		return w.standIns(ctx, teamID)
	}
	if err != nil {
		return nil, err
	}
	if !w.here(s) {
		if d, err := w.staff(ctx, s.DeputyID); err == nil && w.here(d) {
			return []register.Staff{*d}, nil
		} else if err != nil && !errors.Is(err, errNoStaff) {
			return nil, err
		}
	}
	return []register.Staff{*s}, nil
}

// duty is who sorts mail for the ticket's team: its business support that is
// here, or the team lead.
func (w *work) duty(ctx context.Context, t *Ticket) ([]register.Staff, error) {
	all, err := w.tx.Staff(ctx, access.System("sweep"))
	if err != nil {
		return nil, err
	}
	var list []register.Staff
	for i := range all {
		if all[i].Role == string(access.RoleBusinessSupport) && all[i].TeamID == t.TeamID && w.here(&all[i]) {
			list = append(list, all[i])
		}
	}
	if len(list) == 0 {
		return w.lead(ctx, t)
	}
	return list, nil
}

// merge puts lists of colleagues together, each person once.
func merge(lists ...[]register.Staff) []register.Staff {
	var out []register.Staff
	seen := map[int64]bool{}
	for _, l := range lists {
		for _, s := range l {
			if !seen[s.ID] {
				seen[s.ID] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// answerer is how a letter to the family names who will answer: a person who is
// here, or the team.
func (w *work) answerer(ctx context.Context, t *Ticket) (string, error) {
	list, err := w.answering(ctx, t)
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		return list[0].Name, nil
	}
	if t.TeamID != 0 {
		team, err := w.tx.TeamByID(ctx, t.TeamID)
		if err == nil {
			return "The " + team.Name, nil
		}
		if !notFound(err) {
			return "", err
		}
	}
	return "The SEN team", nil
}

// staffActor is how a colleague would come to the desk; for checking whether
// somebody may see what is to be handed over.
func staffActor(s *register.Staff) access.Actor {
	return access.Actor{StaffID: s.ID, Name: s.Name, Role: access.Role(s.Role), TeamIDs: []int64{s.TeamID}}
}
