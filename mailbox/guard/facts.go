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
	// StaffKnown says that the lists of staff and groups were read even though
	// other facts were not: then a letter to staff alone is not held up.
	StaffKnown bool
	Version    int64 // of the register

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
	// Notes is the same for many texts, worked out beforehand; both are compared.
	Notes  *Notes
	Seen   []Seen    // what each mailbox wrote to us or was sent by us
	Others *Children // the children of other cases
	// Caseload are the children whose first name alone is worth a question. Nil
	// stands for Others when these are few: in a whole council every first name is
	// somebody's.
	Caseload *Children
	// Known are all mailboxes in use, for telling that an address is nearly one of
	// them. Nil stands for those of People, Staff and the directory.
	Known *Mailboxes
	// Directory says who is behind a list and where a mailbox passes its mail on.
	Directory Directory

	// Today is the date in London on which the letter would leave; the zero time
	// switches off what depends on it (dates gone by, authority that has ended).
	Today time.Time
	// DecidesAlone says that the child is a young person, over compulsory school
	// age, who decides for herself (Children and Families Act 2014 s.83(2)); DecidesSince is the
	// first day of that.
	DecidesAlone bool
	DecidesSince time.Time
	// LookedAfter says that the child is looked after (Children Act 1989 s.22), and
	// SocialWorkers are the mailboxes of who has to be told then, folded.
	LookedAfter   bool
	SocialWorkers []string
	// Dates are the days that the law gives for what is to come on this case.
	Dates []LegalDate
	// Kept are texts on record that some must not be told: a refuge, a telephone
	// number, a worker's name.
	Kept []Kept
	// Confided is what somebody told us and asked to be kept from others.
	Confided []Confided
	// Lists are the council's own phrases; nil for none. LevelOf is how strict two people
	// made a rule that is not locked.
	Lists   *Lists
	LevelOf map[string]Decision
	// OwnCopies are mailboxes that get this letter in a copy of their own.
	OwnCopies []string

	// Answered is the mail that the letter answers.
	Answered *Answered
	// Standing is the fixed wording of the template that the letter was made from:
	// words that are ours although somebody may have quoted them back to us.
	Standing string
	// CouncilWords are the sentences of an automatic letter that a council wrote itself; ""
	// where it holds nothing but what the program ships. They are judged like a reply.
	CouncilWords string
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
	// Barred and Hidden are restrictions that hold whatever the case: no contact,
	// and an address that nobody may be told.
	Barred, Hidden bool
}

// Contact is one recorded e-mail address of a person.
type Contact struct {
	Email        string
	Confidential bool // must not be visible to anybody else on the case
	// Bounced is how often mail to it did not arrive since any last did.
	Bounced int
	// AddedAt is when it was entered, CheckedAt when somebody last made sure of it; the zero
	// time when that is not known.
	AddedAt, CheckedAt time.Time
}

// Link ties a person to a case.
type Link struct {
	CaseRef       string
	Relation      string
	PR            PR
	NoContact     bool
	AddressHidden bool
	// SchoolHidden: this person must not be told which school the child goes to.
	SchoolHidden bool
	// Told is whether a young person agreed that this parent is told.
	Told Told
	// Represented is the mailbox, folded, of whoever speaks for this person; "" for nobody.
	Represented string
	// NoPlan: an MP, a councillor or a relative without consent on record, who is not
	// sent the plan itself (SEND Regulations 2014 reg. 17 and 47).
	NoPlan bool
	// Speaks is set for a representative: the authority to receive the family's letters.
	Speaks *Authority
}

// Told is what a young person said about a parent being told.
type Told string

// The values of Told. Not asked is the zero value.
const (
	ToldNotAsked Told = ""
	ToldYes      Told = "yes"
	ToldNo       Told = "no"
)

// Authority is a signed authority to act for a family.
type Authority struct {
	Signed bool
	Ends   time.Time // the last day on which it holds, London; zero when it has no end
}

// Due is what a day of the law is for.
type Due string

// What the law gives a day for.
const (
	DueAssess   Due = "assess"   // to say whether we assess: 6 weeks (SEND Regulations 2014 reg. 5(1))
	DueFinal    Due = "final"    // to send the final plan: 20 weeks (reg. 13(2))
	DueComments Due = "comments" // the last day of the parents' 15 for a draft (reg. 13(1))
	DueReview   Due = "review"   // to hold the review: 12 months (Children and Families Act 2014 s.44)
	DueOutcome  Due = "outcome"  // to say what becomes of the plan after a review: 4 weeks (reg. 20(10))
)

// LegalDate is a day that the law gives on this case.
type LegalDate struct {
	What Due
	On   time.Time // local date, London
}

// Kept is a text that must not reach everybody.
type Kept struct {
	Kind  string // "address", "school", "phone", "email", "place", "worker"
	Value string
	Of    []string // mailboxes of whose it is, folded: they may have it
	From  []string // mailboxes it is kept from, folded, when All is not set
	All   bool     // kept from everybody outside but Of
}

// Confided is a text that its teller asked to be kept.
type Confided struct {
	Text string
	By   []string // mailboxes of the teller, folded
	From []string // mailboxes it is kept from, folded, when All is not set
	All  bool
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
	Author    string
	At        time.Time
	Text      string
	MessageID string // of the mail that told staff about it, when there was one
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

// Directory is what the council's directory says about lists and forwarding.
type Directory struct {
	Groups     []Group
	Forwards   []Forward
	Unresolved []string // lists whose members cannot be seen
}

// Group is a distribution list; its members may be lists.
type Group struct {
	Mailbox string
	Members []string
}

// Forward is a mailbox that passes its mail on.
type Forward struct {
	Mailbox string
	To      []string
}
