package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// everybody is one actor of each kind, by name.
func (f *fixture) everybody() map[string]access.Actor {
	out := map[string]access.Actor{"system": access.System("test"), "nobody": {}}
	for _, s := range []register.Staff{f.Officer, f.Deputy, f.Lead, f.Duty, f.Stranger, f.Admin} {
		out[s.Name] = Actor(f, f.DB, s)
	}
	for _, r := range []access.Role{access.RoleHead, access.RoleAuditor, access.RoleTribunal, access.RoleSafeguarding, access.RoleDataProtection} {
		out[string(r)] = access.Actor{StaffID: 900, Role: r, TeamIDs: []int64{f.North.ID}}
	}
	out["auditor of no team"] = access.Actor{StaffID: 901, Role: access.RoleAuditor}
	out["officer of no team"] = access.Actor{StaffID: 902, Role: access.RoleOfficer}
	return out
}

func testVisibility(_ *testing.T, f *fixture) {
	sorted := []string{}
	add := func(what string, t tickets.Ticket) (string, tickets.Ticket) {
		sorted = append(sorted, what)
		return what, t
	}
	tix := map[string]tickets.Ticket{}
	for _, x := range []func() (string, tickets.Ticket){
		func() (string, tickets.Ticket) { return add("milo", f.ticket(nil)) },
		func() (string, tickets.Ticket) {
			return add("ada", f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID = f.Ada.ID, f.Deputy.ID }))
		},
		func() (string, tickets.Ticket) { // of a restricted case, owned by somebody who is not named for it
			return add("ada mine", f.ticket(func(t *tickets.Ticket) { t.CaseID, t.OwnerID = f.Ada.ID, f.Officer.ID }))
		},
		func() (string, tickets.Ticket) {
			return add("juno", f.ticket(func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Stranger.ID }))
		},
		func() (string, tickets.Ticket) { // work for the other team that an officer of North was given
			return add("juno mine", f.ticket(func(t *tickets.Ticket) { t.CaseID, t.TeamID, t.OwnerID = f.Juno.ID, f.South.ID, f.Officer.ID }))
		},
		func() (string, tickets.Ticket) { return add("triage", f.triage(nil)) },
		func() (string, tickets.Ticket) {
			return add("triage south", f.triage(func(t *tickets.Ticket) { t.TeamID = f.South.ID }))
		},
	} {
		what, t := x()
		tix[what] = t
	}
	want := map[string]string{
		"system":             "milo, ada, ada mine, juno, juno mine, triage, triage south",
		"head":               "milo, ada, ada mine, juno, juno mine, triage, triage south",
		"safeguarding":       "ada, ada mine, triage", // what is flagged, and what nobody has sorted
		"data_protection":    "",                      // by request
		"auditor":            "milo, juno, juno mine",
		"auditor of no team": "milo, juno, juno mine",
		"tribunal":           "",                            // none is an appeal
		"Lena Hart":          "milo, ada, ada mine, triage", // lead of North
		"Amira Sole":         "milo, ada mine, juno mine",   // officer
		"Dean Foss":          "milo, ada, ada mine",         // officer, named for Ada
		"Bea Lund":           "milo, triage",                // duty desk
		"Sid Marsh":          "juno, juno mine",             // officer of South
		"Ivo Kern":           "",                            // runs the machine
		"nobody":             "",
		"officer of no team": "",
	}
	for name, a := range f.everybody() {
		expect, ok := want[name]
		if !ok {
			f.Fatalf("no expectation for %s", name)
		}
		var single, listed, messages, timelines []string
		page, err := f.Tickets(f.ctx, a, tickets.TicketQuery{View: "all", Now: f.Start, Limit: 200})
		f.ok(err)
		for _, what := range sorted {
			t := tix[what]
			_, err := f.Ticket(f.ctx, a, t.Ref)
			if err == nil {
				single = append(single, what)
			} else {
				f.fails(fault.NotFound, err)
			}
			if slices.ContainsFunc(page.Items, func(v tickets.TicketView) bool { return v.ID == t.ID }) {
				listed = append(listed, what)
			}
			m := f.mail(t, nil)
			if _, err = f.Message(f.ctx, a, m.ID); err == nil {
				messages = append(messages, what)
			} else {
				f.fails(fault.NotFound, err)
			}
			if _, err = f.Timeline(f.ctx, a, t.ID); err == nil {
				timelines = append(timelines, what)
			} else {
				f.fails(fault.NotFound, err)
			}
			_, err = f.Notes(f.ctx, a, t.ID)
			if (err == nil) != (a.May(access.ReadNotes) && slices.Contains(single, what)) {
				f.Errorf("%s: notes of %s: %v", name, what, err)
			}
		}
		f.same(name+" opens", strings.Join(single, ", "), expect)
		f.same(name+" lists", strings.Join(listed, ", "), expect)
		f.same(name+" total", page.Total, len(single))
		f.same(name+" reads messages", strings.Join(messages, ", "), expect)
		f.same(name+" reads timelines", strings.Join(timelines, ", "), expect)
	}
	for name, want := range map[string]string{
		"system": "WM-2201 WM-2202 WM-2203", "head": "WM-2201 WM-2202 WM-2203", "safeguarding": "WM-2202",
		"data_protection": "", "auditor": "WM-2201 WM-2203", "tribunal": "",
		"Lena Hart": "WM-2201 WM-2202", "Amira Sole": "WM-2201 WM-2202 WM-2203", "Dean Foss": "WM-2201 WM-2202",
		"Bea Lund": "WM-2201", "Sid Marsh": "WM-2203", "Ivo Kern": "", "nobody": "", "officer of no team": "",
	} {
		a := f.everybody()[name]
		page, err := f.Cases(f.ctx, a, tickets.CaseQuery{})
		f.ok(err)
		var refs []string
		for _, c := range page.Items {
			refs = append(refs, c.Ref)
		}
		f.same(name+" lists cases", strings.Join(refs, " "), want)
		for _, ref := range []string{"WM-2201", "WM-2202", "WM-2203"} {
			_, err := f.Case(f.ctx, a, ref)
			if sees := strings.Contains(want, ref); sees != (err == nil) || !sees && !fault.Is(err, fault.NotFound) {
				f.Errorf("%s opens %s: %v", name, ref, err)
			}
		}
	}
}

// A token of a lead that may only read cases is not one that may read notes.
func testScopes(_ *testing.T, f *fixture) {
	t := f.triage(nil)
	m := f.ticket(nil)
	a := Actor(f, f.DB, f.Lead)
	a.Scopes = []access.Permission{access.ReadCases}
	_, err := f.Ticket(f.ctx, a, m.Ref)
	f.ok(err)
	_, err = f.Notes(f.ctx, a, m.ID)
	f.fails(fault.NotFound, err)
	_, err = f.Ticket(f.ctx, a, t.Ref)
	f.fails(fault.NotFound, err)
	_, _, err = f.Ledger(f.ctx, a, tickets.LedgerQuery{})
	f.fails(fault.Denied, err)
	_, err = f.LeadFigures(f.ctx, a, f.Start)
	f.fails(fault.Denied, err)
	a.Scopes = []access.Permission{}
	_, err = f.Ticket(f.ctx, a, m.Ref)
	f.fails(fault.NotFound, err)
}

func testLeases(_ *testing.T, f *fixture) {
	take := func(holder string, ttl time.Duration) (int64, bool) {
		epoch, ok, err := f.AcquireLease(f.ctx, "dispatch", holder, ttl)
		f.ok(err)
		return epoch, ok
	}
	first, ok := take("one", time.Hour)
	again, ok2 := take("one", time.Hour)
	if !ok || !ok2 || first != again || first == 0 {
		f.Fatalf("epochs %d and %d", first, again)
	}
	if _, ok = take("two", time.Hour); ok {
		f.Fatal("two hold it")
	}
	f.ok(f.ReleaseLease(f.ctx, "dispatch", "two", first))
	f.ok(f.ReleaseLease(f.ctx, "dispatch", "one", first+1))
	if _, ok = take("two", time.Hour); ok {
		f.Fatal("a stranger gave it back")
	}
	f.ok(f.ReleaseLease(f.ctx, "dispatch", "one", first))
	second, ok := take("two", -time.Second) // runs out at once
	third, ok2 := take("one", time.Hour)
	if !ok || !ok2 || second <= first || third <= second {
		f.Fatalf("epochs %d, %d, %d", first, second, third)
	}
	if other, ok, err := f.AcquireLease(f.ctx, "mailbox 1", "two", time.Hour); err != nil || !ok || other != 1 {
		f.Fatalf("another lease: %d, %v, %v", other, ok, err)
	}
}

func testSessions(_ *testing.T, f *fixture) {
	s := f.Sessions()
	now, err := f.DB.Now(f.ctx)
	f.ok(err)
	find := func(token string) string {
		data, found, err := s.FindCtx(f.ctx, token)
		f.ok(err)
		if !found {
			return "-"
		}
		return string(data)
	}
	f.same("unknown", find("a"), "-")
	f.ok(s.CommitCtx(f.ctx, "a", []byte("one"), now.Add(time.Hour)))
	f.ok(s.Commit("a", []byte("two\x00"), now.Add(time.Hour)))
	f.ok(s.Commit("old", []byte("x"), now.Add(-time.Second)))
	f.same("sessions", []string{find("a"), find("old"), find("")}, []string{"two\x00", "-", "-"})
	n, err := s.RemoveExpired(f.ctx, now)
	f.ok(err)
	f.same("expired", n, int64(1))
	f.ok(s.Delete("a"))
	f.ok(s.DeleteCtx(f.ctx, "a"))
	f.same("deleted", find("a"), "-")
}

func testAPITokens(_ *testing.T, f *fixture) {
	hash := func(token string) string {
		sum := sha256.Sum256([]byte(token))
		return hex.EncodeToString(sum[:])
	}
	f.ok(f.InsertToken(f.ctx, hash("all"), f.Lead.ID, nil, "all", time.Time{}))
	f.ok(f.InsertToken(f.ctx, hash("some"), f.Lead.ID, []access.Permission{access.ReadCases}, "some", f.hour(2)))
	f.ok(f.InsertToken(f.ctx, hash("none"), f.Lead.ID, []access.Permission{}, "none", time.Time{}))
	f.fails(fault.Conflict, f.InsertToken(f.ctx, hash("all"), f.Lead.ID, nil, "again", time.Time{}))
	f.fails(fault.Invalid, f.InsertToken(f.ctx, "", f.Lead.ID, nil, "empty", time.Time{}))
	f.fails(fault.Invalid, f.InsertToken(f.ctx, hash("x"), 999, nil, "of nobody", time.Time{}))

	a, err := f.ActorByTokenHash(f.ctx, hash("all"), f.Start)
	f.ok(err)
	f.same("whole role", a, access.Actor{StaffID: f.Lead.ID, Name: f.Lead.Name, Role: access.RoleLead, TeamIDs: []int64{f.North.ID}})
	a, err = f.ActorByTokenHash(f.ctx, hash("some"), f.hour(1))
	f.ok(err)
	f.same("narrow", []bool{a.May(access.ReadCases), a.May(access.ReadNotes)}, []bool{true, false})
	_, err = f.ActorByTokenHash(f.ctx, hash("some"), f.hour(2))
	f.fails(fault.Denied, err)
	a, err = f.ActorByTokenHash(f.ctx, hash("none"), f.Start)
	f.ok(err)
	f.same("nothing", a.May(access.ReadCases), false)
	_, err = f.ActorByTokenHash(f.ctx, hash("unknown"), f.Start)
	f.fails(fault.Denied, err)
	f.ok(f.DeleteToken(f.ctx, hash("some")))
	_, err = f.ActorByTokenHash(f.ctx, hash("some"), f.Start)
	f.fails(fault.Denied, err)

	f.write(func(tx tickets.Tx) error { f.Lead.Active = false; return tx.UpdateStaff(f.ctx, &f.Lead) })
	_, err = f.ActorByTokenHash(f.ctx, hash("all"), f.Start)
	f.fails(fault.Denied, err)
	_, err = f.ActorOf(f.ctx, f.Lead.ID)
	f.fails(fault.Denied, err)
	_, err = f.ActorOf(f.ctx, 999)
	f.fails(fault.NotFound, err)
	f.write(func(tx tickets.Tx) error {
		f.Deputy.Role = "owner of everything"
		return tx.UpdateStaff(f.ctx, &f.Deputy)
	})
	_, err = f.ActorOf(f.ctx, f.Deputy.ID)
	f.fails(fault.Denied, err)
}

func testHealth(_ *testing.T, f *fixture) {
	f.letter(f.ticket(nil), nil)
	f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.Deliveries[0].State = tickets.Held })
	f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.Deliveries[0].State = tickets.Uncertain })
	f.letter(f.ticket(nil), func(o *tickets.Outgoing) { o.Deliveries[0].State = tickets.DataBegun })
	late := f.ticket(nil)
	f.clock(late, f.hour(1), nil)
	f.mail(late, nil)
	f.write(func(tx tickets.Tx) error {
		return tx.PutLedger(f.ctx, &tickets.LedgerEntry{MailboxID: f.Mailbox.ID, Folder: "INBOX", UID: 1, Fate: tickets.FateQuarantined})
	})
	h, err := f.Health(f.ctx)
	f.ok(err)
	if h.FreeBytes <= 0 {
		f.Errorf("%d bytes free", h.FreeBytes)
	}
	h.FreeBytes = 0
	f.same("health", h, store.Health{Writable: true, Queued: 1, Held: 1, InFlight: 1, Uncertain: 1, Quarantined: 1})
	s, err := f.Stats(f.ctx, f.hour(2))
	f.ok(err)
	f.same("stats", s, store.Stats{
		Messages: 1, Late: 1, Tickets: map[tickets.State]int{tickets.StateOpen: 5},
		Fates:      map[tickets.Fate]int{tickets.FateQuarantined: 1},
		Deliveries: map[tickets.DeliveryState]int{tickets.Queued: 1, tickets.Held: 1, tickets.Uncertain: 1, tickets.DataBegun: 1},
	})
}

// Every list is asked by every actor with every view, so that no combination of
// fragments is one that a database refuses.
func testEveryList(t *testing.T, f *fixture) {
	tk := f.ticket(nil)
	m := f.mail(tk, nil)
	f.letter(tk, nil)
	for name, a := range f.everybody() {
		for _, view := range []string{"", "mine", "team", "waiting", "answered", "late", "triage", "unconfirmed", "finished", "all"} {
			for _, sort := range []string{"", "due", "newest"} {
				for _, q := range []string{"", "taxi", "taxi comes"} {
					_, err := f.Tickets(f.ctx, a, tickets.TicketQuery{
						View: view, Sort: sort, Q: q, State: tickets.StateOpen, CaseID: tk.CaseID, Owner: tk.OwnerID, Now: f.Start, Limit: 1,
					})
					if err != nil {
						t.Fatalf("%s, view %q, sort %q, question %q: %v", name, view, sort, q, err)
					}
				}
			}
		}
		for what, ask := range map[string]func(ctx context.Context) error{
			"counts": func(ctx context.Context) error { _, err := f.TicketCounts(ctx, a, f.Start); return err },
			"cases":  func(ctx context.Context) error { _, err := f.Cases(ctx, a, tickets.CaseQuery{Q: "a b"}); return err },
			"search": func(ctx context.Context) error { _, err := f.Search(ctx, a, "a b", 3); return err },
			"outbox": func(ctx context.Context) error {
				_, err := f.Outbox(ctx, a, tickets.OutboxQuery{TicketID: tk.ID, States: []tickets.DeliveryState{"held"}})
				return err
			},
			"automatic": func(ctx context.Context) error { _, err := f.AutomaticMail(ctx, a, 3); return err },
			"staff":     func(ctx context.Context) error { _, err := f.Staff(ctx, a); return err },
			"steps":     func(ctx context.Context) error { _, err := f.Escalations(ctx, a, f.Start, 3); return err },
		} {
			if err := ask(f.ctx); err != nil {
				t.Fatalf("%s: %s: %v", name, what, err)
			}
		}
		for what, ask := range map[string]func() error{
			"ledger": func() error {
				_, _, err := f.Ledger(f.ctx, a, tickets.LedgerQuery{MailboxID: m.MailboxID, Fate: "held", BeforeID: 9})
				return err
			},
			"lead": func() error { _, err := f.LeadFigures(f.ctx, a, f.Start); return err },
		} {
			if err := ask(); err != nil && !fault.Is(err, fault.Denied) {
				t.Fatalf("%s: %s: %v", name, what, err)
			}
		}
	}
	lead := Actor(f, f.DB, f.Lead)
	for _, bad := range []tickets.TicketQuery{{View: "secret"}, {Sort: "random"}, {Cursor: "x"}, {Cursor: "e30", Sort: "newest"}} {
		_, err := f.Tickets(f.ctx, lead, bad)
		f.fails(fault.Invalid, err)
	}
	_, err := f.Cases(f.ctx, lead, tickets.CaseQuery{Cursor: "%"})
	f.fails(fault.Invalid, err)
}
