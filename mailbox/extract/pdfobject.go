package extract

import (
	"bytes"
	"strconv"
)

// PDF is read here and not by a library: those at hand panic on damaged files, cannot
// be stopped, and follow the cross-reference table alone. A file keeps what it no longer
// shows (ISO 32000-1, 7.5.6), and that is what has to be found.

type (
	pdfName   string
	pdfString []byte
	pdfOp     string
	pdfRef    struct{ num, gen int }
	pdfDict   map[string]any
)

// pdfLex reads the objects of PDF (ISO 32000-1, 7.2 and 7.3). It never fails: what it
// does not understand is an operator.
type pdfLex struct {
	w    *work
	b    []byte
	pos  int
	refs bool // "1 0 R" is a reference; not so in page contents
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *pdfLex) skip() {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; {
		case pdfSpace(c):
			l.pos++
		case c == '%':
			for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

const pdfEnd = pdfOp("")

// next reads one object. At the end it gives pdfEnd.
func (l *pdfLex) next(depth int) any {
	l.w.tick()
	l.skip()
	if l.pos >= len(l.b) || depth > 60 {
		l.pos = len(l.b)
		return pdfEnd
	}
	switch c := l.b[l.pos]; {
	case c == '/':
		l.pos++
		return pdfName(l.name())
	case c == '(':
		return l.literal()
	case c == '<' && l.pos+1 < len(l.b) && l.b[l.pos+1] == '<':
		l.pos += 2
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case c == '[':
		l.pos++
		var out []any
		for {
			v := l.next(depth + 1)
			if op, ok := v.(pdfOp); ok {
				if op == "]" || op == pdfEnd {
					return out
				}
				switch op {
				case "true", "false", "null":
				default:
					continue
				}
			}
			if len(out) < 1<<20 {
				out = append(out, v)
			}
		}
	case c == ']' || c == '{' || c == '}' || c == ')':
		l.pos++
		return pdfOp(c)
	case c == '>':
		l.pos++
		if l.pos < len(l.b) && l.b[l.pos] == '>' {
			l.pos++
			return pdfOp(">>")
		}
		return pdfOp(">")
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		return l.number()
	}
	start := l.pos
	for l.pos < len(l.b) && !pdfSpace(l.b[l.pos]) && !pdfDelim(l.b[l.pos]) {
		l.pos++
	}
	return pdfOp(l.b[start:l.pos])
}

func (l *pdfLex) name() string {
	start := l.pos
	esc := false
	for l.pos < len(l.b) && !pdfSpace(l.b[l.pos]) && !pdfDelim(l.b[l.pos]) {
		esc = esc || l.b[l.pos] == '#'
		l.pos++
	}
	raw := l.b[start:l.pos]
	if !esc {
		return string(raw)
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) < 16 && unhex(raw[i+2]) < 16 {
			out = append(out, unhex(raw[i+1])<<4|unhex(raw[i+2]))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return string(out)
}

func (l *pdfLex) number() any {
	start := l.pos
	for l.pos < len(l.b) && !pdfSpace(l.b[l.pos]) && !pdfDelim(l.b[l.pos]) {
		l.pos++
	}
	raw := l.b[start:l.pos]
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		// "12-34" and the like: what comes before the fault counts, as in viewers.
		n := 1
		for n < len(raw) && (raw[n] >= '0' && raw[n] <= '9' || raw[n] == '.') {
			n++
		}
		if v, err = strconv.ParseFloat(string(raw[:n]), 64); err != nil {
			return 0.0
		}
	}
	if l.refs && v >= 0 && v < 1<<31 && v == float64(int(v)) {
		if gen, end, ok := l.peekRef(); ok {
			l.pos = end
			return pdfRef{int(v), gen}
		}
	}
	return v
}

// peekRef sees whether "G R" follows.
func (l *pdfLex) peekRef() (gen, end int, ok bool) {
	i := l.pos
	for i < len(l.b) && pdfSpace(l.b[i]) {
		i++
	}
	start := i
	for i < len(l.b) && i-start < 6 && l.b[i] >= '0' && l.b[i] <= '9' {
		gen = gen*10 + int(l.b[i]-'0')
		i++
	}
	if i == start || i >= len(l.b) || !pdfSpace(l.b[i]) {
		return 0, 0, false
	}
	for i < len(l.b) && pdfSpace(l.b[i]) {
		i++
	}
	if i >= len(l.b) || l.b[i] != 'R' || i+1 < len(l.b) && !pdfSpace(l.b[i+1]) && !pdfDelim(l.b[i+1]) {
		return 0, 0, false
	}
	return gen, i + 1, true
}

func (l *pdfLex) dict(depth int) pdfDict {
	out := pdfDict{}
	for {
		k := l.next(depth + 1)
		switch k := k.(type) {
		case pdfName:
			v := l.next(depth + 1)
			if op, ok := v.(pdfOp); ok && (op == ">>" || op == pdfEnd) {
				return out
			}
			if len(out) < 1<<16 {
				out[string(k)] = v
			}
		case pdfOp:
			if k == ">>" || k == pdfEnd || k == "endobj" || k == "stream" {
				if k == "stream" || k == "endobj" {
					l.pos -= len(k)
				}
				return out
			}
		}
	}
}

func (l *pdfLex) literal() pdfString {
	l.pos++
	depth := 1
	out := pdfString{}
	for l.pos < len(l.b) {
		c := l.b[l.pos]
		l.pos++
		switch c {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return out
			}
		case '\\':
			if l.pos >= len(l.b) {
				return out
			}
			c = l.b[l.pos]
			l.pos++
			switch c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\r':
				if l.pos < len(l.b) && l.b[l.pos] == '\n' {
					l.pos++
				}
				continue
			case '\n':
				continue
			case '0', '1', '2', '3', '4', '5', '6', '7':
				v := int(c - '0')
				for n := 0; n < 2 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; n++ {
					v = v*8 + int(l.b[l.pos]-'0')
					l.pos++
				}
				c = byte(v)
			}
		}
		out = append(out, c)
	}
	return out
}

func (l *pdfLex) hex() pdfString {
	l.pos++
	end := bytes.IndexByte(l.b[l.pos:], '>')
	if end < 0 {
		end = len(l.b) - l.pos
	}
	out := unhexAll(l.b[l.pos : l.pos+end])
	l.pos = min(len(l.b), l.pos+end+1)
	return out
}

func unhexAll(b []byte) []byte {
	out := make([]byte, 0, len(b)/2+1)
	var hi byte
	half := false
	for _, c := range b {
		v := unhex(c)
		if v > 15 {
			continue
		}
		if half {
			out = append(out, hi<<4|v)
		} else {
			hi = v
		}
		half = !half
	}
	if half {
		out = append(out, hi<<4)
	}
	return out
}
