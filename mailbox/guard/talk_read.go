package guard

import (
	"regexp"
	"slices"
	"strings"
)

// How sure the reading of talk has to be before a letter is stopped, and before its
// writer is asked. It has to be surer where somebody outside is greeted, and in what
// stands openly in a file, than in a remark or among colleagues.
const (
	talkStops  = 0.7
	talkAsks   = 0.6
	talkAmong  = 0.5  // where it is a colleague whom the letter speaks to
	talkNever  = 0.05 // below it no other sign makes a letter talk
	talkRemark = 0.5
	talkAside  = 0.95 // what stands in brackets of a letter
	talkOpen   = 0.9
	talkLong   = 0.97 // the same in a file of many sentences, each of which can be taken wrongly
	manyPieces = 30
	talkQuoted = 0.8
	harshAsks  = 0.65
	maxPieces  = 600 // sentences of one view that are weighed
	maxAsides  = 40  // and what stands in brackets
)

// heard is the sentence of a text that reads most like talk among colleagues.
type heard struct {
	sure  float64
	words []string // with roles for names
	to    readers
}

// why says which features spoke for it.
func (h heard) why() string { return talkWeights().reasons(h.words, h.to, false) }

// talkPieces cuts a text into sentences. Mail wraps its lines, so a line end counts
// only where the line is short or the next is empty.
func talkPieces(text string) []string {
	var out []string
	start := 0
	cut := func(end int) {
		if p := strings.TrimSpace(text[start:end]); p != "" {
			out = append(out, p)
		}
		start = end
	}
	line := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '.' || c == '!' || c == '?' || c == ';':
			if i+1 == len(text) || strings.IndexByte(" \n\r\"')", text[i+1]) >= 0 {
				cut(i + 1)
			}
		case c == '\n':
			if i-line < 60 || i+1 < len(text) && text[i+1] == '\n' {
				cut(i + 1)
			}
			line = i + 1
		}
	}
	cut(len(text))
	return out
}

// roleBook is what the names of a matter stand for.
type roleBook map[string]string

// roles gives each name that a letter can hold its role. A name that is also a word
// keeps being one.
func (m *matter) roles() roleBook {
	if m.roleNames != nil {
		return m.roleNames
	}
	b := roleBook{}
	put := func(n []string, role string, last bool) {
		for i, x := range n {
			if len(x) < 2 || i > 0 && (i < len(n)-1 || !last) || isAlsoWord(x) {
				continue
			}
			if _, ok := b[x]; !ok {
				b[x] = role
			}
		}
	}
	put(m.names.child[:min(1, len(m.names.child))], "<kid>", false)
	for _, r := range m.outside {
		for _, p := range r.people {
			put(nameWords(p.Name), "<reader>", true)
		}
	}
	for _, n := range m.names.staff {
		put(n, "<staff>", true)
	}
	for _, n := range m.names.family {
		put(n, "<fam>", true)
	}
	m.roleNames = b
	return b
}

// roleWords are the words of a text with roles in place of names; "Mrs Ali", "Sara Ali"
// and "the Alis" are one word each.
func (m *matter) roleWords(text string) []string {
	b := m.roles()
	w := words(text)
	out := w[:0]
	for _, x := range w {
		role, ok := b[x]
		if !ok {
			role, ok = b[strings.TrimSuffix(x, "s")]
		}
		if !ok {
			if strings.HasSuffix(x, "es") {
				role, ok = b[strings.TrimSuffix(x, "es")]
			}
		}
		if !ok {
			out = append(out, x)
			continue
		}
		if n := len(out); n > 0 && isTitle(out[n-1]) {
			out = out[:n-1]
		}
		if n := len(out); n > 0 && out[n-1] == role {
			continue
		}
		out = append(out, role)
	}
	return out
}

// hear weighs the sentences of a text, singly, in pairs and, when it is short, as a
// whole. skip tells words that need not be weighed.
func (m *matter) hear(text string, to readers, skip func([]string) bool) (talk, harsh heard) {
	k := talkWeights()
	pieces := talkPieces(signed.ReplaceAllString(text, ""))
	pieces = pieces[:min(len(pieces), maxPieces)]
	var all [][]string
	total := 0
	for _, p := range pieces {
		if len(p) > 2000 {
			p = p[:2000]
		}
		w := words(p)
		if len(w) == 0 || to == "xn" && len(w) < 3 || skip != nil && skip(w) {
			continue
		}
		r := m.roleWords(p)
		all = append(all, r)
		total += len(r)
	}
	alone := to != "xn" && m.nobodyElse()
	most := wordsCount
	if m.answering {
		most = wordsCountAuto
	}
	weigh := func(w []string) {
		p, h, meant := k.scores(w, to, most)
		if alone && !ofSomebody(w) {
			p = meant
		}
		if p > talk.sure {
			talk = heard{p, w, to}
		}
		if h > harsh.sure {
			harsh = heard{h, w, to}
		}
	}
	for i, w := range all {
		weigh(w)
		if i > 0 && len(w)+len(all[i-1]) <= 45 && !isName(w) && !isName(all[i-1]) {
			weigh(slices.Concat(all[i-1], w))
		}
	}
	if len(all) > 2 && len(all) <= 5 && total <= maxTalkWords {
		weigh(slices.Concat(all...))
	}
	if to != "xn" {
		for _, p := range asides(text) {
			w := words(p)
			if len(w) < 3 || skip != nil && skip(w) {
				continue
			}
			if sure, _ := k.score(m.roleWords(p), "xn"); sure >= talkAside && sure > talk.sure {
				talk = heard{sure, m.roleWords(p), "xn"}
			}
		}
	}
	return talk, harsh
}

// isName reports a line that is a name alone, as under a letter: what follows it is not
// said to whoever bears it. With a comma or a word beside it it greets somebody.
func isName(w []string) bool { return len(w) == 1 && w[0] == "<staff>" }

// nobodyElse reports a letter that goes to one mailbox outside and to no colleague:
// nothing about who gets it says that it was meant for somebody else.
func (m *matter) nobodyElse() bool {
	for _, r := range m.recipients {
		if r.class == list || r.class == colleague || r.class == staffClass && !m.isOwn(r) {
			return false
		}
	}
	return len(m.outside) == 1
}

// ofSomebody reports a sentence that speaks of a grown-up, of staff or of whoever reads it.
// A name of staff at its end signs it.
func ofSomebody(w []string) bool {
	if n := len(w); n > 1 && w[n-1] == "<staff>" && !isPreposition(w[n-2]) {
		w = w[:n-1]
	}
	return slices.ContainsFunc(w, func(x string) bool {
		return x == "<reader>" || x == "<fam>" || x == "<staff>" || isAdultWord(x)
	})
}

// signed are the pronouns that people put behind their names.
var signed = regexp.MustCompile(`(?i)[(\[]?\b(she|he|they)\s?/\s?(her|hers|him|his|them|theirs)(\s?/\s?(hers|his|theirs))?\b[)\]]?`)

// asides are what stands in brackets: a remark to oneself or to whoever reads a draft,
// which is weighed like a remark in a file, as the sentence around it is a letter's.
func asides(text string) []string {
	var out []string
	for _, pair := range []string{"()", "[]", "{}"} {
		rest := text
		for len(out) < maxAsides {
			_, after, ok := strings.Cut(rest, pair[:1])
			if !ok {
				break
			}
			in, next, ok := strings.Cut(after, pair[1:])
			if !ok {
				break
			}
			if len(in) <= 400 {
				out = append(out, in)
			}
			rest = next
		}
	}
	return out
}

// readersOf tells to whom what was written this time goes.
func (m *matter) readersOf(outsideGreeted, colleague bool) readers {
	to := "p"
	for _, r := range m.outside {
		if r.ofFamily() {
			to = "f"
		}
	}
	switch {
	case outsideGreeted:
		return readers(to + "o")
	case colleague:
		return readers(to + "c")
	}
	return readers(to + "n")
}

// withoutGreeting is a text without what greets its reader and what signs it.
func (m *matter) withoutGreeting(text string) string {
	text = strings.TrimSpace(text)
	first, _, _ := strings.Cut(text, "\n")
	if at := strings.IndexAny(first, ",.!"); at > 0 && at <= 45 {
		w := m.roleWords(first[:at])
		if len(w) > 0 && (isHailing(w[0]) && !contains(w, "<staff>") || len(w) == 1 && w[0] == "<reader>") {
			text = strings.TrimSpace(text[at+1:])
		}
	}
	lines := strings.Split(text, "\n")
	for n := len(lines); n > 0; n = len(lines) {
		w := m.roleWords(lines[n-1])
		if len(w) > 6 || n == 1 || !allOf(w, func(x string) bool {
			return x == "<staff>" || contains([]string{"kind", "regards", "best", "wishes", "yours", "sincerely", "faithfully", "many", "thanks", "warm", "sen", "officer", "team", "caseworker", "all", "the"}, x)
		}) {
			break
		}
		lines = lines[:n-1]
	}
	return strings.Join(lines, "\n")
}
