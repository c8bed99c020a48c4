package web

import (
	"cmp"
	"net/http"

	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

func (s *Server) againPage(c *Ctx) error {
	return s.showAgain(c, http.StatusOK, safeNext(c.Query("next")), nil)
}

func (s *Server) showAgain(c *Ctx, status int, next string, errs []view.FieldError) error {
	staff, acc, err := s.own(c)
	if err != nil {
		return err
	}
	m := view.SignInAgain{Shell: s.shell(c, "Confirm it is you", ""), Next: next, Errors: errs}
	m.Shell.Failed = len(errs) > 0
	m.Password = staff.PasswordHash != "" && !s.SignIn.NoPasswords
	m.Code = m.Password && acc.TOTP != ""
	if s.SignIn.Council != nil && acc.Issuer != "" {
		m.CouncilURL, m.CouncilText = councilURL(next, true), s.councilText()
	}
	return s.page(c, status, view.PageSignInAgain, m)
}

// again has somebody who is signed in show once more who they are.
func (s *Server) again(c *Ctx) error {
	ctx := c.Request.Context()
	next := safeNext(c.PostForm("next"))
	staff, acc, err := s.own(c)
	if err != nil {
		return err
	}
	if staff.PasswordHash == "" || s.SignIn.NoPasswords {
		return fault.New(fault.Invalid, "Use your council account")
	}
	mailbox := register.FoldMailbox(staff.Email)
	if !s.limits.Password(c.ClientIP(), mailbox, s.device(c, mailbox)) || acc.TOTP != "" && !s.limits.Factor(mailbox, s.device(c, mailbox)) {
		c.Header("Retry-After", "60")
		return s.showAgain(c, http.StatusTooManyRequests, next, []view.FieldError{{Field: "password", Text: tooMany}})
	}
	ok, err := s.Verify(ctx, c.PostForm("password"), staff.PasswordHash)
	if err != nil {
		return err
	}
	method, problem := "password", ""
	if ok && acc.TOTP != "" {
		if method, problem, err = s.secondFactor(c, acc); err != nil {
			return err
		}
	}
	if !ok || problem != "" {
		if err := s.refusedSignIn(c, staff.ID, "again"); err != nil {
			return err
		}
		return s.showAgain(c, http.StatusUnprocessableEntity, next, []view.FieldError{{Field: "password", Text: wrongDetails}})
	}
	return s.shownAgain(c, method, next)
}

// shownAgain gives the session a new name, as for every new right, and goes on.
func (s *Server) shownAgain(c *Ctx, method, next string) error {
	ctx := c.Request.Context()
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return fault.Wrap(fault.Temporary, "We cannot do this just now. Try again", err)
	}
	s.shown(c, method)
	if err := s.Desk.SignedIn(ctx, c.Actor, method, true, c.Now); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, cmp.Or(next, homeOf(c)))
	return nil
}
