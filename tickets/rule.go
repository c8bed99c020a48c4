package tickets

import "time"

// RuleKind is what an intake rule does with the mail that it fits.
type RuleKind string

// The kinds. The first three keep mail away from the tickets; it stays in the
// ledger, with its bytes and the rule named, and can be taken in from there.
const (
	RuleBlockSender RuleKind = "block_sender"    // pattern: an address
	RuleBlockDomain RuleKind = "block_domain"    // pattern: a domain; those below it are meant as well
	RuleIgnoreList  RuleKind = "ignore_list"     // pattern: a list's id (RFC 2919)
	RuleRecipient   RuleKind = "route_recipient" // pattern: the address that the mail was written to
	RuleSubject     RuleKind = "route_subject"   // pattern: words of the subject, in a row
)

// Routes reports whether the rule says where mail goes, not whether it is taken.
func (k RuleKind) Routes() bool { return k == RuleRecipient || k == RuleSubject }

// IntakeRule is what a council has set about new mail.
//
// The order is fixed: a second copy and our own letters are known first; then
// blocked senders and domains and ignored lists, which never concern a sender who
// is recorded on a case, a colleague, or a report that a letter of ours did not
// arrive; then where the mail belongs is decided as without rules; and a ticket
// that is new goes to the team and the category of the first rule that fits, rules
// of recipients before rules of subjects, each in the order in which they were
// made. An enquiry on a case stays with the team of the case: only its category
// is set.
type IntakeRule struct {
	ID        int64
	Kind      RuleKind
	Pattern   string   // folded: small letters, one space between words
	TeamID    int64    // of routes; 0: the team stays
	Category  Category // of routes; "": the category stays
	Note      string   // why, for colleagues
	CreatedBy int64
	CreatedAt time.Time
}
