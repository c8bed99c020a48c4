package guard

import (
	"encoding/base64"
	"html"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// halves is a letter with the same text in both halves.
func halves(text string, to ...string) Letter {
	l := letter(text, to...)
	l.HTML = "<html><body><p style=\"margin:0\">" + strings.ReplaceAll(html.EscapeString(text), "\n\n", "</p><p>") + "</p></body></html>"
	return l
}

// What stands in both halves is one thing to mend.
func TestBothHalvesAreOneFinding(t *testing.T) {
	for text, rule := range map[string]string{
		"Dear Tamsin,\n\n" + noteOne + "\n\nJo":                                    RuleNote,
		"Dear Tamsin,\n\nI hear that father drinks heavily at home.":               RuleNote,
		"Dear {{parent_name}},\n\nThank you.":                                      RuleUnmerged,
		"Dear Tamsin,\n\nHe will sit with Elin Pell.":                              RuleOtherChild,
		"Dear Tamsin,\n\nInternal use only, not for parents.\n\nMilo has a place.": RuleMarking,
	} {
		v := Judge(halves(text, mother), facts())
		own := slices.DeleteFunc(slices.Clone(v.Findings), func(f Finding) bool { return f.Rule == RuleStaffTalk }) // a note is talk as well
		if len(own) != 1 || own[0].Rule != rule || !strings.HasPrefix(own[0].Evidence, "text") {
			t.Errorf("%q: %+v", text, v.Findings)
		}
	}
}

func sorted(list []string) []string { slices.Sort(list); return list }

// What only one half holds is found for itself.
func TestOneHalfAloneIsFound(t *testing.T) {
	plain := "Dear Tamsin,\n\nThank you. Panel meets on Thursday."
	for name, c := range map[string]struct {
		change func(l *Letter)
		want   []string
	}{
		"a note in what is hidden": {func(l *Letter) { l.HTML += "<!-- " + noteOne + " -->" }, []string{RuleNoteEncoded}},
		"another in what is hidden": {func(l *Letter) {
			l.Text += "\n\nI hear that father drinks heavily at home."
			l.HTML += "<!-- " + noteOne + " -->"
		}, []string{RuleNote, RuleNoteEncoded}},
		"a note, and coded as well": {func(l *Letter) {
			l.Text += "\n\n" + noteOne
			l.Subject += " " + base64.StdEncoding.EncodeToString([]byte("Father drinks heavily"))
		}, []string{RuleNote, RuleNoteEncoded}},
		"a blank in the formatted half": {func(l *Letter) { l.HTML += "{{name}}" }, []string{RuleUnmerged}},
	} {
		l := halves(plain, mother)
		c.change(&l)
		v := Judge(l, facts())
		got := v.Rules(Warn)
		for _, rule := range c.want {
			if !slices.Contains(got, rule) {
				t.Errorf("%s: %s is not in %v", name, rule, got)
			}
		}
	}
}

// Leaving out what is said twice never changes a decision.
func TestSayingOnceDecidesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Finding
		for range rapid.IntRange(0, 8).Draw(t, "findings") {
			list = append(list, Finding{
				Rule: rapid.SampledFrom([]string{RuleNote, RuleUnmerged, RuleSalutation}).Draw(t, "rule"), Mailbox: rapid.SampledFrom([]string{mother, father}).Draw(t, "mailbox"),
				Decision: rapid.SampledFrom([]Decision{Warn, Confirm, Block}).Draw(t, "decision"), Words: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "words"),
				Evidence: rapid.SampledFrom([]string{"text", "HTML text", "text: x", "HTML text: x", "file a", ""}).Draw(t, "where"),
			})
		}
		if all, once := verdictOf(slices.Clone(list)), verdictOf(saidOnce(slices.Clone(list))); all.Decision != once.Decision || !slices.Equal(sorted(all.Rules(Block)), sorted(once.Rules(Block))) {
			t.Fatalf("%v became %v", all, once)
		}
	})
}
