package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"hearback/tickets/fault"
)

// fakeClamd listens on loopback and gives each connection to talk, with the
// command it was sent already read.
func fakeClamd(t *testing.T, network string, talk func(command string, conn net.Conn)) string {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "clamd.ctl")
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			command, err := readCommand(conn)
			if err == nil {
				talk(command, conn)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

func readCommand(r io.Reader) (string, error) {
	var out []byte
	for b := make([]byte, 1); ; {
		if _, err := r.Read(b); err != nil {
			return "", err
		}
		if b[0] == 0 {
			return string(out), nil
		}
		out = append(out, b[0])
	}
}

// readStream reads chunks to the one of no length.
func readStream(r io.Reader) ([]byte, error) {
	var all []byte
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return all, err
		}
		n := binary.BigEndian.Uint32(head[:])
		if n == 0 {
			return all, nil
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(r, part); err != nil {
			return all, err
		}
		all = append(all, part...)
	}
}

func scanner(t *testing.T, c Config) *Scanner {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		want         Result
		kind         fault.Kind // "" = no error
	}{
		{"clean", "stream: OK\x00", Result{Verdict: Clean}, ""},
		{"found", "stream: Win.Test.EICAR_HDB-1 FOUND\x00", Result{Infected, "Win.Test.EICAR_HDB-1"}, ""},
		{"found with details", "stream: Eicar-Signature(69630e4574ec6798239b091cda43dca0:69) FOUND\x00", Result{Infected, "Eicar-Signature(69630e4574ec6798239b091cda43dca0:69)"}, ""},
		{"above a limit of clamd", "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\x00", Result{NotScanned, reasonTooLarge}, ""},
		{"StreamMaxLength", "INSTREAM size limit exceeded. ERROR\x00", Result{NotScanned, reasonTooLarge}, ""},
		{"cannot", "stream: Can't allocate memory ERROR\x00", Result{NotScanned, reasonFailed}, fault.Temporary},
		{"unknown command", "UNKNOWN COMMAND\x00", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"nothing", "", Result{NotScanned, reasonDropped}, fault.Temporary},
		{"only the end", "\x00", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"half an answer", "stream: OK", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"OK of something else", "OK\x00", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"OK and more", "stream: OK maybe\x00", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"a name that ends in OK", "stream: Trojan OK FOUND\x00", Result{Infected, "Trojan OK"}, ""},
		{"found without a name", "stream:  FOUND\x00", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"a name for a page", "stream: <b>\x1b\u202eX FOUND\x00", Result{Infected, "<b>??X"}, ""},
		{"another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", Result{NotScanned, reasonStrange}, fault.Temporary},
		{"without an end", strings.Repeat("A", 1<<20), Result{NotScanned, reasonStrange}, fault.Temporary},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := bytes.Repeat([]byte("letter "), 40_000) // several chunks
			var got []byte
			address := fakeClamd(t, "tcp", func(command string, conn net.Conn) {
				if command == "zINSTREAM" {
					got, _ = readStream(conn)
				}
				_, _ = conn.Write([]byte(c.answer))
			})
			r, err := scanner(t, Config{Address: address}).Scan(t.Context(), bytes.NewReader(sent))
			if r != c.want || fault.KindOf(err) != c.kind {
				t.Errorf("got %+v, %v", r, err)
			}
			if !bytes.Equal(got, sent) {
				t.Errorf("clamd got %d bytes of %d", len(got), len(sent))
			}
		})
	}
}

func TestNeverCleanBeforeTheEnd(t *testing.T) {
	// An answer that came before the last chunk speaks of half a file.
	for _, c := range []struct {
		answer string
		want   Verdict
	}{{"stream: OK\x00", NotScanned}, {"stream: Worm FOUND\x00", Infected}, {"INSTREAM size limit exceeded. ERROR\x00", NotScanned}} {
		conn, other := net.Pipe()
		go func() {
			_, _ = readCommand(other)
			_ = other.Close() // its answer is judged below
		}()
		s := scanner(t, Config{Address: "/nowhere"})
		whole, err := s.send(conn, io.LimitReader(neverEnding{}, 1<<20))
		if whole || err == nil {
			t.Fatalf("the whole was sent: %v", err)
		}
		if r, err := judge(strings.TrimSuffix(c.answer, "\x00"), whole); r.Verdict != c.want {
			t.Errorf("%q: %+v, %v", c.answer, r, err)
		}
		_ = conn.Close()
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }

func TestBreaksOff(t *testing.T) {
	address := fakeClamd(t, "tcp", func(_ string, conn net.Conn) {
		_, _ = io.ReadFull(conn, make([]byte, 1000))
		if c, ok := conn.(*net.TCPConn); ok {
			_ = c.SetLinger(0) // a reset, as of a daemon that was killed
		}
	})
	r, err := scanner(t, Config{Address: address}).Scan(t.Context(), io.LimitReader(neverEnding{}, 20<<20))
	if r != (Result{NotScanned, reasonDropped}) || !fault.Is(err, fault.Temporary) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDown(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	for _, a := range []string{address, filepath.Join(t.TempDir(), "none.ctl")} {
		s := scanner(t, Config{Address: a})
		r, err := s.Scan(t.Context(), strings.NewReader("x"))
		if r != (Result{NotScanned, reasonDown}) || !fault.Is(err, fault.Temporary) {
			t.Errorf("%+v, %v", r, err)
		}
		if err := s.Ping(t.Context()); !fault.Is(err, fault.Temporary) {
			t.Error(err)
		}
	}
}

func TestStalls(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	address := fakeClamd(t, "tcp", func(string, net.Conn) { <-release })
	// It reads nothing, so a large file blocks in the write and a small one in the answer.
	for _, n := range []int64{10, 20 << 20} {
		s := scanner(t, Config{Address: address, Timeout: 50 * time.Millisecond})
		r, err := s.Scan(t.Context(), io.LimitReader(neverEnding{}, n))
		if r != (Result{NotScanned, reasonSlow}) || !fault.Is(err, fault.Temporary) {
			t.Errorf("%d bytes: %+v, %v", n, r, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := scanner(t, Config{Address: address}).Scan(ctx, iotest.DataErrReader(io.MultiReader(strings.NewReader("x"), onRead(cancel))))
	if r.Verdict != NotScanned || err == nil {
		t.Errorf("after the end of its context: %+v, %v", r, err)
	}
}

// onRead calls f when it is read and is empty.
type onRead func()

func (f onRead) Read([]byte) (int, error) { f(); return 0, io.EOF }

func TestTooLarge(t *testing.T) {
	address := fakeClamd(t, "tcp", func(_ string, conn net.Conn) {
		if _, err := readStream(conn); err == nil {
			_, _ = conn.Write([]byte("stream: OK\x00"))
		}
	})
	s := scanner(t, Config{Address: address, MaxBytes: 100_000})
	if r, err := s.Scan(t.Context(), io.LimitReader(neverEnding{}, 100_000)); r.Verdict != Clean || err != nil {
		t.Errorf("at the limit: %+v, %v", r, err)
	}
	if r, err := s.Scan(t.Context(), io.LimitReader(neverEnding{}, 100_001)); r != (Result{NotScanned, reasonTooLarge}) || err != nil {
		t.Errorf("above the limit: %+v, %v", r, err)
	}
	if r, err := s.Scan(t.Context(), strings.NewReader("")); r.Verdict != Clean || err != nil {
		t.Errorf("an empty file: %+v, %v", r, err)
	}
}

func TestUnreadablePart(t *testing.T) {
	address := fakeClamd(t, "tcp", func(_ string, conn net.Conn) {
		_, _ = readStream(conn)
		_, _ = conn.Write([]byte("stream: OK\x00"))
	})
	for _, cause := range []error{errors.New("broken"), io.ErrUnexpectedEOF} {
		r, err := scanner(t, Config{Address: address}).Scan(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cause)))
		if r != (Result{NotScanned, reasonPart}) || !errors.Is(err, cause) {
			t.Errorf("%v: %+v, %v", cause, r, err)
		}
	}
}

func TestPingAndVersion(t *testing.T) {
	answers := map[string]string{"zPING": "PONG\x00", "zVERSION": "ClamAV 1.4.3/27800/Sat Nov 21 08:25:55 2026\x00"}
	for _, network := range []string{"tcp", "unix"} {
		address := fakeClamd(t, network, func(c string, conn net.Conn) { _, _ = conn.Write([]byte(answers[c])) })
		s := scanner(t, Config{Address: address})
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		if v, err := s.Version(t.Context()); v != "ClamAV 1.4.3/27800/Sat Nov 21 08:25:55 2026" || err != nil {
			t.Error(v, err)
		}
	}
	address := fakeClamd(t, "tcp", func(_ string, conn net.Conn) { _, _ = conn.Write([]byte("220 mail.council.example ESMTP\r\n")) })
	s := scanner(t, Config{Address: address})
	if err := s.Ping(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Error("a mail server is no scanner:", err)
	}
	if _, err := s.Version(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Error("a mail server is no scanner:", err)
	}
}

func TestAddresses(t *testing.T) {
	for in, want := range map[string][2]string{
		"/run/clamav/clamd.ctl":      {"unix", "/run/clamav/clamd.ctl"},
		"unix:/run/clamav/clamd.ctl": {"unix", "/run/clamav/clamd.ctl"},
		"unix:///run/clamd.ctl":      {"unix", "/run/clamd.ctl"},
		"127.0.0.1:3310":             {"tcp", "127.0.0.1:3310"},
		"tcp://scanner.example:3310": {"tcp", "scanner.example:3310"},
		"tcp://[::1]:3310":           {"tcp", "[::1]:3310"},
	} {
		s, err := New(Config{Address: in})
		if err != nil || s.network != want[0] || s.address != want[1] {
			t.Errorf("%s: %+v, %v", in, s, err)
		}
	}
	for _, in := range []string{"", "/", "clamd", "host:", ":3310", "unix:", "tcp://"} {
		if _, err := New(Config{Address: in}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was taken: %v", in, err)
		}
	}
	if _, err := New(Config{Address: "127.0.0.1:3310", MaxBytes: -1}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
