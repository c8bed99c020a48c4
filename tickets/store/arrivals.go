package store

import (
	"context"
	"time"
)

// Arrivals lists when the newest mails of a folder were received, in UTC, newest
// first as the server numbers them, at most limit. It is what the usual rhythm of a
// mailbox is learnt from.
func (r reader) Arrivals(ctx context.Context, mailboxID int64, folder string, limit int) ([]time.Time, error) {
	var rows []instant
	if err := r.all(ctx, &rows, r.db.q.ArrivalsNewest, mailboxID, folder, limit); err != nil {
		return nil, err
	}
	return plain(rows, instant.time), nil
}
