package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"hearback/web/view"
)

// me is the page of preferences. They last as long as the session: they say how
// pages look on one screen, and nothing of them is a person's data.
func (s *Server) me(c *Ctx) error {
	get := func(k string) string { return s.Sessions.GetString(c.Request.Context(), k) }
	return s.showMe(c, http.StatusOK, view.Me{Theme: get("theme"), Density: get("density"), Shortcuts: get("shortcuts"), Live: get("live")})
}

// meAgain shows the page with what is wrong with another of its forms.
func (s *Server) meAgain(c *Ctx, status int, problem view.FieldError) error {
	get := func(k string) string { return s.Sessions.GetString(c.Request.Context(), k) }
	return s.showMe(c, status, view.Me{
		Theme: get("theme"), Density: get("density"), Shortcuts: get("shortcuts"), Live: get("live"), Errors: []view.FieldError{problem},
	})
}

func (s *Server) showMe(c *Ctx, status int, m view.Me) error {
	m.Shell = s.shell(c, "About you", "")
	m.Shell.Failed = len(m.Errors) > 0
	m.HoldSeconds = s.holdOptions(s.holdOf(c))
	if err := s.aboutMe(c, &m); err != nil {
		return err
	}
	return s.page(c, status, view.PageMe, m)
}

// saveMe keeps what was chosen, all or nothing.
func (s *Server) saveMe(c *Ctx) error {
	m := view.Me{Theme: c.PostForm("theme"), Density: c.PostForm("density"), Shortcuts: c.PostForm("shortcuts"), Live: c.PostForm("live")}
	for _, f := range []struct {
		field, value, text string
		allowed            []string
	}{
		{"theme", m.Theme, "Choose the colours", []string{"system", "light", "dark"}},
		{"density", m.Density, "Choose the spacing", []string{"compact", "roomy"}},
		{"shortcuts", m.Shortcuts, "Say whether you use keyboard shortcuts", []string{"on", "off"}},
		{"live", m.Live, "Choose the live updates", []string{"on", "off"}},
	} {
		if !slices.Contains(f.allowed, f.value) {
			m.Errors = append(m.Errors, view.FieldError{Text: f.text})
		}
	}
	if len(m.Errors) > 0 {
		return s.showMe(c, http.StatusUnprocessableEntity, m)
	}
	theme := m.Theme
	if theme == "system" {
		theme = "" // the page then follows the system
	}
	ctx := c.Request.Context()
	if v := c.PostForm("hold_seconds"); v != "" {
		n, err := strconv.Atoi(v)
		if err == nil {
			err = s.Desk.SetHold(ctx, c.Actor, time.Duration(n)*time.Second, c.Now)
		}
		if err != nil {
			m.Errors = []view.FieldError{{Field: "hold-seconds", Text: "Choose how long you can take a message back"}}
			return s.showMe(c, http.StatusUnprocessableEntity, m)
		}
	}
	s.Sessions.Put(ctx, "theme", theme)
	s.Sessions.Put(ctx, "density", m.Density)
	s.Sessions.Put(ctx, "shortcuts", m.Shortcuts)
	s.Sessions.Put(ctx, "live", m.Live)
	return s.done(c, "/me", "success", "Saved. How pages look lasts until you sign out.")
}
