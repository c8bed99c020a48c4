package store

import (
	"context"
	"fmt"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// messageRow is a row of messages with its body.
type messageRow struct {
	ID          int64   `db:"id"`
	TicketID    rowID   `db:"ticket_id"`
	CaseID      rowID   `db:"case_id"`
	MailboxID   rowID   `db:"mailbox_id"`
	Direction   string  `db:"direction"`
	Channel     string  `db:"channel"`
	Kind        string  `db:"kind"`
	PersonID    rowID   `db:"person_id"`
	FromName    string  `db:"from_name"`
	FromEmail   string  `db:"from_email"`
	FromMailbox string  `db:"from_mailbox"`
	To          string  `db:"to_text"`
	Subject     string  `db:"subject"`
	MessageID   string  `db:"message_id"`
	RawID       rowID   `db:"raw_id"`
	ContentHash string  `db:"content_hash"`
	Parts       string  `db:"parts"`
	HasHTML     bool    `db:"has_html"`
	Auth        string  `db:"auth"`
	Reason      string  `db:"reason"`
	Evidence    string  `db:"evidence"`
	Problems    string  `db:"problems"`
	Unconfirmed bool    `db:"unconfirmed"`
	OutgoingID  rowID   `db:"outgoing_id"`
	StaffID     rowID   `db:"staff_id"`
	ReceivedAt  instant `db:"received_at"`
	CreatedAt   instant `db:"created_at"`
	Junk        bool    `db:"junk"`
	Outside     bool    `db:"outside"`
	History     bool    `db:"history"`
	Machine     string  `db:"machine"`
	AnswersMail string  `db:"answers_mail"`
	ToScan      bool    `db:"to_scan"` // written only
	Words       string  `db:"words"`
	Reply       *string `db:"reply"`
}

// partJSON is the stored form of tickets.Part; its names must not change.
type partJSON struct {
	Path      string `json:"path"`
	Name      string `json:"name,omitempty"`
	Type      string `json:"type,omitempty"`
	Bytes     int64  `json:"bytes,omitempty"`
	Inline    bool   `json:"inline,omitempty"`
	ContentID string `json:"cid,omitempty"`
	SHA256    string `json:"sha256,omitempty"`
	Problem   string `json:"problem,omitempty"`
}

// authJSON is the stored form of tickets.AuthResult; its names must not change.
type authJSON struct {
	SPF      string `json:"spf,omitempty"`
	DKIM     string `json:"dkim,omitempty"`
	DMARC    string `json:"dmarc,omitempty"`
	ServerID string `json:"server,omitempty"`
}

// machineJSON is the stored form of tickets.MachineNotice; its names must not change.
type machineJSON struct {
	Number string    `json:"number,omitempty"`
	At     time.Time `json:"at,omitzero"`
	File   string    `json:"file,omitempty"`
}

func messageToRow(m *tickets.Message) (messageRow, error) {
	row := messageRow{
		TicketID: rowID(m.TicketID), CaseID: rowID(m.CaseID), MailboxID: rowID(m.MailboxID),
		Direction: string(m.Direction), Channel: string(m.Channel), Kind: string(m.Kind), PersonID: rowID(m.PersonID),
		FromName: m.FromName, FromEmail: m.FromEmail, FromMailbox: m.FromMailbox, To: m.To, Subject: m.Subject,
		MessageID: m.MessageID, RawID: rowID(m.RawID), ContentHash: m.ContentHash, HasHTML: m.HasHTML,
		Reason: m.Reason, Evidence: m.Evidence, Unconfirmed: m.Unconfirmed, OutgoingID: rowID(m.OutgoingID),
		StaffID: rowID(m.StaffID), ReceivedAt: at(m.ReceivedAt), CreatedAt: at(m.CreatedAt), Words: m.Text,
		Junk: m.Junk, Outside: m.Outside, History: m.History, AnswersMail: m.AnswersMail, ToScan: m.RawID != 0 && len(m.Parts) > 0,
	}
	if m.ReplyText != m.Text {
		row.Reply = &m.ReplyText
	}
	var err error
	parts := plain(m.Parts, func(p tickets.Part) partJSON { return partJSON(p) })
	if row.Parts, err = pack(parts, len(parts) == 0); err != nil {
		return row, err
	}
	if row.Auth, err = pack(authJSON(m.Auth), m.Auth == tickets.AuthResult{}); err != nil {
		return row, err
	}
	if m.Machine != nil {
		if row.Machine, err = pack(machineJSON(*m.Machine), false); err != nil {
			return row, err
		}
	}
	row.Problems, err = pack(m.Problems, len(m.Problems) == 0)
	return row, err
}

func (r messageRow) message() (tickets.Message, error) {
	m := tickets.Message{
		ID: r.ID, TicketID: int64(r.TicketID), CaseID: int64(r.CaseID), MailboxID: int64(r.MailboxID),
		Direction: tickets.Direction(r.Direction), Channel: tickets.Channel(r.Channel), Kind: tickets.MailKind(r.Kind),
		PersonID: int64(r.PersonID), FromName: r.FromName, FromEmail: r.FromEmail, FromMailbox: r.FromMailbox,
		To: r.To, Subject: r.Subject, Text: r.Words, ReplyText: r.Words, MessageID: r.MessageID, RawID: int64(r.RawID),
		ContentHash: r.ContentHash, HasHTML: r.HasHTML, Reason: r.Reason, Evidence: r.Evidence,
		Unconfirmed: r.Unconfirmed, OutgoingID: int64(r.OutgoingID), StaffID: int64(r.StaffID),
		ReceivedAt: r.ReceivedAt.time(), CreatedAt: r.CreatedAt.time(), Junk: r.Junk, Outside: r.Outside, History: r.History,
		AnswersMail: r.AnswersMail,
	}
	if r.Reply != nil {
		m.ReplyText = *r.Reply
	}
	var parts []partJSON
	if err := unpack(r.Parts, &parts); err != nil {
		return m, err
	}
	for _, p := range parts {
		m.Parts = append(m.Parts, tickets.Part(p))
	}
	var auth authJSON
	if err := unpack(r.Auth, &auth); err != nil {
		return m, err
	}
	m.Auth = tickets.AuthResult(auth)
	if r.Machine != "" {
		var notice machineJSON
		if err := unpack(r.Machine, &notice); err != nil {
			return m, err
		}
		m.Machine = (*tickets.MachineNotice)(&notice)
	}
	return m, unpack(r.Problems, &m.Problems)
}

// InsertMessage implements tickets.Tx.
func (t *tx) InsertMessage(ctx context.Context, m *tickets.Message) error {
	row, err := messageToRow(m)
	if err != nil {
		return err
	}
	id, inserted, err := t.insertRow(ctx, t.db.q.MessageInsert, row)
	if err != nil {
		return err
	}
	if !inserted {
		return fault.New(fault.Conflict, "This mailbox has this mail already")
	}
	// A pointer is not cleaned with the other arguments.
	if row.Reply != nil {
		reply := clean(*row.Reply)
		row.Reply = &reply
	}
	if _, err := t.exec(ctx, t.db.q.BodyInsert, id, row.Words, row.Reply); err != nil {
		return err
	}
	if m.Call != nil {
		if _, err := t.execRow(ctx, t.db.q.CallInsert, callToRow(id, m.Call)); err != nil {
			return err
		}
	}
	m.ID = id
	return t.index(ctx, m)
}

// MoveMessages implements tickets.Tx.
func (t *tx) MoveMessages(ctx context.Context, fromTicket, toTicket, toCase int64) error {
	_, err := t.exec(ctx, t.db.q.MessagesMove, toTicket, rowID(toCase), fromTicket)
	return err
}

// SetMessagePlace implements tickets.Tx.
func (t *tx) SetMessagePlace(ctx context.Context, messageID, ticketID, caseID, personID int64, unconfirmed bool, reason string) error {
	n, err := t.exec(ctx, t.db.q.MessagePlace, rowID(ticketID), rowID(caseID), rowID(personID), unconfirmed, reason, messageID)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "This message does not exist")
	}
	return err
}

// MessageByID implements tickets.Reader.
func (r reader) MessageByID(ctx context.Context, id int64) (*tickets.Message, error) {
	var row messageRow
	if err := r.get(ctx, &row, r.db.q.MessageByID, id); err != nil {
		return nil, err
	}
	list, err := r.messages(ctx, []messageRow{row})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// messages turns rows into messages and adds what was logged about calls.
func (r reader) messages(ctx context.Context, rows []messageRow) ([]tickets.Message, error) {
	list, err := convert(rows, messageRow.message)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, m := range list {
		if m.Channel == tickets.ChannelCall {
			ids = append(ids, m.ID)
		}
	}
	calls, err := r.calls(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Call = calls[list[i].ID]
	}
	return list, nil
}

// HasContent implements tickets.Reader.
func (r reader) HasContent(ctx context.Context, mailboxID int64, contentHash string) (int64, bool, error) {
	if contentHash == "" {
		return 0, false, nil
	}
	var ids []int64
	if err := r.all(ctx, &ids, r.db.q.ContentKnown, mailboxID, contentHash, mailboxID, contentHash); err != nil {
		return 0, false, fmt.Errorf("looking for a copy: %w", err)
	}
	if len(ids) == 0 {
		return 0, false, nil
	}
	return ids[0], true, nil
}
