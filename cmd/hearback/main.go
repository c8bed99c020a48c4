// Command hearback is a helpdesk for the SEN teams of English councils: it
// reads the team's shared inbox, tells each family that they were heard, counts
// down until a person answers, and lets no letter out that the guard has not
// cleared.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"hearback/tickets/fault"
)

// version is set by the linker (make build).
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

// command is one subcommand.
type command struct {
	name, args, what string
	run              func(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error
}

func commands() []command {
	return []command{
		{"demo", "[-reset]", "run the whole product with a made-up council, on this machine alone", runDemo},
		{"serve", "-config FILE", "run hearback for real", runServe},
		{"config check", "-config FILE [-live]", "find every mistake in a configuration; with -live sign in to every server", runConfigCheck},
		{"user add", "-config FILE -email ADDRESS -name NAME -role ROLE [-team TEAM] [-until DAY] [-invite]", "make a staff account; asks for the password, or prints a code to set one with", runUserAdd},
		{"user list", "-config FILE", "list the staff accounts", runUserList},
		{"user disable", "-config FILE -email ADDRESS", "close an account: sessions and tokens end, letters are held", runUser("disable", userDisable)},
		{"user enable", "-config FILE -email ADDRESS", "open a closed account again", runUser("enable", userEnable)},
		{"user reset-totp", "-config FILE -email ADDRESS", "take away a lost authenticator app; the next sign-in sets up a new one", runUser("reset-totp", userResetTOTP)},
		{"user password", "-config FILE -email ADDRESS", "set a password; asks for it", runUserPassword},
		{"token add", "-config FILE -email ADDRESS -name NAME", "make an API token for a staff account; prints it once", runTokenAdd},
		{"mail inspect", "PATH...", "read .eml and mbox files and folders; one JSON object a message", runMailInspect},
		{"mail ledger", "-config FILE [-mailbox NAME] [-folder FOLDER] [-fate FATE] [-gone] | -retry ID", "what became of every mail; with -retry read a quarantined one again", runMailLedger},
		{"mail import", "-config FILE -mailbox NAME PATH... | -imap-folder FOLDER", "take in old mail: .eml, mbox, Maildir, folders of them, or a folder of the server", runMailImport},
		{"import cases", "-config FILE EXTRACT.csv|.xlsx [-mapping NAME] [-save-mapping NAME] [-map HEADING=FIELD]... [-json] [-apply [-yes]]", "what the case system's extract would change; with -apply take it in", runImportCases},
		{"import mappings", "-config FILE", "the mappings of columns that are kept", runImportMappings},
		{"backup check", "BACKUP", "read a backup as a whole and compare it with its manifest", runBackupCheck},
		{"backup", "-config FILE [-keep N] [-without-key] DIR", "copy the database and the large originals into DIR while hearback runs, and check the copy", runBackup},
		{"restore", "-config FILE [-replace] [-as-new] BACKUP", "put a backup back; every unsent letter then waits for a person", runRestore},
		{"upgrade", "-config FILE [-without-backup]", "bring the database to this program's schema, after a backup", runUpgrade},
		{"export all", "-config FILE DIR", "everything that hearback holds, in open formats", runExportAll},
		{"audit verify", "-config FILE [-expect HASH]", "check that nothing in the audit was changed or taken out", runAuditVerify},
		{"audit export", "-config FILE", "every sealed record of the audit as CSV", runAuditExport},
		{"import directory", "-config FILE [-as-of DATE] EXPORT.ldif|.csv...", "replace the council's lists and forwardings by exports of its directory", runImportDirectory},
		{"guard check", "FILE|-", "judge letters of JSON lines, one answer a line; sends nothing", runGuardCheck},
		{"version", "", "print the version", runVersion},
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(out)
		if len(args) == 0 {
			return errUsage
		}
		return nil
	}
	for _, c := range commands() {
		if rest, ok := match(c.name, args); ok {
			return c.run(ctx, rest, in, out, errs)
		}
	}
	usage(errs)
	return fault.Newf(fault.Invalid, "There is no command %q.", args[0])
}

// match reports whether args begin with the words of name, and gives the rest.
func match(name string, args []string) ([]string, bool) {
	var first, second string
	if n, _ := fmt.Sscan(name, &first, &second); n == 2 {
		if len(args) >= 2 && args[0] == first && args[1] == second {
			return args[2:], true
		}
		return nil, false
	}
	if args[0] == name {
		return args[1:], true
	}
	return nil, false
}

func usage(w io.Writer) {
	_, _ = fmt.Fprintln(w, "hearback: a helpdesk for SEN teams. Usage:")
	_, _ = fmt.Fprintln(w)
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  hearback %s %s\n        %s\n", c.name, c.args, c.what)
	}
}

var errUsage = errors.New("usage")

// exitCode prints what went wrong: 2 for a mistake of the caller, 1 for all else.
func exitCode(err error, errs io.Writer) int {
	var mistakes Mistakes
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.As(err, &mistakes):
		_, _ = fmt.Fprintf(errs, "The configuration has %s:\n%s\n", count(len(mistakes), "mistake"), mistakes)
		return 2
	case fault.Is(err, fault.Invalid):
		_, _ = fmt.Fprintln(errs, "hearback:", fault.SafeText(err))
		return 2
	default:
		_, _ = fmt.Fprintln(errs, "hearback:", err)
		return 1
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func runVersion(_ context.Context, _ []string, _ io.Reader, out, _ io.Writer) error {
	_, err := fmt.Fprintln(out, "hearback", version)
	return err
}
