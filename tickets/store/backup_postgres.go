package store

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"hearback/tickets/fault"
)

// gooseTable is the migrations' own: a restore makes it by migrating.
const gooseTable = "goose_db_version"

// pgTable is a table of the database with the columns that can be written.
type pgTable struct {
	name    string
	columns []string
	order   []string // the primary key, or every column
}

// backupPostgres writes every table with COPY, all in one snapshot. It needs no
// other program, so that a council's backup does not depend on a pg_dump of the
// right version.
func backupPostgres(ctx context.Context, opt Options, dir string, m *Manifest, progress Progress) (_ []blobName, err error) {
	conn, err := connectPostgres(ctx, opt.DSN)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning a backup: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := tx.QueryRow(ctx, "select max(version_id) from "+gooseTable+" where is_applied").Scan(&m.Schema); err != nil {
		return nil, fault.Wrap(fault.Invalid, "This is no database of hearback", err)
	}
	tables, err := pgTables(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, tablesName), 0o700); err != nil {
		return nil, err
	}
	for i, t := range tables {
		one, err := copyTableOut(ctx, conn, t, filepath.Join(dir, tablesName, t.name+".copy.gz"))
		if err != nil {
			return nil, fmt.Errorf("copying the table %s: %w", t.name, err)
		}
		m.Tables = append(m.Tables, one)
		progress("database", i+1, len(tables))
	}
	if err := syncDirectory(filepath.Join(dir, tablesName)); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, blobsQuery)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[blobName])
}

func connectPostgres(ctx context.Context, dsn string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The address of the PostgreSQL database cannot be read", err)
	}
	// What COPY writes must be the same wherever it is read.
	for k, v := range map[string]string{
		"timezone": "UTC", "application_name": "hearback backup", "datestyle": "ISO", "intervalstyle": "postgres",
		"extra_float_digits": "3", "bytea_output": "hex",
	} {
		cfg.RuntimeParams[k] = v
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fault.Wrap(fault.Temporary, "The PostgreSQL database does not answer", err)
	}
	return conn, nil
}

// pgQuerier is what a connection and a transaction have in common.
type pgQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// pgTables are the tables of the current schema, in the order of their names.
func pgTables(ctx context.Context, x pgQuerier) ([]pgTable, error) {
	rows, err := x.Query(ctx, `
select c.relname, array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = ''),
  coalesce((select array_agg(k.attname::text order by array_position(i.indkey::int2[], k.attnum))
    from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey)
    where i.indrelid = c.oid and i.indisprimary), '{}')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1
group by c.oid, c.relname order by c.relname`, gooseTable)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (pgTable, error) {
		var t pgTable
		err := row.Scan(&t.name, &t.columns, &t.order)
		if len(t.order) == 0 {
			t.order = t.columns
		}
		return t, err
	})
}

func quoted(names []string) string {
	out := slices.Clone(names)
	for i, n := range out {
		out[i] = pgx.Identifier{n}.Sanitize()
	}
	return strings.Join(out, ", ")
}

// copyTableOut writes a table's rows, packed, and hashes them unpacked. An empty
// name writes nothing and only hashes.
func copyTableOut(ctx context.Context, conn *pgx.Conn, t pgTable, name string) (TableCopy, error) {
	one := TableCopy{Name: t.name}
	h := sha256.New()
	statement := fmt.Sprintf("copy (select %s from %s order by %s) to stdout", quoted(t.columns), quoted([]string{t.name}), quoted(t.order))
	if name == "" {
		tag, err := conn.PgConn().CopyTo(ctx, h, statement)
		one.Rows, one.SHA256 = tag.RowsAffected(), hex.EncodeToString(h.Sum(nil))
		return one, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return one, err
	}
	z := gzip.NewWriter(f)
	tag, err := conn.PgConn().CopyTo(ctx, io.MultiWriter(h, z), statement)
	one.Rows, one.SHA256 = tag.RowsAffected(), hex.EncodeToString(h.Sum(nil))
	return one, errors.Join(err, z.Close(), f.Sync(), f.Close())
}
