package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"hearback/tickets/fault"
)

// On SQLite a commit waits for the disk, and one writer commits after the other.
// Writers that wait at the same moment therefore share one transaction: each runs
// on its own goroutine, in its turn and in a savepoint of its own, and the last one
// commits for all. Nobody is told that it is done before that commit; when it
// fails, it has failed for each of them. Each sees what those before it have done,
// as it would had they committed one by one.

const (
	shareMost  = 16                    // writers in one transaction
	shareUntil = 10 * time.Millisecond // nobody joins a transaction that is older
)

// shared is a transaction in which several writers take turns.
type shared struct {
	conn    *sqlx.Conn
	x       *sqlx.Tx
	began   time.Time
	count   int
	waiting []chan error // of those that are done but for the commit
}

// lane hands the turn to write from one writer to the next, in the order in which
// they came.
type lane struct {
	mu    sync.Mutex
	taken bool
	queue []chan *shared
}

// enter waits for the turn. It comes with a transaction to join, or with none: then
// one has to be begun.
func (l *lane) enter(ctx context.Context) (*shared, error) {
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return nil, nil
	}
	turn := make(chan *shared, 1)
	l.queue = append(l.queue, turn)
	l.mu.Unlock()
	select {
	case s := <-turn:
		return s, nil
	case <-ctx.Done():
		l.mu.Lock()
		for i, q := range l.queue {
			if q == turn {
				l.queue = append(l.queue[:i:i], l.queue[i+1:]...)
				l.mu.Unlock()
				return nil, fault.Wrap(fault.Temporary, "This took too long. Try again", ctx.Err())
			}
		}
		l.mu.Unlock()
		return <-turn, nil // it came at the same moment; whoever runs looks at ctx
	}
}

// pass gives the turn to the next writer; false when s may take no more, or nobody
// waits, and then the turn stays with the caller.
func (l *lane) pass(s *shared) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 || s.count >= shareMost || time.Since(s.began) > shareUntil {
		return false
	}
	l.next(s)
	return true
}

// leave gives the turn back.
func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.taken = false
		return
	}
	l.next(nil)
}

func (l *lane) next(s *shared) {
	turn := l.queue[0]
	l.queue = l.queue[1:]
	turn <- s
}

// together is inTx for short transactions, which may share a commit.
func (db *DB) together(ctx context.Context, fn func(t *tx) error) error {
	if db.engine.name != SQLite {
		return db.inTx(ctx, fn)
	}
	s, err := db.lane.enter(ctx)
	if err != nil {
		return err
	}
	if s == nil {
		if s, err = db.beginShared(ctx); err != nil {
			db.lane.leave()
			return err
		}
	}
	s.count++
	done := make(chan error, 1)
	if !db.turn(ctx, s, done, fn, &err) {
		return err
	}
	return <-done
}

// beginShared begins a transaction that does not end with the ctx of whoever began it.
func (db *DB) beginShared(ctx context.Context) (*shared, error) {
	conn, err := db.write.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", db.classify(err))
	}
	x, err := conn.BeginTxx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("beginning a transaction: %w", db.classify(err)), conn.Close())
	}
	return &shared{conn: conn, x: x, began: time.Now()}, nil
}

// turn runs fn and then hands the turn on or commits. It returns true when done
// tells what became of it; otherwise *failed says why it did not take place. Also a
// panic of fn leaves nothing of it behind, and the turn with nobody.
func (db *DB) turn(ctx context.Context, s *shared, done chan error, fn func(t *tx) error, failed *error) bool {
	t := &tx{x: s.x}
	t.reader = reader{session{db: db, ext: s.x, tx: t}}
	first := s.count == 1
	returned := false
	defer func() {
		if !returned { // fn panicked, or ended its goroutine
			db.undo(ctx, s, t, first)
		}
	}()
	err := t.member(ctx, first, fn)
	returned = true
	if err != nil {
		*failed = err
		db.undo(ctx, s, t, first)
		return false
	}
	s.waiting = append(s.waiting, done)
	db.handOn(s)
	return true
}

// member is fn with what ends every transaction of ours, but for the commit.
func (t *tx) member(ctx context.Context, first bool, fn func(t *tx) error) error {
	if !first {
		if err := t.mark(ctx, "savepoint member"); err != nil {
			return err
		}
	}
	err := fn(t)
	if t.broken != nil {
		return t.broken // fn may have swallowed it
	}
	if err != nil {
		return err
	}
	if err = t.finish(ctx); err != nil {
		return err
	}
	if err = ctx.Err(); err != nil {
		return fault.Wrap(fault.Temporary, "This took too long. Try again", err)
	}
	if !first {
		return t.mark(ctx, "release savepoint member")
	}
	return nil
}

// mark begins or ends the part of one writer. Where that fails nobody knows what
// belongs to whom, and the whole is given up.
func (t *tx) mark(ctx context.Context, text string) error {
	err := t.control(context.WithoutCancel(ctx), text)
	if err != nil && t.broken == nil {
		t.broken = err
	}
	return err
}

// undo takes back what one writer did. The first one has nobody before it, and a
// transaction that the database ended is over for everybody in it.
func (db *DB) undo(ctx context.Context, s *shared, t *tx, first bool) {
	if !first && t.broken == nil {
		err := t.mark(ctx, "rollback to savepoint member")
		if err == nil {
			err = t.mark(ctx, "release savepoint member")
		}
		if err == nil {
			db.handOn(s)
			return
		}
	}
	_ = s.x.Rollback() // after an error that ended the transaction there is nothing to roll back
	why := t.broken
	if why == nil {
		why = sql.ErrTxDone
	}
	db.end(s, fault.Wrap(fault.Temporary, "This could not be saved. Try again", why))
}

// handOn gives the turn to the next writer, or commits for all.
func (db *DB) handOn(s *shared) {
	if db.lane.pass(s) {
		return
	}
	err := s.x.Commit()
	if err != nil {
		_ = s.x.Rollback()
		err = fmt.Errorf("committing: %w", db.classify(err))
	}
	db.end(s, err)
}

// end gives the connection and the turn back, and tells every writer how it ended.
func (db *DB) end(s *shared, err error) {
	_ = s.conn.Close()
	db.lane.leave()
	for _, done := range s.waiting {
		done <- err
	}
}
