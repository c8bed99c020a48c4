package view

import "time"

// Duty is the triage page: a list of tabs and one item at a time.
//
// POST to Item.Action. Buttons: do = case (with field case: a suggestion's value, or "other" with case_ref), new (with child_initials,
// child_born, team), other_team (team), lock, not_enquiry (reason), join and apart (unconfirmed senders; join needs "checked"),
// retry (mail that could not be read), release (quarantined). Lists of automatic mail post the ticked "item" fields with do=seen.
//
// Fragment: FragQueueItem.
type Duty struct {
	Shell Shell
	Tab   string // slug of the tab
	Name  string // heading: "Mail without a case"
	Tabs  []NavItem
	// Filters narrow the list: GET of the same page.
	Filters []CaseFilter
	// Alert is the most urgent safety alert; nil when none is open.
	Alert *Alert
	// List are the items of the tab, oldest first.
	List []DutyRow
	// ListAction takes ticked items of the tabs that can be cleared together. Empty shows no ticks.
	ListAction string
	ListButton string // "Mark the ticked as seen"
	Pages      Pages
	Item       *DutyItem
	Empty      string
	// Unknown replaces Empty when a mailbox was not read lately.
	Unknown string
	Errors  []FieldError
}

// Alert is a message whose words suggest danger.
type Alert struct {
	Words string // "can't keep him safe"
	Ago   string // "12 minutes old"
	Href  string
}

// DutyRow is one waiting message in the list.
type DutyRow struct {
	ID      string
	From    string
	Subject string
	At      time.Time
	Why     string // why it is here
	Due     Due    // triage has a clock of its own
	Href    string
	Chosen  bool
	Retry   bool // has a retry button of its own
}

// DutyItem is the message in hand (#queue-item).
type DutyItem struct {
	ID       string
	Position string // "1 of 7"
	Kind     string // "unmatched", "stranger", "unreadable", "automatic", "sent", "quarantined"
	At       time.Time
	From     string // display name as given, or empty
	Address  string
	Known    string // "not seen before", "known: aunt, not on this case"
	To       string
	Subject  string
	Why      string // why nothing was matched, or why it was kept apart, in words
	Body     Body
	Files    []File
	LeftOut  []string
	Sender   SenderCheck
	HasHTML  bool
	Junk     bool // the mail server had put it into Junk
	Machine  *MachineMail
	Locked   bool   // something harmful is in a file: the original cannot be downloaded
	Problem  string // for mail that could not be read: what went wrong
	Tries    int
	Due      Due

	Action      string
	Suggestions []CaseSuggestion
	Teams       []Option
	Reasons     []Option // why it is no enquiry
	// Cites is the enquiry a stranger's message quotes.
	Cites string
	// After says what will happen on "put on case".
	After string
	// People are who of the cited case may have written it, for a stranger's mail.
	People []Option
	// CanStart and CanLock offer a new case and the quarantine for the wrong family.
	CanStart bool
	CanLock  bool
	// CanSpam offers to set it aside as spam and to block its sender.
	CanSpam bool
	// CanRetry and CanRelease belong to mail that could not be read.
	CanRetry   bool
	Kept       bool // it could be read, and was kept away: Junk, or an intake rule
	CanRelease bool
	PrevHref   string
	NextHref   string
	Filled     DutyFilled
}

// DutyFilled keeps what was typed when a form comes back with errors.
type DutyFilled struct {
	Case     string
	CaseRef  string
	Initials string
	Born     string
	Team     string
	Reason   string
	Checked  string
}

// CaseSuggestion is a case the message may belong to, with the reason it is offered. Nothing is ever chosen by itself.
type CaseSuggestion struct {
	Value    string // case number
	Initials string
	Age      string
	Owner    string
	Strength string // "strong", "weak"
	Reason   string // "same surname; different parent"
	Warning  string // "address is NOT on this case"
	Enquiry  string // open enquiry it would join, empty for a new one
}

// CallForm is the form for a telephone call, usable in any order while talking.
//
// POST to Action. Fields: person (id, or "unknown"), caller, way (in, out, missed, voicemail), case, checked (repeated), said, wants,
// promise_kind, promise_on, promise_text, joins (reference or "new"), stops (yes, no), stop_reason, worried=yes, started, minutes, on.
// Buttons: do = save, find (with caller).
type CallForm struct {
	Shell    Shell
	Action   string
	BackHref string
	Errors   []FieldError

	Started time.Time
	On      string // date and time, as typed
	Minutes string

	Caller   string   // what was typed in the search
	People   []Option // who it may be; the last is "unknown"
	Chosen   *Caller
	Way      string
	Cases    []Option
	Checks   []Check
	Needed   int // checks needed to talk about the case
	Said     string
	Wants    string
	Last     []string // last three contacts, one line each
	Promise  PromiseField
	Joins    []Option
	Stops    string // "yes" or "no"
	StopWhy  string
	Worried  bool
	DraftRev string
}

// Caller is the person chosen in the call form.
type Caller struct {
	Name   string
	Role   string
	Told   string // "May be told: all."
	Limits string // "Do not say the address."
	Phone  string
}
