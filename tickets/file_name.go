package tickets

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFileName is the longest name of a file in a letter, in bytes.
const MaxFileName = 180

// FileName is a name that every mail program shows alike: no path, no control or
// direction characters, nothing that Windows refuses, not too long. It may be "".
func FileName(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/")
	s = s[strings.LastIndexByte(s, '/')+1:]
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // controls, directions, what is not seen
			return -1
		}
		return r
	}, s)
	s = strings.Trim(strings.Join(strings.Fields(s), " "), " .")
	if len(s) <= MaxFileName {
		return s
	}
	ext := ""
	if i := strings.LastIndexByte(s, '.'); i > 0 && len(s)-i <= 10 {
		s, ext = s[:i], s[i:]
	}
	s = s[:MaxFileName-len(ext)]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return strings.TrimRight(s, " .") + ext
}
