package tickets_test

import (
	"context"
	"slices"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// closed is Leo's case, restricted, which Priya may not open.
func (w *world) closed() {
	w.t.Helper()
	ctx := context.Background()
	w.leo.Restricted = true
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateCase(ctx, &w.leo) }))
}

func (w *world) opens(a access.Actor) bool {
	w.t.Helper()
	_, err := w.db.Case(context.Background(), a, "WM-2202")
	if err != nil && !fault.Is(err, fault.NotFound) {
		w.t.Fatal(err)
	}
	return err == nil
}

func (w *world) asks(a access.Actor, staff int64) int64 {
	w.t.Helper()
	ctx := context.Background()
	w.must(w.desk.AskGrant(ctx, a, tickets.GrantRequest{CaseRef: "WM-2202", StaffID: staff, Reason: "Covers for Dean", Days: 3}, w.now))
	list, err := w.desk.Grants(ctx, a)
	w.must(err)
	return list[0].ID
}

// Somebody is let into a restricted case by a second person, who is neither who asked
// nor who is let in, and out again by anybody concerned.
func TestLetIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.closed()
		priya, lead, sid := actor(w.priya), actor(w.lead), w.stranger()
		other := actor(w.colleague("another.lead", access.RoleLead))
		id := w.asks(priya, 0)
		w.fails(fault.Denied, w.desk.ApproveGrant(ctx, priya, id, w.now), "an officer lets herself in")
		w.fails(fault.Denied, w.desk.RefuseGrant(ctx, actor(w.duty), id, w.now), "the duty desk refuses")
		far := actor(w.colleague("far.lead", access.RoleLead))
		far.TeamIDs = sid.TeamIDs
		w.fails(fault.NotFound, w.desk.ApproveGrant(ctx, far, id, w.now), "a lead of another team approves")
		if w.opens(priya) {
			t.Fatal("asking opened it")
		}
		w.must(w.desk.ApproveGrant(ctx, lead, id, w.now))
		w.fails(fault.Conflict, w.desk.ApproveGrant(ctx, other, id, w.now), "given twice")
		w.fails(fault.Conflict, w.desk.RefuseGrant(ctx, other, id, w.now), "refused when given")
		if !w.opens(priya) {
			t.Fatal("she was let in and cannot open it")
		}
		w.fails(fault.NotFound, w.desk.EndGrant(ctx, sid, id, w.now), "a stranger ends it")
		w.must(w.desk.EndGrant(ctx, priya, id, w.now))
		if w.opens(priya) {
			t.Error("it ended and is open")
		}
		w.fails(fault.Conflict, w.desk.EndGrant(ctx, lead, id, w.now), "ended twice")

		// A lead who asks, for herself or for somebody else, is no second person.
		id = w.asks(lead, w.priya.ID)
		w.fails(fault.Denied, w.desk.ApproveGrant(ctx, lead, id, w.now), "who asked approves")
		id = w.asks(other, w.lead.ID)
		w.fails(fault.Denied, w.desk.ApproveGrant(ctx, lead, id, w.now), "who is let in approves")
		w.must(w.desk.RefuseGrant(ctx, actor(w.colleague("third.lead", access.RoleLead)), id, w.now))
		for action, n := range map[audit.Action]int{audit.GrantAsked: 3, audit.GrantGiven: 1, audit.GrantRefused: 1, audit.GrantEnded: 1} {
			if got := w.audited(action); got != n {
				t.Errorf("%s: %d records, want %d", action, got, n)
			}
		}
	})
}

// What cannot be asked for, and what asking must not tell.
func TestAskingTellsNothing(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.closed()
	admin, auditor := w.colleague("the.admin", access.RoleAdmin), actor(w.colleague("the.auditor", access.RoleAuditor))
	sid := w.stranger()
	for what, c := range map[string]struct {
		a    access.Actor
		r    tickets.GrantRequest
		kind fault.Kind
	}{
		"no reason":             {auditor, tickets.GrantRequest{CaseRef: "WM-2202", Reason: " ", Days: 1}, fault.Invalid},
		"no case":               {auditor, tickets.GrantRequest{Reason: "x", Days: 1}, fault.Invalid},
		"for good":              {auditor, tickets.GrantRequest{CaseRef: "WM-2202", Reason: "x", Days: 91}, fault.Invalid},
		"for no time":           {auditor, tickets.GrantRequest{CaseRef: "WM-2202", Reason: "x"}, fault.Invalid},
		"an administrator":      {actor(admin), tickets.GrantRequest{CaseRef: "WM-2202", Reason: "x", Days: 1}, fault.Denied},
		"for an administrator":  {actor(w.lead), tickets.GrantRequest{CaseRef: "WM-2202", StaffID: admin.ID, Reason: "x", Days: 1}, fault.Denied},
		"hearback for somebody": {access.System("x"), tickets.GrantRequest{CaseRef: "WM-2202", StaffID: w.priya.ID, Reason: "x", Days: 1}, fault.Denied},
	} {
		w.fails(c.kind, w.desk.AskGrant(ctx, c.a, c.r, w.now), what)
	}
	// There, and not there, are answered alike.
	for _, ref := range []string{"WM-2202", "WM-9999"} {
		w.must(w.desk.AskGrant(ctx, sid, tickets.GrantRequest{CaseRef: ref, Reason: "x", Days: 1}, w.now))
	}
	if got := w.audited(audit.GrantAsked); got != 1 {
		t.Errorf("%d requests are recorded", got)
	}
}

// In an emergency somebody goes in at once, for a day; the lead is told in a letter
// that names no case and no child, and it is recorded.
func TestBreakingTheGlass(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.closed()
	priya := actor(w.priya)
	w.fails(fault.Invalid, w.desk.BreakGlass(ctx, priya, "WM-2202", " ", w.now), "no reason")
	w.fails(fault.NotFound, w.desk.BreakGlass(ctx, w.stranger(), "WM-2202", "x", w.now), "another team")
	w.fails(fault.NotFound, w.desk.BreakGlass(ctx, priya, "WM-9999", "x", w.now), "no case")
	w.fails(fault.Conflict, w.desk.BreakGlass(ctx, priya, "WM-2201", "x", w.now), "open already")
	for _, r := range []access.Role{access.RoleAuditor, access.RoleDataProtection, access.RoleAdmin} {
		w.fails(fault.Denied, w.desk.BreakGlass(ctx, actor(w.colleague(string(r), r)), "WM-2202", "x", w.now), string(r))
	}
	if w.opens(priya) || w.audited(audit.BrokeGlass) != 0 {
		t.Fatal("a refusal let somebody in")
	}
	w.must(w.desk.BreakGlass(ctx, priya, "WM-2202", "She rang: he is at the door", w.now))
	if !w.opens(priya) || w.audited(audit.BrokeGlass) != 1 {
		t.Error("she is not in, or it is not recorded")
	}
	list, err := w.db.Outbox(ctx, access.System("test"), tickets.OutboxQuery{})
	w.must(err)
	i := slices.IndexFunc(list, func(o tickets.Outgoing) bool { return o.Template == tickets.TemplateAccess })
	if i < 0 || len(list[i].Deliveries) != 1 || list[i].Deliveries[0].StaffID != w.lead.ID || list[i].CaseID != 0 || list[i].TicketID != 0 {
		t.Fatalf("the lead is not told, or is told too much: %+v", list)
	}
	grants, err := w.desk.Grants(ctx, actor(w.lead))
	w.must(err)
	if len(grants) != 1 || !grants[0].BrokeGlass || grants[0].StaffName != w.priya.Name {
		t.Errorf("%+v", grants)
	}
	w.must(w.desk.EndGrant(ctx, actor(w.lead), grants[0].ID, w.now))
	if w.opens(priya) {
		t.Error("the lead ended it")
	}
}

// What is opened of a restricted case is recorded, what is refused too; of others only
// files, originals, and what an auditor opens. A search is counted, never quoted.
func TestOpeningIsRecorded(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.closed()
	auditor := actor(w.colleague("the.auditor", access.RoleAuditor))
	open := func(a access.Actor, ref string, change ...func(*tickets.Opening)) error {
		o := tickets.Opening{DoorQuery: tickets.DoorQuery{CaseRef: ref}, Page: "/c/:case"}
		for _, c := range change {
			c(&o)
		}
		return w.desk.Open(ctx, a, o, w.now)
	}
	quiet := func(o *tickets.Opening) { o.Quiet = true }
	file := func(o *tickets.Opening) { o.As, o.Part = audit.FileDownloaded, "7/2" }
	w.must(open(actor(w.dean), "WM-2202"))
	w.must(open(actor(w.dean), "WM-2202", quiet))
	w.must(open(actor(w.dean), "WM-2201"))
	w.must(open(actor(w.dean), "WM-2201", file))
	w.must(open(auditor, "WM-2201"))
	w.must(open(actor(w.dean), "WM-9999"))
	w.must(open(w.stranger(), "WM-2202"))
	for _, a := range []access.Actor{actor(w.priya), actor(w.duty), auditor} {
		for _, change := range [][]func(*tickets.Opening){nil, {quiet}} {
			err := open(a, "WM-2202", change...)
			w.fails(fault.Denied, err, "not cleared")
			if got := fault.SafeText(err); got != "You cannot open this. Your team lead can: Ola Reyes" {
				t.Errorf("it says %q", got)
			}
		}
	}
	w.must(w.desk.Searched(ctx, actor(w.dean), "search", "secret words", 3, w.now))
	w.must(w.desk.Searched(ctx, actor(w.dean), "search", "  ", 0, w.now))
	for action, n := range map[audit.Action]int{audit.CaseViewed: 2, audit.FileDownloaded: 1, audit.CaseRefused: 6, audit.Searched: 1} {
		if got := w.audited(action); got != n {
			t.Errorf("%s: %d records, want %d", action, got, n)
		}
	}
	list, err := w.db.AuditRecords(ctx, tickets.AuditQuery{Action: audit.Searched})
	w.must(err)
	if d := list[0].Detail; len(d) != 2 || d["words"] != "2" || d["hits"] != "3" {
		t.Errorf("a search left %v", d)
	}
}

// Everybody reads their own entries; all of them only who may. Of a case that the
// reader may not know of nothing is named.
func TestReadingTheAudit(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.closed()
	w.must(w.desk.Seen(ctx, actor(w.dean), audit.CaseViewed, "WM-2202", w.leo.ID, map[string]string{"page": "/c/:case", "part": "7"}, w.now))
	w.must(w.desk.Seen(ctx, actor(w.priya), audit.Searched, "search", 0, nil, w.now))
	read := func(a access.Actor, staff int64) ([]tickets.AuditLine, error) {
		return w.desk.Audit(ctx, a, tickets.AuditQuery{StaffID: staff})
	}
	for _, a := range []access.Actor{actor(w.lead), actor(w.priya), actor(w.duty), actor(w.colleague("the.admin", access.RoleAdmin)), access.System("x")} {
		_, err := read(a, 0)
		w.fails(fault.Denied, err, a.Name+" reads everybody's")
		_, err = read(a, w.dean.ID)
		w.fails(fault.Denied, err, a.Name+" reads Dean's")
	}
	own, err := read(actor(w.priya), w.priya.ID)
	w.must(err)
	if len(own) != 1 || own[0].Action != audit.Searched || own[0].Who != w.priya.Name {
		t.Errorf("%+v", own)
	}
	for role, ref := range map[access.Role]string{access.RoleHead: "WM-2202", access.RoleAuditor: "", access.RoleDataProtection: ""} {
		list, err := read(actor(w.colleague(string(role), role)), 0)
		w.must(err)
		i := slices.IndexFunc(list, func(l tickets.AuditLine) bool { return l.Action == audit.CaseViewed })
		if i < 0 || list[i].CaseRef != ref || list[i].Object != ref || (list[i].Detail["part"] != "") != (ref != "") {
			t.Errorf("%s reads %+v", role, list)
		}
	}
}
