package guard

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// weight is what one feature adds for talk that is meant for colleagues, and for
// words that are harsh to their reader.
type weight struct {
	name           string
	private, harsh float32
}

// weights are those of all features by their hash.
type weights map[uint64]weight

var talkWeights = sync.OnceValue(func() weights {
	text, _ := talkFiles.ReadFile("talk/weights.txt") // built in
	return readWeights(string(text))
})

// readWeights reads a feature a line: its name and its two weights, with tabs between.
func readWeights(text string) weights {
	out := weights{}
	for _, line := range strings.Split(text, "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			continue
		}
		p, err := strconv.ParseFloat(f[1], 32)
		h, err2 := strconv.ParseFloat(f[2], 32)
		if err != nil || err2 != nil {
			continue
		}
		out[featureHash(f[0])] = weight{f[0], float32(p), float32(h)}
	}
	return out
}

// score is how sure it is that a sentence is talk among colleagues, and that it is
// harsh to its reader, both between 0 and 1.
func (k weights) score(w []string, to readers) (private, harsh float64) {
	private, harsh, _ = k.scores(w, to, wordsCount)
	return private, harsh
}

// scores is score, and how sure the first is when single words count for no more than most: what
// is left is what the sentence means and how its words stand together.
func (k weights) scores(w []string, to readers, most float64) (private, harsh, meant float64) {
	n := 0
	var p, h, single float64
	features(unstuttered(w), to, func(parts ...string) {
		n++
		if x, ok := k[featureHash(parts...)]; ok {
			p, h = p+float64(x.private), h+float64(x.harsh)
			if parts[0] == "w" {
				single += float64(x.private)
			}
		}
	})
	bias := k[featureHash("bias")]
	norm := talkNorm(n)
	z := p*norm + float64(bias.private)
	return sure(z), sure(h*norm + float64(bias.harsh)), sure(z - max(0, single*norm-most))
}

// How much the single words of a sentence count where nothing else says for whom it is: a
// timetable or a list has words that stood in a remark once. Less in an automatic letter.
const (
	wordsCount     = 1.7
	wordsCountAuto = 0.8
)

// unstuttered is a sentence in which no word stands more than twice in a row: what is
// said sixty times is not sixty signs.
func unstuttered(w []string) []string {
	for i := 2; i < len(w); i++ {
		if w[i] != w[i-1] || w[i] != w[i-2] {
			continue
		}
		out := slices.Clone(w[:i]) // rare: only now is anything copied
		for _, x := range w[i:] {
			if n := len(out); x != out[n-1] || x != out[n-2] {
				out = append(out, x)
			}
		}
		return out
	}
	return w
}

// talkNorm keeps a long sentence from weighing more than a short one by its length.
func talkNorm(n int) float64 { return 8 / math.Sqrt(float64(n+20)) }

func sure(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// reasons are the features that spoke most for a sentence being talk, or harsh.
func (k weights) reasons(w []string, to readers, harsh bool) string {
	var all []weight
	seen := map[uint64]bool{}
	features(w, to, func(parts ...string) {
		id := featureHash(parts...)
		if x, ok := k[id]; ok && !seen[id] {
			seen[id] = true
			if harsh {
				x.private = x.harsh
			}
			all = append(all, x)
		}
	})
	sort.Slice(all, func(i, j int) bool {
		if all[i].private != all[j].private {
			return all[i].private > all[j].private
		}
		return all[i].name < all[j].name
	})
	var names []string
	for _, x := range all[:min(len(all), 4)] {
		names = append(names, x.name)
	}
	return strings.Join(names, "; ")
}
