package guard

import (
	"slices"
	"strings"
)

// judgePerson asks of every recipient whether this person may have this letter.
func judgePerson(m *matter) []Finding {
	out := m.noContact()
	for _, r := range m.outside {
		out = append(out, m.linked(r)...)
		out = append(out, m.responsibility(r)...)
	}
	return append(out, m.salutation()...)
}

// noContact stops everything to a mailbox that is, in any spelling, one of
// somebody whom we must not contact: about the child of the case, or, when the
// letter is on no case, about any child. Who is asked does not matter: staff
// included, for somebody may be both.
func (m *matter) noContact() []Finding {
	var out []Finding
	mailboxes := make([]string, 0, len(m.recipients))
	for _, r := range m.recipients {
		mailboxes = append(mailboxes, r.mailbox)
	}
	for _, a := range m.answerAddresses() {
		if !m.isOurs(a) {
			mailboxes = append(mailboxes, a.Mailbox())
		}
	}
	for _, p := range m.f.People {
		if !p.barred(m.f.CaseRef) {
			continue
		}
		for _, mb := range mailboxes {
			if p.spells(mb) {
				out = append(out, m.mustNot(p, mb, mb))
			}
		}
	}
	return once(out)
}

func (p Person) barred(caseRef string) bool {
	if p.Barred {
		return true
	}
	for _, l := range p.Links {
		if l.NoContact && (caseRef == "" || l.CaseRef == caseRef) {
			return true
		}
	}
	return false
}

// spells reports whether the mailbox is any spelling of one of the person's.
func (p Person) spells(mailbox string) bool {
	for _, a := range p.Addresses {
		if LooseMailbox(a.Email) == LooseMailbox(mailbox) {
			return true
		}
	}
	return false
}

// linked asks whether an outside recipient is a party of the case.
func (m *matter) linked(r recipient) []Finding {
	if m.l.Purpose == PurposeReceipt || m.l.Purpose == PurposeNotice || m.l.Purpose == PurposeAccount {
		return nil // the automatic ones are judged by their own recipient rules
	}
	if r.class == contact {
		return m.sharedWith(r)
	}
	if m.f.CaseRef == "" {
		return m.strangerAnswered(r)
	}
	if r.class == elsewhere && m.mustBeLinked(r) || m.f.PartiesOnly {
		return []Finding{m.notLinked(r)}
	}
	if !m.identifies() {
		return nil
	}
	if m.unlisted(r.addr.Domain) {
		return []Finding{{
			Rule: RuleUnlistedDomain, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
			Words: r.addr.Domain + " is not on our staff list, so we treat it as outside.",
		}}
	}
	return []Finding{{
		Rule: RuleUnlinked, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
		Words: r.addr.String() + " is not on " + m.child() + "'s case. What do they need this for?",
	}}
}

// unlisted reports a subdomain of ours that is not on the list itself.
func (m *matter) unlisted(domain string) bool {
	for _, d := range m.f.StaffDomains {
		if strings.HasSuffix(domain, "."+strings.ToLower(d)) {
			return true
		}
	}
	return false
}

// strangerAnswered: a letter on no case answers whoever wrote, alone. Who that
// is for which child is not known yet.
func (m *matter) strangerAnswered(r recipient) []Finding {
	if !m.f.PartiesOnly {
		return nil
	}
	if a := m.f.Answered; a != nil && FoldMailbox(a.Mailbox) == r.mailbox && len(m.recipients) == 1 {
		return nil
	}
	return []Finding{{
		Rule: RuleNotLinked, Decision: Block, Mailbox: r.mailbox, Person: r.called,
		Words: "This is on no case yet. You can answer whoever wrote, and nobody else.",
	}}
}

// mustBeLinked reports the kinds of people who have no business with a case
// that they are not on, whatever the letter says.
func (m *matter) mustBeLinked(r recipient) bool {
	return slices.ContainsFunc(r.people, func(p Person) bool { return inPerson(p.Kind) })
}

func (m *matter) notLinked(r recipient) Finding {
	f := Finding{
		Rule: RuleNotLinked, Decision: Block, Mailbox: r.mailbox, Person: r.called,
		Words: r.called + " is not linked to " + m.child() + "'s case, so cannot be sent this.",
	}
	g := greetingOf(m.newest)
	for _, p := range m.parties() {
		if calls(g.words, nameWords(p.Name)) && !m.receives(p) {
			f.Rule = RuleWrongCase
			f.Words = "You greeted " + p.Name + " but this would go to " + r.called + ", who is not on this case."
		}
	}
	return f
}

func (m *matter) receives(p Person) bool {
	for _, r := range m.recipients {
		if p.has(r.mailbox) {
			return true
		}
	}
	return false
}

// identifies reports whether the letter says which child it is about: by a name,
// an identifier, a date of birth or the case's reference.
func (m *matter) identifies() bool {
	own := IndexChildren([]Child{m.f.Child})
	for _, v := range m.views {
		if len(own.find(v)) > 0 {
			return true
		}
		for i, n := range m.names.child {
			if i == 0 && isAlsoWord(n) {
				if v.text != "" && m.namesChild(v.text) {
					return true
				}
				continue
			}
			if len(n) > 2 && (runOf(v.words, []string{n}) >= 0 || runOf(v.words, []string{n + "s"}) >= 0) {
				return true
			}
		}
	}
	return false
}

// responsibility applies the rules about parental responsibility. A recorded
// carer is no parent in the register's sense and passes.
func (m *matter) responsibility(r recipient) []Finding {
	if m.l.Purpose == PurposeAck || m.l.Purpose == PurposeReceipt {
		return nil // they hold nothing about the child: judgePurpose sees to that
	}
	worst := PR("")
	for _, p := range r.people {
		l, ok := p.here(m.f.CaseRef)
		if !ok || p.Kind != KindParent {
			continue
		}
		switch {
		case l.PR == PRNo || worst == PRNo:
			worst = PRNo
		case l.PR != PRYes:
			worst = PRNotChecked
		case worst == "":
			worst = PRYes
		}
	}
	switch {
	case worst == PRNo && m.tells(r):
		return []Finding{{
			Rule: RuleNoPR, Decision: Block, Mailbox: r.mailbox, Person: r.called,
			Words: r.called + " is not recorded as having parental responsibility for " + m.child() + ", so cannot be sent this.",
		}}
	case worst == PRNo:
		return []Finding{{
			Rule: RuleNoPRAck, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
			Words: "You can say we got " + r.called + "'s message. You cannot share details about " + m.child() + ".",
		}}
	case worst == PRNotChecked:
		return []Finding{{
			Rule: RulePRNotChecked, Decision: Warn, Mailbox: r.mailbox, Person: r.called,
			Words: "Nobody has checked yet whether " + r.called + " has parental responsibility for " + m.child() + ".",
		}}
	}
	return nil
}

// salutation compares who is greeted with who would get it.
func (m *matter) salutation() []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	g := greetingOf(m.newest)
	if len(g.words) == 0 || g.all {
		return nil
	}
	for _, r := range m.recipients {
		if calls(g.words, nameWords(r.name)) {
			return nil
		}
		for _, p := range r.people {
			if calls(g.words, nameWords(p.Name)) {
				return nil
			}
		}
	}
	if !g.formal && m.isStaffFirst(g.words) {
		return nil // judgeTalk asks about that
	}
	var out []Finding
	for _, p := range m.f.People {
		if !calls(g.words, nameWords(p.Name)) {
			continue
		}
		greeted := p.Name
		if !m.party(p) {
			greeted = "\"" + title(strings.Join(g.words, " ")) + "\"" // as the letter says it
		}
		for _, r := range m.outside {
			if r.class == contact {
				out = append(out, Finding{
					Rule: RuleSalutation, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
					Words: "You greeted " + greeted + ", but this goes to " + r.called + ".",
				})
			}
		}
	}
	return out
}
