package devmail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"

	"hearback/tickets/fault"
)

// Options of a server. Only Password is required.
type Options struct {
	// Password signs every address in, over IMAP and SMTP.
	Password string
	// Domains, when it is not empty, are the only domains that have accounts.
	Domains []string
	// Hostname is what the server calls itself; "localhost" when empty.
	Hostname string
	// MaxSize is the largest message in octets; 50 MiB when 0.
	MaxSize int64
	// RequireAuth makes SMTP refuse MAIL before AUTH.
	RequireAuth bool
	// TLSConfig, when set, offers STARTTLS and allows ListenIMAPS and ListenSMTPS.
	TLSConfig *tls.Config
	// HideCaps are IMAP capabilities not to advertise, to try a client's
	// fallbacks: those of newIMAP; IDLE, ENABLE, UNSELECT, SASL-IR, LITERAL- and
	// UTF8=ACCEPT are imapserver's own and always there.
	HideCaps []string
	// MaxConns is the number of connections a listener serves at once; 256 when 0.
	MaxConns int
	// IdleTimeout ends a connection that stays silent, an idling one too.
	// 30 minutes when 0. SMTP waits 5 minutes at most (RFC 5321 section 4.5.3.2.7).
	IdleTimeout time.Duration
	// Sync calls fsync for every message: it then survives a power cut too.
	Sync bool
	// Now is the clock for internal dates, trace headers and UIDVALIDITY;
	// time.Now when nil. Network deadlines always follow the real clock.
	Now func() time.Time
	// Log takes what operators need; nothing is logged when nil. Protocol
	// errors come at debug level, and may cite what the client sent.
	Log *slog.Logger
}

// Server holds accounts on disk and serves them. Its methods may be called from
// any goroutine.
type Server struct {
	opts    Options
	domains map[string]bool // nil: any
	disk    disk
	lock    *os.File
	imap    *imapserver.Server
	smtp    *smtp.Server
	queueID atomic.Uint64

	life   sync.RWMutex // held for reading while something is being written
	closed bool         // guarded by life

	mu        sync.Mutex
	accounts  map[string]*account
	changes   chan struct{} // closed and replaced when any folder changed
	hooks     map[int]func(account, folder string, uid uint32)
	nextHook  int
	listeners []*listener
	closing   bool
	done      chan struct{} // closed when Close begins

	serving   sync.WaitGroup // accept loops
	imapConns sync.WaitGroup
	smtpData  sync.WaitGroup // BDAT hands the message over in a goroutine of its own
}

// Open opens the store in dir, which is made when it is missing. Only one
// server may have a directory open. Files that a crash left half-written are
// removed; message files that are not whole are set aside under their name
// plus ".damaged" and logged.
func Open(dir string, opts Options) (*Server, error) {
	if opts.Password == "" {
		return nil, fault.New(fault.Invalid, "The embedded mail server needs a password.")
	}
	if opts.Hostname == "" {
		opts.Hostname = "localhost"
	}
	if opts.MaxSize <= 0 {
		opts.MaxSize = 50 << 20
	}
	if opts.MaxConns <= 0 {
		opts.MaxConns = 256
	}
	if opts.IdleTimeout <= 0 {
		opts.IdleTimeout = 30 * time.Minute
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s := &Server{
		opts:     opts,
		accounts: make(map[string]*account),
		changes:  make(chan struct{}),
		hooks:    make(map[int]func(string, string, uint32)),
		done:     make(chan struct{}),
	}
	for _, d := range opts.Domains {
		if s.domains == nil {
			s.domains = make(map[string]bool)
		}
		s.domains[foldDomain(d)] = true
	}
	var err error
	if s.disk, s.lock, err = openDisk(dir, opts.Sync); err != nil {
		return nil, err
	}
	if err := s.loadAccounts(); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	s.imap = s.newIMAP()
	s.smtp = s.newSMTP()
	return s, nil
}

func (s *Server) loadAccounts() error {
	entries, err := os.ReadDir(s.disk.root)
	if err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		dir := filepath.Join(s.disk.root, e.Name())
		meta, _ := readAccountMeta(dir)
		// Whatever the file says, an account lives where its address leads to,
		// or deliveries would go elsewhere.
		addr, err := parseAddress(meta.Address)
		if err != nil || addr.base != meta.Address || dirName(addr.base) != e.Name() {
			s.opts.Log.Warn("a directory that belongs to no account was left alone", "event", "devmail_stray", "outcome", "ignored")
			continue
		}
		if _, err := s.openAccount(addr.base); err != nil {
			return err
		}
	}
	return nil
}

// openAccount loads or makes an account. The caller holds s.mu, or is Open.
func (s *Server) openAccount(base string) (*account, error) {
	a, repaired, err := openAccount(s.disk, filepath.Join(s.disk.root, dirName(base)), base, s.opts.Now, s.change)
	if err != nil {
		return nil, err
	}
	if len(repaired) > 0 {
		s.opts.Log.Error("damaged mail files were set aside", "event", "devmail_repair", "outcome", "set_aside", "count", len(repaired))
	}
	s.accounts[base] = a
	return a, nil
}

// account gives the account of a parsed address, made on first use.
func (s *Server) account(addr mailAddress) (*account, error) {
	if s.domains != nil && !s.domains[addr.domain] {
		return nil, fault.New(fault.NotFound, "This mail server has no accounts in this domain.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[addr.base]; a != nil {
		return a, nil
	}
	return s.openAccount(addr.base)
}

// lookup gives an account that exists. address may carry a tag.
func (s *Server) lookup(address string) (*account, error) {
	addr, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[addr.base]
	if a == nil {
		return nil, fault.New(fault.NotFound, "There is no such mail account.")
	}
	return a, nil
}

// write runs f unless the server is closed, and keeps Close waiting meanwhile.
func (s *Server) write(f func() error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return errClosed()
	}
	return f()
}

func errClosed() error { return fault.New(fault.Temporary, "The embedded mail server is closed.") }

// change tells waiters that some folder has other contents than before.
func (s *Server) change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changes)
	s.changes = make(chan struct{})
}

// Close stops the listeners, ends every connection, waits for all goroutines of
// the server and for deliveries under way, and releases the directory. It must
// not be called from an OnDeliver hook. A second Close does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil
	}
	s.closing = true
	close(s.done)
	listeners := slices.Clone(s.listeners)
	s.mu.Unlock()

	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.stop())
	}
	s.serving.Wait()
	s.imapConns.Wait()
	// The connections are closed: all that Shutdown does is to wait for their
	// goroutines. Its error is about listeners that are closed already.
	_ = s.smtp.Shutdown(context.Background())
	s.smtpData.Wait()

	s.life.Lock()
	defer s.life.Unlock()
	s.closed = true
	return errors.Join(append(errs, s.lock.Close())...)
}

// OnDeliver registers a function that is called after each delivery (Deliver,
// Post, SMTP; not IMAP's APPEND or COPY), when the message is on disk and every
// session can see it. It runs in the delivering goroutine, before the sender
// gets its answer. remove takes it out again.
func (s *Server) OnDeliver(f func(account, folder string, uid uint32)) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextHook
	s.nextHook++
	s.hooks[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.hooks, id)
	}
}

// delivered calls the hooks in the order of their registration.
func (s *Server) delivered(account, folder string, uid uint32) {
	s.mu.Lock()
	var hooks []func(string, string, uint32)
	for _, id := range slices.Sorted(maps.Keys(s.hooks)) {
		hooks = append(hooks, s.hooks[id])
	}
	s.mu.Unlock()
	for _, h := range hooks {
		h(account, folder, uid)
	}
}
