package guard

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The files of the reading of talk: what words mean, and how much what they mean
// weighs. The weights are worked out from testdata/talk by TestTalkWeights.
//
//go:embed talk
var talkFiles embed.FS

// lexicon is what words and turns of speech mean, each as the number of a concept.
type lexicon struct {
	names []string
	one   map[string][]uint8        // words
	turns map[string][]turnOfSpeech // by first word
}

type turnOfSpeech struct {
	words   []string
	concept uint8
}

var talkLexicon = sync.OnceValue(func() *lexicon {
	x := &lexicon{one: map[string][]uint8{}, turns: map[string][]turnOfSpeech{}}
	text, _ := talkFiles.ReadFile("talk/lexicon.txt") // built in
	for _, line := range strings.Split(string(text), "\n") {
		name, list, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		id := slices.Index(x.names, name)
		if id < 0 {
			id = len(x.names)
			x.names = append(x.names, name)
		}
		for _, f := range strings.Fields(list) {
			w := strings.Split(f, "_")
			if len(w) == 1 {
				x.one[f] = append(x.one[f], uint8(id))
				continue
			}
			x.turns[w[0]] = append(x.turns[w[0]], turnOfSpeech{w, uint8(id)})
		}
	}
	return x
})

// conceptsAt are the concepts that begin at word i.
func (x *lexicon) conceptsAt(w []string, i int, out []uint8) []uint8 {
	out = append(out, x.one[w[i]]...)
	for _, t := range x.turns[w[i]] {
		if len(t.words) <= len(w)-i && slices.Equal(w[i:i+len(t.words)], t.words) {
			out = append(out, t.concept)
		}
	}
	return out
}

// readers is to whom a text goes: f a family, p professionals alone, x a file or a
// quoted mail; then whether it greets one of them (o), a colleague (c) or nobody (n).
type readers string

// featureHash names a feature by what it is made of. It is the hash of the parts
// with a sign between them, which is how the file of weights writes them.
func featureHash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for i, p := range parts {
		if i > 0 {
			h = (h ^ ' ') * 1099511628211
		}
		for j := 0; j < len(p); j++ {
			h = (h ^ uint64(p[j])) * 1099511628211
		}
	}
	return h
}

// maxTalkWords is how many words of one sentence are weighed.
const maxTalkWords = 60

// features gives everything that is weighed in a sentence to each: the words, alone and
// with whom they go to, their neighbours, what they mean, which meanings stand together,
// and to whom it goes.
func features(w []string, to readers, each func(parts ...string)) {
	x := talkLexicon()
	w = w[:min(len(w), maxTalkWords)]
	each("to", string(to))
	var found []uint8
	classes := make([]string, 0, len(w))
	var room []uint8
	for i, t := range w {
		each("w", stem2(t))
		each("w", stem2(t), string(to))
		if i > 0 {
			each("b", w[i-1], t)
		}
		room = x.conceptsAt(w, i, room[:0])
		class := t
		for k, c := range room {
			if k == 0 {
				class = x.names[c]
			}
			if !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
		classes = append(classes, class)
	}
	for i := 1; i < len(classes); i++ {
		if classes[i] != w[i] || classes[i-1] != w[i-1] {
			each("n", classes[i-1], classes[i])
		}
	}
	if len(w) > 0 {
		each("first", classes[0])
		each("first", classes[0], string(to))
	}
	slices.Sort(found)
	for i, a := range found {
		each("c", x.names[a])
		each("c", x.names[a], string(to[:1]))
		each("c", x.names[a], string(to))
		for _, b := range found[i+1:] {
			each("p", x.names[a], x.names[b])
		}
	}
	each("many", strconv.Itoa(min(6, len(found)/2)))
}

// stem2 is the stem of a word that has one; words for roles stay.
func stem2(w string) string {
	if strings.HasPrefix(w, "<") {
		return w
	}
	switch p := pronoun(w); {
	case p != "":
		return w
	}
	return stem(w)
}
