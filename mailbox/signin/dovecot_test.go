package signin

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"hearback/mailbox/mailtest"
)

const (
	sharedBox = "sen@westmarsh.example"
	wanted    = "IMAP.AccessAsUser.All"
)

// oauthDovecot starts a Dovecot that takes tokens, checked as settings say, and
// passwords. The tests' configuration is that of Dovecot 2.3.
func oauthDovecot(t *testing.T, settings func(dir string) string) *mailtest.DovecotServer {
	t.Helper()
	out, err := exec.Command(mailtest.Require(t, "dovecot"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(out), "2.3.") {
		t.Skipf("OAuth2 is configured here for Dovecot 2.3, this is %s", out)
	}
	// Dovecot reads it as another user; the directories of t.TempDir are closed to it.
	dir, err := os.MkdirTemp("", "hearback-oauth")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "oauth2.conf.ext")
	if err := os.WriteFile(conf, []byte(settings(dir)), 0o644); err != nil {
		t.Fatal(err)
	}
	return mailtest.Dovecot(t, mailtest.WithDovecotConfig(`
auth_mechanisms = plain login xoauth2 oauthbearer
auth_verbose = yes
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = `+conf+`
}`))
}

// signIn signs in by IMAP over TLS.
func signIn(t *testing.T, server *mailtest.DovecotServer, c Credentials) (*Client, error) {
	t.Helper()
	client, err := c.SASL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := imapclient.DialTLS(server.AddrTLS(), &imapclient.Options{TLSConfig: server.TLSConfig()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.Authenticate(client); err != nil {
		// The exchange was finished: the connection is whole and takes commands.
		if again := conn.Noop().Wait(); again != nil {
			t.Errorf("behind the refusal: %v", again)
		}
		return client, err
	}
	if _, err := conn.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Errorf("the inbox: %v", err)
	}
	return client, nil
}

// wantRefusal checks for a proper NO with the server's reason beside it.
func wantRefusal(t *testing.T, client *Client, err error) {
	t.Helper()
	var no *imap.Error
	if !errors.As(err, &no) || no.Type != imap.StatusResponseTypeNo || no.Code != imap.ResponseCodeAuthenticationFailed {
		t.Fatalf("want NO [AUTHENTICATIONFAILED], got %v", err)
	}
	var said *Refusal
	if err := client.Refused(err); !errors.As(err, &said) || said.Status == "" {
		t.Errorf("the server's reason is lost: %v", err)
	}
}

func claims(change map[string]any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"aud": "https://outlook.office.com", "iss": "https://sts.windows.net/test/", "iat": now - 60, "nbf": now - 60, "exp": now + 3600,
		"email": sharedBox, "sub": sharedBox, "scope": wanted + " SMTP.Send",
	}
	for key, value := range change {
		c[key] = value
	}
	return c
}

// TestDovecotChecksTheTokenItself: signed tokens, with both mechanisms over TLS.
func TestDovecotChecksTheTokenItself(t *testing.T) {
	ours, stranger := newSigner(t), newSigner(t)
	server := oauthDovecot(t, func(dir string) string {
		ours.write(t, filepath.Join(dir, "keys"))
		return "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=" + dir + "/keys/\n" +
			"username_attribute = email\nscope = " + wanted + "\n"
	})
	now := time.Now().Unix()
	// Side by side: Dovecot takes half a second over each refusal.
	for _, mechanism := range []Mechanism{XOAuth2, OAuthBearer} {
		for _, test := range []struct {
			name, token string
			accepted    bool
		}{
			{"RS256", ours.sign(t, "RS256", "default", claims(nil)), true},
			{"HS256", ours.sign(t, "HS256", "default", claims(nil)), true},
			{"expired", ours.sign(t, "RS256", "default", claims(map[string]any{"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600})), false},
			{"not yet valid", ours.sign(t, "RS256", "default", claims(map[string]any{"nbf": now + 3600})), false},
			{"wrong user", ours.sign(t, "RS256", "default", claims(map[string]any{"email": "other@westmarsh.example"})), false},
			{"wrong scope", ours.sign(t, "RS256", "default", claims(map[string]any{"scope": "Calendars.Read"})), false},
			{"unknown key", ours.sign(t, "RS256", "another", claims(nil)), false},
			{"somebody else's key", stranger.sign(t, "RS256", "default", claims(nil)), false},
			{"somebody else's secret", stranger.sign(t, "HS256", "default", claims(nil)), false},
			{"no token of this kind", "abc", false},
		} {
			t.Run(string(mechanism)+" "+test.name, func(t *testing.T) {
				t.Parallel()
				client, err := signIn(t, server, Credentials{Username: sharedBox, Source: &fixed{token: test.token}, Mechanism: mechanism})
				if !test.accepted {
					wantRefusal(t, client, err)
				} else if err != nil || client.Refusal() != nil {
					t.Errorf("%v, %v", err, client.Refusal())
				}
			})
		}
	}
	t.Run("password", func(t *testing.T) {
		password := func() (string, error) { return mailtest.Password, nil }
		if _, err := signIn(t, server, Credentials{Username: sharedBox, Password: password}); err != nil {
			t.Error(err)
		}
		wrong := func() (string, error) { return "wrong", nil }
		_, err := signIn(t, server, Credentials{Username: sharedBox, Password: wrong})
		var no *imap.Error
		if !errors.As(err, &no) || no.Type != imap.StatusResponseTypeNo {
			t.Errorf("a wrong password: %v", err)
		}
	})
}

// introspection is a server that says what tokens are worth (RFC 7662).
type introspection struct {
	mu     sync.Mutex
	tokens map[string]map[string]any
	asked  map[string]bool
}

// ServeHTTP answers for one token. Dovecot posts it as a form.
func (i *introspection) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	token := r.FormValue("token")
	i.asked[token] = true
	answer := i.tokens[token]
	if answer == nil {
		answer = map[string]any{"active": false}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (i *introspection) wasAskedFor(token string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[token]
}

// TestDovecotAsksAboutTheToken: from our token endpoint through the source and the
// mail server to the introspection endpoint, and back.
func TestDovecotAsksAboutTheToken(t *testing.T) {
	about := &introspection{asked: map[string]bool{}, tokens: map[string]map[string]any{
		"good":        {"active": true, "email": sharedBox, "scope": wanted, "exp": time.Now().Add(time.Hour).Unix()},
		"expired":     {"active": false, "email": sharedBox, "scope": wanted, "exp": time.Now().Add(-time.Hour).Unix()},
		"wrong-user":  {"active": true, "email": "other@westmarsh.example", "scope": wanted},
		"wrong-scope": {"active": true, "email": sharedBox, "scope": "Calendars.Read"},
	}}
	answers := httptest.NewServer(about)
	t.Cleanup(answers.Close)
	server := oauthDovecot(t, func(string) string {
		return "introspection_mode = post\nintrospection_url = " + answers.URL + "/introspect\nforce_introspection = yes\n" +
			"username_attribute = email\nactive_attribute = active\nactive_value = true\nscope = " + wanted + "\n"
	})
	for _, mechanism := range []Mechanism{XOAuth2, OAuthBearer} {
		for _, token := range []string{"good", "expired", "wrong-user", "wrong-scope", "unknown"} {
			t.Run(string(mechanism)+" "+token, func(t *testing.T) {
				t.Parallel()
				e, c := newEndpoint(t), newClock()
				e.says(gives(token, 3600))
				client, err := signIn(t, server, Credentials{Username: sharedBox, Source: source(t, e, c), Mechanism: mechanism})
				if !about.wasAskedFor(token) {
					t.Error("Dovecot asked nobody")
				}
				if token != "good" {
					wantRefusal(t, client, err)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	}
	t.Run("a permission granted afterwards", func(t *testing.T) {
		t.Parallel()
		e, c := newEndpoint(t), newClock()
		e.says(gives("wrong-scope", 3600))
		tokens := source(t, e, c)
		credentials := Credentials{Username: sharedBox, Source: tokens}
		client, err := signIn(t, server, credentials)
		wantRefusal(t, client, err)
		e.says(gives("good", 3600))
		c.forward(time.Minute)
		client, err = signIn(t, server, credentials) // with the token that is kept
		wantRefusal(t, client, err)                  // which lets go of it
		if _, err := signIn(t, server, credentials); err != nil {
			t.Errorf("the kept token stands in the way: %v", err)
		}
	})
}

// TestSubmission: the same by SMTP, through a Postfix that asks Dovecot.
func TestSubmission(t *testing.T) {
	ours := newSigner(t)
	dovecot := oauthDovecot(t, func(dir string) string {
		ours.write(t, filepath.Join(dir, "keys"))
		return "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=" + dir + "/keys/\n" +
			"username_attribute = email\nscope = " + wanted + "\n"
	})
	postfix := mailtest.Postfix(t, dovecot)
	good := ours.sign(t, "RS256", "default", claims(nil))
	bad := ours.sign(t, "RS256", "default", claims(map[string]any{"email": "other@westmarsh.example"}))
	for _, test := range []struct {
		name string
		c    Credentials
		ok   bool
	}{
		{"xoauth2", Credentials{Username: sharedBox, Source: &fixed{token: good}}, true},
		{"oauthbearer", Credentials{Username: sharedBox, Source: &fixed{token: good}, Mechanism: OAuthBearer}, true},
		{"plain", Credentials{Username: sharedBox, Password: func() (string, error) { return mailtest.Password, nil }}, true},
		{"xoauth2, wrong user", Credentials{Username: sharedBox, Source: &fixed{token: bad}}, false},
		{"oauthbearer, wrong user", Credentials{Username: sharedBox, Source: &fixed{token: bad}, Mechanism: OAuthBearer}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", postfix.SubmissionAddr())
			if err != nil {
				t.Fatal(err)
			}
			client, err := smtp.NewClientStartTLS(conn, dovecot.TLSConfig())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			if !client.SupportsAuth(test.c.Name()) {
				t.Fatalf("the server does not offer %s", test.c.Name())
			}
			exchange, err := test.c.SASL(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = client.Auth(exchange)
			if test.ok {
				if err == nil {
					err = client.Mail(sharedBox, nil) // taken only from who is signed in
				}
				if err == nil {
					err = client.Rcpt("jo.bell@northshire.example", nil)
				}
				if err != nil {
					t.Error(err)
				}
				return
			}
			var no *smtp.SMTPError
			if !errors.As(err, &no) || !slices.Contains([]int{535, 454}, no.Code) {
				t.Fatalf("want 535, got %v", err)
			}
			if exchange.Refusal() == nil {
				t.Error("the server's reason is lost")
			}
		})
	}
}
