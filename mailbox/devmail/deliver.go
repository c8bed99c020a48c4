package devmail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets/fault"
)

// Deliver puts raw, exactly as it is, into a folder of the recipient's account
// and gives its UID. The account is made when it is missing; a folder other
// than the default ones is not. at becomes the internal date, cut to seconds;
// the zero time means now. folder "" is INBOX. A tag in rcpt is dropped.
func (s *Server) Deliver(ctx context.Context, rcpt string, raw []byte, at time.Time, folder string) (uint32, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("devmail: %w", err)
	}
	addr, err := parseAddress(rcpt)
	if err != nil {
		return 0, err
	}
	if int64(len(raw)) > s.opts.MaxSize {
		return 0, errTooBig()
	}
	var uid imap.UID
	err = s.write(func() error {
		a, err := s.account(addr)
		if err != nil {
			return err
		}
		uid, _, err = s.insert(a, folder, bytes.NewReader(raw), int64(len(raw)), at, nil)
		return err
	})
	if err != nil {
		return 0, err
	}
	s.delivered(addr.base, folderName(folder), uint32(uid))
	return uint32(uid), nil
}

func errTooBig() error {
	return fault.New(fault.Refused, "The message is larger than this mail server takes.")
}

// Envelope is what SMTP knows of a message beside its bytes.
type Envelope struct {
	From   string   // reverse-path; "" is the null sender
	To     []string // recipients, with their tags
	Helo   string   // what the client called itself
	Client string   // its address, for the Received line
	With   string   // protocol (RFC 3848), "ESMTP" when empty
}

// Post delivers one copy of raw to the INBOX of each recipient as SMTP does,
// with Return-Path, X-Original-To, Delivered-To and Received lines before it.
// at becomes the internal date and the date of the Received line; the zero time
// means now. All copies are written before the first one appears; an error
// after that point may leave some delivered, as with any mail server.
func (s *Server) Post(ctx context.Context, env Envelope, raw []byte, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	if int64(len(raw)) > s.opts.MaxSize {
		return errTooBig()
	}
	if at.IsZero() {
		at = s.opts.Now()
	}
	if len(env.To) == 0 {
		return fault.New(fault.Invalid, "The message has no recipient.")
	}
	id := fmt.Sprintf("%X%04X", at.Unix(), s.queueID.Add(1))
	var done []copyTo
	err := s.write(func() error {
		copies, err := s.stageCopies(env, id, raw, at)
		for _, c := range copies {
			if err == nil {
				c.uid, _, err = s.place(c.account, inbox, c.staged, c.size, at, nil)
			}
			if err == nil {
				done = append(done, c)
			} else {
				_ = os.Remove(c.staged) // otherwise cleared at the next start
			}
		}
		return err
	})
	for _, c := range done {
		s.delivered(c.account.address, inbox, uint32(c.uid))
	}
	return err
}

type copyTo struct {
	account *account
	staged  string
	size    int64
	uid     imap.UID
}

// stageCopies writes each recipient's copy beside the folders. A recipient
// named twice gets one.
func (s *Server) stageCopies(env Envelope, id string, raw []byte, at time.Time) (copies []copyTo, err error) {
	seen := make(map[string]bool)
	for _, to := range env.To {
		addr, err := parseAddress(to)
		if err != nil {
			return copies, err
		}
		if seen[addr.full] {
			continue
		}
		seen[addr.full] = true
		a, err := s.account(addr)
		if err != nil {
			return copies, err
		}
		trace := s.trace(env, addr, id, at)
		name, size, err := s.disk.stage(io.MultiReader(strings.NewReader(trace), bytes.NewReader(raw)))
		if err != nil {
			return copies, err
		}
		copies = append(copies, copyTo{account: a, staged: name, size: size})
	}
	return copies, nil
}

// trace is what a final mail server puts on top of a message: RFC 5321 section
// 4.4 for Return-Path and Received; Delivered-To and X-Original-To as Postfix
// writes them, the first the account, the second the recipient with its tag.
func (s *Server) trace(env Envelope, to mailAddress, id string, at time.Time) string {
	with := env.With
	if with == "" {
		with = "ESMTP"
	}
	helo, client := oneWord(env.Helo), oneWord(env.Client)
	if helo == "" {
		helo = "localhost"
	}
	if client == "" {
		client = "127.0.0.1"
	}
	return fmt.Sprintf("Return-Path: %s\r\nX-Original-To: %s\r\nDelivered-To: %s\r\n"+
		"Received: from %s ([%s])\r\n\tby %s with %s id %s\r\n\tfor %s;\r\n\t%s\r\n",
		path(oneLine(env.From)), to.full, to.base, helo, client, oneWord(s.opts.Hostname), with, id,
		path(to.full), at.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
}

// oneWord and oneLine keep a client from writing header lines of its own.
func oneWord(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("()<>;", r) {
			return '?'
		}
		return r
	}, s)
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}

// insert writes size octets of r, places them and gives UID and UIDVALIDITY. It
// is for callers within s.write.
func (s *Server) insert(a *account, folder string, r io.Reader, size int64, at time.Time, flags []imap.Flag) (imap.UID, uint32, error) {
	a.mu.Lock()
	_, err := a.folder(folder) // before the work of writing; it may still go away
	a.mu.Unlock()
	if err != nil {
		return 0, 0, err
	}
	staged, n, err := s.disk.stage(r)
	if err != nil {
		return 0, 0, err
	}
	if n != size {
		// imapserver's literal reader ends quietly when the client goes away in
		// the middle of an APPEND.
		return 0, 0, errors.Join(io.ErrUnexpectedEOF, os.Remove(staged))
	}
	uid, validity, err := s.place(a, folder, staged, size, at, flags)
	if err != nil {
		return 0, 0, errors.Join(err, os.Remove(staged))
	}
	return uid, validity, nil
}

// place makes a staged file the newest message of a folder.
func (s *Server) place(a *account, folder, staged string, size int64, at time.Time, flags []imap.Flag) (uid imap.UID, validity uint32, err error) {
	if at.IsZero() {
		at = s.opts.Now()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(folder)
	if err != nil {
		return 0, 0, err
	}
	uid, err = f.place(func(final string) error { return s.disk.publish(staged, final) }, at.Unix(), size, cleanFlags(flags))
	if err != nil {
		return 0, 0, err
	}
	s.change()
	return uid, f.meta.UIDValidity, nil
}
