package devmail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets/fault"
)

// AccountInfo is one account and its folders, INBOX first.
type AccountInfo struct {
	Address string
	Folders []FolderInfo
}

// FolderInfo is what IMAP's STATUS tells of a folder.
type FolderInfo struct {
	Name        string
	Messages    int
	Unseen      int
	UIDNext     uint32
	UIDValidity uint32
}

// MessageInfo is what a folder knows of a message without reading it.
type MessageInfo struct {
	UID          uint32
	InternalDate time.Time // UTC, whole seconds
	Size         int64     // octets
	Flags        []string
}

// Accounts lists the accounts by address.
func (s *Server) Accounts() []AccountInfo {
	s.mu.Lock()
	accounts := maps.Clone(s.accounts)
	s.mu.Unlock()
	var out []AccountInfo
	for _, address := range slices.Sorted(maps.Keys(accounts)) {
		out = append(out, accounts[address].info())
	}
	return out
}

func (a *account) info() AccountInfo {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := AccountInfo{Address: a.address}
	for _, name := range a.names() {
		f := a.folders[name]
		out.Folders = append(out.Folders, FolderInfo{
			Name: name, Messages: len(f.msgs), Unseen: len(f.msgs) - int(f.count(imap.FlagSeen)),
			UIDNext: uint32(f.uidNext), UIDValidity: f.meta.UIDValidity,
		})
	}
	return out
}

// Messages lists a folder of an account by UID; name "" is INBOX. An account or folder that
// does not exist has no messages.
func (s *Server) Messages(address, name string) []MessageInfo {
	var out []MessageInfo
	_ = s.inspect(address, name, func(_ *account, f *folder) error { // not found is empty
		for _, m := range f.msgs {
			info := MessageInfo{UID: uint32(m.uid), InternalDate: time.Unix(m.date, 0).UTC(), Size: m.size}
			for _, fl := range m.flags {
				info.Flags = append(info.Flags, string(fl))
			}
			out = append(out, info)
		}
		return nil
	})
	return out
}

// inspect runs f with the account locked.
func (s *Server) inspect(address, name string, f func(*account, *folder) error) error {
	a, err := s.lookup(address)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	fo, err := a.folder(name)
	if err != nil {
		return err
	}
	return f(a, fo)
}

// Raw gives the exact bytes of a message. The error is of kind not_found when
// there is no such account, folder or message.
func (s *Server) Raw(address, name string, uid uint32) ([]byte, error) {
	var file *os.File
	err := s.inspect(address, name, func(_ *account, f *folder) (err error) {
		file, err = f.open(imap.UID(uid))
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Wrap(fault.NotFound, "There is no such message.", err)
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("devmail: %w", err)
	}
	return raw, nil
}

// Wait returns when a folder holds n messages or more, or when ctx is over or
// the server closed, with an error. It is woken by changes; it does not poll,
// and it does not make the account.
func (s *Server) Wait(ctx context.Context, address, name string, n int) error {
	for {
		s.mu.Lock()
		changes := s.changes // taken before counting, so that no change is missed
		s.mu.Unlock()
		have := 0
		err := s.inspect(address, name, func(_ *account, f *folder) error {
			have = len(f.msgs)
			return nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && have >= n {
			return nil
		}
		select {
		case <-changes:
		case <-s.done:
			return errClosed()
		case <-ctx.Done():
			return fmt.Errorf("devmail: %d of %d messages: %w", have, n, ctx.Err())
		}
	}
}

// ResetUIDValidity gives a folder a new UIDVALIDITY and its messages new UIDs,
// as a server does that lost its index, and disconnects the sessions that have
// it selected. It is for tests of clients.
func (s *Server) ResetUIDValidity(address, name string) error {
	return s.write(func() error {
		return s.inspect(address, name, func(a *account, f *folder) error { return a.renumber(f) })
	})
}

// Connections tells how many IMAP connections are open, and how many were open
// at most at one time since the server was opened.
func (s *Server) Connections() (open, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.listeners {
		if l.accepted == nil {
			continue // SMTP
		}
		l.mu.Lock()
		open, most = open+len(l.conns), most+l.most
		l.mu.Unlock()
	}
	return open, most
}
