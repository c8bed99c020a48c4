package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"hearback/tickets/fault"
	"hearback/tickets/store"
)

// storeOptions are where the data of a configuration is.
func storeOptions(path string) (store.Options, Config, error) {
	cfg, err := LoadConfig(path)
	if err != nil {
		return store.Options{}, cfg, err
	}
	dsn, err := Secret(cfg.Database.DSNEnv, cfg.Database.DSNFile)
	if err != nil {
		return store.Options{}, cfg, err
	}
	return store.Options{Engine: cfg.Database.Engine, Dir: cfg.DataDir, DSN: dsn, RefPrefix: cfg.Council.TicketPrefix}, cfg, nil
}

// runBackup copies a database that may be in use. `hearback serve` goes on.
func runBackup(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	var keep int
	var noKey bool
	path, rest, err := configFlag("backup", args, errs, func(fs *flag.FlagSet) {
		fs.IntVar(&keep, "keep", 0, "remove all but the newest `N` backups in DIR, when this one is whole")
		fs.BoolVar(&noKey, "without-key", false, "leave out the key of the secrets in the database (keep it elsewhere)")
	})
	if err != nil {
		return err
	}
	if len(rest) != 1 || keep < 0 {
		return fault.New(fault.Invalid, "Name the directory for backups: hearback backup -config FILE DIR")
	}
	opt, cfg, err := storeOptions(path)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(rest[0])
	if err != nil {
		return fault.Wrap(fault.Invalid, rest[0]+" is no directory", err)
	}
	steps := &stepMeter{w: errs}
	b := store.BackupOptions{Dir: dir, Program: version, Keep: keep, Progress: steps.show}
	if !noKey {
		b.KeyFile = cfg.keyFile()
	}
	began := time.Now()
	made, m, err := store.Backup(ctx, opt, b)
	steps.end()
	if err != nil {
		return plainly(ctx, err)
	}
	_, err = fmt.Fprintf(out, "%s: checked, %s of %s, %s as files (%d MB), %s. %s"+
		"It holds letters of families: keep it as you keep the database.\n",
		made, count(len(m.Tables), "table"), m.Engine, count(int(m.Blobs.Files), "original"), m.Blobs.Bytes>>20,
		time.Since(began).Round(100*time.Millisecond), keyWords(m))
	return err
}

func keyWords(m *store.Manifest) string {
	if m.Key {
		return "The key of the authenticator apps is in it. "
	}
	return "The key of the authenticator apps is not in it. "
}

// plainly says that a person stopped it, where they did.
func plainly(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.New(fault.Invalid, "Stopped before the end. Nothing was left behind")
	}
	return err
}

func runBackupCheck(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	if len(args) != 1 {
		return fault.New(fault.Invalid, "Name one backup: hearback backup check BACKUP")
	}
	m, err := store.ReadManifest(args[0])
	if err != nil {
		return err
	}
	steps := &stepMeter{w: errs}
	err = store.CheckBackup(ctx, args[0], m, steps.show)
	steps.end()
	if err != nil {
		return plainly(ctx, err)
	}
	var rows int64
	for _, t := range m.Tables {
		rows += t.Rows
	}
	_, err = fmt.Fprintf(out, "%s: whole. Made %s UTC by hearback %s: %s, schema %d, %d rows in %s, %s as files.\n",
		args[0], m.MadeAt.Format("2 January 2006, 15:04:05"), m.Program, m.Engine, m.Schema, rows,
		count(len(m.Tables), "table"), count(int(m.Blobs.Files), "original"))
	return err
}
