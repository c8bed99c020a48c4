package parse

import (
	"strings"
)

const (
	maxAttached      = 2 << 20 // bytes of an attached mail whose text is shown; of a longer one only the head
	maxAttachedDepth = 3       // of mails attached to attached mails
)

// addMessage leaves the visible line of an attached mail, and keeps its text to be
// shown below the mail's own: what a family forwards as an attachment is often all
// that they say.
func (m *message) addMessage(n *node) {
	raw, _, more := decodeAll(n.body, n.cte, maxAttached)
	h, _, _ := splitHeader(skipEnvelope(unmac(raw)), m.limits.MaxHeaderBytes, true)
	about := ""
	if s := h.text("Subject"); s != "" {
		about = ": " + cutString(s, 200)
	}
	if from := parseAddresses(h.get("From")); len(from) > 0 {
		about += ", from " + cutString(showAddress(from[0]), 200)
	}
	title := "[Attached message" + about
	if more || m.depth >= maxAttachedDepth || m.textBytes > m.limits.MaxText {
		m.note(title + "]")
		return
	}
	m.textBytes += len(raw)
	inner := &message{limits: m.limits, depth: m.depth + 1, nodes: m.nodes}
	inner.open(raw)
	inner.collect()
	m.nodes = inner.nodes // one mail has one allowance, however it is nested
	var files []string
	for i := range inner.parts {
		if len(files) < 20 {
			files = append(files, inner.parts[i].Name)
		}
	}
	if len(files) > 0 {
		title += "; with it: " + cutString(strings.Join(files, ", "), 500)
	}
	m.note(title + "]")
	lines := append(inner.lines, inner.attached...)
	if blankLines(lines) {
		return
	}
	m.attached = append(m.attached, line{note: true}, line{text: "[Text of the attached message" + about + "]", note: true})
	for _, l := range lines {
		m.attached = append(m.attached, line{text: l.text, quoted: true})
	}
}
