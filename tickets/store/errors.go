package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"hearback/tickets/fault"
)

const diskFullText = "The disk is full. Nothing was lost: hearback goes on by itself as soon as there is room"

// classify gives an error of the database the kind that callers decide by.
func (db *DB) classify(err error) error {
	var own *fault.Error
	if errors.As(err, &own) {
		return err
	}
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return classifySQLite(lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgres(pg)
	}
	var net *pgconn.ConnectError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Wrap(fault.Temporary, diskFullText, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Temporary, "This took too long. Try again", err)
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone),
		errors.As(err, &net), pgconn.SafeToRetry(err):
		return fault.Wrap(fault.Temporary, "The database does not answer. Try again", err)
	}
	return err
}

func classifySQLite(err sqlite3.Error) error {
	switch {
	case err.Code == sqlite3.ErrFull, err.SystemErrno == syscall.ENOSPC, err.SystemErrno == syscall.EDQUOT:
		return fault.Wrap(fault.Temporary, diskFullText, err)
	case err.Code == sqlite3.ErrBusy, err.Code == sqlite3.ErrLocked, err.Code == sqlite3.ErrInterrupt:
		return fault.Wrap(fault.Temporary, "The database is busy. Try again", err)
	case err.Code == sqlite3.ErrIoErr, err.Code == sqlite3.ErrNomem, err.Code == sqlite3.ErrCantOpen:
		return fault.Wrap(fault.Temporary, "The database cannot be read or written at the moment", err)
	case err.ExtendedCode == sqlite3.ErrConstraintUnique, err.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return fault.Wrap(fault.Conflict, "This is there already", err)
	case err.ExtendedCode == sqlite3.ErrConstraintForeignKey, err.ExtendedCode == sqlite3.ErrConstraintNotNull,
		err.ExtendedCode == sqlite3.ErrConstraintCheck:
		return fault.Wrap(fault.Invalid, "This is not complete, or refers to something that does not exist", err)
	}
	return err
}

func classifyPostgres(err *pgconn.PgError) error {
	switch err.Code {
	case "53100": // disk_full
		return fault.Wrap(fault.Temporary, diskFullText, err)
	case "23505": // unique_violation
		return fault.Wrap(fault.Conflict, "This is there already", err)
	case "23503", "23502", "23514": // foreign_key, not_null and check violation
		return fault.Wrap(fault.Invalid, "This is not complete, or refers to something that does not exist", err)
	case "40001", "40P01", "55P03", "57014": // serialization, deadlock, lock not available, query cancelled
		return fault.Wrap(fault.Temporary, "The database is busy. Try again", err)
	}
	switch err.Code[:2] {
	case "08", "53", "57", "58": // connection, resources, operator intervention, system
		return fault.Wrap(fault.Temporary, "The database does not answer. Try again", err)
	}
	return err
}

// endsTransaction reports whether SQLite may have rolled the transaction back by
// itself (https://www.sqlite.org/lang_transaction.html, section 3.1). Statements
// after that would be committed one by one, so none may follow.
func endsTransaction(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		switch lite.Code {
		case sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrNomem, sqlite3.ErrBusy, sqlite3.ErrInterrupt, sqlite3.ErrCorrupt:
			return true
		}
	}
	return false
}
