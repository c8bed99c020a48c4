package wording

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Mistake is one thing that is wrong with a text, with its place.
type Mistake struct {
	Subject bool   // in the subject; otherwise in the body
	Line    int    // of the body, from 1; 0 when something is missing
	Word    string // as it stands there; "" when something is missing
	Says    string // for whoever wrote it
}

// String is the place and what is wrong there.
func (m Mistake) String() string {
	switch {
	case m.Subject:
		return "Subject: " + m.Says
	case m.Line > 0:
		return fmt.Sprintf("Line %d: %s", m.Line, m.Says)
	}
	return m.Says
}

// Limits of a text.
const (
	maxSubject = 120
	maxBody    = 6000
)

// Check says everything that is wrong with the words of a letter, in the order of
// the text, and then what is missing. None: it may be used.
func Check(letter string, t Text) []Mistake {
	l, ok := Of(letter)
	if !ok {
		return []Mistake{{Says: "There is no such letter."}}
	}
	t = t.Tidy()
	out := checkSubject(t.Subject)
	out = append(out, l.checkFields(t.Body)...)
	switch n := len([]rune(t.Body)); {
	case n == 0:
		return append(out, Mistake{Says: "Write what the letter says."})
	case n > maxBody:
		out = append(out, Mistake{Says: fmt.Sprintf("The letter has %d characters. It may have %d.", n, maxBody)})
	}
	return append(out, l.missing(t.Body)...)
}

func checkSubject(s string) []Mistake {
	switch {
	case s == "":
		return []Mistake{{Subject: true, Says: "Write a subject."}}
	case len([]rune(s)) > maxSubject:
		return []Mistake{{Subject: true, Says: fmt.Sprintf("It may have %d characters.", maxSubject)}}
	}
	if i := strings.IndexAny(s, "{}"); i >= 0 {
		return []Mistake{{Subject: true, Word: s[i : i+1], Says: "No field can stand here. The number of the enquiry is put in front by itself."}}
	}
	return strange(s, func(w string) Mistake {
		return Mistake{Subject: true, Word: w, Says: "There is a character that cannot be seen. Type the words again."}
	})
}

// checkFields looks at every field of the text.
func (l Letter) checkFields(body string) []Mistake {
	var out []Mistake
	for i, line := range strings.Split(body, "\n") {
		for _, m := range marks(line) {
			wrong := Mistake{Line: i + 1, Word: line[m.from:m.to]}
			switch _, known := field(m.name); {
			case m.open:
				wrong.Says = fmt.Sprintf("the bracket %s has no partner on the line.", m.name)
			case !known && slices.ContainsFunc(fields(), func(f Field) bool { return f.Name == strings.TrimSpace(strings.ToLower(m.name)) }):
				wrong.Says = fmt.Sprintf("write %s as {%s}.", wrong.Word, strings.TrimSpace(strings.ToLower(m.name)))
			case !known:
				wrong.Says = fmt.Sprintf("there is no field %s. The list beside the text has those that there are.", wrong.Word)
			case !slices.Contains(l.Fields, m.name):
				wrong.Says = fmt.Sprintf("%s cannot be used in this letter.", wrong.Word)
			default:
				continue
			}
			out = append(out, wrong)
		}
		out = append(out, strange(line, func(w string) Mistake {
			return Mistake{Line: i + 1, Word: w, Says: "there is a character that cannot be seen. Type the line again."}
		})...)
	}
	return out
}

// strange finds the first character that nobody sees: it could hide words from
// whoever reads the preview.
func strange(s string, wrong func(word string) Mistake) []Mistake {
	for _, r := range s {
		if r != '\t' && unicode.Is(unicode.C, r) || r == unicode.ReplacementChar {
			return []Mistake{wrong(fmt.Sprintf("U+%04X", r))}
		}
	}
	return nil
}

// missing says which blocks the text does not have. A field counts only where its
// paragraph shows whenever the field applies: beside one that comes and goes it
// would go as well.
func (l Letter) missing(body string) []Mistake {
	var out []Mistake
	list := paragraphs(body)
	lower := strings.ToLower(body)
	for _, b := range l.Blocks {
		for _, name := range b.Fields {
			there, hidden := false, (*paragraph)(nil)
			for i, p := range list {
				if !slices.Contains(p.fields, name) {
					continue
				}
				if other := comesAndGoes(p, name); other == "" {
					there = true
				} else {
					hidden = &list[i]
				}
			}
			switch {
			case there:
			case hidden != nil:
				out = append(out, Mistake{Line: hidden.line, Word: "{" + name + "}", Says: fmt.Sprintf(
					"{%s} shares its paragraph with {%s}, which does not apply on every day. Put them in two paragraphs, with an empty line between.", name, comesAndGoes(*hidden, name))})
			default:
				out = append(out, Mistake{Says: fmt.Sprintf("The letter must say %s. Put in {%s}.", b.Says, name)})
			}
		}
		if b.Words != "" && !fixedIn(list, b.Words) {
			says := fmt.Sprintf("The letter must say %s. Put in %q.", b.Says, b.Words)
			if strings.Contains(lower, strings.ToLower(b.Words)) {
				says = fmt.Sprintf("%q stands only in a paragraph that is left out on some days. The letter must always say %s.", b.Words, b.Says)
			}
			out = append(out, Mistake{Says: says})
		}
	}
	return out
}

// comesAndGoes is another field of the paragraph that applies on some days only.
func comesAndGoes(p paragraph, name string) string {
	for _, other := range p.fields {
		if f, ok := field(other); ok && f.Today && other != name {
			return other
		}
	}
	return ""
}

// fixedIn reports words that stand in a paragraph which is always there.
func fixedIn(list []paragraph, words string) bool {
	for _, p := range list {
		if comesAndGoes(p, "") == "" && strings.Contains(strings.ToLower(p.text), strings.ToLower(words)) {
			return true
		}
	}
	return false
}

// Advice are sentences that are hard to read for somebody who is tired and reads on
// a telephone. They stop nothing.
func Advice(t Text) []Mistake {
	var out []Mistake
	for i, line := range strings.Split(t.Tidy().Body, "\n") {
		for _, s := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(".?!:;", r) }) {
			if n := len(strings.Fields(s)); n > longSentence {
				first := strings.Join(strings.Fields(s)[:4], " ")
				out = append(out, Mistake{Line: i + 1, Word: first, Says: fmt.Sprintf("the sentence that begins with %q has %d words. Up to 15 are easy to read.", first, n)})
			}
		}
	}
	return out
}

const longSentence = 20 // words; 15 is what to aim at

// Situation is a day on which a letter is looked at.
type Situation struct{ Name, Title string }

// Situations are the days for which a letter can be looked at.
func (l Letter) Situations() []Situation {
	out := []Situation{{"open", "While the office is open"}}
	if slices.Contains(l.Fields, "opens") {
		out = append(out, Situation{"night", "After hours"})
	}
	if slices.Contains(l.Fields, "closed_until") {
		out = append(out, Situation{"closure", "During a closure"})
	}
	if slices.Contains(l.Fields, "was_due") {
		out = append(out, Situation{"late", "When we are late"})
	}
	return out
}

// Examples are values for a letter in a situation; a name that is none is the first.
// own are the council's constants, which replace the examples.
func (l Letter) Examples(situation string, own map[string]string) map[string]string {
	out := map[string]string{}
	for _, f := range l.FieldsOf() {
		switch f.Name {
		case "opens":
			if situation != "night" {
				continue
			}
		case "closed_until":
			if situation != "closure" {
				continue
			}
		case "was_due":
			if situation != "late" {
				continue
			}
		case "due", "topic":
			if situation == "late" {
				continue
			}
		}
		out[f.Name] = f.Example
		if f.Name == "due" && situation == "closure" {
			out[f.Name] = "Friday 8 January 2027" // after the office has opened
		}
		if v, ok := own[f.Name]; ok && f.Constant && f.Name != "ref" {
			out[f.Name] = v
		}
	}
	return out
}
