package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"

	"hearback/tickets/fault"
)

// backupPages is how many pages are copied between two looks at the context.
const backupPages = 4000

// backupSQLite copies the database page by page while others write. The source
// stands in one read transaction, so that the pages are of one moment and a busy
// writer does not make it begin again. Then the copy is read as a whole.
func backupSQLite(ctx context.Context, opt Options, dir string, m *Manifest, progress Progress) (blobs []blobName, err error) {
	source := filepath.Join(opt.Dir, databaseName)
	if _, err := os.Stat(source); err != nil {
		return nil, fault.Wrap(fault.Invalid, "There is no database in "+opt.Dir, err)
	}
	from, err := openFile(ctx, source, url.Values{"mode": {"ro"}, "_query_only": {"on"}, "_busy_timeout": {"5000"}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	file := filepath.Join(dir, databaseName)
	to, err := openFile(ctx, file, url.Values{"mode": {"rwc"}, "_synchronous": {"FULL"}})
	if err != nil {
		return nil, err
	}
	err = copyPages(ctx, from, to, progress)
	if err == nil {
		// One file, which any SQLite opens without a log beside it.
		_, err = to.ExecContext(ctx, "pragma journal_mode = delete")
	}
	if err == nil {
		blobs, err = readCopy(ctx, to, m, progress)
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return nil, fmt.Errorf("copying the database: %w", err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return nil, err
	}
	sum, err := hashFile(ctx, file)
	if err != nil {
		return nil, err
	}
	m.Database = &sum
	return blobs, nil
}

func copyPages(ctx context.Context, from, to *sqlx.DB, progress Progress) error {
	src, err := from.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := to.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = dst.Close() }()
	// The snapshot begins with the first read.
	if _, err := src.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	defer func() { _, _ = src.ExecContext(context.WithoutCancel(ctx), "rollback") }()
	var tables int
	if err := src.QueryRowContext(ctx, "select count(*) from sqlite_master").Scan(&tables); err != nil {
		return err
	}
	return rawSQLite(dst, func(d *sqlite3.SQLiteConn) error {
		return rawSQLite(src, func(s *sqlite3.SQLiteConn) error {
			b, err := d.Backup("main", s, "main")
			if err != nil {
				return err
			}
			for done := false; !done && err == nil; {
				if err = ctx.Err(); err != nil {
					break
				}
				if done, err = b.Step(backupPages); err == nil {
					progress("database", b.PageCount()-b.Remaining(), b.PageCount())
				}
			}
			return errors.Join(err, b.Finish())
		})
	})
}

func rawSQLite(c *sql.Conn, fn func(*sqlite3.SQLiteConn) error) error {
	return c.Raw(func(driver any) error {
		s, ok := driver.(*sqlite3.SQLiteConn)
		if !ok {
			return errors.New("this is no connection to SQLite")
		}
		return fn(s)
	})
}

// readCopy looks at every page and every reference of a copy, and counts its rows.
func readCopy(ctx context.Context, x *sqlx.DB, m *Manifest, progress Progress) ([]blobName, error) {
	progress("check", 0, 0)
	var ok string
	if err := x.GetContext(ctx, &ok, "pragma integrity_check(1)"); err != nil {
		return nil, err
	}
	if ok != "ok" {
		return nil, fault.Wrap(fault.Internal, "The copy of the database is damaged", errors.New(ok))
	}
	rows, err := x.QueryContext(ctx, "pragma foreign_key_check")
	if err != nil {
		return nil, err
	}
	broken := rows.Next()
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if broken {
		return nil, fault.New(fault.Internal, "In the copy of the database a row names another one that is not there")
	}
	if err := x.GetContext(ctx, &m.Schema, "select max(version_id) from goose_db_version where is_applied = 1"); err != nil {
		return nil, fault.Wrap(fault.Invalid, "This is no database of hearback", err)
	}
	var names []string
	if err := x.SelectContext(ctx, &names, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"); err != nil {
		return nil, err
	}
	for _, name := range names {
		if searchTable(name) {
			continue
		}
		t := TableCopy{Name: name}
		if err := x.GetContext(ctx, &t.Rows, `select count(*) from "`+name+`"`); err != nil {
			return nil, err
		}
		m.Tables = append(m.Tables, t)
	}
	var blobs []blobName
	return blobs, x.SelectContext(ctx, &blobs, blobsQuery)
}

// searchTable reports whether a table is the search index: it is in the file and
// its rows are SQLite's own business.
func searchTable(name string) bool {
	return slices.Contains([]string{
		"message_words", "message_words_config", "message_words_data", "message_words_docsize", "message_words_idx",
	}, name)
}
