// Package audit is the record of who did or saw what: what a record holds, how
// records are sealed into a chain of hashes, and how the chain is checked.
//
// A record never holds text of a message, a note or a reason, and no secret: it
// names things by reference, and says in codes what was shown or changed. It is
// for staff, auditors and the ombudsman, and answers in one screen who saw this,
// who sent that, and what the screen warned.
package audit

import (
	"time"
)

// Action is what was done, as object.verb.
type Action string

// The actions.
const (
	CaseViewed         Action = "case.viewed" // restricted cases, and every case in an auditor's or administrator's hands
	CaseRefused        Action = "case.refused"
	ProtectedShown     Action = "protected.shown" // "Show, and record that I looked"
	Searched           Action = "search.made"
	LetterSent         Action = "letter.sent"
	LetterQueued       Action = "letter.queued"   // somebody pressed Send
	LetterResolved     Action = "letter.resolved" // somebody said what became of one in doubt
	LetterReviewed     Action = "letter.reviewed"
	VerdictGiven       Action = "verdict.given"
	FindingConfirmed   Action = "finding.confirmed"
	LetterReleased     Action = "letter.released"
	SecondAsked        Action = "second_look.asked"
	SecondReleased     Action = "second_look.released"
	SecondRefused      Action = "second_look.refused"
	SecondVoid         Action = "second_look.void" // the letter, or what is known, changed since
	GuardReported      Action = "guard.reported_wrong"
	GuardReportSettled Action = "guard.report_settled"
	GuardAsked         Action = "guard.change_asked" // of how strict a rule is
	GuardChanged       Action = "guard.changed"
	GuardRefused       Action = "guard.change_refused"
	MailingChanged     Action = "mailing.changed" // its text, choice or list; paused, stopped, done
	MailingAsked       Action = "mailing.asked"
	MailingApproved    Action = "mailing.approved"
	MailingRefused     Action = "mailing.refused"
	LetterCancelled    Action = "letter.cancelled"
	Exported           Action = "export.made"
	OriginalShown      Action = "original.shown"
	FileDownloaded     Action = "file.downloaded"
	NoteViewed         Action = "note.viewed"
	CaseChanged        Action = "case.changed"
	PersonChanged      Action = "person.changed"
	LinkChanged        Action = "link.changed"
	PeopleMerged       Action = "people.merged"
	AddressChanged     Action = "address.changed"
	RestrictionAdded   Action = "restriction.added"
	RestrictionChanged Action = "restriction.changed"
	RestrictionEnding  Action = "restriction.end_asked"
	RestrictionEnded   Action = "restriction.ended"
	RestrictionKept    Action = "restriction.end_refused"
	AuthorityChanged   Action = "authority.changed"
	ArrangementSet     Action = "arrangement.set"
	GrantAsked         Action = "grant.asked"
	GrantGiven         Action = "grant.given"
	GrantRefused       Action = "grant.refused"
	GrantEnded         Action = "grant.ended"
	BrokeGlass         Action = "grant.broke_glass"
	StaffChanged       Action = "staff.changed"
	StaffShutOut       Action = "staff.shut_out"
	TeamChanged        Action = "team.changed"
	SettingChanged     Action = "setting.changed"
	DomainAsked        Action = "staff_domain.asked"
	DomainChanged      Action = "staff_domain.changed"
	DirectoryImported  Action = "directory.imported"
	CasesImported      Action = "cases.imported"
	RowSettled         Action = "import.row_settled"
	RuleChanged        Action = "rule.changed"
	SignedIn           Action = "session.signed_in"
	SignInFailed       Action = "session.refused"
	SignedOut          Action = "session.signed_out"
	SessionEnded       Action = "session.ended"
	FactorChanged      Action = "factor.changed" // TOTP, recovery codes, password
	TokenChanged       Action = "token.changed"
	IncidentChanged    Action = "incident.changed"
	AuditViewed        Action = "audit.viewed"
	AuditVerified      Action = "audit.verified"
	DatabaseRestored   Action = "database.restored"
)

// Record is one thing that was done or seen.
type Record struct {
	ID      int64
	At      time.Time // UTC, to the microsecond
	StaffID int64     // 0 for hearback itself
	System  string    // the step, when StaffID is 0
	Role    string    // in which it was done
	Action  Action
	Object  string            // reference or kind:id; never a name or an address
	CaseID  int64             // 0 when it concerns none
	From    string            // network address of the client, cut to its network (/24, /48)
	Detail  map[string]string // codes and counts, what the screen showed or warned
}
