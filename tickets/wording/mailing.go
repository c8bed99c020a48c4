package wording

import (
	"fmt"
	"slices"
	"strings"
)

// MailingFields are what a letter to many families may have filled in. None is an
// address, a school, a diagnosis or anything that somebody wrote: the list is short
// so that a mistake in it cannot tell one family of another.
func MailingFields() []Field {
	return []Field{
		{Name: "name", Means: "the name of whom the letter is for", Example: "Tessa Brandt"},
		{Name: "child", Means: "the child's first name", Example: "Milo"},
		{Name: "officer", Means: "the child's named officer", Example: "Dean Foss", Today: true},
		{Name: "team", Means: "the child's team", Example: "North team", Today: true},
		{Name: "review", Means: "the day of the annual review, when one is recorded", Example: "Thursday 3 December 2026", Today: true},
		{Name: "draft", Means: "the day of the draft plan, when it is recorded", Example: "Monday 11 January 2027", Today: true},
		{Name: "final", Means: "the day of the final plan, when it is recorded", Example: "Monday 15 February 2027", Today: true},
		{Name: "council", Means: "the name of the council", Example: "Westmarsh Council", Constant: true},
		{Name: "phone", Means: "the team's telephone number", Example: "01234 000000", Constant: true},
		{Name: "sendiass", Means: "the name of the free advice service", Example: "Westmarsh SENDIASS", Constant: true},
		{Name: "sendiass_phone", Means: "the number of the free advice service", Example: "01234 000222", Constant: true},
		{Name: "format", Means: "the sentence about large print, another language or a call", Example: "Want this in large print, another language, or by phone? Reply and tell us.", Constant: true},
	}
}

// ofChild are the fields that differ from one child of a person to the next.
func ofChild() []string { return []string{"child", "officer", "team", "review", "draft", "final"} }

// mailing is what the checks know of a letter to many families. It has to greet the
// person by name: whoever gets it by mistake sees at once that it is not for them.
func mailing() Letter {
	l := Letter{
		Name: "mailing", Title: "Letter to many families",
		Blocks: []Block{
			{Says: "whom it is for", Fields: []string{"name"}},
			{Says: "how to get it in another form", Fields: []string{"format"}},
		},
	}
	for _, f := range MailingFields() {
		l.Fields = append(l.Fields, f.Name)
	}
	return l
}

// CheckMailing says everything that is wrong with the words of a letter to many
// families, in the order of the text, and then what is missing.
func CheckMailing(t Text) []Mistake {
	t = t.Tidy()
	l := mailing()
	var out []Mistake
	for _, m := range checkSubject(t.Subject) {
		if m.Word != "" && strings.ContainsAny(m.Word, "{}") {
			m.Says = "No field can stand in the subject."
		}
		out = append(out, m)
	}
	for i, line := range strings.Split(t.Body, "\n") {
		for _, m := range marks(line) {
			wrong := Mistake{Line: i + 1, Word: line[m.from:m.to]}
			plain := strings.TrimSpace(strings.ToLower(m.name))
			switch {
			case m.open:
				wrong.Says = fmt.Sprintf("the bracket %s has no partner on the line.", m.name)
			case slices.Contains(l.Fields, m.name):
				continue
			case slices.Contains(l.Fields, plain):
				wrong.Says = fmt.Sprintf("write %s as {%s}.", wrong.Word, plain)
			default:
				wrong.Says = fmt.Sprintf("there is no field %s. The list beside the text has those that there are.", wrong.Word)
			}
			out = append(out, wrong)
		}
		out = append(out, strange(line, func(w string) Mistake {
			return Mistake{Line: i + 1, Word: w, Says: "there is a character that cannot be seen. Type the line again."}
		})...)
	}
	switch n := len([]rune(t.Body)); {
	case n == 0:
		return append(out, Mistake{Says: "Write what the letter says."})
	case n > maxBody:
		out = append(out, Mistake{Says: fmt.Sprintf("The letter has %d characters. It may have %d.", n, maxBody)})
	}
	return append(out, missingMailing(l, t.Body)...)
}

// missingMailing is missing for fields of a mailing: one that comes and goes takes
// the rest of its paragraph with it.
func missingMailing(l Letter, body string) []Mistake {
	var out []Mistake
	list := paragraphs(body)
	for _, b := range l.Blocks {
		for _, name := range b.Fields {
			there := slices.ContainsFunc(list, func(p paragraph) bool {
				return slices.Contains(p.fields, name) && !slices.ContainsFunc(p.fields, comesAndGoesInMailing)
			})
			if !there {
				out = append(out, Mistake{Says: fmt.Sprintf("The letter must say %s. Put in {%s}, in a paragraph that is always there.", b.Says, name)})
			}
		}
	}
	return out
}

func comesAndGoesInMailing(name string) bool {
	return slices.ContainsFunc(MailingFields(), func(f Field) bool { return f.Name == name && f.Today })
}

// MailingNamesChild reports whether a letter says something of one child, so that
// somebody with two children gets two.
func MailingNamesChild(t Text) bool {
	for _, m := range marks(t.Body) {
		if !m.open && slices.Contains(ofChild(), m.name) {
			return true
		}
	}
	return false
}

// RenderMailing fills a letter in. A paragraph with a field that has no value is left
// out; a value with a line end is an error, and so is a text with mistakes.
func RenderMailing(t Text, values map[string]string) (string, error) {
	if wrong := CheckMailing(t); len(wrong) > 0 {
		return "", fmt.Errorf("wording: mailing: %s", wrong[0])
	}
	for name, v := range values {
		if strings.ContainsAny(v, "\r\n\x00") {
			return "", fmt.Errorf("wording: mailing: the field %q has more than one line", name)
		}
	}
	has := func(name string) bool { return strings.TrimSpace(values[name]) != "" }
	for _, f := range MailingFields() {
		if !f.Today && !has(f.Name) {
			return "", fmt.Errorf("wording: mailing: the field %q is missing", f.Name)
		}
	}
	var said []string
	for _, p := range paragraphs(t.Tidy().Body) {
		if allOf(p.fields, has) {
			said = append(said, fill(p.text, values))
		}
	}
	return strings.Join(said, "\n\n") + "\n", nil
}
