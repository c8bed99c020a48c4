package guard

import "slices"

// talk is what a letter's newest words show about whom they are meant for. It is
// weighed, because no sign alone is enough: at least one has to be about the
// audience and one about what is said, or two about the audience.
type talk struct {
	outsideGreeted bool
	colleague      string // greeted or spoken to, and nobody outside is; "" when nobody
	aside          string // a colleague spoken to within a letter to somebody else
	present        string // a colleague who gets it, when nobody outside is greeted
	named          bool   // somebody outside who gets it is spoken of by name or part
	openCopy       bool   // ... and is said to be copied in
	pronoun        bool   // she, he, they, and nobody outside is greeted
	grown          bool   // mum, the family
	adult          bool   // ... and it is not the child who is meant, as far as one can see
	dual           bool   // somebody greeted is outside for this case and staff otherwise
	partner        bool   // all who would get it outside are professionals
	second         bool   // you, your: somebody is spoken to
	toStaff        bool   // it is staff whom it is written to, by its greeting or by who stands in To
	plain          bool   // every sentence is one that anybody may read
	everybody      bool   // "Hi all" with nobody but staff in To: those on copy are meant by chance
	shared         bool   // somebody of staff stands in To
	kept           bool   // professionals are told what the family is not to hear
	hushed         int    // weight of asking a professional for silence
	said           int    // weight of what is said
	heard, harsh   heard  // the sentences that weigh most
}

func (m *matter) readTalk() *talk {
	if m.talk != nil {
		return m.talk
	}
	text := m.newest
	if len(text) > maxTalk {
		text = text[:maxTalk]
	}
	t := &talk{}
	m.talk = t
	w := words(text)
	g := greetingOf(text)
	staffFirst := m.staffFirst()
	t.outsideGreeted = m.greetsOutside(g) && (!g.staff || !staffFirst) || m.vocative(text) || m.answering
	if g.both && staffFirst && m.staffCount() == 2 {
		g.staff, t.outsideGreeted = true, m.vocative(text)
	}
	t.everybody = g.all && staffFirst
	for _, r := range m.outside {
		t.dual = t.dual || calls(g.words, nameWords(r.name)) && m.isStaffAddress(r.addr)
	}
	t.partner = len(m.outside) > 0 && !m.familyOutside()
	if !t.outsideGreeted {
		t.colleague = m.greetedColleague(g, text)
	}
	if g.staff && staffFirst && !t.outsideGreeted {
		t.colleague = "colleagues"
	}
	var rest []string
	t.aside, rest = m.asideTo(text, t.colleague)
	asideAbout := slices.ContainsFunc(rest, isThird)
	if !t.outsideGreeted && t.colleague == "" && !g.all {
		for _, r := range m.recipients {
			if r.class == staffClass && !m.isOwn(r) && r.through == "" || r.class == colleague {
				t.present = r.name
				break
			}
			if r.class == list || r.through != "" && r.class == staffClass {
				t.present = r.name
			}
		}
	}
	t.grown = slices.ContainsFunc(w, isAdultWord)
	t.grown = t.grown || m.speaksOfFamily(w)
	t.named, t.openCopy = m.speaksOf(w, g, t.outsideGreeted)
	if !t.outsideGreeted {
		t.pronoun = slices.ContainsFunc(w, isThird)
		if _, _, ok := listBook().thirdOne.find(w); ok {
			t.pronoun = true
		}
		t.second = slices.ContainsFunc(w, func(x string) bool { return x == "you" || x == "your" || x == "youre" || x == "yours" })
		t.adult = t.pronoun && (!m.namesChild(text) || slices.ContainsFunc(w, isAdultWord)) && m.familyOutside()
	}
	if asideAbout {
		t.pronoun, t.adult = true, true
	}
	weigh := func(list *phrases, each, most int) int {
		places := list.all(w)
		got := 0
		for _, p := range places {
			if !m.said(w[p[0]:p[1]]) {
				got += each
			}
		}
		return min(got, most)
	}
	t.toStaff = !t.outsideGreeted && (t.colleague != "" || t.aside != "" || staffFirst && t.present != "")
	t.shared = m.staffInTo()
	t.kept = m.conceals(text) && slices.ContainsFunc(m.outside, func(r recipient) bool { return !r.ofFamily() })
	if t.partner {
		t.hushed = hushedWeight(w)
	}
	t.plain = m.neutral(text, m.familyOutside())
	to := m.readersOf(t.outsideGreeted, t.colleague != "")
	t.heard, t.harsh = m.hear(m.withoutGreeting(text), to, m.allHave)
	t.said = weigh(listBook().secrecy, 2, 4) + weigh(listBook().strategy, 2, 4) + weigh(listBook().pressure, 2, 4) + weigh(listBook().contempt, 1, 2) + weigh(listBook().opinion, 1, 1)
	return t
}

// maxTalk is how much of a letter is read for whom it is meant: more than any
// that a person typed.
const maxTalk = 64 << 10

// said reports words that one of the outside recipients wrote or was sent.
func (m *matter) said(run []string) bool {
	for _, r := range m.outside {
		if len(run) >= 3 && saidBy(m.seenBy(r), run) {
			return true
		}
	}
	return false
}

// allHave reports words that everybody outside wrote or was sent.
func (m *matter) allHave(w []string) bool {
	return !slices.ContainsFunc(m.outside, func(r recipient) bool { return !saidBy(m.seenBy(r), w) })
}

// audience is the weight of the signs that a letter is meant for somebody else
// than those outside who would get it.
func (t *talk) audience() int {
	n := 0
	if t.colleague != "" {
		n += 2
	}
	if t.aside != "" {
		n += 2
	}
	if t.named {
		n += 2
	}
	if t.pronoun {
		n++
	}
	if t.present != "" {
		n++
	}
	return n
}

// private reports a letter that reads as if written to a colleague.
func (t *talk) private() bool {
	if t.heard.sure >= t.stops() {
		return true
	}
	if t.heard.words != nil && t.heard.sure < talkNever {
		// No sentence of it sounds like talk at all: what remains is a question about who reads it.
		return false
	}
	if t.toStaff && !t.plain && !t.openCopy {
		return true
	}
	a := t.audience()
	alone := t.colleague == "" && t.aside == "" && t.present == "" && !t.named
	switch {
	case !t.outsideGreeted && alone:
		// Nothing but "she" speaks for a colleague as the reader, and she may be the child.
		return t.pronoun && (t.said >= 4 || t.said >= 2 && !t.second && t.adult)
	case t.outsideGreeted && t.aside == "":
		if t.kept || t.dual && t.said >= 2 || t.partner && t.grown && t.said+t.hushed >= 3 {
			return true // a colleague who is outside here; a school told about the family
		}
		if t.everybody && t.named && !t.plain && !t.openCopy && t.said > 0 {
			return true
		}
		// What is said of another recipient to the one who is greeted.
		return t.named && t.said >= 2 && !t.openCopy
	case a >= 2 && t.said >= 1, a >= 1 && t.said >= 2:
		return true
	}
	switch {
	case t.openCopy:
		return false
	case t.colleague != "" || t.aside != "":
		return t.named || t.adult // to a colleague, about somebody who would read it
	case t.present != "":
		return t.named || t.adult && !t.second
	}
	return false
}

// stops is how sure the reading of talk has to be for this letter: less where it is a
// colleague whom it speaks to.
func (t *talk) stops() float64 {
	if t.toStaff || t.colleague != "" || t.aside != "" {
		return talkAmong
	}
	return talkStops
}

// familyOutside reports whether somebody of a family gets the letter.
func (m *matter) familyOutside() bool {
	return slices.ContainsFunc(m.outside, func(r recipient) bool { return r.ofFamily() })
}

func isAdultWord(w string) bool {
	switch w {
	case "mum", "mums", "mother", "mothers", "dad", "dads", "father", "fathers", "parent", "parents", "family", "woman", "man", "lady":
		return true
	}
	return false
}

// isPrivateTalk reports talk among colleagues, for other rules.
func (m *matter) isPrivateTalk() bool { return m.readTalk().private() }

// evidence names what spoke for a stop where the weights were what decided.
func (t *talk) evidence() string {
	if t.heard.sure < talkAmong {
		return ""
	}
	return excerpt(t.heard.words) + " (" + t.heard.why() + ")"
}

// judgeTalk looks for a letter that is meant for a colleague while somebody
// outside would get it.
func judgeTalk(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	t := m.readTalk()
	who := t.colleague
	for _, other := range []string{t.aside, t.present, "a colleague"} {
		if who == "" {
			who = other
		}
	}
	var out []Finding
	for _, r := range m.outside {
		switch {
		case t.private():
			out = append(out, Finding{
				Rule: RuleStaffTalk, Decision: Block, Mailbox: r.mailbox, Person: r.called,
				Words: "This reads as if written to " + who + ". " + r.called + " would get it too.", Evidence: t.evidence(),
			})
		case t.heard.sure >= talkAsks:
			out = append(out, Finding{
				Rule: RuleStaffTalk, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
				Words: "A sentence here reads like a remark between colleagues. Should " + r.called + " read it?", Evidence: t.evidence(),
			})
		case t.colleague == "" && t.aside == "" && t.second && !t.named && !t.adult && !t.shared:
			// No greeting, but nobody else stands in To and it says "you".
		case t.colleague != "" || t.present != "" || t.aside != "":
			out = append(out, Finding{
				Rule: RuleMixedAudience, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
				Words: "You have written to " + who + ". " + r.called + " will read it as well.",
			})
		}
	}
	return append(out, m.fileTalk()...)
}
