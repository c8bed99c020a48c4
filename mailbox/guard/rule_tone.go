package guard

import (
	"strings"
	"unicode"
)

// judgeTone asks about words that are rude to their reader. It never stops a
// letter: who may read it is one question, how it sounds another.
func judgeTone(m *matter) []Finding {
	if m.l.Purpose.automatic() {
		return nil
	}
	w := words(m.newest)
	if len(m.outside) == 0 {
		if from, to, ok := listBook().contempt.find(w); ok {
			return []Finding{{
				Rule: RuleToneInternal, Decision: Warn, Evidence: excerpt(w[from:to]),
				Words: "Families can ask to see what we write about them.",
			}}
		}
		return nil
	}
	said := ""
	for _, p := range listBook().harsh.all(w) {
		if !reported(w, p[0]) && !m.said(w[p[0]:p[1]]) && !m.f.Lists.mutes(w[p[0]:p[1]]) {
			said = strings.Join(w[p[0]:p[1]], " ")
			break
		}
	}
	if said == "" {
		if said = m.belittles(m.newest); m.f.Lists.mutes(words(said)) {
			said = ""
		}
	}
	if said == "" {
		said = shouted(m.newest)
	}
	if t := m.readTalk(); said == "" && t.harsh.sure >= harshAsks && !m.f.Lists.mutesIn(t.harsh.words) {
		said = excerpt(t.harsh.words)
	}
	if said == "" {
		return nil
	}
	var out []Finding
	for _, r := range m.outside {
		out = append(out, Finding{
			Rule: RuleToneExternal, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: said,
			Words: "\"" + said + "\" may read as harsh.",
		})
	}
	return out
}

// mutesIn reports a sentence with words that the council has taken out of the hints.
func (l *Lists) mutesIn(w []string) bool {
	if l == nil || l.muted == nil {
		return false
	}
	_, _, ok := l.muted.find(w)
	return ok
}

// reported reports words that repeat or regret what somebody felt: "I am sorry
// that you felt we were wasting your time".
func reported(w []string, at int) bool {
	for i := max(0, at-14); i < at; i++ {
		switch w[i] {
		case "sorry", "apologise", "apologies", "apologize", "felt", "feel", "feels", "feeling", "understand", "regret", "said", "told", "wrote", "called", "described", "know", "you're", "sounds":
			return true
		}
	}
	return false
}

// shouted is a stretch in capitals that is no heading and no row of short names.
func shouted(text string) string {
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		run, letters := 0, 0
		for i, f := range append(fields, "x") {
			n, up := 0, true
			for _, r := range f {
				if unicode.IsLetter(r) {
					n++
					up = up && unicode.IsUpper(r)
				}
			}
			if up && n >= 2 {
				run++
				letters += n
				continue
			}
			if run >= 3 && letters >= 10 && run < len(fields) && talksTo(fields[i-run:i]) {
				return strings.Join(fields[i-run:i], " ")
			}
			if run == len(fields) && run >= 4 && talksTo(fields) {
				return strings.Join(fields, " ")
			}
			run, letters = 0, 0
		}
	}
	return ""
}

// talksTo reports words that address somebody, which headings do not.
func talksTo(fields []string) bool {
	for _, w := range words(strings.Join(fields, " ")) {
		switch w {
		case "you", "your", "read", "stop", "not", "never", "listen", "again", "dont", "why", "told", "enough", "me":
			return true
		}
	}
	return false
}
