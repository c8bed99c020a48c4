package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"hearback/mailbox/inspect"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

func runMailInspect(ctx context.Context, args []string, _ io.Reader, out, _ io.Writer) error {
	if len(args) == 0 {
		return fault.New(fault.Invalid, "Name files or folders: hearback mail inspect PATH...")
	}
	w := bufio.NewWriterSize(out, 1<<16)
	return errors.Join(inspect.Run(ctx, args, w), w.Flush())
}

// openStore opens the database of a configuration for a command.
func openStore(ctx context.Context, path string) (*store.DB, Config, error) {
	cfg, err := LoadConfig(path)
	if err != nil {
		return nil, cfg, err
	}
	dsn, err := Secret(cfg.Database.DSNEnv, cfg.Database.DSNFile)
	if err != nil {
		return nil, cfg, err
	}
	db, err := store.Open(ctx, store.Options{Engine: cfg.Database.Engine, Dir: cfg.DataDir, DSN: dsn, RefPrefix: cfg.Council.TicketPrefix})
	return db, cfg, err
}

func runTokenAdd(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	var email, name string
	var days int
	path, _, err := configFlag("token add", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&email, "email", "", "the `address` of the account that the token belongs to")
		fs.StringVar(&name, "name", "", "what the token is `for`")
		fs.IntVar(&days, "days", 90, "`days` until it ends")
	})
	if err != nil {
		return err
	}
	if name == "" || days < 1 || days > 366 {
		return fault.New(fault.Invalid, "Give -name, and -days from 1 to 366")
	}
	db, _, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	staff, err := db.StaffByMailbox(ctx, register.FoldMailbox(email))
	if err != nil {
		return fault.Wrap(fault.Invalid, "There is no account for that address", err)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	token := "hb_" + base64.RawURLEncoding.EncodeToString(raw)
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	if err := addToken(ctx, db, token, staff.ID, name, now.Add(time.Duration(days)*24*time.Hour)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\nIt is shown this once and ends in %d days.\n", token, days)
	return err
}

func addToken(ctx context.Context, db *store.DB, token string, staffID int64, name string, ends time.Time) error {
	return db.InsertToken(ctx, tokenHash(token), staffID, nil, name, ends)
}

// tokenHash is what the database knows of a token. A token has 256 random bits,
// so a plain hash of it cannot be turned round.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
