package guard

import (
	"strings"
	"unicode"
)

// token of running text: a word with how it was written, for telling a name from
// the same letters as a word.
type word struct {
	w          string // folded
	capital    bool
	start      bool // it begins a sentence, where every word has a capital
	possessive bool
	breakAfter bool // punctuation follows
}

// wordsAsWritten are the words of a text with how they were written.
func wordsAsWritten(text string) []word {
	var out []word
	start := true
	runes := []rune(text)
	for i := 0; i < len(runes); {
		r := runes[i]
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !isInvisible(r) {
			if r == '.' || r == '!' || r == '?' || r == '\n' && (i == 0 || runes[i-1] == '\n') || r == ':' || r == '"' || r == '“' || r == '•' {
				start = true
			}
			if len(out) > 0 && r != ' ' && r != '\n' && r != '\r' {
				out[len(out)-1].breakAfter = true
			}
			i++
			continue
		}
		from := i
		for i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]) || unicode.Is(unicode.Mn, runes[i]) || isInvisible(runes[i]) ||
			(runes[i] == '\'' || runes[i] == '’') && i+1 < len(runes) && unicode.IsLetter(runes[i+1])) {
			i++
		}
		raw := string(runes[from:i])
		low := strings.ToLower(raw)
		x := word{capital: unicode.IsUpper(firstRune(raw)), start: start}
		if cut, ok := strings.CutSuffix(strings.ReplaceAll(low, "’", "'"), "'s"); ok {
			x.possessive, raw = true, raw[:min(len(raw), len(cut))]
		}
		f := words(raw)
		if len(f) == 0 {
			continue
		}
		x.w = f[0]
		out = append(out, x)
		start = false
	}
	return out
}

func firstRune(s string) rune {
	for _, r := range s {
		if !isInvisible(r) {
			return r
		}
	}
	return 0
}

// isAlsoWord reports first names that are words of every letter.
func isAlsoWord(n string) bool {
	switch n {
	case "will", "grace", "april", "may", "june", "august", "summer", "autumn", "winter", "rose", "mark", "hope", "faith", "joy", "art", "bill", "dawn", "holly",
		"heather", "daisy", "poppy", "lily", "violet", "olive", "hazel", "jasmine", "iris", "ivy", "sky", "star", "angel", "max", "chance", "chase", "grant",
		"frank", "rich", "sue", "drew", "carol", "miles", "penny", "ruby", "pearl", "amber", "crystal", "jade", "opal", "scout", "reed", "wade", "noble",
		"robin", "ray", "victor", "king", "prince", "justice", "mason", "cooper", "hunter", "archer", "taylor", "parker", "carter", "page", "harper", "piper",
		"brook", "river", "forest", "ash", "blue", "rain", "storm", "bee", "jay", "kit", "dean", "christian", "precious", "patience", "charity", "mercy",
		"honour", "honor", "blessing", "gift", "junior", "major", "norman", "peace", "happy", "sunny", "wren", "fern", "sandy", "rusty", "skip", "pat", "rob",
		"jack", "nick", "josh", "tom", "gene", "jean", "bob", "don", "dot", "earl", "duke", "lance", "mike", "neat", "otter", "bear", "fox", "wolf", "rowan", "basil":
		return true
	}
	return false
}

// mentions are the places of t where the name is used as somebody's name.
func nameAt(t []word, name string) []int {
	var out []int
	careful := isAlsoWord(name)
	for i, x := range t {
		if x.w != name && x.w != name+"s" || !x.capital {
			continue
		}
		if x.w != name && careful {
			continue
		}
		next, prev := word{}, word{}
		if i+1 < len(t) && !x.breakAfter {
			next = t[i+1]
		}
		if i > 0 && !t[i-1].breakAfter {
			prev = t[i-1]
		}
		if isTitle(prev.w) || prev.capital && !prev.start && !isGreeting(prev.w) && prev.w != "i" {
			continue // a surname, or part of a name of several words
		}
		if next.capital && !x.possessive && next.w != "i" && !isMonth(next.w) && !strings.HasSuffix(next.w, "day") || next.w == "house" || next.w == "street" || next.w == "road" || next.w == "lane" {
			continue // another surname, or a place
		}
		if careful {
			if isMonth(name) || name == "summer" || name == "autumn" || name == "winter" {
				if !x.possessive && !personal2(prev.w) && !verbOfPerson(next.w) || x.start && !x.possessive && !verbOfPerson(next.w) {
					continue
				}
				if next.w == "term" || next.w == "holidays" || next.w == "holiday" || next.w == "school" || next.w == "break" || next.w == "half" {
					continue
				}
			} else if x.start && !x.possessive && !verbOfPerson(next.w) || isPronoun(next.w) || next.w == "period" || next.w == "not" || next.w == "be" {
				continue
			}
		}
		out = append(out, i)
	}
	return out
}

func personal2(w string) bool {
	switch w {
	case "with", "told", "met", "to", "asked", "and", "like", "beside", "behind", "than", "as", "by", "saw", "see", "for", "about":
		return w != "to" && w != "and" && w != "by" && w != "as" && w != "for" && w != "than"
	}
	return false
}

// verbOfPerson reports words that follow the name of somebody who does something.
func verbOfPerson(w string) bool {
	switch w {
	case "has", "was", "said", "says", "likes", "asked", "wants", "needs", "told", "went", "made", "had", "loves", "enjoys", "got", "came", "does", "did", "seems", "hit", "started", "starts":
		return true
	}
	return false
}

func isPronoun(w string) bool {
	switch w {
	case "you", "i", "we", "they", "he", "she", "it", "this", "that", "there", "the", "these", "your", "our", "his", "her", "my", "anyone", "anybody", "someone":
		return true
	}
	return false
}
