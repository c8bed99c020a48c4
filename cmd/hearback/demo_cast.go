package main

import (
	"fmt"
	"strings"

	"hearback/tickets/access"
	"hearback/tickets/register"
)

// The demo's council, its staff and its families are made up. Domains end in
// .example, telephone numbers are of the range that is kept for fiction, NHS
// numbers begin with 999 and UPNs use an authority that does not exist.

const (
	demoCouncil = "Westmarsh Council"
	demoDomain  = "westmarsh.example"
)

// castStaff is a member of staff of the demo.
type castStaff struct {
	key, name string
	role      access.Role
	team      string
}

func demoStaff() []castStaff {
	return []castStaff{
		{"priya", "Priya Nair", access.RoleOfficer, "North"},
		{"dean", "Dean Foss", access.RoleOfficer, "North"},
		{"kim", "Kim Stowe", access.RoleOfficer, "North"},
		{"marcus", "Marcus Pell", access.RoleOfficer, "South"},
		{"anwen", "Anwen Hughes", access.RoleOfficer, "South"},
		{"yusuf", "Yusuf Demir", access.RoleOfficer, "South"},
		{"ola", "Ola Reyes", access.RoleLead, "North"},
		{"grace", "Grace Obi", access.RoleLead, "South"},
		{"sam", "Sam Tully", access.RoleBusinessSupport, "North"},
		{"ines", "Ines Carr", access.RoleBusinessSupport, "South"},
		{"helen", "Helen Marsh", access.RoleHead, "North"},
		{"admin", "Ade Winter", access.RoleAdmin, "North"},
	}
}

func (s castStaff) email() string {
	return strings.ToLower(strings.ReplaceAll(s.name, " ", ".")) + "@" + demoDomain
}

// castPerson is somebody outside the council.
type castPerson struct {
	name, email    string
	kind           register.PersonKind
	relation       register.Relation
	pr             register.PR
	told           string // what this person may be told
	noContact      bool
	hidden         bool // address protected
	quiet          bool // on the case, writes nothing
	representative bool
}

// castCase is a child with everybody around her.
type castCase struct {
	ref, child, dob string
	school, stage   string
	officer, team   string
	restricted      bool
	people          []castPerson
	facts           castFacts // see demo_register.go
}

// mainWriter is who usually writes for a family.
func (c castCase) mainWriter() castPerson {
	for _, p := range c.people {
		if !p.quiet && !p.noContact && (p.kind == register.KindParent || p.kind == register.KindYoungPerson) {
			return p
		}
	}
	return c.people[0]
}

func parent(name, email string, relation register.Relation) castPerson {
	return castPerson{name: name, email: email, kind: register.KindParent, relation: relation, pr: register.PRYes, told: "all"}
}

// demoFamilies are the families with a story of their own; demoCases adds the rest.
func demoFamilies() []castCase {
	return []castCase{
		{
			ref: "WM-2201", child: "Milo Brandt", dob: "2019-03-14", school: "Hartfield Primary", stage: "Draft plan", officer: "dean", team: "North",
			facts: castFacts{
				dates:  []castDate{{"request", -150, "letter from the parents"}, {"decision", -112, "panel"}, {"draft", -9, "sent by email"}},
				wishes: map[string]register.Preferences{"Tessa Brandt": {Channel: "email", Times: "do not ring 9 to 3", LargePrint: 16}},
			},
			people: []castPerson{
				parent("Tessa Brandt", "tessa.brandt@mail.example", "mother"),
				{name: "Rob Brandt", email: "rob.brandt@post.example", kind: register.KindParent, relation: "father", pr: register.PRYes, told: "all, not the address"},
			},
		},
		{
			// Separated; an order forbids contact with the father, who still writes. The
			// mother lives in a refuge: neither address nor school may become known.
			facts: castFacts{
				rests: []castRestriction{
					{kind: register.NoContact, about: "Tariq Mansour", source: register.SourceOrder, document: "Order FL-0117", starts: -200, review: -12},
					{kind: register.AddressProtected, about: "Layla Haddad", source: register.SourceSocialCare, document: "Safety plan 44", starts: -200, review: 60},
					{kind: register.SchoolProtected, about: "Layla Haddad", source: register.SourceFamily, reason: "She rang: he must not find out where Idris goes now.", starts: -3, review: 4},
				},
				postal:  map[string][2]string{"Layla Haddad": {"Larkspur House\n7 Tern Close\nWestmarsh", "WM4 7QX"}},
				protect: []castProtected{{register.FactAddress, "Larkspur House", register.AddressProtected}, {register.FactAddress, "7 Tern Close", register.AddressProtected}, {register.FactSchool, "Saltmere Primary", register.SchoolProtected}},
			},
			ref: "WM-2188", child: "Idris Mansour", dob: "2017-01-09", school: "Saltmere Primary", stage: "Draft plan", officer: "priya", team: "North", restricted: true,
			people: []castPerson{
				{name: "Layla Haddad", email: "layla.h@safe.example", kind: register.KindParent, relation: "mother", pr: register.PRYes, told: "all", hidden: true},
				{name: "Tariq Mansour", email: "tariq.mansour@mail.example", kind: register.KindParent, relation: "father", pr: register.PRYes, told: "nothing", noContact: true},
			},
		},
		{
			// Both parents read one mailbox, and nobody has checked the father's rights.
			facts: castFacts{aliases: []string{"Alfred Blake-Moss"}},
			ref:   "WM-2150", child: "Alfie Blake", dob: "2016-11-02", school: "Northgate Junior", stage: "Plan in force", officer: "kim", team: "North",
			people: []castPerson{
				parent("Rosie Blake", "theblakes@home.example", "mother"),
				{name: "Jon Blake", email: "theblakes@home.example", kind: register.KindParent, relation: "father", pr: register.PRNotChecked, told: "all", quiet: true},
			},
		},
		{
			// A name that is nearly another child's.
			ref: "WM-2151", child: "Alfie Blakely", dob: "2016-05-21", school: "Stonebridge Junior", stage: "Review", officer: "anwen", team: "South",
			people: []castPerson{parent("Carla Blakely", "carla.blakely@post.example", "mother")},
		},
		{
			// Eighteen: the plan is hers to decide on, and she has been asked.
			facts: castFacts{
				arrangement: register.ArrangeYoungOnly, source: "Keira, at her review meeting",
				wishes: map[string]register.Preferences{"Keira Walsh": {Channel: "email", EasyRead: true}},
				dates:  []castDate{{"final", -420, "plan of last year"}, {"review", -40, "minutes"}},
			},
			ref: "WM-1904", child: "Keira Walsh", dob: "2008-02-12", school: "Westmarsh College", stage: "Plan in force", officer: "marcus", team: "South",
			people: []castPerson{
				{name: "Keira Walsh", email: "keira.walsh@mail.example", kind: register.KindYoungPerson, relation: "young person", pr: register.PRNotChecked, told: "all"},
				{name: "Sue Walsh", email: "sue.walsh@mail.example", kind: register.KindParent, relation: "mother", pr: register.PRNo, told: "nothing", quiet: true},
			},
		},
		{
			// Separated; a father without parental responsibility, who is heard through a
			// family centre alone. A solicitor acts for the mother.
			facts: castFacts{
				rests:     []castRestriction{{kind: register.IndirectOnly, about: "Leon Carter", source: register.SourceSocialCare, document: "Contact plan 9", starts: -90, review: 90}},
				authority: []castAuthority{{who: "Mira Sandhu", forWhom: "Bisi Oduya", kind: register.Solicitor, document: "Signed authority of the mother", given: -30, expires: 21}},
			},
			ref: "WM-2077", child: "Femi Oduya", dob: "2018-08-30", school: "St Brannoc's", stage: "Assessment", officer: "yusuf", team: "South",
			people: []castPerson{
				parent("Bisi Oduya", "bisi.oduya@mail.example", "mother"),
				{name: "Leon Carter", email: "leon.carter@post.example", kind: register.KindParent, relation: "father", pr: register.PRNo, told: "nothing", quiet: true, noContact: true},
				{name: "Mira Sandhu", email: "m.sandhu@larkfield-law.example", kind: register.KindOther, relation: "solicitor", pr: register.PRNotChecked, told: "nothing", representative: true, quiet: true},
			},
		},
		{
			ref: "WM-2042", child: "Bethan Lunn", dob: "2015-06-17", school: "Moving school", stage: "Plan in force", officer: "kim", team: "North",
			people: []castPerson{parent("Gareth Lunn", "gareth.lunn@mail.example", "father")},
		},
		{
			// Two children of one family: which of them a mail is about is asked, never guessed.
			facts: castFacts{sibling: "WM-2111"},
			ref:   "WM-2110", child: "Ruby Okafor", dob: "2014-04-04", school: "Hartfield Primary", stage: "Review", officer: "dean", team: "North",
			people: []castPerson{parent("Chika Okafor", "chika.okafor@mail.example", "mother")},
		},
		{
			ref: "WM-2111", child: "Jude Okafor", dob: "2017-09-19", school: "Hartfield Primary", stage: "Request", officer: "dean", team: "North",
			people: []castPerson{parent("Chika Okafor", "chika.okafor@mail.example", "mother")},
		},
	}
}

// demoCases is everybody: 40 children.
func demoCases() []castCase {
	out := demoFamilies()
	firsts := []string{"Amelia", "Noah", "Zara", "Oscar", "Leila", "Finn", "Maya", "Theo", "Poppy", "Kofi", "Elsie", "Rafi", "Ivy", "Tomos", "Nadia", "Callum", "Orla", "Dev", "Hattie", "Luca", "Safiya", "Reuben", "Eve", "Jonah", "Mina", "Archie", "Skye", "Bilal", "Freya", "Otis", "Anya"}
	lasts := []string{"Trent", "Marlow", "Siddiqui", "Penrose", "Farahani", "Doyle", "Vance", "Osei", "Lindley", "Mensah", "Cartwright", "Haque", "Selby", "Pryce", "Kowal", "Renshaw", "Byrne", "Joshi", "Ashby", "Conti", "Rahman", "Goldsworthy", "Latham", "Abara", "Petrova", "Thorne", "Muir", "Chowdhury", "Harker", "Bell", "Sokolov"}
	parents := []string{"Hannah", "Peter", "Farah", "Julie", "Darius", "Niamh", "Claire", "Ama", "Tom", "Esi", "Laura", "Nasreen", "Mark", "Sian", "Ewa", "Beth", "Declan", "Anita", "Robert", "Giulia", "Shazia", "Ruth", "Colin", "Ngozi", "Olga", "Wendy", "Fiona", "Tahir", "Ingrid", "Sophie", "Irina"}
	schools := []string{"Hartfield Primary", "Northgate Junior", "Stonebridge Junior", "St Brannoc's", "The Willows School", "Westmarsh Academy"}
	stages := []string{"Request", "Assessment", "Draft plan", "Plan in force", "Plan in force", "Review", "Amending"}
	officers := []struct{ key, team string }{{"priya", "North"}, {"marcus", "South"}, {"dean", "North"}, {"anwen", "South"}, {"kim", "North"}, {"yusuf", "South"}}
	hosts := []string{"mail.example", "post.example", "home.example"}
	for i, first := range firsts {
		last := lasts[i]
		o := officers[i%len(officers)]
		relation := register.Relation("mother")
		if strings.Contains(" Peter Darius Tom Mark Declan Robert Colin Tahir ", " "+parents[i]+" ") {
			relation = "father"
		}
		school := schools[i%len(schools)]
		people := []castPerson{parent(parents[i]+" "+last, strings.ToLower(parents[i]+"."+last)+"@"+hosts[i%len(hosts)], relation)}
		if i%3 == 0 {
			people = append(people, castPerson{
				name: school + " SENCO", email: "senco" + fmt.Sprint(i) + "@" + slug(school) + ".example",
				kind: register.KindSchool, relation: "school", pr: register.PRNotChecked, told: "school matters only",
			})
		}
		out = append(out, castCase{
			ref: fmt.Sprintf("WM-%d", 1952+7*i), child: first + " " + last, dob: fmt.Sprintf("%d-%02d-%02d", 2009+i%10, 1+i%12, 1+(i*5)%28),
			school: school, stage: stages[i%len(stages)], officer: o.key, team: o.team, people: people,
		})
	}
	return out
}

func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.ToLower(s))
}

// demoUPN and demoNHS make numbers with right check digits for child n.
func demoUPN(n int) string {
	const letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
	digits := fmt.Sprintf("990%09d", 100000+n*37)
	sum := 0
	for i, d := range digits {
		sum += (i + 2) * int(d-'0')
	}
	return string(letters[sum%23]) + digits
}

func demoNHS(n int) string {
	for base := 999000000 + n*11; ; base++ {
		s := fmt.Sprintf("%09d", base)
		sum := 0
		for i, d := range s {
			sum += (10 - i) * int(d-'0')
		}
		if check := (11 - sum%11) % 11; check < 10 {
			return s + fmt.Sprint(check)
		}
	}
}
