package extract

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode/utf32"
)

// plain reads a text file in the character set that fits it best.
func (w *work) plain(f *File, b []byte) {
	w.add(f, KindText, "", string(decodeText(b)))
	// A byte mark of one set before text of another would be read differently elsewhere.
	if bytes.IndexByte(b, 0) >= 0 {
		if _, ok := decodeBOM(b); !ok {
			if _, ok := bareUTF16(b); !ok {
				f.problem(Partial, "holds bytes that are not text")
			}
		}
	}
}

// lines reads calendar and contact files: continued lines are joined (RFC 5545
// section 3.1, RFC 6350 section 3.2) and escapes resolved, so that words are whole.
func (w *work) lines(f *File, b []byte) {
	s := strings.ReplaceAll(string(decodeText(b)), "\r\n", "\n")
	s = strings.NewReplacer("\n ", "", "\n\t", "").Replace(s)
	// Encoded values of older cards go on behind "=" at the end of a line.
	if strings.Contains(strings.ToUpper(s), "QUOTED-PRINTABLE") {
		s = unquotePrintable(s)
	}
	var visible, props, links strings.Builder
	for line := range strings.Lines(s) {
		w.tick()
		line = strings.TrimRight(line, "\n")
		head, value := cutProperty(line)
		name, params, _ := strings.Cut(strings.ToUpper(head), ";")
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			name = name[i+1:] // a group of vCard
		}
		value = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
		switch name {
		case "BEGIN", "END", "VERSION", "CALSCALE", "METHOD", "SEQUENCE", "TRANSP", "CLASS", "PRIORITY":
			continue
		case "SUMMARY", "DESCRIPTION", "LOCATION", "FN", "N", "ORG", "TITLE", "NOTE", "ADR", "TEL", "EMAIL", "ATTENDEE", "ORGANIZER", "CONTACT", "COMMENT", "CATEGORIES", "NICKNAME", "BDAY", "ROLE":
			visible.WriteString(value + "\n")
			if i := strings.Index(params, "CN="); i >= 0 || strings.Contains(params, "ALTREP=") {
				visible.WriteString(head + "\n")
			}
		case "ATTACH", "URL", "PHOTO", "LOGO", "SOUND", "KEY":
			if strings.Contains(params, "BASE64") || strings.Contains(params, "ENCODING=B") {
				f.problem(Partial, "carries a file inside that was not read")
			}
			links.WriteString(value + "\n")
		default:
			if strings.HasPrefix(name, "X-ALT-DESC") {
				w.html(f, []byte(value), w.l.MaxDepth)
			}
			props.WriteString(line + "\n")
			if value != line {
				props.WriteString(value + "\n") // with its escapes resolved
			}
		}
	}
	w.add(f, KindText, "", visible.String())
	w.add(f, KindProperty, "", props.String())
	w.add(f, KindLink, "", links.String())
}

// cutProperty splits "NAME;PARAM="a:b":value" at the colon outside quotes.
func cutProperty(line string) (head, value string) {
	quoted := false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return line[:i], line[i+1:]
			}
		}
	}
	return "", line
}

func unquotePrintable(s string) string {
	s = strings.ReplaceAll(s, "=\n", "")
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi < 16 && lo < 16 {
				out.WriteByte(hi<<4 | lo)
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// decodeText gives UTF-8: by byte order mark, UTF-8 if it is that, UTF-16 without
// a mark when every other byte is zero, else the Windows set of western Europe,
// which has a character for nearly every byte and so loses nothing.
func decodeText(b []byte) []byte {
	if d, ok := decodeBOM(b); ok {
		return d
	}
	if d, ok := bareUTF16(b); ok {
		return d
	}
	if utf8.Valid(b) {
		return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	}
	d, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.ToValidUTF8(b, []byte("\ufffd"))
	}
	return bytes.ReplaceAll(d, []byte("\r\n"), []byte("\n"))
}

func decodeBOM(b []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return b[3:], true
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		e := utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM)
		if b[0] == 0 {
			e = utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)
		}
		d, err := e.NewDecoder().Bytes(b)
		return d, err == nil
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return utf16Bytes(b[2:], false), true
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return utf16Bytes(b[2:], true), true
	}
	return nil, false
}

// bareUTF16 recognises UTF-16 without a byte order mark: western text has a zero
// in every other byte.
func bareUTF16(b []byte) ([]byte, bool) {
	n := min(len(b), 4096) &^ 1
	if n < 8 {
		return nil, false
	}
	var even, odd int
	for i := 0; i < n; i += 2 {
		if b[i] == 0 {
			even++
		}
		if b[i+1] == 0 {
			odd++
		}
	}
	switch {
	case odd*10 >= n/2*7 && even*10 < n/2:
		return utf16Bytes(b, false), true
	case even*10 >= n/2*7 && odd*10 < n/2:
		return utf16Bytes(b, true), true
	}
	return nil, false
}

func utf16Bytes(b []byte, big bool) []byte {
	u := make([]uint16, len(b)/2)
	for i := range u {
		lo, hi := b[2*i], b[2*i+1]
		if big {
			lo, hi = hi, lo
		}
		u[i] = uint16(hi)<<8 | uint16(lo)
	}
	return bytes.ReplaceAll([]byte(string(utf16.Decode(u))), []byte("\r\n"), []byte("\n"))
}
