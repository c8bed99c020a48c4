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
)

// recipient is one mailbox that would get the letter.
type recipient struct {
	addr    Address
	mailbox string
	class   class
	people  []Person // everybody recorded with the mailbox: the strictest wins
	links   []Link   // of these people to the case of the letter
	name    string   // as the register has it; the address when nobody is recorded
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

// resolve reads every address of the letter and sorts out who each of them is.
func (m *matter) resolve() []Finding {
	var findings []Finding
	if len(m.l.Envelope) == 0 {
		findings = append(findings, Finding{Rule: RuleNoRecipient, Decision: Block, Words: "Nobody is chosen to get this."})
	}
	done := map[string]bool{}
	for _, group := range [][]string{m.l.Envelope, m.l.Audience, m.l.To, m.l.Cc, m.l.Bcc} {
		for _, s := range group {
			list, err := ParseAddresses(s)
			if err != nil {
				findings = append(findings, addressFinding(err))
				continue
			}
			for _, a := range list {
				if mb := a.Mailbox(); !done[mb] {
					done[mb] = true
					m.recipients = append(m.recipients, m.who(a))
				}
			}
		}
	}
	if len(m.recipients) == 0 && len(findings) == 0 {
		findings = append(findings, Finding{Rule: RuleNoRecipient, Decision: Block, Words: "Nobody is chosen to get this."})
	}
	for _, r := range m.recipients {
		if r.class != staffClass {
			m.outside = append(m.outside, r)
		}
	}
	return findings
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
	r := recipient{addr: a, mailbox: a.Mailbox(), name: a.String()}
	for _, p := range m.f.People {
		if !p.has(r.mailbox) {
			continue
		}
		r.people = append(r.people, p)
		if l, ok := p.here(m.f.CaseRef); ok {
			r.links = append(r.links, l)
		}
	}
	if len(r.people) > 0 {
		r.name = r.people[0].Name
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
			r.name, r.class = c.Name, colleague
			if c.OfCase {
				r.class = staffClass
			}
			return r
		}
	}
	switch {
	case len(r.people) > 0:
		r.class = elsewhere
	case m.f.DomainsOnly && slices.Contains(m.f.StaffDomains, a.Domain):
		r.class = staffClass
	}
	return r
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
