package parse

import (
	"strings"

	"hearback/tickets"
)

// forPerson says why a mail that a system sent is meant for people all the same:
// a school's safeguarding or parents' mail system, a web form. Such systems call
// their mail bulk, or write from an address that nobody reads, and speak for
// somebody who waits for an answer. "" when nothing says so.
//
// Only weak signs are set aside: a mail that says by Auto-Submitted, by a header
// of lists or by offering to unsubscribe what it is, is believed.
func (m *message) forPerson(in *tickets.Inbound, s signals) string {
	if s.list == "" && s.robot == "" || s.listHeader || s.generated != "" || s.nullSender || s.daemon != "" || s.subjectMaybe {
		return ""
	}
	if n := len(in.To) + len(in.Cc); n == 0 || n > 3 {
		return ""
	}
	low := strings.ToLower(in.Text[:min(len(in.Text), 32<<10)])
	if len(strings.Fields(low)) < 6 {
		return ""
	}
	for _, w := range unsubscribeWords {
		if strings.Contains(low, w) {
			return ""
		}
	}
	for _, a := range in.ReplyTo {
		if daemon, robot := senderRole(a, nil); a.Email != "" && daemon == "" && robot == "" && !strings.EqualFold(a.Email, in.From.Email) {
			return "an answer goes to a person (Reply-To)"
		}
	}
	subject := strings.ToLower(in.Subject)
	for _, w := range pupilWords {
		if hasPhrase(low, w) || hasPhrase(subject, w) {
			return "it speaks of " + w
		}
	}
	return ""
}

// hasPhrase finds words as words, not as parts of others.
func hasPhrase(s, phrase string) bool {
	for pos := 0; ; {
		i := strings.Index(s[pos:], phrase)
		if i < 0 {
			return false
		}
		at, end := pos+i, pos+i+len(phrase)
		if (at == 0 || !isLetterASCII(s[at-1])) && (end == len(s) || !isLetterASCII(s[end])) {
			return true
		}
		pos = at + 1
	}
}

var unsubscribeWords = [...]string{"unsubscribe", "opt out of", "manage your preferences", "manage preferences", "view in browser", "view this email in your browser", "update your preferences", "mailing list"}

var pupilWords = [...]string{
	"pupil", "pupils", "student", "my child", "your child", "the child", "my son", "my daughter", "safeguarding", "senco", "ehcp", "ehc plan", "ehc needs assessment", "annual review", "attendance", "exclusion", "suspension", "special educational needs", "your question", "your enquiry", "your message", "contact form", "web form", "online form", "date of birth", "parent or carer", "parent/carer", "head teacher", "headteacher",
}
