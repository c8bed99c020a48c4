package caseload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func workbook(t *testing.T, fill func(b *excelize.File) error) []byte {
	t.Helper()
	b := excelize.NewFile()
	if err := fill(b); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := errors.Join(b.Write(&out), b.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rowsOf(t *testing.T, file []byte) ([]Record, []Problem) {
	t.Helper()
	table, err := Read(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return Understand(table, Guess(table.Headings))
}

// A merged cell shows one value over several rows, and holds it in the first alone:
// the second parent's restriction would be lost.
func TestMergedCells(t *testing.T) {
	file := workbook(t, func(b *excelize.File) error {
		return errors.Join(
			b.SetSheetRow("Sheet1", "A1", &[]any{"case_ref", "person_name", "person_restriction", "notes"}),
			b.SetSheetRow("Sheet1", "A2", &[]any{"WM-1", "Jo", "no contact", "x"}),
			b.SetSheetRow("Sheet1", "A3", &[]any{"WM-1", "Sam"}),
			b.SetSheetRow("Sheet1", "A4", &[]any{"WM-1", "Ann", "", "y"}),
			b.MergeCell("Sheet1", "C2", "C3"), b.MergeCell("Sheet1", "D3", "D4"))
	})
	records, problems := rowsOf(t, file)
	if len(records) != 1 || records[0].Row != 4 || len(problems) != 2 || !strings.Contains(problems[1].Words, "merged") || problems[1].Row != 3 {
		t.Errorf("%+v\n%+v", records, problems)
	}
}

// A workbook of an old Macintosh counts days from 1904.
func TestDaysFrom1904(t *testing.T) {
	yes := true
	file := workbook(t, func(b *excelize.File) error {
		return errors.Join(b.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}),
			b.SetSheetRow("Sheet1", "A1", &[]any{"case_ref", "dob"}), b.SetSheetRow("Sheet1", "A2", &[]any{"WM-1", 43587}))
	})
	if _, err := Read(t.Context(), file); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.SafeText(err), "1904") {
		t.Errorf("%v", err)
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"2019-05-02": "2019-05-02", "02/05/2019": "2019-05-02", "2/5/2019": "2019-05-02", "2 May 2019": "2019-05-02", "02-May-2019": "2019-05-02",
		"2019-05-02 00:00:00": "2019-05-02", "2019-05-02T00:00:00Z": "2019-05-02", "20190502": "2019-05-02", "43587": "2019-05-02", "43587.5": "2019-05-02",
		"2019": "", "31/02/2019": "", "05/22/2019": "", "02/05/19": "", "soon": "", "0": "", "1/1/1066": "",
	} {
		if got, ok := parseDate(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	// One date that can only be American puts the others of its column in doubt.
	records, problems := rowsOf(t, []byte("case_ref,dob,date_last_review\nWM-1,05/02/2019,05/02/2026\nWM-2,05/22/2019,\nWM-3,03/03/2019,\nWM-4,2019-05-02,\n"))
	if len(records) != 2 || records[0].Ref != "WM-3" || records[1].Ref != "WM-4" || len(problems) != 2 || !strings.Contains(problems[0].Words, "American") {
		t.Errorf("%+v\n%+v", records, problems)
	}
}

// What spreadsheets and people write for nothing, for text, and for a mistake.
func TestCells(t *testing.T) {
	for in, want := range map[string]struct{ school, words string }{
		"-": {}, "–": {}, "Hill School": {school: "Hill School"}, "  Hill   School ": {school: "Hill School"}, "'-x": {words: "formula"},
		"#REF!": {words: "could not work out"}, "#N/A": {words: "could not work out"}, "=A1": {words: "formula"}, "@A1": {words: "formula"}, "+A1": {words: "formula"}, "\"a\x01b\"": {words: "no text"},
		"\"Hill, Dale and Co\"": {school: "Hill, Dale and Co"},
	} {
		records, problems := rowsOf(t, []byte("case_ref,school\nWM-1,"+in+"\n"))
		switch {
		case want.words != "":
			if len(problems) != 1 || problems[0].Severity != Error || !strings.Contains(problems[0].Words, want.words) || len(records) != 0 {
				t.Errorf("%q: %+v", in, problems)
			}
		case len(records) != 1 || records[0].School != want.school:
			t.Errorf("%q: %+v, %+v", in, records, problems)
		}
	}
}

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{
		"01234 000123": "01234000123", "+44 1234 000123": "01234000123", "0044 1234 000123": "01234000123", "+44 (0)1234 000123": "01234000123",
		"1234000123": "01234000123", "01234 000123 ext 5": "01234000123", "": "",
	} {
		if got := Digits(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Who is no parent by law is nobody until somebody says so.
func TestKindOf(t *testing.T) {
	for relation, want := range map[string]register.PersonKind{
		"mother": register.KindParent, "father": register.KindParent, "foster carer": register.KindParent, "legal guardian": register.KindParent,
		"grandmother": register.KindOther, "step-father": register.KindOther, "stepmother": register.KindOther, "mother's partner": register.KindOther,
		"father's solicitor": register.KindOther, "interpreter for the mother": register.KindOther, "class teacher": register.KindSchool, "senco": register.KindSchool,
		"social worker": register.KindProfessional, "virtual school": register.KindProfessional, "mp": register.KindMP, "neighbour": register.KindOther, "": register.KindOther,
	} {
		if got := kindOf(relation); got != want {
			t.Errorf("%q: %s, want %s", relation, got, want)
		}
	}
}

// People are not taken for each other, and not doubled.
func TestWhoIsWho(t *testing.T) {
	w := world()
	w.ByRef["P10"], w.ByRef["Q10"] = 10, 10 // merged: one person with two numbers
	w.Names[20], w.Kinds[20], w.ByMail["shared@mail.example"] = "Jo Vane", register.KindParent, []int64{20, 21}
	w.Names[21], w.Kinds[21] = "Jo Vane", register.KindParent
	w.Boxes[20] = []register.Address{{Email: "shared@mail.example", Mailbox: "shared@mail.example"}}
	head := "case_ref,child_name,fallback_email,person_ref,person_name,person_relation,person_email,person_phone,school\n"
	rest := strings.Repeat("WM-2201,,,,,,,,\n", 30)
	for name, c := range map[string]struct{ rows, done, words string }{
		"by either number":          {"WM-2201,,,Q10,Mrs Tessa BRANDT,mother,,,", "", ""},
		"a number of another":       {"WM-2201,,,P10,Ray Brandt,,,,", "", "belongs to somebody with another name"},
		"two of one name, one box":  {"WM-2201,,,,Jo Vane,aunt,shared@mail.example,,", "", "more than one Jo Vane"},
		"number and new name apart": {"WM-2201,,,P77,Jo Vane,aunt,jo@mail.example,,\nWM-2201,,,P78,Jo Vane,cousin,jo@mail.example,,", "2 add_person  >Jo Vane\n2 add_link  >aunt\n2 set_person_ref  >P77\n2 add_address  >jo@mail.example\n3 add_person  >Jo Vane\n3 add_link  >cousin\n3 set_person_ref  >P78\n3 add_address  >jo@mail.example", ""},
		"one person, two children":  {"WM-8,Ann Vane,duty@westmarsh.example,P5,Jo Marsh,mother,jo@mail.example,01234 000111,\nWM-9,Bo Vane,duty@westmarsh.example,P5,Jo Marsh,mother,jo@mail.example,+44 1234 000111,", "2 add_case  >WM-8\n2 add_person  >Jo Marsh\n2 add_link  >mother\n2 set_person_ref  >P5\n2 add_address  >jo@mail.example\n2 add_phone  >01234 000111\n3 add_case  >WM-9\n3 add_link  >mother", ""},
		"several addresses":         {"WM-2201,,,,Ray Brandt,,ray@mail.example; ray@work.example,,", "2 add_address  >ray@mail.example\n2 add_address  >ray@work.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, w, head+c.rows+"\n"+rest)
			var wrong []string
			for _, x := range p.Problems {
				if x.Severity == Error {
					wrong = append(wrong, x.Words)
				}
			}
			if say(p.Changes) != c.done || c.words == "" && len(wrong) > 0 || !strings.Contains(strings.Join(wrong, " "), c.words) {
				t.Errorf("done:\n%s\n%v", say(p.Changes), wrong)
			}
		})
	}
}

// What a person decided, or two people ended, does not come back every night.
func TestDecisionsLast(t *testing.T) {
	row := headings + "WM-2201,,,,,,,Ray Brandt,,,yes,,,,\n"
	w := world()
	p := plan(t, w, row)
	if len(p.Waiting) != 1 {
		t.Fatalf("%+v", p.Waiting)
	}
	w.Declined = map[string]bool{p.Waiting[0].Key(): true}
	if p = plan(t, w, row); len(p.Waiting) != 0 {
		t.Errorf("asked again: %+v", p.Waiting)
	}
	w = world()
	k := w.Cases["WM-2201"]
	k.Restrictions = nil
	w.Cases["WM-2201"] = k
	w.Ended = map[int64][]register.Restriction{7: {{CaseID: 7, PersonID: 11, Kind: register.NoContact, StartsOn: "2026-01-01"}}}
	head := "case_ref,person_name,person_restriction,person_restriction_start\n"
	if p = plan(t, w, head+"WM-2201,Ray Brandt,no contact,2026-01-01\n"); len(p.Changes) != 0 || len(p.Problems) != 1 || p.Problems[0].Severity != Warning {
		t.Errorf("entered again: %s, %+v", say(p.Changes), p.Problems)
	}
	for _, doubt := range []string{"", "2026-02-02"} {
		if p = plan(t, w, head+"WM-2201,Ray Brandt,no contact,"+doubt+"\n"); len(p.Changes) != 1 {
			t.Errorf("in doubt (%q) it does not count", doubt)
		}
	}
}

// Nobody is let into a restricted case by a file.
func TestRestrictedCase(t *testing.T) {
	p := plan(t, world(), headings+"WM-2201,,,,,priya@westmarsh.example,duty@westmarsh.example,,,,,,,,\n")
	if len(p.Changes) != 0 || len(p.Waiting) != 2 {
		t.Errorf("%s\n%s", say(p.Changes), say(p.Waiting))
	}
	w := world()
	w.Hidden = map[string]bool{"WM-2201": true}
	if p = plan(t, w, headings+"WM-2201,,,Hill,,,,Ray Brandt,,,yes,,,,\n"); len(p.Changes)+len(p.Waiting) != 0 || p.Errors() != 1 {
		t.Errorf("a hidden case: %s %s", say(p.Changes), say(p.Waiting))
	}
}

// Reading, understanding and comparing tell how far they are, and can be stopped.
func TestManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString(headings)
	for i := range 20_000 {
		_, _ = fmt.Fprintf(&b, "X-%d,Child %d,,,,duty@westmarsh.example,,Parent %d,mother,p%d@mail.example,yes,,,no contact,\n", i, i, i, i)
	}
	table, err := Read(t.Context(), []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	records, problems := Understand(table, Guess(table.Headings))
	signs := 0
	p, err := Make(t.Context(), world(), len(table.Rows), records, problems, func(int, int) { signs++ })
	if err != nil || len(p.Changes) != 100_000 || signs < 40 {
		t.Errorf("%d changes, %d signs, %v", len(p.Changes), signs, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err = Make(ctx, world(), len(table.Rows), records, problems, func(int, int) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
