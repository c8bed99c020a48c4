package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// seen is what an actor knows of the world in every way that there is of asking:
// pages, lists, counts, search, snippets, outbox, ledger.
func (f *fixture) seen(a access.Actor, t tickets.Ticket, caseRef, word string) map[string]bool {
	f.Helper()
	out := map[string]bool{}
	ok := func(err error) bool {
		f.Helper()
		if err != nil {
			f.fails(fault.NotFound, err)
		}
		return err == nil
	}
	_, err := f.Ticket(f.ctx, a, t.Ref)
	out["ticket"] = ok(err)
	_, err = f.Timeline(f.ctx, a, t.ID)
	out["timeline"] = ok(err)
	_, err = f.Case(f.ctx, a, caseRef)
	out["case"] = ok(err)
	if a.May(access.ReadNotes) {
		_, err = f.Notes(f.ctx, a, t.ID)
		out["notes"] = ok(err)
	}
	page, err := f.Tickets(f.ctx, a, tickets.TicketQuery{View: "all", Now: f.Start})
	f.ok(err)
	out["list"] = slices.ContainsFunc(page.Items, func(v tickets.TicketView) bool { return v.ID == t.ID })
	page, err = f.Tickets(f.ctx, a, tickets.TicketQuery{Q: word, Now: f.Start})
	f.ok(err)
	out["count"] = page.Total > 0
	hits, err := f.Search(f.ctx, a, word, 10)
	f.ok(err)
	out["snippet"] = slices.ContainsFunc(hits, func(h tickets.SearchHit) bool { return strings.Contains(h.Snippet, word) })
	cases, err := f.Cases(f.ctx, a, tickets.CaseQuery{Q: caseRef})
	f.ok(err)
	out["case list"] = cases.Total > 0
	letters, err := f.Outbox(f.ctx, a, tickets.OutboxQuery{TicketID: t.ID, States: []tickets.DeliveryState{tickets.Queued}})
	f.ok(err)
	out["outbox"] = len(letters) > 0
	return out
}

// all reports whether an actor knows everything, and fails when it knows a part.
func (f *fixture) knows(what string, a access.Actor, t tickets.Ticket, caseRef, word string) bool {
	f.Helper()
	got := f.seen(a, t, caseRef, word)
	for k, v := range got {
		if v != got["ticket"] {
			f.Errorf("%s: %s is %v, the enquiry %v", what, k, v, got["ticket"])
		}
	}
	return got["ticket"]
}

// hidden is an enquiry of Ada's restricted case with a mail and a letter.
func (f *fixture) hidden() tickets.Ticket {
	f.Helper()
	t := f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID, t.Subject = f.Ada.ID, f.Deputy.ID, "Respite" })
	f.mail(t, func(m *tickets.Message) { m.Text, m.ReplyText = "About quokka", "About quokka" })
	f.letter(t, nil)
	return t
}

// The scopes of roles, the pure rule beside the lists.
func testRoleScopes(_ *testing.T, f *fixture) {
	t := f.hidden()
	f.Juno.Stage = "Appeal"
	f.write(func(tx tickets.Tx) error { return tx.UpdateCase(f.ctx, &f.Juno) })
	south := f.ticket(func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID })
	f.mail(south, func(m *tickets.Message) { m.Text, m.ReplyText = "About numbat", "About numbat" })
	f.letter(south, nil)
	plain := f.ticket(nil)
	f.mail(plain, func(m *tickets.Message) { m.Text, m.ReplyText = "About bilby", "About bilby" })
	f.letter(plain, nil)
	who := f.everybody()
	want := map[string][3]bool{ // Ada (restricted), Juno (an appeal of the other team), Milo
		"system": {true, true, true}, "head": {true, true, true}, "safeguarding": {true, false, false},
		"tribunal": {false, true, false}, "data_protection": {}, "auditor": {false, true, true}, "auditor of no team": {false, true, true},
		"Lena Hart": {true, false, true}, "Bea Lund": {false, false, true}, "Amira Sole": {false, false, true},
		"Dean Foss": {true, false, true}, "Sid Marsh": {false, true, false}, "Ivo Kern": {}, "nobody": {}, "officer of no team": {},
	}
	check := func() {
		f.Helper()
		for name, a := range who {
			w, ok := want[name]
			if !ok {
				f.Fatalf("no expectation for %s", name)
			}
			got := [3]bool{f.knows(name+", Ada", a, t, "WM-2202", "quokka"), f.knows(name+", Juno", a, south, "WM-2203", "numbat"), f.knows(name+", Milo", a, plain, "WM-2201", "bilby")}
			f.same(name, got, w)
			for i, c := range []register.Case{f.Ada, f.Juno, f.Milo} {
				facts := access.CaseFacts{
					OfTeam: slices.Contains(a.TeamIDs, c.TeamID), Own: a.StaffID != 0 && (c.OfficerID == a.StaffID || c.FallbackID == a.StaffID),
					Restricted: c.Restricted, Appeal: c.Stage == "Appeal", Flagged: i == 2 && w[2] && name == "safeguarding",
				}
				f.same(name+", the rule for "+c.Ref, a.Sees(facts), w[i])
			}
		}
	}
	check()
	// Somebody's safety on Milo's case makes it a safeguarding lead's.
	r := register.Restriction{CaseID: f.Milo.ID, PersonID: f.Ray.ID, Kind: register.NoContact, Source: "family", StartsOn: "2026-11-02", EnteredBy: f.Officer.ID, EnteredAt: f.Start}
	f.write(func(tx tickets.Tx) error { return tx.InsertRestriction(f.ctx, &r) })
	want["safeguarding"] = [3]bool{true, false, true}
	check()
	r.EndAskedBy, r.EndApprovedBy, r.EndedAt = f.Officer.ID, f.Lead.ID, &f.Start
	r.EndAskedAt = &f.Start
	f.write(func(tx tickets.Tx) error { return tx.UpdateRestriction(f.ctx, &r) })
	want["safeguarding"] = [3]bool{true, false, false}
	check()
	// An alert that was dealt with stays theirs.
	f.write(func(tx tickets.Tx) error {
		return tx.InsertEvent(f.ctx, &tickets.Event{TicketID: plain.ID, CaseID: f.Milo.ID, Kind: tickets.EvAlerted, At: f.Start, System: "test"})
	})
	want["safeguarding"] = [3]bool{true, false, true}
	check()
}

// Who is let in knows everything that a list, a count or a search can say, until
// it is over; nobody else does.
func testGrants(_ *testing.T, f *fixture) {
	t := f.hidden()
	now, err := f.DB.Now(f.ctx)
	f.ok(err)
	dp := f.everybody()["data_protection"]
	dp.StaffID = f.Stranger.ID // an account that is there
	sid := Actor(f, f.DB, f.Stranger)
	look := func(what string, a access.Actor, want bool) {
		f.Helper()
		if got := f.knows(what, a, t, "WM-2202", "quokka"); got != want {
			f.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	look("before", sid, false)
	g := tickets.Grant{CaseID: f.Ada.ID, StaffID: f.Stranger.ID, Reason: tickets.NewPrivateText("Covers"), AskedBy: f.Officer.ID, AskedAt: now, Until: now.Add(time.Hour)}
	f.write(func(tx tickets.Tx) error { return tx.InsertGrant(f.ctx, &g) })
	look("asked for", sid, false)
	set := func(change func()) {
		change()
		f.write(func(tx tickets.Tx) error { return tx.UpdateGrant(f.ctx, &g) })
	}
	for _, alone := range []int64{f.Officer.ID, f.Stranger.ID} { // the database refuses it, too
		bad := g
		bad.ApprovedBy, bad.ApprovedAt = alone, &now
		if err := f.Write(f.ctx, func(tx tickets.Tx) error { return tx.UpdateGrant(f.ctx, &bad) }); err == nil {
			f.Error("one person alone gave it")
		}
	}
	set(func() { g.ApprovedBy, g.ApprovedAt = f.Lead.ID, &now })
	look("given", sid, true)
	look("given, by request", dp, true)
	look("to another", Actor(f, f.DB, f.Officer), false)
	admin := Actor(f, f.DB, f.Admin)
	admin.StaffID = f.Stranger.ID
	look("an administrator's", admin, false)
	narrow := sid
	narrow.Scopes = []access.Permission{access.ReadNotes}
	look("a token without it", narrow, false)
	got, err := f.GrantByID(f.ctx, g.ID)
	f.ok(err)
	f.same("the row", []any{got.CaseRef, got.StaffID, got.ApprovedBy, got.Reason.ForStaff(), got.Until.Equal(g.Until.Truncate(time.Microsecond)), got.Live(now), got.Waits()},
		[]any{"WM-2202", f.Stranger.ID, f.Lead.ID, "Covers", true, true, false})
	for name, n := range map[string]int{"Sid Marsh": 1, "Amira Sole": 1, "Lena Hart": 1, "Bea Lund": 0, "Ivo Kern": 0, "head": 1, "auditor": 0} {
		list, err := f.Grants(f.ctx, f.everybody()[name])
		f.ok(err)
		if len(list) != n {
			f.Errorf("%s lists %d grants, want %d", name, len(list), n)
		}
	}
	set(func() { g.EndedAt = &now })
	look("ended", sid, false)
	set(func() { g.EndedAt, g.Refused = nil, true })
	look("refused", sid, false)
}

// The database's time ends it, and nothing else has to happen.
func testGrantTime(_ *testing.T, f *fixture) {
	t := f.hidden()
	now, err := f.DB.Now(f.ctx)
	f.ok(err)
	sid := Actor(f, f.DB, f.Stranger)
	give := func(until time.Time, glass bool) {
		g := tickets.Grant{CaseID: f.Ada.ID, StaffID: f.Stranger.ID, AskedBy: f.Officer.ID, AskedAt: now, Until: until, BrokeGlass: glass}
		if !glass {
			g.ApprovedBy, g.ApprovedAt = f.Lead.ID, &now
		}
		f.write(func(tx tickets.Tx) error { return tx.InsertGrant(f.ctx, &g) })
	}
	give(now.Add(-time.Millisecond), false)
	give(now.Add(-time.Second), true)
	if f.knows("over", sid, t, "WM-2202", "quokka") {
		f.Error("let in when it is over")
	}
	give(now.Add(time.Hour), true)
	if !f.knows("broken glass", sid, t, "WM-2202", "quokka") {
		f.Error("not let in by breaking the glass")
	}
}

// At a shut door stands whom to ask, for who may know of the case; for everybody
// else there is no door.
func testDoors(_ *testing.T, f *fixture) {
	t := f.hidden()
	o := f.letter(t, nil)
	triage := f.triage(nil)
	for name, want := range map[string]string{
		"Lena Hart": "open", "Dean Foss": "open", "head": "open", "system": "open", "safeguarding": "open",
		"Amira Sole": "shut", "Bea Lund": "shut", "auditor": "shut",
		"Sid Marsh": "none", "tribunal": "none", "data_protection": "none", "Ivo Kern": "none", "nobody": "none", "officer of no team": "none",
	} {
		a := f.everybody()[name]
		for what, q := range map[string]tickets.DoorQuery{"case": {CaseRef: "WM-2202"}, "ticket": {TicketRef: t.Ref}, "letter": {OutgoingID: o.ID}} {
			d, err := f.Door(f.ctx, a, q)
			got := "none"
			switch {
			case err != nil:
				f.fails(fault.NotFound, err)
			case d.Sees:
				got = "open"
			default:
				got = "shut"
			}
			if got != want {
				f.Errorf("%s at the %s: %s, want %s", name, what, got, want)
			}
			if err == nil {
				f.same("the door", *d, tickets.Door{CaseID: f.Ada.ID, CaseRef: "WM-2202", TeamID: f.North.ID, Restricted: true, Sees: want == "open", Lead: "Lena Hart"})
			}
		}
		for _, q := range []tickets.DoorQuery{{CaseRef: "WM-9999"}, {TicketRef: "SEN-999999"}, {OutgoingID: 999999}} {
			_, err := f.Door(f.ctx, a, q)
			f.fails(fault.NotFound, err)
		}
	}
	d, err := f.Door(f.ctx, Actor(f, f.DB, f.Duty), tickets.DoorQuery{TicketRef: triage.Ref})
	f.ok(err)
	f.same("of no case", *d, tickets.Door{TeamID: f.North.ID, Sees: true})
}
