package guard

// What a finding may say. Whoever reads it may open the case of the letter, and the
// letter; of every other case it says that there is one, and nothing of it: no name,
// no address, no restriction. The facts hold more, because a mailbox may be that of
// people on several cases, and near misses are looked for in the whole register.

// party reports somebody on the case of the letter.
func (m *matter) party(p Person) bool {
	_, ok := p.here(m.f.CaseRef)
	return ok
}

// called is a person's name, for somebody on the case of the letter.
func (m *matter) called(p Person) string {
	if m.party(p) {
		return p.Name
	}
	return "somebody else"
}

// tellable reports an address that everybody on the case may know: of somebody on
// it, of staff, of ours, or a list.
func (m *matter) tellable(email string) bool {
	mb := FoldMailbox(email)
	for _, p := range m.f.People {
		if m.party(p) && p.has(mb) {
			return true
		}
	}
	for _, s := range m.f.Staff {
		if FoldMailbox(s.Mailbox) == mb {
			return true
		}
	}
	for _, own := range m.f.OwnMailboxes {
		if FoldMailbox(own) == mb {
			return true
		}
	}
	for _, g := range m.f.Directory.Groups {
		if FoldMailbox(g.Mailbox) == mb {
			return true
		}
	}
	return m.staffDomain(domainOf(mb))
}

// mustNot is the finding about somebody whom we must not contact; shown is how the
// letter has them.
func (m *matter) mustNot(p Person, mailbox, shown string) Finding {
	if m.party(p) {
		return Finding{
			Rule: RuleNoContact, Decision: Block, Mailbox: mailbox, Person: p.Name,
			Words: "We must not contact " + p.Name + " about " + m.child() + ". Not by this message or any other.",
		}
	}
	return Finding{
		Rule: RuleNoContact, Decision: Block, Mailbox: mailbox, Person: shown,
		Words: "We must not write to " + shown + ". Not by this message or any other.",
	}
}

// variantWords say that an address is a form of a recorded one.
func (m *matter) variantWords(r recipient) string {
	for _, p := range r.people {
		if m.party(p) {
			return "We normally write to " + r.variant + ". This is another address of theirs."
		}
	}
	return r.addr.String() + " is a form of an address that we know. Compare it with the record."
}
