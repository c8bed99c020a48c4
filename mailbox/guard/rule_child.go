package guard

import "strings"

// judgeChild stops letters that identify a child whom the recipient has nothing
// to do with.
func judgeChild(m *matter) []Finding {
	var out []Finding
	asWords := map[string]bool{}
	named, joined := make([][]mention, len(m.views)), make([][]mention, len(m.views))
	spread(len(m.views), length(m.views), func(i int) {
		m.mind()
		v := m.views[i]
		named[i] = append(m.f.Others.find(v), m.f.Others.disguised(v)...)
		together := v.words
		if v.where != "file name" && !strings.HasPrefix(v.where, "header ") {
			together = linked(v.text)
		}
		joined[i] = m.f.Others.runTogether(together)
	})
	for i, v := range m.views {
		m.mind()
		for _, found := range named[i] {
			if onlyWords(v, found) {
				asWords[found.child.CaseRef] = true
				continue
			}
			if (v.turned || v.text == "") && found.by == "name" && asWords[found.child.CaseRef] {
				continue // the same two words, turned round
			}
			out = append(out, m.otherChild(v, found)...)
		}
		for _, found := range joined[i] {
			out = append(out, m.otherChild(v, found)...)
		}
	}
	for _, f := range m.l.Files {
		if f.Readable && len(f.Text) > closeBytes {
			for _, r := range m.outside {
				out = append(out, Finding{
					Rule: RuleTooMuch, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: "file " + f.Name,
					Words: "\"" + f.Name + "\" is too long to be checked closely. Have you looked through it?",
				})
			}
		}
		if !f.Readable || len(f.Problems) > 0 {
			for _, r := range m.outside {
				out = append(out, Finding{
					Rule: RuleAttachUnreadable, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: "file " + f.Name,
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
	rule, words := RuleOtherChild, "This letter holds the details of a child on another case. "
	switch {
	case (v.where == "subject" || v.where == "header Thread-Topic") && found.by == "reference":
		rule, words = RuleSubjectOtherCase, "The subject belongs to another case. "
	case v.where == "subject" || v.where == "header Thread-Topic":
		rule, words = RuleSubjectOther, "The subject holds the details of a child on another case. "
	case strings.HasPrefix(v.where, "file"):
		rule, words = RuleAttachOtherChild, "A file holds the details of a child on another case. "
	}
	var out []Finding
	for _, r := range m.outside {
		if r.linkedTo(found.child.CaseRef) {
			if (rule == RuleSubjectOtherCase || rule == RuleSubjectOther) && m.f.CaseRef != "" && !m.namesChild(m.l.Subject) {
				// A brother's or sister's subject on this child's letter.
				out = append(out, Finding{Rule: rule, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + found.place(), Words: words})
			}
			continue
		}
		if saidAny(m.seenBy(r), found.runs) {
			continue
		}
		out = append(out, Finding{
			Rule: rule, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + found.place(),
			Words: words + r.called + " is not linked to that child.",
		})
	}
	return out
}

// place is what of the letter tells of the child, in the letter's own words.
func (f mention) place() string {
	if f.said == "" {
		return f.by
	}
	return f.said
}

// linked are the words of the links and file names in a text, where people write
// names without a space: https://files.example/FreyaLund.pdf
func linked(text string) []string {
	if !strings.ContainsAny(text, "/_@#\\") {
		return nil
	}
	var out []string
	for _, f := range strings.Fields(text) {
		if strings.Contains(f, "://") || strings.Contains(f, "www.") || strings.ContainsAny(f, "_#\\") || strings.Count(f, "/") > 1 {
			out = append(out, words(f)...)
		}
	}
	return out
}

// onlyWords reports a name of a child that stands there as two words of the
// language: "I will page through it" where a child is called Will Page. Where a text
// has capitals at all, a name has one.
func onlyWords(v view, found mention) bool {
	n := nameWords(found.child.Name)
	if found.by != "name" || v.turned || v.text == "" || len(n) < 2 || !isAlsoWord(n[0]) || !isAlsoSurname(n[len(n)-1]) {
		return false
	}
	capitals := false
	for _, x := range wordsAsWritten(v.text) {
		capitals = capitals || x.capital
		if x.capital && (x.w == n[len(n)-1] || x.w == n[len(n)-1]+"s" || x.w == n[0] && !x.start && !isMonth(n[0])) {
			return false
		}
	}
	return capitals
}

// isAlsoSurname reports surnames that are words of every letter.
func isAlsoSurname(n string) bool {
	switch n {
	case "page", "long", "short", "small", "young", "brown", "green", "white", "black", "gray", "grey", "hill", "hills", "wood", "woods", "bush", "may", "day", "week", "summers", "winter", "winters",
		"bright", "sharp", "best", "good", "rich", "price", "cook", "baker", "field", "fields", "stone", "walker", "bridge", "bridges", "banks", "bank", "lane", "street", "park", "cross", "bell", "ball", "case",
		"call", "ward", "church", "house", "little", "marsh", "moor", "lake", "rivers", "waters", "bird", "fish", "lamb", "read", "reading", "pope", "bishop", "abbot", "book", "books", "speed", "power", "powers",
		"rush", "strong", "swift", "wise", "wild", "west", "east", "north", "south", "england", "french", "english", "close", "cooper", "driver", "carter", "singer", "porter", "butler", "farmer", "gardener", "head",
		"foot", "hand", "hands", "legg", "heart", "love", "hope", "joy", "grant", "mark", "marks", "major", "noble", "king", "queen", "rose", "drake", "berry", "plant", "root", "hall", "halls", "gates", "gate",
		"post", "points", "point", "course", "paper", "penny", "nation", "rule", "law", "laws", "self", "fair", "showers", "shower", "frost", "snow", "rain", "wells", "well", "holder", "parents", "friend", "sales", "fuller", "spring":
		return true
	}
	return isAlsoWord(n)
}

// runTogether finds names written without a space, as file names have them.
func (c *Children) runTogether(w []string) []mention {
	if c == nil || len(w) == 0 || len(c.joined) == 0 {
		return nil
	}
	s := compact(w)
	var out []mention
	for n := range c.joinedLens {
		for i := 0; i+n <= len(s); i++ {
			for _, k := range c.joined[s[i:i+n]] {
				out = append(out, mention{child: c.all[k], by: "name"})
			}
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
