package parse

import (
	"strings"

	"hearback/tickets"
)

// recipientStatus is one recipient's group of a delivery status (RFC 3464 section 2.3).
type recipientStatus struct {
	original, final, action, status, diagnosis string
}

// deliveryStatus reads a standard delivery status notification. ok says that
// the mail is one; the bounce is nil when it reports a delivery that worked.
func (m *message) deliveryStatus() (*tickets.Bounce, string, bool) {
	n := m.findKindOfPart("message/delivery-status")
	if n == nil {
		n = m.findKindOfPart("message/global-delivery-status")
	}
	if n == nil {
		return nil, "", false
	}
	raw, _, _ := decodeAll(n.body, n.cte, 1<<20)
	text := guessUTF8(raw)
	list := readStatus(text)
	var best *recipientStatus
	rank := map[string]int{"failed": 4, "failure": 4, "delayed": 3, "": 2, "delivered": 1, "relayed": 1, "expanded": 1}
	for i := range list {
		r := &list[i]
		if r.original == "" && r.final == "" && r.status == "" && r.action == "" {
			continue
		}
		if best == nil || rank[r.action] > rank[best.action] {
			best = r
		}
	}
	if best == nil {
		return nil, "", false
	}
	if rank[best.action] == 1 && !strings.HasPrefix(best.status, "5") && !strings.HasPrefix(best.status, "4") {
		return nil, "delivery status " + best.action + " (RFC 3464)", true
	}
	b := &tickets.Bounce{
		Recipient: best.final,
		Status:    best.status,
		Delayed:   best.action == "delayed",
		MessageID: m.originalID(),
		Diagnosis: cutString(best.diagnosis, 490),
	}
	if mailLike(best.original) {
		b.Recipient = best.original
	}
	if !mailLike(b.Recipient) {
		if r := m.recipientFromText(); r != "" {
			b.Recipient = r
		}
	}
	b.Status = betterStatus(best.status, best.diagnosis)
	if best.action == "" && strings.HasPrefix(b.Status, "4") {
		b.Delayed = true // it does not say that nobody will try again
	}
	b.Permanent = permanent(b.Status, best.diagnosis, b.Delayed)
	b.EnvelopeID = envelopeID(text)
	m.cites(b, list, m.report(joinLines(m.lines)))
	return b, "delivery status " + orElse(best.action, "report") + " (RFC 3464)", true
}

// envelopeID is Original-Envelope-Id (RFC 3464 section 2.2.1).
func envelopeID(status string) string {
	for _, l := range strings.Split(tidyText(status), "\n") {
		name, v, ok := strings.Cut(l, ":")
		if ok && strings.EqualFold(strings.TrimSpace(name), "Original-Envelope-Id") {
			return xtext(v)
		}
	}
	return ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func mailLike(s string) bool {
	i := strings.IndexByte(s, '@')
	return i > 0 && i < len(s)-1 && !strings.ContainsAny(s, " \t")
}

// readStatus reads the groups of a message/delivery-status.
func readStatus(s string) []recipientStatus {
	var out []recipientStatus
	cur := recipientStatus{}
	used := false
	last := ""
	flush := func() {
		if used {
			out = append(out, cur)
		}
		cur, used, last = recipientStatus{}, false, ""
	}
	for _, l := range strings.Split(tidyText(s), "\n") {
		if strings.TrimSpace(l) == "" {
			flush()
			continue
		}
		if l[0] == ' ' || l[0] == '\t' {
			if last == "diagnosis" && len(cur.diagnosis) < 2000 {
				cur.diagnosis += " " + strings.TrimSpace(l)
			}
			continue
		}
		name, v, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		v = strings.TrimSpace(v)
		last = ""
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "original-recipient":
			cur.original, used = typed(v), true
		case "final-recipient":
			if used && cur.final != "" { // the empty line between the groups is missing
				flush()
			}
			cur.final, used = typed(v), true
		case "action":
			a := strings.ToLower(strings.TrimSpace(stripComments(v)))
			a, _, _ = strings.Cut(a, " ")
			cur.action, used = strings.TrimRight(a, ".;,"), true
		case "status":
			cur.status, used = findStatus(v), true
		case "diagnostic-code":
			last = "diagnosis"
			t, d, ok := strings.Cut(v, ";")
			if !ok || strings.ContainsAny(strings.TrimSpace(t), " ") {
				d = v
			}
			cur.diagnosis, used = strings.TrimSpace(d), true
		}
	}
	flush()
	return out
}

// typed reads "rfc822;user@example" leniently.
func typed(v string) string {
	if _, rest, ok := strings.Cut(v, ";"); ok {
		v = rest
	}
	v = strings.TrimSpace(decodeWords(v))
	if strings.Contains(v, "@") {
		if e := tidyEmail(v); mailLike(e) {
			return e
		}
		if e := findEmail(v); e != "" {
			return e
		}
	}
	return strings.Trim(v, "<> ")
}

// findStatus finds an enhanced status code (RFC 3463) in a text: 5.1.1.
//
// Of several, one that says more than its class and subject is taken: mail
// systems put their own "5.1.0" before the "5.2.2" that they were told.
func findStatus(s string) string {
	first := ""
	for n := 0; n < 5; n++ {
		st, end := statusAt(s)
		if st == "" {
			return first
		}
		if first == "" {
			first = st
		}
		if st[0] != '2' && !strings.HasSuffix(st, ".0") && st[0] == first[0] {
			return st
		}
		s = s[end:]
	}
	return first
}

// statusAt finds the first code and where it ends.
func statusAt(s string) (string, int) {
	for i := 0; i+4 < len(s); i++ {
		c := s[i]
		if (c != '2' && c != '4' && c != '5') || s[i+1] != '.' || i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.') {
			continue
		}
		j := i + 2
		k := j
		for k < len(s) && isDigit(s[k]) {
			k++
		}
		if k == j || k-j > 3 || k >= len(s) || s[k] != '.' {
			continue
		}
		j = k + 1
		k = j
		for k < len(s) && isDigit(s[k]) {
			k++
		}
		if k == j || k-j > 3 || k+1 < len(s) && s[k] == '.' && isDigit(s[k+1]) || k < len(s) && isAlnum(s[k]) {
			continue
		}
		return s[i:k], k
	}
	return "", 0
}

// findSMTPCode finds a reply code of a failure (RFC 5321 section 4.2): 550.
func findSMTPCode(s string) string {
	for i := 0; i+3 <= len(s); i++ {
		if (s[i] != '4' && s[i] != '5') || s[i+1] > '7' || !isDigit(s[i+1]) || !isDigit(s[i+2]) {
			continue
		}
		if i > 0 && (isAlnum(s[i-1]) || strings.IndexByte(".-/:_@", s[i-1]) >= 0 && !(s[i-1] == ':' || s[i-1] == '-')) {
			continue
		}
		if i+3 < len(s) && strings.IndexByte(" -#_,)]\n:;'\"", s[i+3]) < 0 {
			continue
		}
		return s[i : i+3]
	}
	return ""
}

// betterStatus prefers the code that the remote server gave over the one that
// the reporting server made of it: "4.4.7" says that time ran out, "4.7.1" in the
// diagnosis says why.
func betterStatus(status, diagnosis string) string {
	d := findStatus(diagnosis)
	if d != "" && d[0] != '2' && (status == "" || !strings.HasSuffix(d, ".0.0") || d[0] != status[0] && findSMTPCode(diagnosis) != "") {
		return d
	}
	if status == "" {
		return findSMTPCode(diagnosis)
	}
	return status
}

// permanent says whether trying again is useless. The class of the code decides
// (RFC 3463 section 2); a failure without any code is final.
func permanent(status, diagnosis string, delayed bool) bool {
	if delayed {
		return false
	}
	if status == "" {
		status = findSMTPCode(diagnosis)
	}
	return !strings.HasPrefix(status, "4")
}

// originalID finds the Message-ID of the letter that came back.
func (m *message) originalID() string {
	h := m.returnedHeader()
	id := firstID(h.get("Message-ID"))
	if id != "" {
		return id
	}
	for i := range m.lines {
		t := strings.TrimLeft(m.lines[i].text, "> \t|")
		if len(t) > 11 && strings.EqualFold(t[:11], "message-id:") {
			v := t[11:]
			if strings.TrimSpace(v) == "" && i+1 < len(m.lines) {
				v = m.lines[i+1].text
			}
			if id = firstID(v); id != "" {
				return id
			}
		}
	}
	if ids := messageIDs(m.root.header.get("In-Reply-To")); len(ids) > 0 {
		return ids[0]
	}
	if ids := messageIDs(m.root.header.get("References")); len(ids) > 0 {
		return ids[len(ids)-1]
	}
	return ""
}
