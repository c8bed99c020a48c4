package mailtest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TokenScope is the permission that tokens of tests have and that a Dovecot with
// tokens wants.
const TokenScope = "IMAP.AccessAsUser.All"

// TokenSigner makes JSON Web Tokens (RFC 7519) that a Dovecot checks by itself.
type TokenSigner struct {
	key    *rsa.PrivateKey
	secret []byte
}

// NewTokenSigner makes a signer with keys of its own.
func NewTokenSigner(t testing.TB) *TokenSigner {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	return &TokenSigner{key: key, secret: secret}
}

// write puts the keys where Dovecot's fs dictionary looks for them:
// azp/algorithm/kid below dir, each "default" when the token does not name it.
func (s *TokenSigner) write(t testing.TB, dir string) {
	t.Helper()
	public, err := x509.MarshalPKIXPublicKey(&s.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"default/RS256/default": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}),
		"default/HS256/default": []byte(base64.StdEncoding.EncodeToString(s.secret)),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TokenClaims are those of a good token for a mailbox; change replaces some, nil
// values take them out.
func TokenClaims(mailbox string, change map[string]any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"aud": "https://outlook.office.com", "iss": "https://sts.windows.net/test/", "iat": now - 60, "nbf": now - 60, "exp": now + 3600,
		"email": mailbox, "sub": mailbox, "scope": TokenScope + " SMTP.Send",
	}
	maps.Copy(c, change)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// Sign makes a token of the claims by RS256 or HS256 (RFC 7518 section 3). Dovecot
// knows the kid "default" alone.
func (s *TokenSigner) Sign(t testing.TB, algorithm, kid string, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]string{"typ": "JWT", "alg": algorithm, "kid": kid}) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	switch algorithm {
	case "RS256":
		var err error
		if signature, err = rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:]); err != nil {
			t.Fatal(err)
		}
	case "HS256":
		mac := hmac.New(sha256.New, s.secret)
		mac.Write([]byte(text))
		signature = mac.Sum(nil)
	default:
		t.Fatalf("algorithm %s", algorithm)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
