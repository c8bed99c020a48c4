package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
)

type guardChangeRow struct {
	ID          int64    `db:"id"`
	Rule        string   `db:"rule"`
	Level       string   `db:"level"`
	Until       string   `db:"until"`
	Reason      string   `db:"reason"`
	AskedBy     int64    `db:"asked_by"`
	AskedAt     instant  `db:"asked_at"`
	State       string   `db:"state"`
	SettledBy   rowID    `db:"settled_by"`
	SettledAt   *instant `db:"settled_at"`
	Answer      string   `db:"answer"`
	AskedName   string   `db:"asked_name"`
	SettledName string   `db:"settled_name"`
}

func (r guardChangeRow) change() tickets.GuardChange {
	return tickets.GuardChange{
		ID: r.ID, Rule: r.Rule, Level: r.Level, Until: r.Until, Reason: tickets.NewPrivateText(r.Reason), AskedBy: r.AskedBy, AskedAt: r.AskedAt.time(),
		State: r.State, SettledBy: int64(r.SettledBy), SettledAt: r.SettledAt.timeP(), Answer: tickets.NewPrivateText(r.Answer),
		AskedName: r.AskedName, SettledName: r.SettledName,
	}
}

func guardChangeToRow(c *tickets.GuardChange) guardChangeRow {
	return guardChangeRow{
		ID: c.ID, Rule: c.Rule, Level: c.Level, Until: c.Until, Reason: c.Reason.ForStaff(), AskedBy: c.AskedBy, AskedAt: at(c.AskedAt),
		State: c.State, SettledBy: rowID(c.SettledBy), SettledAt: atP(c.SettledAt), Answer: c.Answer.ForStaff(),
	}
}

// InsertGuardChange implements tickets.ReleaseTx.
func (t *tx) InsertGuardChange(ctx context.Context, c *tickets.GuardChange) error {
	err := t.add(ctx, t.db.q.GuardChangeInsert, guardChangeToRow(c), &c.ID)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "A change of this rule waits already for a second person", err)
	}
	return err
}

// SettleGuardChange implements tickets.ReleaseTx.
func (t *tx) SettleGuardChange(ctx context.Context, c *tickets.GuardChange) error {
	return t.change(ctx, t.db.q.GuardChangeUpdate, guardChangeToRow(c))
}

// GuardChangeByID implements tickets.ReleaseReader.
func (r reader) GuardChangeByID(ctx context.Context, id int64) (*tickets.GuardChange, error) {
	var row guardChangeRow
	if err := r.getLocked(ctx, &row, r.db.q.GuardChangeByID, id); err != nil {
		return nil, err
	}
	c := row.change()
	return &c, nil
}

// GuardChanges implements tickets.ReleaseReader.
func (r reader) GuardChanges(ctx context.Context) ([]tickets.GuardChange, error) {
	var rows []guardChangeRow
	err := r.all(ctx, &rows, r.db.q.GuardChangesList)
	return plain(rows, guardChangeRow.change), err
}

// IncidentsOpen implements tickets.ReleaseReader.
func (r reader) IncidentsOpen(ctx context.Context) ([]int64, error) {
	var ids []int64
	return ids, r.all(ctx, &ids, r.db.q.IncidentsOpen)
}

// GuardReportByID implements tickets.ReleaseReader.
func (r reader) GuardReportByID(ctx context.Context, id int64) (*tickets.GuardReport, error) {
	var row guardReportRow
	if err := r.getLocked(ctx, &row, r.db.q.GuardReportByID, id); err != nil {
		return nil, err
	}
	g := row.report()
	return &g, nil
}

// SettleGuardReport implements tickets.ReleaseTx.
func (t *tx) SettleGuardReport(ctx context.Context, g *tickets.GuardReport) error {
	return t.change(ctx, t.db.q.GuardReportSettle, guardReportRow{
		ID: g.ID, SettledBy: rowID(g.SettledBy), SettledAt: atP(g.SettledAt), Outcome: g.Outcome, Answer: g.Answer.ForStaff(),
	})
}

func (row guardReportRow) report() tickets.GuardReport {
	return tickets.GuardReport{
		ID: row.ID, TicketID: row.TicketID, Rules: strings.Fields(row.Rules), Words: tickets.NewPrivateText(row.Words), By: row.By,
		At: row.At.time(), TicketRef: row.TicketRef, ByName: row.ByName, SettledBy: int64(row.SettledBy), SettledAt: row.SettledAt.timeP(),
		Outcome: row.Outcome, Answer: tickets.NewPrivateText(row.Answer), SettledName: row.SettledName,
	}
}

// guardCouncil adds what the council has set about the guard: words of its own, and
// how strict a rule is. What cannot be read keeps every letter back.
func (r reader) guardCouncil(ctx context.Context, f *tickets.GuardFacts) error {
	for name, into := range map[string]any{tickets.SettingGuardLists: &f.Lists, tickets.SettingGuardLevels: &f.Levels} {
		v, err := r.SettingNewest(ctx, name)
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return err
		}
		if err := json.Unmarshal([]byte(v.Content), into); err != nil {
			return fmt.Errorf("the setting %s, version %d: %w", name, v.Version, err)
		}
	}
	return nil
}
