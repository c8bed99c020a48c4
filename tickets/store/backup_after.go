package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// backupStatements are the statements of query/backup.sql.
type backupStatements struct {
	RestoreDoubt, RestoreLetters, RestoreCopies, RestoreHeld, RestoreLeases, RestoreSessions, RestoreTokens, MarkNow query
}

// Keys of the table settings.
const (
	installationKey = "installation" // random name of this database
	restoredKey     = "restored_at"  // UTC, RFC 3339: when it was last restored
)

// AfterRestore says what had to change in a restored database.
type AfterRestore struct {
	Held      int // copies that wait for a person now
	Uncertain int // copies that may have been sent
	Cancelled int // with asNew: copies that this installation will never send
	Sessions  int // that ended
	Tokens    int // of the API, that ended
}

// AfterRestore makes a restored database harmless, in one transaction: no letter
// that was waiting then leaves by itself, since it may have been sent, undone or
// forbidden in the meantime; nothing automatic happens for mail that was received
// before now (RestoredAt); sessions and API tokens end, since who was shut out
// since is in again. asNew makes it another installation: its letters are
// cancelled, and it has a new name.
//
// madeAt is when the backup was made; it is zero when nobody knows.
func (db *DB) AfterRestore(ctx context.Context, madeAt time.Time, asNew bool, now time.Time) (AfterRestore, error) {
	var out AfterRestore
	since := "of an earlier time"
	if !madeAt.IsZero() {
		since = "of " + madeAt.UTC().Format("2 January 2006, 15:04") + " UTC"
	}
	why := "The database was restored from a copy " + since + ". This message may have been sent, cancelled or forbidden since. " +
		"Look at the case and at the Sent folder before you release it."
	state := "held"
	whyDoubt := "The database was restored while this was being sent. Whether the mail server took it is not known."
	if asNew {
		state, why = "cancelled", "This is a copy of another installation, which sends its own letters."
	}
	err := db.inTx(ctx, func(t *tx) error {
		steps := []struct {
			into *int
			q    query
			args []any
		}{
			{&out.Uncertain, db.q.RestoreDoubt, []any{whyDoubt, at(now)}},
			{nil, db.q.RestoreLetters, []any{why}},
			{&out.Held, db.q.RestoreCopies, []any{state, why, at(now)}},
			{nil, db.q.RestoreLeases, []any{at(now)}},
			{&out.Sessions, db.q.RestoreSessions, nil},
			{&out.Tokens, db.q.RestoreTokens, nil},
		}
		for _, s := range steps {
			n, err := t.exec(ctx, s.q, s.args...)
			if err != nil {
				return err
			}
			if s.into != nil {
				*s.into = int(n)
			}
		}
		if asNew {
			n, err := t.exec(ctx, db.q.RestoreHeld, why, at(now))
			if err != nil {
				return err
			}
			out.Held, out.Cancelled = 0, out.Held+int(n)
			if _, err := t.exec(ctx, db.q.SettingPut, installationKey, rand.Text()); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, db.q.SettingPut, restoredKey, now.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
		detail := map[string]string{"held": strconv.Itoa(out.Held), "uncertain": strconv.Itoa(out.Uncertain), "cancelled": strconv.Itoa(out.Cancelled)}
		if !madeAt.IsZero() {
			detail["made_at"] = madeAt.UTC().Format(time.RFC3339)
		}
		return t.InsertAudit(ctx, &audit.Record{At: now, System: "restore", Action: audit.DatabaseRestored, Object: "database", Detail: detail})
	})
	return out, err
}

// RestoredAt is when the database was last restored, in UTC; zero when never.
func (db *DB) RestoredAt(ctx context.Context) (time.Time, error) {
	raw, err := db.setting(ctx, restoredKey)
	if err != nil || raw == "" {
		return time.Time{}, err
	}
	when, err := time.Parse(time.RFC3339Nano, raw)
	if err != nil {
		return when, fmt.Errorf("the setting %s: %w", restoredKey, err)
	}
	return when, nil
}

func (db *DB) setting(ctx context.Context, key string) (string, error) {
	var value string
	err := db.get(ctx, &value, db.q.SettingGet, key)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return value, err
}

// markName is a file in the data directory, outside the database: how far the
// database had come when a program last looked. A database that is behind it was
// put back by hand.
const markName = "mark.json"

// mark is the content of that file.
type mark struct {
	Installation string `json:"installation"`
	Events       int64  `json:"events" db:"events"`
	Register     int64  `json:"register" db:"register"`
	Claims       int64  `json:"claims" db:"claims"`
}

// KeepMark writes how far the database has come beside it. It is called again and
// again; a program without a data directory has no mark.
func (db *DB) KeepMark(ctx context.Context) error {
	if db.opt.Dir == "" {
		return nil
	}
	m, err := db.mark(ctx)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	name := filepath.Join(db.opt.Dir, markName)
	if old, err := os.ReadFile(name); err == nil && string(old) == string(raw) {
		return nil
	}
	// Renamed into place, so that no half file is ever read; without fsync, since a
	// mark that is a little old only sees a little less.
	if err := os.WriteFile(name+partialSuffix, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(name+partialSuffix, name)
}

// WentBack reports whether the database is older than the mark beside it, or
// another one: somebody put a copy back without `hearback restore`. When there is
// no mark nobody knows, and it reports false.
func (db *DB) WentBack(ctx context.Context) (bool, error) {
	if db.opt.Dir == "" {
		return false, nil
	}
	raw, err := os.ReadFile(filepath.Join(db.opt.Dir, markName))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var was mark
	if json.Unmarshal(raw, &was) != nil {
		return true, nil // cannot be read: better a letter too late than one too many
	}
	is, err := db.mark(ctx)
	if err != nil {
		return false, err
	}
	return is.Installation != was.Installation || is.Events < was.Events || is.Register < was.Register || is.Claims < was.Claims, nil
}

// mark reads the present mark; a database that has no name yet gets one.
func (db *DB) mark(ctx context.Context) (mark, error) {
	var m mark
	if err := db.get(ctx, &m, db.q.MarkNow); err != nil {
		return m, err
	}
	var err error
	if m.Installation, err = db.setting(ctx, installationKey); err != nil || m.Installation != "" {
		return m, err
	}
	err = db.inTx(ctx, func(t *tx) error {
		err := t.get(ctx, &m.Installation, db.q.SettingGet, installationKey)
		if fault.Is(err, fault.NotFound) { // and not another program's in the meantime
			m.Installation = rand.Text()
			_, err = t.exec(ctx, db.q.SettingPut, installationKey, m.Installation)
		}
		return err
	})
	return m, err
}
