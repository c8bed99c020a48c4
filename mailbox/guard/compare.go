package guard

import (
	"slices"
	"strings"
)

// shingleWords is the length of the runs that are compared: eight words in the
// same order are nobody's chance.
const shingleWords = 8

// shingles is the set of all runs of n words of some texts, by hash.
type shingles struct {
	n   int
	set map[uint64]struct{}
}

func newShingles(n int, texts ...[]string) *shingles {
	s := &shingles{n: n, set: map[uint64]struct{}{}}
	for _, w := range texts {
		for _, h := range runHashes(w, n) {
			s.set[h] = struct{}{}
		}
	}
	return s
}

// in lists where a run of w is in the set, as the index of its first word. Two
// runs of one hash would make a letter stop that could go, never the other way
// round: whoever excuses something compares the words themselves.
func (s *shingles) in(w []string) []int {
	if len(s.set) == 0 {
		return nil
	}
	var at []int
	for i, h := range runHashes(w, s.n) {
		if _, ok := s.set[h]; ok {
			at = append(at, i)
		}
	}
	return at
}

// runHashes is the hash of every run of n words.
func runHashes(w []string, n int) []uint64 {
	if len(w) < n {
		return nil
	}
	out := make([]uint64, 0, len(w)-n+1)
	rolling(len(w), n, func(i int) uint64 { return wordHash(w[i]) }, func(_ int, h uint64) { out = append(out, h) })
	return out
}

// rolling gives the hash of every run of n of count things, each from the one
// before it (Rabin and Karp), without keeping them.
func rolling(count, n int, hash func(int) uint64, found func(at int, h uint64)) {
	if count < n {
		return
	}
	const base = 0x9e3779b97f4a7c15
	top := uint64(1)
	for range n - 1 {
		top *= base
	}
	ring := make([]uint64, n)
	var h uint64
	k := 0
	for i := range count {
		x := hash(i)
		h -= ring[k] * top
		ring[k] = x
		if k++; k == n {
			k = 0
		}
		h = h*base + x
		if i >= n-1 {
			found(i-n+1, h)
		}
	}
}

// wordHash is FNV-1a.
func wordHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for j := 0; j < len(s); j++ {
		h = (h ^ uint64(s[j])) * 1099511628211
	}
	return h
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
// that is little longer than the sentence; least is the share below which it
// does not matter. It returns the best stretch.
func overlap(stems, sentence []string, least float64) (share float64, from, to int) {
	n := len(sentence)
	width := n + n/2 + 1
	in := map[string]bool{}
	for _, s := range sentence {
		in[s] = true
	}
	// upTo counts the words of the sentence before each place: no stretch can say
	// more of it than it has words of it, and most have few.
	upTo := make([]int, len(stems)+1)
	for i, s := range stems {
		upTo[i+1] = upTo[i]
		if in[s] {
			upTo[i+1]++
		}
	}
	best := 0
	for i := range stems {
		end := min(len(stems), i+width)
		most := upTo[end] - upTo[i]
		if upTo[i+1] == upTo[i] || most <= best || float64(most) < least*float64(n) {
			continue // a best stretch begins with a word of the sentence
		}
		if got, last := inOrder(stems[i:end], sentence); got > best {
			best, from, to = got, i, i+last+1
		}
	}
	return float64(best) / float64(n), from, to
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

// sieve answers "certainly not there" for hashes without a look into a map. Most of
// what a letter holds is in no note.
type sieve []uint64

const (
	sieveBits = 1 << 22
	sieveFrom = 64 // texts; the notes of one case are not worth a sieve
)

func newSieve() sieve { return make(sieve, sieveBits/64) }

func (s sieve) put(h uint64) {
	h = mix(h)
	s[h/64] |= 1 << (h % 64)
}

// may is true for every hash when there is no sieve.
func (s sieve) may(h uint64) bool {
	if s == nil {
		return true
	}
	h = mix(h)
	return s[h/64]&(1<<(h%64)) != 0
}

// mix spreads a rolling hash, whose low bits follow the last word, over the sieve.
func mix(h uint64) uint64 {
	h ^= h >> 29
	return (h * 0xbf58476d1ce4e5b9) >> (64 - 22)
}
