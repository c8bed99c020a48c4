package tickets

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

// Store is everything that the verbs need from storage. tickets/store is the
// only implementation; its conformance suite runs on SQLite and PostgreSQL.
//
// Every list takes the actor and filters inside SQL: what the actor may not
// know looks like what does not exist (fault.NotFound, or an absent row).
type Store interface {
	Reader
	AuditStore
	// Write runs fn in one transaction. When fn returns an error, or panics,
	// nothing of it is kept. fn may be run once only; the store never retries it.
	Write(ctx context.Context, fn func(tx Tx) error) error
	// PrepareRaw keeps the bytes of a mail. Large ones are written to a file and
	// synced here, before the transaction that names them.
	PrepareRaw(ctx context.Context, raw []byte) (PreparedRaw, error)
	// Now is the time of the database, in UTC. Claims, leases and releases use no other.
	Now(ctx context.Context) (time.Time, error)
}

// PreparedRaw is a raw mail that is safe on disk or small enough for the row.
type PreparedRaw struct {
	SHA256 string // hex
	Bytes  int64
	Inline []byte // nil when it is in a file
}

// Tx is one write transaction. Reads through it see its own writes. TicketByID,
// OutgoingByID and ClocksOfTicket through it lock the rows they return until the
// transaction ends (on PostgreSQL, FOR UPDATE; SQLite has one writer anyway), so
// that read, decide, write is safe against a second program.
type Tx interface {
	Reader
	RegisterTx
	AccountTx
	AccessTx
	SettingsTx
	ReleaseTx
	LetterFileTx
	BounceTx
	HookTx
	MailingTx
	// InsertAudit adds a record of what this transaction does, or of what was seen.
	InsertAudit(ctx context.Context, r *audit.Record) error
	// Savepoint runs fn; when fn returns an error, what fn did is undone and the
	// transaction goes on.
	Savepoint(ctx context.Context, fn func() error) error

	SaveRaw(ctx context.Context, p PreparedRaw) (id int64, err error) // the id of the same bytes when they are there already
	NextTicketRef(ctx context.Context) (string, error)                // SEN-104233: one sequence, fixed prefix from the settings

	InsertTicket(ctx context.Context, t *Ticket) error   // sets ID
	UpdateTicket(ctx context.Context, t *Ticket) error   // whole row by ID
	InsertMessage(ctx context.Context, m *Message) error // sets ID; updates the search index; fault.Conflict on (mailbox, content hash)
	MoveMessages(ctx context.Context, fromTicket, toTicket, toCase int64) error
	SetMessagePlace(ctx context.Context, messageID, ticketID, caseID, personID int64, unconfirmed bool, reason string) error
	InsertNote(ctx context.Context, n *Note) error
	InsertEvent(ctx context.Context, e *Event) error // sets ID; sets Version of its ticket to it when Kind matters to a writer

	InsertClock(ctx context.Context, c *TicketClock) error
	UpdateClock(ctx context.Context, c *TicketClock) error
	InsertClockStep(ctx context.Context, s *ClockStep) (fresh bool, err error) // false when the step was taken already

	InsertOutgoing(ctx context.Context, o *Outgoing) error // with its deliveries; sets IDs
	UpdateOutgoing(ctx context.Context, o *Outgoing) error // not its deliveries
	// SetDelivery moves a delivery from one of the states in from to d.State
	// (compare-and-set) and writes its other fields; false when it was in none of them.
	SetDelivery(ctx context.Context, d *Delivery, from ...DeliveryState) (bool, error)

	InsertRule(ctx context.Context, r *IntakeRule) error // sets ID; fault.Conflict when there is such a rule
	RemoveRule(ctx context.Context, r RuleRemoval) error // fault.NotFound when it is gone already

	PutLedger(ctx context.Context, e *LedgerEntry) error // insert, or update of the same (mailbox, folder, uidvalidity, uid)

	// Register facts. Each change bumps RegisterVersion in the same transaction.
	InsertTeam(ctx context.Context, t *register.Team) error
	UpdateTeam(ctx context.Context, t *register.Team) error
	InsertStaff(ctx context.Context, s *register.Staff) error
	UpdateStaff(ctx context.Context, s *register.Staff) error
	InsertCase(ctx context.Context, c *register.Case) error
	UpdateCase(ctx context.Context, c *register.Case) error
	InsertPerson(ctx context.Context, p *register.Person) error
	InsertAddress(ctx context.Context, a *register.Address) error
	UpdateAddress(ctx context.Context, a *register.Address) error
	InsertPhone(ctx context.Context, p *register.Phone) error
	InsertLink(ctx context.Context, l *register.Link) error
	UpdateLink(ctx context.Context, l *register.Link) error
	UpsertMailbox(ctx context.Context, m *Mailbox) error // by Name; sets ID
	SetStaffDomains(ctx context.Context, domains []string) error
	SetSetting(ctx context.Context, key, value string) error
}

// Reader is every question. Methods with an Actor answer within its scope; the
// others serve hearback's own steps and must not be called for a page.
type Reader interface {
	RegisterReader
	AccountReader
	AccessReader
	SettingsReader
	ReleaseReader
	LetterFileReader
	BounceReader
	HookReader
	MailingReader

	// --- intake ---
	MatchFacts(ctx context.Context, k MatchKeys) (MatchFacts, error)
	// HasContent looks for a mail of the mailbox with this hash: among messages, and
	// among notes that came by mail (messageID is 0 then).
	HasContent(ctx context.Context, mailboxID int64, contentHash string) (messageID int64, found bool, err error)
	// CopyElsewhere is the same mail as another mailbox of ours took it, on a
	// ticket: the first; fault.NotFound.
	CopyElsewhere(ctx context.Context, mailboxID int64, contentHash string) (*Message, error)
	// OutsideByMessageID is a mail of ours that was written outside hearback, as one
	// mailbox, or any for 0, has it; fault.NotFound.
	OutsideByMessageID(ctx context.Context, mailboxID int64, messageID string) (*Message, error)
	// OutsideAnswering is the first mail of ours, written outside hearback, that
	// answers the mail with this Message-ID; fault.NotFound.
	OutsideAnswering(ctx context.Context, mailboxID int64, messageID string) (*Message, error)
	// RecordedWith lists everybody who is recorded with a folded mailbox, on every
	// case, with the tickets of theirs that are not finished.
	RecordedWith(ctx context.Context, mailbox string) ([]SenderFact, error)
	// PeopleByPhone lists the people who are recorded with a number (register.Phone.Digits).
	PeopleByPhone(ctx context.Context, digits string) ([]int64, error)
	// IntakeRules are the rules that hold now, oldest first.
	IntakeRules(ctx context.Context) ([]IntakeRule, error)
	// LedgerLines lists the UIDs from from to to (inclusive) that have a line, ascending.
	LedgerLines(ctx context.Context, mailboxID int64, folder string, uidValidity, from, to uint32) ([]uint32, error)
	LedgerAt(ctx context.Context, mailboxID int64, folder string, uidValidity, uid uint32) (*LedgerEntry, error) // fault.NotFound
	// AutomaticSince counts acks and receipts to a mailbox since an instant, for
	// one ticket (or all when ticketID is 0), whatever became of them.
	AutomaticSince(ctx context.Context, toMailbox string, ticketID int64, since time.Time) (int, error)
	AutomaticFromMailboxSince(ctx context.Context, mailboxID int64, since time.Time) (int, error)

	// --- rows by id, for verbs ---
	TicketByID(ctx context.Context, id int64) (*Ticket, error)
	MessageByID(ctx context.Context, id int64) (*Message, error)
	OutgoingByID(ctx context.Context, id int64) (*Outgoing, error) // with deliveries
	ClocksOfTicket(ctx context.Context, ticketID int64) ([]TicketClock, error)
	CaseByID(ctx context.Context, id int64) (*register.Case, error)
	Parties(ctx context.Context, caseID int64) ([]register.Party, error)
	PersonByID(ctx context.Context, id int64) (*register.Person, error)
	StaffByID(ctx context.Context, id int64) (*register.Staff, error)
	StaffByMailbox(ctx context.Context, mailbox string) (*register.Staff, error)
	TeamByID(ctx context.Context, id int64) (*register.Team, error)
	TeamByName(ctx context.Context, name string) (*register.Team, error) // the exact name; fault.NotFound
	MailboxByID(ctx context.Context, id int64) (*Mailbox, error)
	Mailboxes(ctx context.Context) ([]Mailbox, error)
	StaffDomains(ctx context.Context) ([]string, error)
	Setting(ctx context.Context, key string) (string, error) // "" when not set
	RegisterVersion(ctx context.Context) (int64, error)
	Raw(ctx context.Context, rawID int64) ([]byte, error)
	DeliveryByToken(ctx context.Context, token string) (*Delivery, error)
	DeliveryByMessageID(ctx context.Context, messageID string) (*Delivery, error)
	// DeliveriesTo lists deliveries to a folded mailbox that were accepted or are
	// uncertain and were last changed since, newest first, at most 20: for bounces
	// that name only the address.
	DeliveriesTo(ctx context.Context, mailbox string, since time.Time) ([]Delivery, error)
	// EventsOfTicket lists every event of a ticket, oldest (lowest id) first. The
	// clocks are recomputed from them.
	EventsOfTicket(ctx context.Context, ticketID int64) ([]Event, error)

	// --- sweep ---
	// ClocksDue lists running clocks whose NextAt is not after now, oldest first.
	ClocksDue(ctx context.Context, now time.Time, limit int) ([]TicketClock, error)
	StepsDone(ctx context.Context, clockID int64) (map[sla.Step]bool, error)

	// --- pages and API: within the actor's scope ---
	Ticket(ctx context.Context, a access.Actor, ref string) (*TicketView, error)
	Tickets(ctx context.Context, a access.Actor, q TicketQuery) (TicketPage, error)
	TicketCounts(ctx context.Context, a access.Actor, now time.Time) (map[string]int, error) // by view name
	Timeline(ctx context.Context, a access.Actor, ticketID int64) ([]TimelineItem, error)    // no notes
	Notes(ctx context.Context, a access.Actor, ticketID int64) ([]Note, error)
	Case(ctx context.Context, a access.Actor, ref string) (*CaseView, error)
	Cases(ctx context.Context, a access.Actor, q CaseQuery) (CasePage, error)
	Message(ctx context.Context, a access.Actor, id int64) (*Message, error) // for originals and attachments
	Search(ctx context.Context, a access.Actor, q string, limit int) ([]SearchHit, error)
	Outbox(ctx context.Context, a access.Actor, q OutboxQuery) ([]Outgoing, error)
	Ledger(ctx context.Context, a access.Actor, q LedgerQuery) ([]LedgerEntry, map[Fate]int, error)
	AutomaticMail(ctx context.Context, a access.Actor, limit int) ([]Message, error)
	// SentApart lists what was written outside hearback and could be put on no
	// ticket without guessing, newest first.
	SentApart(ctx context.Context, a access.Actor, limit int) ([]Message, error)
	Staff(ctx context.Context, a access.Actor) ([]register.Staff, error)
	Escalations(ctx context.Context, a access.Actor, since time.Time, limit int) ([]Escalation, error)
	LeadFigures(ctx context.Context, a access.Actor, now time.Time) (LeadFigures, error)
}

// MatchKeys is what a mail offers to be matched by.
type MatchKeys struct {
	Tokens     []string // from reply addresses in To, Cc, Delivered-To
	MessageIDs []string // In-Reply-To and References, newest first, at most 50
	Mailbox    string   // folded sender
	CaseRefs   []string // case references cited in subject or text; never enough by themselves
}

// MatchFacts is what is known about the keys.
type MatchFacts struct {
	Tokens  []TokenFact
	Threads []ThreadFact // in the order of MatchKeys.MessageIDs
	Sender  []SenderFact // everybody who is recorded with this mailbox, on every case
	// Variants are the people who are recorded with another spelling of the mailbox
	// (register.LooseMailbox). They put no mail on a case; their restrictions count.
	Variants []SenderFact
	Staff    *register.Staff
	// OwnAddress: the sender is one of our own mailboxes.
	OwnAddress bool
	// Merged holds, for each merged ticket among the facts, the ticket that has
	// its messages now. Intake fills it; storage need not.
	Merged map[int64]Ticket
}

// TokenFact is a known reply token.
type TokenFact struct {
	Token            string
	TicketID         int64
	Purpose          Purpose
	RecipientMailbox string
	DeliveryID       int64
	CaseID           int64
	Ticket           Ticket
}

// ThreadFact is a message or letter of ours that the mail refers to.
type ThreadFact struct {
	MessageID string
	TicketID  int64
	CaseID    int64
	Purpose   Purpose // "" when it is a mail that came in
	// Participants are the folded mailboxes that wrote in the ticket (confirmed)
	// or that a letter in it was addressed to.
	Participants []string
	Ticket       Ticket
}

// SenderFact is one person recorded with the sender's mailbox, on one case.
type SenderFact struct {
	Person register.Person
	Link   register.Link
	Case   register.Case
	// Address is the person's line with the mailbox.
	Address register.Address
	Open    []Ticket // the person's or case's tickets that are not finished, newest first
}

// TicketQuery filters a list of tickets.
type TicketQuery struct {
	View   string // "mine", "team", "waiting", "answered", "late", "triage", "unconfirmed", "finished", "all"
	Q      string // words; searched in subject, texts, names, references
	State  State
	CaseID int64
	Owner  int64
	Limit  int    // at most 200; 50 when 0
	Cursor string // opaque, from TicketPage.Next
	Sort   string // "due" (default), "newest"
	Now    time.Time
}

// TicketView is a ticket with what a row or the head of its page shows.
type TicketView struct {
	Ticket
	CaseRef      string
	ChildName    string
	Initials     string
	DOB          string
	Stage        string
	School       string
	OwnerName    string
	DeputyName   string
	Requester    string // name of the person, or the address of an unknown sender
	Relation     string
	MailboxName  string
	Clock        *TicketClock // first response or triage; nil when none
	SuggestedRef string
	LastText     string // first words of the last message
	Restricted   bool
}

// TicketPage is one page of a list.
type TicketPage struct {
	Items []TicketView
	Next  string // cursor; "" at the end
	Total int
}

// TimelineItem is one thing in the history of a ticket, in the order of time.
type TimelineItem struct {
	At       time.Time
	Message  *Message
	Outgoing *Outgoing // a letter with the state of each copy
	Event    *Event
	Name     string // who, for showing
	Relation string
}

// CaseQuery filters a list of cases.
type CaseQuery struct {
	Q      string
	Limit  int
	Cursor string
	// NoOfficer lists only open cases that nobody answers for, which is an alarm.
	NoOfficer bool
}

// CaseView is a case with its people and open tickets.
type CaseView struct {
	register.Case
	TeamName, OfficerName, FallbackName string
	Parties                             []register.Party
	Tickets                             []TicketView
}

// CasePage is one page of cases, without parties and tickets.
type CasePage struct {
	Items []CaseView
	Next  string
	Total int
}

// SearchHit is one find.
type SearchHit struct {
	Ticket    TicketView
	MessageID int64
	Snippet   string // plain text; found words between \x02 and \x03
	At        time.Time
}

// OutboxQuery filters the outbox.
type OutboxQuery struct {
	States   []DeliveryState // empty: all that need somebody or are on their way
	TicketID int64
	Limit    int
}

// RuleRemoval says who took a rule away.
type RuleRemoval struct {
	RuleID int64
	By     int64
	At     time.Time
}

// LedgerQuery filters the mail ledger.
type LedgerQuery struct {
	MailboxID int64
	Fate      Fate
	Limit     int
	BeforeID  int64
}

// Escalation is a step that was taken.
type Escalation struct {
	Ticket TicketView
	Step   ClockStep
}

// LeadFigures are the numbers of the team lead's page.
type LeadFigures struct {
	LateNow, DueToday, NoOfficer, ChasedTwice int
	OnTime30, Closed30                        int // answered in time, of all that were due in 30 days
	Load                                      []OfficerLoad
	Upcoming                                  []TicketView // open, by due instant, at most 200
}

// OfficerLoad is what one officer has open, by age in working days.
type OfficerLoad struct {
	StaffID int64
	Name    string
	Open    int
	Late    int
	Away    bool
}
