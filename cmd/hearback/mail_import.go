package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"hearback/mailbox/archive"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// importFolder is the folder that imported mail stands under in the ledger.
const importFolder = "import"

// importListed is how many mails or files are named before the rest is counted.
const importListed = 20

// importRequest is what the command line asks for.
type importRequest struct {
	config, mailbox, folder string
	paths                   []string
}

// runMailImport takes in mail from before hearback: files, or a folder of the
// mail server.
func runMailImport(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	req, err := parseImport(args, errs)
	if err != nil {
		return err
	}
	cfg, err := LoadConfig(req.config)
	if err != nil {
		return err
	}
	m, err := cfg.mailboxNamed(req.mailbox)
	if err != nil {
		return err
	}
	var files []archive.File
	var skipped []archive.Skipped
	if req.folder == "" {
		if files, skipped, err = findArchives(ctx, req.paths); err != nil {
			return err
		}
	} else if err := notItsOwnFolder(m, req.folder); err != nil {
		return err
	}
	if cfg.Log.Level != "error" {
		cfg.Log.Level = "warn" // a line for each mail would bury the progress
	}
	a, err := NewApp(ctx, cfg, newLogger(cfg.Log, errs), nil)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, strings.TrimRight(fault.SafeText(err), ".")+
			": end `hearback serve`, run the import, then start it again. Mail waits on the server meanwhile. (On PostgreSQL both can run.)")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	im, err := newImporter(a, req.mailbox, errs)
	if err != nil {
		return err
	}
	if req.folder != "" {
		err = im.imapFolder(ctx, m, req.folder)
	} else {
		err = im.archives(ctx, files, skipped)
	}
	im.print(out)
	return im.verdict(ctx, err)
}

// parseImport reads flags before, between and behind the paths.
func parseImport(args []string, errs io.Writer) (importRequest, error) {
	var req importRequest
	fs := flag.NewFlagSet("hearback mail import", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&req.config, "config", "", "the configuration `file`")
	fs.StringVar(&req.mailbox, "mailbox", "", "the `name` of the mailbox, in the configuration, that the mail was sent to")
	fs.StringVar(&req.folder, "imap-folder", "", "take a `folder` of the mailbox's server instead of files, for example Archive/2024")
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return req, err
			}
			return req, errUsage
		}
		if args = fs.Args(); len(args) > 0 {
			req.paths = append(req.paths, args[0])
			args = args[1:]
		}
	}
	switch {
	case req.config == "":
		return req, fault.New(fault.Invalid, "Give the configuration: hearback mail import -config FILE -mailbox NAME PATH...")
	case req.mailbox == "":
		return req, fault.New(fault.Invalid, "Say which mailbox the mail was sent to: -mailbox NAME")
	case len(req.paths) == 0 && req.folder == "":
		return req, fault.New(fault.Invalid, "Name .eml files, mboxes, Maildirs or folders of them, or a folder of the mail server (-imap-folder)")
	case len(req.paths) > 0 && req.folder != "":
		return req, fault.New(fault.Invalid, "Give either paths or -imap-folder")
	}
	return req, nil
}

func (c Config) mailboxNamed(name string) (MailboxConfig, error) {
	var names []string
	for _, m := range c.Mailboxes {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return MailboxConfig{}, fault.Newf(fault.Invalid, "There is no mailbox %q in the configuration. There is: %s", name, strings.Join(names, ", "))
}

// notItsOwnFolder: what serve reads, it reads from the first mail on. As history
// its newest mail would be taken in without an alarm, and a family could wait unseen.
func notItsOwnFolder(m MailboxConfig, folder string) error {
	own := orDefault(m.IMAP.Folder, "INBOX")
	if own == folder || strings.EqualFold(own, "INBOX") && strings.EqualFold(folder, "INBOX") { // RFC 3501 section 5.1
		return fault.Newf(fault.Invalid, "The folder %s is read by `hearback serve`, from its oldest mail on; what came before outbound.go_live is not acknowledged. There is nothing to import", own)
	}
	return nil
}

// importer takes mail in as history: nothing is acknowledged and no clock alarms.
type importer struct {
	app     *App
	mailbox tickets.Mailbox
	trusted []string
	errs    io.Writer

	fates   map[tickets.Fate]int
	opened  int // enquiries
	already int // by an earlier run
	unread  int // mails and files of which nothing is in hearback
	skipped int // files that are no mail
}

func newImporter(a *App, mailbox string, errs io.Writer) (*importer, error) {
	i := slices.IndexFunc(a.cfg.Mailboxes, func(m MailboxConfig) bool { return m.Name == mailbox })
	if i < 0 {
		return nil, fault.Newf(fault.Invalid, "There is no mailbox %q", mailbox)
	}
	im := &importer{app: a, mailbox: a.mailboxes[i], errs: errs, fates: map[tickets.Fate]int{}}
	if s := a.cfg.Mailboxes[i].TrustedAuthServer; s != "" {
		im.trusted = []string{s}
	}
	return im, nil
}

// take hands a batch to the intake. A batch under way is finished also when
// somebody has pressed Ctrl-C. name says which mail is which, for people.
func (im *importer) take(ctx context.Context, batch []tickets.Received, name func(i int) string) ([]tickets.IntakeResult, error) {
	ctx = context.WithoutCancel(ctx)
	now, err := im.app.now(ctx)
	if err != nil {
		return nil, err
	}
	results, err := im.app.desk.Intake(ctx, batch, now)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		switch {
		case r.Already:
			im.already++
			continue
		case r.Fate == tickets.FateQuarantined:
			im.tell(im.fates[r.Fate], "quarantined: %s: %s", name(i), r.Reason)
		case r.Opened:
			im.opened++
		}
		im.fates[r.Fate]++
	}
	return results, nil
}

// tell names one thing that went wrong; after the first of a kind they are counted only.
func (im *importer) tell(before int, format string, args ...any) {
	switch {
	case before < importListed:
		_, _ = fmt.Fprintf(im.errs, format+"\n", args...)
	case before == importListed:
		_, _ = fmt.Fprintln(im.errs, "and more.")
	}
}

// print gives the counts. They add up to the mails that were looked at.
func (im *importer) print(out io.Writer) {
	for _, l := range []struct {
		n      int
		what   string
		always bool
	}{
		{im.fates[tickets.FateMessage], "taken in", true},
		{im.fates[tickets.FateHeld], "taken in and held: a person has to say whether the sender belongs there", false},
		{im.fates[tickets.FateDuplicate], "duplicates of mail that is there already", true},
		{im.fates[tickets.FateSuppressed], "our own mail, not taken in", false},
		{im.fates[tickets.FateQuarantined], "quarantined: see the mail ledger", true},
		{im.already, "settled by an earlier run", false},
		{im.unread, "could not be read", false},
		{im.skipped, "other files, left out", false},
	} {
		if l.n > 0 || l.always {
			_, _ = fmt.Fprintf(out, "%9d  %s\n", l.n, l.what)
		}
	}
	_, _ = fmt.Fprintf(out, "%s opened. Nothing was acknowledged, and no clock of them alarms.\n", enquiries(im.opened))
}

func enquiries(n int) string {
	if n == 1 {
		return "1 enquiry"
	}
	return fmt.Sprintf("%d enquiries", n)
}

// verdict is how the command ends: with an error when something is not in.
func (im *importer) verdict(ctx context.Context, err error) error {
	const again = "what is in stays in; run the same command again and it goes on from there"
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped before the end; " + again)
	case err != nil:
		return fmt.Errorf("%w\n%s", err, again)
	case im.fates[tickets.FateQuarantined]+im.unread == 0:
		return nil
	}
	return fmt.Errorf("%d quarantined and %d not read; they are named above. Run the same command again when that is put right",
		im.fates[tickets.FateQuarantined], im.unread)
}
