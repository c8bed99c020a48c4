package caseload

import (
	"slices"
	"strconv"
	"strings"

	"hearback/tickets/register"
)

// caseFields compares what a row says of the case. Blank cells say nothing.
func (b *builder) caseFields(d *draft, r *Record) {
	c := &d.known.Case
	set := func(f Field, from *string, to, waits string) {
		if to == "" || *from == to {
			return
		}
		b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: SetCase, Field: string(f), From: *from, To: to, Waits: waits})
		if waits == "" {
			*from = to
		}
	}
	// Who the child is changes seldom and is mistyped often; a wrong number would
	// send the guard after another child.
	identity := func(from string) string {
		if from == "" {
			return ""
		}
		return "It says that this is another child, or that the register is wrong."
	}
	name := r.ChildName
	if sameName(name, c.ChildName) { // "BRANDT, Milo" is no other name
		name = ""
	}
	if name != "" {
		// The name before stays known, so that letters with it are still recognised.
		b.alias(d, r, c.ChildName)
	}
	set(ChildName, &c.ChildName, name, "")
	b.doubled(r, UPN, c.UPN, r.UPN)
	b.doubled(r, NHS, c.NHS, r.NHS)
	set(DOB, &c.DOB, r.DOB, identity(c.DOB))
	set(UPN, &c.UPN, r.UPN, identity(c.UPN))
	set(NHS, &c.NHS, r.NHS, identity(c.NHS))
	set(School, &c.School, r.School, "")
	set(Stage, &c.Stage, r.Stage, "")
	if r.Row != d.firstAt || c.ID != 0 {
		b.owner(d, r, Team, &c.TeamID, b.team(r))
		b.owner(d, r, Officer, &c.OfficerID, b.staff(r, Officer, r.Officer))
		b.owner(d, r, Fallback, &c.FallbackID, b.staff(r, Fallback, r.Fallback))
	}
	b.flag(d, r, Restricted, &c.Restricted, r.Restricted, false, "It would open a restricted case to the whole team.")
	b.flag(d, r, Open, &c.Open, r.Open, true, "")
	for _, a := range r.Aliases {
		b.alias(d, r, a)
	}
	for _, key := range []string{"request", "decision", "draft", "final", "review"} {
		to := r.Dates[key]
		from := d.known.Dates[key]
		if to == "" || to == from {
			continue
		}
		b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: SetDate, Field: key, From: from, To: to})
		dates := map[string]string{key: to}
		for k, v := range d.known.Dates {
			if k != key {
				dates[k] = v
			}
		}
		d.known.Dates = dates // the map may be the world's
	}
}

func (b *builder) alias(d *draft, r *Record, name string) {
	same := func(a string) bool { return strings.EqualFold(a, name) }
	if name == "" || strings.EqualFold(name, r.ChildName) || slices.ContainsFunc(d.known.Aliases, same) {
		return
	}
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddAlias, To: name})
	d.known.Aliases = append(slices.Clone(d.known.Aliases), name)
}

func (b *builder) owner(d *draft, r *Record, f Field, from *int64, to int64) {
	if to == 0 || *from == to {
		return
	}
	said := map[Field]string{Team: r.Team, Officer: r.Officer, Fallback: r.Fallback}[f]
	c := Change{Row: r.Row, CaseRef: r.Ref, Action: SetCase, Field: string(f), From: number(*from), To: said, ToID: to}
	if d.known.Case.Restricted && d.known.Case.ID != 0 {
		c.Waits = "It would let somebody else into a restricted case."
	}
	b.do(c)
	if c.Waits == "" {
		*from = to
	}
}

func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// flag sets a yes or no. loose is the value that lets more people see or do
// something; it waits when waits says why.
func (b *builder) flag(d *draft, r *Record, f Field, from *bool, to *bool, loose bool, waits string) {
	if to == nil || *from == *to {
		return
	}
	c := Change{Row: r.Row, CaseRef: r.Ref, Action: SetCase, Field: string(f), From: yesNo(*from), To: yesNo(*to)}
	if *to == loose {
		c.Waits = waits
	}
	b.do(c)
	if c.Waits == "" {
		*from = *to
	}
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// sameRestriction reports whether an extract's restriction b is one that there is
// already: the case system exports it every night.
func sameRestriction(a, b register.Restriction) bool {
	return a.Kind == b.Kind && a.PersonID == b.PersonID && a.EndedAt == nil &&
		(a.Document == b.Document || b.Document == "") && (b.StartsOn == "" || a.StartsOn == "" || a.StartsOn <= b.StartsOn)
}
