package inbound

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
)

const (
	// firstWidth is how many UIDs are compared at once to begin with; the width
	// follows how densely they are used.
	firstWidth = 10_000
	// maxCompares is how often the same difference is looked into when no answer
	// comes or the answer does not add up.
	maxCompares = 3
	// markAtOnce bounds one statement.
	markAtOnce = 500
)

// balance is how many mails more than lines of the ledger a folder has when
// every line has its mail: none in an inbox; in Sent and Junk what lay there
// before they were read.
type balance struct {
	known  bool
	excess int
	tried  int // an excess that was looked into in vain, and
	tries  int // how often
}

// noticeGone finds out whether mail was deleted or moved on the server. A look
// at which the numbers agree costs one question to the database and none to the
// server, however full the folder is; only when they do not are UIDs compared.
func (p *Poller) noticeGone(ctx context.Context, l *look) error {
	if len(p.news) > 0 {
		return nil // more has come: the next look, which follows at once, counts
	}
	lines, err := p.deps.Store.FolderCount(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity)
	if err != nil {
		return err
	}
	excess := l.exists - lines
	switch {
	case lines == 0:
		p.balance = balance{known: true, excess: excess}
		return nil
	case excess == p.balance.excess && (p.balance.known || excess == 0):
		return nil
	case excess != p.balance.tried:
		p.balance.tried, p.balance.tries = excess, 0
	case p.balance.tries >= maxCompares:
		return nil
	}
	p.balance.tries++
	if err = p.findGone(ctx, l); err == nil || ctx.Err() != nil || errors.Is(err, errElsewhere) {
		return err
	}
	if !isRefused(err) {
		// A connection that broke may look alive for a moment yet, and would cost the
		// next look.
		p.drop(p.current())
	}
	// The mail of this look is stored; that the server would not tell what else it
	// has does not make the look a bad one.
	p.deps.Log.Warn("mail", "event", "gone_not_known", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder, "error", err)
	return nil
}

// findGone compares, and marks what is gone.
func (p *Poller) findGone(ctx context.Context, l *look) error {
	if err := p.reopen(ctx, l); err != nil {
		return err
	}
	extended := l.conn.caps.Has(imap.CapESearch)
	c, err := p.compare(ctx, l, extended)
	if err == nil && !c.adds && extended {
		// A server may name a range that has holes (RFC 4731 does not forbid it).
		c, err = p.compare(ctx, l, false)
	}
	if err != nil {
		return err
	}
	if !c.adds {
		return errors.New("the UIDs that the server names are not as many as its mails")
	}
	for chunk := range slices.Chunk(c.gone, markAtOnce) {
		if err := p.deps.Store.MarkGone(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, chunk); err != nil {
			return err
		}
	}
	if len(c.gone) > 0 {
		p.deps.Log.Info("mail", "event", "gone_from_server", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder, "mails", len(c.gone))
	}
	p.balance = balance{known: true, excess: c.below - (c.lines - len(c.gone))}
	if c.missed == 0 || p.acct.Kind != tickets.FolderInbox {
		return nil
	}
	// RFC 3501 section 2.3.1.1 forbids it, but there it is: mail below the cursor
	// that no look was shown.
	p.deps.Log.Error("mail", "event", "mail_below_cursor", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder, "uid", uint32(c.missed))
	p.more = true
	return p.goBack(ctx, l, c.missed)
}

// comparison of a folder with its ledger.
type comparison struct {
	lines  int      // of the ledger, not known to be gone
	gone   []uint32 // those of them that the server does not have
	below  int      // mails of the server up to the cursor
	missed imap.UID // the lowest mail up to the cursor that has no line at all; 0 when there is none
	adds   bool     // the server named as many UIDs as it says it has mails
}

// compare goes through all UIDs in ranges. The ledger is asked first: a mail that
// is stored meanwhile is then not taken for one that is gone.
func (p *Poller) compare(ctx context.Context, l *look, extended bool) (c comparison, err error) {
	found := 0
	for from, width := uint64(1), uint64(firstWidth); from <= math.MaxUint32; {
		to := min(from+width-1, math.MaxUint32)
		lines, err := p.deps.Store.UIDsPresent(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, uint32(from), uint32(to))
		if err != nil {
			return c, err
		}
		there, err := l.conn.present(ctx, uint32(from), uint32(to), extended)
		if err != nil {
			return c, err
		}
		all, below := count(there, imap.UID(l.cursor.UID))
		found, c.below, c.lines = found+all, c.below+below, c.lines+len(lines)
		missing := below
		for _, uid := range lines {
			switch {
			case !there.Contains(imap.UID(uid)):
				c.gone = append(c.gone, uid)
			case uid <= l.cursor.UID:
				missing--
			}
		}
		if missing > 0 && c.missed == 0 && p.acct.Kind == tickets.FolderInbox {
			if c.missed, err = p.firstMissed(ctx, l, there, uint32(from), uint32(to)); err != nil {
				return c, err
			}
		}
		from = to + 1
		switch seen := all + len(lines); {
		case seen < firstWidth/10:
			width *= 4
		case seen > 4*firstWidth:
			width = max(width/2, firstWidth)
		}
	}
	if box := l.conn.client.Mailbox(); box != nil {
		c.adds = found == int(box.NumMessages)
	}
	return c, nil
}

// firstMissed finds the lowest mail of a range up to the cursor that has no line,
// not even one that says that it is gone.
func (p *Poller) firstMissed(ctx context.Context, l *look, there imap.UIDSet, from, to uint32) (imap.UID, error) {
	known, err := p.deps.Store.UIDsKnown(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, from, to)
	if err != nil {
		return 0, err
	}
	for _, r := range there {
		for uid := r.Start; uid <= r.Stop && uint32(uid) <= l.cursor.UID; uid++ {
			if _, has := slices.BinarySearch(known, uint32(uid)); !has {
				return uid, nil
			}
		}
	}
	return 0, nil
}

// count tells how many UIDs a set has, and how many of them up to a UID.
func count(set imap.UIDSet, upTo imap.UID) (all, below int) {
	for _, r := range set {
		all += int(r.Stop) - int(r.Start) + 1
		if r.Start <= upTo {
			below += int(min(r.Stop, upTo)) - int(r.Start) + 1
		}
	}
	return all, below
}

// present asks which UIDs from from to to are in the folder. With ESEARCH (RFC
// 4731) they come as ranges, which is a line where SEARCH needs kilobytes.
func (c *conn) present(ctx context.Context, from, to uint32, extended bool) (there imap.UIDSet, err error) {
	var options *imap.SearchOptions
	if extended {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	err = c.within(ctx, c.limits.List, func(func()) error {
		// Never "*", which names the last mail wherever it lies.
		which := imap.UIDSet{imap.UIDRange{Start: imap.UID(from), Stop: imap.UID(to)}}
		data, err := c.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{which}}, options).Wait()
		if err != nil {
			return err
		}
		there, _ = data.All.(imap.UIDSet) // nil when there are none
		return nil
	})
	if err != nil {
		return nil, broke("The mail server broke off while we asked which mail it still has.", err)
	}
	for _, r := range there {
		if r.Start == 0 || r.Stop < r.Start || uint32(r.Start) < from || uint32(r.Stop) > to {
			return nil, errors.New("the server names UIDs that it was not asked for")
		}
	}
	return there, nil
}
