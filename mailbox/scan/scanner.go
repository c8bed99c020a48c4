package scan

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"time"

	"hearback/tickets/fault"
)

// Verdict is what is known of a file. The zero value is no verdict.
type Verdict string

// The verdicts, as they are stored and shown.
const (
	Clean      Verdict = "clean"       // clamd read all of it and said OK
	Infected   Verdict = "infected"    // clamd named something in it
	NotScanned Verdict = "not_scanned" // nobody looked, or not to the end
)

// Result is the answer about one file.
type Result struct {
	Verdict Verdict
	// Signature is clamd's name of the finding when Infected, and the reason in
	// plain words when NotScanned. It is printable, of one line and short.
	Signature string
}

// Defaults of a Config.
const (
	// DefaultTimeout bounds one file from dialling to the answer. clamd gives up
	// after MaxScanTime, 2 minutes as delivered (clamd.conf(5)).
	DefaultTimeout = 150 * time.Second
	// DefaultMaxBytes is the smallest StreamMaxLength and MaxFileSize that clamd
	// was delivered with in the versions still in use (25 MB up to 0.105). clamd
	// answers OK to what is above its MaxFileSize without reading it, unless
	// AlertExceedsMax is on, so a larger file must not be asked about.
	DefaultMaxBytes = 25 << 20
)

// Config says where clamd is and how much may be asked of it.
type Config struct {
	// Address is a path or "unix:PATH" for a local socket, "HOST:PORT" or
	// "tcp://HOST:PORT" otherwise. The connection is not encrypted: clamd has no
	// TLS, so it belongs on this machine or a private network.
	Address string
	// Timeout bounds one call, from dialling to the answer; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBytes is the largest file that is asked about; 0 is DefaultMaxBytes. It
	// must not be above clamd's StreamMaxLength and MaxFileSize.
	MaxBytes int64
}

// Scanner asks one clamd. It may be used from several goroutines.
type Scanner struct {
	network, address string
	timeout          time.Duration
	max              int64
	dialer           net.Dialer
}

// New makes a scanner; it connects to nothing. The error is fault.Invalid.
func New(c Config) (*Scanner, error) {
	s := &Scanner{timeout: c.Timeout, max: c.MaxBytes}
	switch {
	case s.timeout < 0 || s.max < 0:
		return nil, fault.New(fault.Invalid, "The time and size of a scan cannot be below nought")
	case s.timeout == 0:
		s.timeout = DefaultTimeout
	}
	if s.max == 0 {
		s.max = DefaultMaxBytes
	}
	var err error
	s.network, s.address, err = split(c.Address)
	return s, err
}

// split reads an address in the forms that Config names.
func split(address string) (network, rest string, err error) {
	address = strings.TrimSpace(address)
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		address = "/" + strings.TrimLeft(path, "/")
	}
	if filepath.IsAbs(address) && address != "/" {
		return "unix", address, nil
	}
	address = strings.TrimPrefix(address, "tcp://")
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" {
		return "", "", fault.New(fault.Invalid, "The address of clamd has to be the path of a socket, or a host and a port")
	}
	return "tcp", address, nil
}

// Ping asks whether clamd is there and ready. The error is fault.Temporary.
func (s *Scanner) Ping(ctx context.Context) error {
	answer, err := s.ask(ctx, "PING")
	if err != nil {
		return err
	}
	if answer != "PONG" {
		return unreadable(answer)
	}
	return nil
}

// Version is clamd's own line about its program and signatures, such as
// "ClamAV 1.4.3/27800/Sat Nov 21 08:25:55 2026". The error is fault.Temporary.
func (s *Scanner) Version(ctx context.Context) (string, error) {
	answer, err := s.ask(ctx, "VERSION")
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(answer, "ClamAV ") {
		return "", unreadable(answer)
	}
	return printable(answer, maxShown), nil
}

func (s *Scanner) ask(ctx context.Context, command string) (string, error) {
	conn, done, err := s.dial(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	if _, err := conn.Write([]byte("z" + command + "\x00")); err != nil {
		return "", fault.Wrap(fault.Temporary, reasonDropped, err)
	}
	return answer(conn)
}

// dial connects; done closes. The connection breaks off when ctx ends, whatever
// it is doing, and after the timeout in any case.
func (s *Scanner) dial(ctx context.Context) (conn net.Conn, done func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	conn, err = s.dialer.DialContext(ctx, s.network, s.address)
	if err != nil {
		cancel()
		return nil, nil, fault.Wrap(fault.Temporary, reasonDown, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return conn, func() { stop(); cancel(); _ = conn.Close() }, nil
}
