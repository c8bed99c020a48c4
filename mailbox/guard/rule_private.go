package guard

import (
	"maps"
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
	if len(m.outside) == 0 || len(m.f.Private) == 0 && m.f.Notes == nil {
		return nil
	}
	var out []Finding
	indexes := []*Notes{m.f.Notes}
	if len(m.f.Private) > 0 {
		indexes = append(indexes, IndexNotes(m.f.Private))
	}
	all := slices.Concat(m.views, nameViews(m.l))
	found := make([][]place, len(all)*len(indexes))
	spread(len(all), length(all), func(i int) {
		var room scratch
		for j, x := range indexes {
			m.mind()
			found[i*len(indexes)+j] = x.find(all[i], &room)
		}
	})
	plain := plainHits{}
	for i, v := range all {
		m.mind()
		for j, x := range indexes {
			byNote := map[int32][]hit{}
			for _, p := range found[i*len(indexes)+j] {
				byNote[p.note] = append(byNote[p.note], p.hit)
			}
			for _, id := range slices.Sorted(maps.Keys(byNote)) {
				hits := byNote[id]
				var p Private
				if id >= 0 {
					p = x.notes[id].Private
				}
				for _, r := range m.outside {
					if h, ok := m.firstUnseen(hits, m.seenBy(r)); ok && !plain.covers(m, v, r.mailbox, h) {
						if v.where == "text" && !v.encoded && !h.encoded {
							plain[r.mailbox] = Worse(plain.of(r.mailbox), h.decision)
						}
						out = append(out, noteFinding(r, p, v, h))
					}
				}
			}
		}
	}
	return once(out)
}

// hit is a place in a letter that says what a note says.
type hit struct {
	run      []string // the words of the letter
	decision Decision
	encoded  bool // not to be read as it stands
	reworded bool // nearly the note's words: they are compared with what was seen in the same way
}

// seenBy are the texts that a recipient wrote or was sent.
func (m *matter) seenBy(r recipient) [][]string {
	if m.seen == nil {
		m.seen = map[string][][]string{}
		for _, s := range m.f.Seen {
			mb := FoldMailbox(s.Mailbox)
			m.seen[mb] = append(m.seen[mb], words(s.Text))
		}
	}
	if r.variant != "" {
		return append(slices.Clone(m.seen[r.mailbox]), m.seen[r.variant]...)
	}
	return m.seen[r.mailbox]
}

// firstUnseen is the first and most severe hit whose very words are in none of
// the texts.
func (m *matter) firstUnseen(hits []hit, seen [][]string) (best hit, found bool) {
	for _, h := range hits {
		if found && best.decision.AtLeast(h.decision) {
			continue
		}
		if saidBy(seen, h.run) || h.reworded && m.nearlySaid(seen, h.run) {
			continue
		}
		best, found = h, true
	}
	return best, found
}

// nearlySaid reports words that one of the texts holds but for pronouns and tense:
// "you cannot manage" gives back what she wrote as "I cannot manage". No word that
// means something may be new in them.
func (m *matter) nearlySaid(texts [][]string, run []string) bool {
	st := stems(run)
	for _, t := range texts {
		theirs := map[string]bool{}
		for _, x := range stems(t) {
			theirs[x] = true
		}
		fresh := false
		for i, x := range st {
			fresh = fresh || !theirs[x] && !common(x) && !common(run[i]) && !ofLetters(run[i]) && !m.isPartyWord(run[i])
		}
		if fresh {
			continue
		}
		if share, _, _ := overlap(stems(t), st, 0.7); share >= 0.7 {
			return true
		}
	}
	return false
}

func noteFinding(r recipient, p Private, v view, h hit) Finding {
	if v.encoded || h.encoded {
		return Finding{
			Rule: RuleNoteEncoded, Decision: h.decision, Mailbox: r.mailbox, Person: r.called,
			Evidence: v.where,
			Words:    "There is hidden or coded text here that matches an internal note. Write it as plain words, or take it out.",
		}
	}
	if strings.HasPrefix(v.where, "file") {
		return Finding{
			Rule: RuleAttachInternal, Decision: h.decision, Mailbox: r.mailbox, Person: r.called,
			Evidence: v.where,
			Words:    "A file has staff comments in it: part of it is from an internal note" + by(p) + ". " + r.called + " is not staff.",
		}
	}
	return Finding{
		Rule: RuleNote, Decision: h.decision, Mailbox: r.mailbox, Person: r.called,
		Evidence: v.where + ": " + excerpt(h.run),
		Words:    "Part of this is from an internal note" + by(p) + ". " + r.called + " is not staff. Take it out, or ask for that wording to be published.",
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
