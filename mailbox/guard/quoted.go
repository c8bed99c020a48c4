package guard

import "strings"

// newest is what was written this time: the text above the first sign of quoted
// mail. Rules that weigh who is talked to look at nothing else.
func newest(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		if beginsQuote(lines, i) || strings.HasPrefix(strings.TrimSpace(l), ">") {
			return strings.Join(lines[:i], "\n")
		}
	}
	return text
}

// beginsQuote reports whether quoted mail begins at line i, in the forms of the
// common mail programs.
func beginsQuote(lines []string, i int) bool {
	l := strings.TrimSpace(strings.TrimLeft(lines[i], "> "))
	low := strings.ToLower(l)
	switch {
	case strings.HasPrefix(low, "-----original message") || strings.HasPrefix(low, "---------- forwarded message") || strings.HasPrefix(low, "begin forwarded message"):
		return true
	case strings.HasPrefix(low, "on ") && (strings.HasSuffix(low, "wrote:") || i+1 < len(lines) && strings.HasSuffix(strings.ToLower(strings.TrimSpace(lines[i+1])), "wrote:")):
		return true
	case strings.HasPrefix(low, "from:"):
		// A header block: another field follows within four lines.
		for _, n := range lines[i+1 : min(len(lines), i+5)] {
			n = strings.ToLower(strings.TrimSpace(strings.TrimLeft(n, "> ")))
			for _, f := range []string{"to:", "sent:", "date:", "subject:", "cc:"} {
				if strings.HasPrefix(n, f) {
					return true
				}
			}
		}
	}
	return false
}

// quotedMail is one quoted mail with the names or addresses of its header.
type quotedMail struct {
	from string
	to   []string // every field of To and Cc, one string a person
}

// quotedMails lists the quoted mails that say who wrote them to whom.
func quotedMails(text string) []quotedMail {
	var out []quotedMail
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, raw := range lines {
		l := strings.TrimSpace(strings.TrimLeft(raw, "> *"))
		if !strings.HasPrefix(strings.ToLower(l), "from:") {
			continue
		}
		q := quotedMail{from: strings.Trim(l[len("from:"):], " *")}
		for _, n := range lines[i+1 : min(len(lines), i+8)] {
			n = strings.TrimSpace(strings.TrimLeft(n, "> *"))
			low := strings.ToLower(n)
			if strings.HasPrefix(low, "to:") || strings.HasPrefix(low, "cc:") {
				for _, p := range strings.FieldsFunc(n[3:], func(r rune) bool { return r == ';' || r == ',' }) {
					if p = strings.Trim(p, " *"); p != "" {
						q.to = append(q.to, p)
					}
				}
			}
		}
		out = append(out, q)
	}
	return out
}
