package guard

import (
	"slices"
	"strings"
)

// fewChildren is up to how many children a first name alone is worth a question:
// among more of them, every first name is some child's.
const fewChildren = 300

// caseload are the children whose first names are looked for.
func (m *matter) caseload() *Children {
	if m.f.Caseload != nil {
		return m.f.Caseload
	}
	if m.f.Others != nil && len(m.f.Others.all) <= fewChildren {
		return m.f.Others
	}
	return nil
}

// firstName is a child of the caseload whose first name stands in a text.
type firstName struct {
	child Child
	name  string
	count int
	about bool // something is said of the child: a verb or a possession follows
}

// othersFirst are the other children whose first name a text uses as a name,
// without those that are anybody's on the case.
func (m *matter) othersFirst(text string) []firstName {
	c := m.caseload()
	if c == nil {
		return nil
	}
	t := wordsAsWritten(text)
	var out []firstName
	for i, k := range c.all {
		n := c.names[i]
		if len(n) == 0 || k.CaseRef == m.f.CaseRef && m.f.CaseRef != "" || m.isKnownFirst(n[0]) {
			continue
		}
		at := nameAt(t, n[0])
		if len(at) == 0 {
			continue
		}
		f := firstName{child: k, name: n[0], count: len(at)}
		for _, j := range at {
			f.about = f.about || t[j].possessive || j+1 < len(t) && verbOfPerson(t[j+1].w) || j+1 < len(t) && (t[j+1].w == "is" || t[j+1].w == "will" || t[j+1].w == "can")
		}
		out = append(out, f)
	}
	return out
}

// isKnownFirst reports a first name that is also borne by the child of the case,
// by staff or by somebody on the case.
func (m *matter) isKnownFirst(first string) bool {
	for _, group := range [][][]string{m.names.staff, m.names.family, {m.names.child}} {
		for _, n := range group {
			if slices.Contains(n, first) {
				return true
			}
		}
	}
	for _, r := range m.recipients {
		if n := nameWords(r.name); slices.Contains(n, first) {
			return true
		}
	}
	return false
}

// namesChild reports whether a text names the child of the case, by first name or
// a short form of it.
func (m *matter) namesChild(text string) bool {
	if len(m.names.child) == 0 {
		return false
	}
	first := m.names.child[0]
	if f := strings.Fields(m.f.Child.Name); len(f) > 1 {
		if double := words(f[0]); len(double) > 1 && strings.Contains(" "+strings.Join(words(text), " ")+" ", " "+strings.Join(double, " ")) {
			return true // Ruby-Mae
		}
	}
	t := wordsAsWritten(text)
	for _, x := range t {
		if x.w == first || x.w == first+"s" {
			if !isAlsoWord(first) || len(nameAt(t, first)) > 0 {
				return true
			}
			continue
		}
		if len(x.w) >= 3 && x.capital && (len(first) > len(x.w) && first[:len(x.w)] == x.w) {
			return true // Sam for Samuel
		}
	}
	return false
}

// judgeFirstNames asks about a first name of another child, and about a letter
// that is about a brother or sister while the case is another one's.
func judgeFirstNames(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	text := m.l.Subject + "\n\n" + m.newest
	named := m.letterNames()
	for _, f := range m.othersFirst(text) {
		for _, r := range m.outside {
			if r.linkedTo(f.child.CaseRef) || m.saidWord(r, f.name) {
				continue
			}
			d := Confirm
			if m.f.CaseRef != "" && !named && (f.count > 1 || f.about) {
				d = Block // it is about that child and not about the child of the case
			}
			out = append(out, Finding{
				Rule: RuleFirstName, Decision: d, Mailbox: r.mailbox, Person: r.called, Evidence: "text",
				Words: "Is \"" + title(f.name) + "\" someone else's child?",
			})
		}
	}
	return once(append(out, m.wrongSibling(named)...))
}

// ofCases are the children of the cases that a recipient is linked to.
func (c *Children) ofCases(r recipient) []int {
	var out []int
	for _, p := range r.people {
		for _, l := range p.Links {
			if l.CaseRef == "" {
				continue
			}
			for _, i := range c.byCase[l.CaseRef] {
				if !slices.Contains(out, i) {
					out = append(out, i)
				}
			}
		}
	}
	return out
}

// letterNames reports whether subject or text name the child of the case.
func (m *matter) letterNames() bool {
	if m.named == nil {
		named := m.namesChild(m.l.Subject + "\n\n" + m.newest)
		m.named = &named
	}
	return *m.named
}

func (m *matter) saidWord(r recipient, w string) bool {
	for _, t := range m.seenBy(r) {
		if slices.Contains(t, w) {
			return true
		}
	}
	return false
}

// wrongSibling asks about a letter, or a file of it, that names another child of
// the recipient and not the child of the case.
func (m *matter) wrongSibling(named bool) []Finding {
	if m.f.CaseRef == "" || m.f.Others == nil {
		return nil
	}
	own := IndexChildren([]Child{m.f.Child})
	var out []Finding
	for _, r := range m.outside {
		if r.class != contact {
			continue
		}
		for _, i := range m.f.Others.ofCases(r) {
			k := m.f.Others.all[i]
			if len(m.f.Others.names[i]) == 0 || !r.linkedTo(k.CaseRef) {
				continue // judgeChild and judgeFirstNames stop what is of a child of one of several people
			}
			sibling := IndexChildren([]Child{k})
			first := m.f.Others.names[i][0]
			says := func(v view) bool {
				return len(sibling.find(v)) > 0 || len(nameAt(wordsAsWritten(v.text), first)) > 0
			}
			wrong := false
			inText, files := false, map[int][2]bool{}
			for _, v := range m.views {
				if v.turned || v.text == "" || v.encoded && v.file == 0 {
					continue
				}
				switch {
				case v.file > 0:
					f := files[v.file]
					f[0] = f[0] || says(v)
					f[1] = f[1] || m.namesChild(v.text) || len(own.find(v)) > 0
					files[v.file] = f
				case v.where == "subject" || v.where == "text" || v.where == "HTML text":
					inText = inText || says(view{text: m.l.Subject + "\n\n" + m.newest, words: words(m.l.Subject + "\n" + m.newest)})
				}
			}
			wrong = inText && !named
			for _, f := range files {
				wrong = wrong || f[0] && !f[1]
			}
			if wrong {
				f := Finding{
					Rule: RuleWrongSibling, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: "text",
					Words: "This is " + m.child() + "'s case, but the letter is about another child.",
				}
				if runOf(words(m.l.Subject+"\n"+m.newest), []string{first}) >= 0 {
					f.Words = "This is " + m.child() + "'s case, but you have written about " + title(first) + "." // as the letter says
				}
				out = append(out, f)
			}
		}
	}
	return out
}
