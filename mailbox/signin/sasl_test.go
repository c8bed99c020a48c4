package signin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"

	"hearback/tickets/fault"
)

// fixed is a source of one token.
type fixed struct {
	token     string
	err       error
	discarded []string
}

func (f *fixed) Token(context.Context) (string, time.Time, error) {
	return f.token, time.Now().Add(time.Hour), f.err
}
func (f *fixed) Discard(token string) { f.discarded = append(f.discarded, token) }

func TestMessages(t *testing.T) {
	password := func() (string, error) { return "pass", nil }
	for _, test := range []struct {
		c             Credentials
		name, message string
	}{
		{Credentials{Username: "sen@westmarsh.example", Password: password}, "PLAIN", "\x00sen@westmarsh.example\x00pass"},
		{Credentials{Username: "sen@westmarsh.example", Source: &fixed{token: "abc"}}, "XOAUTH2", "user=sen@westmarsh.example\x01auth=Bearer abc\x01\x01"},
		{Credentials{Username: "sen@westmarsh.example", Source: &fixed{token: "abc"}, Mechanism: OAuthBearer}, "OAUTHBEARER", "n,a=sen@westmarsh.example,\x01auth=Bearer abc\x01\x01"},
		{Credentials{Username: "a,b=c", Source: &fixed{token: "abc"}, Mechanism: OAuthBearer}, "OAUTHBEARER", "n,a=a=2Cb=3Dc,\x01auth=Bearer abc\x01\x01"},
	} {
		c, err := test.c.SASL(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		name, message, err := c.Start()
		if err != nil || name != test.name || string(message) != test.message || test.c.Name() != name {
			t.Errorf("%s %q, %v", name, message, err)
		}
		username, password, ok := c.Password()
		if ok != (name == "PLAIN") || ok && (username != "sen@westmarsh.example" || password != "pass") {
			t.Errorf("%s: %q %q %v", name, username, password, ok)
		}
	}
}

func TestChallenge(t *testing.T) {
	for _, mechanism := range []Mechanism{XOAuth2, OAuthBearer} {
		source := &fixed{token: "abc"}
		c, err := Credentials{Username: "sen@westmarsh.example", Source: source, Mechanism: mechanism}.SASL(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if c.Refusal() != nil {
			t.Errorf("nothing was said yet: %v", c.Refusal())
		}
		answer, err := c.Next([]byte(`{"status":"401","schemes":"bearer mac","scope":"https://mail.example/"}`))
		if err != nil || string(answer) != "\x01" {
			t.Errorf("%s: answer %q, %v", mechanism, answer, err)
		}
		no := errors.New("NO")
		var said *Refusal
		if err := c.Refused(no); !errors.Is(err, no) || !errors.As(err, &said) || said.Status != "401" || said.Scope != "https://mail.example/" {
			t.Errorf("%s: %v", mechanism, err)
		}
		if len(source.discarded) != 1 || source.discarded[0] != "abc" {
			t.Errorf("%s: discarded %v", mechanism, source.discarded)
		}
		if _, err := c.Next(nil); !errors.Is(err, sasl.ErrUnexpectedServerChallenge) {
			t.Errorf("%s: a second challenge: %v", mechanism, err)
		}
	}
}

func TestChallengeThatIsRubbish(t *testing.T) {
	c, err := Credentials{Username: "sen@westmarsh.example", Source: &fixed{token: "abc"}}.SASL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := c.Next([]byte("\xff not JSON")); err != nil || string(answer) != "\x01" {
		t.Errorf("%q, %v", answer, err)
	}
	if err := c.Refusal(); err == nil || !strings.Contains(err.Error(), "not understood") {
		t.Errorf("%v", err)
	}
	loud := &Refusal{Status: "a\r\nb" + strings.Repeat("x", 300), Scope: "ü"}
	if s := loud.Error(); strings.ContainsAny(s, "\r\nü") || len(s) > 500 {
		t.Errorf("%q", s)
	}
}

func TestPlainHasNoChallenge(t *testing.T) {
	c, err := Credentials{Username: "sen", Password: func() (string, error) { return "pass", nil }}.SASL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Next([]byte("x")); err == nil {
		t.Error("a challenge to PLAIN was answered")
	}
	no := errors.New("NO")
	if err := c.Refused(no); !errors.Is(err, no) {
		t.Errorf("%v", err)
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	password := func() (string, error) { return "pass", nil }
	for _, c := range []Credentials{
		{Password: password},
		{Username: "sen"},
		{Username: "sen", Password: password, Source: &fixed{}},
		{Username: "sen\x01auth=Bearer x", Source: &fixed{token: "abc"}},
		{Username: "sen\x00", Password: password},
		{Username: "sen", Source: &fixed{token: "abc"}, Mechanism: "ntlm"},
	} {
		if _, err := c.SASL(t.Context()); !fault.Is(err, fault.Invalid) || c.Check() == nil {
			t.Errorf("%q %q: %v", c.Username, c.Mechanism, err)
		}
	}
	denied := fault.New(fault.Denied, "no")
	for _, test := range []struct {
		c    Credentials
		kind fault.Kind
	}{
		{Credentials{Username: "sen", Source: &fixed{err: denied}}, fault.Denied},
		{Credentials{Username: "sen", Source: &fixed{token: "a\x01b"}}, fault.Temporary},
		{Credentials{Username: "sen", Source: &fixed{}}, fault.Temporary},
		{Credentials{Username: "sen", Password: func() (string, error) { return "", errors.New("no such file") }}, fault.Temporary},
		{Credentials{Username: "sen", Password: func() (string, error) { return "", nil }}, fault.Temporary},
		{Credentials{Username: "sen", Password: func() (string, error) { return "a\x00b", nil }}, fault.Temporary},
	} {
		if _, err := test.c.SASL(t.Context()); !fault.Is(err, test.kind) {
			t.Errorf("%v, want %s", err, test.kind)
		}
	}
}
