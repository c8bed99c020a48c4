package guard

import (
	"slices"
	"strings"
	"unicode"
)

// unfilled is the first place of a text where a value is missing, was left for
// somebody to put in, or stands for one that a program did not have; "" when there is
// none. It asks what a finished letter never holds, whoever's template it was: a word for
// a field where its value belongs, a shape for a date or a number, an end without the
// word before it, two answers of which one was to go.
func unfilled(text string, named bool) string {
	form := asksToFill(text)
	whole := strings.Split(text, "\n")
	for n, line := range whole {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		quoted := inQuotation(f)
		for i, t := range f {
			if quoted[i] {
				continue
			}
			if sign := standIn(f, i, t, form); sign != "" {
				return sign
			}
			if named && !form {
				switch strings.Trim(strings.ToLower(t), ".,;:!?*'’\"") {
				case "(s)he", "s/he", "he/she/they", "she/he/they", "a/an", "(her/his)", "(his/her)":
					return t
				}
			}
		}
		if !slices.Contains(quoted, true) {
			if sign := signsForValue(line, f, form); sign != "" {
				return sign
			}
		}
		if sign := gap(line); sign != "" {
			return sign
		}
		if !form {
			if sign := bothAnswers(line, f); sign != "" {
				return sign
			}
			if sign := emptyLabels(whole[n:]); sign != "" {
				return sign
			}
		}
		if sign := noteToSelf(line); sign != "" {
			return sign
		}
		if sign := firstDay(line); sign != "" {
			return sign
		}
	}
	return emptyGreeting(text)
}

// asksToFill reports a text that asks its reader to write, tick or sign: its lines and
// choices are the reader's.
func asksToFill(text string) bool {
	w := words(text)
	for i, x := range w {
		switch x {
		case "tick", "circle", "complete", "completed", "fill", "sign", "signed", "return":
			near := w[max(0, i-4):min(len(w), i+7)]
			if containsAny(near, "please", "form", "below", "box", "return", "and", "parent", "parents", "questionnaire", "slip", "signature", "name") {
				return true
			}
		}
	}
	return false
}

// inQuotation says of each token whether it stands within double quotation marks, where
// the words are somebody else's.
func inQuotation(f []string) []bool {
	out := make([]bool, len(f))
	open := false
	for i, t := range f {
		marks := strings.Count(t, `"`) + strings.Count(t, "“") + strings.Count(t, "”")
		out[i] = open && marks == 0 || marks > 0 && len(words(t)) > 0
		if marks%2 == 1 {
			open = !open
		}
	}
	if open { // a mark that nobody closed: an inch, a slip
		return make([]bool, len(f))
	}
	return out
}

// standIn reports one token that stands for a value: XXX, ddth, 20__, ##, ??, NaN.
func standIn(f []string, i int, t string, form bool) string {
	if t[0] >= 'a' && t[0] <= 'z' && plainToken(t) && !standInWord(t) {
		return ""
	}
	prev, next := "", ""
	if i > 0 {
		prev = strings.ToLower(strings.Trim(strings.NewReplacer("'", "", "’", "").Replace(f[i-1]), ".,;:!?()\""))
	}
	if i+1 < len(f) {
		next = strings.ToLower(strings.Trim(f[i+1], ".,;:!?()\"'"))
	}
	core := strings.Trim(t, ".,;:!?()\"'*[]")
	low := strings.ToLower(core)
	label := i > 0 && strings.HasSuffix(f[i-1], ":")
	afterJoint := i > 0 && !strings.HasSuffix(f[i-1], ".") && (missesWord(prev) || isTitle(prev) || isGreeting(prev))
	switch {
	case strings.Contains(t, "://"):
		return ""
	case len(core) >= 3 && strings.Trim(low, "x") == "" && !partNumber(prev):
		// Kisses stand at an end; a word that was to come stands between others.
		if len(core) >= 4 || core[0] == 'X' || next != "" && prev != "" && !isEnd(f[i-1]) && !unicode.IsUpper(firstRune(f[i+1])) {
			return t
		}
	case strings.ContainsAny(low, "dmyh") && dateShape(low) && !strings.HasSuffix(t, ":"):
		return t
	case (low == "dd" || low == "ddth" || low == "date" || low == "day") && core != low && containsAny([]string{next}, "month", "mmm", "mmmm", "mm"):
		return t + " " + f[i+1]
	case i > 0 && len(t) >= 2 && strings.Trim(t, "#") == "":
		return t
	case len(t) >= 2 && strings.Trim(t, "?") == "" && i > 0 && next != "" && next == strings.Trim(f[i+1], ".,;:!?()\"'"):
		return prev + " " + t
	case (t == "..." || t == "…") && i > 0 && !isEnd(f[i-1]) && (next == "" && isJoint(prev) && prev != "is" && prev != "are" || isUnit(next)):
		return prev + " " + t
	case strings.Count(t, "_") >= 2 && strings.Trim(t, "_") != "" && strings.Trim(t, "_0123456789%£$:.,/-") == "" && !form && !label && i > 0:
		return t
	case len(t)-len(strings.TrimLeft(t, ".…")) >= 5 && unicode.IsLetter(firstRune(strings.TrimLeft(t, ".…"))) && !form:
		return t
	case core == "NaN" || core == "Infinity" && isUnit(next) || core == "NULL":
		return t
	case afterJoint && !label && (core == "None" || core == "N/A" || core == "nil" || core == "TBC" || core == "TBA") && (prev == "dear" || isTitle(prev)):
		return prev + " " + t
	case afterJoint && !label && (core == "None" || core == "N/A" || core == "nil") && (prev == "is" || prev == "at" || prev == "on" || prev == "by") && next != "of":
		return prev + " " + t
	case label && (low == "nil" || core == "None" || low == "n/a") && i > 1 && calledFor(strings.ToLower(strings.Trim(f[i-1], ":"))):
		return f[i-1] + " " + t
	case core == "TBC" && next == "tbc":
		return t + " " + f[i+1]
	case (t == `""` || t == "“”" || t == "''" || t == `"".` || t == `"",`) && (missesWord(prev) || label):
		return prev + " " + t
	case low == "invalid" && next == "date", low == "blah" && next == "blah", low == "draft" && next == "wording", low == "dummy" && next == "text", low == "sample" && next == "text", low == "placeholder":
		return t
	case strings.HasSuffix(core, "Exception") && strings.Contains(core, "."):
		return t
	case strings.HasPrefix(low, "error!"), low == "error" && strings.HasPrefix(t, "Error!") && i+1 < len(f) && containsAny([]string{next}, "reference", "no", "bookmark", "hyperlink", "not", "main", "unknown", "filename"):
		return t
	case strings.HasSuffix(core, "-HERE") || strings.HasSuffix(core, "_HERE"):
		return t
	}
	return fieldAsValue(f, i, core, prev, next)
}

// standInWord reports words of small letters that standIn has to look at.
func standInWord(t string) bool {
	switch t = strings.TrimRight(t, ".,"); t {
	case "blah", "draft", "dummy", "sample", "placeholder", "nil", "invalid", "error", "tbc":
		return true
	}
	return strings.Trim(t, "x") == "" || strings.Trim(t, "dmyhst") == ""
}

// isEnd reports a token that ends a sentence or a part of one.
func isEnd(t string) bool { return t != "" && strings.ContainsAny(t[len(t)-1:], ".!?:;,") }

func isUnit(w string) bool {
	switch w {
	case "hours", "hour", "days", "day", "weeks", "week", "months", "month", "minutes", "mins", "miles", "pounds", "per", "sessions", "session", "terms", "percent", "times", "pupils", "places", "pence":
		return true
	}
	return false
}

// calledFor reports labels behind which a letter has a name, a day or a place.
func calledFor(w string) bool {
	switch w {
	case "review", "date", "name", "school", "officer", "keyworker", "caseworker", "venue", "time", "meeting", "worker", "reference":
		return true
	}
	return false
}

// dateShape reports dd/mm/yyyy, hh:mm, ddth, YYYY: how a template says what a value is
// to look like.
func dateShape(low string) bool {
	parts := strings.FieldsFunc(low, func(r rune) bool { return r == '/' || r == '.' || r == '-' || r == ':' })
	if len(parts) == 0 || len(parts) > 4 {
		return false
	}
	shapes := 0
	for _, p := range parts {
		switch p {
		case "dd", "d", "mm", "mmm", "yy", "hh", "ss", "am", "pm":
			shapes++
		case "ddth", "ddst", "dth", "mmmm", "yyyy", "ddmmyyyy", "ddmmyy":
			shapes += 2
		default:
			if !allDigits(p) {
				return false
			}
		}
	}
	return shapes >= 2 && low != "am.pm" && low != "am/pm" && low != "a.m" && low != "d.d"
}

// fieldAsValue reports the name of a field where its value belongs: "is Officer Name",
// "at Time", "Dear Forename Surname", a signature of "Your Name".
func fieldAsValue(f []string, i int, core, prev, next string) string {
	if core == "" || !unicode.IsUpper(firstRune(core)) {
		return ""
	}
	low := strings.ToLower(core)
	rest := ""
	if i+1 < len(f) {
		rest = f[i+1]
	}
	if strings.HasSuffix(f[i], ":") {
		return ""
	}
	capitalNext := rest != "" && unicode.IsUpper(firstRune(rest))
	switch low {
	case "forename", "firstname", "surname", "lastname", "fullname":
		if isGreeting(prev) || isTitle(prev) || missesWord(prev) || prev == "forename" || prev == "first" {
			return strings.TrimSpace(prev + " " + core)
		}
	case "name":
		switch {
		case (prev == "officer" || prev == "school" || prev == "child" || prev == "parent" || prev == "childs" || prev == "parents" || prev == "your" || prev == "full" || prev == "pupil") && !strings.HasSuffix(f[i-1], ":") && i+1 == len(f) && (i == 1 || i > 1 && missesWord(strings.ToLower(f[i-2]))) && (i > 1 || prev == "your" || prev == "officer"):
			return prev + " " + core
		case (prev == "officer" || prev == "school" || prev == "child" || prev == "parent" || prev == "pupil") && unicode.IsUpper(firstRune(f[i-1])) && i > 1 && missesWord(strings.ToLower(f[i-2])):
			return prev + " " + core
		case next == "of" && i+2 < len(f) && unicode.IsUpper(firstRune(f[i+2])) && !strings.HasSuffix(f[i+2], ":") && fieldWord(strings.ToLower(strings.Trim(f[i+2], ".,;"))) && missesWord(prev) && prev != "the":
			return strings.Join(f[i:i+3], " ")
		case next == "surname" && capitalNext:
			return core + " " + rest
		}
	case "date", "time", "venue", "day", "month", "year", "amount", "postcode", "dob":
		if i > 0 && (prev == "on" || prev == "at" || prev == "by" || prev == "from" || prev == "until") && !unicode.IsUpper(firstRune(f[i-1])) && (!capitalNext || fieldWord(strings.ToLower(strings.Trim(rest, ".,;"))) || strings.EqualFold(strings.Trim(rest, ".,;"), "month")) {
			return prev + " " + core
		}
	case "job":
		if prev == "your" && next == "title" && i+2 == len(f) && i == 1 {
			return strings.Join(f, " ")
		}
	}
	return ""
}

// gap finds a hole of two or more spaces where a word was to stand: "born on  and", "your
// child  ,". Two spaces behind the end of a sentence, and columns, are none.
func gap(line string) string {
	line = strings.TrimSpace(strings.ReplaceAll(line, "\u00a0", " "))
	at := strings.Index(line, "  ")
	if at < 0 || strings.Contains(line, "\t") || strings.Contains(line, "   ") && strings.Count(line, "   ") > 1 || strings.HasPrefix(line, "|") {
		return ""
	}
	for at >= 0 {
		before := strings.Fields(line[:at])
		after := strings.Fields(line[at:])
		if len(before) == 0 || len(after) == 0 {
			return ""
		}
		last, first := before[len(before)-1], after[0]
		prev := strings.ToLower(strings.Trim(last, "()\"'"))
		next := strings.ToLower(strings.Trim(first, "()\"'"))
		if strings.Trim(first, ".,;:!?") == "" && !isEnd(last) {
			return prev + " ... " + first
		}
		if !isEnd(last) && missesWord(prev) && (follows(next) || strings.Trim(first, "-–—") == "") {
			return prev + " ... " + next
		}
		more := strings.Index(line[at+2:], "  ")
		if more < 0 {
			return ""
		}
		at += 2 + more
	}
	return ""
}

// follows reports words that come after a noun and hardly behind a preposition.
func follows(w string) bool {
	switch strings.Trim(w, ".,;") {
	case "and", "at", "from", "of", "on", "in", "by", "is", "are", "was", "has", "have", "had", "will", "who", "which", "with", "or", "to", "for", "because", "if", "attends", "would", "can", "should", "but", "until", "per", "hours", "weeks", "days":
		return true
	}
	return false
}

// bothAnswers finds two answers of which one was to go: "EITHER ... OR ...", "[to assess]
// [not to assess]", "Mr / Mrs", "(use whichever applies)".
func bothAnswers(line string, f []string) string {
	for i, t := range f {
		switch core := strings.Trim(t, ".,;:!?*()[]_"); {
		case core == "OR" && strings.ToUpper(line) != line:
			before, after := words(strings.Join(f[:i], " ")), words(strings.Join(f[i+1:min(len(f), i+9)], " "))
			if strings.Contains(strings.Join(f[:i], " "), "EITHER") || len(after) > 0 && (containsAny(after, "not", "decline", "refuse", "unable") && containsAny(before, "will", "agree", "agreed", "have", "can", "is", "are", "decided") && containsAny(after, "will", "agree", "agreed", "have", "can", "is", "are", "decided", "we")) {
				return t
			}
		case (core == "yes/no" || t == "/" && i > 0 && i+1 < len(f) && plainWord(f[i-1]) == "yes" && plainWord(f[i+1]) == "no") && strings.Contains(line, ":") && !strings.Contains(line, "?") && !containsAny(words(line), "please", "answer", "tell", "say", "whether", "tick", "circle", "either"):
			return "yes/no"
		case t == "/" && i > 0 && i+1 < len(f) && isTitle(plainWord(f[i-1])) && isTitle(plainWord(f[i+1])):
			return strings.Join(f[i-1:i+2], " ")
		case strings.Contains(t, "/"):
			parts := strings.Split(strings.ToLower(strings.Trim(core, "’'s")), "/")
			if len(parts) > 2 && (parts[0] == "sir" || parts[0] == "dear") {
				return t
			}
			if len(parts) >= 2 && isTitle(parts[0]) && isTitle(parts[1]) {
				return t
			}
		}
	}
	low := strings.ToLower(line)
	for _, s := range []string{"whichever applies", "whichever is applicable", "whichever option applies", "delete whichever", "use if ", "as necessary*", "delete as necessary", "delete as needed", "delete as required", "delete if not", "strike through", "cross out as", "(optional paragraph", "select one of"} {
		if i := strings.Index(low, s); i >= 0 && (strings.HasPrefix(s, "delete") || strings.ContainsAny(line[:i], "([*<")) {
			return s
		}
	}
	if i := strings.Index(line, "] ["); i > 0 {
		open, end := strings.LastIndexByte(line[:i], '['), strings.IndexByte(line[i+3:], ']')
		if open >= 0 && end > 0 {
			a, b := words(line[open:i]), words(line[i+3:i+3+end])
			if len(a) > 1 && len(b) > 1 && !hasDigit(line[open:i+4+end]) && (containsAny(a, "not") || containsAny(b, "not") || a[0] == b[0]) {
				return line[open : i+4+end]
			}
		}
	}
	return ""
}

func plainWord(t string) string { return strings.ToLower(strings.Trim(t, ".,;:!?()*")) }

// emptyLabels finds "School:" with nothing behind it among lines of the same kind that
// have something, and a row of labels without any value.
func emptyLabels(rest []string) string {
	w := strings.Fields(rest[0])
	row := 0
	for _, t := range w {
		if !strings.HasSuffix(t, ":") || !fieldWord(strings.ToLower(strings.Trim(t, ":"))) {
			row = -1
			break
		}
		row++
	}
	if row >= 2 {
		return rest[0]
	}
	if row != 1 && !(len(w) == 2 && strings.HasSuffix(w[1], ":") && fieldWord(strings.ToLower(w[0]))) || len(rest) < 2 {
		return ""
	}
	next := rest[1]
	if head, value, ok := strings.Cut(next, ":"); ok && strings.TrimSpace(value) != "" && len(strings.Fields(head)) <= 3 && len(head) > 1 && unicode.IsUpper(firstRune(head)) && !strings.Contains(head, "http") && !strings.HasPrefix(value, "//") {
		return strings.TrimSpace(rest[0])
	}
	return ""
}

// noteToSelf finds what colleagues leave for one another between the lines: "(CW to add
// dates)", ">>>ADD PARAGRAPH<<<", "** need to get the address **", "<- Gwen pls check".
func noteToSelf(line string) string {
	if !strings.ContainsAny(line, "(*<>{~=") {
		return ""
	}
	for _, pair := range [][2]string{{">>>", "<<<"}, {"**", "**"}, {"***", "***"}, {"(", ")"}, {"==", "=="}, {"~~~", "~~~"}, {"{", "}"}} {
		rest := line
		for {
			t := between(rest, pair[0], pair[1], 120)
			if t == "" {
				break
			}
			in := strings.Trim(t[len(pair[0]):len(t)-len(pair[1])], "*<>=~ ")
			w := words(in)
			switch {
			case len(w) < 2:
			case pair[0] == ">>>":
				return t
			case pair[0] == "{":
				if strings.HasPrefix(strings.TrimSpace(in), "IF ") || strings.HasPrefix(strings.TrimSpace(in), "MERGEFIELD") || strings.HasPrefix(strings.TrimSpace(in), "DOCPROPERTY") || strings.HasPrefix(strings.TrimSpace(in), "DATE \\@") {
					return t
				}
			case pair[0] == "(":
				if initials(in) && w[1] == "to" && len(w) > 2 && isTask(w[2]) {
					return t
				}
			case isTask(w[0]) && !containsAny(w, "you", "your") || w[0] == "need" && w[1] == "to" || w[0] == "to" && w[1] == "do" || containsAny(w, "todo", "tbc", "xx"):
				return t
			}
			rest = rest[strings.Index(rest, t)+len(t):]
		}
	}
	for _, arrow := range []string{"<-", "<=", "←", "<--"} {
		if _, after, ok := strings.Cut(line, arrow); ok {
			if w := words(after); len(w) > 0 && len(w) < 9 && containsAny(w, "check", "pls", "confirm", "correct", "ok", "update", "fix", "sure", "right") {
				return arrow + after
			}
		}
	}
	return ""
}

// initials reports a remark that begins with somebody's initials: "CW to add".
func initials(in string) bool {
	f := strings.Fields(in)
	return len(f) > 0 && len(f[0]) >= 2 && len(f[0]) <= 3 && strings.Trim(f[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isTask(w string) bool {
	switch w {
	case "add", "insert", "check", "confirm", "complete", "update", "amend", "fill", "finish", "replace", "edit", "chase", "put", "write", "paste", "delete", "remove", "get":
		return true
	}
	return false
}

// firstDay finds the first days of programs' calendars, written out, where a letter has
// a day of its own: "the review is on 1 January 1900".
func firstDay(line string) string {
	if !strings.Contains(line, "19") && !strings.Contains(line, "18") && !strings.Contains(line, "0001") {
		return ""
	}
	w := words(line)
	for _, d := range dates(w) {
		switch d.iso {
		case "1900-01-01", "1899-12-30", "1899-12-31", "1970-01-01", "0001-01-01", "1904-01-01", "1900-01-00":
			if containsAny(w[max(0, d.at-7):d.at], "review", "meeting", "date", "due", "born", "birth", "starts", "start", "from", "deadline", "appointment", "visit", "panel", "by", "until", "expires", "ends", "received", "sent", "dated") || d.at > 1 && w[d.at-1] == "on" && w[d.at-2] == "is" {
				return strings.Join(w[d.at:d.at+3], " ")
			}
		}
	}
	return ""
}

// emptyGreeting finds "Dear Mrs  ," and "Hello  -": a greeting to nobody.
func emptyGreeting(text string) string {
	line := strings.TrimSpace(strings.SplitN(strings.TrimSpace(text), "\n", 2)[0])
	f := strings.Fields(strings.TrimRight(line, ",.:;-–— "))
	if len(f) == 0 || len(f) > 3 || !isGreeting(strings.ToLower(f[0])) {
		return ""
	}
	for _, t := range f[1:] {
		if !isTitle(strings.ToLower(strings.Trim(t, ".,"))) && strings.ToLower(t) != "and" && t != "&" {
			return ""
		}
	}
	end := strings.TrimPrefix(line, strings.Join(f, " "))
	switch {
	case len(f) > 1: // a title and no name; "Dear Sir" and "Dear Madam" name somebody
		for _, t := range f[1:] {
			if x := strings.ToLower(strings.Trim(t, ".,")); x == "sir" || x == "dame" || x == "miss" && len(f) == 2 && end == "," {
				return ""
			}
		}
		return line
	case strings.ToLower(f[0]) == "dear":
		return line
	case strings.HasPrefix(end, " "):
		return line
	}
	return ""
}
