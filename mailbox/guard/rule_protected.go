package guard

import "strings"

// judgeProtected keeps protected addresses from the others on the case, and
// families from seeing one another.
func judgeProtected(m *matter) []Finding {
	out := m.protectedEmail()
	out = append(out, m.protectedPostal()...)
	return append(out, m.families()...)
}

// protectedEmail stops a letter that shows a protected mailbox to another
// outsider, in To or Cc or anywhere in what would leave. To a professional on the
// case alone it is a question.
func (m *matter) protectedEmail() []Finding {
	var out []Finding
	shown := map[string]bool{}
	for _, v := range m.visible() {
		shown[v] = true
	}
	for _, p := range m.f.People {
		for _, a := range p.Addresses {
			if !a.Confidential {
				continue
			}
			mb := FoldMailbox(a.Email)
			if !shown[mb] && !m.mentions(a.Email) {
				continue
			}
			for _, r := range m.outside {
				if p.has(r.mailbox) {
					continue
				}
				f := Finding{
					Rule: RuleConfidentialEmail, Decision: Block, Mailbox: r.mailbox, Person: r.name,
					Words: r.name + " would see " + p.Name + "'s protected email address.",
				}
				if r.professional() && len(m.others(p)) == 1 {
					f.Decision = Confirm
				}
				out = append(out, f)
			}
		}
	}
	return once(out)
}

// mentions reports an address anywhere in the letter but its address fields.
func (m *matter) mentions(email string) bool {
	e := strings.ToLower(strings.TrimSpace(email))
	for _, v := range m.views {
		if e != "" && strings.Contains(strings.ToLower(v.text), e) {
			return true
		}
	}
	return false
}

// others are the outside recipients who are not p.
func (m *matter) others(p Person) []recipient {
	var out []recipient
	for _, r := range m.outside {
		if !p.has(r.mailbox) {
			out = append(out, r)
		}
	}
	return out
}

func (r recipient) professional() bool {
	if r.class != contact {
		return false
	}
	for _, p := range r.people {
		if p.Kind != KindSchool && p.Kind != KindProfessional {
			return false
		}
	}
	return true
}

// protectedPostal looks for the first line or the postcode of a protected
// address, with spaces and punctuation left out.
func (m *matter) protectedPostal() []Finding {
	var out []Finding
	for _, p := range m.f.People {
		if p.Postal == "" || !p.hidden() {
			continue
		}
		for _, needle := range postalNeedles(p.Postal) {
			for _, v := range m.views {
				if !strings.Contains(compact(v.words), needle) {
					continue
				}
				for _, r := range m.others(p) {
					out = append(out, Finding{
						Rule: RuleConfidentialAddress, Decision: Block, Mailbox: r.mailbox, Person: r.name, Evidence: v.where,
						Words: "This holds a protected address. " + r.name + " must not be told it.",
					})
				}
			}
		}
	}
	return once(out)
}

func (p Person) hidden() bool {
	for _, l := range p.Links {
		if l.AddressHidden {
			return true
		}
	}
	return false
}

// postalNeedles are the first line and the postcode, packed.
func postalNeedles(postal string) []string {
	var out []string
	parts := strings.FieldsFunc(postal, func(r rune) bool { return r == ',' || r == '\n' })
	if len(parts) == 0 {
		return nil
	}
	if first := compact(words(parts[0])); len(first) >= 6 {
		out = append(out, first)
	}
	if w := words(parts[len(parts)-1]); len(w) >= 2 {
		if code := compact(w[len(w)-2:]); len(code) >= 5 && len(code) <= 7 && strings.ContainsAny(code, "0123456789") {
			out = append(out, code)
		}
	}
	return out
}

// families stops a letter in whose To and Cc people of unrelated children would
// see one another, whatever it says. Where they are hidden from one another it
// asks.
func (m *matter) families() []Finding {
	shown := map[string]bool{}
	for _, v := range m.visible() {
		shown[v] = true
	}
	var family []recipient
	for _, r := range m.outside {
		if r.ofFamily() {
			family = append(family, r)
		}
	}
	var out []Finding
	for i, a := range family {
		for _, b := range family[i+1:] {
			switch {
			case related(a, b):
			case shown[a.mailbox] && shown[b.mailbox]:
				return []Finding{{Rule: RuleBulkVisible, Decision: Block, Words: "These families would see each other."}}
			case len(out) == 0:
				out = []Finding{{Rule: RuleBulkHidden, Decision: Confirm, Words: "Several families are in one hidden list. One email each is safer."}}
			}
		}
	}
	return out
}

func (r recipient) ofFamily() bool {
	for _, p := range r.people {
		if p.Kind == KindParent || p.Kind == KindYoungPerson || p.Kind == KindOther {
			return true
		}
	}
	return false
}

func related(a, b recipient) bool {
	cases := map[string]bool{}
	for _, p := range a.people {
		for _, l := range p.Links {
			cases[l.CaseRef] = true
		}
	}
	for _, p := range b.people {
		for _, l := range p.Links {
			if cases[l.CaseRef] {
				return true
			}
		}
	}
	return false
}
