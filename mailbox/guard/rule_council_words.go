package guard

// judgeCouncilWords reads the words that a council gave an automatic letter, as words
// that somebody writes: what is marked for staff, and talk among colleagues, does not
// become fit for a family by being kept as a letter. The words that the program ships
// are exempt, and they are not in Facts.CouncilWords. Questions are left out, for nobody
// stands behind such a letter who could answer one.
func judgeCouncilWords(m *matter) []Finding {
	if m.f.CouncilWords == "" || len(m.outside) == 0 || !m.l.Purpose.automatic() {
		return nil
	}
	w := *m
	w.l = Letter{
		Purpose: PurposeReply, Envelope: m.l.Envelope, Audience: m.l.Audience, To: m.l.To, Cc: m.l.Cc, From: m.l.From,
		Text: m.f.CouncilWords,
	}
	w.answering = true
	w.newest, w.talk, w.seen, w.named, w.concepts = m.f.CouncilWords, nil, nil, nil, nil
	w.f.Seen = nil // that somebody quoted our words back does not make them theirs
	var ok bool
	if w.views, ok = views(w.l); !ok {
		return []Finding{caseData("", "the council's words are too many")}
	}
	var out []Finding
	for _, judge := range []func(*matter) []Finding{judgeMarking, judgeTalk, judgeCouncil} {
		m.mind()
		for _, f := range judge(&w) {
			if f.Decision == Block {
				out = append(out, f)
			}
		}
	}
	return once(out)
}
