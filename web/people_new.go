package web

import (
	"net/http"
	"net/url"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// personNewPage begins with a preset: what somebody usually is and may be told.
func (s *Server) personNewPage(c *Ctx, r *record) view.PersonNew {
	m := view.PersonNew{Shell: s.shell(c, caseTitle(r.Case, "Add a person"), "cases"), Top: s.caseTop(c, r, "People")}
	wanted := c.Query("preset")
	var chosen register.Preset
	for _, p := range register.Presets() {
		if p.Name == wanted || wanted == "" && chosen.Name == "" {
			chosen = p
		}
		m.Presets = append(m.Presets, view.Link{Text: p.Name, Href: view.NewPersonURL(r.Ref) + "?preset=" + url.QueryEscape(p.Name)})
	}
	m.Preset, m.Note = chosen.Name, chosen.Note
	action := view.NewPersonURL(r.Ref) + "?preset=" + url.QueryEscape(chosen.Name)
	fields := []view.Field{
		{Name: "name", Label: "Name", Need: "Enter the name", About: about("name")},
		{Name: "kind", Label: "What they are", Kind: "select", Options: kindOptions(chosen.Kind), About: about("what the person is")},
	}
	link := register.Link{MayBeTold: chosen.MayBeTold}
	if chosen.Relation != "parent" { // mother or father: to be said
		link.Relation = chosen.Relation
	}
	for _, f := range linkFields(link) {
		if strings.HasPrefix(f.Name, "pr") && chosen.Kind != register.KindParent && chosen.Name != "" {
			continue
		}
		fields = append(fields, f)
	}
	m.Form = view.Form{
		ID: "new", Title: "Somebody new", Action: action, Do: "new", Button: "Add to the case", Cancel: view.PeopleURL(r.Ref),
		Fields: append(fields,
			view.Field{Name: "email", Label: "Email address", Kind: "email", Hint: "It starts unchecked.", About: about("address", "mailbox")},
			view.Field{Name: "phone", Label: "Telephone number", Kind: "tel", About: about("number")},
		),
	}
	m.Known = view.Form{
		ID: "known", Title: "Somebody who is recorded on another case", Action: action, Do: "known", Button: "Put on this case", Fold: true,
		Intro: "For a parent of brothers and sisters: they stay one person, with one set of addresses.",
		Fields: append([]view.Field{
			{Name: "from", Label: "Case number that they are on", Need: "Enter the case number", About: about("that case")},
			{Name: "who", Label: "Their name there", Need: "Enter the name as it is on that case", About: about("of this name", "on the case already")},
		}, linkFields(register.Link{MayBeTold: chosen.MayBeTold})...),
	}
	return m
}

func (s *Server) personNew(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PagePersonNew, s.personNewPage(c, r))
}

func (s *Server) addPerson(c *Ctx) error {
	r, err := s.fullRecord(c)
	if err != nil {
		return err
	}
	m := s.personNewPage(c, r)
	form := &m.Form
	if c.PostForm("do") == "known" {
		form = &m.Known
	}
	in := fill(c, form)
	added := int64(0)
	out, err := submit(in, func() error {
		var err error
		added, err = s.applyNewPerson(c, r, in)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Shell.Failed = out.errs, true
		return s.page(c, out.status, view.PagePersonNew, m)
	}
	s.registerChanged(r)
	return s.done(c, view.PersonURL(r.Ref, id(added)), "success", "Added to the case. Look at what they may be told.")
}

func (s *Server) applyNewPerson(c *Ctx, r *record, in posted) (int64, error) {
	ctx := c.Request.Context()
	if in.form.Do == "new" {
		p, err := s.Desk.AddPerson(ctx, c.Actor, tickets.AddPersonRequest{
			CaseRef: r.Ref, Name: in.text("name"), Kind: register.PersonKind(in.text("kind")), Link: in.linkOf(false), Email: in.text("email"), Phone: in.text("phone"),
		}, c.Now)
		if err != nil {
			return 0, err
		}
		return p.ID, nil
	}
	p, err := s.named(c, in.text("from"), in.text("who"))
	if err != nil {
		return 0, err
	}
	return p.Person.ID, s.Desk.LinkPerson(ctx, c.Actor, r.Ref, p.Person.ID, in.linkOf(p.Link.Representative), c.Now)
}

// named finds somebody by name on a case that the actor may open.
func (s *Server) named(c *Ctx, ref, name string) (register.Party, error) {
	other, err := s.Store.Case(c.Request.Context(), c.Actor, strings.ToUpper(strings.TrimSpace(ref)))
	if fault.Is(err, fault.NotFound) {
		return register.Party{}, fault.New(fault.Invalid, "There is no case of that number that you can open. Check that case number")
	}
	if err != nil {
		return register.Party{}, err
	}
	for _, p := range other.Parties {
		if strings.EqualFold(strings.Join(strings.Fields(p.Person.Name), " "), strings.Join(strings.Fields(name), " ")) {
			return p, nil
		}
	}
	return register.Party{}, fault.New(fault.Invalid, "Nobody of this name is on "+other.Ref)
}
