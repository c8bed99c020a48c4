package inbound

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
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
	err := c.within(ctx, c.limits.List, func(alive func()) error {
		cmd := c.client.Fetch(imap.UIDSet{imap.UIDRange{Start: from}}, &imap.FetchOptions{UID: true, RFC822Size: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			alive()
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
		return nil, broke("The mail server broke off while we asked what is new.", err)
	}
	slices.SortFunc(out, func(a, b listed) int { return cmp.Compare(a.uid, b.uid) })
	return out, nil
}

// dates asks for the INTERNALDATE of some mails.
func (c *conn) dates(ctx context.Context, uids []uint32) (map[uint32]time.Time, error) {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	out := make(map[uint32]time.Time, len(uids))
	err := c.within(ctx, c.limits.List, func(alive func()) error {
		cmd := c.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			alive()
			var uid imap.UID
			for item := msg.Next(); item != nil; item = msg.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					uid = item.UID
				case imapclient.FetchItemDataInternalDate:
					out[uint32(uid)] = item.Time.UTC()
				}
			}
		}
		return cmd.Close()
	})
	return out, broke("The mail server broke off while we asked what is new.", err)
}

// has asks whether a mail is in the folder.
func (c *conn) has(ctx context.Context, uid imap.UID) (found bool, err error) {
	err = c.within(ctx, c.limits.List, func(func()) error {
		data, err := c.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uid)}}, nil).Wait()
		if err != nil {
			return err
		}
		found = slices.Contains(data.AllUIDs(), uid)
		return nil
	})
	return found, err
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
