package store

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"hearback/tickets/fault"
)

// newestMigration is the schema that this program knows.
func newestMigration(engine string) (int64, error) {
	files, err := fs.Glob(migrationFiles, "migrations/"+engine+"/*.sql")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, f := range files {
		v, err := goose.NumericComponent(f)
		if err != nil {
			return 0, err
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// restorePostgres makes the schema that the backup was made of, in an empty
// database, and loads the rows, in one transaction: a restore that is stopped
// leaves an empty database. Then every table is read again and compared.
func restorePostgres(ctx context.Context, opt Options, from string, m *Manifest, progress Progress) (err error) {
	conn, err := connectPostgres(ctx, opt.DSN)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if err := mustBeEmpty(ctx, conn); err != nil {
		return err
	}
	if err := migrateTo(ctx, opt, m.Schema); err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := loadTables(ctx, conn, from, m, progress); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("loading the backup: %w", err)
	}
	return nil
}

// mustBeEmpty refuses a database that holds more than an untouched schema.
func mustBeEmpty(ctx context.Context, conn *pgx.Conn) error {
	tables, err := pgTables(ctx, conn)
	if err != nil {
		return err
	}
	has := func(name string) bool {
		return slices.ContainsFunc(tables, func(t pgTable) bool { return t.name == name })
	}
	if !has("tickets") || !has("staff") || !has("ledger") {
		if len(tables) > 0 {
			return fault.New(fault.Conflict, "The PostgreSQL database holds tables of something else. Make an empty one and name it in the configuration")
		}
		return nil
	}
	var rows int64
	if err := conn.QueryRow(ctx, "select (select count(*) from tickets) + (select count(*) from staff) + (select count(*) from ledger)").Scan(&rows); err != nil {
		return err
	}
	if rows > 0 {
		return fault.New(fault.Conflict, "The PostgreSQL database holds data of hearback already. Make an empty one and name it in the configuration")
	}
	return nil
}

// migrateTo brings an empty database to one schema.
func migrateTo(ctx context.Context, opt Options, version int64) (err error) {
	db := &DB{opt: opt, log: slog.New(slog.DiscardHandler), release: func() error { return nil }}
	if db.opt.MaxConns == 0 {
		db.opt.MaxConns = 2
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.openPostgres(ctx); err != nil {
		return err
	}
	p, err := db.migrations()
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("making the schema: %w", err)
	}
	now, err := p.GetDBVersion(ctx)
	if err == nil && now != version {
		err = fault.Newf(fault.Conflict, "The PostgreSQL database has schema %d and the backup %d. Make an empty database", now, version)
	}
	return err
}

// loadTables fills the tables. Triggers would count and refuse what was counted
// and allowed long ago, and references only hold once all rows are there: both are
// put aside for the length of the transaction, by the owner's right alone. The
// references are all checked when they come back.
func loadTables(ctx context.Context, conn *pgx.Conn, from string, m *Manifest, progress Progress) error {
	tables, err := pgTables(ctx, conn)
	if err != nil {
		return err
	}
	refs, err := references(ctx, conn)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if _, err := conn.Exec(ctx, "alter table "+quoted([]string{r.table})+" drop constraint "+quoted([]string{r.name})); err != nil {
			return err
		}
	}
	for i, t := range tables {
		at := slices.IndexFunc(m.Tables, func(c TableCopy) bool { return c.Name == t.name })
		if at < 0 {
			return fault.Newf(fault.Internal, "The backup has no table %s", t.name)
		}
		if err := loadTable(ctx, conn, t, filepath.Join(from, tablesName, t.name+".copy.gz"), m.Tables[at]); err != nil {
			return fmt.Errorf("loading the table %s: %w", t.name, err)
		}
		progress("database", i+1, len(tables))
	}
	if len(m.Tables) != len(tables) {
		return fault.Newf(fault.Internal, "The backup has %d tables and the schema %d", len(m.Tables), len(tables))
	}
	for _, r := range refs {
		if _, err := conn.Exec(ctx, "alter table "+quoted([]string{r.table})+" add constraint "+quoted([]string{r.name})+" "+r.definition); err != nil {
			return fmt.Errorf("a reference of the table %s does not hold: %w", r.table, err)
		}
	}
	return nil
}

func loadTable(ctx context.Context, conn *pgx.Conn, t pgTable, file string, want TableCopy) (err error) {
	name := quoted([]string{t.name})
	if _, err := conn.Exec(ctx, "alter table "+name+" disable trigger user"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "delete from "+name); err != nil { // what a migration put in
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	if _, err := conn.PgConn().CopyFrom(ctx, z, fmt.Sprintf("copy %s (%s) from stdin", name, quoted(t.columns))); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "alter table "+name+" enable trigger user"); err != nil {
		return err
	}
	got, err := copyTableOut(ctx, conn, t, "")
	if err != nil {
		return err
	}
	if got != want {
		return fault.Newf(fault.Internal, "After loading, the table %s has %d rows (%d in the backup) or other contents", t.name, got.Rows, want.Rows)
	}
	return nextNumbers(ctx, conn, t)
}

// nextNumbers lets a table's own numbers go on behind those that were loaded.
func nextNumbers(ctx context.Context, conn *pgx.Conn, t pgTable) error {
	for _, column := range t.columns {
		var sequence *string
		if err := conn.QueryRow(ctx, "select pg_get_serial_sequence($1, $2)", quoted([]string{t.name}), column).Scan(&sequence); err != nil {
			return err
		}
		if sequence == nil {
			continue
		}
		statement := fmt.Sprintf("select setval($1::regclass, coalesce((select max(%s) from %s), 0) + 1, false)", quoted([]string{column}), quoted([]string{t.name}))
		if _, err := conn.Exec(ctx, statement, *sequence); err != nil {
			return err
		}
	}
	return nil
}

// reference is a foreign key.
type reference struct{ table, name, definition string }

func references(ctx context.Context, conn *pgx.Conn) ([]reference, error) {
	rows, err := conn.Query(ctx, `
select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k join pg_class c on c.oid = k.conrelid
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace order by c.relname, k.conname`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (reference, error) {
		var r reference
		return r, row.Scan(&r.table, &r.name, &r.definition)
	})
}

// checkTable unpacks one table of a backup and compares it with its hash.
func checkTable(ctx context.Context, file string, want TableCopy) error {
	damaged := func(err error) error {
		return fault.Wrap(fault.Internal, "The table "+want.Name+" in the backup is damaged. Take an older backup", err)
	}
	f, err := os.Open(file)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(readerWithContext{ctx, f})
	if err != nil {
		return damaged(err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, z); err != nil {
		return damaged(err)
	}
	if hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
		return damaged(errors.New("another hash"))
	}
	return nil
}
