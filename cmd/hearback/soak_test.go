package main

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets/store/pgtest"
)

// The long tests of the whole program against a real Dovecot (make soak). Sizes
// can be set, to try something in less time:
//
//	HEARBACK_SOAK_MAILS  generated mails (10000)
//	HEARBACK_SOAK_KILLS  times that the program is killed (200)
//	HEARBACK_SOAK_STOP   for how long the mail server stands still (3m)
//	HEARBACK_SOAK_ONLY   of what goes wrong, only that with this in its name

// TestSoakMailIn reads a mailbox while the mail server dies, stands still, talks
// rubbish, renumbers its mail, others delete and move mail, connections fall
// silent, and the program itself is killed at every point of its work. At the end
// everything is counted: nothing is lost, nothing is doubled.
func TestSoakMailIn(t *testing.T) {
	mailtest.Soak(t)
	runSoak(t, "", 1)
}

// TestSoakTwoPrograms is the same with two programs that read the mailbox into
// one PostgreSQL, either of which may be killed.
func TestSoakTwoPrograms(t *testing.T) {
	mailtest.Soak(t)
	runSoak(t, pgtest.DSN(t), 2)
}

// killPoints are the moments at which the program is killed, besides random ones.
func killPoints() []string {
	return []string{
		"greeting", "login", "select", "list", "ask", "fetch 1", "fetch 4", "fetch 8", "half a mail", "before commit", "taken in", "idle",
		"connect", "ehlo", "mail", "rcpt", "data", "dot", "accepted",
	}
}

func runSoak(t *testing.T, dsn string, programs int) {
	mails, kills := setting(t, "HEARBACK_SOAK_MAILS", 10_000), setting(t, "HEARBACK_SOAK_KILLS", 200)
	todo := mishaps(t)
	if only := os.Getenv("HEARBACK_SOAK_ONLY"); only != "" {
		todo = slices.DeleteFunc(todo, func(m mishap) bool { return !strings.Contains(m.name+" at "+m.point, only) })
	}
	points := killPoints()
	var rounds []func(s *soak, mails int)
	for i := range kills {
		point := "random"
		if at := i % (len(points) + 2); at < len(points) {
			point = points[at]
		}
		rounds = append(rounds, func(s *soak, mails int) { s.hits["killed: "+s.kill(point, mails)]++ })
	}
	for _, f := range todo {
		rounds = append(rounds, func(s *soak, mails int) { s.suffer(f, mails) })
	}
	s := newSoak(t, dsn, programs, mails, 50+kills+16*len(todo))
	s.rnd.Shuffle(len(rounds), func(i, j int) { rounds[i], rounds[j] = rounds[j], rounds[i] })
	s.seed("INBOX", mails/5) // of some weeks, before the program is started for the first time
	s.present()              // Dovecot numbers them before it numbers what comes later
	each := s.left/len(rounds) + 1
	for i, round := range rounds {
		round(s, each)
		if i%10 == 9 {
			t.Logf("%s %d of %d rounds, %d mails are still to come", s.since(), i+1, len(rounds), s.left)
		}
		if t.Failed() {
			t.Fatalf("round %d failed", i+1)
		}
	}
	s.deliver(s.left)
	s.settle()
	s.check()
	s.print()
	for _, p := range points {
		if kills >= len(points)+2 && s.hits["killed: "+p] == 0 {
			t.Errorf("no program was killed at %q", p)
		}
	}
}

// settle lets the programs take in what is left and send what is due, and ends
// them in order.
func (s *soak) settle() {
	s.t.Helper()
	s.startAll()
	last := s.add(true)
	if !s.until(5*time.Minute, func() bool { _, ok := s.inAt(last); return ok }) {
		s.t.Fatalf("the last mail did not come in:\n%s", joined(s.programs[0].tail()))
	}
	s.t.Logf("%s all mail is in", s.since())
	// What the dead had claimed waits for its lease; the rest leaves now.
	db := s.sql()
	defer func() { _ = db.Close() }()
	queued := -1
	for end := time.Now().Add(20 * time.Minute); queued != 0 && time.Now().Before(end); {
		before := queued
		must(s.t, db.QueryRow("select count(*) from deliveries where state = 'queued'").Scan(&queued))
		if queued == before && queued < 50 {
			break // these wait for another try
		}
		s.until(2*time.Second, func() bool { return false })
	}
	s.t.Logf("%s %d letters wait for another try", s.since(), queued)
	s.endAll(syscall.SIGTERM)
}

func (s *soak) print() {
	var names []string
	total := 0
	for n, k := range s.hits {
		names = append(names, n)
		total += k
	}
	sort.Strings(names)
	s.t.Logf("%s %d rounds, %d generated mails, %d others:", s.since(), total, s.want.mails(), s.count)
	for _, n := range names {
		s.t.Logf("%4d  %s", s.hits[n], n)
	}
	slices.SortFunc(s.recovery, func(a, b recovery) int { return int(b.first - a.first) })
	s.t.Logf("until mail came in again after the server's return:")
	for _, r := range s.recovery {
		s.t.Logf("%8s  %s", fmt.Sprintf("%.1f s", r.first.Seconds()), r.fault)
		if r.first > recoveryLimit {
			s.t.Errorf("%s: mail came in again only after %s", r.fault, r.first.Round(time.Second))
		}
	}
}
