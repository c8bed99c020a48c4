package store

import (
	"context"
	"time"

	"hearback/tickets"
)

// hookStatements are the statements of query/hooks.sql; see statements.go for the
// others.
type hookStatements struct {
	HookInsert, HookSet, HooksDue, HooksLast, HooksWaiting, HooksForget query
}

type hookRow struct {
	ID       int64    `db:"id"`
	Endpoint string   `db:"endpoint"`
	Kind     string   `db:"kind"`
	Ref      string   `db:"ref"`
	At       instant  `db:"at"`
	State    string   `db:"state"`
	Attempts int      `db:"attempts"`
	NextAt   instant  `db:"next_at"`
	Answer   string   `db:"answer"`
	DoneAt   *instant `db:"done_at"`
}

func hookToRow(h *tickets.HookEvent) hookRow {
	return hookRow{
		ID: h.ID, Endpoint: h.Endpoint, Kind: h.Kind, Ref: h.Ref, At: at(h.At), State: string(h.State),
		Attempts: h.Attempts, NextAt: at(h.NextAt), Answer: h.Answer, DoneAt: atP(h.DoneAt),
	}
}

func (r hookRow) hook() tickets.HookEvent {
	return tickets.HookEvent{
		ID: r.ID, Endpoint: r.Endpoint, Kind: r.Kind, Ref: r.Ref, At: r.At.time(), State: tickets.HookState(r.State),
		Attempts: r.Attempts, NextAt: r.NextAt.time(), Answer: r.Answer, DoneAt: r.DoneAt.timeP(),
	}
}

// InsertHook implements tickets.HookTx.
func (t *tx) InsertHook(ctx context.Context, h *tickets.HookEvent) error {
	return t.add(ctx, t.db.q.HookInsert, hookToRow(h), &h.ID)
}

// SetHook implements tickets.HookTx.
func (t *tx) SetHook(ctx context.Context, h *tickets.HookEvent) error {
	_, err := t.execRow(ctx, t.db.q.HookSet, hookToRow(h))
	return err
}

// ForgetHooks implements tickets.HookTx.
func (t *tx) ForgetHooks(ctx context.Context, before time.Time) (int64, error) {
	return t.exec(ctx, t.db.q.HooksForget, at(before))
}

// HooksDue implements tickets.HookReader.
func (r reader) HooksDue(ctx context.Context, endpoint string, now time.Time, limit int) ([]tickets.HookEvent, error) {
	var rows []hookRow
	err := r.all(ctx, &rows, r.db.q.HooksDue, endpoint, at(now), limit)
	return plain(rows, hookRow.hook), err
}

// HooksLast implements tickets.HookReader.
func (r reader) HooksLast(ctx context.Context, limit int) ([]tickets.HookEvent, error) {
	var rows []hookRow
	err := r.all(ctx, &rows, r.db.q.HooksLast, limit)
	return plain(rows, hookRow.hook), err
}

// HooksWaiting implements tickets.HookReader.
func (r reader) HooksWaiting(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		Endpoint string `db:"endpoint"`
		N        int    `db:"n"`
	}
	err := r.all(ctx, &rows, r.db.q.HooksWaiting)
	out := make(map[string]int, len(rows))
	for _, row := range rows {
		out[row.Endpoint] = row.N
	}
	return out, err
}
