package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"hearback/tickets"
)

// bounceStatements are the statements of query/bounces.sql; see statements.go for the
// others.
type bounceStatements struct {
	UndeliveredInsert, UndeliveredDue, UndeliveredSettle, SentCopyInsert, SentCopiesDue, SentCopyTake, SentCopySettle,
	SentCopiesWaiting, SentCopiesGivenUp, ExportUndelivered query
}

type undeliveredRow struct {
	ID         int64    `db:"id"`
	TicketID   int64    `db:"ticket_id"`
	DeliveryID rowID    `db:"delivery_id"`
	MessageID  rowID    `db:"message_id"`
	At         instant  `db:"at"`
	LeadAt     instant  `db:"lead_at"`
	SettledAt  *instant `db:"settled_at"`
	Outcome    string   `db:"outcome"`
}

// InsertUndelivered implements tickets.BounceTx.
func (t *tx) InsertUndelivered(ctx context.Context, u *tickets.Undelivered) error {
	return t.add(ctx, t.db.q.UndeliveredInsert, undeliveredRow{
		TicketID: u.TicketID, DeliveryID: rowID(u.DeliveryID), MessageID: rowID(u.MessageID), At: at(u.At), LeadAt: at(u.LeadAt),
	}, &u.ID)
}

// UndeliveredDue implements tickets.BounceReader.
func (r reader) UndeliveredDue(ctx context.Context, now time.Time, limit int) ([]tickets.Undelivered, error) {
	var rows []undeliveredRow
	if err := r.all(ctx, &rows, r.db.q.UndeliveredDue, at(now), limit); err != nil {
		return nil, err
	}
	return plain(rows, func(x undeliveredRow) tickets.Undelivered {
		return tickets.Undelivered{
			ID: x.ID, TicketID: x.TicketID, DeliveryID: int64(x.DeliveryID), MessageID: int64(x.MessageID),
			At: x.At.time(), LeadAt: x.LeadAt.time(), SettledAt: x.SettledAt.timeP(), Outcome: x.Outcome,
		}
	}), nil
}

// SettleUndelivered implements tickets.BounceTx.
func (t *tx) SettleUndelivered(ctx context.Context, id int64, outcome string, now time.Time) (bool, error) {
	n, err := t.exec(ctx, t.db.q.UndeliveredSettle, at(now), outcome, id)
	return n == 1, err
}

type sentCopyRow struct {
	ID         int64   `db:"id"`
	DeliveryID int64   `db:"delivery_id"`
	MailboxID  int64   `db:"mailbox_id"`
	State      string  `db:"state"`
	Attempts   int     `db:"attempts"`
	NextAt     instant `db:"next_at"`
	Folder     string  `db:"folder"`
	Why        string  `db:"why"`
	CreatedAt  instant `db:"created_at"`
	UpdatedAt  instant `db:"updated_at"`
	MessageID  string  `db:"message_id"`
	SentAt     instant `db:"sent_at"`
	RawID      rowID   `db:"raw_id"`
}

// InsertSentCopy implements tickets.BounceTx.
func (t *tx) InsertSentCopy(ctx context.Context, c *tickets.SentCopy) error {
	_, err := t.execRow(ctx, t.db.q.SentCopyInsert, sentCopyRow{
		DeliveryID: c.DeliveryID, MailboxID: c.MailboxID, State: string(c.State), Attempts: c.Attempts, NextAt: at(c.NextAt),
		Folder: c.Folder, Why: c.Why, CreatedAt: at(c.CreatedAt), UpdatedAt: at(c.UpdatedAt),
	})
	return err
}

// SentCopiesDue implements tickets.SentCopyStore.
func (r reader) SentCopiesDue(ctx context.Context, mailboxID int64, now time.Time, limit int) ([]tickets.SentCopy, error) {
	var rows []sentCopyRow
	if err := r.all(ctx, &rows, r.db.q.SentCopiesDue, mailboxID, at(now), limit); err != nil {
		return nil, err
	}
	return plain(rows, func(x sentCopyRow) tickets.SentCopy {
		return tickets.SentCopy{
			ID: x.ID, DeliveryID: x.DeliveryID, MailboxID: x.MailboxID, State: tickets.SentCopyState(x.State), Attempts: x.Attempts,
			NextAt: x.NextAt.time(), Folder: x.Folder, Why: x.Why, CreatedAt: x.CreatedAt.time(), UpdatedAt: x.UpdatedAt.time(),
			MessageID: x.MessageID, SentAt: x.SentAt.time(), RawID: int64(x.RawID),
		}
	}), nil
}

// TakeSentCopy implements tickets.SentCopyStore.
func (db *DB) TakeSentCopy(ctx context.Context, c *tickets.SentCopy, nextAt, now time.Time) (bool, error) {
	var n int64
	err := db.inTx(ctx, func(t *tx) (err error) {
		n, err = t.exec(ctx, db.q.SentCopyTake, at(nextAt), at(now), c.ID, c.Attempts)
		return err
	})
	if err != nil || n == 0 {
		return false, err
	}
	c.Attempts++
	c.NextAt = nextAt
	return true, nil
}

// SettleSentCopy implements tickets.SentCopyStore.
func (db *DB) SettleSentCopy(ctx context.Context, c *tickets.SentCopy, now time.Time) error {
	return db.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, db.q.SentCopySettle, string(c.State), c.Folder, c.Why, at(c.NextAt), at(now), c.ID)
		return err
	})
}

// SentCopyFigures implements tickets.SentCopyStore.
func (r reader) SentCopyFigures(ctx context.Context, mailboxID int64, since time.Time) (waiting, givenUp int, err error) {
	if err = r.get(ctx, &waiting, r.db.q.SentCopiesWaiting, mailboxID); err == nil {
		err = r.get(ctx, &givenUp, r.db.q.SentCopiesGivenUp, mailboxID, at(since))
	}
	return waiting, givenUp, err
}

// KeepLetter keeps the bytes of a letter under their hash, before a mail server gets
// them: they are what was said to whom. It fails when they are not those of sum.
func (db *DB) KeepLetter(ctx context.Context, raw []byte, sum string) error {
	got := sha256.Sum256(raw)
	if hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("keeping a letter: its bytes do not have the hash %s", sum)
	}
	p, err := db.PrepareRaw(ctx, raw)
	if err != nil {
		return err
	}
	return db.inTx(ctx, func(t *tx) error {
		_, err := t.SaveRaw(ctx, p)
		return err
	})
}
