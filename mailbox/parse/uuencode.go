package parse

import (
	"fmt"
	"io"
	"strings"

	"hearback/tickets"
)

// uuencoded takes files out of a plain text that were put in with uuencode,
// lists them as parts "1/uu1", "1/uu2", and leaves a visible line in their place.
func (m *message) uuencoded(s, path string) string {
	var out strings.Builder
	count := 0
	for {
		name, start, dataEnd, end, ok := findUU(s)
		if !ok {
			out.WriteString(s)
			return out.String()
		}
		count++
		d := newDecoder([]byte(s[start:dataEnd]), "uuencode")
		p := describe(d)
		p.Path = fmt.Sprintf("%s/uu%d", path, count)
		p.Name = tidyName(name)
		if p.Name == "" {
			p.Name = "attachment-" + itoa(count) + extension(p.Type)
		}
		p.Type = trueType(p.Type, "application/octet-stream")
		m.parts = append(m.parts, p)
		out.WriteString(s[:start])
		out.WriteString("[" + p.Name + ": a file within the text, listed with the attachments]\n")
		s = s[end:]
	}
}

// findUU finds a whole uuencoded block: begin MODE NAME, data lines, end.
func findUU(s string) (name string, start, dataEnd, end int, ok bool) {
	for pos := 0; pos < len(s); {
		i := strings.Index(s[pos:], "begin ")
		if i < 0 {
			return "", 0, 0, 0, false
		}
		at := pos + i
		pos = at + 6
		if at > 0 && s[at-1] != '\n' {
			continue
		}
		eol := strings.IndexByte(s[at:], '\n')
		if eol < 0 {
			return "", 0, 0, 0, false
		}
		f := strings.SplitN(s[at:at+eol], " ", 3)
		if len(f) < 3 || len(f[1]) < 3 || len(f[1]) > 4 || strings.Trim(f[1], "01234567") != "" {
			continue
		}
		p := at + eol + 1
		good := 0
		for p < len(s) {
			e := strings.IndexByte(s[p:], '\n')
			if e < 0 {
				e = len(s) - p
			}
			l := s[p : p+e]
			next := min(p+e+1, len(s))
			if l == "end" {
				if good > 0 {
					return strings.TrimSpace(f[2]), at, next, next, true
				}
				break
			}
			if l == "" || l == "`" || l == " " {
				p = next
				continue
			}
			want := (int(l[0]-32)&63 + 2) / 3 * 4
			if l[0] < 32 || l[0] > 96 || len(l)-1 < want-3 || len(l)-1 > want+2 {
				break
			}
			good++
			p = next
		}
		pos = at + eol + 1
	}
	return "", 0, 0, 0, false
}

// uuReader reads the n-th uuencoded file of a text part.
func (m *message) uuReader(path, n string, p tickets.Part) (io.Reader, tickets.Part, error) {
	var r io.Reader
	m.eachLeaf(m.root, func(at *node) {
		if at.path != path || r != nil {
			return
		}
		raw, _, _ := decodeAll(at.body, at.cte, 2*m.limits.MaxText)
		s, _ := toUTF8(raw, at.params["charset"])
		s = tidyText(strings.ReplaceAll(s, "\x00", ""))
		for i := 1; ; i++ {
			_, start, dataEnd, end, ok := findUU(s)
			if !ok {
				return
			}
			if itoa(i) == n {
				r = newDecoder([]byte(s[start:dataEnd]), "uuencode")
				return
			}
			s = s[end:]
		}
	})
	if r == nil {
		return nil, tickets.Part{}, fmt.Errorf("part %q: %w", p.Path, ErrNoPart)
	}
	return r, p, nil
}
