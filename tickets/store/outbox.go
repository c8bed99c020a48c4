package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

const (
	whyExpired = "It was too late to be useful, so it was not sent."
	whyOverdue = "This should have left some hours ago, while hearback was not running. Release it if it still holds, or cancel it."
	whyMode    = "Outgoing mail was set differently when this was written. Release it if it should still go."
)

// ClaimDue implements tickets.OutboxStore. Before it looks, it puts aside what
// may not leave by itself any more: automatic letters that are too late, letters
// of people that were overdue, letters of another outbound mode.
func (db *DB) ClaimDue(ctx context.Context, holder string, now time.Time, mode tickets.Mode) (*tickets.Claim, error) {
	return db.TakeDue(ctx, tickets.Wanted{Holder: holder, Mode: mode, OverdueAfter: tickets.OverdueAfter}, now)
}

// TakeDue implements tickets.OutboxStore.
func (db *DB) TakeDue(ctx context.Context, w tickets.Wanted, now time.Time) (*tickets.Claim, error) {
	var claim *tickets.Claim
	err := db.together(ctx, func(t *tx) error {
		if err := t.putAside(ctx, now, w.Mode, w.OverdueAfter); err != nil {
			return err
		}
		var rows []outgoingRow
		not := append([]string{""}, w.NotFrom...) // a list must hold something, and no address is empty
		if err := t.allIn(ctx, &rows, db.q.OutboxChoose, at(now), at(now), at(now), not); err != nil || len(rows) == 0 {
			return err
		}
		o, err := rows[0].outgoing()
		if err != nil {
			return err
		}
		claim, err = t.take(ctx, o, w.Holder, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	if claim != nil {
		db.withContent(ctx, claim)
	}
	return claim, nil
}

func (t *tx) putAside(ctx context.Context, now time.Time, mode tickets.Mode, overdueAfter time.Duration) error {
	q := t.db.q
	if _, err := t.exec(ctx, q.OutboxExpire, whyExpired, at(now), at(now)); err != nil {
		return err
	}
	overdue := at(now.Add(-overdueAfter))
	for _, rule := range []struct {
		find query
		args []any
		why  string
	}{
		{q.OutboxOverdue, []any{overdue, overdue}, whyOverdue},
		{q.OutboxOtherMode, []any{string(mode)}, whyMode},
	} {
		var ids []int64
		if err := t.all(ctx, &ids, rule.find, rule.args...); err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		if _, err := t.execIn(ctx, q.OutboxHoldCopies, rule.why, at(now), ids); err != nil {
			return err
		}
		if _, err := t.execIn(ctx, q.OutboxHoldLetters, rule.why, ids); err != nil {
			return err
		}
	}
	return nil
}

// take claims the copies of a letter that are due, under an epoch of its own.
func (t *tx) take(ctx context.Context, o tickets.Outgoing, holder string, now time.Time) (*tickets.Claim, error) {
	epoch, err := t.nextCount(ctx, "claim")
	if err != nil {
		return nil, err
	}
	n, err := t.exec(ctx, t.db.q.OutboxTake, holder, at(now), epoch, at(now), o.ID, at(now))
	if err != nil || n == 0 {
		return nil, err
	}
	var rows []deliveryRow
	if err := t.all(ctx, &rows, t.db.q.OutboxTaken, o.ID, holder, epoch); err != nil {
		return nil, err
	}
	o.Deliveries = plain(rows, deliveryRow.delivery)
	c := &tickets.Claim{Letter: o, Holder: holder, Epoch: epoch}
	return c, t.fillClaim(ctx, c)
}

// fillClaim reads what the letter is made from.
func (t *tx) fillClaim(ctx context.Context, c *tickets.Claim) error {
	o := &c.Letter
	var err error
	if c.Wording, err = t.wordsOf(ctx, *o); err != nil {
		return err
	}
	if o.MailboxID != 0 {
		m, err := t.MailboxByID(ctx, o.MailboxID)
		if err != nil {
			return err
		}
		c.Mailbox = *m
	}
	if err := t.files(ctx, map[int64]*tickets.Outgoing{o.ID: o}); err != nil {
		return err
	}
	if err := t.look(ctx, c); err != nil {
		return err
	}
	if o.TicketID != 0 {
		var row ticketRow // read without a lock: the verbs lock it
		if err := t.get(ctx, &row, t.db.q.TicketByID, o.TicketID); err != nil {
			return err
		}
		ticket := row.ticket()
		c.Ticket = &ticket
		if c.Previous, err = t.thread(ctx, o.TicketID); err != nil {
			return err
		}
	}
	caseID := o.CaseID
	if c.Ticket != nil && c.Ticket.CaseID != 0 {
		caseID = c.Ticket.CaseID
	}
	if caseID != 0 {
		if c.Case, err = t.CaseByID(ctx, caseID); err != nil {
			return err
		}
	}
	if o.AuthorID != 0 {
		if c.Author, err = t.StaffByID(ctx, o.AuthorID); err != nil {
			return err
		}
	}
	if o.AnswersID != 0 {
		if c.Answers, err = t.MessageByID(ctx, o.AnswersID); err != nil {
			return err
		}
	}
	return nil
}

// wordsOf are the council's own words that a letter was queued with. None when it
// has those that hearback comes with, and when they cannot be found or read:
// composing then refuses the letter, and the others go on.
func (t *tx) wordsOf(ctx context.Context, o tickets.Outgoing) (wording.Text, error) {
	name, version, ok := tickets.WordingSetting(o)
	if !ok {
		return wording.Text{}, nil
	}
	v, err := t.SettingAt(ctx, name, version)
	switch {
	case fault.Is(err, fault.NotFound):
		return wording.Text{}, nil
	case err != nil:
		return wording.Text{}, err
	}
	return tickets.OwnWording(v.Content), nil
}

// thread is the Message-IDs of a ticket, each once, oldest first.
func (r reader) thread(ctx context.Context, ticketID int64) ([]string, error) {
	var rows []struct {
		MessageID string  `db:"message_id"`
		At        instant `db:"received_at"`
	}
	if err := r.all(ctx, &rows, r.db.q.ThreadOf, ticketID, ticketID); err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.MessageID
	}
	return keys(ids), nil
}

// BeginData implements tickets.OutboxStore. The row is taken first and the other
// writers are kept out last, as every writer does it: nobody waits in a circle.
func (db *DB) BeginData(ctx context.Context, c *tickets.Claim, deliveryID int64, sum string, on tickets.Basis, now time.Time) (bool, error) {
	return db.begin(ctx, c, deliveryID, sum, on, now, nil)
}

// KeepAndBegin is KeepLetter and BeginData in one transaction: the bytes that a server
// may have are kept, and nothing else is.
func (db *DB) KeepAndBegin(ctx context.Context, c *tickets.Claim, deliveryID int64, raw []byte, sum string, on tickets.Basis, now time.Time) (bool, error) {
	got := sha256.Sum256(raw)
	if hex.EncodeToString(got[:]) != sum {
		return false, fmt.Errorf("keeping a letter: its bytes do not have the hash %s", sum)
	}
	p, err := db.PrepareRaw(ctx, raw)
	if err != nil {
		return false, err
	}
	return db.begin(ctx, c, deliveryID, sum, on, now, &p)
}

func (db *DB) begin(ctx context.Context, c *tickets.Claim, deliveryID int64, sum string, on tickets.Basis, now time.Time, keep *tickets.PreparedRaw) (bool, error) {
	var n int64
	err := db.together(ctx, func(t *tx) (err error) {
		n, err = t.exec(ctx, db.q.OutboxBegin, sum, at(now), deliveryID, c.Holder, c.Epoch)
		if err != nil || n == 0 {
			return err
		}
		if keep != nil {
			if _, err := t.SaveRaw(ctx, *keep); err != nil {
				return err
			}
		}
		if err := t.alone(ctx); err != nil {
			return err
		}
		return t.stillHolds(ctx, on)
	})
	return err == nil && n == 1, err
}

// stillHolds compares what a letter was judged on with what stands there now.
func (t *tx) stillHolds(ctx context.Context, on tickets.Basis) error {
	version, err := t.RegisterVersion(ctx)
	if err != nil {
		return err
	}
	if version != on.Version || on.Fence == "" {
		return tickets.ErrFactsChanged
	}
	f, err := t.sealedFacts(ctx, on.Asked)
	if err != nil {
		return err
	}
	if f.Fence != on.Fence {
		return tickets.ErrFactsChanged
	}
	return nil
}

// LeftClaims implements tickets.OutboxStore.
func (db *DB) LeftClaims(ctx context.Context, now time.Time, lease time.Duration) ([]tickets.Delivery, error) {
	var rows []deliveryRow
	err := db.all(ctx, &rows, db.q.OutboxLeft, at(now.Add(-lease)))
	return plain(rows, deliveryRow.delivery), err
}

// NextDue implements tickets.OutboxStore.
func (db *DB) NextDue(ctx context.Context) (time.Time, error) {
	var next *instant
	if err := db.get(ctx, &next, db.q.OutboxNext); err != nil || next == nil {
		return time.Time{}, err
	}
	return next.time(), nil
}
