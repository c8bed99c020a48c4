package tickets

import (
	"slices"
	"strings"

	"hearback/tickets/register"
)

// maxCited is how many Message-IDs of a mail are looked up: the newest decide.
const maxCited = 50

// CaseRefsIn lists what looks like a case reference (WM-2201), without
// repetition, at most 10.
func CaseRefsIn(text string) []string {
	var refs []string
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	for _, w := range words {
		letters, digits, ok := strings.Cut(w, "-")
		if !ok || len(letters) < 2 || len(letters) > 4 || len(digits) < 3 || len(digits) > 8 ||
			strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		if !slices.Contains(refs, w) && len(refs) < 10 {
			refs = append(refs, w)
		}
	}
	return refs
}

// KeysOf is what a mail can be matched by. own are our mailboxes: only a tag on
// one of their addresses is read as a reply token.
func KeysOf(in *Inbound, own []Mailbox) MatchKeys {
	k := MatchKeys{Mailbox: register.FoldMailbox(in.FirstFrom()), CaseRefs: CaseRefsIn(in.Subject + "\n" + in.Text)}
	var addresses []string
	for _, a := range in.To {
		addresses = append(addresses, a.Email)
	}
	for _, a := range in.Cc {
		addresses = append(addresses, a.Email)
	}
	addresses = append(addresses, in.Delivered...)
	for _, a := range addresses {
		if t := TokenIn(a, own); t != "" && !slices.Contains(k.Tokens, t) {
			k.Tokens = append(k.Tokens, t)
		}
	}
	add := func(id string) {
		if id = strings.Trim(strings.TrimSpace(id), "<>"); id != "" && !slices.Contains(k.MessageIDs, id) && len(k.MessageIDs) < maxCited {
			k.MessageIDs = append(k.MessageIDs, id)
		}
	}
	for _, id := range in.InReplyTo {
		add(id)
	}
	for _, id := range slices.Backward(in.References) {
		add(id)
	}
	return k
}

// TokenIn is the reply token in an address: the tag behind the last plus of one
// of our own mailboxes; "" when there is none.
func TokenIn(address string, own []Mailbox) string {
	a := strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		return ""
	}
	plus := strings.LastIndexByte(a[:at], '+')
	if plus < 0 {
		return ""
	}
	for _, m := range own {
		if a[:plus]+a[at:] == strings.ToLower(m.Address) {
			return a[plus+1 : at]
		}
	}
	return ""
}

// citation is one thing of ours that a mail refers to.
type citation struct {
	ticket       Ticket
	purpose      Purpose
	participants []string
	what         string // in words, for who may see the ticket
	some         string // in words, for who may not
}

// citations lists what the mail refers to, the strongest first: tokens, then
// Message-IDs with the newest first.
func (m matcher) citations() []citation {
	var list []citation
	for _, t := range m.f.Tokens {
		if t.TicketID == 0 {
			continue
		}
		ticket := t.Ticket
		ticket.ID = t.TicketID
		list = append(list, citation{ticket, t.Purpose, []string{t.RecipientMailbox}, "our letter of " + refOr(ticket) + " (reply address)", "one of our letters (reply address)"})
	}
	for _, t := range m.f.Threads {
		if t.TicketID == 0 {
			continue
		}
		ticket := t.Ticket
		ticket.ID = t.TicketID
		list = append(list, citation{ticket, t.Purpose, t.Participants, "a message of " + refOr(ticket), "a message of an enquiry"})
	}
	return list
}

func refOr(t Ticket) string {
	if t.Ref == "" {
		return "an enquiry"
	}
	return t.Ref
}

// belongs reports whether the sender has a part in what is cited: as somebody
// who wrote or was written to there, or as a current party of the case. A
// notice was written to staff: citing one makes nobody a part of anything.
func (m matcher) belongs(c citation) bool {
	if c.purpose == PurposeNotice || c.purpose == PurposeAccount {
		return false
	}
	if slices.Contains(c.participants, m.sender) {
		return true
	}
	caseID := m.final(c.ticket).CaseID
	for _, x := range m.f.Sender {
		if caseID != 0 && x.Case.ID == caseID {
			return true
		}
	}
	return false
}

// authFinding is what the check of the sender came to.
type authFinding struct {
	ok    bool
	words string
}

// checkAuth judges the sender by what our own receiving server recorded (RFC
// 8601); what any other server claims in the mail was dropped by the parser.
func checkAuth(a AuthResult, s MatchSettings) authFinding {
	if s.AuthServerID == "" {
		return authFinding{true, "The sender was not checked: no receiving server is set as trusted for that."}
	}
	if !strings.EqualFold(a.ServerID, s.AuthServerID) {
		if s.History {
			return authFinding{true, "The sender was not checked: the mail is older than hearback here."}
		}
		return authFinding{false, "Our receiving server left no result of checking the sender."}
	}
	switch d := strings.ToLower(a.DMARC); d {
	case "pass":
		return authFinding{true, "Our receiving server confirmed the sender's domain."}
	case "none", "bestguesspass":
		return authFinding{true, "The sender's domain publishes no way to confirm its mail."}
	case "fail":
		return authFinding{false, "Our receiving server says that the mail does not come from the sender's domain."}
	default:
		return authFinding{false, "Our receiving server has no result on the sender's domain."}
	}
}
