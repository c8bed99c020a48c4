package tickets_test

import (
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ruth looks after the machine.
func (w *world) ruth() access.Actor {
	w.t.Helper()
	ctx := w.t.Context()
	s := register.Staff{Name: "Ruth Adler", Email: "ruth@westmarsh.example", Mailbox: "ruth@westmarsh.example", Role: string(access.RoleAdmin), Active: true, CreatedAt: w.now}
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.InsertStaff(ctx, &s) }))
	return access.Actor{StaffID: s.ID, Name: s.Name, Role: access.RoleAdmin}
}

// dueOf is when the answer of a ticket is due.
func (w *world) dueOf(ticketID int64) time.Time {
	w.t.Helper()
	clocks, err := w.db.ClocksOfTicket(w.t.Context(), ticketID)
	w.must(err)
	if len(clocks) == 0 {
		w.t.Fatal("no clock")
	}
	return clocks[len(clocks)-1].DueAt
}

func TestStandardIsChangedWithoutRestart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, ruth, other := t.Context(), w.ruth(), w.deskOn(w.db)
		first := w.one(mail(tessa)).TicketID
		before := w.dueOf(first)
		list, version, err := w.desk.Standards(ctx, ruth)
		w.must(err)
		if list[0].Category != sla.PolicyGeneral || list[0].WorkingDays != 5 || list[0].Differs || version != 0 {
			t.Fatalf("%+v, version %d", list[0], version)
		}
		change := tickets.StandardRequest{Version: version, Category: sla.PolicyGeneral, Label: "Everyday", WorkingDays: 3, Active: true}
		w.must(w.desk.ChangeStandard(ctx, ruth, change, w.now))
		if w.dueOf(first) != before {
			t.Error("a clock that runs was moved")
		}
		second := w.one(mail(rob)).TicketID
		want, err := sla.DefaultCalendar().AddWorkingDays(w.now, 3)
		w.must(err)
		if got := w.dueOf(second); !got.Equal(want) {
			t.Errorf("a new clock is due %s, want %s", got, want)
		}
		if w.desk.CategoryLabel(tickets.CategoryGeneral) != "Everyday" || other.CategoryLabel(tickets.CategoryGeneral) != "General" {
			t.Error("the name of the category")
		}
		if changed, err := other.Refresh(ctx); err != nil || !changed || other.CategoryLabel(tickets.CategoryGeneral) != "Everyday" {
			t.Errorf("another program: changed %v, %v", changed, err)
		}
		if changed, err := other.Refresh(ctx); err != nil || changed {
			t.Errorf("again: changed %v, %v", changed, err)
		}
		if err := other.ChangeStandard(ctx, ruth, change, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("from an old page: %v", err)
		}
		back := tickets.StandardRequest{Version: version + 1, Category: sla.PolicyGeneral, Label: "General", WorkingDays: 5, Active: true}
		w.must(w.desk.ChangeStandard(ctx, ruth, back, w.now))
		if list, _, err = w.desk.Standards(ctx, ruth); err != nil || list[0].Differs || list[0].WorkingDays != 5 {
			t.Errorf("back to the configuration: %+v %v", list[0], err)
		}
		if n := w.audited(audit.SettingChanged); n != 2 {
			t.Errorf("%d records in the audit, want 2", n)
		}
	})
}

func TestStandardsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	ctx, ruth := t.Context(), w.ruth()
	for name, x := range map[string]struct {
		r    tickets.StandardRequest
		want fault.Kind
	}{
		"no time":       {tickets.StandardRequest{Category: sla.PolicyGeneral, Active: true}, fault.Invalid},
		"both":          {tickets.StandardRequest{Category: sla.PolicyGeneral, WorkingDays: 2, WorkingMinutes: 60, Active: true}, fault.Invalid},
		"too long":      {tickets.StandardRequest{Category: sla.PolicyGeneral, WorkingDays: 61, Active: true}, fault.Invalid},
		"negative":      {tickets.StandardRequest{Category: sla.PolicyGeneral, WorkingDays: -1, WorkingMinutes: 60, Active: true}, fault.Invalid},
		"general off":   {tickets.StandardRequest{Category: sla.PolicyGeneral, WorkingDays: 5}, fault.Refused},
		"safety off":    {tickets.StandardRequest{Category: sla.PolicySafeguarding, WorkingMinutes: 60}, fault.Refused},
		"no such thing": {tickets.StandardRequest{Category: "cats", WorkingDays: 5, Active: true}, fault.NotFound},
	} {
		if err := w.desk.ChangeStandard(ctx, ruth, x.r, w.now); !fault.Is(err, x.want) {
			t.Errorf("%s: %v, want %s", name, err, x.want)
		}
	}
	ok := tickets.StandardRequest{Category: sla.PolicyMP, WorkingDays: 5, Active: true}
	for _, a := range []access.Actor{actor(w.dean), access.System("sweep")} {
		if err := w.desk.ChangeStandard(ctx, a, ok, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	ok.Active = false
	w.must(w.desk.ChangeStandard(ctx, actor(w.lead), ok, w.now))
	if w.desk.CategoryInUse(tickets.CategoryMP) || !w.desk.CategoryInUse(tickets.CategoryGeneral) {
		t.Error("what is in use")
	}
}

func TestClosureMovesWhatRuns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, ruth := t.Context(), w.ruth()
		waits := w.one(mail(tessa)).TicketID
		// The standard changes in between: the clock keeps the one it started under.
		w.must(w.desk.ChangeStandard(ctx, ruth, tickets.StandardRequest{Category: sla.PolicyGeneral, WorkingDays: 2, Active: true}, w.now))
		before := w.dueOf(waits)
		day := sla.DateOf(before)
		add := tickets.CalendarChange{Add: &sla.Closure{Date: day, Name: "Burst pipe"}}
		p, err := w.desk.PreviewCalendar(ctx, ruth, add, w.now)
		if err != nil || p.Running != 1 || p.Moves != 1 || p.Later != 1 || w.dueOf(waits) != before {
			t.Fatalf("preview %+v, %v", p, err)
		}
		moved, err := w.desk.ChangeCalendar(ctx, ruth, add, w.now)
		if err != nil || moved != 1 {
			t.Fatalf("moved %d, %v", moved, err)
		}
		if got := w.dueOf(waits); !got.After(before) || got.Sub(before) > 5*24*time.Hour || w.desk.Calendar().IsWorkingDay(day) {
			t.Errorf("due %s, before %s", got, before)
		}
		if again, err := w.desk.FollowCalendar(ctx, w.now); err != nil || again != 0 {
			t.Errorf("again: %d moved, %v", again, err)
		}
		// Another program has a calendar of its own until it looks.
		other := w.deskOn(w.db)
		if !other.Calendar().IsWorkingDay(day) {
			t.Fatal("the other program knows of it already")
		}
		if _, err := other.Refresh(ctx); err != nil || other.Calendar().IsWorkingDay(day) {
			t.Errorf("the other program does not know of it: %v", err)
		}
		if _, err := w.desk.ChangeCalendar(ctx, ruth, add, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same again: %v", err)
		}
		v, err := w.desk.CalendarAsSet(ctx, ruth)
		if err != nil || v.Version != 1 || len(v.Closures) != 1 || !v.Own[0] {
			t.Fatalf("%+v, %v", v, err)
		}
		moved, err = w.desk.ChangeCalendar(ctx, ruth, tickets.CalendarChange{Version: 1, Remove: &v.Closures[0]}, w.now)
		if err != nil || moved != 1 || w.dueOf(waits) != before {
			t.Errorf("taken away: %d moved, due %s, %v", moved, w.dueOf(waits), err)
		}
	})
}

// A program that ends after the calendar was stored and before the clocks were
// moved: the next one moves them.
func TestCalendarIsFollowedAfterACrash(t *testing.T) {
	w := newWorld(t)
	ctx, ruth := t.Context(), w.ruth()
	waits := w.one(mail(tessa)).TicketID
	before := w.dueOf(waits)
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		return tx.InsertSetting(ctx, &tickets.SettingVersion{
			Name: tickets.SettingCalendar, Version: 1, SetBy: ruth.StaffID, SetAt: w.now,
			Content: `{"added":[{"date":"` + sla.DateOf(before).String() + `","name":"Burst pipe"}]}`,
		})
	}))
	if moved, err := w.deskOn(w.db).FollowCalendar(ctx, w.now); err != nil || moved != 1 || !w.dueOf(waits).After(before) {
		t.Errorf("moved %d, due %s, %v", moved, w.dueOf(waits), err)
	}
}

func TestCalendarIsNeverEmpty(t *testing.T) {
	w := newWorld(t)
	ctx, ruth := t.Context(), w.ruth()
	for name, r := range map[string]tickets.CalendarChange{
		"no hours":     {Hours: sla.Hours{}},
		"upside down":  {Hours: sla.Hours{time.Monday: {{From: 600, To: 500}}}},
		"overlap":      {Hours: sla.Hours{time.Monday: {{From: 500, To: 600}, {From: 550, To: 700}}}},
		"nothing":      {},
		"no name":      {Add: &sla.Closure{Date: sla.Date{Year: 2026, Month: 12, Day: 24}}},
		"after 2028":   {Add: &sla.Closure{Date: sla.Date{Year: 2031, Month: 12, Day: 24}, Name: "x"}},
		"no such date": {Add: &sla.Closure{Date: sla.Date{Year: 2027, Month: 2, Day: 30}, Name: "x"}},
	} {
		if _, err := w.desk.ChangeCalendar(ctx, ruth, r, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !w.desk.Calendar().IsOpen(noon) {
		t.Error("the calendar was changed")
	}
	if _, err := w.desk.ChangeCalendar(ctx, actor(w.dean), tickets.CalendarChange{Hours: sla.DefaultHours()}, w.now); !fault.Is(err, fault.Denied) {
		t.Errorf("an officer: %v", err)
	}
}

func TestTeams(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, ruth := t.Context(), w.ruth()
		south, err := w.desk.AddTeam(ctx, ruth, tickets.TeamRequest{Name: "South", LeadID: w.lead.ID}, w.now)
		w.must(err)
		for name, x := range map[string]struct {
			r    tickets.TeamRequest
			want fault.Kind
		}{
			"spelt so":   {tickets.TeamRequest{Name: " north  TEAM "}, fault.Conflict},
			"the same":   {tickets.TeamRequest{Name: "South"}, fault.Conflict},
			"no name":    {tickets.TeamRequest{Name: "  "}, fault.Invalid},
			"an officer": {tickets.TeamRequest{Name: "East", LeadID: w.dean.ID}, fault.Invalid},
			"nobody":     {tickets.TeamRequest{Name: "East", LeadID: 9999}, fault.Invalid},
		} {
			if _, err := w.desk.AddTeam(ctx, ruth, x.r, w.now); !fault.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.desk.AddTeam(ctx, actor(w.lead), tickets.TeamRequest{Name: "East"}, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("a lead: %v", err)
		}
		if err := w.desk.RemoveTeam(ctx, ruth, w.team.ID, w.now); !fault.Is(err, fault.Refused) {
			t.Errorf("a team with cases: %v", err)
		} else if text := fault.SafeText(err); text != "This team cannot be removed: it still has 2 open cases, 4 people and 1 mailbox. Move them first" {
			t.Errorf("it says %q", text)
		}
		w.must(w.desk.MoveMailbox(ctx, ruth, w.box.ID, south.ID, w.now))
		set, err := tickets.MailboxTeams(ctx, w.db)
		if err != nil || set["sen"] != south.ID {
			t.Errorf("%v %v", set, err)
		}
		if err := w.desk.RemoveTeam(ctx, ruth, south.ID, w.now); !fault.Is(err, fault.Refused) {
			t.Errorf("a team with a mailbox: %v", err)
		}
		w.must(w.desk.MoveMailbox(ctx, ruth, w.box.ID, w.team.ID, w.now))
		w.must(w.desk.ChangeTeam(ctx, ruth, tickets.TeamRequest{ID: south.ID, Name: "South West", LeadID: 0}, w.now))
		w.must(w.desk.RemoveTeam(ctx, ruth, south.ID, w.now))
		if err := w.desk.RemoveTeam(ctx, ruth, south.ID, w.now); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		if err := w.desk.MoveMailbox(ctx, ruth, w.box.ID, south.ID, w.now); !fault.Is(err, fault.NotFound) {
			t.Errorf("a mailbox to a team that is gone: %v", err)
		}
		again, err := w.desk.AddTeam(ctx, ruth, tickets.TeamRequest{Name: "South West"}, w.now)
		if err != nil || again.ID != south.ID {
			t.Errorf("it does not come back: %+v %v", again, err)
		}
		if n := w.audited(audit.TeamChanged); n != 6 {
			t.Errorf("%d records in the audit, want 6", n)
		}
	})
}

func TestCover(t *testing.T) {
	w := newWorld(t)
	ctx, ruth := t.Context(), w.ruth()
	w.must(w.desk.SetCover(ctx, ruth, tickets.CoverRequest{StaffID: w.priya.ID, DeputyID: w.dean.ID, AwayUntil: "2026-12-01"}, noon))
	s, err := w.db.StaffByID(ctx, w.priya.ID)
	if err != nil || s.DeputyID != w.dean.ID || s.AwayUntil != "2026-12-01" {
		t.Errorf("%+v %v", s, err)
	}
	for name, r := range map[string]tickets.CoverRequest{
		"herself":   {StaffID: w.priya.ID, DeputyID: w.priya.ID},
		"the admin": {StaffID: w.priya.ID, DeputyID: ruth.StaffID},
		"past":      {StaffID: w.priya.ID, AwayUntil: "2020-01-01"},
		"no date":   {StaffID: w.priya.ID, AwayUntil: "soon"},
		"nobody":    {StaffID: w.priya.ID, DeputyID: 9999},
	} {
		if err := w.desk.SetCover(ctx, ruth, r, noon); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.desk.SetCover(ctx, actor(w.dean), tickets.CoverRequest{StaffID: w.priya.ID}, noon); !fault.Is(err, fault.Denied) {
		t.Errorf("an officer: %v", err)
	}
}
