package store

import (
	"context"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// incidentRow is a row of incidents with the names that a page shows.
type incidentRow struct {
	ID           int64    `db:"id"`
	OutgoingID   int64    `db:"outgoing_id"`
	TicketID     int64    `db:"ticket_id"`
	CaseID       rowID    `db:"case_id"`
	ReportedBy   int64    `db:"reported_by"`
	ReportedAt   instant  `db:"reported_at"`
	AwareAt      instant  `db:"aware_at"`
	DueAt        instant  `db:"due_at"`
	GotBy        string   `db:"got_by"`
	What         string   `db:"what"`
	AddressShown bool     `db:"address_shown"`
	Stopped      int      `db:"stopped"`
	Steps        string   `db:"steps"`
	Risk         string   `db:"risk"`
	Assessment   string   `db:"assessment"`
	ICORef       string   `db:"ico_ref"`
	ClosedBy     rowID    `db:"closed_by"`
	ClosedAt     *instant `db:"closed_at"`
	Lessons      string   `db:"lessons"`
	TicketRef    string   `db:"ticket_ref"`
	ReportedName string   `db:"reported_name"`
	ClosedName   string   `db:"closed_name"`
}

func incidentToRow(i *tickets.Incident) (incidentRow, error) {
	steps, err := pack(i.Steps, len(i.Steps) == 0)
	if err != nil {
		return incidentRow{}, err
	}
	return incidentRow{
		ID: i.ID, OutgoingID: i.OutgoingID, TicketID: i.TicketID, CaseID: rowID(i.CaseID), ReportedBy: i.ReportedBy, ReportedAt: at(i.ReportedAt),
		AwareAt: at(i.AwareAt), DueAt: at(i.DueAt), GotBy: i.GotBy.ForStaff(), What: i.What.ForStaff(), AddressShown: i.AddressShown,
		Stopped: i.Stopped, Steps: steps, Risk: string(i.Risk), Assessment: i.Assessment.ForStaff(), ICORef: i.ICORef,
		ClosedBy: rowID(i.ClosedBy), ClosedAt: atP(i.ClosedAt), Lessons: i.Lessons.ForStaff(),
	}, nil
}

func (r incidentRow) incident() (tickets.Incident, error) {
	i := tickets.Incident{
		ID: r.ID, OutgoingID: r.OutgoingID, TicketID: r.TicketID, CaseID: int64(r.CaseID), ReportedBy: r.ReportedBy, ReportedAt: r.ReportedAt.time(),
		AwareAt: r.AwareAt.time(), DueAt: r.DueAt.time(), GotBy: tickets.NewPrivateText(r.GotBy), What: tickets.NewPrivateText(r.What),
		AddressShown: r.AddressShown, Stopped: r.Stopped, Risk: tickets.Risk(r.Risk), Assessment: tickets.NewPrivateText(r.Assessment),
		ICORef: r.ICORef, ClosedBy: int64(r.ClosedBy), ClosedAt: r.ClosedAt.timeP(), Lessons: tickets.NewPrivateText(r.Lessons),
		TicketRef: r.TicketRef, ReportedName: r.ReportedName, ClosedName: r.ClosedName,
	}
	return i, unpack(r.Steps, &i.Steps)
}

// InsertIncident implements tickets.ReleaseTx.
func (t *tx) InsertIncident(ctx context.Context, i *tickets.Incident) error {
	row, err := incidentToRow(i)
	if err != nil {
		return err
	}
	return t.add(ctx, t.db.q.IncidentInsert, row, &i.ID)
}

// UpdateIncident implements tickets.ReleaseTx.
func (t *tx) UpdateIncident(ctx context.Context, i *tickets.Incident) error {
	row, err := incidentToRow(i)
	if err != nil {
		return err
	}
	return t.change(ctx, t.db.q.IncidentUpdate, row)
}

// IncidentByID implements tickets.ReleaseReader.
func (r reader) IncidentByID(ctx context.Context, id int64) (*tickets.Incident, error) {
	var row incidentRow
	if err := r.getLocked(ctx, &row, r.db.q.IncidentByID, id); err != nil {
		return nil, err
	}
	i, err := row.incident()
	if err != nil {
		return nil, err
	}
	return &i, nil
}

// IncidentOfLetter implements tickets.ReleaseReader.
func (r reader) IncidentOfLetter(ctx context.Context, outgoingID int64) (*tickets.Incident, error) {
	var id int64
	if err := r.get(ctx, &id, r.db.q.IncidentOfLetter, outgoingID); err != nil {
		return nil, err
	}
	return r.IncidentByID(ctx, id)
}

// Incidents implements tickets.ReleaseReader.
func (r reader) Incidents(ctx context.Context, a access.Actor) ([]tickets.Incident, error) {
	q := r.db.q
	which := q.seesTicket(a)
	if a.May(access.CloseIncident) {
		which = cond{text: "1 = 1"}
	}
	var rows []incidentRow
	err := newList("incidents", whole(q.IncidentsList)).andCond(which).
		tail("order by case when x.closed_at is null then 0 else 1 end, x.due_at, x.id limit 200").rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]tickets.Incident, 0, len(rows))
	for _, row := range rows {
		i, err := row.incident()
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

type guardReportRow struct {
	ID        int64   `db:"id"`
	TicketID  int64   `db:"ticket_id"`
	Rules     string  `db:"rules"`
	Words     string  `db:"words"`
	By        int64   `db:"by_id"`
	At        instant `db:"at"`
	TicketRef string  `db:"ticket_ref"`
	ByName    string  `db:"by_name"`

	SettledBy   rowID    `db:"settled_by"`
	SettledAt   *instant `db:"settled_at"`
	Outcome     string   `db:"outcome"`
	Answer      string   `db:"answer"`
	SettledName string   `db:"settled_name"`
}

// InsertGuardReport implements tickets.ReleaseTx.
func (t *tx) InsertGuardReport(ctx context.Context, r *tickets.GuardReport) error {
	return t.add(ctx, t.db.q.GuardReportInsert, guardReportRow{
		TicketID: r.TicketID, Rules: strings.Join(r.Rules, " "), Words: r.Words.ForStaff(), By: r.By, At: at(r.At),
	}, &r.ID)
}

// GuardReports implements tickets.ReleaseReader.
func (r reader) GuardReports(ctx context.Context, a access.Actor, since time.Time) ([]tickets.GuardReport, error) {
	q := r.db.q
	which := q.seesTicket(a)
	if a.May(access.CloseIncident) {
		which = cond{text: "1 = 1"}
	}
	var rows []guardReportRow
	err := newList("reports of checks", whole(q.GuardReportsList)).and("x.at >= ?", at(since)).andCond(which).
		tail("order by x.id desc limit 200").rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	return plain(rows, guardReportRow.report), nil
}

// RuleCounts implements tickets.ReleaseReader.
func (r reader) RuleCounts(ctx context.Context, since time.Time) (map[string]int, error) {
	var details []string
	if err := r.all(ctx, &details, r.db.q.VerdictsSince, at(since)); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, text := range details {
		var d map[string]string
		if err := unpack(text, &d); err != nil {
			return nil, err
		}
		for _, rule := range strings.Fields(d["rules"]) {
			out[rule]++
		}
	}
	return out, nil
}
