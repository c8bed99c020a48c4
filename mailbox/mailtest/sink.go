package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// TLSMode says how a Sink speaks TLS.
type TLSMode int

// The modes of a Sink.
const (
	NoTLS       TLSMode = iota // never
	StartTLS                   // offered (RFC 3207); sign-in only behind it
	ImplicitTLS                // from the first byte (RFC 8314)
)

// SinkOptions sets up a Sink. The zero value takes everything in clear text.
type SinkOptions struct {
	Addr        string            // 127.0.0.1:0 when empty
	TLS         TLSMode           // NoTLS unless set
	Certificate *Certificate      // a fresh one when nil and TLS is used
	Users       map[string]string // user name to password; when set, MAIL needs AUTH PLAIN first
	UTF8        bool              // offer SMTPUTF8 (RFC 6531)
	MaxBytes    int64             // offer SIZE and refuse longer mail; 0: no limit

	// Script is asked at every step and may answer, drop the connection or hang. It
	// runs in the connection's goroutine, so it may also do something first, such as
	// killing the program under test, and several may run at once. nil: all is accepted.
	Script func(Event) Action
}

// Outcome is what became of a mail at a Sink.
type Outcome string

// The outcomes. Only an accepted mail counts as delivered.
const (
	Accepted Outcome = "accepted" // the answer to the whole mail was, or was about to be, 250
	Refused  Outcome = "refused"  // the whole mail was read and answered with an error
	Dropped  Outcome = "dropped"  // the whole mail was read, then the connection was closed without an answer
	Broken   Outcome = "broken"   // the client went away within the mail
)

// Received is one mail that came to a Sink as far as DATA.
type Received struct {
	Outcome  Outcome
	From     string   // envelope sender; "" for the null sender
	To       []string // envelope recipients that were accepted, in order
	Data     []byte   // the mail exactly as sent, without dot-stuffing
	Hello    string   // name in EHLO
	User     string   // who signed in, "" for nobody
	TLS      bool     // came over TLS
	UTF8     bool     // MAIL had SMTPUTF8
	Body     string   // BODY parameter of MAIL: "", "7BIT", "8BITMIME"
	Size     int64    // SIZE parameter of MAIL, 0 if not given
	Sequence int      // order of arrival at this Sink, from 1
}

// Sink is an SMTP server on 127.0.0.1 that keeps what it is sent.
type Sink struct {
	options  SinkOptions
	listener *sinkListener
	server   *smtp.Server
	served   chan struct{} // closed when Serve has returned
	quit     chan struct{} // closed when the sink closes: ends every hang
	closing  sync.Once
	cert     *Certificate
	caFile   string

	mu      sync.Mutex
	mails   []Received
	changed chan struct{} // closed and replaced whenever mails grows
}

// SMTPSink starts a Sink; it ends with the test.
func SMTPSink(t testing.TB, options SinkOptions) *Sink {
	t.Helper()
	if options.Addr == "" {
		options.Addr = "127.0.0.1:0"
	}
	s := &Sink{
		options: options,
		served:  make(chan struct{}),
		quit:    make(chan struct{}),
		changed: make(chan struct{}),
		cert:    options.Certificate,
	}
	if s.cert == nil && options.TLS != NoTLS {
		s.cert = NewCertificate(t)
	}
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", options.Addr)
	if err != nil {
		t.Fatalf("smtp sink: %v", err)
	}
	s.listener = &sinkListener{Listener: inner, sink: s}
	s.server = s.newServer()
	var listener net.Listener = s.listener
	if options.TLS == ImplicitTLS {
		listener = tls.NewListener(listener, s.cert.ServerTLS())
	}
	if s.cert != nil {
		s.caFile = filepath.Join(t.TempDir(), "cert.pem")
		if err := os.WriteFile(s.caFile, s.cert.PEM(), 0o644); err != nil {
			t.Fatalf("smtp sink: %v", err)
		}
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // ends with "closed", which Close has asked for
	}()
	t.Cleanup(s.Close)
	return s
}

func (s *Sink) newServer() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(s.newSession))
	server.Domain = "sink.example"
	server.MaxMessageBytes = s.options.MaxBytes
	server.EnableSMTPUTF8 = s.options.UTF8
	server.AllowInsecureAuth = s.options.TLS == NoTLS
	// A dropped connection is what a script asked for, nothing to report.
	server.ErrorLog = log.New(io.Discard, "", 0)
	if s.options.TLS == StartTLS {
		server.TLSConfig = s.cert.ServerTLS()
	}
	return server
}

// Addr is where the sink listens.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// TLSConfig is a client's configuration that trusts this sink; nil without TLS.
func (s *Sink) TLSConfig() *tls.Config {
	if s.cert == nil {
		return nil
	}
	return s.cert.ClientTLS()
}

// CAPool holds the sink's certificate alone; nil without TLS.
func (s *Sink) CAPool() *x509.CertPool {
	if s.cert == nil {
		return nil
	}
	return s.cert.Pool()
}

// CAFile is a PEM file with the sink's certificate; "" without TLS.
func (s *Sink) CAFile() string { return s.caFile }

// Close ends the sink and all its connections and waits for them. What it received
// can still be read. A second call does nothing.
func (s *Sink) Close() {
	s.closing.Do(func() {
		close(s.quit)
		_ = s.listener.Close() // ends Serve; a second close reports an error that means nothing
		<-s.served
		// Every connection is closed, so this only waits for the handlers.
		_ = s.server.Shutdown(context.Background())
	})
}

// Mails gives the accepted mails in order of arrival.
func (s *Sink) Mails() []Received {
	return slices.DeleteFunc(s.All(), func(r Received) bool { return r.Outcome != Accepted })
}

// All gives every mail, also those that were refused, dropped or broken off.
func (s *Sink) All() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Wait waits until n mails have been accepted and gives all that are.
func (s *Sink) Wait(t testing.TB, n int) []Received {
	t.Helper()
	return s.WaitFor(t, func(mails []Received) bool { return len(mails) >= n })
}

// hangGuard ends a test that waits for what never comes. It is no measure of speed.
const hangGuard = 2 * time.Minute

// WaitFor waits until the accepted mails satisfy done and gives them. It is asked
// again after every mail. When nothing more comes the test fails.
func (s *Sink) WaitFor(t testing.TB, done func(accepted []Received) bool) []Received {
	t.Helper()
	giveUp := time.NewTimer(hangGuard)
	defer giveUp.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		mails := s.Mails()
		if done(mails) {
			return mails
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("smtp sink: the test ended while waiting; %d mails accepted", len(mails))
		case <-giveUp.C:
			t.Fatalf("smtp sink: waited %v in vain; %d mails accepted, %d came in all", hangGuard, len(mails), len(s.All()))
		}
	}
}

// record keeps a mail and wakes those who wait.
func (s *Sink) record(r Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Sequence = len(s.mails) + 1
	s.mails = append(s.mails, r)
	close(s.changed)
	s.changed = make(chan struct{})
}
