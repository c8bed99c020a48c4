package inbound_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/mailbox/signin"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// tokenServer gives tokens to who knows its secret (RFC 6749 section 4.4).
type tokenServer struct {
	*httptest.Server
	mu     sync.Mutex
	secret string // that is right now
	token  string // that is given
	life   int    // seconds
	asked  int
}

func newTokenServer(t testing.TB, secret, token string) *tokenServer {
	s := &tokenServer{secret: secret, token: token, life: 3600}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP answers as Microsoft does.
func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("client_secret") != s.secret {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS7000222: expired","error_codes":[7000222]}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "expires_in": s.life, "access_token": s.token})
}

func (s *tokenServer) set(change func(s *tokenServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *tokenServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	off time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.off)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += d
}

// tokens signs in with tokens of s, asked for with the secret that secret gives.
func (w *world) tokens(s *tokenServer, c *clock, user string, mechanism signin.Mechanism, secret func() (string, error)) change {
	w.t.Helper()
	source, err := signin.NewClientCredentials(signin.ClientConfig{
		TokenURL: s.URL + "/token", ClientID: "client-1", Secret: secret, OwnNetwork: true, Now: c.now,
	})
	w.must(err)
	return func(a *inbound.Account, _ *inbound.Deps) {
		a.Password, a.Username, a.Tokens, a.Mechanism = nil, user, source, mechanism
	}
}

func is(secret string) func() (string, error) { return func() (string, error) { return secret, nil } }

// Mail is read with a token that Dovecot checks by itself; one that it does not
// take is said within one look, in words that tell one cause from another.
func TestTokenThatDovecotChecks(t *testing.T) {
	leaks(t)
	signer := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, signer)
	now := time.Now().Unix()
	sign := func(user, kid string, change map[string]any) string {
		return signer.Sign(t, "RS256", kid, mailtest.TokenClaims(user, change))
	}
	for _, mechanism := range []signin.Mechanism{signin.XOAuth2, signin.OAuthBearer} {
		t.Run(string(mechanism), func(t *testing.T) {
			w := newWorld(t)
			user := dovecot.User()
			dovecot.SeedMaildir(t, user, "INBOX", letters(1, 3))
			said := map[string]string{}
			for _, tc := range []struct{ name, token, want string }{
				{"ended", sign(user, "default", map[string]any{"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600}), "has ended"},
				{"wrong user", sign("other@westmarsh.example", "default", nil), "another account"},
				{"wrong scope", sign(user, "default", map[string]any{"scope": "Calendars.Read"}), "permission"},
				{"unknown key", sign(user, "another", nil), "know who signed"},
				{"no token of this kind", "abc", "does not say why"},
			} {
				p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), w.tokens(newTokenServer(t, "s", tc.token), &clock{}, user, mechanism, is("s")))
				err := w.fails(p)
				st := p.Status()
				if !fault.Is(err, fault.Denied) || !st.SignInRefused || !strings.Contains(st.Problem, tc.want) || !strings.Contains(st.Problem, "nothing is lost") {
					t.Errorf("%s: %v; %+v", tc.name, err, st)
				}
				if before, has := said[st.Problem]; has {
					t.Errorf("%s reads as %s: %s", tc.name, before, st.Problem)
				}
				said[st.Problem] = tc.name
				if strings.Contains(err.Error()+st.Problem, tc.token) || strings.Contains(st.Problem, "@") {
					t.Errorf("%s: a token or a name is told", tc.name)
				}
			}
			server := newTokenServer(t, "s", sign(user, "default", nil))
			p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), w.tokens(server, &clock{}, user, mechanism, is("s")))
			w.once(p, 3)
			if st := p.Status(); st.SignInRefused {
				t.Errorf("%+v", st)
			}
			if n := server.count(); n != 1 {
				t.Errorf("%d tokens were asked for", n)
			}
		})
	}
}

// The same with a Dovecot that asks about tokens; a permission that is granted
// afterwards is used at the next look but one, without a restart.
func TestTokenThatDovecotAsksAbout(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	about := mailtest.NewIntrospection(map[string]map[string]any{})
	dovecot := mailtest.DovecotWithIntrospection(t, about)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 2))
	about.Know("good", map[string]any{"active": true, "email": user, "scope": mailtest.TokenScope})
	about.Know("wrong-scope", map[string]any{"active": true, "email": user, "scope": "Calendars.Read"})
	about.Know("wrong-user", map[string]any{"active": true, "email": "other@westmarsh.example", "scope": mailtest.TokenScope})
	for _, token := range []string{"wrong-scope", "wrong-user", "expired"} {
		server, c := newTokenServer(t, "s", token), &clock{}
		p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), w.tokens(server, c, user, signin.XOAuth2, is("s")))
		if err := w.fails(p); !fault.Is(err, fault.Denied) || !p.Status().SignInRefused || !about.WasAskedFor(token) {
			t.Errorf("%s: %v, %+v", token, err, p.Status())
		}
		if token == "wrong-scope" {
			server.set(func(s *tokenServer) { s.token = "good" })
			c.forward(2 * time.Minute)
			w.fails(p) // with the token that was kept, of which it lets go
			w.once(p, 2)
			if p.Status().SignInRefused {
				t.Errorf("%+v", p.Status())
			}
		}
	}
}

// The secret ends and a new one is entered: loud at once, the mail server is left
// alone meanwhile, and the next look reads on where the last one was, without a
// restart.
func TestNewSecret(t *testing.T) {
	leaks(t)
	signer := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, signer)
	user := dovecot.User()
	raws := letters(1, 5)
	dovecot.SeedMaildir(t, user, "INBOX", raws[:2])
	w := newWorld(t)
	server, c := newTokenServer(t, "first", signer.Sign(t, "RS256", "default", mailtest.TokenClaims(user, nil))), &clock{}
	var mu sync.Mutex
	secret := "first"
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), w.tokens(server, c, user, signin.XOAuth2, func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		return secret, nil
	}))
	w.once(p, 2)
	p.Close()
	dovecot.SeedMaildir(t, user, "INBOX", raws[2:])
	server.set(func(s *tokenServer) { s.secret = "second" })
	c.forward(2 * time.Hour) // the token has ended
	signIns := strings.Count(dovecot.Log(1000), "imap-login:")
	for range 3 {
		if err := w.fails(p); !fault.Is(err, fault.Denied) {
			t.Errorf("error %v", err)
		}
		if st := p.Status(); !st.SignInRefused || !strings.Contains(st.Problem, "secret out of date") {
			t.Errorf("%+v", st)
		}
	}
	if n := strings.Count(dovecot.Log(1000), "imap-login:"); n != signIns {
		t.Errorf("the mail server was tried %d times while there is no token", n-signIns)
	}
	mu.Lock()
	secret = "second"
	mu.Unlock()
	w.once(p, 3)
	w.wantFates(map[tickets.Fate]int{tickets.FateMessage: 5})
}

// A token is renewed ahead of its end, and a reconnection in its last minutes is
// made with the new one; a token server that is away then costs nothing yet.
func TestTokenIsRenewedAhead(t *testing.T) {
	leaks(t)
	signer := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, signer)
	user := dovecot.User()
	dovecot.SeedMaildir(t, user, "INBOX", letters(1, 1))
	w := newWorld(t)
	token := func(id string) string {
		return signer.Sign(t, "RS256", "default", mailtest.TokenClaims(user, map[string]any{"jti": id}))
	}
	server, c := newTokenServer(t, "s", token("first")), &clock{}
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user), w.tokens(server, c, user, signin.OAuthBearer, is("s")))
	w.once(p, 1)
	p.Close()
	w.once(p, 0) // with the token that is kept
	if n := server.count(); n != 1 {
		t.Errorf("%d tokens were asked for", n)
	}
	server.set(func(s *tokenServer) { s.token = token("second") })
	c.forward(56 * time.Minute)
	p.Close()
	w.once(p, 0)
	if n := server.count(); n != 2 {
		t.Errorf("%d tokens were asked for", n)
	}
	server.set(func(s *tokenServer) { s.secret = "another" })
	c.forward(56 * time.Minute)
	p.Close()
	w.once(p, 0) // four minutes are left of the second
	if n := server.count(); n != 3 {
		t.Errorf("%d tokens were asked for", n)
	}
}
