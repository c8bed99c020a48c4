package view

import (
	"html/template"
	"time"
)

// Outbox lists letters that wait, went, were refused or are uncertain.
//
// Every letter has its forms: POST OutgoingURL with do = cancel, now, arrived, again, left. When the mode was changed, letters that waited
// before are released only by hand: POST ReleaseAction with the ticked "letter" fields and do = release or drop.
type Outbox struct {
	Shell         Shell
	Tabs          []NavItem
	Tab           string // "waiting", "uncertain", "kept", "refused", "sent"
	Rows          []OutRow
	Pages         Pages
	Empty         string
	Down          string // "The mail server has not answered since 10:12."
	ReleaseAction string // empty shows no ticks
	ModeNote      string
}

// OutRow is one copy of a letter.
type OutRow struct {
	ID       string
	Ref      string
	Initials string
	What     string // "Reply", "Acknowledgement", "Notice to staff"
	By       string
	To       string
	Address  string
	State    DeliveryState
	At       time.Time
	Leaves   time.Time
	Detail   string
	CanUndo  bool
	CanNow   bool
	Said     string // the server's last words
	Left     string // who left it in doubt; "" when it waits for somebody
	// Ask is who could say whether an uncertain letter arrived.
	Ask string
	// Tick offers the letter for release by hand.
	Tick bool
}

// Held lists letters that a rule stopped or a person has to look at.
type Held struct {
	Shell Shell
	Tabs  []NavItem
	Rows  []HeldRow
	Pages Pages
	Empty string
}

// HeldRow is one stopped letter.
type HeldRow struct {
	Href     string
	Ref      string
	Initials string
	By       string
	To       string
	At       time.Time
	State    string // "Stopped before sending", "Waits for a second person"
	Reason   string // words of the first finding
	Waiting  string // "2 hours"
}

// HeldLetter is one stopped letter with what to do.
//
// POST Action with do = again (to the check once more), drop, release (basis, reason; never by its author), refuse (reason).
type HeldLetter struct {
	Shell      Shell
	Head       EnquiryHead
	By         string
	At         time.Time
	State      string
	Findings   []Finding
	Copies     []Letter
	Recipients []Recipient
	Action     string // empty for who may not decide
	EditHref   string
	CanRelease bool
	OwnLetter  bool
	// Seconds are whom its author may ask to release it: do=ask with colleague and
	// second_why. CanReport offers to say that the check is wrong: do=wrong with wrong.
	Seconds   []Option
	CanReport bool
	Bases     []Option
	Reason    string
	Errors    []FieldError
	Record    string
}

// Lead is "who is about to run late".
type Lead struct {
	Shell  Shell
	Team   string
	Teams  []Option
	AsAt   time.Time
	Tiles  []Tile
	Due    template.HTML // chart.Drawer.DueStrip
	Load   template.HTML // chart.Drawer.Bars
	Oldest string
	// Officers is the table of who holds what.
	Officers []OfficerLoad
	Ceiling  int
	Soon     List
	Steps    []Escalation
	Also     []Link // pages that a lead opens now and then
	Empty    string
}

// Tile is one number with its word and shape (#tiles).
type Tile struct {
	Name  string
	Value string
	State DueState // shape
	Trend string   // "up 2 since yesterday"
	Href  string
}

// OfficerLoad is how much one officer holds. People are listed by name, never by speed.
type OfficerLoad struct {
	Name   string
	Away   string // "away, deputy Ola R."
	Open   int
	Late   int
	Today  int
	Week   int
	Oldest string
	Note   string // "asked for help"
	Href   string
}

// Escalations is the ladder page.
//
// POST EscalationURL with do = ring, give (officer), answer, hold (reason).
type Escalations struct {
	Shell  Shell
	Ladder []string
	Groups []EscalationGroup
	Empty  string
	Needs  int
}

// EscalationGroup is one heading of the page.
type EscalationGroup struct {
	Name string
	Rows []Escalation
}

// Escalation is an enquiry that was passed up.
type Escalation struct {
	ID       string
	Ref      string
	Initials string
	From     string
	Due      Due
	Reached  string // "reached you Mon 23 Nov 09:00: 80% of the standard, 3 calls in one day"
	Facts    []string
	Next     string // "goes to head of service Wed 17:15"
	CanAct   bool
	Officers []Option
}
