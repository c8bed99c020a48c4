package guard

import "strings"

// unpercent resolves the percent signs of links (RFC 3986 section 2.1), and leaves
// every other percent sign as it is: one of them must not hide the rest.
func unpercent(text string) (string, bool) {
	at := strings.IndexByte(text, '%')
	if at < 0 {
		return "", false
	}
	var b strings.Builder
	found := false
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			hi, ok1 := hexDigit(text[i+1])
			lo, ok2 := hexDigit(text[i+2])
			if ok1 && ok2 {
				b.WriteByte(hi<<4 | lo)
				found = true
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), found
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
