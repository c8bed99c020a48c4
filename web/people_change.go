package web

import (
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// changePerson takes every form of a person's page. The route asks for what each
// of them needs; the desk asks again.
func (s *Server) changePerson(c *Ctx) error {
	r, p, err := s.partyOf(c)
	if err != nil {
		return err
	}
	m := s.personPage(c, r, p, false)
	key := c.PostForm("do") + "|" + c.PostForm("id")
	form := formOf(m.Forms, key)
	if form == nil {
		form = r.reachForm(&m, p, key)
	}
	if strings.HasSuffix(c.FullPath(), "/add") {
		form = formOf(m.AddForms, key)
	}
	if form == nil {
		return fault.New(fault.Invalid, "Choose what to change")
	}
	in := fill(c, form)
	out, err := submit(in, func() error { return s.applyPerson(c, r, p, in) })
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Changed, m.Shell.Failed = out.errs, out.changed, true
		return s.page(c, out.status, view.PagePerson, m)
	}
	s.registerChanged(r)
	to := view.PersonURL(r.Ref, id(p.Person.ID))
	if form.Do == "unlink" {
		to = view.PeopleURL(r.Ref)
	}
	return s.done(c, to, "success", "Saved. What they may be told is worked out anew.")
}

// registerChanged tells the screens that show enquiries of the case.
func (s *Server) registerChanged(r *record) {
	for _, t := range r.Tickets {
		s.Events.Publish("enquiry.changed", t.Ref)
	}
}

// formOf finds the form that a button belongs to, by its name and the id beside it.
func formOf(list []view.Form, key string) *view.Form {
	for i := range list {
		if keyOf(list[i]) == key {
			return &list[i]
		}
	}
	return nil
}

func keyOf(f view.Form) string {
	for _, x := range f.Fields {
		if x.Kind == "hidden" && x.Name == "id" {
			return f.Do + "|" + x.Value
		}
	}
	return f.Do + "|"
}

// reachForm is the form of one address, number or place. One that is protected has
// it as well, since whoever sends it has been shown what it is.
func (r *record) reachForm(m *view.PersonPage, p register.Party, key string) *view.Form {
	for i := range m.Reach {
		x := &m.Reach[i]
		if x.Kind+"|"+x.ID != key {
			continue
		}
		x.Forms = r.reachForms(p, *x)
		if x.Value == "" {
			x.Forms[0].Title = "Change what is protected"
		}
		return &x.Forms[0]
	}
	return nil
}

func (s *Server) applyPerson(c *Ctx, r *record, p register.Party, in posted) error {
	ctx, a, now, personID := c.Request.Context(), c.Actor, c.Now, p.Person.ID
	target := number(c.PostForm("id"))
	switch {
	case in.form.Do == "email" && target != 0:
		return s.applyAddress(c, target, in)
	case in.form.Do == "phone" && target != 0:
		return s.applyPhone(c, target, in)
	}
	var err error
	switch in.form.Do {
	case "email":
		_, err = s.Desk.AddAddress(ctx, a, personID, in.text("email"), in.ticked("confidential"), now)
	case "phone":
		_, err = s.Desk.AddPhone(ctx, a, personID, in.text("phone"), in.ticked("confidential"), now)
	case "postal":
		_, err = s.Desk.AddPostal(ctx, a, personID, in.postal(), now)
	case "post":
		err = s.Desk.ChangePostal(ctx, a, target, in.postal(), now)
	case "wishes":
		err = s.Desk.SetPreferences(ctx, a, register.Preferences{
			PersonID: personID, Channel: in.text("channel"), Times: in.text("times"), Language: in.text("language"), Interpreter: in.ticked("interpreter"),
			LargePrint: int(min(number(in.text("print")), 1000)), EasyRead: in.ticked("easy"), Braille: in.ticked("braille"), Audio: in.ticked("audio"),
			BSL: in.ticked("bsl"), Words: in.text("words"), NoGeneral: in.ticked("nogeneral"),
		}, now)
	case "link":
		err = s.Desk.ChangeLink(ctx, a, tickets.ChangeLinkRequest{
			CaseRef: r.Ref, PersonID: personID, Link: in.linkOf(in.ticked("representative")), Reason: in.text("reason"),
		}, now)
	case "name":
		name, kind := in.text("name"), register.PersonKind(in.text("kind"))
		err = s.Desk.ChangePerson(ctx, a, tickets.ChangePersonRequest{PersonID: personID, Name: &name, Kind: &kind, Reason: in.text("reason")}, now)
	case "authority":
		_, err = s.Desk.AddRepresentation(ctx, a, tickets.RepresentationRequest{
			CaseRef: r.Ref, PersonID: personID, ForPerson: number(in.text("for")), Kind: register.RepresentationKind(in.text("rep")),
			Document: in.text("document"), GivenOn: in.day("given"), ExpiresOn: in.day("expires"),
		}, now)
	case "end":
		err = s.Desk.EndRepresentation(ctx, a, target, now)
	case "unlink":
		err = s.Desk.UnlinkPerson(ctx, a, r.Ref, personID, in.text("reason"), now)
	default:
		err = fault.New(fault.Invalid, "Choose what to change")
	}
	return err
}

func (p posted) postal() tickets.PostalRequest {
	return tickets.PostalRequest{
		Lines: p.text("lines"), Postcode: p.text("postcode"), Confidential: p.ticked("confidential"), FromOn: p.day("from"), ToOn: p.day("to"), Reason: p.text("reason"),
	}
}

func (s *Server) applyAddress(c *Ctx, target int64, in posted) error {
	ctx, a := c.Request.Context(), c.Actor
	switch in.text("what") {
	case "checked":
		return s.Desk.VerifyAddress(ctx, a, target, in.text("how"), c.Now)
	case "works":
		return s.Desk.AddressWorks(ctx, a, target, c.Now)
	case "cover":
		return s.Desk.MarkAddress(ctx, a, target, true, "", c.Now)
	case "uncover":
		return s.Desk.MarkAddress(ctx, a, target, false, in.text("reason"), c.Now)
	}
	return s.Desk.RemoveAddress(ctx, a, target, in.text("reason"), c.Now)
}

func (s *Server) applyPhone(c *Ctx, target int64, in posted) error {
	yes, no := true, false
	r := tickets.ChangePhoneRequest{PhoneID: target, How: in.text("how"), Reason: in.text("reason")}
	switch in.text("what") {
	case "checked":
		r.Verified, r.Wrong = &yes, &no
	case "wrong":
		r.Wrong = &yes
	case "right":
		r.Wrong = &no
	case "cover":
		r.Confidential = &yes
	case "uncover":
		r.Confidential = &no
	default:
		return s.Desk.RemovePhone(c.Request.Context(), c.Actor, target, in.text("reason"), c.Now)
	}
	return s.Desk.ChangePhone(c.Request.Context(), c.Actor, r, c.Now)
}
