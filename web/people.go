package web

import (
	"net/http"
	"slices"
	"strings"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// casePeople is the table of who may be told what, with how to reach them. What is
// protected is not in it: it is shown to one who asks, which is put on record.
func (s *Server) casePeople(r *record) []view.CasePerson {
	out := make([]view.CasePerson, 0, len(r.Parties))
	for _, p := range r.Parties {
		out = append(out, r.casePerson(p, false))
	}
	return out
}

// casePerson is one person of the case. shown says that what is protected was
// asked for, and that this was recorded.
func (r *record) casePerson(p register.Party, shown bool) view.CasePerson {
	t, who := r.told(p), r.mayBeTold(p)
	out := view.CasePerson{
		ID: who.ID, Href: who.Href, Name: p.Person.Name, Link: string(p.Link.Relation), PR: prWord(p), PRNote: prNote(p.Link), Level: who.Level,
		Told: toldShort(t), NotTold: who.NotTold, Why: t.Why, Ask: t.Ask, Shared: who.Shared, NoWriting: !t.MayWrite, Marks: r.marks(p),
		Prefers: prefers(p.Person.Name, r.facts.Preferences[p.Person.ID]), Reach: r.reach(p, shown),
	}
	out.Why = shortWhy(t.Why)
	if who.Level == "no" {
		out.Because = strings.Join(slices.DeleteFunc(slices.Clone(out.Why), func(w string) bool {
			return w == "Holds parental responsibility." || strings.HasSuffix(w, "is protected.")
		}), " ")
	}
	for _, x := range out.Reach {
		if x.Protected && x.Value == "" {
			out.ShowURL = view.PersonShowURL(r.Ref, who.ID)
		}
	}
	return out
}

// shortWhy leaves out a reason that another one says with more.
func shortWhy(why []string) []string {
	var out []string
	for i, w := range why {
		if !slices.ContainsFunc(why, func(o string) bool { return o != w && strings.HasPrefix(o, strings.TrimSuffix(w, ".")+" (") }) && !slices.Contains(why[:i], w) {
			out = append(out, w)
		}
	}
	return out
}

// marks are what else has to be known of somebody at a glance.
func (r *record) marks(p register.Party) []string {
	var out []string
	for _, x := range r.facts.Representations {
		if x.PersonID != p.Person.ID || !x.InForce(r.on) {
			continue
		}
		m := "Acts for " + r.personName(x.ForPerson)
		if x.ExpiresOn != "" {
			m += " until " + shortDay(x.ExpiresOn)
		}
		out = append(out, m)
	}
	if p.Link.AddressHidden {
		out = append(out, "Their address is protected")
	}
	return out
}

// reach lists how to reach somebody. Without shown a protected entry says no more
// than that it is there.
func (r *record) reach(p register.Party, shown bool) []view.Reach {
	var out []view.Reach
	add := func(x view.Reach, value string, protected bool) {
		x.Protected = protected || p.Link.AddressHidden
		if !x.Protected || shown {
			x.Value = value
		} else {
			x.Notes = nil // who shares it, and when it was checked, is part of it
		}
		out = append(out, x)
	}
	for _, a := range p.Addresses {
		x := view.Reach{ID: id(a.ID), Kind: "email", Notes: []string{"Not checked"}}
		if a.VerifiedAt != nil {
			x.Notes = []string{"Checked " + shortDay(localDay(*a.VerifiedAt))}
		}
		if a.Bounced > 0 {
			bad := "Did not arrive: " + plural(a.Bounced, "time", "times")
			if a.Failing() {
				bad += ". Do not rely on it until somebody has put it right"
			}
			x.Bad = append(x.Bad, bad)
		}
		for _, o := range r.sharing(register.Party{Person: p.Person, Addresses: []register.Address{a}}) {
			x.Notes = append(x.Notes, "also read by "+o.Person.Name)
		}
		if r.elsewhere(a) {
			x.Notes = append(x.Notes, "also read by somebody on another case")
		}
		add(x, a.Email, a.Confidential)
	}
	for _, n := range p.Phones {
		x := view.Reach{ID: id(n.ID), Kind: "phone"}
		if n.VerifiedAt != nil {
			x.Notes = append(x.Notes, "Checked "+shortDay(localDay(*n.VerifiedAt)))
		}
		if n.Wrong {
			x.Bad = append(x.Bad, "Wrong number: somebody else answers")
		}
		add(x, n.Number, n.Confidential)
	}
	for _, a := range r.facts.Postal[p.Person.ID] {
		x := view.Reach{ID: id(a.ID), Kind: "post"}
		if a.FromOn != "" {
			x.Notes = append(x.Notes, "from "+shortDay(a.FromOn))
		}
		if a.ToOn != "" {
			x.Notes = append(x.Notes, "until "+shortDay(a.ToOn))
		}
		add(x, strings.TrimSpace(a.Lines+"\n"+a.Postcode), a.Confidential)
	}
	return out
}

// elsewhere reports whether a mailbox is recorded with somebody who is not on this
// case. Who, only those learn who may see that case.
func (r *record) elsewhere(a register.Address) bool {
	if r.full == nil {
		return false
	}
	for _, m := range r.full.SharedMailboxes {
		if m.Elsewhere && register.LooseMailbox(m.Email) == register.LooseMailbox(a.Email) {
			return true
		}
	}
	return false
}

func prWord(p register.Party) string {
	if p.Person.Kind != register.KindParent {
		return "-"
	}
	switch p.Link.PR {
	case register.PRYes:
		return "yes"
	case register.PRNo:
		return "no"
	}
	return "not checked"
}

// prNote is who checked parental responsibility against what, and when.
func prNote(l register.Link) string {
	var out []string
	for _, x := range []string{l.PRSource, shortDay(l.PRCheckedOn)} {
		if x != "" {
			out = append(out, x)
		}
	}
	return strings.Join(out, ", ")
}

// protectedShown records that somebody looked at what is protected. What cannot be
// recorded is not shown.
func (s *Server) protectedShown(c *Ctx, object string, caseID int64, what string) error {
	return s.Desk.Seen(c.Request.Context(), c.Actor, audit.ProtectedShown, object, caseID, map[string]string{"what": what}, c.Now)
}

func (s *Server) casePeoplePage(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	m := view.CasePeople{
		Shell: s.shell(c, caseTitle(r.Case, "People"), "cases"), Top: s.caseTop(c, r, "People"), People: s.casePeople(r),
		Restrict: restrictionWords(r), RestHref: view.RestrictionsURL(r.Ref),
	}
	if c.Actor.May(access.AddToRegister) {
		m.NewHref = view.NewPersonURL(r.Ref)
	}
	return s.page(c, http.StatusOK, view.PageCasePeople, m)
}

// partyOf is the person in the address, on the case in the address.
func (s *Server) partyOf(c *Ctx) (*record, register.Party, error) {
	r, err := s.fullRecord(c)
	if err != nil {
		return nil, register.Party{}, err
	}
	p, ok := r.party(number(c.Param("person")))
	if !ok {
		return nil, register.Party{}, fault.New(fault.NotFound, "This person is not on this case")
	}
	return r, p, nil
}

func (s *Server) person(c *Ctx) error {
	r, p, err := s.partyOf(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PagePerson, s.personPage(c, r, p, false))
}

// personShow shows what is protected of somebody, once.
func (s *Server) personShow(c *Ctx) error {
	r, p, err := s.partyOf(c)
	if err != nil {
		return err
	}
	if err := s.protectedShown(c, "person:"+id(p.Person.ID), r.ID, "addresses"); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PagePerson, s.personPage(c, r, p, true))
}

func (s *Server) personPage(c *Ctx, r *record, p register.Party, shown bool) view.PersonPage {
	m := view.PersonPage{
		Shell: s.shell(c, caseTitle(r.Case, "Person"), "cases"), Top: s.caseTop(c, r, "People"), Back: view.Link{Text: "Back to people", Href: view.PeopleURL(r.Ref)},
		Person: r.casePerson(p, shown), Shown: shown,
		Facts: []view.Fact{
			{Name: "What they are", Value: kindWords(p.Person.Kind)}, {Name: "To the child", Value: string(p.Link.Relation)},
		},
	}
	if p.Person.Kind == register.KindParent {
		m.Facts = append(m.Facts, view.Fact{Name: "Parental responsibility", Value: upper(prWord(p)), Note: prNote(p.Link)})
	}
	for _, x := range r.facts.Representations {
		if x.PersonID == p.Person.ID {
			m.Authority = append(m.Authority, authorityFact(r, x))
		}
	}
	for _, x := range r.facts.Restrictions {
		if x.EndedAt == nil && (x.PersonID == p.Person.ID || x.AgainstID == p.Person.ID || x.Hides(p.Person.ID)) {
			m.Rests = append(m.Rests, restrictionRow(r, x))
		}
	}
	may := c.Actor.May(access.ManageRegister)
	m.Reach = m.Person.Reach
	if may {
		for i := range m.Reach {
			if m.Reach[i].Value != "" {
				m.Reach[i].Forms = r.reachForms(p, m.Reach[i])
			}
		}
		m.Forms = s.changeForms(c, r, p)
		m.MergeHref = view.MergeURL(r.Ref, m.Person.ID)
	}
	if c.Actor.May(access.AddToRegister) {
		m.AddForms = r.addForms(p)
	}
	return m
}

func authorityFact(r *record, x register.Representation) view.Fact {
	f := view.Fact{Name: "For " + r.personName(x.ForPerson), Value: x.Document, Note: representationWords(x.Kind) + ", from " + shortDay(x.GivenOn)}
	switch {
	case x.EndedAt != nil:
		f.Note += ". Ended"
	case x.ExpiresOn != "" && x.ExpiresOn < r.on:
		f.Note += ". Ran out " + shortDay(x.ExpiresOn)
	case x.ExpiresOn != "":
		f.Note += " until " + shortDay(x.ExpiresOn)
	}
	return f
}

func kindWords(k register.PersonKind) string {
	switch k {
	case register.KindParent:
		return "Parent or carer"
	case register.KindYoungPerson:
		return "Young person"
	case register.KindSchool:
		return "School or setting"
	case register.KindProfessional:
		return "Professional"
	case register.KindMP:
		return "MP or councillor"
	}
	return "Somebody else"
}

func representationWords(k register.RepresentationKind) string {
	switch k {
	case register.Solicitor:
		return "Solicitor"
	case register.Advocate:
		return "Advocate"
	case register.SENDIASSAdviser:
		return "SENDIASS adviser"
	}
	return "Other representative"
}
