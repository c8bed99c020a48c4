package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// officeOf is the desk of a command that changes accounts, with the time of the
// database. The caller closes the store.
func officeOf(ctx context.Context, path string) (*store.DB, *tickets.Desk, time.Time, error) {
	db, cfg, err := openStore(ctx, path)
	if err != nil {
		return nil, nil, time.Time{}, err
	}
	desk, now, err := deskOf(ctx, db, cfg)
	if err != nil {
		_ = db.Close()
		return nil, nil, time.Time{}, err
	}
	return db, desk, now, nil
}

func deskOf(ctx context.Context, db *store.DB, cfg Config) (*tickets.Desk, time.Time, error) {
	calendar, err := cfg.Calendar()
	if err != nil {
		return nil, time.Time{}, err
	}
	settings, err := cfg.Settings()
	if err != nil {
		return nil, time.Time{}, err
	}
	desk, err := tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: calendar, Policies: cfg.Policies(), Settings: settings, Random: rand.Reader,
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	now, err := db.Now(ctx)
	return desk, now, err
}

func runUserAdd(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (err error) {
	var email, name, role, team, until string
	var invite bool
	path, _, err := configFlag("user add", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&email, "email", "", "the `address` to sign in with")
		fs.StringVar(&name, "name", "", "the `name` that colleagues see")
		fs.StringVar(&role, "role", "", "one of: "+roleNames())
		fs.StringVar(&team, "team", "", "the `team`; made when it is not there yet")
		fs.StringVar(&until, "until", "", "the last `day` of access, as 2027-03-31; needed for an auditor")
		fs.BoolVar(&invite, "invite", false, "ask for no password: print a code with which the person sets one, or signs in with the council account first")
	})
	if err != nil {
		return err
	}
	r := tickets.InviteRequest{Email: email, Name: name, Role: access.Role(role)}
	switch {
	case strings.TrimSpace(name) == "":
		return fault.New(fault.Invalid, "-name is missing")
	case !slices.Contains(access.Roles(), r.Role):
		return fault.Newf(fault.Invalid, "-role %q is none of: %s", role, roleNames())
	}
	if until != "" {
		day, err := sla.ParseDate(until)
		if err != nil {
			return fault.Newf(fault.Invalid, "-until %q is no day like 2027-03-31", until)
		}
		ends := day.AddDays(1).Midnight()
		r.AccessEndsAt = &ends
	}
	hash := ""
	if !invite {
		if hash, err = askHash(in, out); err != nil {
			return err
		}
	}
	db, desk, now, err := officeOf(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	invited, err := addUser(ctx, db, desk, r, team, hash, now)
	if err != nil {
		return err
	}
	if invite {
		_, err = fmt.Fprintf(out, "%s\n%s sets a password with this code at /sign-in/welcome. It is shown this once and ends on %s.\n",
			invited.Code, name, sla.FormatShort(invited.EndsAt))
		return err
	}
	_, err = fmt.Fprintf(out, "%s can sign in as %s.\n", name, email)
	return err
}

// addUser makes the team when it is not there, the account, and its password. The
// first lead of a team leads it.
func addUser(ctx context.Context, db *store.DB, desk *tickets.Desk, r tickets.InviteRequest, team, hash string, now time.Time) (*tickets.Invitation, error) {
	if _, err := db.StaffByMailbox(ctx, register.FoldMailbox(r.Email)); err == nil {
		return nil, fault.Newf(fault.Conflict, "There is an account for %s already", r.Email)
	}
	if team != "" {
		if err := db.Write(ctx, func(tx tickets.Tx) error {
			t, err := teamNamed(ctx, tx, team)
			if err == nil {
				r.TeamID = t.ID
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	out, err := desk.InviteStaff(ctx, tickets.Console(), r, now)
	if err != nil {
		return nil, err
	}
	if hash != "" {
		if err := desk.SetPasswordOf(ctx, out.Staff.ID, hash, now); err != nil {
			return nil, err
		}
	}
	if r.Role != access.RoleLead || r.TeamID == 0 {
		return out, nil
	}
	return out, db.Write(ctx, func(tx tickets.Tx) error {
		t, err := tx.TeamByID(ctx, r.TeamID)
		if err != nil || t.LeadID != 0 {
			return err
		}
		t.LeadID = out.Staff.ID
		return tx.UpdateTeam(ctx, t)
	})
}

// runUser is a command about one account, named by -email.
func runUser(name string, do func(ctx context.Context, desk *tickets.Desk, s *register.Staff, now time.Time, out io.Writer) error) func(context.Context, []string, io.Reader, io.Writer, io.Writer) error {
	return func(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
		var email string
		path, _, err := configFlag("user "+name, args, errs, func(fs *flag.FlagSet) {
			fs.StringVar(&email, "email", "", "the `address` of the account")
		})
		if err != nil {
			return err
		}
		db, desk, now, err := officeOf(ctx, path)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		s, err := db.StaffByMailbox(ctx, register.FoldMailbox(email))
		if err != nil {
			return fault.Wrap(fault.Invalid, "There is no account for that address", err)
		}
		return do(ctx, desk, s, now, out)
	}
}

func userDisable(ctx context.Context, desk *tickets.Desk, s *register.Staff, now time.Time, out io.Writer) error {
	left, err := desk.DisableStaff(ctx, tickets.Console(), s.ID, now)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is shut out: %s and %s ended, %s held, %s without an owner, %s whose fall-back owner nobody is.\n", s.Name,
		count(left.Sessions, "session"), count(left.Tokens, "token"), count(left.Letters, "letter"), many(left.Enquiries, "enquiry", "enquiries"), count(left.Cases, "case"))
	if err == nil && len(left.Teams) > 0 {
		_, err = fmt.Fprintf(out, "Nobody leads %s now. Choose another lead on the page of the team.\n", strings.Join(left.Teams, ", "))
	}
	return err
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func userEnable(ctx context.Context, desk *tickets.Desk, s *register.Staff, now time.Time, out io.Writer) error {
	if err := desk.EnableStaff(ctx, tickets.Console(), s.ID, now); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s can sign in again.\n", s.Name)
	return err
}

func userResetTOTP(ctx context.Context, desk *tickets.Desk, s *register.Staff, now time.Time, out io.Writer) error {
	if err := desk.ResetTOTP(ctx, tickets.Console(), s.ID, now); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s sets up a new authenticator app at the next sign-in.\n", s.Name)
	return err
}

func runUserPassword(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	return runUser("password", func(ctx context.Context, desk *tickets.Desk, s *register.Staff, now time.Time, out io.Writer) error {
		hash, err := askHash(in, out)
		if err != nil {
			return err
		}
		if err := desk.SetPasswordOf(ctx, s.ID, hash, now); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "The password of %s is changed, and every session ended.\n", s.Name)
		return err
	})(ctx, args, in, out, errs)
}

func runUserList(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	path, _, err := configFlag("user list", args, errs, nil)
	if err != nil {
		return err
	}
	db, _, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	all, err := db.Staff(ctx, tickets.Console())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ADDRESS\tNAME\tROLE\tTEAM\tSTATE\tAPP\tLAST SIGN-IN")
	for _, s := range all {
		acc, err := db.Account(ctx, s.ID)
		if err != nil {
			return err
		}
		team := ""
		if s.TeamID != 0 {
			t, err := db.TeamByID(ctx, s.TeamID)
			if err != nil {
				return err
			}
			team = t.Name
		}
		state, app, last := "open", "no", "never"
		if !s.Active {
			state = "closed"
		} else if s.AccessEndsAt != nil {
			state = "until " + sla.FormatShort(*s.AccessEndsAt)
		}
		if acc.TOTP != "" {
			app = "yes"
		}
		if acc.LastSignInAt != nil {
			last = sla.FormatShort(*acc.LastSignInAt)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Email, s.Name, s.Role, team, state, app, last)
	}
	return w.Flush()
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

func askHash(in io.Reader, out io.Writer) (string, error) {
	password, err := askPassword(in, out)
	if err != nil {
		return "", err
	}
	return hashPassword(password)
}
