package web

import (
	"net/http"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web/view"
)

// user is one account.
func (s *Server) user(c *Ctx) error { return s.showUser(c, 0, nil, nil) }

// userWith is the account in the address of the page.
func (s *Server) userWith(c *Ctx) (*register.Staff, error) {
	n, err := idIn(c, "id")
	if err != nil {
		return nil, err
	}
	return s.Store.StaffByID(c.Request.Context(), n)
}

// userForms are what can be done with an account.
func (s *Server) userForms(c *Ctx, p *register.Staff) ([]*view.Form, error) {
	teams, _, err := s.teamOptions(c, p.TeamID, "No team")
	if err != nil {
		return nil, err
	}
	list, _, err := s.people(c)
	if err != nil {
		return nil, err
	}
	deputies := []view.Option{{Value: "0", Text: "Nobody: the team lead is told", Selected: p.DeputyID == 0}}
	for _, x := range list {
		if x.ID != p.ID && x.Active && (access.Actor{Role: access.Role(x.Role)}).SeesCases() {
			deputies = append(deputies, view.Option{Value: id(x.ID), Text: x.Name + ", " + roleWord(access.Role(x.Role)), Selected: x.ID == p.DeputyID})
		}
	}
	to, self := view.UserURL(id(p.ID)), p.ID == c.Actor.StaffID
	save := &view.Form{
		ID: "save", Title: "Name, role and team", Action: to, Do: "save", Button: "Save", Seen: seen(p.Name, p.Role, p.TeamID, p.AccessEndsAt),
		Intro: "A change of role, team or last day signs the colleague out everywhere at once.",
		Fields: []view.Field{
			{Name: "name", Label: "Name", Value: p.Name, Need: "Enter the name that colleagues see", About: []string{"name that"}},
			{Name: "role", Label: "Role", Kind: "select", Options: roleOptions(access.Role(p.Role)), Need: "Choose a role", About: []string{"role"}},
			{Name: "team", Label: "Team", Kind: "select", Options: teams, About: []string{"team"}},
			endsField(p.AccessEndsAt),
		},
	}
	cover := &view.Form{
		ID: "cover", Title: "Away and deputy", Action: to, Do: "cover", Button: "Save", Seen: seen(p.DeputyID, p.AwayUntil),
		Intro: "While somebody is away the deputy is told of what falls due. The clocks go on: families were given dates.",
		Fields: []view.Field{
			{Name: "deputy", Label: "Deputy", Kind: "select", Options: deputies, About: []string{"deputy"}},
			{Name: "away", Label: "Last day away", Kind: "date", Value: typed(p.AwayUntil), Hint: "Leave it empty when the colleague is here. " + dateHint, About: []string{"day away"}},
		},
	}
	forms := []*view.Form{save, cover}
	if self {
		save.Warn = "This is your own account: another administrator changes its role, team and time."
		return forms, nil
	}
	if !p.Active {
		return append(forms, &view.Form{
			ID: "enable", Title: "Open the account again", Action: to, Do: "enable", Button: "Open account",
			Intro: "What was taken from it stays where it is: letters stay held, enquiries with who has them now.",
		}), nil
	}
	return append(forms,
		&view.Form{
			ID: "sessions", Fold: true, Title: "Sign out everywhere", Action: to, Do: "sessions", Button: "End all sessions",
			Intro: "For a lost laptop or phone. The colleague can sign in again.",
		},
		&view.Form{
			ID: "totp", Fold: true, Title: "Authenticator app lost", Action: to, Do: "totp", Button: "Reset the app",
			Intro: "Make sure by phone or in person that it is them. The app and the recovery codes count no more, and the next sign-in sets up a new app.",
		},
		&view.Form{
			ID: "invite", Fold: true, Title: "Password lost, or the invitation ran out", Action: to, Do: "invite", Button: "Give a new code",
			Intro: "Make sure by phone or in person that it is them. The old password signs nobody in any more.",
		},
		&view.Form{
			ID: "disable", Fold: true, Title: "Close the account", Action: to, Do: "disable", Button: "Close account", Danger: true,
			Intro: "Shut out everywhere at once. Letters that have not left are held. Enquiries lose their owner and stand with the fall-back owner and the team lead; cases keep the name until somebody names another officer.",
		}), nil
}

func (s *Server) showUser(c *Ctx, status int, forms []*view.Form, errs []view.FieldError) error {
	p, err := s.userWith(c)
	if err != nil {
		return err
	}
	if forms == nil {
		if forms, err = s.userForms(c, p); err != nil {
			return err
		}
	}
	figures, err := s.Store.StaffFigures(c.Request.Context(), c.Now)
	if err != nil {
		return err
	}
	_, byID, err := s.people(c)
	if err != nil {
		return err
	}
	_, teams, err := s.teamOptions(c, 0, "")
	if err != nil {
		return err
	}
	f := figures[p.ID]
	sign, state := signCell(*p, f, c.Now), stateCell(*p, f, byID, c.Now)
	m := s.adminPage(c, "Account", "users")
	m.Heading = p.Name
	m.Back, m.Errors = &view.Link{Text: "All users", Href: view.UsersURL()}, errs
	facts := []view.AdminFact{
		{Name: "E-mail address", Text: p.Email},
		{Name: "Role", Text: roleWord(access.Role(p.Role))},
		{Name: "Team", Text: orNone(teams[p.TeamID].Name)},
		{Name: "State", Text: joined(append([]string{state.Text}, state.Notes...)), Tone: state.Tone},
		{Name: "Signs in with", Text: joined(append([]string{sign.Text}, sign.Notes...)), Tone: sign.Tone},
		{Name: "Last sign-in", At: f.LastSignIn, Text: neverIf(f.LastSignIn.IsZero())},
		{Name: "Open sessions", Text: id(int64(f.Sessions))},
	}
	m.Sections = []view.AdminSection{{ID: "facts", Heading: "The account", Facts: facts}, {ID: "change", Heading: "Change", Forms: formsOf(forms...)}}
	return s.showAdmin(c, status, m)
}

func neverIf(never bool) string {
	if never {
		return "never"
	}
	return ""
}

func (s *Server) changeUser(c *Ctx) error {
	p, err := s.userWith(c)
	if err != nil {
		return err
	}
	forms, err := s.userForms(c, p)
	if err != nil {
		return err
	}
	f, ok := choose(forms, c.PostForm("do"))
	if !ok {
		return s.showUser(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: "Choose what to do with the account"}})
	}
	ctx, form, text := c.Request.Context(), fill(c, f), "Saved."
	var made *tickets.Invitation
	out, err := submit(form, func() error {
		switch f.Do {
		case "save":
			return s.Desk.ChangeStaff(ctx, c.Actor, tickets.ChangeStaffRequest{
				StaffID: p.ID, Name: form.text("name"), Role: access.Role(form.text("role")), TeamID: number(form.text("team")), AccessEndsAt: form.endsAt("ends"),
			}, c.Now)
		case "cover":
			return s.Desk.SetCover(ctx, c.Actor, tickets.CoverRequest{StaffID: p.ID, DeputyID: number(form.text("deputy")), AwayUntil: form.day("away")}, c.Now)
		case "enable":
			text = "The account is open again."
			return s.Desk.EnableStaff(ctx, c.Actor, p.ID, c.Now)
		case "sessions":
			n, err := s.Desk.EndSessions(ctx, c.Actor, p.ID, c.Now)
			text = plural(n, "session was", "sessions were") + " ended."
			return err
		case "totp":
			text = "The app is reset. The next sign-in sets up a new one."
			return s.Desk.ResetTOTP(ctx, c.Actor, p.ID, c.Now)
		case "invite":
			var err error
			made, err = s.Desk.InviteAgain(ctx, c.Actor, p.ID, c.Now)
			return err
		}
		left, err := s.Desk.DisableStaff(ctx, c.Actor, p.ID, c.Now)
		text = leftWords(left)
		return err
	})
	if err != nil {
		return err
	}
	if out.status != 0 {
		return s.showUser(c, out.status, forms, out.errs)
	}
	if made != nil {
		return s.showInvitation(c, made)
	}
	return s.done(c, view.UserURL(id(p.ID)), "success", text)
}

// leftWords says what somebody left behind whose account was closed.
func leftWords(l tickets.Left) string {
	parts := []string{plural(l.Sessions, "session", "sessions") + " ended"}
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{l.Letters, "letter held", "letters held"},
		{l.Enquiries, "enquiry without an owner now", "enquiries without an owner now"},
		{l.Cases, "case whose fall-back owner cannot sign in", "cases whose fall-back owner cannot sign in"},
	} {
		if x.n > 0 {
			parts = append(parts, plural(x.n, x.one, x.many))
		}
	}
	text := "The account is closed. " + joined(slices.Clip(parts)) + "."
	if len(l.Teams) > 0 {
		text += " Nobody leads " + strings.Join(l.Teams, ", ") + " now: choose another lead under Teams."
	}
	return text
}
