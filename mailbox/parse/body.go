package parse

import (
	"bytes"
	"strings"

	"hearback/tickets"
)

// line is one line of the text with what is known about it beyond its words.
type line struct {
	text   string
	quoted bool // the HTML says that this is earlier mail
	footer bool // the HTML says that this is a signature
	note   bool // written by us: the visible name of a part that is not text
}

// collect walks the tree and gathers text and parts.
func (m *message) collect() {
	m.walk(m.root, true)
	if len(m.packet) > 0 && !m.wrote() {
		// Outlook put the words into the packet too.
		m.lines = append(append(m.packet, line{}), m.lines...)
	}
	m.placeInline()
}

// walk gathers n and what is within. With text false, words are passed over
// because another form of the same text was taken, but parts are still listed.
func (m *message) walk(n *node, text bool) {
	if len(n.children) == 0 {
		m.leaf(n, text)
		return
	}
	if n.kind == "multipart/alternative" {
		m.alternative(n, text)
	} else {
		for _, c := range n.children {
			m.walk(c, text)
		}
	}
	if text && len(n.extra) > 0 {
		m.addText(linesOf(guessUTF8(n.extra)))
	}
}

// alternative takes the plain text when it has words, else the HTML (RFC 2046
// section 5.1.4 would take the last; the plain text is what the reply folder
// and search read best). Everything that is not a form of the text is listed.
func (m *message) alternative(n *node, text bool) {
	chosen := -1
	if text {
		for pass := 0; pass < 2 && chosen < 0; pass++ {
			for i, c := range n.children {
				if pass == 0 && m.hasWords(c, "text/plain") || pass == 1 && m.hasWords(c, "") {
					chosen = i
					break
				}
			}
		}
		if chosen >= 0 && m.isExcuse(n.children[chosen]) {
			for i, c := range n.children {
				if i != chosen && m.hasWords(c, "text/html") {
					chosen = i
					break
				}
			}
		}
	}
	for i, c := range n.children {
		m.walk(c, i == chosen)
	}
}

// wrote says whether the mail has words of its own so far.
func (m *message) wrote() bool {
	for i := range m.lines {
		if !m.lines[i].note && strings.TrimSpace(m.lines[i].text) != "" {
			return true
		}
	}
	return false
}

// hasWords says whether a subtree holds text of the kind that is not blank.
func (m *message) hasWords(n *node, kind string) bool {
	if len(n.children) > 0 {
		for _, c := range n.children {
			if m.hasWords(c, kind) {
				return true
			}
		}
		return false
	}
	if !isBodyText(n) || kind != "" && n.kind != kind {
		return false
	}
	head, _, _ := decodeAll(n.body, n.cte, 16<<10)
	if n.kind == "text/html" {
		for _, l := range htmlLines(string(head), nil) {
			if strings.TrimSpace(l.text) != "" {
				return true
			}
		}
		return false
	}
	return len(bytes.TrimSpace(head)) > 0
}

// isExcuse tells a plain part that only says "your program cannot show HTML".
func (m *message) isExcuse(n *node) bool {
	if n.kind != "text/plain" || len(n.body) > 600 {
		return false
	}
	b, _, _ := decodeAll(n.body, n.cte, 600)
	l := bytes.ToLower(b)
	return bytes.Contains(l, []byte("html")) && (bytes.Contains(l, []byte("view")) || bytes.Contains(l, []byte("support")) || bytes.Contains(l, []byte("client"))) && bytes.Count(l, []byte("\n")) < 8
}

// isBodyText decides whether a leaf is text to read or a file to list, by the
// rule of RFC 8621 section 4.1.4.
func isBodyText(n *node) bool {
	switch n.kind {
	case "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown":
	default:
		return false
	}
	if n.disp == "attachment" {
		return false
	}
	if n.path == "1" && n.parent == "" || n.first {
		return true
	}
	return n.parent != "multipart/related" && n.fileName() == ""
}

func (n *node) fileName() string {
	for _, s := range []string{n.dparams["filename"], n.dparams["name"], n.params["name"], n.params["filename"]} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// leaf adds one part that is no container.
func (m *message) leaf(n *node, text bool) {
	switch {
	case isBodyText(n):
		if n.kind == "text/html" {
			m.hasHTML = true
		}
		switch {
		case text && m.textBytes > 2*m.limits.MaxText:
			// Beyond what is shown anyway: listed as a file, so that a mail of very
			// many long texts costs no more memory than one.
			if p := m.addPart(n); m.textBytes < 4*m.limits.MaxText {
				m.textBytes = 4 * m.limits.MaxText
				m.note("[" + p.Name + " and the texts that follow are listed with the attachments]")
				m.problem("the texts are too long; from part %s on they are listed as files", n.path)
			}
			return
		case text:
			m.textBytes += len(n.body)
			m.addBody(n)
		}
		if n.kind != "text/html" && n.kind != "text/plain" {
			m.addPart(n) // its words are shown roughly; the file has them as they were meant
		}
	case n.kind == "text/calendar" || n.kind == "application/ics":
		m.addCalendar(n)
		m.addPart(n)
	case n.kind == "message/rfc822" || n.kind == "message/global":
		m.addPart(n)
		m.addMessage(n)
	case n.parent == "multipart/signed" && strings.HasSuffix(n.kind, "-signature") && n.fileName() == "":
		// A signature is no attachment to the reader; it is named, not listed.
		m.note("[Signed by the sender: " + n.kind + "]")
	default:
		p := m.addPart(n)
		switch {
		case isPacket(n, p):
			m.openPacket(n, p.Name)
		case n.parent == "multipart/encrypted" && n.kind == "application/octet-stream", n.kind == "application/pkcs7-mime" || n.kind == "application/x-pkcs7-mime":
			m.note("[" + p.Name + ": this mail is encrypted or sealed and cannot be read here.]")
		case n.parent == "multipart/alternative" && text:
			m.note("[" + p.Name + "]")
		}
	}
}

// addBody decodes one text part and adds its lines.
func (m *message) addBody(n *node) {
	raw, damaged, more := decodeAll(n.body, n.cte, 2*m.limits.MaxText)
	if damaged {
		m.problem("part %s: the encoding is damaged, the text was kept as far as it goes", n.path)
	}
	if more {
		p := m.addPart(n)
		m.problem("part %s: the text is too long and was read in part", n.path)
		m.note("[The text is longer than can be shown here. All of it is in " + p.Name + ".]")
	}
	label := n.params["charset"]
	if label == "" && n.kind == "text/html" {
		label = metaCharset(raw)
	}
	s, problem := toUTF8(raw, label)
	if problem != "" {
		m.problem("part %s: %s", n.path, problem)
	}
	s = strings.ReplaceAll(s, "\x00", "")
	switch {
	case n.kind == "text/html", n.kind == "text/plain" && len(n.header.fields) == 0 && looksLikeHTML([]byte(s)):
		if n.kind != "text/html" {
			m.hasHTML = true
			n.kind = "text/html"
		}
		lines := htmlLines(s, m.imageName)
		if blankLines(lines) && strings.TrimSpace(s) != "" {
			lines = linesOf(stripTags(s))
		}
		m.addText(lines)
	case n.kind == "text/enriched", n.kind == "text/richtext":
		m.addText(linesOf(stripEnriched(s)))
	default:
		s = tidyText(s)
		if strings.EqualFold(n.params["format"], "flowed") {
			s = unflow(s, strings.EqualFold(n.params["delsp"], "yes"))
		}
		if strings.Contains(s, "begin ") {
			s = m.uuencoded(s, n.path)
		}
		m.addText(linesOf(s))
	}
}

// imageName names the file that a cid: URL of the HTML shows.
func (m *message) imageName(cid string) string {
	if m.names == nil {
		m.names = map[string]string{}
		m.eachLeaf(m.root, func(n *node) {
			if id := contentID(n); id != "" {
				m.names[id] = n.fileName()
			}
		})
	}
	return m.names[cid]
}

func (m *message) eachLeaf(n *node, f func(*node)) {
	if len(n.children) == 0 {
		f(n)
	}
	for _, c := range n.children {
		m.eachLeaf(c, f)
	}
}

func (m *message) addText(lines []line) {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1].text) == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return
	}
	if len(m.lines) > 0 {
		m.lines = append(m.lines, line{})
	}
	m.lines = append(m.lines, lines...)
}

// note adds a visible line for a part that is no text.
func (m *message) note(s string) {
	if len(m.lines) > 0 && !m.lines[len(m.lines)-1].note {
		m.lines = append(m.lines, line{note: true})
	}
	m.lines = append(m.lines, line{text: s, note: true})
}

func linesOf(s string) []line {
	out := make([]line, 0, strings.Count(s, "\n")+1)
	for {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			return append(out, line{text: s})
		}
		out = append(out, line{text: s[:i]})
		s = s[i+1:]
	}
}

func joinLines(lines []line) string {
	n := 0
	for i := range lines {
		n += len(lines[i].text) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for i := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(lines[i].text)
	}
	return strings.TrimRight(strings.TrimLeft(b.String(), "\n"), " \n\t")
}

func blankLines(lines []line) bool {
	for i := range lines {
		if strings.TrimSpace(lines[i].text) != "" {
			return false
		}
	}
	return true
}

// tidyText brings line ends to "\n".
func tidyText(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\r\r\n", "\n")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}

func showAddress(a tickets.MailAddress) string {
	switch {
	case a.Name == "":
		return a.Email
	case a.Email == "":
		return a.Name
	}
	return a.Name + " <" + a.Email + ">"
}

func cutString(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
