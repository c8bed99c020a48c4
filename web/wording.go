package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
	"hearback/web/view"
)

const wordingIntro = "What families, schools and strangers get by themselves, at once, before a person has read their email. Each letter goes in plain text and in large print for whoever needs it."

// wordings lists the letters.
func (s *Server) wordings(c *Ctx) error {
	list, err := s.Desk.Wordings(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Letters to families", "wording")
	m.Intro = []string{wordingIntro}
	var rows []view.AdminRow
	for _, x := range list {
		words := view.AdminCell{Text: "As hearback comes"}
		if !x.Standard {
			words = view.AdminCell{Text: "The council's own"}
		}
		if by := changedBy(byID, x.SetBy, x.SetAt); by != "" {
			words.Notes = []string{by}
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{
			{Text: x.Letter.Title, Href: view.WordingURL(x.Letter.Name)},
			{Text: x.Letter.When},
			words,
			{Text: "As a parent sees it", Href: view.WordingPreviewURL(x.Letter.Name, "open", false)},
		}})
	}
	m.Sections = []view.AdminSection{{ID: "all", Heading: "The letters", Links: []view.Link{{Text: "Letters to staff", Href: view.NoticesURL()}}, Table: view.NewAdminTable("Letters to families", "", []string{"Letter", "When it goes", "Words", "Preview"}, rows)}}
	return s.showAdmin(c, 0, m)
}

// notices shows the letters to staff. Their words are the program's own: they say a
// number, times and a link, and nothing else.
func (s *Server) notices(c *Ctx) error {
	if s.Letters == nil {
		return fault.New(fault.Temporary, "Letters cannot be shown just now")
	}
	list, err := s.Letters.Notices(c.Now)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Letters to staff", "wording")
	m.Back = &view.Link{Text: "Letters to families", Href: view.WordingsURL()}
	m.Intro = []string{
		"What officers, team leads and administrators get by email. It says a number, initials, times and a link: never the name of a child or a parent, and nothing that anybody wrote.",
		"The words cannot be changed here. An answer to one of them becomes an internal note.",
	}
	for i, n := range list {
		m.Sections = append(m.Sections, view.AdminSection{
			ID: "notice-" + strconv.Itoa(i+1), Heading: n.Title, Facts: []view.AdminFact{{Name: "Goes", Text: n.Goes}, {Name: "Subject", Text: n.Letter.Subject}},
			Text: strings.Split(strings.TrimSpace(n.Letter.Text), "\n\n"),
		})
	}
	return s.showAdmin(c, 0, m)
}

// wordingOf is the letter in the address of the page.
func (s *Server) wordingOf(c *Ctx) (tickets.Wording, []tickets.WordingVersion, error) {
	return s.Desk.Wording(c.Request.Context(), c.Actor, c.Param("letter"))
}

func (s *Server) wordingPage(c *Ctx) error {
	x, history, err := s.wordingOf(c)
	if err != nil {
		return err
	}
	return s.showWording(c, 0, x, history, wordingForm(x), nil, nil)
}

func wordingForm(x tickets.Wording) *view.Form {
	return &view.Form{
		ID: "words", Title: "The words", Action: view.WordingURL(x.Letter.Name), Do: "save", Button: "Check and save",
		Second: &view.FormButton{Do: "preview", Text: "Show it to me first"}, Cancel: view.WordingsURL(),
		Warn: "Every letter that is written from then on says this. Letters that wait to leave keep the words that they were written with.",
		Fields: []view.Field{
			hiddenField("version", id(x.Version)),
			{Name: "subject", Label: "Subject", Value: x.Text.Subject, Need: "Write a subject", Hint: "The number of the enquiry is put in front, where the letter has one.", About: []string{"Subject:"}},
			{
				Name: "body", Label: "Letter", Kind: "lines", Rows: 24, Value: x.Text.Body, Need: "Write what the letter says",
				Hint: "Put an empty line between paragraphs. A paragraph with a field that does not apply that day is left out.", About: []string{"Line", "letter must", "check would stop", "characters"},
			},
		},
	}
}

// showWording is the page of one letter. sample, when there is one, is how what was
// typed would read.
func (s *Server) showWording(c *Ctx, status int, x tickets.Wording, history []tickets.WordingVersion, f *view.Form, sample []view.AdminSection, errs []view.FieldError) error {
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, x.Letter.Title, "wording")
	m.Back, m.Errors = &view.Link{Text: "All letters", Href: view.WordingsURL()}, errs
	m.Intro = []string{x.Letter.When}
	now := view.AdminSection{ID: "now", Heading: "As a parent sees it"}
	for _, on := range x.Letter.Situations() {
		now.Links = append(now.Links, view.Link{Text: on.Title, Href: view.WordingPreviewURL(x.Letter.Name, on.Name, false)})
	}
	m.Sections = append([]view.AdminSection{now}, sample...)
	if c.Actor.May(access.ManageStandards) {
		edit := view.AdminSection{ID: "edit", Heading: "Change it", Forms: formsOf(f)}
		if !x.Standard {
			edit.Forms = append(edit.Forms, view.Form{
				ID: "standard", Title: "Back to the words that hearback comes with", Fold: true, Action: view.WordingURL(x.Letter.Name), Do: "standard", Button: "Go back to them",
				Intro: "The council's words stay in the history.", Fields: []view.Field{hiddenField("version", id(x.Version))},
			})
		}
		m.Sections = append(m.Sections, edit)
	} else {
		text := view.AdminSection{ID: "text", Heading: "The words", Text: append([]string{"Subject: " + x.Text.Subject}, strings.Split(x.Text.Body, "\n\n")...)}
		m.Sections = append(m.Sections, text)
	}
	var rows []view.AdminRow
	for _, fd := range x.Letter.FieldsOf() {
		when := "always"
		if fd.Today {
			when = "on some days"
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: "{" + fd.Name + "}"}, {Text: fd.Means}, {Text: fd.Example}, {Text: when}}})
	}
	m.Sections = append(m.Sections, view.AdminSection{
		ID: "fields", Heading: "Fields that can be used", Text: []string{"Nothing that somebody wrote to us can be a field, and no name of a child."},
		Table: view.NewAdminTable("Fields of this letter", "", []string{"Field", "What it is", "For example", "When it is there"}, rows),
	}, mustSay(x.Letter))
	rows = nil
	for _, v := range history {
		what := "The council's own words"
		if v.Standard {
			what = "Back to the words that hearback comes with"
		}
		cell := view.AdminCell{Text: what}
		if !v.Standard {
			cell.Notes = append([]string{v.Text.Subject}, strings.Split(v.Text.Body, "\n\n")...)
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: fmt.Sprintf("Version %d", v.Version)}, {Text: changedBy(byID, v.SetBy, v.SetAt)}, cell}})
	}
	m.Sections = append(m.Sections, view.AdminSection{ID: "history", Heading: "Earlier words", Table: view.NewAdminTable("Earlier words of this letter", "Nobody has changed this letter.", []string{"Version", "Who and when", "Words"}, rows)})
	return s.showAdmin(c, status, m)
}

func mustSay(l wording.Letter) view.AdminSection {
	out := view.AdminSection{ID: "must", Heading: "What it must say"}
	for _, b := range l.Blocks {
		fact := view.AdminFact{Name: strings.ToUpper(b.Says[:1]) + b.Says[1:]}
		for _, f := range b.Fields {
			fact.Text += "{" + f + "} "
		}
		if b.Words != "" {
			fact.Text += b.Words
		}
		out.Facts = append(out.Facts, fact)
	}
	return out
}

func (s *Server) changeWording(c *Ctx) error {
	x, history, err := s.wordingOf(c)
	if err != nil {
		return err
	}
	f := wordingForm(x)
	r := tickets.WordingRequest{Letter: x.Letter.Name, Version: number(c.PostForm("version"))}
	if c.PostForm("do") == "standard" {
		r.Standard = true
		if err := s.Desk.ChangeWording(c.Request.Context(), c.Actor, r, nil, c.Now); err != nil {
			return err
		}
		return s.done(c, view.WordingURL(x.Letter.Name), "success", "The letter has the words again that hearback comes with.")
	}
	p := fill(c, f)
	f.Fields[0].Value = id(r.Version)
	r.Text = wording.Text{Subject: p.text("subject"), Body: p.text("body")}.Tidy()
	errs := p.check()
	for _, w := range wording.Check(x.Letter.Name, r.Text) {
		at := 2 // the letter
		if w.Subject {
			at = 1
		}
		if len(errs) == 0 || r.Text.Body != "" && r.Text.Subject != "" {
			errs = append(errs, p.wrong(at, w.String()))
		}
	}
	if len(errs) > 0 {
		return s.showWording(c, http.StatusUnprocessableEntity, x, history, f, nil, errs)
	}
	if s.Letters == nil {
		return fault.New(fault.Temporary, "These words cannot be checked just now. Nothing was changed")
	}
	if c.PostForm("do") == "preview" {
		sample, err := s.sampleOf(c, x.Letter, r.Text)
		if err != nil {
			return err
		}
		return s.showWording(c, 0, x, history, f, sample, nil)
	}
	out, err := submit(p, func() error {
		return s.Desk.ChangeWording(c.Request.Context(), c.Actor, r, s.Letters.Judge, c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showWording(c, out.status, x, history, f, nil, out.errs)
	}
	return s.done(c, view.WordingPreviewURL(x.Letter.Name, "open", false), "success", "Saved. This is what families get from now on.")
}

// sampleOf is what was typed as it would read, with what is hard to read in it and
// what the check would say.
func (s *Server) sampleOf(c *Ctx, l wording.Letter, t wording.Text) ([]view.AdminSection, error) {
	var out []view.AdminSection
	for _, on := range l.Situations() {
		e, err := s.Letters.Example(l.Name, t, on.Name, false, c.Now)
		if err != nil {
			return nil, err
		}
		x := view.AdminSection{ID: "sample-" + on.Name, Heading: on.Title, Facts: []view.AdminFact{{Name: "From", Text: e.From}, {Name: "Subject", Text: e.Subject}}}
		x.Text = strings.Split(strings.TrimSpace(e.Text), "\n\n")
		out = append(out, x)
	}
	if err := s.Letters.Judge(c.Request.Context(), l.Name, t, c.Now); err != nil {
		out[0].Alert = fault.SafeText(err)
	} else if hard := wording.Advice(t); len(hard) > 0 {
		out[0].Alert = "Not saved yet. Hard to read: " + hard[0].String()
	} else {
		out[0].Alert = "Not saved yet. This is how it would read."
	}
	return out, nil
}

// wordingPreview is a letter as a parent sees it.
func (s *Server) wordingPreview(c *Ctx) error {
	x, e, on, large, err := s.example(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, x.Letter.Title+": as a parent sees it", "wording")
	m.Back = &view.Link{Text: x.Letter.Title, Href: view.WordingURL(x.Letter.Name)}
	one := view.AdminSection{
		ID: "letter", Heading: on.Title, Facts: []view.AdminFact{{Name: "From", Text: e.From}, {Name: "To", Text: "A parent"}, {Name: "Subject", Text: e.Subject}},
		Frame: &view.AdminFrame{Title: "The letter, formatted", Src: view.WordingFrameURL(x.Letter.Name, on.Name, large)},
	}
	for _, other := range x.Letter.Situations() {
		if other.Name != on.Name {
			one.Links = append(one.Links, view.Link{Text: other.Title, Href: view.WordingPreviewURL(x.Letter.Name, other.Name, large)})
		}
	}
	print := "In large print"
	if large {
		print = "In usual print"
		one.Heading += ", in large print"
	}
	one.Links = append(one.Links, view.Link{Text: print, Href: view.WordingPreviewURL(x.Letter.Name, on.Name, !large)})
	m.Sections = []view.AdminSection{one, {ID: "plain", Heading: "The plain half, word for word the same", Text: strings.Split(strings.TrimSpace(e.Text), "\n\n")}}
	return s.showAdmin(c, 0, m)
}

// wordingFrame is the formatted letter for a frame in which nothing loads or runs.
func (s *Server) wordingFrame(c *Ctx) error {
	_, e, _, _, err := s.example(c)
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Security-Policy", framePolicy)
	c.Header("X-Frame-Options", "SAMEORIGIN")
	c.Status(http.StatusOK)
	_, err = io.WriteString(c.Writer, e.HTML)
	return err
}

func (s *Server) example(c *Ctx) (x tickets.Wording, e ExampleLetter, on wording.Situation, large bool, err error) {
	if x, _, err = s.wordingOf(c); err != nil {
		return x, e, on, false, err
	}
	if s.Letters == nil {
		return x, e, on, false, fault.New(fault.Temporary, "Letters cannot be shown just now")
	}
	on = x.Letter.Situations()[0]
	for _, y := range x.Letter.Situations() {
		if y.Name == c.Param("on") {
			on = y
		}
	}
	large = c.Param("print") == "large"
	e, err = s.Letters.Example(x.Letter.Name, x.Text, on.Name, large, c.Now)
	return x, e, on, large, err
}
