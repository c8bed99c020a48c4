package guard

import "time"

// judgeFinish points at what its writer probably forgot. It stops nothing (G24).
func judgeFinish(m *matter) []Finding {
	if len(m.outside) == 0 || m.l.Purpose.automatic() {
		return nil
	}
	var out []Finding
	if len(m.l.Files) == 0 {
		for _, s := range sentences(m.newest) {
			if mentionsFile(s) {
				out = append(out, Finding{
					Rule: RuleForgottenFile, Decision: Warn, Evidence: excerpt(s),
					Words: "You mention a file but none is added.",
				})
				break
			}
		}
	}
	if d := m.datePast(); d != "" {
		out = append(out, Finding{Rule: RuleDatePast, Decision: Warn, Evidence: d, Words: d + " has gone by."})
	}
	return out
}

// mentionsFile reports a sentence that says something comes with the letter.
func mentionsFile(s []string) bool {
	for i, x := range s {
		switch x {
		case "attached", "attach", "attaching", "enclosed", "enclose", "enclosing", "attachment":
			before := s[max(0, i-4):i]
			if !containsAny(before, "not", "you", "your", "couldnt", "didnt", "cant", "already", "earlier", "last", "previously", "without", "no") {
				return true
			}
		}
	}
	return false
}

// datePast is a date that has gone by in a sentence about what is to come.
func (m *matter) datePast() string {
	if m.f.Today.IsZero() {
		return ""
	}
	today := m.f.Today.Format(time.DateOnly)
	for _, s := range sentences(m.newest) {
		if !containsAny(s, "will", "shall", "can", "could", "would", "please", "by", "until", "next", "due", "invite", "book", "booked", "join", "come", "attend", "offer") ||
			containsAny(s, "was", "were", "dated", "born", "dob", "since", "wrote", "received", "met", "last") {
			continue
		}
		for _, d := range dates(s) {
			if d.iso < today {
				return d.iso
			}
		}
	}
	return ""
}
