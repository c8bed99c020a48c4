package inbound_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// seen is an intake that remembers what it was given and hands it on.
type seen struct {
	next inbound.Intake
	mu   sync.Mutex
	got  []tickets.Received
}

func (s *seen) Intake(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error) {
	s.mu.Lock()
	s.got = append(s.got, batch...)
	s.mu.Unlock()
	return s.next.Intake(ctx, batch, now)
}

func (s *seen) uids() []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []uint32
	for _, r := range s.got {
		out = append(out, r.UID)
	}
	return out
}

// watch puts a seen in front of the intake.
func watch(s *seen) change {
	return func(_ *inbound.Account, d *inbound.Deps) { s.next, d.Intake = d.Intake, s }
}

func folder(name string, kind tickets.FolderKind) change {
	return func(a *inbound.Account, _ *inbound.Deps) { a.Folder, a.Kind, a.After = name, kind, inbound.Flag }
}

// looked is a look that goes through.
func (w *world) looked(p *inbound.Poller) {
	w.t.Helper()
	if _, err := p.Once(w.ctx); err != nil {
		w.t.Fatalf("Once: %v", err)
	}
}

func (p *post) put(folder string, at time.Time, raws ...[]byte) {
	p.t.Helper()
	for _, raw := range raws {
		if _, err := p.Deliver(context.Background(), team, raw, at, folder); err != nil {
			p.t.Fatal(err)
		}
	}
}

// What lay in Sent or Junk before it was read is left; what comes later is taken
// in under its kind, also what comes while the program is down. Nothing on the
// server changes, and no connection is kept.
func TestSentAndJunk(t *testing.T) {
	for name, kind := range map[string]tickets.FolderKind{"Sent": tickets.FolderSent, "Junk": tickets.FolderJunk} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t)
			raws := letters(1, 6)
			post.put(name, time.Now(), raws[:3]...)
			w := newWorld(t)
			got := &seen{}
			p := w.poller(post.addr, folder(name, kind), watch(got))
			w.looked(p)
			if len(got.got) != 0 {
				t.Fatalf("the past was taken in: %v", got.uids())
			}
			if open, _ := post.Connections(); open != 0 {
				t.Errorf("%d connections are open between looks", open)
			}
			if st := p.Status(); st.Kind != kind || st.Folder != name {
				t.Errorf("status %+v", st)
			}
			post.put(name, time.Now(), raws[3])
			again := w.poller(post.addr, folder(name, kind), watch(got)) // the program was started anew
			w.looked(again)
			post.put(name, time.Now(), raws[4:]...)
			w.looked(again)
			if fmt.Sprint(got.uids()) != "[4 5 6]" {
				t.Errorf("taken in: %v", got.uids())
			}
			for _, r := range got.got {
				if r.FolderKind != kind || r.Folder != name {
					t.Errorf("%q mail of %q", r.FolderKind, r.Folder)
				}
			}
			for _, m := range post.Messages(team, name) {
				if len(m.Flags) != 0 {
					t.Errorf("mail %d has the flags %v", m.UID, m.Flags)
				}
			}
			if len(w.ledger()) != 3 {
				t.Errorf("%d lines in the ledger", len(w.ledger()))
			}
		})
	}
}

// An empty Sent folder begins at its first mail.
func TestSentFromItsFirstMail(t *testing.T) {
	leaks(t)
	post := newPost(t)
	w := newWorld(t)
	got := &seen{}
	p := w.poller(post.addr, folder("Sent", tickets.FolderSent), watch(got))
	w.looked(p)
	post.put("Sent", time.Now(), letters(1, 2)...)
	w.looked(p)
	if fmt.Sprint(got.uids()) != "[1 2]" {
		t.Errorf("taken in: %v", got.uids())
	}
}

// The past that was asked for is taken in, with and without ESEARCH.
func TestFirstDays(t *testing.T) {
	now := time.Now()
	for name, hide := range map[string][]string{"ESEARCH": nil, "SEARCH": {"ESEARCH"}} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t, hide...)
			raws := letters(1, 5)
			post.put("Sent", now.AddDate(0, 0, -40), raws[:2]...)
			post.put("Sent", now.AddDate(0, 0, -3), raws[2:]...)
			w := newWorld(t)
			got := &seen{}
			days := func(n int) change { return func(a *inbound.Account, _ *inbound.Deps) { a.FirstDays = n } }
			w.looked(w.poller(post.addr, folder("Sent", tickets.FolderSent), watch(got), days(7)))
			if fmt.Sprint(got.uids()) != "[3 4 5]" {
				t.Errorf("taken in: %v", got.uids())
			}
		})
	}
	t.Run("Dovecot", func(t *testing.T) {
		leaks(t)
		dovecot := mailtest.SharedDovecot(t)
		user := dovecot.User()
		raws := letters(1, 4)
		at := func(raw []byte, days int) mailtest.Mail {
			m := mailtest.Mail{Raw: raw}
			m.Received = now.AddDate(0, 0, -days)
			return m
		}
		dovecot.Seed(t, user, "Sent", []mailtest.Mail{at(raws[0], 90), at(raws[1], 2), at(raws[2], 0)})
		w := newWorld(t)
		got := &seen{}
		p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), folder("Sent", tickets.FolderSent), watch(got),
			func(a *inbound.Account, _ *inbound.Deps) { a.FirstDays = 14 })
		w.looked(p)
		dovecot.Append(t, user, "Sent", raws[3], time.Time{})
		w.looked(p)
		if fmt.Sprint(got.uids()) != "[2 3 4]" {
			t.Errorf("taken in: %v", got.uids())
		}
	})
}

// A server that does not say UIDNEXT.
func TestSentWithoutUIDNext(t *testing.T) {
	leaks(t)
	raw := letters(1, 1)[0]
	w := newWorld(t)
	var grown sync.Once
	exists := 2
	server := newScripted(t, func() script {
		s := ordinary(exists, 5, 1)
		s[2].answer = says(fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n", exists))
		s = append(s, s[0], s[0], s[0], s[0])
		s[3].pattern, s[3].answer = `UID SEARCH \*$`, says("* SEARCH 17\r\n")
		s[4].pattern, s[4].answer = `FETCH 18:\* .*RFC822\.SIZE`, func(int) string {
			if exists == 2 {
				return size(2, 17, 100)
			}
			return size(3, 18, len(raw))
		}
		s[5].pattern, s[5].answer = `BODY\.PEEK`, says(body(3, 18, raw))
		s[6].pattern, s[6].answer = `LOGOUT`, says("* BYE\r\n")
		return s
	})
	got := &seen{}
	p := w.poller(server.addr(), folder("Sent", tickets.FolderSent), watch(got), func(_ *inbound.Account, d *inbound.Deps) { d.Deadlines.Idle = short })
	w.looked(p)
	grown.Do(func() { exists = 3 })
	w.looked(p)
	if fmt.Sprint(got.uids()) != "[18]" {
		t.Errorf("taken in: %v", got.uids())
	}
}

// A folder that is not there is said with the names that may be meant; its inbox
// goes on.
func TestFolderMissing(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 2))
	dovecot.SeedMaildir(t, user, "Sent Items", nil)
	w := newWorld(t)
	inbox := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	post := newPost(t)
	for name, tc := range map[string]struct {
		p    *inbound.Poller
		want []string
		not  string
	}{
		"Dovecot": {
			w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), folder("Sent Mail", tickets.FolderSent)),
			[]string{`"Sent Mail"`, `"Sent"`, `"Sent Items"`},
			`"Junk"`,
		},
		"Junk": {
			w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), folder("Spamverdacht", tickets.FolderJunk)),
			[]string{`"Spamverdacht"`, `"Junk"`},
			`"Sent"`,
		},
		"SPECIAL-USE":    {w.poller(post.addr, folder("Gesendet", tickets.FolderSent)), []string{`"Sent"`}, `"Trash"`},
		"no idea":        {w.poller(post.addr, folder("Enquiries", tickets.FolderInbox)), []string{`"Enquiries"`, `"INBOX"`, "and others"}, `sign`},
		"wrong capitals": {w.poller(post.addr, folder("SENT", tickets.FolderInbox)), []string{`"SENT"`, `look like it: "Sent"`}, `"INBOX"`},
	} {
		err := w.fails(tc.p)
		said := tc.p.Status().Problem
		if !fault.Is(err, fault.NotFound) || tc.p.Status().SignInRefused {
			t.Errorf("%s: %v", name, err)
		}
		for _, part := range tc.want {
			if !strings.Contains(said, part) {
				t.Errorf("%s: %q does not name %s", name, said, part)
			}
		}
		if strings.Contains(said, tc.not) {
			t.Errorf("%s: %q", name, said)
		}
	}
	w.once(inbox, 2)
}

// The UIDs of Sent begin anew: what was taken in is recognised, what came
// meanwhile is taken in, and the years before stay outside.
func TestUIDValidityOfSent(t *testing.T) {
	leaks(t)
	post := newPost(t)
	raws := letters(1, 7)
	post.put("Sent", time.Now().AddDate(-1, 0, 0), raws[:3]...)
	w := newWorld(t)
	got := &seen{}
	p := w.poller(post.addr, folder("Sent", tickets.FolderSent), watch(got))
	w.looked(p)
	post.put("Sent", time.Now(), raws[3:5]...)
	w.looked(p)
	messages := w.messages()
	w.must(post.ResetUIDValidity(team, "Sent"))
	post.put("Sent", time.Now(), raws[5:]...)
	w.looked(p)
	if fmt.Sprint(got.uids()) != "[4 5 4 5 6 7]" {
		t.Errorf("taken in: %v", got.uids())
	}
	fates := map[tickets.Fate]int{}
	for _, e := range w.ledger()[2:4] { // the two that were taken in before
		fates[e.Fate]++
	}
	if fates[tickets.FateMessage] > 0 || w.messages() > messages+2 {
		t.Errorf("doubled: %v, %d messages after %d", fates, w.messages(), messages)
	}
}

// The UIDs of Sent begin anew in the middle of a look.
func TestUIDValidityOfSentWithinLook(t *testing.T) {
	leaks(t)
	post := newPost(t)
	raws := letters(1, 6)
	w := newWorld(t)
	got := &seen{}
	p := w.poller(post.proxy.Addr(), folder("Sent", tickets.FolderSent), watch(got))
	w.looked(p)
	post.put("Sent", time.Now(), raws...)
	var once sync.Once
	post.proxy.SetRules(misbehave.ProxyRule{Name: "body", From: misbehave.FromClient, Pattern: regexp.MustCompile(`BODY\.PEEK`)})
	post.proxy.OnMatch(func(misbehave.Match) { once.Do(func() { w.must(post.ResetUIDValidity(team, "Sent")) }) })
	w.fails(p)
	if len(got.got) != 0 {
		t.Fatalf("taken in under numbers that mean nothing: %v", got.uids())
	}
	w.recovers(p)
	w.looked(p)
	if fmt.Sprint(got.uids()) != "[1 2 3 4 5 6]" {
		t.Errorf("taken in: %v", got.uids())
	}
}

// History is taken in wherever the cursor stands, once, also after a stop, and the
// cursor stays where it was for whoever reads what is new.
func TestPastOfSent(t *testing.T) {
	leaks(t)
	post := newPost(t)
	raws := letters(1, 9)
	post.put("Sent", time.Now().AddDate(-1, 0, 0), raws[:6]...)
	w := newWorld(t)
	live := &seen{}
	p := w.poller(post.addr, folder("Sent", tickets.FolderSent), watch(live))
	w.looked(p)
	post.put("Sent", time.Now(), raws[6])
	w.looked(p)
	cursor, err := w.db.Cursor(w.ctx, w.box.ID, "Sent")
	w.must(err)
	past, stop := &seen{}, true
	f, with := w.flaky()
	f.set(func(f *flaky) {
		f.intake = func(batch []tickets.Received) error {
			if stop && batch[0].UID > 4 {
				return errInjected
			}
			return nil
		}
	})
	all := func(a *inbound.Account, _ *inbound.Deps) { a.Past, a.Batch = true, 2 }
	w.fails(w.poller(post.addr, with, folder("Sent", tickets.FolderSent), all))
	stop = false
	w.looked(w.poller(post.addr, with, folder("Sent", tickets.FolderSent), all, watch(past)))
	if fmt.Sprint(past.uids()) != "[5 6]" {
		t.Errorf("after the stop taken in: %v", past.uids())
	}
	if c, err := w.db.Cursor(w.ctx, w.box.ID, "Sent"); err != nil || *c != *cursor {
		t.Errorf("cursor %+v, %v; want %+v", c, err, cursor)
	}
	post.put("Sent", time.Now(), raws[7:]...)
	w.looked(p)
	if fmt.Sprint(live.uids()) != "[7 8 9]" || len(w.ledger()) != 9 {
		t.Errorf("taken in: %v, %d lines", live.uids(), len(w.ledger()))
	}
}
