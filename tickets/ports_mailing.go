package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/register"
)

// MailingReader is what letters to many families are read by.
type MailingReader interface {
	MailingByID(ctx context.Context, id int64) (*Mailing, error) // not scoped; locked in a transaction
	// Mailings lists the actor's own and, for who may approve them, those of their
	// teams, newest first, at most 200.
	Mailings(ctx context.Context, a access.Actor) ([]Mailing, error)
	// MailingsAsked counts those that wait for the actor to approve them; 0 for who may
	// approve none.
	MailingsAsked(ctx context.Context, a access.Actor) (int, error)
	// MailingLetters lists the lines whose case the actor may see, in the order of the
	// list; what is empty in the question chooses all.
	MailingLetters(ctx context.Context, a access.Actor, q MailingQuery) ([]MailingLetter, error)
	// MailingCounts counts such lines by result; unchecked are those that wait for the
	// check.
	MailingCounts(ctx context.Context, a access.Actor, mailingID int64) (counts map[MailingResult]int, unchecked int, err error)
	// MailingCases are the open cases that the actor may see, by reference.
	MailingCases(ctx context.Context, a access.Actor) ([]register.Case, error)

	// For hearback's own steps, not scoped.
	MailingLettersOf(ctx context.Context, mailingID int64) ([]MailingLetter, error)
	MailingLetterByID(ctx context.Context, id int64) (*MailingLetter, error) // locked in a transaction
	MailingsIn(ctx context.Context, s MailingState) ([]int64, error)         // checking or sending
	MailingNext(ctx context.Context, mailingID int64, limit int) ([]int64, error)
	MailingUnchecked(ctx context.Context, mailingID int64, limit int) ([]int64, error)
	// MailingQueuedSince counts letters that were queued after an instant.
	MailingQueuedSince(ctx context.Context, mailingID int64, since time.Time) (int, error)
}

// MailingQuery filters the lines of a mailing.
type MailingQuery struct {
	MailingID int64
	LetterID  int64                // this line alone
	States    []MailingLetterState // empty: all
	AfterID   int64
	Limit     int // 0: all
}

// MailingTx writes them.
type MailingTx interface {
	InsertMailing(ctx context.Context, m *Mailing) error // sets ID
	UpdateMailing(ctx context.Context, m *Mailing) error
	InsertMailingLetter(ctx context.Context, l *MailingLetter) error // sets ID
	// UpdateMailingLetter changes a line that is not queued; fault.NotFound for one
	// that is: no family gets two.
	UpdateMailingLetter(ctx context.Context, l *MailingLetter) error
	DropMailingLetters(ctx context.Context, mailingID int64) error // that are not queued
}
