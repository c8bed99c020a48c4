package guard

import (
	"slices"
	"strings"
)

// nameBook holds the names that a letter can hold, as words.
type nameBook struct {
	staff  [][]string // accounts, author, public names
	family [][]string // people outside linked to the case
	child  []string
}

func readNames(f Facts) nameBook {
	var b nameBook
	for _, c := range f.Staff {
		b.staff = append(b.staff, nameWords(c.Name))
	}
	if f.Author != nil {
		b.staff = append(b.staff, nameWords(f.Author.Name))
	}
	for _, n := range f.PublicNames {
		b.staff = append(b.staff, nameWords(n))
	}
	for _, p := range f.People {
		if _, ok := p.here(f.CaseRef); ok {
			b.family = append(b.family, nameWords(p.Name))
		}
	}
	b.child = nameWords(f.Child.Name)
	return b
}

// nameWords are the words of a name without titles.
func nameWords(name string) []string {
	return slices.DeleteFunc(words(name), isTitle)
}

func isTitle(w string) bool {
	switch w {
	case "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "sir", "dame":
		return true
	}
	return false
}

// calls reports whether the greeted words mean the person: by first name, or by
// surname after a title, or by full name.
func calls(greeted []string, name []string) bool {
	if len(name) == 0 {
		return false
	}
	first, last := name[0], name[len(name)-1]
	for i, g := range greeted {
		if g == first || isShortOf(g, first) {
			return true
		}
		if g == last && (i > 0 || len(greeted) == 1) {
			return true
		}
	}
	return false
}

// greeting is who a letter begins by talking to.
type greeting struct {
	formal bool     // it has a word of greeting: Dear, Hi
	words  []string // the names, without titles: "tegan", "trevanion"
	all    bool     // dear both, dear all, dear parents
	staff  bool     // colleagues, team
	both   bool     // hi both
}

// greetingOf reads the first line of what was written this time.
func greetingOf(text string) greeting {
	line := ""
	for _, l := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(l); line != "" {
			break
		}
	}
	head, rest, cut := cutAny(strings.ReplaceAll(strings.ReplaceAll(line, " - ", " – "), ". ", "! "), ",:!?–—")
	w := words(head)
	var g greeting
	for len(w) > 0 && isGreeting(w[0]) {
		g.formal, w = true, w[1:]
	}
	if !cut && len(words(line)) > 5 || len(w) > 6 {
		if !g.formal {
			return greeting{}
		}
		w = w[:min(len(w), 2)] // "Hi Tegan I wanted to say": the name stands first
	}
	// "Fay, could you": a name before a comma; "However, it" is none.
	if !g.formal && (len(w) == 0 || len(w) > 3 || !capital(head) || !cut && rest == "" && len(w) > 2) {
		return greeting{}
	}
	for _, x := range w {
		switch {
		case isTitle(x) || x == "and":
		case x == "both" || x == "all" || x == "everyone" || x == "parents" || x == "family" || x == "team" || x == "colleagues" || x == "carer" || x == "parent" || x == "sir" || x == "madam":
			g.all = true
			g.both = g.both || x == "both"
			g.staff = g.staff || x == "colleagues" || x == "team"
		case x == "folks" || x == "guys" || x == "chaps" || x == "peeps" || x == "gang" || x == "ladies":
			g.all, g.staff = true, true
		default:
			g.words = append(g.words, x)
		}
	}
	return g
}

func isGreeting(w string) bool {
	switch w {
	case "dear", "hi", "hiya", "hello", "hey", "good", "morning", "afternoon", "evening":
		return true
	}
	return false
}

func capital(s string) bool {
	for _, f := range strings.Fields(s) {
		if r := []rune(f)[0]; r >= 'a' && r <= 'z' && f != "and" {
			return false
		}
	}
	return s != ""
}

func cutAny(s, chars string) (head, rest string, found bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimLeft(s[i:], chars+" "), true
}
