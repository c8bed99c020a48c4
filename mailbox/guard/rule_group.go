package guard

import (
	"fmt"
	"strings"
)

// judgeGroup looks at lists whose members are outside or unseen, at mailboxes
// that pass their mail on, and at recipients that only a header field names.
func judgeGroup(m *matter) []Finding {
	var out []Finding
	about := m.caseContent()
	outsiders := map[string][]string{}
	forwarded := map[string][]recipient{}
	var lists []string
	for _, r := range m.outside {
		if r.sealed {
			f := Finding{Rule: RuleGroupUnresolved, Decision: Confirm, Mailbox: r.mailbox, Words: "We cannot see who is on " + r.mailbox + "."}
			if about {
				f.Decision = Block
			}
			out = append(out, f)
			continue
		}
		if r.hidden {
			out = append(out, Finding{
				Rule: RuleHeaderLeak, Decision: Block, Mailbox: r.mailbox, Person: r.called,
				Words: "A hidden part of this email would send it to somebody else as well.",
			})
		}
		switch {
		case r.through == "":
		case m.isList(r.through):
			if len(outsiders[r.through]) == 0 {
				lists = append(lists, r.through)
			}
			outsiders[r.through] = append(outsiders[r.through], r.called)
		default:
			forwarded[r.through] = append(forwarded[r.through], r)
		}
	}
	for _, l := range lists {
		f := Finding{
			Rule: RuleGroupExternal, Decision: Confirm, Mailbox: l,
			Words: fmt.Sprintf("%s includes %d people outside the council: %s.", l, len(outsiders[l]), strings.Join(outsiders[l], ", ")),
		}
		if about || m.isPrivateTalk() {
			f.Decision = Block
		}
		out = append(out, f)
	}
	for from, to := range forwarded {
		for _, r := range to {
			if r.class == contact && len(r.links) > 0 || !about {
				continue // judged as the recipient that it is
			}
			out = append(out, Finding{
				Rule: RuleForwards, Decision: Block, Mailbox: from,
				Words: from + " passes its mail on to " + r.addr.String() + ".",
			})
		}
	}
	return once(out)
}

// isList reports a mailbox that is a list; a list through which a list is
// reached counts as one.
func (m *matter) isList(mailbox string) bool {
	_, ok := m.reach.groups[mailbox]
	return ok
}

// caseContent reports a letter that is about some child: it is on a case, or it
// identifies a child of the caseload, or speaks of a family by its name.
func (m *matter) caseContent() bool {
	if m.f.CaseRef != "" || m.identifies() {
		return true
	}
	for _, v := range m.views {
		if len(m.f.Others.find(v)) > 0 || m.f.Others.surnameOfCase(v.words) {
			return true
		}
	}
	return len(m.othersFirst(m.l.Subject+"\n"+m.body())) > 0
}
