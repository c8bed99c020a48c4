package web

import (
	"net/http"

	"hearback/tickets/access"
	"hearback/web/view"
)

func (s *Server) help(c *Ctx) error {
	return s.page(c, http.StatusOK, view.PageHelp, view.Help{Shell: s.shell(c, "Help", ""), AdminHelp: c.Actor.May(access.ReadSystem)})
}

func (s *Server) keys(c *Ctx) error {
	return s.page(c, http.StatusOK, view.PageKeys, view.Keys{Shell: s.shell(c, "Keyboard shortcuts", ""), Groups: view.KeyGroups()})
}
