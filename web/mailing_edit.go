package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/wording"
	"hearback/web/view"
)

// startText is what a new letter begins with.
const startText = "Dear {name}\n\n\n\nIf you have a question about {child}, reply to this email or ring us on {phone}.\n\n{format}"

func (s *Server) mailingNew(c *Ctx) error {
	return s.showMailingEdit(c, http.StatusOK, nil, tickets.MailingText{Body: startText}, nil)
}

func (s *Server) mailingEdit(c *Ctx) error {
	x, err := s.ownMailing(c)
	if err != nil {
		return err
	}
	return s.showMailingEdit(c, http.StatusOK, x, tickets.MailingText{
		Title: x.Title, MailboxID: x.MailboxID, Filter: x.Filter, Subject: x.Subject, Body: x.Body, PerHour: x.PerHour,
	}, nil)
}

// ownMailing is one that the reader wrote and that was not approved.
func (s *Server) ownMailing(c *Ctx) (*tickets.Mailing, error) {
	x, err := s.mailingOf(c)
	if err != nil {
		return nil, err
	}
	if x.AuthorID != c.Actor.StaffID {
		return nil, fault.New(fault.Denied, "You cannot change this. "+x.AuthorName+" wrote it")
	}
	if !x.State.Open() {
		return nil, fault.New(fault.Conflict, "This was approved. Write another for what comes after it")
	}
	return x, nil
}

func (s *Server) addMailing(c *Ctx) error {
	t, errs := mailingPosted(c)
	if len(errs) > 0 {
		return s.showMailingEdit(c, http.StatusUnprocessableEntity, nil, t, errs)
	}
	x, err := s.Desk.NewMailing(c.Request.Context(), c.Actor, t, c.Now)
	if fault.Is(err, fault.Invalid) {
		return s.showMailingEdit(c, http.StatusUnprocessableEntity, nil, t, mailingWrong(err))
	}
	if err != nil {
		return err
	}
	return s.done(c, view.MailingURL(id(x.ID)), "success", "Saved. Nothing is sent.")
}

func (s *Server) changeMailing(c *Ctx) error {
	x, err := s.ownMailing(c)
	if err != nil {
		return err
	}
	t, errs := mailingPosted(c)
	if len(errs) > 0 {
		return s.showMailingEdit(c, http.StatusUnprocessableEntity, x, t, errs)
	}
	err = s.Desk.ChangeMailing(c.Request.Context(), c.Actor, x.ID, number(c.PostForm("version")), t, c.Now)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.showMailingEdit(c, http.StatusUnprocessableEntity, x, t, mailingWrong(err))
	case fault.Conflict:
		return s.showMailingEdit(c, http.StatusConflict, x, t, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, view.MailingURL(id(x.ID)), "success", "Saved. Make the list again.")
}

// mailingPosted is what somebody sent, with what the program can say about it itself.
func mailingPosted(c *Ctx) (tickets.MailingText, []view.FieldError) {
	clean := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(c.PostForm(name), "\r\n", "\n"))
	}
	t := tickets.MailingText{
		Title: clean("title"), MailboxID: number(c.PostForm("mailbox")), Subject: clean("subject"), Body: clean("body"),
		Filter: tickets.MailingFilter{
			School: clean("school"), OfficerID: number(c.PostForm("officer")), TeamID: number(c.PostForm("team")), Phase: c.PostForm("phase") == "yes",
			Stages: c.PostFormArray("stage"),
		},
	}
	var errs []view.FieldError
	for _, y := range c.PostFormArray("year") {
		if n, err := strconv.Atoi(y); err == nil {
			t.Filter.Years = append(t.Filter.Years, n)
		}
	}
	if v := clean("per_hour"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			errs = append(errs, view.FieldError{Field: "per_hour", Text: "Enter how many letters may leave in an hour, for example 100"})
		}
		t.PerHour = n
	}
	if t.Title == "" {
		errs = append(errs, view.FieldError{Field: "title", Text: "Enter a title that colleagues understand"})
	}
	for _, w := range wording.CheckMailing(wording.Text{Subject: t.Subject, Body: t.Body}) {
		field := "body"
		if w.Subject {
			field = "subject"
		}
		errs = append(errs, view.FieldError{Field: field, Text: w.String()})
	}
	return t, errs
}

// mailingWrong is a refusal of the desk beside the field that it is about.
func mailingWrong(err error) []view.FieldError {
	text := fault.SafeText(err)
	for words, field := range map[string]string{"title": "title", "in an hour": "per_hour", "mailbox": "mailbox", "school years": "years", "Subject": "subject"} {
		if strings.Contains(text, words) {
			return []view.FieldError{{Field: field, Text: text}}
		}
	}
	return []view.FieldError{{Field: "body", Text: text}}
}

func (s *Server) showMailingEdit(c *Ctx, status int, x *tickets.Mailing, t tickets.MailingText, errs []view.FieldError) error {
	ctx := c.Request.Context()
	m := view.MailingEdit{
		Shell: s.shell(c, "Write to many families", "mailings"), New: x == nil, Action: "/mailings/new", BackHref: "/mailings", Title: t.Title, Subject: t.Subject, Body: t.Body,
		PerHour: id(int64(s.Desk.MailingMost())), Most: id(int64(s.Desk.MailingMost())), School: t.Filter.School, Phase: t.Filter.Phase, Errors: errs,
	}
	m.Shell.Failed = len(errs) > 0
	if t.PerHour > 0 {
		m.PerHour = id(int64(t.PerHour))
	} else if v := c.PostForm("per_hour"); v != "" {
		m.PerHour = v
	}
	if x != nil {
		m.Action, m.BackHref, m.Version = view.MailingURL(id(x.ID))+"/edit", view.MailingURL(id(x.ID)), id(x.Version)
		if v := c.PostForm("version"); v != "" {
			m.Version = v
		}
		if x.State != tickets.MailingDraft {
			m.Lost = "When you save, the list is made again, and what was confirmed or asked for is void."
		}
	}
	boxes, err := s.Store.Mailboxes(ctx)
	if err != nil {
		return err
	}
	for _, b := range boxes {
		if b.TeamID == 0 || c.Actor.ServesAllTeams() || slices.Contains(c.Actor.TeamIDs, b.TeamID) || len(c.Actor.TeamIDs) == 0 {
			m.Boxes = append(m.Boxes, view.Option{Value: id(b.ID), Text: b.Address, Selected: b.ID == t.MailboxID})
		}
	}
	cases, err := s.Store.MailingCases(ctx, c.Actor)
	if err != nil {
		return err
	}
	s.mailingChoices(cases, t, &m)
	if err := s.mailingStaff(c, cases, t, &m); err != nil {
		return err
	}
	for _, f := range wording.MailingFields() {
		m.Fields = append(m.Fields, view.MailingField{Name: f.Name, Means: f.Means, Example: f.Example})
	}
	return s.page(c, status, view.PageMailingEdit, m)
}

// mailingChoices are the stages that cases are at, and the school years.
func (s *Server) mailingChoices(cases []register.Case, t tickets.MailingText, m *view.MailingEdit) {
	var stages []string
	for _, x := range cases {
		if x.Stage != "" && !slices.Contains(stages, x.Stage) {
			stages = append(stages, x.Stage)
		}
	}
	slices.Sort(stages)
	for _, st := range stages {
		m.Stages = append(m.Stages, view.Option{Value: st, Text: st, Selected: slices.Contains(t.Filter.Stages, st)})
	}
	for y := tickets.YearNursery; y <= tickets.YearAfter; y++ {
		m.Years = append(m.Years, view.Option{Value: strconv.Itoa(y), Text: tickets.YearWords(y), Selected: slices.Contains(t.Filter.Years, y)})
	}
}

// mailingStaff are the officers and teams of those cases.
func (s *Server) mailingStaff(c *Ctx, cases []register.Case, t tickets.MailingText, m *view.MailingEdit) error {
	staff, _, err := s.people(c)
	if err != nil {
		return err
	}
	officers, teams := map[int64]bool{}, map[int64]bool{}
	for _, x := range cases {
		officers[x.OfficerID], teams[x.TeamID] = true, true
	}
	m.Officers = []view.Option{{Value: "", Text: "Any"}}
	for _, p := range staff {
		if officers[p.ID] {
			m.Officers = append(m.Officers, view.Option{Value: id(p.ID), Text: p.Name, Selected: p.ID == t.Filter.OfficerID})
		}
	}
	m.Teams = []view.Option{{Value: "", Text: "Any"}}
	ids := make([]int64, 0, len(teams))
	for n := range teams {
		ids = append(ids, n)
	}
	slices.Sort(ids)
	for _, n := range ids {
		if n == 0 {
			continue
		}
		team, err := s.Store.TeamByID(c.Request.Context(), n)
		if err != nil {
			return err
		}
		m.Teams = append(m.Teams, view.Option{Value: id(n), Text: team.Name, Selected: n == t.Filter.TeamID})
	}
	return nil
}
