package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// letterheadForm says how the letters of a team look.
func (s *Server) letterheadForm(c *Ctx, t *tickets.TeamView) (*view.Form, error) {
	h, err := s.Desk.LetterheadOf(c.Request.Context(), c.Actor, t.ID)
	if err != nil {
		return nil, err
	}
	f := &view.Form{
		ID: "letterhead", Title: "Signature and logo of letters", Action: view.TeamURL(id(t.ID)), Do: "letterhead", Button: "Save signature and logo",
		Intro: "For letters from the mailboxes of this team. The signature stands below what an officer writes. The logo stands at the top of the formatted half of a letter; nothing of it is fetched from outside. The check reads both.",
		Seen:  seen(h.Signature, h.LogoRaw, h.LogoAlt),
		Fields: []view.Field{
			{Name: "signature", Label: "Signature", Kind: "lines", Value: h.Signature, Hint: "Plain words, for example the team's name and telephone number. Up to 10 lines.", About: []string{"signature"}},
			{Name: "logo", Label: "Logo (PNG or JPEG, up to 200 KB)", Kind: "file", About: []string{"picture", "logo"}},
			{Name: "logo_alt", Label: "The logo in words", Value: h.LogoAlt, Hint: "What somebody hears who does not see it: for example Westmarsh Council", About: []string{"words"}},
		},
	}
	if h.LogoRaw != 0 {
		f.Fields[1].Hint = "There is one. Choose another to replace it."
		f.Fields = append(f.Fields, tickField("no_logo", "Take the logo away", false))
	}
	return f, nil
}

// saveLetterhead saves what the form says.
func (s *Server) saveLetterhead(c *Ctx, teamID int64, p posted) error {
	r := tickets.LetterheadRequest{TeamID: teamID, Signature: p.text("signature"), LogoAlt: p.text("logo_alt"), NoLogo: p.ticked("no_logo")}
	var err error
	if r.Logo, r.LogoType, err = s.logo(c); err != nil {
		return err
	}
	return s.Desk.SetLetterhead(c.Request.Context(), c.Actor, r, c.Now)
}

// logo is the picture that was chosen; nil when none was.
func (s *Server) logo(c *Ctx) ([]byte, string, error) {
	h, err := c.FormFile("logo")
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, "", fault.New(fault.Invalid, "The picture is too big. Choose one of at most 200 KB")
	case errors.Is(err, http.ErrMissingFile), err == nil && h.Size == 0:
		return nil, "", nil
	case err != nil && strings.Contains(err.Error(), "multipart"):
		return nil, "", nil // a form without files
	case err != nil:
		return nil, "", fault.Wrap(fault.Invalid, "The picture cannot be read", err)
	case s.Files == nil:
		return nil, "", fault.New(fault.Invalid, "Pictures cannot be taken in here")
	}
	f, err := h.Open()
	if err != nil {
		return nil, "", fault.Wrap(fault.Invalid, "The picture cannot be read", err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, "", fault.Wrap(fault.Invalid, "The picture cannot be read", err)
	}
	return s.Files.Picture(c.Request.Context(), h.Filename, b)
}
