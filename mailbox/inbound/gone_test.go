package inbound_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// gone lists the UIDs of the ledger whose mail is known to be gone.
func (w *world) gone() []uint32 {
	w.t.Helper()
	var out []uint32
	for _, e := range w.ledger() {
		if e.GoneAt != nil {
			out = append(out, e.UID)
		}
	}
	slices.Sort(out)
	return out
}

// commands counts what the client asks and what goes either way.
func commands(post *post) *atomic.Int64 {
	var n atomic.Int64
	post.proxy.SetRules(
		misbehave.ProxyRule{Name: "commands", From: misbehave.FromClient, Pattern: regexp.MustCompile(`^T\d+ `)},
		misbehave.ProxyRule{Name: "searches", From: misbehave.FromClient, Pattern: regexp.MustCompile(`^T\d+ UID SEARCH`)},
		misbehave.ProxyRule{Name: "said", From: misbehave.FromClient, Pattern: regexp.MustCompile(`.`)},
		misbehave.ProxyRule{Name: "heard", From: misbehave.FromServer, Pattern: regexp.MustCompile(`.`)},
	)
	post.proxy.OnMatch(func(m misbehave.Match) {
		if m.Rule == "said" || m.Rule == "heard" {
			n.Add(int64(len(m.Line)))
		}
	})
	return &n
}

// Mail that is deleted or moved on the server is known to be gone after the next
// look, once; a look at which nothing went asks nothing more.
func TestGone(t *testing.T) {
	for name, hide := range map[string][]string{"ESEARCH": nil, "SEARCH": {"ESEARCH"}} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t, hide...)
			raws := letters(1, 12)
			post.deliver(raws[:10]...)
			commands(post)
			w := newWorld(t)
			p := w.poller(post.proxy.Addr())
			w.once(p, 10)
			w.once(p, 0)
			if n := post.proxy.Count("searches"); n != 0 || len(w.gone()) != 0 {
				t.Fatalf("%d searches while all is there, gone %v", n, w.gone())
			}
			post.expunge(1, 4, 10)
			w.once(p, 0)
			if got := fmt.Sprint(w.gone()); got != "[1 4 10]" {
				t.Fatalf("gone %v", got)
			}
			searched := post.proxy.Count("searches")
			w.once(p, 0)
			if n := post.proxy.Count("searches"); n != searched {
				t.Errorf("%d searches more", n-searched)
			}
			// The numbers are the same again, and are not taken for the mail that went.
			post.expunge(5)
			post.deliver(raws[10])
			w.once(p, 1)
			post.deliver(raws[11])
			w.once(p, 1)
			if got := fmt.Sprint(w.gone()); got != "[1 4 5 10]" {
				t.Errorf("gone %v", got)
			}
			again := w.poller(post.proxy.Addr())
			w.once(again, 0)
			if got := fmt.Sprint(w.gone()); got != "[1 4 5 10]" {
				t.Errorf("after a start gone %v", got)
			}
			w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 12})
		})
	}
}

// Mail that a person moves to another folder and back has a line for each place
// in which it was, and is one message.
func TestMovedAndBack(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 4))
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	w.once(p, 4)
	c := dovecot.Client(t, user)
	move := func(from, to string, uid imap.UID) {
		t.Helper()
		if _, err := c.Select(from, nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Move(imap.UIDSetNum(uid), to).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	move("INBOX", "Trash", 2)
	w.looked(p)
	if got := fmt.Sprint(w.gone()); got != "[2]" {
		t.Fatalf("gone %v", got)
	}
	move("Trash", "INBOX", 1)
	w.looked(p)
	if got := fmt.Sprint(w.gone()); got != "[2]" || len(w.ledger()) != 5 || w.messages() != 4 {
		t.Errorf("gone %v, %d lines, %d messages", got, len(w.ledger()), w.messages())
	}
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 4, tickets.FateDuplicate: 1})
}

// What lay in Sent before it was read is no mail that the ledger misses; deleting
// it means nothing, deleting what was taken in is noticed.
func TestGoneFromSent(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	raws := letters(1, 8)
	dovecot.SeedMaildir(t, user, "Sent", raws[:5])
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), folder("Sent", tickets.FolderSent))
	w.looked(p)
	dovecot.SeedMaildir(t, user, "Sent", raws[5:])
	w.looked(p)
	c := dovecot.Client(t, user)
	if _, err := c.Select("Sent", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		uid  imap.UID
		want string
	}{{2, "[]"}, {7, "[7]"}, {3, "[7]"}, {6, "[6 7]"}} {
		if _, err := c.Move(imap.UIDSetNum(step.uid), "Trash").Wait(); err != nil {
			t.Fatal(err)
		}
		w.looked(p)
		if got := fmt.Sprint(w.gone()); got != step.want {
			t.Errorf("after %d: gone %v, want %s", step.uid, got, step.want)
		}
	}
}

// A server whose answer does not add up makes us take nothing for gone, and is
// not asked for ever; one that says no or hangs up costs no good look.
func TestGoneIsNotGuessed(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing": "* SEARCH\r\n", "too few": "* SEARCH 1\r\n", "not asked for": "* SEARCH 4294967290\r\n", "refused": "TAG NO [SERVERBUG] cannot\r\n", "drop": "DROP",
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			raws := letters(1, 3)
			w := newWorld(t)
			var exists atomic.Int64
			exists.Store(3)
			server := newScripted(t, func() script {
				s := ordinary(int(exists.Load()), 5, 4)
				s = append(s, s[0], s[0], s[0], s[0])
				s[3].pattern, s[3].answer = `FETCH 1:\* .*RFC822\.SIZE`, says(size(1, 1, len(raws[0]))+size(2, 2, len(raws[1]))+size(3, 3, len(raws[2])))
				s[4].pattern, s[4].answer = `FETCH 4:\* .*RFC822\.SIZE`, says(size(2, 3, len(raws[2])))
				s[5].pattern, s[5].answer = `BODY\.PEEK`, says(body(1, 1, raws[0])+body(2, 2, raws[1])+body(3, 3, raws[2]))
				s[6].pattern, s[6].answer = `SEARCH`, says(answer)
				return s
			})
			p := w.poller(server.addr())
			w.once(p, 3)
			exists.Store(2)
			for range 6 {
				w.once(p, 0)
			}
			if len(w.gone()) != 0 {
				t.Errorf("gone %v", w.gone())
			}
			if n := server.count(`UID SEARCH`); n == 0 || n > 40 {
				t.Errorf("%d searches in six looks", n)
			}
			asked := server.count(`UID SEARCH`)
			w.once(p, 0)
			if n := server.count(`UID SEARCH`); n != asked {
				t.Errorf("it is asked for ever")
			}
		})
	}
}

// Mail that appears below the cursor, which no server should let happen, is read.
func TestMailBelowTheCursor(t *testing.T) {
	leaks(t)
	raws := letters(1, 3)
	w := newWorld(t)
	var late atomic.Bool
	server := newScripted(t, func() script {
		exists, found := 2, "* SEARCH 1 3\r\n"
		if late.Load() {
			exists, found = 3, "* SEARCH 1 2 3\r\n"
		}
		s := ordinary(exists, 5, 4)
		s = append(s, s[0], s[0], s[0], s[0], s[0], s[0], s[0])
		one, three := size(1, 1, len(raws[0])), size(exists, 3, len(raws[2]))
		s[3].pattern, s[3].answer = `FETCH 1:\* .*RFC822\.SIZE`, says(one+three)
		s[4].pattern, s[4].answer = `FETCH 2:\* .*RFC822\.SIZE`, says(size(2, 2, len(raws[1]))+three)
		s[5].pattern, s[5].answer = `FETCH 4:\* .*RFC822\.SIZE`, says(three)
		s[6].pattern, s[6].answer = `FETCH 2 .*BODY\.PEEK`, says(body(2, 2, raws[1]))
		s[7].pattern, s[7].answer = `FETCH 3 \(UID INTERNALDATE\)`, says("* 3 FETCH (UID 3 INTERNALDATE \"01-Sep-2026 08:00:00 +0000\")\r\n")
		s[8].pattern, s[8].answer = `BODY\.PEEK`, says(body(1, 1, raws[0])+body(exists, 3, raws[2]))
		s[9].pattern, s[9].answer = `SEARCH UID 1:`, says(found)
		return append(s, script{{`SEARCH`, says("* SEARCH\r\n")}}...)
	})
	p := w.poller(server.addr())
	w.once(p, 2)
	late.Store(true)
	w.once(p, 0)
	w.returns(waiting(w.ctx, p)) // at once
	w.once(p, 1)
	w.once(p, 0)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 3})
	if len(w.gone()) != 0 {
		t.Errorf("gone %v", w.gone())
	}
}

// A look costs the same in a mailbox of 20 mails and in one of 20,000: as many
// commands, and as many octets but for the digits of the numbers.
func TestPollCostDoesNotGrow(t *testing.T) {
	type cost struct {
		commands, octets int64
		statements       int64
	}
	measure := func(n int) (idle, one cost) {
		post := newPost(t)
		for i := range n {
			raw := fmt.Sprintf("Message-ID: <%d@family.example>\r\nFrom: a@family.example\r\n\r\nhello\r\n", 1_000_000+i)
			if _, err := post.Deliver(t.Context(), team, []byte(raw), time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), "INBOX"); err != nil {
				t.Fatal(err)
			}
		}
		w := newWorld(t)
		w.must(w.db.SetCursor(w.ctx, &tickets.Cursor{MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: post.validity(), UID: uint32(n)}))
		store := &counted{Store: w.db, uids: uint32(n)}
		octets := commands(post)
		p := w.poller(post.proxy.Addr(), func(_ *inbound.Account, d *inbound.Deps) { d.Store = store })
		w.once(p, 0)
		since := func() cost {
			return cost{int64(post.proxy.Count("commands")), octets.Load(), store.statements.Load()}
		}
		look := func(stored int) cost {
			before := since()
			w.once(p, stored)
			after := since()
			return cost{after.commands - before.commands, after.octets - before.octets, after.statements - before.statements}
		}
		idle = look(0)
		post.deliver(letters(5, 1)...)
		store.uids++
		return idle, look(1)
	}
	smallIdle, smallOne := measure(20)
	largeIdle, largeOne := measure(20_000)
	t.Logf("20 mails: %+v, with one new %+v; 20,000 mails: %+v, with one new %+v", smallIdle, smallOne, largeIdle, largeOne)
	for _, pair := range [][2]cost{{smallIdle, largeIdle}, {smallOne, largeOne}} {
		if pair[0].commands != pair[1].commands || pair[0].statements != pair[1].statements {
			t.Errorf("%+v and %+v", pair[0], pair[1])
		}
		if grown := pair[1].octets - pair[0].octets; grown > 60 {
			t.Errorf("%d octets more", grown)
		}
	}
}

func (p *post) validity() uint32 {
	p.t.Helper()
	for _, a := range p.Accounts() {
		if a.Address == team {
			return a.Folders[0].UIDValidity
		}
	}
	p.t.Fatal("no account")
	return 0
}

// counted is a store that says it has a line for each of uids, and counts what it
// is asked.
type counted struct {
	inbound.Store
	uids       uint32
	statements atomic.Int64
}

func (c *counted) FolderCount(context.Context, int64, string, uint32) (int, error) {
	c.statements.Add(1)
	return int(c.uids), nil
}

func (c *counted) Cursor(ctx context.Context, id int64, folder string) (*tickets.Cursor, error) {
	c.statements.Add(1)
	return c.Store.Cursor(ctx, id, folder)
}

func (c *counted) SetCursor(ctx context.Context, cur *tickets.Cursor) error {
	c.statements.Add(1)
	return c.Store.SetCursor(ctx, cur)
}

func (c *counted) UIDsKnown(ctx context.Context, id int64, folder string, v, from, to uint32) ([]uint32, error) {
	c.statements.Add(1)
	return c.Store.UIDsKnown(ctx, id, folder, v, from, to)
}

func (c *counted) LedgerAt(ctx context.Context, id int64, folder string, v, uid uint32) (*tickets.LedgerEntry, error) {
	c.statements.Add(1)
	return c.Store.LedgerAt(ctx, id, folder, v, uid)
}

// Many mails that went, in a folder that uses its numbers sparsely.
func TestGoneInASparseFolder(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	const highest = 4_000_000_000
	var known []uint32
	for uid := uint32(7); len(known) < 3000; uid += 1_300_000 {
		known = append(known, uid)
	}
	left := known[1:2999]
	var there strings.Builder
	for _, uid := range left {
		fmt.Fprintf(&there, " %d", uid)
	}
	searches := regexp.MustCompile(`SEARCH UID (\d+):(\d+)`)
	var f *fake
	f = newScripted(t, func() script {
		s := ordinary(len(left), 5, highest)
		return append(s, script{
			{`RFC822\.SIZE`, says(size(len(left), int(left[len(left)-1]), 10))},
			{`SEARCH`, func(int) string {
				f.mu.Lock()
				line := f.lines[len(f.lines)-1]
				f.mu.Unlock()
				var from, to uint32
				m := searches.FindStringSubmatch(line)
				_, _ = fmt.Sscan(m[1]+" "+m[2], &from, &to)
				var b strings.Builder
				for _, uid := range left {
					if uid >= from && uid <= to {
						fmt.Fprintf(&b, " %d", uid)
					}
				}
				return "* SEARCH" + b.String() + "\r\n"
			}},
		}...)
	})
	store := &sparse{Store: w.db, lines: known}
	w.must(w.db.SetCursor(w.ctx, &tickets.Cursor{MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: 5, UID: highest - 1}))
	w.once(w.poller(f.addr(), func(_ *inbound.Account, d *inbound.Deps) { d.Store = store }), 0)
	if want := []uint32{known[0], known[2999]}; !slices.Equal(store.gone, want) {
		t.Errorf("gone %v, want %v", store.gone, want)
	}
	if n := f.count(`UID SEARCH`); n > 40 {
		t.Errorf("%d searches", n)
	}
}

// sparse is a store with lines for these UIDs.
type sparse struct {
	inbound.Store
	lines, gone []uint32
}

func (s *sparse) FolderCount(context.Context, int64, string, uint32) (int, error) {
	return len(s.lines), nil
}

func (s *sparse) UIDsPresent(_ context.Context, _ int64, _ string, _, from, to uint32) ([]uint32, error) {
	a, _ := slices.BinarySearch(s.lines, from)
	b, has := slices.BinarySearch(s.lines, to)
	if has {
		b++
	}
	return s.lines[a:b], nil
}

func (s *sparse) UIDsKnown(ctx context.Context, id int64, folder string, v, from, to uint32) ([]uint32, error) {
	return s.UIDsPresent(ctx, id, folder, v, from, to)
}

func (s *sparse) MarkGone(_ context.Context, _ int64, _ string, _ uint32, uids []uint32) error {
	s.gone = append(s.gone, uids...)
	return nil
}
