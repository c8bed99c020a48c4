package web

import (
	"net/http"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// restrictionForms are what the reader may do about a restriction that has not
// ended. Loosening is never one of them: two people end it.
func restrictionForms(c *Ctx, r *record, x register.Restriction) []view.Form {
	if !c.Actor.May(access.ManageRestrictions) {
		return nil
	}
	to := view.RestrictionURL(r.Ref, id(x.ID))
	mark := seen(x)
	var out []view.Form
	switch {
	case x.EndAskedBy != 0 && x.EndAskedBy == c.Actor.StaffID:
		out = append(out, view.Form{
			ID: "keep", Title: "You asked for its end", Intro: "Somebody else has to approve that. You can take the request back.", Action: to, Do: "keep",
			Button: "Keep the restriction", Seen: mark,
		})
	case x.EndAskedBy != 0 && c.Actor.May(access.EndRestrictions):
		out = append(out, view.Form{
			ID: "decide", Title: "Decide whether it ends", Action: view.RestrictionEndURL(r.Ref, id(x.ID)), Do: "decide", Button: "Save the decision", Seen: mark,
			Warn: "When it ends, the person may be told and written to from that moment, as far as nothing else forbids it.",
			Fields: []view.Field{{
				Name: "answer", Label: "After reading the reason and the document", Kind: "radios", Need: "Choose whether it ends",
				Options: options("", "keep", "Keep it in force", "approve", "End it now"),
			}},
		})
	}
	sources := make([]string, 0, 14)
	for _, k := range register.RestrictionSources() {
		sources = append(sources, string(k), k.Words())
	}
	change := view.Form{
		ID: "change", Title: "Add the evidence, tighten it or set the next review", Action: to, Do: "change", Button: "Save", Fold: true, Seen: mark,
		Intro: "This can make it stricter and never less strict.",
		Fields: []view.Field{
			{Name: "source", Label: "On whose word", Kind: "select", Options: options(string(x.Source), sources...), About: about("whose word")},
			{Name: "document", Label: "Reference of the order or record", Value: x.Document, About: about("document")},
			withAbout(dateField("starts", "In force from", x.StartsOn), "start"),
			withAbout(dateField("review", "Somebody looks at it again by", ""), "review date"),
		},
	}
	if x.Kind.Protects() && x.AgainstID != 0 {
		change.Fields = append(change.Fields, tickField("everyone", "Keep it from everybody else on the case, not only from "+r.personName(x.AgainstID), false))
	}
	out = append(out, change)
	if x.Kind.Protects() {
		out = append(out, view.Form{
			ID: "protect", Title: "Add words that must not stand in a letter", Action: to, Do: "protect", Button: "Protect these words", Fold: true,
			Intro: "As they might stand in a letter: a street, the name of the school, a number. The check stops a letter that holds them.",
			Fields: []view.Field{
				{Name: "kind", Label: "What it is", Kind: "select", Options: options(string(register.FactAddress),
					register.FactAddress, "Address", register.FactSchool, "School", register.FactPlace, "Place", register.FactPhone, "Telephone number", register.FactEmail, "Email address", register.FactWorker, "Name of a worker"), About: about("kind of fact")},
				{Name: "value", Label: "The words", Need: "Enter the words", About: about("the fact itself")},
			},
		})
	}
	if x.EndAskedBy == 0 {
		out = append(out, view.Form{
			ID: "ask", Title: "Ask for its end", Action: to, Do: "ask", Button: "Ask for its end", Fold: true, Seen: mark,
			Intro:  "It stays in force until a second person has approved its end: a team lead, a safeguarding lead or the head of service.",
			Fields: []view.Field{{Name: "reason", Label: "Why it should end", Kind: "lines", Hint: "For staff only.", Need: "Say why the restriction should end", About: about("why the restriction")}},
		})
	}
	return out
}

// changeRestriction takes every form of a restriction's page but the second
// person's, which has a route of its own.
func (s *Server) changeRestriction(c *Ctx) error {
	return s.answerRestriction(c, func(r *record, x register.Restriction, in posted) (string, error) {
		ctx := c.Request.Context()
		switch in.form.Do {
		case "keep":
			return "The request is taken back. The restriction stays in force.", s.Desk.RefuseEndRestriction(ctx, c.Actor, x.ID, c.Now)
		case "ask":
			return "Asked. It stays in force until a second person has approved its end.", s.Desk.RequestEndRestriction(ctx, c.Actor, x.ID, in.text("reason"), c.Now)
		case "protect":
			_, err := s.Desk.ProtectFact(ctx, c.Actor, tickets.ProtectRequest{
				CaseRef: r.Ref, PersonID: x.PersonID, AgainstID: x.AgainstID, RestrictionID: x.ID, Kind: in.text("kind"), Value: in.text("value"),
			}, c.Now)
			return "Protected. A letter that holds these words is stopped.", err
		}
		source, document := register.RestrictionSource(in.text("source")), in.text("document")
		q := tickets.ChangeRestrictionRequest{ID: x.ID, Everyone: in.ticked("everyone")}
		if source != x.Source {
			q.Source = &source
		}
		if document != x.Document {
			q.Document = &document
		}
		if on := in.day("review"); on != "" {
			q.ReviewBy = &on
		}
		if on := in.day("starts"); on != x.StartsOn {
			q.StartsOn = &on
		}
		return "Saved.", s.Desk.ChangeRestriction(ctx, c.Actor, q, c.Now)
	})
}

// endRestriction is the second person's answer.
func (s *Server) endRestriction(c *Ctx) error {
	return s.answerRestriction(c, func(_ *record, x register.Restriction, in posted) (string, error) {
		if in.text("answer") == "approve" {
			return "Ended. What may be told is worked out anew.", s.Desk.ApproveEndRestriction(c.Request.Context(), c.Actor, x.ID, c.Now)
		}
		return "Kept. The restriction stays in force.", s.Desk.RefuseEndRestriction(c.Request.Context(), c.Actor, x.ID, c.Now)
	})
}

func (s *Server) answerRestriction(c *Ctx, do func(r *record, x register.Restriction, in posted) (string, error)) error {
	r, x, err := s.restrictionOf(c)
	if err != nil {
		return err
	}
	m := s.restrictionPage(c, r, x)
	form := formOf(m.Forms, c.PostForm("do")+"|")
	if form == nil {
		// The forms depend on how it stands: another one was there when this was sent.
		m.Errors, m.Changed, m.Shell.Failed = []view.FieldError{{Text: "Nothing was saved: this restriction stands otherwise now"}}, true, true
		if c.PostForm("do") == "" {
			return fault.New(fault.Invalid, "Choose what to do")
		}
		return s.page(c, http.StatusConflict, view.PageRest, m)
	}
	said := ""
	out, err := submit(fill(c, form), func() error {
		var err error
		said, err = do(r, x, posted{c, form})
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		m.Errors, m.Changed, m.Shell.Failed = out.errs, out.changed, true
		return s.page(c, out.status, view.PageRest, m)
	}
	s.registerChanged(r)
	return s.done(c, view.RestrictionURL(r.Ref, id(x.ID)), "success", said)
}
