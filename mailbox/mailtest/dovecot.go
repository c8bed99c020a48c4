package mailtest

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/mailtest/throwaway"
)

// Password is the password of every user of every server here.
const Password = "correct-horse"

// DovecotServer is a throw-away Dovecot. Every user name that looks like an
// address exists, with Password; its mail is a Maildir that starts empty.
type DovecotServer struct {
	place   *throwaway.Place
	program string
	account throwaway.Account
	cert    *Certificate
	ports   [3]int // IMAP, IMAPS, LMTP
	options dovecotOptions
	users   counter
}

type dovecotOptions struct {
	fsync   bool
	without []string
	extra   string
}

// DovecotOption changes how a Dovecot is set up.
type DovecotOption func(*dovecotOptions)

// WithFsync lets Dovecot sync its files as in real use. Without it nothing is
// synced, which is faster and says nothing about delivery rates.
func WithFsync() DovecotOption {
	return func(o *dovecotOptions) { o.fsync = true }
}

// WithoutCapabilities makes the server hide capabilities after sign-in, such as
// "IDLE", "CONDSTORE" or "ESEARCH", as simpler servers lack them. It goes on
// accepting the commands; a client that asks first will not send them.
func WithoutCapabilities(names ...string) DovecotOption {
	return func(o *dovecotOptions) { o.without = append(o.without, names...) }
}

// WithDovecotConfig appends lines to dovecot.conf.
func WithDovecotConfig(lines string) DovecotOption {
	return func(o *dovecotOptions) { o.extra += lines + "\n" }
}

// Dovecot starts a Dovecot for this test. Starting takes about a tenth of a
// second; tests that only need a mailbox of their own share one (SharedDovecot).
func Dovecot(t testing.TB, options ...DovecotOption) *DovecotServer {
	t.Helper()
	program := Require(t, "dovecot")
	s, err := newDovecot(program, options...)
	if err != nil {
		t.Fatalf("dovecot: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of Dovecot's log:\n%s", s.Log(40))
		}
		if err := s.close(); err != nil {
			t.Errorf("dovecot: %v", err)
		}
	})
	return s
}

func newDovecot(program string, options ...DovecotOption) (*DovecotServer, error) {
	// Dovecot refuses to serve the mail of uid 0; it needs no rights at all here.
	account, err := throwaway.RunAs("nobody")
	if err != nil {
		return nil, err
	}
	s := &DovecotServer{program: program, account: account}
	for _, set := range options {
		set(&s.options)
	}
	if s.cert, err = newCertificate(time.Now(), "localhost"); err != nil {
		return nil, err
	}
	// Its processes end at once on SIGKILL; SIGTERM would wait for clients.
	if s.place, err = throwaway.New("dovecot", "KILL"); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// prepare makes the directories and starts the server on ports that are free.
func (s *DovecotServer) prepare() error {
	dirs := []string{s.place.Dir}
	for _, name := range []string{"run", "state", "mail", "tls", "log"} {
		dir := s.path(name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		dirs = append(dirs, dir)
	}
	if err := s.account.Own(dirs...); err != nil {
		return err
	}
	if err := s.cert.write(s.path("tls")); err != nil {
		return err
	}
	version, err := dovecotVersion(s.program)
	if err != nil {
		return err
	}
	// Another process may take a port between our look and Dovecot's start.
	for attempt := 0; ; attempt++ {
		ports, err := throwaway.Ports(len(s.ports))
		if err != nil {
			return err
		}
		copy(s.ports[:], ports)
		if err := os.WriteFile(s.path("dovecot.conf"), []byte(s.config(version)), 0o644); err != nil {
			return err
		}
		if err = s.start(); err == nil {
			return nil
		}
		if attempt == 4 || !strings.Contains(s.Log(200), "Address already in use") {
			return fmt.Errorf("%w\n%s", err, s.Log(20))
		}
	}
}

func (s *DovecotServer) start() error {
	err := s.place.Start(throwaway.Command{
		Path:    s.program,
		Args:    []string{"-F", "-c", s.path("dovecot.conf")},
		Log:     s.path("log/start.out"),
		Account: s.account,
	})
	if err != nil {
		return err
	}
	return s.place.Ready(func() error { return greets(s.Addr(), "* OK") })
}

// greets connects and checks the first line of the server.
func greets(addr, want string) error {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, want) {
		return fmt.Errorf("greeting %q, want %q", line, want)
	}
	return nil
}

// dovecotVersion gives for example "2.3.19.1".
func dovecotVersion(program string) (string, error) {
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("dovecot --version: %w", err)
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return version, nil
}

func (s *DovecotServer) path(name string) string { return filepath.Join(s.place.Dir, name) }

// Addr is the address for IMAP; STARTTLS is offered, signing in without it allowed.
func (s *DovecotServer) Addr() string { return throwaway.Loopback(s.ports[0]) }

// AddrTLS is the address for IMAP with TLS from the first byte (RFC 8314).
func (s *DovecotServer) AddrTLS() string { return throwaway.Loopback(s.ports[1]) }

// LMTPAddr is the address for delivery by LMTP (RFC 2033).
func (s *DovecotServer) LMTPAddr() string { return throwaway.Loopback(s.ports[2]) }

// TLSConfig is a client's configuration that trusts this server.
func (s *DovecotServer) TLSConfig() *tls.Config { return s.cert.ClientTLS() }

// CAPool holds the server's certificate alone.
func (s *DovecotServer) CAPool() *x509.CertPool { return s.cert.Pool() }

// CAFile is a PEM file with the server's certificate, for programs under test.
func (s *DovecotServer) CAFile() string { return s.path("tls/cert.pem") }

// Log gives the last lines of what Dovecot wrote.
func (s *DovecotServer) Log(lines int) string {
	return throwaway.Tail(s.path("log/dovecot.log"), lines) + "\n" + throwaway.Tail(s.path("log/start.out"), lines)
}

// Kill ends the server and every connection to it at once, as a crash would.
func (s *DovecotServer) Kill(t testing.TB) {
	t.Helper()
	if err := s.place.Kill(); err != nil {
		t.Fatalf("dovecot: %v", err)
	}
}

// Stop freezes the server: connections stay open and nothing answers.
func (s *DovecotServer) Stop(t testing.TB) {
	t.Helper()
	if err := s.place.Signal(syscall.SIGSTOP); err != nil {
		t.Fatalf("dovecot: %v", err)
	}
}

// Cont lets a frozen server go on.
func (s *DovecotServer) Cont(t testing.TB) {
	t.Helper()
	if err := s.place.Signal(syscall.SIGCONT); err != nil {
		t.Fatalf("dovecot: %v", err)
	}
}

// Restart starts the server again on the same ports with the same mail. A server
// that still runs is killed first.
func (s *DovecotServer) Restart(t testing.TB) {
	t.Helper()
	s.Kill(t)
	// The children of a killed master hold its ports until they have died too.
	if err := throwaway.AwaitFree(s.ports[:]...); err != nil {
		t.Fatalf("dovecot: %v", err)
	}
	// Left by a crash; Dovecot would take it for a running server of its own.
	if err := os.Remove(s.path("run/master.pid")); err != nil && !os.IsNotExist(err) {
		t.Fatalf("dovecot: %v", err)
	}
	if err := s.start(); err != nil {
		t.Fatalf("dovecot: %v\n%s", err, s.Log(20))
	}
}

func (s *DovecotServer) close() error { return s.place.Close(syscall.SIGKILL) }
