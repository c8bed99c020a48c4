package parse

import (
	"sort"
	"strconv"
	"strings"
)

// mediaType reads a Content-Type or Content-Disposition value: the type in
// lower case and its parameters, names in lower case, values decoded by RFC
// 2231 and, because half the world writes it so, by RFC 2047 as well.
func mediaType(v string) (string, map[string]string) {
	v = stripComments(v)
	head, rest, _ := strings.Cut(v, ";")
	kind := strings.ToLower(strings.Join(strings.Fields(head), ""))
	if i := strings.IndexByte(kind, '='); i >= 0 {
		// "attachment filename=x": the semicolon was forgotten.
		if f := strings.Fields(head); len(f) > 1 && !strings.Contains(f[0], "=") {
			kind, rest = strings.ToLower(f[0]), strings.TrimSpace(head)[len(f[0]):]+";"+rest
		} else {
			kind, rest = "", v
		}
	}
	return kind, params(rest)
}

// piece is one segment of an RFC 2231 parameter.
type piece struct {
	n       int
	value   string
	percent bool
}

func params(s string) map[string]string {
	out := map[string]string{}
	var parts map[string][]piece
	for s != "" && len(out) < 200 && len(parts) < 200 {
		s = strings.TrimLeft(s, " \t\r\n;")
		if s == "" {
			break
		}
		i := strings.IndexAny(s, "=;")
		if i < 0 {
			break
		}
		if s[i] == ';' {
			s = s[i+1:]
			continue
		}
		name := strings.ToLower(strings.TrimSpace(s[:i]))
		var val string
		quoted := strings.HasPrefix(strings.TrimLeft(s[i+1:], " \t\r\n"), `"`)
		val, s = paramValue(s[i+1:])
		if !quoted && !strings.HasPrefix(name, "name") && !strings.HasPrefix(name, "filename") {
			val, _, _ = strings.Cut(val, " ") // "charset=us-ascii (a remark)"
		}
		base, n, percent, split := continuation(name)
		if !split && !percent {
			if _, dup := out[name]; !dup {
				out[name] = decodeWords(val)
			}
			continue
		}
		if parts == nil {
			parts = map[string][]piece{}
		}
		if len(parts[base]) < 500 {
			parts[base] = append(parts[base], piece{n, val, percent})
		}
	}
	for name, list := range parts {
		out[name] = joinPieces(list) // RFC 2231 wins over a plain copy of the same name
	}
	return out
}

// paramValue reads a quoted string or a token. An unquoted value with spaces
// goes on to the next semicolon, as mail programs that forget quotes mean it.
func paramValue(s string) (val, rest string) {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" || s[0] != '"' {
		i := strings.IndexByte(s, ';')
		if i < 0 {
			return strings.TrimSpace(s), ""
		}
		return strings.TrimSpace(s[:i]), s[i+1:]
	}
	var b strings.Builder
	lastQuote := strings.LastIndexByte(s, '"')
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case c == '"':
			// A quote in the middle of a name was not escaped: go on when what
			// follows is neither the end nor a semicolon.
			t := strings.TrimLeft(s[i+1:], " \t\r\n")
			if t == "" || t[0] == ';' {
				return b.String(), strings.TrimPrefix(t, ";")
			}
			if j := strings.IndexByte(t[:min(len(t), 64)], '='); j > 0 && !strings.ContainsAny(t[:j], " \t\";") {
				return b.String(), t // the semicolon was forgotten
			}
			if lastQuote <= i {
				if j := strings.IndexByte(s[i+1:], ';'); j >= 0 {
					return b.String(), s[i+1+j+1:]
				}
				return b.String(), ""
			}
			b.WriteByte(c)
		case c == '\r' || c == '\n':
		case c == '\t':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "" // the closing quote is missing
}

// continuation splits name*2* into its parts (RFC 2231 section 3 and 4).
func continuation(name string) (base string, n int, percent, split bool) {
	base, percent = strings.CutSuffix(name, "*")
	if i := strings.LastIndexByte(base, '*'); i > 0 {
		if k, err := strconv.Atoi(base[i+1:]); err == nil && k >= 0 {
			return base[:i], k, percent, true
		}
	}
	return base, 0, percent, false
}

func joinPieces(list []piece) string {
	sort.SliceStable(list, func(i, j int) bool { return list[i].n < list[j].n })
	charset := ""
	var data []byte
	encoded := false
	for i, p := range list {
		v := p.value
		if i == 0 && p.percent {
			if a := strings.SplitN(v, "'", 3); len(a) == 3 {
				charset, v = a[0], a[2]
			}
		}
		if p.percent {
			encoded = true
			data = append(data, percentDecode(v)...)
		} else {
			data = append(data, v...)
		}
	}
	if !encoded {
		return decodeWords(string(data))
	}
	s, _ := toUTF8(data, charset)
	return s
}

func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// stripComments removes RFC 5322 comments outside quoted strings. A bracket
// that is never closed is no comment and stays; so does one inside a file name
// that was not quoted.
func stripComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var b strings.Builder
	quoted := false
	token := false // within an unquoted value: "name=Letter (1).pdf" is no comment
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted:
			if c == '\\' && i+1 < len(s) {
				b.WriteByte(c)
				i++
				c = s[i]
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted, token = true, false
		case c == '=':
			token = true
		case c == ';':
			token = false
		case c == '(' && !token:
			depth, j := 1, i+1
			for ; j < len(s) && depth > 0; j++ {
				switch s[j] {
				case '\\':
					j++
				case '(':
					depth++
				case ')':
					depth--
				}
			}
			if depth == 0 {
				b.WriteByte(' ')
				i = j - 1
				continue
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}
