package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// exportMark says that a directory was begun by an export, and may be begun anew.
const exportMark = ".hearback-export"

// runExportAll writes everything that hearback holds into a directory.
func runExportAll(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	path, rest, err := configFlag("export all", args, errs, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return fault.New(fault.Invalid, "Name the directory: hearback export all -config FILE DIR")
	}
	dir, err := exportDir(rest[0])
	if err != nil {
		return err
	}
	a, err := importApp(ctx, path, errs)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "`hearback serve` has the data directory. End it, export, and start it again; mail waits on the server meanwhile. (On PostgreSQL both can run.)")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	x := &exportWriter{dir: dir + ".partial", steps: &stepMeter{w: errs}, made: now, council: a.cfg.Council.Name}
	if err := x.begin(); err != nil {
		return err
	}
	err = a.desk.ExportAll(ctx, access.System("export"), a.store, now, func(r tickets.ExportRows) error { return x.all(ctx, r) })
	x.steps.end()
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("stopped before the end")
		}
		// What there is names families: it does not stay behind.
		return errors.Join(err, os.RemoveAll(x.dir))
	}
	if err := x.finish(dir); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s with %s and %s. README.txt says what each file is. It holds personal data of families: keep it as you keep the database.\n",
		dir, count(len(x.files), "file"), count(x.rows, "row"), count(x.mails, "original"))
	return err
}

// exportDir is the directory as an absolute path; it must not hold anything.
func exportDir(name string) (string, error) {
	dir, err := filepath.Abs(name)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, name+" is no directory", err)
	}
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return "", fault.Wrap(fault.Invalid, dir+" is no directory", err)
	case len(list) > 0:
		return "", fault.Newf(fault.Invalid, "%s is not empty. Name a directory that is not there yet", dir)
	}
	return dir, nil
}

// begin makes the directory that an export is written into until it is whole. One
// that an export was killed in is begun anew.
func (x *exportWriter) begin() error {
	if _, err := os.Stat(x.dir); err == nil {
		if _, err := os.Stat(filepath.Join(x.dir, exportMark)); err != nil {
			return fault.Newf(fault.Invalid, "%s is there and was not left by an export. Move it away", x.dir)
		}
		if err := os.RemoveAll(x.dir); err != nil {
			return fault.Wrap(fault.Invalid, x.dir+" cannot be removed", err)
		}
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, x.dir+" cannot be made", err)
	}
	return os.WriteFile(filepath.Join(x.dir, exportMark), nil, 0o600)
}

// finish gives the directory its name, when all of it is on disk.
func (x *exportWriter) finish(dir string) error {
	if err := os.Remove(filepath.Join(x.dir, exportMark)); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) { // it was empty
		return err
	}
	return os.Rename(x.dir, dir)
}
