package parse

import (
	"strings"

	"hearback/tickets"
)

// handed fills who handed the mail in, who passed it on and which list it is of.
func (m *message) handed(in *tickets.Inbound, h *header) {
	if s := parseAddresses(h.get("Sender")); len(s) > 0 {
		in.Sender = s[0]
	}
	in.Bcc = parseAddresses(h.get("Bcc"))
	in.ListID = listID(h.get("List-Id"))
	in.Resent = resent(h)
	m.forwarded(in)
}

// listID reads List-Id (RFC 2919); programs leave the brackets out.
func listID(v string) string {
	v = decodeWords(v)
	if i := strings.LastIndexByte(v, '<'); i >= 0 {
		v, _, _ = strings.Cut(v[i+1:], ">")
	} else if f := strings.Fields(v); len(f) > 1 {
		return "" // a description alone
	}
	return strings.ToLower(cutString(strings.TrimSpace(v), 250))
}

// resent reads the topmost block of Resent- fields, which is the last one that
// was added (RFC 5322 section 3.6.6).
func resent(h *header) *tickets.Resent {
	from := parseAddresses(h.get("Resent-From"))
	if len(from) == 0 {
		from = parseAddresses(h.get("Resent-Sender"))
	}
	if len(from) == 0 {
		return nil
	}
	r := &tickets.Resent{From: from[0]}
	if t, ok := parseDate(h.get("Resent-Date")); ok {
		r.At = t
	}
	return r
}

// forwarded lists the mails that this one passes on.
func (m *message) forwarded(in *tickets.Inbound) {
	if m.reportType() == "" {
		m.eachLeaf(m.root, func(n *node) {
			if n.kind != "message/rfc822" && n.kind != "message/global" || len(in.Forwarded) >= 50 {
				return
			}
			raw, _, _ := decodeAll(n.body, n.cte, m.limits.MaxHeaderBytes)
			h, _, _ := splitHeader(skipEnvelope(unmac(raw)), m.limits.MaxHeaderBytes, true)
			f := tickets.Forwarded{Subject: h.text("Subject")}
			if from := parseAddresses(h.get("From")); len(from) > 0 {
				f.From = from[0]
			}
			if t, ok := parseDate(h.get("Date")); ok {
				f.Date = t
			}
			if f.From.Email != "" || f.From.Name != "" {
				in.Forwarded = append(in.Forwarded, f)
			}
		})
	}
	if f := m.writtenBelow(in.Subject); f != nil {
		in.Forwarded = append(in.Forwarded, *f)
	}
}

// writtenBelow finds the header of a mail that was forwarded within the text. An
// answer quotes a header in the same form, so that the subject or the line above
// must say that this is no answer.
func (m *message) writtenBelow(subject string) *tickets.Forwarded {
	passes := isForwardSubject(subject)
	f := &folder{lines: m.lines, marks: make([]mark, len(m.lines))}
	for i := range m.lines {
		if m.lines[i].note {
			f.marks[i] = notes
		} else if strings.TrimSpace(m.lines[i].text) == "" {
			f.marks[i] = blank
		}
	}
	wrote := false
	for i := 0; i < len(f.lines) && i < 5000; i++ {
		if f.marks[i] != own {
			continue
		}
		if isOriginalMessage(f.at(i)) {
			passes = passes || saysForwarded(f.at(i))
			continue
		}
		n := f.headerBlock(i)
		if n == 0 {
			wrote = wrote || !isRule(f.at(i)) && !isMobileFooter(f.at(i))
			continue
		}
		if !passes && (wrote || isAnswered(subject)) {
			return nil
		}
		return f.readHeader(i, n)
	}
	return nil
}

// readHeader reads the n lines of a quoted header.
func (f *folder) readHeader(i, n int) *tickets.Forwarded {
	out := &tickets.Forwarded{}
	for j := i; j < i+n && j < len(f.lines); j++ {
		class, v := label(f.at(j))
		if v == "" && class != noClass && j+1 < i+n && f.labelOf(j+1) == noClass {
			v = f.at(j + 1)
		}
		switch class {
		case clFrom:
			if a := parseAddresses(strings.NewReplacer("[mailto:", "<", "]", ">", "*", "").Replace(v)); len(a) > 0 && out.From.Email == "" {
				out.From = a[0]
			}
		case clDate:
			if !out.Date.IsZero() {
				continue
			}
			if t, ok := parseDate(strings.Replace(v, " at ", " ", 1)); ok {
				out.Date = t
			} else if t, ok := readTime(v); ok {
				out.Date = t
			}
		case clSubject:
			if out.Subject == "" {
				out.Subject = cutString(v, 500)
			}
		}
	}
	if out.From.Email == "" && out.From.Name == "" {
		return nil
	}
	return out
}

func isForwardSubject(s string) bool {
	low := strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"fw:", "fwd:", "wg:", "tr:", "rv:", "enc:", "i:", "pd:", "doorst:", "vs:", "vb:", "vl:", "пересл:", "转发", "轉寄", "továbbítás:", "iletilen:", "přep:", "прпр:"} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

func saysForwarded(t string) bool {
	low := strings.ToLower(t)
	for _, w := range []string{"forwarded", "weitergeleitet", "transféré", "transfere", "réexpédié", "reenviado", "encaminhad", "reencaminhad", "inoltrat", "doorgestuurd", "przekazan", "przekazywan", "vidarebefordr", "videresend", "välitetty", "пересыл", "перенаправ", "переадрес", "iletil", "iletilmiş", "yönlendiril", "redirec", "转发", "轉寄", "転送", "přeposlan", "továbbít", "توجيه"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
