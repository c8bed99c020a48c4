package register

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"hearback/tickets/fault"
)

// ldifEntry is one record of the export, as far as it concerns mail.
type ldifEntry struct {
	line    int
	dn      string // folded
	name    string
	mail    string
	proxies []string
	members []ldifValue // DNs
	alt     []ldifValue // DNs
	generic []ldifValue // addresses
	group   bool
}

type ldifValue struct {
	line int
	text string
}

// ldif reads records (RFC 2849). Members and other recipients are named by DN, so
// every record is read before any is resolved.
func (d *directoryReader) ldif(b []byte) error {
	var entries []ldifEntry
	var now *ldifEntry
	end := func() {
		if now != nil {
			entries = append(entries, *now)
		}
		now = nil
	}
	for _, l := range unfold(string(b)) {
		if l.text == "" {
			end()
			continue
		}
		attr, value, ok := ldifLine(l.text)
		if !ok {
			d.problem(l.line, "this line cannot be read")
			continue
		}
		switch {
		case attr == "version" && now == nil:
		case attr == "dn":
			end()
			if len(entries) >= maxDirectoryEntries {
				return fault.Newf(fault.Invalid, "The export has more than %d entries", maxDirectoryEntries)
			}
			now = &ldifEntry{line: l.line, dn: foldDN(value)}
		case now == nil:
			d.problem(l.line, "this line belongs to no entry")
		case attr == "changetype":
			return fault.Newf(fault.Invalid, "Line %d: this file lists changes. Export the entries themselves", l.line)
		default:
			now.set(l.line, attr, value)
		}
	}
	end()
	if len(entries) == 0 {
		return fault.New(fault.Invalid, "The export has no entry")
	}
	d.resolve(entries)
	d.once()
	return nil
}

func (e *ldifEntry) set(line int, attr, value string) {
	v := ldifValue{line, value}
	switch attr {
	case "displayname":
		e.name = value
	case "cn":
		if e.name == "" {
			e.name = value
		}
	case "mail":
		e.mail = value
	case "proxyaddresses":
		e.proxies = append(e.proxies, value)
	case "member", "uniquemember":
		e.members, e.group = append(e.members, v), true
	case "altrecipient":
		e.alt = append(e.alt, v)
	case "msexchgenericforwardingaddress":
		e.generic = append(e.generic, v)
	case "objectclass":
		switch strings.ToLower(value) {
		case "group", "groupofnames", "groupofuniquenames":
			e.group = true
		}
	}
}

// addresses of an entry, the one that it sends as first.
func (e *ldifEntry) addresses() []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string) {
		if a, ok := directoryAddress(s); ok && !seen[FoldMailbox(a)] {
			seen[FoldMailbox(a)] = true
			out = append(out, a)
		}
	}
	add(e.mail)
	for _, first := range []bool{true, false} {
		for _, p := range e.proxies {
			// "SMTP:" in capitals is the primary one, "smtp:" another; X400: and the rest are no mail.
			if first == strings.HasPrefix(p, "SMTP:") && len(p) > 5 && strings.EqualFold(p[:5], "smtp:") {
				add(p)
			}
		}
	}
	return out
}

func (d *directoryReader) resolve(entries []ldifEntry) {
	byDN := make(map[string]string, len(entries))
	for i := range entries {
		if a := entries[i].addresses(); len(a) > 0 {
			byDN[entries[i].dn] = a[0]
		}
	}
	for i := range entries {
		e := &entries[i]
		own := e.addresses()
		if len(own) == 0 {
			if len(e.alt)+len(e.generic) > 0 {
				d.note(e.line, "an entry passes mail on and has no address of its own; it was left out")
			}
			continue
		}
		if e.group {
			d.list(e, own, byDN)
		}
		for _, other := range own[1:] {
			if !e.group {
				d.forward(e.line, other, own[0]) // another address of the same mailbox
			}
		}
		for _, v := range e.alt {
			to, ok := byDN[foldDN(v.text)]
			if !ok {
				d.note(v.line, "mail is passed on to somebody who is not in the export")
				to = NotInExport
			}
			for _, a := range own {
				d.forward(v.line, a, to)
			}
		}
		for _, v := range e.generic {
			to, ok := directoryAddress(v.text)
			if !ok {
				d.problem(v.line, "the address to which mail is passed on cannot be read")
				continue
			}
			for _, a := range own {
				d.forward(v.line, a, to)
			}
		}
	}
}

// list is a group under each of its addresses.
func (d *directoryReader) list(e *ldifEntry, own []string, byDN map[string]string) {
	for _, a := range own {
		g, ok := d.group(e.line, a, e.name)
		if !ok {
			return
		}
		for _, m := range e.members {
			to, ok := byDN[foldDN(m.text)]
			if !ok {
				d.note(m.line, "a member of a list is not in the export, or has no address")
				to = NotInExport
			}
			d.member(m.line, g, to)
		}
	}
}

// unfold joins continued lines, drops comments, and numbers each line by where it
// starts. A line of "" stands between records.
func unfold(s string) []ldifValue {
	var out []ldifValue
	comment := false
	for i, l := range strings.Split(s, "\n") {
		l = strings.TrimSuffix(l, "\r")
		switch {
		case strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t"):
			if !comment && len(out) > 0 && out[len(out)-1].text != "" {
				out[len(out)-1].text += l[1:]
				continue
			}
			if !comment {
				out = append(out, ldifValue{i + 1, l}) // continues nothing: it cannot be read
			}
		case strings.HasPrefix(l, "#"):
			comment = true
			continue
		default:
			out = append(out, ldifValue{i + 1, l})
		}
		comment = comment && strings.HasPrefix(l, " ")
	}
	return out
}

// ldifLine is "attribute: value", "attribute:: base64"; options of an attribute,
// such as ";range=0-1499", are dropped.
func ldifLine(s string) (attr, value string, ok bool) {
	attr, value, ok = strings.Cut(s, ":")
	if !ok || attr == "" || strings.TrimSpace(attr) != attr {
		return "", "", false
	}
	attr, _, _ = strings.Cut(strings.ToLower(attr), ";")
	switch {
	case strings.HasPrefix(value, "<"): // a value elsewhere: nothing is fetched
		return "", "", false
	case strings.HasPrefix(value, ":"):
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value[1:]))
		if err != nil {
			return "", "", false
		}
		if !utf8.Valid(b) {
			return attr, "", true // a picture or a key; nothing that we read
		}
		return attr, string(b), true
	}
	return attr, strings.TrimLeft(value, " "), true
}

// foldDN makes two spellings of a distinguished name the same: case, and spaces
// around the commas (RFC 4514 section 2).
func foldDN(dn string) string {
	parts := strings.Split(strings.ToLower(dn), ",")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return strings.Join(parts, ",")
}
