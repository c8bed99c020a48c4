package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func refs(items []tickets.TicketView) string {
	var out []string
	for _, v := range items {
		out = append(out, v.Subject)
	}
	return strings.Join(out, ", ")
}

func testViews(_ *testing.T, f *fixture) {
	add := func(name string, change func(t *tickets.Ticket)) tickets.Ticket {
		return f.ticket(func(t *tickets.Ticket) {
			t.Subject = name
			if change != nil {
				change(t)
			}
		})
	}
	mine := add("mine", nil)
	lateOne := add("late", nil)
	f.clock(mine, f.hour(30), nil)
	f.clock(lateOne, f.hour(1), nil)
	add("asked family", func(t *tickets.Ticket) { t.State = tickets.StateWaitingFamily })
	add("asked school", func(t *tickets.Ticket) { t.State = tickets.StateWaitingOther; t.OwnerID = f.Deputy.ID })
	add("answered", func(t *tickets.Ticket) { t.State = tickets.StateAnswered })
	add("finished", func(t *tickets.Ticket) { t.State = tickets.StateFinished })
	add("merged", func(t *tickets.Ticket) { t.State = tickets.StateMerged })
	add("nobody's", func(t *tickets.Ticket) { t.OwnerID = 0 })
	f.triage(func(t *tickets.Ticket) { t.Subject = "unsorted" })
	f.triage(func(t *tickets.Ticket) { t.Subject = "stranger"; t.Category = tickets.CategoryUnconfirmed })
	f.mail(mine, func(m *tickets.Message) { m.Unconfirmed = true })
	add("south", func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID })

	lead, officer := Actor(f, f.DB, f.Lead), Actor(f, f.DB, f.Officer)
	counts := map[string]map[string]int{}
	for _, tc := range []struct {
		view string
		a    access.Actor
		want string
	}{
		{"mine", officer, "late, mine, asked family"},
		{"mine", lead, "nobody's"}, // the fall-back owner answers for what nobody owns
		{"team", officer, "late, mine, nobody's, asked school, asked family"},
		{"waiting", officer, "asked school, asked family"},
		{"answered", officer, "answered"},
		{"late", officer, "late"},
		{"triage", officer, ""},
		{"triage", lead, "stranger, unsorted"},
		{"unconfirmed", officer, "mine"},
		{"unconfirmed", lead, "mine, stranger"},
		{"finished", officer, "finished"},
		{"all", officer, "late, mine, nobody's, finished, answered, asked school, asked family"},
	} {
		page, err := f.Tickets(f.ctx, tc.a, tickets.TicketQuery{View: tc.view, Now: f.hour(2)})
		f.ok(err)
		f.same(tc.a.Name+" sees the view "+tc.view, refs(page.Items), tc.want)
		if counts[tc.a.Name] == nil {
			counts[tc.a.Name], err = f.TicketCounts(f.ctx, tc.a, f.hour(2))
			f.ok(err)
		}
		if tc.view != "finished" && tc.view != "all" {
			f.same(tc.a.Name+" counts the view "+tc.view, counts[tc.a.Name][tc.view], page.Total)
		}
	}
	for what, q := range map[string]tickets.TicketQuery{
		"asked school": {Owner: f.Deputy.ID},
		"answered":     {State: tickets.StateAnswered},
		"south":        {CaseID: f.Juno.ID},
	} {
		q.Now = f.Start
		page, err := f.Tickets(f.ctx, access.System("test"), q)
		f.ok(err)
		f.same("filter", refs(page.Items), what)
	}
}

func testPages(_ *testing.T, f *fixture) {
	lead := Actor(f, f.DB, f.Lead)
	for i := range 23 {
		t := f.ticket(func(t *tickets.Ticket) {
			t.Subject = fmt.Sprint(i)
			t.LastInboundAt = f.hour(i / 4) // several at the same instant
		})
		if i%3 == 0 {
			f.clock(t, f.hour(100-i/6), nil)
		}
	}
	for _, sort := range []string{"due", "newest"} {
		whole, err := f.Tickets(f.ctx, lead, tickets.TicketQuery{Sort: sort, Now: f.Start, Limit: 200})
		f.ok(err)
		f.same("total", []int{whole.Total, len(whole.Items), len(whole.Next)}, []int{23, 23, 0})
		var parts []tickets.TicketView
		q := tickets.TicketQuery{Sort: sort, Now: f.Start, Limit: 4}
		for n := 0; n < 20; n++ {
			page, err := f.Tickets(f.ctx, lead, q)
			f.ok(err)
			parts = append(parts, page.Items...)
			if n == 1 { // what comes in between neither repeats nor hides a row
				f.ticket(func(t *tickets.Ticket) { t.Subject, t.LastInboundAt = "between", f.hour(50) })
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		got := strings.ReplaceAll(refs(parts), "between, ", "")
		f.same(sort, got, strings.ReplaceAll(refs(whole.Items), "between, ", ""))
		f.write(func(tx tickets.Tx) error { // out of the way of the other order
			return tx.UpdateTicket(f.ctx, f.drop("between"))
		})
	}
	for i := range 7 {
		f.write(func(tx tickets.Tx) error {
			c := f.Milo
			c.ID, c.Ref = 0, fmt.Sprintf("P-%02d", i)
			return tx.InsertCase(f.ctx, &c)
		})
	}
	var got []string
	q := tickets.CaseQuery{Limit: 4}
	for range 5 {
		page, err := f.Cases(f.ctx, lead, q)
		f.ok(err)
		f.same("total", page.Total, 9)
		for _, c := range page.Items {
			got = append(got, c.Ref)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	f.same("cases", strings.Join(got, " "), "P-00 P-01 P-02 P-03 P-04 P-05 P-06 WM-2201 WM-2202")
}

// drop is the ticket with a subject, merged away.
func (f *fixture) drop(subject string) *tickets.Ticket {
	page, err := f.Tickets(f.ctx, access.System("test"), tickets.TicketQuery{Now: f.Start, Limit: 200})
	f.ok(err)
	for _, v := range page.Items {
		if v.Subject == subject {
			v.Ticket.State = tickets.StateMerged
			return &v.Ticket
		}
	}
	f.Fatalf("no ticket %q", subject)
	return nil
}

func testTicketView(_ *testing.T, f *fixture) {
	cited := f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID = f.Ada.ID, f.Deputy.ID })
	t := f.ticket(nil)
	c := f.clock(t, f.hour(30), nil)
	f.mail(t, func(m *tickets.Message) { m.ReceivedAt = f.hour(-1); m.Text, m.ReplyText = "old", "old" })
	f.mail(t, func(m *tickets.Message) {
		m.ReplyText, m.Text = "Line one\r\n\tand two  "+strings.Repeat("é", 400), "quoted too"
	})
	f.mail(t, func(m *tickets.Message) {
		m.ReceivedAt, m.Channel, m.Text, m.ReplyText = f.hour(5), tickets.ChannelCall, "call", "call"
		m.Call = &tickets.Call{Summary: tickets.NewPrivateText("private")}
	})
	v, err := f.Ticket(f.ctx, Actor(f, f.DB, f.Lead), t.Ref)
	f.ok(err)
	want := tickets.TicketView{
		Ticket: t, CaseRef: "WM-2201", ChildName: "Milo Brandt", Initials: "M.B.", DOB: "2019-03-04", Stage: "Assessment",
		School: "Oakfield Primary", OwnerName: "Amira Sole", DeputyName: "Dean Foss", Requester: "Tessa Brandt",
		Relation: "mother", MailboxName: "sen", Clock: &c, LastText: "Line one and two " + strings.Repeat("é", 183) + "...",
	}
	f.same("view", *v, want)

	tri := f.triage(func(t *tickets.Ticket) { t.SuggestedID = cited.ID })
	for _, tc := range []struct {
		who  int64
		want string
	}{{f.Lead.ID, cited.Ref}, {f.Duty.ID, ""}} { // the duty desk does not learn of restricted cases
		a, err := f.ActorOf(f.ctx, tc.who)
		f.ok(err)
		v, err = f.Ticket(f.ctx, a, tri.Ref)
		f.ok(err)
		f.same("suggested", []string{v.SuggestedRef, v.Requester, v.Initials}, []string{tc.want, "who@nowhere.example", ""})
	}
	// A running clock is shown before one that has stopped since.
	when := f.hour(3)
	f.clock(t, f.hour(60), func(c *tickets.TicketClock) { c.StoppedAt, c.NextAt = &when, nil })
	v, err = f.Ticket(f.ctx, Actor(f, f.DB, f.Lead), t.Ref)
	f.ok(err)
	f.same("clock", v.Clock, &c)
}

func testTimeline(_ *testing.T, f *fixture) {
	officer := Actor(f, f.DB, f.Officer)
	t := f.ticket(nil)
	merged := f.ticket(func(x *tickets.Ticket) { x.State, x.MergedInto = tickets.StateMerged, t.ID })
	f.mail(t, nil)
	f.mail(t, func(m *tickets.Message) {
		m.PersonID, m.FromName, m.FromEmail, m.ReceivedAt = 0, "", "who@nowhere.example", f.hour(1)
	})
	sent := f.letter(t, func(o *tickets.Outgoing) { o.CreatedAt = f.hour(2) })
	f.mail(t, func(m *tickets.Message) {
		m.Direction, m.OutgoingID, m.StaffID, m.ReceivedAt = tickets.Out, sent.ID, f.Officer.ID, f.hour(3)
	})
	f.letter(merged, func(o *tickets.Outgoing) { o.Purpose, o.AuthorID, o.CreatedAt = tickets.PurposeAck, 0, f.hour(4) })
	f.write(func(tx tickets.Tx) error {
		return errors.Join(
			tx.InsertEvent(f.ctx, &tickets.Event{TicketID: t.ID, Kind: tickets.EvAssigned, At: f.hour(5), StaffID: f.Lead.ID}),
			tx.InsertEvent(f.ctx, &tickets.Event{TicketID: t.ID, Kind: tickets.EvNoteAdded, At: f.hour(6), StaffID: f.Lead.ID}),
			tx.InsertNote(f.ctx, &tickets.Note{TicketID: t.ID, Text: tickets.NewPrivateText("x"), CreatedAt: f.hour(6)}))
	})
	items, err := f.Timeline(f.ctx, officer, t.ID)
	f.ok(err)
	var got []string
	for i, it := range items {
		if i > 0 && it.At.Before(items[i-1].At) {
			f.Errorf("item %d is out of order", i)
		}
		what := ""
		if it.Message != nil {
			what += "message "
		}
		if it.Outgoing != nil {
			what += fmt.Sprintf("letter %s %d ", it.Outgoing.Purpose, len(it.Outgoing.Deliveries))
		}
		if it.Event != nil {
			what += string(it.Event.Kind) + " "
		}
		got = append(got, fmt.Sprintf("%d %s%s/%s", int(it.At.Sub(f.Start).Hours()), what, it.Name, it.Relation))
	}
	f.same("timeline", got, []string{
		"0 message Tessa Brandt/mother",
		"1 message who@nowhere.example/",
		"3 message letter reply 1 Amira Sole/",
		"4 letter ack 1 hearback/",
		"5 assigned Lena Hart/",
	})
}

func testCases(_ *testing.T, f *fixture) {
	open := f.ticket(nil)
	f.ticket(func(t *tickets.Ticket) { t.State = tickets.StateFinished })
	lead := Actor(f, f.DB, f.Lead)
	c, err := f.Case(f.ctx, lead, "WM-2201")
	f.ok(err)
	f.same("case", c.Case, f.Milo)
	f.same("names", []string{c.TeamName, c.OfficerName, c.FallbackName}, []string{"North", "Amira Sole", "Lena Hart"})
	if len(c.Parties) != 2 || len(c.Tickets) != 1 || c.Tickets[0].ID != open.ID {
		f.Fatalf("%+v", c)
	}
	_, err = f.Case(f.ctx, lead, "WM-9999")
	f.fails(fault.NotFound, err)
	for q, want := range map[string]string{
		"milo": "WM-2201", "BRANDT milo": "WM-2201", "wm-2202": "WM-2202", "22": "WM-2201 WM-2202", "nunez": "WM-2202",
		"tessa": "WM-2201", "o'brien": "", "milo zoe": "", "%": "", "_": "",
	} {
		page, err := f.Cases(f.ctx, lead, tickets.CaseQuery{Q: q})
		f.ok(err)
		var got []string
		for _, c := range page.Items {
			got = append(got, c.Ref)
		}
		f.same("cases for "+q, strings.Join(got, " "), want)
		f.same("total for "+q, page.Total, len(got))
	}
}

func testOutboxList(_ *testing.T, f *fixture) {
	t := f.ticket(nil)
	state := func(s tickets.DeliveryState) func(o *tickets.Outgoing) {
		return func(o *tickets.Outgoing) { o.Subject, o.Deliveries[0].State = string(s), s }
	}
	for _, s := range []tickets.DeliveryState{tickets.Queued, tickets.Held, tickets.Accepted, tickets.Uncertain, tickets.Cancelled} {
		f.letter(t, state(s))
	}
	f.letter(f.ticket(func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID }), state(tickets.Queued))
	f.letter(tickets.Ticket{}, func(o *tickets.Outgoing) {
		o.Subject, o.Purpose, o.AuthorID = "account", tickets.PurposeAccount, f.Lead.ID
	})
	for _, tc := range []struct {
		who  register.Staff
		q    tickets.OutboxQuery
		want string
	}{
		{f.Officer, tickets.OutboxQuery{}, "uncertain, held, queued"},
		{f.Officer, tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Held, tickets.Cancelled}}, "cancelled, held"},
		{f.Officer, tickets.OutboxQuery{TicketID: t.ID}, "cancelled, uncertain, accepted, held, queued"},
		{f.Officer, tickets.OutboxQuery{Limit: 1}, "uncertain"},
		{f.Lead, tickets.OutboxQuery{}, "account, uncertain, held, queued"},
		{f.Stranger, tickets.OutboxQuery{}, "queued"},
		{f.Stranger, tickets.OutboxQuery{TicketID: t.ID}, ""},
		{f.Admin, tickets.OutboxQuery{}, "account"},
	} {
		list, err := f.Outbox(f.ctx, Actor(f, f.DB, tc.who), tc.q)
		f.ok(err)
		var got []string
		for _, o := range list {
			got = append(got, o.Subject)
			if len(o.Deliveries) != 1 {
				f.Errorf("%d copies", len(o.Deliveries))
			}
		}
		f.same(tc.who.Name, strings.Join(got, ", "), tc.want)
	}
}

func testLedgerList(_ *testing.T, f *fixture) {
	south := tickets.Mailbox{Name: "south", Address: "south@council.example", TeamID: f.South.ID}
	f.write(func(tx tickets.Tx) error { return tx.UpsertMailbox(f.ctx, &south) })
	milo := f.mail(f.ticket(nil), nil)
	juno := f.mail(f.ticket(func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID }), nil)
	put := func(mailbox int64, uid uint32, fate tickets.Fate, message int64) {
		f.write(func(tx tickets.Tx) error {
			return tx.PutLedger(f.ctx, &tickets.LedgerEntry{
				MailboxID: mailbox, Folder: "INBOX", UID: uid, Fate: fate, MessageID: message, ReceivedAt: f.Start, UpdatedAt: f.Start,
			})
		})
	}
	put(f.Mailbox.ID, 1, tickets.FateMessage, milo.ID)
	put(f.Mailbox.ID, 2, tickets.FateMessage, juno.ID)
	put(f.Mailbox.ID, 3, tickets.FateQuarantined, 0)
	put(south.ID, 1, tickets.FateDuplicate, 0)
	list := func(s register.Staff, q tickets.LedgerQuery) (string, map[tickets.Fate]int) {
		entries, counts, err := f.Ledger(f.ctx, Actor(f, f.DB, s), q)
		f.ok(err)
		var got []string
		for _, e := range entries {
			got = append(got, fmt.Sprintf("%s %d %s %s", e.Mailbox, e.UID, e.Fate, e.TicketRef))
		}
		return strings.Join(got, "; "), counts
	}
	got, counts := list(f.Lead, tickets.LedgerQuery{})
	f.same("lead", got, "sen 3 quarantined ; sen 2 message ; sen 1 message SEN-104001")
	f.same("lead's counts", counts, map[tickets.Fate]int{tickets.FateMessage: 2, tickets.FateQuarantined: 1})
	got, counts = list(f.Admin, tickets.LedgerQuery{})
	f.same("administrator", got, "south 1 duplicate ; sen 3 quarantined ; sen 2 message ; sen 1 message ")
	f.same("administrator's counts", counts[tickets.FateDuplicate], 1)
	got, _ = list(f.Lead, tickets.LedgerQuery{Fate: tickets.FateMessage, Limit: 1})
	f.same("one fate", got, "sen 2 message ")
	entries, _, err := f.Ledger(f.ctx, Actor(f, f.DB, f.Lead), tickets.LedgerQuery{Limit: 2})
	f.ok(err)
	got, _ = list(f.Lead, tickets.LedgerQuery{BeforeID: entries[1].ID})
	f.same("the next page", got, "sen 1 message SEN-104001")
	got, counts = list(f.Lead, tickets.LedgerQuery{MailboxID: south.ID})
	f.same("another team's mailbox", got+fmt.Sprint(len(counts)), "0")
	_, _, err = f.Ledger(f.ctx, Actor(f, f.DB, f.Officer), tickets.LedgerQuery{})
	f.fails(fault.Denied, err)
}

func testAutomaticMail(_ *testing.T, f *fixture) {
	south := tickets.Mailbox{Name: "south", Address: "south@council.example", TeamID: f.South.ID}
	f.write(func(tx tickets.Tx) error { return tx.UpsertMailbox(f.ctx, &south) })
	apart := func(change func(m *tickets.Message)) tickets.Message {
		return f.mail(tickets.Ticket{}, func(m *tickets.Message) {
			m.Kind = tickets.KindAutoReply
			change(m)
		})
	}
	first := apart(func(m *tickets.Message) {})
	second := apart(func(m *tickets.Message) { m.ReceivedAt, m.Kind = f.hour(1), tickets.KindBounce })
	other := apart(func(m *tickets.Message) { m.MailboxID = south.ID })
	restricted := apart(func(m *tickets.Message) { m.CaseID = f.Ada.ID })
	f.mail(f.ticket(nil), func(m *tickets.Message) { m.Kind = tickets.KindAutoReply }) // on a ticket: in its timeline
	for _, tc := range []struct {
		who  register.Staff
		want []int64
	}{
		{f.Duty, []int64{second.ID, first.ID}}, {f.Lead, []int64{second.ID, restricted.ID, first.ID}}, {f.Officer, nil}, {f.Admin, nil},
	} {
		a := Actor(f, f.DB, tc.who)
		list, err := f.AutomaticMail(f.ctx, a, 10)
		f.ok(err)
		var got []int64
		for _, m := range list {
			got = append(got, m.ID)
		}
		f.same(tc.who.Name, got, tc.want)
		for _, id := range []int64{first.ID, second.ID, other.ID, restricted.ID} {
			_, err := f.Message(f.ctx, a, id)
			sees := false
			for _, x := range tc.want {
				sees = sees || x == id
			}
			if sees != (err == nil) {
				f.Errorf("%s opens message %d: %v", tc.who.Name, id, err)
			}
		}
	}
}

func testLeadFigures(_ *testing.T, f *fixture) {
	answered := func(due, stopped int) {
		t := f.ticket(func(t *tickets.Ticket) { t.State = tickets.StateAnswered })
		f.clock(t, f.hour(due), func(c *tickets.TicketClock) {
			when := f.hour(stopped)
			c.StoppedAt, c.NextAt, c.StopBy = &when, nil, "reply"
		})
	}
	answered(-20, -25)       // in time
	answered(-20, -20)       // at the last moment: in time
	answered(-20, -10)       // late
	answered(-40*24, -50*24) // too long ago to count
	answered(20, 1)          // not due yet
	late := f.ticket(func(t *tickets.Ticket) { t.Subject = "late"; t.Chasers = 2 })
	f.clock(late, f.hour(-2), nil)
	today := f.ticket(func(t *tickets.Ticket) { t.Subject = "today"; t.OwnerID = f.Deputy.ID })
	f.clock(today, f.hour(3), nil)
	tonight := f.ticket(func(t *tickets.Ticket) { t.Subject = "tonight" })
	f.clock(tonight, sla.DateOf(f.Start).AddDays(1).Midnight(), nil) // that is tomorrow
	f.ticket(func(t *tickets.Ticket) {
		t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID
		t.Chasers = 5
	})
	f.write(func(tx tickets.Tx) error {
		c := f.Ada
		c.OfficerID = 0
		f.Deputy.AwayUntil = sla.DateOf(f.Start).String()
		f.Officer.AwayUntil = sla.DateOf(f.Start).AddDays(-1).String()
		return errors.Join(tx.UpdateCase(f.ctx, &c), tx.UpdateStaff(f.ctx, &f.Deputy), tx.UpdateStaff(f.ctx, &f.Officer))
	})
	got, err := f.LeadFigures(f.ctx, Actor(f, f.DB, f.Lead), f.Start)
	f.ok(err)
	f.same("upcoming", refs(got.Upcoming), "late, today, tonight")
	got.Upcoming = nil
	f.same("figures", got, tickets.LeadFigures{
		LateNow: 1, DueToday: 1, NoOfficer: 1, ChasedTwice: 1, OnTime30: 2, Closed30: 4,
		Load: []tickets.OfficerLoad{
			{StaffID: f.Officer.ID, Name: "Amira Sole", Open: 7, Late: 1},
			{StaffID: f.Deputy.ID, Name: "Dean Foss", Open: 1, Away: true},
		},
	})
	_, err = f.LeadFigures(f.ctx, Actor(f, f.DB, f.Officer), f.Start)
	f.fails(fault.Denied, err)
	list, err := f.Staff(f.ctx, Actor(f, f.DB, f.Officer))
	f.ok(err)
	if len(list) != 6 || list[0].Name != "Amira Sole" {
		f.Fatalf("%d accounts", len(list))
	}
	for _, s := range list {
		if s.PasswordHash != "" {
			f.Errorf("the list shows what signs %s in", s.Name)
		}
	}
}
