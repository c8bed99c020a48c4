package tickets_test

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// Who leaves leaves nothing that waits unseen, and nothing that leaves by itself.
func TestDisableStaff(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		admin := w.ruth()
		r := w.one(mail(tessa))
		o, err := w.desk.Reply(ctx, actor(w.dean), tickets.ReplyRequest{
			Ref: r.TicketRef, To: []int64{w.tessa.ID}, Body: "It is coming.", SeenVersion: w.ticket(r.TicketID).Version,
		}, w.now)
		w.must(err)
		w.must(w.desk.Assign(ctx, actor(w.lead), tickets.AssignRequest{Ref: r.TicketRef, ToID: w.dean.ID}, w.now))
		figures := func() int {
			f, err := w.db.LeadFigures(ctx, actor(w.lead), w.now)
			w.must(err)
			return f.NoOfficer
		}
		before := figures()

		left, err := w.desk.DisableStaff(ctx, admin, w.dean.ID, w.now)
		w.must(err)
		if left.Letters != 1 || left.Enquiries != 1 {
			t.Errorf("left behind: %+v", left)
		}
		got := w.letter(o.ID)
		if got.Deliveries[0].State != tickets.Held || !strings.Contains(got.HeldReason, "Dean Foss") || len(w.events(r.TicketID, tickets.EvLetterStopped)) != 1 {
			t.Errorf("the letter is %s: %q", got.Deliveries[0].State, got.HeldReason)
		}
		if owner := w.ticket(r.TicketID).OwnerID; owner != 0 {
			t.Errorf("the enquiry still has the owner %d", owner)
		}
		if now := figures(); now != before+2 { // Milo's and Leo's officer is gone
			t.Errorf("cases without an officer: %d, then %d", before, now)
		}
		again, err := w.desk.DisableStaff(ctx, admin, w.dean.ID, w.now)
		if err != nil || !reflect.DeepEqual(again, tickets.Left{}) {
			t.Errorf("closing it twice: %+v, %v", again, err)
		}
		if _, err := w.db.ActorOf(ctx, w.dean.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("the account opens: %v", err)
		}
		w.must(w.desk.EnableStaff(ctx, admin, w.dean.ID, w.now))
		if _, err := w.db.ActorOf(ctx, w.dean.ID); err != nil {
			t.Errorf("opened again: %v", err)
		}
	})
}

func TestAccountsAreForAdministrators(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	admin := w.ruth()
	change := func(id int64, role access.Role) tickets.ChangeStaffRequest {
		return tickets.ChangeStaffRequest{StaffID: id, Name: "Some One", Role: role, TeamID: w.team.ID}
	}
	for name, try := range map[string]func(access.Actor, int64) error{
		"invite": func(a access.Actor, _ int64) error {
			_, err := w.desk.InviteStaff(ctx, a, tickets.InviteRequest{Email: "x@westmarsh.example", Name: "X", Role: access.RoleOfficer}, w.now)
			return err
		},
		"change": func(a access.Actor, id int64) error {
			return w.desk.ChangeStaff(ctx, a, change(id, access.RoleHead), w.now)
		},
		"disable": func(a access.Actor, id int64) error { _, err := w.desk.DisableStaff(ctx, a, id, w.now); return err },
		"enable":  func(a access.Actor, id int64) error { return w.desk.EnableStaff(ctx, a, id, w.now) },
		"reset":   func(a access.Actor, id int64) error { return w.desk.ResetTOTP(ctx, a, id, w.now) },
		"end":     func(a access.Actor, id int64) error { _, err := w.desk.EndSessions(ctx, a, id, w.now); return err },
		"again":   func(a access.Actor, id int64) error { _, err := w.desk.InviteAgain(ctx, a, id, w.now); return err },
	} {
		for _, a := range []access.Actor{actor(w.lead), actor(w.dean), access.System("sweep"), {}} {
			if err := try(a, w.priya.ID); !fault.Is(err, fault.Denied) {
				t.Errorf("%s by %s: %v", name, a.Role, err)
			}
		}
		if name == "invite" || name == "end" {
			continue
		}
		if err := try(admin, admin.StaffID); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of one's own: %v", name, err)
		}
	}
	// The last administrator stays, also from the command line.
	if _, err := w.desk.DisableStaff(ctx, tickets.Console(), admin.StaffID, w.now); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last administrator is closed: %v", err)
	}
	if err := w.desk.ChangeStaff(ctx, tickets.Console(), change(admin.StaffID, access.RoleOfficer), w.now); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last administrator is made an officer: %v", err)
	}
	for name, r := range map[string]tickets.InviteRequest{
		"address": {Email: "not an address", Name: "X", Role: access.RoleOfficer}, "name": {Email: "x@y.example", Role: access.RoleOfficer},
		"role": {Email: "x@y.example", Name: "X", Role: access.RoleSystem}, "auditor without an end": {Email: "x@y.example", Name: "X", Role: access.RoleAuditor},
		"team": {Email: "x@y.example", Name: "X", Role: access.RoleOfficer, TeamID: 999}, "line end": {Email: "x@y.example", Name: "X\r\nBcc: z", Role: access.RoleOfficer},
	} {
		if _, err := w.desk.InviteStaff(ctx, admin, r, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An address binds an identity once, to an open invitation, and never again.
func TestIdentityIsNoAddress(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	admin := w.ruth()
	inv, err := w.desk.InviteStaff(ctx, admin, tickets.InviteRequest{Email: "new@westmarsh.example", Name: "New One", Role: access.RoleOfficer, TeamID: w.team.ID}, w.now)
	w.must(err)
	as := func(subject, email string) (int64, error) {
		s, err := w.desk.SignInAs(ctx, tickets.Identity{Issuer: "https://id.example", Subject: subject, Email: email}, w.now)
		if err != nil {
			return 0, err
		}
		return s.ID, nil
	}
	for name, c := range map[string][2]string{
		"a colleague who was not invited so": {"s-9", "dean@westmarsh.example"}, "nobody": {"s-9", "nobody@westmarsh.example"}, "no address": {"s-9", ""},
	} {
		if id, err := as(c[0], c[1]); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %d, %v", name, id, err)
		}
	}
	if id, err := as("s-1", "NEW@westmarsh.example"); id != inv.Staff.ID || err != nil {
		t.Fatalf("the invited: %d, %v", id, err)
	}
	if id, err := as("s-1", "renamed@westmarsh.example"); id != inv.Staff.ID || err != nil {
		t.Errorf("with another address: %d, %v", id, err)
	}
	if id, err := as("s-2", "new@westmarsh.example"); !fault.Is(err, fault.Denied) {
		t.Errorf("somebody else with the address: %d, %v", id, err)
	}
	if _, err := w.desk.UseInvitation(ctx, "new@westmarsh.example", inv.Code, "hash", "", w.now); !fault.Is(err, fault.Denied) {
		t.Errorf("the code of a bound invitation: %v", err)
	}
	// An invitation that has run out.
	late, err := w.desk.InviteStaff(ctx, admin, tickets.InviteRequest{Email: "late@westmarsh.example", Name: "Late One", Role: access.RoleOfficer}, w.now)
	w.must(err)
	w.later(15 * 24 * time.Hour)
	if id, err := as("s-3", "late@westmarsh.example"); !fault.Is(err, fault.Denied) {
		t.Errorf("after 15 days: %d, %v", id, err)
	}
	if _, err := w.desk.UseInvitation(ctx, "late@westmarsh.example", late.Code, "hash", "", w.now); !fault.Is(err, fault.Denied) {
		t.Errorf("its code after 15 days: %v", err)
	}
	// Groups give the role, in the audit.
	s, err := w.desk.SignInAs(ctx, tickets.Identity{Issuer: "https://id.example", Subject: "s-1", Role: access.RoleLead, Team: "North team"}, w.now)
	if err != nil || s.Role != string(access.RoleLead) {
		t.Errorf("by groups: %+v, %v", s, err)
	}
	list, err := w.db.AuditRecords(ctx, tickets.AuditQuery{Action: audit.StaffChanged})
	w.must(err)
	if len(list) == 0 || list[0].Detail["role_before"] != "officer" || list[0].Detail["role"] != "lead" {
		t.Errorf("the audit says %+v", list)
	}
}

// Of two programs that are shown one code at one moment, one takes it.
func TestOneCodeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.must(w.desk.SetTOTP(ctx, actor(w.dean), "sealed", 10, []string{tickets.HashCode("abcd-efgh")}, w.now))
		var mu sync.Mutex
		var wg sync.WaitGroup
		steps, codes := 0, 0
		for range 8 {
			wg.Go(func() {
				a, err := w.desk.TakeStep(ctx, w.dean.ID, 11, w.now)
				b, err2 := w.desk.TakeRecoveryCode(ctx, w.dean.ID, "ABCD EFGH", "", w.now)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || err2 != nil {
					t.Error(err, err2)
				}
				if a {
					steps++
				}
				if b {
					codes++
				}
			})
		}
		wg.Wait()
		if steps != 1 || codes != 1 {
			t.Errorf("a step counts %d times, a code %d times", steps, codes)
		}
	})
}
