package inbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/tickets"
)

// largeBytes is from where on a batch's memory is given back at once. It is more
// than a batch of ordinary mail has.
const largeBytes = 2 * batchBytes

// fetched is what the server gave of a mail: its bytes, or why there are none.
type fetched struct {
	uid  imap.UID
	date time.Time // INTERNALDATE; zero when it was not asked for
	raw  []byte
	why  string // in words, when it cannot be taken in; its bytes are kept when there are any
}

// batch is what was found out about some mails of the list.
type batch struct {
	listed []listed
	known  []uint32           // those that have a line in the ledger already
	mails  []tickets.Received // those that are to get one, by UID
	err    error              // why some of them are in neither
}

// fetchBatch reads the mails of a batch whose fate is open. When some do not
// come, they are asked for again one at a time, so that one odd mail cannot
// stop the inbox. What came is returned beside an error.
func (p *Poller) fetchBatch(ctx context.Context, l *look, list []listed) batch {
	b := batch{listed: list}
	if b.err = p.gate(ctx); b.err != nil {
		return b
	}
	b.known, b.err = p.deps.Store.UIDsKnown(ctx, p.acct.Mailbox.ID, p.acct.Folder, l.cursor.UIDValidity,
		uint32(list[0].uid), uint32(list[len(list)-1].uid))
	if b.err == nil {
		b.err = p.checkReuse(ctx, l, b.known)
	}
	if b.err != nil {
		b.known = nil
		return b
	}
	var open []listed
	var got []fetched
	for _, m := range list {
		switch {
		case slices.Contains(b.known, uint32(m.uid)):
		case m.bytes > p.acct.MaxBytes:
			got = append(got, fetched{uid: m.uid, why: tooLarge(p.acct.MaxBytes)})
		default:
			open = append(open, m)
		}
	}
	var bytes int64
	for _, m := range open {
		bytes += m.bytes
	}
	giveBack, err := p.deps.Room.take(ctx, bytes)
	if err != nil {
		b.err = err
		return b
	}
	defer giveBack()
	var failed error
	if len(open) > 0 {
		var bodies []fetched
		bodies, failed = p.fetchOpen(ctx, l, open)
		got = append(got, bodies...)
	}
	b.mails, b.err = p.read(ctx, l.cursor, got)
	if b.err == nil {
		b.err = failed
	}
	if bytes > largeBytes {
		// The next large mail must not lie beside this one's remains until the
		// collector comes round: at 150 MB each that is more than a small machine has.
		debug.FreeOSMemory()
	}
	return b
}

// fetchOpen asks for some mails at once, then for each that did not come.
func (p *Poller) fetchOpen(ctx context.Context, l *look, open []listed) ([]fetched, error) {
	got, _, err := l.conn.fetch(ctx, open, p.acct.MaxBytes, true)
	if ctx.Err() != nil {
		return got, ctx.Err()
	}
	rest := slices.DeleteFunc(open, func(m listed) bool {
		return slices.ContainsFunc(got, func(f fetched) bool { return f.uid == m.uid })
	})
	if len(rest) == 0 {
		return got, nil
	}
	p.deps.Log.Warn("mail", "event", "fetch_incomplete", "mailbox", p.acct.Mailbox.Name, "asked", len(got)+len(rest), "got", len(got), "error", err)
	more, err := p.rescue(ctx, l, rest)
	return append(got, more...), err
}

// fetch streams the bodies of some mails. Whole mails are returned also beside
// an error; torn is one whose bytes came as announced but whose answer went on
// with rubbish, as when the announcement was wrong. A mail without a body is left out: the answer may be another
// program's change of a flag, which imapclient takes for the answer to us and
// then drops the real one.
func (c *conn) fetch(ctx context.Context, want []listed, most int64, dated bool) (got []fetched, torn *fetched, err error) {
	var set imap.UIDSet
	for _, m := range want {
		set.AddNum(m.uid)
	}
	options := &imap.FetchOptions{UID: true, InternalDate: dated, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}
	err = c.within(ctx, c.limits.Fetch, func(alive func()) error {
		cmd := c.client.Fetch(set, options)
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			f, err := readMessage(msg, most, alive)
			if err != nil {
				// The connection first, and its reader's end: after half a literal,
				// cmd.Close would read from it beside the client's own reader.
				c.kill()
				<-c.client.Closed()
				return errors.Join(err, cmd.Close())
			}
			if f.uid != 0 && (f.raw != nil || f.why != "") {
				got = append(got, f)
			}
		}
		err := cmd.Close()
		if _, no := refused(err); err != nil && !no && len(got) > 0 {
			// imapclient does not say whether the last answer came to its end.
			torn = &got[len(got)-1]
			got = got[:len(got)-1]
		}
		return err
	})
	if _, no := refused(err); err != nil && !no {
		// A connection that broke may look alive for a moment yet: the next mail
		// would be asked for on it, and would be blamed for its end.
		c.kill()
		<-c.client.Closed()
	}
	return got, torn, broke("The mail server broke off while we read mail.", err)
}

func readMessage(msg *imapclient.FetchMessageData, most int64, alive func()) (fetched, error) {
	var f fetched
	for item := msg.Next(); item != nil; item = msg.Next() {
		alive()
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.uid = item.UID
		case imapclient.FetchItemDataInternalDate:
			f.date = item.Time.UTC()
		case imapclient.FetchItemDataBodySection:
			var err error
			switch {
			case item.Literal == nil || f.raw != nil:
			case item.Literal.Size() > most:
				f.why = tooLarge(most) // the list said less
				err = skipLiteral(item.Literal, alive)
			default:
				f.raw, err = readLiteral(item.Literal, alive)
			}
			if err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// readLiteral reads a literal whole, telling progress so that a slow server is
// not mistaken for a dead one. Its room is made at once: growing would need
// more than twice as much.
func readLiteral(lit imap.LiteralReader, alive func()) ([]byte, error) {
	buf := make([]byte, lit.Size())
	for n := 0; n < len(buf); {
		m, err := lit.Read(buf[n:min(len(buf), n+256<<10)])
		n += m
		if m > 0 {
			alive()
		}
		if n < len(buf) && err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if n < len(buf) && err != nil {
			return nil, err
		}
	}
	return buf, skipLiteral(lit, alive)
}

// skipLiteral reads to the end, which imapclient waits for.
func skipLiteral(lit imap.LiteralReader, alive func()) error {
	_, err := io.Copy(writerFunc(func(b []byte) { alive() }), lit)
	return err
}

type writerFunc func([]byte)

// Write calls f.
func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}

func tooLarge(most int64) string {
	return fmt.Sprintf("It is larger than the limit of %d MB. The original is in the mailbox.", most>>20)
}
