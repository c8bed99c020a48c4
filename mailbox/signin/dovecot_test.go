package signin

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"hearback/mailbox/mailtest"
)

const (
	sharedBox = "sen@westmarsh.example"
	wanted    = mailtest.TokenScope
)

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

func claimsOf(change map[string]any) map[string]any { return mailtest.TokenClaims(sharedBox, change) }

// TestDovecotChecksTheTokenItself: signed tokens, with both mechanisms over TLS.
func TestDovecotChecksTheTokenItself(t *testing.T) {
	ours, stranger := mailtest.NewTokenSigner(t), mailtest.NewTokenSigner(t)
	server := mailtest.DovecotWithKeys(t, ours)
	now := time.Now().Unix()
	// Side by side: Dovecot takes half a second over each refusal.
	for _, mechanism := range []Mechanism{XOAuth2, OAuthBearer} {
		for _, test := range []struct {
			name, token string
			accepted    bool
		}{
			{"RS256", ours.Sign(t, "RS256", "default", claimsOf(nil)), true},
			{"HS256", ours.Sign(t, "HS256", "default", claimsOf(nil)), true},
			{"expired", ours.Sign(t, "RS256", "default", claimsOf(map[string]any{"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600})), false},
			{"not yet valid", ours.Sign(t, "RS256", "default", claimsOf(map[string]any{"nbf": now + 3600})), false},
			{"wrong user", ours.Sign(t, "RS256", "default", claimsOf(map[string]any{"email": "other@westmarsh.example"})), false},
			{"wrong scope", ours.Sign(t, "RS256", "default", claimsOf(map[string]any{"scope": "Calendars.Read"})), false},
			{"unknown key", ours.Sign(t, "RS256", "another", claimsOf(nil)), false},
			{"somebody else's key", stranger.Sign(t, "RS256", "default", claimsOf(nil)), false},
			{"somebody else's secret", stranger.Sign(t, "HS256", "default", claimsOf(nil)), false},
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

// TestDovecotAsksAboutTheToken: from our token endpoint through the source and the
// mail server to the introspection endpoint, and back.
func TestDovecotAsksAboutTheToken(t *testing.T) {
	about := mailtest.NewIntrospection(map[string]map[string]any{
		"good":        {"active": true, "email": sharedBox, "scope": wanted, "exp": time.Now().Add(time.Hour).Unix()},
		"expired":     {"active": false, "email": sharedBox, "scope": wanted, "exp": time.Now().Add(-time.Hour).Unix()},
		"wrong-user":  {"active": true, "email": "other@westmarsh.example", "scope": wanted},
		"wrong-scope": {"active": true, "email": sharedBox, "scope": "Calendars.Read"},
	})
	server := mailtest.DovecotWithIntrospection(t, about)
	for _, mechanism := range []Mechanism{XOAuth2, OAuthBearer} {
		for _, token := range []string{"good", "expired", "wrong-user", "wrong-scope", "unknown"} {
			t.Run(string(mechanism)+" "+token, func(t *testing.T) {
				t.Parallel()
				e, c := newEndpoint(t), newClock()
				e.says(gives(token, 3600))
				client, err := signIn(t, server, Credentials{Username: sharedBox, Source: source(t, e, c), Mechanism: mechanism})
				if !about.WasAskedFor(token) {
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
	ours := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, ours)
	postfix := mailtest.Postfix(t, dovecot)
	good := ours.Sign(t, "RS256", "default", claimsOf(nil))
	bad := ours.Sign(t, "RS256", "default", claimsOf(map[string]any{"email": "other@westmarsh.example"}))
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
