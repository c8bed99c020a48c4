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
	Tabs  []NavItem
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
	Found   []GuardRow // of Rows, with what was found, most first
	Reports []GuardReportRow
	Changes []GuardChangeRow
	Action  string // "" for who can change nothing
	Levels  []Option
	Rules   []Option // that are not locked
	Until   string
	Reason  string
	Errors  []FieldError
}

// GuardRow is one rule.
type GuardRow struct {
	ID, Heading, Words, Who string
	Count                   int
	Locked                  bool
	Level                   string // "points out only, until 3 Feb 2027"; "" as it ships
}

// GuardReportRow is one report that a check is wrong.
//
// POST Action with do=settle, report, outcome, answer.
type GuardReportRow struct {
	ID                    string
	At                    time.Time
	By, Ref, Rules, Words string
	Settled, Answer       string // what was found, by whom; "" while it waits
}

// GuardChangeRow is a wish that a rule be less or more strict.
//
// POST Action with do=ask (rule, level, until, reason), approve or refuse (change, answer).
type GuardChangeRow struct {
	ID, Rule, Level, Until, Reason, By string
	At                                 time.Time
	State, SettledBy, Answer           string
	Own                                bool // the reader asked: somebody else approves
	Open                               bool
}

// GuardWords is the page of the council's word lists.
//
// POST to its own address with seen, tone, talk, marks, immediate, concern, examples; do = try or save.
type GuardWords struct {
	Shell     Shell
	Version   int64
	Changed   string // "Ola Reyes, Tue 1 Dec, 17:15"
	CanChange bool
	Lists     []GuardList
	Tries     []GuardTry
	Tried     bool
	Good      int // examples that came out as they should
	Errors    []FieldError
}

// GuardList is one list.
type GuardList struct {
	Name, Heading, Hint, Text string
	Program                   []string // phrases of the program
	Locked                    bool
	Rows                      int
}

// GuardTry is an example that did not come out as it should.
type GuardTry struct{ ID, Expect, Got, Message, Whose string }
