package guard

import (
	"fmt"
	"slices"
	"strings"
)

// Lists are a council's own phrases, on top of those of the program: they ask or stop
// more, never less, but for hints about tone.
type Lists struct {
	tone, talk, marks, muted *phrases
}

// The longest list of a council, in lines, and the longest phrase, in places.
const (
	maxPhrases     = 500
	maxPhraseWords = 12
)

// ReadLists reads lists of phrases, one a line: words; a|b for either word; _ for any
// one word; ... for none to four. A line that begins with # is a remark. In the list
// about tone a line "- phrase" takes a phrase of the program out of the hints. The
// error is in words for whoever wrote the list, and names list and line.
func ReadLists(tone, talk, marks string) (*Lists, error) {
	var l Lists
	var keep, muted []string
	for i, line := range strings.Split(tone, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "-"); ok {
			phrase, err := phraseOf(rest)
			if err != nil {
				return nil, fmt.Errorf("list Tone, line %d: %w", i+1, err)
			}
			muted = append(muted, phrase)
			line = ""
		}
		keep = append(keep, line)
	}
	var err error
	for _, x := range []struct {
		name, text string
		into       **phrases
	}{{"Tone", strings.Join(keep, "\n"), &l.tone}, {"Between colleagues", talk, &l.talk}, {"Markings", marks, &l.marks}} {
		if *x.into, err = readOwn(x.text); err != nil {
			return nil, fmt.Errorf("list %s, %w", x.name, err)
		}
	}
	l.muted = readPhrases(strings.Join(muted, "\n"))
	return &l, nil
}

// CheckLists is ReadLists for lists that somebody is about to save: what it takes out
// of the hints has to be there. A later version of the program may have fewer hints,
// and that keeps no letter back.
func CheckLists(tone, talk, marks string) (*Lists, error) {
	for i, line := range strings.Split(tone, "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "-")
		if !ok {
			continue
		}
		if phrase, err := phraseOf(rest); err == nil && !inProgram(harsh(), phrase) {
			return nil, fmt.Errorf("list Tone, line %d: the program's hints hold no phrase “%s”", i+1, phrase)
		}
	}
	return ReadLists(tone, talk, marks)
}

func readOwn(text string) (*phrases, error) {
	var out []string
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "-") {
			return nil, fmt.Errorf("line %d: the phrases of the program are locked here. You can add some, and take out none", i+1)
		}
		phrase, err := phraseOf(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		out = append(out, phrase)
	}
	if len(out) > maxPhrases {
		return nil, fmt.Errorf("line %d: at most %d phrases", maxPhrases+1, maxPhrases)
	}
	return readPhrases(strings.Join(out, "\n")), nil
}

// phraseOf is a phrase in the form in which words are looked for.
func phraseOf(line string) (string, error) {
	var places []string
	letters := 0
	for _, f := range strings.Fields(line) {
		if f == "_" || f == "..." {
			places = append(places, f)
			continue
		}
		var either []string
		for _, w := range strings.Split(f, "|") {
			folded := words(w)
			if len(folded) != 1 {
				return "", fmt.Errorf("“%s” is not one word. Write words with a space between them", w)
			}
			letters += len(folded[0])
			either = append(either, folded[0])
		}
		places = append(places, strings.Join(either, "|"))
	}
	switch {
	case len(places) == 0:
		return "", fmt.Errorf("there are no words")
	case places[0] == "_" || places[0] == "..." || places[len(places)-1] == "...":
		return "", fmt.Errorf("a phrase begins with a word, and does not end with three dots")
	case len(places) > maxPhraseWords:
		return "", fmt.Errorf("a phrase has at most %d words", maxPhraseWords)
	case letters < 4:
		return "", fmt.Errorf("“%s” is too short: it would stop nearly every letter", strings.TrimSpace(line))
	}
	return strings.Join(places, " "), nil
}

func inProgram(list, phrase string) bool {
	return slices.ContainsFunc(strings.Split(list, "\n"), func(l string) bool { return strings.Join(strings.Fields(l), " ") == phrase })
}

// mutes reports words that the council has taken out of the hints about tone.
func (l *Lists) mutes(w []string) bool {
	if l == nil || l.muted == nil {
		return false
	}
	from, to, ok := l.muted.find(w)
	return ok && from == 0 && to == len(w)
}

// judgeCouncil looks for the council's own phrases in what goes outside.
func judgeCouncil(m *matter) []Finding {
	l := m.f.Lists
	if l == nil || len(m.outside) == 0 || m.l.Purpose.automatic() {
		return nil
	}
	var out []Finding
	find := func(p *phrases, w []string, say func(r recipient, said string) Finding) {
		if p == nil {
			return
		}
		for _, at := range p.all(w) {
			for _, r := range m.outside {
				if !saidBy(m.seenBy(r), w[max(0, at[0]-2):min(len(w), at[1]+2)]) {
					out = append(out, say(r, strings.Join(w[at[0]:at[1]], " ")))
				}
			}
		}
	}
	for _, v := range m.views {
		if v.turned {
			continue
		}
		m.mind()
		find(l.marks, v.words, func(r recipient, said string) Finding {
			return Finding{
				Rule: RuleMarking, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + said,
				Words: "This is marked \"" + said + "\". Marked text cannot go to " + r.called + ".",
			}
		})
		find(l.talk, v.words, func(r recipient, said string) Finding {
			return Finding{
				Rule: RuleStaffTalk, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + said,
				Words: "This reads as if written to a colleague: \"" + said + "\". " + r.called + " would get it too.",
			}
		})
	}
	find(l.tone, words(m.newest), func(r recipient, said string) Finding {
		return Finding{
			Rule: RuleToneExternal, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: said,
			Words: "\"" + said + "\" may read as harsh.",
		}
	})
	return once(out)
}

// Locked reports rules that nobody can make less strict: those that can stop a
// letter, and any that the table does not know.
func Locked(id string) bool {
	for _, r := range Rules() {
		if r.ID == id {
			return r.Release != ReleaseAuthor && r.Release != ReleaseNone
		}
	}
	return true
}

// levelled applies what two people settled about a rule that is not locked: what asks
// may point out alone, what points out may ask. What stops a letter always stops it.
func (m *matter) levelled(findings []Finding) []Finding {
	for i, f := range findings {
		level, set := m.f.LevelOf[f.Rule]
		if !set || Locked(f.Rule) || f.Decision != Confirm && f.Decision != Warn {
			continue
		}
		if level == Confirm || level == Warn {
			findings[i].Decision = level
		}
	}
	return findings
}

// ProgramLists are the phrases of the program that a page can show, by the name of
// the council's list that adds to them.
func ProgramLists() map[string]string {
	return map[string]string{"tone": harsh(), "marks": strongMarks()}
}
