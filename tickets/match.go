package tickets

import (
	"fmt"
	"strings"
	"time"

	"hearback/tickets/register"
)

// MatchOutcome is where a mail belongs.
type MatchOutcome string

// The outcomes.
const (
	OutcomeJoin        MatchOutcome = "join"        // onto TicketID
	OutcomeReopen      MatchOutcome = "reopen"      // onto TicketID, which was finished
	OutcomeNew         MatchOutcome = "new"         // a new ticket on CaseID
	OutcomeTriage      MatchOutcome = "triage"      // a person has to say which case
	OutcomeUnconfirmed MatchOutcome = "unconfirmed" // a person has to say whether the sender belongs to SuggestedID
	OutcomeStaffNote   MatchOutcome = "staff_note"  // an answer of a colleague: a note on TicketID
	OutcomeSuppress    MatchOutcome = "suppress"    // our own mail coming back
)

// MatchSettings is what Match depends on besides the mail and the facts.
type MatchSettings struct {
	ReopenDays   int
	ReceivedAt   time.Time // of this mail: what "within 30 days" is measured at
	ChaserWords  WordList
	AuthServerID string // authserv-id that is trusted for this mailbox; "" when none is set
	History      bool   // imported mail, which may be older than the checks of the server
}

// MatchResult is the decision with its reason. The reason is stored and shown;
// it names case references and never people.
type MatchResult struct {
	Outcome     MatchOutcome
	TicketID    int64
	CaseID      int64
	PersonID    int64 // the sender; 0 when unknown or when several people share the mailbox
	PersonKind  register.PersonKind
	SuggestedID int64
	Chaser      bool // recognised by its wording
	NoContact   bool // we must not write to the sender: the mail is stored and nothing else
	KnownSender bool
	AuthFailed  bool // the sender's server says that the mail is not from there, or nothing was said
	Reason      string
}

// Match decides where a mail belongs. It is pure. The order is: reply token in
// the address, known Message-ID in References or In-Reply-To, sender with
// exactly one open case, a person. A subject alone decides nothing, and nobody
// is put on a case or a conversation of which they are no part.
func Match(in *Inbound, f MatchFacts, s MatchSettings) MatchResult {
	if fromMachine(in.Kind) {
		// A printer may well send as the shared mailbox itself. Its mail is nobody's
		// note and nobody's enquiry until a person says whose.
		r := MatchResult{Outcome: OutcomeTriage, AuthFailed: !checkAuth(in.Auth, s).ok}
		r.Reason = "A telephone system says that somebody left a message; a person has to say who."
		if in.Kind == KindScan {
			r.Reason = "A printer sent what somebody scanned; a person has to say whose it is."
		}
		return r
	}
	if f.OwnAddress {
		return MatchResult{Outcome: OutcomeSuppress, Reason: "It comes from one of our own mailboxes."}
	}
	auth := checkAuth(in.Auth, s)
	m := matcher{in: in, f: f, s: s, sender: register.FoldMailbox(in.FirstFrom()), auth: auth}
	r := m.decide()
	r.AuthFailed = !auth.ok
	r.KnownSender = len(f.Sender) > 0
	r.Reason += " " + auth.words
	return r
}

type matcher struct {
	in     *Inbound
	f      MatchFacts
	s      MatchSettings
	sender string
	auth   authFinding
}

func (m matcher) decide() MatchResult {
	cites := m.citations()
	suggested := int64(0)
	if len(cites) > 0 {
		suggested = m.final(cites[0].ticket).ID
	}
	if !strings.Contains(m.sender, "@") {
		return m.held(suggested, "It does not say which mailbox it is from.")
	}
	if len(m.in.Senders) > 1 {
		return m.held(suggested, "It names more than one sender.")
	}
	if m.f.Staff != nil && m.f.Staff.Active {
		return m.fromStaff(cites, suggested)
	}
	for _, c := range cites {
		if !m.belongs(c) {
			continue
		}
		if !m.auth.ok {
			return m.held(suggested, "It cites "+c.some+", but the sender could not be confirmed.")
		}
		return m.onto(c)
	}
	if len(cites) > 0 {
		return m.held(suggested, "It cites "+cites[0].some+", but the sender has no part in that conversation and is not on the case.")
	}
	return m.bySender()
}

// held is for a person: "unconfirmed" when a conversation was cited, else triage.
func (m matcher) held(suggested int64, reason string) MatchResult {
	r := MatchResult{Outcome: OutcomeTriage, SuggestedID: suggested, Reason: reason}
	if suggested != 0 || !m.auth.ok && len(m.f.Sender) > 0 {
		r.Outcome = OutcomeUnconfirmed
	}
	r.NoContact = m.noContact(0)
	return r
}

// fromStaff: what a colleague writes by mail is internal, whatever it answers
// (a reply to a notice must never travel on to the family).
func (m matcher) fromStaff(cites []citation, suggested int64) MatchResult {
	switch {
	case len(m.f.Sender) > 0:
		// A colleague can be a parent. Their mail is neither a note nor, without
		// a look, a parent's enquiry.
		return m.held(suggested, "The sender is a member of staff who is also recorded on a case.")
	case !m.auth.ok:
		return m.held(suggested, "The sender's address is a colleague's, but the sender could not be confirmed.")
	case len(cites) == 0:
		return MatchResult{Outcome: OutcomeTriage, Reason: "A colleague wrote it; it cites no conversation."}
	}
	t := m.final(cites[0].ticket)
	return MatchResult{
		Outcome: OutcomeStaffNote, TicketID: t.ID, CaseID: t.CaseID,
		Reason: "A colleague's answer to " + cites[0].some + ": kept as an internal note.",
	}
}

// onto puts the mail on the cited ticket, or where that ticket leads.
func (m matcher) onto(c citation) MatchResult {
	t := m.final(c.ticket)
	person, kind := m.personOn(t)
	r := MatchResult{
		Outcome: OutcomeJoin, TicketID: t.ID, CaseID: t.CaseID, PersonID: person, PersonKind: kind,
		NoContact: m.noContact(t.CaseID), Reason: "It answers " + c.what + ".",
	}
	if t.ID != c.ticket.ID {
		r.Reason = "It answers " + c.what + "; that enquiry is part of " + t.Ref + " now."
	}
	switch t.State {
	case StateMerged:
		return m.held(t.ID, "It answers "+c.some+", whose enquiry was merged into one that cannot be found.")
	case StateNotOurs:
		return m.held(t.ID, "It answers "+c.some+", which was set aside as not an enquiry.")
	case StateFinished:
		limit := time.Duration(m.s.ReopenDays) * 24 * time.Hour
		if t.FinishedAt != nil && m.s.ReceivedAt.After(t.FinishedAt.Add(limit)) {
			r.Outcome, r.TicketID = OutcomeNew, 0
			r.Reason += fmt.Sprintf(" %s was finished more than %d days ago, so this is a new enquiry on the same case.", t.Ref, m.s.ReopenDays)
			if t.CaseID == 0 {
				return m.held(t.ID, r.Reason)
			}
			return r
		}
		r.Outcome = OutcomeReopen
		r.Reason += fmt.Sprintf(" %s was finished at most %d days ago and opens again.", t.Ref, m.s.ReopenDays)
	}
	return r
}

// bySender matches by the sender's mailbox alone.
func (m matcher) bySender() MatchResult {
	if len(m.f.Sender) == 0 {
		return m.held(0, "Nobody is recorded with the sender's address.")
	}
	open := map[int64]SenderFact{}
	people := map[int64]bool{}
	for _, x := range m.f.Sender {
		people[x.Person.ID] = true
		if x.Case.Open {
			open[x.Case.ID] = x
		}
	}
	if len(open) == 0 {
		return m.held(0, "The sender is recorded only on cases that are not open.")
	}
	var only SenderFact
	for _, x := range open {
		only = x
	}
	for id := range people {
		if len(open) == 1 && !m.on(id, only.Case.ID) {
			return m.held(0, "The sender's address is shared by people of different cases.")
		}
	}
	if len(open) > 1 {
		if len(people) > 1 {
			return m.held(0, "The sender's address is recorded for several people and several cases.")
		}
		return m.held(0, "The sender is on several cases; a person has to say which.")
	}
	if !m.auth.ok {
		return m.held(0, "The sender is recorded on one open case, but could not be confirmed.")
	}
	person, kind := m.personOn(Ticket{CaseID: only.Case.ID})
	r := MatchResult{
		Outcome: OutcomeNew, CaseID: only.Case.ID, PersonID: person, PersonKind: kind,
		NoContact: m.noContact(only.Case.ID),
		Reason:    "The sender is on one open case, " + only.Case.Ref + ".",
	}
	if t, words, ok := m.chased(only); ok {
		r.Outcome, r.TicketID, r.Chaser = OutcomeJoin, t.ID, true
		r.Reason += fmt.Sprintf(" It asks again (%q) and %s is the one enquiry of theirs that waits.", words, t.Ref)
	}
	return r
}

// chased is the sender's one waiting ticket when the mail reads like a second
// request. Only the sender's own: joining what the other parent or a school
// asked would put two people into one conversation.
func (m matcher) chased(x SenderFact) (Ticket, string, bool) {
	text := m.in.ReplyText
	if text == "" {
		text = m.in.Text
	}
	words := m.s.ChaserWords.In(m.in.Subject + "\n" + text)
	if len(words) == 0 {
		return Ticket{}, "", false
	}
	waiting := map[int64]Ticket{}
	for _, y := range m.f.Sender {
		if y.Case.ID != x.Case.ID {
			continue
		}
		for _, t := range y.Open {
			if t.Waiting() && t.CaseID == x.Case.ID && (t.RequesterID == y.Person.ID || t.RequesterMailbox == m.sender) {
				waiting[t.ID] = t
			}
		}
	}
	if len(waiting) != 1 {
		return Ticket{}, "", false
	}
	for _, t := range waiting {
		return t, words[0], true
	}
	return Ticket{}, "", false
}

// on reports whether a person with the sender's mailbox is on the case.
func (m matcher) on(personID, caseID int64) bool {
	for _, x := range m.f.Sender {
		if x.Person.ID == personID && x.Case.ID == caseID {
			return true
		}
	}
	return false
}

// noContact: the strictest of everybody with the mailbox counts; on one case,
// or on any when caseID is 0.
func (m matcher) noContact(caseID int64) bool {
	for _, x := range m.f.Sender {
		if x.Link.NoContact && (caseID == 0 || x.Case.ID == caseID) {
			return true
		}
	}
	// Another spelling of a mailbox may well be theirs: nothing is sent to it, on
	// whatever case.
	for _, x := range m.f.Variants {
		if x.Link.NoContact {
			return true
		}
	}
	return false
}

// personOn is who the sender is on the ticket's case. When two people of the
// case share the mailbox it is the one who opened the ticket, otherwise nobody.
func (m matcher) personOn(t Ticket) (int64, register.PersonKind) {
	var id int64
	var kind register.PersonKind
	for _, x := range m.f.Sender {
		if x.Case.ID != t.CaseID || t.CaseID == 0 {
			continue
		}
		if x.Person.ID == t.RequesterID {
			return x.Person.ID, x.Person.Kind
		}
		if id != 0 && id != x.Person.ID {
			return 0, x.Person.Kind
		}
		id, kind = x.Person.ID, x.Person.Kind
	}
	return id, kind
}

// final follows a merge.
func (m matcher) final(t Ticket) Ticket {
	if t.State == StateMerged {
		if into, ok := m.f.Merged[t.ID]; ok {
			return into
		}
	}
	return t
}
