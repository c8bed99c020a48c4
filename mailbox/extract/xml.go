package extract

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// xmlScan reads XML forgivingly and without copying. encoding/xml stops at the
// first fault, and what stands behind it would go unread; it is also ten times
// slower, which matters for sheets. Names are matched without their prefix, because
// a file may choose its prefixes freely. Nothing is expanded but the five entities
// and character references, so entities cannot be used to blow a text up.
type xmlScan struct {
	b          []byte
	pos        int
	kind       xmlKind
	name       string // local name of a start or end tag
	prefix     string
	attrs      []byte // raw text of the attributes
	self       bool   // <empty/>
	start, end int    // of the token in b
	names      map[string]string
}

type xmlKind uint8

const (
	xmlStart xmlKind = iota + 1
	xmlEnd
	xmlText
	xmlCDATA
	xmlComment
	xmlOther // declarations, processing instructions
)

func newXML(b []byte) *xmlScan { return &xmlScan{b: b, names: make(map[string]string, 64)} }

func (s *xmlScan) intern(b []byte) string {
	if v, ok := s.names[string(b)]; ok {
		return v
	}
	v := string(b)
	if len(s.names) < 4096 {
		s.names[v] = v
	}
	return v
}

// next goes to the next token; false at the end.
func (s *xmlScan) next() bool {
	if s.pos >= len(s.b) {
		return false
	}
	s.start = s.pos
	rest := s.b[s.pos:]
	if rest[0] != '<' {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			i = len(rest)
		}
		return s.token(xmlText, i)
	}
	switch {
	case len(rest) > 1 && rest[1] == '/':
		i := bytes.IndexByte(rest, '>')
		if i < 0 {
			i = len(rest) - 1
		}
		s.setName(bytes.TrimSpace(rest[2:max(2, i)]))
		return s.token(xmlEnd, i+1)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.until(xmlComment, rest, "-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.until(xmlCDATA, rest, "]]>")
	case len(rest) > 1 && rest[1] == '?':
		return s.until(xmlOther, rest, "?>")
	case len(rest) > 1 && rest[1] == '!':
		return s.until(xmlOther, rest, ">")
	}
	i := tagEnd(rest)
	inner := rest[1:max(1, i)]
	s.self = len(inner) > 0 && inner[len(inner)-1] == '/'
	if s.self {
		inner = inner[:len(inner)-1]
	}
	n := 0
	for n < len(inner) && inner[n] > ' ' && inner[n] != '/' {
		n++
	}
	s.setName(inner[:n])
	s.attrs = inner[n:]
	return s.token(xmlStart, min(i+1, len(rest)))
}

// tagEnd finds the '>' that ends a tag, which is not one inside quotes.
func tagEnd(b []byte) int {
	var quote byte
	for i := 1; i < len(b); i++ {
		c := b[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			// A quote opens only behind "=": a stray one must not swallow the rest.
			if b[i-1] == '=' || b[i-1] == ' ' {
				if bytes.IndexByte(b[i+1:], c) >= 0 {
					quote = c
				}
			}
		case c == '>':
			return i
		}
	}
	return len(b)
}

func (s *xmlScan) until(k xmlKind, rest []byte, stop string) bool {
	i := bytes.Index(rest, []byte(stop))
	if i < 0 {
		return s.token(k, len(rest))
	}
	return s.token(k, i+len(stop))
}

func (s *xmlScan) token(k xmlKind, n int) bool {
	s.kind = k
	s.pos += max(1, n)
	s.end = min(s.pos, len(s.b))
	s.pos = s.end
	return true
}

func (s *xmlScan) setName(b []byte) {
	s.prefix = ""
	if i := bytes.IndexByte(b, ':'); i >= 0 {
		s.prefix = s.intern(b[:i])
		b = b[i+1:]
	}
	s.name = s.intern(b)
}

// raw is the token as it stands.
func (s *xmlScan) raw() []byte { return s.b[s.start:s.end] }

// text is the text of a text, CDATA or comment token.
func (s *xmlScan) text() string {
	r := s.raw()
	switch s.kind {
	case xmlCDATA:
		return string(bytes.TrimSuffix(r[min(len(r), len("<![CDATA[")):], []byte("]]>")))
	case xmlComment:
		return string(bytes.TrimSuffix(r[min(len(r), 4):], []byte("-->")))
	}
	return unescapeXML(r)
}

// attr is the value of the attribute of that local name, "" without it.
func (s *xmlScan) attr(local string) string {
	v, _ := s.attrOK(local)
	return v
}

func (s *xmlScan) attrOK(local string) (string, bool) {
	if s.kind != xmlStart {
		return "", false
	}
	for name, value := range attributes(s.attrs) {
		if i := bytes.IndexByte(name, ':'); i >= 0 {
			name = name[i+1:]
		}
		if string(name) == local {
			return unescapeXML(value), true
		}
	}
	return "", false
}

// attributes goes through raw attributes.
func attributes(b []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		for {
			b = bytes.TrimLeft(b, " \t\r\n/")
			if len(b) == 0 {
				return
			}
			n := 0
			for n < len(b) && b[n] > ' ' && b[n] != '=' {
				n++
			}
			name := b[:n]
			rest := bytes.TrimLeft(b[n:], " \t\r\n")
			var value []byte
			if len(rest) > 0 && rest[0] == '=' {
				rest = bytes.TrimLeft(rest[1:], " \t\r\n")
				switch {
				case len(rest) > 0 && (rest[0] == '"' || rest[0] == '\''):
					end := bytes.IndexByte(rest[1:], rest[0])
					if end < 0 {
						value, rest = rest[1:], nil
					} else {
						value, rest = rest[1:1+end], rest[end+2:]
					}
				default:
					m := 0
					for m < len(rest) && rest[m] > ' ' {
						m++
					}
					value, rest = rest[:m], rest[m:]
				}
			} else if n == 0 {
				rest = rest[1:]
			}
			b = rest
			if n > 0 && !yield(name, value) {
				return
			}
		}
	}
}

func unescapeXML(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	out.Grow(len(b))
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:i])
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), 14)], ';')
		if end < 0 {
			out.WriteByte('&')
			b = b[1:]
			continue
		}
		if r, ok := entity(string(b[1:end])); ok {
			out.WriteRune(r)
		} else {
			out.Write(b[:end+1])
		}
		b = b[end+1:]
	}
	return out.String()
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if !strings.HasPrefix(name, "#") {
		return 0, false
	}
	base, digits := 10, name[1:]
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// utf8XML gives XML in UTF-8: by byte order mark, else by what it declares.
func utf8XML(b []byte) []byte {
	if d, ok := decodeBOM(b); ok {
		return d
	}
	head := b[:min(len(b), 200)]
	if i := bytes.Index(head, []byte("encoding=")); i >= 0 && bytes.HasPrefix(head, []byte("<?xml")) {
		rest := head[i+len("encoding="):]
		if len(rest) > 2 {
			if j := bytes.IndexByte(rest[1:], rest[0]); j > 0 {
				name := string(rest[1 : 1+j])
				if e, _ := charset.Lookup(name); e != nil && !strings.EqualFold(name, "utf-8") {
					if out, err := e.NewDecoder().Bytes(b); err == nil {
						return out
					}
				}
			}
		}
	}
	return b
}
