package mailtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// DovecotWithKeys starts a Dovecot that takes passwords, and tokens of signer,
// which it checks itself: signature, times, scope, and that the email in it is the
// user who signs in.
func DovecotWithKeys(t testing.TB, signer *TokenSigner) *DovecotServer {
	t.Helper()
	return dovecotWithTokens(t, func(dir string) string {
		signer.write(t, filepath.Join(dir, "keys"))
		return "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=" + dir + "/keys/\n"
	})
}

// DovecotWithIntrospection starts a Dovecot that takes passwords, and asks about
// every token (RFC 7662).
func DovecotWithIntrospection(t testing.TB, about *Introspection) *DovecotServer {
	t.Helper()
	answers := httptest.NewServer(about)
	t.Cleanup(answers.Close)
	return dovecotWithTokens(t, func(string) string {
		return "introspection_mode = post\nintrospection_url = " + answers.URL + "/introspect\nforce_introspection = yes\n" +
			"active_attribute = active\nactive_value = true\n"
	})
}

// dovecotWithTokens needs Dovecot 2.3, whose settings these are.
func dovecotWithTokens(t testing.TB, settings func(dir string) string) *DovecotServer {
	t.Helper()
	version, err := dovecotVersion(Require(t, "dovecot"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version, "2.3.") {
		t.Skipf("OAuth2 is configured here for Dovecot 2.3, this is %s", version)
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
	text := settings(dir) + "username_attribute = email\nscope = " + TokenScope + "\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Dovecot(t, WithDovecotConfig(`
auth_mechanisms = plain login xoauth2 oauthbearer
auth_verbose = yes
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = `+conf+`
}`))
}

// Introspection is a server that says what tokens are worth (RFC 7662).
type Introspection struct {
	mu     sync.Mutex
	tokens map[string]map[string]any
	asked  map[string]bool
}

// NewIntrospection knows these tokens; of others it says that they are not active.
func NewIntrospection(tokens map[string]map[string]any) *Introspection {
	return &Introspection{tokens: tokens, asked: make(map[string]bool)}
}

// Know replaces what is said of a token.
func (i *Introspection) Know(token string, about map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.tokens[token] = about
}

// ServeHTTP answers for one token. Dovecot posts it as a form.
func (i *Introspection) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

// WasAskedFor reports whether somebody asked about a token.
func (i *Introspection) WasAskedFor(token string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[token]
}
