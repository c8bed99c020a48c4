package guard

import (
	"slices"
	"strings"
	"sync"
)

// shortFile is up to what length a file is read for blanks like a letter.
const shortFile = 64 << 10

// judgeTemplate stops letters with a blank that nobody filled in.
func judgeTemplate(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	said := map[string][]string{} // by place: one blank is found in several ways
	add := func(where, t string) {
		of := strings.TrimPrefix(where, "HTML ")
		if slices.ContainsFunc(said[of], func(s string) bool { return strings.Contains(s, t) || strings.Contains(t, s) }) {
			return
		}
		said[of] = append(said[of], t)
		out = append(out, Finding{
			Rule: RuleUnmerged, Decision: Block, Evidence: where,
			Words: "A blank was not filled in: \"" + t + "\".",
		})
	}
	check := func(where, text string) {
		if t := blank(text); t != "" {
			add(where, t)
		}
	}
	check("subject", m.l.Subject)
	text := m.newest
	check("text", text)
	check("text", m.l.Text) // what stands in quoted lines was merged by nobody else
	named := m.letterNames()
	for _, part := range [][2]string{{"subject", m.l.Subject}, {"text", text}} {
		for _, sign := range []string{leftover(part[1], named), emptied(part[1], named), unfilled(part[1], named)} {
			if sign != "" {
				add(part[0], sign)
			}
		}
	}
	if m.l.HTML != "" {
		check("HTML text", htmlText(m.l.HTML, true))
	}
	for _, f := range m.l.Files {
		check("file name", f.Name)
		check("file "+f.Name, head(f.Text))
		for _, v := range f.Views {
			check("file "+f.Name, head(v.Text))
		}
		if len(f.Text) <= shortFile && strings.Count(f.Text, "___") < 2 && !asksToFill(f.Text) {
			if sign := leftover(f.Text, false); sign != "" {
				add("file "+f.Name, sign)
			}
		}
	}
	return out
}

// blank is the first thing in a text that a template or a person should have
// replaced; "" when there is none. Ordinary brackets and links are none.
func blank(text string) string {
	for _, pair := range [][2]string{{"{{", "}}"}, {"<<", ">>"}, {">>>", "<<<"}, {"${", "}"}, {"[[", "]]"}, {"{%", "%}"}, {"%%", "%%"}, {"<%", "%>"}, {"#{", "}"}, {"{$", "}"}, {"@{", "}"}, {"$[", "]"}, {"<#", ">"}, {"&lt;&lt;", "&gt;&gt;"}, {"*|", "|*"}, {"[%", "%]"}, {"~~", "~~"}} {
		if t := between(text, pair[0], pair[1], 80); t != "" {
			return t
		}
	}
	if t := guillemets(text); t != "" {
		return t
	}
	loose := unlinked(text)
	for _, pair := range [][2]string{{"[", "]"}, {"<", ">"}, {"{", "}"}, {"(", ")"}} {
		for rest := loose; ; {
			t := between(rest, pair[0], pair[1], 80)
			if t == "" {
				break
			}
			if isInstruction(t[len(pair[0]):len(t)-len(pair[1])], pair[0]) {
				return t
			}
			rest = rest[strings.Index(rest, t)+len(t):]
		}
	}
	if _, left := leftPhrases().first(strings.ToLower(text)); left != "" {
		return left
	}
	first := strings.ToLower(strings.TrimSpace(strings.SplitN(strings.TrimSpace(text), "\n", 2)[0]))
	if w := words(strings.SplitN(first, ",", 2)[0]); len(w) > 1 && len(w) < 8 && isGreeting(w[0]) && containsAny(w[1:], "name", "firstname", "surname", "forename", "lastname", "fullname", "insert", "salutation", "recipient", "title") {
		return first
	}
	if t := eitherOr(text); t != "" {
		return t
	}
	if t := fieldSign(text); t != "" {
		return t
	}
	if first == "dear ," || first == "dear," || first == "dear" || first == "hi ," || first == "hello ," || first == "dear mr ," || first == "dear mrs ," || first == "dear ms ," || first == "dear mr," || first == "dear mrs," || first == "dear ms," || first == "dear mr/mrs," {
		return strings.TrimSpace(strings.SplitN(strings.TrimSpace(text), "\n", 2)[0])
	}
	return ""
}

// between is the first text from open to end, both included, on one line.
func between(s, open, end string, limit int) string {
	for {
		i := strings.Index(s, open)
		if i < 0 {
			return ""
		}
		rest := s[i+len(open):]
		j := strings.Index(rest, end)
		if j > 0 && j <= limit && !strings.ContainsAny(rest[:j], "\n\r") {
			return s[i : i+len(open)+j+len(end)]
		}
		s = rest
	}
}

// fieldSign finds %FIELD%, $FIELD and @@FIELD@@ as merge programs write them.
func fieldSign(text string) string {
	if !strings.ContainsAny(text, "%$@#_") {
		return ""
	}
	for _, f := range strings.Fields(text) {
		if !strings.ContainsAny(f, "%$@#_") {
			continue
		}
		f = strings.Trim(f, ".,;:!?()\"'")
		if isFieldName(strings.Trim(f, "#%$@~^*|{}[]<>&")) {
			return f
		}
		for _, sign := range []string{"%", "$$", "@@", "##", "__"} {
			in := strings.TrimPrefix(f, sign)
			if len(in) == len(f) || !strings.HasSuffix(in, sign) || len(in) <= len(sign)+1 {
				continue
			}
			in = strings.TrimSuffix(in, sign)
			if in != "" && strings.Trim(in, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_ .-") == "" && strings.Trim(in, "_") != "" {
				return f
			}
		}
	}
	return ""
}

// emptied finds what a value that was empty leaves behind: "on  at", "of .",
// " 's plan", "is undefined"; and, in a letter that names its child, "his/her".
func emptied(text string, named bool) string {
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Split(strings.TrimRight(line, " \r\t"), " ")
		quoted := inQuotation(fields)
		for i, f := range fields {
			if i > 0 && plainToken(f) && !mayBeEmptied(f) {
				continue
			}
			low := strings.ToLower(f)
			prev, next := "", ""
			if i > 0 {
				prev = strings.ToLower(fields[i-1])
			}
			if i+1 < len(fields) {
				next = strings.ToLower(fields[i+1])
			}
			switch {
			case f == "" && isJoint(prev) && i > 0 && (isJoint(next) || next == "in"):
				return prev + " ... " + next
			case (f == "." || f == "," || f == ";" || f == ":") && isJoint(prev):
				return prev + " " + f
			case (low == "'s" || low == "’s") && i > 0:
				return strings.TrimSpace(prev + " " + f)
			case strings.Trim(low, ".,;!?") == "undefined" || strings.Trim(f, ".,;!?") == "NULL" || strings.Trim(low, ".,;!?") == "nan" && prev == "is" || strings.Trim(f, ".,;!?") == "null" && next != "and" || strings.Trim(f, ".,;!?") == "None" && (prev == "is" || prev == "dear" || prev == "on"):
				return f
			case prev == "the" && (low == "of" || low == "at" || low == "on") || prev == "on" && low == "at" || prev == "of" && (low == "at" || low == "on"):
				return prev + " " + f
			case f == "" && i > 0 && (prev == "attends" || prev == "attend" || prev == "attending" || prev == "joins" || prev == "named" || prev == "called") && next != "":
				return prev + " ... " + next
			case low == "with" && (prev == "discussed" || prev == "agreed" || prev == "arranged" || prev == "meeting") && (next == "on" || next == "at" || next == "by" || next == "about"):
				return f + " ... " + next
			case isJoint(prev) && strings.Trim(f, ".…_") == "" && len([]rune(f)) >= 4:
				return prev + " " + f
			case isJoint(prev) && strings.Trim(f, "?.,;:!") == "" && strings.Count(f, "?") >= 2:
				return prev + " " + f
			case f == "()" || f == "[]" || f == "{}":
				return f
			case strings.Trim(f, "_.,") == "" && strings.Count(f, "_") >= 3 && strings.Count(f, "_") < 12 && len(fields) > 1 && i > 0 && prev != "":
				return f
			}
			if named && !quoted[i] {
				switch strings.Trim(low, ".,;:!?()'’s") {
				case "he/she", "she/he", "his/her", "her/hi", "hi/her", "him/her", "her/him", "son/daughter", "himself/herself", "daughter/son":
					return f
				}
			}
			switch strings.Trim(low, ".,;:!?()*[]") {
			case "mr/mrs", "mr/mrs/ms", "mr/ms", "mrs/ms", "is/is not", "will/will not", "has/has not", "is/isn't", "agreed/refused", "agree/refuse", "accept/refuse", "mr/mrs/miss/ms", "mr/mrs/miss", "decided/declined", "accepted/declined":
				return f
			}
			if (low == "is" || low == "will" || low == "to" || low == "has" || low == "are" || low == "can") && i+2 < len(fields) && fields[i+1] == "/" && (strings.ToLower(fields[i+2]) == low || strings.ToLower(fields[i+2]) == "not") {
				return strings.Join(fields[i:i+3], " ")
			}
		}
	}
	return ""
}

// mayBeEmptied reports the plain words that emptied has to look at.
func mayBeEmptied(f string) bool {
	switch strings.ToLower(strings.TrimRight(f, ".,")) {
	case "undefined", "null", "nan", "none", "of", "at", "on", "with", "is", "will", "to", "has", "are", "can":
		return true
	}
	return false
}

// isJoint reports words that something has to follow.
func isJoint(w string) bool {
	switch w {
	case "on", "at", "for", "with", "by", "of", "from", "is", "are", "dear", "the", "to", "born", "called", "named", "your", "our":
		return true
	}
	return false
}

// isInstruction reports what stands in brackets to be replaced: "insert date",
// "child's name", PARENT_NAME, "plan / review", "Officer: add a sentence here".
func isInstruction(in, open string) bool {
	if strings.ContainsAny(in, "@") || strings.Contains(in, "://") || strings.HasPrefix(in, "cid:") {
		return false // addresses and links
	}
	w := words(in)
	if len(w) == 0 || len(w) > 14 {
		return false
	}
	if open == "<" && (strings.HasPrefix(in, "/") || strings.ContainsAny(in, "=\"")) {
		return false // markup
	}
	switch w[0] {
	case "insert", "enter", "add", "delete", "remove", "choose", "select", "type", "complete", "amend", "edit", "fill", "replace", "state", "specify", "give", "include", "describe", "explain", "summarise", "pick", "confirm":
		if open != "(" {
			return true
		}
		return w[0] == "insert" || w[0] == "delete" && len(w) > 1 && containsAny(w[1:2], "one", "as", "where", "if", "whichever", "this", "the", "either", "any", "paragraph", "section", "option", "both", "all", "or")
	case "tbc", "tba":
		return false // "to be confirmed" is an answer
	}
	if unfinished(w) {
		return true
	}
	switch w[0] {
	case "officer", "author", "drafter", "caseworker", "note":
		if strings.Contains(in, ":") && open != "(" {
			return true
		}
	}
	if open == "(" {
		return false
	}
	if strings.Contains(in, "_") || open == "[" && len(w) <= 2 && allFieldWords(w) {
		return true
	}
	if head, _, ok := strings.Cut(in, ":"); open == "{" && ok && allDigits(head) {
		return true // {1:dd/MM/yyyy}
	}
	if open != "<" && strings.Contains(in, "|") && len(w) >= 2 || open == "{" && allDigits(strings.TrimSpace(in)) && len(in) <= 2 {
		return true
	}
	if open != "<" && strings.Contains(in, "/") && len(w) >= 2 && !strings.ContainsAny(in, "0123456789") {
		return true // [EHC plan / review]: one of these
	}
	for _, x := range w {
		switch x {
		case "name", "names", "childs", "parents", "date", "officer", "firstname", "surname", "lastname", "forename", "salutation", "recipient", "dob", "field", "fullname", "placeholder", "venue", "address", "telephone", "phone", "signature", "your", "reason", "reasons", "pupil", "insert":
			return len(w) <= 6
		case "paragraph", "wording", "boilerplate", "block", "standard", "optional", "template", "logo", "letterhead", "text":
			if len(w) <= 6 {
				return true
			}
		case "child", "parent", "school", "title", "time", "setting", "amount", "number", "deadline", "reference", "ref", "he", "she", "they":
			if len(w) <= 2 && w[0] != "the" {
				return true
			}
		}
	}
	if open == "{" && len(w) <= 3 && !strings.ContainsAny(in, "0123456789, ") {
		return true // {child}
	}
	return false
}

// unfinished reports a remark that something is to be done to a letter before it
// goes: "AL to check before sending".
func unfinished(w []string) bool {
	todo := containsAny(w, "check", "checked", "confirm", "confirmed", "add", "update", "updated", "amend", "insert", "finish", "complete", "edit", "reword", "rewrite", "fix", "ask", "delete", "remove", "change", "fill", "verify", "proofread")
	for i, x := range w {
		if todo && (x == "before" || x == "prior") && containsAny(w[i:], "sending", "send", "sent", "issue", "issuing", "issued", "goes", "posting", "out", "going") && !containsAny(w, "you", "your") {
			return true
		}
	}
	return false
}

// isFieldName reports ENQ_NUMBER: capitals joined by underscores, as nothing but a
// program's field is written.
func isFieldName(f string) bool {
	parts := strings.Split(f, "_")
	if len(parts) < 2 {
		return false
	}
	for _, p := range parts {
		if len(p) < 2 || strings.Trim(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" || strings.Trim(p, "0123456789") == "" {
			return false
		}
	}
	return true
}

// eitherOr finds "agreed / not agreed": one of the two was to go.
func eitherOr(text string) string {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '/')
		if i < 0 {
			return ""
		}
		at += i + 1
		before, after := strings.Fields(text[max(0, at-60):at-1]), strings.Fields(text[at:min(len(text), at+60)])
		if len(before) == 0 || len(after) == 0 {
			continue
		}
		a, b := words(before[len(before)-1]), words(after[0])
		if len(a) != 1 || len(b) != 1 {
			continue
		}
		x, y := a[0], b[0]
		if y == "not" && len(after) > 1 {
			if z := words(after[1]); len(z) == 1 && (z[0] == x || len(before) > 1) {
				return before[len(before)-1] + " / not"
			}
		}
		if len(x) > 3 && (y == "un"+x || y == "dis"+x || y == "in"+x || x == "un"+y || x == "not"+y) {
			return x + " / " + y
		}
	}
}

// guillemets finds a field between « and »; what is quoted in Welsh or French stays.
func guillemets(text string) string {
	for rest := text; ; {
		t := between(rest, "«", "»", 80)
		if t == "" {
			return ""
		}
		in := strings.TrimSuffix(strings.TrimPrefix(t, "«"), "»")
		plain := strings.Trim(in, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == ""
		if isField(in) || strings.ContainsAny(in, "_<>") || plain && (len(camel(in)) > 1 || hasDigit(in)) {
			return t
		}
		rest = rest[strings.Index(rest, t)+len(t):]
	}
}

// unlinked puts a dash for every link: brackets in one are its own.
func unlinked(text string) string {
	for at := strings.Index(text, "://"); at >= 0; at = strings.Index(text, "://") {
		from, to := at, at
		for from > 0 && text[from-1] > ' ' {
			from--
		}
		for to < len(text) && text[to] > ' ' {
			to++
		}
		text = text[:from] + "-" + text[to:]
	}
	return text
}

// leftPhrases are what templates and programs leave, whatever stands beside it.
var leftPhrases = sync.OnceValue(func() *signSet {
	return newSigns(
		"<no value>", "xxxx", "delete as appropriate", "delete as applicable", "insert name here", "lorem ipsum", "click or tap", "(null)", "<null>", "[null]", "system.object", "traceback (most", "<<<<<<<", "-- please select", "-- select", "click here to enter", "choose an item", "enter text here", "error! reference", "error! bookmark", "mergefield", "[object object]", "@model.", "#ref!", "#n/a", "#name?",
		"delete one", "delete where", "xx/xx", "dd/mm/yyyy", "xx:xx", "£xx", "todo", "tktk", "fixme", "strike out", "insert here", "insert text", "insert date", "insert name", "insert reason", "enter name", "paste here", "paste section", "your name here", "first name here",
	)
})
