package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/oidc"
	"hearback/web/view"
)

// asked is what the session keeps while somebody is at the council's provider.
type asked struct {
	Pending oidc.Pending
	Next    string
	Again   int64 // account that has to show once more who it is; 0 for a first sign-in
}

func councilURL(next string, again bool) string {
	q := url.Values{}
	if next != "" {
		q.Set("next", next)
	}
	if again {
		q.Set("again", "1")
	}
	if len(q) == 0 {
		return "/sign-in/council"
	}
	return "/sign-in/council?" + q.Encode()
}

// council sends the browser to the council's provider.
func (s *Server) council(c *Ctx) error {
	if s.SignIn.Council == nil {
		return fault.New(fault.NotFound, "We cannot find that")
	}
	ctx := c.Request.Context()
	a := asked{Next: safeNext(c.Query("next"))}
	if c.Query("again") != "" {
		if err := s.signedIn(c); err != nil {
			s.toSignIn(c)
			return nil
		}
		a.Again = c.Actor.StaffID
	}
	to, pending, err := s.SignIn.Council.Begin(ctx, a.Again != 0)
	if err != nil {
		return err
	}
	a.Pending = pending
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	s.Sessions.Put(ctx, keyCouncil, string(text))
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// councilBack is where the provider sends the browser to.
func (s *Server) councilBack(c *Ctx) error {
	if s.SignIn.Council == nil {
		return fault.New(fault.NotFound, "We cannot find that")
	}
	ctx := c.Request.Context()
	var a asked
	// Taken out first: an answer counts once, whatever becomes of it.
	if text := s.Sessions.PopString(ctx, keyCouncil); text != "" {
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return err
		}
	}
	id, err := s.SignIn.Council.Finish(ctx, a.Pending, c.Request.URL.Query())
	if err != nil {
		return s.councilRefused(c, a, err)
	}
	staff, err := s.Desk.SignInAs(ctx, tickets.Identity{
		Issuer: id.Issuer, Subject: id.Subject, Email: id.Email, Role: id.Role, Team: id.Team, From: c.ClientIP(),
	}, c.Now)
	if err != nil {
		return s.councilRefused(c, a, err)
	}
	if a.Again != 0 {
		if s.signedIn(c) != nil || c.Actor.StaffID != a.Again || staff.ID != a.Again {
			return s.councilRefused(c, a, fault.New(fault.Denied, "That was another account. Start again"))
		}
		return s.shownAgain(c, "oidc", a.Next)
	}
	if err := s.enter(c, staff.ID, "oidc"); err != nil {
		return s.councilRefused(c, a, err)
	}
	c.Redirect(http.StatusSeeOther, cmp.Or(a.Next, homeOf(c)))
	return nil
}

// councilOut signs out at the council's provider as well, where it offers that.
func (s *Server) councilOut(c *Ctx) error {
	if s.SignIn.Council == nil {
		return fault.New(fault.NotFound, "We cannot find that")
	}
	back := strings.TrimSuffix(s.Desk.Settings().BaseURL, "/") + "/signed-out"
	c.Redirect(http.StatusSeeOther, cmp.Or(s.SignIn.Council.LogoutURL(c.Request.Context(), back), "/signed-out"))
	return nil
}

// councilRefused shows the sign-in page with what went wrong.
func (s *Server) councilRefused(c *Ctx, a asked, err error) error {
	kind := fault.KindOf(err)
	if kind != fault.Denied && kind != fault.Invalid && kind != fault.Temporary {
		return err
	}
	s.Log.Info("web", "event", "sign_in", "outcome", "refused", "method", "oidc", "error", err)
	status := statusOf(kind)
	if kind != fault.Temporary {
		if err := s.Desk.SignInRefused(c.Request.Context(), 0, "oidc", c.ClientIP(), c.Now); err != nil {
			return err
		}
	}
	return s.page(c, status, view.PageSignIn, s.signInModel(c, "", a.Next, []view.FieldError{{Text: fault.SafeText(err)}}))
}
