package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	"hearback/tickets/fault"
)

// The engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Options say where the data is. Engine and Dir are always needed on SQLite;
// on PostgreSQL it is Engine and DSN.
type Options struct {
	Engine string // SQLite or Postgres
	// Dir is the data directory: hearback.db, blobs, backups and the lock file
	// against a second program. On PostgreSQL it may be empty.
	Dir string
	DSN string // PostgreSQL: postgres://...
	// BlobDir holds raw mails above 64 KB as files. Empty means Dir/blobs; when
	// Dir is empty too they are kept in the database.
	BlobDir   string
	RefPrefix string // of ticket references; "SEN" when empty
	FirstRef  int64  // number of the first ticket in a new database; 104001 when 0
	// NoSync leaves commits to the operating system: what was committed may be
	// lost when the machine stops. For tests and for loading demonstrations only.
	NoSync bool
	// MaxConns bounds the connections to PostgreSQL; 10 when 0.
	MaxConns int
	// UpgradeUnsaved brings an older schema up to date without a copy of the
	// database first: for tests, and for who has made a backup.
	UpgradeUnsaved bool
	Logger         *slog.Logger // nil: nothing is logged
}

// DB is an open store. It implements tickets.Store, tickets.OutboxStore and
// tickets.MailStore, and is safe for use by several goroutines.
type DB struct {
	reader
	opt     Options
	log     *slog.Logger
	write   *sqlx.DB // SQLite: one connection; PostgreSQL: the pool
	read    *sqlx.DB // SQLite: read-only connections; PostgreSQL: the same pool
	engine  engine
	q       *queries
	release func() error // gives the data directory back
	index   indexCache
	lane    lane // SQLite: whose turn it is to write
}

// engine is what differs between the databases besides statements.
type engine struct {
	name   string
	driver string // name in database/sql
	// forUpdate follows a select whose row is about to be decided upon. SQLite
	// has one writer, which is lock enough.
	forUpdate string
	nowQuery  string
	// lockCommit is said by every writer just before it commits, and shared by them;
	// lockAlone by whoever must know that nobody commits. SQLite has one writer.
	lockCommit, lockAlone string
}

// Open opens the database, brings it to the present schema and prepares every
// statement. Errors carry a text for the operator: the directory is in use by
// another program, the schema is newer than this program, FTS5 is not compiled in.
func Open(ctx context.Context, opt Options) (*DB, error) {
	if opt.RefPrefix == "" {
		opt.RefPrefix = "SEN"
	}
	if opt.FirstRef == 0 {
		opt.FirstRef = 104001
	}
	if opt.MaxConns == 0 {
		opt.MaxConns = 10
	}
	if opt.BlobDir == "" && opt.Dir != "" {
		opt.BlobDir = filepath.Join(opt.Dir, "blobs")
	}
	log := opt.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	db := &DB{opt: opt, log: log, release: func() error { return nil }}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	var err error
	switch strings.ToLower(db.opt.Engine) {
	case SQLite:
		err = db.openSQLite(ctx)
	case Postgres:
		err = db.openPostgres(ctx)
	default:
		err = fault.Newf(fault.Invalid, "The database engine %q is not known. It is sqlite or postgres", db.opt.Engine)
	}
	if err != nil {
		return err
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	if db.q, err = loadQueries(db.engine.name); err != nil {
		return err
	}
	db.q.refPrefix = db.opt.RefPrefix
	if err := db.q.prepare(ctx, db.write); err != nil {
		return err
	}
	if err := db.prepareLists(ctx); err != nil {
		return err
	}
	db.reader = reader{session: session{db: db, ext: db.read}}
	if err := prepareDir(db.opt.BlobDir); err != nil {
		return err
	}
	if err := db.fillLoose(ctx); err != nil {
		return err
	}
	return db.startCounters(ctx)
}

// startCounters makes the counters of a new database.
func (db *DB) startCounters(ctx context.Context) error {
	return db.inTx(ctx, func(x *tx) error {
		for name, first := range map[string]int64{"ticket": db.opt.FirstRef, "claim": 1} {
			if _, err := x.exec(ctx, db.q.CounterStart, name, first); err != nil {
				return fmt.Errorf("starting the counter %s: %w", name, err)
			}
		}
		return nil
	})
}

// Close gives everything back. It waits for transactions that run.
func (db *DB) Close() error {
	var errs []error
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	errs = append(errs, db.release())
	return errors.Join(errs...)
}

// Engine is SQLite or Postgres.
func (db *DB) Engine() string { return db.engine.name }
