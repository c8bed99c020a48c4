package compose

import (
	"maps"
	"strings"

	"hearback/tickets"
	"hearback/tickets/wording"
)

// family makes the text of an automatic letter to a family, school or stranger, in
// the council's words where it has its own. What has no number goes as a receipt
// and nothing else does: the guard judges the two by different rules.
func family(claim *tickets.Claim) (text, standing string, err error) {
	o := claim.Letter
	purpose := tickets.PurposeAck
	if o.Template == wording.Receipt || o.Template == wording.ReceiptNeutral {
		purpose = tickets.PurposeReceipt
	}
	if o.Purpose != purpose {
		return "", "", invalid("template %q is none for purpose %q", o.Template, o.Purpose)
	}
	values, words := maps.Clone(o.Fields), claim.Wording
	if _, own := values[tickets.FieldWording]; own {
		if words.Body == "" {
			return "", "", invalid("the words of outgoing %d cannot be found", o.ID)
		}
		delete(values, tickets.FieldWording)
	} else if words, err = wording.Standard(o.Template); err != nil {
		return "", "", invalid("outgoing %d: %w", o.ID, err)
	}
	if text, standing, err = wording.Render(o.Template, words, values); err != nil {
		return "", "", invalid("outgoing %d: %w", o.ID, err)
	}
	return text, standing, nil
}

// councilWords are the sentences of a letter that are in none of those that we ship, its
// subject first, with the values of this letter in them: also those of paragraphs that are
// left out today. They are judged as what somebody wrote.
func councilWords(claim *tickets.Claim) string {
	if _, own := claim.Letter.Fields[tickets.FieldWording]; !own {
		return ""
	}
	shipped := map[string]bool{}
	for _, l := range wording.Letters() {
		t, err := wording.Standard(l.Name)
		if err != nil {
			continue // then its sentences count as the council's, and are judged
		}
		for _, s := range sentences(t.Subject + "\n" + t.Body) {
			shipped[plain(s)] = true
		}
	}
	var values []string
	for name, v := range claim.Letter.Fields {
		values = append(values, "{"+name+"}", v)
	}
	fill := strings.NewReplacer(values...)
	var b strings.Builder
	for _, s := range sentences(claim.Wording.Subject + "\n" + claim.Wording.Body) {
		if plain(s) != "" && shipped[plain(s)] {
			continue
		}
		b.WriteString(fill.Replace(s))
	}
	return strings.TrimSpace(b.String())
}

// sentences cuts a text behind its sentences and lines; together they are the text.
func sentences(text string) []string {
	var out []string
	start := 0
	for i := range len(text) {
		end := text[i] == '\n' || strings.IndexByte(".!?", text[i]) >= 0 && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n')
		if end || i+1 == len(text) {
			out = append(out, text[start:i+1])
			start = i + 1
		}
	}
	return out
}

// plain is a sentence without the difference of space and of the sign that ends it.
func plain(s string) string { return strings.Join(strings.Fields(strings.TrimRight(s, ".!? \n")), " ") }
