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
	a.holder = holder(host)
	cfg := outbound.Config{Mode: a.cfg.Outbound.Mode, Holder: a.holder, Hello: host, Routes: a.doors.Routes, OverdueAfter: a.desk.Settings().OverdueAfter}
	if a.dispatcher, err = outbound.New(cfg, a.store, a.desk, a.log); err != nil {
		return err
	}
	if lease := a.desk.Settings().ClaimLease; a.dispatcher.Longest() >= lease {
		return fault.Newf(fault.Invalid, "A delivery can take %s, longer than the lease of a claim (%s)", a.dispatcher.Longest().Round(time.Second), lease)
	}
	return nil
}

// holder names this run of the program in claims: another run, also on this
// machine, has another name.
func holder(host string) string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(b))
}
