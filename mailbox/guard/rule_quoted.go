package guard

import (
	"slices"
	"strings"
)

// judgeQuoted stops mail between staff that is quoted below a letter.
func judgeQuoted(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	for _, v := range m.views {
		if v.text == "" || v.where == "subject" || v.encoded && !strings.HasPrefix(v.where, "HTML") && v.file == 0 {
			continue
		}
		m.mind()
		v = v.near()
		for _, q := range quotedMails(v.text, m.isOutsiderName) {
			out = append(out, m.quoted(v, q)...)
		}
		if chat := m.chat(v.text) || m.passedNote(v.text) || m.heardQuoted(v); chat {
			out = append(out, m.internalMail(v, "")...)
		}
	}
	return once(append(out, m.passedOn()...))
}

// quoted judges one quoted mail.
func (m *matter) quoted(v view, q quotedMail) []Finding {
	if !m.isStaffName(q.from) {
		return m.quotedOther(v, q)
	}
	if len(q.to) > 0 && !m.allStaff(q.to) {
		return nil
	}
	g := greetingOf(q.body)
	switch {
	case len(q.to) > 0:
	case q.inner || strings.TrimSpace(q.body) == "":
		return nil // in an outsider's mail: she has it
	case m.greetsOutside(g) || m.greetsFamily(g):
		return nil // written to somebody outside
	}
	return m.internalMail(v, q.body)
}

// internalMail finds it for everybody outside who has not seen these words.
func (m *matter) internalMail(v view, body string) []Finding {
	var out []Finding
	w := words(body)
	for _, r := range m.outside {
		if len(w) > 0 && saidBy(m.seenBy(r), w[:min(len(w), shingleWords)]) && saidBy(m.seenBy(r), w[max(0, len(w)-shingleWords):]) {
			continue
		}
		f := Finding{
			Rule: RuleQuotedInternal, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where,
			Words: "Below your message is an email between staff. " + r.called + " is not staff.",
		}
		if v.file > 0 {
			f.Rule = RuleAttachInternal
			f.Words = "A file holds an email between staff. " + r.called + " is not staff."
		}
		out = append(out, f)
	}
	return out
}

func (m *matter) greetsFamily(g greeting) bool {
	for _, n := range m.names.family {
		if calls(g.words, n) {
			return true
		}
	}
	return false
}

// quotedOther asks about a quoted mail by somebody outside who is known to us and
// is not who would get it now.
func (m *matter) quotedOther(v view, q quotedMail) []Finding {
	if m.l.Purpose.automatic() || v.file > 0 {
		return nil
	}
	for _, p := range m.f.People {
		if !m.isPerson(q.from, p) || m.receives(p) || len(words(q.body)) < 4 {
			continue
		}
		var out []Finding
		w := words(q.body)
		for _, r := range m.outside {
			if saidBy(m.seenBy(r), w[:min(len(w), shingleWords)]) || q.inner {
				continue
			}
			out = append(out, Finding{
				Rule: RuleQuotedOther, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: v.where,
				Words: "You are passing on " + m.called(p) + "'s words to " + r.called + ".",
			})
		}
		return out
	}
	return nil
}

// isPerson reports whether the author of a quoted mail is p.
func (m *matter) isPerson(from string, p Person) bool {
	low := strings.ToLower(from)
	for _, a := range p.Addresses {
		if strings.Contains(low, strings.ToLower(a.Email)) {
			return true
		}
	}
	w, n := nameWords(from), nameWords(p.Name)
	return len(n) > 1 && (runOf(w, n) >= 0 || reversed(w, n))
}

func (m *matter) isOutsiderName(from string) bool {
	for _, p := range m.f.People {
		if m.isPerson(from, p) {
			return true
		}
	}
	return false
}

// chat reports lines of a chat among staff: two of them in turn with the time beside
// their names, or one who says what a letter to somebody outside would not:
// "[09:14] Jo Bell: keep quiet till then".
func (m *matter) chat(text string) bool {
	speakers := map[string]bool{}
	all := splitLines(text)
	for i, l := range all[:min(len(all), 2000)] {
		l, _ = unquoteLine(l)
		who, said, timed := m.chatLine(l)
		if who == "" {
			if m.saidAsIs(l, all[i+1:]) {
				return true
			}
			continue
		}
		if strings.TrimSpace(said) == "" && i+1 < len(all) {
			said, _ = unquoteLine(strings.TrimLeft(all[i+1], "| "))
		}
		if timed {
			if speakers[who] = true; len(speakers) > 1 {
				return true
			}
		}
		w := words(said)
		for _, p := range []*phrases{listBook().secrecy, listBook().strategy, listBook().contempt} {
			if _, _, ok := p.find(w); ok {
				return true
			}
		}
		if timed && slices.ContainsFunc(w, isThird) && !containsAny(w, "you", "your") {
			return true
		}
	}
	return false
}

// saidAsIs reports words of a colleague given in quotation marks that speak of the family
// or plan: Nigel said to me: "Only offer her the 12th".
func (m *matter) saidAsIs(line string, below []string) bool {
	end := strings.IndexAny(line, ":\"“")
	if end < 0 {
		return false
	}
	w := words(line[:end])
	at := slices.IndexFunc(w, func(x string) bool {
		return contains([]string{"said", "says", "wrote", "writes", "emailed", "texted", "messaged", "replied", "answered", "told", "put", "reckons", "thinks", "commented", "noted"}, x)
	})
	if at < 1 || !slices.ContainsFunc(w[:at], m.isStaffWord) || slices.ContainsFunc(w[:at], m.isOutsideName) {
		return false
	}
	said := line[end:]
	if len(words(said)) == 0 && len(below) > 0 {
		said = below[0]
	}
	if !strings.ContainsAny(said, "\"“'‘>|") {
		return false
	}
	s := words(said)
	for _, p := range []*phrases{listBook().secrecy, listBook().strategy, listBook().contempt} {
		if _, _, ok := p.find(s); ok {
			return true
		}
	}
	return containsAny(s, "she", "her", "shes", "mum", "mother", "dad", "father", "parents", "them", "theyre") && !containsAny(s, "you", "your")
}

// chatLine reads a line that begins with the name of somebody of staff: "Jo Bell:",
// "[09:14] Jo:", "[Jo, 2 May 09:14]", "09:14 - Jo Bell:".
func (m *matter) chatLine(l string) (who, said string, timed bool) {
	end := -1
	for i := 0; i < len(l) && i < 60; i++ {
		timedColon := l[i] == ':' && i > 0 && l[i-1] >= '0' && l[i-1] <= '9' && i+1 < len(l) && l[i+1] >= '0' && l[i+1] <= '9'
		if timedColon {
			timed = true
			continue
		}
		if l[i] == ':' || l[i] == ']' && len(words(l[:i])) > 1 && !allDigits(strings.Join(words(l[:i]), "")) {
			end = i
			break
		}
	}
	if end < 0 {
		return "", "", false
	}
	var w []string
	for _, x := range words(l[:end]) {
		timed = timed || isMonth(x) || isWhen(x) && !allDigits(x)
		if allDigits(x) || isMonth(x) || x == "am" || x == "pm" || isWhen(x) || x == "at" {
			continue
		}
		w = append(w, x)
	}
	if len(w) == 0 || len(w) > 4 {
		return "", "", false
	}
	for _, n := range m.names.staff {
		if len(n) > 1 && runOf(w, n) >= 0 || len(n) > 0 && w[0] == n[0] && !m.isOutsideName(n[0]) {
			return n[0], l[end+1:], timed
		}
	}
	return "", "", false
}

// passedOn asks about one outsider's own words on their way to another, who has
// not seen them.
func (m *matter) passedOn() []Finding {
	if m.l.Purpose.automatic() {
		return nil // no automatic letter holds them: judgePurpose
	}
	var out []Finding
	for _, s := range m.f.Seen {
		if !s.Wrote || s.Text == "" {
			continue
		}
		theirs := words(s.Text)
		n := min(shingleWords, len(theirs))
		if n < 4 {
			continue
		}
		runs := newShingles(n, theirs)
		for _, v := range m.views {
			if v.encoded {
				continue
			}
			at := runs.in(v.words)
			for _, r := range m.outside {
				if r.mailbox == FoldMailbox(s.Mailbox) {
					continue
				}
				for _, i := range at {
					if run := v.words[i : i+n]; runOf(theirs, run) >= 0 && !saidBy(m.seenBy(r), run) {
						out = append(out, Finding{
							Rule: RuleQuotedOther, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + excerpt(run),
							Words: "You are passing on " + m.nameOf(s.Mailbox) + "'s words to " + r.called + ".",
						})
						break
					}
				}
			}
		}
	}
	return out
}

// nameOf is the name recorded with a mailbox of somebody on the case.
func (m *matter) nameOf(mailbox string) string {
	for _, p := range m.f.People {
		if p.has(FoldMailbox(mailbox)) && m.party(p) {
			return p.Name
		}
	}
	return "somebody else"
}

func (m *matter) allStaff(who []string) bool {
	for _, w := range who {
		for _, p := range strings.Split(w, ";") {
			if p = strings.TrimSpace(p); p == "" || m.isStaffName(p) {
				continue
			}
			for _, one := range strings.Split(p, ",") {
				if !m.isStaffName(one) {
					return false
				}
			}
		}
	}
	return true
}

// isStaffName reads the author or recipient of a quoted mail: an address of
// ours, or the name of somebody with an account.
func (m *matter) isStaffName(s string) bool {
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" <>()[]\"'", r) }) {
		f = strings.TrimRight(strings.TrimPrefix(f, "mailto:"), ",.:;")
		if !strings.Contains(f, "@") {
			continue
		}
		if a, err := ParseAddress(f); err == nil {
			c := m.who(a).class
			return c == staffClass || c == colleague
		}
	}
	// "Bell, Jo (Children's Services)": what stands in brackets is the office.
	if i := strings.IndexAny(s, "(["); i > 0 {
		s = s[:i]
	}
	w := nameWords(s)
	for _, n := range m.names.family {
		if runOf(w, n) >= 0 && len(n) > 0 {
			return false
		}
	}
	for _, n := range m.names.staff {
		if len(n) > 1 && (runOf(w, n) >= 0 || reversed(w, n)) || len(n) > 0 && len(w) == 1 && w[0] == n[0] && !m.isOutsideName(n[0]) {
			return true
		}
	}
	return false
}

// reversed reads "Bell, Jo" as Jo Bell.
func reversed(w, name []string) bool {
	return len(w) == len(name) && len(w) == 2 && w[0] == name[1] && w[1] == name[0]
}
