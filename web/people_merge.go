package web

import (
	"net/http"
	"net/url"
	"strings"

	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// mergePerson shows two records of one person side by side, with what will be left:
// of two values the stricter.
func (s *Server) mergePerson(c *Ctx) error {
	m, _, _, err := s.mergePage(c, c.Query("with"), c.Query("on"))
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageMerge, m)
}

// mergePage is the page with the two; without the other one it asks who that is.
func (s *Server) mergePage(c *Ctx, with, on string) (view.MergePage, *record, register.Party, error) {
	r, p, err := s.partyOf(c)
	if err != nil {
		return view.MergePage{}, nil, p, err
	}
	to := view.MergeURL(r.Ref, id(p.Person.ID))
	m := view.MergePage{
		Shell: s.shell(c, caseTitle(r.Case, "Merge"), "cases"), Top: s.caseTop(c, r, "People"),
		Back: view.Link{Text: "Back to the person", Href: view.PersonURL(r.Ref, id(p.Person.ID))},
	}
	m.Choose = &view.Form{
		ID: "choose", Title: "Which other record is " + p.Person.Name + " as well?", Action: to, Do: "choose", Button: "Compare", Fields: []view.Field{
			{Name: "other", Label: "Somebody on this case", Kind: "select", Options: r.others(p.Person.ID, "Nobody on this case")},
			{Name: "from", Label: "or somebody on another case: its number", About: about("that case")},
			{Name: "who", Label: "and their name there", About: about("of this name")},
		},
	}
	if number(with) == 0 {
		return m, r, p, nil
	}
	other, err := s.mergeOther(c, r, with, on)
	if err != nil {
		return m, nil, p, err
	}
	m.Choose = nil
	m.Names = [2]string{p.Person.Name + " (this record, which stays)", other.Person.Name + " (goes into it)"}
	m.Rows, m.Stays = mergeRows(r, p, other)
	m.Form = &view.Form{
		ID: "merge", Title: "Make one record of the two", Action: to, Do: "merge", Button: "Merge the two records", Danger: true, Seen: seen(p, other),
		Warn: "This cannot be taken back. Everything that was said to and by either stays, under " + p.Person.Name + ".",
		Fields: []view.Field{
			hiddenField("with", with), hiddenField("on", on),
			{Name: "sure", Label: "Have you checked that they are one person?", Kind: "radios", Need: "Say that they are one person", Options: options("", "yes", "Yes, they are one person")},
		},
	}
	return m, r, other, nil
}

// mergeOther is the other record: on this case, or on one that the actor may open.
func (s *Server) mergeOther(c *Ctx, r *record, with, on string) (register.Party, error) {
	parties := r.Parties
	if on != "" {
		v, err := s.Store.Case(c.Request.Context(), c.Actor, strings.ToUpper(on))
		if err != nil {
			return register.Party{}, err
		}
		parties = v.Parties
	}
	other, ok := find(parties, number(with))
	if !ok {
		return other, fault.New(fault.NotFound, "This person is not on that case")
	}
	return other, nil
}

func mergeRows(r *record, p, other register.Party) (rows []view.MergeRow, stays []string) {
	link := other.Link
	if link.CaseID == r.ID {
		link = register.StricterLink(p.Link, other.Link, p.Person.Kind)
	} else {
		link = p.Link
	}
	words := func(l register.Link) string { return orWord(l.MayBeTold, "by what they are") }
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	pr := func(l register.Link) string { return prWord(register.Party{Person: p.Person, Link: l}) }
	rows = []view.MergeRow{
		{Name: "Name", Left: p.Person.Name, Right: other.Person.Name, After: p.Person.Name},
		{Name: "What they are", Left: kindWords(p.Person.Kind), Right: kindWords(other.Person.Kind), After: kindWords(p.Person.Kind)},
		{Name: "To the child", Left: string(p.Link.Relation), Right: string(other.Link.Relation), After: string(link.Relation)},
		{Name: "Parental responsibility", Left: pr(p.Link), Right: pr(other.Link), After: pr(link)},
		{Name: "May be told (recorded)", Left: words(p.Link), Right: words(other.Link), After: words(link)},
		{Name: "No contact", Left: yes(p.Link.NoContact), Right: yes(other.Link.NoContact), After: yes(link.NoContact)},
		{Name: "Address protected", Left: yes(p.Link.AddressHidden), Right: yes(other.Link.AddressHidden), After: yes(link.AddressHidden)},
		{Name: "Email addresses", Left: plural(len(p.Addresses), "address", "addresses"), Right: plural(len(other.Addresses), "address", "addresses"), After: "those of both"},
		{Name: "Telephones", Left: plural(len(p.Phones), "number", "numbers"), Right: plural(len(other.Phones), "number", "numbers"), After: "those of both"},
	}
	for _, x := range rows[3:7] {
		if x.Left != x.Right {
			stays = append(stays, x.Name+": "+x.After)
		}
	}
	for _, x := range r.facts.Restrictions {
		if x.EndedAt == nil && (x.PersonID == p.Person.ID || x.PersonID == other.Person.ID) {
			stays = append(stays, "Restriction: "+x.Kind.Words()+" ("+lowerFirst(x.Source.Words())+")")
		}
	}
	if link.CaseID != other.Link.CaseID {
		stays = append(stays, "What is recorded on the other case stays as it is there.")
	}
	return rows, stays
}

func (s *Server) merge(c *Ctx) error {
	m, r, other, err := s.mergePage(c, c.PostForm("with"), c.PostForm("on"))
	if err != nil {
		return err
	}
	person := c.Param("person")
	if m.Form == nil {
		return s.chooseOther(c, m, r)
	}
	out, err := submit(fill(c, m.Form), func() error {
		return s.Desk.MergePeople(c.Request.Context(), c.Actor, other.Person.ID, number(person), c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Shell.Failed = out.errs, true
		return s.page(c, out.status, view.PageMerge, m)
	}
	s.registerChanged(r)
	return s.done(c, view.PersonURL(r.Ref, person), "success", "Merged. What is stricter stayed.")
}

// chooseOther finds who was meant and leads to the comparison.
func (s *Server) chooseOther(c *Ctx, m view.MergePage, r *record) error {
	in := fill(c, m.Choose)
	to := ""
	out, err := submit(in, func() error {
		q := url.Values{}
		switch {
		case in.text("other") != "":
			q.Set("with", in.text("other"))
		case in.text("from") != "":
			p, err := s.named(c, in.text("from"), in.text("who"))
			if err != nil {
				return err
			}
			q.Set("with", id(p.Person.ID))
			q.Set("on", strings.ToUpper(in.text("from")))
		default:
			return fault.New(fault.Invalid, "Choose who the other record is")
		}
		to = view.MergeURL(r.Ref, c.Param("person")) + "?" + q.Encode()
		return nil
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Shell.Failed = out.errs, true
		return s.page(c, out.status, view.PageMerge, m)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}
