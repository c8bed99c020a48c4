package guard

import (
	"testing"
	"time"
)

// TestRecord judges what the record says beside contact and responsibility.
func TestRecord(t *testing.T) {
	today := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	const text = "Dear Tamsin,\n\nMilo's plan is final and gives him twenty hours of support.\n\nJo Bell\n"
	bothPR := func(f *Facts) { f.People[1].Links[0].PR = PRYes }
	adult := func(days int, told Told) func(*Facts) {
		return func(f *Facts) {
			f.DecidesAlone, f.DecidesSince, f.Today = true, today.AddDate(0, 0, -days), today
			f.People[0].Links[0].Told = told
		}
	}
	for name, c := range map[string]struct {
		facts  func(*Facts)
		letter func(*Letter)
		rule   string
		want   Decision // of the letter
	}{
		"decision, the other parent is not told": {bothPR, func(l *Letter) { l.Decision = true }, RuleOneParent, Confirm},
		"decision, a copy of his own":            {func(f *Facts) { bothPR(f); f.OwnCopies = []string{father} }, func(l *Letter) { l.Decision = true }, "", Allow},
		"decision, he has no responsibility":     {nil, func(l *Letter) { l.Decision = true }, "", Allow},
		"no decision":                            {bothPR, nil, "", Allow},
		"young person, not asked":                {adult(10, ToldNotAsked), nil, RuleYoungPerson, Confirm},
		"young person, not asked for long":       {adult(61, ToldNotAsked), nil, RuleYoungPerson, Block},
		"young person agreed":                    {adult(61, ToldYes), nil, "", Allow},
		"young person said no":                   {adult(1, ToldNo), nil, RuleYoungPerson, Block},
		"represented":                            {func(f *Facts) { f.People[0].Links[0].Represented = "rep@law.example" }, nil, RuleRepresented, Confirm},
		"represented, who gets a copy": {func(f *Facts) {
			f.People[0].Links[0].Represented = "rep@law.example"
			f.OwnCopies = []string{"Rep@law.example"}
		}, nil, "", Allow},
		"authority has ended": {func(f *Facts) {
			f.Today, f.People[0].Links[0].Speaks = today, &Authority{Signed: true, Ends: today.AddDate(0, 0, -1)}
		}, nil, RuleAuthority, Block},
		"authority on its last day": {func(f *Facts) { f.Today, f.People[0].Links[0].Speaks = today, &Authority{Signed: true, Ends: today} }, nil, "", Allow},
		"authority not signed":      {func(f *Facts) { f.People[0].Links[0].Speaks = &Authority{} }, nil, RuleAuthority, Block},
		"protected school named": {func(f *Facts) { f.Child.School, f.People[0].Links[0].SchoolHidden = "Brookside Primary School", true }, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nMilo starts at Brookside on Monday.\n\nJo Bell\n"
		}, RuleSchool, Block},
		"protected school not named": {func(f *Facts) { f.Child.School, f.People[0].Links[0].SchoolHidden = "Brookside Primary School", true }, nil, "", Allow},
		"protected school on copy": {func(f *Facts) { f.People[0].Links[0].SchoolHidden = true }, func(l *Letter) {
			l.Cc, l.Envelope, l.Audience = []string{school}, []string{mother, school}, []string{mother, school}
		}, RuleSchool, Block},
		"spreadsheet of several children": {nil, func(l *Letter) {
			l.Files = []File{{Name: "list.csv", Text: "Milo Orchard,9.00\nElin Pell,9.30", Readable: true}}
		}, RuleSpreadsheet, Block},
		"spreadsheet with a hidden sheet": {nil, func(l *Letter) {
			l.Files = []File{{Name: "hours.xlsx", Text: "Milo Orchard 20", Readable: true, Views: []FileView{{Where: "sheet 2", Text: "20 hours", Kind: "hidden sheet", Hidden: true}}}}
		}, RuleSpreadsheet, Confirm},
		"spreadsheet of one child": {nil, func(l *Letter) {
			l.Files = []File{{Name: "hours.xlsx", Text: "Milo Orchard 20", Readable: true}}
		}, "", Allow},
		"file forgotten":     {nil, func(l *Letter) { l.Text = "Dear Tamsin,\n\nThe form is attached.\n\nJo Bell\n" }, RuleForgottenFile, Warn},
		"file not forgotten": {nil, func(l *Letter) { l.Text = "Dear Tamsin,\n\nThank you for the form you attached.\n\nJo Bell\n" }, "", Allow},
		"date gone by": {func(f *Facts) { f.Today = today }, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nPlease come on 19 November 2026 at ten.\n\nJo Bell\n"
		}, RuleDatePast, Warn},
		"date to come": {func(f *Facts) { f.Today = today }, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nPlease come on 21 November 2026 at ten.\n\nJo Bell\n"
		}, "", Allow},
	} {
		t.Run(name, func(t *testing.T) {
			f, l := facts(), letter(text, mother)
			if c.facts != nil {
				c.facts(&f)
			}
			if c.letter != nil {
				c.letter(&l)
			}
			v := Judge(l, f)
			if v.Decision != c.want {
				t.Fatalf("decided %s, want %s: %+v", v.Decision, c.want, v.Findings)
			}
			found := c.rule == ""
			for _, x := range v.Findings {
				found = found || x.Rule == c.rule
			}
			if !found {
				t.Errorf("no finding of %s: %+v", c.rule, v.Findings)
			}
		})
	}
}
