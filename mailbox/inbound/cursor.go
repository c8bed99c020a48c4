package inbound

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// look is what one call of Once works with.
type look struct {
	conn   *conn
	cursor *tickets.Cursor
	epoch  int64    // of the lease under which it began
	exists int      // mails in the folder when it listed
	todo   []listed // what is new, by UID
}

// begin connects, opens the folder and lists what is new.
func (p *Poller) begin(ctx context.Context, epoch int64) (*look, error) {
	c, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	selected, err := c.selectFolder(ctx, p.acct.Folder, p.acct.Kind, p.acct.After == Leave)
	if err != nil {
		return nil, err
	}
	l := &look{conn: c, epoch: epoch}
	if err := p.loadCursor(ctx, l, selected); err != nil {
		return nil, err
	}
	if p.validity != selected.UIDValidity {
		clear(p.tries)
		p.shown, p.refused, p.balance = nil, nil, balance{}
		p.validity = selected.UIDValidity
	}
	if err := p.recall(ctx, l); err != nil {
		return nil, err
	}
	if selected.UIDNext != 0 && uint32(selected.UIDNext) <= l.cursor.UID {
		if err := p.goBack(ctx, l, selected.UIDNext); err != nil {
			return l, err
		}
	}
	from := imap.UID(l.cursor.UID) + 1
	if selected.NumMessages > 0 && from > 0 { // some servers call "1:*" an error where there is nothing
		if l.todo, err = c.list(ctx, from); err != nil {
			return l, err
		}
	}
	l.exists = int(selected.NumMessages)
	if box := c.client.Mailbox(); box != nil {
		l.exists = int(box.NumMessages) // with what came and went since
	}
	l.todo = merge(l.todo, p.shown, from)
	p.shown = l.todo
	return l, nil
}

// merge adds what an earlier look listed and could not settle: when it is gone
// from the folder since, the ledger has to say so.
func merge(todo, shown []listed, from imap.UID) []listed {
	n := len(todo)
	for _, m := range shown {
		if _, found := slices.BinarySearchFunc(todo[:n], m.uid, func(l listed, uid imap.UID) int { return cmp.Compare(l.uid, uid) }); !found && m.uid >= from {
			todo = append(todo, m)
		}
	}
	slices.SortFunc(todo, func(a, b listed) int { return cmp.Compare(a.uid, b.uid) })
	return todo
}

// goBack is for a server whose UIDNEXT went back without a new UIDVALIDITY.
// RFC 3501 section 2.3.1.1 forbids it, but a server restored from a backup does
// it, and new mail then comes with numbers below the cursor.
func (p *Poller) goBack(ctx context.Context, l *look, next imap.UID) error {
	p.deps.Log.Warn("mail", "event", "uidnext_went_back", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder, "uid", uint32(next))
	back := *l.cursor
	back.UID, back.UpdatedAt = uint32(next)-1, time.Time{}
	if err := p.setCursor(ctx, l, back); err != nil {
		return err
	}
	l.cursor, p.shown = &back, nil
	return nil
}

// checkReuse looks at mails above the cursor that have a line in the ledger. As a
// rule the program was stopped before it moved the cursor. When the server has
// given the number to a second mail, the ledger cannot tell them apart: nothing
// is taken in until a person has seen to it, and nothing is lost.
func (p *Poller) checkReuse(ctx context.Context, l *look, known []uint32) error {
	if len(known) == 0 {
		return nil
	}
	dates, err := l.conn.dates(ctx, known)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		// A date that imapclient cannot read, as a rule. Known mail stays known.
		p.deps.Log.Warn("mail", "event", "dates_unknown", "mailbox", p.acct.Mailbox.Name, "folder", p.acct.Folder, "error", err)
		return nil
	}
	for uid, date := range dates {
		e, err := p.deps.Store.LedgerAt(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, uid)
		if err != nil {
			return err
		}
		if e.RawID != 0 && !e.ReceivedAt.Equal(date.Truncate(time.Second)) {
			return fault.New(fault.Internal, "The mail server gives new mail the numbers of earlier mail. "+
				"Its administrator has to renew the UIDVALIDITY of the folder. New mail is waiting on the server; nothing is lost.")
		}
	}
	return nil
}
