package tickets

import (
	"slices"
	"strings"

	"hearback/tickets/register"
)

// MailingCase is what decides who on a case gets a letter to many families.
type MailingCase struct {
	Case    register.Case
	Parties []register.Party
	Facts   *register.CaseFacts
}

// MailingPeople are the lines of one case on a local date: the family alone, that is
// parents and the young person. Schools and professionals get no mailings. Whoever
// gets none has a reason in plain words; a case with nobody to write to has a line of
// its own, so that no family is missing without anybody knowing.
func MailingPeople(m MailingCase, on string) []MailingLetter {
	var out []MailingLetter
	for _, p := range m.Parties {
		if p.Link.Representative || p.Person.Kind != register.KindParent && p.Person.Kind != register.KindYoungPerson {
			continue
		}
		l := MailingLetter{CaseID: m.Case.ID, PersonID: p.Person.ID, Name: p.Person.Name, CaseRef: m.Case.Ref, ChildName: m.Case.ChildName, State: MailingWaiting}
		a, why := mailingAddress(p)
		if kept := m.keptOut(p, on); kept != "" {
			why = kept
		}
		if why != "" {
			l.State, l.Why = MailingLeftOut, why
		} else {
			l.Email = a.Email
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		out = append(out, MailingLetter{
			CaseID: m.Case.ID, CaseRef: m.Case.Ref, ChildName: m.Case.ChildName, State: MailingLeftOut,
			Why: "Nobody of the family is recorded. Add a parent to the case, then write to them",
		})
	}
	return out
}

// keptOut is why somebody gets no mailing whatever their address is; "" when they may.
// What they may be told is register.WhatMayBeTold's answer. A mailing is stricter than
// a letter that an officer writes: where anything has to be kept from somebody, a
// person writes to them.
func (m MailingCase) keptOut(p register.Party, on string) string {
	told := m.Facts.Told(m.Case, p, m.Parties, on)
	last := ""
	if n := len(told.Why); n > 0 {
		last = " " + told.Why[n-1]
	}
	switch {
	case !told.MayWrite:
		return "Restricted: we may not write to them." + last
	case told.Level == register.ToldNothing || told.Level == register.ToldIndirect:
		return "Restricted: they may not be told about this child." + last
	case told.Level != register.ToldAll:
		return "Restricted: " + strings.Join(told.NotTold, " and ") + " has to be kept from them. Write to them yourself"
	case p.Person.Kind == register.KindParent && p.Link.PR != register.PRYes:
		return "Parental responsibility has not been checked. Check it, then write to them"
	}
	if p.Person.Kind == register.KindParent && register.IsYoungPerson(m.Case.DOB, on) {
		switch m.Facts.Arrangement.Value {
		case register.ArrangeParent, register.ArrangeParentCopied:
		default:
			return register.FirstName(m.Case.ChildName) + " is a young person and decides. Nobody has asked yet who should be told"
		}
	}
	if name := m.representedBy(p, on); name != "" {
		return "Represented by " + name + ". Write to them through " + name
	}
	switch pr := m.Facts.Preferences[p.Person.ID]; {
	case pr.NoGeneral:
		return "Unsubscribed: they want no general letters"
	case pr.Channel == "letter":
		return "They want letters by post. Send this by post"
	case pr.Channel == "phone":
		return "They want to be rung. Ring them"
	case pr.Braille || pr.Audio || pr.BSL || pr.EasyRead:
		return "They need another form (" + otherForms(pr) + "). Make it for them"
	case pr.Interpreter:
		return "They need an interpreter. Have it put into their language"
	}
	return ""
}

func otherForms(p register.Preferences) string {
	var out []string
	for name, on := range map[string]bool{"Braille": p.Braille, "audio": p.Audio, "sign language": p.BSL, "easy read": p.EasyRead} {
		if on {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// representedBy names who speaks for a party, or for the child, today.
func (m MailingCase) representedBy(p register.Party, on string) string {
	for _, r := range m.Facts.Representations {
		if r.CaseID != m.Case.ID || r.ForPerson != p.Person.ID || !r.InForce(on) {
			continue
		}
		for _, q := range m.Parties {
			if q.Person.ID == r.PersonID {
				return q.Person.Name
			}
		}
		return "somebody else"
	}
	return ""
}

// mailingAddress is where a letter would go, or why there is nowhere.
func mailingAddress(p register.Party) (register.Address, string) {
	if len(p.Addresses) == 0 {
		return register.Address{}, "No email address. Send this by post"
	}
	a, err := addressFor(p, 0, "")
	if err != nil {
		return register.Address{}, "No email address. Send this by post"
	}
	if a.Failing() {
		return register.Address{}, "Letters to their address came back twice. Ring them for another"
	}
	return a, ""
}

// OneLetterEach joins lines of one person on several cases into one: for a letter that
// says nothing of one child. Lines are in the order of cases; the first that waits
// stays, with the others' cases.
func OneLetterEach(lines []MailingLetter) []MailingLetter {
	first := map[int64]int{}
	var out []MailingLetter
	for _, l := range lines {
		if l.State != MailingWaiting {
			out = append(out, l)
			continue
		}
		if i, ok := first[l.PersonID]; ok {
			out[i].Also = append(out[i].Also, l.CaseID)
			continue
		}
		first[l.PersonID] = len(out)
		out = append(out, l)
	}
	return out
}
