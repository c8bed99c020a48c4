package store

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"hearback/tickets"
)

// Health says whether the store can do its work, and what waits in it.
type Health struct {
	Writable    bool
	Problem     string // plain words; "" when Writable
	FreeBytes   int64  // on the disk of the data directory; -1 when there is none here
	Queued      int    // copies of letters that are to leave
	Held        int    // that wait for a person
	InFlight    int    // claimed or being given to the mail server
	Uncertain   int    // of which a person has to say whether they arrived
	Quarantined int    // mails that could not be read
}

// Health asks. The error is of reading only: a disk that is full or refuses to
// be written is an answer, not an error.
func (db *DB) Health(ctx context.Context) (Health, error) {
	h := Health{FreeBytes: -1}
	if err := db.tryWrite(ctx); err != nil {
		h.Problem = "The store cannot be written: " + err.Error()
	} else {
		h.Writable = true
	}
	if dir := db.opt.Dir; dir != "" {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(dir, &fs); err != nil {
			return h, fmt.Errorf("asking for free space: %w", err)
		}
		h.FreeBytes = int64(fs.Bavail) * fs.Bsize
	}
	counts, err := db.countsBy(ctx, db.q.HealthQueue)
	if err != nil {
		return h, err
	}
	h.Queued, h.Held = counts[string(tickets.Queued)], counts[string(tickets.Held)]
	h.InFlight = counts[string(tickets.Claimed)] + counts[string(tickets.DataBegun)]
	h.Uncertain = counts[string(tickets.Uncertain)]
	err = db.get(ctx, &h.Quarantined, db.q.HealthQuarantine)
	return h, err
}

// tryWrite commits one small row and writes one small file where large mails go.
func (db *DB) tryWrite(ctx context.Context) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	err = db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, db.q.HealthWrite, now.Format(instantForm))
		return err
	})
	if err != nil || db.opt.BlobDir == "" {
		return err
	}
	f, err := os.CreateTemp(db.opt.BlobDir, ".health-*")
	if err != nil {
		return db.classify(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err := f.Write(make([]byte, 4096)); err != nil {
		_ = f.Close()
		return db.classify(err)
	}
	return db.classify(f.Close())
}

// Stats are numbers for /metrics.
type Stats struct {
	Messages   int64 // ever stored
	Tickets    map[tickets.State]int
	Late       int
	Fates      map[tickets.Fate]int
	Deliveries map[tickets.DeliveryState]int // those that are not at rest
}

// Stats counts at now.
func (db *DB) Stats(ctx context.Context, now time.Time) (Stats, error) {
	s := Stats{
		Tickets: map[tickets.State]int{}, Fates: map[tickets.Fate]int{}, Deliveries: map[tickets.DeliveryState]int{},
	}
	if err := db.get(ctx, &s.Messages, db.q.HealthMessages); err != nil {
		return s, err
	}
	if err := db.get(ctx, &s.Late, db.q.HealthLate, at(now)); err != nil {
		return s, err
	}
	states, err := db.countsBy(ctx, db.q.HealthStates)
	if err != nil {
		return s, err
	}
	for k, n := range states {
		s.Tickets[tickets.State(k)] = n
	}
	fates, err := db.countsBy(ctx, db.q.HealthFates)
	if err != nil {
		return s, err
	}
	for k, n := range fates {
		s.Fates[tickets.Fate(k)] = n
	}
	queue, err := db.countsBy(ctx, db.q.HealthQueue)
	for k, n := range queue {
		s.Deliveries[tickets.DeliveryState(k)] = n
	}
	return s, err
}

// countsBy runs a statement of names and numbers.
func (db *DB) countsBy(ctx context.Context, q query) (map[string]int, error) {
	rows, err := db.read.QueryxContext(ctx, q.text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.name, db.classify(err))
	}
	defer func() { _ = rows.Close() }() // reading on would be an error of Err
	out := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		out[name] = n
	}
	return out, rows.Err()
}
