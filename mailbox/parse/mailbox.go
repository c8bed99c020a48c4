package parse

import (
	"strings"

	"hearback/tickets"
)

// oneAddress reads one mailbox.
func oneAddress(s string) (tickets.MailAddress, bool) {
	plain, comments := pullComments(s)
	if i := lastAngle(plain); i >= 0 {
		j := strings.IndexByte(plain[i:], '>')
		inner := plain[i+1:]
		tail := ""
		if j > 0 {
			inner, tail = plain[i+1:i+j], plain[i+j+1:]
		}
		email := tidyEmail(inner)
		name := tidyDisplay(plain[:i] + " " + tail)
		if name == "" {
			name = tidyDisplay(comments)
		}
		if email == "" {
			// "<>" or an empty pair of brackets: is an address in the name?
			if e := findEmail(name); e != "" {
				return tickets.MailAddress{Name: name, Email: e}, true
			}
			return tickets.MailAddress{}, false
		}
		return tickets.MailAddress{Name: name, Email: email}, true
	}
	decoded := plain
	if strings.Contains(plain, "=?") {
		decoded = decodeWords(plain)
		if lastAngle(decoded) >= 0 {
			return oneAddress(decoded) // the whole mailbox was put into an encoded word
		}
	}
	t := strings.TrimSpace(decoded)
	if strings.Contains(t, "@") {
		if e := tidyEmail(t); !strings.ContainsAny(e, " \t\"") || strings.HasPrefix(e, `"`) {
			return tickets.MailAddress{Name: tidyDisplay(comments), Email: e}, true
		}
		if e := findEmail(t); e != "" {
			name := tidyDisplay(strings.Replace(t, e, " ", 1))
			if name == "" {
				name = tidyDisplay(comments)
			}
			return tickets.MailAddress{Name: name, Email: e}, true
		}
	}
	if e := findEmail(comments); e != "" {
		return tickets.MailAddress{Name: tidyDisplay(decoded), Email: e}, true
	}
	return tickets.MailAddress{}, false
}

// lastAngle finds the bracket that opens the address, not one within quotes.
func lastAngle(s string) int {
	quoted, at := false, -1
	lastQuote, lastAt := strings.LastIndexByte(s, '"'), strings.LastIndexByte(s, '@')
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			if !quoted && lastQuote <= i {
				continue
			}
			quoted = !quoted
		case s[i] == '<' && !quoted:
			if at < 0 || lastAt > i {
				at = i
			}
		}
	}
	return at
}

// pullComments takes comments out of an address and gives their words.
func pullComments(s string) (plain, comments string) {
	if strings.IndexByte(s, '(') < 0 {
		return s, ""
	}
	var p, c strings.Builder
	quoted, angle := false, false
	depth := 0
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case ch == '\\' && i+1 < len(s) && (quoted || depth > 0):
			if depth > 0 {
				c.WriteByte(s[i+1])
			} else {
				p.WriteByte(ch)
				p.WriteByte(s[i+1])
			}
			i++
			continue
		case ch == '"' && depth == 0:
			quoted = !quoted
		case ch == '<' && depth == 0 && !quoted:
			angle = true
		case ch == '>' && depth == 0 && !quoted:
			angle = false
		case ch == '(' && !quoted:
			if depth > 0 {
				c.WriteByte(ch)
			} else if c.Len() > 0 {
				c.WriteByte(' ')
			}
			depth++
			continue
		case ch == ')' && depth > 0:
			depth--
			if depth > 0 {
				c.WriteByte(ch)
			} else if !angle {
				p.WriteByte(' ')
			}
			continue
		}
		if depth > 0 {
			c.WriteByte(ch)
		} else {
			p.WriteByte(ch)
		}
	}
	if depth > 0 { // never closed: it was no comment
		return s, ""
	}
	return p.String(), c.String()
}

// tidyEmail brings what stands in the brackets to local@domain.
func tidyEmail(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "=?") {
		s = strings.TrimSpace(decodeWords(s))
	}
	s = guessUTF8([]byte(s))
	for {
		t := strings.TrimSpace(strings.Trim(s, "<>'`"))
		if len(t) >= 7 && strings.EqualFold(t[:7], "mailto:") {
			t = t[7:]
		}
		if t == s {
			break
		}
		s = t
	}
	if strings.HasPrefix(s, "@") { // a source route, RFC 5322 section 4.4
		if i := strings.LastIndexByte(s, ':'); i >= 0 {
			s = s[i+1:]
		}
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return strings.TrimSpace(s)
	}
	local, domain := s[:at], s[at+1:]
	if !strings.HasPrefix(strings.TrimSpace(local), `"`) {
		local = strings.ReplaceAll(strings.ReplaceAll(local, " .", "."), ". ", ".")
	} else if l := strings.TrimSpace(local); len(l) > 2 && strings.HasSuffix(l, `"`) {
		// Quotes that are not needed are not part of the address (RFC 5321 section 4.1.2).
		if in := l[1 : len(l)-1]; isDotAtom(in) {
			local = in
		}
	}
	domain = strings.ReplaceAll(strings.TrimSpace(domain), " ", "")
	return strings.TrimSpace(local) + "@" + strings.TrimSuffix(domain, ".")
}

func isDotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || strings.IndexByte(`"(),:;<>@[\]`, c) >= 0 {
			return false
		}
	}
	return true
}

// tidyDisplay reads a display name.
func tidyDisplay(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	s = decodeWords(unquote(s))
	s = unquote(strings.TrimSpace(s))
	if n := len(s); n > 1 && s[0] == '\'' && s[n-1] == '\'' {
		s = s[1 : n-1]
	}
	return strings.Join(strings.Fields(s), " ")
}

// unquote removes quotes and their escapes wherever they stand in a phrase.
func unquote(s string) string {
	if strings.IndexByte(s, '"') < 0 && strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// findEmail finds an address in running text.
func findEmail(s string) string {
	for from := 0; from < len(s); {
		i := strings.IndexByte(s[from:], '@')
		if i < 0 {
			return ""
		}
		at := from + i
		from = at + 1
		a, b := at, at+1
		for a > 0 && isAtext(s[a-1]) && at-a < 64 {
			a--
		}
		for b < len(s) && (isAlnum(s[b]) || s[b] == '.' || s[b] == '-' || s[b] >= 0x80) && b-at < 255 {
			b++
		}
		local, domain := strings.Trim(s[a:at], "."), strings.Trim(s[at+1:b], ".-")
		if local != "" && domain != "" {
			return local + "@" + domain
		}
	}
	return ""
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isAtext(c byte) bool {
	return isAlnum(c) || c >= 0x80 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}
