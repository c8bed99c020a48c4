package devmail_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"go.uber.org/goleak"

	"hearback/mailbox/devmail"
)

const (
	sen    = "sen@council.example"
	parent = "wren.hart@family.example"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon bounds what a test waits for; reaching it is a failure, never a pass.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func options() devmail.Options {
	return devmail.Options{Password: "demo", Hostname: "mail.council.example", Now: noon}
}

func open(t *testing.T, dir string, opts devmail.Options) *devmail.Server {
	t.Helper()
	log := &panics{}
	if opts.Log == nil {
		opts.Log = slog.New(log)
	}
	s, err := devmail.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if seen := log.all(); len(seen) > 0 {
			t.Errorf("the server logged errors: %v", seen)
		}
	})
	return s
}

// panics collects what the server logs at error level: nothing, in these tests.
type panics struct {
	mu   sync.Mutex
	seen []string
}

func (p *panics) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (p *panics) WithAttrs([]slog.Attr) slog.Handler           { return p }
func (p *panics) WithGroup(string) slog.Handler                { return p }
func (p *panics) Handle(_ context.Context, r slog.Record) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	p.seen = append(p.seen, text)
	return nil
}

func (p *panics) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func listenIMAP(t *testing.T, s *devmail.Server) string {
	t.Helper()
	addr, err := s.ListenIMAP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func listenSMTP(t *testing.T, s *devmail.Server) string {
	t.Helper()
	addr, err := s.ListenSMTP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// signIn connects and signs in.
func signIn(t *testing.T, addr, user string, opts *imapclient.Options) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(addr, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // closed by the test already, or by the server
	must(t, c.Login(user, "demo").Wait())
	return c
}

func selectBox(t *testing.T, c *imapclient.Client, name string) *imap.SelectData {
	t.Helper()
	data, err := c.Select(name, nil).Wait()
	must(t, err)
	return data
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func deliver(t *testing.T, s *devmail.Server, to string, raw string) uint32 {
	t.Helper()
	uid, err := s.Deliver(soon(t), to, []byte(raw), noon(), "")
	must(t, err)
	return uid
}

func letter(n int) string {
	return fmt.Sprintf("From: Wren Hart <wren.hart@family.example>\r\nTo: sen@council.example\r\n"+
		"Subject: Transport for Ash (%d)\r\nMessage-ID: <m%d@family.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\nThe taxi did not come again. (%d)\r\n", n, n, n)
}

func appendTo(t *testing.T, c *imapclient.Client, box string, raw []byte, opts *imap.AppendOptions) *imap.AppendData {
	t.Helper()
	cmd := c.Append(box, int64(len(raw)), opts)
	_, err := cmd.Write(raw)
	must(t, err)
	must(t, cmd.Close())
	data, err := cmd.Wait()
	must(t, err)
	return data
}

// body fetches whole messages by UID with BODY.PEEK[].
func bodies(t *testing.T, c *imapclient.Client, set imap.UIDSet) map[imap.UID][]byte {
	t.Helper()
	section := &imap.FetchItemBodySection{Peek: true}
	msgs, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	must(t, err)
	out := make(map[imap.UID][]byte)
	for _, m := range msgs {
		out[m.UID] = m.FindBodySection(section)
	}
	return out
}

func everything() imap.UIDSet { return imap.UIDSet{{Start: 1, Stop: 0}} }

// wire is a connection on which tests write protocol by hand.
type wire struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dialWire(t *testing.T, addr string) *wire {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	must(t, err)
	must(t, c.SetDeadline(time.Now().Add(60*time.Second)))
	t.Cleanup(func() { _ = c.Close() })
	return &wire{t: t, Conn: c, r: bufio.NewReader(c)}
}

func (w *wire) send(text string) {
	w.t.Helper()
	if _, err := w.Write([]byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// until reads lines up to the one that begins with prefix and gives them all.
func (w *wire) until(prefix string) string {
	w.t.Helper()
	var all strings.Builder
	for {
		line, err := w.r.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			w.t.Fatalf("waiting for %q: %v after %q", prefix, err, all.String())
		}
		if strings.HasPrefix(line, prefix) {
			return all.String()
		}
	}
}

func (w *wire) command(line string) string {
	w.t.Helper()
	w.send("x " + line + "\r\n")
	return w.until("x ")
}

// certificate is a self-signed one for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "devmail"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
