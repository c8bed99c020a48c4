package parse

import (
	"strings"

	"hearback/tickets"
)

// classify decides what sort of mail this is and says why. Headers that were
// made for the purpose are believed; senders and words are weighed; a subject
// alone is weak evidence.
func (m *message) classify(in *tickets.Inbound, opts Options) {
	h := &m.root.header
	s := m.signals(in, h)
	in.AutoHeader = s.autoHeader
	set := func(k tickets.MailKind, confidence string, why ...string) {
		in.Kind, in.Confidence = k, confidence
		in.Evidence = append(in.Evidence, why...)
	}
	if m.findKind(in, s, opts, set) {
		return
	}
	in.Kind = tickets.KindHuman
	in.Confidence = "strong"
	if len(s.doubts) > 0 {
		in.Confidence = "weak"
		in.Evidence = append(in.Evidence, s.doubts...)
	}
}

// findKind tries the kinds from the surest to the weakest.
func (m *message) findKind(in *tickets.Inbound, s signals, opts Options, set func(tickets.MailKind, string, ...string)) bool {
	if m.isReport(in) {
		set(tickets.KindOther, "certain", "report about mail traffic (DMARC RFC 7489, TLS RFC 8460)")
		in.AutoHeader = true
		return true
	}
	if n := m.findKindOfPart("message/feedback-report"); n != nil {
		set(tickets.KindOther, "certain", "feedback report (RFC 5965)")
		in.AutoHeader = true
		return true
	}
	if b, why, ok := m.deliveryStatus(); ok {
		in.AutoHeader = true
		if b == nil {
			set(tickets.KindOther, "certain", why)
			return true
		}
		in.Bounce = b
		set(tickets.KindBounce, "certain", why)
		return true
	}
	// Some delivery agents refuse a mail with a receipt that says so, and mail
	// systems mark their failure notices as automatic replies.
	failing := s.failedRecipients || s.daemon != "" && (isFailureSubject(in.Subject) || m.reportType() == "delivery-status" || findTrigger(m.report(in.Text)) >= 0)
	if !failing && (m.findKindOfPart("message/disposition-notification") != nil || m.reportType() == "disposition-notification") {
		set(tickets.KindAutoReply, "certain", "receipt (RFC 8098)")
		in.AutoHeader = true
		return true
	}
	if !failing && m.receipt {
		set(tickets.KindAutoReply, "certain", "Outlook's own form of a receipt (message class)")
		in.AutoHeader = true
		return true
	}
	if s.complaint != "" {
		set(tickets.KindOther, "strong", s.complaint)
		in.AutoHeader = true
		return true
	}
	if s.replied != "" && !failing {
		set(tickets.KindAutoReply, "certain", s.replied)
		return true
	}
	if !failing {
		if kind, notice, sure, why := m.machine(in, opts); notice != nil {
			in.Machine = notice
			in.AutoHeader = true
			set(kind, sure, why)
			return true
		}
	}
	if b, why, sure := m.textBounce(in, s); b != nil {
		in.Bounce = b
		in.AutoHeader = true
		set(tickets.KindBounce, sure, why...)
		return true
	}
	person := m.forPerson(in, s)
	switch {
	case s.autoReply != "":
		set(tickets.KindAutoReply, "strong", s.autoReply)
		return true
	case (s.generated != "" || s.nullSender || len(s.doubts) > 0) && s.subjectMaybe:
		set(tickets.KindAutoReply, "strong", orElse(s.generated, "a header that machines write"), "the subject is that of an automatic reply")
		return true
	case m.calendar != nil && (m.calendar.method == "REPLY" || m.calendar.method == "COUNTER" || m.calendar.method == "CANCEL"):
		set(tickets.KindOther, "certain", "calendar "+strings.ToLower(m.calendar.method)+" (RFC 5546)")
		return true
	case s.list != "" && person == "":
		set(tickets.KindList, s.listSure, s.list)
		return true
	case s.generated != "":
		set(tickets.KindOther, "strong", s.generated)
		return true
	case s.subjectAway:
		set(tickets.KindAutoReply, "weak", "the subject is that of an automatic reply")
		return true
	case s.nullSender:
		set(tickets.KindOther, "strong", "empty envelope sender")
		return true
	case person != "":
		in.AutoHeader = true // nothing answers it by itself
		set(tickets.KindHuman, "weak", orElse(s.list, s.robot), person)
		return true
	case s.robot != "":
		in.AutoHeader = true
		set(tickets.KindOther, "weak", s.robot)
		return true
	}
	return false
}

// signals are what the header says about who or what wrote.
type signals struct {
	autoHeader       bool
	replied          string // certain automatic reply
	autoReply        string // automatic reply by an older or a vendor's header
	generated        string // made by a machine, not as a reply
	list, listSure   string
	bulk             bool // list rests on Precedence
	listHeader       bool // a header that only lists and newsletters have
	subjectAway      bool // the form that programs use
	subjectMaybe     bool // that form or one that people use too
	nullSender       bool
	failedRecipients bool
	daemon           string // sender is a mail system
	robot            string // sender says it does not read answers
	complaint        string // a provider passes on that somebody complained, or unsubscribes somebody
	doubts           []string
}

func (m *message) signals(in *tickets.Inbound, h *header) signals {
	var s signals
	for i := range h.fields {
		f := &h.fields[i]
		name, v := strings.ToLower(f.name), strings.ToLower(strings.TrimSpace(f.value))
		switch name {
		case "auto-submitted":
			m.autoSubmitted(&s, v)
		case "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-autoreply-from", "x-auto-reply-from", "x-vacation", "x-away", "x-autorespond-from", "x-zimbra-vacation", "x-autoreply-domain", "x-autorespond-by", "x-auto-respond":
			if v != "no" && v != "false" && v != "0" {
				s.autoHeader = true
				s.autoReply = "header " + f.name
			}
		case "x-autogenerated":
			s.autoHeader = true
			if strings.Contains(v, "reply") {
				s.autoReply = "header X-Autogenerated: reply"
			} else if s.generated == "" {
				s.generated = "header X-Autogenerated"
			}
		case "precedence", "x-precedence", "preference":
			word, _, _ := strings.Cut(strings.Trim(v, `"' `), " ")
			switch word {
			case "auto_reply", "auto-reply", "autoreply":
				s.autoHeader = true
				s.autoReply = "Precedence: auto_reply"
			case "list", "bulk", "junk":
				s.autoHeader = true
				if s.list == "" {
					s.list, s.listSure, s.bulk = "Precedence: "+word, "strong", true
				}
			}
		case "x-post-messageclass", "x-fc-machinegenerated":
			if strings.Contains(v, "autoresponder") || name == "x-fc-machinegenerated" {
				s.autoHeader = true
				s.autoReply = "header " + f.name
			}
		case "x-ms-exchange-inbox-rules-loop":
			s.autoHeader = true
			if s.generated == "" {
				s.generated = "an Exchange inbox rule wrote it (X-MS-Exchange-Inbox-Rules-Loop)"
			}
		case "x-ms-exchange-generated-message-source":
			if strings.Contains(v, "mailbox rules agent") || strings.Contains(v, "oof") {
				s.autoHeader = true
				if s.generated == "" {
					s.generated = "an Exchange mailbox rule wrote it"
				}
			}
		case "x-auto-response-suppress":
			// It asks that nothing answers by itself; people's mail carries it too, so
			// it decides nothing about who wrote.
			if strings.Contains(v, "all") || strings.Contains(v, "autoreply") || strings.Contains(v, "auto-reply") {
				s.autoHeader = true
			}
			s.doubts = append(s.doubts, "X-Auto-Response-Suppress")
		case "x-mailer", "user-agent":
			if strings.Contains(v, "vacation") || strings.Contains(v, "autorespond") || strings.Contains(v, "auto-respond") || strings.Contains(v, "autoreply") {
				s.autoHeader = true
				s.autoReply = f.name + ": " + cutString(v, 60)
			}
		case "delivered-to":
			if v == "autoresponder" {
				s.autoHeader = true
				s.autoReply = "Delivered-To: Autoresponder"
			}
		case "list-id", "list-post", "mailing-list", "x-mailing-list", "x-mailman-version", "list-unsubscribe", "x-listname", "x-list-id", "list-help", "x-list":
			s.autoHeader, s.listHeader = true, true
			if s.list == "" || s.bulk || s.listSure != "certain" && name == "list-id" {
				s.list, s.listSure, s.bulk = "header "+f.name, "strong", false
				if name == "list-id" {
					s.listSure = "certain"
				}
			}
		case "x-apple-action":
			if strings.Contains(v, "vacation") {
				s.autoHeader = true
				s.autoReply = "header X-Apple-Action: vacation"
			}
		case "x-apple-unsubscribe":
			s.complaint = "a mail program unsubscribes its user"
		case "x-failed-recipients":
			s.failedRecipients = true
			s.autoHeader = true
		case "return-path", "x-envelope-from", "x-return-path":
			if v == "<>" || strings.HasPrefix(strings.TrimLeft(v, "<"), "mailer-daemon") {
				s.nullSender, s.autoHeader = true, true
			}
		}
	}
	if low := strings.ToLower(in.Subject); strings.HasPrefix(strings.TrimSpace(low), "complaint about message from") && m.findKindOfPart("message/rfc822") != nil {
		s.complaint = "a provider passes on a complaint"
	}
	s.subjectAway, s.subjectMaybe = awaySubject(in.Subject)
	s.daemon, s.robot = senderRole(in.From, h)
	return s
}

// autoSubmitted reads RFC 3834 section 5.
func (m *message) autoSubmitted(s *signals, v string) {
	word, _, _ := strings.Cut(strings.TrimSpace(stripComments(v)), ";")
	word, _, _ = strings.Cut(strings.TrimSpace(word), " ")
	switch {
	case word == "" || word == "no":
		return
	case strings.HasPrefix(word, "auto-replied"), strings.HasPrefix(word, "auto-reply"), word == "vacation":
		s.replied = "Auto-Submitted: " + cutString(word, 40)
	default:
		s.generated = "Auto-Submitted: " + cutString(word, 40)
	}
	s.autoHeader = true
}

// senderRole knows the names under which machines write.
func senderRole(from tickets.MailAddress, h *header) (daemon, robot string) {
	local, _, _ := strings.Cut(strings.ToLower(from.Email), "@")
	name := strings.ToLower(from.Name)
	for _, w := range []string{"mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon", "mail.daemon", "mailer_daemon", "mail_daemon", "mta", "bounce", "bounces", "uucp", "smtpd", "amavis", "microsoftexchange", "postoffice", "mmdf", "post_master", "post-master", "mailer-deamon"} {
		if local == w || strings.HasPrefix(local, w) && len(w) > 7 || strings.HasPrefix(local, w+"+") || strings.HasPrefix(local, w+"-") {
			return "the sender is " + w, ""
		}
	}
	for _, w := range []string{"mail delivery sub", "mail delivery sys", "mail delivery serv", "mailer-daemon", "mailer daemon", "mail administrator", "delivery subsystem", "system administrator", "systemadministrator", "mail system", "internet mail delivery", "email delivery", "mail router", "systemadministrator", "microsoft outlook", "delivery notification", "administrateur système", "postmaster", "microsoft exchange", "メール配信"} {
		if strings.Contains(name, w) {
			return "the sender is called " + cutString(from.Name, 60), ""
		}
	}
	flat := separatorless.Replace(local)
	if strings.HasPrefix(flat, "noreply") || strings.HasSuffix(flat, "noreply") || strings.HasPrefix(flat, "donotreply") || strings.HasSuffix(flat, "donotreply") || strings.HasPrefix(flat, "nepasrepondre") || strings.HasPrefix(flat, "nichtantworten") {
		return "", "the sender's address says that it does not read answers"
	}
	return "", ""
}

var separatorless = strings.NewReplacer("-", "", "_", "", ".", "")

// isReport tells the daily reports that mail providers exchange about their
// traffic from mail to people.
func (m *message) isReport(in *tickets.Inbound) bool {
	if m.reportType() == "tlsrpt" || m.findKindOfPart("application/tlsrpt+gzip") != nil {
		return true
	}
	low := strings.ToLower(strings.Join(strings.Fields(in.Subject), " "))
	return strings.HasPrefix(low, "report domain:") && strings.Contains(low, "submitter:") || strings.Contains(low, "report domain:") && strings.Contains(low, "report-id:")
}

func (m *message) reportType() string {
	if m.root.kind != "multipart/report" {
		return ""
	}
	return strings.ToLower(m.root.params["report-type"])
}

// findKindOfPart finds the first leaf of a media type.
func (m *message) findKindOfPart(kind string) *node {
	var found *node
	m.eachLeaf(m.root, func(n *node) {
		if found == nil && n.kind == kind {
			found = n
		}
	})
	return found
}
