package tickets

import "time"

// State is where a ticket stands. Screens have their own words for it.
type State string

// The states. A ticket without a case is in triage and in no other state.
const (
	StateTriage        State = "triage"         // nobody owns it yet: an unknown sender, a doubtful match
	StateOpen          State = "open"           // the family waits for us
	StateWaitingFamily State = "waiting_family" // we asked them something
	StateWaitingOther  State = "waiting_other"  // school, professional or colleague: the family still waits, no clock pauses
	StateAnswered      State = "answered"       // a person answered on a channel that the family sees
	StateFinished      State = "finished"
	StateMerged        State = "merged"   // its messages are on MergedInto
	StateNotOurs       State = "not_ours" // triage decided that it is not an enquiry
)

// Category decides the response standard (an sla policy of the same key).
type Category string

// The categories that have standards of their own.
const (
	CategoryGeneral     Category = "general"
	CategoryUrgent      Category = "urgent"
	CategoryAssessment  Category = "assessment_request"
	CategoryComplaint   Category = "complaint"
	CategoryMP          Category = "mp"
	CategorySchool      Category = "school"
	CategoryTriage      Category = "triage"      // unmatched mail until somebody places it
	CategoryUnconfirmed Category = "unconfirmed" // a stranger wrote into a conversation
)

// Ticket is one matter that needs an answer. Screens call it an enquiry.
type Ticket struct {
	ID               int64
	Ref              string // for example SEN-104233, from one sequence, never reused
	CaseID           int64  // 0 in triage
	TeamID           int64
	OwnerID          int64 // 0: the case's fall-back owner answers; an alarm state
	MailboxID        int64 // the mailbox that the first message came to; replies leave from it
	State            State
	Category         Category
	Subject          string // of the first message, without Re: and tokens
	Ask              string // what the family asks, in one line, as an officer put it
	RequesterID      int64  // person; 0 when unknown
	RequesterMailbox string // folded address of who opened it
	RequesterEmail   string // as written
	SuggestedID      int64  // triage: the ticket that a stranger's mail cites
	SuggestedPerson  int64  // triage: who may be behind it, as a hint for whoever sorts it; never a fact
	SuggestedSender  string // triage: who wrote what was passed on to us, as that mail says; a hint as well
	Reason           string // why it is in triage, or why it was joined, in words
	MergedInto       int64
	Alert            string    // safeguarding words that were found: "immediate danger: ..." or "serious concern: ..."; "" when none. Only people clear it
	Chasers          int       // messages of the family since our last human answer, after the first
	ReceivedAt       time.Time // the mail server received the first message
	LastInboundAt    time.Time
	LastAnswerAt     *time.Time // last human answer that the family could see
	FinishedAt       *time.Time
	CreatedAt        time.Time
	Version          int64 // id of the last event that matters to somebody who writes; 409 compares it
}

// Waiting reports whether the family waits for us.
func (t Ticket) Waiting() bool {
	return t.State == StateTriage || t.State == StateOpen || t.State == StateWaitingOther
}

// Direction of a message.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Channel of a message.
type Channel string

// The channels that this version records.
const (
	ChannelEmail Channel = "email"
	ChannelCall  Channel = "call"
)

// Message is one thing said by or to somebody outside. An internal note is
// never a Message: it is a Note, in a table of its own.
type Message struct {
	ID          int64
	TicketID    int64 // 0: automatic mail that belongs to no enquiry
	CaseID      int64
	MailboxID   int64
	Direction   Direction
	Channel     Channel
	Kind        MailKind
	PersonID    int64 // who wrote or was written to; 0 when unknown
	FromName    string
	FromEmail   string
	FromMailbox string // folded
	To          string // header To and Cc as text, for reading
	Subject     string
	Text        string // everything, as a person reads it
	ReplyText   string // what was written this time
	MessageID   string
	RawID       int64 // the raw mail; 0 for calls
	ContentHash string
	Parts       []Part
	HasHTML     bool
	Auth        AuthResult
	Reason      string // why it was put on this ticket, in words
	Evidence    string // why Kind is what it is, in words
	Problems    []string
	Unconfirmed bool // the sender is not on the case; not quoted, not counted as a contact
	Junk        bool // the mail server had put it into Junk
	// Outside: Out that was not written in hearback, but for example in Outlook.
	// Nobody but its author has looked at it: nothing may count its words as cleared.
	Outside bool
	// AnswersMail is, for Outside, the Message-ID that it answers: the mail itself may
	// be read later.
	AnswersMail string
	History     bool           // imported: what was said before hearback read this mailbox
	Machine     *MachineNotice // of a telephone system or a printer; nil for other mail
	OutgoingID  int64          // Out: the letter
	StaffID     int64          // Out and calls: who
	Call        *Call
	ReceivedAt  time.Time // In: the server's INTERNALDATE. Out: accepted by SMTP. Call: when it took place
	CreatedAt   time.Time
}

// Call is what an officer logs about a telephone call. Its summary is private:
// it may hold what must not be quoted.
type Call struct {
	Direction   Direction
	Answered    bool
	Number      string
	PersonID    int64
	IdentityOK  bool
	Summary     PrivateText
	Promise     string
	PromiseBy   string // 2006-01-02
	StopsClock  bool   // the call answered the enquiry
	StopsReason string
}

// Note is a staff-only remark. It has no recipients, no subject and no renderer.
type Note struct {
	ID       int64
	TicketID int64
	CaseID   int64
	AuthorID int64 // 0: hearback
	Author   string
	ForID    int64 // the colleague who is asked; 0: nobody
	Text     PrivateText
	Source   string // "form", "api", "email"
	RawID    int64  // a colleague's mail answer to a notice
	// MailboxID and ContentHash are of the mail that the note came by, so that a
	// second copy of it is known; 0 and "" for other notes.
	MailboxID   int64
	ContentHash string
	CreatedAt   time.Time
}

// Event is one entry of the append-only history. Data holds ids and codes, and
// never text that anybody wrote.
type Event struct {
	ID       int64
	TicketID int64
	CaseID   int64
	Kind     EventKind
	At       time.Time
	StaffID  int64
	System   string
	Data     map[string]any
}

// EventKind names what happened.
type EventKind string

// The kinds of events. Clocks can be recomputed from them.
const (
	EvReceived       EventKind = "received"      // mail or call in: {message_id, chaser}
	EvTicketOpened   EventKind = "ticket_opened" // {reason}
	EvJoined         EventKind = "joined"        // {message_id, reason}
	EvReopened       EventKind = "reopened"      //
	EvTriaged        EventKind = "triaged"       // {reason}
	EvPlaced         EventKind = "placed"        // triage put it on a case {case_id}
	EvAccepted       EventKind = "accepted"      // unconfirmed sender accepted {message_id}
	EvNotOurs        EventKind = "not_ours"      //
	EvAckQueued      EventKind = "ack_queued"    // {outgoing_id, purpose}
	EvAckSkipped     EventKind = "ack_skipped"   // {reason}
	EvReplyQueued    EventKind = "reply_queued"  // {outgoing_id}
	EvReplyChanged   EventKind = "reply_cancelled"
	EvLetterStopped  EventKind = "letter_stopped"  // {outgoing_id, rules}
	EvSent           EventKind = "sent"            // {outgoing_id, delivery_id, purpose}; written outside hearback: {message_id, outside, answers, at}
	EvNotDelivered   EventKind = "not_delivered"   // {outgoing_id, delivery_id, why}; written outside hearback: {message_id, outside, why}
	EvDoubted        EventKind = "doubted"         // a report that proves nothing says that a letter did not arrive {outgoing_id, delivery_id} or {message_id}
	EvUncertain      EventKind = "uncertain"       // {outgoing_id, delivery_id}
	EvResolved       EventKind = "resolved"        // {delivery_id, as}
	EvNoteAdded      EventKind = "note_added"      // {note_id}
	EvCallLogged     EventKind = "call_logged"     // {message_id, stops}
	EvAssigned       EventKind = "assigned"        // {from, to}
	EvState          EventKind = "state"           // {from, to, reason}
	EvClockStarted   EventKind = "clock_started"   // {clock_id, policy, due}
	EvClockStopped   EventKind = "clock_stopped"   // {clock_id, by}
	EvClockResumed   EventKind = "clock_resumed"   // the answer did not arrive
	EvEscalated      EventKind = "escalated"       // {clock_id, step, late}
	EvFinished       EventKind = "finished"        //
	EvAutomatic      EventKind = "automatic"       // automatic mail stored {message_id, kind}
	EvAlerted        EventKind = "alerted"         // safeguarding words were found {tier, message_id}
	EvAlertDone      EventKind = "alert_done"      // somebody dealt with the alert {action}
	EvNotified       EventKind = "notified"        // staff were told {outgoing_id, template}
	EvReleased       EventKind = "released"        // a held letter was queued again {outgoing_id, mode}
	EvSecondAsked    EventKind = "second_asked"    // somebody else is to look at a stopped letter {second_id, rules}
	EvSecondReleased EventKind = "second_released" // and released it {second_id, rules}
	EvSecondRefused  EventKind = "second_refused"  // and refused it {second_id, rules}
	EvMisdirected    EventKind = "misdirected"     // a letter went to the wrong person {outgoing_id, incident_id, stopped}
	EvIncidentClosed EventKind = "incident_closed" // {incident_id}
	EvKeptApart      EventKind = "kept_apart"      // a stranger's mail does not belong to what it cites {suggested_id}
	EvMerged         EventKind = "merged"          // its messages are on another ticket {into}
	EvAddressAdded   EventKind = "address_added"   // an address was put on a person {person_id, address_id}
	EvNoClock        EventKind = "no_clock"        // a clock could not be computed: the calendar ends {policy}
	EvCopied         EventKind = "copied"          // another mailbox of ours got the same mail {message_id, mailbox_id}
	EvRuleAdded      EventKind = "rule_added"      // an intake rule was made {rule_id, kind}
	EvRuleRemoved    EventKind = "rule_removed"    // {rule_id}
	EvRouted         EventKind = "routed"          // an intake rule said where it goes {rule_id}
	EvClockChanged   EventKind = "clock_changed"   // computed anew from the events {clock_id, due}
	EvMailed         EventKind = "mailed"          // a letter to many families opened it; nobody waits {mailing_id}
	EvFacts          EventKind = "facts_changed"   // of the case: {what, person_id, restriction_id, kind}, codes and ids only
)

// Matters reports whether somebody who is writing to the family has to know of
// the event before what is written leaves: Ticket.Version is the id of the last
// such event.
func (k EventKind) Matters() bool {
	switch k {
	case EvReceived, EvJoined, EvReopened, EvPlaced, EvAccepted, EvNotOurs, EvKeptApart, EvMerged,
		EvReplyQueued, EvReplyChanged, EvSent, EvNotDelivered, EvUncertain, EvResolved,
		EvNoteAdded, EvCallLogged, EvAssigned, EvState, EvFinished, EvAlerted, EvFacts:
		return true
	}
	return false
}

// Mailbox is a shared inbox that hearback reads and answers from.
type Mailbox struct {
	ID      int64
	Name    string // key in the configuration
	Address string
	TeamID  int64
}

// FolderKind is what a folder of a mailbox is for.
type FolderKind string

// The kinds of folders.
const (
	FolderInbox FolderKind = ""     // mail to us
	FolderSent  FolderKind = "sent" // copies of what left, from hearback and from other programs
	FolderJunk  FolderKind = "junk" // what the server took for spam
)

// Cursor is how far a folder has been read.
type Cursor struct {
	MailboxID   int64
	Folder      string
	UIDValidity uint32
	UID         uint32 // highest UID whose fate is in the ledger and below which nothing is open
	UpdatedAt   time.Time
}

// Fate is what became of a mail that the server showed us. Every
// (mailbox, folder, UIDVALIDITY, UID) ends as exactly one of them.
type Fate string

// The fates.
const (
	FateMessage     Fate = "message"     // on a ticket, or stored as automatic mail
	FateDuplicate   Fate = "duplicate"   // a second copy of a mail that this mailbox has
	FateHeld        Fate = "held"        // stored, waiting for a person: unconfirmed sender
	FateQuarantined Fate = "quarantined" // could not be read; the raw mail is kept; a person may retry
	FateSuppressed  Fate = "suppressed"  // our own mail coming back
)

// LedgerEntry is one line of the mail ledger.
type LedgerEntry struct {
	ID          int64
	MailboxID   int64
	Mailbox     string
	Folder      string
	UIDValidity uint32
	UID         uint32
	Fate        Fate
	Reason      string // in words; no addresses, no text of the mail
	Tries       int
	RawID       int64
	MessageID   int64  // the stored message; 0 when there is none
	TicketRef   string // for showing
	ReceivedAt  time.Time
	UpdatedAt   time.Time
	GoneAt      *time.Time // since when the mail is known to be no longer in its folder on the server; nil while it is there
}

// Attachment marks which part of which message; for downloads.
type Attachment struct {
	MessageID int64
	Part      Part
}
