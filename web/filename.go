package web

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest name that a download is given, in bytes of UTF-8: file systems
// take 255, and a browser adds " (1)" and its own ending while it loads.
const longestName = 180

// downloadName makes of the name in a mail one that a file can be kept under:
// no folder, no control characters, nothing that turns the direction of writing
// or cannot be seen, nothing that Windows reads as a device or a stream. The
// ending stays: it is what the officer sees of the kind of file.
func downloadName(raw string) string {
	raw = strings.ToValidUTF8(raw, "_")
	if i := strings.LastIndexAny(raw, `/\`); i >= 0 {
		raw = raw[i+1:]
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case hidden(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`"<>:|?*%`, r):
			return '_'
		}
		return r
	}, raw)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	ending := path.Ext(name)
	stem := strings.TrimRight(strings.TrimSuffix(name, ending), " .")
	if len(ending) > 20 || stem == "" {
		stem, ending = strings.TrimLeft(name, "."), ""
	}
	if device(stem) {
		stem = "_" + stem
	}
	if most := longestName - len(ending); len(stem) > most {
		for stem = stem[:most]; !utf8.ValidString(stem); {
			stem = stem[:len(stem)-1]
		}
		stem = strings.TrimRight(stem, " .")
	}
	if stem+ending == "" {
		return "file"
	}
	return stem + ending
}

// hidden reports whether a character has no place in a name: it cannot be seen,
// or it changes how its neighbours are shown.
func hidden(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp)
}

// device reports whether Windows takes a name for a device, whatever its ending.
func device(stem string) bool {
	stem, _, _ = strings.Cut(strings.ToUpper(stem), ".")
	switch stem = strings.TrimSpace(stem); stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	port := strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")
	return port && len(stem) == 4 && stem[3] >= '0' && stem[3] <= '9'
}

// shownName is the name as it came, for a page. What cannot be seen, or turns
// the direction of writing so that "exe.fdp" reads as a PDF, is written out.
func shownName(raw string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(raw, "\uFFFD") {
		if hidden(r) || unicode.IsSpace(r) && r != ' ' {
			fmt.Fprintf(&b, "[U+%04X]", r)
			continue
		}
		b.WriteRune(r)
	}
	if strings.TrimSpace(b.String()) == "" {
		return "A file without a name"
	}
	return b.String()
}

// disposition is Content-Disposition for a file to be kept (RFC 6266): a plain
// name for old programs, and the whole one in UTF-8 (RFC 8187).
func disposition(raw string) string {
	name := downloadName(raw)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '\\' || r == '"' {
			return '_'
		}
		return r
	}, name)
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; attrChar(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + b.String()
}

// attrChar is attr-char of RFC 8187 section 3.2.1.
func attrChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
