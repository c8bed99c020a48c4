package caseload

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hearback/tickets/register"
)

// World is what the register holds now, as far as an extract can touch it.
type World struct {
	Version  int64 // of the register; a plan is for this one alone
	Today    string
	Cases    map[string]Known   // by reference, in capitals
	Teams    map[string]int64   // by name in small letters
	Staff    map[string]int64   // active accounts by folded mailbox
	ByRef    map[string]int64   // people by the case system's number
	ByMail   map[string][]int64 // people by folded mailbox, on any case
	Names    map[int64]string   // people's names
	Fallback int64              // who answers for a case that names nobody; 0: none
}

// Known is a case in the register.
type Known struct {
	Case         register.Case
	Aliases      []string
	Parties      []register.Party
	Refs         map[int64]string // people's numbers in the case system
	Restrictions []register.Restriction
	Dates        map[string]string
	Postal       map[int64][]register.Postal
}

// Action is what a change does.
type Action string

// The actions.
const (
	AddCase        Action = "add_case"
	SetCase        Action = "set_case"
	AddAlias       Action = "add_alias"
	SetDate        Action = "set_date"
	AddPerson      Action = "add_person"
	SetPersonRef   Action = "set_person_ref"
	AddLink        Action = "add_link"
	SetLink        Action = "set_link"
	AddAddress     Action = "add_address"
	AddPhone       Action = "add_phone"
	AddPostal      Action = "add_postal"
	AddRestriction Action = "add_restriction"
	EndRestriction Action = "end_restriction" // always waits
)

// Change is one thing that an extract says differently from the register.
type Change struct {
	Row     int
	CaseRef string
	Action  Action
	Field   string // of SetCase, SetLink and SetDate
	From    string
	To      string
	ToID    int64  // a team or a member of staff
	Person  string // "id:12", or "new:..." for a person whom an earlier change adds
	Who     string // the person's name, for showing

	Case        *register.Case
	Link        *register.Link
	Restriction *register.Restriction
	Postal      *register.Postal
	PersonKind  register.PersonKind

	// Waits says why a person has to decide; "" when it is carried out.
	Waits string
}

// Plan is what an extract would do.
type Plan struct {
	Version  int64
	Rows     int
	Changes  []Change // carried out in this order
	Waiting  []Change // loosening; a person decides on each
	Problems []Problem
	Refused  string // why nothing is done at all; "" when the plan can be carried out
}

// Errors counts the rows that are left out.
func (p *Plan) Errors() int {
	rows := map[int]bool{}
	for _, x := range p.Problems {
		if x.Severity == Error {
			rows[x.Row] = true
		}
	}
	return len(rows)
}

// Make works out what records would change. wrong is the problems found so far.
// When more than a tenth of the rows are wrong nothing is done: then it is more
// likely the mapping or the export than the rows. progress may be nil.
func Make(ctx context.Context, w *World, rows int, records []Record, wrong []Problem, progress func(done, of int)) (*Plan, error) {
	b := builder{w: w, plan: &Plan{Version: w.Version, Rows: rows, Problems: wrong}, cases: map[string]*draft{}, refs: map[string]string{}, mails: map[string]string{}}
	for i := range records {
		if i%500 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if progress != nil {
				progress(i, len(records))
			}
		}
		b.row(&records[i])
	}
	if progress != nil {
		progress(len(records), len(records))
	}
	p := b.plan
	slices.SortStableFunc(p.Problems, func(a, b Problem) int { return a.Row - b.Row })
	if n := p.Errors(); n*10 > rows {
		p.Refused = fmt.Sprintf("%d of %d rows are wrong. Nothing is done until the file or the mapping is right.", n, rows)
	}
	return p, nil
}

// builder compares row after row with the register and with the rows before.
type builder struct {
	w     *World
	plan  *Plan
	cases map[string]*draft
	refs  map[string]string // case system's number -> Person, of people whom the plan adds
	mails map[string]string // folded mailbox and name -> Person, likewise
	added int
	boxes map[int64][]register.Address // of people in the register; made when it is first needed
}

// draft is a case as it will be.
type draft struct {
	known   Known
	firstAt int // row
	people  []*personDraft
	said    map[string]string // what an earlier row said of a field
}

type personDraft struct {
	key   string
	name  string
	party register.Party
	ref   string
}

func (b *builder) problem(row int, f Field, s Severity, format string, args ...any) {
	b.plan.Problems = append(b.plan.Problems, Problem{Row: row, Column: string(f), Severity: s, Words: fmt.Sprintf(format, args...)})
}

func (b *builder) do(c Change) {
	if c.Waits != "" {
		b.plan.Waiting = append(b.plan.Waiting, c)
		return
	}
	b.plan.Changes = append(b.plan.Changes, c)
}

func (b *builder) row(r *Record) {
	d, ok := b.cases[r.Ref]
	if !ok {
		if d, ok = b.open(r); !ok {
			return
		}
		b.cases[r.Ref] = d
	} else if !b.agrees(d, r) {
		return
	}
	b.caseFields(d, r)
	for i := range r.People {
		b.person(d, r, &r.People[i])
	}
}

// open begins with a case: the one in the register, or a new one.
func (b *builder) open(r *Record) (*draft, bool) {
	d := &draft{firstAt: r.Row, said: map[string]string{}}
	known, ok := b.w.Cases[r.Ref]
	if ok {
		d.known = known
		for _, p := range known.Parties {
			d.people = append(d.people, &personDraft{key: "id:" + strconv.FormatInt(p.Person.ID, 10), name: p.Person.Name, party: p, ref: known.Refs[p.Person.ID]})
		}
		b.agrees(d, r)
		return d, true
	}
	if r.ChildName == "" {
		b.problem(r.Row, ChildName, Error, "Case %s is new and the child's name is missing.", r.Ref)
		return nil, false
	}
	c := register.Case{
		Ref: r.Ref, ChildName: r.ChildName, DOB: r.DOB, UPN: r.UPN, NHS: r.NHS, School: r.School, Stage: r.Stage,
		Open: r.Open == nil || *r.Open, Restricted: r.Restricted != nil && *r.Restricted,
		TeamID: b.team(r), OfficerID: b.staff(r, Officer, r.Officer), FallbackID: b.staff(r, Fallback, r.Fallback),
	}
	if c.FallbackID == 0 {
		c.FallbackID = b.w.Fallback
	}
	if c.FallbackID == 0 {
		b.problem(r.Row, Fallback, Error, "Case %s is new and nobody answers for it: name a fall-back owner.", r.Ref)
		return nil, false
	}
	if c.OfficerID == 0 {
		b.problem(r.Row, Officer, Warning, "Case %s has no named officer.", r.Ref)
	}
	if c.DOB == "" {
		b.problem(r.Row, DOB, Warning, "Case %s has no date of birth: nobody is told when the child becomes a young person.", r.Ref)
	}
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddCase, To: r.Ref, Case: &c})
	d.known = Known{Case: c, Dates: map[string]string{}}
	b.agrees(d, r)
	return d, true
}

// agrees remembers what a row says of the case, and refuses a later row that says
// otherwise: which of the two is right cannot be told.
func (b *builder) agrees(d *draft, r *Record) bool {
	ok := true
	for f, v := range map[Field]string{
		ChildName: r.ChildName, DOB: r.DOB, UPN: r.UPN, NHS: r.NHS, School: r.School, Stage: r.Stage, Team: r.Team,
		Officer: r.Officer, Fallback: r.Fallback, RequestOn: r.Dates["request"], DecisionOn: r.Dates["decision"],
		DraftOn: r.Dates["draft"], FinalOn: r.Dates["final"], ReviewOn: r.Dates["review"],
	} {
		if v == "" {
			continue
		}
		if before := d.said[string(f)]; before != "" && !strings.EqualFold(before, v) {
			b.problem(r.Row, f, Error, "Row %d says otherwise of the same case %s.", d.firstAt, r.Ref)
			ok = false
			continue
		}
		d.said[string(f)] = v
	}
	return ok
}

func (b *builder) team(r *Record) int64 {
	if r.Team == "" {
		return 0
	}
	id := b.w.Teams[strings.ToLower(r.Team)]
	if id == 0 {
		b.problem(r.Row, Team, Warning, "There is no team %q; the team stays as it is.", r.Team)
	}
	return id
}

func (b *builder) staff(r *Record, f Field, email string) int64 {
	if email == "" {
		return 0
	}
	id := b.w.Staff[register.FoldMailbox(email)]
	if id == 0 {
		b.problem(r.Row, f, Warning, "%s has no active account; nobody was changed.", email)
	}
	return id
}
