package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificate is a fresh self-signed certificate for localhost and 127.0.0.1,
// valid from a day ago until a month from now, trusted by nobody who is not told to.
type Certificate struct {
	certPEM, keyPEM []byte
	pair            tls.Certificate
	pool            *x509.CertPool
}

// NewCertificate makes one.
func NewCertificate(t testing.TB) *Certificate {
	t.Helper()
	c, err := newCertificate(time.Now(), "localhost")
	if err != nil {
		t.Fatalf("test certificate: %v", err)
	}
	return c
}

// ExpiredCertificate is one whose month ended some weeks ago.
func ExpiredCertificate(t testing.TB) *Certificate {
	t.Helper()
	c, err := newCertificate(time.Now().AddDate(0, -2, 0), "localhost")
	if err != nil {
		t.Fatalf("test certificate: %v", err)
	}
	return c
}

// CertificateOf is one for another host: it is not for 127.0.0.1.
func CertificateOf(t testing.TB, name string) *Certificate {
	t.Helper()
	c, err := newCertificate(time.Now(), name)
	if err != nil {
		t.Fatalf("test certificate: %v", err)
	}
	return c
}

func newCertificate(now time.Time, name string) (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "localhost", Organization: []string{"hearback tests"}},
		NotBefore:             now.AddDate(0, 0, -1),
		NotAfter:              now.AddDate(0, 1, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true, // its own authority, so that a program can be given the same file as its CA file
		DNSNames:              []string{name},
	}
	if name == "localhost" {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	c := &Certificate{
		certPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		keyPEM:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
		pool:    x509.NewCertPool(),
	}
	c.pool.AppendCertsFromPEM(c.certPEM)
	c.pair, err = tls.X509KeyPair(c.certPEM, c.keyPEM)
	return c, err
}

// ServerTLS is a configuration for a server with this certificate.
func (c *Certificate) ServerTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.pair}, MinVersion: tls.VersionTLS12}
}

// ClientTLS is a configuration for a client that trusts this certificate and no other.
func (c *Certificate) ClientTLS() *tls.Config {
	return &tls.Config{RootCAs: c.pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
}

// Pool holds this certificate alone.
func (c *Certificate) Pool() *x509.CertPool { return c.pool.Clone() }

// PEM is the certificate in PEM form.
func (c *Certificate) PEM() []byte { return append([]byte(nil), c.certPEM...) }

// write puts cert.pem and key.pem into dir. The key is readable by all: it is
// worth nothing, and the server's account must read it.
func (c *Certificate) write(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), c.certPEM, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "key.pem"), c.keyPEM, 0o644)
}
