package parse

import (
	"bytes"
	"strings"
)

// field is one header field as it stands.
type field struct {
	name  string // as written
	value string // after the colon, unfolded, bytes as they came
}

// header is a block of fields in the order of the mail.
type header struct {
	fields []field
	raw    []byte
	junk   int  // lines that are no field
	cut    bool // longer than the limit
}

// get is the first field of that name, raw and unfolded; "" when missing.
func (h *header) get(name string) string {
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].name, name) {
			return h.fields[i].value
		}
	}
	return ""
}

// all gives every field of that name, topmost first.
func (h *header) all(name string) []string {
	var out []string
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].name, name) {
			out = append(out, h.fields[i].value)
		}
	}
	return out
}

// text is the first field of that name that is not empty, as a person reads it.
func (h *header) text(name string) string {
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].name, name) {
			if s := strings.TrimSpace(decodeWords(h.fields[i].value)); s != "" {
				return s
			}
		}
	}
	return ""
}

// maxField is how much of one line of a header is read, in bytes. RFC 5322 section
// 2.1.1 allows 998.
const maxField = 256 << 10

// splitHeader reads header fields until the empty line (RFC 5322 section 2.1).
// Real mail has lines in its header that are no fields, and headers that are
// followed by text without an empty line between: both are told apart by what
// follows. found is false when not even the first line is a field; then body is
// all of raw.
func splitHeader(raw []byte, limit int, top bool) (h header, body []byte, found bool) {
	pos := 0
	var fold []byte // what continues the last field; joined once, not at each line
	join := func() {
		if n := len(h.fields); n > 0 && len(fold) > 0 {
			h.fields[n-1].value += string(fold)
		}
		fold = fold[:0]
	}
	defer join()
	for pos < len(raw) {
		start := pos
		line, next := lineAt(raw, pos)
		if len(line) == 0 {
			if len(h.fields) == 0 && !top {
				return h, raw[next:], true // a part may have no header at all
			}
			h.raw = raw[:start]
			return h, raw[next:], len(h.fields) > 0
		}
		if start > limit || len(h.fields) >= 5000 {
			h.cut = true
			h.raw = raw[:start]
			// Nothing is dropped: what is too long for a header goes on as text.
			if i := blankLine(raw[start:]); i >= 0 {
				return h, raw[start+i:], true
			}
			return h, raw[start:], true
		}
		pos = next
		switch {
		case line[0] == ' ' || line[0] == '\t':
			if len(h.fields) == 0 {
				if !top || !fieldAhead(raw[pos:]) {
					return header{}, raw, false
				}
				h.junk++
				continue
			}
			if isBlank(line) && !headerGoesOn(raw[pos:]) {
				h.raw = raw[:start]
				return h, raw[pos:], true
			}
			f := &h.fields[len(h.fields)-1]
			if len(f.value)+len(fold) < maxField {
				// A fold is white space that the field already holds (RFC 5322 section 2.2.3).
				fold = append(fold, line[:min(len(line), maxField)]...)
			}
			h.cut = h.cut || len(line) > maxField
		default:
			name, value, ok := splitField(line)
			if ok {
				join()
				h.fields = append(h.fields, field{name, value})
				h.cut = h.cut || len(line) > maxField
				continue
			}
			if (len(h.fields) == 0 && !top) || !fieldAhead(raw[pos:]) || len(h.fields) == 0 && !fieldSoon(raw[pos:]) {
				if len(h.fields) == 0 {
					return header{}, raw, false
				}
				h.raw = raw[:start]
				h.junk++
				return h, raw[start:], true
			}
			h.junk++
			if n := len(h.fields); n > 0 && len(h.fields[n-1].value)+len(fold) < maxField && !bytes.HasPrefix(line, []byte("From ")) && !bytes.HasPrefix(line, []byte(">From ")) {
				fold = append(append(fold, ' '), line[:min(len(line), maxField)]...)
			}
		}
	}
	h.raw = raw
	return h, nil, len(h.fields) > 0
}

// blankLine finds the end of the first empty line, -1 when there is none.
func blankLine(b []byte) int {
	pos := 0
	for pos < len(b) {
		l, next := lineAt(b, pos)
		if len(l) == 0 {
			return pos
		}
		pos = next
	}
	return -1
}

// lineAt gives the line at pos without its end, and where the next one starts.
func lineAt(b []byte, pos int) (line []byte, next int) {
	i := bytes.IndexByte(b[pos:], '\n')
	if i < 0 {
		return bytes.TrimRight(b[pos:], "\r"), len(b)
	}
	line = b[pos : pos+i]
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, pos + i + 1
}

// splitField reads "Name: value". RFC 5322 allows any printable ASCII but the
// colon in a name; a space before the colon is the obsolete syntax.
func splitField(line []byte) (name, value string, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return "", "", false
	}
	n := bytes.TrimRight(line[:i], " \t")
	if len(n) == 0 || len(n) > 100 {
		return "", "", false
	}
	for _, c := range n {
		if c <= ' ' || c > '~' {
			return "", "", false
		}
	}
	v := bytes.Trim(line[i+1:], " \t")
	return string(n), string(v[:min(len(v), maxField)]), true
}

// headerGoesOn says whether the line after a blank-looking one is a field.
func headerGoesOn(b []byte) bool {
	line, _ := lineAt(b, 0)
	if len(line) == 0 {
		return false
	}
	if line[0] == ' ' || line[0] == '\t' {
		return !isBlank(line)
	}
	name, _, ok := splitField(line)
	return ok && knownField(name)
}

// fieldAhead says whether a header field follows within a few lines, before an
// empty line.
func fieldAhead(b []byte) bool {
	pos := 0
	for range 4 {
		if pos >= len(b) {
			return false
		}
		line, next := lineAt(b, pos)
		if len(line) == 0 {
			return false
		}
		if name, _, ok := splitField(line); ok && knownField(name) {
			return true
		}
		pos = next
	}
	return false
}

// fieldSoon is the stricter test for a mail whose very first line is no field:
// two fields must follow, one of
// them of the kind that only programs write, or it is text.
func fieldSoon(b []byte) bool {
	pos, n, program := 0, 0, false
	for range 12 {
		if pos >= len(b) {
			return false
		}
		line, next := lineAt(b, pos)
		if len(line) == 0 {
			return false
		}
		if name, _, ok := splitField(line); ok && knownField(name) {
			// A quoted header within a letter has From, Date, To and Subject, but none
			// of the fields that programs write for programs.
			switch strings.ToLower(name) {
			case "received", "message-id", "mime-version", "content-type", "return-path", "delivered-to", "dkim-signature":
				program = true
			}
			if n++; n >= 2 && program {
				return true
			}
		}
		pos = next
	}
	return false
}

// knownField tells a header field from a sentence with a colon in it.
func knownField(name string) bool {
	n := strings.ToLower(name)
	switch n {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references", "received",
		"return-path", "mime-version", "delivered-to", "organization", "organisation", "status", "importance", "priority", "precedence",
		"dkim-signature", "auto-submitted", "errors-to", "comments", "keywords", "lines", "path", "newsgroups", "user-agent", "authentication-results",
		"thread-topic", "thread-index", "accept-language", "envelope-to", "apparently-to", "mailing-list":
		return true
	}
	for _, p := range []string{"x-", "content-", "list-", "resent-", "arc-", "received-", "original-", "delivery-", "disposition-"} {
		if strings.HasPrefix(n, p) {
			return true
		}
	}
	return false
}

func isBlank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }
