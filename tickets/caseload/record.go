package caseload

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/register"
)

// Severity of a problem.
type Severity string

// A row with an error is not taken in. A row with a warning is.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is what is wrong with a row, and where.
type Problem struct {
	Row      int
	Column   string // the heading
	Severity Severity
	Words    string
}

// Record is a row as it was understood. Empty fields say nothing.
type Record struct {
	Row                          int
	Ref                          string
	ChildName                    string
	Aliases                      []string
	DOB, UPN, NHS, School, Stage string
	Team, Officer, Fallback      string
	Restricted, Open             *bool
	Dates                        map[string]string // "request", ... to 2006-01-02
	People                       []PersonRecord
}

// PersonRecord is a person of a row.
type PersonRecord struct {
	ExternalRef   string
	Name          string
	Relation      string
	Kind          register.PersonKind
	Emails        []string
	Phones        []string
	PR            register.PR
	PRSource      string
	PROn          string
	Told          string
	Secret        *bool
	Postal        string
	Postcode      string
	Restriction   register.RestrictionKind
	NoRestriction bool // the row says that there is none
	RestrictBy    register.RestrictionSource
	RestrictDoc   string
	RestrictFrom  string
	RestrictEnd   string
}

// Stages of an EHC plan, as a case has them.
func Stages() []string {
	return []string{
		"Request", "Assessment", "Draft plan", "Final plan", "Plan in force", "Review", "Amending", "Ceasing",
		"Ceased", "No plan issued", "Declined to assess",
	}
}

// Understand reads every row. Records of rows with an error are left out.
func Understand(t *Table, m Mapping) ([]Record, []Problem) {
	columns := map[Field]int{}
	for i, h := range t.Headings {
		if f, ok := m[h]; ok {
			columns[f] = i
		}
	}
	records := make([]Record, 0, len(t.Rows))
	var problems []Problem
	people := peopleIn(columns)
	american := americanColumns(t, columns)
	for _, row := range t.Rows {
		u := understanding{t: t, row: row, columns: columns, people: people, american: american}
		rec := u.record()
		problems = append(problems, u.problems...)
		if !u.failed {
			records = append(records, rec)
		}
	}
	return records, problems
}

// peopleIn is which people of a row, from 1, the columns speak of.
func peopleIn(columns map[Field]int) []int {
	var out []int
	for n := 1; n <= mostPeople; n++ {
		if slices.ContainsFunc(personFields(), func(f Field) bool { _, ok := columns[nth(f, n)]; return ok }) {
			out = append(out, n)
		}
	}
	return out
}

type understanding struct {
	t        *Table
	row      Row
	columns  map[Field]int
	people   []int
	american map[int]bool // columns with dates that are surely not British
	problems []Problem
	failed   bool
}

func (u *understanding) problem(f Field, s Severity, format string, args ...any) {
	heading := string(f)
	if i, ok := u.columns[f]; ok {
		heading = u.t.Headings[i]
	}
	u.problems = append(u.problems, Problem{Row: u.row.Number, Column: heading, Severity: s, Words: fmt.Sprintf(format, args...)})
	u.failed = u.failed || s == Error
}

// text is a cell. What a formula made, or what a spreadsheet would take for one,
// is an error: it may be anything tomorrow.
func (u *understanding) text(f Field) string {
	i, ok := u.columns[f]
	if !ok {
		return ""
	}
	if slices.Contains(u.row.Merged, i) {
		u.problem(f, Error, "The cell is merged with others: which rows it speaks of cannot be told. Split it.")
		return ""
	}
	if i >= len(u.row.Cells) {
		return ""
	}
	s := u.row.Cells[i]
	if slices.Contains(u.row.Formula, i) {
		u.problem(f, Error, "The cell holds a formula. Put its value there.")
		return ""
	}
	// A line is how people and systems write "nothing". The sign ' in front of + and -
	// is how a spreadsheet is told that a cell is text; our own export writes it too.
	if strings.HasPrefix(s, "'+") || strings.HasPrefix(s, "'-") {
		s = s[1:]
	}
	if strings.Trim(s, "-\u2013\u2014 ") == "" {
		return ""
	}
	if slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}, s) {
		u.problem(f, Error, "The spreadsheet could not work out this cell: %s.", s)
		return ""
	}
	if strings.ContainsRune("=@", rune(s[0])) || strings.ContainsRune("+-", rune(s[0])) && !isNumber(s) {
		u.problem(f, Error, "The cell begins with %q, as a formula does.", s[:1])
		return ""
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == '\ufffd' {
			u.problem(f, Error, "The cell holds characters that are no text.")
			return ""
		}
	}
	return s
}

func isNumber(s string) bool {
	return strings.Trim(s, "+-0123456789 ().") == ""
}

func (u *understanding) line(f Field) string { return strings.Join(strings.Fields(u.text(f)), " ") }

func (u *understanding) date(f Field) string {
	s := u.line(f)
	if s == "" {
		return ""
	}
	if u.american[u.columns[f]] && ambiguous(s) {
		u.problem(f, Error, "%q may be American: other dates of this column are. Write 2019-05-02.", s)
		return ""
	}
	d, ok := parseDate(s)
	if !ok {
		u.problem(f, Error, "%q is no date. Write 2019-05-02 or 02/05/2019.", s)
		return ""
	}
	return d
}

// parseDate reads ISO dates, British dates and the day numbers of spreadsheets.
// American dates are not read: 05/02 would be another day.
func parseDate(s string) (string, bool) {
	s, _, _ = strings.Cut(s, "T")
	if day, clock, ok := strings.Cut(s, " "); ok && strings.Contains(clock, ":") {
		s = day
	}
	for _, form := range []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "20060102"} {
		if d, err := time.Parse(form, s); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
			return d.Format("2006-01-02"), true
		}
	}
	// The day number of a spreadsheet; 1 is 1 January 1900, and 1900 is taken for a leap year.
	// Days before 1954 are left out: "2019" is a year and no day.
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 20_000 && n < 73_051 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format("2006-01-02"), true
	}
	return "", false
}

// ambiguous reports whether a date is another day for an American.
func ambiguous(s string) bool {
	a, b, ok := slashed(s)
	return ok && a <= 12 && b <= 12 && a != b
}

// slashed is the first two numbers of a date like 02/05/2019.
func slashed(s string) (a, b int, ok bool) {
	s, _, _ = strings.Cut(s, " ")
	p := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(p) != 3 || len(p[0]) > 2 || len(p[2]) != 4 {
		return 0, 0, false
	}
	a, errA := strconv.Atoi(p[0])
	b, errB := strconv.Atoi(p[1])
	return a, b, errA == nil && errB == nil
}

// americanColumns finds columns in which a date can only be American. Then every
// other date of the column is in doubt: an export has one form.
func americanColumns(t *Table, columns map[Field]int) map[int]bool {
	out := map[int]bool{}
	for _, f := range dateFields() {
		i, ok := columns[f]
		if !ok {
			continue
		}
		for _, row := range t.Rows {
			if i < len(row.Cells) {
				if a, b, ok := slashed(row.Cells[i]); ok && a >= 1 && a <= 12 && b > 12 && b <= 31 {
					out[i] = true
					break
				}
			}
		}
	}
	return out
}

func (u *understanding) yes(f Field) *bool {
	s := strings.ToLower(u.line(f))
	var v bool
	switch s {
	case "":
		return nil
	case "yes", "y", "true", "1", "t":
		v = true
	case "no", "n", "false", "0", "f":
	default:
		u.problem(f, Error, "%q is neither yes nor no.", s)
		return nil
	}
	return &v
}

func (u *understanding) name(whole, first, last Field) string {
	if s := u.line(whole); s != "" {
		// "BRANDT, Milo" is how many systems export a name.
		if family, given, ok := strings.Cut(s, ","); ok && strings.Count(s, ",") == 1 {
			return strings.TrimSpace(strings.TrimSpace(given) + " " + strings.TrimSpace(family))
		}
		return s
	}
	return strings.TrimSpace(u.line(first) + " " + u.line(last))
}

func (u *understanding) record() Record {
	if len(u.row.Cells) > len(u.t.Headings) {
		u.problems = append(u.problems, Problem{Row: u.row.Number, Severity: Error, Words: fmt.Sprintf("The row has %d cells and there are %d headings. A comma may be missing its quotation marks.", len(u.row.Cells), len(u.t.Headings))})
		u.failed = true
	}
	r := Record{
		Row: u.row.Number, Ref: strings.ToUpper(u.line(CaseRef)), ChildName: u.name(ChildName, ChildFirst, ChildLast),
		DOB: u.date(DOB), UPN: register.CleanUPN(u.line(UPN)), NHS: register.CleanNHS(u.line(NHS)), School: u.line(School),
		Stage: u.stage(), Team: u.line(Team), Officer: u.address(Officer), Fallback: u.address(Fallback),
		Restricted: u.yes(Restricted), Open: u.yes(Open), Dates: map[string]string{},
	}
	if r.Ref == "" {
		u.problem(CaseRef, Error, "The case's reference is missing.")
	}
	for _, a := range strings.Split(u.text(ChildAlias), ";") {
		if a = strings.Join(strings.Fields(a), " "); a != "" {
			r.Aliases = append(r.Aliases, a)
		}
	}
	if r.UPN != "" && !register.UPNValid(r.UPN) {
		u.problem(UPN, Error, "The UPN's check letter does not fit.")
	}
	if r.NHS != "" && !register.NHSValid(r.NHS) {
		u.problem(NHS, Error, "The NHS number's check digit does not fit.")
	}
	for f, key := range map[Field]string{RequestOn: "request", DecisionOn: "decision", DraftOn: "draft", FinalOn: "final", ReviewOn: "review"} {
		if d := u.date(f); d != "" {
			r.Dates[key] = d
		}
	}
	for _, n := range u.people {
		if p, ok := u.person(n); ok {
			r.People = append(r.People, p)
		}
	}
	return r
}

func (u *understanding) stage() string {
	s := u.line(Stage)
	if s == "" {
		return ""
	}
	for _, k := range Stages() {
		if plain(k) == plain(s) {
			return k
		}
	}
	u.problem(Stage, Error, "%q is no stage. They are: %s.", s, strings.Join(Stages(), ", "))
	return ""
}

func (u *understanding) address(f Field) string {
	s := u.line(f)
	if s == "" {
		return ""
	}
	if !isAddress(s) {
		u.problem(f, Error, "%q is no e-mail address.", s)
		return ""
	}
	return s
}

// isAddress is strict: one address, as it is written to.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && !strings.ContainsAny(s, "\"<>()[],;: ") && strings.Contains(s[strings.LastIndexByte(s, '@'):], ".")
}
