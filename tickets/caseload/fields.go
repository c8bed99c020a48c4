package caseload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Field is what a column can hold.
type Field string

// Fields of the case. Each stands once in a row.
const (
	CaseRef    Field = "case_ref" // needed
	ChildName  Field = "child_name"
	ChildFirst Field = "child_first_name"
	ChildLast  Field = "child_last_name"
	ChildAlias Field = "child_also_known_as" // several, with ; between them
	DOB        Field = "child_date_of_birth"
	UPN        Field = "upn"
	NHS        Field = "nhs_number"
	School     Field = "school"
	Stage      Field = "stage"
	Team       Field = "team"
	Officer    Field = "officer_email"
	Fallback   Field = "fallback_email"
	Restricted Field = "restricted_case"
	Open       Field = "case_open"
)

// Dates of events of a case, which statutory clocks start from.
const (
	RequestOn  Field = "date_request_received"
	DecisionOn Field = "date_decision_to_assess"
	DraftOn    Field = "date_draft_plan"
	FinalOn    Field = "date_final_plan"
	ReviewOn   Field = "date_last_review"
)

// Fields of a person on the case. They may stand again with a number from 2 to 6
// behind them: person2_name, person2_email. A further row of the same case adds
// further people too.
const (
	PersonRef    Field = "person_ref" // the case system's number of the person
	PersonName   Field = "person_name"
	PersonFirst  Field = "person_first_name"
	PersonLast   Field = "person_last_name"
	Relation     Field = "person_relation"
	Kind         Field = "person_kind"
	Email        Field = "person_email"
	Phone        Field = "person_phone"
	PR           Field = "person_parental_responsibility"
	PRSource     Field = "person_pr_source"
	PROn         Field = "person_pr_checked_on"
	Told         Field = "person_may_be_told"
	Secret       Field = "person_address_protected"
	Postal       Field = "person_address"
	Postcode     Field = "person_postcode"
	Restrict     Field = "person_restriction"
	RestrictBy   Field = "person_restriction_source"
	RestrictDoc  Field = "person_restriction_document"
	RestrictFrom Field = "person_restriction_start"
	RestrictEnd  Field = "person_restriction_review"
)

const mostPeople = 6

func dateFields() []Field {
	out := []Field{DOB, RequestOn, DecisionOn, DraftOn, FinalOn, ReviewOn}
	for n := 1; n <= mostPeople; n++ {
		out = append(out, nth(PROn, n), nth(RestrictFrom, n), nth(RestrictEnd, n))
	}
	return out
}

func caseFields() []Field {
	return []Field{
		CaseRef, ChildName, ChildFirst, ChildLast, ChildAlias, DOB, UPN, NHS, School, Stage, Team, Officer, Fallback,
		Restricted, Open, RequestOn, DecisionOn, DraftOn, FinalOn, ReviewOn,
	}
}

func personFields() []Field {
	return []Field{
		PersonRef, PersonName, PersonFirst, PersonLast, Relation, Kind, Email, Phone, PR, PRSource, PROn, Told, Secret,
		Postal, Postcode, Restrict, RestrictBy, RestrictDoc, RestrictFrom, RestrictEnd,
	}
}

// nth is the field for the nth person of a row, from 1.
func nth(f Field, n int) Field {
	if n == 1 {
		return f
	}
	return Field("person" + strconv.Itoa(n) + strings.TrimPrefix(string(f), "person"))
}

// Fields lists every field that a column can be mapped to.
func Fields() []Field {
	out := caseFields()
	for n := 1; n <= mostPeople; n++ {
		for _, f := range personFields() {
			out = append(out, nth(f, n))
		}
	}
	return out
}

// Mapping says which column holds which field: heading, as in the file, to
// field. It is kept by name, since the case system exports the same every night.
type Mapping map[string]Field

// Guess proposes a mapping for the headings of a file: a heading that is a
// field's name, or one of the names that case systems often give it.
func Guess(headings []string) Mapping {
	known := map[string]Field{}
	for _, f := range Fields() {
		known[plain(string(f))] = f
	}
	for f, names := range common() {
		for _, n := range names {
			known[plain(n)] = f
		}
	}
	out := Mapping{}
	for _, h := range headings {
		if f, ok := known[plain(h)]; ok {
			out[h] = f
		}
	}
	return out
}

func common() map[Field][]string {
	return map[Field][]string{
		CaseRef:    {"case reference", "case number", "case id", "reference", "ehc reference"},
		ChildName:  {"child", "pupil", "pupil name", "name of child", "name of pupil", "full name"},
		ChildFirst: {"forename", "pupil forename", "child forename", "first name"},
		ChildLast:  {"surname", "pupil surname", "child surname", "last name"},
		ChildAlias: {"known as", "aliases", "former name"},
		DOB:        {"dob", "date of birth", "birth date"},
		UPN:        {"unique pupil number"},
		NHS:        {"nhs no", "nhs"},
		School:     {"setting", "school name", "current school"},
		Stage:      {"status", "case stage"},
		Team:       {"sen team", "area"},
		Officer:    {"officer", "caseworker email", "case officer email", "named officer", "ehc coordinator email"},
		Fallback:   {"fallback", "deputy email", "manager email"},
		PersonName: {"parent", "parent name", "contact name", "parent1 name"},
		Relation:   {"relationship", "relation", "parent relationship"},
		Email:      {"parent email", "email", "e mail", "contact email", "parent1 email"},
		Phone:      {"parent phone", "telephone", "phone", "mobile", "parent1 phone"},
		PR:         {"parental responsibility", "pr"},
		Restrict:   {"restriction", "contact restriction"},

		nth(PersonName, 2): {"parent2 name", "second parent"},
		nth(Email, 2):      {"parent2 email", "second parent email"},
		nth(Phone, 2):      {"parent2 phone"},
		nth(PR, 2):         {"parent2 pr"},
	}
}

// plain is a heading in small letters without signs.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Check says everything that is wrong with a mapping for the headings of a file.
// Nothing of a file is read by a mapping that is wrong.
func (m Mapping) Check(headings []string) []string {
	var wrong []string
	count := map[string]int{}
	for _, h := range headings {
		count[h]++
	}
	for _, h := range headings {
		if _, mapped := m[h]; mapped && count[h] > 1 {
			wrong = append(wrong, fmt.Sprintf("The heading %q stands %d times. Which column is meant cannot be told.", h, count[h]))
			count[h] = 1
		}
	}
	fields := Fields()
	from := map[Field][]string{}
	for h, f := range m {
		if h == "" {
			wrong = append(wrong, fmt.Sprintf("A column without a heading is mapped to %s. Give it a heading.", f))
			continue
		}
		if !slices.Contains(fields, f) {
			wrong = append(wrong, fmt.Sprintf("The heading %q is mapped to %q, which is no field.", h, f))
			continue
		}
		if !slices.Contains(headings, h) {
			wrong = append(wrong, fmt.Sprintf("There is no column %q in this file.", h))
		}
		from[f] = append(from[f], h)
	}
	for f, hs := range from {
		if len(hs) > 1 {
			slices.Sort(hs)
			wrong = append(wrong, fmt.Sprintf("The field %s is mapped from %d columns: %s.", f, len(hs), strings.Join(hs, ", ")))
		}
	}
	if len(from[CaseRef]) == 0 {
		wrong = append(wrong, "No column is mapped to case_ref, the case's reference.")
	}
	slices.Sort(wrong)
	return wrong
}
