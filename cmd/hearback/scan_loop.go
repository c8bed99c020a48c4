package main

import (
	"context"
	"errors"
	"io"
	"time"

	"hearback/mailbox/parse"
	"hearback/mailbox/scan"
	"hearback/tickets"
	"hearback/tickets/fault"
)

const (
	scanEvery = 30 * time.Second // besides wake-ups by new mail
	scanBatch = 50               // mails a round
	scanAgain = time.Hour        // until what could not be scanned is tried again
	scanFirst = 15 * time.Second // after the scanner failed, doubled up to scanMost
	scanMost  = 10 * time.Minute
)

// scanner is scan.Scanner.
type scanner interface {
	Scan(ctx context.Context, r io.Reader) (scan.Result, error)
	Ping(ctx context.Context) error
}

// scanLoop has the attachments of stored mail looked at. Mail is taken in before
// and without it: a part without a verdict is shown as not scanned.
type scanLoop struct {
	app     *App
	scanner scanner
	lease   *lease
	wake    chan struct{}
	down    bool               // at the last try
	back    time.Time          // when it was up again: what failed before then is due
	aside   map[int64]struct{} // mails that stay on the list whatever is done, until a restart
}

func (a *App) wireScans() error {
	c := a.cfg.ClamAV
	if c.Address == "" {
		return nil
	}
	s, err := scan.New(scan.Config{Address: c.Address, Timeout: time.Duration(c.Timeout), MaxBytes: int64(c.MaxMB) << 20})
	if err != nil {
		return err
	}
	a.scans = &scanLoop{app: a, scanner: s, lease: a.lease("scan", nil), wake: make(chan struct{}, 1), aside: map[int64]struct{}{}}
	return nil
}

// run goes on until ctx ends.
func (s *scanLoop) run(ctx context.Context) {
	wait := scanFirst
	for ctx.Err() == nil {
		next := scanEvery
		more, err := s.once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.app.log.Warn("mail", "event", "scan_failed", "error", err)
			next = wait
			wait = min(wait*2, scanMost)
		case more:
			next = 0
			wait = scanFirst
		default:
			wait = scanFirst
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.wake:
		}
		timer.Stop()
	}
}

// once scans what is due; more says that there is more. An error means that the
// scanner, or storage, cannot be used now.
func (s *scanLoop) once(ctx context.Context) (more bool, err error) {
	if alone, err := s.lease.alone(ctx); err != nil || !alone {
		return false, err
	}
	if s.down { // one short question, not a mail after the other into the void
		if err := s.scanner.Ping(ctx); err != nil {
			return false, s.failed(err)
		}
		if s.back, err = s.app.store.Now(ctx); err != nil {
			return false, err
		}
	}
	now, err := s.app.store.Now(ctx)
	if err != nil {
		return false, err
	}
	before := now.Add(-scanAgain)
	if s.back.After(before) {
		before = s.back
	}
	fresh, err := s.app.store.RawsToScan(ctx, scanBatch+len(s.aside))
	if err != nil {
		return false, err
	}
	again, err := s.app.store.RawsNotScanned(ctx, before, scanBatch)
	if err != nil {
		return false, err
	}
	did := 0
	for _, id := range append(fresh, again...) {
		if _, skip := s.aside[id]; skip {
			continue
		}
		if err := s.mail(ctx, id); err != nil {
			return false, s.failed(err)
		}
		did++
	}
	s.worked()
	left, err := s.app.store.RawsToScan(ctx, scanBatch+len(s.aside))
	if err != nil {
		return false, err
	}
	for _, id := range left {
		for _, done := range fresh {
			if id == done { // its parts were all looked at, and the list still has it
				s.aside[id] = struct{}{}
			}
		}
	}
	if did > 0 {
		s.app.events.Publish("item.added", "")
	}
	return len(fresh) >= scanBatch, nil
}

// mail scans every part of a mail that has no verdict, or was not scanned. What
// the scanner did not get to see is said to be not scanned, never clean.
func (s *scanLoop) mail(ctx context.Context, rawID int64) error {
	raw, err := s.app.store.Raw(ctx, rawID)
	if err != nil {
		return err
	}
	have, err := s.app.store.ScansOfRaw(ctx, rawID)
	if err != nil {
		return err
	}
	var down error
	for _, p := range parse.Message(raw, parse.Options{}).Parts {
		if v, known := have[p.Path]; known && v.Verdict != tickets.ScanSkipped {
			continue
		}
		v := tickets.PartScan{RawID: rawID, Path: p.Path, Verdict: tickets.ScanSkipped}
		switch r, _, perr := parse.Part(raw, p.Path); {
		case down != nil:
			v.Signature = fault.SafeText(down)
		case errors.Is(perr, parse.ErrNoPart):
			v.Signature = "It is not a file of its own in the mail"
		case perr != nil:
			v.Signature = "It could not be read"
		default:
			var result scan.Result
			result, err := s.scanner.Scan(ctx, r)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if fault.Is(err, fault.Temporary) {
				down = err
			}
			v.Verdict, v.Signature = tickets.ScanVerdict(result.Verdict), result.Signature
		}
		if v.ScannedAt, err = s.app.store.Now(ctx); err != nil {
			return err
		}
		if err := s.app.store.PutScan(ctx, v); err != nil {
			return err
		}
		if v.Verdict == tickets.ScanInfected {
			s.app.log.Warn("mail", "event", "infected", "raw", rawID, "part", p.Path, "outcome", v.Signature)
		}
	}
	return down
}

func (s *scanLoop) failed(err error) error {
	if fault.Is(err, fault.Temporary) {
		s.down = true
		if s.app.watch.warn("scanner", "The virus scanner does not answer: attachments are shown as not scanned. "+fault.SafeText(err)) {
			s.app.events.Publish("mailbox.state", "")
		}
	}
	return err
}

func (s *scanLoop) worked() {
	s.down = false
	if s.app.watch.warn("scanner", "") {
		s.app.log.Info("mail", "event", "scanner_answers")
		s.app.events.Publish("mailbox.state", "")
	}
}

// nudge is called when mail was stored.
func (s *scanLoop) nudge() {
	if s == nil {
		return
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
