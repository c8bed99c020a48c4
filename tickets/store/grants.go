package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// grantRow is a row of case_grants with the names that a page shows.
type grantRow struct {
	ID         int64    `db:"id"`
	CaseID     int64    `db:"case_id"`
	StaffID    int64    `db:"staff_id"`
	Reason     string   `db:"reason"`
	AskedBy    rowID    `db:"asked_by"`
	AskedAt    instant  `db:"asked_at"`
	ApprovedBy rowID    `db:"approved_by"`
	ApprovedAt *instant `db:"approved_at"`
	UntilAt    instant  `db:"until_at"`
	BrokeGlass bool     `db:"broke_glass"`
	Refused    bool     `db:"refused"`
	EndedAt    *instant `db:"ended_at"`
	CaseRef    string   `db:"case_ref"`
	StaffName  string   `db:"staff_name"`
	AskedName  string   `db:"asked_name"`
	ByName     string   `db:"by_name"`
}

func grantToRow(g *tickets.Grant) grantRow {
	return grantRow{
		ID: g.ID, CaseID: g.CaseID, StaffID: g.StaffID, Reason: g.Reason.ForStaff(), AskedBy: rowID(g.AskedBy), AskedAt: at(g.AskedAt),
		ApprovedBy: rowID(g.ApprovedBy), ApprovedAt: atP(g.ApprovedAt), UntilAt: at(g.Until), BrokeGlass: g.BrokeGlass,
		Refused: g.Refused, EndedAt: atP(g.EndedAt),
	}
}

func (r grantRow) grant() tickets.Grant {
	return tickets.Grant{
		ID: r.ID, CaseID: r.CaseID, StaffID: r.StaffID, Reason: tickets.NewPrivateText(r.Reason), AskedBy: int64(r.AskedBy),
		AskedAt: r.AskedAt.time(), ApprovedBy: int64(r.ApprovedBy), ApprovedAt: r.ApprovedAt.timeP(), Until: r.UntilAt.time(),
		BrokeGlass: r.BrokeGlass, Refused: r.Refused, EndedAt: r.EndedAt.timeP(), CaseRef: r.CaseRef, StaffName: r.StaffName,
		AskedName: r.AskedName, ByName: r.ByName,
	}
}

// InsertGrant implements tickets.AccessTx.
func (t *tx) InsertGrant(ctx context.Context, g *tickets.Grant) error {
	return t.add(ctx, t.db.q.GrantInsert, grantToRow(g), &g.ID)
}

// UpdateGrant implements tickets.AccessTx.
func (t *tx) UpdateGrant(ctx context.Context, g *tickets.Grant) error {
	return t.change(ctx, t.db.q.GrantUpdate, grantToRow(g))
}

// DatabaseNow implements tickets.AccessTx.
func (t *tx) DatabaseNow(ctx context.Context) (time.Time, error) {
	now, err := t.db.nowIn(ctx, t.session)
	return now.time(), err
}

// GrantByID implements tickets.AccessReader.
func (r reader) GrantByID(ctx context.Context, id int64) (*tickets.Grant, error) {
	var row grantRow
	if err := r.getLocked(ctx, &row, r.db.q.GrantByID, id); err != nil {
		return nil, err
	}
	g := row.grant()
	return &g, nil
}

// Grants implements tickets.AccessReader.
func (r reader) Grants(ctx context.Context, a access.Actor) ([]tickets.Grant, error) {
	q := r.db.q
	which := is(q.GrantOwn, a.StaffID, a.StaffID)
	if a.May(access.GrantAccess) {
		which = either(which, q.seesCase(a))
	}
	var rows []grantRow
	if err := newList("grants", q.SelectGrants).andCond(which).tail(q.OrderGrants).rows(ctx, r.session, &rows); err != nil {
		return nil, err
	}
	return plain(rows, grantRow.grant), nil
}

// CaseIDByRef implements tickets.AccessReader.
func (r reader) CaseIDByRef(ctx context.Context, ref string) (id int64, err error) {
	err = r.get(ctx, &id, r.db.q.CaseIDByRef, ref)
	return id, err
}

type doorRow struct {
	CaseID     rowID  `db:"case_id"`
	CaseRef    string `db:"case_ref"`
	TeamID     rowID  `db:"team_id"`
	Restricted bool   `db:"restricted"`
	Lead       string `db:"lead"`
}

func (d doorRow) door(sees bool) *tickets.Door {
	return &tickets.Door{CaseID: int64(d.CaseID), CaseRef: d.CaseRef, TeamID: int64(d.TeamID), Restricted: d.Restricted, Lead: d.Lead, Sees: sees}
}

// Door implements tickets.AccessReader. It asks first what may be opened, and only
// of what may not whether it may be known.
func (r reader) Door(ctx context.Context, a access.Actor, dq tickets.DoorQuery) (*tickets.Door, error) {
	q := r.db.q
	if !a.SeesCases() {
		return nil, fault.New(fault.NotFound, "This does not exist")
	}
	var row doorRow
	var open *list
	var which cond
	switch {
	case dq.CaseRef != "":
		which = is(q.CaseRefIs, dq.CaseRef)
		open = newList("door of a case", q.SelectDoor).andCond(which).andCond(q.seesCase(a))
	case dq.TicketRef != "":
		which = is(q.DoorOfTicket, dq.TicketRef)
		open = newList("door of an enquiry", q.SelectTicketDoor).and(q.TicketRefIs, dq.TicketRef).andCond(q.seesTicket(a))
	default:
		which = is(q.DoorOfLetter, dq.OutgoingID)
		open = newList("door of a letter", q.SelectTicketDoor).and(q.TicketOfLetter, dq.OutgoingID).andCond(q.seesTicket(a))
	}
	err := open.row(ctx, r.session, &row)
	if err == nil {
		return row.door(true), nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	// What is not restricted and cannot be opened is another team's.
	own := is(q.CaseOwn, a.StaffID, a.StaffID, a.StaffID, a.StaffID)
	err = newList("shut door", q.SelectDoor).andCond(which).and(q.CaseRestricted).andCond(q.knowsCase(a, own)).row(ctx, r.session, &row)
	if err != nil {
		return nil, err
	}
	return row.door(false), nil
}
