package view

import "time"

// Reply is the composer of a message that leaves the council, to the person who wrote or, as a new message, to someone on the case.
//
// POST to the page's own address. Fields: to_person (repeated, ids of people), answering, subject, text, seen_recipients,
// seen_event, draft_rev, confirm[rule:person]=yes, reason[rule:person], after (answered, waiting, holding), file (repeated). Buttons: do = send, check, save, preview, discard, add (with add_person);
// remove = id of a person; fix = key of a finding's button.
//
// The order of the buttons in the document makes Enter in a one-line field press "check", never "send".
//
// Fragments: FragReceives, FragVerdict, FragReplyDraft.
type Reply struct {
	Shell Shell
	Head  EnquiryHead
	// NewMessage is set when nobody is being answered; Receives starts empty.
	NewMessage bool
	Action     string // where the form posts; also the page's own address
	BackHref   string

	Errors []FieldError
	Notice string // "Rob Brandt was removed from your draft: restriction added today"

	Answering *Answering
	Receives  Receives

	Subject string
	Text    string
	Under   string // what goes under the text: "her email of 17 Nov only"
	NoQuote bool   // it was left out: no_quote=yes
	// Texts can be put in: do=insert with reply_text. Empty: there is none.
	Texts []Option
	Files LetterFiles

	Verdict Verdict
	// CanReport offers, on a stopped letter, to say that the check is wrong: do=wrong with wrong.
	CanReport bool
	// Seconds are who may be asked to release it: do=ask with colleague and second_why. Empty when
	// nobody may release what stops it.
	Seconds []Option
	Draft   DraftState

	After string // "answered", "waiting" or "holding"

	Hold      string    // in which it can be taken back: "60 seconds"; "" for none
	HoldWhy   string    // why that is longer than usual; "" when it is not
	Goes      time.Time // when it would go if sent now
	SeenEvent string
	DraftRev  string

	// NoteDraft is the fold to this person's open note draft; nil when there is none.
	NoteDraft *Link
	People    People
}

// Answering is the message being answered, shown beside the text.
type Answering struct {
	ID   string
	Name string
	Role string
	At   time.Time
	Body Body
}

// Receives is the panel of who gets the letter and why (#receives). It is never folded.
type Receives struct {
	To   []Recipient
	Seen string // digest of what is shown, sent back as seen_recipients
	// NotAdded are sentences on addresses that are on the message and not on the reply.
	NotAdded  []string
	CanAdd    []Candidate
	Prefers   string // "Prefers: email, 16pt text. Do not phone 9-3."
	Protected bool   // adds "One copy each. Nobody sees another's address." even for one person
}

// Recipient is one person who would get the letter.
type Recipient struct {
	ID        string
	Name      string
	Role      string
	Address   string
	Used      string // "used 14 times, last 17 Nov"
	Why       string // "Wrote this email. Parental responsibility checked 3 Sep 2026. No restrictions"
	Limits    string // "Must not be told the address"
	Removable bool
	// Addresses are offered when the register has several: field address[ID].
	Addresses []Option
}

// Candidate is someone of the case who could be added, or cannot be, with the reason.
type Candidate struct {
	ID     string
	Name   string
	Role   string
	Note   string // "may be told, not the address"
	Barred bool
	Why    string // "no authority on file"
}

// Level is what the guard says about a draft.
type Level string

// The levels of a verdict, weakest first.
const (
	NotChecked   Level = "unchecked"
	NoProblems   Level = "none"
	Attention    Level = "attention"
	Confirm      Level = "confirm"
	Stopped      Level = "stopped"
	CannotCheck  Level = "cannot"
	CheckRunning Level = "running"
)

// Verdict is the guard's answer on the draft (#verdict).
type Verdict struct {
	Level    Level
	At       time.Time
	Findings []Finding
	// Names is who the letter goes to, for the words beside a button that is off.
	Names []string
	Phone string // shown when nothing can be checked: ring instead
}

// Finding is one thing the guard found. The words come from Words.
type Finding struct {
	Key     string // rule and person: "NOTE-CONTENT:p12"; id of the element is made from it
	Rule    string
	Heading string // short, for the stopped page; may be empty
	Level   Level
	Text    string
	// Before, Marked and After show the place: Marked is emphasised.
	Before string
	Marked string
	After  string
	// Fixes are the buttons; the first is the one that the x key presses.
	Fixes []Fix
	Links []Link
	// Confirm is the text of the tick box; empty for findings that cannot be confirmed.
	Confirm   string
	Confirmed bool
	// Reasons are offered beside the tick when a reason is needed.
	Reasons []Option
	// Release says who could let it through: "nobody", "manager", "you", "".
	Release string
}

// Fix is a button that mends the finding.
type Fix struct {
	Text  string
	Value string // value of the field "fix"
}

// DraftState says whether the words are safe (#draft-state).
type DraftState struct {
	State string    // "none", "saved", "failed"
	At    time.Time // last save that worked
	URL   string    // POST saves the form
	Rev   string    // new draft_rev after a save
}

// PromiseField is what the officer says will happen.
type PromiseField struct {
	Chips []Option // names promise_on, values dates
	Date  string
	Text  string
}

// Note is the composer of an internal note: it has a colleague to answer it and no recipient.
//
// POST to Action. Fields: note, colleague, draft_rev. Buttons: do = save, discard.
// None of its inputs is, or may ever be, named to, cc, bcc, subject or email.
//
// Fragments: FragNoteDraft, FragNoteAdvice.
type Note struct {
	Shell    Shell
	Head     EnquiryHead
	Action   string
	BackHref string
	Errors   []FieldError

	Readers    string // who can read it: "Staff who work on this case (6 people)"
	Colleagues []Option
	Text       string
	Advice     NoteAdvice
	Draft      DraftState
	DraftRev   string
	// ReplyDraft is the fold to this person's open reply draft.
	ReplyDraft *Link
	// Latest are the newest items of the timeline, for reading while writing.
	Latest []Item
}

// NoteAdvice is what the tone check suggests (#note-advice). It never stops a note.
type NoteAdvice struct {
	URL   string
	Items []Suggestion
}

// Suggestion is a kinder wording.
type Suggestion struct {
	Found string
	Try   string
	Value string // value of the field "fix" that takes the suggestion
}

// StoppedPage says that a message was stopped, and why. Nothing was sent.
//
// POST to ReplyAction with do=check sends the stored draft through the check again; fix = key mends one finding.
// POST to AskAction with fields colleague and reason asks a second person.
type StoppedPage struct {
	Shell       Shell
	Head        EnquiryHead
	At          time.Time
	Dispatch    bool // stopped when it was about to leave, not when Send was pressed
	Findings    []Finding
	Would       []string // "Tessa Brandt (mother)"
	ReplyAction string
	DraftRev    string
	SeenEvent   string

	// AskAction is empty when nobody may release this kind.
	AskAction string
	Seconds   []Option // who could look
	ReportURL string   // POST: the check is wrong
	Record    string   // "attempt 4f21, rule STAFF-TALK-EXTERNAL v7"
}

// ChangedPage is the answer 409: something happened while the person was writing.
//
// POST to Action with do=check (and the hidden fields) accepts what is new and checks again; do=note keeps the text as a note.
type ChangedPage struct {
	Shell  Shell
	Head   EnquiryHead
	Since  time.Time
	What   string // "reply", "note", "finish"; words of the heading
	Events []Change
	// Draft is the text, unchanged.
	Draft     string
	Subject   string
	Action    string
	BackHref  string // the draft
	Hidden    []Hidden
	KeepNote  string // "Keep as a note for Dean"; empty hides the button
	Receiving []string
}

// Change is one thing that happened since.
type Change struct {
	At   time.Time
	Kind string // "in", "out", "note", "call", "system"
	Text string
	Link *Link
}

// Hidden is a field carried through a form.
type Hidden struct {
	Name  string
	Value string
}

// LetterPreview shows exactly what would be sent, one copy for each person.
type LetterPreview struct {
	Shell    Shell
	Head     EnquiryHead
	BackHref string
	Copies   []Letter
}

// Letter is one copy in its final words.
type Letter struct {
	To      string
	Address string
	From    string
	Subject string
	Text    string
	Files   []File
	// Answers is where an answer would go, when the letter says so.
	Answers   string
	Formatted bool // it goes as formatted text as well, with the same words
}
