package signin

import (
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
)

func TestWhy(t *testing.T) {
	signer, now := mailtest.NewTokenSigner(t), time.Now()
	token := func(change map[string]any) Credentials {
		return Credentials{Username: sharedBox, Source: &fixed{token: signer.Sign(t, "RS256", "default", claimsOf(change))}}
	}
	seen := map[string]string{}
	for _, test := range []struct {
		name, want string
		c          Credentials
	}{
		{"ended", "ended", token(map[string]any{"exp": now.Unix() - 10})},
		{"not yet", "not valid yet", token(map[string]any{"nbf": now.Unix() + 3600})},
		{"no permission", "permission", token(map[string]any{"scope": "Calendars.Read openid email"})},
		{"no permission at all", "permission", token(map[string]any{"scope": nil})},
		{"another account", "another account", token(map[string]any{"email": "other@westmarsh.example"})},
		{"another account, Microsoft", "another account", token(map[string]any{"email": nil, "upn": "other@westmarsh.example"})},
		{"all right", "looks right", token(nil)},
		{"an application's", "looks right", token(map[string]any{"scope": nil, "email": nil, "roles": []string{"IMAP.AccessAsApp"}})},
		{"other capitals", "looks right", token(map[string]any{"email": strings.ToUpper(sharedBox)})},
		{"odd claims", "looks right", token(map[string]any{"upn": 7, "roles": "x", "email": nil})},
		{"opaque", "does not say why", Credentials{Username: sharedBox, Source: &fixed{token: "abc"}}},
		{"three parts", "does not say why", Credentials{Username: sharedBox, Source: &fixed{token: "a.b.c"}}},
		{"password", "password", Credentials{Username: sharedBox, Password: func() (string, error) { return "secret-word", nil }}},
	} {
		client, err := test.c.SASL(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		why := client.Why(now)
		if !strings.Contains(why, test.want) || !strings.HasSuffix(why, ".") && !strings.HasSuffix(why, "?") {
			t.Errorf("%s: %q", test.name, why)
		}
		for _, private := range []string{"westmarsh", "secret-word", "eyJ"} {
			if strings.Contains(why, private) {
				t.Errorf("%s: %q tells %q", test.name, why, private)
			}
		}
		if before, has := seen[why]; has && before != test.want {
			t.Errorf("%s and %s read alike", before, test.want)
		}
		seen[why] = test.want
	}
}
