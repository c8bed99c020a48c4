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
	"net/mail"
	"slices"
	"strings"
	"time"

	"hearback/mailbox/inspect"
	"hearback/tickets"
	"hearback/tickets/access"
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

func runUserAdd(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	var email, name, role, team string
	path, _, err := configFlag("user add", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&email, "email", "", "the `address` to sign in with")
		fs.StringVar(&name, "name", "", "the `name` that colleagues see")
		fs.StringVar(&role, "role", "", "one of: "+roleNames())
		fs.StringVar(&team, "team", "", "the `team`; made when it is not there yet")
	})
	if err != nil {
		return err
	}
	addr, err := mail.ParseAddress(email)
	if err != nil || addr.Address != email {
		return fault.Newf(fault.Invalid, "-email %q is not an e-mail address", email)
	}
	if strings.TrimSpace(name) == "" {
		return fault.New(fault.Invalid, "-name is missing")
	}
	if !slices.Contains(access.Roles(), access.Role(role)) {
		return fault.Newf(fault.Invalid, "-role %q is none of: %s", role, roleNames())
	}
	password, err := askPassword(in, out)
	if err != nil {
		return err
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	db, _, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	err = db.Write(ctx, func(tx tickets.Tx) error {
		s := register.Staff{Email: email, Mailbox: register.FoldMailbox(email), Name: name, Role: role, PasswordHash: hash, Active: true}
		if _, err := tx.StaffByMailbox(ctx, s.Mailbox); err == nil {
			return fault.Newf(fault.Conflict, "There is an account for %s already", email)
		}
		if team != "" {
			t, err := teamNamed(ctx, tx, team)
			if err != nil {
				return err
			}
			s.TeamID = t.ID
			if err := tx.InsertStaff(ctx, &s); err != nil {
				return err
			}
			if access.Role(role) == access.RoleLead && t.LeadID == 0 {
				t.LeadID = s.ID
				return tx.UpdateTeam(ctx, t)
			}
			return nil
		}
		return tx.InsertStaff(ctx, &s)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s can sign in as %s.\n", name, email)
	return err
}

func roleNames() string {
	var out []string
	for _, r := range access.Roles() {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// minPassword follows NIST SP 800-63B: length counts, composition does not.
const minPassword = 12

// askPassword reads a line: a password on the command line would be in the
// list of processes and in the shell's history.
func askPassword(in io.Reader, out io.Writer) (string, error) {
	_, _ = fmt.Fprint(out, "Password (at least 12 characters; it is shown while you type, or pipe it in): ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && line == "" {
		return "", fault.Wrap(fault.Invalid, "No password was given", err)
	}
	_, _ = fmt.Fprintln(out)
	p := strings.TrimRight(line, "\r\n")
	if len([]rune(p)) < minPassword {
		return "", fault.Newf(fault.Invalid, "The password needs at least %d characters", minPassword)
	}
	return p, nil
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
