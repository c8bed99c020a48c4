package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/access"
)

// check counts everything at the end.
func (s *soak) check() {
	s.t.Helper()
	validity, present := s.present()
	// Leases of dead programs are over 20 minutes later; what they had begun to
	// send is settled then.
	s.h.mu.Lock()
	s.h.at = time.Now().UTC().Add(20 * time.Minute).Truncate(time.Second)
	s.h.mu.Unlock()
	app := s.inProcess()
	s.t.Cleanup(func() { must(s.t, app.Close()) })
	for range 2 {
		must(s.t, app.recoverOutbox(context.Background()))
		must(s.t, app.dispatchDue(context.Background()))
		s.h.mu.Lock()
		s.h.at = s.h.at.Add(2 * time.Minute)
		s.h.mu.Unlock()
	}
	s.t.Logf("%s what was left is sent; counting", s.since())
	others := s.checkLedger(validity, present)
	s.checkOriginals()
	want := *s.want
	want.fates = s.fates() // held against the mails above
	s.h.compare(&want, others)
	s.checkLetters(others)
}

// present asks Dovecot what is in the mailbox.
func (s *soak) present() (uint32, map[uint32]bool) {
	s.t.Helper()
	c := s.h.dovecot.Client(s.t, s.h.user)
	box, err := c.Select("INBOX", nil).Wait()
	must(s.t, err)
	data, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	must(s.t, err)
	out := map[uint32]bool{}
	for _, uid := range data.AllUIDs() {
		out[uint32(uid)] = true
	}
	return box.UIDValidity, out
}

// line is a line of the ledger.
type line struct {
	validity, uid    uint32
	fate, reason, id string
	raw              bool
}

func (s *soak) lines() []line {
	s.t.Helper()
	db := s.sql()
	defer func() { _ = db.Close() }()
	rows, err := db.Query("select l.uidvalidity, l.uid, l.fate, l.reason, coalesce(m.message_id, ''), l.raw_id is not null" +
		" from ledger l left join messages m on m.id = l.message_id where l.folder = 'INBOX' order by l.id")
	must(s.t, err)
	defer func() { _ = rows.Close() }()
	var out []line
	for rows.Next() {
		var l line
		must(s.t, rows.Scan(&l.validity, &l.uid, &l.fate, &l.reason, &l.id, &l.raw))
		out = append(out, l)
	}
	must(s.t, rows.Err())
	return out
}

func (s *soak) fates() map[tickets.Fate]int {
	out := map[tickets.Fate]int{}
	for _, l := range s.lines() {
		out[tickets.Fate(l.fate)]++
	}
	return out
}

// checkLedger holds the ledger against the mailbox and against what was sent, and
// gives how many of the mails that were not generated are in.
func (s *soak) checkLedger(validity uint32, present map[uint32]bool) (others int) {
	t := s.t
	type place struct{ validity, uid uint32 }
	lines := map[place]int{}
	stored := map[string]int{} // Message-ID to lines that say that it was stored
	validities := map[uint32]bool{}
	gone, duplicates := 0, 0
	for _, l := range s.lines() {
		lines[place{l.validity, l.uid}]++
		validities[l.validity] = true
		switch tickets.Fate(l.fate) {
		case tickets.FateMessage, tickets.FateHeld:
			stored[l.id]++
		case tickets.FateDuplicate:
			duplicates++
		default:
			gone++
			if l.raw || l.validity == validity && present[l.uid] {
				t.Errorf("UID %d/%d is %s: %s", l.validity, l.uid, l.fate, l.reason)
			}
		}
		if l.id != "" && s.sums[l.id] == nil || l.id == "" && !(l.fate == string(tickets.FateQuarantined)) {
			t.Errorf("UID %d/%d (%s) leads to %q, which nobody sent", l.validity, l.uid, l.fate, l.id)
		}
		if l.validity == validity && !present[l.uid] && !s.removed[imap.UID(l.uid)] {
			t.Errorf("UID %d has a line (%s) and was never in the mailbox", l.uid, l.fate)
		}
	}
	for p, n := range lines {
		if n != 1 {
			t.Errorf("UID %d/%d has %d fates", p.validity, p.uid, n)
		}
	}
	for uid := range present {
		if lines[place{validity, uid}] != 1 {
			t.Errorf("UID %d is in the mailbox and has no fate", uid)
		}
	}
	if len(validities) > s.resets+1 {
		t.Errorf("lines of %d numberings; there were %d", len(validities), s.resets+1)
	}
	for id := range s.sums {
		stays, extra := s.extra[id]
		switch n := stored[id]; {
		case n > 1:
			t.Errorf("%s is stored %d times", id, n)
		case n == 0 && (stays || !extra):
			t.Errorf("%s is lost", id)
		case n == 1 && extra:
			others++
		}
	}
	t.Logf("the ledger: %d lines of %d numberings; %d mails stored, %d times the same again, %d were gone before they could be read; %d UIDs in the mailbox, each with one fate",
		len(lines), len(validities), len(stored), duplicates, gone, len(present))
	return others
}

// checkOriginals holds the bytes of every stored mail against what was delivered.
func (s *soak) checkOriginals() {
	db := s.sql()
	defer func() { _ = db.Close() }()
	rows, err := db.Query("select raw_id, message_id from messages where direction = 'in' and raw_id is not null")
	must(s.t, err)
	ids := map[int64]string{}
	for rows.Next() {
		var raw int64
		var id string
		must(s.t, rows.Scan(&raw, &id))
		ids[raw] = id
	}
	must(s.t, rows.Err())
	must(s.t, rows.Close())
	for raw, id := range ids {
		b, err := s.h.app.store.Raw(context.Background(), raw)
		must(s.t, err)
		if sum := sha256.Sum256(b); !s.sums[id][hex.EncodeToString(sum[:])] {
			s.t.Errorf("the original of %s is not what was delivered (%d bytes)", id, len(b))
		}
	}
	s.t.Logf("the originals of %d mails are as they were delivered, byte for byte", len(ids))
}

// checkLetters: nobody is written to twice, and who is told so was written to.
func (s *soak) checkLetters(others int) {
	t, ctx, all := s.t, context.Background(), access.System("test")
	got, accepted := map[string]int{}, map[string]int{} // Message-ID to how often a server read and took it
	for _, p := range s.programs {
		for _, m := range p.smtp.Messages() {
			head, _ := read(t, m.Raw)
			id := strings.Trim(head.Get("Message-ID"), "<>")
			got[id]++
			if m.Accepted() {
				accepted[id]++
			}
			if got[id] > 1 {
				t.Errorf("the letter %s was sent %d times", id, got[id])
			}
		}
	}
	states := map[tickets.DeliveryState]int{}
	acks, cursor := 0, ""
	for {
		page, err := s.h.app.store.Tickets(ctx, all, tickets.TicketQuery{View: "all", Limit: 200, Cursor: cursor, Now: s.h.now()})
		must(t, err)
		for _, tk := range page.Items {
			items, err := s.h.app.store.Timeline(ctx, all, tk.ID)
			must(t, err)
			mine := 0
			for _, it := range items {
				if it.Outgoing == nil || it.Outgoing.Purpose != tickets.PurposeAck {
					continue
				}
				mine++
				acks++
				for _, d := range it.Outgoing.Deliveries {
					states[d.State]++
					switch d.State {
					case tickets.Accepted:
						if accepted[d.MessageID] != 1 {
							t.Errorf("%s counts as sent; the servers accepted it %d times", tk.Ref, accepted[d.MessageID])
						}
					case tickets.Uncertain: // the server may have it, once
					default:
						t.Errorf("the acknowledgement of %s is %s: %s", tk.Ref, d.State, d.Why)
					}
				}
			}
			if mine > 1 {
				t.Errorf("%s was acknowledged %d times", tk.Ref, mine)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if n := s.want.sent() + others; acks != n {
		t.Errorf("%d acknowledgements, want %d", acks, n)
	}
	if s.hits["killed: dot"] > 0 && states[tickets.Uncertain] == 0 {
		t.Error("no letter is in doubt, although the program was killed while letters were handed over")
	}
	t.Logf("acknowledgements: %v; the servers read %d letters and accepted %d", maps.Clone(states), len(got), len(accepted))
}
