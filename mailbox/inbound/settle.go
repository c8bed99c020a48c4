package inbound

import (
	"context"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
)

// settle does on the server what the configuration wants done with stored mail.
// What could not be read stays as it is. known are mails that an earlier look
// stored without coming so far. When the server says no (no such folder, no
// right), mail is taken in all the same: the UIDs are kept for the next look,
// and Once says so at its end.
func (p *Poller) settle(ctx context.Context, l *look, known, done []uint32) error {
	if p.acct.After == Leave {
		return nil
	}
	uids := p.refused
	for _, uid := range done {
		uids.AddNum(imap.UID(uid))
	}
	for _, uid := range known {
		e, err := p.deps.Store.LedgerAt(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity, uid)
		if err != nil {
			return err
		}
		if e.Fate != tickets.FateQuarantined {
			uids.AddNum(imap.UID(uid))
		}
	}
	if len(uids) == 0 {
		return nil
	}
	if err := p.reopen(ctx, l); err != nil { // a mail that cannot be read may have cost the connection
		return err
	}
	err := l.conn.change(ctx, uids, p.acct.After, p.acct.MoveTo)
	if _, no := refused(err); no {
		p.refused, p.refusal = uids, broke("The mail server refuses to "+string(p.acct.After)+" mail that is stored. New mail is taken in all the same.", err)
		return nil
	}
	if err == nil {
		p.refused = nil
	}
	return broke("The mail server broke off while we sorted stored mail.", err)
}

// change flags or moves. Where the server has no MOVE (RFC 6851) the copy is
// waited for before the original is marked: imapclient's own fallback sends COPY,
// STORE and EXPUNGE in one go, and a copy that fails would cost the mail. Without
// UIDPLUS the marked mails are left to the next mail program that tidies up,
// since a plain EXPUNGE would remove what other people have marked (RFC 4315).
func (c *conn) change(ctx context.Context, uids imap.UIDSet, after After, moveTo string) error {
	return c.within(ctx, c.limits.Change, func(func()) error {
		if after == Flag {
			return c.mark(uids, imap.FlagSeen)
		}
		if c.caps.Has(imap.CapMove) {
			_, err := c.client.Move(uids, moveTo).Wait()
			return err
		}
		if _, err := c.client.Copy(uids, moveTo).Wait(); err != nil {
			return err
		}
		if err := c.mark(uids, imap.FlagDeleted); err != nil {
			return err
		}
		if !c.caps.Has(imap.CapUIDPlus) {
			return nil
		}
		return c.client.UIDExpunge(uids).Close()
	})
}

func (c *conn) mark(uids imap.UIDSet, flag imap.Flag) error {
	return c.client.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
}
