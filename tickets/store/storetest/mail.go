package storetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

func testRaw(_ *testing.T, f *fixture) {
	for name, raw := range map[string][]byte{
		"small": []byte("Subject: x\r\n\r\n\x00\xff"),
		"empty": {},
		"large": bytes.Repeat([]byte("0123456789abcdef"), 10_000),
	} {
		p, err := f.PrepareRaw(f.ctx, raw)
		f.ok(err)
		again, err := f.PrepareRaw(f.ctx, raw)
		f.ok(err)
		f.same(name+" prepared twice", again, p)
		if p.Bytes != int64(len(raw)) || len(p.SHA256) != 64 {
			f.Fatalf("%s: %d bytes, hash %q", name, p.Bytes, p.SHA256)
		}
		var id, second int64
		f.write(func(tx tickets.Tx) (err error) {
			if id, err = tx.SaveRaw(f.ctx, p); err != nil {
				return err
			}
			second, err = tx.SaveRaw(f.ctx, again)
			return err
		})
		if id == 0 || id != second {
			f.Fatalf("%s: ids %d and %d", name, id, second)
		}
		got, err := f.Raw(f.ctx, id)
		f.ok(err)
		if !bytes.Equal(got, raw) {
			f.Fatalf("%s: %d bytes came back of %d", name, len(got), len(raw))
		}
	}
	_, err := f.Raw(f.ctx, 999)
	f.fails(fault.NotFound, err)
}

func testLedger(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	m := f.mail(t, nil)
	e := tickets.LedgerEntry{
		MailboxID: f.Mailbox.ID, Mailbox: "sen", Folder: "INBOX", UIDValidity: 4294967295, UID: 4294967290,
		Fate: tickets.FateQuarantined, Reason: "It cannot be read.", Tries: 1, ReceivedAt: f.Start, UpdatedAt: f.Start,
	}
	_, err := f.LedgerAt(f.ctx, f.Mailbox.ID, "INBOX", e.UIDValidity, e.UID)
	f.fails(fault.NotFound, err)
	f.write(func(tx tickets.Tx) error { return tx.PutLedger(f.ctx, &e) })
	got, err := f.LedgerAt(f.ctx, f.Mailbox.ID, "INBOX", e.UIDValidity, e.UID)
	f.ok(err)
	f.same("entry", *got, e)
	open, err := f.LedgerOpen(f.ctx, f.Mailbox.ID, 3, 10)
	f.ok(err)
	f.same("open entries", open, []tickets.LedgerEntry{e})

	first := e.ID
	e.Fate, e.Reason, e.Tries, e.MessageID, e.UpdatedAt, e.TicketRef = tickets.FateMessage, "", 2, m.ID, f.hour(1), t.Ref
	f.write(func(tx tickets.Tx) error { return tx.PutLedger(f.ctx, &e) })
	if e.ID != first {
		f.Fatalf("the same mail has two lines, %d and %d", first, e.ID)
	}
	got, err = f.LedgerEntry(f.ctx, e.ID)
	f.ok(err)
	f.same("changed entry", *got, e)
	open, err = f.LedgerOpen(f.ctx, f.Mailbox.ID, 3, 10)
	f.ok(err)
	f.same("open entries", open, []tickets.LedgerEntry{})

	f.write(func(tx tickets.Tx) error {
		var errs []error
		for _, uid := range []uint32{5, 3, 9} {
			errs = append(errs, tx.PutLedger(f.ctx, &tickets.LedgerEntry{
				MailboxID: f.Mailbox.ID, Folder: "INBOX", UIDValidity: 7, UID: uid, Fate: tickets.FateSuppressed, ReceivedAt: f.Start, UpdatedAt: f.Start,
			}))
		}
		return errors.Join(errs...)
	})
	uids, err := f.UIDsKnown(f.ctx, f.Mailbox.ID, "INBOX", 7, 3, 8)
	f.ok(err)
	f.same("known uids", uids, []uint32{3, 5})
	// After a change of UIDVALIDITY the old lines are history and hinder nothing.
	uids, err = f.UIDsKnown(f.ctx, f.Mailbox.ID, "INBOX", 8, 0, 4294967295)
	f.ok(err)
	f.same("uids of a new validity", uids, []uint32{})
}

func testCursors(_ *testing.T, f *fixture) {
	_, err := f.Cursor(f.ctx, f.Mailbox.ID, "INBOX")
	f.fails(fault.NotFound, err)
	c := tickets.Cursor{MailboxID: f.Mailbox.ID, Folder: "INBOX", UIDValidity: 7, UID: 4294967295, UpdatedAt: f.Start}
	f.ok(f.SetCursor(f.ctx, &c))
	got, err := f.Cursor(f.ctx, f.Mailbox.ID, "INBOX")
	f.ok(err)
	f.same("cursor", *got, c)
	c.UIDValidity, c.UID, c.UpdatedAt = 8, 2, f.hour(1)
	f.ok(f.SetCursorUnder(f.ctx, &c, 5))
	f.ok(f.SetCursorUnder(f.ctx, &c, 5))
	stale := c
	stale.UID = 1
	f.fails(fault.Conflict, f.SetCursorUnder(f.ctx, &stale, 4))
	got, err = f.Cursor(f.ctx, f.Mailbox.ID, "INBOX")
	f.ok(err)
	f.same("cursor under a lease", *got, c)
}

func testMatchToken(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	o := f.letter(t, nil)
	facts, err := f.MatchFacts(f.ctx, tickets.MatchKeys{Tokens: []string{"unknown", o.Deliveries[0].Token}})
	f.ok(err)
	f.same("tokens", facts.Tokens, []tickets.TokenFact{{
		Token: o.Deliveries[0].Token, TicketID: t.ID, Purpose: tickets.PurposeReply, RecipientMailbox: f.Mother.Mailbox,
		DeliveryID: o.Deliveries[0].ID, CaseID: f.Milo.ID, Ticket: t,
	}})
	d, err := f.DeliveryByToken(f.ctx, o.Deliveries[0].Token)
	f.ok(err)
	f.same("delivery by token", *d, o.Deliveries[0])
	d, err = f.DeliveryByMessageID(f.ctx, o.Deliveries[0].MessageID)
	f.ok(err)
	f.same("delivery by Message-ID", *d, o.Deliveries[0])
	for _, key := range []string{"", "unknown"} {
		_, err = f.DeliveryByToken(f.ctx, key)
		f.fails(fault.NotFound, err)
		_, err = f.DeliveryByMessageID(f.ctx, key)
		f.fails(fault.NotFound, err)
	}
	// A token is given once.
	f.fails(fault.Conflict, f.Write(f.ctx, func(tx tickets.Tx) error {
		again := o
		again.Deliveries = []tickets.Delivery{{Token: o.Deliveries[0].Token, State: tickets.Queued}}
		return tx.InsertOutgoing(f.ctx, &again)
	}))
}

func testMatchThread(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	first := f.mail(t, nil)
	f.mail(t, func(m *tickets.Message) { m.FromMailbox, m.Unconfirmed = "stranger@nowhere.example", true })
	f.mail(t, func(m *tickets.Message) { m.TicketID, m.MessageID = 0, "automatic@x.example" })
	o := f.letter(t, func(o *tickets.Outgoing) {
		o.Deliveries = append(o.Deliveries, tickets.Delivery{
			Mailbox: "school@oak.example", MessageID: "o2@council.example", Token: "t2", State: tickets.Cancelled, NextAt: f.Start,
		})
	})
	f.letter(t, func(o *tickets.Outgoing) {
		o.Purpose, o.AuthorID, o.Deliveries[0].Mailbox = tickets.PurposeNotice, 0, f.Officer.Mailbox
	})
	facts, err := f.MatchFacts(f.ctx, tickets.MatchKeys{
		MessageIDs: []string{"nowhere@x.example", o.Deliveries[0].MessageID, first.MessageID, "automatic@x.example", first.MessageID},
	})
	f.ok(err)
	// Neither strangers nor colleagues who got a notice nor cancelled copies take part.
	part := []string{f.Mother.Mailbox}
	f.same("threads", facts.Threads, []tickets.ThreadFact{
		{MessageID: o.Deliveries[0].MessageID, TicketID: t.ID, CaseID: t.CaseID, Purpose: tickets.PurposeReply, Participants: part, Ticket: t},
		{MessageID: first.MessageID, TicketID: t.ID, CaseID: t.CaseID, Participants: part, Ticket: t},
	})
}

func testMatchSender(_ *testing.T, f *fixture) {
	old := f.ticket(func(t *tickets.Ticket) { t.ReceivedAt = f.hour(-5) })
	recent := f.ticket(nil)
	f.ticket(func(t *tickets.Ticket) { t.State = tickets.StateFinished })
	f.ticket(func(t *tickets.Ticket) { t.CaseID = f.Juno.ID })
	unplaced := f.triage(func(t *tickets.Ticket) { t.RequesterID, t.ReceivedAt = f.Tessa.ID, f.hour(-9) })
	facts, err := f.MatchFacts(f.ctx, tickets.MatchKeys{Mailbox: f.Mother.Mailbox})
	f.ok(err)
	if len(facts.Sender) != 1 || facts.Staff != nil || facts.OwnAddress {
		f.Fatalf("%+v", facts)
	}
	s := facts.Sender[0]
	f.same("person", s.Person, f.Tessa)
	f.same("case", s.Case, f.Milo)
	f.same("open tickets", s.Open, []tickets.Ticket{recent, old, unplaced})
	if s.Link.Relation != "mother" {
		f.Fatalf("%+v", s.Link)
	}

	facts, err = f.MatchFacts(f.ctx, tickets.MatchKeys{Mailbox: f.Officer.Mailbox})
	f.ok(err)
	f.same("staff", facts.Staff, &f.Officer)
	for mailbox, own := range map[string]bool{
		"sen@council.example": true, "sen+abc.def@council.example": true, "sen@other.example": false, "x+sen@council.example": false,
	} {
		facts, err = f.MatchFacts(f.ctx, tickets.MatchKeys{Mailbox: mailbox})
		f.ok(err)
		if facts.OwnAddress != own {
			f.Errorf("%s: own is %v", mailbox, facts.OwnAddress)
		}
	}
	facts, err = f.MatchFacts(f.ctx, tickets.MatchKeys{})
	f.ok(err)
	f.same("no keys", facts, tickets.MatchFacts{})
}

func testAutomaticCounts(_ *testing.T, f *fixture) {
	one, two := f.ticket(nil), f.ticket(nil)
	ack := func(t tickets.Ticket, p tickets.Purpose, at time.Time) {
		f.letter(t, func(o *tickets.Outgoing) { o.Purpose, o.AuthorID, o.CreatedAt = p, 0, at })
	}
	ack(one, tickets.PurposeAck, f.hour(-30))
	ack(one, tickets.PurposeAck, f.hour(-2))
	ack(two, tickets.PurposeReceipt, f.hour(-1))
	ack(two, tickets.PurposeReply, f.hour(-1))
	ack(two, tickets.PurposeNotice, f.hour(-1))
	for _, tc := range []struct {
		ticket int64
		since  time.Time
		want   int
	}{{0, f.hour(-24), 2}, {0, f.hour(-48), 3}, {one.ID, f.hour(-24), 1}, {two.ID, f.hour(-24), 1}, {two.ID, f.Start, 0}} {
		n, err := f.AutomaticSince(f.ctx, f.Mother.Mailbox, tc.ticket, tc.since)
		f.ok(err)
		if n != tc.want {
			f.Errorf("ticket %d since %v: %d, want %d", tc.ticket, tc.since, n, tc.want)
		}
	}
	n, err := f.AutomaticSince(f.ctx, "else@x.example", 0, f.hour(-48))
	f.ok(err)
	from, err := f.AutomaticFromMailboxSince(f.ctx, f.Mailbox.ID, f.hour(-24))
	f.ok(err)
	f.same("counts", []int{n, from}, []int{0, 2})
}

func testSearch(_ *testing.T, f *fixture) {
	lead := Actor(f, f.DB, f.Lead)
	t := f.ticket(func(t *tickets.Ticket) { t.Subject = "Wheelchair taxi" })
	other := f.ticket(func(t *tickets.Ticket) { t.Subject = "Review" })
	first := f.mail(t, func(m *tickets.Message) {
		m.Subject, m.ReplyText = "Wheelchair taxi", "Zoë O’Brien says foo-bar at a@b.uk; the Educational Psychologist's naïve report."
		m.Text = m.ReplyText + "\n-----Original-----\nforwarded earlier sentence"
	})
	second := f.mail(other, func(m *tickets.Message) {
		m.Subject, m.Text, m.ReplyText = "Review", "the taxi again", "the taxi again"
	})
	f.mail(other, func(m *tickets.Message) {
		m.Subject, m.ReplyText, m.Text = "Re: Review", "thanks", "thanks\n> a quoted unicorn"
	})
	call := f.mail(other, func(m *tickets.Message) {
		m.Channel, m.Subject, m.Text, m.ReplyText = tickets.ChannelCall, "", "", ""
		m.Call = &tickets.Call{Summary: tickets.NewPrivateText("heliotrope"), StopsReason: "heliotrope"}
	})
	f.write(func(tx tickets.Tx) error {
		return tx.InsertNote(f.ctx, &tickets.Note{TicketID: t.ID, CaseID: t.CaseID, Text: tickets.NewPrivateText("heliotrope"), CreatedAt: f.Start})
	})
	for q, want := range map[string][]int64{
		"taxi":                      {second.ID, first.ID},
		"TAXI":                      {second.ID, first.ID},
		"tax":                       {second.ID, first.ID}, // the last word may go on
		"zoe":                       {first.ID},
		"Zoë":                       {first.ID},
		"o'brien":                   {first.ID},
		"O’Brien":                   {first.ID},
		"foo-bar":                   {first.ID},
		"a@b.uk":                    {first.ID},
		`"educational psychologist`: {first.ID},
		"psychologist educational":  {first.ID}, // all words, in any order
		"taxi naive":                {first.ID},
		"tax naive":                 nil, // only the last word may go on
		"forwarded":                 {first.ID},
		"unicorn":                   nil, // quoted mail is found where it was written
		"heliotrope":                nil, // notes and calls are private
		"nothing of this":           nil,
		"":                          nil,
		"'\"()*^:-":                 nil,
		"NEAR(taxi again)":          nil,
	} {
		hits, err := f.Search(f.ctx, lead, q, 10)
		f.ok(err)
		var got []int64
		for _, h := range hits {
			if h.MessageID != 0 {
				got = append(got, h.MessageID)
			}
			if h.MessageID == call.ID {
				f.Errorf("%q finds a call", q)
			}
		}
		f.same("search for "+q, got, want)
	}
	hits, err := f.Search(f.ctx, lead, "zoe", 10)
	f.ok(err)
	if !strings.HasPrefix(hits[0].Snippet, "\x02Zoë\x03 O’Brien says") || hits[0].Ticket.Ref != t.Ref || hits[0].Ticket.CaseRef != "WM-2201" {
		f.Fatalf("%+v", hits[0])
	}
	// References and names come first.
	for _, q := range []string{t.Ref, strings.ToLower(t.Ref), t.Ref[4:]} {
		hits, err = f.Search(f.ctx, lead, q, 10)
		f.ok(err)
		if len(hits) == 0 || hits[0].Ticket.Ref != t.Ref {
			f.Errorf("%q: %+v", q, hits)
		}
	}
	for _, q := range []string{"milo", "brandt milo", "WM-2201", "tessa bra"} {
		hits, err = f.Search(f.ctx, lead, q, 10)
		f.ok(err)
		if len(hits) < 2 || hits[0].MessageID != 0 {
			f.Errorf("%q: %+v", q, hits)
		}
		page, err := f.Tickets(f.ctx, lead, tickets.TicketQuery{Q: q, Now: f.Start})
		f.ok(err)
		if page.Total != 2 {
			f.Errorf("%q: %d tickets", q, page.Total)
		}
	}
	page, err := f.Tickets(f.ctx, lead, tickets.TicketQuery{Q: "zoe", Now: f.Start})
	f.ok(err)
	if page.Total != 1 || page.Items[0].Ref != t.Ref {
		f.Fatalf("%+v", page)
	}
}

// What a transaction stored it finds, and what was undone nobody does.
func testSearchInside(_ *testing.T, f *fixture) {
	lead := Actor(f, f.DB, f.Lead)
	t := f.ticket(nil)
	stop := errors.New("stop")
	find := func(r tickets.Reader, word string) int {
		hits, err := r.Search(f.ctx, lead, word, 10)
		f.ok(err)
		page, err := r.Tickets(f.ctx, lead, tickets.TicketQuery{Q: word, Now: f.Start})
		f.ok(err)
		if (len(hits) > 0) != (page.Total > 0) {
			f.Errorf("%s: %d hits, %d tickets", word, len(hits), page.Total)
		}
		return len(hits)
	}
	put := func(tx tickets.Tx, word string) error {
		return tx.InsertMessage(f.ctx, &tickets.Message{
			TicketID: t.ID, Direction: tickets.In, Channel: tickets.ChannelEmail, Kind: tickets.KindHuman, Text: word,
			ReplyText: word, ReceivedAt: f.Start, CreatedAt: f.Start,
		})
	}
	f.write(func(tx tickets.Tx) error {
		f.ok(put(tx, "kept"))
		for _, look := range []bool{false, true, false} { // with the index unwritten and written
			err := tx.Savepoint(f.ctx, func() error {
				f.ok(put(tx, "undone"))
				if look {
					f.same("inside", find(tx, "undone"), 1)
				}
				return stop
			})
			if !errors.Is(err, stop) {
				f.Fatal(err)
			}
			if look {
				f.same("after it was undone", []int{find(tx, "undone"), find(tx, "kept")}, []int{0, 1})
			}
		}
		f.same("inside", find(tx, "kept"), 1)
		return tx.Savepoint(f.ctx, func() error { return put(tx, "also") })
	})
	f.same("afterwards", []int{find(f.DB, "kept"), find(f.DB, "undone"), find(f.DB, "also")}, []int{1, 0, 1})
}

func testSearchScope(_ *testing.T, f *fixture) {
	ada := f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID = f.Ada.ID, f.Deputy.ID })
	f.mail(ada, func(m *tickets.Message) { m.Text, m.ReplyText = "zanzibar", "zanzibar" })
	for range 5 { // more than the limit, newer, and not to be seen
		juno := f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID, t.TeamID = f.Juno.ID, f.Stranger.ID, f.South.ID })
		f.mail(juno, func(m *tickets.Message) { m.Text, m.ReplyText = "zanzibar", "zanzibar" })
	}
	tri := f.triage(nil)
	f.mail(tri, func(m *tickets.Message) { m.Text, m.ReplyText = "zanzibar", "zanzibar" })
	for name, tc := range map[string]struct {
		who  int64
		want int
	}{
		"officer of the team":     {f.Officer.ID, 0},
		"officer of the case":     {f.Deputy.ID, 1},
		"lead":                    {f.Lead.ID, 2},
		"duty desk":               {f.Duty.ID, 1},
		"officer of another team": {f.Stranger.ID, 2},
		"administrator":           {f.Admin.ID, 0},
	} {
		a, err := f.ActorOf(f.ctx, tc.who)
		f.ok(err)
		hits, err := f.Search(f.ctx, a, "zanzibar", 2)
		f.ok(err)
		if len(hits) != tc.want {
			f.Errorf("%s: %d hits, want %d", name, len(hits), tc.want)
		}
		for _, q := range []string{"ada", "zoe nunez", "WM-2202"} {
			hits, err := f.Search(f.ctx, a, q, 10)
			f.ok(err)
			sees := tc.who == f.Deputy.ID || tc.who == f.Lead.ID
			if (len(hits) > 0) != sees {
				f.Errorf("%s searching %q: %d hits", name, q, len(hits))
			}
		}
	}
}
