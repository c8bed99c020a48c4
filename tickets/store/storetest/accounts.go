package storetest

import (
	"context"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

func testAccounts(t *testing.T, f *fixture) {
	get := func() tickets.Account {
		t.Helper()
		a, err := f.Account(f.ctx, f.Officer.ID)
		f.ok(err)
		return *a
	}
	f.same("an account that nobody has used", get(), tickets.Account{StaffID: f.Officer.ID})
	ends, used := f.hour(24), f.hour(2)
	want := tickets.Account{
		StaffID: f.Officer.ID, Issuer: "https://id.example", Subject: "s-1", TOTP: "sealed", TOTPStep: 5, InviteHash: "h", InviteEndsAt: &ends,
		LastSignInAt: &used, PasswordChangedAt: &used, DisabledAt: &used,
	}
	f.write(func(tx tickets.Tx) error { return tx.PutAccount(f.ctx, &want) })
	f.same("an account", get(), want)
	s, err := f.StaffByIdentity(f.ctx, "https://id.example", "s-1")
	f.ok(err)
	f.same("who it is", s.ID, f.Officer.ID)
	for _, x := range [][2]string{{"https://id.example", "s-2"}, {"https://other.example", "s-1"}, {"", ""}} {
		if _, err := f.StaffByIdentity(f.ctx, x[0], x[1]); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v is somebody: %v", x, err)
		}
	}
	err = f.Write(f.ctx, func(tx tickets.Tx) error {
		return tx.PutAccount(f.ctx, &tickets.Account{StaffID: f.Lead.ID, Issuer: "https://id.example", Subject: "s-1"})
	})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("two accounts are one person: %v", err)
	}

	var got []bool
	step := func(id, n int64) {
		f.write(func(tx tickets.Tx) error {
			ok, err := tx.TakeStep(f.ctx, id, n)
			got = append(got, ok)
			return err
		})
	}
	step(f.Officer.ID, 5) // the last that counted
	step(f.Officer.ID, 4)
	step(f.Officer.ID, 6)
	step(f.Officer.ID, 6)
	step(f.Lead.ID, 6) // has no app
	f.same("steps that count", got, []bool{false, false, true, false, false})

	got = nil
	f.write(func(tx tickets.Tx) error {
		f.ok(tx.SetRecoveryCodes(f.ctx, f.Officer.ID, []string{"x", "y"}))
		f.ok(tx.SetRecoveryCodes(f.ctx, f.Officer.ID, []string{"a", "b"}))
		for _, c := range []string{"x", "a", "a", "b"} {
			ok, err := tx.TakeRecoveryCode(f.ctx, f.Officer.ID, c, f.hour(1))
			f.ok(err)
			got = append(got, ok)
		}
		ok, err := tx.TakeRecoveryCode(f.ctx, f.Lead.ID, "b", f.hour(1))
		got = append(got, ok)
		return err
	})
	f.same("codes that count", got, []bool{false, true, false, true, false})
	f.same("codes left", get().CodesLeft, 0)
}

// request is a request of somebody's browser, as the session manager and the
// handlers make it.
func request(f *fixture, staffID int64, agent string) (context.Context, *tickets.SessionFacts) {
	facts := &tickets.SessionFacts{StaffID: staffID, From: "192.0.2.0/24", Agent: agent}
	return tickets.WithSession(f.ctx, facts), facts
}

func testStaffSessions(t *testing.T, f *fixture) {
	s := f.Sessions()
	ends := time.Now().Add(time.Hour)
	open := func(staffID int64, token string) string {
		t.Helper()
		ctx, facts := request(f, staffID, "Firefox on Linux")
		f.ok(s.CommitCtx(ctx, token, []byte("data"), ends))
		return facts.Ref
	}
	found := func(token string) bool {
		t.Helper()
		ctx, facts := request(f, 0, "")
		_, ok, err := s.FindCtx(ctx, token)
		f.ok(err)
		if ok != (facts.Ref != "") {
			t.Errorf("%s: found %v, named %q", token, ok, facts.Ref)
		}
		return ok
	}
	a, b := open(f.Officer.ID, "a"), open(f.Officer.ID, "b")
	open(f.Lead.ID, "c")
	list, err := f.SessionsOf(f.ctx, f.Officer.ID)
	f.ok(err)
	if len(list) != 2 || list[0].From != "192.0.2.0/24" || list[0].Agent != "Firefox on Linux" || list[0].LastSeen.IsZero() || len(a) != 16 || a == b {
		t.Fatalf("sessions: %+v", list)
	}

	// A request that is on its way while its session is ended does not bring it back.
	ctx, _ := request(f, 0, "")
	_, ok, err := s.FindCtx(ctx, "a")
	f.ok(err)
	f.write(func(tx tickets.Tx) error {
		ended, err := tx.EndSession(f.ctx, f.Lead.ID, a) // somebody else's
		f.ok(err)
		if ended {
			t.Error("a session of somebody else is ended")
		}
		ended, err = tx.EndSession(f.ctx, f.Officer.ID, a)
		if !ended {
			t.Error("a session is not ended")
		}
		return err
	})
	f.ok(s.CommitCtx(ctx, "a", []byte("late"), ends))
	f.same("found, ended", []bool{ok, found("a"), found("b")}, []bool{true, false, true})

	a = open(f.Officer.ID, "a2")
	f.write(func(tx tickets.Tx) error {
		n, err := tx.EndSessions(f.ctx, f.Officer.ID, a)
		f.same("others ended", n, 1)
		return err
	})
	f.same("what stays", []bool{found("a2"), found("b"), found("c")}, []bool{true, false, true})

	// An account that is shut is out at once, and so is one whose time is over.
	lead := f.Lead
	for name, change := range map[string]func(*time.Time){
		"shut": func(*time.Time) { lead.Active = false },
		"over": func(past *time.Time) { lead.AccessEndsAt = past },
	} {
		past := time.Now().Add(-time.Minute)
		change(&past)
		f.write(func(tx tickets.Tx) error { return tx.UpdateStaff(f.ctx, &lead) })
		if found("c") {
			t.Errorf("%s: the session is found", name)
		}
		lead.Active, lead.AccessEndsAt = true, nil
		f.write(func(tx tickets.Tx) error { return tx.UpdateStaff(f.ctx, &lead) })
		if !found("c") {
			t.Errorf("%s, and no more: the session is not found", name)
		}
	}
	f.ok(f.InsertToken(f.ctx, "t", f.Lead.ID, nil, "test", time.Time{}))
	f.write(func(tx tickets.Tx) error {
		n, err := tx.EndTokens(f.ctx, f.Lead.ID)
		f.same("tokens ended", n, 1)
		return err
	})
	if _, err := f.ActorByTokenHash(f.ctx, "t", time.Now()); !fault.Is(err, fault.Denied) {
		t.Errorf("an ended token: %v", err)
	}
}
