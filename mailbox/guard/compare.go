package guard

import (
	"hash/maphash"
	"slices"
	"strings"
)

// shingleWords is the length of the runs that are compared: eight words in the
// same order are nobody's chance.
const shingleWords = 8

// shingles is the set of all runs of n words of some texts.
type shingles struct {
	seed maphash.Seed
	n    int
	set  map[uint64]struct{}
}

func newShingles(n int, texts ...[]string) *shingles {
	s := &shingles{seed: maphash.MakeSeed(), n: n, set: map[uint64]struct{}{}}
	for _, w := range texts {
		for i := 0; i+n <= len(w); i++ {
			s.set[s.hash(w[i:i+n])] = struct{}{}
		}
	}
	return s
}

func (s *shingles) hash(w []string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, x := range w {
		_, _ = h.WriteString(x)
		_ = h.WriteByte(' ')
	}
	return h.Sum64()
}

// has reports whether the run is in the set. Two runs of one hash (2^-64) would
// make a letter stop that could go, never the other way round: callers that
// excuse something compare the words as well.
func (s *shingles) has(w []string) bool {
	_, ok := s.set[s.hash(w)]
	return ok
}

// runOf finds the words of sub in w as one run; -1 when they are not there.
func runOf(w, sub []string) int {
	if len(sub) == 0 {
		return -1
	}
	for i := 0; i+len(sub) <= len(w); i++ {
		if w[i] == sub[0] && slices.Equal(w[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

// saidBy reports whether one of the texts holds this very run of words.
func saidBy(texts [][]string, run []string) bool {
	for _, t := range texts {
		if runOf(t, run) >= 0 {
			return true
		}
	}
	return false
}

// overlap is how much of a sentence stands, in its order, in a stretch of w
// that is little longer than the sentence. It returns the best stretch.
func overlap(w, stems, sentence []string) (share float64, from, to int) {
	n := len(sentence)
	width := n + n/2 + 1
	best, bestFrom, bestTo := 0, 0, 0
	in := map[string]bool{}
	for _, s := range sentence {
		in[s] = true
	}
	for i := range w {
		if !in[stems[i]] {
			continue // a best stretch begins with a word of the sentence
		}
		end := min(len(w), i+width)
		if got, last := inOrder(stems[i:end], sentence); got > best {
			best, bestFrom, bestTo = got, i, i+last+1
		}
	}
	return float64(best) / float64(n), bestFrom, bestTo
}

// inOrder is the length of the longest common subsequence and the place of its
// last word in w.
func inOrder(w, sentence []string) (length, last int) {
	row := make([]int, len(sentence)+1)
	for i, x := range w {
		diagonal := 0
		for j, y := range sentence {
			up := row[j+1]
			switch {
			case x == y:
				row[j+1] = diagonal + 1
			case row[j] > row[j+1]:
				row[j+1] = row[j]
			}
			diagonal = up
		}
		if row[len(sentence)] > length {
			length, last = row[len(sentence)], i
		}
	}
	return length, last
}

func stems(w []string) []string {
	out := make([]string, len(w))
	for i, x := range w {
		out[i] = stem(x)
	}
	return out
}

// compact is the letters of words without the spaces between them: what is left
// when somebody writes l i k e t h i s or likethis.
func compact(w []string) string { return strings.Join(w, "") }

func excerpt(w []string) string {
	if len(w) > 12 {
		return strings.Join(w[:12], " ") + " ..."
	}
	return strings.Join(w, " ")
}
