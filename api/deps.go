package api

import (
	"context"
	"log/slog"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

// Reader is what the API asks of storage, within the actor's scope.
type Reader interface {
	Ticket(ctx context.Context, a access.Actor, ref string) (*tickets.TicketView, error)
	Tickets(ctx context.Context, a access.Actor, q tickets.TicketQuery) (tickets.TicketPage, error)
	Timeline(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.TimelineItem, error)
	Notes(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.Note, error)
	Case(ctx context.Context, a access.Actor, ref string) (*tickets.CaseView, error)
	Cases(ctx context.Context, a access.Actor, q tickets.CaseQuery) (tickets.CasePage, error)
	Ledger(ctx context.Context, a access.Actor, q tickets.LedgerQuery) ([]tickets.LedgerEntry, map[tickets.Fate]int, error)
	Mailboxes(ctx context.Context) ([]tickets.Mailbox, error)
	// ScansOfRaw is called only for a mail that Timeline gave to the same actor.
	ScansOfRaw(ctx context.Context, rawID int64) (map[string]tickets.PartScan, error)
}

// Desk is what the API asks of the domain.
type Desk interface {
	AddNote(ctx context.Context, a access.Actor, r tickets.NoteRequest, now time.Time) (*tickets.Note, error)
	Reply(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) (*tickets.Outgoing, error)
	LogCall(ctx context.Context, a access.Actor, r tickets.CallRequest, now time.Time) (*tickets.Message, error)
	Rules(ctx context.Context, a access.Actor) ([]tickets.IntakeRule, error)
	AddRule(ctx context.Context, a access.Actor, r tickets.IntakeRule, now time.Time) (*tickets.IntakeRule, error)
	RemoveRule(ctx context.Context, a access.Actor, id int64, now time.Time) error
	// Open is asked before anything of a case or an enquiry is shown; Searched and
	// StoppedAtSend record what an answer was.
	Open(ctx context.Context, a access.Actor, o tickets.Opening, now time.Time) error
	Searched(ctx context.Context, a access.Actor, where, typed string, hits int, now time.Time) error
	StoppedAtSend(ctx context.Context, a access.Actor, ref, decision, version string, rules []string, now time.Time) error
	// CaseRecord is what the register holds about a case, with what each person may be
	// told; Seen records that something protected was read.
	CaseRecord(ctx context.Context, a access.Actor, ref string, now time.Time) (*tickets.CaseRecord, error)
	Seen(ctx context.Context, a access.Actor, action audit.Action, object string, caseID int64, detail map[string]string, now time.Time) error
	AddPerson(ctx context.Context, a access.Actor, r tickets.AddPersonRequest, now time.Time) (*register.Person, error)
	ChangeLink(ctx context.Context, a access.Actor, r tickets.ChangeLinkRequest, now time.Time) error
	AddRestriction(ctx context.Context, a access.Actor, r tickets.RestrictionRequest, now time.Time) (*register.Restriction, error)
	RequestEndRestriction(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) error
	ApproveEndRestriction(ctx context.Context, a access.Actor, id int64, now time.Time) error
	RefuseEndRestriction(ctx context.Context, a access.Actor, id int64, now time.Time) error
	SetArrangement(ctx context.Context, a access.Actor, r tickets.ArrangementRequest, now time.Time) error
	Second(ctx context.Context, a access.Actor, id int64) (*tickets.SecondLook, error)
	Seconds(ctx context.Context, a access.Actor) ([]tickets.SecondLook, error)
	AskForSecond(ctx context.Context, a access.Actor, r tickets.AskSecond, now time.Time) (id int64, err error)
	SettleSecond(ctx context.Context, a access.Actor, r tickets.SettleSecond, now time.Time) (*tickets.Outgoing, error)
	Incidents(ctx context.Context, a access.Actor) ([]tickets.Incident, error)
	Incident(ctx context.Context, a access.Actor, id int64) (*tickets.Incident, error)
	ReportMisdirected(ctx context.Context, a access.Actor, r tickets.Misdirected, now time.Time) (*tickets.Incident, error)
	IncidentStep(ctx context.Context, a access.Actor, id int64, step string, now time.Time) error
	MarkSpam(ctx context.Context, a access.Actor, r tickets.SpamRequest, now time.Time) (*tickets.IntakeRule, error)
}

// Reviewer says what the guard thinks of a letter, and sends nothing.
type Reviewer interface {
	Review(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) (Review, error)
	// Copies are the very letters that would go, one for each person.
	Copies(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) ([]Copy, error)
}

// Copy is one person's letter as it would go.
type Copy struct {
	Person    int64      `json:"person,omitempty" doc:"id"`
	Name      string     `json:"name,omitempty"`
	Subject   string     `json:"subject"`
	Text      string     `json:"text" doc:"with all that stands below what was written"`
	Formatted bool       `json:"formatted" doc:"it goes as formatted text as well, with the same words"`
	Files     []CopyFile `json:"files,omitempty"`
}

// CopyFile is a file that goes with it.
type CopyFile struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Review is the guard's verdict with the digest that confirmations are bound to.
type Review struct {
	Verdict guard.Verdict
	Digest  string
}

// Deps is what the API works with.
type Deps struct {
	Store  Reader
	Desk   Desk
	Review Reviewer
	Files  Files // nil: letters have no files
	// Actor finds who holds a token; fault.Denied when nobody does.
	Actor func(ctx context.Context, token string) (access.Actor, error)
	// Mailboxes says how each mailbox is doing.
	Mailboxes func(ctx context.Context, a access.Actor) ([]MailboxHealth, error)
	Now       func(ctx context.Context) (time.Time, error)
	Wake      func() // tells the dispatcher that a letter may be due; may be nil
	Log       *slog.Logger
	Version   string
}

// MailboxHealth is how one mailbox is doing. Folder and Problem are for who runs
// the system.
type MailboxHealth struct {
	Name     string     `json:"name"`
	Address  string     `json:"address"`
	Folder   string     `json:"folder,omitempty"`
	OK       bool       `json:"ok"`
	LastGood *time.Time `json:"last_good,omitempty" doc:"when the mailbox was last read without fault, UTC"`
	Problem  string     `json:"problem,omitempty"`
}
