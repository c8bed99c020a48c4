package parse

import (
	"strconv"
	"strings"

	"hearback/tickets"
)

// maxNamed is how many addresses of a report are listed.
const maxNamed = 60

// cites fills in what a report says about the letter that came back, beside its
// Message-ID: by what it can be tied to one of ours, and for whom it was.
func (m *message) cites(b *tickets.Bounce, groups []recipientStatus, report string) {
	add := func(list *[]string, e string) {
		if !mailLike(e) || len(*list) >= maxNamed {
			return
		}
		for _, x := range *list {
			if strings.EqualFold(x, e) {
				return
			}
		}
		*list = append(*list, e)
	}
	add(&b.Named, b.Recipient)
	for _, g := range groups {
		switch g.action {
		case "delivered", "relayed", "expanded":
			continue // this one has it
		}
		add(&b.Named, g.original)
		add(&b.Named, g.final)
	}
	for _, a := range parseAddresses(m.root.header.get("X-Failed-Recipients")) {
		add(&b.Named, a.Email)
	}
	// Servers tell people more than machines: "<new@...> (expanded from <old@...>)".
	if len(report) > 64<<10 {
		report = report[:64<<10]
	}
	for _, l := range strings.Split(report, "\n") {
		if strings.IndexByte(l, '@') >= 0 {
			for _, e := range allEmails(l) {
				add(&b.Named, e)
			}
		}
	}
	h := m.returnedHeader()
	for _, name := range []string{"Reply-To", "From", "Return-Path", "Sender"} {
		for _, a := range parseAddresses(h.get(name)) {
			add(&b.Returned, a.Email)
		}
	}
	for i := range m.lines {
		t := strings.TrimLeft(m.lines[i].text, "> \t|")
		if len(t) > 9 && strings.EqualFold(t[:9], "reply-to:") {
			for _, a := range parseAddresses(t[9:]) {
				add(&b.Returned, a.Email)
			}
		}
	}
}

// returnedHeader is the header of the letter that came back; empty when it is not
// there as a part of its own. Some servers leave out the line between the head of
// that part and the letter, so that its fields stand among those of the part.
func (m *message) returnedHeader() header {
	var h header
	m.eachLeaf(m.root, func(n *node) {
		if len(h.fields) > 0 || n == m.root {
			return
		}
		switch n.kind {
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers", "message/partial":
			raw, _, _ := decodeAll(n.body, n.cte, m.limits.MaxHeaderBytes)
			h, _, _ = splitHeader(skipEnvelope(unmac(raw)), m.limits.MaxHeaderBytes, true)
		}
	})
	if len(h.fields) > 0 {
		return h
	}
	m.eachLeaf(m.root, func(n *node) {
		if len(h.fields) == 0 && n != m.root && n.header.get("Message-ID") != "" && n.header.get("From") != "" {
			h = n.header
		}
	})
	return h
}

// xtext reads RFC 3461 section 4, in which a letter's envelope id comes back.
func xtext(s string) string {
	s = strings.TrimSpace(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '+' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.Trim(b.String(), "<> ")
}
