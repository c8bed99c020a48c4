package caseload

import (
	"slices"
	"strings"
	"unicode"

	"hearback/tickets/register"
)

func (u *understanding) person(n int) (PersonRecord, bool) {
	f := func(f Field) Field { return nth(f, n) }
	before := len(u.problems)
	p := PersonRecord{
		ExternalRef: u.line(f(PersonRef)), Name: u.name(f(PersonName), f(PersonFirst), f(PersonLast)), Relation: strings.ToLower(u.line(f(Relation))),
		Emails: u.list(f(Email)), Phones: u.list(f(Phone)), PRSource: u.line(f(PRSource)), PROn: u.date(f(PROn)),
		Secret: u.yes(f(Secret)), Postal: u.text(f(Postal)), Postcode: strings.ToUpper(u.line(f(Postcode))),
		RestrictDoc: u.line(f(RestrictDoc)), RestrictFrom: u.date(f(RestrictFrom)), RestrictEnd: u.date(f(RestrictEnd)),
	}
	p.Kind = u.kind(f(Kind), p.Relation)
	p.PR = u.rights(f(PR))
	p.Told = u.told(f(Told))
	p.Restriction, p.NoRestriction = u.restriction(f(Restrict))
	p.RestrictBy = u.source(f(RestrictBy))
	for _, e := range p.Emails {
		if !isAddress(e) {
			u.problem(f(Email), Error, "%q is no e-mail address.", e)
		}
	}
	for _, t := range p.Phones {
		if len(Digits(t)) < 9 || strings.Trim(t, "+-0123456789 ().ext") != "" {
			u.problem(f(Phone), Error, "%q is no telephone number.", t)
		}
	}
	said := p.Relation != "" || len(p.Emails) > 0 || len(p.Phones) > 0 || p.PR != "" || p.Told != "" || p.Secret != nil ||
		p.Postal != "" || p.Postcode != "" || p.Restriction != "" || p.ExternalRef != ""
	switch {
	case p.Name == "" && !said:
		return p, false
	case p.Name == "":
		u.problem(f(PersonName), Error, "Something is said about a person without a name.")
		return p, false
	}
	return p, len(u.problems) == before || !u.failed
}

// list splits a cell in which several things stand.
func (u *understanding) list(f Field) []string {
	var out []string
	for _, s := range strings.FieldsFunc(u.text(f), func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (u *understanding) kind(f Field, relation string) register.PersonKind {
	s := strings.ReplaceAll(strings.ToLower(u.line(f)), " ", "_")
	kinds := []register.PersonKind{
		register.KindParent, register.KindYoungPerson, register.KindSchool, register.KindProfessional, register.KindMP, register.KindOther,
	}
	if s == "" {
		return kindOf(relation)
	}
	if slices.Contains(kinds, register.PersonKind(s)) {
		return register.PersonKind(s)
	}
	u.problem(f, Error, "%q is no kind of person. They are: parent, young person, school, professional, mp, other.", s)
	return ""
}

// kindOf is what a relation usually means. What is not known is "other", who may
// be told nothing.
func kindOf(relation string) register.PersonKind {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(relation, w) })
	}
	words := strings.FieldsFunc(relation, func(r rune) bool { return !unicode.IsLetter(r) })
	is := func(list ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return slices.Contains(words, w) })
	}
	switch {
	case is("step", "stepmother", "stepfather", "stepparent", "partner", "ex", "former"), has("grand", "great"):
		return register.KindOther // somebody says so, or they are told nothing
	case has("solicitor", "advocate", "sendiass", "interpreter"):
		return register.KindOther
	case is("mother", "father", "parent", "mum", "mam", "dad", "guardian", "carer"):
		return register.KindParent
	case has("young person", "self"):
		return register.KindYoungPerson
	case has("social worker", "virtual school"):
		return register.KindProfessional
	case has("school", "senco", "nursery", "college", "setting", "teacher"):
		return register.KindSchool
	case has("psychologist", "therapist", "doctor", "paediatric", "nurse", "health"):
		return register.KindProfessional
	case relation == "mp" || has("member of parliament", "councillor"):
		return register.KindMP
	}
	return register.KindOther
}

func (u *understanding) rights(f Field) register.PR {
	switch s := strings.ToLower(u.line(f)); s {
	case "":
		return ""
	case "yes", "y", "true", "1":
		return register.PRYes
	case "no", "n", "false", "0":
		return register.PRNo
	case "not checked", "not_checked", "unknown", "not known", "?":
		return register.PRNotChecked
	default:
		u.problem(f, Error, "%q is none of yes, no and not checked.", s)
		return ""
	}
}

// toldWords are what a link may say, from the least to the most.
func toldWords() []string {
	return []string{"nothing", "advice", "school matters only", "all, not the address", "all"}
}

func (u *understanding) told(f Field) string {
	s := strings.ToLower(u.line(f))
	if s == "" || slices.Contains(toldWords(), s) {
		return s
	}
	u.problem(f, Error, "%q is none of: %s.", s, strings.Join(toldWords(), "; "))
	return ""
}

func (u *understanding) restriction(f Field) (register.RestrictionKind, bool) {
	s := u.line(f)
	if s == "" {
		return "", false
	}
	if slices.Contains([]string{"none", "no", "no restriction", "lifted", "n"}, strings.ToLower(s)) {
		return "", true
	}
	for _, k := range register.RestrictionKinds() {
		if plain(s) == plain(string(k)) || plain(s) == plain(k.Words()) {
			return k, false
		}
	}
	// What is not understood may be an order: the row is refused, and somebody looks.
	u.problem(f, Error, "%q is no restriction that is known. Enter it by hand on the case, today.", s)
	return "", false
}

func (u *understanding) source(f Field) register.RestrictionSource {
	s := u.line(f)
	if s == "" {
		return register.SourceOther
	}
	for _, k := range register.RestrictionSources() {
		if plain(s) == plain(string(k)) || plain(s) == plain(k.Words()) {
			return k
		}
	}
	return register.SourceOther
}

// Digits is a British number as the register keeps it: digits only, with the
// leading 0 in place of the country's code. A spreadsheet that took the number for
// one to count with has dropped the 0.
func Digits(number string) string {
	number, _, _ = strings.Cut(strings.ToLower(number), "x") // an extension
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ReplaceAll(number, "(0)", ""))
	switch {
	case strings.HasPrefix(d, "0044"):
		return "0" + d[4:]
	case strings.HasPrefix(d, "44") && len(d) >= 11:
		return "0" + d[2:]
	case len(d) == 10 && d[0] != '0':
		return "0" + d
	}
	return d
}
