package web

import (
	"net/http"

	"hearback/web/view"
)

// waitingPart answers the bar of letters that can still be cancelled, alone.
func (s *Server) waitingPart(c *Ctx) error {
	return s.fragment(c, http.StatusOK, view.FragWaiting, s.waiting(c))
}

// tilesPart answers the numbers of the team lead's page alone.
func (s *Server) tilesPart(c *Ctx) error {
	f, err := s.Store.LeadFigures(c.Request.Context(), c.Actor, c.Now)
	if err != nil {
		return err
	}
	return s.fragment(c, http.StatusOK, view.FragTiles, leadTiles(f))
}

// accessibility and privacy are for everybody; who is signed in keeps the navigation.
func (s *Server) accessibility(c *Ctx) error {
	_ = s.signedIn(c)
	return s.page(c, http.StatusOK, view.PageText, view.NewAccessibilityPage(s.shell(c, "", "")))
}

func (s *Server) privacy(c *Ctx) error {
	_ = s.signedIn(c)
	return s.page(c, http.StatusOK, view.PageText, view.NewPrivacyPage(s.shell(c, "", "")))
}
