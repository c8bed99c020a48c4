package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"hearback/tickets/fault"
)

//go:embed migrations
var migrationFiles embed.FS

// migrate brings the schema to what this program knows. It refuses a schema that
// is newer, because an older program would write rows that the newer one takes
// for whole. Before a database with data is changed it is copied to the directory
// backups of the data directory; without one, an upgrade has to be asked for.
func (db *DB) migrate(ctx context.Context) error {
	p, err := db.migrations()
	if err != nil {
		return err
	}
	now, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", db.classify(err))
	}
	if now > newest {
		return fault.Newf(fault.Invalid, "This database was made by a newer hearback (its schema is version %d; this program "+
			"knows %d). Install the newer program, or restore the backup that was made before the upgrade", now, newest)
	}
	if now == newest {
		return nil
	}
	if now > 0 && !db.opt.UpgradeUnsaved {
		file, err := db.saveBefore(ctx, newest)
		if err != nil {
			return err
		}
		db.log.InfoContext(ctx, "database copied before upgrade", "event", "schema_backup", "file", file)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("upgrading the schema: %w", db.classify(err))
	}
	for _, m := range done {
		db.log.InfoContext(ctx, "schema upgraded", "event", "schema_upgraded", "version", m.Source.Version)
	}
	return nil
}

func (db *DB) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations/"+db.engine.name)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	dialect := goose.DialectSQLite3
	if db.engine.name == Postgres {
		dialect = goose.DialectPostgres
		// Two programs may start at the same moment.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("migrations: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, db.write.DB, files, opts...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}

// saveBefore copies the database, so that an upgrade can be taken back.
func (db *DB) saveBefore(ctx context.Context, version int64) (string, error) {
	if db.engine.name == SQLite {
		return db.backupBefore(ctx, version)
	}
	if db.opt.Dir == "" {
		return "", fault.New(fault.Invalid, "This database has an older schema and there is no data_dir to copy it to. End every hearback that uses it, "+
			"make a backup (hearback backup) and upgrade it with: hearback upgrade -config FILE -without-backup")
	}
	dir, _, err := Backup(ctx, db.opt, BackupOptions{Dir: filepath.Join(db.opt.Dir, "backups"), Program: "before schema " + strconv.FormatInt(version, 10), LinkBlobs: true})
	if err != nil {
		return "", fmt.Errorf("copying the database before the upgrade: %w", err)
	}
	return dir, nil
}

// backupBefore copies the database as it is. VACUUM INTO through the writer
// gives one consistent file without the write-ahead log.
func (db *DB) backupBefore(ctx context.Context, version int64) (string, error) {
	dir := filepath.Join(db.opt.Dir, "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fault.Wrap(fault.Temporary, "The directory "+dir+" for the copy before the upgrade cannot be made", err)
	}
	file := filepath.Join(dir, fmt.Sprintf("before-%04d-%s.db", version, time.Now().UTC().Format("20060102T150405.000000Z")))
	if _, err := db.write.ExecContext(ctx, "vacuum into ?", file); err != nil {
		return "", fmt.Errorf("copying the database before the upgrade: %w", db.classify(err))
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("copying the database before the upgrade: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return "", fmt.Errorf("copying the database before the upgrade: %w", db.classify(err))
	}
	return file, db.syncDir(dir)
}
