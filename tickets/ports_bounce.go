package tickets

import (
	"context"
	"time"
)

// Undelivered is a letter of ours, or a mail that was written outside hearback, that
// did not arrive, until somebody has acted or the lead knows.
type Undelivered struct {
	ID         int64
	TicketID   int64
	DeliveryID int64 // 0 for a mail that was written outside hearback
	MessageID  int64 // that mail; else 0
	At         time.Time
	LeadAt     time.Time // when the lead is told: a working hour later
	SettledAt  *time.Time
	Outcome    string // one of the Undelivered- codes; "" while it is open
}

// How an Undelivered was settled.
const (
	UndeliveredLead     = "lead"     // nobody had acted: the lead was told
	UndeliveredAnswered = "answered" // the family got an answer, or was rung, in time
	UndeliveredClosed   = "closed"   // the enquiry was finished, merged or not ours by then
)

// BounceReader is what the verbs about letters that did not arrive ask.
type BounceReader interface {
	// UndeliveredDue lists what is not settled and whose LeadAt is not after now, oldest first.
	UndeliveredDue(ctx context.Context, now time.Time, limit int) ([]Undelivered, error)
}

// BounceTx is what they keep.
type BounceTx interface {
	InsertUndelivered(ctx context.Context, u *Undelivered) error // sets ID
	// SettleUndelivered reports false when it was settled before.
	SettleUndelivered(ctx context.Context, id int64, outcome string, now time.Time) (bool, error)
	// InsertSentCopy queues the copy of a delivery for the Sent folder; a second one
	// of the same delivery is ignored.
	InsertSentCopy(ctx context.Context, c *SentCopy) error
}

// SentCopyState is where a copy for the Sent folder stands.
type SentCopyState string

// The states of a copy.
const (
	SentCopyWaiting SentCopyState = "waiting"
	SentCopyKept    SentCopyState = "kept"
	SentCopyGivenUp SentCopyState = "given_up" // the letter itself went; only its copy is missing there
)

// SentCopy is the copy of one sent letter that belongs into the Sent folder of the
// mailbox that it left from.
type SentCopy struct {
	ID         int64
	DeliveryID int64
	MailboxID  int64
	State      SentCopyState
	Attempts   int
	NextAt     time.Time
	Folder     string // where it was put
	Why        string // plain words: why it is not there yet
	CreatedAt  time.Time
	UpdatedAt  time.Time
	// MessageID, SentAt and RawID are read with it: what to look for on the server,
	// when the mail server took the letter, and the bytes that it took. RawID is 0
	// when these were not kept.
	MessageID string
	SentAt    time.Time
	RawID     int64
}

// SentCopyStore is what the filing of copies needs from storage.
type SentCopyStore interface {
	// SentCopiesDue lists copies of a mailbox that wait and are due, oldest first.
	SentCopiesDue(ctx context.Context, mailboxID int64, now time.Time, limit int) ([]SentCopy, error)
	// TakeSentCopy counts an attempt and puts the next one off until nextAt, before
	// anything is given to the server; false when another program has taken it.
	TakeSentCopy(ctx context.Context, c *SentCopy, nextAt, now time.Time) (bool, error)
	// SettleSentCopy writes State, Folder, NextAt and Why.
	SettleSentCopy(ctx context.Context, c *SentCopy, now time.Time) error
	// SentCopyFigures counts the copies of a mailbox that wait, and those that were
	// given up since.
	SentCopyFigures(ctx context.Context, mailboxID int64, since time.Time) (waiting, givenUp int, err error)
	// Raw is the bytes by SentCopy.RawID.
	Raw(ctx context.Context, rawID int64) ([]byte, error)
}
