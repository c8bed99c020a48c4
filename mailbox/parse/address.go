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
