package oidc

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
	"sync"
	"testing"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

const client = "hearback-westmarsh"

// fake is an identity provider on loopback.
type fake struct {
	t         *testing.T
	srv       *httptest.Server
	key       *rsa.PrivateKey
	other     *rsa.PrivateKey
	now       time.Time
	mu        sync.Mutex
	codes     map[string]map[string]any // claims by code; each code works once
	verify    map[string]string         // PKCE challenge by code
	sign      func(claims map[string]any) string
	redirect  bool // the token endpoint sends us elsewhere
	sendsIss  bool
	elsewhere *httptest.Server
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), codes: map[string]map[string]any{}, verify: map[string]string{}}
	var err error
	if f.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if f.other, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	f.sign = func(c map[string]any) string { return jwt(t, f.key, "RS256", "k1", c) }
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": f.srv.URL, "authorization_endpoint": f.srv.URL + "/authorize", "token_endpoint": f.srv.URL + "/token", "jwks_uri": f.srv.URL + "/keys",
			"end_session_endpoint": f.srv.URL + "/logout", "id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"},
			"authorization_response_iss_parameter_supported": f.sendsIss,
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		enc := base64.RawURLEncoding
		answer(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": enc.EncodeToString(f.key.N.Bytes()), "e": enc.EncodeToString(big.NewInt(int64(f.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("/token", f.token)
	f.srv = httptest.NewServer(mux)
	t.Cleanup(f.srv.Close)
	return f
}

func (f *fake) token(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.redirect {
		http.Redirect(w, r, f.elsewhere.URL, http.StatusTemporaryRedirect)
		return
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	code := r.PostFormValue("code")
	claims, known := f.codes[code]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != client || secret != "s3cret" || base64.RawURLEncoding.EncodeToString(sum[:]) != f.verify[code] {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"error": "invalid_grant"})
		return
	}
	delete(f.codes, code) // RFC 6749 section 4.1.2
	answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": f.sign(claims)})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// jwt signs claims. alg "none" leaves the signature out.
func jwt(t *testing.T, key *rsa.PrivateKey, alg, kid string, claims map[string]any) string {
	t.Helper()
	enc := base64.RawURLEncoding
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return enc.EncodeToString(b)
	}
	body := part(map[string]any{"alg": alg, "kid": kid, "typ": "JWT"}) + "." + part(claims)
	if alg == "none" {
		return body + "."
	}
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return body + "." + enc.EncodeToString(sig)
}

func (f *fake) provider(change func(*Options)) *Provider {
	f.t.Helper()
	o := Options{
		Issuer: f.srv.URL, ClientID: client, Redirect: "https://hearback.westmarsh.example/sign-in/council/back", OwnNetwork: true,
		Secret: func() (string, error) { return "s3cret", nil }, Now: func() time.Time { return f.now },
	}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// begin goes to the provider and comes back with what it would send.
func (f *fake) begin(p *Provider, fresh bool) (Pending, url.Values, map[string]any) {
	f.t.Helper()
	to, pending, err := p.Begin(f.t.Context(), fresh)
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("state") != pending.State || q.Get("nonce") != pending.Nonce || q.Get("response_type") != "code" || q.Get("client_secret") != "" {
		f.t.Errorf("the request is %s", to)
	}
	claims := map[string]any{
		"iss": f.srv.URL, "sub": "subject-1", "aud": client, "exp": f.now.Add(time.Hour).Unix(), "iat": f.now.Unix(), "nonce": pending.Nonce,
		"email": "priya@westmarsh.example", "auth_time": f.now.Unix(),
	}
	f.mu.Lock()
	f.codes["c1"], f.verify["c1"] = claims, q.Get("code_challenge")
	f.mu.Unlock()
	return pending, url.Values{"state": {pending.State}, "code": {"c1"}}, claims
}

func TestSignIn(t *testing.T) {
	f := newFake(t)
	p := f.provider(nil)
	pending, q, _ := f.begin(p, false)
	id, err := p.Finish(t.Context(), pending, q)
	if err != nil {
		t.Fatal(err)
	}
	if *id != (Identity{Issuer: f.srv.URL, Subject: "subject-1", Email: "priya@westmarsh.example"}) {
		t.Errorf("it is %+v", id)
	}
	// The same answer once more: the code is spent.
	if _, err := p.Finish(t.Context(), pending, q); !fault.Is(err, fault.Denied) {
		t.Errorf("a replayed code: %v", err)
	}
	if to := p.LogoutURL(t.Context(), "https://hearback.westmarsh.example/signed-out"); to == "" {
		t.Error("no way to sign out")
	}
}

// What a forger, a thief or another provider would bring is refused.
func TestForgedAnswers(t *testing.T) {
	type all struct {
		f       *fake
		pending *Pending
		q       url.Values
		claims  map[string]any
	}
	for name, change := range map[string]func(all){
		"issuer":          func(x all) { x.claims["iss"] = "https://id.other.example" },
		"audience":        func(x all) { x.claims["aud"] = "another" },
		"for two, not us": func(x all) { x.claims["aud"] = []string{client, "another"}; x.claims["azp"] = "another" },
		"for two, unsaid": func(x all) { x.claims["aud"] = []string{client, "another"} },
		"nonce":           func(x all) { x.claims["nonce"] = "another" },
		"no nonce":        func(x all) { delete(x.claims, "nonce") },
		"expired":         func(x all) { x.claims["exp"] = x.f.now.Add(-time.Minute).Unix() },
		"not valid yet":   func(x all) { x.claims["nbf"] = x.f.now.Add(4 * time.Minute).Unix() },
		"issued later":    func(x all) { x.claims["iat"] = x.f.now.Add(10 * time.Minute).Unix() },
		"issued long ago": func(x all) { x.claims["iat"] = x.f.now.Add(-time.Hour).Unix() },
		"no subject":      func(x all) { delete(x.claims, "sub") },
		"alg none": func(x all) {
			x.f.sign = func(c map[string]any) string { return jwt(x.f.t, x.f.key, "none", "k1", c) }
		},
		"another key": func(x all) {
			x.f.sign = func(c map[string]any) string { return jwt(x.f.t, x.f.other, "RS256", "k1", c) }
		},
		"an unknown key": func(x all) {
			x.f.sign = func(c map[string]any) string { return jwt(x.f.t, x.f.other, "RS256", "k2", c) }
		},
		"said to be HS256": func(x all) {
			x.f.sign = func(c map[string]any) string { return jwt(x.f.t, x.f.key, "HS256", "k1", c) }
		},
		"no token":             func(x all) { x.f.sign = func(map[string]any) string { return "" } },
		"state":                func(x all) { x.q.Set("state", "another") },
		"no state":             func(x all) { x.q.Del("state") },
		"state twice":          func(x all) { x.q["state"] = append(x.q["state"], "another") },
		"nothing pending":      func(x all) { *x.pending = Pending{}; x.q.Set("state", "") },
		"another browser":      func(x all) { x.pending.Verifier = "stolen-code-has-another-verifier-than-this-one" },
		"too late":             func(x all) { x.pending.At = x.f.now.Add(-11 * time.Minute) },
		"mix-up":               func(x all) { x.q.Set("iss", "https://id.other.example") },
		"the provider refuses": func(x all) { x.q.Set("error", "access_denied"); x.q.Del("code") },
		"error and code":       func(x all) { x.q.Set("error", "access_denied") },
		"no code":              func(x all) { x.q.Del("code") },
		"unknown code":         func(x all) { x.q.Set("code", "c2") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			p := f.provider(nil)
			pending, q, claims := f.begin(p, false)
			change(all{f, &pending, q, claims})
			id, err := p.Finish(t.Context(), pending, q)
			if err == nil || id != nil || !fault.Is(err, fault.Denied) {
				t.Fatalf("%+v, %v", id, err)
			}
			if fault.SafeText(err) != "The council's sign-in did not work. Start again" {
				t.Errorf("the reader is told %q", fault.SafeText(err))
			}
		})
	}
}

// RFC 9207: a provider that says it sends iss has to send it.
func TestMissingIss(t *testing.T) {
	f := newFake(t)
	f.sendsIss = true
	p := f.provider(nil)
	pending, q, _ := f.begin(p, false)
	if _, err := p.Finish(t.Context(), pending, q); !fault.Is(err, fault.Denied) {
		t.Errorf("no iss: %v", err)
	}
	pending, q, _ = f.begin(p, false)
	q.Set("iss", f.srv.URL)
	if _, err := p.Finish(t.Context(), pending, q); err != nil {
		t.Errorf("the right iss: %v", err)
	}
}

// An old sign-in does not do where a new one was asked for.
func TestFresh(t *testing.T) {
	f := newFake(t)
	p := f.provider(nil)
	for _, c := range []struct {
		at   any
		good bool
	}{{f.now.Unix(), true}, {f.now.Add(-time.Hour).Unix(), false}, {nil, false}} {
		pending, q, claims := f.begin(p, true)
		if c.at == nil {
			delete(claims, "auth_time")
		} else {
			claims["auth_time"] = c.at
		}
		if _, err := p.Finish(t.Context(), pending, q); (err == nil) != c.good {
			t.Errorf("signed in at %v: %v", c.at, err)
		}
	}
}

func TestUnverifiedAddressIsNotGoneBy(t *testing.T) {
	f := newFake(t)
	p := f.provider(nil)
	for value, want := range map[any]string{false: "", "false": "", true: "priya@westmarsh.example", "true": "priya@westmarsh.example"} {
		pending, q, claims := f.begin(p, false)
		claims["email_verified"] = value
		id, err := p.Finish(t.Context(), pending, q)
		if err != nil || id.Email != want {
			t.Errorf("%v: %+v, %v", value, id, err)
		}
	}
}

func TestGroups(t *testing.T) {
	f := newFake(t)
	p := f.provider(func(o *Options) {
		o.Groups = map[string]Group{"g1": {access.RoleOfficer, "North"}, "g2": {access.RoleLead, "North"}}
	})
	for name, c := range map[string]struct {
		add  map[string]any
		role access.Role
	}{
		"one":           {map[string]any{"groups": []string{"x", "g1"}}, access.RoleOfficer},
		"none":          {map[string]any{"groups": []string{"x"}}, ""},
		"left out":      {nil, ""},
		"two":           {map[string]any{"groups": []string{"g1", "g2"}}, ""},
		"too many":      {map[string]any{"_claim_names": map[string]string{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]string{"endpoint": "https://graph.example"}}}, ""},
		"too many, old": {map[string]any{"hasgroups": true, "groups": []string{"g1"}}, ""},
	} {
		pending, q, claims := f.begin(p, false)
		for k, v := range c.add {
			claims[k] = v
		}
		id, err := p.Finish(t.Context(), pending, q)
		if c.role == "" {
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %+v, %v", name, id, err)
			}
			continue
		}
		if err != nil || id.Role != c.role || id.Team != "North" {
			t.Errorf("%s: %+v, %v", name, id, err)
		}
	}
}

// The secret goes nowhere but to the provider.
func TestTheSecretStays(t *testing.T) {
	f := newFake(t)
	asked := false
	f.elsewhere = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer f.elsewhere.Close()
	p := f.provider(nil)
	pending, q, _ := f.begin(p, false)
	f.redirect = true
	if _, err := p.Finish(t.Context(), pending, q); err == nil || asked {
		t.Errorf("a redirect was followed: %v, %v", asked, err)
	}
}

func TestOptions(t *testing.T) {
	secret := func() (string, error) { return "x", nil }
	for issuer, good := range map[string]bool{
		"https://id.westmarsh.example": true, "http://id.westmarsh.example": false, "http://127.0.0.1:1": false, "https://u:p@id.example": false,
		"https://id.example/?a=b": false, "": false,
	} {
		_, err := New(Options{Issuer: issuer, ClientID: "c", Redirect: "https://h.example", Secret: secret})
		if (err == nil) != good {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	for addr, allowed := range map[string][2]bool{
		"93.184.216.34:443": {true, true}, "10.1.2.3:443": {false, true}, "127.0.0.1:443": {false, true}, "169.254.169.254:80": {false, false},
		"[fe80::1]:443": {false, false}, "[::ffff:169.254.169.254]:80": {false, false},
	} {
		for i, own := range []bool{false, true} {
			if err := refuseAddress(addr, own); (err == nil) != allowed[i] {
				t.Errorf("%s, own network %v: %v", addr, own, err)
			}
		}
	}
}

// A provider that is down stops nobody from starting the program, and is a fault
// that passes.
func TestProviderDown(t *testing.T) {
	f := newFake(t)
	p := f.provider(nil)
	f.srv.Close()
	if _, _, err := p.Begin(t.Context(), false); !fault.Is(err, fault.Temporary) {
		t.Errorf("it is down: %v", err)
	}
}
