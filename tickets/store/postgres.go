package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"hearback/tickets/fault"
)

// openPostgres opens one pool for reading and writing. Statements are kept
// prepared on each connection by pgx.
func (db *DB) openPostgres(ctx context.Context) error {
	db.engine = engine{
		name: Postgres, driver: "pgx", forUpdate: " for update",
		// Not now(): that is the start of the transaction.
		nowQuery: "select clock_timestamp()",
		// Any number will do that nobody else in the database uses. Both end with the
		// transaction, behind its commit.
		lockCommit: "select pg_advisory_xact_lock_shared(7319204417)",
		lockAlone:  "select pg_advisory_xact_lock(7319204417)",
	}
	cfg, err := pgx.ParseConfig(db.opt.DSN)
	if err != nil {
		// pgx takes the password out of its messages.
		return fault.Wrap(fault.Invalid, "The address of the PostgreSQL database cannot be read", err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "hearback"
	if db.opt.NoSync {
		cfg.RuntimeParams["synchronous_commit"] = "off"
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	pool := sqlx.NewDb(stdlib.OpenDB(*cfg), "pgx")
	pool.SetMaxOpenConns(db.opt.MaxConns)
	pool.SetMaxIdleConns(db.opt.MaxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.write, db.read = pool, pool
	if err := pool.PingContext(ctx); err != nil {
		return fault.Wrap(fault.Temporary, "The PostgreSQL database does not answer", err)
	}
	return nil
}
