package guard

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote undoes quoted-printable (RFC 2045 section 6.7) without giving up where
// the text is none: it is one reading among others.
func unquote(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			b.WriteByte(text[i])
			continue
		}
		rest := text[i+1:]
		switch {
		case strings.HasPrefix(rest, "\r\n"):
			i += 2
		case strings.HasPrefix(rest, "\n"):
			i++
		default:
			if len(rest) >= 2 {
				if n, err := strconv.ParseUint(rest[:2], 16, 8); err == nil {
					b.WriteByte(byte(n))
					i += 2
					continue
				}
			}
			b.WriteByte('=')
		}
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

// unescape resolves \uXXXX and \xXX as programs write them.
func unescape(text string) (string, bool) {
	if strings.Count(text, `\u`)+strings.Count(text, `\x`) < 3 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			n := map[byte]int{'u': 4, 'x': 2, 'U': 8}[text[i+1]]
			if n > 0 && i+2+n <= len(text) {
				if v, err := strconv.ParseUint(text[i+2:i+2+n], 16, 32); err == nil && v <= utf8.MaxRune {
					b.WriteRune(rune(v))
					i += 1 + n
					continue
				}
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), true
}

// utf7 resolves the shifted runs of UTF-7 (RFC 2152).
func utf7(text string) (string, bool) {
	if strings.Count(text, "+A") < 2 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '+' {
			b.WriteByte(text[i])
			continue
		}
		end := i + 1
		for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z' || text[end] >= '0' && text[end] <= '9' || text[end] == '+' || text[end] == '/') {
			end++
		}
		raw, err := base64.RawStdEncoding.DecodeString(text[i+1 : end])
		if err != nil || len(raw) < 2 {
			b.WriteByte('+')
			continue
		}
		units := make([]uint16, 0, len(raw)/2)
		for j := 0; j+1 < len(raw); j += 2 {
			units = append(units, uint16(raw[j])<<8|uint16(raw[j+1]))
		}
		b.WriteString(string(utf16.Decode(units)))
		i = end - 1
		if end < len(text) && text[end] == '-' {
			i = end
		}
	}
	return b.String(), true
}

// codePoints reads rows of numbers within a text as the characters that they stand
// for, in decimal, hexadecimal, octal or binary.
func codePoints(text string) (string, bool) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,\n\r\t;-:./|_\\[](){}", r) })
	if len(fields) < minCodes {
		return "", false
	}
	var found []string
	for _, base := range []int{16, 10, 8, 2} {
		var b strings.Builder
		letters, numbers := 0, 0
		flush := func() {
			if numbers >= minCodes && letters*4 > numbers*3 {
				found = append(found, b.String())
			}
			b.Reset()
			letters, numbers = 0, 0
		}
		for _, f := range fields {
			f = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(f), "0x"), "0b"), "u+00")
			v, err := strconv.ParseUint(f, base, 21)
			if err != nil || v < 0x20 || v > 0x7e || len(f) < 2 || base == 2 && len(f) < 7 || base == 16 && len(f) != 2 && len(f) != 4 {
				flush()
				continue
			}
			numbers++
			if v >= 'a' && v <= 'z' || v >= 'A' && v <= 'Z' || v == ' ' {
				letters++
			}
			b.WriteByte(byte(v))
		}
		flush()
	}
	return strings.Join(found, "\n"), len(found) > 0
}

// minCodes is how many characters in a row have to be written as numbers.
const minCodes = 16
