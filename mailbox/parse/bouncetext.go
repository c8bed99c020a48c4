package parse

import (
	"strings"

	"hearback/tickets"
)

// textBounce recognises failure notices that are written for people only:
// Exim, qmail, Gmail, Yahoo, Exchange, Notes, GroupWise and many older systems.
func (m *message) textBounce(in *tickets.Inbound, s signals) (*tickets.Bounce, []string, string) {
	var why []string
	score := 0
	add := func(n int, reason string) {
		score += n
		why = append(why, reason)
	}
	if s.failedRecipients {
		add(5, "header X-Failed-Recipients")
	}
	if s.daemon != "" {
		add(2, s.daemon)
	}
	if s.nullSender {
		add(1, "empty envelope sender")
	}
	if m.reportType() == "delivery-status" {
		add(3, "multipart/report of a delivery status without its machine-readable part")
	}
	if isFailureSubject(in.Subject) {
		add(2, "the subject is that of a failure notice")
	}
	if s.subjectAway {
		score -= 3
	}
	// A person may write that a parcel could not be delivered. Something must say
	// that no person wrote this.
	machine := s.failedRecipients || s.daemon != "" || s.nullSender || s.robot != "" || s.generated != "" || s.replied != "" || s.autoReply != "" || s.list != "" || m.reportType() == "delivery-status"
	if score < 2 {
		return nil, nil, ""
	}
	report := m.report(in.Text)
	trigger := findTrigger(report)
	machine = machine || len(report) < len(in.Text) && findSMTPCode(report) != "" && trigger >= 0
	if !machine {
		return nil, nil, ""
	}
	if trigger >= 0 {
		add(2, "the text says that a mail could not be delivered")
	} else if s.daemon != "" && m.findKindOfPart("message/rfc822") != nil && findEmail(report) != "" {
		add(2, "a mail system returns a mail")
	}
	if score < 4 {
		return nil, nil, ""
	}
	if n := m.nested(); n != nil {
		// A filter on the way wrapped the notice into another mail.
		if b, _, ok := n.deliveryStatus(); ok && b != nil {
			return b, append(why, "the notice itself is attached"), "certain"
		}
	}
	sure := "strong"
	if score >= 5 {
		sure = "certain"
	}
	b := &tickets.Bounce{MessageID: m.originalID(), Delayed: isDelay(in.Subject, report)}
	if v := m.root.header.get("X-Failed-Recipients"); v != "" {
		for _, a := range parseAddresses(v) {
			if a.Email != "" {
				b.Recipient = a.Email
				break
			}
		}
	}
	where := ""
	if b.Recipient == "" {
		b.Recipient, where = m.failedAddress(in, report)
	}
	if b.Recipient == "" {
		b.Recipient = m.originalRecipient(in)
	}
	m.readDiagnosis(b, report, where)
	m.cites(b, nil, report)
	return b, why, sure
}

// nested reads the attached mail when that is a delivery status itself.
func (m *message) nested() *message {
	n := m.findKindOfPart("message/rfc822")
	if n == nil || n == m.root {
		return nil
	}
	raw, _, more := decodeAll(n.body, n.cte, 4<<20)
	if more || !strings.Contains(strings.ToLower(string(raw[:min(len(raw), 16<<10)])), "multipart/report") {
		return nil
	}
	inner := read(raw, m.limits)
	inner.collect()
	return inner
}

// recipientFromText is used when the machine-readable part names no address.
func (m *message) recipientFromText() string {
	in := &tickets.Inbound{}
	in.To = parseAddresses(m.root.header.get("To"))
	in.From = tickets.MailAddress{}
	r, _ := m.failedAddress(in, m.report(joinLines(m.lines)))
	if r == "" {
		r = m.originalRecipient(in)
	}
	return r
}

// report is the text of a notice without the copy of the letter below it.
func (m *message) report(text string) string {
	pos := 0
	for pos < len(text) {
		end := strings.IndexByte(text[pos:], '\n')
		if end < 0 {
			end = len(text) - pos
		}
		l := strings.TrimSpace(text[pos : pos+end])
		if pos > 0 && startsCopy(l) {
			return text[:pos]
		}
		pos += end + 1
	}
	return text
}

func startsCopy(l string) bool {
	low := strings.ToLower(strings.Trim(l, "-*=_#> "))
	for _, p := range copyStarts {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return strings.HasPrefix(low, "received: from ") || strings.HasPrefix(low, "return-path: <") || strings.HasPrefix(low, "received: by ") || strings.HasPrefix(low, "received: (qmail")
}

// findTrigger finds the sentence that says a mail was not delivered; -1 without.
func findTrigger(text string) int {
	if len(text) > 64<<10 {
		text = text[:64<<10]
	}
	low := strings.ToLower(strings.Join(strings.Fields(text), " "))
	best := -1
	for _, p := range triggers {
		if i := strings.Index(low, p); i >= 0 && (best < 0 || i < best) {
			best = i
		}
	}
	return best
}

// isFailureSubject tells the subjects of failure and delay notices.
func isFailureSubject(s string) bool {
	low := strings.ToLower(strings.TrimSpace(s))
	low = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(low, "re:"), "fw:"), " [*\"'")
	for _, p := range failureSubjects {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

// isDelay tells "not yet" from "not at all".
func isDelay(subject, report string) bool {
	low := strings.ToLower(subject)
	for _, p := range []string{"delay", "warning: could not send", "still being retried", "will retry", "verzögert", "retrasada"} {
		if strings.Contains(low, p) && !strings.Contains(low, "failed") && !strings.Contains(low, "failure)") {
			return true
		}
	}
	if len(report) > 16<<10 {
		report = report[:16<<10]
	}
	low = strings.ToLower(strings.Join(strings.Fields(report), " "))
	for _, p := range delays {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

// candidate is an address that a notice may speak of.
type candidate struct {
	email string
	score int
	line  string
}

// failedAddress picks the address that a notice speaks of and the line it
// stands on.
func (m *message) failedAddress(in *tickets.Inbound, report string) (email, where string) {
	if len(report) > 64<<10 {
		report = report[:64<<10]
	}
	mine := map[string]bool{}
	for _, a := range in.To {
		mine[strings.ToLower(a.Email)] = true
	}
	var best candidate
	triggered := false
	prev := ""
	n := 0
	for _, raw := range strings.Split(report, "\n") {
		l := strings.TrimSpace(raw)
		if l == "" {
			continue
		}
		low := strings.ToLower(l)
		hot := hasTrigger(low)
		triggered = triggered || hot
		if strings.IndexByte(l, '@') >= 0 && n < 300 {
			n++
			c := scoreLine(l, low, prev, raw, triggered, hot)
			for _, e := range allEmails(l) {
				k := c
				k.email = e
				le := strings.ToLower(e)
				if mine[le] {
					k.score -= 20 // the sender of the letter, to whom the notice is addressed
				}
				if local, _, _ := strings.Cut(le, "@"); local == "postmaster" || local == "mailer-daemon" || strings.HasPrefix(local, "abuse") || strings.HasPrefix(local, "support") || strings.HasPrefix(local, "helpdesk") || local == "administrator" {
					k.score -= 6
				}
				if best.email == "" || k.score > best.score {
					best = k
				}
			}
		}
		prev = low
	}
	if best.score < 0 {
		return "", ""
	}
	return best.email, best.line
}

// scoreLine says how much a line looks like the one that names the recipient.
func scoreLine(l, low, prev, raw string, triggered, hot bool) candidate {
	c := candidate{line: l}
	bare := strings.Trim(l, "<>[]()\"'`*:;,. \t-=")
	switch {
	case strings.HasPrefix(low, "final-recipient"), strings.HasPrefix(low, "original-recipient"), strings.HasPrefix(low, "failed recipient"), strings.HasPrefix(low, "x-actual-recipient"):
		c.score += 9
	case strings.Contains(low, "rcpt to"):
		c.score += 5
	case mailLike(bare) && !strings.ContainsAny(bare, "<>"):
		c.score += 6
	case strings.HasPrefix(l, "<") && (strings.Contains(l, ">:") || strings.Contains(l, ">...") || strings.Contains(l, "> ")):
		c.score += 6
	case strings.Contains(l, "@") && strings.Contains(l, ": ") && mailLike(strings.Trim(l[:strings.Index(l, ": ")], "<> ")), strings.HasSuffix(l, ":") && mailLike(strings.Trim(l, "<>: ")):
		c.score += 6
	case strings.HasPrefix(low, "to:") && !triggered:
		c.score++
	case strings.HasPrefix(low, "to:"), strings.HasPrefix(low, "recipient"), strings.HasPrefix(low, "addressed to"), strings.HasPrefix(low, "intended recipient"), strings.HasPrefix(low, "user:"):
		c.score += 5
	}
	if strings.HasPrefix(low, "from:") || strings.HasPrefix(low, "reply-to") || strings.HasPrefix(low, "message-id") || strings.Contains(low, "mail from") || strings.HasPrefix(low, "sender") || strings.HasPrefix(low, "subject") || strings.HasPrefix(low, "in-reply-to") || strings.HasPrefix(low, "references") {
		c.score -= 12
	}
	if strings.Contains(low, "contact") || strings.Contains(low, "please write") || strings.Contains(low, "questions") || strings.Contains(low, "mailto:") || strings.Contains(low, "http") || strings.Contains(low, "assistance") || strings.Contains(low, "report") {
		c.score -= 4
	}
	if triggered {
		c.score += 2
	}
	if hot || hasTrigger(prev) {
		c.score += 3
	}
	if findStatus(l) != "" || findSMTPCode(l) != "" {
		c.score += 3
	}
	for _, w := range []string{"unknown", "recipient", "failed", "mailbox", "no such", "user", "address", "invalid", "rejected", "deliver"} {
		if strings.Contains(low, w) {
			c.score++
			break
		}
	}
	if raw != "" && (raw[0] == ' ' || raw[0] == '\t') {
		c.score++
	}
	return c
}

func hasTrigger(low string) bool {
	for _, p := range triggers {
		if strings.Contains(low, p) {
			return true
		}
	}
	return strings.Contains(low, "following recipient") || strings.Contains(low, "following address") || strings.Contains(low, "recipient(s)") || strings.Contains(low, "following user")
}

// allEmails finds every address of a line.
func allEmails(l string) []string {
	var out []string
	for len(out) < 20 {
		e := findEmail(l)
		if e == "" {
			return out
		}
		e = strings.TrimLeft(e, "'=/*")
		if low := strings.ToLower(e); strings.HasPrefix(low, "mailto:") {
			e = e[7:]
		}
		if mailLike(e) {
			out = append(out, strings.TrimRight(e, "'"))
		}
		i := strings.IndexByte(l, '@')
		l = l[i+1:]
	}
	return out
}

// originalRecipient takes the only recipient of the letter that came back.
func (m *message) originalRecipient(in *tickets.Inbound) string {
	h := m.returnedHeader()
	if len(h.fields) > 0 {
		to := parseAddresses(h.get("To"))
		if len(to) > 0 && mailLike(to[0].Email) {
			return to[0].Email
		}
	}
	for i := range m.lines {
		t := strings.TrimLeft(m.lines[i].text, "> \t|")
		if len(t) > 3 && strings.EqualFold(t[:3], "to:") {
			if to := parseAddresses(t[3:]); len(to) > 0 && mailLike(to[0].Email) && (len(in.To) == 0 || !strings.EqualFold(to[0].Email, in.To[0].Email)) {
				return to[0].Email
			}
		}
	}
	return ""
}

// readDiagnosis takes status and the remote server's words from the report.
func (m *message) readDiagnosis(b *tickets.Bounce, report, where string) {
	if len(report) > 64<<10 {
		report = report[:64<<10]
	}
	lines := strings.Split(report, "\n")
	pick := ""
	for _, want := range []func(string) bool{
		func(l string) bool {
			st := findStatus(l)
			return st != "" && st[0] != '2' && !strings.HasSuffix(st, ".0.0")
		},
		func(l string) bool { return findStatus(l) != "" && findStatus(l)[0] != '2' },
		func(l string) bool { return findSMTPCode(l) != "" },
	} {
		for i, l := range lines {
			if want(l) {
				pick = strings.TrimSpace(l)
				for j := i + 1; j < len(lines) && j < i+4 && strings.TrimSpace(lines[j]) != ""; j++ {
					pick += " " + strings.TrimSpace(lines[j])
				}
				break
			}
		}
		if pick != "" {
			break
		}
	}
	if pick != "" {
		b.Status = findStatus(pick)
		if b.Status == "" || b.Status[0] == '2' {
			b.Status = findSMTPCode(pick)
		}
	} else {
		pick = where
		if pick == "" {
			for _, l := range lines {
				if hasTrigger(strings.ToLower(l)) {
					pick = strings.TrimSpace(l)
					break
				}
			}
		}
	}
	b.Diagnosis = cutString(pick, 490)
	b.Permanent = permanent(b.Status, pick, b.Delayed)
}
