package web

import (
	"net/http"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

// users lists the accounts.
func (s *Server) users(c *Ctx) error {
	list, byID, err := s.people(c)
	if err != nil {
		return err
	}
	figures, err := s.Store.StaffFigures(c.Request.Context(), c.Now)
	if err != nil {
		return err
	}
	_, teams, err := s.teamOptions(c, 0, "")
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Users", "users")
	m.Intro = []string{"Accounts of staff. An account opens nothing by itself: the role says what somebody may do, the team whose cases they work with."}
	var open, closed []view.AdminRow
	for _, p := range list {
		row := userRow(p, figures[p.ID], teams[p.TeamID].Name, byID, c.Now)
		if p.Active {
			open = append(open, row)
		} else {
			closed = append(closed, row)
		}
	}
	columns := []string{"Name", "Role", "Team", "Signs in with", "Last sign-in", "State"}
	m.Sections = []view.AdminSection{
		{ID: "open", Heading: "Open accounts", Table: view.NewAdminTable("Open accounts", "Nobody has an account.", columns, open), Links: []view.Link{{Text: "Invite somebody", Href: view.NewUserURL()}}},
	}
	if len(closed) > 0 {
		m.Sections = append(m.Sections, view.AdminSection{ID: "closed", Heading: "Closed accounts", Table: view.NewAdminTable("Closed accounts", "", columns, closed)})
	}
	return s.showAdmin(c, 0, m)
}

func userRow(p register.Staff, f tickets.StaffFigure, team string, byID map[int64]register.Staff, now time.Time) view.AdminRow {
	last := view.AdminCell{Text: "never"}
	if !f.LastSignIn.IsZero() {
		last = view.AdminCell{At: f.LastSignIn}
	}
	return view.AdminRow{Cells: []view.AdminCell{
		{Text: p.Name, Href: view.UserURL(id(p.ID)), Notes: []string{p.Email}},
		{Text: roleWord(access.Role(p.Role))},
		{Text: orNone(team)},
		signCell(p, f, now), last, stateCell(p, f, byID, now),
	}}
}

// signCell says how somebody signs in; a password alone is a warning.
func signCell(p register.Staff, f tickets.StaffFigure, now time.Time) view.AdminCell {
	switch {
	case f.Council:
		return view.AdminCell{Text: "Council account", Tone: "good"}
	case f.InviteEnds.After(now):
		return view.AdminCell{Text: "Invited", Tone: "warn", Notes: []string{"until " + sla.FormatShort(f.InviteEnds)}}
	case !f.Password:
		return view.AdminCell{Text: "Nothing yet", Tone: "warn", Notes: []string{"The invitation ran out"}}
	case f.SecondFactor:
		return view.AdminCell{Text: "Password and app", Tone: "good"}
	}
	return view.AdminCell{Text: "Password alone", Tone: "warn"}
}

func stateCell(p register.Staff, f tickets.StaffFigure, byID map[int64]register.Staff, now time.Time) view.AdminCell {
	today := sla.DateOf(now).String()
	switch {
	case !p.Active:
		cell := view.AdminCell{Text: "Closed", Tone: "bad"}
		if !f.DisabledAt.IsZero() {
			cell.Notes = []string{"since " + sla.FormatShort(f.DisabledAt)}
		}
		return cell
	case p.AccessEndsAt != nil && !p.AccessEndsAt.After(now):
		return view.AdminCell{Text: "Time is over", Tone: "bad"}
	case p.AwayUntil >= today && p.AwayUntil != "":
		cell := view.AdminCell{Text: "Away until " + typed(p.AwayUntil), Tone: "warn"}
		if d, ok := byID[p.DeputyID]; ok {
			cell.Notes = []string{"deputy " + d.Name}
		} else {
			cell.Notes = []string{"no deputy: the team lead is told"}
		}
		return cell
	}
	return view.AdminCell{Text: "Here"}
}

func roleOptions(chosen access.Role) []view.Option {
	out := []view.Option{{Value: "", Text: "Choose a role", Selected: chosen == ""}}
	for _, r := range access.Roles() {
		out = append(out, view.Option{Value: string(r), Text: roleWord(r), Selected: r == chosen})
	}
	return out
}

// newUserForm invites somebody.
func (s *Server) newUserForm(c *Ctx) (*view.Form, error) {
	teams, _, err := s.teamOptions(c, 0, "No team")
	return &view.Form{
		ID: "invite", Title: "The account", Action: view.NewUserURL(), Do: "invite", Button: "Invite", Cancel: view.UsersURL(), Fields: []view.Field{
			{Name: "name", Label: "Name", Need: "Enter the name that colleagues see", About: []string{"name that"}},
			{Name: "email", Label: "E-mail address at the council", Kind: "email", Need: "Enter the e-mail address", About: []string{"address"}},
			{Name: "role", Label: "Role", Kind: "select", Options: roleOptions(""), Need: "Choose a role", About: []string{"role"}},
			{Name: "team", Label: "Team", Kind: "select", Options: teams, About: []string{"team"}},
			endsField(nil),
		},
	}, err
}

func endsField(at *time.Time) view.Field {
	f := view.Field{Name: "ends", Label: "Last day of access", Kind: "date", Hint: "For an auditor: needed. For others: only if the account is for a time. " + dateHint, About: []string{"until", "end", "time"}}
	if at != nil {
		f.Value = typed(sla.DateOf(at.Add(-time.Second)).String())
	}
	return f
}

// endsAt is the end of a last day, as an account keeps it.
func (p posted) endsAt(name string) *time.Time {
	d, ok := typedDate(p.text(name))
	if !ok {
		return nil
	}
	at := d.AddDays(1).Midnight().UTC()
	return &at
}

func (s *Server) newUser(c *Ctx) error {
	f, err := s.newUserForm(c)
	if err != nil {
		return err
	}
	return s.showNewUser(c, 0, f, nil)
}

func (s *Server) showNewUser(c *Ctx, status int, f *view.Form, errs []view.FieldError) error {
	m := s.adminPage(c, "Invite somebody", "users")
	m.Back, m.Errors = &view.Link{Text: "All users", Href: view.UsersURL()}, errs
	m.Intro = []string{"You get a code to hand over by phone or in person. Within 14 days it sets a password; where the council's sign-in is set up, the first sign-in there with the same address is enough."}
	m.Sections = []view.AdminSection{{ID: "new", Heading: "Who", Forms: formsOf(f)}}
	return s.showAdmin(c, status, m)
}

func (s *Server) inviteUser(c *Ctx) error {
	f, err := s.newUserForm(c)
	if err != nil {
		return err
	}
	p := fill(c, f)
	var made *tickets.Invitation
	out, err := submit(p, func() error {
		var err error
		made, err = s.Desk.InviteStaff(c.Request.Context(), c.Actor, tickets.InviteRequest{
			Email: p.text("email"), Name: p.text("name"), Role: access.Role(p.text("role")), TeamID: number(p.text("team")), AccessEndsAt: p.endsAt("ends"),
		}, c.Now)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showNewUser(c, out.status, f, out.errs)
	}
	return s.showInvitation(c, made)
}

// showInvitation shows a code once. It is an answer and no page of its own: the
// code is in no address, no session and no log.
func (s *Server) showInvitation(c *Ctx, made *tickets.Invitation) error {
	m := s.adminPage(c, "Invitation", "users")
	m.Back = &view.Link{Text: "All users", Href: view.UsersURL()}
	m.Code = &view.AdminCode{
		What: "Code for " + made.Staff.Name, Code: grouped(made.Code),
		After: "It is shown this once. Give it to " + made.Staff.Name + " by phone or in person, not by e-mail. It works until " + sla.FormatShort(made.EndsAt) + ", at \"Set your password\" on the sign-in page.",
	}
	m.Sections = []view.AdminSection{{ID: "next", Heading: "Next", Links: []view.Link{{Text: "The account", Href: view.UserURL(id(made.Staff.ID))}, {Text: "Invite somebody else", Href: view.NewUserURL()}}}}
	return s.showAdmin(c, http.StatusOK, m)
}

// grouped writes a code so that it can be read out; spaces do not count.
func grouped(code string) string {
	var parts []string
	for len(code) > 4 {
		parts, code = append(parts, code[:4]), code[4:]
	}
	return strings.Join(append(parts, code), " ")
}
