package guard

import (
	"slices"
	"strings"
)

// Mail between staff that is quoted in a form of somebody's own: a line with the
// name of one of us and a time, "to me" below it, "Jo Bell to Sam:", or nothing but
// the marks of quoting.

// passedNote reports a line that says who of staff wrote, with nothing else in it than
// when and to whom, above something that was not written to somebody outside.
func (m *matter) passedNote(text string) bool {
	lines := splitLines(text)
	for i, raw := range lines[:min(len(lines), 2000)] {
		l, depth := unquoteLine(raw)
		if len(l) < 6 || len(l) > 160 || !m.noteHead(l, depth > 0, lines[i+1:]) {
			continue
		}
		body := bodyFrom(lines, i+1)
		if len(words(body)) < 3 {
			continue
		}
		g := greetingOf(body)
		if !m.greetsOutside(greeting{words: g.words}) && !m.greetsFamily(g) {
			return true
		}
	}
	return false
}

// noteHead reports such a line. below are the lines after it.
func (m *matter) noteHead(l string, quoted bool, below []string) bool {
	if kind, _ := fieldOf(l); kind != 0 {
		return false // headerBlock reads those
	}
	framed := quoted || strings.HasPrefix(l, "-") || strings.HasPrefix(l, "=") || strings.HasPrefix(l, "[") || strings.HasPrefix(l, "_") || strings.HasPrefix(l, "(") || strings.HasPrefix(l, "~") || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "<") || strings.HasSuffix(l, ":")
	clock := hasClock(l)
	var plain []string // without addresses
	address := false
	for _, f := range strings.Fields(l) {
		if strings.Contains(f, "@") {
			if m.isStaffName(f) {
				address = true
				continue
			}
			return false // somebody outside wrote it, or got it
		}
		plain = append(plain, f)
	}
	w := words(strings.Join(plain, " "))
	if len(w) == 0 || len(w) > 18 {
		return false
	}
	from, to := address, false
	rest := 0
	for i := 0; i < len(w); i++ {
		if n := m.staffAt(w[i:]); n > 0 {
			if n > 1 || from || i > 0 && w[i-1] == "to" {
				to = to || from && i > 0
				from = from || n > 1
				i += n - 1
				continue
			}
			from = from || framed && clock
			continue
		}
		if m.isOutsideName(w[i]) || m.isFamilyWord(w[i]) {
			return false
		}
		switch {
		case hasDigit(w[i]), isMonth(w[i]), isWhen(w[i]), isMailWord(w[i]):
			to = to || w[i] == "me"
		default:
			rest++
		}
	}
	if !from {
		return false
	}
	if len(below) > 0 {
		b, _ := unquoteLine(below[0])
		if f := words(b); len(f) > 0 && len(f) <= 6 && (f[0] == "to" || f[0] == "an" || f[0] == "cc") && (contains(f, "me") || m.staffAt(f[1:]) > 0) {
			to = true
		}
	}
	return rest == 0 && (to && (framed || clock || address) || clock && (framed || len(w) > 3)) || rest <= 3 && framed && to && strings.HasSuffix(l, ":")
}

// staffAt is how many words of the name of somebody of staff stand at the beginning of w.
func (m *matter) staffAt(w []string) int {
	for _, n := range m.names.staff {
		switch {
		case len(n) > 1 && len(w) >= len(n) && slices.Equal(w[:len(n)], n):
			return len(n)
		case len(n) == 2 && len(w) >= 2 && w[0] == n[1] && w[1] == n[0]:
			return 2
		}
	}
	if len(w) > 0 && m.isStaffWord(w[0]) && !m.isOutsideName(w[0]) {
		return 1
	}
	return 0
}

func (m *matter) isFamilyWord(w string) bool {
	return slices.ContainsFunc(m.names.family, func(n []string) bool { return len(n) > 0 && n[0] == w })
}

// isMailWord reports words of the line over a quoted mail, in the languages of mail programs.
func isMailWord(w string) bool {
	switch w {
	case "on", "at", "am", "pm", "to", "me", "from", "sent", "wrote", "via", "cc", "the", "and", "by", "re", "fw", "fwd", "gmt", "bst", "utc", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
		"email", "mail", "message", "reply", "replied", "writes", "says", "said", "forwarded", "original", "yesterday", "today", "this", "last", "teams", "chat", "note", "text", "whatsapp", "outlook", "iphone", "mobile",
		"le", "el", "il", "op", "a", "om", "um", "de", "da", "von", "van", "an", "aan", "w", "dniu", "o", "godz", "przez", "napisana", "wiadomosc", "kl", "den", "och", "skrev", "schrieb", "ecrit", "escribio", "team", "sen":
		return true
	}
	return false
}

// hasClock reports a time of the day.
func hasClock(l string) bool {
	for i := 1; i+2 < len(l); i++ {
		if (l[i] == ':' || l[i] == '.' || l[i] == 'h') && isDigit(l[i-1]) && isDigit(l[i+1]) && isDigit(l[i+2]) && (i+3 == len(l) || !isDigit(l[i+3])) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// heardQuoted reports lines with marks of quoting, or the quoted mail of somebody who is
// not known to be outside, that read like talk among colleagues.
func (m *matter) heardQuoted(v view) bool {
	if v.file > 0 {
		return false
	}
	lines := splitLines(v.text)
	var own []string
	outside := false // the lines are from a mail by somebody outside
	for i, raw := range lines[:min(len(lines), 2000)] {
		l, depth := unquoteLine(raw)
		if q := headerBlock(lines, i); q != nil {
			outside = m.isOutsiderName(q.from)
		} else if n := attribution(lines, i); n > 0 {
			outside = m.isOutsiderName(strings.Join(lines[i:i+n], " "))
		}
		if depth > 0 && !outside {
			own = append(own, l)
		}
	}
	if len(own) == 0 {
		return false
	}
	h, _ := m.hear(strings.Join(own, "\n"), "xn", m.allHave)
	return h.sure >= talkQuoted
}
