package guard

import (
	"slices"
	"strings"
	"time"
)

// noteShare and noteSentence: a sentence of a note of six words or more counts
// as told when 60 % of its words stand in the letter in their order, with
// pronouns and tense folded.
const (
	noteShare    = 0.6
	noteSentence = 6
)

// judgePrivate looks for the words of notes and of call summaries in everything
// that would leave, for every outside recipient. What that very recipient wrote
// or was sent is not private from them, even where a note repeats it.
func judgePrivate(m *matter) []Finding {
	if len(m.outside) == 0 || len(m.f.Private) == 0 {
		return nil
	}
	var out []Finding
	var all [][]string
	notes := make([]note, len(m.f.Private))
	for i, p := range m.f.Private {
		notes[i] = readNote(p)
		all = append(all, notes[i].words)
	}
	told := newShingles(shingleWords, all...)
	for _, v := range slices.Concat(m.views, nameViews(m.l)) {
		runs := told.in(v.words)
		var viewStems []string
		packed := ""
		for _, n := range notes {
			var hits []hit
			if n.short {
				hits = n.whole(v.words)
			} else {
				hits = n.runs(v.words, runs)
			}
			// Turned words are compared by their runs alone: rewording a text and
			// turning its letters is not one thing that happens.
			if len(hits) == 0 && v.text != "" {
				if viewStems == nil {
					viewStems, packed = stems(v.words), compact(v.words)
				}
				hits = append(hits, n.reworded(v.words, viewStems)...)
				hits = append(hits, n.packed(packed)...)
			}
			if len(hits) == 0 {
				continue
			}
			for _, r := range m.outside {
				if h, ok := firstUnseen(hits, m.seenBy(r)); ok {
					out = append(out, noteFinding(r, n.Private, v, h))
				}
			}
		}
	}
	return once(out)
}

// note is a private text, worked out for comparing.
type note struct {
	Private
	words     []string
	sentences [][]string // the words of each
	short     bool       // under eight words: it matches as a whole or not at all
}

// hit is a place in a letter that says what a note says.
type hit struct {
	run      []string // the words of the letter
	decision Decision
}

func readNote(p Private) note {
	n := note{Private: p, words: words(p.Text), sentences: sentences(p.Text)}
	n.short = len(n.words) < shingleWords
	return n
}

// runs are the places of the letter, of those given, where eight words of the
// note stand.
func (n note) runs(w []string, at []int) []hit {
	var hits []hit
	for _, i := range at {
		if run := w[i : i+shingleWords]; runOf(n.words, run) >= 0 {
			hits = append(hits, hit{run, Block})
		}
	}
	return hits
}

// whole matches a short text as a whole. One or two everyday words mean nothing
// by themselves; a long or odd one does.
func (n note) whole(w []string) []hit {
	if runOf(w, n.words) < 0 {
		return nil
	}
	letters, odd, meaning := 0, false, 0
	for _, x := range n.words {
		letters += len(x)
		odd = odd || len(x) >= 6 && strings.ContainsAny(x, "0123456789") && !allDigits(x)
		if !common(x) {
			meaning++
		}
	}
	switch {
	case odd || len(n.words) >= 3 && meaning >= 2 || len(n.words) < 3 && letters >= 16:
		return []hit{{n.words, Block}}
	case letters >= 10 && meaning > 0:
		return []hit{{n.words, Confirm}}
	}
	return nil
}

// reworded are the places that say a sentence of the note in nearly its words.
func (n note) reworded(w, st []string) []hit {
	var hits []hit
	for _, s := range n.sentences {
		if len(s) < noteSentence {
			continue
		}
		share, from, to := overlap(st, stems(s), noteShare)
		if share < noteShare {
			continue
		}
		// Words like "we will call you on" are shared by all letters: the stretch
		// must share words that mean something.
		in := map[string]bool{}
		for _, x := range s {
			in[stem(x)] = true
		}
		meaning := 0
		for i := from; i < to; i++ {
			if in[st[i]] && !common(st[i]) && !common(w[i]) {
				meaning++
			}
		}
		if meaning >= 3 || share >= 0.85 && meaning >= 2 {
			hits = append(hits, hit{w[from:to], Block})
		}
	}
	return hits
}

// packed finds a sentence whose spaces were moved: s o  or so.
func (n note) packed(letter string) []hit {
	var hits []hit
	for _, s := range n.sentences {
		c := compact(s)
		if len(s) >= 4 && len(c) >= 20 && strings.Contains(letter, c) {
			hits = append(hits, hit{s, Block})
		}
	}
	return hits
}

// seenBy are the texts that a recipient wrote or was sent.
func (m *matter) seenBy(r recipient) [][]string {
	var out [][]string
	for _, s := range m.f.Seen {
		if FoldMailbox(s.Mailbox) == r.mailbox {
			out = append(out, words(s.Text))
		}
	}
	return out
}

// firstUnseen is the first hit whose very words are in none of the texts.
func firstUnseen(hits []hit, seen [][]string) (hit, bool) {
	for _, h := range hits {
		if !saidBy(seen, h.run) {
			return h, true
		}
	}
	return hit{}, false
}

func noteFinding(r recipient, p Private, v view, h hit) Finding {
	if v.encoded {
		return Finding{
			Rule: RuleNoteEncoded, Decision: h.decision, Mailbox: r.mailbox, Person: r.name,
			Evidence: v.where,
			Words:    "There is hidden or coded text here that matches an internal note. Write it as plain words, or take it out.",
		}
	}
	return Finding{
		Rule: RuleNote, Decision: h.decision, Mailbox: r.mailbox, Person: r.name,
		Evidence: v.where + ": " + excerpt(h.run),
		Words:    "Part of this is from an internal note" + by(p) + ". " + r.name + " is not staff. Take it out, or ask for that wording to be published.",
	}
}

// by is "(Jo Bell, 1 Dec 2026)".
func by(p Private) string {
	at := ""
	if !p.At.IsZero() {
		at = p.At.In(time.UTC).Format("2 Jan 2006")
	}
	switch {
	case p.Author != "" && at != "":
		return " (" + p.Author + ", " + at + ")"
	case p.Author != "" || at != "":
		return " (" + p.Author + at + ")"
	}
	return ""
}

// once keeps the first finding of each rule and mailbox, at its most severe.
func once(in []Finding) []Finding {
	var out []Finding
	at := map[[2]string]int{}
	for _, f := range in {
		k := [2]string{f.Rule, f.Mailbox}
		i, ok := at[k]
		switch {
		case !ok:
			at[k] = len(out)
			out = append(out, f)
		case f.Decision.rank() > out[i].Decision.rank():
			out[i] = f
		}
	}
	return out
}
