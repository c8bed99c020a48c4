package guard

import "strings"

// judgeProcess holds the rules about the letter as a whole: who sends it, and
// where answers to it would go.
func judgeProcess(m *matter) []Finding {
	var out []Finding
	if m.l.Purpose == PurposeReply {
		a := m.f.Author
		switch {
		case a == nil:
			out = append(out, Finding{Rule: RuleAuthor, Decision: Block, Words: "Nobody is named as the writer of this."})
		case !a.Active:
			out = append(out, Finding{Rule: RuleAuthor, Decision: Block, Words: "The account of the person who wrote this is closed. A colleague has to send it."})
		case !a.MaySee:
			out = append(out, Finding{Rule: RuleAuthor, Decision: Block, Words: "The person who wrote this may no longer work on this case. A colleague has to send it."})
		}
	}
	if len(m.l.Bcc) > 0 && m.f.PartiesOnly {
		out = append(out, Finding{Rule: RuleHeaderLeak, Decision: Block, Words: "This has hidden recipients. Everybody gets a copy of their own instead."})
	}
	return append(append(out, m.injected()...), m.replyTo()...)
}

// injected stops a line end in a header field: what stands behind it would be a
// field of its own. A line end before white space is folding (RFC 5322 section
// 2.2.3) and was taken out when the field was read.
func (m *matter) injected() []Finding {
	bad := strings.ContainsAny(m.l.Subject, "\r\n\x00")
	for _, h := range m.l.Headers {
		bad = bad || strings.ContainsAny(h.Value, "\r\n\x00") || strings.ContainsAny(h.Name, "\r\n\x00: ")
	}
	if !bad {
		return nil
	}
	return []Finding{{Rule: RuleHeaderInjection, Decision: Block, Words: "There is a line end in the subject or in a header. Type the subject again."}}
}

// replyTo looks where answers would go: to one of our mailboxes, to the author,
// or to another member of staff.
func (m *matter) replyTo() []Finding {
	var out []Finding
	for _, s := range m.l.ReplyTo {
		if _, err := ParseAddresses(s); err != nil {
			out = append(out, addressFinding(err))
		}
	}
	if len(m.outside) == 0 {
		return out
	}
	for _, a := range m.answerAddresses() {
		if m.isOurs(a) {
			continue
		}
		out = append(out, Finding{
			Rule: RuleReplyTo, Decision: Confirm, Mailbox: a.Mailbox(),
			Words: "Answers to this would go to " + a.String() + ", not to us.",
		})
	}
	return once(out)
}

// isOurs reports an address of ours, reply tokens behind a plus included.
func (m *matter) isOurs(a Address) bool {
	for _, own := range m.f.OwnMailboxes {
		if FoldMailbox(own) == a.Mailbox() || untagged(FoldMailbox(own)) == untagged(a.Mailbox()) {
			return true
		}
	}
	if m.f.Author != nil && FoldMailbox(m.f.Author.Mailbox) == a.Mailbox() {
		return true
	}
	return m.who(a).class == staffClass
}

// untagged is the mailbox without what stands behind a plus.
func untagged(mailbox string) string {
	at := len(mailbox) - len(domainOf(mailbox)) - 1
	if at <= 0 {
		return mailbox
	}
	for i := 1; i < at; i++ {
		if mailbox[i] == '+' {
			return mailbox[:i] + mailbox[at:]
		}
	}
	return mailbox
}
