package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"hearback/tickets"
	"hearback/tickets/fault"
)

var _ tickets.ExportStore = (*DB)(nil)

// Export implements tickets.ExportStore: one read transaction, so that the files of
// an export agree with each other. On SQLite it is a snapshot from the first read
// on; PostgreSQL has to be told.
func (db *DB) Export(ctx context.Context, fn func(r tickets.ExportRows) error) (err error) {
	opt := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if db.engine.name == SQLite {
		opt = nil // its readers cannot write anyway
	}
	x, err := db.read.BeginTxx(ctx, opt)
	if err != nil {
		return fmt.Errorf("beginning an export: %w", db.classify(err))
	}
	defer func() {
		if rb := x.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("ending an export: %w", rb))
		}
	}()
	return fn(exporter{db: db, x: x, sets: db.q.exports()})
}

type exporter struct {
	db   *DB
	x    *sqlx.Tx
	sets map[string]query
}

// Rows implements tickets.ExportRows.
func (e exporter) Rows(ctx context.Context, set string, row func(columns, values []string) error) (err error) {
	q, ok := e.sets[set]
	if !ok {
		return fault.Newf(fault.Invalid, "There is no set %q", set)
	}
	rows, err := e.x.QueryContext(ctx, q.text)
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, e.db.classify(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	cells, values := make([]any, len(columns)), make([]string, len(columns))
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	if err := row(columns, nil); err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		for i, c := range cells {
			if values[i], err = exported(c); err != nil {
				return fmt.Errorf("%s, %s: %w", q.name, columns[i], err)
			}
		}
		if err := row(columns, values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", q.name, e.db.classify(err))
	}
	return nil
}

// Original implements tickets.ExportRows. What a mail is called by never changes, so
// it need not be of the snapshot.
func (e exporter) Original(ctx context.Context, id int64) ([]byte, error) { return e.db.Raw(ctx, id) }

// exported is a value as text, the same on both engines.
func exported(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case time.Time:
		return v.UTC().Format(instantForm), nil
	}
	return "", fmt.Errorf("a %T cannot be exported", v)
}
