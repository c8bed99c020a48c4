package view

import "time"

// Mailings lists letters to many families.
type Mailings struct {
	Shell   Shell
	Rows    []MailingRow
	NewHref string
}

// MailingRow is one of them.
type MailingRow struct {
	Href, Title, By, State, Tone string
	Note                         string // "57 of 60 arrived"
	At                           time.Time
}

// MailingEdit is the form of a letter to many families.
//
// POST Action with title, mailbox, subject, body, per_hour, stage (several), year
// (several), phase=yes, school, officer, team, version.
type MailingEdit struct {
	Shell    Shell
	New      bool
	Action   string
	BackHref string
	Version  string
	Title    string
	Subject  string
	Body     string
	PerHour  string
	Most     string // letters in an hour, as the council bounds it
	School   string
	Phase    bool
	Boxes    []Option
	Officers []Option
	Teams    []Option
	Stages   []Option
	Years    []Option
	Fields   []MailingField
	Lost     string // what a change of it costs: the list, the approval
	Errors   []FieldError
}

// ErrorOf is what is wrong with a field; "" when nothing is.
func (m MailingEdit) ErrorOf(field string) string {
	for _, e := range m.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// MailingField is something that the program fills in.
type MailingField struct{ Name, Means, Example string }

// MailingPage is one letter to many families: where it stands, who gets it and who does
// not, and what became of each.
//
// POST Action with do = list, ask, pause, resume, stop, and version. POST Approve with
// do = approve (digest) or refuse (reason).
type MailingPage struct {
	Shell      Shell
	Title      string
	State      string // its word
	Tone       string // "good", "warn", "bad", "wait"
	Says       string // what it means and what comes next
	Alert      string
	Errors     []FieldError
	Facts      []AdminFact
	Subject    string
	Body       string
	Version    string
	Action     string
	EditHref   string
	CanList    bool
	ListWord   string
	CanAsk     bool
	AskWord    string
	Approve    string // "" for who cannot approve it
	Digest     string
	Reason     string
	CanPause   bool
	CanResume  bool
	CanStop    bool
	Tabs       []NavItem
	Rows       []MailingLine
	Empty      string
	Pages      Pages
	CSVHref    string
	WalkHref   string // the first letter to look at
	WalkWord   string
	Checking   bool
	ReloadHref string
}

// MailingLine is one family.
type MailingLine struct {
	Name, Address, CaseRef, CaseHref, Initials string
	Href                                       string // the letter as it would go
	Result, Tone, Why                          string
	TicketRef, TicketHref                      string
	At                                         time.Time
	Also                                       string
}

// MailingLetterPage is the letter to one family as it would go, with what the check
// says of it.
//
// POST Action with do = confirm (confirm[key]=yes) or remove (reason).
type MailingLetterPage struct {
	Shell     Shell
	Title     string // of the mailing
	BackHref  string
	Position  string // "Letter 3 of 57"
	Prev      string
	Next      string
	NextOpen  string // the next one with a question
	Name      string
	CaseRef   string
	CaseHref  string
	Also      string
	Why       string // why they get none; "" when they do
	Copies    []Letter
	Findings  []Finding
	Checked   string
	Action    string // "" for who cannot change it
	CanTick   bool
	Confirmed bool
	Reason    string
	Errors    []FieldError
}
