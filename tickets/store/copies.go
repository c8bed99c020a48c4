package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/access"
)

// CopyElsewhere implements tickets.Reader.
func (r reader) CopyElsewhere(ctx context.Context, mailboxID int64, contentHash string) (*tickets.Message, error) {
	return r.oneMessage(ctx, r.db.q.CopyElsewhere, mailboxID, contentHash)
}

// OutsideByMessageID implements tickets.Reader.
func (r reader) OutsideByMessageID(ctx context.Context, mailboxID int64, messageID string) (*tickets.Message, error) {
	return r.oneMessage(ctx, r.db.q.OutsideByNumber, messageID, mailboxID, mailboxID)
}

// OutsideAnswering implements tickets.Reader.
func (r reader) OutsideAnswering(ctx context.Context, mailboxID int64, messageID string) (*tickets.Message, error) {
	return r.oneMessage(ctx, r.db.q.OutsideAnswers, messageID, mailboxID)
}

func (r reader) oneMessage(ctx context.Context, q query, args ...any) (*tickets.Message, error) {
	var id int64
	if err := r.get(ctx, &id, q, args...); err != nil {
		return nil, err
	}
	return r.MessageByID(ctx, id)
}

// RecordedWith implements tickets.Reader.
func (r reader) RecordedWith(ctx context.Context, mailbox string) ([]tickets.SenderFact, error) {
	if mailbox == "" {
		return nil, nil
	}
	return r.senderFacts(ctx, mailbox)
}

// PeopleByPhone implements tickets.Reader.
func (r reader) PeopleByPhone(ctx context.Context, digits string) ([]int64, error) {
	if digits == "" {
		return nil, nil
	}
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.PhoneOwners, digits)
	return ids, err
}

// SentApart implements tickets.Reader.
func (r reader) SentApart(ctx context.Context, a access.Actor, limit int) ([]tickets.Message, error) {
	return r.messagesApart(ctx, a, r.db.q.MessageSentApart, limit)
}
