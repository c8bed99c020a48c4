package inbound

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// batchBytes bounds the raw bytes of one batch, and so the memory of a poll. A
// larger mail is a batch of its own.
const batchBytes = 8 << 20

// listed is a mail that the server showed us and that has no fate yet.
type listed struct {
	uid   imap.UID
	bytes int64
}

// list asks for UID and size of everything from a UID on, in ascending order.
// "n:*" always names the last message, also when its UID is below n
// (RFC 3501 section 6.4.8), so what is below is dropped.
func (c *conn) list(ctx context.Context, from imap.UID) ([]listed, error) {
	var out []listed
	set := imap.UIDSet{imap.UIDRange{Start: from, Stop: 0}}
	err := c.within(ctx, c.limits.List, func() error {
		cmd := c.client.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			var l listed
			for item := msg.Next(); item != nil; item = msg.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					l.uid = item.UID
				case imapclient.FetchItemDataRFC822Size:
					l.bytes = item.Size
				}
			}
			if l.uid >= from {
				out = append(out, l)
			}
		}
		return cmd.Close()
	})
	if err != nil {
		return nil, fault.Wrap(fault.Temporary, "The mail server broke off while we asked what is new.", err)
	}
	slices.SortFunc(out, func(a, b listed) int { return int(int64(a.uid) - int64(b.uid)) })
	return out, nil
}

// plan cuts what is to do into batches of at most n mails and about size bytes.
func plan(todo []listed, n int, size int64) [][]listed {
	var out [][]listed
	start, sum := 0, int64(0)
	for i, l := range todo {
		if i > start && (i-start >= n || sum+l.bytes > size) {
			out = append(out, todo[start:i])
			start, sum = i, 0
		}
		sum += l.bytes
	}
	if start < len(todo) {
		out = append(out, todo[start:])
	}
	return out
}

// fetchBatch reads the mails of a batch whose fate is open. When the server's
// answer breaks the connection, the batch is read again one mail at a time, so
// that one odd mail cannot stop the inbox.
func (p *Poller) fetchBatch(ctx context.Context, cursor *tickets.Cursor, batch []listed) ([]tickets.Received, error) {
	known, err := p.deps.Store.UIDsKnown(ctx, p.acct.Mailbox.ID, p.acct.Folder, cursor.UIDValidity,
		uint32(batch[0].uid), uint32(batch[len(batch)-1].uid))
	if err != nil {
		return nil, err
	}
	var open []listed
	var out []tickets.Received
	for _, l := range batch {
		switch {
		case slices.Contains(known, uint32(l.uid)):
		case p.acct.MaxBytes > 0 && l.bytes > p.acct.MaxBytes:
			out = append(out, p.unread(cursor, l, fmt.Sprintf("It is larger than the limit of %d MB. The original is in the mailbox.", p.acct.MaxBytes>>20)))
		default:
			open = append(open, l)
		}
	}
	if len(open) == 0 {
		return out, nil
	}
	got, err := p.fetch(ctx, cursor, open)
	if err == nil {
		return append(out, got...), nil
	}
	if ctx.Err() != nil || len(open) == 1 && !p.reachable(ctx) {
		return nil, p.lost(err)
	}
	got, err = p.fetchSingly(ctx, cursor, open)
	return append(out, got...), err
}

// fetchSingly reads mails one at a time and lists as quarantined what breaks
// the connection three times although the server can be reached.
func (p *Poller) fetchSingly(ctx context.Context, cursor *tickets.Cursor, open []listed) ([]tickets.Received, error) {
	var out []tickets.Received
	for _, l := range open {
		var last error
		for try := range 3 {
			if !p.reachable(ctx) {
				return nil, fault.Wrap(fault.Temporary, "The mail server broke off while we read mail.", last)
			}
			var got []tickets.Received
			if got, last = p.fetch(ctx, cursor, []listed{l}); last == nil {
				out = append(out, got...)
				break
			}
			p.deps.Log.Warn("mail", "event", "fetch_failed", "mailbox", p.acct.Mailbox.Name, "uid", uint32(l.uid), "try", try+1, "error", last)
		}
		if last != nil {
			out = append(out, p.unread(cursor, l, "The mail server's answer for this mail cannot be read. The original is in the mailbox."))
		}
	}
	return out, nil
}

// reachable connects and selects afresh.
func (p *Poller) reachable(ctx context.Context) bool {
	p.Close()
	if err := p.connect(ctx); err != nil {
		return false
	}
	if _, err := p.conn.selectFolder(ctx, p.acct.Folder, p.acct.After == Leave); err != nil {
		p.Close()
		return false
	}
	return true
}

// fetch streams the bodies of some mails. Each one is stored (when large) and
// parsed while the next ones are on their way; only whole mails are returned.
func (p *Poller) fetch(ctx context.Context, cursor *tickets.Cursor, want []listed) ([]tickets.Received, error) {
	var set imap.UIDSet
	for _, l := range want {
		set.AddNum(l.uid)
	}
	body := &imap.FetchItemBodySection{Peek: true}
	var out []tickets.Received

	stopCtx := context.AfterFunc(ctx, p.conn.close)
	defer stopCtx()
	limit := p.deps.Deadlines.Fetch
	watchdog := time.AfterFunc(limit, p.conn.close)
	defer watchdog.Stop()

	cmd := p.conn.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{body}})
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		r := tickets.Received{MailboxID: p.acct.Mailbox.ID, Folder: p.acct.Folder, UIDValidity: cursor.UIDValidity}
		var raw []byte
		for item := msg.Next(); item != nil; item = msg.Next() {
			watchdog.Reset(limit)
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				r.UID = uint32(item.UID)
			case imapclient.FetchItemDataInternalDate:
				r.ReceivedAt = item.Time.UTC()
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				var err error
				if raw, err = readLiteral(item.Literal, func() { watchdog.Reset(limit) }); err != nil {
					// The connection first: after half a literal, everything else would
					// read from it beside the client's own reader.
					p.conn.close()
					_ = cmd.Close()
					return nil, fault.Wrap(fault.Temporary, "The mail server broke off in the middle of a mail.", err)
				}
			}
		}
		// A flag update of another program's doing has no body; an empty mail
		// has one of no bytes.
		if raw == nil || r.UID == 0 {
			continue
		}
		watchdog.Stop() // reading and storing are ours, not the server's
		if err := p.read(ctx, &r, raw); err != nil {
			p.conn.close()
			_ = cmd.Close()
			return nil, err
		}
		watchdog.Reset(limit)
		out = append(out, r)
	}
	if err := cmd.Close(); err != nil {
		return nil, fault.Wrap(fault.Temporary, "The mail server broke off while we read mail.", err)
	}
	return out, nil
}

// read keeps the raw bytes safe and understands them. Nothing that the parser
// does can fail the poll.
func (p *Poller) read(ctx context.Context, r *tickets.Received, raw []byte) error {
	if r.ReceivedAt.IsZero() {
		now, err := p.deps.Now(ctx)
		if err != nil {
			return err
		}
		r.ReceivedAt = now
	}
	prepared, err := p.deps.Store.PrepareRaw(ctx, raw)
	if err != nil {
		return err
	}
	r.Raw = prepared
	r.Mail, r.QuarantineReason = understand(raw, parse.Options{TrustedAuthServers: p.acct.TrustedAuth})
	return nil
}

// understand is the one place where a defect of the parser is caught: the mail
// is kept and quarantined, all others go on.
func understand(raw []byte, opts parse.Options) (in *tickets.Inbound, why string) {
	defer func() {
		if r := recover(); r != nil {
			in, why = nil, "It could not be read because of a fault in hearback. The original is kept."
		}
	}()
	if len(raw) == 0 {
		return nil, "It is empty."
	}
	return parse.Message(raw, opts), ""
}

// unread is a mail that gets a line in the ledger although its bytes are not here.
func (p *Poller) unread(cursor *tickets.Cursor, l listed, why string) tickets.Received {
	return tickets.Received{
		MailboxID: p.acct.Mailbox.ID, Folder: p.acct.Folder, UIDValidity: cursor.UIDValidity,
		UID: uint32(l.uid), QuarantineReason: why,
	}
}

// readLiteral reads a literal whole, telling progress so that a slow server is
// not mistaken for a dead one.
func readLiteral(lit imap.LiteralReader, progress func()) ([]byte, error) {
	size := lit.Size()
	buf := make([]byte, 0, min(size, 64<<20))
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, 64<<10)
		}
		n, err := lit.Read(buf[len(buf):min(cap(buf), len(buf)+256<<10)])
		buf = buf[:len(buf)+n]
		if n > 0 {
			progress()
		}
		if err == io.EOF {
			if int64(len(buf)) < size {
				return nil, io.ErrUnexpectedEOF
			}
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
