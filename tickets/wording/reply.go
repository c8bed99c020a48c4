package wording

import (
	"fmt"
	"slices"
	"strings"
)

// ReplyFields are what a text for replies may have filled in when an officer puts it
// into a reply. The officer reads and changes it before it goes, and the check of
// outgoing letters reads it as it reads every reply.
func ReplyFields() []Field {
	return []Field{
		{Name: "name", Means: "the first name of whoever is written to", Example: "Tessa"},
		{Name: "child", Means: "the child's first name", Example: "Milo"},
		{Name: "ref", Means: "the number of the enquiry", Example: "SEN-104233"},
		{Name: "due", Means: "the day by which we aim to reply, as long as it is not past", Example: "Tuesday 1 December 2026"},
		{Name: "officer", Means: "the name of whoever writes", Example: "Dean Foss"},
		{Name: "council", Means: "the name of the council", Example: "Westmarsh Council"},
		{Name: "phone", Means: "the team's telephone number", Example: "01234 000000"},
		{Name: "sendiass", Means: "the name of the free advice service", Example: "Westmarsh SENDIASS"},
		{Name: "sendiass_phone", Means: "the number of the free advice service", Example: "01234 000222"},
	}
}

// Limits of a text for replies.
const (
	maxReplyName = 60
	maxReplyBody = 4000
)

// CheckReply says everything that is wrong with a text for replies.
func CheckReply(name, body string) []Mistake {
	var out []Mistake
	switch n := len([]rune(strings.TrimSpace(name))); {
	case n == 0:
		out = append(out, Mistake{Subject: true, Says: "Write a name for the list."})
	case n > maxReplyName:
		out = append(out, Mistake{Subject: true, Says: fmt.Sprintf("It may have %d characters.", maxReplyName)})
	default:
		out = append(out, strange(name, func(w string) Mistake {
			return Mistake{Subject: true, Word: w, Says: "There is a character that cannot be seen. Type the name again."}
		})...)
	}
	body = Text{Body: body}.Tidy().Body
	for i, line := range strings.Split(body, "\n") {
		for _, m := range marks(line) {
			word := line[m.from:m.to]
			switch {
			case m.open:
				out = append(out, Mistake{Line: i + 1, Word: word, Says: fmt.Sprintf("the bracket %s has no partner on the line.", word)})
			case !slices.ContainsFunc(ReplyFields(), func(f Field) bool { return f.Name == m.name }):
				out = append(out, Mistake{Line: i + 1, Word: word, Says: fmt.Sprintf("there is no field %s. The list below has those that there are.", word)})
			}
		}
		out = append(out, strange(line, func(w string) Mistake {
			return Mistake{Line: i + 1, Word: w, Says: "there is a character that cannot be seen. Type the line again."}
		})...)
	}
	switch n := len([]rune(body)); {
	case n == 0:
		out = append(out, Mistake{Says: "Write the text."})
	case n > maxReplyBody:
		out = append(out, Mistake{Says: fmt.Sprintf("The text has %d characters. It may have %d.", n, maxReplyBody)})
	}
	return out
}

// RenderReply fills a text in. A paragraph with a field that has no value is left
// out, and missing names the field: a blank never reaches the reply. A text with
// mistakes and a value with a bracket or a line end are errors.
func RenderReply(body string, values map[string]string) (text string, missing []string, err error) {
	if wrong := CheckReply("x", body); len(wrong) > 0 {
		return "", nil, fmt.Errorf("wording: text for replies: %s", wrong[0])
	}
	for name, v := range values {
		if strings.ContainsAny(v, "\r\n\x00{}") {
			return "", nil, fmt.Errorf("wording: text for replies: the field %q has a line end or a bracket", name)
		}
	}
	var said []string
	for _, p := range paragraphs(Text{Body: body}.Tidy().Body) {
		whole := true
		for _, f := range p.fields {
			if strings.TrimSpace(values[f]) == "" {
				whole = false
				if !slices.Contains(missing, f) {
					missing = append(missing, f)
				}
			}
		}
		if whole {
			said = append(said, fill(p.text, values))
		}
	}
	return strings.Join(said, "\n\n"), missing, nil
}
