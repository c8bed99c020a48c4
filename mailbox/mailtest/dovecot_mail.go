package mailtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

// Client signs user in over TLS and closes the connection when the test ends. The
// test reads the mailbox with it as a second mail program would.
func (s *DovecotServer) Client(t testing.TB, user string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialTLS(s.AddrTLS(), &imapclient.Options{TLSConfig: s.TLSConfig()})
	if err != nil {
		t.Fatalf("imap: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() }) // the server may be dead by now; that is the test's business
	if err := c.Login(user, Password).Wait(); err != nil {
		t.Fatalf("imap: sign-in: %v", err)
	}
	return c
}

// Append puts one mail into a folder by IMAP APPEND, creating the folder if need
// be, and gives its UID. received becomes its INTERNALDATE; zero means now.
func (s *DovecotServer) Append(t testing.TB, user, folder string, raw []byte, received time.Time) imap.UID {
	t.Helper()
	c := s.Client(t, user)
	if !strings.EqualFold(folder, "INBOX") {
		var exists *imap.Error
		err := c.Create(folder, nil).Wait()
		if err != nil && !(errors.As(err, &exists) && exists.Code == imap.ResponseCodeAlreadyExists) {
			t.Fatalf("imap: create %s: %v", folder, err)
		}
	}
	cmd := c.Append(folder, int64(len(raw)), &imap.AppendOptions{Time: received})
	if _, err := cmd.Write(raw); err != nil {
		t.Fatalf("imap: append: %v", err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatalf("imap: append: %v", err)
	}
	data, err := cmd.Wait()
	if err != nil {
		t.Fatalf("imap: append: %v", err)
	}
	return data.UID
}

// Deliver puts mails into user's INBOX by LMTP, in order, on one connection. The
// server adds its own Return-Path and Received, and INTERNALDATE is now.
func (s *DovecotServer) Deliver(t testing.TB, from, user string, raws ...[]byte) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", s.LMTPAddr())
	if err != nil {
		t.Fatalf("lmtp: %v", err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	for i, raw := range raws {
		if err := c.SendMail(from, []string{user}, bytes.NewReader(raw)); err != nil {
			t.Fatalf("lmtp: mail %d: %v", i, err)
		}
	}
	if err := c.Quit(); err != nil {
		t.Fatalf("lmtp: %v", err)
	}
}

// SeedMaildir writes mails into a folder as files, thousands a second. Dovecot
// gives them UIDs in this order when the folder is next opened. Their INTERNALDATE
// is the time of writing; for the times of generated mail see Seed.
func (s *DovecotServer) SeedMaildir(t testing.TB, user, folder string, raws [][]byte) {
	t.Helper()
	mails := make([]Mail, len(raws))
	for i, raw := range raws {
		mails[i] = Mail{Raw: raw}
	}
	s.Seed(t, user, folder, mails)
}

// Seed is SeedMaildir for generated mail: each file's time, which Dovecot shows as
// INTERNALDATE, is the mail's Received; zero means now.
func (s *DovecotServer) Seed(t testing.TB, user, folder string, mails []Mail) {
	t.Helper()
	dir, err := s.maildir(user, folder)
	if err != nil {
		t.Fatalf("maildir: %v", err)
	}
	batch := s.users.n.Add(1) // keeps the names of two calls apart and in order
	now := time.Now()
	for i, mail := range mails {
		// Dovecot numbers new files by the time in their names, so the name counts up
		// and the file's own time tells when the mail arrived.
		name := fmt.Sprintf("%d.M%dP%dQ%d.seed,S=%d", 1_000_000_000+batch, i, os.Getpid(), i, len(mail.Raw))
		path := filepath.Join(dir, "tmp", name)
		// Readable by all, so that 10,000 files need no change of owner.
		if err := os.WriteFile(path, mail.Raw, 0o644); err != nil {
			t.Fatalf("maildir: %v", err)
		}
		received := mail.Received
		if received.IsZero() {
			received = now
		}
		if err := os.Chtimes(path, received, received); err != nil {
			t.Fatalf("maildir: %v", err)
		}
		if err := os.Rename(path, filepath.Join(dir, "new", name)); err != nil {
			t.Fatalf("maildir: %v", err)
		}
	}
}

// maildir gives a folder's directory and makes it if need be. Only ASCII names: the
// others are written in modified UTF-7 on disk (RFC 3501 section 5.1.3).
func (s *DovecotServer) maildir(user, folder string) (string, error) {
	if strings.Trim(folder, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/ ") != "" {
		return "", fmt.Errorf("folder %q: only ASCII letters, digits, space, - _ and /", folder)
	}
	home := s.path(filepath.Join("mail", strings.ToLower(user)))
	root := filepath.Join(home, "Maildir")
	dir := root
	if !strings.EqualFold(folder, "INBOX") {
		dir = filepath.Join(root, "."+strings.ReplaceAll(folder, "/", "."))
	}
	paths := []string{home, root, dir}
	for _, sub := range []string{"cur", "new", "tmp"} {
		paths = append(paths, filepath.Join(dir, sub))
	}
	for _, path := range paths {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return "", err
		}
	}
	return dir, s.account.Own(paths...)
}

// ResetUIDValidity makes the folder come back with another UIDVALIDITY and all its
// mails under new UIDs, as after a restore on the mail server's side (RFC 3501
// section 2.3.1.1). Nobody may have the folder open.
func (s *DovecotServer) ResetUIDValidity(t testing.TB, user, folder string) {
	t.Helper()
	before := s.uidValidity(t, user, folder)
	dir, err := s.maildir(user, folder)
	if err != nil {
		t.Fatalf("maildir: %v", err)
	}
	// Dovecot takes the time of day as the new value and never one it has used: two
	// resets within a second still differ, because it counts on from this file.
	old, err := filepath.Glob(filepath.Join(dir, "dovecot*"))
	if err != nil {
		t.Fatalf("maildir: %v", err)
	}
	for _, path := range old {
		if strings.HasPrefix(filepath.Base(path), "dovecot-uidvalidity") {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			t.Fatalf("maildir: %v", err)
		}
	}
	if after := s.uidValidity(t, user, folder); after == before {
		t.Fatalf("UIDVALIDITY of %s is still %d", folder, after)
	}
}

func (s *DovecotServer) uidValidity(t testing.TB, user, folder string) uint32 {
	t.Helper()
	c := s.Client(t, user)
	data, err := c.Status(folder, &imap.StatusOptions{UIDValidity: true}).Wait()
	if err != nil {
		t.Fatalf("imap: status %s: %v", folder, err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Fatalf("imap: %v", err)
	}
	return data.UIDValidity
}
