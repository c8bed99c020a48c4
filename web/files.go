package web

import (
	"io"
	"net/http"
	"strconv"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// message is a message of the ticket in the address, within the actor's scope.
func (s *Server) message(c *Ctx) (*tickets.Message, error) {
	m, err := s.Store.Message(c.Request.Context(), c.Actor, number(c.Param("id")))
	if err != nil {
		return nil, err
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return nil, err
	}
	if m.TicketID != t.ID || m.RawID == 0 {
		return nil, fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
	}
	return m, nil
}

func (s *Server) original(c *Ctx) error {
	m, err := s.message(c)
	if err != nil {
		return err
	}
	return s.sendOriginal(c, m)
}

func (s *Server) headers(c *Ctx) error {
	m, err := s.message(c)
	if err != nil {
		return err
	}
	return s.sendHeaders(c, m, view.EnquiryURL(c.Param("ref")), view.OriginalURL(c.Param("ref"), c.Param("id")))
}

func (s *Server) htmlFrame(c *Ctx) error {
	m, err := s.message(c)
	if err != nil {
		return err
	}
	return s.sendFrame(c, m)
}

// file is one attachment. It is always downloaded, never shown in the page: an
// SVG or HTML file would run in our own name.
func (s *Server) file(c *Ctx) error {
	m, err := s.message(c)
	if err != nil {
		return err
	}
	return s.sendFile(c, m)
}

// sendFile downloads the part of m in the address.
func (s *Server) sendFile(c *Ctx, m *tickets.Message) error {
	if err := s.unlocked(c, m, c.Param("path")); err != nil {
		return err
	}
	raw, err := s.Store.Raw(c.Request.Context(), m.RawID)
	if err != nil {
		return err
	}
	r, part, err := s.Mail.Part(raw, c.Param("path"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "This file is not in the email, or cannot be read. Download the original email instead", err)
	}
	download(c, part.Name)
	c.Status(http.StatusOK)
	_, err = io.Copy(c.Writer, r)
	return err
}

// sendOriginal downloads the mail as it came.
func (s *Server) sendOriginal(c *Ctx, m *tickets.Message) error {
	if err := s.unlocked(c, m, ""); err != nil {
		return err
	}
	raw, err := s.Store.Raw(c.Request.Context(), m.RawID)
	if err != nil {
		return err
	}
	download(c, "message-"+strconv.FormatInt(m.ID, 10)+".eml")
	c.Header("Content-Length", strconv.Itoa(len(raw)))
	c.Status(http.StatusOK)
	_, err = c.Writer.Write(raw)
	return err
}

// download makes a browser keep a file and not open it, whatever the mail says
// that it is.
func download(c *Ctx, name string) {
	c.Header("Content-Type", "application/octet-stream")
	c.Header("Content-Disposition", disposition(name))
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
}

func (s *Server) sendHeaders(c *Ctx, m *tickets.Message, back, original string) error {
	raw, err := s.Store.Raw(c.Request.Context(), m.RawID)
	if err != nil {
		return err
	}
	model := view.Headers{
		Shell: s.shell(c, "Headers of a message", "inbox"), BackHref: back, Raw: s.Mail.Headers(raw), Original: original, Sender: senderCheck(m.Auth),
	}
	if c.Param("ref") != "" {
		if t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref")); err == nil {
			model.Head = s.head(c, *t)
		}
	}
	return s.page(c, http.StatusOK, view.PageHeaders, model)
}

// framePolicy: inside the frame nothing loads, nothing runs, and only our own
// page may show it.
const framePolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

// sendFrame is the cleaned HTML of a mail for a sandboxed frame.
func (s *Server) sendFrame(c *Ctx, m *tickets.Message) error {
	raw, err := s.Store.Raw(c.Request.Context(), m.RawID)
	if err != nil {
		return err
	}
	html, ok := s.Mail.SafeHTML(raw)
	if !ok {
		return fault.New(fault.NotFound, "This email has no formatted view")
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Security-Policy", framePolicy)
	c.Header("X-Frame-Options", "SAMEORIGIN")
	c.Status(http.StatusOK)
	_, err = io.WriteString(c.Writer, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Formatted view</title></head><body>"+html+"</body></html>")
	return err
}
