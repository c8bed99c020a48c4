package guard

import "strings"

// judgeQuoted stops mail between staff that is quoted below a letter.
func judgeQuoted(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	for _, v := range m.views {
		if v.encoded || v.text == "" || v.where == "subject" {
			continue
		}
		for _, q := range quotedMails(v.text) {
			if !m.isStaffName(q.from) || len(q.to) == 0 || !m.allStaff(q.to) {
				continue
			}
			for _, r := range m.outside {
				out = append(out, Finding{
					Rule: RuleQuotedInternal, Decision: Block, Mailbox: r.mailbox, Person: r.name, Evidence: v.where,
					Words: "Below your message is an email between staff. " + r.name + " is not staff.",
				})
			}
		}
	}
	return once(append(out, m.passedOn()...))
}

// passedOn asks about one outsider's own words on their way to another, who has
// not seen them.
func (m *matter) passedOn() []Finding {
	if m.l.Purpose.automatic() {
		return nil // no automatic letter holds them: judgePurpose
	}
	var out []Finding
	for _, s := range m.f.Seen {
		if !s.Wrote || s.Text == "" {
			continue
		}
		theirs := words(s.Text)
		n := min(shingleWords, len(theirs))
		if n < 4 {
			continue
		}
		runs := newShingles(n, theirs)
		for _, v := range m.views {
			if v.encoded {
				continue
			}
			at := runs.in(v.words)
			for _, r := range m.outside {
				if r.mailbox == FoldMailbox(s.Mailbox) {
					continue
				}
				for _, i := range at {
					if run := v.words[i : i+n]; runOf(theirs, run) >= 0 && !saidBy(m.seenBy(r), run) {
						out = append(out, Finding{
							Rule: RuleQuotedOther, Decision: Confirm, Mailbox: r.mailbox, Person: r.name, Evidence: v.where + ": " + excerpt(run),
							Words: "You are passing on " + m.nameOf(s.Mailbox) + "'s words to " + r.name + ".",
						})
						break
					}
				}
			}
		}
	}
	return out
}

// nameOf is the name recorded with a mailbox.
func (m *matter) nameOf(mailbox string) string {
	for _, p := range m.f.People {
		if p.has(FoldMailbox(mailbox)) {
			return p.Name
		}
	}
	return "somebody else"
}

func (m *matter) allStaff(who []string) bool {
	for _, w := range who {
		if !m.isStaffName(w) {
			return false
		}
	}
	return true
}

// isStaffName reads the author or recipient of a quoted mail: an address of
// ours, or the full name of somebody with an account.
func (m *matter) isStaffName(s string) bool {
	if i, j := strings.IndexByte(s, '<'), strings.IndexByte(s, '>'); i >= 0 && j > i {
		s = s[i+1 : j]
	}
	s = strings.TrimPrefix(strings.TrimSpace(s), "mailto:")
	if a, err := ParseAddress(s); err == nil {
		return m.who(a).class == staffClass || m.who(a).class == colleague
	}
	w := nameWords(s)
	for _, n := range m.names.family {
		if runOf(w, n) >= 0 && len(n) > 0 {
			return false
		}
	}
	for _, n := range m.names.staff {
		if len(n) > 1 && (runOf(w, n) >= 0 || reversed(w, n)) {
			return true
		}
	}
	return false
}

// reversed reads "Bell, Jo" as Jo Bell.
func reversed(w, name []string) bool {
	return len(w) == len(name) && len(w) == 2 && w[0] == name[1] && w[1] == name[0]
}
