package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"hearback/tickets/fault"
	"hearback/tickets/store"
)

// markEvery is how often the mark beside the database is brought up to date.
const markEvery = 5 * time.Second

// runRestore puts a backup back and makes it harmless before anything can leave.
func runRestore(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	var replace, asNew bool
	path, rest, err := configFlag("restore", args, errs, func(fs *flag.FlagSet) {
		fs.BoolVar(&replace, "replace", false, "move the database that is there aside (SQLite)")
		fs.BoolVar(&asNew, "as-new", false, "make it another installation: its letters are cancelled, and it never sends what the first one queued")
	})
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return fault.New(fault.Invalid, "Name one backup: hearback restore -config FILE BACKUP")
	}
	from, err := filepath.Abs(rest[0])
	if err != nil {
		return fault.Wrap(fault.Invalid, rest[0]+" is no directory", err)
	}
	opt, cfg, err := storeOptions(path)
	if err != nil {
		return err
	}
	steps := &stepMeter{w: errs}
	m, aside, err := store.Restore(ctx, opt, store.RestoreOptions{From: from, KeyFile: cfg.keyFile(), Replace: replace, Progress: steps.show})
	steps.end()
	if err != nil {
		if aside != "" {
			err = errors.Join(err, fmt.Errorf("the database that was there is in %s", aside))
		}
		return plainly(ctx, err)
	}
	// From here on the letters are there. An older schema needs no copy first: the
	// backup is one.
	opt.UpgradeUnsaved = true
	db, err := store.Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	done, err := db.AfterRestore(ctx, m.MadeAt, asNew, now)
	if err != nil {
		return fmt.Errorf("the backup is there but its letters are not held yet; run restore again into an empty place: %w", err)
	}
	if err := db.KeepMark(ctx); err != nil {
		return err
	}
	return tellRestored(out, m, done, aside, asNew)
}

func tellRestored(out io.Writer, m *store.Manifest, done store.AfterRestore, aside string, asNew bool) error {
	w := &lines{w: out}
	w.say("Restored the state of %s UTC.", m.MadeAt.Format("2 January 2006, 15:04:05"))
	if aside != "" {
		w.say("What was there before is in %s.", aside)
	}
	if asNew {
		w.say("This is a new installation: %s cancelled. Check the mailboxes in the configuration before you start it: two installations must not read the same one.",
			count(done.Cancelled, "unsent copy was"))
	} else {
		w.say("Unsent messages: %d wait for a person (Outbox, Kept back), %d may have been sent (Outbox, Uncertain). Nothing leaves by itself.", done.Held, done.Uncertain)
	}
	w.say("Everybody has to sign in again (%d sessions ended); API tokens have to be made anew (%d ended).", done.Sessions, done.Tokens)
	w.say("What was changed after that moment is not known: restrictions, closed accounts, notes. Enter them again before you release a message.")
	w.say("Mail that came since is fetched again and gets no second acknowledgement.")
	return w.err
}

// lines writes sentences and keeps the first error.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) say(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.w, format+"\n", args...)
	}
}

// runUpgrade brings the schema up to date by itself, for who wants to choose the
// moment. `hearback serve` does the same when it starts, on SQLite and wherever
// there is a data directory for the copy.
func runUpgrade(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	var unsaved bool
	path, rest, err := configFlag("upgrade", args, errs, func(fs *flag.FlagSet) {
		fs.BoolVar(&unsaved, "without-backup", false, "make no copy first: you have a backup")
	})
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fault.Newf(fault.Invalid, "upgrade takes no %q", rest[0])
	}
	opt, cfg, err := storeOptions(path)
	if err != nil {
		return err
	}
	opt.UpgradeUnsaved, opt.Logger = unsaved, newLogger(cfg.Log, errs)
	db, err := store.Open(ctx, opt)
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The database has the schema of this program.")
	return err
}

// sinceRestore is when the database was last restored. One that was put back by
// hand, without the command, is seen by the mark beside it and treated alike.
func (a *App) sinceRestore(ctx context.Context) (time.Time, error) {
	back, err := a.store.WentBack(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if back {
		now, err := a.now(ctx)
		if err != nil {
			return time.Time{}, err
		}
		done, err := a.store.AfterRestore(ctx, time.Time{}, false, now)
		if err != nil {
			return time.Time{}, err
		}
		a.log.Error("the database is older than it was: unsent letters are held", "event", "database_went_back", "held", done.Held, "uncertain", done.Uncertain)
	}
	if err := a.store.KeepMark(ctx); err != nil {
		return time.Time{}, err
	}
	return a.store.RestoredAt(ctx)
}

// markLoop keeps the mark beside the database until ctx ends.
func (a *App) markLoop(ctx context.Context) {
	ticker := time.NewTicker(markEvery)
	defer ticker.Stop()
	for {
		var last bool
		select {
		case <-ctx.Done():
			last = true
		case <-ticker.C:
		}
		if err := a.store.KeepMark(context.WithoutCancel(ctx)); err != nil {
			a.log.Warn("store", "event", "mark_failed", "error", err)
		}
		if last {
			return
		}
	}
}
