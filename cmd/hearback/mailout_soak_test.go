package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/mailbox/outbound"
	"hearback/tickets/store/pgtest"
)

// The long tests of mail out against a real Postfix (make soak):
//
//	HEARBACK_SOAK_KILLS    times that the program is killed (100)
//	HEARBACK_SOAK_LETTERS  answers that wait, each with its acknowledgement (5 a kill)

// TestSoakMailOut sends letters while the program is killed at every moment of the
// SMTP transaction. At the end every mailbox is read: no letter twice, none lost,
// every doubtful one uncertain, and what arrived is byte for byte what was cleared.
func TestSoakMailOut(t *testing.T) {
	mailtest.Soak(t)
	soakMailOut(t, "", 1)
}

// TestSoakMailOutTwoPrograms is the same with two programs on one PostgreSQL.
func TestSoakMailOutTwoPrograms(t *testing.T) {
	mailtest.Soak(t)
	soakMailOut(t, pgtest.DSN(t), 2)
}

func soakMailOut(t *testing.T, dsn string, programs int) {
	kills := setting(t, "HEARBACK_SOAK_KILLS", 100)
	letters := setting(t, "HEARBACK_SOAK_LETTERS", 5*kills)
	var names []string
	for _, r := range outPoints() {
		names = append(names, r.Name)
	}
	names = append(names, "recorded")
	o := newOutside(t, dsn, programs, letters, 3*kills+50)
	s := o.s
	hits := map[string]int{}
	for i := range kills {
		if at := i % (len(names) + 1); at < len(names) {
			o.kill(names[at])
			hits[names[at]]++
		} else {
			hits["random, last seen: "+o.killAny()]++
		}
		if i%10 == 9 {
			t.Logf("%s %d of %d kills, %d copies have yet to leave", s.since(), i+1, kills, o.moving())
		}
		if t.Failed() {
			t.Fatalf("kill %d failed", i+1)
		}
	}
	s.startAll()
	end := time.Now().Add(5 * time.Minute)
	for still := 0; still < 3 && time.Now().Before(end); { // none for three looks: notices about letters in doubt follow
		if o.moving() == 0 {
			still++
		} else {
			still = 0
		}
		<-time.After(time.Second)
	}
	s.endAll(syscall.SIGTERM)
	sums := o.count()
	for _, n := range slices.Sorted(maps.Keys(hits)) {
		t.Logf("%4d  killed at %s", hits[n], n)
	}
	for _, n := range slices.Sorted(maps.Keys(sums)) {
		t.Logf("%4d  %s", sums[n], n)
	}
	for _, n := range names {
		if kills > len(names) && hits[n] == 0 {
			t.Errorf("no program was killed at %q", n)
		}
	}
	// A program that is killed may have been giving as many letters as its server takes.
	if doubt := sums["uncertain"]; doubt > kills*outbound.DefaultConnections {
		t.Errorf("%d letters are in doubt after %d kills", doubt, kills)
	}
}

// kill waits until a program is at a point of one of its next letters and kills it
// there.
func (o *outside) kill(point string) {
	s := o.s
	s.t.Helper()
	nth := 1 + s.rnd.IntN(3)
	if point == "connect" || point == "ehlo" { // a running program keeps its connection
		nth = 1
		o.endAll()
	}
	s.mu.Lock()
	for i := range o.seen {
		clear(o.seen[i])
	}
	s.mu.Unlock()
	a := s.arm(fmt.Sprintf("%s %d", point, nth))
	s.startAll()
	p := s.await(a)
	o.end(p, freer(a))
}

// killAny kills a program a moment after it has begun with a letter, wherever that
// finds it.
func (o *outside) killAny() string {
	s := o.s
	s.t.Helper()
	s.mu.Lock()
	for i := range o.seen {
		clear(o.seen[i])
	}
	s.mu.Unlock()
	a := s.arm("mail 1")
	s.startAll()
	p := s.await(a)
	close(a.free)
	<-time.After(time.Duration(s.rnd.IntN(60_000)) * time.Microsecond)
	s.mu.Lock()
	last := p.last
	s.mu.Unlock()
	o.end(p, func() {})
	last, _, _ = strings.Cut(last, " ")
	return last
}

func (o *outside) end(p *program, release func()) {
	o.s.mu.Lock()
	pid := 0
	if p.cmd != nil {
		pid = p.cmd.Process.Pid
	}
	o.s.mu.Unlock()
	p.end(syscall.SIGKILL, release)
	o.proxies[p.number].Drop()
	o.bury(pid)
	o.s.forget()
}

func (o *outside) endAll() {
	for _, p := range o.s.programs {
		o.end(p, func() {})
	}
}
