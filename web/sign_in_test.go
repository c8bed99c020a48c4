package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/web/session"
)

var (
	keyOnPage  = regexp.MustCompile(`<code>((?:[A-Z2-7]{4} ?)+)</code>`)
	codeOnPage = regexp.MustCompile(`<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>`)
)

// app sets up an authenticator app for somebody who is signed in.
func (b *browser) app() (secret string, codes []string) {
	b.p.t.Helper()
	page := b.get("/me/app")
	m := keyOnPage.FindStringSubmatch(page.Body.String())
	if m == nil {
		b.p.t.Fatalf("no key on the page: %d", page.Code)
	}
	secret = strings.ReplaceAll(m[1], " ", "")
	res := b.post("/me/app", url.Values{"code": {b.p.codeOf(secret)}})
	for _, c := range codeOnPage.FindAllStringSubmatch(res.Body.String(), -1) {
		codes = append(codes, c[1])
	}
	if res.Code != http.StatusOK || len(codes) != 10 {
		b.p.t.Fatalf("setting up: %d, %d codes", res.Code, len(codes))
	}
	return secret, codes
}

func (p *pages) codeOf(secret string) string {
	p.t.Helper()
	code, err := session.CodeAt(secret, p.now)
	p.must(err)
	return code
}

func (b *browser) password(email, password string) int {
	return b.post("/sign-in", url.Values{"email": {email}, "password": {password}}).Code
}

// A code counts once; one before it never again; a recovery code once.
func TestSecondFactor(t *testing.T) {
	p := newPages(t)
	s := p.deanStaff
	secret, codes := p.as(s).app()
	first := p.codeOf(secret)

	b := &browser{p: p}
	if got := b.password(s.Email, "open sesame"); got != http.StatusSeeOther {
		t.Fatalf("the password: %d", got)
	}
	if got := b.get("/inbox").Code; got != http.StatusSeeOther {
		t.Fatalf("a password alone opens the inbox: %d", got)
	}
	half := b.cookie
	if got := b.post("/sign-in/code", url.Values{"code": {first}}).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("the code that set the app up counts again: %d", got)
	}
	p.now = p.now.Add(30 * time.Second)
	if got := b.post("/sign-in/code", url.Values{"code": {p.codeOf(secret)}}).Code; got != http.StatusSeeOther {
		t.Fatalf("the next code: %d", got)
	}
	if got := b.get("/inbox").Code; got != http.StatusOK {
		t.Fatalf("signed in: %d", got)
	}
	// The session of the first step has another name and opens nothing.
	if b.cookie == half {
		t.Error("the session keeps its name")
	}
	if got := (&browser{p: p, cookie: half}).get("/inbox").Code; got != http.StatusSeeOther {
		t.Errorf("the session of the first step: %d", got)
	}

	again := func(form url.Values) int {
		b := &browser{p: p}
		b.password(s.Email, "open sesame")
		return b.post("/sign-in/code", form).Code
	}
	if got := again(url.Values{"code": {p.codeOf(secret)}}); got != http.StatusUnprocessableEntity {
		t.Errorf("a replayed code: %d", got)
	}
	if got := again(url.Values{"recovery": {strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))}}); got != http.StatusSeeOther {
		t.Errorf("a recovery code: %d", got)
	}
	if ok, err := p.desk.TakeRecoveryCode(t.Context(), s.ID, codes[3], "", p.now); ok || err != nil {
		t.Errorf("a recovery code twice: %v, %v", ok, err)
	}
	// The limit on guesses is reached: also the right code has to wait.
	p.now = p.now.Add(30 * time.Second)
	if got := again(url.Values{"code": {p.codeOf(secret)}}); got != http.StatusTooManyRequests {
		t.Errorf("the seventh try: %d", got)
	}
}

// Too slow over the second step: from the beginning.
func TestSecondFactorEnds(t *testing.T) {
	p := newPages(t)
	secret, _ := p.as(p.deanStaff).app()
	b := &browser{p: p}
	b.password(p.deanStaff.Email, "open sesame")
	p.now = p.now.Add(11 * time.Minute)
	res := b.post("/sign-in/code", url.Values{"code": {p.codeOf(secret)}})
	if res.Header().Get("Location") != "/sign-in" || b.get("/inbox").Code != http.StatusSeeOther {
		t.Errorf("after 11 minutes: %d to %s", res.Code, res.Header().Get("Location"))
	}
}

// Every failure looks the same, and is in the audit.
func TestFailuresLookAlike(t *testing.T) {
	p := newPages(t)
	ctx := t.Context()
	shut := p.staff[access.RoleOfficer]
	_, err := p.desk.DisableStaff(ctx, tickets.Console(), shut.ID, p.now)
	p.must(err)
	over := p.staff[access.RoleAuditor]
	past := p.now.Add(-time.Hour)
	over.AccessEndsAt = &past
	p.must(p.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateStaff(ctx, &over) }))
	var first string
	for name, c := range map[string][2]string{
		"wrong password": {p.deanStaff.Email, "wrong"}, "nobody": {"nobody@westmarsh.example", "open sesame"},
		"closed": {shut.Email, "open sesame"}, "time over": {over.Email, "open sesame"}, "empty": {"", ""},
	} {
		res := (&browser{p: p}).post("/sign-in", url.Values{"email": {c[0]}, "password": {c[1]}})
		body := strings.ReplaceAll(res.Body.String(), fmt.Sprintf("value=%q", c[0]), `value=""`)
		if first == "" {
			first = body
		}
		if res.Code != http.StatusUnprocessableEntity || body != first {
			t.Errorf("%s: %d, another page", name, res.Code)
		}
	}
	list, err := p.db.AuditRecords(ctx, tickets.AuditQuery{Action: audit.SignInFailed})
	p.must(err)
	if len(list) != 5 || list[0].From == "" {
		t.Errorf("%d failures in the audit: %+v", len(list), list)
	}
}

// A session that somebody planted is not the one that is signed in.
func TestFixedSession(t *testing.T) {
	p := newPages(t)
	b := &browser{p: p, cookie: "session=planted-by-somebody-else"}
	if got := b.password(p.deanStaff.Email, "open sesame"); got != http.StatusSeeOther {
		t.Fatal(got)
	}
	if strings.Contains(b.cookie, "planted") {
		t.Error("the planted name is kept")
	}
	if got := (&browser{p: p, cookie: "session=planted-by-somebody-else"}).get("/inbox").Code; got != http.StatusSeeOther {
		t.Errorf("the planted session: %d", got)
	}
}

var refOnPage = regexp.MustCompile(`name="ref" value="([0-9a-f]{16})"`)

func TestSessionsAreListedAndEnded(t *testing.T) {
	p := newPages(t)
	one, two, three := p.as(p.deanStaff), p.as(p.deanStaff), p.as(p.deanStaff)
	refs := refOnPage.FindAllStringSubmatch(one.get("/me").Body.String(), -1)
	if len(refs) != 3 {
		t.Fatalf("%d sessions are listed", len(refs))
	}
	stranger := p.as(p.southLead)
	for _, r := range refs {
		stranger.post("/me/sessions", url.Values{"do": {"end"}, "ref": {r[1]}})
	}
	for _, b := range []*browser{one, two, three} {
		if b.get("/inbox").Code != http.StatusOK {
			t.Fatal("somebody else ended a session")
		}
	}
	if got := one.post("/me/sessions", url.Values{"do": {"others"}}).Code; got != http.StatusSeeOther {
		t.Fatal(got)
	}
	if a, b, c := one.get("/inbox").Code, two.get("/inbox").Code, three.get("/inbox").Code; a != http.StatusOK || b != http.StatusSeeOther || c != http.StatusSeeOther {
		t.Errorf("after ending the others: %d %d %d", a, b, c)
	}
	// A new password ends the others too.
	two = p.as(p.deanStaff)
	if got := one.post("/me/password", url.Values{"password": {"open sesame"}, "new_password": {"three odd words"}}).Code; got != http.StatusSeeOther {
		t.Fatal(got)
	}
	if a, b := one.get("/inbox").Code, two.get("/inbox").Code; a != http.StatusOK || b != http.StatusSeeOther {
		t.Errorf("after a new password: %d %d", a, b)
	}
	if got := (&browser{p: p}).password(p.deanStaff.Email, "open sesame"); got != http.StatusUnprocessableEntity {
		t.Errorf("the old password: %d", got)
	}
}

// A closed account is out at once, and its token; a changed role as well.
func TestShutOut(t *testing.T) {
	p := newPages(t)
	ctx := t.Context()
	b := p.as(p.deanStaff)
	p.must(p.db.InsertToken(ctx, "hash", p.deanStaff.ID, nil, "test", time.Time{}))
	admin := actorOf(p.staff[access.RoleAdmin])
	change := tickets.ChangeStaffRequest{StaffID: p.deanStaff.ID, Name: p.deanStaff.Name, Role: access.RoleBusinessSupport, TeamID: p.north.ID}
	p.must(p.desk.ChangeStaff(ctx, admin, change, p.now))
	if got := b.get("/inbox").Code; got != http.StatusSeeOther {
		t.Errorf("after a change of role: %d", got)
	}
	if _, err := p.db.ActorByTokenHash(ctx, "hash", p.now); !fault.Is(err, fault.Denied) {
		t.Errorf("its token: %v", err)
	}
	b = p.as(p.deanStaff)
	left, err := p.desk.DisableStaff(ctx, admin, p.deanStaff.ID, p.now)
	p.must(err)
	if got := b.get("/inbox").Code; got != http.StatusSeeOther || left.Sessions != 1 {
		t.Errorf("after closing: %d, %+v", got, left)
	}
}

// What changes how somebody signs in asks once more who it is.
func TestSignInAgain(t *testing.T) {
	p := newPages(t)
	b := p.as(p.deanStaff)
	p.now = p.now.Add(16 * time.Minute)
	if to := b.get("/me/app").Header().Get("Location"); to != "/sign-in/again?next=%2Fme%2Fapp" {
		t.Fatalf("an old sign-in leads to %q", to)
	}
	if got := b.post("/sign-in/again", url.Values{"password": {"wrong"}}).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %d", got)
	}
	before := b.cookie
	res := b.post("/sign-in/again", url.Values{"password": {"open sesame"}, "next": {"/me/app"}})
	if res.Header().Get("Location") != "/me/app" || b.cookie == before || b.get("/me/app").Code != http.StatusOK {
		t.Errorf("the right one: %d to %q", res.Code, res.Header().Get("Location"))
	}
	if to := b.post("/sign-in/again", url.Values{"password": {"open sesame"}, "next": {"//evil.example"}}).Header().Get("Location"); to != "/inbox" {
		t.Errorf("an address elsewhere is followed: %q", to)
	}
}

func TestInvitation(t *testing.T) {
	p := newPages(t)
	admin := actorOf(p.staff[access.RoleAdmin])
	inv, err := p.desk.InviteStaff(t.Context(), admin, tickets.InviteRequest{Email: "new.one@westmarsh.example", Name: "New One", Role: access.RoleOfficer, TeamID: p.north.ID}, p.now)
	p.must(err)
	form := func(code string) url.Values {
		return url.Values{"email": {"New.One@westmarsh.example"}, "code": {code}, "password": {"three odd words"}}
	}
	b := &browser{p: p}
	if got := b.post("/sign-in/welcome", form("wrong")).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: %d", got)
	}
	if got := b.password("new.one@westmarsh.example", ""); got != http.StatusUnprocessableEntity {
		t.Errorf("no password: %d", got)
	}
	if got := b.post("/sign-in/welcome", form(inv.Code)).Code; got != http.StatusOK {
		t.Errorf("the code: %d", got)
	}
	if got := b.post("/sign-in/welcome", form(inv.Code)).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("the code twice: %d", got)
	}
	if got := b.password("new.one@westmarsh.example", "three odd words"); got != http.StatusSeeOther {
		t.Errorf("signing in: %d", got)
	}
}
