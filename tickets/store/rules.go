package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/fault"
)

type ruleRow struct {
	ID        int64   `db:"id"`
	Kind      string  `db:"kind"`
	Pattern   string  `db:"pattern"`
	TeamID    rowID   `db:"team_id"`
	Category  string  `db:"category"`
	Note      string  `db:"note"`
	CreatedBy rowID   `db:"created_by"`
	CreatedAt instant `db:"created_at"`
}

func (r ruleRow) rule() tickets.IntakeRule {
	return tickets.IntakeRule{
		ID: r.ID, Kind: tickets.RuleKind(r.Kind), Pattern: r.Pattern, TeamID: int64(r.TeamID),
		Category: tickets.Category(r.Category), Note: r.Note, CreatedBy: int64(r.CreatedBy), CreatedAt: r.CreatedAt.time(),
	}
}

// IntakeRules implements tickets.Reader.
func (r reader) IntakeRules(ctx context.Context) ([]tickets.IntakeRule, error) {
	var rows []ruleRow
	if err := r.all(ctx, &rows, r.db.q.RulesLive); err != nil {
		return nil, err
	}
	return plain(rows, ruleRow.rule), nil
}

// InsertRule implements tickets.Tx.
func (t *tx) InsertRule(ctx context.Context, x *tickets.IntakeRule) error {
	id, inserted, err := t.insertRow(ctx, t.db.q.RuleInsert, ruleRow{
		Kind: string(x.Kind), Pattern: x.Pattern, TeamID: rowID(x.TeamID), Category: string(x.Category), Note: x.Note,
		CreatedBy: rowID(x.CreatedBy), CreatedAt: at(x.CreatedAt),
	})
	if err != nil {
		return err
	}
	if !inserted {
		return fault.New(fault.Conflict, "There is such a rule already")
	}
	x.ID = id
	return nil
}

// RemoveRule implements tickets.Tx.
func (t *tx) RemoveRule(ctx context.Context, x tickets.RuleRemoval) error {
	n, err := t.exec(ctx, t.db.q.RuleRemove, rowID(x.By), at(x.At), x.RuleID)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "This rule does not exist any more")
	}
	return err
}
