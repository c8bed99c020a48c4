package tickets

import (
	"slices"
	"time"
)

// MailingState is where a letter to many families stands.
type MailingState string

// The states. A change of the text, the choice or the list leads back to draft or
// ready: what a lead has approved is what goes, or nothing does.
const (
	MailingDraft    MailingState = "draft"    // its text and choice are being written
	MailingChecking MailingState = "checking" // the list is made; each letter is being checked
	MailingReady    MailingState = "ready"    // each letter was checked
	MailingAsked    MailingState = "asked"    // a lead is asked to approve it
	MailingSending  MailingState = "sending"  // approved; letters are queued step by step
	MailingPaused   MailingState = "paused"
	MailingStopped  MailingState = "stopped" // somebody stopped it: what had not left stays here
	MailingDone     MailingState = "done"    // nothing waits any more
)

// Open reports whether its author can still change it.
func (s MailingState) Open() bool {
	return s == MailingDraft || s == MailingChecking || s == MailingReady || s == MailingAsked
}

// Mailing is one letter to many families: each gets a letter of their own, guarded,
// and never sees another. It replaces the hidden list in Bcc.
type Mailing struct {
	ID         int64
	Title      string // for staff
	MailboxID  int64  // it leaves from there, and answers come back there
	TeamID     int64  // of the mailbox; 0 for all
	AuthorID   int64
	State      MailingState
	Filter     MailingFilter
	Subject    string
	Body       string // with fields of wording.MailingFields
	PerHour    int    // how many letters leave in an hour at most
	Files      []LetterFile
	Digest     string     // of text and list, as the approver saw them; "" when nobody has approved
	MadeAt     *time.Time // when the list was made; UTC, as all times here
	AskedAt    *time.Time
	ApprovedBy int64 // never the author
	ApprovedAt *time.Time
	Answer     PrivateText // why a lead said no
	CreatedAt  time.Time
	ChangedAt  time.Time
	Version    int64  // grows with each change of text, choice or list
	AuthorName string // for showing, as are the next two
	ByName     string
	Mailbox    string
}

// MailingLetterState is where the letter to one family stands.
type MailingLetterState string

// The states. waiting to queued is one transaction with the letter in the outbox.
const (
	MailingWaiting MailingLetterState = "waiting"
	MailingLeftOut MailingLetterState = "left_out" // a rule keeps them out; Why says which
	MailingRemoved MailingLetterState = "removed"  // somebody took them off the list
	MailingQueued  MailingLetterState = "queued"   // in the outbox; Delivery says what became of it
)

// MailingFinding is what the check found in one letter.
type MailingFinding struct {
	Rule     string `json:"rule"`
	Decision string `json:"decision"` // of the guard: warn, confirm, block
	Mailbox  string `json:"mailbox"`
	Words    string `json:"words"`
}

// MailingLetter is one family's line: a person on a case, with their letter or with
// why they get none.
type MailingLetter struct {
	ID         int64
	MailingID  int64
	CaseID     int64
	PersonID   int64 // 0: nobody on the case could be written to at all
	Name       string
	Email      string
	Also       []int64 // further cases of theirs that this one letter is for
	State      MailingLetterState
	Why        string // in plain words, for staff
	Decision   string // of the guard; "" while nobody has looked
	Findings   []MailingFinding
	Confirmed  []Confirmation
	Digest     string // of this very letter and whom it goes to, as it was checked
	CheckedAt  *time.Time
	Approved   bool // it stood on the list that was approved
	TicketID   int64
	OutgoingID int64
	QueuedAt   *time.Time

	// For showing.
	CaseRef, ChildName, TicketRef string
	Delivery                      DeliveryState
	DeliveryWhy                   string
	ArrivedAt                     *time.Time
}

// Unanswered are the findings that its author has to confirm and has not.
func (l MailingLetter) Unanswered() []MailingFinding {
	var out []MailingFinding
	for _, f := range l.Findings {
		if f.Decision == "confirm" && !slices.ContainsFunc(l.Confirmed, func(c Confirmation) bool { return c.Rule == f.Rule && c.Mailbox == f.Mailbox }) {
			out = append(out, f)
		}
	}
	return out
}

// MailingResult is what became of one line, for the page and the file of results.
type MailingResult string

// The results.
const (
	ResultWaiting   MailingResult = "waiting"    // on the list, not queued
	ResultOnItsWay  MailingResult = "on_its_way" // in the outbox
	ResultArrived   MailingResult = "arrived"    // their mail server took it
	ResultHeld      MailingResult = "held"       // stopped when it was about to leave
	ResultRefused   MailingResult = "refused"
	ResultBounced   MailingResult = "bounced"
	ResultUncertain MailingResult = "uncertain"
	ResultCancelled MailingResult = "cancelled"
	ResultLeftOut   MailingResult = "left_out"
	ResultRemoved   MailingResult = "removed"
)

// MailingResults lists them in the order of a page.
func MailingResults() []MailingResult {
	return []MailingResult{
		ResultArrived, ResultOnItsWay, ResultWaiting, ResultHeld, ResultRefused, ResultBounced, ResultUncertain, ResultCancelled, ResultLeftOut, ResultRemoved,
	}
}

// ResultOf is what became of a line in a state, with its copy in another.
func ResultOf(state MailingLetterState, copied DeliveryState) MailingResult {
	switch state {
	case MailingLeftOut:
		return ResultLeftOut
	case MailingRemoved:
		return ResultRemoved
	case MailingWaiting:
		return ResultWaiting
	}
	switch copied {
	case Accepted:
		return ResultArrived
	case Held:
		return ResultHeld
	case Refused:
		return ResultRefused
	case Bounced:
		return ResultBounced
	case Uncertain:
		return ResultUncertain
	case Cancelled:
		return ResultCancelled
	}
	return ResultOnItsWay
}

// Result is what became of the line.
func (l MailingLetter) Result() MailingResult { return ResultOf(l.State, l.Delivery) }
