package guard

import "time"

// Kind decides which rules apply to a person outside the council.
type Kind string

// The kinds of people, as the register has them.
const (
	KindParent       Kind = "parent"
	KindYoungPerson  Kind = "young_person"
	KindSchool       Kind = "school"
	KindProfessional Kind = "professional"
	KindMP           Kind = "mp"
	KindOther        Kind = "other"
)

// PR is whether somebody holds parental responsibility (Children Act 1989 s.3).
type PR string

// The values of PR. "Not checked" is a value of its own, never a no.
const (
	PRYes        PR = "yes"
	PRNo         PR = "no"
	PRNotChecked PR = "not_checked"
)

// Facts is what is known when a letter is judged, read fresh for it. The zero
// Facts block everything.
type Facts struct {
	// Complete is set by whoever read the facts after all of them were read.
	Complete bool
	Version  int64 // of the register

	// CaseRef is the case that the letter is on; "" for letters on no case.
	CaseRef string
	Child   Child // of that case
	// PartiesOnly makes everybody outside who is not linked to the case a block,
	// whatever the letter says. The helpdesk's own letters are judged so.
	PartiesOnly bool

	// People holds everybody linked to the case and everybody recorded with one of
	// the mailboxes of the letter, with their links to every case that is known.
	People []Person

	Staff        []Colleague // active accounts
	OwnMailboxes []string    // our own shared mailboxes
	StaffDomains []string    // exact domains; no subdomain is implied
	// DomainsOnly says that accounts are not known, so that an address on a listed
	// domain that is nobody's in the register counts as staff.
	DomainsOnly bool

	// Author wrote the letter; nil for automatic letters.
	Author *Author

	Private []Private // notes and summaries of calls
	Seen    []Seen    // what each mailbox wrote to us or was sent by us
	Others  *Children // the children of other cases

	// Answered is the mail that the letter answers.
	Answered *Answered
	// Standing is the fixed wording of the template that the letter was made from:
	// words that are ours although somebody may have quoted them back to us.
	Standing string
	// PublicNames are names of staff that a template may hold.
	PublicNames []string
}

// Person is somebody outside the council, or a member of staff who is also a
// parent on a case: the register beats the domain.
type Person struct {
	Name      string
	Kind      Kind
	Addresses []Contact
	Links     []Link
	Postal    string // postal address, when the register has it
}

// Contact is one recorded e-mail address of a person.
type Contact struct {
	Email        string
	Confidential bool // must not be visible to anybody else on the case
}

// Link ties a person to a case.
type Link struct {
	CaseRef       string
	Relation      string
	PR            PR
	NoContact     bool
	AddressHidden bool
}

// Colleague is an active account.
type Colleague struct {
	Mailbox string // folded
	Name    string
	OfCase  bool // may see the case of the letter
}

// Author is who pressed Send.
type Author struct {
	Mailbox string
	Name    string
	Active  bool // read again at dispatch: an account shut since must not send
	MaySee  bool // the case
}

// Private is a text that must not leave, with where it is from.
type Private struct {
	Author string
	At     time.Time
	Text   string
}

// Seen is a text that a mailbox wrote to us, authenticated, or was sent by us,
// cleared and accepted. It is not private from that mailbox.
type Seen struct {
	Mailbox string // folded
	Text    string
	Wrote   bool // it is the mailbox's own text
}

// Answered is the mail that a letter answers.
type Answered struct {
	Mailbox string // folded, of its sender
	Name    string // display name that the sender chose; never evidence
	Subject string
	Text    string
}
