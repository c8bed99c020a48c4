package guard

import (
	"slices"
	"strings"
)

// Whoever reads a mailbox reads all that goes there. A mailbox of several people is
// therefore linked to a case only when each of them is: the strictest wins.

// offCase are the people behind the mailbox who are not on the case. Two records of one
// name with one mailbox are one person, entered twice.
func (r recipient) offCase(caseRef string) []Person {
	on := map[string]bool{}
	for _, p := range r.people {
		if _, ok := p.here(caseRef); ok {
			on[personName(p)] = true
		}
	}
	var out []Person
	for _, p := range r.people {
		if !on[personName(p)] {
			out = append(out, p)
		}
	}
	return out
}

func personName(p Person) string { return strings.Join(nameWords(p.Name), " ") }

// linkedTo reports a mailbox of which everybody is linked to the case. The people behind
// a school's mailbox are there for the school: what one of them is linked to, it is.
func (r recipient) linkedTo(caseRef string) bool {
	off := r.offCase(caseRef)
	if len(off) == 0 {
		return len(r.people) > 0
	}
	return len(off) < len(r.people) && !slices.ContainsFunc(r.people, func(p Person) bool { return p.Kind != KindSchool })
}

// sharedWith stops a letter to somebody of the case whose mailbox is also that of a
// person who is not on it. Nobody is named: that they are recorded at all is another
// case's matter.
func (m *matter) sharedWith(r recipient) []Finding {
	off := r.offCase(m.f.CaseRef)
	family := slices.ContainsFunc(r.people, func(p Person) bool { return inPerson(p.Kind) })
	switch {
	case len(off) == 0 || !family:
		return nil // colleagues behind the mailbox of a school or a practice
	case slices.ContainsFunc(off, func(p Person) bool { return inPerson(p.Kind) }) || m.f.PartiesOnly:
		return []Finding{{
			Rule: RuleNotLinked, Decision: Block, Mailbox: r.mailbox, Person: r.called,
			Words: "Somebody who is not on " + m.child() + "'s case reads " + r.addr.String() + " as well. Use another address of " + r.called + ".",
		}}
	case m.identifies():
		return []Finding{{
			Rule: RuleUnlinked, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
			Words: "Somebody who is not on " + m.child() + "'s case reads " + r.addr.String() + " as well. What do they need this for?",
		}}
	}
	return nil
}

// inPerson reports the kinds of people who have no business with a case that they are
// not on, whatever the letter says.
func inPerson(k Kind) bool {
	return k != KindSchool && k != KindProfessional && k != KindMP
}
