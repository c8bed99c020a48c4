package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// A letter to sixty families of whom three are restricted, through the check and the
// whole way out, reaches exactly fifty-seven: one letter each, nobody beside them in it.
func TestMailingThroughTheGuard(t *testing.T) { mailingOut(t, 60, 3) }

// TestFiguresMailing: the same for 2,000 families of whom 40 are restricted. Printed is
// how long the list, the check and the sending took.
//
//	HEARBACK_BENCH_FAMILIES  families (2000)
func TestFiguresMailing(t *testing.T) {
	mailtest.Figures(t)
	families := size(t, "FAMILIES", 2000)
	mailingOut(t, families, families/50)
}

func mailingOut(t *testing.T, families, restricted int) {
	ctx := t.Context()
	sink := mailtest.SMTPSink(t, mailtest.SinkOptions{})
	app, clock := mailingApp(t, sink.Addr())
	officer, lead := mailingFamilies(t, app, clock(), families, restricted)
	begin := time.Now()
	took := func(what string) {
		t.Logf("%s: %s", what, time.Since(begin).Round(time.Millisecond))
		begin = time.Now()
	}
	m, err := app.desk.NewMailing(ctx, officer, tickets.MailingText{
		Title: "Evening", MailboxID: app.mailboxes[0].ID, Filter: tickets.MailingFilter{Years: []int{6}}, Subject: "Evening for families",
		Body: "Dear {name}\n\nWe hold an evening for families on Thursday 10 December at the Civic Centre. {child} is welcome too.\n\n{format}",
	}, clock())
	must(t, err)
	must(t, app.desk.MakeMailingList(ctx, officer, m.ID, 0, clock()))
	took("the list")
	for more := true; more; {
		more, err = app.mailingStep(ctx)
		must(t, err)
	}
	took("the check")
	must(t, app.desk.AskMailing(ctx, officer, m.ID, 0, clock()))
	m, err = app.store.MailingByID(ctx, m.ID)
	must(t, err)
	must(t, app.desk.ApproveMailing(ctx, lead, m.ID, m.Digest, clock()))
	for range families + 10 {
		_, err := app.mailingStep(ctx)
		must(t, err)
		must(t, app.dispatchDue(ctx))
		if m, err = app.store.MailingByID(ctx, m.ID); err != nil || m.State == tickets.MailingDone {
			break
		}
	}
	must(t, err)
	took("the sending")
	counts, _, err := app.store.MailingCounts(ctx, access.System("test"), m.ID)
	must(t, err)
	reached := map[string]int{}
	for _, mail := range sink.All() {
		if len(mail.To) == 1 && strings.HasSuffix(mail.To[0], "@westmarsh.example") {
			continue // the lead is told that there is something to approve
		}
		raw := string(mail.Data)
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		if len(mail.To) != 1 || strings.Contains(strings.ToLower(head), "\r\ncc:") || strings.Contains(strings.ToLower(head), "\r\nbcc:") || strings.Count(head, "@family.example") != 1 {
			t.Errorf("a letter to %d people:\n%s", len(mail.To), head)
			continue
		}
		reached[mail.To[0]]++
	}
	want := families - restricted
	if counts[tickets.ResultArrived] != want || counts[tickets.ResultLeftOut] != restricted || len(reached) != want {
		t.Errorf("counts %v, %d families reached, want %d", counts, len(reached), want)
	}
	for i := range families {
		n := reached[mailingAddress(i)]
		if i < restricted && n != 0 || i >= restricted && n != 1 {
			t.Errorf("family %d got %d letters", i, n)
		}
	}
}

func mailingAddress(i int) string { return fmt.Sprintf("parent%d@family.example", i) }

// mailingApp is the program with a mail server that takes everything. Its clock goes on
// by a minute whenever it is asked, so that no pace has to be waited for.
func mailingApp(t *testing.T, smtp string) (*App, func() time.Time) {
	t.Helper()
	dir := t.TempDir()
	password, file := filepath.Join(dir, "password"), filepath.Join(dir, "hearback.yaml")
	must(t, os.WriteFile(password, []byte("unused\n"), 0o600))
	_, port, err := net.SplitHostPort(smtp)
	must(t, err)
	must(t, os.WriteFile(file, []byte("council: {name: Westmarsh Council, team_phone: 01234 000000, emergency_duty_phone: 01234 000111, sendiass_name: Westmarsh SENDIASS, sendiass_phone: 01234 000222}\n"+
		"data_dir: "+filepath.Join(dir, "data")+"\nhttp: {listen: \"127.0.0.1:0\", base_url: \"http://127.0.0.1:8080\"}\nmailboxes:\n"+
		"  - {name: sen, address: sen@westmarsh.example, team: North, imap: {host: 127.0.0.1, port: 9, tls: none, username: x, password_file: "+password+"}, smtp: {host: 127.0.0.1, port: "+port+", tls: none}}\n"+
		"outbound: {mode: send, hold: 60s, go_live: \"2025-06-01\", mailing_per_hour: 100000}\nstaff_domains: [westmarsh.example]\nsign_in: {totp: optional}\n"), 0o600))
	cfg, err := LoadConfig(file)
	must(t, err)
	var ticks atomic.Int64
	clock := func() time.Time { return tuesday().Add(time.Duration(ticks.Load()) * time.Second) }
	app, err := NewApp(t.Context(), cfg, newLogger(cfg.Log, t.Output()), func(a *App) {
		a.now = func(context.Context) (time.Time, error) { ticks.Add(1); return clock(), nil }
	})
	must(t, err)
	t.Cleanup(func() { must(t, app.Close()) })
	return app, clock
}

// mailingFamilies are children in year 6 with a mother each; of the first ones the
// mother must not be written to.
func mailingFamilies(t *testing.T, app *App, now time.Time, families, restricted int) (officer, lead access.Actor) {
	t.Helper()
	ctx := t.Context()
	must(t, app.store.Write(ctx, func(tx tickets.Tx) error {
		team, err := teamNamed(ctx, tx, "North")
		must(t, err)
		account := func(name, key string, role access.Role) register.Staff {
			s := register.Staff{Name: name, Email: key + "@westmarsh.example", Mailbox: key + "@westmarsh.example", Role: string(role), TeamID: team.ID, Active: true, CreatedAt: now}
			must(t, tx.InsertStaff(ctx, &s))
			return s
		}
		dean, ola := account("Dean Foss", "dean", access.RoleOfficer), account("Ola Reyes", "ola", access.RoleLead)
		officer = access.Actor{StaffID: dean.ID, Name: dean.Name, Role: access.RoleOfficer, TeamIDs: []int64{team.ID}}
		lead = access.Actor{StaffID: ola.ID, Name: ola.Name, Role: access.RoleLead, TeamIDs: []int64{team.ID}}
		for i := range families {
			name := fmt.Sprintf("%s%s", mailingWord(i), "son")
			c := register.Case{
				Ref: fmt.Sprintf("WM-%d", 10000+i), ChildName: "Robin " + name, DOB: fmt.Sprintf("%d-%02d-12", tuesday().Year()-10, 1+i%8), Stage: "Plan in force", TeamID: team.ID,
				OfficerID: dean.ID, FallbackID: ola.ID, Open: true, CreatedAt: now,
			}
			must(t, tx.InsertCase(ctx, &c))
			p := register.Person{Name: "Sam " + name, Kind: register.KindParent, CreatedAt: now}
			must(t, tx.InsertPerson(ctx, &p))
			must(t, tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: mailingAddress(i), Mailbox: mailingAddress(i), VerifiedAt: &now, CreatedAt: now.AddDate(0, -1, 0)}))
			must(t, tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}))
			if i < restricted {
				must(t, tx.InsertRestriction(ctx, &register.Restriction{
					CaseID: c.ID, PersonID: p.ID, Kind: register.NoContact, Source: register.SourceOrder, StartsOn: "2025-01-01", ReviewBy: "2030-01-01", EnteredBy: dean.ID, EnteredAt: now,
				}))
			}
		}
		return nil
	}))
	return officer, lead
}

// mailingWord is a name for each number.
func mailingWord(i int) string {
	parts := []string{"Al", "Ber", "Cor", "Dun", "El", "Far", "Gor", "Hal", "Ing", "Jor"}
	out := ""
	for n := i + 100; n > 0; n /= 10 {
		out += parts[n%10]
	}
	return out[:1] + strings.ToLower(out[1:])
}
