package guard

import (
	"slices"
	"strings"
)

// Notes is an index of private texts for comparing a letter with many of them.
// It is not changed after it was made and may be shared.
type Notes struct {
	notes []note
	runs  map[uint64][]int32  // every run of eight words
	steps map[uint64]struct{} // the same by the steps between letters, either way round
	back  map[uint64]struct{} // the same read from the end, by letter and by word
	short map[string][]int32  // notes of fewer than eight words, by their first word
	said  map[string][]int32  // sentences by each word of theirs that means something
	all   []sentence
	tight map[uint64][]int32 // runs of letters without spaces, from each word on
	words sieve              // of runs, steps and back
	rows  sieve              // of tight
	brief bool               // some are shorter than a run and stand in it by their first letters
}

// sentence is a sentence of a note for telling whether it was reworded.
type sentence struct {
	note    int32
	words   []string
	stems   []string
	meaning int // how many different stems of it mean something
}

// tightRun is how many letters in a row, spaces left out, are nobody's chance.
const tightRun = 32

// note is a private text, worked out for comparing.
type note struct {
	Private
	words []string
	short bool // under eight words: it matches as a whole or not at all
}

// IndexNotes makes an index.
func IndexNotes(list []Private) *Notes {
	x := &Notes{
		runs: map[uint64][]int32{}, steps: map[uint64]struct{}{}, back: map[uint64]struct{}{}, short: map[string][]int32{},
		said: map[string][]int32{}, tight: map[uint64][]int32{},
	}
	for _, p := range list {
		x.add(p)
	}
	if len(list) < sieveFrom {
		return x
	}
	x.words, x.rows = newSieve(), newSieve()
	for h := range x.runs {
		x.words.put(h)
	}
	for _, set := range []map[uint64]struct{}{x.steps, x.back} {
		for h := range set {
			x.words.put(h)
		}
	}
	for h := range x.tight {
		x.rows.put(h)
	}
	return x
}

func (x *Notes) add(p Private) {
	id := int32(len(x.notes))
	n := note{Private: p, words: words(p.Text)}
	n.short = len(n.words) < shingleWords
	x.notes = append(x.notes, n)
	if len(n.words) == 0 {
		return
	}
	if n.short {
		x.short[n.words[0]] = append(x.short[n.words[0]], id)
	}
	for _, h := range runHashes(n.words, shingleWords) {
		x.runs[h] = append(x.runs[h], id)
	}
	for _, mirrored := range []bool{false, true} {
		rolling(len(n.words), shingleWords, func(i int) uint64 { return stepHash(n.words[i], mirrored) }, func(_ int, h uint64) { x.steps[h] = struct{}{} })
	}
	last := len(n.words) - 1
	rolling(len(n.words), shingleWords, func(i int) uint64 { return wordHash(n.words[last-i]) }, func(_ int, h uint64) { x.back[h] = struct{}{} })
	rolling(len(n.words), shingleWords, func(i int) uint64 {
		b := []byte(n.words[last-i])
		slices.Reverse(b)
		return wordHash(string(b))
	}, func(_ int, h uint64) { x.back[h] = struct{}{} })
	letters := compact(n.words)
	at := 0
	for _, w := range n.words {
		if at+tightRun <= len(letters) {
			h := letterHash(letters[at : at+tightRun])
			x.tight[h] = append(x.tight[h], id)
		}
		at += len(w)
	}
	if len(letters) >= 20 && len(letters) < tightRun && len(n.words) >= 4 {
		x.brief = true
		h := letterHash(letters[:20])
		x.tight[h] = append(x.tight[h], id)
	}
	for _, s := range sentences(p.Text) {
		if len(s) < noteSentence {
			continue
		}
		k := sentence{note: id, words: s, stems: stems(s)}
		seen := map[string]bool{}
		for i, st := range k.stems {
			if !seen[st] && !common(st) && !common(s[i]) {
				seen[st] = true
				k.meaning++
				x.said[st] = append(x.said[st], int32(len(x.all)))
			}
		}
		x.all = append(x.all, k)
	}
}

// place is where a letter says what a note says.
type place struct {
	note int32
	hit
}

// find lists the places of a view that hold private words. turned views are
// compared by their runs alone: rewording a text and turning its letters is not
// one thing that happens.
func (x *Notes) find(v view, s *scratch) []place {
	if x == nil || len(x.notes) == 0 {
		return nil
	}
	var out []place
	w := v.words
	rolling(len(w), shingleWords, func(i int) uint64 { return wordHash(w[i]) }, func(i int, h uint64) {
		if !x.words.may(h) {
			return
		}
		for _, id := range x.runs[h] {
			if run := w[i : i+shingleWords]; len(out) < maxPlaces && runOf(x.notes[id].words, run) >= 0 {
				out = append(out, place{id, hit{run: run, decision: Block}})
			}
		}
		if _, ok := x.back[h]; ok && len(out) < maxPlaces {
			out = append(out, place{-1, hit{run: w[i : i+shingleWords], decision: Block, encoded: true}})
		}
	})
	for i, first := range w {
		for _, id := range x.short[first] {
			n := x.notes[id]
			if i+len(n.words) <= len(w) && runOf(w[i:i+len(n.words)], n.words) == 0 {
				if d, ok := n.weight(); ok && len(out) < maxPlaces {
					out = append(out, place{id, hit{run: n.words, decision: d}})
				}
			}
		}
	}
	if v.turned {
		return out
	}
	if len(out) == 0 {
		rolling(len(w), shingleWords, func(i int) uint64 { return stepHash(w[i], false) }, func(i int, h uint64) {
			if !x.words.may(h) {
				return
			}
			if _, ok := x.steps[h]; ok && len(out) == 0 {
				if run := w[i : i+shingleWords]; len(compact(run)) >= 2*shingleWords {
					out = append(out, place{-1, hit{run: run, decision: Block, encoded: true}})
				}
			}
		})
	}
	if len(out) > 0 {
		return out
	}
	w = v.near().words
	out = append(out, x.tightly(w)...)
	return append(out, x.reworded(w, s)...)
}

// maxPlaces is how many places of one view are looked at one by one: each of them
// stops the letter unless its words were seen.
const maxPlaces = 5000

// scratch is room that is used again from view to view.
type scratch struct {
	counts  []uint8
	touched []int32
}

// tightly finds a note whose spaces were moved: s o  or so.
func (x *Notes) tightly(w []string) []place {
	if len(x.tight) == 0 {
		return nil
	}
	letters := compact(w)
	var out []place
	for _, n := range []int{tightRun, 20} {
		if n < tightRun && !x.brief {
			continue
		}
		rolling(len(letters), n, func(i int) uint64 { return uint64(letters[i]) + 1 }, func(i int, h uint64) {
			if !x.rows.may(h) {
				return
			}
			for _, id := range x.tight[h] {
				whole := compact(x.notes[id].words)
				if len(out) < maxPlaces && (n == tightRun && strings.Contains(whole, letters[i:i+n]) ||
					n < tightRun && len(whole) < tightRun && strings.HasPrefix(letters[i:], whole) && meaningful(x.notes[id].words) >= 2) {
					out = append(out, place{id, hit{run: wordsAt(w, i, n), decision: Block}})
				}
			}
		})
	}
	return out
}

// wordsAt are the words of w that hold n letters from the place i on.
func wordsAt(w []string, i, n int) []string {
	at, from := 0, -1
	for j, x := range w {
		if from < 0 && at+len(x) > i {
			from = j
		}
		if at += len(x); at >= i+n {
			return w[from : j+1]
		}
	}
	return w[max(from, 0):]
}

// reworded are the places that say a sentence of a note in nearly its words.
func (x *Notes) reworded(w []string, s *scratch) []place {
	if len(x.all) == 0 || len(w) < 4 {
		return nil
	}
	st := stems(w)
	if len(s.counts) < len(x.all) {
		s.counts = make([]uint8, len(x.all))
	}
	s.touched = s.touched[:0]
	seen := map[string]bool{}
	for i, f := range st {
		if seen[f] || common(f) || common(w[i]) {
			continue
		}
		seen[f] = true
		for _, id := range x.said[f] {
			if s.counts[id] == 0 {
				s.touched = append(s.touched, id)
			}
			if s.counts[id] < 255 {
				s.counts[id]++
			}
		}
	}
	candidates := s.touched[:0]
	for _, id := range s.touched {
		k, n := &x.all[id], int(s.counts[id])
		s.counts[id] = 0
		// What the letter lacks of a sentence's words that mean something cannot be
		// made up by the others.
		if n >= 2 && k.meaning-n <= len(k.stems)-int(noteShare*float64(len(k.stems))) {
			candidates = append(candidates, id)
		}
	}
	slices.Sort(candidates)
	var out []place
	for _, id := range candidates {
		k := &x.all[id]
		// The stretch must share words that mean something.
		share, from, to := overlap(st, k.stems, noteShare)
		if share < noteShare {
			continue
		}
		in := map[string]bool{}
		for _, s := range k.stems {
			in[s] = true
		}
		meaning, own := 0, 0
		for i := from; i < to; i++ {
			if in[st[i]] && !common(st[i]) && !common(w[i]) {
				meaning++
				if !ofLetters(w[i]) {
					own++
				}
			}
		}
		if meaning >= 3 && own >= 2 || share >= 0.85 && meaning >= 2 && own >= 1 {
			out = append(out, place{k.note, hit{run: w[from:to], decision: Block, reworded: true}})
		}
	}
	return out
}

// weight is what a short text counts for when it stands in a letter as a whole:
// one or two everyday words mean nothing by themselves; a long or odd one does.
func (n note) weight() (Decision, bool) {
	letters, odd := 0, false
	for _, x := range n.words {
		letters += len(x)
		odd = odd || len(x) >= 6 && strings.ContainsAny(x, "0123456789") && !allDigits(x)
	}
	meaning := meaningful(n.words)
	switch {
	case odd || len(n.words) >= 3 && meaning >= 2 && !everyday(n.words) || len(n.words) < 3 && letters >= 16:
		return Block, true
	case letters >= 10 && meaning > 0 && !everyday(n.words):
		return Confirm, true
	}
	return Allow, false
}

// ofLetters reports words that letters about meetings and forms share.
func ofLetters(w string) bool {
	switch w {
	case "know", "whether", "meeting", "meet", "ring", "call", "date", "dates", "week", "weeks", "school", "review", "email", "letter", "send", "sent", "form",
		"report", "hope", "soon", "able", "look", "forward", "happy", "help", "contact", "question", "questions", "receive", "received", "attached", "time",
		"phone", "office", "next", "day", "morning", "afternoon", "tomorrow", "today", "annual", "plan", "copy", "come", "coming", "want", "need", "like",
		"asked", "ask", "tell", "told", "said", "say", "speak", "arrange", "arranged", "booked", "book", "agreed", "write", "wrote", "monday", "tuesday",
		"wednesday", "thursday", "friday", "term", "child", "parent", "parents", "support", "more", "held", "place", "take", "make", "back", "both":
		return true
	}
	return isMonth(w) || allDigits(w)
}

func meaningful(w []string) int {
	n := 0
	for _, x := range w {
		if !common(x) && !allDigits(x) {
			n++
		}
	}
	return n
}

// everyday reports a short text that holds nothing but when and where people
// meet: every letter about the meeting says the same.
func everyday(w []string) bool {
	for _, x := range w {
		switch {
		case common(x) || isMonth(x) || strings.ContainsAny(x[:1], "0123456789"):
		case strings.HasSuffix(x, "day") && len(x) <= 9:
		default:
			switch x {
			case "review", "meeting", "annual", "call", "called", "phone", "phoned", "email", "emailed", "letter", "sent", "rang", "mum", "dad", "school", "tomorrow", "week", "received", "noted", "date", "time", "form", "report", "plan", "draft":
			default:
				return false
			}
		}
	}
	return true
}

// stepHash is a word by the steps between its letters along the alphabet, which
// stay what they are when all letters are moved; with mirrored they run the other
// way, as when the alphabet is turned round.
func stepHash(x string, mirrored bool) uint64 {
	h := uint64(14695981039346656037) + uint64(len(x))
	for j := 1; j < len(x); j++ {
		d := int(x[j]) - int(x[j-1])
		if mirrored {
			d = -d
		}
		h = (h ^ uint64((d%26+26)%26)) * 1099511628211
	}
	return h
}

// letterHash is the hash of a run of letters, as rolling makes it.
func letterHash(s string) uint64 {
	var out uint64
	rolling(len(s), len(s), func(i int) uint64 { return uint64(s[i]) + 1 }, func(_ int, h uint64) { out = h })
	return out
}
