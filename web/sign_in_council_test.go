package web_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
	"hearback/web"
	"hearback/web/oidc"
)

const councilClient = "hearback-westmarsh"

// idp is the council's identity provider, on loopback.
type idp struct {
	*pages
	srv  *httptest.Server
	key  *rsa.PrivateKey
	base string

	mu    sync.Mutex
	codes map[string]grantedCode
	n     int
}

// grantedCode is what a code stands for, until it is spent.
type grantedCode struct {
	claims    map[string]any
	challenge string // of PKCE (RFC 7636)
}

// withCouncil are pages with a provider whose groups are as given.
func withCouncil(t *testing.T, groups map[string]oidc.Group) *idp {
	t.Helper()
	f := &idp{codes: map[string]grantedCode{}}
	var err error
	if f.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		tell(w, map[string]any{
			"issuer": f.base, "authorization_endpoint": f.base + "/authorize", "token_endpoint": f.base + "/token", "jwks_uri": f.base + "/keys",
			"end_session_endpoint": f.base + "/logout", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		b64 := base64.RawURLEncoding
		tell(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": b64.EncodeToString(f.key.N.Bytes()), "e": b64.EncodeToString(big.NewInt(int64(f.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("/token", f.token)
	f.srv = httptest.NewServer(mux)
	t.Cleanup(f.srv.Close)
	f.base = f.srv.URL
	provider, err := oidc.New(oidc.Options{
		Issuer: f.base, ClientID: councilClient, Redirect: "https://hearback.westmarsh.example/sign-in/council/back", OwnNetwork: true, Groups: groups,
		Secret: func() (string, error) { return "s3cret", nil }, Now: func() time.Time { return f.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.pages = newPages(t, func(d *web.Deps) { d.SignIn.Council = provider })
	return f
}

func tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (f *idp) token(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	g, known := f.codes[r.PostFormValue("code")]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != councilClient || secret != "s3cret" || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		w.WriteHeader(http.StatusBadRequest)
		tell(w, map[string]any{"error": "invalid_grant"})
		return
	}
	delete(f.codes, r.PostFormValue("code"))
	tell(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": f.sign(g.claims)})
}

func (f *idp) sign(claims map[string]any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			f.t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	if err != nil {
		f.t.Error(err)
	}
	return body + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// goes leads to the provider, where somebody signs in as subject; it gives what the
// browser brings back.
func (f *idp) goes(b *browser, path, subject string, change ...func(claims map[string]any)) url.Values {
	f.t.Helper()
	res := b.get(path)
	to, err := url.Parse(res.Header().Get("Location"))
	f.must(err)
	q := to.Query()
	if res.Code != http.StatusSeeOther || !strings.HasPrefix(to.String(), f.base+"/authorize?") || q.Get("redirect_uri") != "https://hearback.westmarsh.example/sign-in/council/back" {
		f.t.Fatalf("%s: %d to %s", path, res.Code, to)
	}
	claims := map[string]any{
		"iss": f.base, "sub": subject, "aud": councilClient, "exp": f.now.Add(time.Hour).Unix(), "iat": f.now.Unix(), "auth_time": f.now.Unix(), "nonce": q.Get("nonce"),
	}
	for _, c := range change {
		c(claims)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	code := "code-" + string(rune('a'+f.n))
	f.codes[code] = grantedCode{claims, q.Get("code_challenge")}
	return url.Values{"state": {q.Get("state")}, "code": {code}}
}

func (f *idp) back(b *browser, q url.Values) *httptest.ResponseRecorder {
	return b.get("/sign-in/council/back?" + q.Encode())
}

// knows binds a subject of the provider to an account.
func (f *idp) knows(s register.Staff, subject string) {
	f.t.Helper()
	ctx := f.t.Context()
	f.must(f.db.Write(ctx, func(tx tickets.Tx) error {
		acc, err := tx.Account(ctx, s.ID)
		if err != nil {
			return err
		}
		acc.Issuer, acc.Subject = f.base, subject
		return tx.PutAccount(ctx, acc)
	}))
}

func signedIn(b *browser) bool { return b.get("/inbox").Code == http.StatusOK }

// The way of a colleague who was invited: the first sign-in binds, the next goes
// by the subject, whatever the address is by then.
func TestCouncilSignIn(t *testing.T) {
	f := withCouncil(t, nil)
	admin := actorOf(f.staff[access.RoleAdmin])
	_, err := f.desk.InviteStaff(t.Context(), admin, tickets.InviteRequest{Email: "new.one@westmarsh.example", Name: "New One", Role: access.RoleOfficer, TeamID: f.north.ID}, f.now)
	f.must(err)
	b := &browser{p: f.pages}
	b.ok("/sign-in?next=/inbox/team", "/sign-in/council?next=%2Finbox%2Fteam", "council account")
	q := f.goes(b, "/sign-in/council?next=%2Finbox%2Fteam", "s-1", func(c map[string]any) { c["email"] = "New.One@westmarsh.example" })
	before := b.cookie
	if signedIn(b) {
		t.Fatal("signed in before the provider said anything")
	}
	res := f.back(b, q)
	if res.Code != http.StatusSeeOther || res.Header().Get("Location") != "/inbox/team" || !signedIn(b) {
		t.Fatalf("back: %d to %q", res.Code, res.Header().Get("Location"))
	}
	if b.cookie == before || signedIn(&browser{p: f.pages, cookie: before}) {
		t.Error("the session from before the sign-in is the one that is signed in")
	}
	second := &browser{p: f.pages}
	f.back(second, f.goes(second, "/sign-in/council", "s-1", func(c map[string]any) { c["email"] = "renamed@westmarsh.example" }))
	if !signedIn(second) {
		t.Error("the same person with another address is not signed in")
	}
	if to := b.post("/sign-out", url.Values{}).Header().Get("Location"); to != "/signed-out?council=1" || signedIn(b) {
		t.Errorf("signing out leads to %q", to)
	}
	if to := b.get("/sign-in/council/out").Header().Get("Location"); !strings.HasPrefix(to, f.base+"/logout?") {
		t.Errorf("out of the provider: %q", to)
	}
	list, err := f.db.AuditRecords(t.Context(), tickets.AuditQuery{Action: audit.SignedIn})
	f.must(err)
	if len(list) != 2 || list[0].Detail["method"] != "oidc" {
		t.Errorf("the audit says %+v", list)
	}
}

// Whatever is wrong with an answer: nobody is signed in, the page says one thing,
// and the answer is spent, so that a right one with the same state does not do.
func TestForgedCouncilAnswers(t *testing.T) {
	type try struct {
		f *idp
		b *browser
		q url.Values
	}
	first := ""
	for name, c := range map[string]struct {
		claims func(f *idp, c map[string]any)
		answer func(x *try)
	}{
		"state":           {answer: func(x *try) { x.q.Set("state", "another") }},
		"no state":        {answer: func(x *try) { x.q.Del("state") }},
		"nonce":           {claims: func(_ *idp, c map[string]any) { c["nonce"] = "another" }},
		"no nonce":        {claims: func(_ *idp, c map[string]any) { delete(c, "nonce") }},
		"issuer":          {claims: func(_ *idp, c map[string]any) { c["iss"] = "https://id.other.example" }},
		"issuer of query": {answer: func(x *try) { x.q.Set("iss", "https://id.other.example") }},
		"audience":        {claims: func(_ *idp, c map[string]any) { c["aud"] = "another" }},
		"expired":         {claims: func(f *idp, c map[string]any) { c["exp"] = f.now.Add(-2 * time.Minute).Unix() }},
		"too late":        {answer: func(x *try) { x.f.now = x.f.now.Add(11 * time.Minute) }},
		"unknown code":    {answer: func(x *try) { x.q.Set("code", "guessed") }},
		"the provider refuses": {answer: func(x *try) {
			x.q.Del("code")
			x.q.Set("error", "access_denied")
			x.q.Set("error_description", hostile)
		}},
		"a browser that never asked": {answer: func(x *try) { x.b = &browser{p: x.f.pages} }},
		"another browser that asked": {answer: func(x *try) {
			x.b = &browser{p: x.f.pages}
			x.f.goes(x.b, "/sign-in/council", "s-2")
		}},
		"replayed": {answer: func(x *try) {
			if x.f.back(x.b, x.q); !signedIn(x.b) {
				x.f.t.Fatal("the first time does not sign in")
			}
			x.b = &browser{p: x.f.pages}
			q := x.f.goes(x.b, "/sign-in/council", "s-1")
			x.q.Set("state", q.Get("state"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := withCouncil(t, nil)
			f.knows(f.deanStaff, "s-1")
			x := &try{f: f, b: &browser{p: f.pages}}
			x.q = f.goes(x.b, "/sign-in/council", "s-1", func(m map[string]any) {
				if c.claims != nil {
					c.claims(f, m)
				}
			})
			good := x.q.Encode()
			if c.answer != nil {
				c.answer(x)
			}
			res := f.back(x.b, x.q)
			if res.Code < 400 || signedIn(x.b) {
				t.Errorf("%d, signed in %v", res.Code, signedIn(x.b))
			}
			_, text, ok := strings.Cut(res.Body.String(), "The council&#39;s sign-in did not work")
			if !ok {
				t.Fatalf("the page says: %s", res.Body.String())
			}
			text, _, _ = strings.Cut(text, "</")
			if first == "" {
				first = text
			}
			if text != first {
				t.Errorf("it goes on %q, elsewhere %q", text, first)
			}
			if again := x.b.get("/sign-in/council/back?" + good); again.Code < 400 || signedIn(x.b) {
				t.Errorf("the right answer after a wrong one: %d", again.Code)
			}
			list, err := f.db.AuditRecords(t.Context(), tickets.AuditQuery{Action: audit.SignInFailed})
			f.must(err)
			if len(list) == 0 || list[0].Detail["method"] != "oidc" {
				t.Errorf("the audit says %+v", list)
			}
		})
	}
}

// Who has no open account here is not let in by being known to the provider.
func TestCouncilSignInNeedsAnAccount(t *testing.T) {
	f := withCouncil(t, nil)
	shut := f.staff[access.RoleOfficer]
	f.knows(shut, "s-shut")
	_, err := f.desk.DisableStaff(t.Context(), tickets.Console(), shut.ID, f.now)
	f.must(err)
	over, past := f.staff[access.RoleAuditor], f.now.Add(-time.Hour)
	over.AccessEndsAt = &past
	f.must(f.db.Write(t.Context(), func(tx tickets.Tx) error { return tx.UpdateStaff(t.Context(), &over) }))
	f.knows(over, "s-over")
	for name, claims := range map[string]map[string]any{
		"closed": {"sub": "s-shut"}, "time over": {"sub": "s-over"}, "nobody": {"sub": "s-9"},
		"the address of a colleague": {"sub": "s-9", "email": f.deanStaff.Email},
	} {
		b := &browser{p: f.pages}
		res := f.back(b, f.goes(b, "/sign-in/council", "s-9", func(c map[string]any) {
			for k, v := range claims {
				c[k] = v
			}
		}))
		if res.Code != http.StatusForbidden || signedIn(b) {
			t.Errorf("%s: %d", name, res.Code)
		}
	}
}

// The page to go to afterwards is one of ours.
func TestCouncilSignInLeadsNowhereElse(t *testing.T) {
	f := withCouncil(t, nil)
	f.knows(f.deanStaff, "s-1")
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\tevil", "javascript:alert(1)", "inbox"} {
		b := &browser{p: f.pages}
		res := f.back(b, f.goes(b, "/sign-in/council?next="+url.QueryEscape(next), "s-1"))
		if to := res.Header().Get("Location"); res.Code != http.StatusSeeOther || to != "/inbox" {
			t.Errorf("%q leads to %q, %d", next, to, res.Code)
		}
	}
}

// Groups give the role at each sign-in, and what was open under the old one ends.
func TestCouncilGroups(t *testing.T) {
	f := withCouncil(t, map[string]oidc.Group{"g-lead": {Role: access.RoleLead, Team: "South"}, "g-officer": {Role: access.RoleOfficer, Team: "North"}})
	f.knows(f.deanStaff, "s-1")
	in := func(groups ...string) (*browser, int) {
		b := &browser{p: f.pages}
		res := f.back(b, f.goes(b, "/sign-in/council", "s-1", func(c map[string]any) { c["groups"] = groups }))
		return b, res.Code
	}
	officer, code := in("g-officer", "g-else")
	if code != http.StatusSeeOther || officer.get("/lead").Code != http.StatusForbidden {
		t.Fatalf("as an officer: %d, and the lead's page %d", code, officer.get("/lead").Code)
	}
	lead, code := in("g-lead")
	if code != http.StatusSeeOther || lead.get("/lead").Code != http.StatusOK || signedIn(officer) {
		t.Errorf("as a lead: %d; the officer's session is open: %v", code, signedIn(officer))
	}
	s, err := f.db.StaffByID(t.Context(), f.deanStaff.ID)
	f.must(err)
	if s.Role != string(access.RoleLead) || s.TeamID != f.south.ID {
		t.Errorf("the account is %+v", s)
	}
	for _, groups := range [][]string{{"g-else"}, {}, {"g-lead", "g-officer"}} {
		if b, code := in(groups...); code != http.StatusForbidden || signedIn(b) {
			t.Errorf("%v: %d", groups, code)
		}
	}
}

// To show once more who one is, it has to be the same person, and now.
func TestCouncilSignInAgain(t *testing.T) {
	f := withCouncil(t, nil)
	f.knows(f.deanStaff, "s-1")
	f.knows(f.southLead, "s-2")
	b := &browser{p: f.pages}
	f.back(b, f.goes(b, "/sign-in/council", "s-1"))
	f.now = f.now.Add(time.Hour - time.Minute)
	if to := b.get("/access").Header().Get("Location"); to != "/sign-in/again?next=%2Faccess" {
		t.Fatalf("an old sign-in leads to %q", to)
	}
	b.ok("/sign-in/again?next=/access", "/sign-in/council?again=1")
	again := "/sign-in/council?again=1&next=%2Faccess"
	for name, c := range map[string]struct {
		subject string
		at      time.Time
	}{"another account": {"s-2", f.now}, "signed in an hour ago": {"s-1", f.now.Add(-time.Hour)}} {
		res := f.back(b, f.goes(b, again, c.subject, func(m map[string]any) { m["auth_time"] = c.at.Unix() }))
		if res.Code != http.StatusForbidden || b.get("/access").Code != http.StatusSeeOther {
			t.Errorf("%s: %d", name, res.Code)
		}
	}
	res := f.back(b, f.goes(b, again, "s-1"))
	if res.Header().Get("Location") != "/access" || b.get("/access").Code != http.StatusOK {
		t.Errorf("the right one: %d to %q", res.Code, res.Header().Get("Location"))
	}
}
