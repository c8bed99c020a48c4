package view

import "time"

// SecondPage is a letter that was stopped, before the second person who may release it,
// or before its author.
//
// POST Action with do = release (basis, reason) or refuse (reason).
type SecondPage struct {
	Shell      Shell
	Ref        string
	Initials   string
	By         string
	Asked      string // who was asked
	AskedAt    time.Time
	Expires    time.Time
	Why        string // the author's reason
	State      string // how it ended; "" while it waits
	Ended      string // who ended it, and their reason
	Changed    string // why it cannot be released as it stands; "" when it can
	Findings   []Finding
	Copies     []Letter
	Recipients []Recipient
	Action     string // "" for who cannot answer it
	Bases      []Option
	Reason     string
	EditHref   string // for the author
	Errors     []FieldError
	Record     string
}

// Seconds lists letters that wait, or waited, for a second person.
type Seconds struct {
	Shell Shell
	Rows  []SecondRow
}

// SecondRow is one of them.
type SecondRow struct {
	Href, Ref, By, Asked, State string
	At                          time.Time
}

// IncidentNew is the form that reports a misdirected message.
//
// POST /incidents with letter, got_by, what, aware, address=yes.
type IncidentNew struct {
	Shell    Shell
	Ref      string
	Letter   string // id
	To       string
	At       time.Time
	GotBy    string
	What     string
	Aware    string // 24/11/2026 14:05
	Address  bool
	BackHref string
	Errors   []FieldError
}

// IncidentPage is one misdirected message and what was done.
//
// POST Action with do = step (step), assess (risk, words, ico), close (lessons).
type IncidentPage struct {
	Shell      Shell
	Ref        string
	TicketHref string // "" when the reader cannot open the enquiry
	LetterHref string // a new letter that asks to delete it; "" for who cannot write
	By         string
	At         time.Time
	Aware      time.Time
	Due        time.Time
	Left       string // "41 hours left of 72", or how late it is
	Late       bool
	GotBy      string
	What       string
	Stopped    int
	Steps      []IncidentStep
	Blocked    bool // somebody's safety comes first
	Risks      []Option
	Risk       string
	Words      string
	ICO        string
	CanClose   bool
	Closed     string
	Lessons    string
	Action     string
	Errors     []FieldError
}

// IncidentStep is one step of the list.
type IncidentStep struct {
	Key, Name, Done string
	At              time.Time
}

// Incidents lists misdirected messages.
type Incidents struct {
	Shell Shell
	Rows  []IncidentRow
}

// IncidentRow is one of them.
type IncidentRow struct {
	Href, Name, Ref, By, State string
	Due                        time.Time
	Late                       bool
}

// GuardPage is every rule with how often it stopped a letter, and what colleagues
// say of it.
type GuardPage struct {
	Shell   Shell
	Version string
	Days    int
	Rows    []GuardRow
	Reports []GuardReportRow
}

// GuardRow is one rule.
type GuardRow struct {
	ID, Words, Who string
	Count          int
}

// GuardReportRow is one report that a check is wrong.
type GuardReportRow struct {
	At                    time.Time
	By, Ref, Rules, Words string
}
