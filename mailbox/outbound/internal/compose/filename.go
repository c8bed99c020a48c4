package compose

import (
	"strconv"
	"strings"
)

// nameParam is a parameter with a file name. A name of other characters than
// ASCII goes as RFC 2231 says, which Gmail, Apple Mail and Outlook since 2010 read;
// beside it stands a plain one for programs that do not, because RFC 2047 words in a
// parameter are forbidden (section 5) and are shown undecoded by some.
func nameParam(param, name string) []string {
	if name == "" {
		return nil
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, name)
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain) + `"`
	if plain == name && len(name) <= 60 {
		return []string{param + "=" + quoted}
	}
	if plain == name && len(name) <= 700 {
		return []string{param + "=" + quoted} // one token: folding stands before it
	}
	var out []string
	enc := percent(name)
	if len(enc) <= 60 {
		return append(out, param+"*=utf-8''"+enc)
	}
	for n := 0; enc != ""; n++ {
		cut := min(50, len(enc))
		for cut < len(enc) && (enc[cut-1] == '%' || cut > 1 && enc[cut-2] == '%') {
			cut-- // an octet is not cut in two
		}
		head := ""
		if n == 0 {
			head = "utf-8''"
		}
		out = append(out, param+"*"+strconv.Itoa(n)+"*="+head+enc[:cut])
		enc = enc[cut:]
	}
	return out
}

// percent is the extended value of RFC 2231 section 7.
func percent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(c)+0x100, 16)[1:]))
	}
	return b.String()
}

// folded puts each parameter on a line of its own.
func folded(field string, params []string) string {
	for _, p := range params {
		field += ";\r\n " + p
	}
	return field
}
