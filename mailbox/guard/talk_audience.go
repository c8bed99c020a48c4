package guard

import "strings"

// staffFirst reports a letter of which all that stand in To are colleagues or lists,
// so that those outside get it in copy only: without a greeting that says
// otherwise it is the colleagues whom it is written to. Our own mailboxes, and the
// author's, stand in To of letters to many and say nothing.
func (m *matter) staffFirst() bool {
	found := false
	for _, s := range m.l.To {
		addresses, err := ParseAddresses(s)
		if err != nil {
			return false
		}
		for _, a := range addresses {
			for _, r := range m.recipients {
				if r.mailbox != a.Mailbox() {
					continue
				}
				switch {
				case r.class == list && !m.leadsOut(r), r.class == staffClass && !m.isOwn(r) && m.isAccount(r):
					found = true
				case r.class == staffClass, r.class == list:
				default:
					return false
				}
			}
		}
	}
	return found
}

// leadsOut reports a list with somebody outside behind it.
func (m *matter) leadsOut(l recipient) bool {
	for _, r := range m.outside {
		if r.through == l.mailbox {
			return true
		}
	}
	return false
}

// isAccount reports a recipient who is a person of staff, rather than a mailbox
// that is only known to be on our domain.
func (m *matter) isAccount(r recipient) bool {
	for _, c := range m.f.Staff {
		if FoldMailbox(c.Mailbox) == r.mailbox {
			return true
		}
	}
	return false
}

// vocative reports somebody outside who gets the letter and is spoken to by name in it,
// in whatever language its greeting is: "Bore da Bethan,", "Thanks, Huw." Where no
// colleague gets it a name that ends a sentence with "you" in it counts as well.
func (m *matter) vocative(text string) bool {
	colleagues := false
	for _, r := range m.recipients {
		colleagues = colleagues || r.class == staffClass && !m.isOwn(r) || r.class == list
	}
	first := true
	for i, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?\n;,:–—()", r) }) {
		w := words(clause)
		if i > 200 || len(w) == 0 {
			continue
		}
		head := first
		first = false
		if len(w) > 14 {
			continue
		}
		for _, r := range m.outside {
			for _, p := range r.people {
				n := nameWords(p.Name)
				if len(n) == 0 || m.isStaffWord(n[0]) || m.isChildWord(n[0]) {
					continue
				}
				last := w[len(w)-1]
				lead := w[:len(w)-1]
				if last != n[0] && (last != n[len(n)-1] || len(lead) == 0 || !isTitle(lead[len(lead)-1]) && lead[len(lead)-1] != n[0]) {
					continue
				}
				if allOf(lead, func(x string) bool { return isTitle(x) || x == n[0] || isHailing(x) }) && len(lead) > 0 && (head || containsAny(lead, "thanks", "thank", "sorry", "cheers", "diolch", "yes", "apologies")) {
					return true // a greeting further down belongs to a draft
				}
				if !colleagues && containsAny(w, "you", "your", "youre", "youve") && (len(lead) == 0 || !isPreposition(lead[len(lead)-1])) {
					return true
				}
			}
		}
	}
	return false
}

// isPreposition reports words after which a name is spoken of rather than to: "you were
// right about Huw".
func isPreposition(w string) bool {
	switch w {
	case "about", "of", "for", "with", "from", "to", "on", "by", "at", "like", "than", "and", "or", "off", "against", "behind", "is", "was", "are", "be", "let", "ring", "tell", "ask", "give", "told", "keep", "know", "met", "meet", "see", "call":
		return true
	}
	return false
}

func allOf(w []string, ok func(string) bool) bool {
	for _, x := range w {
		if !ok(x) {
			return false
		}
	}
	return true
}

func containsAny(w []string, list ...string) bool {
	for _, x := range w {
		if contains(list, x) {
			return true
		}
	}
	return false
}

// isHailing reports words with which one turns to somebody, in the languages of
// our families.
func isHailing(w string) bool {
	switch w {
	case "dear", "hi", "hiya", "hello", "hey", "good", "morning", "afternoon", "evening", "greetings", "thanks", "thank", "you", "many", "cheers", "ta", "sorry",
		"bore", "da", "prynhawn", "noswaith", "annwyl", "shwmae", "helo", "diolch", "salaam", "salam", "assalam", "assalamu", "assalamualaikum", "alaikum", "alaykum", "aleikum", "wa", "as",
		"hola", "buenos", "dias", "bonjour", "czesc", "dzien", "dobry", "witam", "szanowna", "szanowny", "pani", "panie", "namaste", "ciao", "hallo", "guten", "tag", "morgen", "liebe", "lieber", "gday", "day",
		"buna", "ziua", "draga", "ola", "caro", "cara", "merhaba", "sayin", "chere", "cher", "kia", "ora", "yes", "ok", "right", "apologies", "jambo", "sat", "sri", "akal", "ji", "vanakkam", "privet":
		return true
	}
	return false
}

// staffInTo reports somebody of staff, not the author, among those whom the letter is
// addressed to rather than copied.
func (m *matter) staffInTo() bool {
	for _, s := range m.l.To {
		addresses, _ := ParseAddresses(s)
		for _, a := range addresses {
			for _, r := range m.recipients {
				if r.mailbox == a.Mailbox() && (r.class == list || r.class == staffClass && !m.isOwn(r)) {
					return true
				}
			}
		}
	}
	return false
}

// speaksOfFamily reports the first name of somebody of the child's family who does
// not get the letter.
func (m *matter) speaksOfFamily(w []string) bool {
	for _, p := range m.parties() {
		n := nameWords(p.Name)
		if p.Kind != KindParent && p.Kind != KindYoungPerson || len(n) == 0 || isAlsoWord(n[0]) || m.receives(p) || m.isStaffWord(n[0]) {
			continue
		}
		if contains(w, n[0]) || contains(w, n[0]+"s") {
			return true
		}
	}
	return false
}

// staffCount is how many people of staff get the letter, without its author.
func (m *matter) staffCount() int {
	n := 0
	for _, r := range m.recipients {
		if r.class == staffClass && !m.isOwn(r) {
			n++
		}
	}
	return n
}
