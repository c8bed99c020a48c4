package inbound

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/fault"
)

const (
	// maxFolders bounds what is read of a server's list of folders.
	maxFolders = 2000
	// maxNamed is how many folders a problem names.
	maxNamed = 5
	// resyncMargin is how much of a Sent or Junk folder is read again, beyond what
	// came since its last new mail, when its UIDs begin anew: a mail that was moved
	// there keeps its older date.
	resyncMargin = 7 * 24 * time.Hour
)

// selectFolder opens a folder; read-only it is opened with EXAMINE, so that
// nothing can change.
func (c *conn) selectFolder(ctx context.Context, folder string, kind tickets.FolderKind, readOnly bool) (*imap.SelectData, error) {
	var data *imap.SelectData
	err := c.within(ctx, c.limits.Select, func(func()) (err error) {
		data, err = c.client.Select(folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		return err
	})
	if no, is := refused(err); is {
		return nil, c.cannotOpen(ctx, folder, kind, no)
	}
	if err != nil {
		return nil, broke("The mail server broke off.", err)
	}
	if data.UIDValidity == 0 {
		// RFC 3501 section 6.3.1: without it the server has no UIDs that last, and
		// nothing could tell what was read.
		return nil, fault.New(fault.Temporary, "The mail server does not say how it numbers the mail of the folder.")
	}
	return data, nil
}

// cannotOpen words the server's no. When the folder is not there, it names the
// ones that may be meant: what "Sent" is called differs from server to server
// and with the language of whoever opened the mailbox first.
func (c *conn) cannotOpen(ctx context.Context, folder string, kind tickets.FolderKind, no *imap.Error) error {
	closed := fault.Wrap(fault.Temporary, fmt.Sprintf("The folder %s cannot be opened on the mail server.", named(folder)), no)
	switch no.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeServerBug, imap.ResponseCodeInUse, imap.ResponseCodeLimit: // RFC 5530
		return closed
	}
	folders, err := c.folders(ctx)
	if err != nil || slices.ContainsFunc(folders, func(f imap.ListData) bool { return f.Mailbox == folder }) {
		return closed
	}
	safe := fmt.Sprintf("The folder %s is not on the mail server.", named(folder))
	alike := slices.DeleteFunc(slices.Clone(folders), func(f imap.ListData) bool { return !looksLike(f, folder, kind) })
	if len(alike) > 0 {
		safe += " Folders there that look like it: " + nameSome(alike)
	} else if len(folders) > 0 {
		safe += " Folders there: " + nameSome(folders)
	}
	return fault.Wrap(fault.NotFound, safe, no)
}

// folders lists the folders that can be opened, with what they are for where the
// server says so (RFC 6154).
func (c *conn) folders(ctx context.Context) (out []imap.ListData, err error) {
	options := &imap.ListOptions{ReturnSpecialUse: c.caps.Has(imap.CapSpecialUse) && c.caps.Has(imap.CapListExtended)}
	err = c.within(ctx, c.limits.List, func(alive func()) error {
		cmd := c.client.List("", "*", options)
		for f := cmd.Next(); f != nil; f = cmd.Next() {
			alive()
			closed := slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(f.Attrs, imap.MailboxAttrNonExistent)
			if !closed && len(out) < maxFolders {
				out = append(out, *f)
			}
		}
		return cmd.Close()
	})
	return out, err
}

// looksLike reports whether f may be what folder was meant to name.
func looksLike(f imap.ListData, folder string, kind tickets.FolderKind) bool {
	name := strings.ToLower(f.Mailbox)
	if strings.EqualFold(name, folder) || folder != "" && strings.Contains(name, strings.ToLower(folder)) {
		return true
	}
	var attr imap.MailboxAttr
	var words []string
	switch kind {
	case tickets.FolderSent:
		attr, words = imap.MailboxAttrSent, []string{"sent", "gesendet", "envoy", "enviad", "inviat", "wysłan", "verzonden", "anfonwyd"}
	case tickets.FolderJunk:
		attr, words = imap.MailboxAttrJunk, []string{"junk", "spam", "bulk", "sothach"}
	default:
		return false
	}
	return slices.Contains(f.Attrs, attr) || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

func nameSome(folders []imap.ListData) string {
	var names []string
	for _, f := range folders[:min(len(folders), maxNamed)] {
		names = append(names, named(f.Mailbox))
	}
	end := "."
	if len(folders) > maxNamed {
		end = " and others."
	}
	return strings.Join(names, ", ") + end
}

// named is a folder's name on one line, of a bounded length.
func named(folder string) string {
	if r := []rune(folder); len(r) > 60 {
		folder = string(r[:60]) + "..."
	}
	return fmt.Sprintf("%q", folder)
}

// loadCursor finds where to go on.
func (p *Poller) loadCursor(ctx context.Context, l *look, selected *imap.SelectData) error {
	l.cursor = &tickets.Cursor{MailboxID: p.acct.Mailbox.ID, Folder: p.acct.Folder, UIDValidity: selected.UIDValidity}
	if p.acct.Past {
		return nil
	}
	c, err := p.deps.Store.Cursor(ctx, p.acct.Mailbox.ID, p.acct.Folder)
	switch {
	case fault.Is(err, fault.NotFound):
		return p.beginAt(ctx, l, selected, time.Duration(p.acct.FirstDays)*24*time.Hour, time.Time{})
	case err != nil:
		return err
	case c.UIDValidity != selected.UIDValidity:
		// RFC 3501 section 2.3.1.1: the UIDs mean nothing any more. Read the folder
		// from its start; what is there already is recognised by its content.
		p.deps.Log.Warn("mail", "event", "uidvalidity_changed", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder)
		return p.beginAt(ctx, l, selected, resyncMargin, c.UpdatedAt)
	}
	l.cursor = c
	return nil
}

// beginAt sets the place from which a folder is read that was never read under
// this UIDVALIDITY. An inbox is read from its start. Sent and Junk begin past
// before since (zero: now): what the team wrote in earlier years is nobody's
// enquiry. That place is kept at once; else mail that comes before the next
// look would be below a later one.
func (p *Poller) beginAt(ctx context.Context, l *look, selected *imap.SelectData, past time.Duration, since time.Time) error {
	if p.acct.Kind == tickets.FolderInbox {
		return nil
	}
	next, err := l.conn.nextUID(ctx, selected)
	if err != nil {
		return err
	}
	if past > 0 || !since.IsZero() {
		if since.IsZero() {
			if since, err = p.deps.Now(ctx); err != nil {
				return err
			}
		}
		first, err := l.conn.firstSince(ctx, since.Add(-past))
		if err != nil {
			return err
		}
		if first > 0 {
			next = min(next, first)
		}
	}
	l.cursor.UID = uint32(next) - 1
	return p.setCursor(ctx, l, *l.cursor)
}

// nextUID is the UID that the next mail will have at least.
func (c *conn) nextUID(ctx context.Context, selected *imap.SelectData) (next imap.UID, err error) {
	if selected.UIDNext > 0 || selected.NumMessages == 0 {
		return max(selected.UIDNext, 1), nil
	}
	// The server did not give UIDNEXT: the last mail has the highest UID.
	next = 1
	last := imap.SeqSet{imap.SeqRange{}} // "*"
	err = c.within(ctx, c.limits.List, func(func()) error {
		data, err := c.client.UIDSearch(&imap.SearchCriteria{SeqNum: []imap.SeqSet{last}}, nil).Wait()
		if err != nil {
			return err
		}
		if set, is := data.All.(imap.UIDSet); is && len(set) > 0 {
			next = set[len(set)-1].Stop + 1
		}
		return nil
	})
	return next, broke("The mail server does not say where new mail begins.", err)
}

// firstSince is the lowest UID that the server received at when or later; 0 when
// there is none. SEARCH knows days alone, in the server's own time zone: one day
// more is taken.
func (c *conn) firstSince(ctx context.Context, when time.Time) (first imap.UID, err error) {
	var options *imap.SearchOptions
	if c.caps.Has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnMin: true}
	}
	err = c.within(ctx, c.limits.List, func(func()) error {
		data, err := c.client.UIDSearch(&imap.SearchCriteria{Since: when.Add(-24 * time.Hour)}, options).Wait()
		if err != nil {
			return err
		}
		first = imap.UID(data.Min)
		if set, is := data.All.(imap.UIDSet); is && first == 0 && len(set) > 0 {
			first = set[0].Start // it is sorted
		}
		return nil
	})
	return first, broke("The mail server does not say which mail of the folder is recent.", err)
}
