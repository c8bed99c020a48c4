package web

import (
	"net/http"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
	"hearback/web/view"
)

// replyTexts lists the texts that officers can put into a reply; one of them stands
// open for changing.
func (s *Server) replyTexts(c *Ctx) error {
	list, version, err := s.Desk.AllReplyTexts(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	f, err := s.replyTextForm(c, list, version, number(c.Query("text")))
	if err != nil {
		return err
	}
	return s.showReplyTexts(c, 0, list, version, f, nil)
}

func replyTextIn(list []tickets.ReplyText, id int64) (tickets.ReplyText, error) {
	for _, t := range list {
		if t.ID == id {
			return t, nil
		}
	}
	if id == 0 {
		return tickets.ReplyText{}, nil
	}
	return tickets.ReplyText{}, fault.New(fault.NotFound, "There is no such text any more")
}

func (s *Server) replyTextForm(c *Ctx, list []tickets.ReplyText, version, open int64) (*view.Form, error) {
	t, err := replyTextIn(list, open)
	if err != nil {
		return nil, err
	}
	teams, err := s.Desk.Teams(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	options := []view.Option{{Value: "0", Text: "Every team"}}
	for _, x := range teams {
		options = append(options, view.Option{Value: id(x.ID), Text: x.Name})
	}
	f := &view.Form{
		ID: "words", Title: "Add a text", Action: view.ReplyTextsURL(0), Do: "save", Button: "Add it",
		Fields: []view.Field{
			hiddenField("version", id(version)), hiddenField("id", id(t.ID)),
			{Name: "name", Label: "Name", Value: t.Name, Need: "Write a name for the list", Hint: "Officers choose it by this name.", About: []string{"Subject:", "of this name", "name for the list"}},
			{Name: "team", Label: "For", Kind: "select", Value: id(t.TeamID), Options: options},
			{Name: "body", Label: "Text", Kind: "lines", Rows: 12, Value: t.Body, Need: "Write the text", Hint: "Without greeting and name at the end. Put an empty line between paragraphs.", About: []string{"Line", "characters", "the text"}},
		},
	}
	if t.ID != 0 {
		f.Title, f.Button, f.Cancel = "Change "+t.Name, "Save", view.ReplyTextsURL(0)
	}
	return f, nil
}

func (s *Server) showReplyTexts(c *Ctx, status int, list []tickets.ReplyText, version int64, f *view.Form, errs []view.FieldError) error {
	m := s.adminPage(c, "Texts for replies", "replies")
	m.Errors = errs
	m.Intro = []string{
		"Officers put these into a reply and change them there. The check reads the whole reply before it goes, as always.",
		"A paragraph with a field that is not known for an enquiry is left out, and the officer is told.",
	}
	manages := c.Actor.May(access.ManageStandards)
	teams, err := s.Desk.Teams(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	var rows []view.AdminRow
	for _, t := range list {
		name := view.AdminCell{Text: t.Name}
		if manages {
			name.Href = view.ReplyTextsURL(t.ID)
		}
		team := "Every team"
		for _, x := range teams {
			if x.ID == t.TeamID {
				team = x.Name
			}
		}
		words := strings.Split(t.Body, "\n\n")
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{name, {Text: team}, {Text: words[0], Notes: words[1:]}}})
	}
	m.Sections = []view.AdminSection{{ID: "all", Heading: "The texts", Table: view.NewAdminTable("Texts for replies", "There is none.", []string{"Name", "For", "Words"}, rows)}}
	if manages {
		edit := view.AdminSection{ID: "edit", Heading: f.Title, Forms: formsOf(f)}
		if open := f.Fields[1].Value; open != "0" {
			edit.Forms = append(edit.Forms, view.Form{
				ID: "remove", Title: "Take it off the list", Fold: true, Action: view.ReplyTextsURL(0), Do: "remove", Button: "Take it off",
				Intro: "Replies that were written with it stay as they are.", Fields: []view.Field{hiddenField("version", id(version)), hiddenField("id", open)},
			})
		}
		m.Sections = append(m.Sections, edit)
	}
	rows = nil
	for _, fd := range wording.ReplyFields() {
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: "{" + fd.Name + "}"}, {Text: fd.Means}, {Text: fd.Example}}})
	}
	m.Sections = append(m.Sections, view.AdminSection{ID: "fields", Heading: "Fields that can be used", Table: view.NewAdminTable("Fields of texts for replies", "", []string{"Field", "What it is", "For example"}, rows)})
	return s.showAdmin(c, status, m)
}

func (s *Server) changeReplyTexts(c *Ctx) error {
	list, version, err := s.Desk.AllReplyTexts(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	r := tickets.ReplyTextRequest{Version: number(c.PostForm("version")), Text: tickets.ReplyText{ID: number(c.PostForm("id"))}}
	if c.PostForm("do") == "remove" {
		r.Remove = true
		if err := s.Desk.ChangeReplyTexts(c.Request.Context(), c.Actor, r, c.Now); err != nil {
			return err
		}
		return s.done(c, view.ReplyTextsURL(0), "success", "The text is off the list.")
	}
	f, err := s.replyTextForm(c, list, version, r.Text.ID)
	if err != nil {
		return err
	}
	p := fill(c, f)
	f.Fields[0].Value, f.Fields[1].Value = id(r.Version), id(r.Text.ID)
	r.Text.Name, r.Text.Body, r.Text.TeamID = p.text("name"), p.text("body"), number(c.PostForm("team"))
	errs := p.check()
	if len(errs) == 0 {
		for _, w := range wording.CheckReply(r.Text.Name, r.Text.Body) {
			at := 4 // the text
			if w.Subject {
				at = 2
			}
			errs = append(errs, p.wrong(at, strings.TrimPrefix(w.String(), "Subject: ")))
		}
	}
	if len(errs) > 0 {
		return s.showReplyTexts(c, http.StatusUnprocessableEntity, list, version, f, errs)
	}
	out, err := submit(p, func() error { return s.Desk.ChangeReplyTexts(c.Request.Context(), c.Actor, r, c.Now) })
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showReplyTexts(c, out.status, list, version, f, out.errs)
	}
	return s.done(c, view.ReplyTextsURL(0), "success", "Saved. Officers can put it into their replies.")
}

// insertText puts a text at the end of the reply, filled in. What is not known is
// left out and said; nothing is sent.
func (s *Server) insertText(c *Ctx, d *draft) error {
	v := tickets.ReplyValues{Ref: d.ticket.Ref, Child: first(d.ticket.ChildName)}
	if p, ok := find(d.parties, firstOf(d.to)); ok && len(d.to) == 1 {
		v.Name = first(p.Person.Name)
	}
	if clock := d.ticket.Clock; clock != nil && clock.DueAt.After(c.Now) {
		v.Due = sla.FormatDate(clock.DueDay)
	}
	text, missing, err := s.Desk.FillReplyText(c.Request.Context(), c.Actor, number(c.PostForm("reply_text")), v)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return s.showReply(c, http.StatusUnprocessableEntity, d, view.Verdict{Level: view.NotChecked}, []view.FieldError{{Field: "reply-text", Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	if text != "" {
		d.text = strings.TrimLeft(strings.TrimRight(d.text, " \n")+"\n\n"+text+"\n\n", "\n")
	}
	if len(missing) > 0 {
		d.note = "Left out, because it is not known here: what the text says about " + strings.Join(spokenFields(missing), " and ") + "."
	}
	if d.posted != nil {
		d.posted.Text = d.text
	}
	return s.showReply(c, http.StatusOK, d, view.Verdict{Level: view.NotChecked}, nil)
}

func spokenFields(names []string) (out []string) {
	for _, f := range wording.ReplyFields() {
		for _, n := range names {
			if n == f.Name {
				out = append(out, f.Means)
			}
		}
	}
	return out
}

// textOptions are the texts that can be chosen in a reply.
func (s *Server) textOptions(c *Ctx) ([]view.Option, error) {
	list, err := s.Desk.ReplyTexts(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	var out []view.Option
	for _, t := range list {
		out = append(out, view.Option{Value: id(t.ID), Text: t.Name})
	}
	return out, nil
}
