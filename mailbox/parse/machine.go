package parse

import (
	"regexp"
	"strings"

	"hearback/tickets"
)

// MachinePattern recognises the notices of one telephone system or printer. What
// is nil matches everything; one of Sender, Subject and Text must be given. A group of
// the name "number" in Subject or Text is the telephone number that called.
type MachinePattern struct {
	Kind    tickets.MailKind // KindVoicemail or KindScan
	Sender  *regexp.Regexp   // of the address in From
	Subject *regexp.Regexp
	Text    *regexp.Regexp
	File    *regexp.Regexp // of the name of an attached file; nil: there need be none
}

// A telephone system that leaves a message, or a printer that sends a page, is a
// machine that speaks for a person: somebody rang, somebody has brought a form.
// It must not be put aside with out-of-office answers. Nor may a parent's mail
// with a photograph or a recording be taken for one, so that the subject or the
// file alone never decide: the mail must come from a machine (its header or its
// address says so, or it is one of our own and says nothing else).

// machine recognises the notices of telephone systems and printers; nil when it
// is none.
func (m *message) machine(in *tickets.Inbound, opts Options) (tickets.MailKind, *tickets.MachineNotice, string, string) {
	for i := range opts.MachinePatterns {
		if notice := opts.MachinePatterns[i].match(in); notice != nil {
			notice.At = noticeDate(in.Text)
			return opts.MachinePatterns[i].Kind, notice, "certain", "a pattern that was set up for it"
		}
	}
	if isAnswered(in.Subject) {
		return "", nil, "", ""
	}
	own := inDomains(in.From.Email, opts.StaffDomains)
	if sure, why := m.isVoicemail(in, own); why != "" {
		n := &tickets.MachineNotice{Number: phoneNumber(in.Subject), At: noticeDate(in.Text), File: fileOf(in.Parts, isSound)}
		if n.Number == "" {
			n.Number = m.numberOf(in)
		}
		return tickets.KindVoicemail, n, sure, why
	}
	if sure, why := m.isScan(in, own); why != "" {
		return tickets.KindScan, &tickets.MachineNotice{At: noticeDate(in.Text), File: fileOf(in.Parts, isScanFile)}, sure, why
	}
	return "", nil, "", ""
}

func (p *MachinePattern) match(in *tickets.Inbound) *tickets.MachineNotice {
	if p.Sender == nil && p.Subject == nil && p.Text == nil || p.Kind != tickets.KindVoicemail && p.Kind != tickets.KindScan {
		return nil
	}
	n := &tickets.MachineNotice{}
	head := in.Text[:min(len(in.Text), 16<<10)]
	for _, c := range []struct {
		re *regexp.Regexp
		s  string
	}{{p.Sender, in.From.Email}, {p.Subject, in.Subject}, {p.Text, head}} {
		if c.re == nil {
			continue
		}
		found := c.re.FindStringSubmatch(c.s)
		if found == nil {
			return nil
		}
		if i := c.re.SubexpIndex("number"); i > 0 && n.Number == "" {
			n.Number = strings.TrimSpace(found[i])
		}
	}
	if p.File != nil {
		n.File = fileOf(in.Parts, func(q *tickets.Part) bool { return p.File.MatchString(q.Name) })
		if n.File == "" {
			return nil
		}
	} else {
		n.File = fileOf(in.Parts, func(q *tickets.Part) bool { return isSound(q) || isScanFile(q) })
	}
	if n.Number == "" && p.Kind == tickets.KindVoicemail {
		if n.Number = phoneNumber(in.Subject); n.Number == "" {
			n.Number = phoneNumber(head)
		}
	}
	return n
}

// isAnswered tells a mail of a person about a notice: an answer or a forward.
func isAnswered(subject string) bool {
	low := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range []string{"re:", "fw:", "fwd:", "aw:", "wg:", "re :", "tr:", "odp:"} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

// isVoicemail says how sure it is, and why.
func (m *message) isVoicemail(in *tickets.Inbound, own bool) (sure, why string) {
	h := &m.root.header
	// RFC 3458 section 4; Exchange Unified Messaging; Cisco Unity Connection.
	switch {
	case strings.HasPrefix(strings.ToLower(h.get("Message-Context")), "voice-message"):
		return "certain", "Message-Context: voice-message (RFC 3458)"
	case strings.HasPrefix(strings.ToLower(h.get("Content-Class")), "voice"), strings.HasPrefix(strings.ToLower(h.get("Content-Class")), "urn:content-class:voice"):
		return "certain", "Content-Class: voice"
	case h.get("X-VoiceMessageDuration") != "", h.get("X-CallingTelephoneNumber") != "", h.get("X-VoiceMessageSenderName") != "":
		return "certain", "a header of Exchange Unified Messaging"
	case h.get("X-CiscoUnity-MessageType") != "", h.get("X-Cisco-Unity-MessageType") != "":
		return "certain", "a header of Cisco Unity Connection"
	}
	sound := fileOf(in.Parts, isSound) != ""
	subject := voiceSubject(in.Subject)
	system := hasWord(in.From, voiceSenders[:])
	switch {
	case sound && subject && system != "":
		return "certain", "a telephone system (" + system + ") sent a recording"
	case sound && system != "" && len(ownWords(in.ReplyText)) < 600:
		return "strong", "a telephone system (" + system + ") sent a recording"
	case subject && system != "" && phoneNumber(in.Subject+" "+in.Text[:min(len(in.Text), 2000)]) != "":
		return "strong", "a telephone system (" + system + ") tells of a message"
	case own && sound && subject:
		return "strong", "one of our own systems sent a recording under the subject of a voicemail notice"
	}
	return "", ""
}

// isScan says how sure it is, and why.
func (m *message) isScan(in *tickets.Inbound, own bool) (sure, why string) {
	if fileOf(in.Parts, isScanFile) == "" {
		return "", ""
	}
	h := &m.root.header
	for _, name := range []string{"X-Mailer", "User-Agent"} {
		if low := strings.ToLower(h.get(name)); low != "" {
			for _, d := range scanDevices {
				if strings.Contains(low, d) {
					return "certain", "a multifunction printer sent it (" + name + ")"
				}
			}
		}
	}
	text := ownWords(in.Text)
	if len(text) > 1500 {
		return "", "" // a person wrote
	}
	form := scanText(text)
	subject := scanSubject(in.Subject)
	file := fileOf(in.Parts, func(p *tickets.Part) bool { return isScanFile(p) && deviceFile(p.Name) }) != ""
	device := hasWord(in.From, scanSenders[:])
	few := len(strings.Fields(text)) < 12
	switch {
	case device != "" && (form || subject || file):
		return "certain", "a multifunction printer (" + device + ") sent a file"
	case own && form && (subject || file):
		return "strong", "one of our own printers sent a file"
	case own && file && (subject || strings.TrimSpace(in.Subject) == "") && few:
		return "strong", "a file as printers name it, from one of our own addresses, without a word"
	case form && subject && file:
		return "strong", "text, subject and file are those of a multifunction printer"
	}
	return "", ""
}

// inDomains compares the domain of an address with those given, without case.
// A domain covers what is below it.
func inDomains(email string, domains []string) bool {
	_, domain, ok := strings.Cut(strings.ToLower(email), "@")
	if !ok {
		return false
	}
	for _, d := range domains {
		if d = strings.TrimPrefix(strings.ToLower(d), "@"); d != "" && (domain == d || strings.HasSuffix(domain, "."+d)) {
			return true
		}
	}
	return false
}

// hasWord finds a system's name in an address or a display name, as a word of it.
func hasWord(from tickets.MailAddress, words []string) string {
	s := strings.ToLower(from.Email + " " + from.Name)
	for _, w := range words {
		for pos := 0; ; {
			i := strings.Index(s[pos:], w)
			if i < 0 {
				break
			}
			at, end := pos+i, pos+i+len(w)
			if (at == 0 || !isLetterASCII(s[at-1])) && (end == len(s) || !isLetterASCII(s[end])) {
				return w
			}
			pos = at + 1
		}
	}
	return ""
}

func isLetterASCII(c byte) bool { return c >= 'a' && c <= 'z' }

func fileOf(parts []tickets.Part, is func(*tickets.Part) bool) string {
	for i := range parts {
		if is(&parts[i]) {
			return parts[i].Name
		}
	}
	return ""
}

func isSound(p *tickets.Part) bool {
	low := strings.ToLower(p.Name)
	return strings.HasPrefix(p.Type, "audio/") || p.Type == "video/mp4" && strings.HasSuffix(low, ".m4a") ||
		strings.HasSuffix(low, ".wav") || strings.HasSuffix(low, ".mp3") || strings.HasSuffix(low, ".wma") || strings.HasSuffix(low, ".amr")
}

func isScanFile(p *tickets.Part) bool {
	switch p.Type {
	case "application/pdf", "image/tiff":
		return true
	case "image/jpeg":
		return !p.Inline
	}
	return false
}

// ownWords is a text without the visible lines that we add.
func ownWords(text string) string {
	if !strings.Contains(text, "[") {
		return strings.TrimSpace(text)
	}
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		if !strings.HasPrefix(l, "[") || !strings.HasSuffix(l, "]") {
			b.WriteString(l + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}
