package parse

import (
	"strings"

	"hearback/tickets"
)

// addresses fills the people of a mail.
func (m *message) addresses(in *tickets.Inbound, h header) {
	list := func(name string) []tickets.MailAddress {
		var out []tickets.MailAddress
		for _, v := range h.all(name) {
			out = append(out, parseAddresses(v)...)
			if len(out) > 2000 {
				m.problem("%s has more than 2,000 addresses", name)
				return out[:2000]
			}
		}
		return out
	}
	in.Senders = list("From")
	if len(in.Senders) == 0 {
		if in.Senders = list("Sender"); len(in.Senders) > 0 {
			m.problem("From is missing; Sender is taken")
		} else if rp := list("Return-Path"); len(rp) > 0 && rp[0].Email != "" {
			in.Senders = rp[:1]
			m.problem("From is missing; Return-Path is taken")
		} else {
			m.problem("nobody is named as the sender")
		}
	}
	for _, a := range in.Senders {
		// The first with an address: "From: Jane, Smith <jane@...>" names one person.
		if in.From.Email == "" {
			in.From = a
		}
	}
	if in.From.Email == "" && len(in.Senders) > 0 {
		in.From = in.Senders[0]
		if in.From.Name != "" {
			m.problem("no address can be read from From: %q", cutString(in.From.Name, 100))
		}
	}
	in.ReplyTo = list("Reply-To")
	in.To, in.Cc = list("To"), list("Cc")
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"} {
		for _, v := range h.all(name) {
			for _, a := range parseAddresses(v) {
				if a.Email != "" && len(in.Delivered) < 50 {
					in.Delivered = append(in.Delivered, a.Email)
				}
			}
		}
	}
}

// parseAddresses reads an address list as leniently as a person does: unquoted
// commas in names, semicolons between addresses, missing brackets, comments,
// groups, routes, encoded words in the wrong places. Where nothing can be read
// as an address but one can be seen, it is taken.
func parseAddresses(v string) []tickets.MailAddress {
	if len(v) > 256<<10 {
		v = v[:256<<10]
	}
	var out []tickets.MailAddress
	pending := "" // a segment without an address: perhaps the first half of "Smith, Jane <...>"
	for _, seg := range addressSegments(v) {
		a, ok := oneAddress(seg)
		if !ok {
			if s := tidyDisplay(seg); s != "" {
				if pending != "" {
					pending += ", "
				}
				pending += s
			}
			continue
		}
		if pending != "" {
			if strings.Contains(seg, "<") && a.Name != "" && !strings.HasPrefix(strings.TrimSpace(seg), `"`) {
				a.Name = pending + ", " + a.Name
			} else {
				out = append(out, tickets.MailAddress{Name: pending})
			}
			pending = ""
		}
		out = append(out, a)
	}
	if pending != "" {
		out = append(out, tickets.MailAddress{Name: pending})
	}
	return out
}

// addressSegments cuts a list at its commas and semicolons, not at those within
// quotes, brackets or comments. Names of groups are left out; their members stay.
func addressSegments(v string) []string {
	var out []string
	start := 0
	quoted, angle, depth := false, false, 0
	// Found once: asking at each character would be quadratic.
	lastQuote, lastClose, lastAngle, lastSemi := strings.LastIndexByte(v, '"'), strings.LastIndexByte(v, ')'), strings.LastIndexByte(v, '>'), strings.LastIndexByte(v, ';')
	sawAt := false
	cut := func(end int) {
		if s := strings.TrimSpace(v[start:end]); s != "" {
			out = append(out, s)
		}
	}
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			if !quoted && lastQuote <= i {
				continue // a quote that is never closed is a character
			}
			quoted = !quoted
		case c == '@':
			sawAt = true
		case quoted:
		case c == '(':
			if depth > 0 || lastClose > i {
				depth++
			}
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = lastAngle > i
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			cut(i)
			start, sawAt = i+1, false
		case c == ':' && !sawAt && (lastSemi > i || strings.TrimSpace(v[i+1:]) == "") && i-start < 1000 && !strings.HasSuffix(strings.ToLower(strings.TrimSpace(v[start:i])), "mailto"):
			start = i + 1 // the name of a group, RFC 5322 section 3.4: it ends in a semicolon
		}
	}
	if quoted || angle || depth > 0 {
		// Something was not closed: cut at every comma behind which an @ follows.
		rest := v[start:]
		for {
			i := strings.IndexAny(rest, ",;")
			if i < 0 || !strings.Contains(rest[:i], "@") {
				break
			}
			if s := strings.TrimSpace(rest[:i]); s != "" {
				out = append(out, s)
			}
			rest = rest[i+1:]
		}
		if s := strings.TrimSpace(rest); s != "" {
			out = append(out, s)
		}
		return out
	}
	cut(len(v))
	return out
}

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
