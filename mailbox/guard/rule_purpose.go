package guard

import "strings"

// echoWords is the length of a run of the sender's words that an automatic
// letter must not hold.
const echoWords = 5

// judgePurpose applies the recipient rule and the content rule of each purpose
// that no person stands behind. Nobody can confirm or release these.
func judgePurpose(m *matter) []Finding {
	switch m.l.Purpose {
	case PurposeAck:
		return m.ack()
	case PurposeReceipt:
		return m.receipt()
	case PurposeNotice:
		return m.notice()
	case PurposeAccount:
		return m.account()
	}
	return nil
}

func wrongRecipient(words string) Finding {
	return Finding{Rule: RulePurposeRecipient, Decision: Block, Words: words}
}

func wrongContent(evidence, words string) Finding {
	return Finding{Rule: RulePurposeContent, Decision: Block, Evidence: evidence, Words: words}
}

// ack goes to the sender of the answered mail alone, who is a party of the case,
// and holds neither the child's name nor anything that the sender supplied.
func (m *matter) ack() []Finding {
	out := m.answersSender()
	for _, r := range m.recipients {
		if r.class != contact {
			out = append(out, wrongRecipient("An acknowledgement goes to somebody on the case only."))
		}
	}
	if n := m.nameIn(m.names.child); n != "" {
		out = append(out, wrongContent(n, "An acknowledgement must not name the child."))
	}
	return append(out, m.echo()...)
}

// receipt goes to the sender alone and says nothing: no reference, no link, no
// name of anybody on a case.
func (m *matter) receipt() []Finding {
	out := m.answersSender()
	for _, r := range m.recipients {
		if r.addr.Name != "" {
			out = append(out, wrongContent("To", "A receipt must not repeat the name that the sender gave."))
		}
	}
	for _, v := range m.views {
		if v.encoded || v.text == "" {
			continue
		}
		if hasReference(v.text) || m.f.CaseRef != "" && strings.Contains(alnum(v.text), alnum(m.f.CaseRef)) {
			out = append(out, wrongContent(v.where+": reference", "A receipt to somebody whom we do not know must not hold a reference."))
		}
		if len(m.f.Others.find(v)) > 0 {
			out = append(out, wrongContent(v.where+": case", "A receipt to somebody whom we do not know must not say anything about a case."))
		}
	}
	for _, names := range append(m.names.family, m.names.child) {
		if n := m.nameIn(names); n != "" {
			out = append(out, wrongContent(n, "A receipt to somebody whom we do not know must not say anything about a case."))
		}
	}
	return append(out, m.echo()...)
}

// notice goes to staff of the case and holds reference, initials, times and a
// link: no name of the family and no words of any message or note.
func (m *matter) notice() []Finding {
	var out []Finding
	for _, r := range m.recipients {
		if r.class != staffClass {
			out = append(out, wrongRecipient("A notice goes to staff of the case only."))
		}
	}
	for _, names := range append(m.names.family, m.names.child) {
		if n := m.nameIn(names); n != "" {
			out = append(out, wrongContent(n, "A notice must not name the child or the family."))
		}
	}
	var texts [][]string
	for _, s := range m.f.Seen {
		texts = append(texts, words(s.Text))
	}
	for _, p := range m.f.Private {
		texts = append(texts, words(p.Text))
	}
	return append(append(out, m.echo()...), m.repeats(texts)...)
}

// account goes to the owner of an account about that account.
func (m *matter) account() []Finding {
	var out []Finding
	if len(m.recipients) != 1 {
		out = append(out, wrongRecipient("A letter about an account goes to one person."))
	}
	for _, r := range m.recipients {
		known := false
		for _, c := range m.f.Staff {
			known = known || FoldMailbox(c.Mailbox) == r.mailbox
		}
		if !known {
			out = append(out, wrongRecipient("A letter about an account goes to the address of that account."))
		}
	}
	return out
}

// answersSender wants exactly one recipient, and that the answered mail is theirs.
func (m *matter) answersSender() []Finding {
	if len(m.recipients) != 1 {
		return []Finding{wrongRecipient("An automatic answer goes to one person.")}
	}
	if a := m.f.Answered; a == nil || a.Mailbox == "" || FoldMailbox(a.Mailbox) != m.recipients[0].mailbox {
		return []Finding{wrongRecipient("An automatic answer goes to whoever wrote the email that it answers.")}
	}
	return nil
}

// echo looks for what the sender supplied: runs of the mail's words, its
// subject, the display name.
func (m *matter) echo() []Finding {
	a := m.f.Answered
	if a == nil {
		return nil
	}
	out := m.repeats([][]string{words(a.Text), words(a.Subject)})
	if n := words(a.Name); len(n) > 1 && m.saysBeyondTemplate(n) {
		out = append(out, wrongContent("name", "An automatic letter must not repeat the name that the sender gave."))
	}
	return out
}

// repeats reports runs of words that stand in one of the texts and are not the
// fixed wording of the template.
func (m *matter) repeats(texts [][]string) []Finding {
	said := newShingles(echoWords, texts...)
	for _, v := range m.views {
		if v.text == "" {
			continue
		}
		for _, i := range said.in(v.words) {
			if m.beyondTemplate(v.words[i : i+echoWords]) {
				return []Finding{wrongContent(v.where, "An automatic letter must not repeat what somebody wrote.")}
			}
		}
	}
	return nil
}

// nameIn is the first of the names that the letter holds beyond the template's
// own words and the names of staff; "" when there is none.
func (m *matter) nameIn(names []string) string {
	public := map[string]bool{}
	for _, n := range m.names.staff {
		for _, w := range n {
			public[w] = true
		}
	}
	if len(names) > 1 && m.saysBeyondTemplate(names) {
		return "name"
	}
	for _, n := range names {
		if len(n) > 2 && !public[n] && (m.saysName(n) || m.saysName(n+"s")) {
			return "name"
		}
	}
	return ""
}

// saysName reports one word of a name. May, April and June beside a number are
// dates: automatic letters are full of them.
func (m *matter) saysName(n string) bool {
	if !m.beyondTemplate([]string{n}) {
		return false
	}
	for _, v := range m.views {
		if v.text == "" {
			continue
		}
		for i, w := range v.words {
			if w != n {
				continue
			}
			date := i > 0 && allDigits(v.words[i-1]) || i+1 < len(v.words) && allDigits(v.words[i+1])
			if !date || !isMonth(n) {
				return true
			}
		}
	}
	return false
}

func isMonth(w string) bool {
	switch w {
	case "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec":
		return true
	}
	return false
}

func (m *matter) saysBeyondTemplate(run []string) bool {
	for _, v := range m.views {
		if v.text != "" && runOf(v.words, run) >= 0 && m.beyondTemplate(run) {
			return true
		}
	}
	return false
}

// beyondTemplate reports words that are not part of the template's wording.
func (m *matter) beyondTemplate(run []string) bool { return runOf(words(m.f.Standing), run) < 0 }

// hasReference reports something that looks like a reference of ours: capital
// letters, a dash and four or more digits.
func hasReference(text string) bool {
	for i := 0; i+6 < len(text); i++ {
		if text[i] != '-' || i < 2 {
			continue
		}
		capitals, digits := 0, 0
		for j := i - 1; j >= 0 && text[j] >= 'A' && text[j] <= 'Z'; j-- {
			capitals++
		}
		for j := i + 1; j < len(text) && text[j] >= '0' && text[j] <= '9'; j++ {
			digits++
		}
		if capitals >= 2 && digits >= 4 {
			return true
		}
	}
	return false
}
