// Package register holds the facts about children, families and staff on which
// everything else stands: cases, people, their links to cases, addresses.
package register

import (
	"strings"
	"time"
)

// PR is whether somebody holds parental responsibility for a child
// (Children Act 1989 s.3). "Not checked" is a value of its own, never a no.
type PR string

// The values of PR.
const (
	PRYes        PR = "yes"
	PRNo         PR = "no"
	PRNotChecked PR = "not_checked"
)

// Relation is what a person is to the child, in the words of the case record:
// "mother", "father", "school", "educational psychologist".
type Relation string

// PersonKind decides which rules of the guard apply to somebody.
type PersonKind string

// The kinds of people.
const (
	KindParent       PersonKind = "parent" // Education Act 1996 s.576: anyone with PR or care of the child
	KindYoungPerson  PersonKind = "young_person"
	KindSchool       PersonKind = "school"
	KindProfessional PersonKind = "professional"
	KindMP           PersonKind = "mp"
	KindOther        PersonKind = "other"
)

// Case is all work for one child. It survives moves between schools and officers.
type Case struct {
	ID         int64
	Ref        string // for example WM-2201
	ChildName  string
	DOB        string // 2006-01-02, local date; empty when not known
	UPN        string // unique pupil number, 13 characters; empty when not known
	NHS        string // NHS number, 10 digits; empty when not known
	School     string
	Stage      string // Request, Assessment, Draft plan, Final plan, Plan in force, Review, ...
	TeamID     int64
	OfficerID  int64 // named officer; 0 is an alarm state
	FallbackID int64 // who answers when the named officer cannot; never 0
	Restricted bool  // seen only by those named for it and by cleared roles
	Open       bool
	CreatedAt  time.Time
}

// Initials is how a child is named in lists, titles and mail to staff: "M.B.".
func (c Case) Initials() string { return Initials(c.ChildName) }

// Initials of a name, with full stops: "Milo James Brandt" gives "M.B.".
func Initials(name string) string {
	f := strings.Fields(name)
	if len(f) == 0 {
		return "?"
	}
	first := []rune(f[0])
	out := string(first[:1]) + "."
	if len(f) > 1 {
		last := []rune(f[len(f)-1])
		out += string(last[:1]) + "."
	}
	return strings.ToUpper(out)
}

// Person is somebody outside the council who has to do with at least one case.
type Person struct {
	ID        int64
	Name      string
	Kind      PersonKind
	CreatedAt time.Time
}

// Link ties a person to a case and says what may be done.
type Link struct {
	ID             int64
	CaseID         int64
	PersonID       int64
	Relation       Relation
	PR             PR
	PRSource       string // who checked it, against what
	PRCheckedOn    string // 2006-01-02, local date
	NoContact      bool   // we must not write to this person about this child: no exception, no override
	MayBeTold      string // in the words of the case page: "all", "all, not the address", "school matters only", "nothing"
	AddressHidden  bool   // this person's address and whereabouts are protected from the others on the case
	Representative bool
}

// Address is an e-mail address of a person. Mailbox is its folded identity.
type Address struct {
	ID           int64
	PersonID     int64
	Email        string // as written
	Mailbox      string // FoldMailbox(Email): what two spellings of one mailbox share
	Confidential bool   // must not be visible to anybody else on the case
	VerifiedAt   *time.Time
	Bounced      int // permanent failures since the last success
	CreatedAt    time.Time
}

// Phone is a telephone number of a person.
type Phone struct {
	ID           int64
	PersonID     int64
	Number       string // as written
	Digits       string // digits only, with the leading 0
	VerifiedAt   *time.Time
	Confidential bool // must not be said to anybody else on the case
	Wrong        bool // somebody else answers it
}

// Party is one person on one case with everything that a reader or the guard needs.
type Party struct {
	Person    Person
	Link      Link
	Addresses []Address
	Phones    []Phone
}

// Staff is a member of the council's staff with an account.
type Staff struct {
	ID           int64
	Email        string
	Mailbox      string // folded
	Name         string
	Role         string // an access.Role
	TeamID       int64
	PasswordHash string `json:"-"` // argon2id; never logged, never shown
	Active       bool
	DeputyID     int64
	AwayUntil    string // 2006-01-02, local date; empty when here
	// AccessEndsAt is when an auditor's time is over (UTC); nil for no end.
	AccessEndsAt *time.Time
	// HoldSeconds is how long they like to be able to take a letter back; what the
	// council has set is the least.
	HoldSeconds int
	CreatedAt   time.Time
}

// Team is a SEN team. Its lead is told when an enquiry runs late.
type Team struct {
	ID     int64
	Name   string
	LeadID int64
}

// FoldMailbox is the identity of a mailbox: what two spellings share that one
// provider delivers to the same person. Case is folded for every provider
// (RFC 5321 section 2.4 allows a case-sensitive local part; no provider in use
// does). For gmail.com and googlemail.com dots and +tags are dropped as well.
// It never fails: what is not an address folds to its lower-case self, which
// no real mailbox equals.
func FoldMailbox(email string) string {
	e := strings.ToLower(strings.TrimSpace(email))
	at := strings.LastIndexByte(e, '@')
	if at <= 0 {
		return e
	}
	local, domain := e[:at], strings.TrimSuffix(e[at+1:], ".")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		if i := strings.IndexByte(local, '+'); i > 0 {
			local = local[:i]
		}
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// LooseMailbox is the strictest reading of "the same mailbox": dots and tags
// are dropped for every provider. Only restrictions use it: a person whom we
// must not contact is not to be reached by any spelling.
func LooseMailbox(email string) string {
	e := FoldMailbox(email)
	at := strings.LastIndexByte(e, '@')
	if at <= 0 {
		return e
	}
	local, domain := e[:at], e[at+1:]
	if i := strings.IndexAny(local, "+"); i > 0 {
		local = local[:i]
	}
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}
