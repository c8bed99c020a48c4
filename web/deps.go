package web

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/v2"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/wording"
	"hearback/web/view"
)

// Store is what pages ask of storage. Methods with an actor answer within its scope.
type Store interface {
	Ticket(ctx context.Context, a access.Actor, ref string) (*tickets.TicketView, error)
	Tickets(ctx context.Context, a access.Actor, q tickets.TicketQuery) (tickets.TicketPage, error)
	TicketCounts(ctx context.Context, a access.Actor, now time.Time) (map[string]int, error)
	Timeline(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.TimelineItem, error)
	Notes(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.Note, error)
	Case(ctx context.Context, a access.Actor, ref string) (*tickets.CaseView, error)
	Cases(ctx context.Context, a access.Actor, q tickets.CaseQuery) (tickets.CasePage, error)
	// CaseFacts is called only for a case that Case gave to
	// the same actor.
	CaseFacts(ctx context.Context, caseID int64) (*register.CaseFacts, error)
	Message(ctx context.Context, a access.Actor, id int64) (*tickets.Message, error)
	Search(ctx context.Context, a access.Actor, q string, limit int) ([]tickets.SearchHit, error)
	Outbox(ctx context.Context, a access.Actor, q tickets.OutboxQuery) ([]tickets.Outgoing, error)
	Ledger(ctx context.Context, a access.Actor, q tickets.LedgerQuery) ([]tickets.LedgerEntry, map[tickets.Fate]int, error)
	AutomaticMail(ctx context.Context, a access.Actor, limit int) ([]tickets.Message, error)
	SentApart(ctx context.Context, a access.Actor, limit int) ([]tickets.Message, error)
	TeamByID(ctx context.Context, id int64) (*register.Team, error)
	Staff(ctx context.Context, a access.Actor) ([]register.Staff, error)
	MailingsAsked(ctx context.Context, a access.Actor) (int, error)
	MailingLetters(ctx context.Context, a access.Actor, q tickets.MailingQuery) ([]tickets.MailingLetter, error)
	MailingCounts(ctx context.Context, a access.Actor, mailingID int64) (map[tickets.MailingResult]int, int, error)
	MailingCases(ctx context.Context, a access.Actor) ([]register.Case, error)
	Escalations(ctx context.Context, a access.Actor, since time.Time, limit int) ([]tickets.Escalation, error)
	LeadFigures(ctx context.Context, a access.Actor, now time.Time) (tickets.LeadFigures, error)

	AdminStore

	// Raw is called only for a message that Message gave to the same actor.
	Raw(ctx context.Context, rawID int64) ([]byte, error)
	// ScansOfRaw is what the virus scanner said of the parts of such a mail.
	ScansOfRaw(ctx context.Context, rawID int64) (map[string]tickets.PartScan, error)
	Mailboxes(ctx context.Context) ([]tickets.Mailbox, error)
	// Drafts are the actor's own, never somebody else's.
	DraftOf(ctx context.Context, a access.Actor, ticketID int64) (*tickets.ReplyDraft, error)
	SaveDraft(ctx context.Context, a access.Actor, d *tickets.ReplyDraft) (rev int64, err error)
	DropDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error
	NoteDraftOf(ctx context.Context, a access.Actor, ticketID int64) (*tickets.NoteDraft, error)
	SaveNoteDraft(ctx context.Context, a access.Actor, d *tickets.NoteDraft) (rev int64, err error)
	DropNoteDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error
	DraftsAmong(ctx context.Context, a access.Actor, ticketIDs []int64) (map[int64]bool, error)
	// StaffByMailbox and ActorOf serve sign-in.
	StaffByMailbox(ctx context.Context, mailbox string) (*register.Staff, error)
	ActorOf(ctx context.Context, staffID int64) (access.Actor, error)
	StaffByID(ctx context.Context, id int64) (*register.Staff, error)
	Account(ctx context.Context, staffID int64) (*tickets.Account, error)
	SessionsOf(ctx context.Context, staffID int64) ([]tickets.Session, error)
}

// Reviewer says what the guard thinks of a letter, and sends nothing.
type Reviewer interface {
	Review(ctx context.Context, a access.Actor, r ReviewRequest) (Review, error)
	// Copies are the very letters that would go, one for each person, as bytes with
	// their header; ids that a letter gets when it is queued are made up.
	Copies(ctx context.Context, a access.Actor, r ReviewRequest) ([]Copy, error)
}

// WordTry is an example with what the check makes of it.
type WordTry struct {
	ID, Expect, Got, Message string
	Own                      bool // the council's
	OK                       bool
}

// Copy is one person's letter.
type Copy struct {
	PersonID int64
	Name, To string
	Letter   tickets.Inbound // as its reader's program reads it
	HTML     string          // cleaned; "" when it has none
}

// ReviewRequest is a reply as it stands in the form.
type ReviewRequest struct {
	Reply tickets.ReplyRequest
	Now   time.Time
	// Series marks one of several questions that a single press asks: it counts with
	// the press, not by itself.
	Series bool
}

// Review is the guard's verdict with the digest that confirmations are bound to.
type Review struct {
	Verdict guard.Verdict
	Digest  string
}

// MailReader reads parts of a raw mail for display.
type MailReader interface {
	// SafeHTML is the cleaned HTML body; false when the mail has none.
	SafeHTML(raw []byte) (string, bool)
	// Part is one attachment.
	Part(raw []byte, path string) (io.Reader, tickets.Part, error)
	// Headers are the header lines as they came.
	Headers(raw []byte) string
}

// MailboxState is how a mailbox is doing.
type MailboxState struct {
	Mailbox  tickets.Mailbox
	Folder   string
	OK       bool
	LastGood time.Time
	Problem  string
	Alarm    bool // for longer than the council allows
}

// Health is how the parts of the program are doing.
type Health struct {
	MailIn, MailOut, Sweep, Disk string // "" when well, else what is wrong in plain words
	// Warnings are to be seen to in time; nothing stands still for them.
	Warnings []string
}

// DemoMail is the world outside, on the demonstration.
type DemoMail interface {
	Boxes(ctx context.Context) ([]DemoBox, error)
	Mail(ctx context.Context, key string) ([]DemoMessage, error)
	Write(ctx context.Context, from, to, subject, text, answers string) error
}

// DemoBox is the mailbox of somebody outside. Key names it in addresses of pages.
type DemoBox struct {
	Key, Address, Name, Role string
	Count                    int
	Last                     time.Time
}

// DemoMessage is a mail as its reader sees it.
type DemoMessage struct {
	ID, From, To, Subject, Text string
	At                          time.Time
	Sent                        bool // written by the owner of the box
}

// Mailings makes one letter to many families and says what the guard thinks of it.
type Mailings interface {
	MailingLetter(ctx context.Context, a access.Actor, mailingID, letterID int64, now time.Time) (MailingReview, error)
	// Check says that a list was made, so that its letters are checked at once.
	Check()
}

// MailingReview is a letter as it would go, with the guard's verdict. Bound is what
// confirmations are bound to.
type MailingReview struct {
	Verdict guard.Verdict
	Bound   string
	Copy    Copy
}

// Letters makes the letters that a family which does not exist would get.
type Letters interface {
	// Example is a letter with these words on a kind of day (wording.Situation).
	Example(letter string, t wording.Text, situation string, large bool, now time.Time) (ExampleLetter, error)
	// Notices are examples of every letter to staff.
	Notices(now time.Time) ([]ExampleNotice, error)
	// Judge is tickets.WordingJudge.
	Judge(ctx context.Context, letter string, t wording.Text, now time.Time) error
}

// ExampleLetter is a letter as its reader's mail program shows it.
type ExampleLetter struct{ From, Subject, Text, HTML string }

// ExampleNotice is a letter to staff.
type ExampleNotice struct {
	Title  string
	Goes   string // when, and to whom
	Letter ExampleLetter
}

// Deps is what the pages work with.
type Deps struct {
	Store    Store
	Desk     *tickets.Desk
	Review   Reviewer
	Mail     MailReader
	Files    LetterFiles // nil: letters have no files
	Sessions *scs.SessionManager
	// Verify compares a password with its argon2id hash, bounded in how many run at once.
	Verify func(ctx context.Context, password, hash string) (bool, error)
	// SignIn is how staff sign in.
	SignIn    SignIn
	Retry     func(ctx context.Context, ledgerID int64) (tickets.IntakeResult, error)
	Mailboxes func(ctx context.Context) []MailboxState
	Health    func(ctx context.Context) Health
	Mode      func() tickets.Mode
	Board     func(ctx context.Context) (Board, error)
	// Warnings are what has to be seen to in time, for the banner; may be nil.
	Warnings func() []string
	// TryWords judges the examples with lists as they would be; an error is in words for
	// whoever wrote them.
	TryWords func(ctx context.Context, l tickets.GuardLists) ([]WordTry, error)
	// TryMailbox signs in to a mailbox as its readers do, and reads nothing.
	TryMailbox func(ctx context.Context, name string) ([]FolderTry, error)
	Hold       time.Duration
	Events     *Events
	// Beat is how often an open stream of live events looks whether its session still
	// holds; 0 is every 20 seconds.
	Beat time.Duration
	// Imports keeps files of the case system on their way; nil makes one.
	Imports *Imports
	// Letters makes and judges examples of letters to families.
	Letters Letters
	// Mailings makes and checks letters to many families.
	Mailings Mailings
	// Hooks are the names of the endpoints that are told of events.
	Hooks []string
	// Wake tells the dispatcher that a letter may be due.
	Wake    func()
	Demo    DemoMail // nil unless this is the demonstration
	Users   []view.DemoUser
	Council view.Council
	Phone   string
	Now     func(ctx context.Context) (time.Time, error)
	Log     *slog.Logger
	// Secure marks cookies for https only.
	Secure bool
}
