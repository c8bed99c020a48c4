package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
)

// tokenServer gives tokens by client credentials, as Entra ID does.
type tokenServer struct {
	*httptest.Server
	signer *mailtest.TokenSigner
	t      *testing.T

	mu     sync.Mutex
	secret string // that it takes
	asked  int
	scope  string
}

func newTokenServer(t *testing.T, signer *mailtest.TokenSigner, secret string) *tokenServer {
	t.Helper()
	s := &tokenServer{signer: signer, secret: secret, t: t}
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) takes(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret = secret
}

// ServeHTTP answers one request for a token. The token ends soon, so that a new
// one is asked for at every sign-in.
func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.scope = r.FormValue("scope")
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_id") != "hearback" || r.FormValue("client_secret") != s.secret {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"AADSTS7000222: expired","error_codes":[7000222]}`))
		return
	}
	token := s.signer.Sign(s.t, "RS256", "default", mailtest.TokenClaims(sen, nil))
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

// TestOAuthAllTheWay: from a configuration file by a token server into a Dovecot
// that checks the token itself; a secret that is refused is loud while the token
// still works, and a new one is taken up without a restart.
func TestOAuthAllTheWay(t *testing.T) {
	signer := mailtest.NewTokenSigner(t)
	dovecot := mailtest.DovecotWithKeys(t, signer)
	tokens := newTokenServer(t, signer, "first secret")
	dir := t.TempDir()
	secret, ca := filepath.Join(dir, "secret"), filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(secret, []byte("first secret\n"), 0o600))
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tokens.Certificate().Raw}), 0o600))
	var offset atomic.Int64
	h := open(t, plan{
		change: func(c *Config) {
			c.tokenClock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
		},
		dovecot: dovecot, user: sen, start: time.Date(2025, 11, 25, 10, 0, 0, 0, time.UTC),
		text: func(text string) string {
			i := strings.Index(text, ", password_file: ")
			j := i + strings.Index(text[i:], ", poll")
			oauth := fmt.Sprintf("    oauth: {token_url: %q, client_id: hearback, secret_file: %s, secret_expires: 2025-12-01, scope: mail, ca_file: %s, own_network: true}\n",
				tokens.URL+"/token", secret, ca)
			text = text[:i] + text[j:]
			return strings.Replace(text, "    imap:", oauth+"    imap:", 1)
		},
	})
	h.admin("ade", "Ade Winter")
	h.dovecot.Append(t, sen, "INBOX", letter("ask@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.look()
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	if tokens.scope != "mail" {
		t.Errorf("scope %q", tokens.scope)
	}

	// Six days ahead the week's warning is due: to the administrators, once.
	ctx := context.Background()
	must(t, h.app.warnOfSecrets(ctx))
	must(t, h.app.warnOfSecrets(ctx))
	h.app.wakeUp()
	h.until("the warning", func() bool { return len(h.to("ade@westmarsh.example")) == 1 })
	if _, body := read(t, h.to("ade@westmarsh.example")[0].Data); !strings.Contains(body, "mailbox sen runs out on Monday 1 December 2025") {
		t.Errorf("the warning: %s", body)
	}
	if status, text := h.health(); status != http.StatusOK || !strings.Contains(text, "warning: The sign-in secret of sen runs out on 1 December 2025, in 6 days.") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}

	// The secret is taken back. The mail server would let us in for an hour yet.
	tokens.takes("second secret")
	offset.Store(int64(11 * time.Minute))
	h.app.checkSignIns(ctx)
	if status, text := h.health(); status != http.StatusServiceUnavailable || !strings.Contains(text, "mailbox sen: Microsoft refused our sign-in (code AADSTS7000222: secret out of date)") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	if page := h.signIn("priya").get("/inbox", http.StatusOK); !strings.Contains(page.body, `href="/admin/mailboxes"`) {
		t.Errorf("no banner: %s", words(page.body))
	}
	if !strings.Contains(h.log.String(), "event=sign_in_refused") || strings.Contains(h.log.String(), "first secret") {
		t.Error("the log does not say it, or says too much")
	}

	must(t, os.WriteFile(secret, []byte("second secret\n"), 0o600))
	h.app.checkSignIns(ctx)
	h.until("health to be well", func() bool { status, _ := h.health(); return status == http.StatusOK })
	h.dovecot.Append(t, sen, "INBOX", letter("more@family.example", "gwen@family.example", "Meeting", "Can we meet?"), h.now())
	h.look()
	h.until("the next acknowledgement", func() bool { return len(h.to("gwen@family.example")) == 1 })
	if rows := h.ledger("INBOX"); len(rows) != 2 {
		t.Errorf("%d lines in the ledger", len(rows))
	}
}
