package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/outbound"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// runConfigCheck finds every mistake; with -live it signs in to every server
// and proves that each configured sender is accepted. It sends nothing.
func runConfigCheck(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	live := false
	path, _, err := configFlag("config check", args, errs, func(fs *flag.FlagSet) {
		fs.BoolVar(&live, "live", false, "sign in to every server as well")
	})
	if err != nil {
		return err
	}
	cfg, err := LoadConfig(path)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%s: no mistakes. %s, outbound mode %s.\n", path, count(len(cfg.Mailboxes), "mailbox"), cfg.Outbound.Mode)
	if !live {
		return nil
	}
	failed := 0
	say := func(what string, err error) {
		if err == nil {
			_, _ = fmt.Fprintf(out, "ok      %s\n", what)
			return
		}
		failed++
		_, _ = fmt.Fprintf(out, "FAILED  %s: %s (%v)\n", what, fault.SafeText(err), err)
	}
	for _, m := range cfg.Mailboxes {
		say("IMAP "+m.Address+" at "+m.IMAP.Host, tryIMAP(ctx, m))
		say("SMTP "+m.Address+" at "+m.SMTP.Host, trySMTP(ctx, cfg, m))
	}
	if failed > 0 {
		return fault.Newf(fault.Invalid, "%s of the servers did not work", count(failed, "sign-in"))
	}
	return nil
}

func tryIMAP(ctx context.Context, m MailboxConfig) error {
	cfg, err := tlsFrom(m.IMAP.CAFile)
	if err != nil {
		return err
	}
	return inbound.Try(ctx, inbound.Account{
		Mailbox: tickets.Mailbox{Name: m.Name, Address: m.Address}, Addr: net.JoinHostPort(m.IMAP.Host, strconv.Itoa(m.IMAP.Port)),
		Security: inbound.Security(m.IMAP.TLS), TLS: cfg, Username: m.IMAP.Username, Password: m.imapPassword,
		Folder: m.IMAP.Folder, After: inbound.After(m.IMAP.After), MoveTo: m.IMAP.MoveTo,
	}, inbound.DefaultDeadlines())
}

func trySMTP(ctx context.Context, cfg Config, m MailboxConfig) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r, err := cfg.route(m)
	if err != nil {
		return err
	}
	return outbound.Try(ctx, r)
}
