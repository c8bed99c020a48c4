package view

import "time"

// Mailboxes is the health page.
type Mailboxes struct {
	Shell  Shell
	Parts  []HealthPart
	Boxes  []MailboxHealth
	Empty  string
	Admin  bool
	Errors []FieldError
	Nav    []NavItem // pages of the administration
	// Warnings are to be seen to in time.
	Warnings []string
	Tried    *MailboxTried
}

// HealthPart is one light of the health line.
type HealthPart struct {
	Name  string
	State string // "good", "warn", "bad"
	Text  string
}

// MailboxTried is how signing in to the servers of a mailbox went.
type MailboxTried struct {
	Mailbox string
	Rows    []MailboxTry
}

// MailboxTry is one attempt. Problem is empty when it worked.
type MailboxTry struct {
	What    string
	Problem string
}

// MailboxHealth is one mailbox.
//
// POST MailboxURL with do = check: sign in to its servers, read nothing.
type MailboxHealth struct {
	Slug    string
	Name    string
	Server  string
	Team    string
	Folders []AdminRow
	// SecretEnds says when the secret for signing in runs out; empty when nothing is known.
	SecretEnds string
	SecretTone string
	In         HealthPart
	Out        HealthPart
	Last       time.Time
	Delay      string // "arrival to screen: 4 s"
	Waiting    string // number on the server, "?" when unknown
	Held       int
	Happened   string // what happened: the server's own words in plain language
	Means      string // what it means
	Fix        string // what to do
	Counts     []FateCount
}

// FateCount is a number of the ledger.
type FateCount struct {
	Name  string
	Count int
	Href  string
}

// Ledger lists what became of every mail of a mailbox.
//
// POST LedgerRow.RetryURL with do=retry reads one mail again, or takes in one that was not.
type Ledger struct {
	Shell   Shell
	Back    string // the mailboxes; empty for who may not see them
	Mailbox string
	Slug    string
	Boxes   []NavItem // the ledgers of the other mailboxes; empty when there is one
	Counts  []FateCount
	Total   int
	Missing int // UIDs between the first and the cursor that have no fate; must be zero
	Cursor  string
	Filters []CaseFilter
	Query   string
	Rows    []LedgerRow
	Pages   Pages
	Empty   string
}

// LedgerRow is one UID and its fate.
type LedgerRow struct {
	Folder   string
	Validity string
	UID      string
	At       time.Time
	Stored   time.Time
	From     string
	Subject  string
	Bytes    int64
	Fate     string // "message", "duplicate", "held", "quarantined", "suppressed"
	Words    string // what that means here: "On SEN-104233, joined by its reply address"
	Href     string
	Original string
	RetryURL string
	Gone     time.Time // since when the server no longer has it in this folder; zero while it does
}

// Parents is the page of the demonstration that shows what the outside world received.
//
// POST ParentsURL. Fields: as (address), to, subject, text, answers (id of a message).
type Parents struct {
	Shell    Shell
	Boxes    []ParentBox
	Chosen   *ParentBox
	Mail     []ParentMail
	Pages    Pages
	Write    ParentWrite
	Errors   []FieldError
	IMAPNote string // how to open the same boxes with a mail program
}

// ParentBox is an address outside the council.
type ParentBox struct {
	Key     string // names the box in addresses of pages, without showing whose it is
	Address string
	Name    string
	Role    string
	Count   int
	Last    time.Time
	Chosen  bool
}

// ParentMail is one message as the family sees it.
type ParentMail struct {
	ID      string
	At      time.Time
	From    string
	To      string
	Subject string
	Text    string
	Ours    bool // written by this parent, not received
	Answer  string
}

// ParentWrite is the form for playing a parent.
type ParentWrite struct {
	As      string
	To      string
	ToList  []Option
	Subject string
	Text    string
	Answers string
}
