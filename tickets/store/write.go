package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// tx is one write transaction. It implements tickets.Tx.
type tx struct {
	reader
	x          *sqlx.Tx
	savepoints int
	broken     error     // the database ended the transaction; nothing may follow
	register   bool      // a register fact changed
	bumped     bool      // and the version of the register with it
	words      []indexed // for the search index, at the end
	sole       bool      // no other transaction commits until this one ends
}

// Write implements tickets.Store. On SQLite writers queue for the one
// connection, so fn must not call Write again.
func (db *DB) Write(ctx context.Context, fn func(tx tickets.Tx) error) error {
	return db.together(ctx, func(t *tx) error { return fn(t) })
}

func (db *DB) inTx(ctx context.Context, fn func(t *tx) error) (err error) {
	x, err := db.write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", db.classify(err))
	}
	t := &tx{x: x}
	t.reader = reader{session{db: db, ext: x, tx: t}}
	defer func() {
		if p := recover(); p != nil {
			_ = x.Rollback()
			panic(p)
		}
		if err != nil {
			// After an error that ended the transaction there is nothing to roll back.
			if rb := x.Rollback(); rb != nil && t.broken == nil && !errors.Is(rb, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("rolling back: %w", rb))
			}
		}
	}()
	err = fn(t)
	if t.broken != nil {
		// fn may have swallowed it, or taken what followed for the mail's own fault.
		return t.broken
	}
	if err != nil {
		return err
	}
	if err = t.finish(ctx); err != nil {
		return err
	}
	if db.engine.lockCommit != "" && !t.sole {
		if err = t.control(ctx, db.engine.lockCommit); err != nil {
			return err
		}
	}
	if err = ctx.Err(); err != nil {
		return fault.Wrap(fault.Temporary, "This took too long. Try again", err)
	}
	if err = x.Commit(); err != nil {
		err = db.classify(err)
		t.broken = err
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// finish writes what waits for the end of a transaction.
func (t *tx) finish(ctx context.Context) error {
	if err := t.writeIndex(ctx); err != nil {
		return err
	}
	if t.register && !t.bumped {
		if _, err := t.exec(ctx, t.db.q.RegisterBump); err != nil {
			return err
		}
	}
	return nil
}

// alone keeps every other transaction from committing until this one ends, so that
// what is read from here on is what holds when it commits. It is for the last step
// of a short transaction. SQLite has one writer anyway.
func (t *tx) alone(ctx context.Context) error {
	if t.sole || t.db.engine.lockAlone == "" {
		return nil
	}
	t.sole = true
	return t.control(ctx, t.db.engine.lockAlone)
}

// Savepoint implements tickets.Tx.
func (t *tx) Savepoint(ctx context.Context, fn func() error) error {
	t.savepoints++
	name := fmt.Sprintf("s%d", t.savepoints)
	defer func() { t.savepoints-- }()
	if err := t.control(ctx, "savepoint "+name); err != nil {
		return err
	}
	waiting, bumped := t.words, t.bumped
	err := fn()
	if t.broken != nil {
		return t.broken
	}
	if err != nil {
		// What waited before waits again, even when it was written inside.
		t.words, t.bumped = waiting, bumped
		if back := t.control(ctx, "rollback to savepoint "+name); back != nil {
			t.broken = errors.Join(back, err)
			return t.broken
		}
	}
	if rel := t.control(ctx, "release savepoint "+name); rel != nil {
		t.broken = errors.Join(rel, err)
		return t.broken
	}
	return err
}

func (t *tx) control(ctx context.Context, text string) error {
	_, err := t.exec(ctx, query{name: text, text: text})
	return err
}

// Now implements tickets.Store.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	var now instant
	err := db.get(ctx, &now, query{name: "now", text: db.engine.nowQuery})
	return now.time(), err
}
