package storetest

import (
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// testSettings: versions of settings come back in their order, and neither two
// people at once nor anybody later changes one.
func testSettings(t *testing.T, f *fixture) {
	ctx := f.ctx
	if v, err := f.SettingsVersion(ctx); err != nil || v != 0 {
		t.Errorf("of nothing: %d %v", v, err)
	}
	if _, err := f.SettingNewest(ctx, tickets.SettingStandards); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing was set: %v", err)
	}
	set := func(name string, version int64, content string) (*tickets.SettingVersion, error) {
		v := &tickets.SettingVersion{Name: name, Version: version, Content: content, SetBy: f.Officer.ID, SetAt: f.Start}
		return v, f.Write(ctx, func(tx tickets.Tx) error { return tx.InsertSetting(ctx, v) })
	}
	for i, content := range []string{`{"a":1}`, `{"a":2}`} {
		if _, err := set(tickets.SettingStandards, int64(i+1), content); err != nil {
			t.Fatal(err)
		}
	}
	last, err := set(tickets.SettingCalendar, 1, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set(tickets.SettingStandards, 2, `{"a":3}`); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same version again: %v", err)
	}
	if _, err := set(tickets.SettingStandards, 0, `{}`); !fault.Is(err, fault.Invalid) {
		t.Errorf("version 0: %v", err)
	}
	got, err := f.SettingNewest(ctx, tickets.SettingStandards)
	if err != nil || got.Version != 2 || got.Content != `{"a":2}` || got.SetBy != f.Officer.ID || !got.SetAt.Equal(f.Start) {
		t.Errorf("newest %+v %v", got, err)
	}
	if got, err = f.SettingAt(ctx, tickets.SettingStandards, 1); err != nil || got.Content != `{"a":1}` {
		t.Errorf("version 1: %+v %v", got, err)
	}
	if _, err = f.SettingAt(ctx, tickets.SettingStandards, 3); !fault.Is(err, fault.NotFound) {
		t.Errorf("version 3: %v", err)
	}
	list, err := f.SettingHistory(ctx, tickets.SettingStandards, 10)
	if err != nil || len(list) != 2 || list[0].Version != 2 || list[1].Content != `{"a":1}` {
		t.Errorf("history %+v %v", list, err)
	}
	if v, err := f.SettingsVersion(ctx); err != nil || v != last.ID {
		t.Errorf("version %d, want %d, %v", v, last.ID, err)
	}
}

// testTeamsList: a team counts what belongs to it, and one that was removed is not
// listed and can come back.
func testTeamsList(t *testing.T, f *fixture) {
	ctx := f.ctx
	var empty register.Team
	if err := f.Write(ctx, func(tx tickets.Tx) error {
		empty = register.Team{Name: "Annex", LeadID: f.Officer.ID}
		return tx.InsertTeam(ctx, &empty)
	}); err != nil {
		t.Fatal(err)
	}
	find := func(id int64) *tickets.TeamView {
		list, err := f.Teams(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
		return nil
	}
	if v := find(empty.ID); v == nil || v.LeadID != f.Officer.ID || v.Keeps() != "" {
		t.Errorf("an empty team: %+v", v)
	}
	if v := find(f.Milo.TeamID); v == nil || v.Cases == 0 || v.People == 0 || v.Keeps() == "" {
		t.Errorf("a team at work: %+v", v)
	}
	for _, step := range []struct {
		gone bool
		do   func(tx tickets.Tx) error
	}{
		{true, func(tx tickets.Tx) error { return tx.RemoveTeam(ctx, empty.ID, f.Start) }},
		{true, func(tx tickets.Tx) error { return tx.RemoveTeam(ctx, empty.ID, f.Start.Add(time.Hour)) }},
		{false, func(tx tickets.Tx) error { return tx.RestoreTeam(ctx, empty.ID) }},
	} {
		if err := f.Write(ctx, step.do); err != nil {
			t.Fatal(err)
		}
		if gone, err := f.TeamRemoved(ctx, empty.ID); err != nil || gone != step.gone || (find(empty.ID) == nil) != step.gone {
			t.Errorf("gone %v, want %v, %v", gone, step.gone, err)
		}
	}
	figures, err := f.StaffFigures(ctx, f.Start)
	if x, ok := figures[f.Officer.ID]; err != nil || !ok || x.Sessions != 0 || !x.LastSignIn.IsZero() || x.SecondFactor {
		t.Errorf("figures %+v %v", figures, err)
	}
	if at, err := f.AuditSealedAt(ctx); err != nil || !at.IsZero() {
		t.Errorf("sealed %s %v", at, err)
	}
}
