package parse

import (
	"bytes"
	"strings"
)

// node is one part of the MIME tree.
type node struct {
	path     string // as in IMAP (RFC 3501 section 6.4.5); "" for a root that is a container
	header   header
	body     []byte // encoded, within the raw mail
	kind     string // media type, lower case
	params   map[string]string
	disp     string // "inline", "attachment", ""
	dparams  map[string]string
	cte      string
	children []*node
	first    bool   // first among its siblings
	parent   string // media type of the container
	extra    []byte // text before or after the parts of a container that is not the usual remark
}

// tree builds the node for a header and body and all that is within.
func (m *message) tree(h header, body []byte, path string, depth int, parent string) *node {
	m.nodes++
	n := &node{path: path, header: h, body: body, parent: parent}
	n.kind, n.params = mediaType(h.get("Content-Type"))
	n.disp, n.dparams = mediaType(h.get("Content-Disposition"))
	n.cte = h.get("Content-Transfer-Encoding")
	if n.kind == "" || !strings.Contains(n.kind, "/") {
		declared := n.kind
		n.kind = "text/plain" // RFC 2045 section 5.2
		switch {
		case parent == "multipart/digest":
			n.kind = "message/rfc822" // RFC 2046 section 5.1.5
		case declared == "text" || declared == "":
			if looksLikeHTML(body) && transferEncoding(n.cte) == "" && declared == "" && depth == 0 && len(h.fields) == 0 {
				n.kind = "text/html"
			}
		case strings.HasPrefix(declared, "multipart"):
			n.kind = "multipart/mixed"
		default:
			if !readable(body) || n.disp == "attachment" {
				n.kind = "application/octet-stream"
			}
			m.problem("part %s: Content-Type %q is no media type", orRoot(path), declared)
		}
	}
	if declared := transferEncoding(n.cte); declared == "unknown" {
		m.problem("part %s: unknown encoding %q, taken as it is", orRoot(path), cutString(n.cte, 40))
	}
	if strings.HasPrefix(n.kind, "multipart/") {
		m.container(n, depth)
	}
	if len(n.children) == 0 && n.path == "" {
		n.path = "1"
	}
	return n
}

// readable says whether bytes of no stated type are words.
func readable(b []byte) bool {
	b = b[:min(len(b), 2048)]
	return bytes.IndexByte(b, 0) < 0 && !bytes.HasPrefix(b, []byte("%PDF")) && bytes.IndexByte(b, ' ') >= 0
}

func orRoot(path string) string {
	if path == "" {
		return "1"
	}
	return path
}

// container splits a multipart into its children. One that cannot be split is
// shown as text, so that its words are not lost.
func (m *message) container(n *node, depth int) {
	body := n.body
	boundary := n.params["boundary"]
	segs := split(body, boundary, m.limits.MaxParts)
	if segs == nil {
		if enc := transferEncoding(n.cte); enc == "base64" || enc == "quoted-printable" {
			// RFC 2045 section 6.4 forbids this; some programs do it.
			if dec, _, more := decodeAll(body, n.cte, 16<<20); !more {
				if segs = split(dec, boundary, m.limits.MaxParts); segs != nil {
					body = dec
					n.cte = ""
				}
			}
		}
	}
	if segs == nil {
		if guess := guessBoundary(body); guess != "" && guess != boundary {
			if segs = split(body, guess, m.limits.MaxParts); segs != nil {
				m.problem("part %s: the boundary between the parts is not the one stated", orRoot(n.path))
			}
		}
	}
	if segs == nil {
		if depth > 0 || len(bytes.TrimSpace(body)) > 0 {
			m.problem("part %s: a container without parts, its content is taken as text", orRoot(n.path))
		}
		n.kind = "text/plain"
		if looksLikeHTML(body) {
			n.kind = "text/html"
		}
		return
	}
	if !segs.closed {
		m.problem("part %s: the end of the parts is missing", orRoot(n.path))
	}
	if depth+1 > m.limits.MaxDepth {
		m.problem("part %s: nested deeper than %d, kept whole", orRoot(n.path), m.limits.MaxDepth)
		return
	}
	if text := bytes.TrimSpace(segs.before); len(text) > 0 && !usualPreamble(text) {
		n.extra = append(n.extra, text...)
	}
	if text := bytes.TrimSpace(segs.after); len(text) > 0 && depth == 0 && !bytes.HasPrefix(text, []byte("--")) {
		if len(n.extra) > 0 {
			n.extra = append(n.extra, "\n\n"...)
		}
		n.extra = append(n.extra, text...)
	}
	for i, seg := range segs.parts {
		path := childPath(n.path, i+1)
		if m.nodes >= m.limits.MaxParts {
			m.problem("more than %d parts: the rest from part %s on is kept as one", m.limits.MaxParts, path)
			rest := body[segs.starts[i]:]
			n.children = append(n.children, &node{path: path, body: rest, kind: "application/octet-stream", params: map[string]string{"name": "remaining-parts.bin"}, disp: "attachment", parent: n.kind})
			return
		}
		h, b, found := splitHeader(seg, m.limits.MaxHeaderBytes, false)
		if !found && len(bytes.TrimSpace(seg)) == 0 {
			continue
		}
		c := m.tree(h, b, path, depth+1, n.kind)
		c.first = len(n.children) == 0
		n.children = append(n.children, c)
	}
}

func childPath(parent string, i int) string {
	if parent == "" {
		return itoa(i)
	}
	return parent + "." + itoa(i)
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + string(rune('0'+i%10))
}

// usualPreamble tells the remark for programs without MIME from real text.
func usualPreamble(b []byte) bool {
	l := bytes.ToLower(b)
	if len(l) > 1000 {
		return false
	}
	return bytes.Contains(l, []byte("mime")) || bytes.Contains(l, []byte("multi-part")) || bytes.Contains(l, []byte("multipart")) || bytes.HasPrefix(l, []byte("content-"))
}

// segments are the parts of a container as slices of its body.
type segments struct {
	before, after []byte
	parts         [][]byte
	starts        []int
	closed        bool
}

// split cuts a body at its boundary lines (RFC 2046 section 5.1.1); nil when
// there are none.
// After max parts the rest of the body is one more part.
func split(body []byte, boundary string, max int) *segments {
	boundary = strings.TrimRight(boundary, " \t")
	if boundary == "" {
		return nil
	}
	delim := []byte("--" + boundary)
	var s *segments
	start := 0     // of the part that is open
	lastOpen := -1 // where the last part opens; found once, when it is asked for
	for pos := 0; pos < len(body) && (s == nil || len(s.parts) < max); {
		i := bytes.Index(body[pos:], delim)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delim)
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		line, next := lineAt(body, pos)
		closing := false
		if rest := bytes.TrimRight(line, " \t\x00"); len(rest) > 0 {
			if !bytes.HasPrefix(rest, []byte("--")) {
				continue // a longer boundary that begins like ours
			}
			closing = true
		}
		if s == nil {
			s = &segments{before: body[:at]}
			if closing {
				// Only the end of the parts: nothing in between.
				s.closed = true
				s.after = body[next:]
				if len(bytes.TrimSpace(s.before)) == 0 {
					return nil
				}
				return s
			}
		} else {
			s.parts = append(s.parts, trimEOL(body[start:at]))
			s.starts = append(s.starts, start)
		}
		start, pos = next, next
		if closing {
			s.closed = true
			// Some programs write a closing line between the parts: when the same
			// boundary comes again, the parts go on.
			if lastOpen < 0 {
				lastOpen = lastDelimiter(body, delim)
			}
			if lastOpen < next {
				s.after = body[next:]
				return s
			}
		}
	}
	if s == nil {
		return nil
	}
	if !s.closed || len(bytes.TrimSpace(body[start:])) > 0 {
		s.parts = append(s.parts, body[start:])
		s.starts = append(s.starts, start)
	}
	return s
}

// lastDelimiter finds the last line that opens a part; 0 when there is none.
func lastDelimiter(body, delim []byte) int {
	last := 0
	for pos := 0; pos < len(body); {
		i := bytes.Index(body[pos:], delim)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delim)
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		if line, _ := lineAt(body, pos); len(bytes.TrimRight(line, " \t")) == 0 {
			last = at
		}
	}
	return last
}

// trimEOL takes away the line end before a boundary, which belongs to it.
func trimEOL(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// guessBoundary looks for the line that separates parts when the header does
// not say or says wrong: one that begins with -- and is followed by a field of
// a part.
func guessBoundary(body []byte) string {
	limit := min(len(body), 64<<10)
	for pos := 0; pos < limit; {
		line, next := lineAt(body, pos)
		if len(line) > 4 && len(line) < 200 && bytes.HasPrefix(line, []byte("--")) && next < len(body) {
			l, _ := lineAt(body, next)
			if bytes.HasPrefix(bytes.ToLower(l), []byte("content-")) {
				return string(bytes.TrimRight(line[2:], " \t"))
			}
		}
		pos = next
	}
	return ""
}
