package guard

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// judgeKept applies what the record keeps from somebody by name: protected facts and
// what was told in confidence; and stops what somebody told us about harm on its way
// to whom it is about, whoever asked for silence or did not (G08, G21).
func judgeKept(m *matter) []Finding {
	if len(m.outside) == 0 {
		return nil
	}
	var out []Finding
	for _, k := range m.f.Kept {
		m.mind()
		where, found := m.holds(k)
		if !found {
			continue
		}
		rule, words := RuleConfidentialAddress, "This holds something that is protected. "
		if k.Kind == "school" {
			rule, words = RuleSchool, "This tells which school it is. "
		}
		for _, r := range m.outside {
			if !keptFrom(r.mailbox, k.Of, k.From, k.All) || k.Kind == "address" && livesAt(r, k.Value) {
				continue
			}
			out = append(out, Finding{
				Rule: rule, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: where,
				Words: words + r.called + " must not be told it.",
			})
		}
	}
	if m.l.Purpose.automatic() {
		return once(out)
	}
	out = append(out, m.confided()...)
	return once(append(out, m.disclosed()...))
}

// confided compares the letter with what was told in confidence as with a note: by
// runs of words and by sentences told over again.
func (m *matter) confided() []Finding {
	if len(m.f.Confided) == 0 {
		return nil
	}
	texts := make([]Private, len(m.f.Confided))
	for i, c := range m.f.Confided {
		texts[i] = Private{Text: c.Text}
	}
	index := IndexNotes(texts)
	var out []Finding
	var room scratch
	for _, v := range m.views {
		m.mind()
		byText := map[int32][]hit{}
		for _, p := range index.find(v, &room) {
			if p.note >= 0 {
				byText[p.note] = append(byText[p.note], p.hit)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(byText)) {
			c := m.f.Confided[id]
			for _, r := range m.outside {
				if !keptFrom(r.mailbox, c.By, c.From, c.All) {
					continue
				}
				if _, ok := m.firstUnseen(byText[id], m.seenBy(r)); ok {
					out = append(out, Finding{
						Rule: RuleInConfidence, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where,
						Words: "Somebody told us this in confidence. " + r.called + " must not be told it.",
					})
				}
			}
		}
	}
	return out
}

func keptFrom(mailbox string, of, from []string, all bool) bool {
	is := func(s string) bool { return FoldMailbox(s) == mailbox }
	if slices.ContainsFunc(from, is) {
		return true // the stricter of two people with one mailbox
	}
	return all && !slices.ContainsFunc(of, is)
}

// livesAt reports a recipient whose own recorded address this is.
func livesAt(r recipient, value string) bool {
	v := compact(postalWords(words(value)))
	return slices.ContainsFunc(r.people, func(p Person) bool {
		return p.Postal != "" && v != "" && strings.Contains(compact(postalWords(words(p.Postal))), v)
	})
}

// holds looks for a protected fact in everything that would leave.
func (m *matter) holds(k Kept) (where string, found bool) {
	switch k.Kind {
	case "email":
		return "text", m.mentions(k.Value)
	case "phone":
		n := phoneDigits(k.Value)
		if len(n) < 6 {
			return "", false
		}
		for _, v := range m.views {
			if strings.Contains(phoneDigits(v.text), n) {
				return v.where, true
			}
		}
		return "", false
	case "address":
		needles := postalNeedles(k.Value)
		if code, _, ok := postcode(words(k.Value)); ok {
			needles.codes = append(needles.codes, postcodeShape(code))
		}
		if len(needles.lines)+len(needles.codes) > 0 {
			return m.holdsPostal(needles)
		}
	}
	name := words(k.Value)
	if k.Kind == "school" {
		name = schoolName(k.Value)
	}
	if len(name) == 0 || len(name) == 1 && len(name[0]) < 4 {
		return "", false // too short to be told from other words
	}
	for _, v := range m.views {
		if runOf(v.words, name) >= 0 {
			return v.where, true
		}
	}
	return "", false
}

func (m *matter) holdsPostal(n needles) (where string, found bool) {
	n = m.together(n)
	for _, v := range m.views {
		if n.in(v) {
			return v.where, true
		}
	}
	return "", false
}

// phoneDigits are the digits of numbers without what stands before the area code.
func phoneDigits(s string) string {
	var b strings.Builder
	for _, w := range words(s) {
		for i := 0; i < len(w); i++ {
			if w[i] >= '0' && w[i] <= '9' {
				b.WriteByte(w[i])
			}
		}
	}
	n := b.String()
	if len(n) <= 14 {
		n = strings.TrimPrefix(n, "00")
		n = strings.TrimPrefix(n, "44")
		n = strings.TrimLeft(n, "0")
	}
	return n
}

// disclosed stops what one person told us about harm by another on its way to that
// other, or to somebody who lives with them.
func (m *matter) disclosed() []Finding {
	var out []Finding
	harm := harmWords()
	for _, s := range m.f.Seen {
		if !s.Wrote || !slices.ContainsFunc(words(s.Text), func(w string) bool { return harm[w] }) {
			continue
		}
		m.mind()
		teller := FoldMailbox(s.Mailbox)
		for _, part := range sentences(s.Text) {
			if !slices.ContainsFunc(part, func(w string) bool { return harm[w] }) {
				continue
			}
			for _, r := range m.outside {
				if r.mailbox == teller || r.variant == teller || !m.accuses(part, r, teller) {
					continue
				}
				if where, ok := m.tellsAny([][]string{part}, r); ok {
					out = append(out, Finding{
						Rule: RuleDisclosure, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: where,
						Words: r.called + " is named in a safety concern. Speak to the safeguarding lead first.",
					})
				}
			}
		}
	}
	return out
}

// harmWords are words about harm to somebody, read once.
var harmWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`hit hits hitting hurt hurts hurting slapped slaps punched kicked kicks smacked smacks bruise bruises bruised
		abuse abused abuses abusive abusing touched touches threatened threatens threatening violent violence assaulted assault
		grabbed strangled choked shoved pushed beat beats beaten raped locked starved neglect neglected unsafe frightened terrified scared drunk drugs`) {
		set[w] = true
	}
	return set
})

// accuses reports a sentence that means this recipient, or somebody who lives with
// them: by first name, or by the part that they have.
func (m *matter) accuses(s []string, r recipient, teller string) bool {
	parent := false
	for _, p := range m.parties() {
		if !p.has(r.mailbox) && !sharesHome(r, p) || p.has(teller) {
			continue
		}
		if n := nameWords(p.Name); len(n) > 0 && (containsAny(s, n[0]) || containsAny(s, n[0]+"s")) {
			return true
		}
		parent = parent || p.Kind == KindParent
	}
	if !parent {
		return false
	}
	return containsAny(s, "dad", "dads", "daddy", "father", "fathers", "stepdad", "stepfather", "mum", "mums", "mummy", "mother", "mothers", "stepmum", "stepmother",
		"husband", "wife", "partner", "ex", "boyfriend", "girlfriend", "parent", "parents")
}
