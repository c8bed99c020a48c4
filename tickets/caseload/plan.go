package caseload

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	Kinds    map[int64]register.PersonKind
	Boxes    map[int64][]register.Address // of people, on whatever case
	Phones   map[int64][]register.Phone   // likewise
	Places   map[int64][]register.Postal  // likewise
	Fallback int64                        // who answers for a case that names nobody; 0: none

	// Hidden are cases, by reference in capitals, that whoever imports may not change.
	Hidden map[string]bool
	// Ended are restrictions that two people have ended, by case.
	Ended map[int64][]register.Restriction
	// Declined holds the keys of waiting changes that a person left as it is.
	Declined map[string]bool
}

// Known is a case in the register.
type Known struct {
	Case         register.Case
	Aliases      []string
	Parties      []register.Party // their addresses and numbers are the World's
	Restrictions []register.Restriction
	Dates        map[string]string
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
	Source  string // of SetLink pr: who checked it, against what
	On      string // of SetLink pr: 2006-01-02
	Secret  bool   // of AddAddress and AddPhone: nobody else on the case may see it

	Case        *register.Case
	Link        *register.Link
	Restriction *register.Restriction
	Postal      *register.Postal
	PersonKind  register.PersonKind

	// Waits says why a person has to decide; "" when it is carried out.
	Waits string
}

// Key names the change: the same change of another night has the same key, once
// Person is somebody in the register.
func (c Change) Key() string {
	what := ""
	if c.Restriction != nil {
		what = strconv.FormatInt(c.Restriction.ID, 10)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{strings.ToUpper(c.CaseRef), string(c.Action), c.Field, c.From, c.To, c.Person, what}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// Plan is what an extract would do.
type Plan struct {
	Version  int64
	Rows     int
	Changes  []Change // carried out in this order
	Waiting  []Change // loosening; a person decides on each
	Problems []Problem
	Refused  string // why nothing is done at all; "" when the plan can be carried out

	world *World
}

// Known is a case as the register held it when the plan was made.
func (p *Plan) Known(ref string) (Known, bool) {
	k, ok := p.world.Cases[strings.ToUpper(ref)]
	return k, ok
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
	b := newBuilder(w, rows, wrong)
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
	slices.SortStableFunc(p.Problems, func(a, b Problem) int {
		return cmp.Or(a.Row-b.Row, strings.Compare(a.Column, b.Column), strings.Compare(a.Words, b.Words))
	})
	if n := p.Errors(); n*10 > rows {
		p.Refused = fmt.Sprintf("%d of %d rows are wrong. Nothing is done until the file or the mapping is right.", n, rows)
	}
	return p, nil
}

// builder compares row after row with the register and with the rows before.
type builder struct {
	w       *World
	plan    *Plan
	cases   map[string]*draft
	folk    map[string]*folk    // by Person: what is, or will be, known of somebody on any case
	refs    map[string]string   // case system's number -> Person
	mails   map[string][]string // folded mailbox -> Person, of people whom the plan adds
	numbers map[string]int      // how many cases have a UPN or an NHS number
	said    map[string]bool     // restrictions that the plan adds, so that a line twice is one
	added   int
}

// folk is somebody as they will be, whatever the case.
type folk struct {
	name   string
	kind   register.PersonKind
	ref    string // one of the case system's numbers; "" when there is none
	boxes  []register.Address
	phones []register.Phone
	places []register.Postal
}

func newBuilder(w *World, rows int, wrong []Problem) *builder {
	b := &builder{
		w: w, plan: &Plan{Version: w.Version, Rows: rows, Problems: wrong, world: w}, cases: map[string]*draft{}, folk: map[string]*folk{},
		refs: map[string]string{}, mails: map[string][]string{}, numbers: map[string]int{}, said: map[string]bool{},
	}
	for ref, id := range w.ByRef {
		b.refs[ref] = PersonKey(id)
		b.known(PersonKey(id)).ref = ref
	}
	for _, c := range w.Cases {
		b.numbers[c.Case.UPN]++
		b.numbers[c.Case.NHS]++
	}
	return b
}

// PersonKey is the Change.Person of somebody in the register.
func PersonKey(id int64) string { return "id:" + strconv.FormatInt(id, 10) }

// PersonID is the other way round.
func PersonID(key string) (int64, error) {
	s, ok := strings.CutPrefix(key, "id:")
	if !ok {
		return 0, fmt.Errorf("%q is nobody in the register", key)
	}
	return strconv.ParseInt(s, 10, 64)
}

// personID is 0 for somebody whom the plan adds.
func personID(key string) int64 {
	id, err := PersonID(key)
	if err != nil {
		return 0
	}
	return id
}

// known is what there is about somebody, on whatever case.
func (b *builder) known(key string) *folk {
	f := b.folk[key]
	if f == nil {
		id := personID(key)
		f = &folk{name: b.w.Names[id], kind: b.w.Kinds[id], boxes: b.w.Boxes[id], phones: b.w.Phones[id], places: b.w.Places[id]}
		b.folk[key] = f
	}
	return f
}

// draft is a case as it will be.
type draft struct {
	known   Known
	firstAt int // row
	people  []*personDraft
	said    map[string]string // what an earlier row said of a field
}

type personDraft struct {
	key  string
	link register.Link
}

func (b *builder) problem(row int, f Field, s Severity, format string, args ...any) {
	b.plan.Problems = append(b.plan.Problems, Problem{Row: row, Column: string(f), Severity: s, Words: fmt.Sprintf(format, args...)})
}

func (b *builder) do(c Change) {
	if c.Waits != "" {
		// What a person has looked at and left as it is does not come back every night.
		if !b.w.Declined[c.Key()] {
			b.plan.Waiting = append(b.plan.Waiting, c)
		}
		return
	}
	b.plan.Changes = append(b.plan.Changes, c)
}

func (b *builder) row(r *Record) {
	if b.w.Hidden[r.Ref] {
		b.problem(r.Row, CaseRef, Error, "Case %s is not one that you may change by an import.", r.Ref)
		return
	}
	if r.DOB > b.w.Today {
		b.problem(r.Row, DOB, Error, "The date of birth is in the future.")
		return
	}
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
			d.people = append(d.people, &personDraft{key: PersonKey(p.Person.ID), link: p.Link})
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
	b.doubled(r, UPN, "", c.UPN)
	b.doubled(r, NHS, "", c.NHS)
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
		Restricted: answer(r.Restricted), Open: answer(r.Open),
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

func answer(v *bool) string {
	if v == nil {
		return ""
	}
	return yesNo(*v)
}

// doubled warns of a number that another case has already: one child may have two
// cases by mistake. It does not say which, since not everybody may know.
func (b *builder) doubled(r *Record, f Field, from, to string) {
	if to == "" || from == to {
		return
	}
	if b.numbers[to]++; b.numbers[to] > 1 {
		b.problem(r.Row, f, Warning, "Another case has this number too. Is it the same child?")
	}
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
