package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"hearback/mailbox/outbound"
	"hearback/tickets/fault"
)

// wireOutbound sets up the one way out.
func (a *App) wireOutbound() error {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	cfg := outbound.Config{Mode: a.cfg.Outbound.Mode, Holder: holder(host), Hello: host}
	for _, m := range a.cfg.Mailboxes {
		r, err := a.cfg.route(m)
		if err != nil {
			return err
		}
		cfg.Routes = append(cfg.Routes, r)
	}
	if a.dispatcher, err = outbound.New(cfg, a.store, a.desk, a.log); err != nil {
		return err
	}
	if lease := a.desk.Settings().ClaimLease; a.dispatcher.Longest() >= lease {
		return fault.Newf(fault.Invalid, "A delivery can take %s, longer than the lease of a claim (%s)", a.dispatcher.Longest().Round(time.Second), lease)
	}
	return nil
}

// route is how the letters of a mailbox leave.
func (c Config) route(m MailboxConfig) (outbound.Route, error) {
	trust, err := tlsFrom(m.SMTP.CAFile)
	if err != nil {
		return outbound.Route{}, err
	}
	r := outbound.Route{
		Address: m.Address, Name: c.Council.Name, PlusAddressing: m.PlusAddressing, NullSender: m.SMTP.NullSender,
		Host: m.SMTP.Host, Port: m.SMTP.Port, TLS: m.SMTP.TLS, RootCAs: trust.RootCAs, Username: m.SMTP.Username,
	}
	if m.SMTP.Username != "" {
		r.Password = m.smtpPassword
	}
	return r, nil
}

// holder names this run of the program in claims: another run, also on this
// machine, has another name.
func holder(host string) string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(b))
}
