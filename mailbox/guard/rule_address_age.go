package guard

import "time"

// How old what is known of an address may be (requirements G04 and G17).
const (
	justAdded   = 24 * time.Hour
	longUnasked = 365 * 24 * time.Hour
)

// addressAge points out an address that somebody entered within a day, and one that nobody
// has checked for a year. Mail that came from it is a check.
func (m *matter) addressAge(r recipient) []Finding {
	if m.f.Today.IsZero() || m.l.Purpose.automatic() || m.wroteFrom(r.mailbox) {
		return nil
	}
	for _, p := range r.people {
		for _, a := range p.Addresses {
			if FoldMailbox(a.Email) != r.mailbox || a.AddedAt.IsZero() {
				continue
			}
			last := a.AddedAt
			if a.CheckedAt.After(last) {
				last = a.CheckedAt
			}
			f := Finding{Rule: RuleNewAddress, Decision: Warn, Mailbox: r.mailbox, Person: r.called}
			switch age := m.f.Today.Sub(last); {
			case a.CheckedAt.IsZero() && age >= 0 && age < justAdded:
				f.Words = "This address for " + r.called + " was added today. Compare it with what they gave us."
			case age > longUnasked:
				f.Words = "Nobody has checked " + r.called + "'s address for more than a year."
			default:
				continue
			}
			return []Finding{f}
		}
	}
	return nil
}

// inPassing reports a decision that a letter mentions without giving it: "panel agreed the
// hours, by the way".
func (m *matter) inPassing() bool {
	for _, s := range sentences(m.newest) {
		for i, w := range s {
			switch w {
			case "agreed", "decided", "refused", "declined", "approved", "awarded", "rejected":
			default:
				continue
			}
			if containsAny(s[max(0, i-4):i], "panel", "we", "council", "authority", "team") && !containsAny(s[i:], "meet", "hold", "visit", "call", "speak", "review", "date", "time", "you") {
				return true
			}
		}
	}
	return false
}
