package view

import "time"

// Enquiry is the page of one enquiry with its whole timeline.
//
// Fragments: FragEnqHead, FragPresence, FragNewBar, FragTimeline, FragItem, FragPeople, FragClocks.
//
// Forms: POST AskURL (field "ask"); POST FilterURL is a GET of the page itself (fields "show", repeated, and "order").
type Enquiry struct {
	Shell Shell
	Head  EnquiryHead

	Back     *Link  // the list the person came from
	Position string // "2 of 14"
	Prev     string
	Next     string

	Presence Presence
	NewBar   NewBar
	Timeline Timeline

	People   People
	Clocks   Clocks
	Promises []Promise
	Contacts Contacts
	Files    []File
	FileMore string // address of all files of the case; empty hides the link
	Related  []Link

	// ReplyTo is the name in the reply button; empty means nobody can be answered, and WhyNoReply says why.
	ReplyTo    string
	ReplyHref  string
	WhyNoReply string
	CanNote    bool
	CallHref   string
	CanMove    bool
	CanFinish  bool
	// CanRequest offers to confirm that it asks for an assessment.
	CanRequest bool
	// Alert asks what was done about words that suggest danger; nil when there are none.
	Alert *AlertForm
	// Finished says that the enquiry is closed; the page then offers to open it again.
	Finished bool
}

// EnquiryHead is the identity bar and the heading (#enq-head).
type EnquiryHead struct {
	Ref     string
	Child   Child
	Subject string
	Due     Due
	Urgent  bool
	Owner   string // named officer; empty is an alarm
	Deputy  string
	// Fallback is who holds the enquiry while it has no officer.
	Fallback string
	Asks     string // the officer's one line
	AskSaved time.Time
	CanAsk   bool // the one line can be edited
	// Alerts are sentences that must be read first: "One person on this case must not be told the address or school."
	Alerts []string
	// Holding is the state in words when it is not open: "Waiting for the family", "Finished 20 Nov".
	Holding string
	URL     string // answers this fragment
}

// Presence is one sentence about who else is here (#presence).
type Presence struct {
	Text string
	URL  string
	Ref  string
}

// Timeline is everything that was said (#timeline).
type Timeline struct {
	Show   []Check // which kinds are shown; names "show", values of ItemKind
	Newest bool    // newest first
	Items  []Item
	Older  string // address of older items
	// Empty is the sentence of an empty timeline.
	Empty string
}

// Check is a tick box.
type Check struct {
	Value   string
	Text    string
	Checked bool
}

// Item is one entry of the timeline. Exactly one of the pointers is set: the five kinds share no fields on purpose, so that a
// note has no place to put a recipient.
type Item struct {
	ID       string // "812"; the element's id is "m812"
	In       *EmailIn
	Out      *EmailOut
	Note     *NoteEntry
	Call     *CallEntry
	System   *SystemLine
	Stranger *StrangerMail
}

// EmailIn is a message from outside.
type EmailIn struct {
	From      string // "Tessa Brandt"
	Role      string // "mother"; empty shows "someone not on the case"
	Address   string
	To        string // "sen@westmarsh.example"
	AlsoTo    []AlsoTo
	At        time.Time // when the mail server received it
	Automatic string    // "Out-of-office reply" and the like; empty for a person's message
	Subject   string    // when it differs from the enquiry's
	Body      Body
	Files     []File
	LeftOut   []string // parts that are not shown, each named
	Match     string   // why it is on this enquiry, in words
	Sender    SenderCheck
	Enquiry   string // for the links to original and headers
	Latest    bool   // the message that a reply answers
	HasHTML   bool   // the formatted view exists
	Junk      bool   // the mail server had put it into Junk
	History   bool   // imported: from before this mailbox was read
	Machine   *MachineMail
	Locked    bool // something harmful is in a file: the original cannot be downloaded
	// Readers are the people on the case whose address this is, when there are
	// several and it is not known which of them wrote.
	Readers []string
}

// MachineMail is what a telephone system or a printer tells of.
type MachineMail struct {
	What   string    // "voicemail" or "scan"
	Number string    // who called; empty when the notice does not say
	At     time.Time // when, as the notice says; zero when it does not
	File   string    // name of the sound or of the scan
}

// AlsoTo is another address of an incoming message.
type AlsoTo struct {
	Address string
	Note    string // "not on the case"
}

// Body is text in pieces, so that quotes can be folded without being lost.
type Body struct {
	Parts []BodyPart
}

// BodyPart is text as it was written. Quoted parts are folded, never removed.
type BodyPart struct {
	Text   string
	Quoted bool
	Label  string // words of the fold: "Earlier message, 12 Nov"
}

// File is an attachment.
type File struct {
	Name  string
	Kind  string // "PDF", "Word document"
	Bytes int64
	Href  string // empty when it cannot be opened
	Note  string // "Not scanned", "In the message of 17 Nov"
	// Locked says why nobody can open it: something harmful was found.
	Locked string
}

// EmailOut is a message that we wrote.
type EmailOut struct {
	By         string // "Priya Nair"; empty for automatic
	Automatic  bool
	What       string // "Acknowledgement"; empty for a reply
	At         time.Time
	Body       Body
	Files      []File
	Deliveries []Delivery
	Enquiry    string
	LetterID   string
	// ReportHref leads to the report that it went to the wrong person; "" for who cannot say so.
	ReportHref string
	// Outside: it was written in another program and found in the mailbox's Sent
	// folder. Nobody cleared it, and To is all that is known of who received it.
	Outside bool
	To      string
	Subject string
	LeftOut []string
	HasHTML bool
	Locked  bool
	History bool
}

// Delivery is what became of one copy.
type Delivery struct {
	ID      string
	To      string // "Tessa Brandt"
	Role    string
	Address string
	State   DeliveryState
	At      time.Time
	Leaves  time.Time // while waiting
	Detail  string    // plain words on what happened: "The mail server of mail.example refused it: mailbox full."
	CanUndo bool
	CanNow  bool
	Href    string // page with what to do
}

// DeliveryState is what became of one copy of a letter.
type DeliveryState string

// The states of a delivery.
const (
	Waits     DeliveryState = "waiting"   // inside the hold, can be cancelled
	Sending   DeliveryState = "sending"   // being handed over
	Sent      DeliveryState = "sent"      // accepted by the mail server
	Delivered DeliveryState = "delivered" // confirmed by the far side
	Bounced   DeliveryState = "bounced"   // did not arrive: counts as not answered
	Uncertain DeliveryState = "uncertain" // line lost behind DATA; a person decides
	HeldBack  DeliveryState = "held"      // waits for a person
	Refused   DeliveryState = "refused"   // the guard or the server said no
	Cancelled DeliveryState = "cancelled"
)

// NoteEntry is an internal note. It has an author and readers, and no recipient.
type NoteEntry struct {
	By      string
	For     string // colleague who should answer
	At      time.Time
	Text    string
	Enquiry string
}

// CallEntry is a telephone call.
type CallEntry struct {
	Way      string // "in", "out", "missed", "voicemail"
	Answered bool
	With     string // "Tessa Brandt"
	Role     string
	Checked  string // "identity checked", "identity not checked"
	By       string // officer
	At       time.Time
	Minutes  int
	Text     string
	Promise  string
}

// SystemLine is what the program did, in one line.
type SystemLine struct {
	At   time.Time
	Text string
	By   string
}

// StrangerMail is a message that cites this thread but comes from someone who is not on the case: kept apart until a person
// decides.
type StrangerMail struct {
	Address string
	At      time.Time
	Why     string
	Href    string // where duty decides; empty for who may not
}

// SenderCheck says in words what our own mail server found out about the sender.
type SenderCheck struct {
	Level string // "pass", "fail" or "none"
	Text  string
}

// People is the side panel of who may be told what (#people).
type People struct {
	Rows    []MayBeTold
	CaseRef string
	CanEdit bool
	Note    string // in the place of rows: "Nobody is linked to this child. Nothing can be sent until someone is."
}

// MayBeTold is one person on the case.
type MayBeTold struct {
	ID        string
	Href      string // the person's page on the case; empty for none
	Name      string
	Role      string
	Level     string   // "yes", "part", "no"
	Told      string   // "Yes, all. Not the address"
	NotTold   string   // "address, school"
	Basis     string   // "Parental responsibility checked 3 Sep 2026"
	Why       string   // the reasons, one sentence each
	Ask       []string // what is still to do: "Ask for a written authority."
	Shared    string   // "Reads the same mailbox as Jon Blake."
	NoWriting bool     // nothing at all may be sent
}

// Clocks is the side panel of dates (#clocks).
type Clocks struct {
	Rows []ClockRow
	URL  string
}

// ClockRow is one clock.
type ClockRow struct {
	Name   string // "Answer", "Final plan"
	At     time.Time
	Day    bool // show the day only
	Left   string
	Due    Due
	Detail string // how it was worked out, one sentence a line
}

// Promise is something an officer said would happen.
type Promise struct {
	Text string
	By   time.Time
	Who  string
	Due  Due
}

// Contacts says when people last spoke.
type Contacts struct {
	LastIn     time.Time
	LastOut    time.Time
	LastTwoWay time.Time
	Note       string
}

// AlertForm takes the mark of a safety alert off an enquiry. It cannot be cleared without naming an action.
//
// POST AlertURL. Field: action.
type AlertForm struct {
	Words   string // "immediate danger: ran away"
	Actions []Option
}
