package guard

import (
	"maps"
	"slices"
	"strings"
)

// Notes is an index of private texts for comparing a letter with many of them.
// It is not changed after it was made and may be shared.
type Notes struct {
	notes []note
	runs  map[uint64][]int32  // every run of eight words
	steps map[uint64]struct{} // the same by the steps between letters, either way round
	short map[string][]int32  // notes of fewer than eight words, by their first word
	said  map[string][]int32  // sentences by each word of theirs that means something
	all   []sentence
	tight map[uint64][]int32 // runs of letters without spaces, from each word on
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
		runs: map[uint64][]int32{}, steps: map[uint64]struct{}{}, short: map[string][]int32{},
		said: map[string][]int32{}, tight: map[uint64][]int32{},
	}
	for _, p := range list {
		x.add(p)
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
	for _, s := range [][]string{steps(n.words, false), steps(n.words, true)} {
		for _, h := range runHashes(s, shingleWords) {
			x.steps[h] = struct{}{}
		}
	}
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
func (x *Notes) find(v view) []place {
	if x == nil || len(x.notes) == 0 {
		return nil
	}
	var out []place
	w := v.words
	for i, h := range runHashes(w, shingleWords) {
		for _, id := range x.runs[h] {
			if run := w[i : i+shingleWords]; runOf(x.notes[id].words, run) >= 0 {
				out = append(out, place{id, hit{run: run, decision: Block}})
			}
		}
	}
	for i, first := range w {
		for _, id := range x.short[first] {
			n := x.notes[id]
			if i+len(n.words) <= len(w) && runOf(w[i:i+len(n.words)], n.words) == 0 {
				if d, ok := n.weight(); ok {
					out = append(out, place{id, hit{run: n.words, decision: d}})
				}
			}
		}
	}
	if v.turned {
		return out
	}
	if len(x.steps) > 0 {
		for i, h := range runHashes(steps(w, false), shingleWords) {
			if _, ok := x.steps[h]; ok {
				run := w[i : i+shingleWords]
				if len(compact(run)) >= tightRun && len(out) == 0 {
					out = append(out, place{-1, hit{run: run, decision: Block}})
				}
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	out = append(out, x.tightly(w)...)
	return append(out, x.reworded(w)...)
}

// tightly finds a note whose spaces were moved: s o  or so.
func (x *Notes) tightly(w []string) []place {
	if len(x.tight) == 0 {
		return nil
	}
	letters := compact(w)
	var out []place
	for _, n := range []int{tightRun, 20} {
		for i, h := range letterHashes(letters, n) {
			for _, id := range x.tight[h] {
				whole := compact(x.notes[id].words)
				if n == tightRun && strings.Contains(whole, letters[i:i+n]) ||
					n < tightRun && len(whole) < tightRun && strings.HasPrefix(letters[i:], whole) && meaningful(x.notes[id].words) >= 2 {
					out = append(out, place{id, hit{run: wordsAt(w, i, n), decision: Block}})
				}
			}
		}
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
func (x *Notes) reworded(w []string) []place {
	if len(x.all) == 0 || len(w) < 4 {
		return nil
	}
	st := stems(w)
	seen := map[string]bool{}
	counts := map[int32]int{}
	for i, s := range st {
		if seen[s] || common(s) || common(w[i]) {
			continue
		}
		seen[s] = true
		for _, id := range x.said[s] {
			counts[id]++
		}
	}
	var out []place
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		k, shared := x.all[id], counts[id]
		// The stretch must share words that mean something, and what it lacks of these
		// cannot be made up by the others.
		if shared < 2 || k.meaning-shared > len(k.stems)-int(noteShare*float64(len(k.stems))) {
			continue
		}
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

// steps is every word as the steps between its letters along the alphabet, which
// stay what they are when all letters are moved; with mirrored they run the other
// way, as when the alphabet is turned round.
func steps(w []string, mirrored bool) []string {
	out := make([]string, len(w))
	for i, x := range w {
		b := make([]byte, 0, len(x))
		for j := 1; j < len(x); j++ {
			d := int(x[j]) - int(x[j-1])
			if mirrored {
				d = -d
			}
			b = append(b, byte((d%26+26)%26)+'a')
		}
		out[i] = string(append(b, byte('0'+len(x)%10)))
	}
	return out
}

const letterBase = 0x100000001b3

func letterHash(s string) uint64 {
	var h uint64
	for i := 0; i < len(s); i++ {
		h = h*letterBase + uint64(s[i]) + 1
	}
	return h
}

// letterHashes is the hash of every run of n letters, each from the one before.
func letterHashes(s string, n int) []uint64 {
	if len(s) < n {
		return nil
	}
	top := uint64(1)
	for range n - 1 {
		top *= letterBase
	}
	out := make([]uint64, 0, len(s)-n+1)
	var h uint64
	for i := 0; i < len(s); i++ {
		if i >= n {
			h -= (uint64(s[i-n]) + 1) * top
		}
		h = h*letterBase + uint64(s[i]) + 1
		if i >= n-1 {
			out = append(out, h)
		}
	}
	return out
}
