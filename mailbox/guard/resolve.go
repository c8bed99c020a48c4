package guard

import (
	"errors"
	"slices"
	"strings"
)

// class is what a recipient is to the case of the letter.
type class int

const (
	unknown    class = iota // recorded nowhere
	elsewhere               // in the register, not linked to this case
	colleague               // active account without access to this case
	contact                 // linked to this case
	staffClass              // staff of this case, or one of our own mailboxes
	list                    // a distribution list: its members are the recipients
)

// recipient is one mailbox that would get the letter.
type recipient struct {
	addr    Address
	mailbox string
	class   class
	people  []Person // everybody recorded with the mailbox: the strictest wins
	links   []Link   // of these people to the case of the letter
	name    string   // as the register has it; the address when nobody is recorded
	called  string   // name as a finding may say it: of somebody on this case or of staff; else the address
	shown   []string // display names that the letter gives it
	hidden  bool     // only a header field says that it would get the letter
	through string   // the list or mailbox that passes the letter on to it
	variant string   // the recorded mailbox that this is a tagged form of
	sealed  bool     // a list whose members cannot be seen
}

// here reports whether the person is linked to the case of the letter.
func (p Person) here(caseRef string) (Link, bool) {
	for _, l := range p.Links {
		if caseRef != "" && l.CaseRef == caseRef {
			return l, true
		}
	}
	return Link{}, false
}

func (p Person) has(mailbox string) bool {
	for _, a := range p.Addresses {
		if FoldMailbox(a.Email) == mailbox {
			return true
		}
	}
	return false
}

// resolve reads every address of the letter, goes through lists and forwarding to
// the mailboxes where it would end, and sorts out who each of them is.
func (m *matter) resolve() []Finding {
	var findings []Finding
	if len(m.l.Envelope) == 0 {
		findings = append(findings, Finding{Rule: RuleNoRecipient, Decision: Block, Words: "Nobody is chosen to get this."})
	}
	m.reach = newReach(m.f)
	done := map[string]int{}
	add := func(a Address, hidden bool) {
		mb := a.Mailbox()
		i, known := done[mb]
		if !known {
			i = len(m.recipients)
			done[mb] = i
			m.recipients = append(m.recipients, m.who(a))
		}
		r := &m.recipients[i]
		if a.Name != "" {
			r.shown = append(r.shown, a.Name)
		}
		r.hidden = !known && hidden || r.hidden && hidden
	}
	for _, group := range [][]string{m.l.Envelope, m.l.Audience, m.l.To, m.l.Cc, m.l.Bcc} {
		for _, s := range group {
			list, err := ParseAddresses(s)
			if err != nil {
				findings = append(findings, addressFinding(err))
				continue
			}
			for _, a := range list {
				add(a, false)
			}
		}
	}
	for _, h := range m.l.Headers {
		if !isHiddenRecipient(h.Name) {
			continue
		}
		list, err := ParseAddresses(headerAddresses(h))
		if err != nil {
			findings = append(findings, addressFinding(err))
			continue
		}
		for _, a := range list {
			add(a, true)
		}
	}
	findings = append(findings, m.expand(done)...)
	if len(m.recipients) == 0 && len(findings) == 0 {
		findings = append(findings, Finding{Rule: RuleNoRecipient, Decision: Block, Words: "Nobody is chosen to get this."})
	}
	for _, r := range m.recipients {
		if r.class != staffClass && r.class != list {
			m.outside = append(m.outside, r)
		}
	}
	return findings
}

// isHiddenRecipient reports header fields that give a letter further recipients
// (RFC 5322 sections 3.6.3 and 3.6.6).
func isHiddenRecipient(name string) bool {
	switch strings.ToLower(name) {
	case "bcc", "resent-to", "resent-cc", "resent-bcc", "apparently-to", "x-envelope-to", "x-original-to":
		return true
	}
	return false
}

func headerAddresses(h Header) string {
	if h.Raw != "" {
		return h.Raw
	}
	return h.Value
}

// addressFinding never repeats the string: it may be made to break a page or a log.
func addressFinding(err error) Finding {
	f := Finding{
		Rule: RuleUnparseable, Decision: Block,
		Words: "We cannot read this address safely. Pick the person from the case.",
	}
	var e *AddressError
	if errors.As(err, &e) {
		f.Rule, f.Evidence = e.Rule, e.Why
	}
	if f.Rule == RuleDisplayNameSpoof {
		f.Words = "It shows one address but would be delivered to another."
	}
	return f
}

// who sorts one mailbox. A person on the case is outside for that case whatever
// her domain and whatever account she has.
func (m *matter) who(a Address) recipient {
	r := recipient{addr: a, mailbox: a.Mailbox(), name: a.String(), called: a.String()}
	m.recorded(&r, r.mailbox)
	if len(r.people) == 0 && !m.isStaffAddress(a) {
		// A tagged form of a recorded mailbox: whoever it belongs to, what is true of
		// them is true of it.
		if plain := untagged(r.mailbox); plain != r.mailbox {
			if m.recorded(&r, plain); len(r.people) > 0 {
				r.variant = plain
			}
		}
	}
	if len(r.people) > 0 {
		r.name = r.people[0].Name
	}
	if i := slices.IndexFunc(r.people, m.party); i >= 0 {
		r.called = r.people[i].Name
	}
	switch {
	case len(r.links) > 0:
		r.class = contact
		return r
	case slices.ContainsFunc(m.f.OwnMailboxes, func(own string) bool { return FoldMailbox(own) == r.mailbox }):
		r.class = staffClass
		return r
	}
	for _, c := range m.f.Staff {
		if FoldMailbox(c.Mailbox) == r.mailbox {
			r.name, r.called, r.class = c.Name, c.Name, colleague
			if c.OfCase {
				r.class = staffClass
			}
			return r
		}
	}
	switch {
	case len(r.people) > 0:
		r.class = elsewhere
	case m.f.DomainsOnly && m.staffDomain(a.Domain):
		r.class = staffClass
	}
	return r
}

// recorded adds the people of a mailbox: a mailbox is everybody recorded with it.
func (m *matter) recorded(r *recipient, mailbox string) {
	for _, p := range m.f.People {
		if !p.has(mailbox) {
			continue
		}
		r.people = append(r.people, p)
		if l, ok := p.here(m.f.CaseRef); ok {
			r.links = append(r.links, l)
		}
	}
}

// isStaffAddress reports an address that is staff's by account or domain.
func (m *matter) isStaffAddress(a Address) bool {
	mb := a.Mailbox()
	for _, c := range m.f.Staff {
		if FoldMailbox(c.Mailbox) == mb {
			return true
		}
	}
	for _, own := range m.f.OwnMailboxes {
		if FoldMailbox(own) == mb {
			return true
		}
	}
	return m.f.DomainsOnly && m.staffDomain(a.Domain)
}

// staffDomain compares exactly: no subdomain, no suffix.
func (m *matter) staffDomain(domain string) bool {
	return slices.ContainsFunc(m.f.StaffDomains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// visible are the mailboxes that everybody who gets the letter can see.
func (m *matter) visible() []string {
	var out []string
	for _, group := range [][]string{m.l.To, m.l.Cc} {
		for _, s := range group {
			list, err := ParseAddresses(s)
			if err != nil {
				continue // found in resolve already
			}
			for _, a := range list {
				out = append(out, a.Mailbox())
			}
		}
	}
	return out
}

// parties are the people linked to the case of the letter.
func (m *matter) parties() []Person {
	var out []Person
	for _, p := range m.f.People {
		if _, ok := p.here(m.f.CaseRef); ok {
			out = append(out, p)
		}
	}
	return out
}

// child is how the child of the case is named in findings: initials, as in
// every list of the helpdesk.
func (m *matter) child() string {
	f := strings.Fields(m.f.Child.Name)
	if len(f) == 0 {
		return "this child"
	}
	out := string([]rune(f[0])[:1]) + "."
	if len(f) > 1 {
		out += string([]rune(f[len(f)-1])[:1]) + "."
	}
	return strings.ToUpper(out)
}
