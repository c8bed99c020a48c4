package store

import (
	"context"
	"slices"

	"hearback/tickets"
	"hearback/tickets/access"
)

// viewRow is a ticket with what its row shows.
type viewRow struct {
	ticketRow
	CaseRef     string `db:"case_ref"`
	ChildName   string `db:"child_name"`
	DOB         string `db:"dob"`
	Stage       string `db:"stage"`
	School      string `db:"school"`
	Restricted  bool   `db:"restricted"`
	OwnerName   string `db:"owner_name"`
	DeputyName  string `db:"deputy_name"`
	Requester   string `db:"requester"`
	Relation    string `db:"relation"`
	MailboxName string `db:"mailbox_name"`
	LastText    string `db:"last_text"`
	ClockID     rowID  `db:"clock_id"`
}

// ticketViews are the views of tickets that the caller has found visible, in
// the order of ids.
func (r reader) ticketViews(ctx context.Context, a access.Actor, ids []int64) ([]tickets.TicketView, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []viewRow
	if err := r.allIn(ctx, &rows, r.db.q.TicketViews, ids); err != nil {
		return nil, err
	}
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(rows, func(x, y viewRow) int { return place[x.ID] - place[y.ID] })
	clocks, err := r.clocksByID(ctx, nonZero(rows, func(x viewRow) int64 { return int64(x.ClockID) }))
	if err != nil {
		return nil, err
	}
	suggested, err := r.visibleRefs(ctx, a, nonZero(rows, func(x viewRow) int64 { return int64(x.SuggestedID) }))
	if err != nil {
		return nil, err
	}
	out := make([]tickets.TicketView, len(rows))
	for i, row := range rows {
		out[i] = row.view()
		out[i].SuggestedRef = suggested[int64(row.SuggestedID)]
		if c, ok := clocks[int64(row.ClockID)]; ok {
			out[i].Clock = &c
		}
	}
	return out, nil
}

func (r viewRow) view() tickets.TicketView {
	v := tickets.TicketView{
		Ticket: r.ticket(), CaseRef: r.CaseRef, ChildName: r.ChildName, DOB: r.DOB, Stage: r.Stage, School: r.School,
		OwnerName: r.OwnerName, DeputyName: r.DeputyName, Requester: r.Requester, Relation: r.Relation,
		MailboxName: r.MailboxName, LastText: firstWords(r.LastText), Restricted: r.Restricted,
	}
	if r.ChildName != "" {
		v.Initials = initials(r.ChildName)
	}
	return v
}

func (r reader) clocksByID(ctx context.Context, ids []int64) (map[int64]tickets.TicketClock, error) {
	out := make(map[int64]tickets.TicketClock, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []clockRow
	if err := r.allIn(ctx, &rows, r.db.q.ClocksByID, ids); err != nil {
		return nil, err
	}
	for _, row := range rows {
		c, err := row.clock()
		if err != nil {
			return nil, err
		}
		out[row.ID] = c
	}
	return out, nil
}

// visibleRefs are the references of those among ids that the actor may see: a
// stranger's mail may cite a ticket of a restricted case.
func (r reader) visibleRefs(ctx context.Context, a access.Actor, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	q := r.db.q
	var rows []struct {
		ID  int64  `db:"id"`
		Ref string `db:"ref"`
	}
	err := newList("references", q.SelectTicketRefs).and(q.TicketIDIn, ids).andCond(q.seesTicket(a)).rows(ctx, r.session, &rows)
	for _, row := range rows {
		out[row.ID] = row.Ref
	}
	return out, err
}
