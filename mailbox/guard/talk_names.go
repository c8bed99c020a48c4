package guard

import (
	"slices"
	"strings"
)

// greetsOutside reports a greeting of somebody outside who gets the letter, or of
// everybody by what they are.
func (m *matter) greetsOutside(g greeting) bool {
	for _, r := range m.outside {
		if r.class == colleague && calls(g.words, nameWords(r.name)) {
			return true
		}
		for _, p := range r.people {
			if calls(g.words, nameWords(p.Name)) {
				return true
			}
		}
	}
	if g.formal && (g.all || len(g.words) == 0) {
		// "Dear parents", "Dear both", "Good morning": to everybody who gets it.
		return g.all || !m.staffInTo()
	}
	// "Dear Miss Pike" at a school's own mailbox: somebody whom we do not know.
	return g.formal && len(g.words) > 0 && !m.isStaffFirst(g.words) && !m.staffFirst()
}

// isOwn reports the author's own copy, or one for a mailbox of ours: these say
// nothing about whom a letter is meant for.
func (m *matter) isOwn(r recipient) bool {
	if m.f.Author != nil && FoldMailbox(m.f.Author.Mailbox) == r.mailbox {
		return true
	}
	return slices.ContainsFunc(m.f.OwnMailboxes, func(own string) bool { return FoldMailbox(own) == r.mailbox })
}

func (m *matter) isStaffFirst(greeted []string) bool {
	return slices.ContainsFunc(m.names.staff, func(n []string) bool { return calls(greeted, n) })
}

// greetedColleague is the first name of the member of staff to whom the letter
// begins to talk.
func (m *matter) greetedColleague(g greeting, text string) string {
	for _, n := range m.names.staff {
		if len(n) == 0 || m.isAuthorName(n) && !g.formal {
			continue
		}
		if len(g.words) > 0 && calls(g.words, n) {
			return title(n[0])
		}
	}
	// "Tariq this is the third": a name, and then somebody begins to talk.
	w := words(firstLine(text))
	if len(w) >= 2 && len(g.words) == 0 && begins(w[1]) && !isAuxiliary(w[0]) {
		for _, n := range m.names.staff {
			if len(n) > 0 && n[0] == w[0] && !m.isAuthorName(n) {
				return title(n[0])
			}
		}
	}
	return ""
}

func (m *matter) isAuthorName(n []string) bool {
	return m.f.Author != nil && m.f.Author.Name != "" && slices.Equal(n, nameWords(m.f.Author.Name))
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func firstLine(text string) string {
	for _, l := range strings.Split(text, "\n") {
		if strings.TrimSpace(l) != "" {
			return l
		}
	}
	return ""
}

// begins reports words with which one begins to say something to the person
// named before; a name before "is" or "will" is the subject instead.
func begins(w string) bool {
	switch w {
	case "this", "that", "she", "he", "they", "shes", "hes", "theyre", "can", "could", "would", "please", "pls", "plz", "i", "im", "ive", "id", "ill",
		"we", "weve", "you", "see", "just", "fyi", "re", "do", "dont", "did", "here", "heres", "what", "why", "how", "any", "not", "mum", "dad", "have",
		"another", "more", "looks", "thoughts", "help", "for", "sorry", "thanks", "thank", "ok", "yes", "no", "its":
		return true
	}
	return false
}

// isAuxiliary reports first names that begin questions and sentences.
func isAuxiliary(w string) bool {
	return w == "will" || w == "may" || w == "mark" || w == "bill" || w == "grant" || w == "sue" || w == "pat"
}

// asideTo is a colleague spoken to within the letter: "[Tariq - is this ok?]",
// "PS Dee, she will not like it".
func (m *matter) asideTo(text, greeted string) (name string, rest []string) {
	for i, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '.' || r == '!' || r == '?' || r == '[' || r == '(' }) {
		line = strings.TrimLeft(strings.TrimSpace(line), "*@>-/# ")
		for _, lead := range []string{"PPS", "PS", "P.S", "NB", "N.B", "FYI", "FAO", "Note to", "For"} {
			if rest, ok := strings.CutPrefix(line, lead); ok {
				line = strings.TrimLeft(rest, " :,-@")
				break
			}
		}
		end := strings.IndexAny(line, ",:-–—")
		if end <= 0 || end > 30 {
			continue
		}
		w := words(line[:end])
		after := words(line[end:])
		if len(w) == 0 || len(w) > 2 || len(after) == 0 || len(after) > 0 && apposition(after[0]) {
			continue
		}
		for _, n := range m.names.staff {
			if len(n) == 0 || m.isAuthorName(n) || w[0] != n[0] || len(w) == 2 && w[1] != n[len(n)-1] || title(n[0]) == greeted || m.isOutsideName(n[0]) {
				continue
			}
			if i == 0 && greeted != "" {
				continue
			}
			// "Tariq, Dee and I": a list of people is no aside.
			if line[end] == ',' && len(after) > 0 && (m.isStaffWord(after[0]) || !begins(after[0]) && !isThird(after[0]) && after[0] != "is" && after[0] != "check") {
				continue
			}
			return title(n[0]), after
		}
	}
	return "", nil
}

func (m *matter) isStaffWord(w string) bool {
	return slices.ContainsFunc(m.names.staff, func(n []string) bool { return len(n) > 0 && n[0] == w })
}

func (m *matter) isOutsideName(first string) bool {
	for _, r := range m.outside {
		if n := nameWords(r.name); len(n) > 0 && n[0] == first {
			return true
		}
	}
	return len(m.names.child) > 0 && m.names.child[0] == first
}

// apposition reports words that follow a name which is only being explained.
func apposition(w string) bool {
	switch w {
	case "who", "whom", "whose", "which", "our", "the", "your", "a", "an", "and", "my", "his", "her":
		return true
	}
	return false
}

func isThird(w string) bool {
	switch w {
	case "she", "he", "her", "him", "his", "shes", "hes", "shell", "they", "them", "theyre", "their", "mum", "mums", "mother", "mothers", "dad", "dads", "father", "fathers", "parent", "parents", "family", "woman", "man":
		return true
	}
	return false
}

// speaksOf reports that somebody outside who gets the letter is spoken of in it:
// by name after the greeting, or by the part that they have.
func (m *matter) speaksOf(w []string, g greeting, outsideGreeted bool) (named, openCopy bool) {
	body := w
	if n := len(g.words); n > 0 && len(w) > n {
		if g.formal {
			n++
		}
		body = w[min(len(w), n):]
	}
	copied := listBook().copied
	for _, r := range m.outside {
		if outsideGreeted && (calls(g.words, nameWords(r.name)) || g.all && !m.staffFirst()) || r.class == unknown {
			continue
		}
		at := -1
		n := nameWords(r.name)
		for i, x := range body {
			switch {
			case len(n) > 1 && i > 0 && body[i-1] == "the" && x == n[len(n)-1]+"s",
				len(n) > 0 && !m.isChildWord(n[0]) && (x == n[0] || x == n[0]+"s") && len(n[0]) > 2 && !m.isStaffWord(n[0]),
				len(n) > 1 && i > 0 && isTitle(body[i-1]) && (x == n[len(n)-1] || x == n[len(n)-1]+"s"),
				len(n) > 1 && i > 0 && isTitle(body[i-1]) && len(x) == 1 && x == n[len(n)-1][:1],
				r.part(x, outsideGreeted):
				at = i
			}
			if at >= 0 {
				break
			}
		}
		if at < 0 {
			continue
		}
		near := body[max(0, at-5):min(len(body), at+6)]
		if _, _, ok := copied.find(near); ok {
			openCopy = true
		} else {
			named = true
		}
	}
	if named {
		openCopy = false
	}
	return named || openCopy, openCopy
}

func (m *matter) isChildWord(w string) bool { return slices.Contains(m.names.child, w) }

// part reports a word for what the recipient is to the case. To a school about a
// mother it is nothing; it counts for those who are that part themselves.
func (r recipient) part(w string, outsideGreeted bool) bool {
	if outsideGreeted {
		return false
	}
	for _, p := range r.people {
		switch {
		case p.Kind == KindParent && (w == "mum" || w == "mums" || w == "dad" || w == "dads" || w == "mother" || w == "father" || w == "parent" || w == "parents" || w == "family"):
			return true
		case p.Kind == KindOther && (w == "gran" || w == "grandmother" || w == "nan" || w == "advocate" || w == "family"):
			return true
		case p.Kind == KindSchool && (w == "school" || w == "senco" || w == "head" || w == "headteacher"):
			return true
		case p.Kind == KindProfessional && (w == "solicitor" || w == "ep" || w == "psychologist" || w == "therapist" || w == "ot"):
			return true
		case p.Kind == KindMP && (w == "mp" || w == "councillor"):
			return true
		case p.Kind == KindYoungPerson && (w == "lad" || w == "boy" || w == "girl"):
			return true
		}
	}
	return false
}
