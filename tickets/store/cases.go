package store

import (
	"context"

	"hearback/tickets/register"
)

// caseRow is a row of cases.
type caseRow struct {
	ID         int64   `db:"id"`
	Ref        string  `db:"ref"`
	RefFold    string  `db:"ref_fold"`
	ChildName  string  `db:"child_name"`
	ChildFold  string  `db:"child_fold"`
	DOB        string  `db:"dob"`
	UPN        string  `db:"upn"`
	NHS        string  `db:"nhs"`
	School     string  `db:"school"`
	Stage      string  `db:"stage"`
	TeamID     rowID   `db:"team_id"`
	OfficerID  rowID   `db:"officer_id"`
	FallbackID rowID   `db:"fallback_id"`
	Restricted bool    `db:"restricted"`
	Open       bool    `db:"is_open"`
	CreatedAt  instant `db:"created_at"`
}

func caseToRow(c *register.Case) caseRow {
	return caseRow{
		ID: c.ID, Ref: c.Ref, RefFold: fold(c.Ref), ChildName: c.ChildName, ChildFold: fold(c.ChildName), DOB: c.DOB,
		UPN: c.UPN, NHS: c.NHS, School: c.School, Stage: c.Stage, TeamID: rowID(c.TeamID), OfficerID: rowID(c.OfficerID),
		FallbackID: rowID(c.FallbackID), Restricted: c.Restricted, Open: c.Open, CreatedAt: at(c.CreatedAt),
	}
}

func (r caseRow) file() register.Case {
	return register.Case{
		ID: r.ID, Ref: r.Ref, ChildName: r.ChildName, DOB: r.DOB, UPN: r.UPN, NHS: r.NHS, School: r.School, Stage: r.Stage,
		TeamID: int64(r.TeamID), OfficerID: int64(r.OfficerID), FallbackID: int64(r.FallbackID), Restricted: r.Restricted,
		Open: r.Open, CreatedAt: r.CreatedAt.time(),
	}
}

// InsertCase implements tickets.Tx. A case without a fall-back owner is fault.Invalid.
func (t *tx) InsertCase(ctx context.Context, c *register.Case) error {
	t.register = true
	return t.add(ctx, t.db.q.CaseInsert, caseToRow(c), &c.ID)
}

// UpdateCase implements tickets.Tx.
func (t *tx) UpdateCase(ctx context.Context, c *register.Case) error {
	t.register = true
	return t.change(ctx, t.db.q.CaseUpdate, caseToRow(c))
}

// CaseByID implements tickets.Reader.
func (r reader) CaseByID(ctx context.Context, id int64) (*register.Case, error) {
	var row caseRow
	if err := r.get(ctx, &row, r.db.q.CaseByID, id); err != nil {
		return nil, err
	}
	c := row.file()
	return &c, nil
}
