package web

import (
	"net/http"
	"net/url"
	"path"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/session"
)

// What a session holds about who is there.
const (
	keyStaff   = "staff"        // account that has signed in
	keyMethod  = "method"       // how
	keyShown   = "shown_at"     // when somebody last showed who they are, seconds since 1970
	keyPending = "pending"      // account whose password was right, and whose code is awaited
	keyPendAt  = "pending_at"   // since when
	keyNext    = "pending_next" // where to after that
	keyEnrol   = "enrol"        // secret of an app that is being set up, encrypted
	keyCouncil = "council"      // what was asked of the council's provider
)

// pendingLasts is how long somebody may take over the second step, freshFor how
// long a sign-in is good for what needs a new one.
const (
	pendingLasts = 10 * time.Minute
	freshFor     = 15 * time.Minute
)

// withSession puts into each request what storage has to know of its session.
func withSession(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := &tickets.SessionFacts{Agent: session.Agent(r.UserAgent())}
		h.ServeHTTP(w, r.WithContext(tickets.WithSession(r.Context(), f)))
	})
}

// renew gives the session a new name and empties it but for how pages look: what
// was fixed or left there before a new right is worth nothing.
func (s *Server) renew(c *Ctx) error {
	ctx := c.Request.Context()
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return fault.Wrap(fault.Temporary, "We cannot sign you in just now. Try again", err)
	}
	look := map[string]string{}
	for _, k := range []string{"theme", "density", "shortcuts", "live"} {
		look[k] = s.Sessions.GetString(ctx, k)
	}
	if err := s.Sessions.Clear(ctx); err != nil {
		return err
	}
	for k, v := range look {
		if v != "" {
			s.Sessions.Put(ctx, k, v)
		}
	}
	if f, ok := tickets.SessionOf(ctx); ok {
		f.StaffID = 0
	}
	return nil
}

// pend remembers whose password was right. It opens nothing but the second step.
func (s *Server) pend(c *Ctx, staffID int64, next string) error {
	if err := s.renew(c); err != nil {
		return err
	}
	ctx := c.Request.Context()
	s.Sessions.Put(ctx, keyPending, staffID)
	s.Sessions.Put(ctx, keyPendAt, c.Now.Unix())
	s.Sessions.Put(ctx, keyNext, next)
	return nil
}

// enter signs the account in and makes it the actor of this request.
func (s *Server) enter(c *Ctx, staffID int64, method string) error {
	a, err := s.actor(c, staffID)
	if err != nil {
		return err
	}
	if err := s.renew(c); err != nil {
		return err
	}
	ctx := c.Request.Context()
	s.Sessions.Put(ctx, keyStaff, staffID)
	s.shown(c, method)
	if f, ok := tickets.SessionOf(ctx); ok {
		f.StaffID = staffID
	}
	if err := s.Desk.SignedIn(ctx, a, method, false, c.Now); err != nil {
		return err
	}
	s.Log.Info("web", "event", "sign_in", "outcome", "accepted", "method", method, "staff", staffID)
	c.Actor = a
	return s.markDevice(c, staffID)
}

// shown notes that somebody showed just now who they are.
func (s *Server) shown(c *Ctx, method string) {
	s.Sessions.Put(c.Request.Context(), keyShown, c.Now.Unix())
	s.Sessions.Put(c.Request.Context(), keyMethod, method)
}

// isFresh reports whether the actor showed lately who they are.
func (s *Server) isFresh(c *Ctx) bool {
	at := time.Unix(s.Sessions.GetInt64(c.Request.Context(), keyShown), 0)
	return c.Now.Sub(at) <= freshFor && at.Sub(c.Now) <= time.Minute
}

// fresh asks for a new sign-in first when the last is longer ago than freshFor:
// for accounts, grants, and the end of restrictions. Put it around the page with
// the form as well as around what the form does, so that nothing typed is lost.
func (s *Server) fresh(do func(*Ctx) error) func(*Ctx) error {
	return func(c *Ctx) error {
		if s.isFresh(c) {
			return do(c)
		}
		next := c.Request.URL.RequestURI()
		if c.Request.Method != http.MethodGet {
			next = s.formOf(c)
		}
		c.Redirect(http.StatusSeeOther, "/sign-in/again?next="+url.QueryEscape(next))
		return nil
	}
}

// formOf is the page with the form that was posted: our pages send no Referer. It
// is at the address it posts to, or above that.
func (s *Server) formOf(c *Ctx) string {
	at, page := c.Request.URL.Path, c.FullPath()
	for _, r := range s.routes() {
		if r.method == http.MethodGet && r.path == page {
			return at
		}
	}
	return path.Dir(at)
}

func (s *Server) deviceCookie() string {
	if s.Secure {
		return "__Host-hearback-device"
	}
	return "hearback-device"
}

// device is the mark of this browser when the account has signed in with it
// before; "" otherwise.
func (s *Server) device(c *Ctx, mailbox string) string {
	mark, err := c.Request.Cookie(s.deviceCookie())
	if err != nil || s.SignIn.Vault == nil || !s.SignIn.Vault.Known(mark.Value, mailbox) {
		return ""
	}
	return mark.Value
}

// markDevice gives the browser a mark. It opens nothing: it keeps guesses from
// elsewhere from slowing its owner.
func (s *Server) markDevice(c *Ctx, staffID int64) error {
	if s.SignIn.Vault == nil {
		return nil
	}
	staff, err := s.staffMailbox(c, staffID)
	if err != nil {
		return err
	}
	if s.device(c, staff) != "" {
		return nil
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: s.deviceCookie(), Value: s.SignIn.Vault.Device(staff), Path: "/", MaxAge: 180 * 24 * 3600, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

func (s *Server) staffMailbox(c *Ctx, id int64) (string, error) {
	staff, err := s.Store.StaffByID(c.Request.Context(), id)
	if err != nil {
		return "", err
	}
	return register.FoldMailbox(staff.Email), nil
}

// own is the account of the actor.
func (s *Server) own(c *Ctx) (*register.Staff, *tickets.Account, error) {
	staff, err := s.Store.StaffByID(c.Request.Context(), c.Actor.StaffID)
	if err != nil {
		return nil, nil, err
	}
	acc, err := s.Store.Account(c.Request.Context(), c.Actor.StaffID)
	return staff, acc, err
}

// mayTryCode reports whether a second factor may be tried for an account.
func (s *Server) mayTryCode(c *Ctx, staffID int64) (bool, error) {
	mailbox, err := s.staffMailbox(c, staffID)
	if err != nil {
		return false, err
	}
	return s.limits.Factor(mailbox, s.device(c, mailbox)), nil
}
