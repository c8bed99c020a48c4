package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
)

// TestFiguresMailOut: letters that fall due one after the other go through the
// guard to a Postfix on this machine. Printed are the rate and the time from the
// release of a letter to the server's 250, once at the rate that is aimed at and
// once with all letters due at the same instant.
//
//	HEARBACK_BENCH_LETTERS  letters (1500)
//	HEARBACK_BENCH_RATE     letters a second (50)
func TestFiguresMailOut(t *testing.T) {
	mailtest.Figures(t)
	letters, rate := size(t, "LETTERS", 1500), size(t, "RATE", 50)
	for _, paced := range []bool{true, false} {
		o := newOutside(t, "", 1, letters, 1)
		due := o.pace(letters, rate, paced)
		watch := o.watch()
		p := o.s.programs[0]
		p.start()
		if !o.s.until(time.Duration(letters/10+60)*time.Second, func() bool { return watch.count() >= letters }) {
			t.Errorf("%d of %d letters left in time", watch.count(), letters)
		}
		o.s.mu.Lock()
		peak := (&child{t: t, cmd: p.cmd}).peak()
		o.s.mu.Unlock()
		o.s.endAll(syscall.SIGTERM)
		what := fmt.Sprintf("%d letters, all due at once", letters)
		if paced {
			what = fmt.Sprintf("%d letters, %d due a second", letters, rate)
		}
		watch.print(t, what, due, peak)
	}
}

// pace sets from when each letter may leave, and leaves out the acknowledgements.
// It gives these instants by recipient.
func (o *outside) pace(letters, rate int, paced bool) map[string]time.Time {
	s := o.s
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.h.cfg.DataDir, "hearback.db")+"?_busy_timeout=5000")
	must(s.t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec("update deliveries set state = 'cancelled' where outgoing_id in (select id from outgoings where purpose <> 'reply')")
	must(s.t, err)
	due := map[string]time.Time{}
	start := time.Now().UTC().Truncate(time.Microsecond).Add(5 * time.Second) // the program needs a moment to start
	tx, err := db.Begin()
	must(s.t, err)
	for i := range letters {
		at := start
		if paced {
			at = at.Add(time.Duration(i) * time.Second / time.Duration(rate))
		}
		due[extraAddress(o.first+i)] = at
		text := at.Format("2006-01-02T15:04:05.000000Z")
		_, err := tx.Exec("update deliveries set next_at = ? where email = ? and state = 'queued'", text, extraAddress(o.first+i))
		must(s.t, err)
		_, err = tx.Exec("update outgoings set release_at = ? where id in (select outgoing_id from deliveries where email = ? and state = 'queued')", text, extraAddress(o.first+i))
		must(s.t, err)
	}
	must(s.t, tx.Commit())
	return due
}

// watched notes when the server took each letter.
type watched struct {
	mu    sync.Mutex
	to    map[int]string // the recipient of each connection's letter
	taken map[string]time.Time
}

func (o *outside) watch() *watched {
	w := &watched{to: map[int]string{}, taken: map[string]time.Time{}}
	o.proxies[0].OnMatch(func(m misbehave.Match) {
		now := time.Now()
		w.mu.Lock()
		defer w.mu.Unlock()
		switch m.Rule {
		case "rcpt":
			_, rest, _ := strings.Cut(m.Line, "<")
			w.to[m.Conn], _, _ = strings.Cut(rest, ">")
		case "accepted":
			w.taken[w.to[m.Conn]] = now
		}
		o.s.h.news.bump()
	})
	return w
}

func (w *watched) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.taken)
}

func (w *watched) print(t *testing.T, what string, due map[string]time.Time, peak float64) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var waits []time.Duration
	var first, last time.Time
	for to, at := range w.taken {
		waits = append(waits, at.Sub(due[to]))
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if len(waits) < 2 {
		return
	}
	slices.Sort(waits)
	q := func(p float64) time.Duration {
		return waits[min(len(waits)-1, int(p*float64(len(waits))))].Round(time.Millisecond)
	}
	t.Logf("%s:", what)
	t.Logf("  %.1f a second; from release to 250: median %s, p95 %s, p99 %s, longest %s; peak memory %.0f MB",
		float64(len(waits)-1)/last.Sub(first).Seconds(), q(0.5), q(0.95), q(0.99), waits[len(waits)-1].Round(time.Millisecond), peak)
}
