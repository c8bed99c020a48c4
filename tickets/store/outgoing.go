package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// outgoingRow is a row of outgoings, with two names for showing.
type outgoingRow struct {
	ID          int64    `db:"id"`
	TicketID    rowID    `db:"ticket_id"`
	CaseID      rowID    `db:"case_id"`
	MailboxID   rowID    `db:"mailbox_id"`
	Purpose     string   `db:"purpose"`
	AuthorID    rowID    `db:"author_id"`
	Subject     string   `db:"subject"`
	Body        string   `db:"body"`
	Template    string   `db:"template"`
	Fields      string   `db:"fields"`
	AnswersID   rowID    `db:"answers_id"`
	QuoteAnswer bool     `db:"quote_answer"`
	Confirmed   string   `db:"confirmed"`
	Digest      string   `db:"digest"`
	AfterSend   string   `db:"after_send"`
	CreatedAt   instant  `db:"created_at"`
	ReleaseAt   instant  `db:"release_at"`
	ExpiresAt   *instant `db:"expires_at"`
	HeldReason  string   `db:"held_reason"`
	HeldRules   string   `db:"held_rules"`
	ReleasedBy  rowID    `db:"released_by"`
	QueuedMode  string   `db:"queued_mode"`
	CancelledBy rowID    `db:"cancelled_by"`
	HoldReasons string   `db:"hold_reasons"`
	TicketRef   string   `db:"ticket_ref"`
	AuthorName  string   `db:"author_name"`
}

func outgoingToRow(o *tickets.Outgoing) (outgoingRow, error) {
	row := outgoingRow{
		ID: o.ID, TicketID: rowID(o.TicketID), CaseID: rowID(o.CaseID), MailboxID: rowID(o.MailboxID),
		Purpose: string(o.Purpose), AuthorID: rowID(o.AuthorID), Subject: o.Subject, Body: o.Body, Template: o.Template,
		AnswersID: rowID(o.AnswersID), QuoteAnswer: o.QuoteAnswer, Digest: o.Digest, AfterSend: string(o.AfterSend),
		CreatedAt: at(o.CreatedAt), ReleaseAt: at(o.ReleaseAt), ExpiresAt: atP(o.ExpiresAt), HeldReason: o.HeldReason,
		ReleasedBy: rowID(o.ReleasedBy), QueuedMode: o.QueuedMode, CancelledBy: rowID(o.CancelledBy),
	}
	var err error
	if row.Fields, err = pack(o.Fields, len(o.Fields) == 0); err != nil {
		return row, err
	}
	if row.Confirmed, err = pack(o.Confirmed, len(o.Confirmed) == 0); err != nil {
		return row, err
	}
	if row.HoldReasons, err = pack(o.HoldReasons, len(o.HoldReasons) == 0); err != nil {
		return row, err
	}
	row.HeldRules, err = pack(o.HeldRules, len(o.HeldRules) == 0)
	return row, err
}

func (r outgoingRow) outgoing() (tickets.Outgoing, error) {
	o := tickets.Outgoing{
		ID: r.ID, TicketID: int64(r.TicketID), CaseID: int64(r.CaseID), MailboxID: int64(r.MailboxID),
		Purpose: tickets.Purpose(r.Purpose), AuthorID: int64(r.AuthorID), Subject: r.Subject, Body: r.Body,
		Template: r.Template, AnswersID: int64(r.AnswersID), QuoteAnswer: r.QuoteAnswer, Digest: r.Digest,
		AfterSend: tickets.State(r.AfterSend), CreatedAt: r.CreatedAt.time(), ReleaseAt: r.ReleaseAt.time(),
		ExpiresAt: r.ExpiresAt.timeP(), HeldReason: r.HeldReason, ReleasedBy: int64(r.ReleasedBy),
		TicketRef: r.TicketRef, AuthorName: r.AuthorName, QueuedMode: r.QueuedMode, CancelledBy: int64(r.CancelledBy),
	}
	if err := unpack(r.Fields, &o.Fields); err != nil {
		return o, err
	}
	if err := unpack(r.Confirmed, &o.Confirmed); err != nil {
		return o, err
	}
	if err := unpack(r.HoldReasons, &o.HoldReasons); err != nil {
		return o, err
	}
	return o, unpack(r.HeldRules, &o.HeldRules)
}

// deliveryRow is a row of deliveries.
type deliveryRow struct {
	ID         int64    `db:"id"`
	OutgoingID int64    `db:"outgoing_id"`
	PersonID   rowID    `db:"person_id"`
	StaffID    rowID    `db:"staff_id"`
	Name       string   `db:"name"`
	Email      string   `db:"email"`
	Mailbox    string   `db:"mailbox"`
	MessageID  string   `db:"message_id"`
	Token      string   `db:"token"`
	State      string   `db:"state"`
	Attempts   int      `db:"attempts"`
	NextAt     instant  `db:"next_at"`
	ClaimedBy  string   `db:"claimed_by"`
	ClaimedAt  *instant `db:"claimed_at"`
	Epoch      int64    `db:"epoch"`
	Reply      string   `db:"reply"`
	Why        string   `db:"why"`
	SHA256     string   `db:"sha256"`
	AcceptedAt *instant `db:"accepted_at"`
	UpdatedAt  instant  `db:"updated_at"`
	LeftBy     rowID    `db:"left_by"`
}

func deliveryToRow(d *tickets.Delivery) deliveryRow {
	return deliveryRow{
		ID: d.ID, OutgoingID: d.OutgoingID, PersonID: rowID(d.PersonID), StaffID: rowID(d.StaffID), Name: d.Name,
		Email: d.Email, Mailbox: d.Mailbox, MessageID: d.MessageID, Token: d.Token, State: string(d.State),
		Attempts: d.Attempts, NextAt: at(d.NextAt), ClaimedBy: d.ClaimedBy, ClaimedAt: atP(d.ClaimedAt), Epoch: d.Epoch,
		Reply: d.Reply, Why: d.Why, SHA256: d.SHA256, AcceptedAt: atP(d.AcceptedAt), UpdatedAt: at(d.UpdatedAt), LeftBy: rowID(d.LeftBy),
	}
}

func (r deliveryRow) delivery() tickets.Delivery {
	return tickets.Delivery{
		ID: r.ID, OutgoingID: r.OutgoingID, PersonID: int64(r.PersonID), StaffID: int64(r.StaffID), Name: r.Name,
		Email: r.Email, Mailbox: r.Mailbox, MessageID: r.MessageID, Token: r.Token, State: tickets.DeliveryState(r.State),
		Attempts: r.Attempts, NextAt: r.NextAt.time(), ClaimedBy: r.ClaimedBy, ClaimedAt: r.ClaimedAt.timeP(),
		Epoch: r.Epoch, Reply: r.Reply, Why: r.Why, SHA256: r.SHA256, AcceptedAt: r.AcceptedAt.timeP(),
		UpdatedAt: r.UpdatedAt.time(), LeftBy: int64(r.LeftBy),
	}
}

// InsertOutgoing implements tickets.Tx.
func (t *tx) InsertOutgoing(ctx context.Context, o *tickets.Outgoing) error {
	row, err := outgoingToRow(o)
	if err != nil {
		return err
	}
	if err := t.add(ctx, t.db.q.OutgoingInsert, row, &o.ID); err != nil {
		return err
	}
	if err := t.insertFiles(ctx, o); err != nil {
		return err
	}
	for i := range o.Deliveries {
		d := &o.Deliveries[i]
		d.OutgoingID = o.ID
		if d.UpdatedAt.IsZero() {
			d.UpdatedAt = o.CreatedAt
		}
		if err := t.add(ctx, t.db.q.DeliveryInsert, deliveryToRow(d), &d.ID); err != nil {
			return err
		}
	}
	return nil
}

// UpdateOutgoing implements tickets.Tx.
func (t *tx) UpdateOutgoing(ctx context.Context, o *tickets.Outgoing) error {
	row, err := outgoingToRow(o)
	if err != nil {
		return err
	}
	return t.change(ctx, t.db.q.OutgoingUpdate, row)
}

// SetDelivery implements tickets.Tx. When d.ClaimedBy is set, the claim must
// still be that holder's under that epoch: a program that was too slow finds its
// delivery taken over and changes nothing. A delivery that waits again has no
// holder; one that the server may have keeps it, so that its holder can still say
// how it ended.
func (t *tx) SetDelivery(ctx context.Context, d *tickets.Delivery, from ...tickets.DeliveryState) (bool, error) {
	if len(from) == 0 {
		return false, fault.New(fault.Internal, "")
	}
	set := deliverySet{deliveryRow: deliveryToRow(d), Holder: d.ClaimedBy, From: from}
	switch d.State {
	case tickets.Queued, tickets.Held, tickets.Cancelled:
		set.ClaimedBy, set.ClaimedAt = "", nil
	}
	n, err := t.execRowIn(ctx, t.db.q.DeliverySet, set)
	return n == 1, err
}

// deliverySet is a delivery with what it must be like before.
type deliverySet struct {
	deliveryRow
	Holder string                  `db:"holder"`
	From   []tickets.DeliveryState `db:"from_states"`
}

// OutgoingByID implements tickets.Reader; in a transaction it locks the letter
// and its copies.
func (r reader) OutgoingByID(ctx context.Context, id int64) (*tickets.Outgoing, error) {
	var row outgoingRow
	if err := r.getLocked(ctx, &row, r.db.q.OutgoingByID, id); err != nil {
		return nil, err
	}
	o, err := row.outgoing()
	if err != nil {
		return nil, err
	}
	var rows []deliveryRow
	if err := r.allLocked(ctx, &rows, r.db.q.DeliveriesOfOne, id); err != nil {
		return nil, err
	}
	o.Deliveries = plain(rows, deliveryRow.delivery)
	return &o, r.files(ctx, map[int64]*tickets.Outgoing{o.ID: &o})
}

// letters turns rows into letters with their copies.
func (r reader) letters(ctx context.Context, rows []outgoingRow) ([]tickets.Outgoing, error) {
	list, err := convert(rows, outgoingRow.outgoing)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	place := make(map[int64]int, len(list))
	for i, o := range list {
		ids[i], place[o.ID] = o.ID, i
	}
	var copies []deliveryRow
	if err := r.allIn(ctx, &copies, r.db.q.DeliveriesOf, ids); err != nil {
		return nil, err
	}
	for _, c := range copies {
		o := &list[place[c.OutgoingID]]
		o.Deliveries = append(o.Deliveries, c.delivery())
	}
	byID := make(map[int64]*tickets.Outgoing, len(list))
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	return list, r.files(ctx, byID)
}

func (r reader) oneDelivery(ctx context.Context, q query, key string) (*tickets.Delivery, error) {
	if key == "" {
		return nil, fault.New(fault.NotFound, "This does not exist")
	}
	var row deliveryRow
	if err := r.get(ctx, &row, q, key); err != nil {
		return nil, err
	}
	d := row.delivery()
	return &d, nil
}

// DeliveryByToken implements tickets.Reader.
func (r reader) DeliveryByToken(ctx context.Context, token string) (*tickets.Delivery, error) {
	return r.oneDelivery(ctx, r.db.q.DeliveryByToken, token)
}

// DeliveryByMessageID implements tickets.Reader.
func (r reader) DeliveryByMessageID(ctx context.Context, messageID string) (*tickets.Delivery, error) {
	return r.oneDelivery(ctx, r.db.q.DeliveryByMessageID, messageID)
}

// DeliveriesTo implements tickets.Reader.
func (r reader) DeliveriesTo(ctx context.Context, mailbox string, since time.Time) ([]tickets.Delivery, error) {
	var rows []deliveryRow
	if err := r.all(ctx, &rows, r.db.q.DeliveriesTo, mailbox, at(since)); err != nil {
		return nil, err
	}
	return plain(rows, deliveryRow.delivery), nil
}

// AutomaticSince implements tickets.Reader.
func (r reader) AutomaticSince(ctx context.Context, toMailbox string, ticketID int64, since time.Time) (n int, err error) {
	if ticketID == 0 {
		err = r.get(ctx, &n, r.db.q.AutomaticTo, toMailbox, at(since))
		return n, err
	}
	err = r.get(ctx, &n, r.db.q.AutomaticToOn, toMailbox, ticketID, at(since))
	return n, err
}

// AutomaticFromMailboxSince implements tickets.Reader.
func (r reader) AutomaticFromMailboxSince(ctx context.Context, mailboxID int64, since time.Time) (n int, err error) {
	err = r.get(ctx, &n, r.db.q.AutomaticFrom, mailboxID, at(since))
	return n, err
}
