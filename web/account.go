package web

import (
	"net/http"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// aboutMe adds to the page of preferences how its reader signs in, and where.
func (s *Server) aboutMe(c *Ctx, m *view.Me) error {
	staff, acc, err := s.own(c)
	if err != nil {
		return err
	}
	list, err := s.Store.SessionsOf(c.Request.Context(), c.Actor.StaffID)
	if err != nil {
		return err
	}
	here := s.here(c)
	for _, x := range list {
		m.Sessions = append(m.Sessions, view.SessionRow{
			Ref: x.Ref, Agent: x.Agent, From: x.From, Since: x.CreatedAt, Seen: x.LastSeen, Here: x.Ref == here,
		})
	}
	if acc.LastSignInAt != nil {
		m.LastSignIn = *acc.LastSignInAt
	}
	m.HasPassword = staff.PasswordHash != "" && !s.SignIn.NoPasswords
	m.CouncilAccount = acc.Issuer != ""
	m.App, m.CodesLeft = acc.TOTP != "", acc.CodesLeft
	m.CanApp = m.HasPassword && s.SignIn.Vault != nil
	return nil
}

// here names the session of this request.
func (s *Server) here(c *Ctx) string {
	f, ok := tickets.SessionOf(c.Request.Context())
	if !ok {
		return ""
	}
	return f.Ref
}

// endSessions ends one of the reader's own sessions, or all others.
func (s *Server) endSessions(c *Ctx) error {
	ref, here := c.PostForm("ref"), s.here(c)
	switch c.PostForm("do") {
	case "others":
		if here == "" {
			return fault.New(fault.Conflict, "We cannot tell which session is this one. Sign in again first")
		}
		ref = ""
	case "end":
		if ref == "" {
			return fault.New(fault.Invalid, "Choose a session to end")
		}
	default:
		return fault.New(fault.Invalid, "Choose a session to end")
	}
	n, err := s.Desk.EndOwnSessions(c.Request.Context(), c.Actor, ref, here, c.Now)
	if err != nil {
		return err
	}
	if ref != "" && ref == here {
		c.Redirect(http.StatusSeeOther, "/signed-out")
		return nil
	}
	return s.done(c, "/me#sessions", "success", plural(n, "session was", "sessions were")+" ended.")
}

// setPassword changes the reader's password, which ends all other sessions.
func (s *Server) setPassword(c *Ctx) error {
	ctx := c.Request.Context()
	staff, _, err := s.own(c)
	if err != nil {
		return err
	}
	if staff.PasswordHash == "" || s.SignIn.NoPasswords {
		return fault.New(fault.Invalid, "You sign in with your council account. Change its password there")
	}
	refuse := func(status int, field, text string) error {
		return s.meAgain(c, status, view.FieldError{Field: field, Text: text})
	}
	mailbox := register.FoldMailbox(staff.Email)
	if !s.limits.Password(c.ClientIP(), mailbox, s.device(c, mailbox)) {
		return refuse(http.StatusTooManyRequests, "", tooMany)
	}
	ok, err := s.Verify(ctx, c.PostForm("password"), staff.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		return refuse(http.StatusUnprocessableEntity, "password", "That is not your password now")
	}
	fresh := c.PostForm("new_password")
	if text := passwordProblem(fresh, staff.Email, staff.Name, s.Council.Name); text != "" {
		return refuse(http.StatusUnprocessableEntity, "new-password", text)
	}
	hash, err := s.hash(ctx, fresh)
	if err != nil {
		return err
	}
	if err := s.Desk.SetPassword(ctx, c.Actor, hash, s.here(c), c.Now); err != nil {
		return err
	}
	return s.done(c, "/me#sign-in", "success", "Your password is changed. You are signed out everywhere else.")
}

// appPage sets up an authenticator app, the first or one instead of another.
func (s *Server) appPage(c *Ctx) error { return s.showApp(c, http.StatusOK, "") }

func (s *Server) showApp(c *Ctx, status int, problem string) error {
	if s.SignIn.Vault == nil {
		return fault.New(fault.Conflict, "Authenticator apps cannot be used here. Ask your administrator about the key file")
	}
	m := view.SignInCode{Shell: s.shell(c, "", ""), Action: "/me/app", BackHref: "/me"}
	if problem != "" {
		m.Errors, m.Shell.Failed = []view.FieldError{{Field: "code", Text: problem}}, true
	}
	if err := s.enrolment(c, c.Actor.StaffID, &m); err != nil {
		return err
	}
	return s.page(c, status, view.PageSignInCode, m)
}

func (s *Server) setApp(c *Ctx) error {
	may, err := s.mayTryCode(c, c.Actor.StaffID)
	if err != nil {
		return err
	}
	if !may {
		return s.showApp(c, http.StatusTooManyRequests, tooMany)
	}
	sealed, step, ok := s.enrolled(c, c.Actor.StaffID)
	if !ok {
		return s.showApp(c, http.StatusUnprocessableEntity, wrongCode)
	}
	return s.newApp(c, sealed, step, "/me#sign-in")
}

// newRecoveryCodes makes new ones; the old count no more.
func (s *Server) newRecoveryCodes(c *Ctx) error {
	codes, hashes := newCodes()
	if err := s.Desk.SetRecoveryCodes(c.Request.Context(), c.Actor, hashes, c.Now); err != nil {
		return err
	}
	return s.showCodes(c, codes, "/me#sign-in")
}
