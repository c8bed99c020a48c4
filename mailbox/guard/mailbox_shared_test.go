package guard

import (
	"slices"
	"testing"
)

// A mailbox that people of two cases read gets nothing about either that the other may not
// see: naming the one child or the other, both or none makes no difference.
func TestMailboxOfSeveralPeople(t *testing.T) {
	const (
		both     = "home@shared.example"
		clinic   = "clinic@shared.example"
		office   = "office@shared.example"
		mixed    = "mixed@shared.example"
		brothers = "boys@shared.example"
	)
	person := func(name string, kind Kind, mailbox string, cases ...string) Person {
		p := Person{Name: name, Kind: kind, Addresses: []Contact{{Email: mailbox}}}
		for _, c := range cases {
			p.Links = append(p.Links, Link{CaseRef: c, PR: PRYes})
		}
		return p
	}
	const one, two, sibling = "WM-2201", "WM-3310", "WM-2202"
	hers, theirs, siblings := "Dear Tamsin, Milo's review is on Thursday.", "Dear Tamsin, Elin's review is on Thursday.", "Dear Tamsin, Osric's review is on Thursday."
	for name, c := range map[string]struct {
		people []Person
		text   string
		want   Decision
		rule   string
	}{
		"two families, her child":        {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Rhian Pell", KindParent, both, two)}, hers, Block, RuleNotLinked},
		"two families, the other child":  {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Rhian Pell", KindParent, both, two)}, theirs, Block, RuleNotLinked},
		"two families, both children":    {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Rhian Pell", KindParent, both, two)}, hers + " Elin Pell's is on Friday.", Block, RuleOtherChild},
		"two families, no child":         {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Rhian Pell", KindParent, both, two)}, "Dear Tamsin, thank you.", Block, RuleNotLinked},
		"somebody on no case":            {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Ned Quill", KindOther, both)}, "Dear Tamsin, thank you.", Block, RuleNotLinked},
		"father of the sibling alone":    {[]Person{person("Tamsin Orchard", KindParent, both, one, sibling), person("Ned Quill", KindParent, both, sibling)}, hers, Block, RuleNotLinked},
		"parent and another's therapist": {[]Person{person("Tamsin Orchard", KindParent, mixed, one), person("Ivo Lark", KindProfessional, mixed, two)}, hers, Block, RuleNotLinked},
		"therapists, the other's child":  {[]Person{person("Tamsin Orchard", KindProfessional, clinic, one), person("Ivo Lark", KindProfessional, clinic, two)}, hers + " Elin Pell's is on Friday.", Block, RuleOtherChild},
		"therapists of two cases":        {[]Person{person("Tamsin Orchard", KindProfessional, clinic, one), person("Ivo Lark", KindProfessional, clinic, two)}, hers, Allow, ""},
		"school office of two cases":     {[]Person{person("Tamsin Orchard", KindSchool, office, one), person("Ivo Lark", KindSchool, office, two)}, hers, Allow, ""},
		"two parents, one mailbox":       {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Huw Orchard", KindParent, both, one)}, hers, Allow, ""},
		"two parents, two siblings":      {[]Person{person("Tamsin Orchard", KindParent, both, one, sibling), person("Huw Orchard", KindParent, both, one, sibling)}, hers + " Osric's is on Friday.", Allow, ""},
		"wrong sibling of two parents":   {[]Person{person("Tamsin Orchard", KindParent, both, one, sibling), person("Huw Orchard", KindParent, both, one, sibling)}, siblings, Confirm, RuleWrongSibling},
		"one person entered twice":       {[]Person{person("Tamsin Orchard", KindParent, both, one), person("Tamsin Orchard", KindParent, both, sibling)}, hers, Allow, ""},
		"parent and young person":        {[]Person{person("Tamsin Orchard", KindParent, brothers, one), person("Milo Orchard", KindYoungPerson, brothers, one)}, hers, Allow, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := facts()
			f.People = append(f.People[1:], c.people...) // without her own mailbox
			f.Others = IndexChildren([]Child{
				{CaseRef: two, Name: "Elin May Pell", DOB: "2014-07-21"}, {CaseRef: sibling, Name: "Osric Orchard", DOB: "2012-01-17"},
			})
			v := Judge(letter(c.text, c.people[0].Addresses[0].Email), f)
			if v.Decision != c.want || c.rule != "" && !slices.Contains(v.Rules(c.want), c.rule) {
				t.Errorf("got %s by %v, want %s by %s: %+v", v.Decision, v.Rules(Allow), c.want, c.rule, v.Findings)
			}
		})
	}
	// An acknowledgement that names nobody is kept back as well, a neutral receipt is not.
	f := facts()
	f.People = append(f.People[1:], person("Tamsin Orchard", KindParent, both, one), person("Rhian Pell", KindParent, both, two))
	f.Answered = &Answered{Mailbox: both, Name: "Tamsin Orchard"}
	l := letter("Thank you for your email. We have it.", both)
	for purpose, want := range map[Purpose]Decision{PurposeAck: Block, PurposeReceipt: Allow} {
		if l.Purpose = purpose; purpose == PurposeReceipt {
			l.Subject = "We have your email"
		}
		if v := Judge(l, f); v.Decision != want {
			t.Errorf("%s: %s, want %s: %+v", purpose, v.Decision, want, v.Findings)
		}
	}
}
