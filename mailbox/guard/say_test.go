package guard

import (
	"fmt"
	"strings"
	"testing"
)

// secretFacts are a case whose writer may open it, beside a restricted case of another
// team of which nothing may be said: its child, its people, their addresses.
func secretFacts() Facts {
	f := facts()
	f.Others = IndexChildren([]Child{
		{CaseRef: "WM-9917", Name: "Isolde Wrenfield", DOB: "2013-08-30", UPN: "C990000991700", NHS: "9990991705", School: "Larkrise School"},
		{CaseRef: "WM-9918", Name: "Peregrine Orchard", DOB: "2012-01-17", UPN: "D990000991800", NHS: "9990991802"},
	})
	f.People = append(f.People,
		Person{
			Name: "Marguerite Wrenfield", Kind: KindParent, Postal: "Thornapple House, 7 Quillet Lane, Osmere OS4 9ZT", Hidden: true, Barred: true,
			Addresses: []Contact{{Email: "marguerite.wrenfield@hidden.example", Confidential: true}, {Email: "family@shared.example"}},
			Links:     []Link{{CaseRef: "WM-9917", PR: PRYes, NoContact: true, AddressHidden: true}},
		},
		Person{
			Name: "Tamsin Orchard", Kind: KindParent, Addresses: []Contact{{Email: mother}}, Links: []Link{{CaseRef: "WM-9918", PR: PRYes}},
		},
		Person{Name: "Anselm Kettering", Kind: KindParent, Addresses: []Contact{{Email: "anselm@kettering.example"}, {Email: "orchards@shared.example"}}, Links: []Link{{CaseRef: "WM-9940", PR: PRYes}}},
	)
	f.Known = IndexMailboxes([]KnownMailbox{
		{"marguerite.wrenfield@hidden.example", "Marguerite Wrenfield"}, {"anselm@kettering.example", "Anselm Kettering"}, {mother, "Tamsin Orchard"},
	})
	f.People[0].Addresses = append(f.People[0].Addresses, Contact{Email: "orchards@shared.example"})
	f.Seen = append(f.Seen, Seen{Mailbox: "anselm@kettering.example", Text: "Please do not tell Tamsin that we moved to the coast in the spring with both of the boys", Wrote: true})
	return f
}

// secrets are what only the record of the other cases has.
func secrets() []string {
	return []string{
		"Isolde", "Wrenfield", "WM-9917", "2013-08-30", "C990000991700", "9990991705", "Larkrise", "Peregrine", "WM-9918", "D990000991800",
		"Marguerite", "Thornapple", "Quillet", "OS4 9ZT", "marguerite.wrenfield@hidden.example", "Anselm", "Kettering", "anselm@kettering.example",
	}
}

// What a finding says of another case is what the letter says: whoever reads it may not
// open that case.
func TestFindingsSayNothingOfOtherCases(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		to   []string
		rule string // that has to be found; "" for none in particular
	}{
		"child's name":               {"Dear Tamsin, he sits beside Isolde Wrenfield.", []string{mother}, RuleOtherChild},
		"name turned round":          {"Dear Tamsin, he sits beside WRENFIELD, Isolde.", []string{mother}, RuleOtherChild},
		"UPN":                        {"Dear Tamsin, UPN c990 0009 91700.", []string{mother}, RuleOtherChild},
		"NHS number":                 {"Dear Tamsin, the number is 999 099 1705.", []string{mother}, RuleOtherChild},
		"initials and birthday":      {"Dear Tamsin, I. W., born 30th August 2013.", []string{mother}, RuleOtherChild},
		"reference":                  {"Dear Tamsin, see wm 9917.", []string{mother}, RuleOtherChild},
		"first name":                 {"Dear Tamsin, Isolde will have the place.", []string{mother}, RuleFirstName},
		"brother by number":          {"Dear Tamsin, UPN D990000991800.", []string{mother}, RuleWrongSibling},
		"brother by first name":      {"Dear Tamsin, Peregrine has the place.", []string{mother}, RuleWrongSibling},
		"protected address":          {"Dear Tamsin, she lives in 7 Quillet Lane.", []string{mother}, RuleConfidentialAddress},
		"protected postcode":         {"Dear Tamsin, os49zt.", []string{mother}, RuleConfidentialAddress},
		"protected mailbox":          {"Dear Tamsin, write to marguerite.wrenfield@hidden.example.", []string{mother}, RuleConfidentialEmail},
		"mailbox of both":            {"Hello", []string{mother, "family@shared.example"}, RuleNoContact},
		"mailbox of two cases":       {"Hello", []string{"orchards@shared.example"}, RuleNotLinked},
		"barred, other spelling":     {"Hello", []string{"margueritewrenfield@hidden.example"}, RuleNoContact},
		"nearly hers":                {"Hello", []string{"marguerite.wrenfeld@hidden.example"}, RuleNearMiss},
		"nearly his":                 {"Hello", []string{"ansel@kettering.example"}, RuleNearMiss},
		"tagged form":                {"Hello", []string{"anselm+x@kettering.example"}, RuleVariant},
		"greeting by first name":     {"Dear Marguerite,\nsee you then.", []string{mother}, RuleSalutation},
		"shown under her name":       {"Hello", []string{"Marguerite Wrenfield <kay@nowhere.example>"}, ""},
		"told in confidence":         {"Dear Tamsin, they moved to the coast in the spring with both of the boys.", []string{mother}, RuleInConfidence},
		"words of somebody else":     {"Dear Tamsin, we moved to the coast in the spring with both of the boys.", []string{mother}, RuleQuotedOther},
		"quoted mail":                {"Dear Tamsin,\n\nFrom: Anselm Kettering <anselm@kettering.example>\nTo: sen@council.example\n\nThe taxi never came on any of the days.", []string{school}, RuleQuotedOther},
		"other family, by its child": {"Dear Tamsin, the Wrenfield family has it.", []string{mother, "anselm@kettering.example"}, RuleNotLinked},
	} {
		for _, onCase := range []bool{true, false} {
			t.Run(fmt.Sprint(name, onCase), func(t *testing.T) {
				f := secretFacts()
				if !onCase {
					f.CaseRef, f.Child = "", Child{}
				}
				l := letter(c.text, c.to...)
				v := Judge(l, f)
				found := c.rule == "" || !onCase
				sent := strings.ToLower(l.Text + " " + l.Subject + " " + strings.Join(c.to, " "))
				packed := strings.Join(strings.Fields(sent), "")
				for _, x := range v.Findings {
					found = found || x.Rule == c.rule
					said := strings.ToLower(strings.Join([]string{x.Words, x.Person, x.Evidence, x.Cure, x.Mailbox}, " | "))
					for _, s := range secrets() {
						if s = strings.ToLower(s); strings.Contains(said, s) && !strings.Contains(sent, s) && !strings.Contains(packed, s) {
							t.Errorf("%s says %q: %s", x.Rule, s, said)
						}
					}
				}
				if !found {
					t.Errorf("%s was not found: %+v", c.rule, v.Findings)
				}
			})
		}
	}
}

// A mailbox of several people is named after the one who is on the case.
func TestSharedMailboxIsNamedByTheCase(t *testing.T) {
	f := secretFacts()
	f.People[0], f.People[len(f.People)-1] = f.People[len(f.People)-1], f.People[0]
	v := Judge(letter("Dear Kit,\nsee you then.", "orchards@shared.example"), f)
	if len(v.Findings) == 0 {
		t.Fatal("nothing was found")
	}
	for _, x := range v.Findings {
		if x.Person != "Tamsin Orchard" || strings.Contains(x.Words, "Anselm") {
			t.Errorf("%+v", x)
		}
	}
}

// Whoever wrote it finds the place by the words of the letter.
func TestOtherChildIsShownInTheLettersWords(t *testing.T) {
	for text, want := range map[string]string{
		"Dear Tamsin, he sits beside PELL, Elin.":         "text: pell elin",
		"Dear Tamsin, UPN b990 0003 31000.":               "text: b990000331000",
		"Dear Tamsin, the number is 999 033 1007.":        "text: 9990331007",
		"Dear Tamsin, E. P., born 21st July 2014, is in.": "text: 21st july 2014",
	} {
		v := Judge(letter(text, mother), facts())
		if len(v.Findings) == 0 || v.Findings[0].Rule != RuleOtherChild || v.Findings[0].Evidence != want {
			t.Errorf("%s: %+v", text, v.Findings)
		}
	}
}
