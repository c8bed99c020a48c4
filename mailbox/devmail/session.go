package devmail

import (
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"hearback/tickets/fault"
)

func (s *Server) newIMAP() *imapserver.Server {
	caps := imap.CapSet{}
	for _, c := range []imap.Cap{
		imap.CapIMAP4rev1, imap.CapNamespace, imap.CapUIDPlus, imap.CapESearch, imap.CapListExtended,
		imap.CapListStatus, imap.CapMove, imap.CapStatusSize, imap.CapChildren, imap.CapSpecialUse, imap.CapCreateSpecialUse,
	} {
		caps[c] = struct{}{}
	}
	for c := range caps {
		for _, hidden := range s.opts.HideCaps {
			// imapserver panics without the base protocol.
			if strings.EqualFold(string(c), hidden) && c != imap.CapIMAP4rev1 {
				delete(caps, c)
			}
		}
	}
	return imapserver.New(&imapserver.Options{
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{srv: s, conn: c}, nil, nil
		},
		Caps:         caps,
		Logger:       protocolLog{log: s.opts.Log, event: "devmail_imap"},
		TLSConfig:    s.opts.TLSConfig,
		InsecureAuth: true, // loopback only
	})
}

// session is one IMAP connection. imapserver calls it from one goroutine, and
// Idle from a second one that it does not always wait for.
type session struct {
	srv     *Server
	conn    *imapserver.Conn
	account *account // set by Login, once

	mu     sync.Mutex // guards view and closed
	view   *view
	closed bool
	idling sync.WaitGroup
	pollMu sync.Mutex // updates leave in the order in which they were queued
}

var _ interface {
	imapserver.Session
	imapserver.SessionMove
	imapserver.SessionNamespace
	imapserver.SessionAppendLimit
} = (*session)(nil)

// view is one session's sight of a folder: it lags behind until Poll or Idle
// has told the client of the changes (RFC 9051 section 5.2).
type view struct {
	sess     *session
	account  *account
	folder   *folder
	tracker  *imapserver.SessionTracker
	wake     chan struct{}
	readOnly bool
	found    imap.UIDSet // the saved result "$" (RFC 5182)
}

// Close ends the session.
func (s *session) Close() error {
	defer s.srv.imapConns.Done()
	s.mu.Lock()
	s.closed = true
	v := s.view
	s.view = nil
	s.mu.Unlock()
	s.hangUp() // an idle goroutine may be writing to a client that does not read
	s.idling.Wait()
	if v != nil {
		v.close()
	}
	return nil
}

// hangUp closes the connection beneath any TLS, which could block.
func (s *session) hangUp() {
	nc := s.conn.NetConn()
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	_ = nc.Close() // it may be closed already
}

// Login accepts every address of the allowed domains with the one password.
func (s *session) Login(username, password string) error {
	if subtle.ConstantTimeCompare([]byte(password), []byte(s.srv.opts.Password)) != 1 {
		return imapserver.ErrAuthFailed
	}
	addr, err := parseAddress(username)
	if err != nil {
		return imapserver.ErrAuthFailed
	}
	return s.srv.write(func() error {
		a, err := s.srv.account(addr)
		if fault.Is(err, fault.NotFound) {
			return imapserver.ErrAuthFailed
		}
		s.account = a
		return err
	})
}

// AppendLimit is Options.MaxSize (RFC 7889).
func (s *session) AppendLimit() uint32 { return uint32(min(s.srv.opts.MaxSize, 1<<32-1)) }

// Namespace has only the user's own folders.
func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

// Select opens a folder; options.ReadOnly is EXAMINE.
func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name)
	if err != nil {
		return nil, imapError(err)
	}
	v := &view{sess: s, account: a, folder: f, tracker: f.tracker.NewSession(), wake: make(chan struct{}, 1), readOnly: options.ReadOnly}
	f.views[v] = struct{}{}
	s.mu.Lock()
	s.view = v
	s.mu.Unlock()

	flags := systemFlags()
	firstUnseen := uint32(0)
	for i, m := range f.msgs {
		for _, fl := range m.flags {
			if !hasFlag(flags, fl) {
				flags = append(flags, fl)
			}
		}
		if firstUnseen == 0 && !hasFlag(m.flags, imap.FlagSeen) {
			firstUnseen = uint32(i) + 1
		}
	}
	data := &imap.SelectData{
		Flags: flags, NumMessages: uint32(len(f.msgs)), FirstUnseenSeqNum: firstUnseen,
		UIDNext: f.uidNext, UIDValidity: f.meta.UIDValidity,
	}
	if !options.ReadOnly {
		data.PermanentFlags = append(append([]imap.Flag{}, flags...), imap.FlagWildcard)
	}
	return data, nil
}

// Unselect closes the folder.
func (s *session) Unselect() error {
	s.mu.Lock()
	v := s.view
	s.view = nil
	s.mu.Unlock()
	if v != nil {
		v.close()
	}
	return nil
}

func (v *view) close() {
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	delete(v.folder.views, v)
	v.tracker.Close()
}

// current is the view, or nil.
func (s *session) current() *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// selected runs f with the account locked and the selected folder in hand.
func (s *session) selected(f func(*view, *folder) error) error {
	v := s.current()
	if v == nil {
		return imapNo("", "No mailbox is selected")
	}
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	if v.folder.gone {
		return imapNo(imap.ResponseCodeNonExistent, "The mailbox is gone")
	}
	return f(v, v.folder)
}

// change is selected for commands that alter the folder.
func (s *session) change(f func(*view, *folder) error) error {
	return s.srv.write(func() error {
		return s.selected(func(v *view, fo *folder) error {
			if v.readOnly {
				return imapNo(imap.ResponseCodeNoPerm, "The mailbox is open for reading only")
			}
			return f(v, fo)
		})
	})
}

// Append stores a message that the client sends.
func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	var data imap.AppendData
	err := s.srv.write(func() (err error) {
		data.UID, data.UIDValidity, err = s.srv.insert(s.account, name, r, r.Size(), options.Time, options.Flags)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, imapNo(imap.ResponseCodeTryCreate, "No such mailbox")
	}
	if err != nil {
		return nil, imapError(err)
	}
	return &data, nil
}

// Status answers for a folder that need not be selected.
func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name)
	if err != nil {
		return nil, imapError(err)
	}
	return s.status(f, options), nil
}

// status fills in what was asked for; imapserver follows the pointers without
// looking.
func (s *session) status(f *folder, options *imap.StatusOptions) *imap.StatusData {
	messages, recent := uint32(len(f.msgs)), uint32(0)
	unseen, deleted := messages-f.count(imap.FlagSeen), f.count(imap.FlagDeleted)
	limit := s.AppendLimit()
	data := &imap.StatusData{
		Mailbox: f.meta.Name, NumMessages: &messages, NumRecent: &recent, UIDNext: f.uidNext,
		UIDValidity: f.meta.UIDValidity, NumUnseen: &unseen, NumDeleted: &deleted, AppendLimit: &limit,
	}
	if options.Size {
		size := f.size()
		data.Size = &size
	}
	if options.DeletedStorage {
		var size int64
		for _, m := range f.msgs {
			if hasFlag(m.flags, imap.FlagDeleted) {
				size += m.size
			}
		}
		data.DeletedStorage = &size
	}
	return data
}

func imapNo(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

// imapError turns our kinds into response codes (RFC 5530). Anything else goes
// back as it is: imapserver logs it and answers SERVERBUG.
func imapError(err error) error {
	if errors.Is(err, errFlags) {
		return imapNo(imap.ResponseCodeLimit, "Too many or too long keywords")
	}
	if errors.Is(err, syscall.ENOSPC) {
		return imapNo(imap.ResponseCodeUnavailable, "The disk is full")
	}
	switch fault.KindOf(err) {
	case fault.NotFound:
		return imapNo(imap.ResponseCodeNonExistent, fault.SafeText(err))
	case fault.Conflict:
		return imapNo(imap.ResponseCodeAlreadyExists, fault.SafeText(err))
	case fault.Invalid:
		return imapNo(imap.ResponseCodeCannot, fault.SafeText(err))
	case fault.Refused:
		return imapNo(imap.ResponseCodeLimit, fault.SafeText(err))
	case fault.Temporary:
		return imapNo(imap.ResponseCodeUnavailable, fault.SafeText(err))
	}
	return err
}

// internalDate is how a stored date goes out.
func internalDate(unix int64) time.Time { return time.Unix(unix, 0).UTC() }
