package parse

import (
	"strings"
	"unicode/utf8"
)

// decodeWords reads a header value as a person does: encoded words decoded
// (RFC 2047), raw bytes brought to UTF-8, folds turned into single spaces.
//
// It is as lenient as mail programs are: words inside quotes, with spaces in
// them, without their end, of unknown charsets, and characters that were cut in
// two between neighbouring words are all read.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return unfold(guessUTF8([]byte(s)))
	}
	var out strings.Builder
	type run struct {
		charset string
		data    []byte
	}
	var cur *run
	flush := func() {
		if cur != nil {
			t, _ := toUTF8(cur.data, cur.charset)
			out.WriteString(t)
			cur = nil
		}
	}
	for len(s) > 0 {
		i := strings.Index(s, "=?")
		if i < 0 {
			flush()
			out.WriteString(guessUTF8([]byte(s)))
			break
		}
		charset, data, rest, ok := encodedWord(s[i:])
		if !ok {
			flush()
			out.WriteString(guessUTF8([]byte(s[:i+2])))
			s = s[i+2:]
			continue
		}
		gap := s[:i]
		// White space between two encoded words is not part of the text (RFC 2047 section 6.2).
		if cur == nil || strings.TrimSpace(gap) != "" {
			flush()
			out.WriteString(guessUTF8([]byte(gap)))
		}
		if cur != nil && !strings.EqualFold(cur.charset, charset) {
			flush()
		}
		if cur == nil {
			cur = &run{charset: charset}
		}
		cur.data = append(cur.data, data...)
		s = rest
	}
	flush()
	return unfold(out.String())
}

// encodedWord reads the word that s begins with: =?charset*lang?enc?text?=
func encodedWord(s string) (charset string, data []byte, rest string, ok bool) {
	t := s[2:]
	i := strings.IndexByte(t, '?')
	if i < 0 || i > 60 {
		return "", nil, "", false
	}
	charset = t[:i]
	if strings.ContainsAny(charset, " \t\"=<>") {
		return "", nil, "", false
	}
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 section 5: a language may follow
	t = t[i+1:]
	if len(t) < 2 || t[1] != '?' {
		return "", nil, "", false
	}
	enc := t[0] | 0x20
	if enc != 'b' && enc != 'q' {
		return "", nil, "", false
	}
	t = t[2:]
	end := strings.Index(t, "?=")
	for enc == 'q' && end >= 0 && end+3 < len(t) && isHex(t[end+2]) && isHex(t[end+3]) && strings.Contains(t[end+2:], "?=") {
		// "?=" that is really a question mark before an =XX that follows it.
		n := strings.Index(t[end+2:], "?=")
		if sp := strings.IndexAny(t[end+2:end+2+n], " \t"); sp >= 0 {
			break
		}
		end += 2 + n
	}
	if end < 0 {
		// The end is missing: the word goes on to the next space or to the end.
		end = strings.IndexAny(t, " \t\r\n")
		if end < 0 {
			end = len(t)
		}
		rest = t[end:]
	} else {
		rest = t[end+2:]
	}
	if enc == 'b' {
		return charset, decodeBase64Bytes([]byte(t[:end])), rest, true
	}
	return charset, decodeQ(t[:end]), rest, true
}

// decodeQ reads the "Q" encoding (RFC 2047 section 4.2).
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

// unfold makes one line of a header value.
func unfold(s string) string {
	s = strings.TrimSpace(s)
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch r {
		case '\r', '\n', '\t':
			space = true
		default:
			if space && r != ' ' {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// guessUTF8 brings bytes of no stated charset to UTF-8.
func guessUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, _ := toUTF8(b, "")
	return s
}
