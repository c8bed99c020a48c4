package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/register"
)

// oldestBelievable is how long before its arrival somebody may have written a
// mail that a colleague passes on: further back the date is more likely wrong
// than the family forgotten, and the time of arrival counts.
const oldestBelievable = 30 * 24 * time.Hour

// fromMachine: a telephone system or a printer sent it, and a person waits.
func fromMachine(k MailKind) bool { return k == KindVoicemail || k == KindScan }

// waits reports whether somebody waits because of mail of this kind.
func waits(k MailKind) bool { return k == KindHuman || fromMachine(k) }

// originOf finds out who is behind a mail that reached us by a colleague or a
// machine, and since when they wait.
func (w *work) originOf(ctx context.Context, m *incoming) error {
	in := m.in
	switch {
	case fromMachine(in.Kind):
		return w.originOfNotice(ctx, m)
	case in.Resent != nil:
		// A redirected mail is the sender's own in all but its route (RFC 5322
		// section 3.6.6): only its date is believed to whom we know.
		ours, err := w.isColleague(ctx, m, in.Resent.From.Email)
		if err != nil || !ours {
			return err
		}
		m.match.Reason += " A colleague redirected it to us." + m.waitsSince(in.Date)
		return nil
	case len(in.Forwarded) == 1 && m.facts.Staff != nil && m.facts.Staff.Active && !m.match.AuthFailed && isForward(in.Subject):
		return w.originOfForward(ctx, m, in.Forwarded[0])
	}
	return nil
}

// originOfForward makes a triage ticket of a mail that a colleague passed on: who
// wrote it stands in its text, which is a hint and no evidence. It is never joined
// to anything by itself; what it cites is suggested.
func (w *work) originOfForward(ctx context.Context, m *incoming, f Forwarded) error {
	inside, err := w.isColleague(ctx, m, f.From.Email)
	if err != nil || inside || !strings.Contains(f.From.Email, "@") {
		return err
	}
	r := MatchResult{Outcome: OutcomeTriage, Reason: "A colleague forwarded it; whoever sorts it says whose it is.", AuthFailed: m.match.AuthFailed}
	r.SuggestedID = m.match.SuggestedID
	if m.match.Outcome == OutcomeStaffNote {
		r.SuggestedID = m.match.TicketID
	}
	m.match = r
	m.suggestedSender = addressList([]MailAddress{f.From})
	people, err := w.tx.RecordedWith(ctx, register.FoldMailbox(f.From.Email))
	if err != nil {
		return err
	}
	m.suggestedPerson = onlyPerson(people)
	m.match.Reason += m.waitsSince(f.Date)
	return nil
}

// onlyPerson is the one person among facts; 0 when there are several: who reads an
// address that two share is asked, not guessed.
func onlyPerson(facts []SenderFact) int64 {
	id := int64(0)
	for _, f := range facts {
		if id != 0 && id != f.Person.ID {
			return 0
		}
		id = f.Person.ID
	}
	return id
}

// originOfNotice suggests the one person who is recorded with the number that
// called. A number can be lent and can be forged, so it decides nothing.
func (w *work) originOfNotice(ctx context.Context, m *incoming) error {
	n := m.in.Machine
	if n == nil {
		return nil
	}
	m.match.Reason += m.waitsSince(n.At)
	digits := phoneDigits(n.Number)
	if len(digits) < 7 {
		return nil
	}
	people, err := w.tx.PeopleByPhone(ctx, digits)
	if err != nil {
		return err
	}
	if len(people) == 1 {
		m.suggestedPerson = people[0]
		m.match.Reason += " One person is recorded with the number that called."
	}
	return nil
}

// phoneDigits is a British number as the register keeps it: digits only, with the
// leading 0 in place of the country's code.
func phoneDigits(number string) string {
	number, _, _ = strings.Cut(strings.ToLower(number), "x") // an extension
	number = strings.ReplaceAll(number, "(0)", "")
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	switch {
	case strings.HasPrefix(digits, "0044"):
		return "0" + digits[4:]
	case strings.HasPrefix(digits, "44") && len(digits) >= 11:
		return "0" + digits[2:]
	}
	return digits
}

// waitsSince dates the wait back to when the mail was written, when that can be
// believed, and says so.
func (m *incoming) waitsSince(written time.Time) string {
	if written.IsZero() || !written.Before(m.r.ReceivedAt) || m.r.ReceivedAt.Sub(written) > oldestBelievable {
		return ""
	}
	m.since = written.UTC().Truncate(time.Second)
	return " It was written " + sla.FormatShort(m.since) + ", and the wait counts from then."
}

// isColleague reports whether an address is one of ours: a mailbox, an account or
// on a domain of the council.
func (w *work) isColleague(ctx context.Context, m *incoming, address string) (bool, error) {
	folded := register.FoldMailbox(address)
	if folded == "" {
		return false, nil
	}
	if isOwnMailbox(address, m.own) || w.ourDomain(folded) {
		return true, nil
	}
	s, err := w.tx.StaffByMailbox(ctx, folded)
	if notFound(err) {
		return false, nil
	}
	return err == nil && s.Active, err
}

// isForward reads the mark that mail programs put before the subject of what they
// pass on.
func isForward(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range []string{"fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "doorst:", "vs:", "vb:", "pd:", "enc:", "[fwd:"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
