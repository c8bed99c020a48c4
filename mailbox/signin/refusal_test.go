package signin

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hearback/tickets/fault"
)

// TestRefusals: what a token server may answer, what people are told, and that
// no word of the server's and no secret is in it.
func TestRefusals(t *testing.T) {
	const ours = ". New mail is waiting on the server. Nothing is lost."
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		safe   string // "" where it is only checked not to be empty
	}{
		{"expired secret", entra(401, "invalid_client", 7000222), fault.Denied, "Microsoft refused our sign-in (code AADSTS7000222: secret out of date)" + ours},
		{"wrong secret", entra(401, "invalid_client", 7000215), fault.Denied, "Microsoft refused our sign-in (code AADSTS7000215: secret wrong)" + ours},
		{"revoked consent", entra(400, "invalid_grant", 65001), fault.Denied, "Microsoft refused our sign-in (code AADSTS65001: permission taken back or not given)" + ours},
		{"application removed", entra(400, "unauthorized_client", 700016), fault.Denied, "Microsoft refused our sign-in (code AADSTS700016: application not known in this tenant)" + ours},
		{"application off", entra(400, "unauthorized_client", 7000112), fault.Denied, "Microsoft refused our sign-in (code AADSTS7000112: application switched off)" + ours},
		{"tenant", entra(400, "invalid_request", 90002), fault.Denied, "Microsoft refused our sign-in (code AADSTS90002: tenant not known)" + ours},
		{"Conditional Access", entra(400, "access_denied", 53003), fault.Denied, "Microsoft refused our sign-in (code AADSTS53003: blocked by Conditional Access)" + ours},
		{"scope", entra(400, "invalid_scope", 70011), fault.Denied, "Microsoft refused our sign-in (code AADSTS70011: scope not accepted)" + ours},
		{"resource", entra(400, "invalid_resource", 500011), fault.Denied, "Microsoft refused our sign-in (code AADSTS500011: scope not accepted)" + ours},
		{"a code of tomorrow", entra(401, "invalid_client", 7999999), fault.Denied, "Microsoft refused our sign-in (code AADSTS7999999: application id or secret not accepted)" + ours},
		{"invalid_grant elsewhere", replies(400, `{"error":"invalid_grant"}`), fault.Denied, "The token server refused our sign-in (code invalid_grant: permission taken back or not given)" + ours},
		{"code in the text only", replies(401, `{"error":"invalid_client","error_description":"AADSTS7000222: `+marker+`"}`), fault.Denied, "Microsoft refused our sign-in (code AADSTS7000222: secret out of date)" + ours},
		{"error with status 200", replies(200, `{"error":"invalid_client","access_token":"token-1"}`), fault.Denied, ""},
		{"an error that is a sentence", replies(400, `{"error":"`+marker+` with spaces"}`), fault.Denied, "The token server refused our sign-in (code not understood: request not accepted)" + ours},
		{"outage", entra(503, "temporarily_unavailable", 90033), fault.Temporary, ""},
		{"server error", replies(500, `<html>`+marker), fault.Temporary, ""},
		{"a page", replies(200, `<html>Please sign in to the guest network, `+marker), fault.Temporary, ""},
		{"a page with 403", replies(403, `<html>`+marker), fault.Temporary, ""},
		{"nothing", replies(200, ``), fault.Temporary, ""},
		{"no token", replies(200, `{"expires_in":3600}`), fault.Temporary, ""},
		{"a token with a line break", replies(200, `{"access_token":"a\r\nb","expires_in":3600}`), fault.Temporary, ""},
		{"another kind of token", replies(200, `{"access_token":"abc","token_type":"mac","expires_in":3600}`), fault.Temporary, ""},
		{"a token without life", replies(200, `{"access_token":"abc","expires_in":0}`), fault.Temporary, ""},
		{"a life of words", replies(200, `{"access_token":"abc","expires_in":"an hour"}`), fault.Temporary, ""},
		{"too long", replies(200, `{"access_token":"`+strings.Repeat("a", maxAnswer)+`"}`), fault.Temporary, ""},
		{"redirect", replies(307, ``, "Location", "https://elsewhere.example/token"), fault.Temporary, ""},
		{"redirect within the server", replies(307, ``, "Location", "/elsewhere.example"), fault.Temporary, ""},
		{"not HTTP", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(conn, "%s %s\r\n\r\n", marker, r.PostForm.Get("client_secret"))
				_ = conn.Close()
			}
		}, fault.Temporary, ""},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault.Temporary, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, c := newEndpoint(t), newClock()
			e.says(test.answer)
			_, _, err := source(t, e, c).Token(t.Context())
			if !fault.Is(err, test.kind) {
				t.Fatalf("kind %q, want %q: %v", fault.KindOf(err), test.kind, err)
			}
			if safe := fault.SafeText(err); test.safe != "" && safe != test.safe || !strings.Contains(safe, "Nothing is lost.") {
				t.Errorf("people are told %q, want %q", safe, test.safe)
			}
			for _, word := range []string{theSecret, marker, "elsewhere.example"} {
				if strings.Contains(err.Error(), word) {
					t.Errorf("%q is in the error: %v", word, err)
				}
			}
			if e.asked() != 1 {
				t.Errorf("asked %d times, want 1", e.asked())
			}
		})
	}
}

func TestOperatorsGetTheTrace(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(entra(401, "invalid_client", 7000222))
	_, _, err := source(t, e, c).Token(t.Context())
	if err == nil || !strings.Contains(err.Error(), "status 401, invalid_client, AADSTS7000222, trace 0000aaaa-11bb-cccc-dd22-eeeeee333333") {
		t.Errorf("%v", err)
	}
}

// TestLifeForms: seconds as a string, and no life at all.
func TestLifeForms(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"access_token":"abc","expires_in":"3599","token_type":"bearer"}`: 3599 * time.Second,
		`{"access_token":"abc"}`:                   lifeUnsaid,
		`{"access_token":"abc","expires_in":1e12}`: maxLife,
	} {
		e, c := newEndpoint(t), newClock()
		e.says(reply200(body))
		_, expires, err := source(t, e, c).Token(t.Context())
		if err != nil || !expires.Equal(c.Now().Add(want)) {
			t.Errorf("%s: %s, %v", body, expires.Sub(c.Now()), err)
		}
	}
}

// TestASlowServer: a request has an end, and the caller's own end is not a fault
// of the server's.
func TestASlowServer(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := source(t, e, c, func(config *ClientConfig) { config.Timeout = 50 * time.Millisecond })
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Errorf("%v", err)
	}
	slowBody := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"access_token":`))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	e.says(slowBody)
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Errorf("slow in the body: %v", err)
	}
	e.says(gives("token-1", 3600))
	s = source(t, e, c)
	if _, _, err := s.Token(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
}

// TestWhereTheSecretMayGo: to the configured host over TLS, and never inside.
func TestWhereTheSecretMayGo(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	s := source(t, e, c, func(config *ClientConfig) { config.OwnNetwork = false })
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) || !strings.Contains(err.Error(), "not an address of the internet") {
		t.Errorf("loopback: %v", err)
	}
	s = source(t, e, c, func(config *ClientConfig) { config.RootCAs = nil })
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) || !strings.Contains(fault.SafeText(err), "certificate") {
		t.Errorf("certificate: %v", err)
	}
	if e.asked() != 0 {
		t.Errorf("the token server was asked %d times", e.asked())
	}
	other := newEndpoint(t)
	e.says(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if _, _, err := source(t, e, c).Token(t.Context()); err == nil || other.asked() != 0 {
		t.Errorf("redirect: %v, the other server was asked %d times", err, other.asked())
	}
	r := httptest.NewRequest(http.MethodPost, other.URL, http.NoBody)
	r.RequestURI = ""
	if response, err := source(t, e, c).client.Do(r); err == nil {
		_ = response.Body.Close()
		t.Error("the client speaks to another host")
	}
}

func TestProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	proxy := newEndpoint(t)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	transport := source(t, e, c).client.Transport.(pinned).next.(*http.Transport)
	if transport.Proxy != nil {
		t.Error("a proxy could be told the secret's server")
	}
}

func TestAddresses(t *testing.T) {
	for addr, allowed := range map[string][2]bool{ // internet only, own network
		"20.190.128.1:443":          {true, true},
		"[2603:1006:2000::1]:443":   {true, true},
		"[64:ff9b::14be:8001]:443":  {true, true}, // 20.190.128.1 behind NAT64
		"10.1.2.3:443":              {false, true},
		"192.168.1.1:443":           {false, true},
		"100.64.1.1:443":            {false, true},
		"127.0.0.1:443":             {false, true},
		"[::1]:443":                 {false, true},
		"[fd00::1]:443":             {false, true},
		"[::ffff:10.1.2.3]:443":     {false, true},
		"[64:ff9b::a01:203]:443":    {false, true},
		"169.254.169.254:80":        {false, false},
		"[64:ff9b::a9fe:a9fe]:80":   {false, false},
		"[fe80::1%eth0]:443":        {false, false},
		"0.0.0.0:443":               {false, false},
		"224.0.0.1:443":             {false, false},
		"255.255.255.255:443":       {false, false},
		"[2002:a01:203::1]:443":     {false, false},
		"no address":                {false, false},
		"login.westmarsh.example:1": {false, false},
	} {
		for i, own := range []bool{false, true} {
			if err := refuseAddress(addr, own); (err == nil) != allowed[i] {
				t.Errorf("%s, own network %v: %v", addr, own, err)
			}
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	secret := func() (string, error) { return "x", nil }
	for _, c := range []ClientConfig{
		{TokenURL: "", ClientID: "a", Secret: secret},
		{TokenURL: "http://login.westmarsh.example/token", ClientID: "a", Secret: secret},
		{TokenURL: "http://login.westmarsh.example/token", ClientID: "a", Secret: secret, OwnNetwork: true},
		{TokenURL: "http://127.0.0.1/token", ClientID: "a", Secret: secret},
		{TokenURL: "https://user:pw@login.westmarsh.example/token", ClientID: "a", Secret: secret},
		{TokenURL: "ftp://login.westmarsh.example/token", ClientID: "a", Secret: secret},
		{TokenURL: "https:///token", ClientID: "a", Secret: secret},
		{TokenURL: MicrosoftTokenURL("westmarsh.example"), Secret: secret},
		{TokenURL: MicrosoftTokenURL("westmarsh.example"), ClientID: "a"},
	} {
		if _, err := NewClientCredentials(c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []ClientConfig{
		{TokenURL: MicrosoftTokenURL("westmarsh.example"), ClientID: "a", Secret: secret},
		{TokenURL: "http://127.0.0.1:8080/token", ClientID: "a", Secret: secret, OwnNetwork: true},
	} {
		if _, err := NewClientCredentials(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := MicrosoftTokenURL("../elsewhere"); strings.Contains(strings.TrimPrefix(got, "https://login.microsoftonline.com/"), "../") {
		t.Errorf("a tenant leaves its place: %s", got)
	}
}

// TestNothingPrintsASecret: not even somebody who prints the whole structure.
func TestNothingPrintsASecret(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("the-token", 3600))
	s := source(t, e, c)
	credentials := Credentials{Username: "sen@westmarsh.example", Source: s, Mechanism: OAuthBearer}
	bearer, err := credentials.SASL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Credentials{Username: "sen@westmarsh.example", Password: func() (string, error) { return theSecret, nil }}.SASL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	text, json := slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))
	// Inside another structure fmt does not call String.
	type wrapped struct{ inner any }
	for _, v := range []any{s, *bearer, bearer, plain, *plain, credentials, &credentials, wrapped{s}, wrapped{bearer}, &s.state} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", v)
		}
		text.Info("x", "v", v)
		json.Info("x", "v", v)
	}
	for _, word := range []string{theSecret, "the-token", fmt.Sprintf("%x", "the-token"), fmt.Sprintf("%x", theSecret)} {
		if strings.Contains(out.String(), word) {
			t.Errorf("%q is printed", word)
		}
	}
}
