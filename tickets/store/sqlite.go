package store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"hearback/tickets/fault"
)

const sqliteReaders = 4

// openSQLite opens one writer and a few readers that cannot write.
//
// One writer, because SQLite has one: transactions queue in this program, first
// come first served, instead of failing with SQLITE_BUSY. synchronous=FULL,
// because a mail that was acknowledged must survive a power cut; in WAL mode
// NORMAL does not promise that.
func (db *DB) openSQLite(ctx context.Context) error {
	db.engine = engine{
		name: SQLite, driver: "sqlite3",
		nowQuery: "select strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'",
	}
	if db.opt.Dir == "" {
		return fault.New(fault.Invalid, "The data directory is not set")
	}
	if err := os.MkdirAll(db.opt.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, "The data directory "+db.opt.Dir+" cannot be made", err)
	}
	release, err := lockDir(db.opt.Dir)
	if err != nil {
		return err
	}
	db.release = release

	file := filepath.Join(db.opt.Dir, "hearback.db")
	sync := "FULL"
	if db.opt.NoSync {
		sync = "OFF"
	}
	common := url.Values{
		"_busy_timeout": {"5000"},
		"_foreign_keys": {"on"},
		// Statements are kept compiled by their text; there are about 500, of which most are rare.
		"_stmt_cache_size": {"600"},
	}
	writer := url.Values{
		"mode": {"rwc"}, "_txlock": {"immediate"}, "_journal_mode": {"WAL"},
		"_synchronous": {sync}, "_cache_size": {"-16000"},
	}
	readers := url.Values{"mode": {"ro"}, "_query_only": {"on"}, "_cache_size": {"-4000"}}
	if db.write, err = openFile(ctx, file, common, writer); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	db.write.SetMaxIdleConns(1)
	for _, pragma := range []string{
		// The log is folded back less often than by default (1,000 pages): a page
		// that many mails touch is then written to the database file once.
		"pragma wal_autocheckpoint = 4000",
		"pragma journal_size_limit = 67108864",
	} {
		if _, err := db.write.ExecContext(ctx, pragma); err != nil {
			return fmt.Errorf("%s: %w", pragma, err)
		}
	}
	if err := checkFTS5(ctx, db.write); err != nil {
		return err
	}
	if db.read, err = openFile(ctx, file, common, readers); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(sqliteReaders)
	db.read.SetMaxIdleConns(sqliteReaders)
	return nil
}

func openFile(ctx context.Context, file string, sets ...url.Values) (*sqlx.DB, error) {
	all := url.Values{}
	for _, set := range sets {
		for k, v := range set {
			all[k] = v
		}
	}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: all.Encode()}).String()
	x, err := sqlx.ConnectContext(ctx, "sqlite3", dsn)
	if err != nil {
		return nil, fault.Wrap(fault.Temporary, "The database "+file+" cannot be opened", err)
	}
	return x, nil
}

// checkFTS5 says in plain words what a program built without its tag lacks.
// Without this it would be "no such module: fts5" in the middle of a migration.
func checkFTS5(ctx context.Context, x *sqlx.DB) error {
	var has int
	err := x.GetContext(ctx, &has, "select count(*) from pragma_module_list where name = 'fts5'")
	if err != nil {
		return fmt.Errorf("asking SQLite for its modules: %w", err)
	}
	if has == 0 {
		return fault.New(fault.Invalid, "This program was built without full-text search. Build it with -tags sqlite_fts5")
	}
	return nil
}
