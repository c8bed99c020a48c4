package register

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const today = "2026-11-24"

func parent(pr PR, told string) ToldFacts {
	return ToldFacts{
		Case:   Case{ID: 1, ChildName: "Milo Brandt", DOB: "2019-05-02"},
		Person: Person{ID: 10, Name: "Rob Brandt", Kind: KindParent},
		Link:   Link{CaseID: 1, PersonID: 10, PR: pr, MayBeTold: told},
	}
}

func TestWhatMayBeTold(t *testing.T) {
	with := func(f ToldFacts, change func(*ToldFacts)) ToldFacts {
		change(&f)
		return f
	}
	restricted := func(r Restriction) ToldFacts {
		return with(parent(PRYes, ""), func(f *ToldFacts) { r.CaseID = 1; f.Restrictions = []Restriction{r} })
	}
	young := func(dob string, a Arrangement) ToldFacts {
		return with(parent(PRYes, ""), func(f *ToldFacts) { f.Case.DOB, f.Arrangement = dob, a })
	}
	for name, c := range map[string]struct {
		facts ToldFacts
		words string
		write bool
		why   string
	}{
		"parental responsibility":          {parent(PRYes, ""), "Yes, all", true, "Holds parental"},
		"not checked":                      {parent(PRNotChecked, ""), "Yes, all", true, "not been checked"},
		"no parental responsibility":       {parent(PRNo, "all"), "Nothing", true, "Does not hold"},
		"recorded":                         {parent(PRYes, "school matters only"), "School matters only", true, ""},
		"recorded in words nobody knows":   {parent(PRYes, "ask Kim"), "Nothing", true, ""},
		"not the address":                  {parent(PRYes, "all, not the address"), "Yes, all. Not the address", true, ""},
		"no contact":                       {restricted(Restriction{PersonID: 10, Kind: NoContact, Source: SourceOrder}), "Nothing. Do not write", false, "court order"},
		"no contact, not yet":              {restricted(Restriction{PersonID: 10, Kind: NoContact, StartsOn: "2026-11-25"}), "Yes, all", true, ""},
		"no contact, review date passed":   {restricted(Restriction{PersonID: 10, Kind: NoContact, ReviewBy: "2026-01-01"}), "Nothing. Do not write", false, ""},
		"no contact with somebody else":    {restricted(Restriction{PersonID: 11, Kind: NoContact}), "Yes, all", true, ""},
		"indirect only":                    {restricted(Restriction{PersonID: 10, Kind: IndirectOnly}), "Nothing from us directly", false, ""},
		"no information":                   {restricted(Restriction{PersonID: 10, Kind: NoInformation}), "Nothing", true, ""},
		"another's address":                {restricted(Restriction{PersonID: 11, Kind: AddressProtected}), "Yes, all. Not the address", true, "protected"},
		"another's address, from others":   {restricted(Restriction{PersonID: 11, AgainstID: 12, Kind: AddressProtected}), "Yes, all", true, ""},
		"his own address":                  {restricted(Restriction{PersonID: 10, Kind: AddressProtected}), "Yes, all", true, ""},
		"school":                           {restricted(Restriction{PersonID: 11, AgainstID: 10, Kind: SchoolProtected}), "Yes, all. Not the school", true, ""},
		"another case's":                   {with(restricted(Restriction{PersonID: 10, Kind: NoContact}), func(f *ToldFacts) { f.Restrictions[0].CaseID = 2 }), "Yes, all", true, ""},
		"young person, asked":              {young("2010-05-02", ArrangeParentCopied), "Yes, all", true, "has agreed"},
		"young person, not the parents":    {young("2010-05-02", ArrangeYoungOnly), "Nothing", true, "not to be told"},
		"young person, not asked for long": {young("2010-05-02", ""), "Nothing", true, "60 days"},
		"not yet a young person":           {young("2011-05-02", ArrangeYoungOnly), "Yes, all", true, ""},
		"solicitor without authority": {with(parent("", "all"), func(f *ToldFacts) {
			f.Person.Kind, f.Link.Representative = KindOther, true
		}), "Nothing", true, "no written authority"},
		"solicitor": {with(parent("", "nothing"), func(f *ToldFacts) {
			f.Person.Kind, f.Link.Representative = KindOther, true
			f.Represents = []Representation{{CaseID: 1, PersonID: 10, Document: "signed 1 Sep", ExpiresOn: today}}
		}), "Yes, all", true, "authority"},
		"solicitor, expired": {with(parent("", "all"), func(f *ToldFacts) {
			f.Person.Kind, f.Link.Representative = KindOther, true
			f.Represents = []Representation{{CaseID: 1, PersonID: 10, Document: "signed 1 Sep", ExpiresOn: "2026-11-23"}}
		}), "Nothing", true, "does not count"},
	} {
		t.Run(name, func(t *testing.T) {
			got := WhatMayBeTold(c.facts, today)
			if got.Words != c.words || got.MayWrite != c.write || !strings.Contains(strings.Join(got.Why, " "), c.why) {
				t.Errorf("got %q, may write %v, because %q", got.Words, got.MayWrite, got.Why)
			}
		})
	}
}

// Whatever else is known, one more restriction never tells anybody more.
func TestAddingARestrictionNeverWidens(t *testing.T) {
	id := rapid.Int64Range(10, 12)
	date := rapid.SampledFrom([]string{"", "2026-01-01", today, "2027-01-01"})
	restriction := rapid.Custom(func(t *rapid.T) Restriction {
		return Restriction{
			CaseID: rapid.Int64Range(1, 2).Draw(t, "case"), PersonID: id.Draw(t, "about"), AgainstID: rapid.SampledFrom([]int64{0, 10, 11}).Draw(t, "against"),
			Kind: rapid.SampledFrom(append(RestrictionKinds(), "unheard of")).Draw(t, "kind"), StartsOn: date.Draw(t, "start"), ReviewBy: date.Draw(t, "review"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		f := ToldFacts{
			Case:        Case{ID: 1, ChildName: "Ada Vane", DOB: rapid.SampledFrom([]string{"", "2019-01-01", "2010-01-01", "2010-07-20"}).Draw(t, "dob")},
			Arrangement: rapid.SampledFrom(append(Arrangements(), "")).Draw(t, "arrangement"),
			Person:      Person{ID: 10, Kind: rapid.SampledFrom([]PersonKind{KindParent, KindYoungPerson, KindSchool, KindProfessional, KindMP, KindOther}).Draw(t, "kind")},
			Link: Link{
				CaseID: 1, PersonID: 10, PR: rapid.SampledFrom([]PR{PRYes, PRNo, PRNotChecked}).Draw(t, "pr"), NoContact: rapid.Bool().Draw(t, "no contact"),
				MayBeTold:      rapid.SampledFrom([]string{"", "all", "all, not the address", "school matters only", "nothing"}).Draw(t, "told"),
				Representative: rapid.Bool().Draw(t, "representative"),
			},
			Others:       []Link{{CaseID: 1, PersonID: 11, AddressHidden: rapid.Bool().Draw(t, "hidden")}},
			Restrictions: rapid.SliceOfN(restriction, 0, 4).Draw(t, "restrictions"),
		}
		if rapid.Bool().Draw(t, "authority") {
			f.Represents = []Representation{{CaseID: 1, PersonID: 10, Document: "d", ExpiresOn: date.Draw(t, "expires")}}
		}
		before := WhatMayBeTold(f, today)
		f.Restrictions = append(f.Restrictions, restriction.Draw(t, "one more"))
		after := WhatMayBeTold(f, today)
		if after.Level.Rank() > before.Level.Rank() {
			t.Fatalf("from %s to %s", before.Level, after.Level)
		}
		if after.MayWrite && !before.MayWrite {
			t.Fatal("may be written to now")
		}
		for _, n := range before.NotTold {
			if !strings.Contains(strings.Join(after.NotTold, "|"), n) {
				t.Fatalf("may be told %s now", n)
			}
		}
	})
}

func TestYoungPersonFrom(t *testing.T) {
	// The first two are worked in the SEND domain brief's sense: the last Friday in
	// June of the school year of the sixteenth birthday, and the day after it.
	for dob, want := range map[string]string{
		"2011-07-05": "2027-06-26", "2011-09-03": "2028-07-01", "2011-08-31": "2027-06-26", "2011-09-01": "2028-07-01",
		"2010-02-28": "2026-06-27", "2013-06-30": "2029-06-30",
	} {
		if got, ok := YoungPersonFrom(dob); !ok || got != want {
			t.Errorf("%s: %s, want %s", dob, got, want)
		}
	}
	if _, ok := YoungPersonFrom("unknown"); ok {
		t.Error("a date of nothing")
	}
}

func TestIdentifiers(t *testing.T) {
	for s, want := range map[string]bool{
		"9990000018": true, "9990000019": false, "9991234560": false, "999000001": false, "99900000A8": false,
	} {
		if NHSValid(CleanNHS(s)) != want {
			t.Errorf("NHS %s: %v", s, !want)
		}
	}
	if CleanNHS("999 000-0018") != "9990000018" {
		t.Error("spaces and hyphens stay")
	}
	valid := 0
	for _, letter := range upnLetters {
		if UPNValid(string(letter) + "990123456789") {
			valid++
		}
	}
	if valid != 1 {
		t.Errorf("%d letters fit one number", valid)
	}
	// One wrong digit is always found.
	good := ""
	for _, letter := range upnLetters {
		if UPNValid(string(letter) + "990123456789") {
			good = string(letter) + "990123456789"
		}
	}
	for i := 1; i < 13; i++ {
		for d := byte('0'); d <= '9'; d++ {
			bad := []byte(good)
			if bad[i] == d {
				continue
			}
			bad[i] = d
			if UPNValid(string(bad)) {
				t.Errorf("%s passes beside %s", bad, good)
			}
		}
	}
	for _, s := range []string{"", "A99012345678", "I990123456789", good + "0", strings.ToLower(good)} {
		if UPNValid(s) {
			t.Errorf("%q passes", s)
		}
	}
}

func TestStaffDomains(t *testing.T) {
	for s, want := range map[string]string{"WestMarsh.example ": "westmarsh.example", "sen.westmarsh.example.": "sen.westmarsh.example", "westmarsh.gov.uk": "westmarsh.gov.uk"} {
		if got, err := CheckStaffDomain(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "gov.uk", "co.uk", "uk", "*.westmarsh.example", "gmail.com", "GoogleMail.com", "a@westmarsh.example", "192.0.2.1", "[192.0.2.1]", "localhost", "west marsh.example", "westmarsh.example/x"} {
		if got, err := CheckStaffDomain(s); err == nil {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}
