package guard

import "strings"

// judgeMarking stops what says of itself that it is for staff, for the authority,
// for lawyers, or for whoever fills in the draft.
func judgeMarking(m *matter) []Finding {
	if len(m.outside) == 0 || m.l.Purpose.automatic() {
		return nil
	}
	strong := listBook().strongMarks
	var out []Finding
	for _, v := range m.views {
		if v.turned {
			continue
		}
		m.mind()
		for _, p := range strong.all(v.words) {
			mark := v.words[p[0]:p[1]]
			if ordinaryMark(v.words, p[0], p[1]) {
				continue
			}
			for _, r := range m.outside {
				if saidBy(m.seenBy(r), v.words[max(0, p[0]-2):min(len(v.words), p[1]+2)]) {
					continue // it stands in what they wrote or have
				}
				out = append(out, Finding{
					Rule: RuleMarking, Decision: Block, Mailbox: r.mailbox, Person: r.name, Evidence: v.where + ": " + excerpt(mark),
					Words: "This is marked \"" + strings.Join(mark, " ") + "\". Marked text cannot go to " + r.name + ".",
				})
			}
		}
	}
	if weakMark(m.l.Subject, m.newest) {
		for _, r := range m.outside {
			out = append(out, Finding{
				Rule: RuleMarkingWeak, Decision: Confirm, Mailbox: r.mailbox, Person: r.name, Evidence: "subject",
				Words: "The subject still says \"internal\". Is this meant for " + r.name + "?",
			})
		}
	}
	return once(out)
}

// ordinaryMark reports a phrase of the list that means something else where it
// stands: staff that are the subject, a form's box for the office.
func ordinaryMark(w []string, from, to int) bool {
	phrase := strings.Join(w[from:to], " ")
	before, after := "", ""
	if from > 0 {
		before = w[from-1]
	}
	if to < len(w) {
		after = w[to]
	}
	switch {
	case to-from == 2 && strings.HasSuffix(phrase, " only") && isVerbOrJoint(after):
		return true // staff only see this in class
	case phrase == "staff only" && (after == "car" || after == "area" || after == "door" || after == "entrance" || after == "toilet"),
		phrase == "for staff only" && (after == "training" || after == "parking"):
		return true
	case strings.HasPrefix(phrase, "before approval") && (before == "time" || before == "days"):
		return true
	case strings.HasPrefix(phrase, "legal advice") && (before == "independent" || before == "free" || before == "your" || before == "own" || before == "seek" || before == "take" || before == "get"):
		return true
	}
	return false
}

// isVerbOrJoint reports words with which a sentence goes on after "staff only".
func isVerbOrJoint(w string) bool {
	switch w {
	case "see", "saw", "get", "got", "have", "had", "has", "know", "knew", "come", "came", "work", "use", "used", "notice", "meet", "met", "do", "did", "can", "could",
		"need", "want", "start", "started", "hear", "heard", "ask", "asked", "found", "find", "were", "was", "are", "is", "one", "two", "a", "when", "if", "in", "on", "at",
		"after", "before", "once", "realised", "learned", "learnt", "arrived", "became", "agreed", "looked", "read", "works", "ever", "just", "then", "recently":
		return true
	}
	return false
}

// weakMark reports a bare "internal" left in front of a subject or a text. An
// internal review, exclusion or number is an ordinary thing.
func weakMark(subject, text string) bool {
	s := strings.TrimSpace(subject)
	for {
		low := strings.ToLower(s)
		cut := false
		for _, p := range []string{"re:", "fw:", "fwd:", "aw:", "tr:"} {
			if strings.HasPrefix(low, p) {
				s, cut = strings.TrimSpace(s[len(p):]), true
			}
		}
		if !cut {
			break
		}
	}
	for _, l := range []string{s, firstLine(text)} {
		l = strings.ToLower(strings.TrimSpace(l))
		for _, tag := range []string{"[internal]", "(internal)", "{internal}", "internal:", "internal -", "internal –", "internal —", "internal |", "internal re:", "internal fw", "internal/", "#internal", "*internal*", "**internal**", "<internal>", "internal>>"} {
			if strings.Contains(tag, "[") || strings.HasPrefix(tag, "(") || strings.HasPrefix(tag, "{") || strings.HasPrefix(tag, "#") || strings.HasPrefix(tag, "*") || strings.HasPrefix(tag, "<") {
				if strings.Contains(l, tag) {
					return true
				}
			} else if strings.HasPrefix(l, tag) {
				return true
			}
		}
		if l == "internal" || strings.HasSuffix(l, "- internal") || strings.HasSuffix(l, "– internal") || strings.HasSuffix(l, "/ internal") {
			return true
		}
	}
	return false
}
