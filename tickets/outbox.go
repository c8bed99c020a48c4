package tickets

import (
	"context"
	"errors"
	"time"

	"hearback/tickets/register"
	"hearback/tickets/wording"
)

// OutboxStore is the part of the outbox that is storage alone. tickets/store
// implements it; Desk puts what follows for the ticket around it.
type OutboxStore interface {
	// LeftClaims are the deliveries that a dead program left behind, claimed or with
	// data begun: its lease (ProgramLease) has run out by the time of the database, or
	// the claim is older than lease.
	LeftClaims(ctx context.Context, now time.Time, lease time.Duration) ([]Delivery, error)
	// ClaimDue takes one letter whose hold is over and whose queued deliveries are
	// due, and commits these as claimed by holder; nil when nothing is due. Letters
	// that were queued in another mode than mode and not released by a person since
	// are not taken.
	ClaimDue(ctx context.Context, holder string, now time.Time, mode Mode) (*Claim, error)
	// TakeDue is ClaimDue with what a dispatcher wants besides.
	TakeDue(ctx context.Context, w Wanted, now time.Time) (*Claim, error)
	// BeginData commits data_begun for one claimed delivery, provided that everything
	// that the letter was judged on still reads the same: both are one transaction, and
	// no other one commits while it compares. false when the claim was lost;
	// ErrFactsChanged when it has to be judged again.
	BeginData(ctx context.Context, c *Claim, deliveryID int64, sha256 string, on Basis, now time.Time) (bool, error)
	// GuardFacts reads the facts about a letter fresh, for the guard.
	GuardFacts(ctx context.Context, asked FactsAsked) (*GuardFacts, error)
	// NextDue is the earliest instant at which ClaimDue may find something; zero when nothing waits.
	NextDue(ctx context.Context) (time.Time, error)
}

// ErrFactsChanged says that something changed on which a letter was judged.
var ErrFactsChanged = errors.New("tickets: what the letter was judged on has changed")

// FactsAsked says about what the guard wants to know everything. Zero ids ask
// for nothing.
type FactsAsked struct {
	CaseID, TicketID   int64
	LetterID, AuthorID int64
	AnswersID          int64    // the message that the letter answers
	Mailboxes          []string // folded, of everybody who would receive it or be named
}

// Basis is on what a letter was judged: what was asked, and a digest of every row
// that was read for it. The zero Basis fits nothing.
type Basis struct {
	Asked   FactsAsked
	Version int64  // of the register
	Fence   string // hex SHA-256
}

// Basis is what BeginData compares.
func (f *GuardFacts) Basis() Basis {
	if f == nil {
		return Basis{}
	}
	return Basis{Asked: f.Asked, Version: f.Version, Fence: f.Fence}
}

// Asks says what has to be known about a claimed letter, or a draft, that goes to
// mailboxes.
func (c *Claim) Asks(mailboxes []string) FactsAsked {
	o := c.Letter
	return FactsAsked{
		CaseID: o.CaseID, TicketID: o.TicketID, LetterID: o.ID, AuthorID: o.AuthorID, AnswersID: o.AnswersID, Mailboxes: mailboxes,
	}
}

// LetterPlace is where the enquiry of a letter stands now.
type LetterPlace struct{ TicketID, CaseID, TeamID, OwnerID int64 }

// OverdueAfter is what DefaultSettings and ClaimDue go by.
const OverdueAfter = 4 * time.Hour

// Wanted says which letter a dispatcher takes.
type Wanted struct {
	Holder string
	Mode   Mode
	// OverdueAfter is how late a person's letter may start to leave by itself; one
	// that is later is held for a person.
	OverdueAfter time.Duration
	// NotFrom are the addresses of mailboxes, in lower case, whose server takes
	// nothing at the moment: their letters stay queued as they are.
	NotFrom []string
}

// ProgramLease is the name of the lease that says that the program that calls
// itself holder in its claims is alive.
func ProgramLease(holder string) string { return "program/" + holder }

// Claim is a letter taken for sending.
type Claim struct {
	Letter   Outgoing // with the deliveries that were claimed
	Mailbox  Mailbox
	Ticket   *Ticket
	Case     *register.Case
	Author   *register.Staff
	Answers  *Message // the message that the letter answers
	Previous []string // Message-IDs of the thread, oldest first, for References
	// Wording are the council's own words for the letter, when Fields[FieldWording]
	// says that it has some; no text there keeps it back.
	Wording wording.Text
	Holder  string
	Epoch   int64
	// Head is how letters of the mailbox's team look.
	Head Letterhead
	// Print is the size in points that people of the letter need it in, by person;
	// nobody who asked for none is in it.
	Print map[int64]int
}

// Outcome is what became of one delivery.
type Outcome struct {
	DeliveryID int64
	State      DeliveryState // accepted, refused, uncertain, queued (try again at NextAt), held, cancelled
	NextAt     time.Time
	Reply      string // the server's words, for operators
	Why        string // plain words for people
	SHA256     string
	Bytes      int64
}

// GuardFacts is what the guard is told about a case. It is read fresh for every
// judgement; Version is compared again just before the letter leaves.
type GuardFacts struct {
	Asked   FactsAsked
	Version int64 // of the register
	// Fence is a digest of every row that was read, but for the index of the whole
	// register, which Version stands for.
	Fence string
	// Author, Place, Answers and Letter (without its copies) are as they stand now,
	// whatever a claim says; nil when they were not asked for.
	Author  *register.Staff
	Place   *LetterPlace
	Answers *Message
	Letter  *Outgoing

	Case         *register.Case
	Parties      []register.Party
	StaffDomains []string
	OwnMailboxes []string // folded addresses of our mailboxes
	// Lists and Levels are what the council has set about the guard itself.
	Lists  GuardLists
	Levels GuardLevels
	// Staff holds the active accounts among the mailboxes that were asked for, and
	// those of the case's team.
	Staff []register.Staff
	// LetIn are the accounts that were let into the case and still are; Flagged is
	// whether it is a safeguarding lead's (access.ScopeFlagged).
	LetIn   []int64
	Flagged bool
	// Elsewhere holds people recorded with one of the mailboxes asked for, on any case.
	Elsewhere []register.Party
	// Private is text that must not leave: notes of the case and of its other
	// tickets, summaries of calls.
	Private []PrivateFact
	// Seen is what each mailbox wrote to us on this case or was sent by us.
	Seen []SeenFact
	// OtherChildren are the children of other cases, for names and identifiers: one
	// entry for each name of a child, all with the same ID and Ref. Siblings are
	// among them.
	OtherChildren []register.Case
	// Aliases are the other names of the child of the case.
	Aliases []register.Alias
	// Siblings are the children that somebody has said are of the same family, one
	// entry for each of their names. Their names may stand in a letter about this
	// child to somebody who is on both cases.
	Siblings []register.Case
	// Restrictions are those that have not ended: of the case, and of everybody among
	// Parties and Elsewhere on whatever case (Restriction.CaseID says which). One with
	// a start to come is among them: the stricter counts.
	Restrictions []register.Restriction
	// Arrangement is who decides once the child is a young person, and
	// Representations who may act for whom on this case, ended ones not.
	Arrangement     register.Arrangement
	Representations []register.Representation
	// Dates are the dates of the case that the law's clocks start from, by kind
	// (CaseDates): 2006-01-02, local.
	Dates map[string]string
	// Protected are the texts on this case that must not reach somebody.
	Protected []ProtectedValue
	// Confidences is what was told in confidence on this case.
	Confidences []Confidence
	// Groups and Forwards are the council's directory, as of DirectoryAsOf; zero when
	// none was ever read: then what is behind a list is not known.
	Groups        []register.Group
	Forwards      []register.Forward
	DirectoryAsOf time.Time
	// Mailboxes are all addresses of the register with whose they are, for telling
	// that an address is nearly one of them. They belong to Version and must not be
	// changed.
	Mailboxes []KnownMailbox
}

// KnownMailbox is an address of the register with whose it is.
type KnownMailbox struct{ Email, Name string }

// PrivateFact is one private text with where it is from.
type PrivateFact struct {
	Source string // "note", "call"
	ID     int64
	Author string
	At     time.Time
	Text   PrivateText
}

// SeenFact is text that a mailbox wrote or was sent.
type SeenFact struct {
	Mailbox string // folded
	Text    string
	Wrote   bool // the mailbox wrote it; otherwise it was sent to it
}
