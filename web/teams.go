package web

import (
	"net/http"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// teamsPage lists the teams with what belongs to each.
func (s *Server) teamsPage(c *Ctx) error {
	f, err := s.addTeamForm(c)
	if err != nil {
		return err
	}
	return s.showTeams(c, 0, f, nil)
}

func (s *Server) addTeamForm(c *Ctx) (*view.Form, error) {
	leads, err := s.leadOptions(c, 0)
	return &view.Form{
		ID: "add", Title: "Add a team", Action: view.TeamsURL(), Do: "add", Button: "Add team",
		Fields: []view.Field{
			{Name: "name", Label: "Name", Need: "Give the team a name", About: []string{"name"}},
			{Name: "lead", Label: "Team lead", Kind: "select", Options: leads, About: []string{"lead"}, Hint: "Who is told when an enquiry of the team runs late."},
		},
	}, err
}

// leadOptions are the people who can lead a team.
func (s *Server) leadOptions(c *Ctx, chosen int64) ([]view.Option, error) {
	list, _, err := s.people(c)
	if err != nil {
		return nil, err
	}
	out := []view.Option{{Value: "0", Text: "Nobody yet", Selected: chosen == 0}}
	for _, p := range list {
		r := access.Role(p.Role)
		if p.Active && (r == access.RoleLead || r == access.RoleHead || r == access.RoleSafeguarding) {
			out = append(out, view.Option{Value: id(p.ID), Text: p.Name + ", " + roleWord(r), Selected: p.ID == chosen})
		}
	}
	return out, nil
}

func (s *Server) showTeams(c *Ctx, status int, form *view.Form, errs []view.FieldError) error {
	teams, err := s.Desk.Teams(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	boxes, err := s.Store.Mailboxes(c.Request.Context())
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Teams", "teams")
	m.Errors = errs
	m.Intro = []string{"A team has its cases, its people and its mailboxes. Its lead is the first to be told when a family waits too long."}
	var rows []view.AdminRow
	for _, t := range teams {
		var own []string
		for _, b := range boxes {
			if b.TeamID == t.ID {
				own = append(own, b.Address)
			}
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{
			{Text: t.Name, Href: view.TeamURL(id(t.ID))},
			leadCell(t.Team, byID),
			{Text: id(int64(t.People))},
			{Text: id(int64(t.Cases))},
			{Text: id(int64(t.Open))},
			{Text: orNone(joined(own))},
		}})
	}
	m.Sections = []view.AdminSection{{
		ID: "teams", Heading: "All teams", Forms: formsOf(form),
		Table: view.NewAdminTable("Teams", "No team is set up. Mail cannot be sorted until there is one.", []string{"Team", "Lead", "People", "Open cases", "Open enquiries", "Mailboxes"}, rows),
	}}
	return s.showAdmin(c, status, m)
}

func leadCell(t register.Team, byID map[int64]register.Staff) view.AdminCell {
	p, ok := byID[t.LeadID]
	switch {
	case t.LeadID == 0 || !ok:
		return view.AdminCell{Text: "Nobody", Tone: "bad", Notes: []string{"Nobody is told when a family waits too long"}}
	case !p.Active:
		return view.AdminCell{Text: p.Name, Tone: "bad", Notes: []string{"The account is closed: choose another lead"}}
	}
	return view.AdminCell{Text: p.Name}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (s *Server) addTeam(c *Ctx) error {
	f, err := s.addTeamForm(c)
	if err != nil {
		return err
	}
	p := fill(c, f)
	out, err := submit(p, func() error {
		_, err := s.Desk.AddTeam(c.Request.Context(), c.Actor, tickets.TeamRequest{Name: p.text("name"), LeadID: number(p.text("lead"))}, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showTeams(c, out.status, f, out.errs)
	}
	return s.done(c, view.TeamsURL(), "success", "The team is set up. Give it people and a mailbox.")
}

// teamPage changes one team.
func (s *Server) teamPage(c *Ctx) error { return s.showTeam(c, 0, nil, nil) }

// teamForms are the forms of a team's page.
func (s *Server) teamForms(c *Ctx, t *tickets.TeamView) ([]*view.Form, error) {
	leads, err := s.leadOptions(c, t.LeadID)
	if err != nil {
		return nil, err
	}
	boxes, err := s.Store.Mailboxes(c.Request.Context())
	if err != nil {
		return nil, err
	}
	var other []view.Option
	for _, b := range boxes {
		if b.TeamID != t.ID {
			other = append(other, view.Option{Value: id(b.ID), Text: b.Address})
		}
	}
	to := view.TeamURL(id(t.ID))
	forms := []*view.Form{{
		ID: "save", Title: "Name and lead", Action: to, Do: "save", Button: "Save", Seen: seen(t.Name, t.LeadID), Fields: []view.Field{
			{Name: "name", Label: "Name", Value: t.Name, Need: "Give the team a name", About: []string{"name"}},
			{Name: "lead", Label: "Team lead", Kind: "select", Options: leads, About: []string{"lead"}},
		},
	}}
	if len(other) > 0 {
		forms = append(forms, &view.Form{
			ID: "mailbox", Title: "Give the team a mailbox", Action: to, Do: "mailbox", Button: "Give it to this team",
			Intro:  "New mail to it that is on no case yet is sorted by this team from now on. Enquiries that are there already stay where they are. This rules over the team in the configuration.",
			Fields: []view.Field{{Name: "mailbox", Label: "Mailbox", Kind: "select", Options: other, Need: "Choose a mailbox"}},
		})
	}
	head, err := s.letterheadForm(c, t)
	if err != nil {
		return nil, err
	}
	forms = append(forms, head)
	remove := &view.Form{ID: "remove", Fold: true, Title: "Remove the team", Action: to, Do: "remove", Button: "Remove team", Danger: true, Intro: "The records of what the team did stay."}
	if why := t.Keeps(); why != "" {
		remove.Warn = "This team cannot be removed: it still has " + why + ". Move them first."
	}
	return append(forms, remove), nil
}

// teamWith is the team in the address of the page.
func (s *Server) teamWith(c *Ctx) (*tickets.TeamView, error) {
	n, err := idIn(c, "id")
	if err != nil {
		return nil, err
	}
	teams, err := s.Desk.Teams(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	for i := range teams {
		if teams[i].ID == n {
			return &teams[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such team")
}

func (s *Server) showTeam(c *Ctx, status int, forms []*view.Form, errs []view.FieldError) error {
	t, err := s.teamWith(c)
	if err != nil {
		return err
	}
	if forms == nil {
		if forms, err = s.teamForms(c, t); err != nil {
			return err
		}
	}
	list, byID, err := s.people(c)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Team "+t.Name, "teams")
	m.Back, m.Errors = &view.Link{Text: "All teams", Href: view.TeamsURL()}, errs
	var rows []view.AdminRow
	for _, p := range list {
		if p.TeamID == t.ID && p.Active {
			cell := view.AdminCell{Text: p.Name}
			if c.Actor.May(access.ManageUsers) {
				cell.Href = view.UserURL(id(p.ID))
			}
			rows = append(rows, view.AdminRow{Cells: []view.AdminCell{cell, {Text: roleWord(access.Role(p.Role))}, {Text: awayWords(p)}}})
		}
	}
	lead := leadCell(t.Team, byID)
	m.Sections = []view.AdminSection{
		{ID: "facts", Heading: "The team", Facts: []view.AdminFact{
			{Name: "Lead", Text: joined(append([]string{lead.Text}, lead.Notes...)), Tone: lead.Tone},
			{Name: "Open cases", Text: id(int64(t.Cases))},
			{Name: "Open enquiries", Text: id(int64(t.Open))},
		}},
		{ID: "people", Heading: "People", Table: view.NewAdminTable("People of the team", "Nobody is in this team.", []string{"Name", "Role", "Away"}, rows)},
		{ID: "change", Heading: "Change", Forms: formsOf(forms...)},
	}
	return s.showAdmin(c, status, m)
}

func (s *Server) changeTeam(c *Ctx) error {
	t, err := s.teamWith(c)
	if err != nil {
		return err
	}
	forms, err := s.teamForms(c, t)
	if err != nil {
		return err
	}
	f, ok := choose(forms, c.PostForm("do"))
	if !ok {
		return s.showTeam(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: "Choose what to do with the team"}})
	}
	ctx, p, text := c.Request.Context(), fill(c, f), "Saved."
	out, err := submit(p, func() error {
		switch f.Do {
		case "save":
			return s.Desk.ChangeTeam(ctx, c.Actor, tickets.TeamRequest{ID: t.ID, Name: p.text("name"), LeadID: number(p.text("lead"))}, c.Now)
		case "mailbox":
			text = "The mailbox belongs to this team now."
			return s.Desk.MoveMailbox(ctx, c.Actor, number(p.text("mailbox")), t.ID, c.Now)
		}
		if f.Do == "letterhead" {
			text = "Saved. Letters look like this from now on."
			return s.saveLetterhead(c, t.ID, p)
		}
		text = "The team is removed."
		return s.Desk.RemoveTeam(ctx, c.Actor, t.ID, c.Now)
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showTeam(c, out.status, forms, out.errs)
	}
	to := view.TeamURL(id(t.ID))
	if f.Do == "remove" {
		to = view.TeamsURL()
	}
	return s.done(c, to, "success", text)
}

func awayWords(p register.Staff) string {
	if p.AwayUntil == "" {
		return "-"
	}
	return "until " + typed(p.AwayUntil)
}
