package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/assets"
	"hearback/web/session"
	"hearback/web/view"
	"hearback/web/view/chart"
)

// Server answers requests for pages.
type Server struct {
	Deps
	view   *view.Renderer
	charts *chart.Drawer
	limits *session.Limits
	tries  tries // of mailboxes, from the page
}

// New parses every template and fails when one is missing.
func New(d Deps) (*Server, error) {
	if err := view.CheckAssets(); err != nil {
		return nil, err
	}
	r, err := view.New(view.Options{})
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if d.Imports == nil {
		d.Imports = NewImports()
	}
	charts, err := chart.New()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return &Server{Deps: d, view: r, charts: charts, limits: session.NewLimits(nil)}, nil
}

// Register puts the pages on a router.
func (s *Server) Register(r *gin.Engine) {
	for _, rt := range s.routes() {
		r.Handle(rt.method, rt.path, s.serve(rt))
	}
	files := http.FileServerFS(assets.FS())
	r.GET("/assets/*file", func(c *gin.Context) {
		if c.Query("v") != "" {
			c.Header("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			c.Header("Cache-Control", "no-cache")
		}
		http.StripPrefix("/assets", files).ServeHTTP(c.Writer, c.Request)
	})
	r.NoRoute(func(c *gin.Context) {
		s.fail(s.newCtx(c), fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it"))
	})
}

// Wrap puts what every answer needs around the whole router: security headers,
// refusal of cross-site posts, sessions.
func (s *Server) Wrap(h http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This form was sent from another site. Nothing was done.", http.StatusForbidden)
	}))
	return securityHeaders(protection.Handler(withSession(s.Sessions.LoadAndSave(h))), s.Secure)
}

// policy is what a page may load: nothing from anywhere else, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

func securityHeaders(h http.Handler, secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		head.Set("X-Robots-Tag", "noindex, nofollow")
		if secure {
			head.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(r.URL.Path, "/assets/") {
			head.Set("Cache-Control", "no-store")
			head.Set("Vary", "HX-Request, HX-Target, Cookie")
		}
		h.ServeHTTP(w, r)
	})
}

// Ctx is one request.
type Ctx struct {
	*gin.Context
	Actor access.Actor
	Now   time.Time
	nav   map[string]int // counts for the navigation
}

func (s *Server) newCtx(c *gin.Context) *Ctx { return &Ctx{Context: c, Now: time.Now().UTC()} }

// serve is the one way in: session, permission, handler, and the one way out
// for errors.
func (s *Server) serve(rt route) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := s.newCtx(g)
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler { //nolint:errorlint // the server compares it the same way
					panic(r)
				}
				// The value may hold private words; the stack says where.
				s.Log.Error("web", "event", "panic", "route", rt.path, "stack", string(debug.Stack()))
				s.fail(c, fault.New(fault.Internal, ""))
			}
		}()
		now, err := s.Deps.Now(g.Request.Context())
		if err != nil {
			s.fail(c, fault.Wrap(fault.Temporary, "We cannot check or send messages just now. Drafts are safe. Phones still work", err))
			return
		}
		c.Now = now
		if f, ok := tickets.SessionOf(g.Request.Context()); ok {
			f.From = tickets.Network(g.ClientIP())
		}
		if rt.need != public {
			if err := s.signedIn(c); err != nil {
				if errors.Is(err, errNotSignedIn) {
					s.toSignIn(c)
					return
				}
				s.fail(c, err)
				return
			}
			if rt.need != anyone && !c.Actor.May(rt.need) {
				s.fail(c, fault.New(fault.Denied, "You cannot do this. Your team lead can"))
				return
			}
			if err := s.opens(c, rt); err != nil {
				s.fail(c, err)
				return
			}
		}
		if err := rt.do(c); err != nil {
			s.fail(c, err)
		}
	}
}

// fail writes an error page. Details go to the log, never to the person.
func (s *Server) fail(c *Ctx, err error) {
	if c.Request.Context().Err() != nil && errors.Is(err, c.Request.Context().Err()) {
		return // the reader has left
	}
	kind := fault.KindOf(err)
	status := statusOf(kind)
	reference := ""
	if status >= 500 {
		reference = newReference()
		s.Log.Error("web", "event", "request_failed", "route", c.FullPath(), "reference", reference, "kind", string(kind), "error", err)
	}
	if c.Writer.Written() {
		return
	}
	if !c.Actor.IsPerson() {
		_ = s.signedIn(c) // an unknown address has no route that asked for it
	}
	page := view.NewErrorPage(s.shell(c, "", ""), status, view.ErrorDetail{Reference: reference})
	if text := fault.SafeText(err); status < 500 && status != http.StatusNotFound && text != "" {
		page.Text = []string{strings.TrimSuffix(text, ".") + "."}
		if status == http.StatusForbidden && strings.HasPrefix(text, "You cannot open this") && c.Actor.May(access.AskAccess) {
			page.Links = append(page.Links, view.Link{Text: "Ask to be let in", Href: "/access"})
		}
	}
	c.Status(status)
	c.Header("Content-Type", "text/html; charset=utf-8")
	if err := s.view.Page(c.Writer, view.PageError, page); err != nil {
		s.Log.Error("web", "event", "render_failed", "page", view.PageError, "error", err)
	}
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid, fault.Refused:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Temporary:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// page writes a whole page.
func (s *Server) page(c *Ctx, status int, name string, model any) error {
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	return s.view.Page(c.Writer, name, model)
}

// fragment writes a part of a page.
func (s *Server) fragment(c *Ctx, status int, name string, model any) error {
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	return s.view.Fragment(c.Writer, name, model)
}

// wants reports whether the request asks for the fragment with this id alone.
func wants(c *Ctx, id string) bool {
	return c.GetHeader("HX-Request") == "true" && c.GetHeader("HX-Target") == id && c.GetHeader("HX-Boosted") != "true"
}

// done answers a form that did what it should: back to a page, with what happened.
func (s *Server) done(c *Ctx, to, kind, text string) error {
	if text != "" {
		s.Sessions.Put(c.Request.Context(), "flash", kind+"|"+text)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}
