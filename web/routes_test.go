package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web"
)

// table is every route, with those of the demonstration.
func table(t *testing.T) []web.Line {
	t.Helper()
	s, err := web.New(web.Deps{Demo: newOutside()})
	if err != nil {
		t.Fatal(err)
	}
	lines := s.Table()
	if len(lines) < 50 {
		t.Fatalf("only %d routes were found", len(lines))
	}
	return lines
}

// TestEveryRouteNamesItsPermission: a route without one, or with one that no role
// has, cannot be added. What needs no sign-in is listed here by name.
func TestEveryRouteNamesItsPermission(t *testing.T) {
	granted := func(p access.Permission) bool {
		return slices.ContainsFunc(access.Roles(), func(r access.Role) bool { return access.Actor{Role: r}.May(p) })
	}
	open := []string{
		"GET /", "GET /sign-in", "POST /sign-in", "GET /sign-in/code", "POST /sign-in/code", "GET /sign-in/council",
		"GET /sign-in/council/back", "GET /sign-in/council/out", "GET /sign-in/welcome", "POST /sign-in/welcome", "POST /sign-out", "GET /signed-out", "GET /accessibility", "GET /privacy",
		"GET /parents", "GET /parents/:key", "POST /parents", // of the demonstration alone
	}
	seen := map[string]bool{}
	for _, l := range table(t) {
		name := l.Method + " " + l.Path
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		switch {
		case l.Method != http.MethodGet && l.Method != http.MethodPost:
			t.Errorf("%s: the protection against other sites knows GET and POST", name)
		case l.Need == "":
			t.Errorf("%s names no permission", name)
		case l.Need == web.Public && !slices.Contains(open, name):
			t.Errorf("%s is open to everybody and is not in the list of this test", name)
		case l.Need != web.Public && slices.Contains(open, name):
			t.Errorf("%s is in the list of open routes and asks for %s", name, l.Need)
		case l.Need != web.Public && l.Need != web.Anyone && !granted(access.Permission(l.Need)):
			t.Errorf("%s asks for %q, which no role has", name, l.Need)
		}
	}
	s, err := web.New(web.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Table() {
		if strings.HasPrefix(l.Path, "/parents") {
			t.Errorf("%s %s is there without a demonstration", l.Method, l.Path)
		}
	}
}

var param = regexp.MustCompile(`:[a-z]+`)

// TestNothingWithoutSession: every route that is not public sends a reader to
// sign in, and answers a form or a part of a page with 401.
func TestNothingWithoutSession(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	for _, l := range table(t) {
		path := param.ReplaceAllString(strings.ReplaceAll(l.Path, ":ref", r.TicketRef), "1")
		nobody := &browser{p: p}
		rec := nobody.do(l.Method, path, nil)
		location := rec.Header().Get("Location")
		if l.Need == web.Public {
			if rec.Code == http.StatusUnauthorized || strings.Contains(location, "next=") {
				t.Errorf("%s %s is public and asks for a session", l.Method, path)
			}
			continue
		}
		switch {
		case l.Method == http.MethodPost && rec.Code != http.StatusUnauthorized:
			t.Errorf("POST %s without a session: %d, want 401", path, rec.Code)
		case l.Method == http.MethodGet && (rec.Code != http.StatusSeeOther || location != "/sign-in?next="+url.QueryEscape(path)):
			t.Errorf("GET %s without a session: %d to %q", path, rec.Code, location)
		}
		nobody.header = http.Header{"HX-Request": {"true"}}
		if rec := nobody.do(l.Method, path, nil); rec.Code != http.StatusUnauthorized {
			t.Errorf("%s %s as a part, without a session: %d, want 401", l.Method, path, rec.Code)
		}
		if strings.Contains(rec.Body.String(), "Brandt") || strings.Contains(rec.Body.String(), "Draft plan") {
			t.Errorf("%s %s says something of an enquiry to somebody without a session", l.Method, path)
		}
	}
}

const fromElsewhere = "This form was sent from another site"

// TestFormsOfOtherSites: a form that another site posts in somebody's name does
// nothing; the same form of our own page works.
func TestFormsOfOtherSites(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	elsewhere := []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {"cross-site"}, "HX-Request": {"true"}},
		{"Origin": {"https://evil.example"}}, // a browser too old for the other field
		{"Origin": {"null"}},
	}
	lead := p.role(access.RoleLead)
	posts := 0
	for _, l := range table(t) {
		if l.Method != http.MethodPost {
			continue
		}
		posts++
		path := param.ReplaceAllString(strings.ReplaceAll(l.Path, ":ref", r.TicketRef), "1")
		for _, h := range elsewhere {
			lead.header = h
			if rec := lead.post(path, url.Values{}); rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), fromElsewhere) {
				t.Errorf("POST %s with %v: %d", path, h, rec.Code)
			}
		}
	}
	if posts < 20 {
		t.Fatalf("only %d routes take forms", posts)
	}
	// The form itself would have worked.
	note := url.Values{"note": {"panel has not met"}, "do": {"save"}}
	notes := func() int {
		list, err := p.db.Notes(t.Context(), actorOf(p.staff[access.RoleLead]), r.TicketID)
		p.must(err)
		return len(list)
	}
	for i, h := range append(elsewhere, http.Header{"Sec-Fetch-Site": {"same-origin"}}, http.Header{"Sec-Fetch-Site": {"none"}}, http.Header{}) {
		lead.header = h
		want, status := 0, http.StatusForbidden
		if i >= len(elsewhere) {
			want, status = i-len(elsewhere)+1, http.StatusSeeOther
		}
		lead.sends("/e/"+r.TicketRef+"/notes/new", note, status)
		if got := notes(); got != want {
			t.Fatalf("after a form with %v there are %d notes, want %d", h, got, want)
		}
	}
	// Every form of our own reaches its handler.
	lead.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	for _, l := range table(t) {
		if l.Method != http.MethodPost || l.Path == "/sign-out" || l.Path == "/sign-in" {
			continue // they change who asks; every test signs in by one of them
		}
		path := param.ReplaceAllString(strings.ReplaceAll(l.Path, ":ref", r.TicketRef), "1")
		if rec := lead.post(path, url.Values{}); rec.Code == http.StatusForbidden && strings.Contains(rec.Body.String(), fromElsewhere) || rec.Code == http.StatusUnauthorized || rec.Code >= 500 {
			t.Errorf("POST %s from our own page: %d", path, rec.Code)
		}
	}
}

// queues puts a reply to Tessa into the outbox.
func (p *pages) queues(by register.Staff, ref string) {
	p.t.Helper()
	t, err := p.db.Ticket(p.t.Context(), actorOf(by), ref)
	p.must(err)
	_, err = p.desk.Reply(p.t.Context(), actorOf(by), tickets.ReplyRequest{
		Ref: ref, To: []int64{p.mother.ID}, Subject: "Re: Draft plan", Body: "It comes on Friday.", SeenVersion: t.Version,
	}, p.now)
	p.must(err)
}

func TestParts(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	lead := p.role(access.RoleLead)
	if body := lead.ok("/lead/tiles", `id="tiles"`, "Late now", `hx-get="/lead/tiles"`); strings.Contains(body, "<html") {
		t.Error("the tiles come with a page around them")
	}
	if body := lead.ok("/outbox/waiting", `id="waiting"`); strings.Contains(body, "<html") || strings.Contains(body, "Waiting to go") {
		t.Errorf("a letter waits before one was written: %s", body)
	}
	p.queues(p.staff[access.RoleLead], r.TicketRef)
	lead.ok("/outbox/waiting", "Waiting to go", "Tessa Brandt", `value="cancel"`)
	if body := p.as(p.deanStaff).ok("/outbox/waiting"); strings.Contains(body, "Waiting to go") {
		t.Error("a colleague is offered to cancel the letter of another")
	}
	if rec := p.as(p.deanStaff).get("/lead/tiles"); rec.Code != http.StatusForbidden {
		t.Errorf("the tiles as an officer: %d", rec.Code)
	}
	// Public pages: with and without a session, and no news of the inside.
	nobody := &browser{p: p}
	for path, want := range map[string]string{"/accessibility": "Web Content Accessibility Guidelines", "/privacy": "One cookie keeps you signed in"} {
		if body := nobody.ok(path, want, "01234 000000"); strings.Contains(body, "Sign out") {
			t.Errorf("%s shows a navigation to nobody", path)
		}
		lead.ok(path, want, "Sign out", fmt.Sprintf("%s</a>", p.staff[access.RoleLead].Name))
	}
}
