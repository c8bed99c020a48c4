package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
)

// SecondState is where the look of a second person stands.
type SecondState string

// The states. A look that is open after ExpiresAt counts as expired.
const (
	SecondOpen     SecondState = "open"
	SecondReleased SecondState = "released"
	SecondRefused  SecondState = "refused"
	SecondVoid     SecondState = "void" // the letter, or what is known, changed meanwhile
)

// SecondFinding is one finding that a second person may release: for this rule,
// this mailbox, and exactly this finding.
type SecondFinding struct {
	Rule    string `json:"rule"`
	Mailbox string `json:"mailbox"`
	Seen    string `json:"seen"` // guard.Finding.Seen: which finding it was
}

// SecondLook is a letter that the guard stopped and that its author asks a second
// person to release. It is bound to the digest of what the author saw.
type SecondLook struct {
	ID         int64
	TicketID   int64
	CaseID     int64
	AuthorID   int64
	AskedID    int64 // who was asked; anybody who may release and sees the case can answer
	Digest     string
	Letter     ReplyRequest
	Findings   []SecondFinding
	Reason     PrivateText // why it should go; for the second person
	AskedAt    time.Time   // UTC
	ExpiresAt  time.Time   // UTC
	State      SecondState
	SettledBy  int64
	SettledAt  *time.Time
	Basis      string      // lawful basis, one of Bases
	Answer     PrivateText // of the second person: why it goes, or why not
	OutgoingID int64       // the letter that was queued; 0 when none
	TicketRef  string      // for showing, as are the names
	AuthorName string
	AskedName  string
	ByName     string
}

// Waits reports whether somebody can still answer it.
func (s SecondLook) Waits(now time.Time) bool {
	return s.State == SecondOpen && now.Before(s.ExpiresAt)
}

// Incident is a letter that went to somebody who should not have had it, and what
// was done since. It holds no text of the letter.
type Incident struct {
	ID           int64
	OutgoingID   int64
	TicketID     int64
	CaseID       int64
	ReportedBy   int64
	ReportedAt   time.Time // UTC
	AwareAt      time.Time // UTC; the council knew
	DueAt        time.Time // UTC; 72 hours after AwareAt, UK GDPR Art. 33
	GotBy        PrivateText
	What         PrivateText
	AddressShown bool // an address or somebody's whereabouts came out
	Stopped      int  // copies that had not left and were stopped
	Steps        map[string]IncidentDone
	Risk         Risk
	Assessment   PrivateText
	ICORef       string
	ClosedBy     int64
	ClosedAt     *time.Time
	Lessons      PrivateText
	TicketRef    string // for showing, as are the names
	ReportedName string
	ClosedName   string
}

// IncidentDone says who did a step, and when.
type IncidentDone struct {
	By   int64     `json:"by"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// GuardReport is somebody's word that a check is wrong. It changes no decision.
type GuardReport struct {
	ID        int64
	TicketID  int64
	Rules     []string
	Words     PrivateText
	By        int64
	At        time.Time // UTC
	TicketRef string    // for showing; "" when the reader may not know the enquiry
	ByName    string

	SettledBy   int64
	SettledAt   *time.Time
	Outcome     string // ReportRight, ReportWrong, ReportNoted
	Answer      PrivateText
	SettledName string
}

// ReleaseReader is what second looks, incidents and reports are read by.
type ReleaseReader interface {
	SecondByID(ctx context.Context, id int64) (*SecondLook, error) // not scoped; locked in a transaction
	// SecondOfLetter is the look by which a letter was released; not scoped.
	SecondOfLetter(ctx context.Context, outgoingID int64) (*SecondLook, error)
	// Seconds lists, newest first and at most 200, the actor's own and those on
	// enquiries that an actor who may release sees.
	Seconds(ctx context.Context, a access.Actor) ([]SecondLook, error)
	// ActorOf is the actor that an account is; fault.Denied when it is shut.
	ActorOf(ctx context.Context, staffID int64) (access.Actor, error)
	IncidentByID(ctx context.Context, id int64) (*Incident, error) // not scoped; locked in a transaction
	IncidentOfLetter(ctx context.Context, outgoingID int64) (*Incident, error)
	// Incidents lists those of enquiries that the actor sees, data protection all of
	// them, open ones first, at most 200.
	Incidents(ctx context.Context, a access.Actor) ([]Incident, error)
	// GuardReports lists reports since an instant, newest first, at most 200.
	GuardReports(ctx context.Context, a access.Actor, since time.Time) ([]GuardReport, error)
	GuardReportByID(ctx context.Context, id int64) (*GuardReport, error) // not scoped; locked in a transaction
	GuardChangeByID(ctx context.Context, id int64) (*GuardChange, error) // locked in a transaction
	GuardChanges(ctx context.Context) ([]GuardChange, error)             // newest first, at most 100
	IncidentsOpen(ctx context.Context) ([]int64, error)                  // of every case
	// RuleCounts counts by rule how often a letter was stopped since an instant.
	RuleCounts(ctx context.Context, since time.Time) (map[string]int, error)
}

// ReleaseTx writes them.
type ReleaseTx interface {
	InsertSecond(ctx context.Context, s *SecondLook) error // sets ID
	UpdateSecond(ctx context.Context, s *SecondLook) error
	InsertIncident(ctx context.Context, i *Incident) error // sets ID; fault.Conflict when the letter has one
	UpdateIncident(ctx context.Context, i *Incident) error
	InsertGuardReport(ctx context.Context, r *GuardReport) error
	SettleGuardReport(ctx context.Context, r *GuardReport) error
	InsertGuardChange(ctx context.Context, c *GuardChange) error // sets ID; fault.Conflict when one waits for the rule
	SettleGuardChange(ctx context.Context, c *GuardChange) error
}
