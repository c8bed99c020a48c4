package guard

import "strings"

// A letter of ours says the same in its plain and in its formatted half. What is
// found in both is one thing to mend, and is said once, for the half that its author
// wrote. The decision is the same.

// place of a finding: "text", "HTML text", "file plan.pdf".
func (f Finding) place() (where, rest string) {
	where, rest, _ = strings.Cut(f.Evidence, ": ")
	return where, rest
}

// saidOnce leaves out what is found in the formatted half when the same rule found it
// for the same person in the plain one, at least as severe.
func saidOnce(findings []Finding) []Finding {
	type key struct{ rule, mailbox, person, words string }
	plain := map[key]Decision{}
	of := func(f Finding) key { return key{f.Rule, f.Mailbox, f.Person, f.Words} }
	for _, f := range findings {
		if where, _ := f.place(); where == "text" {
			if d, ok := plain[of(f)]; !ok || !d.AtLeast(f.Decision) {
				plain[of(f)] = f.Decision
			}
		}
	}
	out := findings[:0:0]
	for _, f := range findings {
		where, _ := f.place()
		if d, ok := plain[of(f)]; ok && where == "HTML text" && d.AtLeast(f.Decision) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// plainHits are the most severe hits for each mailbox in the text as it stands.
type plainHits map[string]Decision

func (h plainHits) of(mailbox string) Decision {
	if d, ok := h[mailbox]; ok {
		return d
	}
	return Allow
}

// covers reports a hit in another reading of the letter (its formatted half, what is
// decoded) whose words stand in the text as well, where they were found.
func (h plainHits) covers(m *matter, v view, mailbox string, x hit) bool {
	d, ok := h[mailbox]
	if !ok || v.file > 0 || !d.AtLeast(x.decision) || x.encoded || !v.encoded && v.where != "HTML text" {
		return false
	}
	for _, t := range m.views {
		if t.where == "text" && !t.encoded {
			return runOf(t.words, x.run) >= 0
		}
	}
	return false
}
