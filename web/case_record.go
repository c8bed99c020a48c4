package web

import (
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/register"
	"hearback/web/view"
)

// record is a case with what the register says about it, as of a local date.
// Every page that says who may be told what asks it, so that none says otherwise
// than the others. Of an enquiry without a case it is empty.
type record struct {
	tickets.CaseView
	facts register.CaseFacts
	full  *tickets.CaseRecord // on the pages of a case: what somebody has to do, and how old the facts are
	on    string              // 2006-01-02, local date
}

// record reads a case within the actor's scope.
func (s *Server) record(c *Ctx, ref string) (*record, error) {
	v, err := s.Store.Case(c.Request.Context(), c.Actor, strings.ToUpper(ref))
	if err != nil {
		return nil, err
	}
	f, err := s.Store.CaseFacts(c.Request.Context(), v.ID)
	if err != nil {
		return nil, err
	}
	return &record{CaseView: *v, facts: *f, on: sla.DateOf(c.Now).String()}, nil
}

// recordOf is the record of the enquiry's case; an empty one when it is on none.
func (s *Server) recordOf(c *Ctx, t tickets.TicketView) (*record, error) {
	if t.CaseRef == "" {
		return &record{on: sla.DateOf(c.Now).String()}, nil
	}
	return s.record(c, t.CaseRef)
}

// told is what somebody on the case may be told: the one computation, with the
// facts of the case.
func (r *record) told(p register.Party) register.Told {
	return r.facts.Told(r.Case, p, r.Parties, r.on)
}

// party is somebody on the case by id.
func (r *record) party(personID int64) (register.Party, bool) { return find(r.Parties, personID) }

// personName is a person of the case by name; "" when the person is not on it.
func (r *record) personName(id int64) string {
	if p, ok := r.party(id); ok {
		return p.Person.Name
	}
	return ""
}

// sharing are the others on the case who read a mailbox of this person. Tags and
// dots do not make another mailbox: who must not be told is not to be reached by
// another spelling.
func (r *record) sharing(p register.Party) []register.Party {
	mine := map[string]bool{}
	for _, a := range p.Addresses {
		mine[register.LooseMailbox(a.Email)] = true
	}
	var out []register.Party
	for _, o := range r.Parties {
		if o.Person.ID == p.Person.ID {
			continue
		}
		for _, a := range o.Addresses {
			if mine[register.LooseMailbox(a.Email)] {
				out = append(out, o)
				break
			}
		}
	}
	return out
}

// mayBeTold says in one line what a person may be told, with the reasons and
// what is still to do.
func (r *record) mayBeTold(p register.Party) view.MayBeTold {
	t := r.told(p)
	m := view.MayBeTold{
		ID: id(p.Person.ID), Name: p.Person.Name, Role: string(p.Link.Relation), Level: levelWord(t.Level), Told: t.Words, NotTold: notTold(t), Basis: basis(p),
		Why: strings.Join(t.Why, " "), Ask: t.Ask, NoWriting: !t.MayWrite,
	}
	if r.Ref != "" {
		m.Href = view.PersonURL(r.Ref, m.ID)
	}
	if with := r.sharing(p); len(with) > 0 {
		m.Shared = sharedWords(with)
		for _, o := range with {
			if x := r.told(o); x.Level.Rank() < t.Level.Rank() || len(x.NotTold) > len(t.NotTold) {
				m.Shared += " By email tell no more than " + o.Person.Name + " may be told: " + lowerFirst(x.Words) + "."
			}
		}
	}
	return m
}

func sharedWords(with []register.Party) string {
	names := make([]string, 0, len(with))
	for _, o := range with {
		names = append(names, o.Person.Name)
	}
	return "Reads the same mailbox as " + view.Names(names) + "."
}

// levelWord groups the levels for the mark beside a name: all, some, none.
func levelWord(l register.ToldLevel) string {
	switch l {
	case register.ToldAll:
		return "yes"
	case register.ToldNothing, register.ToldIndirect:
		return "no"
	}
	return "part"
}

// toldShort is the column "Told": what may be told, without what may not.
func toldShort(t register.Told) string {
	words, _, _ := strings.Cut(t.Words, ". Not ")
	words, _, _ = strings.Cut(words, ". Do not ")
	return upper(strings.TrimPrefix(words, "Yes, "))
}

// notTold is the column "Not told".
func notTold(t register.Told) string {
	switch t.Level {
	case register.ToldNothing, register.ToldIndirect:
		return "everything"
	case register.ToldSchool:
		return strings.Join(append([]string{"all but school matters"}, t.NotTold...), ", ")
	case register.ToldAdvice:
		return strings.Join(append([]string{"all but what their advice needs"}, t.NotTold...), ", ")
	}
	return strings.Join(t.NotTold, ", ")
}

// basis is how we know that somebody holds parental responsibility.
func basis(x register.Party) string {
	switch {
	case x.Person.Kind != register.KindParent:
		return ""
	case x.Link.PR == register.PRYes && x.Link.PRCheckedOn != "":
		return "Parental responsibility checked " + shortDay(x.Link.PRCheckedOn)
	case x.Link.PR == register.PRYes:
		return "Parental responsibility"
	case x.Link.PR == register.PRNo:
		return "No parental responsibility"
	}
	return "Parental responsibility not checked"
}

// shortDay is a local date of the register as it is read: "3 Nov 2026"; what is
// no date stays as it is.
func shortDay(on string) string {
	d, err := sla.ParseDate(on)
	if err != nil {
		return on
	}
	return d.Midnight().In(sla.London()).Format("2 Jan 2006")
}

// prefers is how somebody wants to be written to or rung, in one line; "" when
// nothing has been said.
func prefers(name string, p register.Preferences) string {
	if p.Empty() {
		return ""
	}
	var out []string
	add := func(on bool, words string) {
		if on {
			out = append(out, words)
		}
	}
	add(p.Channel != "", map[string]string{"email": "email", "phone": "telephone", "letter": "letter"}[p.Channel])
	add(p.Times != "", p.Times)
	add(p.Language != "", "language "+p.Language)
	add(p.Interpreter, "an interpreter")
	add(p.BSL, "British Sign Language")
	add(p.LargePrint > 0, "print of "+id(int64(p.LargePrint))+" points")
	add(p.EasyRead, "easy read")
	add(p.Braille, "braille")
	add(p.Audio, "audio")
	add(p.NoGeneral, "no general letters")
	add(p.Words != "", p.Words)
	return name + " prefers: " + strings.Join(out, ", ") + "."
}

// sentences puts texts after one another, each with its full stop.
func sentences(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t = strings.TrimSuffix(strings.TrimSpace(t), "."); t != "" {
			out = append(out, t+".")
		}
	}
	return strings.Join(out, " ")
}

// localDay is the local date of a moment, as the register writes dates.
func localDay(t time.Time) string { return sla.DateOf(t).String() }
