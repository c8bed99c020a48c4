package guard

import (
	"strings"
	"unicode"
)

// signsForValue finds signs, or an order to whoever writes, in the place of a value: "***
// hours", "on - at", "is ENTER DATE", "(born )", "£0,000.00", "transport: FALSE".
func signsForValue(line string, f []string, form bool) string {
	for i, t := range f {
		prev, next := "", ""
		if i > 0 {
			prev = strings.ToLower(strings.Trim(f[i-1], ".,;!?()\"'"))
		}
		if i+1 < len(f) {
			next = strings.ToLower(strings.Trim(f[i+1], ".,;:!?()\"'"))
		}
		label := strings.HasSuffix(prev, ":")
		low := strings.ToLower(strings.Trim(t, ".,;:!?()"))
		switch {
		case plainToken(t) && !isOrder(low):
		case strings.Trim(t, "*-–—~") == "" && i > 0 && (isUnit(next) && len(t) > 1 || (prev == "on" || prev == "at" || prev == "by" || prev == "from") && isJoint(next)):
			return prev + " " + t
		case strings.HasPrefix(t, "£") && len(t) > len("£") && (strings.Trim(t, "£_-.,") == "" || strings.Contains(t, "0,000") && strings.Trim(t, "£0,.") == ""):
			return t
		case t == "," && strings.HasSuffix(prev, ","), t == "," && i > 0 && strings.HasSuffix(f[i-1], ","):
			return f[i-1] + " ,"
		case strings.HasPrefix(t, ":") && isField(strings.Trim(t, ":.,;")) && unicode.IsLetter(firstRune(t[1:])):
			return t
		case cellName(strings.Trim(t, ".,;")):
			return t
		case repeatedDate(strings.Trim(t, ".,;")):
			return t
		case label && (t == "TRUE" || t == "FALSE" || t == "TRUE." || t == "FALSE."):
			return prev + " " + t
		case isOrder(low) && i+1 < len(f) && (label || valueBefore(prev)) && !form:
			for _, w := range f[i+1 : min(len(f), i+4)] {
				if w = strings.ToLower(strings.Trim(w, ".,;:")); w == "here" || fieldWord(w) || (low == "choose" || low == "select") && (w == "a" || w == "an") && label {
					return t + " " + next
				}
			}
		case low == "name" && next == "of" && i+3 < len(f) && !strings.HasSuffix(f[i+2], ":") && prev != "the" && prev != "full" && fieldWord(strings.ToLower(f[i+2])) && containsAny([]string{strings.ToLower(f[i+3])}, "has", "is", "was", "will", "attends", "needs"):
			return strings.Join(f[i:i+3], " ")
		}
	}
	for rest := line; ; {
		t := between(rest, "(", ")", 24)
		if t == "" {
			break
		}
		if in := t[1 : len(t)-1]; strings.HasSuffix(in, " ") {
			w := strings.Fields(in)
			if len(w) == 0 || len(w) <= 2 && (missesWord(strings.ToLower(w[len(w)-1])) || strings.HasSuffix(in, ": ") || fieldWord(strings.ToLower(w[len(w)-1]))) {
				return t
			}
		}
		rest = rest[strings.Index(rest, t)+len(t):]
	}
	if !form {
		return wordsInAngles(line)
	}
	return ""
}

// valueBefore reports words behind which an order to the writer stands for a value.
func valueBefore(w string) bool {
	switch w {
	case "is", "are", "was", "on", "at", "for", "have", "has", "get", "gets", "of", "by", "a":
		return true
	}
	return false
}

func isOrder(w string) bool {
	switch w {
	case "insert", "enter", "add", "type", "choose", "select", "name":
		return true
	}
	return false
}

// cellName reports $A$2, as spreadsheets name their cells.
func cellName(t string) bool {
	p := strings.Split(t, "$")
	return len(p) == 3 && p[0] == "" && capitals(p[1]) && len(p[1]) <= 3 && !hasDigit(p[1]) && allDigits(p[2]) && p[2] != ""
}

// repeatedDate reports 99/99/9999 and the last day of programs' calendars.
func repeatedDate(t string) bool {
	if t == "31/12/9999" || t == "9999-12-31" {
		return true
	}
	return len(t) >= 8 && strings.Trim(t, "9/-.") == "" && strings.ContainsAny(t, "/-.") && strings.Count(t, "9") >= 6
}

// wordsInAngles finds "<Mr or Mrs>": words between angle brackets that are no markup, no
// address and no sum.
func wordsInAngles(line string) string {
	for rest := line; ; {
		t := between(rest, "<", ">", 60)
		if t == "" {
			return ""
		}
		in := t[1 : len(t)-1]
		w := strings.Fields(in)
		if len(w) >= 2 && len(w) <= 6 && unicode.IsLetter(firstRune(in)) && !strings.ContainsAny(in, "@=:/\"<") && !strings.HasSuffix(in, " ") && !isTag(strings.ToLower(w[0])) {
			return t
		}
		rest = rest[strings.Index(rest, t)+1:]
	}
}

func isTag(w string) bool {
	switch w {
	case "a", "b", "i", "p", "u", "br", "hr", "em", "li", "ol", "ul", "td", "tr", "th", "h1", "h2", "h3", "div", "span", "table", "strong", "body", "html", "head", "style", "img", "font", "o", "script", "input":
		return true
	}
	return false
}
