package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hearback/tickets/fault"
)

func secret() (string, error) { return "a secret of the council", nil }

func notice() Notice {
	return Notice{
		ID: "sen-1", Kind: MailboxDown, Mailbox: "sen", Since: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Link: "https://hearback.westmarsh.example/admin/mailboxes",
	}
}

func sender(t *testing.T, server *httptest.Server, change func(*Config)) *Sender {
	t.Helper()
	c := Config{URL: server.URL + "/in", Secret: secret, OwnNetwork: true}
	if server.TLS != nil {
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AddCert(server.Certificate())
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignedAndBare(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 11, 0, 0, time.UTC)
	var got map[string]any
	var good bool
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		// As a receiver does it, from what is documented.
		want := Sign("a secret of the council", r.Header.Get(TimestampHeader), body)
		good = r.Method == http.MethodPost && r.Header.Get(TimestampHeader) == "1795425060" &&
			hmac.Equal([]byte(want), []byte(r.Header.Get(SignatureHeader))) && json.Unmarshal(body, &got) == nil
	}))
	defer server.Close()
	if err := sender(t, server, func(c *Config) { c.Now = func() time.Time { return at } }).Post(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if !good || len(got) != 5 || got["kind"] != "mailbox_down" || got["mailbox"] != "sen" || got["since"] != "2026-11-23T09:00:00Z" || got["id"] != "sen-1" {
		t.Errorf("signature good: %v, got %v", good, got)
	}
}

func TestSignature(t *testing.T) {
	// By openssl: printf '1.{}' | openssl dgst -sha256 -hmac k
	const want = "sha256=3dd49b2593d0f9a349e9e71c4bde3e2b862c2be4003fe9b4ba81332029310158"
	if got := Sign("k", "1", []byte("{}")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAnswers(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	for name, test := range map[string]struct {
		status int
		kind   fault.Kind
	}{
		"taken": {204, ""}, "down": {503, fault.Temporary}, "too many": {429, fault.Temporary},
		"unknown": {404, fault.Refused}, "redirect": {307, fault.Refused},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte("swordfish")) // a receiver that is gone is no fault here
		}))
		err := sender(t, server, nil).Post(t.Context(), notice())
		if test.kind == "" && err != nil || test.kind != "" && !fault.Is(err, test.kind) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%s: the answer is in the error: %v", name, err)
		}
		server.Close()
	}
	if elsewhere != 0 {
		t.Errorf("a redirect was followed")
	}
}

func TestWhereItMayGo(t *testing.T) {
	for raw, ok := range map[string]bool{
		"https://pager.westmarsh.example/x": true, "http://pager.westmarsh.example/x": false, "pager": false, "": false,
		"https://u:p@pager.westmarsh.example/": false, "https://10.1.2.3/": false, "https://169.254.169.254/": false,
		"http://127.0.0.1:1/": false, "https://[::1]/": false, "https://192.0.2.7/": true,
	} {
		if _, err := New(Config{URL: raw, Secret: secret}); (err == nil) != ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	for raw, ok := range map[string]bool{"http://127.0.0.1:1/": true, "https://10.1.2.3/": true, "https://169.254.169.254/": false, "http://10.1.2.3/": false} {
		if _, err := New(Config{URL: raw, Secret: secret, OwnNetwork: true}); (err == nil) != ok {
			t.Errorf("own network, %q: %v", raw, err)
		}
	}
	for _, a := range []string{"127.0.0.1", "10.0.0.1", "::1", "fe80::1", "169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1"} {
		if refuse(netip.MustParseAddr(a), false) == nil {
			t.Errorf("%s is taken", a)
		}
	}
}

// TestANameThatLeadsInside: what counts is the address that the name leads to.
func TestANameThatLeadsInside(t *testing.T) {
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	s := sender(t, server, func(c *Config) { c.URL, c.OwnNetwork = "https://localhost"+port+"/in", false })
	err := s.Post(t.Context(), notice())
	if !fault.Is(err, fault.Temporary) || asked || !strings.Contains(err.Error(), "not an address of the internet") {
		t.Errorf("asked %v, %v", asked, err)
	}
}

func TestEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has gone
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender(t, server, nil).Post(ctx, notice()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := sender(t, server, func(c *Config) { c.Timeout = 20 * time.Millisecond }).Post(t.Context(), notice()); !fault.Is(err, fault.Temporary) {
		t.Errorf("%v", err)
	}
	if err := sender(t, server, func(c *Config) { c.Secret = func() (string, error) { return "", nil } }).Post(t.Context(), notice()); !fault.Is(err, fault.Temporary) {
		t.Errorf("no secret: %v", err)
	}
}
