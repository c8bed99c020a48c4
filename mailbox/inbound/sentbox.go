package inbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// sentBox is the Sent folder, open.
type sentBox struct {
	conn   *conn
	folder string
}

// open signs in and opens the folder read-only: APPEND needs no more.
func (f *Filer) open(ctx context.Context) (*sentBox, error) {
	giveBack, err := f.acct.Limit.take(ctx)
	if err != nil {
		return nil, err
	}
	c, err := dial(ctx, f.acct, f.deps.Deadlines, make(chan struct{}, 1))
	if err != nil {
		giveBack()
		return nil, err
	}
	c.giveBack.Store(&giveBack)
	s := &sentBox{conn: c}
	if s.folder, err = f.find(ctx, c); err == nil {
		_, err = c.selectFolder(ctx, s.folder, tickets.FolderSent, true)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return s, nil
}

// find is the name of the Sent folder. One that is not there is a person's to make:
// a mailbox with a second folder for the same thing hides mail.
func (f *Filer) find(ctx context.Context, c *conn) (string, error) {
	if f.folder != "" {
		return f.folder, nil
	}
	folders, err := c.folders(ctx)
	if err != nil {
		return "", broke("The mail server does not list its folders.", err)
	}
	for _, x := range folders {
		if slices.Contains(x.Attrs, imap.MailboxAttrSent) {
			return x.Mailbox, nil
		}
	}
	return "", fault.New(fault.Temporary, "The mail server marks no folder as the one for sent mail. Name it as sent_folder.")
}

// holds reports whether the folder has the letter.
func (s *sentBox) holds(ctx context.Context, c *tickets.SentCopy) (there bool, err error) {
	if c.MessageID == "" {
		return false, nil
	}
	err = s.conn.within(ctx, s.conn.limits.List, func(func()) error {
		data, err := s.conn.client.UIDSearch(&imap.SearchCriteria{
			Since:  c.SentAt.Add(-sentBefore),
			Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<" + c.MessageID + ">"}},
		}, nil).Wait()
		if err != nil {
			return err
		}
		there = len(data.AllUIDs()) > 0
		return nil
	})
	return there, broke("The mail server does not say whether it has a copy already.", err)
}

// add appends the bytes, read, under the time at which they were sent.
func (s *sentBox) add(ctx context.Context, raw []byte, sentAt time.Time) error {
	err := s.conn.within(ctx, s.conn.limits.Change, func(alive func()) error {
		cmd := s.conn.client.Append(s.folder, int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: sentAt})
		var werr error
		for rest := raw; len(rest) > 0 && werr == nil; alive() {
			var n int
			n, werr = cmd.Write(rest[:min(len(rest), 64<<10)])
			rest = rest[n:]
		}
		werr = errors.Join(werr, cmd.Close()) // Close also lets the next command in
		if _, err := cmd.Wait(); err != nil {
			return err // the server's answer says more than that it wanted no more bytes
		}
		return werr
	})
	no, is := refused(err)
	if !is {
		return broke("The mail server broke off while a copy was put into Sent.", err)
	}
	switch no.Code {
	case imap.ResponseCodeTryCreate, imap.ResponseCodeNonExistent: // RFC 3501 section 6.3.11
		return fault.Wrap(fault.Temporary, fmt.Sprintf("The folder %s is not on the mail server any more. Make it, or name another.", named(s.folder)), no)
	case imap.ResponseCodeOverQuota:
		return fault.Wrap(fault.Temporary, "The mailbox is full, so copies of what was sent cannot be kept in it.", no)
	case imap.ResponseCodeNoPerm:
		return fault.Wrap(fault.Temporary, fmt.Sprintf("We may not put mail into the folder %s.", named(s.folder)), no)
	}
	return refusedOne{fault.Wrap(fault.Temporary, "The mail server refused a copy of what was sent.", no)}
}

// refusedOne is a refusal that may concern one copy alone.
type refusedOne struct{ error }

func (r refusedOne) Unwrap() error { return r.error }

func aboutOne(err error) bool {
	_, is := err.(refusedOne) //nolint:errorlint // add returns it as it is
	return is
}
