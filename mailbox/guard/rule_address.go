package guard

import (
	"slices"
	"strings"
)

// judgeAddress asks of every address whether it is what it seems: one of ours, a
// slip of a known one, a new one of somebody known.
func judgeAddress(m *matter) []Finding {
	var out []Finding
	for _, r := range m.outside {
		if f, ok := m.likeOurs(r.addr, r.people); ok {
			out = append(out, f)
			continue
		}
		out = append(out, m.shownAs(r)...)
		switch {
		case r.sealed || r.class == colleague:
		case r.variant != "":
			if !m.wroteFrom(r.mailbox) {
				out = append(out, Finding{
					Rule: RuleVariant, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
					Words: m.variantWords(r),
				})
			}
		case len(r.people) == 0:
			out = append(out, m.newAddress(r)...)
		}
	}
	for _, a := range m.answerAddresses() {
		if f, ok := m.likeOurs(a, nil); ok && !m.isOurs(a) {
			out = append(out, f)
		}
	}
	return out
}

// likeOurs stops an address whose domain could be taken for the council's or a
// contact's. Somebody in the register is who the register says.
func (m *matter) likeOurs(a Address, recorded []Person) (Finding, bool) {
	if len(recorded) > 0 || m.staffDomain(a.Domain) {
		return Finding{}, false
	}
	rule := ""
	for _, ours := range m.f.StaffDomains {
		if rule == "" && !slices.ContainsFunc(m.f.StaffDomains, func(d string) bool { return strings.HasSuffix(a.Domain, "."+d) }) {
			rule = likeDomain(a.Domain, strings.ToLower(ours))
		}
	}
	if rule == "" && !isASCIIDomain(a.Domain) {
		if mixedScripts(a.Domain) {
			rule = RuleDomainHomograph
		}
		for d := range m.known().domains {
			if d != a.Domain && shape(d) == shape(a.Domain) {
				rule = RuleDomainHomograph
			}
		}
	}
	if rule == "" {
		return Finding{}, false
	}
	return Finding{Rule: rule, Decision: Block, Mailbox: a.Mailbox(), Words: a.Domain + " looks like an address that we know but is not."}, true
}

// isASCIIDomain reports a domain without A-labels, which needs no Unicode.
func isASCIIDomain(d string) bool { return !strings.Contains(d, "xn--") }

// known are the mailboxes in use.
func (m *matter) known() *Mailboxes {
	if m.f.Known != nil {
		return m.f.Known
	}
	var list []KnownMailbox
	for _, p := range m.f.People {
		for _, c := range p.Addresses {
			list = append(list, KnownMailbox{c.Email, p.Name})
		}
	}
	for _, s := range m.f.Staff {
		list = append(list, KnownMailbox{s.Mailbox, s.Name})
	}
	for _, own := range m.f.OwnMailboxes {
		list = append(list, KnownMailbox{own, "us"})
	}
	for _, g := range m.f.Directory.Groups {
		list = append(list, KnownMailbox{g.Mailbox, "a list"})
	}
	m.f.Known = IndexMailboxes(list)
	return m.f.Known
}

// newAddress looks at a mailbox that is recorded nowhere: nearly a known one, or
// claimed to be somebody's.
func (m *matter) newAddress(r recipient) []Finding {
	k, ok := m.known().nearly(r.mailbox)
	if ok && m.unlisted(r.addr.Domain) && m.staffDomain(domainOf(k.Email)) {
		ok = false // a department of the council's: outside, and asked about as such
	}
	if ok {
		f := Finding{
			Rule: RuleNearMiss, Decision: Block, Mailbox: r.mailbox,
			Words: r.addr.String() + " is very close to another address that we know. Compare it with the record, letter by letter.",
		}
		if m.tellable(k.Email) {
			f.Person, f.Words = k.Name, r.addr.String()+" is very close to "+k.Email+", which we use for "+k.Name+"."
		}
		return []Finding{f}
	}
	g := greetingOf(m.newest)
	for _, p := range m.parties() {
		n := nameWords(p.Name)
		claimed := !m.receives(p) && len(g.words) > 0 && calls(g.words, n) || slices.ContainsFunc(r.shown, func(s string) bool { return sameFullName(nameWords(s), n) }) || carries(plainLocal(r.mailbox), n)
		if !claimed {
			continue
		}
		if p.barred(m.f.CaseRef) {
			return []Finding{m.mustNot(p, r.mailbox, r.addr.String())}
		}
		return []Finding{{
			Rule: RuleNewAddress, Decision: Confirm, Mailbox: r.mailbox, Person: p.Name,
			Words: "This is a new address for " + p.Name + ". Check it by phone first.",
		}}
	}
	if p, ok := m.privateDomain(domainOf(r.mailbox)); ok {
		return []Finding{{
			Rule: RuleVariant, Decision: Confirm, Mailbox: r.mailbox, Person: p.Name,
			Words: "We normally write to " + p.Name + " at another address there. Use this one?",
		}}
	}
	return nil
}

// carries reports a local part that is made of somebody's first and last name.
func carries(plain string, name []string) bool {
	if len(name) < 2 {
		return false
	}
	first, last := looks(name[0]), looks(name[len(name)-1])
	return len(first) >= 3 && len(last) >= 3 && strings.Contains(plain, first) && strings.Contains(plain, last)
}

// privateDomain is the family whose own domain it is: everybody who is recorded
// with an address there is of that one family, and it is nobody's mail service.
func (m *matter) privateDomain(domain string) (Person, bool) {
	var found []Person
	for _, p := range m.f.People {
		for _, c := range p.Addresses {
			if domainOf(FoldMailbox(c.Email)) == domain {
				found = append(found, p)
			}
		}
	}
	if len(found) == 0 || isMailService(domain) {
		return Person{}, false
	}
	for _, p := range found {
		if p.Kind != KindParent && p.Kind != KindYoungPerson && p.Kind != KindOther {
			return Person{}, false
		}
		if _, ok := p.here(m.f.CaseRef); !ok {
			return Person{}, false
		}
	}
	n := nameWords(found[0].Name)
	label, _, _ := strings.Cut(domain, ".")
	// The family's name stands in it, or it would be a small provider's.
	return found[0], len(n) > 0 && strings.Contains(label, n[len(n)-1])
}

func isMailService(domain string) bool {
	for _, s := range []string{"gmail.", "hotmail.", "outlook.", "yahoo.", "live.", "icloud.", "aol.", "btinternet.", "sky.", "virginmedia.", "talktalk.", "example.com", "example.org", "example.net"} {
		if strings.HasPrefix(domain, s) {
			return true
		}
	}
	return false
}

// shownAs compares the name that is shown with the one who would get the letter.
// A name is evidence against an address, never for it.
func (m *matter) shownAs(r recipient) []Finding {
	for _, s := range r.shown {
		n := nameWords(s)
		if len(n) < 2 || slices.ContainsFunc(r.people, func(p Person) bool { return sameFullName(n, nameWords(p.Name)) }) {
			continue
		}
		for _, c := range m.f.Staff {
			if sameFullName(n, nameWords(c.Name)) {
				return []Finding{{
					Rule: RuleDisplayNameSpoof, Decision: Block, Mailbox: r.mailbox, Person: r.called,
					Words: "It shows \"" + c.Name + "\" but would be delivered to " + r.addr.String() + ".",
				}}
			}
		}
		for _, p := range m.f.People {
			if !sameFullName(n, nameWords(p.Name)) || p.has(r.mailbox) {
				continue
			}
			if p.barred(m.f.CaseRef) && len(r.people) == 0 {
				return []Finding{m.mustNot(p, r.mailbox, s)}
			}
			if len(r.people) > 0 {
				return []Finding{{
					Rule: RuleDisplayNameSpoof, Decision: Block, Mailbox: r.mailbox, Person: r.called,
					Words: "It shows \"" + s + "\" but would be delivered to " + r.addr.String() + ".",
				}}
			}
		}
	}
	return nil
}

// sameFullName compares first and last name; "Greaves, Leanne" is Leanne Greaves.
func sameFullName(a, b []string) bool {
	if len(a) < 2 || len(b) < 2 {
		return false
	}
	return a[0] == b[0] && a[len(a)-1] == b[len(b)-1] || reversed(a, b)
}

// wroteFrom reports whether the mailbox wrote to us.
func (m *matter) wroteFrom(mailbox string) bool {
	for _, s := range m.f.Seen {
		if s.Wrote && FoldMailbox(s.Mailbox) == mailbox {
			return true
		}
	}
	return m.f.Answered != nil && FoldMailbox(m.f.Answered.Mailbox) == mailbox
}

// answerAddresses are the addresses that answers, receipts and errors would go to.
func (m *matter) answerAddresses() []Address {
	var out []Address
	read := func(s string) {
		if list, err := ParseAddresses(s); err == nil {
			out = append(out, list...)
		}
	}
	for _, s := range m.l.ReplyTo {
		read(s)
	}
	for _, h := range m.l.Headers {
		switch strings.ToLower(h.Name) {
		case "reply-to", "sender", "disposition-notification-to", "return-receipt-to", "errors-to", "mail-followup-to", "mail-reply-to", "return-path":
			read(headerAddresses(h))
		}
	}
	return out
}
