package guard

import "strings"

// judgeChild stops letters that identify a child whom the recipient has nothing
// to do with.
func judgeChild(m *matter) []Finding {
	var out []Finding
	for _, v := range m.views {
		m.mind()
		for _, found := range m.f.Others.find(v) {
			out = append(out, m.otherChild(v, found)...)
		}
		if v.where == "file name" || strings.HasPrefix(v.where, "header ") {
			for _, found := range m.f.Others.runTogether(v.words) {
				out = append(out, m.otherChild(v, found)...)
			}
		}
	}
	for _, f := range m.l.Files {
		if f.Readable && len(f.Text) > closeBytes {
			for _, r := range m.outside {
				out = append(out, Finding{
					Rule: RuleTooMuch, Decision: Confirm, Mailbox: r.mailbox, Person: r.name, Evidence: "file " + f.Name,
					Words: "\"" + f.Name + "\" is too long to be checked closely. Have you looked through it?",
				})
			}
		}
		if !f.Readable || len(f.Problems) > 0 {
			for _, r := range m.outside {
				out = append(out, Finding{
					Rule: RuleAttachUnreadable, Decision: Confirm, Mailbox: r.mailbox, Person: r.name, Evidence: "file " + f.Name,
					Words: "We cannot read \"" + f.Name + "\", so we cannot check it.",
				})
			}
		}
	}
	return once(out)
}

func (m *matter) otherChild(v view, found mention) []Finding {
	if found.child.CaseRef == m.f.CaseRef && m.f.CaseRef != "" || m.sameName(found) {
		return nil
	}
	rule, words := RuleOtherChild, "This names a child on another case. "
	switch {
	case (v.where == "subject" || v.where == "header Thread-Topic") && found.by == "reference":
		rule, words = RuleSubjectOtherCase, "The subject belongs to another case. "
	case v.where == "subject" || v.where == "header Thread-Topic":
		rule, words = RuleSubjectOther, "The subject names a child on another case. "
	case strings.HasPrefix(v.where, "file"):
		rule, words = RuleAttachOtherChild, "A file is about a child on another case. "
	}
	var out []Finding
	for _, r := range m.outside {
		if r.linkedTo(found.child.CaseRef) {
			if (rule == RuleSubjectOtherCase || rule == RuleSubjectOther) && m.f.CaseRef != "" && !m.namesChild(m.l.Subject) {
				// A brother's or sister's subject on this child's letter.
				out = append(out, Finding{Rule: rule, Decision: Confirm, Mailbox: r.mailbox, Person: r.name, Evidence: v.where + ": " + found.by, Words: words})
			}
			continue
		}
		if saidAny(m.seenBy(r), found.runs) {
			continue
		}
		out = append(out, Finding{
			Rule: rule, Decision: Block, Mailbox: r.mailbox, Person: r.name, Evidence: v.where + ": " + found.by,
			Words: words + r.name + " is not linked to that child.",
		})
	}
	return out
}

// runTogether finds names written without a space, as file names have them.
func (c *Children) runTogether(w []string) []mention {
	if c == nil {
		return nil
	}
	s := compact(w)
	var out []mention
	for i, n := range c.names {
		if len(n) < 2 {
			continue
		}
		first, last := n[0], n[len(n)-1]
		if len(first)+len(last) >= 8 && (strings.Contains(s, first+last) || strings.Contains(s, last+first)) {
			out = append(out, mention{child: c.all[i], by: "name"})
		}
	}
	return out
}

func saidAny(texts, runs [][]string) bool {
	for _, run := range runs {
		if saidBy(texts, run) {
			return true
		}
	}
	return false
}

// sameName reports a name that the child of this case, somebody on it or a
// member of staff bears as well.
func (m *matter) sameName(found mention) bool {
	if found.by != "name" {
		return false
	}
	n := nameWords(found.child.Name)
	same := func(o []string) bool {
		return len(o) > 1 && len(n) > 1 && o[0] == n[0] && o[len(o)-1] == n[len(n)-1]
	}
	for _, group := range [][][]string{m.names.staff, m.names.family, {m.names.child}} {
		for _, o := range group {
			if same(o) {
				return true
			}
		}
	}
	return false
}

func (r recipient) linkedTo(caseRef string) bool {
	for _, p := range r.people {
		if _, ok := p.here(caseRef); ok {
			return true
		}
	}
	return false
}
