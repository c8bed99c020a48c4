package caseload

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hearback/tickets/fault"
	"hearback/tickets/register"
)

const headings = "case_ref,child_name,child_date_of_birth,school,stage,fallback_email,officer_email,person_name,person_relation,person_email,person_parental_responsibility,person_may_be_told,person_address_protected,person_restriction,restricted_case\n"

func world() *World {
	return &World{
		Version: 4, Today: "2026-11-24", Teams: map[string]int64{"north": 1},
		Staff: map[string]int64{"priya@westmarsh.example": 3, "duty@westmarsh.example": 4},
		Cases: map[string]Known{"WM-2201": {
			Case: register.Case{ID: 7, Ref: "WM-2201", ChildName: "Milo Brandt", DOB: "2019-05-02", Open: true, Restricted: true, OfficerID: 3, FallbackID: 4, Stage: "Draft plan"},
			Parties: []register.Party{
				{Person: register.Person{ID: 10, Name: "Tessa Brandt", Kind: register.KindParent}, Link: register.Link{PersonID: 10, Relation: "mother", PR: register.PRYes, MayBeTold: "all", AddressHidden: true}},
				{Person: register.Person{ID: 11, Name: "Ray Brandt", Kind: register.KindParent}, Link: register.Link{PersonID: 11, Relation: "father", PR: register.PRNo, MayBeTold: "nothing"}},
			},
			Restrictions: []register.Restriction{{ID: 1, CaseID: 7, PersonID: 11, Kind: register.NoContact, StartsOn: "2026-01-01"}},
		}},
		ByMail: map[string][]int64{"tessa@mail.example": {10}}, ByRef: map[string]int64{}, Names: map[int64]string{10: "Tessa Brandt", 11: "Ray Brandt"},
		Kinds: map[int64]register.PersonKind{10: register.KindParent, 11: register.KindParent},
		Boxes: map[int64][]register.Address{10: {{Email: "tessa@mail.example", Mailbox: "tessa@mail.example"}}},
	}
}

func plan(t *testing.T, w *World, file string) *Plan {
	t.Helper()
	table, err := Read(t.Context(), []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	m := Guess(table.Headings)
	if wrong := m.Check(table.Headings); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	records, problems := Understand(table, m)
	p, err := Make(t.Context(), w, len(table.Rows), records, problems, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func say(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%d %s %s %s>%s", c.Row, c.Action, c.Field, c.From, c.To))
	}
	return strings.Join(out, "\n")
}

func TestANewCase(t *testing.T) {
	p := plan(t, world(), headings+`wm-2300,"VANE, Ada",03/09/2018,Hartfield Primary,draft plan,duty@westmarsh.example,priya@westmarsh.example,Jo Vane,mother,jo@mail.example,yes,,yes,No contact,`+"\n")
	want := "2 add_case  >WM-2300\n2 add_person  >Jo Vane\n2 add_link  >mother\n2 add_address  >jo@mail.example\n2 add_restriction  >no_contact"
	if got := say(p.Changes); got != want || len(p.Waiting) != 0 || p.Refused != "" {
		t.Errorf("%s\nwaiting %s, refused %q, %+v", got, say(p.Waiting), p.Refused, p.Problems)
	}
	c := p.Changes[0].Case
	if c.ChildName != "Ada VANE" || c.DOB != "2018-09-03" || c.Stage != "Draft plan" || c.FallbackID != 4 || c.OfficerID != 3 || !c.Open {
		t.Errorf("%+v", c)
	}
	if l := p.Changes[2].Link; l.PR != register.PRYes || !l.AddressHidden {
		t.Errorf("%+v", l)
	}
}

// Whatever would loosen waits; whatever tightens is done.
func TestLooseningWaits(t *testing.T) {
	for name, c := range map[string]struct{ row, done, waits string }{
		"nothing new":               {"WM-2201,Milo Brandt,2019-05-02,,Draft plan,,,Tessa Brandt,mother,Tessa@mail.example,yes,all,yes,,yes", "", ""},
		"blank cells":               {"WM-2201,,,,,,,Tessa Brandt,,,,,,,", "", ""},
		"responsibility given":      {"WM-2201,,,,,,,Ray Brandt,,,yes,,,,", "", "set_link pr no>yes"},
		"responsibility taken":      {"WM-2201,,,,,,,Tessa Brandt,,,no,,,,", "set_link pr yes>no", ""},
		"not checked after a check": {"WM-2201,,,,,,,Ray Brandt,,,not checked,,,,", "", ""},
		"told more":                 {"WM-2201,,,,,,,Ray Brandt,,,,all,,,", "", "set_link may_be_told nothing>all"},
		"told less":                 {"WM-2201,,,,,,,Tessa Brandt,,,,school matters only,,,", "set_link may_be_told all>school matters only", ""},
		"address shown":             {"WM-2201,,,,,,,Tessa Brandt,,,,,no,,", "", "set_link address_protected yes>no"},
		"address protected":         {"WM-2201,,,,,,,Ray Brandt,,,,,yes,,", "set_link address_protected no>yes", ""},
		"restriction lifted":        {"WM-2201,,,,,,,Ray Brandt,,,,,,none,", "", "end_restriction  no_contact>"},
		"restriction again":         {"WM-2201,,,,,,,Ray Brandt,,,,,,no contact,", "", ""},
		"restriction added":         {"WM-2201,,,,,,,Tessa Brandt,,,,,,Address protected,", "add_restriction  >address_protected", ""},
		"case opened to the team":   {"WM-2201,,,,,,,,,,,,,,no", "", "set_case restricted_case yes>no"},
		"another child":             {"WM-2201,,2018-05-02,,,,,,,,,,,,", "", "set_case child_date_of_birth 2019-05-02>2018-05-02"},
		"another name":              {"WM-2201,Milo Vane,,,,,,,,,,,,,", "add_alias  >Milo Brandt\n2 set_case child_name Milo Brandt>Milo Vane", ""},
		"another address":           {"WM-2201,,,,,,,Ray Brandt,father,ray@mail.example,,,,,", "add_address  >ray@mail.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, world(), headings+c.row+"\n")
			number := func(s string) string {
				if s != "" {
					s = "2 " + s
				}
				return s
			}
			if say(p.Changes) != number(c.done) || say(p.Waiting) != number(c.waits) || len(p.Problems) > 0 {
				t.Errorf("done:\n%s\nwaiting:\n%s\n%+v", say(p.Changes), say(p.Waiting), p.Problems)
			}
		})
	}
}

func TestProblemsOfRows(t *testing.T) {
	good := strings.Repeat("WM-2201,,,,,,,,,,,,,,\n", 40)
	for name, c := range map[string]struct{ row, words string }{
		"no reference":        {",Ada Vane,,,,,,,,,,,,,", "reference is missing"},
		"American date":       {"WM-1,Ada,05/22/2019,,,duty@westmarsh.example,,,,,,,,,", "no date"},
		"formula":             {"WM-1,=HYPERLINK(1),,,,,,,,,,,,,", "formula"},
		"at sign":             {"WM-1,@SUM(A1),,,,,,,,,,,,,", "formula"},
		"unknown stage":       {"WM-1,Ada,,,Limbo,,,,,,,,,,", "no stage"},
		"unknown restriction": {"WM-1,Ada,,,,,,Jo,,,,,,keep away,", "Enter it by hand"},
		"person without name": {"WM-1,Ada,,,,,,,mother,,,,,,", "without a name"},
		"bad address":         {"WM-1,Ada,,,,,,Jo,,jo at mail,,,,,", "no e-mail address"},
		"two in one address":  {"WM-1,Ada,,,,,,Jo,,\"a@b.example, c@d.example\",,,,,", "no e-mail address"},
		"nobody answers":      {"WM-1,Ada,,,,,,,,,,,,,", "nobody answers"},
		"more cells":          {"WM-1,Ada,,,,,,,,,,,,,,extra", "headings"},
		"two say otherwise":   {"WM-2201,,2019-05-02,,,,,,,,,,,,\nWM-2201,,2019-06-02,,,,,,,,,,,,", "says otherwise"},
		"not a yes":           {"WM-1,Ada,,,,,,,,,,,,,perhaps", "neither yes nor no"},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, world(), headings+good+c.row+"\n")
			found := false
			for _, x := range p.Problems {
				found = found || x.Severity == Error && strings.Contains(x.Words, c.words) && x.Row >= 42
			}
			if !found || say(p.Changes) != "" {
				t.Errorf("%+v\n%s", p.Problems, say(p.Changes))
			}
		})
	}
	if p := plan(t, world(), headings+"WM-2201,,,,,,,,,,,,,,\n,,,,,,,Jo,,,,,,,\n"); p.Refused == "" {
		t.Error("half of the rows are wrong and the plan is carried out")
	}
}

func TestHeadings(t *testing.T) {
	for name, c := range map[string]struct {
		headings []string
		m        Mapping
		words    string
	}{
		"doubled":         {[]string{"case_ref", "upn", "upn"}, nil, "stands 2 times"},
		"no reference":    {[]string{"child_name"}, nil, "No column is mapped"},
		"two to one":      {[]string{"case_ref", "a", "b"}, Mapping{"case_ref": CaseRef, "a": UPN, "b": UPN}, "2 columns"},
		"gone":            {[]string{"case_ref"}, Mapping{"case_ref": CaseRef, "UPN": UPN}, "no column"},
		"no such field":   {[]string{"case_ref"}, Mapping{"case_ref": CaseRef, "x": "shoe_size"}, "no field"},
		"reversed is all": {[]string{"upn", "child_name", "case_ref"}, nil, ""},
	} {
		m := c.m
		if m == nil {
			m = Guess(c.headings)
		}
		got := strings.Join(m.Check(c.headings), " ")
		if c.words == "" && got != "" || !strings.Contains(got, c.words) {
			t.Errorf("%s: %q", name, got)
		}
	}
	m := Guess([]string{"Case Reference", "Date of Birth", "Parent2 Email", "Shoe size"})
	if m["Case Reference"] != CaseRef || m["Date of Birth"] != DOB || m["Parent2 Email"] != "person2_email" || len(m) != 3 {
		t.Errorf("%v", m)
	}
}

func TestFiles(t *testing.T) {
	row := "WM-2201;Zoë Brandt\n"
	for name, file := range map[string]string{
		"semicolons":   "case_ref;child_name\n" + row,
		"mark":         "\xef\xbb\xbfcase_ref;child_name\n" + row,
		"tabs":         strings.ReplaceAll("case_ref;child_name\n"+row, ";", "\t"),
		"windows-1252": strings.ReplaceAll("case_ref;child_name\n"+row, "ë", "\xeb"),
		"blank lines":  "\n;\ncase_ref;child_name\n\n" + row + ";\n",
	} {
		table, err := Read(t.Context(), []byte(file))
		if err != nil || len(table.Rows) != 1 || table.Rows[0].Cells[1] != "Zoë Brandt" {
			t.Errorf("%s: %+v, %v", name, table, err)
		}
	}
	for name, file := range map[string]string{
		"empty": "", "headings alone": "case_ref\n", "picture": "\x89PNG\r\n\x1a\n\x00\x00", "old workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"broken zip": "PK\x03\x04 and nothing", "open quotes": "case_ref,child_name\nWM-1,\"Ada\n", "long cell": "case_ref\n" + strings.Repeat("x", 5000) + "\n",
	} {
		if table, err := Read(t.Context(), []byte(file)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v", name, table, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Read(stopped, []byte("case_ref\nWM-1\n")); err == nil {
		t.Error("a stopped reading ends well")
	}
}

func TestWorkbook(t *testing.T) {
	book := excelize.NewFile()
	set := func(cell string, v any) {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "case_ref")
	set("B1", "child_name")
	set("C1", "child_date_of_birth")
	set("A3", "WM-2201")
	set("C3", 43587) // as a spreadsheet keeps 2 May 2019
	set("A4", "WM-2201")
	if err := book.SetCellFormula("Sheet1", "B4", `="Milo"&" Brandt"`); err != nil {
		t.Fatal(err)
	}
	if _, err := book.NewSheet("More"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	table, err := Read(t.Context(), b.Bytes())
	if err != nil || len(table.Rows) != 2 || len(table.Warnings) != 1 {
		t.Fatalf("%+v, %v", table, err)
	}
	records, problems := Understand(table, Guess(table.Headings))
	if len(records) != 1 || records[0].DOB != "2019-05-02" || records[0].Row != 3 {
		t.Errorf("%+v", records)
	}
	if len(problems) != 1 || problems[0].Row != 4 || !strings.Contains(problems[0].Words, "formula") {
		t.Errorf("%+v", problems)
	}
}

// A parent of two children, with one mailbox, is one person; two people who share
// a mailbox stay two.
func TestPeopleOfSeveralCases(t *testing.T) {
	p := plan(t, world(), headings+strings.Join([]string{
		"WM-1,Ada Vane,,,,duty@westmarsh.example,,Jo Vane,mother,vanes@mail.example,yes,,,,",
		"WM-1,,,,,,,Sam Vane,father,vanes@mail.example,yes,,,,",
		"WM-2,Bo Vane,,,,duty@westmarsh.example,,Jo Vane,mother,vanes@mail.example,yes,,,,",
		"WM-3,Cy Brandt,,,,duty@westmarsh.example,,Tessa Brandt,mother,tessa@mail.example,yes,,,,",
	}, "\n")+"\n")
	people := map[string]string{}
	added := 0
	for _, c := range p.Changes {
		if c.Action == AddPerson {
			added++
		}
		if c.Action == AddLink {
			people[c.CaseRef+" "+c.Who] = c.Person
		}
	}
	if added != 2 || people["WM-1 Jo Vane"] != people["WM-2 Jo Vane"] || people["WM-1 Jo Vane"] == people["WM-1 Sam Vane"] || people["WM-3 Tessa Brandt"] != "id:10" {
		t.Errorf("%d added: %v", added, people)
	}
}
