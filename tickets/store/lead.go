package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// Staff implements tickets.Reader: every account, by name, without what signs
// it in. Who has a role may know the colleagues.
func (r reader) Staff(ctx context.Context, a access.Actor) ([]register.Staff, error) {
	if !a.SeesCases() && !a.May(access.ManageSystem) {
		return nil, nil
	}
	var rows []staffRow
	if err := r.all(ctx, &rows, r.db.q.StaffAll); err != nil {
		return nil, err
	}
	list := plain(rows, staffRow.staff)
	for i := range list {
		list[i].PasswordHash = ""
	}
	return list, nil
}

// Escalations implements tickets.Reader, latest first.
func (r reader) Escalations(ctx context.Context, a access.Actor, since time.Time, limit int) ([]tickets.Escalation, error) {
	q := r.db.q
	var rows []struct {
		stepRow
		TicketID int64 `db:"ticket_id"`
	}
	err := newList("escalations", q.SelectSteps).and(q.StepsSince, at(since)).andCond(q.seesTicket(a)).
		tail(q.OrderSteps, limitOf(limit)).rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(rows))
	for _, row := range rows {
		if !slices.Contains(ids, row.TicketID) {
			ids = append(ids, row.TicketID)
		}
	}
	views, err := r.ticketViews(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	out := make([]tickets.Escalation, len(rows))
	for i, row := range rows {
		out[i].Step = row.step()
		for _, v := range views {
			if v.ID == row.TicketID {
				out[i].Ticket = v
			}
		}
	}
	return out, nil
}

// LeadFigures implements tickets.Reader. "Today" ends at midnight in London.
func (r reader) LeadFigures(ctx context.Context, a access.Actor, now time.Time) (tickets.LeadFigures, error) {
	var f tickets.LeadFigures
	if !a.May(access.ReadLead) {
		return f, notYours()
	}
	q := r.db.q
	sees := q.seesTicket(a)
	midnight := sla.DateOf(now).AddDays(1).Midnight()
	for _, x := range []struct {
		l    *list
		into *int
	}{
		{newList("late", q.CountTickets).andCond(sees).and(q.ViewLate, at(now)), &f.LateNow},
		{newList("due today", q.CountTickets).andCond(sees).and(q.ViewOpen).and(q.DueFrom, at(now)).and(q.HasDue, at(midnight)), &f.DueToday},
		{newList("no officer", q.CountCases).andCond(q.seesCase(a)).and(q.CaseIsOpen).and(q.CaseNoOfficer), &f.NoOfficer},
		{newList("chased twice", q.CountTickets).andCond(sees).and(q.ChasedTwice), &f.ChasedTwice},
	} {
		if err := x.l.row(ctx, r.session, x.into); err != nil {
			return f, err
		}
	}
	var share struct {
		Closed int `db:"closed"`
		OnTime int `db:"on_time"`
	}
	err := newList("on time", q.SelectOnTime).and(q.ClockDueWithin, at(now.AddDate(0, 0, -30)), at(now)).andCond(sees).
		row(ctx, r.session, &share)
	if err != nil {
		return f, err
	}
	f.Closed30, f.OnTime30 = share.Closed, share.OnTime
	if f.Load, err = r.load(ctx, a, now); err != nil {
		return f, err
	}
	var upcoming []ticketKeyRow
	err = newList("upcoming", q.SelectTicketKeys).andCond(sees).and(q.ViewOpen).and(q.HasDue, noDue()).
		tail(q.OrderDue, maxLimit).rows(ctx, r.session, &upcoming)
	if err != nil {
		return f, err
	}
	f.Upcoming, err = r.ticketViews(ctx, a, plain(upcoming, func(k ticketKeyRow) int64 { return k.ID }))
	return f, err
}

// load is what each officer has open, the fullest desk first. Officers of the
// actor's teams are there with nothing as well: that is where work can go.
func (r reader) load(ctx context.Context, a access.Actor, now time.Time) ([]tickets.OfficerLoad, error) {
	q := r.db.q
	var rows []struct {
		Owner int64 `db:"owner_id"`
		N     int   `db:"n"`
		Late  int   `db:"late"`
	}
	err := newList("load", q.SelectLoad, at(now)).andCond(q.seesTicket(a)).and(q.ViewOpen).and(q.GroupLoadOwned).
		tail(q.GroupLoad).rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	staff, err := r.Staff(ctx, a)
	if err != nil {
		return nil, err
	}
	today := sla.DateOf(now).String()
	var out []tickets.OfficerLoad
	for _, s := range staff {
		l := tickets.OfficerLoad{StaffID: s.ID, Name: s.Name, Away: s.AwayUntil >= today}
		for _, row := range rows {
			if row.Owner == s.ID {
				l.Open, l.Late = row.N, row.Late
			}
		}
		works := s.Active && s.Role == string(access.RoleOfficer) && (a.SeesAllTeams() || slices.Contains(a.TeamIDs, s.TeamID))
		if l.Open > 0 || works {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(x, y tickets.OfficerLoad) int {
		if x.Open != y.Open {
			return y.Open - x.Open
		}
		return strings.Compare(x.Name, y.Name)
	})
	return out, nil
}
