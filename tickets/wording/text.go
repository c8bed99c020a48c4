package wording

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed standard/*.txt
var standard embed.FS

// Text is the words of one letter. The reference is put before the subject by the
// program, where the letter has one.
type Text struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Standard is the wording that hearback comes with.
func Standard(letter string) (Text, error) {
	b, err := standard.ReadFile("standard/" + letter + ".txt")
	if err != nil {
		return Text{}, fmt.Errorf("wording: no letter %q: %w", letter, err)
	}
	head, body, ok := strings.Cut(string(b), "\n\n")
	if !ok || !strings.HasPrefix(head, "Subject: ") {
		return Text{}, fmt.Errorf("wording: the letter %q has no subject", letter)
	}
	return Text{Subject: strings.TrimPrefix(head, "Subject: "), Body: strings.TrimSpace(body)}, nil
}

// Tidy gives lines one kind of end and takes away space at their ends.
func (t Text) Tidy() Text {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ").Replace(t.Body), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return Text{Subject: strings.Join(strings.Fields(t.Subject), " "), Body: strings.Trim(strings.Join(lines, "\n"), "\n")}
}

// Render fills a letter in. body is the text; fixed is the same text without what
// is not the council's own: what the guard takes for the wording itself. Every line
// of a value must be a line of its own making: a value with a line end is an error,
// and so is a field that the letter does not have or that is missing.
func Render(letter string, t Text, values map[string]string) (body, fixed string, err error) {
	l, ok := Of(letter)
	if !ok {
		return "", "", fmt.Errorf("wording: no letter %q", letter)
	}
	if wrong := Check(letter, t); len(wrong) > 0 {
		return "", "", fmt.Errorf("wording: %s: %s", letter, wrong[0])
	}
	own := map[string]string{}
	for name, v := range values {
		f, ok := field(name)
		switch {
		case !ok:
			return "", "", fmt.Errorf("wording: %s: no field %q", letter, name)
		case strings.ContainsAny(v, "\r\n\x00"):
			return "", "", fmt.Errorf("wording: %s: the field %q has more than one line", letter, name)
		case f.Constant:
			own[name] = v
		}
	}
	has := func(name string) bool { return strings.TrimSpace(values[name]) != "" }
	for _, name := range l.Values {
		if !has(name) {
			return "", "", fmt.Errorf("wording: %s: the field %q is missing", letter, name)
		}
	}
	if one := l.OneOf; len(one) > 0 && !anyOf(one, has) {
		return "", "", fmt.Errorf("wording: %s: none of %s is there", letter, strings.Join(one, ", "))
	}
	var said, fixedWords []string
	for _, p := range paragraphs(t.Tidy().Body) {
		if !allOf(p.fields, has) {
			continue
		}
		said = append(said, fill(p.text, values))
		fixedWords = append(fixedWords, fill(p.text, own))
	}
	return strings.Join(said, "\n\n") + "\n", strings.Join(fixedWords, "\n\n") + "\n", nil
}

func allOf(names []string, is func(string) bool) bool {
	for _, n := range names {
		if !is(n) {
			return false
		}
	}
	return true
}

func anyOf(names []string, is func(string) bool) bool {
	for _, n := range names {
		if is(n) {
			return true
		}
	}
	return false
}

// paragraph is a run of lines without an empty one, with the fields in it.
type paragraph struct {
	text   string
	line   int // of its first line, from 1
	fields []string
}

func paragraphs(body string) []paragraph {
	var out []paragraph
	var lines []string
	start := 0
	end := func() {
		if len(lines) > 0 {
			p := paragraph{text: strings.Join(lines, "\n"), line: start}
			for _, m := range marks(p.text) {
				p.fields = append(p.fields, m.name)
			}
			out = append(out, p)
		}
		lines = nil
	}
	for i, l := range strings.Split(body, "\n") {
		if strings.TrimSpace(l) == "" {
			end()
			continue
		}
		if len(lines) == 0 {
			start = i + 1
		}
		lines = append(lines, l)
	}
	end()
	return out
}

// mark is a field in a text. open: it has no end.
type mark struct {
	name     string
	from, to int // of the brackets and what is between
	open     bool
}

// marks finds the fields of a text. A field does not go over the end of its line.
func marks(s string) []mark {
	var out []mark
	for at := 0; ; {
		i := strings.IndexAny(s[at:], "{}")
		if i < 0 {
			return out
		}
		i += at
		rest := s[i+1:]
		j := strings.IndexAny(rest, "{}\n")
		if s[i] == '}' || j < 0 || rest[j] != '}' {
			out = append(out, mark{name: s[i : i+1], from: i, to: i + 1, open: true})
			at = i + 1
			continue
		}
		out = append(out, mark{name: rest[:j], from: i, to: i + j + 2})
		at = i + j + 2
	}
}

// fill puts values in once: what a value holds is no field.
func fill(s string, values map[string]string) string {
	var b strings.Builder
	at := 0
	for _, m := range marks(s) {
		b.WriteString(s[at:m.from])
		b.WriteString(values[m.name])
		at = m.to
	}
	b.WriteString(s[at:])
	return b.String()
}
