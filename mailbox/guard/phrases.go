package guard

import "strings"

// phrases finds fixed turns of speech in words. In a phrase a|b stands for either
// word, _ for any one word, and ... for none to four.
type phrases struct {
	list    [][][]string        // a phrase: its places, each with the words that fit
	byFirst map[string][]uint16 // the phrases that may begin with a word
}

// readPhrases reads one phrase a line.
func readPhrases(text string) *phrases {
	p := &phrases{byFirst: map[string][]uint16{}}
	for _, line := range strings.Split(text, "\n") {
		var places [][]string
		for _, f := range strings.Fields(line) {
			places = append(places, strings.Split(f, "|"))
		}
		if len(places) == 0 {
			continue
		}
		id := uint16(len(p.list))
		p.list = append(p.list, places)
		for _, w := range places[0] {
			p.byFirst[w] = append(p.byFirst[w], id)
		}
	}
	return p
}

// find is the first phrase that stands in w, as the places where it begins and
// ends; ok is false when none does.
func (p *phrases) find(w []string) (from, to int, ok bool) {
	for i, x := range w {
		for _, id := range p.byFirst[x] {
			if n := fits(w[i:], p.list[id]); n > 0 {
				return i, i + n, true
			}
		}
	}
	return 0, 0, false
}

// all are the places of all phrases, one for each place where one begins.
func (p *phrases) all(w []string) [][2]int {
	var out [][2]int
	for i, x := range w {
		for _, id := range p.byFirst[x] {
			if n := fits(w[i:], p.list[id]); n > 0 {
				out = append(out, [2]int{i, i + n})
				break
			}
		}
	}
	return out
}

// fits is how many words of w the phrase takes from its first on; 0 when it does
// not fit.
func fits(w []string, places [][]string) int {
	at := 0
	for k, p := range places {
		if len(p) == 1 && p[0] == "..." {
			for skip := 0; skip <= 4 && at+skip <= len(w); skip++ {
				if n := fits(w[at+skip:], places[k+1:]); n > 0 {
					return at + skip + n
				}
			}
			return 0
		}
		if at >= len(w) || p[0] != "_" && !contains(p, w[at]) {
			return 0
		}
		at++
	}
	return at
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
