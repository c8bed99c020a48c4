package guard

import (
	"slices"
	"strings"
)

// judgePartNames looks for another child by a part of the name: "C. Braithwaite",
// "Master Braithwaite", "the Braithwaite boy". Among few children that is one of them; in a
// whole caseload it is a question.
func judgePartNames(m *matter) []Finding {
	c := m.caseload()
	if c == nil || len(m.outside) == 0 || m.l.Purpose.automatic() {
		return nil
	}
	decision, rule := Confirm, RuleFirstName
	if len(c.all) <= fewChildren && m.f.Caseload == nil {
		decision, rule = Block, RuleOtherChild
	}
	var out []Finding
	for _, v := range m.views {
		if v.turned || v.text == "" || len(v.words) > closeBytes/8 || !slices.ContainsFunc(v.words, func(w string) bool { return len(c.byLast[w]) > 0 }) {
			continue
		}
		for _, part := range c.parts(wordsAsWritten(v.text)) {
			k := c.all[part.child]
			if k.CaseRef == m.f.CaseRef && m.f.CaseRef != "" || m.bears(c.names[part.child]) {
				continue
			}
			for _, r := range m.outside {
				if r.linkedTo(k.CaseRef) || m.saidWord(r, part.surname) {
					continue
				}
				out = append(out, Finding{
					Rule: rule, Decision: decision, Mailbox: r.mailbox, Person: r.called, Evidence: v.where,
					Words: "Does \"" + part.said + "\" mean someone else's child?",
				})
			}
		}
	}
	return once(out)
}

// partName is a child whose surname stands in a text with an initial or a word for a child.
type partName struct {
	child         int
	surname, said string
}

// parts finds them in running text, where a surname is written with a capital.
func (c *Children) parts(t []word) []partName {
	var out []partName
	for i, x := range t {
		if !x.capital || len(c.byLast[x.w]) == 0 {
			continue
		}
		prev, before, next := word{}, word{}, word{}
		if i > 0 {
			prev = t[i-1]
		}
		if i > 1 {
			before = t[i-2]
		}
		if i+1 < len(t) {
			next = t[i+1]
		}
		for _, k := range c.byLast[x.w] {
			n := c.names[k]
			switch {
			case prev.capital && len(prev.w) == 1 && prev.w == n[0][:1] && !isTitle(before.w) && !isGreeting(before.w) && !(before.capital && !before.start):
				out = append(out, partName{k, x.w, strings.ToUpper(prev.w) + ". " + title(x.w)})
			case x.breakAfter && next.capital && len(next.w) == 1 && next.w == n[0][:1] && next.w != "i" && !isTitle(prev.w):
				out = append(out, partName{k, x.w, title(x.w) + ", " + strings.ToUpper(next.w)})
			case prev.w == "master":
				out = append(out, partName{k, x.w, "Master " + title(x.w)})
			case containsAny([]string{next.w}, "boy", "boys", "girl", "girls", "lad", "lads", "twins", "brothers", "sisters", "siblings") && !x.breakAfter && (prev.w == "the" || prev.w == "young" || prev.w == "little" || prev.w == "older" || prev.w == "elder" || prev.w == "younger"):
				out = append(out, partName{k, x.w, "the " + title(x.w) + " " + next.w})
			}
		}
	}
	return out
}

// bears reports whether somebody on the case, of the staff, among the recipients or the
// child of the case has this surname with this initial.
func (m *matter) bears(n []string) bool {
	first, last := n[0][:1], n[len(n)-1]
	same := func(o []string) bool {
		return len(o) > 1 && o[len(o)-1] == last && strings.HasPrefix(o[0], first)
	}
	for _, group := range [][][]string{m.names.staff, m.names.family, {m.names.child}} {
		if slices.ContainsFunc(group, same) {
			return true
		}
	}
	return slices.ContainsFunc(m.recipients, func(r recipient) bool { return same(nameWords(r.name)) })
}
