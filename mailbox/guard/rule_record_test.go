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
	due := func(what Due, on string, today time.Time) func(*Facts) {
		return func(f *Facts) {
			d, err := time.Parse(time.DateOnly, on)
			if err != nil {
				t.Fatal(err)
			}
			f.Today, f.Dates = today, []LegalDate{{What: what, On: d}}
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
		"decision by its words, the other parent is not told": {bothPR, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe have decided not to carry out an assessment of Milo. You have the right to appeal to the Tribunal within two months.\n\nJo Bell\n"
		}, RuleOneParent, Confirm},
		"a word about a decision": {bothPR, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe have decided to hold Milo's review on Monday.\n\nJo Bell\n"
		}, "", Allow},
		"decision in passing": {bothPR, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nBy the way, panel agreed fifteen hours for Milo.\n\nJo Bell\n"
		}, RuleOneParent, Warn},
		"address of today": {func(f *Facts) {
			f.Today, f.Answered, f.Seen, f.People[0].Addresses[0].AddedAt = today, nil, nil, today.Add(-time.Hour)
		}, nil, RuleNewAddress, Warn},
		"address of today, checked": {func(f *Facts) {
			f.Today, f.People[0].Addresses[0].AddedAt, f.People[0].Addresses[0].CheckedAt = today, today.Add(-time.Hour), today
		}, nil, "", Allow},
		"address that nobody checked": {func(f *Facts) {
			f.Today, f.Answered, f.Seen, f.People[0].Addresses[0].AddedAt = today, nil, nil, today.AddDate(-2, 0, 0)
		}, nil, RuleNewAddress, Warn},
		"address that wrote to us lately": {func(f *Facts) {
			f.Today, f.People[0].Addresses[0].AddedAt = today, today.AddDate(-2, 0, 0)
			f.Seen = append(f.Seen, Seen{Mailbox: mother, Wrote: true, Text: "Hello."})
		}, nil, "", Allow},
		"bounced once":  {func(f *Facts) { f.People[0].Addresses[0].Bounced = 1 }, nil, RuleBounced, Confirm},
		"bounced twice": {func(f *Facts) { f.People[0].Addresses[0].Bounced = 2 }, nil, RuleBounced, Block},
		"plan to an MP": {func(f *Facts) { f.People[0].Kind, f.People[0].Links[0].NoPlan = KindMP, true }, func(l *Letter) {
			l.Files = []File{{Name: "EHCP_final.pdf", Text: "Section A", Readable: true}}
		}, RulePlan, Block},
		"summary to an MP": {func(f *Facts) { f.People[0].Kind, f.People[0].Links[0].NoPlan = KindMP, true }, func(l *Letter) {
			l.Files = []File{{Name: "Summary of the EHC plan.pdf", Text: "Summary", Readable: true}}
		}, "", Allow},
		"plan to an adviser with authority": {func(f *Facts) {
			f.People[0].Kind, f.People[0].Links[0].NoPlan, f.People[0].Links[0].Speaks = KindOther, true, &Authority{Signed: true}
		}, func(l *Letter) { l.Files = []File{{Name: "EHCP_final.pdf", Text: "Section A", Readable: true}} }, "", Allow},
		"looked after, no social worker": {func(f *Facts) { f.LookedAfter = true }, nil, RuleLookedAfter, Confirm},
		"looked after, social worker has a copy": {func(f *Facts) {
			f.LookedAfter, f.SocialWorkers, f.OwnCopies = true, []string{"sw@council.example"}, []string{"SW@council.example"}
		}, nil, "", Allow},
		"looked after, small talk": {func(f *Facts) { f.LookedAfter = true }, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nThank you for the photograph.\n\nJo Bell\n"
		}, "", Allow},
		"promise after the day of the law": {due(DueFinal, "2026-12-01", today), func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe will issue Milo's final plan by 15 December 2026.\n\nJo Bell\n"
		}, RuleDateDiffers, Confirm},
		"promise without a year": {due(DueFinal, "2026-12-01", today), func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe will issue Milo's final plan by 15th of December.\n\nJo Bell\n"
		}, RuleDateDiffers, Confirm},
		"promise before the day of the law": {due(DueFinal, "2026-12-18", today), func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe will issue Milo's final plan by 15 December 2026.\n\nJo Bell\n"
		}, "", Allow},
		"too few days for comments": {due(DueComments, "2026-12-18", today), func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nPlease send your comments on Milo's draft by 11 December 2026.\n\nJo Bell\n"
		}, RuleDateDiffers, Confirm},
		"another meeting on another day": {due(DueFinal, "2026-12-01", today), func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nThe coffee morning is on 15 December 2026.\n\nJo Bell\n"
		}, "", Allow},
		"harm told by another": {func(f *Facts) {
			f.Seen = []Seen{{Mailbox: father, Wrote: true, Text: "Milo says his mum slapped him in the car park after swimming on Sunday."}}
		}, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nWe were told that Milo was slapped in the car park after swimming.\n\nJo Bell\n"
		}, RuleDisclosure, Block},
		"harm among children, told to the mother": {func(f *Facts) {
			f.Seen = []Seen{{Mailbox: school, Wrote: true, Text: "A boy in the lower class pushed Milo off the climbing frame at break."}}
		}, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nThe school will ring you about Milo and the playground.\n\nJo Bell\n"
		}, "", Allow},
		"refuge by its telephone": {func(f *Facts) {
			f.Kept = []Kept{{Kind: "phone", Value: "01234 000777", Of: []string{father}, All: true}}
		}, func(l *Letter) { l.Text = "Dear Tamsin,\n\nRing +44 1234 000 777 for Milo.\n\nJo Bell\n" }, RuleConfidentialAddress, Block},
		"own telephone": {func(f *Facts) {
			f.Kept = []Kept{{Kind: "phone", Value: "01234 000777", Of: []string{mother}, All: true}}
		}, func(l *Letter) { l.Text = "Dear Tamsin,\n\nWe will ring 01234 000777 about Milo.\n\nJo Bell\n" }, "", Allow},
		"kept from somebody else": {func(f *Facts) {
			f.Kept = []Kept{{Kind: "worker", Value: "Ola Quint", From: []string{father}}}
		}, func(l *Letter) { l.Text = "Dear Tamsin,\n\nOla Quint will see Milo.\n\nJo Bell\n" }, "", Allow},
		"a worker's name": {func(f *Facts) {
			f.Kept = []Kept{{Kind: "worker", Value: "Ola Quint", From: []string{mother}}}
		}, func(l *Letter) { l.Text = "Dear Tamsin,\n\nOla Quint will see Milo.\n\nJo Bell\n" }, RuleConfidentialAddress, Block},
		"a postcode alone": {func(f *Facts) {
			f.Kept = []Kept{{Kind: "address", Value: "WM7 2QP", Of: []string{father}, All: true}}
		}, func(l *Letter) { l.Text = "Dear Tamsin,\n\nThe taxi for Milo starts at wm72qp.\n\nJo Bell\n" }, RuleConfidentialAddress, Block},
		"told in confidence": {func(f *Facts) {
			f.Confided = []Confided{{Text: "We are planning to move to Brightport with the children before the summer term begins.", By: []string{father}, All: true}}
		}, func(l *Letter) {
			l.Text = "Dear Tamsin,\n\nThey are planning to move to Brightport with the children before the summer term begins.\n\nJo Bell\n"
		}, RuleInConfidence, Block},
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
