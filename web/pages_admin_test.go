package web_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hearback/tickets/access"

	"hearback/web"
)

var anyTag = regexp.MustCompile(`<[^>]*>`)

// words are the words of a page.
func words(page string) string {
	return html.UnescapeString(strings.Join(strings.Fields(anyTag.ReplaceAllString(page, " ")), " "))
}

// nothingPrivate asks that a page of the administration tells of no family.
func (p *pages) nothingPrivate(path, body string) {
	p.t.Helper()
	for _, word := range []string{"Milo", "Brandt", "Osei", "Secretname", "Draft plan", "SEN-1", "WM-22", "mail.example"} {
		if strings.Contains(body, word) {
			p.t.Errorf("%s tells of %q", path, word)
		}
	}
}

func TestAdminPagesTellOfNoFamily(t *testing.T) {
	p := newPages(t)
	p.fromTessa("Draft plan")
	p.stranger("Sam New", "My son", "Hello, my son Milo Brandt needs help.")
	admin, officer := p.role(access.RoleAdmin), p.role(access.RoleOfficer)
	for _, path := range []string{
		"/admin", "/admin/mailboxes", "/admin/teams", "/admin/teams/" + num(p.north.ID), "/admin/users", "/admin/users/new", "/admin/users/u/" + num(p.deanStaff.ID),
		"/admin/standards", "/admin/standards/general", "/admin/calendars", "/admin/staff-domains", "/admin/directory",
	} {
		rec := admin.get(path)
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
		p.nothingPrivate(path, rec.Body.String())
		if !strings.Contains(rec.Body.String(), `aria-label="Administration"`) {
			t.Errorf("%s has no side menu", path)
		}
		if got := officer.get(path).Code; got != http.StatusForbidden {
			t.Errorf("%s as an officer: %d", path, got)
		}
	}
	for _, path := range []string{"/admin/teams/9999", "/admin/teams/x", "/admin/users/u/9999", "/admin/standards/cats"} {
		if got := admin.get(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func TestTeamsPage(t *testing.T) {
	p := newPages(t)
	admin := p.role(access.RoleAdmin)
	rec := admin.sends("/admin/teams", url.Values{"do": {"add"}, "name": {"north"}, "lead": {num(p.southLead.ID)}}, http.StatusConflict)
	if body := rec.Body.String(); !strings.Contains(body, "There is a team of this name already") || !strings.Contains(body, `value="north"`) {
		t.Errorf("what was typed is gone: %s", words(body))
	}
	admin.sends("/admin/teams", url.Values{"do": {"add"}, "name": {"West"}, "lead": {"0"}}, http.StatusSeeOther)
	body := admin.get("/admin/teams").Body.String()
	if !strings.Contains(body, "West") || !strings.Contains(body, "Nobody is told when a family waits too long") {
		t.Errorf("the list: %s", words(body))
	}
	north := "/admin/teams/" + num(p.north.ID)
	rec = admin.sends(north, url.Values{"do": {"remove"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), "2 open cases") {
		t.Errorf("it does not say why: %s", words(rec.Body.String()))
	}
	south := "/admin/teams/" + num(p.south.ID)
	admin.sends(south, url.Values{"do": {"mailbox"}, "mailbox": {num(p.box.ID)}}, http.StatusSeeOther)
	if m, err := p.db.MailboxByID(t.Context(), p.box.ID); err != nil || m.TeamID != p.south.ID {
		t.Errorf("%+v %v", m, err)
	}
}

var codeShown = regexp.MustCompile(`<code[^>]*>([a-z0-9 ]+)</code>`)

func TestUsersPage(t *testing.T) {
	p := newPages(t)
	admin := p.role(access.RoleAdmin)
	new := url.Values{"do": {"invite"}, "name": {"Nia Park"}, "email": {"nobody"}, "role": {"officer"}, "team": {num(p.north.ID)}}
	rec := admin.sends("/admin/users/new", new, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `value="Nia Park"`) || !strings.Contains(rec.Body.String(), `value="officer" selected`) {
		t.Errorf("what was typed is gone: %s", words(rec.Body.String()))
	}
	new.Set("email", "nia.park@westmarsh.example")
	rec = admin.sends("/admin/users/new", new, http.StatusOK)
	code := codeShown.FindStringSubmatch(rec.Body.String())
	if code == nil || len(code[1]) < 20 {
		t.Fatalf("no code: %s", words(rec.Body.String()))
	}
	if rec.Header().Get("Cache-Control") != "no-store" {
		t.Error("the page with the code may be kept")
	}
	if body := admin.get("/admin/users").Body.String(); !strings.Contains(body, "Nia Park") || !strings.Contains(body, "Invited") || strings.Contains(body, code[1]) {
		t.Errorf("the list: %s", words(body))
	}
	dean := "/admin/users/u/" + num(p.deanStaff.ID)
	page := admin.get(dean).Body.String()
	mark := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(mark) < 2 {
		t.Fatal("the forms have no marks")
	}
	admin.sends(dean, url.Values{"do": {"cover"}, "deputy": {num(p.staff[access.RoleLead].ID)}, "away": {"1/12/2026"}, "seen": {mark[1][1]}}, http.StatusSeeOther)
	if s, err := p.db.StaffByID(t.Context(), p.deanStaff.ID); err != nil || s.AwayUntil != "2026-12-01" || s.DeputyID != p.staff[access.RoleLead].ID {
		t.Errorf("%+v %v", s, err)
	}
	// The page that was opened before knows nothing of it.
	rec = admin.sends(dean, url.Values{"do": {"cover"}, "deputy": {"0"}, "away": {""}, "seen": {mark[1][1]}}, http.StatusConflict)
	if !strings.Contains(rec.Body.String(), "a colleague changed this") {
		t.Errorf("an old page: %s", words(rec.Body.String()))
	}
	session := p.as(p.deanStaff)
	admin.sends(dean, url.Values{"do": {"disable"}}, http.StatusSeeOther)
	if s, err := p.db.StaffByID(t.Context(), p.deanStaff.ID); err != nil || s.Active {
		t.Errorf("still open: %+v %v", s, err)
	}
	if got := session.get("/inbox").Code; got == http.StatusOK {
		t.Error("a closed account still reads")
	}
	admin.sends(dean, url.Values{"do": {"enable"}}, http.StatusSeeOther)
	own := "/admin/users/u/" + num(p.staff[access.RoleAdmin].ID)
	if body := admin.get(own).Body.String(); strings.Contains(body, "Close account") {
		t.Error("the administrator is offered to close the own account")
	}
	admin.sends(own, url.Values{"do": {"disable"}}, http.StatusUnprocessableEntity)
}

func TestStandardsPage(t *testing.T) {
	p := newPages(t)
	lead := p.role(access.RoleLead)
	f := url.Values{"do": {"save"}, "version": {"0"}, "label": {"Everyday"}, "amount": {"many"}, "unit": {"days"}}
	rec := lead.sends("/admin/standards/general", f, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `value="many"`) || !strings.Contains(rec.Body.String(), `value="Everyday"`) {
		t.Errorf("what was typed is gone: %s", words(rec.Body.String()))
	}
	f.Set("amount", "3")
	lead.sends("/admin/standards/general", f, http.StatusSeeOther)
	lead.sends("/admin/standards/general", f, http.StatusConflict)
	body := words(p.role(access.RoleAdmin).get("/admin/standards").Body.String())
	for _, want := range []string{"Everyday", "3 working days", "Set here", "configuration: 5 working days", "keep the date that the family was told"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page: %s", want, body)
		}
	}
	due := p.ticketNow(p.fromTessa("Draft plan").TicketRef).Clock.DueDay
	if due.String() != "2026-11-27" {
		t.Errorf("a new enquiry is due on %s", due)
	}
}

func TestCalendarPage(t *testing.T) {
	p := newPages(t)
	ref := p.fromTessa("Draft plan").TicketRef
	due := p.ticketNow(ref).Clock.DueDay
	admin := p.role(access.RoleAdmin)
	f := url.Values{"do": {"add"}, "version": {"0"}, "date": {due.String()}, "name": {""}}
	admin.sends("/admin/calendars", f, http.StatusUnprocessableEntity)
	f.Set("name", "Burst pipe")
	rec := admin.sends("/admin/calendars", f, http.StatusOK)
	if body := words(rec.Body.String()); !strings.Contains(body, "1 due date moves: 1 later, 0 sooner") || p.ticketNow(ref).Clock.DueDay != due {
		t.Errorf("the preview: %s", body)
	}
	p.nothingPrivate("the preview", rec.Body.String())
	f.Set("confirm", "yes")
	admin.sends("/admin/calendars", f, http.StatusSeeOther)
	if got := p.ticketNow(ref).Clock.DueDay; !got.After(due) {
		t.Errorf("due %s, was %s", got, due)
	}
	if body := words(admin.get("/admin/calendars").Body.String()); !strings.Contains(body, "Burst pipe") || !strings.Contains(body, "Set here") {
		t.Errorf("the page: %s", body)
	}
	// Hours: all days empty is refused, and what was typed stays.
	rec = admin.sends("/admin/calendars", url.Values{"do": {"hours"}, "version": {"1"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), "No office hours are set") {
		t.Errorf("an empty week: %s", words(rec.Body.String()))
	}
	rec = admin.sends("/admin/calendars", url.Values{"do": {"hours"}, "version": {"1"}, "monday": {"nine to five"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `value="nine to five"`) {
		t.Error("what was typed is gone")
	}
	admin.sends("/admin/calendars", url.Values{"do": {"remove"}, "version": {"1"}, "date": {due.String()}, "name": {"Burst pipe"}, "confirm": {"yes"}}, http.StatusSeeOther)
	if got := p.ticketNow(ref).Clock.DueDay; got != due {
		t.Errorf("due %s, was %s", got, due)
	}
}

func TestStaffDomainsPage(t *testing.T) {
	p := newPages(t)
	admin, lead := p.role(access.RoleAdmin), p.role(access.RoleLead)
	rec := admin.sends("/admin/staff-domains", url.Values{"do": {"add"}, "domain": {"gmail.com"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `value="gmail.com"`) {
		t.Errorf("what was typed is gone: %s", words(rec.Body.String()))
	}
	admin.sends("/admin/staff-domains", url.Values{"do": {"add"}, "domain": {"schools.westmarsh.example"}}, http.StatusSeeOther)
	open, err := p.db.DomainChanges(t.Context(), true)
	if err != nil || len(open) != 1 {
		t.Fatalf("%v %v", open, err)
	}
	at := "/admin/staff-domains/" + num(open[0].ID)
	admin.sends(at, url.Values{"answer": {"approve"}}, http.StatusForbidden)
	lead.sends(at, url.Values{}, http.StatusUnprocessableEntity)
	lead.sends(at, url.Values{"do": {"settle"}, "answer": {"approve"}}, http.StatusSeeOther)
	if body := words(admin.get("/admin/staff-domains").Body.String()); !strings.Contains(body, "Done, approved by") {
		t.Errorf("the page: %s", body)
	}
}

func TestMailboxIsTried(t *testing.T) {
	tried := 0
	p := newPages(t, func(d *web.Deps) {
		d.TryMailbox = func(_ context.Context, name string) ([]web.FolderTry, error) {
			tried++
			return []web.FolderTry{{What: "Reading folder INBOX"}, {What: "Sending", Problem: "The server refused the sign-in of " + name}}, nil
		}
	})
	admin := p.role(access.RoleAdmin)
	rec := admin.sends("/admin/mailboxes/sen", url.Values{"do": {"check"}}, http.StatusOK)
	if body := words(rec.Body.String()); !strings.Contains(body, "Reading folder INBOX: works") || !strings.Contains(body, "refused the sign-in of sen") {
		t.Errorf("%s", body)
	}
	admin.sends("/admin/mailboxes/sen", url.Values{"do": {"check"}}, http.StatusTooManyRequests)
	admin.sends("/admin/mailboxes/other", url.Values{"do": {"check"}}, http.StatusNotFound)
	p.role(access.RoleLead).sends("/admin/mailboxes/sen", url.Values{"do": {"check"}}, http.StatusForbidden)
	if tried != 1 {
		t.Errorf("tried %d times", tried)
	}
}

func TestWarningsAreShownToWhoRunsIt(t *testing.T) {
	p := newPages(t, func(d *web.Deps) {
		d.Warnings = func() []string { return []string{"Mailbox sen is unusually silent."} }
	})
	for role, want := range map[access.Role]bool{access.RoleAdmin: true, access.RoleLead: true, access.RoleOfficer: false, access.RoleBusinessSupport: false} {
		if got := strings.Contains(p.role(role).get("/help").Body.String(), "unusually silent"); got != want {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}
