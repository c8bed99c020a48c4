package guard

import (
	"path"
	"slices"
	"strings"
	"time"
)

// askedWithin is how long the council may take to ask a young person who may be
// told; after that a parent is told nothing that was not agreed (requirement G10).
const askedWithin = 60 * 24 * time.Hour

// judgeRecord asks what the record says about this recipient beside contact and
// parental responsibility. Every rule is silent where the record is.
func judgeRecord(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	out := m.oneParentOnly()
	for _, r := range m.outside {
		out = append(out, m.youngPerson(r)...)
		out = append(out, m.representation(r)...)
		out = append(out, m.hiddenSchool(r)...)
		out = append(out, m.planOutside(r)...)
		out = append(out, m.bounced(r)...)
		out = append(out, m.addressAge(r)...)
	}
	out = append(out, m.lookedAfter()...)
	return append(out, m.tables()...)
}

// oneParentOnly asks about a decision that somebody with parental responsibility is
// not told (G09).
func (m *matter) oneParentOnly() []Finding {
	decision, words := Confirm, "This is a decision. "
	switch {
	case !m.familyOutside():
		return nil
	case m.decides():
	case m.inPassing():
		decision, words = Warn, "This tells of a decision. "
	default:
		return nil
	}
	var out []Finding
	for _, p := range m.parties() {
		l, _ := p.here(m.f.CaseRef)
		if p.Kind != KindParent || l.PR != PRYes || p.barred(m.f.CaseRef) || m.receives(p) || m.hasOwnCopy(p) || m.f.DecidesAlone {
			continue
		}
		out = append(out, Finding{
			Rule: RuleOneParent, Decision: decision, Person: p.Name,
			Words: words + p.Name + " also has parental responsibility and is not being told.",
		})
	}
	return out
}

func (m *matter) hasOwnCopy(p Person) bool {
	return slices.ContainsFunc(m.f.OwnCopies, func(mb string) bool { return p.has(FoldMailbox(mb)) })
}

// youngPerson asks, and after sixty days stops, when a parent is told about a young
// person who decides for herself and was not asked (G10).
func (m *matter) youngPerson(r recipient) []Finding {
	if !m.f.DecidesAlone || !m.tells(r) {
		return nil
	}
	var out []Finding
	for _, p := range r.people {
		l, here := p.here(m.f.CaseRef)
		if !here || p.Kind != KindParent || l.Told == ToldYes {
			continue
		}
		f := Finding{
			Rule: RuleYoungPerson, Decision: Confirm, Mailbox: r.mailbox, Person: p.Name,
			Words: m.child() + " now makes these decisions. We have not asked whether " + p.Name + " may be told.",
		}
		switch {
		case l.Told != ToldNotAsked:
			f.Decision, f.Words = Block, m.child()+" does not want "+p.Name+" to be told."
		case !m.f.Today.IsZero() && !m.f.DecidesSince.IsZero() && m.f.Today.Sub(m.f.DecidesSince) > askedWithin:
			f.Decision = Block
		}
		out = append(out, f)
	}
	return out
}

// representation asks about a letter that goes past whoever speaks for somebody, and
// stops one to a representative who may not, or may no longer, have it (G19).
func (m *matter) representation(r recipient) []Finding {
	var out []Finding
	for _, p := range r.people {
		l, here := p.here(m.f.CaseRef)
		if !here {
			continue
		}
		if a := l.Speaks; a != nil && m.tells(r) && (!a.Signed || !a.Ends.IsZero() && m.f.Today.After(a.Ends)) {
			words := p.Name + "'s authority to act has ended."
			if !a.Signed {
				words = "There is no signed authority for " + p.Name + "."
			}
			out = append(out, Finding{Rule: RuleAuthority, Decision: Block, Mailbox: r.mailbox, Person: p.Name, Words: words})
		}
		by := FoldMailbox(l.Represented)
		if by == "" || slices.ContainsFunc(m.recipients, func(x recipient) bool { return x.mailbox == by }) ||
			slices.ContainsFunc(m.f.OwnCopies, func(mb string) bool { return FoldMailbox(mb) == by }) {
			continue
		}
		out = append(out, Finding{
			Rule: RuleRepresented, Decision: Confirm, Mailbox: r.mailbox, Person: p.Name,
			Words: p.Name + " has a representative, " + m.nameOf(by) + ".",
		})
	}
	return out
}

// hiddenSchool stops the name of the child's school, and its mailboxes, on their way
// to somebody who must not know it (G08).
func (m *matter) hiddenSchool(r recipient) []Finding {
	if !slices.ContainsFunc(r.links, func(l Link) bool { return l.SchoolHidden }) {
		return nil
	}
	where := ""
	if name := schoolName(m.f.Child.School); len(name) > 0 {
		letters := strings.Join(name, "")
		for _, v := range m.views {
			// With its spaces moved as well, as a postcode is found.
			if runOf(v.words, name) >= 0 || len(letters) >= 8 && strings.Contains(strings.Join(v.words, ""), letters) {
				where = v.where
				break
			}
		}
	}
	for _, x := range m.recipients {
		atSchool := slices.ContainsFunc(x.people, func(p Person) bool { return p.Kind == KindSchool })
		if atSchool && x.mailbox != r.mailbox && slices.Contains(m.visible(), x.mailbox) {
			where = "recipients"
		}
	}
	if where == "" {
		return nil
	}
	return []Finding{{
		Rule: RuleSchool, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: where,
		Words: r.called + " must not be told which school this is.",
	}}
}

// schoolName are the words of a school's name without those that every school has at
// its end, because people leave them out.
func schoolName(s string) []string {
	w := words(s)
	for len(w) > 1 && contains([]string{"school", "academy", "primary", "secondary", "college", "infant", "junior", "high", "nursery", "centre"}, w[len(w)-1]) {
		w = w[:len(w)-1]
	}
	return w
}

// tables looks at spreadsheets, archives and mail within mail: several children in
// one stop it, what is hidden in one is a question (G15).
func (m *matter) tables() []Finding {
	var out []Finding
	for i, f := range m.l.Files {
		if !isTable(f) {
			continue
		}
		children, hidden := map[string]string{}, false
		for _, v := range m.views {
			if v.file != i+1 || v.turned {
				continue
			}
			for _, found := range m.f.Others.find(v) {
				children[found.child.CaseRef] = found.child.CaseRef
			}
		}
		for _, v := range f.Views {
			hidden = hidden || v.Hidden && v.Kind != "property"
		}
		n := len(children)
		if m.namesChild(f.Text) {
			n++
		}
		for _, r := range m.outside {
			stranger := false
			for ref := range children {
				stranger = stranger || !r.linkedTo(ref)
			}
			switch {
			case n > 1 && stranger:
				out = append(out, Finding{
					Rule: RuleSpreadsheet, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: "file " + f.Name,
					Words: "\"" + f.Name + "\" lists several children.",
				})
			case hidden:
				out = append(out, Finding{
					Rule: RuleSpreadsheet, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: "file " + f.Name,
					Words: "\"" + f.Name + "\" may hold hidden sheets or comments.",
				})
			}
		}
	}
	return once(out)
}

func isTable(f File) bool {
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".zip", ".7z", ".rar", ".msg", ".eml":
		return true
	}
	return strings.Contains(f.Type, "spreadsheet") || strings.Contains(f.Type, "ms-excel") || f.Type == "text/csv" || f.Type == "application/zip" || f.Type == "message/rfc822"
}
