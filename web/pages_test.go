package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/tickets/access"
	"hearback/tickets/store/storetest"
)

// TestWhoMaySeeWhat asks for every page as every role.
func TestWhoMaySeeWhat(t *testing.T) {
	p := newPages(t)
	p.fromTessa("Draft plan")
	storetest.LetEveryRoleIn(t, p.db, "WM-2201", p.staff)
	caseWork := []access.Role{access.RoleBusinessSupport, access.RoleOfficer, access.RoleTribunal, access.RoleLead, access.RoleHead, access.RoleSafeguarding}
	read := append([]access.Role{access.RoleDataProtection, access.RoleAuditor}, caseWork...)
	leads := []access.Role{access.RoleLead, access.RoleHead, access.RoleSafeguarding}
	duty := append([]access.Role{access.RoleBusinessSupport}, leads...)
	readLead := append([]access.Role{access.RoleDataProtection, access.RoleAuditor}, leads...)
	system := append([]access.Role{access.RoleAdmin}, leads...)
	ledger := append([]access.Role{access.RoleBusinessSupport, access.RoleDataProtection, access.RoleAuditor, access.RoleAdmin}, leads...)
	signedIn := map[access.Role]*browser{}
	for _, role := range access.Roles() {
		signedIn[role] = p.role(role)
	}
	for path, roles := range map[string][]access.Role{
		"/c": read, "/c/WM-2201": read, "/c/WM-2201?tab=history": read, "/calls/new": caseWork, "/search": read, "/search?q=milo": read,
		"/duty": duty, "/duty/unmatched": duty, "/duty/strangers": duty, "/duty/automatic": duty, "/duty/unreadable": duty,
		"/outbox": read, "/outbox?tab=kept": read, "/outbox?tab=uncertain": read, "/outbox?tab=refused": read, "/outbox?tab=sent": read, "/held": read,
		"/lead": readLead, "/escalations": readLead,
		"/admin/mailboxes": system, "/admin/mode": system, "/admin/mailboxes/sen/ledger": ledger,
		"/me": access.Roles(), "/help": access.Roles(), "/help/keys": access.Roles(),
	} {
		may := map[access.Role]bool{}
		for _, r := range roles {
			may[r] = true
		}
		for _, role := range access.Roles() {
			want := http.StatusForbidden
			if may[role] {
				want = http.StatusOK
			}
			if got := signedIn[role].get(path).Code; got != want {
				t.Errorf("GET %s as %s: %d, want %d", path, role, got, want)
			}
		}
	}
}

// TestSignedOut: nothing but the public pages answers somebody without a session.
func TestSignedOut(t *testing.T) {
	p := newPages(t)
	nobody := &browser{p: p}
	for _, path := range []string{"/c", "/c/WM-2201", "/calls/new", "/search?q=milo", "/duty", "/outbox", "/held", "/lead", "/escalations", "/admin/mailboxes", "/me", "/help"} {
		if rec := nobody.get(path); rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in") {
			t.Errorf("GET %s without a session: %d to %q", path, rec.Code, rec.Header().Get("Location"))
		}
	}
	for _, path := range []string{"/calls/new", "/duty/i/SEN-104001", "/outbox/1", "/outbox", "/held/1", "/escalations/SEN-104001", "/admin/mailboxes/sen/ledger/1", "/me"} {
		if rec := nobody.post(path, url.Values{}); rec.Code != http.StatusUnauthorized {
			t.Errorf("POST %s without a session: %d", path, rec.Code)
		}
	}
}

// TestNotThere: what does not exist, what somebody may not know and what is no
// number look the same, and nothing breaks.
func TestNotThere(t *testing.T) {
	p := newPages(t)
	lead := p.role(access.RoleLead)
	huge := strings.Repeat("9", 400)
	for _, path := range []string{
		"/c/WM-9999", "/c/WM-2303", "/c/" + url.PathEscape(hostile), "/c/WM-2201?tab=files", "/calls/new?e=SEN-999999", "/calls/new?case=WM-2303",
		"/duty/nothing", "/duty/i/SEN-999999", "/duty/i/q1", "/duty/i/q" + huge, "/duty/i/a" + huge, "/duty/i/a1", "/duty/i/q-1",
		"/duty/i/q1/original", "/duty/i/a1/headers", "/duty/i/SEN-999999/html", "/held/" + huge, "/held/x", "/outbox?tab=x",
		"/admin/mailboxes/other/ledger", "/admin/mailboxes/" + url.PathEscape("../sen") + "/ledger", "/parents/nobody",
	} {
		if rec := lead.get(path); rec.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, rec.Code)
		}
	}
	for _, path := range []string{"/outbox/" + huge, "/outbox/1", "/held/1", "/duty/i/q1", "/duty/i/SEN-999999", "/escalations/SEN-999999", "/admin/mailboxes/sen/ledger/" + huge} {
		if rec := lead.post(path, url.Values{"do": {"cancel"}}); rec.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d, want 404", path, rec.Code)
		}
	}
	for _, path := range []string{"/c?cursor=x", "/admin/mailboxes/sen/ledger?fate=x"} {
		if rec := lead.get(path); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("GET %s: %d, want 422", path, rec.Code)
		}
	}
	for _, path := range []string{"/admin/mailboxes/sen/ledger?before=" + huge, "/c/WM-2201?tab=history&from=" + huge, "/c/WM-2201?tab=history&from=-5", "/c/WM-2201?show=" + huge} {
		if rec := lead.get(path); rec.Code != http.StatusOK {
			t.Errorf("GET %s: %d, want 200", path, rec.Code)
		}
	}
}

func TestCasePageSaysWhoMayBeTold(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	officer := p.as(p.deanStaff)
	body := officer.ok("/c/WM-2201", "M.B.", "Tessa Brandt", "mother", "3 Sep 2026", "The address", "Do not write", "We must not write to Kay Doyle",
		"The address is protected for 1 person", "School matters only", r.TicketRef, "/calls/new?case=WM-2201", `href="/c/WM-2201/officer"`)
	title, _, _ := strings.Cut(body[strings.Index(body, "<title>"):], "</title>")
	if strings.Contains(title, "Milo") || strings.Contains(title, "Brandt") {
		t.Errorf("a name is in the title: %s", title)
	}
	for _, path := range []string{"/c/WM-2201", "/c/WM-2201/people", fmt.Sprintf("/c/WM-2201/people/%d", p.mother.ID), fmt.Sprintf("/c/WM-2201?show=%d", p.mother.ID)} {
		if body := officer.ok(path); strings.Contains(body, tessa) {
			t.Errorf("%s: a protected address is shown without being asked for", path)
		}
	}
	officer.ok("/c/WM-2201/people", "rob@post.example")
	officer.ok("/c/WM-2201?tab=history", "Draft plan", "Contact line", "When will the draft plan come?")
	officer.ok("/c?q=brandt", "WM-2201", "Dean Foss")
	if body := officer.ok("/c?q=secretname", "No case that you can open matches"); strings.Contains(body, "WM-2303") {
		t.Error("a restricted case of another team is listed")
	}
}

func TestNotesStayWithThoseWhoMayReadThem(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.as(p.deanStaff).sends("/e/"+r.TicketRef+"/notes/new", url.Values{"note": {"panel has not met"}, "do": {"save"}}, http.StatusSeeOther)
	p.as(p.deanStaff).ok("/c/WM-2201?tab=history", "panel has not met")
	if body := p.as(p.deanStaff).ok("/search?q=panel"); strings.Contains(body, "panel has not met") {
		t.Error("a note is found by words")
	}
}

func TestSearch(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	officer := p.as(p.deanStaff)
	officer.ok("/search?q=Milo", "M.B.", "WM-2201", "/c/WM-2201?tab=history")
	officer.ok("/search?q=tessa+brandt", "Tessa Brandt", "mother of M.B.")
	officer.ok("/search?q="+strings.ToLower(r.TicketRef), r.TicketRef)
	officer.ok("/search?q=draft", "<mark>draft</mark>", "/e/"+r.TicketRef+"#m")
	officer.ok("/search?q=" + url.QueryEscape(hostile))
	officer.ok("/search?q=zzz", "No match for")
	if body := officer.ok("/search?q=secretname"); strings.Contains(body, "WM-2303") || strings.Contains(body, "Una") {
		t.Error("a restricted case of another team is found")
	}
	if got := officer.get("/search?q=" + strings.Repeat("a", 300)).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a search of 300 characters: %d", got)
	}
}

func TestPreferences(t *testing.T) {
	p := newPages(t)
	b := p.as(p.deanStaff)
	b.sends("/me", url.Values{"theme": {"dark"}, "density": {"roomy"}, "shortcuts": {"on"}, "live": {"off"}}, http.StatusSeeOther)
	b.ok("/help", `data-theme="dark"`, `data-density="roomy"`, `data-shortcuts="on"`, `data-quiet="on"`)
	b.sends("/me", url.Values{"theme": {"system"}, "density": {"compact"}, "shortcuts": {"off"}, "live": {"on"}}, http.StatusSeeOther)
	if body := b.ok("/me"); strings.Contains(body, "data-theme=") || strings.Contains(body, "data-quiet") {
		t.Error("the page does not follow the system again")
	}
	rec := b.sends("/me", url.Values{"theme": {hostile}, "density": {"roomy"}, "shortcuts": {"on"}, "live": {"on"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), "Choose the colours") {
		t.Error("the error is not said")
	}
	if body := b.ok("/me"); strings.Contains(body, `data-density="roomy"`) {
		t.Error("half of a wrong form was kept")
	}
}
