package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/outbound"
	"hearback/mailbox/scan"
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
	for _, hint := range cfg.Hints() {
		_, _ = fmt.Fprintf(out, "hint    %s\n", hint)
	}
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
	d, err := cfg.Doors(cfg.boxesUnregistered())
	if err != nil {
		return err
	}
	for _, t := range d.Tokens {
		say("token for "+t.names()+" ("+t.String()+")", t.Check(ctx))
	}
	for _, acct := range d.Accounts {
		say("IMAP "+acct.Mailbox.Address+" at "+acct.Addr+", folder "+acct.Folder, inbound.Try(ctx, acct, inbound.DefaultDeadlines()))
	}
	for _, r := range d.Routes {
		say("SMTP "+r.Address+" at "+r.Host, trySMTP(ctx, r))
	}
	if cfg.ClamAV.Address != "" {
		say("virus scanner at "+cfg.ClamAV.Address, tryScanner(ctx, cfg.ClamAV))
	}
	if failed > 0 {
		return fault.Newf(fault.Invalid, "%s of the servers did not work", count(failed, "sign-in"))
	}
	return nil
}

func trySMTP(ctx context.Context, r outbound.Route) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return outbound.Try(ctx, r)
}

func tryScanner(ctx context.Context, c ClamAV) error {
	s, err := scan.New(scan.Config{Address: c.Address, Timeout: time.Duration(c.Timeout)})
	if err != nil {
		return err
	}
	return s.Ping(ctx)
}
