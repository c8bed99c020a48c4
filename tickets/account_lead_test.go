package tickets_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// join makes a colleague of the team.
func (w *world) join(name string, role access.Role) register.Staff {
	w.t.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@westmarsh.example"
	s := register.Staff{Name: name, Email: email, Mailbox: register.FoldMailbox(email), Role: string(role), TeamID: w.team.ID, Active: true, CreatedAt: w.now}
	w.must(w.db.Write(w.t.Context(), func(tx tickets.Tx) error { return tx.InsertStaff(w.t.Context(), &s) }))
	return s
}

// noLead lists who was told that a team has no lead, each letter by name.
func (w *world) noLead() []string {
	w.t.Helper()
	list, err := w.db.Outbox(w.t.Context(), access.System("test"), tickets.OutboxQuery{})
	w.must(err)
	var names []string
	for _, o := range list {
		if o.Template != tickets.TemplateNoLead {
			continue
		}
		if o.TicketID != 0 || o.CaseID != 0 || strings.Contains(o.Subject, "SEN-") || o.Fields[tickets.FieldTeam] != w.team.Name {
			w.t.Errorf("the notice says %q of %+v", o.Subject, o.Fields)
		}
		names = append(names, o.Deliveries[0].Name)
	}
	slices.Sort(names)
	return names
}

// atTheLead brings an enquiry to where its lead has to be told.
func (w *world) atTheLead(id int64) {
	w.t.Helper()
	w.now = w.clocks(id)[0].LeadAt.Add(16 * time.Hour)
	for !sweepOpen(w) {
		w.later(time.Hour)
	}
	w.sweep()
}

// A team whose lead's account is closed has a head of service to go to.
func TestTheHeadStandsIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin, head := w.ruth(), w.join("Hana Moss", access.RoleHead)
		left, err := w.desk.DisableStaff(context.Background(), admin, w.lead.ID, w.now)
		w.must(err)
		if !slices.Equal(left.Teams, []string{w.team.Name}) || left.Cases != 2 {
			t.Errorf("left behind: %+v", left)
		}
		if got := w.noLead(); !slices.Equal(got, []string{"Hana Moss", "Ruth Adler"}) {
			t.Errorf("told at once: %q", got)
		}
		id := w.one(mail(tessa)).TicketID
		w.atTheLead(id)
		if got := w.told(id, tickets.TemplateLead); got != head.Name {
			t.Errorf("the step of the lead told %q", got)
		}
		if got := len(w.noLead()); got != 2 {
			t.Errorf("%d letters say it again", got)
		}
		// Closing somebody who leads nothing raises no alarm.
		left, err = w.desk.DisableStaff(context.Background(), admin, w.priya.ID, w.now)
		if err != nil || left.Teams != nil || len(w.noLead()) != 2 {
			t.Errorf("an officer: %+v, %v", left, err)
		}
	})
}

// With no head either, another lead of the team is told; and with none of these,
// everybody who leads or administers reads that there is nobody to tell.
func TestNobodyWaitsUnseenWithoutALead(t *testing.T) {
	for name, gone := range map[string]func(w *world, lead *register.Staff, team *register.Team){
		"closed": func(_ *world, lead *register.Staff, _ *register.Team) { lead.Active = false },
		"time over": func(w *world, lead *register.Staff, _ *register.Team) {
			at := w.now.Add(-time.Hour)
			lead.AccessEndsAt = &at
		},
		"missing": func(_ *world, lead *register.Staff, team *register.Team) {
			lead.Active, team.LeadID = false, 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := context.Background()
			w.ruth()
			south := w.join("Grace Obi", access.RoleLead)
			w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
				lead, team := w.lead, w.team
				gone(w, &lead, &team)
				other := register.Team{Name: "South team"}
				w.must(tx.InsertTeam(ctx, &other))
				south.TeamID = other.ID
				w.must(tx.UpdateStaff(ctx, &south))
				w.must(tx.UpdateStaff(ctx, &lead))
				return tx.UpdateTeam(ctx, &team)
			}))
			id := w.one(mail(tessa)).TicketID
			w.atTheLead(id)
			if got := w.told(id, tickets.TemplateLead); got != "" {
				t.Errorf("%q may not know of the team's cases", got)
			}
			if got := w.noLead(); !slices.Equal(got, []string{"Grace Obi", "Ruth Adler"}) {
				t.Errorf("there is nobody to tell: %q were told", got)
			}
			// Another lead of the team itself may know, and is told.
			vic := w.join("Vic Arden", access.RoleLead)
			third := w.one(mail("ada.osei@mail.example")).TicketID
			w.atTheLead(third)
			if got := w.told(third, tickets.TemplateLead); got != vic.Name {
				t.Errorf("another lead of the team: %q", got)
			}
		})
	}
}

// A safety alert that has nobody to go to is told at once, whatever was told before.
func TestAlertWithoutALead(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.ruth()
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		for _, s := range []register.Staff{w.lead, w.dean, w.priya, w.duty} {
			s.Active = false
			w.must(tx.UpdateStaff(ctx, &s))
		}
		return nil
	}))
	// Two enquiries that reach their lead on one day make one letter.
	w.one(mail("ada.osei@mail.example"))
	w.atTheLead(w.one(mail(tessa)).TicketID)
	if got := len(w.noLead()); got != 1 {
		t.Fatalf("%d letters before the alert", got)
	}
	alert := w.one(mail("ada.osei@mail.example", func(in *tickets.Inbound) { in.Text, in.ReplyText = "I want to kill myself", "" })).TicketID
	if w.ticket(alert).Alert == "" {
		t.Fatal("no alert")
	}
	if got := w.noLead(); !slices.Equal(got, []string{"Ruth Adler", "Ruth Adler"}) {
		t.Errorf("the alert told %q", got)
	}
}
