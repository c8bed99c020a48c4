package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"

	"hearback/tickets/fault"
)

// reader answers questions, in a transaction or outside of one. It implements
// tickets.Reader.
type reader struct{ session }

// session runs statements, in a transaction or outside of one.
type session struct {
	db  *DB
	ext sqlx.ExtContext
	tx  *tx // nil outside a write transaction
	// seal, when it is set, takes a digest of every row that is read; nothing is locked.
	seal *seal
}

// before is asked ahead of every statement.
//
// In a SQLite transaction statements run without the caller's deadline: the
// driver would start a goroutine for each of them and interrupt it half way,
// which rolls the transaction back behind our back. The deadline is looked at
// between statements instead; none of them takes long.
func (s session) before(ctx context.Context) (context.Context, error) {
	if s.tx == nil {
		return ctx, nil
	}
	if s.tx.broken != nil {
		return nil, s.tx.broken
	}
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(fault.Temporary, "", err)
	}
	if s.db.engine.name == SQLite {
		return context.WithoutCancel(ctx), nil
	}
	return ctx, nil
}

// after gives an error its kind, and remembers one that ended the transaction.
func (s session) after(q query, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", q.name, s.db.classify(err))
	if s.tx != nil && endsTransaction(err) {
		s.tx.broken = err
	}
	return err
}

// get reads one row; fault.NotFound when there is none.
func (s session) get(ctx context.Context, dest any, q query, args ...any) error {
	return s.getText(ctx, dest, q, q.text, args...)
}

func (s session) getText(ctx context.Context, dest any, q query, text string, args ...any) error {
	ctx, err := s.before(ctx)
	if err != nil {
		return err
	}
	err = sqlx.GetContext(ctx, s.ext, dest, text, cleanAll(args)...)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Wrap(fault.NotFound, "This does not exist", fmt.Errorf("%s: %w", q.name, err))
	}
	return s.after(q, s.seal.add(q, dest, err))
}

// getLocked is get of a row that is about to be decided upon: within a write
// transaction nobody else can change it until the transaction ends.
func (s session) getLocked(ctx context.Context, dest any, q query, args ...any) error {
	if s.tx == nil || s.seal != nil {
		return s.get(ctx, dest, q, args...)
	}
	return s.getText(ctx, dest, q, q.text+s.db.engine.forUpdate, args...)
}

// all reads every row into the slice that dest points to.
func (s session) all(ctx context.Context, dest any, q query, args ...any) error {
	return s.allText(ctx, dest, q, q.text, args...)
}

func (s session) allText(ctx context.Context, dest any, q query, text string, args ...any) error {
	ctx, err := s.before(ctx)
	if err != nil {
		return err
	}
	err = sqlx.SelectContext(ctx, s.ext, dest, text, cleanAll(args)...)
	return s.after(q, s.seal.add(q, dest, err))
}

func (s session) allLocked(ctx context.Context, dest any, q query, args ...any) error {
	if s.tx == nil || s.seal != nil {
		return s.all(ctx, dest, q, args...)
	}
	return s.allText(ctx, dest, q, q.text+s.db.engine.forUpdate, args...)
}

// allIn is all for statements with "in (?)"; every list in args must hold something.
func (s session) allIn(ctx context.Context, dest any, q query, args ...any) error {
	text, flat, err := sqlx.In(q.raw, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	return s.allText(ctx, dest, q, s.db.write.Rebind(text), flat...)
}

// execRowIn is execRow for statements in which a field is a list: "in (:field)".
func (s session) execRowIn(ctx context.Context, q query, row any) (int64, error) {
	args, err := s.db.q.args(q, row)
	if err != nil {
		return 0, err
	}
	return s.execIn(ctx, q, args...)
}

// execIn is exec for statements with "in (?)"; every list in args must hold something.
func (s session) execIn(ctx context.Context, q query, args ...any) (int64, error) {
	for i, a := range args {
		// sqlx.In calls Value on a nil *instant, whose method is the value's.
		if p, ok := a.(*instant); ok && p == nil {
			args[i] = nil
		}
	}
	text, flat, err := sqlx.In(q.raw, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", q.name, err)
	}
	q.text = s.db.write.Rebind(text)
	return s.exec(ctx, q, flat...)
}

// exec runs a statement and counts the rows that it changed.
func (s session) exec(ctx context.Context, q query, args ...any) (int64, error) {
	ctx, err := s.before(ctx)
	if err != nil {
		return 0, err
	}
	res, err := s.ext.ExecContext(ctx, q.text, cleanAll(args)...)
	if err != nil {
		return 0, s.after(q, err)
	}
	n, err := res.RowsAffected()
	return n, s.after(q, err)
}

// execRow is exec with the arguments taken from the fields of row by their db tags.
func (s session) execRow(ctx context.Context, q query, row any) (int64, error) {
	args, err := s.db.q.args(q, row)
	if err != nil {
		return 0, err
	}
	return s.exec(ctx, q, args...)
}

// insertRow is for statements that end in "returning id". inserted is false when
// an "on conflict do nothing" did nothing.
func (s session) insertRow(ctx context.Context, q query, row any) (id int64, inserted bool, err error) {
	args, err := s.db.q.args(q, row)
	if err != nil {
		return 0, false, err
	}
	err = s.get(ctx, &id, q, args...)
	if fault.Is(err, fault.NotFound) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// add is insertRow where a conflict is not foreseen.
func (s session) add(ctx context.Context, q query, row any, id *int64) error {
	n, inserted, err := s.insertRow(ctx, q, row)
	if err != nil {
		return err
	}
	if !inserted {
		return fmt.Errorf("%s: %w", q.name, fault.New(fault.Conflict, "This is there already"))
	}
	*id = n
	return nil
}

// change is execRow for exactly one row; fault.NotFound when there was none.
func (s session) change(ctx context.Context, q query, row any) error {
	n, err := s.execRow(ctx, q, row)
	if err == nil && n == 0 {
		err = fault.Wrap(fault.NotFound, "This does not exist", fmt.Errorf("%s: no row", q.name))
	}
	return err
}

// args are the values of row's fields for the named parameters of st.
func (q *queries) args(st query, row any) ([]any, error) {
	v := reflect.Indirect(reflect.ValueOf(row))
	args := make([]any, 0, len(st.params))
	err := q.mapper.TraversalsByNameFunc(v.Type(), st.params, func(i int, path []int) error {
		if len(path) == 0 {
			return fmt.Errorf("%s: %s has no field for :%s", st.name, v.Type(), st.params[i])
		}
		args = append(args, reflectx.FieldByIndexesReadOnly(v, path).Interface())
		return nil
	})
	return args, err
}
