package main

import (
	"bytes"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/devmail/misbehave"
)

// recoveryLimit is how soon mail must come in again when the server is back.
const recoveryLimit = 2 * time.Minute

// mishap is something that goes wrong while a program is at a point of a connection.
type mishap struct {
	name  string
	point string
	// do does it while the connection is held; free lets it go on. It returns
	// when the server can be used again.
	do func(s *soak, p *program, free func())
	// rule does it instead, in the proxy.
	rule *misbehave.ProxyRule
	// before prepares it.
	before func(s *soak)
}

// mishaps are all that happen to one run, in no order.
func mishaps(t *testing.T) []mishap {
	stop := 3 * time.Minute
	if v := os.Getenv("HEARBACK_SOAK_STOP"); v != "" {
		var err error
		stop, err = time.ParseDuration(v)
		must(t, err)
	}
	var list []mishap
	for _, point := range []string{"login", "select", "ask", "fetch 4", "idle"} {
		list = append(list, mishap{name: "server killed", point: point, do: killServer})
	}
	for _, point := range []string{"fetch 4", "idle"} {
		list = append(list, mishap{name: "server stopped for " + stop.String(), point: point, do: func(s *soak, _ *program, free func()) {
			s.h.dovecot.Stop(s.t)
			free()
			<-time.After(stop)
			s.h.dovecot.Cont(s.t)
		}})
	}
	for _, point := range []string{"login", "list", "body", "idle", "idling"} {
		list = append(list, mishap{name: "half-open", point: point, rule: &misbehave.ProxyRule{Do: misbehave.HalfOpen}})
	}
	list = append(list, mishap{name: "half a mail, then nothing", point: "body", rule: &misbehave.ProxyRule{Do: misbehave.HalfOpen, After: 700, Nth: 3}},
		mishap{name: "cut in a mail", point: "body", rule: &misbehave.ProxyRule{Do: misbehave.Reset, After: 700, Nth: 3}})
	noise := bytes.Repeat([]byte("\x00\xff\xfe((\"{9}"), 8<<10)
	for _, r := range []struct {
		point, bytes string
	}{
		{"greeting", "SSH-2.0-rubbish\r\n"},
		{"greeting", string(noise)},
		{"select answer", "* \x00\xff rubbish (((\r\n"},
		{"list answer", "* 1 FETCH (UID 0 RFC822.SIZE -5)\r\n"},
		{"list answer", "* 99999999999999999999 EXISTS\r\n"},
		{"body", "* \x00\xff rubbish (((\r\n"},
		{"body", "* 1 FETCH (UID 1 BODY[] {4000000000}\r\n"},
		{"body", "* 1 FETCH (UID 1 BODY[] {-1}\r\n"},
		{"body", "* BYE the server has had enough\r\n"},
		{"body", string(noise)},
		{"done", "+ go on\r\n"},
		{"idling", "* 3 FETCH (FLAGS (\\Seen\r\n"},
	} {
		list = append(list, mishap{name: "rubbish", point: r.point, rule: &misbehave.ProxyRule{Do: misbehave.Inject, Bytes: []byte(r.bytes)}})
	}
	for range 2 {
		list = append(list, mishap{name: "renumbered", point: "idle", do: renumber})
	}
	list = append(list, mishap{name: "renumbered", point: "fetch 4", do: renumber})
	for _, point := range []string{"list", "ask", "fetch 1", "fetch 4"} {
		var uids []imap.UID
		list = append(list, mishap{
			name: "others delete and move", point: point,
			before: func(s *soak) {
				uids = nil
				for range 12 {
					uids = append(uids, s.add(len(uids)%2 == 1))
				}
			},
			do: func(s *soak, _ *program, free func()) { s.tidy(uids, free) },
		})
	}
	return list
}

func killServer(s *soak, _ *program, free func()) {
	s.h.dovecot.Kill(s.t)
	free()
	<-time.After(3 * time.Second) // some attempts to connect fail
	s.h.dovecot.Restart(s.t)
}

// renumber gives the folder another UIDVALIDITY behind the programs' back.
func renumber(s *soak, _ *program, free func()) {
	for _, p := range s.programs {
		p.proxy.Down(true)
		p.proxy.Drop()
	}
	free()
	s.h.dovecot.Restart(s.t) // nobody has the folder open then
	s.h.dovecot.ResetUIDValidity(s.t, s.h.user, "INBOX")
	s.mu.Lock()
	clear(s.taken)
	s.mu.Unlock()
	clear(s.removed)
	s.resets++
	for _, p := range s.programs {
		p.proxy.Down(false)
	}
}

// tidy is a second mail program that deletes every other of some mails and moves
// the rest to another folder and back, where they have other UIDs. It also moves
// away for good some that are in already.
func (s *soak) tidy(uids []imap.UID, free func()) {
	c := s.h.dovecot.Client(s.t, s.h.user)
	_, err := c.Select("INBOX", nil).Wait()
	must(s.t, err)
	if !s.archive {
		must(s.t, c.Create("Archive", nil).Wait())
		s.archive = true
	}
	var gone, moved, old imap.UIDSet
	for i, uid := range uids {
		s.removed[uid] = true
		if i%2 == 0 {
			gone.AddNum(uid)
		} else {
			moved.AddNum(uid)
		}
	}
	s.mu.Lock()
	for uid := range s.taken {
		if uid < uint32(uids[0]) && !s.removed[imap.UID(uid)] && len(old) < 20 {
			old.AddNum(imap.UID(uid))
		}
	}
	s.mu.Unlock()
	if nums, ok := old.Nums(); ok {
		for _, uid := range nums {
			s.removed[uid] = true
		}
		_, err = c.Move(old, "Archive").Wait()
		must(s.t, err)
	}
	must(s.t, c.Store(gone, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	must(s.t, c.UIDExpunge(gone).Close())
	data, err := c.Move(moved, "Archive").Wait()
	must(s.t, err)
	free()
	_, err = c.Select("Archive", nil).Wait()
	must(s.t, err)
	_, err = c.Move(data.DestUIDs, "INBOX").Wait()
	must(s.t, err)
	must(s.t, c.Logout().Wait())
}

// suffer lets one thing go wrong and waits for mail to come in again.
func (s *soak) suffer(f mishap, mails int) {
	s.t.Helper()
	s.deliver(mails)
	if f.before != nil {
		f.before(s)
	}
	point := f.point
	if f.rule != nil {
		at := pointAt(s.t, f.point)
		r := *f.rule
		r.Name, r.From, r.Pattern = "fault", at.from, at.pattern
		r.Nth, r.Before = max(1, r.Nth), r.After == 0
		for _, p := range s.programs {
			p.proxy.SetRules(append(signals(), r)...)
		}
		point = "fault"
	}
	s.fresh(f.point)
	a := s.arm(point)
	s.startAll()
	s.add(true) // wakes who listens
	p := s.await(a)
	s.hits[f.name+" at "+f.point]++
	free := freer(a)
	if f.do != nil {
		f.do(s, p, free)
	}
	free()
	back := time.Now()
	if f.rule != nil && f.rule.Nth > 1 {
		// The rule's name is told at each match, and it acts at the third: the time
		// until then counts, which does no harm.
		s.t.Logf("%s %s: it happens at match %d", s.since(), f.name, f.rule.Nth)
	}
	marker := s.add(true)
	if !s.until(10*time.Minute, func() bool { _, ok := s.inAt(marker); return ok }) {
		for _, p := range s.programs {
			s.t.Logf("program %d:\n%s", p.number, tail(joined(p.tail()), 30))
		}
		s.t.Fatalf("%s at %s: no mail for ten minutes", f.name, f.point)
	}
	whole, _ := s.inAt(marker)
	first := whole
	if f.name == "renumbered" { // the mail comes behind the whole folder, which is read again
		s.mu.Lock()
		for _, at := range s.taken {
			if at.After(back) && at.Before(first) {
				first = at
			}
		}
		s.mu.Unlock()
	}
	took := first.Sub(back)
	s.recovery = append(s.recovery, recovery{f.name + " at " + f.point, took})
	s.t.Logf("%s %s at %s: mail again after %s, all of it after %s", s.since(), f.name, f.point, took.Round(time.Millisecond), whole.Sub(back).Round(time.Millisecond))
	if took > recoveryLimit {
		for _, p := range s.programs {
			s.t.Logf("program %d:\n%s", p.number, tail(joined(p.tail()), 20))
		}
	}
	for _, p := range s.programs {
		p.proxy.SetRules(signals()...)
	}
}

func joined(lines []string) string {
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	return b.String()
}

// freer lets what waits at an armed point go on, once.
func freer(a *armed) func() {
	done := false
	return func() {
		if !done {
			done = true
			close(a.free)
		}
	}
}

// kill kills a program at a point. It gives where that was.
func (s *soak) kill(point string, mails int) string {
	s.t.Helper()
	s.deliver(mails)
	defer s.forget()
	switch point {
	case "random":
		s.startAll()
		s.add(true)
		<-time.After(time.Duration(s.rnd.IntN(1500)) * time.Millisecond)
		p := s.programs[s.rnd.IntN(len(s.programs))]
		s.mu.Lock()
		last := p.last
		s.mu.Unlock()
		p.end(syscall.SIGKILL, func() {})
		return "random, last seen: " + last
	case "half a mail":
		at := pointAt(s.t, "body")
		for _, p := range s.programs {
			p.proxy.SetRules(append(signals(), misbehave.ProxyRule{
				Name: "half", From: at.from, Pattern: at.pattern, Nth: 1, After: 700, Do: misbehave.Stall,
			})...)
		}
		a := s.arm("half")
		s.startAll()
		s.add(true)
		p := s.await(a)
		close(a.free)
		<-time.After(50 * time.Millisecond) // half of it passes and no more will
		p.end(syscall.SIGKILL, func() {})
		for _, p := range s.programs {
			p.proxy.SetRules(signals()...)
			p.proxy.Resume()
		}
		return point
	}
	s.fresh(point)
	a := s.arm(point)
	s.startAll()
	s.add(true)
	p := s.await(a)
	p.end(syscall.SIGKILL, freer(a))
	return point
}

// fresh ends all programs where the point is one that a running program passes
// seldom: it keeps its connections.
func (s *soak) fresh(point string) {
	switch point {
	case "greeting", "login", "select", "select answer", "connect", "ehlo":
		s.endAll(syscall.SIGKILL)
		s.forget()
	}
}
