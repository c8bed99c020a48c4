package archive

import (
	"bytes"
	"slices"
	"strings"
)

// IsMbox reports whether a file that begins with head is an mbox (RFC 4155).
func IsMbox(head []byte) bool {
	head = bytes.TrimLeft(head, "\r\n")
	first, rest, _ := bytes.Cut(head, []byte{'\n'})
	next, _, _ := bytes.Cut(rest, []byte{'\n'})
	return isFromLine(first) && beginsMail(first, next)
}

// isFromLine reports whether a line may stand before a mail in an mbox: "From ",
// the envelope sender and a time. Thunderbird writes "From - " and a time, or
// "From " and nothing. A sentence that begins with From has no such form.
//
// Whoever calls has seen an empty line before it: programs quote such a line in
// a mail only there, so anywhere else it is text, which somebody may have
// written to pass off as a mail of another person.
func isFromLine(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) || len(line) > 1000 {
		return false
	}
	if bareFromLine(line) {
		return true
	}
	words := strings.Fields(string(line[len("From "):]))
	digits, clock, day := 0, false, false
	for _, w := range words {
		for _, c := range w {
			if c >= '0' && c <= '9' {
				digits++
			}
		}
		clock = clock || isClock(w)
		day = day || slices.Contains([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, strings.ToLower(strings.TrimRight(w, ",")))
	}
	return clock && digits >= 6 && (day || strings.Contains(words[0], "@"))
}

// bareFromLine is Thunderbird's "From " or "From -" without a time.
func bareFromLine(line []byte) bool {
	rest := strings.TrimSpace(string(line[len("From "):]))
	return rest == "" || rest == "-"
}

// isClock is 9:15, 09:15 or 09:15:00.
func isClock(w string) bool {
	parts := strings.Split(w, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for _, p := range parts {
		if len(p) < 1 || len(p) > 2 || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return true
}

// beginsMail reports whether next, the line after a From line, is the beginning
// of a header. Programs that count bytes instead of quoting (mboxcl2) leave lines
// that look like a From line in texts; what follows there is a sentence.
func beginsMail(from, next []byte) bool {
	name := fieldName(bytes.TrimRight(next, "\r\n"))
	if bareFromLine(from) {
		return mailField(name)
	}
	return name != "" || bytes.HasPrefix(next, []byte(">From ")) // the latter: a second envelope line, of UUCP
}

// fieldName is the name of the header field that a line begins (RFC 5322 section
// 3.6.8); "" when it begins none.
func fieldName(line []byte) string {
	name, _, ok := bytes.Cut(line, []byte{':'})
	name = bytes.TrimRight(name, " \t")
	if !ok || len(name) == 0 || len(name) > 76 {
		return ""
	}
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return string(name)
}

// mailField reports whether only mail has a header field of this name.
func mailField(name string) bool {
	n := strings.ToLower(name)
	switch n {
	case "received", "return-path", "delivered-to", "envelope-to", "message-id", "mime-version", "dkim-signature", "from", "date",
		"authentication-results", "x-mozilla-status", "x-original-to", "x-gm-thrid", "arc-seal", "auto-submitted", "reply-to", "in-reply-to":
		return true
	}
	return false
}

// unquote takes one > from lines like ">From " and ">>From ", which is how
// mboxrd says that a line of the text began with From. The older mboxo quotes
// the first form only; of its ">>From " nobody can tell what it was.
func unquote(m []byte) []byte {
	out := make([]byte, 0, len(m))
	for len(m) > 0 {
		line := m
		if i := bytes.IndexByte(m, '\n'); i >= 0 {
			line = m[:i+1]
		}
		m = m[len(line):]
		if isQuotedFrom(line) {
			line = line[1:]
		}
		out = append(out, line...)
	}
	return out
}

func isQuotedFrom(line []byte) bool {
	return line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}
