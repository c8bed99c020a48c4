package parse

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// toUTF8 decodes bytes of a stated charset. The label is evidence, not truth:
// Latin-1 that is really UTF-8, UTF-8 that is really Latin-1 and labels that
// nobody knows are common. problem is "" when the label was right.
func toUTF8(b []byte, label string) (text, problem string) {
	label = charsetName(label)
	if isASCII(b) && !escapes(b) && !wide(label) {
		return string(b), ""
	}
	switch label {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "x-unknown", "8bit", "7bit", "binary", "default", "x-user-defined":
		if utf8.Valid(b) && !escapes(b) {
			return string(b), ""
		}
		s, as := guess(b)
		if label == "" || s == string(b) {
			return s, ""
		}
		return s, "declared as " + label + " but read as " + as
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return fromUTF7(b), ""
	}
	if (strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") || strings.HasPrefix(label, "ucs-")) && isASCII(b) && bytes.IndexByte(b, 0) < 0 {
		return string(b), "declared as " + label + " but is us-ascii" // every other byte of Latin text would be zero
	}
	enc := lookup(label)
	if enc == nil {
		s, as := guess(b)
		return s, "unknown charset " + label + ", read as " + as
	}
	// A valid multi-byte UTF-8 text is practically never anything else.
	if !wide(label) && !strings.HasPrefix(label, "iso-2022") && !strings.HasPrefix(label, "hz") && utf8.Valid(b) && !isASCII(b) {
		return string(b), "declared as " + label + " but is utf-8"
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		s, as := guess(b)
		return s, "declared as " + label + " but read as " + as
	}
	if n := bytes.Count(out, []byte("\uFFFD")); n > 0 {
		problem = "some characters could not be read as " + label
	}
	return string(out), problem
}

// charsetName brings a label to a form that the tables know.
func charsetName(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'<>`))
	label, _, _ = strings.Cut(label, " ")
	label, _, _ = strings.Cut(label, ";")
	label = strings.ReplaceAll(label, "_", "-")
	switch {
	case strings.HasPrefix(label, "charset="):
		return charsetName(label[len("charset="):])
	case strings.HasPrefix(label, "iso8859"):
		return "iso-8859-" + strings.TrimLeft(label[len("iso8859"):], "-")
	case strings.HasPrefix(label, "iso-8859") && len(label) > 8 && label[8] != '-':
		return "iso-8859-" + label[8:]
	case strings.HasPrefix(label, "iso-8859-8"):
		return "iso-8859-8" // -i and -e differ in direction only (RFC 1556)
	case strings.HasPrefix(label, "windows") && len(label) > 7 && label[7] != '-':
		return "windows-" + label[7:]
	case strings.HasPrefix(label, "win-"):
		return "windows-" + label[4:]
	case strings.HasPrefix(label, "cp-"):
		return "cp" + label[3:]
	case strings.HasPrefix(label, "utf-8"), label == "utf", strings.HasPrefix(label, "unicode-utf-8"):
		return "utf-8"
	case label == "ansi-x3.4-1968", label == "ansi-x3.110-1983", label == "iso646-us", label == "us", label == "ascii-us":
		return "us-ascii"
	case label == "cp932", label == "ms932", label == "windows-31j", label == "x-sjis":
		return "shift_jis"
	case label == "gb2312", label == "gbk", label == "cp936", label == "gb18030", label == "x-gbk", label == "euc-cn":
		return "gb18030" // the superset of the others
	case label == "ks-c-5601-1987", label == "ks-c-5601", label == "cp949", label == "uhc", label == "ms949":
		return "euc-kr"
	case label == "shift-jis", label == "sjis", label == "ms-kanji":
		return "shift_jis"
	case strings.HasPrefix(label, "iso-2022-jp"):
		return "iso-2022-jp"
	}
	return label
}

func lookup(label string) encoding.Encoding {
	switch label {
	case "gb18030":
		return simplifiedchinese.GB18030
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case "cp437", "ibm437":
		return charmap.CodePage437
	case "cp850", "ibm850":
		return charmap.CodePage850
	case "cp858":
		return charmap.CodePage858
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && e != nil {
		return e
	}
	if e, err := ianaindex.IANA.Encoding(label); err == nil && e != nil {
		return e
	}
	return nil
}

// wide charsets hold text in bytes that look like ASCII or like nothing.
func wide(label string) bool {
	return strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") || strings.HasPrefix(label, "ucs-") ||
		strings.HasPrefix(label, "iso-10646") || strings.HasSuffix(label, "utf-7") || strings.HasPrefix(label, "hz-")
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// escapes finds the shift sequences of ISO-2022 text (RFC 1468).
func escapes(b []byte) bool {
	i := bytes.IndexByte(b, 0x1b)
	return i >= 0 && i+2 < len(b) && (b[i+1] == '$' || b[i+1] == '(')
}

// guess reads bytes whose charset is unknown: escape sequences, byte order
// marks and UTF-8 speak for themselves; then the scripts that families write
// are tried and the one that gives the most plausible text is taken, with
// windows-1252 when in doubt.
func guess(b []byte) (text, as string) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}), bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return fromUTF16(b), "utf-16"
	case escapes(b):
		if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil && bytes.Count(out, []byte("\uFFFD")) < 3 {
			return string(out), "iso-2022-jp"
		}
	}
	if utf8.Valid(b) {
		return string(b), "utf-8"
	}
	if s, ok := mostlyUTF8(b); ok {
		return s, "utf-8 with damage"
	}
	high := 0
	letters := 0
	for _, c := range b {
		if c >= 0x80 {
			high++
		} else if c|0x20 >= 'a' && c|0x20 <= 'z' {
			letters++
		}
	}
	if high > letters { // hardly any Latin letters: another script
		sample := b
		if len(sample) > 4096 {
			sample = sample[:4096]
		}
		best, score := encoding.Encoding(nil), 0
		name := ""
		for _, c := range []string{"gb18030", "shift_jis", "euc-jp", "euc-kr", "big5", "windows-1251", "koi8-r", "windows-1256", "windows-1255", "iso-8859-7"} {
			e := lookup(c)
			out, err := e.NewDecoder().Bytes(sample)
			if err != nil {
				continue
			}
			if n := plausible(string(out)); best == nil || n > score {
				best, score, name = e, n, c
			}
		}
		if best != nil && score > 0 {
			if out, err := best.NewDecoder().Bytes(b); err == nil {
				return string(out), name
			}
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), "utf-8 with damage"
	}
	return string(out), "windows-1252"
}

// plausible scores a decoded sample: common letters count, rare ones and
// failures count against it.
func plausible(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			n -= 20
		case r < 0x80:
		case r >= 0x3041 && r <= 0x30FF: // kana
			n += 4
		case r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
			n += 2
		case r >= 0x0430 && r <= 0x044F: // lower-case Cyrillic
			n += 2
		case r >= 0x0410 && r <= 0x042F:
			n++
		case r >= 0x05D0 && r <= 0x05EA, r >= 0x0621 && r <= 0x064A, r >= 0x03B1 && r <= 0x03C9:
			n += 2
		case r >= 0xFF61 && r <= 0xFF9F: // half-width kana are hardly ever meant
			n -= 2
		case r >= 0xE000 && r <= 0xF8FF:
			n -= 5
		default:
			n--
		}
	}
	return n
}

// mostlyUTF8 takes text that is UTF-8 but for a few broken characters (a cut,
// a pasted byte): most of its high bytes must be part of valid sequences.
func mostlyUTF8(b []byte) (string, bool) {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	if good < 4 || bad*10 > good {
		return "", false
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), true
}

func fromUTF16(b []byte) string {
	big := b[0] == 0xFE
	b = b[2:]
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		if big {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		} else {
			u = append(u, uint16(b[i+1])<<8|uint16(b[i]))
		}
	}
	return string(utf16.Decode(u))
}

// fromUTF7 reads RFC 2152.
func fromUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			out.WriteByte(b[i])
			continue
		}
		j := i + 1
		for j < len(b) && (b[j] >= 'A' && b[j] <= 'Z' || b[j] >= 'a' && b[j] <= 'z' || b[j] >= '0' && b[j] <= '9' || b[j] == '+' || b[j] == '/') {
			j++
		}
		if j == i+1 {
			out.WriteByte('+')
			if j < len(b) && b[j] == '-' {
				i = j
			}
			continue
		}
		raw, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b[i+1:j]), "="))
		u := make([]uint16, 0, len(raw)/2)
		for k := 0; k+1 < len(raw); k += 2 {
			u = append(u, uint16(raw[k])<<8|uint16(raw[k+1]))
		}
		out.WriteString(string(utf16.Decode(u)))
		if j < len(b) && b[j] == '-' {
			j++
		}
		i = j - 1
	}
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}
