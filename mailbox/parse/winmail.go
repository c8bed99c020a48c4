package parse

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hearback/mailbox/tnef"
	"hearback/tickets"
)

// maxPacket is the largest winmail.dat that is opened, in decoded bytes: it is
// held in memory meanwhile. A larger one is named in the text and can be
// downloaded.
const maxPacket = 32 << 20

// packed is what stands between the path of a packet and the number of a file
// within it: "2/winmail/1".
const packed = "/winmail/"

// isPacket tells the files that Outlook packs its attachments into.
func isPacket(n *node, p *tickets.Part) bool {
	return p.Type == "application/ms-tnef" || n.kind == "application/ms-tnef" || n.kind == "application/vnd.ms-tnef"
}

// openPacket lists what is in a winmail.dat and leaves a visible line that names
// it.
func (m *message) openPacket(n *node, name string) {
	const what = ": a packet that Outlook made of the attachments. "
	raw, _, more := decodeAll(n.body, n.cte, maxPacket)
	p, err := tnef.Open(raw)
	switch {
	case more:
		m.problem("part %s: the packet is too large to be opened", n.path)
		m.note("[" + name + what + "It is too large to be opened here; the original mail has it.]")
		return
	case err != nil:
		m.problem("part %s: the packet cannot be opened", n.path)
		m.note("[" + name + what + "It cannot be opened; the original mail has it.]")
		return
	case p.Damaged:
		m.problem("part %s: the packet is damaged; it was opened as far as it goes", n.path)
	}
	var names []string
	for i, f := range p.Files {
		if len(m.parts) >= m.limits.MaxParts {
			m.problem("part %s: more than %d parts; the others are in the packet", n.path, m.limits.MaxParts)
			break
		}
		part := packedPart(n.path, i, f, p.Codepage)
		m.parts = append(m.parts, part)
		if len(names) < 20 {
			names = append(names, part.Name)
		}
	}
	line := "It holds no file.]"
	if len(names) > 0 {
		line = "It holds: " + cutString(strings.Join(names, ", "), 500) + "]"
	}
	if p.Damaged {
		line = "It is damaged. " + line
	}
	m.note("[" + name + what + line)
	if len(m.packet) == 0 {
		m.packet = m.packetText(p)
	}
	m.packetAnswer(p)
}

// packedPart describes the i-th file of a packet.
func packedPart(path string, i int, f tnef.File, page int) tickets.Part {
	p := describe(bytes.NewReader(f.Data))
	p.Path = path + packed + strconv.Itoa(i+1)
	p.Type = trueType(p.Type, strings.ToLower(f.Type))
	p.ContentID = strings.Trim(f.ContentID, "<> ")
	name, _ := toUTF8([]byte(f.Name), pageName(page))
	p.Name = tidyName(name)
	if p.Name == "" {
		p.Name = "attachment-" + strconv.Itoa(i+1) + extension(p.Type)
	}
	return p
}

// pageName is the charset of a Windows code page.
func pageName(page int) string {
	switch page {
	case 65001, 0:
		return ""
	case 932, 936, 949:
		return "cp" + strconv.Itoa(page)
	case 950:
		return "big5"
	}
	return "windows-" + strconv.Itoa(page)
}

// packetText reads the text that is in a packet.
func (m *message) packetText(p *tnef.Packet) []line {
	html := ""
	if len(p.HTML) > 0 {
		label := metaCharset(p.HTML)
		if label == "" {
			label = pageName(p.Codepage)
		}
		html, _ = toUTF8(p.HTML, label)
	}
	text := ""
	if html == "" && len(p.RTF) > 0 {
		text, html = tnef.ReadRTF(p.RTF)
	}
	if html != "" {
		if lines := htmlLines(strings.ReplaceAll(html, "\x00", ""), m.imageName); !blankLines(lines) {
			return lines
		}
	}
	if text == "" {
		text, _ = toUTF8(p.Text, pageName(p.Codepage))
	}
	if text = strings.TrimSpace(tidyText(strings.ReplaceAll(text, "\x00", ""))); text == "" {
		return nil
	}
	return linesOf(text)
}

// packetAnswer notices that a packet is Outlook's form of an answer to an
// invitation ([MS-OXOCAL] section 2.2.10): the class says which.
func (m *message) packetAnswer(p *tnef.Packet) {
	class := strings.ToLower(p.Class)
	if strings.HasPrefix(class, "report.") && (strings.HasSuffix(class, ".ipnrn") || strings.HasSuffix(class, ".ipnnrn")) {
		m.receipt = true // [MS-OXOMSG] section 2.2.2.2: read, or deleted without being read
	}
	i := strings.Index(class, "schedule.mtg") // the form of old
	if i < 0 {
		i = strings.Index(class, "schedule.meeting")
	}
	if i < 0 || m.calendar != nil {
		return
	}
	subject, _ := toUTF8([]byte(p.Subject), pageName(p.Codepage))
	c := &calendarItem{summary: subject, method: "REQUEST"}
	switch {
	case strings.Contains(class, "resppos"), strings.Contains(class, "resp.pos"), strings.Contains(class, "respp"):
		c.method, c.partstat = "REPLY", "ACCEPTED"
	case strings.Contains(class, "respneg"), strings.Contains(class, "resp.neg"), strings.Contains(class, "respn"):
		c.method, c.partstat = "REPLY", "DECLINED"
	case strings.Contains(class, "resptent"), strings.Contains(class, "resp.tent"), strings.Contains(class, "respa"):
		c.method, c.partstat = "REPLY", "TENTATIVE"
	case strings.Contains(class, "cncl"), strings.Contains(class, "canceled"):
		c.method = "CANCEL"
	}
	m.calendar = c
	m.note(c.line())
}

// unpack finds a file of a packet again.
func (m *message) unpack(path string, p tickets.Part) (io.Reader, tickets.Part, error) {
	at, number, _ := strings.Cut(path, packed)
	i, err := strconv.Atoi(number)
	var r io.Reader
	m.eachLeaf(m.root, func(n *node) {
		if n.path != at || r != nil || err != nil {
			return
		}
		raw, _, more := decodeAll(n.body, n.cte, maxPacket)
		if packet, err := tnef.Open(raw); err == nil && !more && i > 0 && i <= len(packet.Files) {
			r = bytes.NewReader(packet.Files[i-1].Data)
		}
	})
	if r == nil {
		return nil, tickets.Part{}, fmt.Errorf("part %q: %w", path, ErrNoPart)
	}
	return r, p, nil
}
