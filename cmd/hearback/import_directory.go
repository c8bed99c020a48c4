package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// directoryListed is how many lines are named before the rest is counted.
const directoryListed = 20

// runImportDirectory replaces what is known of the council's lists and forwardings
// by exports of its directory. With one line that cannot be read nothing changes.
func runImportDirectory(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	var asOf string
	path, files, err := configFlag("import directory", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&asOf, "as-of", "", "the `date` of the export, 2006-01-02; the files' own when left out")
	})
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fault.New(fault.Invalid, "Name the exports: hearback import directory -config FILE EXPORT.ldif|.csv...")
	}
	d, notes, err := readDirectoryFiles(files, out)
	if err != nil {
		return err
	}
	if asOf != "" {
		day, err := sla.ParseDate(asOf)
		if err != nil {
			return err
		}
		d.AsOf = day.Midnight()
	}
	cfg, err := LoadConfig(path)
	if err != nil {
		return err
	}
	if cfg.Log.Level != "error" {
		cfg.Log.Level = "warn"
	}
	a, err := NewApp(ctx, cfg, newLogger(cfg.Log, errs), nil)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, strings.TrimRight(fault.SafeText(err), ".")+
			": end `hearback serve`, run the import, then start it again. (On PostgreSQL both can run.)")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	if err := a.desk.ReplaceDirectory(ctx, access.System("import"), d, now); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s and %s, as of %s (%s old). %s.\n", count(len(d.Groups), "list"), count(len(d.Forwards), "forwarding"),
		sla.FormatDate(sla.DateOf(d.AsOf)), count(int(now.Sub(d.AsOf).Hours())/24, "day"), count(notes, "note"))
	return err
}

// readDirectoryFiles reads every export, says what is worth knowing, and gives them
// as one. It is as old as the oldest of them.
func readDirectoryFiles(files []string, out io.Writer) (register.Directory, int, error) {
	var all register.Directory
	notes, wrong := 0, 0
	for _, name := range files {
		d, age, err := readDirectoryFile(name)
		if err != nil {
			return all, 0, err
		}
		showLines(out, name, "cannot be read", d.Problems)
		showLines(out, name, "note", d.Notes)
		notes, wrong = notes+len(d.Notes), wrong+len(d.Problems)
		all.Groups, all.Forwards = append(all.Groups, d.Groups...), append(all.Forwards, d.Forwards...)
		if all.AsOf.IsZero() || age.Before(all.AsOf) {
			all.AsOf = age
		}
	}
	if wrong > 0 {
		return all, 0, fault.Newf(fault.Invalid, "%s cannot be read. Nothing was changed: a list with a member short would look safe", count(wrong, "line"))
	}
	return all, notes, nil
}

func readDirectoryFile(name string) (*register.DirectoryFile, time.Time, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, time.Time{}, fault.Wrap(fault.Invalid, "The export "+filepath.Base(name)+" cannot be opened", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the export: %w", err)
	}
	d, err := register.ReadDirectory(f)
	if err != nil {
		return nil, time.Time{}, fault.Wrap(fault.KindOf(err), filepath.Base(name)+": "+fault.SafeText(err), err)
	}
	return d, st.ModTime().UTC(), nil
}

func showLines(out io.Writer, name, what string, lines []register.DirectoryLine) {
	for i, l := range lines {
		if i == directoryListed {
			_, _ = fmt.Fprintf(out, "%s: and %d more\n", filepath.Base(name), len(lines)-i)
			return
		}
		_, _ = fmt.Fprintf(out, "%s:%d: %s: %s\n", filepath.Base(name), l.Line, what, l.Words)
	}
}
