package main

import (
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/audit"
)

// cell is what the list says of an account in one of its columns.
func cell(t *testing.T, list, email, column string) string {
	t.Helper()
	lines := strings.Split(strings.TrimRight(list, "\n"), "\n")
	at := strings.Index(lines[0], column)
	if at < 0 {
		t.Fatalf("no column %s in %q", column, lines[0])
	}
	for _, l := range lines[1:] {
		if strings.HasPrefix(l, email+" ") {
			word, _, _ := strings.Cut(l[at:], "  ")
			return strings.TrimSpace(word)
		}
	}
	t.Fatalf("%s is not in the list:\n%s", email, list)
	return ""
}

// The commands about accounts, as somebody types them, on both databases.
func TestUserCommands(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		const priya, ola, ruth = "priya@westmarsh.example", "ola@westmarsh.example", "ruth@westmarsh.example"
		list := func() string { t.Helper(); return o.run("", 0, "user", "list") }
		says := func(out string, texts ...string) {
			t.Helper()
			for _, x := range texts {
				if !strings.Contains(out, x) {
					t.Errorf("it does not say %q:\n%s", x, out)
				}
			}
		}
		password := func(email, want string, right bool) {
			t.Helper()
			o.with(func(a *App) {
				s, err := a.store.StaffByMailbox(t.Context(), email)
				must(t, err)
				if ok, err := newVerifier().verify(t.Context(), want, s.PasswordHash); ok != right || err != nil && right {
					t.Errorf("%s with %q: %v, %v", email, want, ok, err)
				}
			})
		}

		// Mistakes change nothing, and no password is on the command line.
		before := list()
		add := func(in string, args ...string) string {
			t.Helper()
			return o.run(in, 2, append([]string{"user", "add"}, args...)...)
		}
		says(add("a long pass phrase\n", "-email", "x@westmarsh.example", "-role", "officer"), "-name is missing")
		says(add("a long pass phrase\n", "-email", "x@westmarsh.example", "-name", "X", "-role", "queen"), `"queen" is none of`, "officer")
		says(add("short\n", "-email", "x@westmarsh.example", "-name", "X", "-role", "officer"), "at least 12 characters")
		says(add("", "-email", "x@westmarsh.example", "-name", "X", "-role", "officer"), "No password was given")
		says(add("a long pass phrase\n", "-email", "x@westmarsh.example", "-name", "X", "-role", "auditor"), "auditor")
		says(add("a long pass phrase\n", "-email", "x@westmarsh.example", "-name", "X", "-role", "auditor", "-until", "soon"), "no day like")
		says(add("a long pass phrase\n", "-email", "no address", "-name", "X", "-role", "officer"), "address")
		if out := o.run("a long pass phrase\n", 1, "user", "add", "-email", "PRIYA@westmarsh.example", "-name", "Another", "-role", "officer"); !strings.Contains(out, "already") {
			t.Errorf("a second account with the address: %s", out)
		}
		if after := list(); after != before {
			t.Errorf("a refused command changed the accounts:\n%s\n%s", before, after)
		}

		o.run("a long pass phrase\n", 0, "user", "add", "-email", ruth, "-name", "Ruth Adler", "-role", "admin")
		invited := o.run("", 0, "user", "add", "-email", "new@westmarsh.example", "-name", "New One", "-role", "officer", "-team", "North", "-invite")
		says(invited, "/sign-in/welcome", "shown this once")
		code, _, _ := strings.Cut(invited, "\n")
		o.with(func(a *App) {
			s, err := a.store.StaffByMailbox(t.Context(), "new@westmarsh.example")
			must(t, err)
			acc, err := a.store.Account(t.Context(), s.ID)
			must(t, err)
			if s.PasswordHash != "" || acc.InviteHash == "" || acc.InviteHash != tickets.HashCode(code) || strings.Contains(acc.InviteHash, code) {
				t.Errorf("the invitation is kept as %+v", acc)
			}
		})
		now := list()
		for email, want := range map[string]string{priya: "officer", ola: "lead", ruth: "admin", "new@westmarsh.example": "officer"} {
			if got := cell(t, now, email, "ROLE"); got != want {
				t.Errorf("%s is %s", email, got)
			}
		}
		if cell(t, now, ola, "TEAM") != "North" || cell(t, now, ola, "STATE") != "open" || cell(t, now, ola, "APP") != "no" || cell(t, now, ola, "LAST SIGN-IN") != "never" {
			t.Errorf("the list says\n%s", now)
		}

		// A password ends the sessions; the old one opens nothing.
		says(o.run("another pass phrase\n", 0, "user", "password", "-email", priya), "Priya Nair is changed")
		password(priya, "a long pass phrase", false)
		password(priya, "another pass phrase", true)
		o.run("short\n", 2, "user", "password", "-email", priya)
		password(priya, "another pass phrase", true)

		// Closing the lead of a team says so; the last administrator stays.
		says(o.run("", 0, "user", "disable", "-email", "  OLA@westmarsh.example"), "Ola Reyes is shut out", "Nobody leads North now")
		if got := cell(t, list(), ola, "STATE"); got != "closed" {
			t.Errorf("Ola is %s", got)
		}
		says(o.run("", 1, "user", "disable", "-email", ruth), "last system administrator")
		if got := cell(t, list(), ruth, "STATE"); got != "open" {
			t.Errorf("Ruth is %s", got)
		}
		says(o.run("", 0, "user", "enable", "-email", ola), "Ola Reyes can sign in again")
		if got := cell(t, list(), ola, "STATE"); got != "open" {
			t.Errorf("Ola is %s", got)
		}

		// An app that is lost.
		o.with(func(a *App) {
			s, err := a.store.StaffByMailbox(t.Context(), priya)
			must(t, err)
			actor, err := a.store.ActorOf(t.Context(), s.ID)
			must(t, err)
			must(t, a.desk.SetTOTP(t.Context(), actor, "sealed", 7, []string{tickets.HashCode("abcd")}, tuesday()))
		})
		if got := cell(t, list(), priya, "APP"); got != "yes" {
			t.Errorf("Priya's app: %s", got)
		}
		says(o.run("", 0, "user", "reset-totp", "-email", priya), "sets up a new authenticator app")
		if got := cell(t, list(), priya, "APP"); got != "no" {
			t.Errorf("Priya's app after the reset: %s", got)
		}
		o.with(func(a *App) {
			s, err := a.store.StaffByMailbox(t.Context(), priya)
			must(t, err)
			acc, err := a.store.Account(t.Context(), s.ID)
			must(t, err)
			if acc.CodesLeft != 0 || acc.TOTPStep != 7 {
				t.Errorf("after the reset: %+v", acc)
			}
			shut, err := a.store.AuditRecords(t.Context(), tickets.AuditQuery{Action: audit.StaffShutOut})
			must(t, err)
			if len(shut) != 1 || shut[0].StaffID != 0 || shut[0].System != "console" || shut[0].Detail["teams"] != "1" {
				t.Errorf("the audit says %+v", shut)
			}
		})
		for _, command := range []string{"disable", "enable", "reset-totp"} {
			says(o.run("", 2, "user", command, "-email", "nobody@westmarsh.example"), "no account for that address")
			o.run("", 2, "user", command)
		}
		o.run("another pass phrase\n", 2, "user", "password", "-email", "nobody@westmarsh.example")
	})
}
