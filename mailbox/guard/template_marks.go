package guard

import (
	"strings"
	"unicode"
)

// leftover is the first sign in a text that a template, a program or a colleague left
// for somebody to replace; "" when there is none. It asks what a token is for, not
// which program wrote it: a word for a field between signs, a value that a program
// writes where it has none, a choice that nobody made.
func leftover(text string, named bool) string {
	for _, line := range strings.Split(text, "\n") {
		tokens := strings.Fields(line)
		for i, t := range tokens {
			if sign := leftToken(tokens, i, t); sign != "" {
				return sign
			}
		}
		if sign := choice(line, named); sign != "" {
			return sign
		}
		for _, pair := range [][2]string{{"‹", "›"}, {"【", "】"}, {"〈", "〉"}, {"⟨", "⟩"}, {"⟦", "⟧"}, {"「", "」"}, {"{!", "}"}, {"(%", "%)"}, {"[$", "$]"}} {
			if t := between(line, pair[0], pair[1], 60); t != "" {
				return t
			}
		}
	}
	return ""
}

// leftToken looks at one token in its line.
func leftToken(line []string, i int, t string) string {
	if plainToken(t) {
		return ""
	}
	prev := ""
	if i > 0 {
		prev = strings.ToLower(strings.Trim(line[i-1], ".,;:!?()\"'"))
	}
	core := strings.Trim(t, ".,;:!?()[]\"'’£€$")
	switch {
	case core == "" || strings.Contains(core, "://"):
		return placeholderRun(line, i, t, prev)
	case isExes(core) && len(line) > 1 && !partNumber(prev):
		return t
	case isPrintf(core):
		return t
	case emptyValue(core):
		return t
	case strings.Contains(strings.ToLower(core), "insert") && strings.Contains(core, "/"), core == "INSERT":
		return t
	case fieldWords(core):
		return t
	}
	for _, sign := range []string{"~", "|", "^", "¬", "§", "¤", "?", "#", "$", "%", "@", "=", "&", "`", ":", "+", "*", "_"} {
		in, ok := strings.CutPrefix(core, sign)
		if !ok && strings.HasPrefix(t, sign) {
			in, ok = strings.CutPrefix(t, sign)
		}
		if !ok {
			continue
		}
		in = strings.TrimLeft(in, sign)
		in, ok = strings.CutSuffix(strings.TrimRight(in, ".,;!"), sign)
		if in = strings.TrimRight(in, sign); ok && in != "" && (isField(in) || capitals(in) && len(in) > 2 && sign != "*" && sign != "_" && sign != "|") {
			return t
		}
	}
	return placeholderRun(line, i, t, prev)
}

// plainToken reports a word of small letters, with at most a capital in front and a stop
// or a comma behind: nearly every token, and never a sign.
func plainToken(t string) bool {
	for i := 0; i < len(t); i++ {
		c := t[i]
		switch {
		case c >= 'a' && c <= 'z', i == 0 && c >= 'A' && c <= 'Z':
		case i > 0 && i == len(t)-1 && (c == '.' || c == ','):
		default:
			return false
		}
	}
	return t != "" && (t[0] >= 'a' || len(t) > 1 && t[1] >= 'a')
}

// isExes reports XX, XX.XX, 202X, 0X/XX: a number that somebody was to write.
func isExes(s string) bool {
	exes := strings.Count(s, "X")
	return exes >= 2 && strings.Trim(s, "X0123456789./:-") == "" || exes == 1 && len(s) == 4 && strings.HasPrefix(s, "20") && s[3] == 'X'
}

// partNumber reports words before a Roman number.
func partNumber(w string) bool {
	switch w {
	case "part", "chapter", "schedule", "volume", "article", "annex", "title", "section", "appendix", "size":
		return true
	}
	return false
}

// isPrintf reports %s and %1$d, as programs put values into text.
func isPrintf(s string) bool {
	if !strings.HasPrefix(s, "%") || len(s) < 2 || len(s) > 6 {
		return false
	}
	return strings.ContainsAny(s[len(s)-1:], "sdvqfi") && strings.Trim(s[1:len(s)-1], "0123456789$.-") == ""
}

// emptyValue reports what programs write where a value is missing: errors of
// spreadsheets, the first day of their calendars.
func emptyValue(s string) bool {
	up := strings.ToUpper(s)
	for _, e := range []string{"#REF", "#VALUE", "#N/A", "#NAME", "#DIV/0", "#NUM", "#NULL", "#SPILL", "#CALC"} {
		if strings.HasPrefix(up, e) {
			return true
		}
	}
	switch s {
	case "00/00/0000", "0000-00-00", "01/01/0001", "0001-01-01", "01/01/1900", "1900-01-01", "00/01/1900", "1/1/1900", "30/12/1899", "01/01/1970", "1970-01-01":
		return true
	}
	return len(s) >= 4 && strings.Trim(s, "#") == ""
}

// fieldWords reports CHILDNAME, ParentName, DATE_HERE: words for fields written as one.
func fieldWords(s string) bool {
	if len(s) < 6 || strings.ContainsAny(s, "@/\\") {
		return false
	}
	if capitals(s) && !strings.ContainsAny(s, "_-") {
		return made(strings.ToLower(s), 0)
	}
	parts := camel(s)
	return len(parts) >= 2 && allFieldWords(parts) && (strings.Contains(s, "_") || !strings.Contains(s, "-"))
}

// made reports a word that is nothing but two or more words for fields.
func made(s string, n int) bool {
	if s == "" {
		return n >= 2
	}
	for l := min(len(s), 10); l >= 2; l-- {
		if fieldWord(s[:l]) && made(s[l:], n+1) {
			return true
		}
	}
	return false
}

// camel cuts childFirstName and child_first_name into words.
func camel(s string) []string {
	var parts []string
	var b strings.Builder
	lower := false
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		b.WriteRune(r)
		lower = unicode.IsLower(r)
	}
	flush()
	return parts
}

func allFieldWords(parts []string) bool {
	for _, p := range parts {
		if !fieldWord(strings.TrimRight(p, "0123456789")) {
			return false
		}
	}
	return true
}

// isField reports what stands between signs: at least one word for a field, and
// nothing that would make it a sentence.
func isField(in string) bool {
	parts := camel(in)
	if len(parts) == 0 || len(parts) > 5 {
		return false
	}
	for _, p := range parts {
		if fieldWord(strings.TrimRight(p, "0123456789")) {
			return true
		}
	}
	return false
}

// fieldWord is a word that names a field of a letter about a child.
func fieldWord(w string) bool {
	switch w {
	case "name", "names", "first", "last", "full", "fore", "forename", "firstname", "lastname", "surname", "fullname", "title", "salutation", "parent", "parents", "carer", "child", "childs", "pupil", "student",
		"school", "setting", "officer", "caseworker", "case", "date", "time", "venue", "place", "address", "street", "town", "postcode", "phone", "email", "dob", "upn", "nhs", "ref", "reference",
		"number", "no", "id", "amount", "hours", "plan", "review", "meeting", "panel", "outcome", "decision", "reason", "deadline", "due", "start", "end", "today", "todays", "here", "field", "placeholder",
		"recipient", "sender", "signature", "team", "council", "tel", "telephone", "keyworker", "worker", "year", "group", "authority", "provision", "need", "dear", "mum", "dad", "mother", "father":
		return true
	}
	return false
}

// capitals reports a token of capitals, digits and joints alone.
func capitals(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" && strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// placeholderRun finds dots, dashes or underscores where a word should be: "will be
// ______", "on __/__/____". Lines of a form, for the family to write on, are long or
// stand behind a colon.
func placeholderRun(line []string, i int, t, prev string) string {
	dots, lines := strings.Count(t, "…")*3+strings.Count(t, "."), strings.Count(t, "_")
	rest := strings.Trim(t, "_…./:-£,;")
	form := i == 0 || strings.HasSuffix(line[i-1], ":") || len(line) <= 3
	switch {
	case rest != "":
		return ""
	case lines >= 2 && strings.ContainsAny(t, "/:.-£") && lines < 12 && strings.Trim(t, "_.,;") != "" && !form:
		return t
	case lines >= 2 && lines < 12 && !form:
		return t
	case dots >= 6 && !form && (missesWord(prev) || strings.Contains(t, "……")) && len([]rune(t)) < 40:
		return t
	}
	return ""
}

// missesWord reports words that a name, a day or a place has to follow.
func missesWord(w string) bool {
	switch w {
	case "be", "attend", "attends", "attending", "see", "meet", "named", "called", "via", "about", "until", "before", "after", "between", "a", "an", "his", "her", "their", "this", "my", "is", "was":
		return true
	}
	return isJoint(w)
}

// choice finds two words with a stroke between them of which one was to go: "agree /
// refuse", "will/will not", and, in a letter that names its child, "son/daughter".
func choice(line string, named bool) string {
	for at := 0; ; {
		i := strings.IndexByte(line[at:], '/')
		if i < 0 {
			return ""
		}
		at += i + 1
		before, after := words(lastFew(line[:at-1])), words(firstFew(line[at:]))
		if len(before) == 0 || len(after) == 0 || strings.HasSuffix(line[:at-1], "/") || strings.HasPrefix(line[at:], "/") {
			continue
		}
		a, b := before[len(before)-1], after[0]
		open := containsAny(before, "whether", "either", "reply", "answer", "tick", "circle", "say", "if") || containsAny(after, "whether")
		switch {
		case open:
		case isHelper(a) && (b == a && len(after) > 1 && after[1] == "not" || b == "not" || b == a+"nt" || a == "will" && b == "wont" || a == "can" && b == "cannot"),
			(b == "do" || b == "does" || b == "did" || b == "have" || b == "has" || b == "is" || b == "are") && len(after) > 2 && after[1] == "not" && sameVerb(after[2], a),
			b == "not" && len(after) > 1 && sameVerb(after[1], a), a == "not" && len(before) > 1 && sameVerb(before[len(before)-2], b),
			opposite(a, b) || opposite(b, a):
			return strings.TrimSpace(a + "/" + b)
		}
		if named && kinOf(a) && kinOf(b) && strings.Count(line[:at], `"`)%2 == 0 && strings.Count(line[:at], "“") == strings.Count(line[:at], "”") {
			return a + "/" + b
		}
	}
}

func lastFew(s string) string {
	f := strings.Fields(s)
	return strings.Join(f[max(0, len(f)-6):], " ")
}

func firstFew(s string) string {
	f := strings.Fields(s)
	return strings.Join(f[:min(len(f), 5)], " ")
}

func isHelper(w string) bool {
	switch w {
	case "will", "is", "are", "was", "were", "can", "do", "does", "did", "has", "have", "should", "would", "may", "must":
		return true
	}
	return false
}

func sameVerb(a, b string) bool {
	return len(a) > 3 && len(b) > 3 && (stem(a) == stem(b) || strings.HasPrefix(a, b[:4]) && strings.HasPrefix(b, a[:4]))
}

// opposite reports two outcomes of one decision.
func opposite(a, b string) bool {
	a, b = stem(a), stem(b)
	for _, pair := range [][2]string{
		{"agree", "refuse"},
		{"agree", "decline"},
		{"agree", "disagree"},
		{"agree", "reject"},
		{"accept", "refuse"},
		{"accept", "decline"},
		{"accept", "reject"},
		{"approve", "refuse"},
		{"approve", "reject"},
		{"approve", "decline"},
		{"grant", "refuse"},
		{"grant", "decline"},
		{"support", "refuse"},
		{"uphold", "dismiss"},
		{"upheld", "not"},
		{"successful", "unsuccessful"},
		{"eligible", "ineligible"},
		{"authorised", "unauthorised"},
		{"met", "unmet"},
	} {
		if a == stem(pair[0]) && b == stem(pair[1]) {
			return true
		}
	}
	return false
}

// kinOf reports words of which a letter about one child needs one.
func kinOf(w string) bool {
	switch w {
	case "son", "daughter", "he", "she", "his", "her", "hers", "him", "himself", "herself":
		return true
	}
	return false
}
