package guard

import "strings"

// judgeTemplate stops letters with a blank that nobody filled in.
func judgeTemplate(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	check := func(where, text string) {
		if t := blank(text); t != "" {
			out = append(out, Finding{
				Rule: RuleUnmerged, Decision: Block, Evidence: where,
				Words: "A blank was not filled in: \"" + t + "\".",
			})
		}
	}
	check("subject", m.l.Subject)
	check("text", m.newest)
	if m.l.HTML != "" {
		check("HTML text", untag(m.l.HTML, " "))
	}
	for _, f := range m.l.Files {
		check("file "+f.Name, f.Text)
	}
	return out
}

// blank is the first thing in a text that a template or a person should have
// replaced; "" when there is none. Ordinary brackets and links are none.
func blank(text string) string {
	for _, pair := range [][2]string{{"{{", "}}"}, {"<<", ">>"}, {"«", "»"}, {"${", "}"}, {"[[", "]]"}, {"{%", "%}"}, {"%%", "%%"}} {
		if t := between(text, pair[0], pair[1], 80); t != "" {
			return t
		}
	}
	for _, pair := range [][2]string{{"[", "]"}, {"<", ">"}, {"{", "}"}, {"(", ")"}} {
		for rest := text; ; {
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
	for _, s := range []string{"<no value>", "XXXX", "delete as appropriate", "delete as applicable", "insert name here", "Lorem ipsum"} {
		if i := strings.Index(strings.ToLower(text), strings.ToLower(s)); i >= 0 {
			return text[i : i+len(s)]
		}
	}
	first := strings.ToLower(strings.TrimSpace(strings.SplitN(strings.TrimSpace(text), "\n", 2)[0]))
	if first == "dear ," || first == "dear," || first == "dear" || first == "hi ," || first == "hello ," {
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

// isInstruction reports what stands in brackets to be replaced: "insert date",
// "child's name", PARENT_NAME.
func isInstruction(in, open string) bool {
	if strings.ContainsAny(in, "@:/") {
		return false // addresses and links
	}
	w := words(in)
	if len(w) == 0 || len(w) > 8 {
		return false
	}
	switch w[0] {
	case "insert", "enter", "add", "delete", "remove", "choose", "select", "tbc", "tba":
		return open != "(" || w[0] == "insert" || w[0] == "delete"
	}
	if open == "(" {
		return false
	}
	if strings.Contains(in, "_") && len(w) > 0 {
		return true
	}
	for _, x := range w {
		switch x {
		case "name", "names", "childs", "parents", "date", "officer", "firstname", "surname", "lastname", "salutation", "recipient", "dob", "field":
			return len(w) <= 4
		}
	}
	return open != "<" && len(w) <= 3 && len(in) > 3 && in == strings.ToUpper(in) && !strings.ContainsAny(in, "0123456789")
}
