package store

import (
	"context"
	"fmt"

	"hearback/tickets"
	"hearback/tickets/access"
)

// releaseStatements are the statements of query/release.sql; see statements.go for
// the others.
type releaseStatements struct {
	SecondInsert, SecondUpdate, SecondByID, SecondOfLetter, SecondsList, IncidentInsert, IncidentUpdate, IncidentByID, IncidentOfLetter, IncidentsList,
	GuardReportInsert, GuardReportsList, GuardReportByID, GuardReportSettle, GuardChangeInsert, GuardChangeUpdate, GuardChangeByID,
	GuardChangesList, IncidentsOpen, ExportGuardChanges, VerdictsSince, ExportSecondLooks, ExportIncidents, ExportGuardReports query
}

// whole makes the head of a list of a whole statement.
func whole(q query) fragment { return fragment(q.raw) }

// secondRow is a row of second_looks with the names that a page shows.
type secondRow struct {
	ID         int64    `db:"id"`
	TicketID   int64    `db:"ticket_id"`
	CaseID     rowID    `db:"case_id"`
	AuthorID   int64    `db:"author_id"`
	AskedID    int64    `db:"asked_id"`
	Digest     string   `db:"digest"`
	Letter     string   `db:"letter"`
	Findings   string   `db:"findings"`
	Reason     string   `db:"reason"`
	AskedAt    instant  `db:"asked_at"`
	ExpiresAt  instant  `db:"expires_at"`
	State      string   `db:"state"`
	SettledBy  rowID    `db:"settled_by"`
	SettledAt  *instant `db:"settled_at"`
	Basis      string   `db:"basis"`
	Answer     string   `db:"answer"`
	OutgoingID rowID    `db:"outgoing_id"`
	TicketRef  string   `db:"ticket_ref"`
	AuthorName string   `db:"author_name"`
	AskedName  string   `db:"asked_name"`
	ByName     string   `db:"by_name"`
}

func secondToRow(s *tickets.SecondLook) (secondRow, error) {
	letter, err := pack(s.Letter, false)
	if err != nil {
		return secondRow{}, err
	}
	findings, err := pack(s.Findings, false)
	if err != nil {
		return secondRow{}, err
	}
	return secondRow{
		ID: s.ID, TicketID: s.TicketID, CaseID: rowID(s.CaseID), AuthorID: s.AuthorID, AskedID: s.AskedID, Digest: s.Digest,
		Letter: letter, Findings: findings, Reason: s.Reason.ForStaff(), AskedAt: at(s.AskedAt), ExpiresAt: at(s.ExpiresAt),
		State: string(s.State), SettledBy: rowID(s.SettledBy), SettledAt: atP(s.SettledAt), Basis: s.Basis,
		Answer: s.Answer.ForStaff(), OutgoingID: rowID(s.OutgoingID),
	}, nil
}

func (r secondRow) second() (tickets.SecondLook, error) {
	s := tickets.SecondLook{
		ID: r.ID, TicketID: r.TicketID, CaseID: int64(r.CaseID), AuthorID: r.AuthorID, AskedID: r.AskedID, Digest: r.Digest,
		Reason: tickets.NewPrivateText(r.Reason), AskedAt: r.AskedAt.time(), ExpiresAt: r.ExpiresAt.time(), State: tickets.SecondState(r.State),
		SettledBy: int64(r.SettledBy), SettledAt: r.SettledAt.timeP(), Basis: r.Basis, Answer: tickets.NewPrivateText(r.Answer),
		OutgoingID: int64(r.OutgoingID), TicketRef: r.TicketRef, AuthorName: r.AuthorName, AskedName: r.AskedName, ByName: r.ByName,
	}
	if err := unpack(r.Letter, &s.Letter); err != nil {
		return s, fmt.Errorf("second look %d: %w", r.ID, err)
	}
	if err := unpack(r.Findings, &s.Findings); err != nil {
		return s, fmt.Errorf("second look %d: %w", r.ID, err)
	}
	return s, nil
}

// InsertSecond implements tickets.ReleaseTx.
func (t *tx) InsertSecond(ctx context.Context, s *tickets.SecondLook) error {
	row, err := secondToRow(s)
	if err != nil {
		return err
	}
	return t.add(ctx, t.db.q.SecondInsert, row, &s.ID)
}

// UpdateSecond implements tickets.ReleaseTx.
func (t *tx) UpdateSecond(ctx context.Context, s *tickets.SecondLook) error {
	row, err := secondToRow(s)
	if err != nil {
		return err
	}
	return t.change(ctx, t.db.q.SecondUpdate, row)
}

// SecondByID implements tickets.ReleaseReader.
func (r reader) SecondByID(ctx context.Context, id int64) (*tickets.SecondLook, error) {
	var row secondRow
	if err := r.getLocked(ctx, &row, r.db.q.SecondByID, id); err != nil {
		return nil, err
	}
	s, err := row.second()
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// SecondOfLetter implements tickets.ReleaseReader.
func (r reader) SecondOfLetter(ctx context.Context, outgoingID int64) (*tickets.SecondLook, error) {
	var id int64
	if err := r.get(ctx, &id, r.db.q.SecondOfLetter, outgoingID); err != nil {
		return nil, err
	}
	return r.SecondByID(ctx, id)
}

// Seconds implements tickets.ReleaseReader.
func (r reader) Seconds(ctx context.Context, a access.Actor) ([]tickets.SecondLook, error) {
	q := r.db.q
	which := is("x.author_id = cast(? as bigint)", a.StaffID)
	if a.May(access.SecondLook) {
		which = cond{text: "1 = 1"}
	}
	var rows []secondRow
	err := newList("second looks", whole(q.SecondsList)).andCond(which).andCond(q.seesTicket(a)).tail("order by x.id desc limit 200").
		rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]tickets.SecondLook, 0, len(rows))
	for _, row := range rows {
		s, err := row.second()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
