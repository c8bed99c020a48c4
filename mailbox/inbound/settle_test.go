package inbound_test

import (
	"strings"
	"testing"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/fault"
)

func flagging(a *inbound.Account, _ *inbound.Deps) { a.After = inbound.Flag }

func moving(folder string) change {
	return func(a *inbound.Account, _ *inbound.Deps) { a.After, a.MoveTo = inbound.Move, folder }
}

// Leave changes nothing on the server; flag and move change it only after the
// commit, and only for mail that could be read.
func TestAfter(t *testing.T) {
	for name, tc := range map[string]struct {
		change       change
		hide         []string
		seen, inbox  int
		archive, all int
	}{
		"leave":                     {func(*inbound.Account, *inbound.Deps) {}, nil, 0, 4, 0, 4},
		"unset":                     {func(a *inbound.Account, _ *inbound.Deps) { a.After = "" }, nil, 0, 4, 0, 4},
		"flag":                      {flagging, nil, 3, 4, 0, 4},
		"move":                      {moving("Archive"), nil, 0, 1, 3, 4},
		"move without MOVE":         {moving("Archive"), []string{"MOVE"}, 0, 1, 3, 4},
		"move without MOVE UIDPLUS": {moving("Archive"), []string{"MOVE", "UIDPLUS"}, 0, 4, 3, 7},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t, tc.hide...)
			post.deliver(append([][]byte{{}}, letters(1, 3)...)...) // the first is empty
			w := newWorld(t)
			f, with := w.flaky()
			f.set(func(f *flaky) {
				f.intake = func([]tickets.Received) error {
					if m := post.Messages(team, "INBOX"); len(m) != 4 || len(m[1].Flags) != 0 {
						t.Errorf("before the commit: %+v", m)
					}
					return nil
				}
			})
			p := w.poller(post.addr, with, tc.change)
			w.once(p, 3)
			w.once(p, 0)
			seen := 0
			inbox, archive := post.Messages(team, "INBOX"), post.Messages(team, "Archive")
			for _, m := range inbox {
				if strings.Contains(strings.Join(m.Flags, " "), `\Seen`) {
					seen++
				}
			}
			if seen != tc.seen || len(inbox) != tc.inbox || len(archive) != tc.archive {
				t.Errorf("%d seen, %d in the inbox, %d in the archive; want %d, %d, %d", seen, len(inbox), len(archive), tc.seen, tc.inbox, tc.archive)
			}
		})
	}
}

// A folder that is not there costs no mail, stops no mail, and is said; when it
// is there, what waited is moved.
func TestMoveRefused(t *testing.T) {
	for name, hide := range map[string][]string{"with MOVE": nil, "without": {"MOVE", "UIDPLUS"}} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			dovecot := mailtest.SharedDovecot(t)
			if hide != nil {
				dovecot = mailtest.Dovecot(t, mailtest.WithoutCapabilities(hide...))
			}
			user := dovecot.User()
			raws := letters(1, 6)
			dovecot.SeedMaildir(t, user, "INBOX", raws[:4])
			w := newWorld(t)
			p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), moving("Done"),
				func(a *inbound.Account, _ *inbound.Deps) { a.Batch = 2 })
			for range 2 {
				if err := w.fails(p); !strings.Contains(fault.SafeText(err), "move") {
					t.Fatalf("error %v", err)
				}
				w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 4})
			}
			c := dovecot.Client(t, user)
			if err := c.Create("Done", nil).Wait(); err != nil {
				t.Fatal(err)
			}
			dovecot.SeedMaildir(t, user, "INBOX", raws[4:])
			w.once(p, 2)
			data, err := c.Select("Done", nil).Wait()
			if err != nil || data.NumMessages != 6 {
				t.Errorf("%d mails were moved, want 6; %v", data.NumMessages, err)
			}
			w.once(p, 0)
		})
	}
}

// The program is stopped between the commit and the move: the next look does it.
func TestMoveAfterStop(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.deliver(append([][]byte{{}}, letters(1, 3)...)...)
	w := newWorld(t)
	w.once(w.poller(post.addr), 3) // as one that stops behind the commit, with its cursor lost
	w.must(w.db.SetCursor(w.ctx, &tickets.Cursor{MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: w.ledger()[0].UIDValidity}))
	w.once(w.poller(post.addr, moving("Archive")), 0)
	if inbox, archive := post.Messages(team, "INBOX"), post.Messages(team, "Archive"); len(inbox) != 1 || len(archive) != 3 {
		t.Errorf("%d mails in the inbox, %d in the archive", len(inbox), len(archive))
	}
}
