package web_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web"
	"hearback/web/session"
)

// Where every account needs an app, the first sign-in sets one up, and nothing
// opens before its first code.
func TestFirstSignInSetsUpAnApp(t *testing.T) {
	p := newPages(t, func(d *web.Deps) { d.SignIn.NeedTOTP = true })
	s := p.deanStaff
	b := &browser{p: p}
	res := b.post("/sign-in", url.Values{"email": {s.Email}, "password": {"open sesame"}, "next": {"/inbox/team"}})
	if res.Code != http.StatusSeeOther || res.Header().Get("Location") != "/sign-in/code" {
		t.Fatalf("the password: %d to %q", res.Code, res.Header().Get("Location"))
	}
	body := b.ok("/sign-in/code", "Set up an authenticator app", "<svg role=\"img\"", "viewBox=\"0 0 ")
	m := keyOnPage.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no key on the page")
	}
	secret := strings.ReplaceAll(m[1], " ", "")
	if again := keyOnPage.FindStringSubmatch(b.ok("/sign-in/code")); again == nil || again[1] != m[1] {
		t.Error("a reload shows another key, and what was scanned is worth nothing")
	}
	closed := func(when string) {
		t.Helper()
		for _, path := range []string{"/inbox", "/c", "/me", "/me/app", "/me/audit", "/search?q=Milo", "/events", "/counts", "/sign-in/again", "/access", "/admin"} {
			if res := b.get(path); res.Code != http.StatusSeeOther || !strings.HasPrefix(res.Header().Get("Location"), "/sign-in?") {
				t.Errorf("%s: %s answers %d to %q", when, path, res.Code, res.Header().Get("Location"))
			}
		}
		for path, form := range map[string]url.Values{
			"/me/password": {"password": {"open sesame"}, "new_password": {"three odd words"}}, "/me/app": {"code": {p.codeOf(secret)}}, "/me/codes": {}, "/inbox/move": {},
			"/sign-in/again": {"password": {"open sesame"}},
		} {
			if got := b.post(path, form).Code; got != http.StatusUnauthorized {
				t.Errorf("%s: POST %s answers %d", when, path, got)
			}
		}
	}
	closed("after the password")
	wrong, err := session.CodeAt(secret, p.now.Add(time.Hour))
	p.must(err)
	for _, code := range []string{"", wrong} {
		if got := b.post("/sign-in/code", url.Values{"code": {code}}).Code; got != http.StatusUnprocessableEntity {
			t.Errorf("the code %q: %d", code, got)
		}
	}
	closed("after wrong codes")
	if acc, err := p.db.Account(t.Context(), s.ID); err != nil || acc.TOTP != "" || acc.CodesLeft != 0 {
		t.Errorf("a wrong code sets up %+v, %v", acc, err)
	}
	first := p.codeOf(secret)
	res = b.post("/sign-in/code", url.Values{"code": {first}})
	codes := codeOnPage.FindAllStringSubmatch(res.Body.String(), -1)
	if res.Code != http.StatusOK || len(codes) != 10 || !strings.Contains(res.Body.String(), `href="/inbox/team"`) {
		t.Fatalf("the right code: %d, %d recovery codes", res.Code, len(codes))
	}
	if res.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the recovery codes may be kept by the browser: %q", res.Header().Get("Cache-Control"))
	}
	if !signedIn(b) {
		t.Fatal("not signed in")
	}
	for _, path := range []string{"/sign-in/code", "/me", "/me/app"} { // shown once
		if codeOnPage.MatchString(b.get(path).Body.String()) {
			t.Errorf("%s shows recovery codes again", path)
		}
	}
	acc, err := p.db.Account(t.Context(), s.ID)
	if err != nil || acc.TOTP == "" || strings.Contains(acc.TOTP, secret) || acc.CodesLeft != 10 {
		t.Errorf("the account is %+v, %v", acc, err)
	}
	// The next sign-in asks for a code and shows no key; the first code has counted.
	next := &browser{p: p}
	next.password(s.Email, "open sesame")
	if page := next.ok("/sign-in/code", "Enter your code"); keyOnPage.MatchString(page) {
		t.Error("the key is shown to whoever knows the password")
	}
	if got := next.post("/sign-in/code", url.Values{"code": {first}}).Code; got != http.StatusUnprocessableEntity || signedIn(next) {
		t.Errorf("the first code again: %d", got)
	}
	p.now = p.now.Add(time.Minute)
	if got := next.post("/sign-in/code", url.Values{"code": {p.codeOf(secret)}}).Code; got != http.StatusSeeOther || !signedIn(next) {
		t.Errorf("the next code: %d", got)
	}
}

// What opens doors, or lifts a protection, asks for a sign-in of the last quarter
// of an hour, and does nothing before; afterwards the reader is back at the form.
func TestOldSignInsDoNotDo(t *testing.T) {
	p := newPages(t)
	admin, lead := p.role(access.RoleAdmin), p.role(access.RoleLead)
	user := "/admin/users/u/" + strconv.FormatInt(p.deanStaff.ID, 10)
	p.now = p.now.Add(16 * time.Minute)
	before, err := p.db.AuditRecords(t.Context(), tickets.AuditQuery{})
	p.must(err)
	for _, c := range []struct {
		b          *browser
		path, back string
		form       url.Values
	}{
		{admin, "/admin/users/new", "/admin/users/new", nil},
		{admin, "/admin/users/new", "/admin/users/new", url.Values{"name": {"New One"}, "email": {"n@westmarsh.example"}, "role": {"officer"}}},
		{admin, user, user, nil},
		{admin, user, user, url.Values{"do": {"disable"}}},
		{admin, "/admin/staff-domains/1", "/admin/staff-domains", url.Values{"do": {"approve"}}},
		{lead, "/access", "/access", nil},
		{lead, "/access", "/access", url.Values{"do": {"break"}, "case": {"WM-2203"}, "reason": {"x"}}},
		{lead, "/access/1", "/access", url.Values{"do": {"approve"}}},
		{lead, "/c/WM-2201/restrictions/1/end", "/c/WM-2201/restrictions/1", url.Values{"do": {"approve"}}},
		{lead, "/admin/import/waiting/1", "/admin/import/waiting", url.Values{"do": {"approve"}}},
		{p.stale(access.RoleHead), "/admin/audit.csv?action=x", "/admin/audit.csv?action=x", nil},
	} {
		res := c.b.get(c.path)
		if c.form != nil {
			res = c.b.post(c.path, c.form)
		}
		if to := res.Header().Get("Location"); res.Code != http.StatusSeeOther || to != "/sign-in/again?next="+url.QueryEscape(c.back) {
			t.Errorf("%s %v: %d to %q", c.path, c.form, res.Code, to)
		}
	}
	after, err := p.db.AuditRecords(t.Context(), tickets.AuditQuery{})
	p.must(err)
	if s, err := p.db.StaffByID(t.Context(), p.deanStaff.ID); err != nil || !s.Active || len(after) != len(before)+1 { // the head signed in
		t.Errorf("something was done: %+v, %v, %d records more", s, err, len(after)-len(before))
	}
	if res := admin.post("/sign-in/again", url.Values{"password": {"open sesame"}, "next": {user}}); res.Header().Get("Location") != user || admin.get(user).Code != http.StatusOK {
		t.Errorf("after showing who it is: %d to %q", res.Code, res.Header().Get("Location"))
	}
}

// stale is a browser in which somebody signed in a while ago.
func (p *pages) stale(r access.Role) *browser {
	p.t.Helper()
	p.now = p.now.Add(-16 * time.Minute)
	defer func() { p.now = p.now.Add(16 * time.Minute) }()
	return p.role(r)
}

// A stream of live events that is open when its session ends is closed.
func TestEventsEndWithTheSession(t *testing.T) {
	for name, end := range map[string]func(p *pages, other *browser) error{
		"ended by its owner": func(p *pages, other *browser) error {
			if got := other.post("/me/sessions", url.Values{"do": {"others"}}).Code; got != http.StatusSeeOther {
				p.t.Errorf("ending the others: %d", got)
			}
			return nil
		},
		"ended by an administrator": func(p *pages, _ *browser) error {
			_, err := p.desk.EndSessions(p.t.Context(), tickets.Console(), p.deanStaff.ID, p.now)
			return err
		},
		"account closed": func(p *pages, _ *browser) error {
			_, err := p.desk.DisableStaff(p.t.Context(), tickets.Console(), p.deanStaff.ID, p.now)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPages(t, func(d *web.Deps) { d.Beat = 5 * time.Millisecond })
			b, other := p.as(p.deanStaff), p.as(p.deanStaff)
			srv := httptest.NewServer(p.srv)
			defer srv.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/events", nil)
			p.must(err)
			req.Header.Set("Cookie", b.cookie)
			res, err := srv.Client().Do(req)
			p.must(err)
			defer func() { _ = res.Body.Close() }()
			lines := bufio.NewReader(res.Body)
			beats := 0
			for beats < 3 {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("the stream ends while its session holds: %v", err)
				}
				if line == ": still here\n" {
					beats++
				}
			}
			p.must(end(p, other))
			if _, err := io.Copy(io.Discard, lines); err != nil { // to its end, or the test hangs
				t.Fatal(err)
			}
			if got := b.get("/events").Code; got != http.StatusSeeOther {
				t.Errorf("it opens again: %d", got)
			}
		})
	}
}
