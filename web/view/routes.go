package view

import (
	"net/url"
	"strings"
)

// The functions of this file are the addresses that templates link to. A server has to answer each of them.

// EnquiryURL is the page of an enquiry: GET.
func EnquiryURL(ref string) string { return "/e/" + url.PathEscape(ref) }

// ReplyURL is the composer of a reply: GET (with to=, the message answered) and POST.
func ReplyURL(ref string) string { return EnquiryURL(ref) + "/reply" }

// ReplyCheckURL checks a draft: POST of the reply form, answers FragVerdict.
func ReplyCheckURL(ref string) string { return ReplyURL(ref) + "/check" }

// ReplyDraftURL saves a draft: POST of the reply form, answers FragReplyDraft.
func ReplyDraftURL(ref string) string { return ReplyURL(ref) + "/draft" }

// NoteURL is the composer of a note: GET and POST.
func NoteURL(ref string) string { return EnquiryURL(ref) + "/notes/new" }

// NoteDraftURL saves the draft of a note: POST of the note form, answers FragNoteDraft.
func NoteDraftURL(ref string) string { return EnquiryURL(ref) + "/notes/draft" }

// AskURL changes the officer's one line: POST, field "ask".
func AskURL(ref string) string { return EnquiryURL(ref) + "/ask" }

// AlertURL says what was done about a safety alert: POST, field "action".
func AlertURL(ref string) string { return EnquiryURL(ref) + "/alert" }

// MoveURL hands an enquiry to someone: GET and POST.
func MoveURL(ref string) string { return EnquiryURL(ref) + "/move" }

// FinishURL closes an enquiry: GET and POST.
func FinishURL(ref string) string { return EnquiryURL(ref) + "/finish" }

// ReopenURL opens a finished enquiry again: POST.
func ReopenURL(ref string) string { return EnquiryURL(ref) + "/reopen" }

// AssessmentURL confirms that an enquiry asks for an assessment: POST.
func AssessmentURL(ref string) string { return EnquiryURL(ref) + "/assessment" }

// PresenceURL records that someone is here: POST, field "doing" (viewing, writing), answers FragPresence; GET answers the sentence.
func PresenceURL(ref string) string { return EnquiryURL(ref) + "/presence" }

// OriginalURL downloads a message as it came (.eml): GET.
func OriginalURL(ref, message string) string { return messageURL(ref, message) + "/original" }

// HeadersURL shows the header lines: GET.
func HeadersURL(ref, message string) string { return messageURL(ref, message) + "/headers" }

// MessageFrameURL is the cleaned HTML of a message for a sandboxed frame: GET, with a policy of its own (see the package comment).
func MessageFrameURL(ref, message string) string { return messageURL(ref, message) + "/html" }

func messageURL(ref, message string) string {
	return EnquiryURL(ref) + "/messages/" + url.PathEscape(message)
}

// OutgoingURL acts on one copy of a letter: POST, do = cancel, now, arrived, again, left.
func OutgoingURL(delivery string) string { return "/outbox/" + url.PathEscape(delivery) }

// MailingURL is a letter to many families: GET and POST; its form is below it.
func MailingURL(id string) string { return "/mailings/" + url.PathEscape(id) }

// MailingLetterURL is the letter to one family of it: GET and POST.
func MailingLetterURL(id, letter string) string {
	return MailingURL(id) + "/preview/" + url.PathEscape(letter)
}

// CaseURL is the page of a case: GET; its tabs are below it.
func CaseURL(ref string) string { return "/c/" + url.PathEscape(ref) }

// NewCaseURL opens the case of a child: GET and POST.
func NewCaseURL() string { return "/c/new" }

// CaseEditURL changes what is recorded about a child: GET; POST, do = details, arrangement, date, alias, alias-off, sibling, sibling-off.
func CaseEditURL(ref string) string { return CaseURL(ref) + "/edit" }

// CaseShowURL shows a protected school and records that somebody looked: POST.
func CaseShowURL(ref string) string { return CaseURL(ref) + "/show" }

// PeopleURL is everybody on a case: GET.
func PeopleURL(ref string) string { return CaseURL(ref) + "/people" }

// NewPersonURL puts somebody on a case: GET (with preset=) and POST.
func NewPersonURL(ref string) string { return PeopleURL(ref) + "/new" }

// PersonURL is one person on a case: GET; POST changes what is recorded.
func PersonURL(ref, person string) string { return PeopleURL(ref) + "/" + url.PathEscape(person) }

// PersonAddURL adds to what is recorded about somebody: POST.
func PersonAddURL(ref, person string) string { return PersonURL(ref, person) + "/add" }

// PersonShowURL shows what is protected and records that somebody looked: POST.
func PersonShowURL(ref, person string) string { return PersonURL(ref, person) + "/show" }

// MergeURL makes one of two people: GET (with with=) and POST.
func MergeURL(ref, person string) string { return PersonURL(ref, person) + "/merge" }

// RestrictionsURL lists the restrictions of a case: GET.
func RestrictionsURL(ref string) string { return CaseURL(ref) + "/restrictions" }

// NewRestrictionURL adds one: GET and POST.
func NewRestrictionURL(ref string) string { return RestrictionsURL(ref) + "/new" }

// RestrictionURL is one restriction: GET; POST tightens it or asks for its end.
func RestrictionURL(ref, restriction string) string {
	return RestrictionsURL(ref) + "/" + url.PathEscape(restriction)
}

// RestrictionEndURL is the second person's answer: POST, do = approve, keep.
func RestrictionEndURL(ref, restriction string) string {
	return RestrictionURL(ref, restriction) + "/end"
}

// CaseOfficerURL names the officer of a case and who answers when the officer cannot: GET and POST.
func CaseOfficerURL(ref string) string { return CaseURL(ref) + "/officer" }

// NewMessageURL writes to someone of a case: GET and POST.
func NewMessageURL(ref string) string { return CaseURL(ref) + "/messages/new" }

// DutyFrameURL is the cleaned HTML of a message without a case: GET.
func DutyFrameURL(item string) string { return DutyURL(item) + "/html" }

// DutyOriginalURL downloads such a message as it came: GET.
func DutyOriginalURL(item string) string { return DutyURL(item) + "/original" }

// DutyHeadersURL shows its header lines: GET.
func DutyHeadersURL(item string) string { return DutyURL(item) + "/headers" }

// DutyURL is a message without a case: GET and POST; its files are below it.
func DutyURL(item string) string { return "/duty/i/" + url.PathEscape(item) }

// EscalationURL acts on an escalation: POST.
func EscalationURL(id string) string { return "/escalations/" + url.PathEscape(id) }

// MailboxURL acts on a mailbox: POST.
func MailboxURL(slug string) string { return "/admin/mailboxes/" + url.PathEscape(slug) }

// LedgerURL is what became of every mail of a mailbox: GET.
func LedgerURL(slug string) string { return MailboxURL(slug) + "/ledger" }

// RulesURL lists the intake rules: GET; POST adds one.
func RulesURL() string { return "/admin/rules" }

// RuleURL takes an intake rule away: POST, do = remove.
func RuleURL(id string) string { return RulesURL() + "/" + url.PathEscape(id) }

// SpamURL asks before a sender is blocked: GET and POST.
func SpamURL(item string) string { return DutyURL(item) + "/spam" }

// ParentURL is what one box outside received, on the demonstration: GET.
func ParentURL(key string) string { return "/parents/" + url.PathEscape(key) }

// domID turns a key such as "NOTE-CONTENT:p12" into something that may be an id.
func domID(prefix, key string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for _, r := range key {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// DoubtURL is the page of a copy in doubt: GET.
func DoubtURL(delivery string) string { return "/outbox/doubt/" + url.PathEscape(delivery) }
