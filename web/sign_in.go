package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

const keyStaff = "staff"

var errNotSignedIn = errors.New("not signed in")

// signedIn reads the account afresh, so that one which was shut is out at once.
func (s *Server) signedIn(c *Ctx) error {
	id := s.Sessions.GetInt64(c.Request.Context(), keyStaff)
	if id == 0 {
		return errNotSignedIn
	}
	a, err := s.Store.ActorOf(c.Request.Context(), id)
	if err != nil {
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
			_ = s.Sessions.Destroy(c.Request.Context())
			return errNotSignedIn
		}
		return err
	}
	a.From = c.ClientIP() // behind a trusted proxy, the reader and not the proxy
	c.Actor = a
	return nil
}

// toSignIn sends a reader to the sign-in page, and answers what a form or a
// fragment sent with 401 so that nothing typed is replaced.
func (s *Server) toSignIn(c *Ctx) {
	if c.Request.Method == http.MethodGet && c.GetHeader("HX-Request") == "" {
		c.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	page := view.ErrorPage{
		Shell: s.shell(c, "Sign in again", ""), Status: http.StatusUnauthorized,
		Text:  []string{"Your session ended. Sign in again, then send the form once more."},
		Links: []view.Link{{Text: "Sign in", Href: "/sign-in" + backTo(c)}},
		Draft: cmp.Or(c.PostForm("text"), c.PostForm("note")),
	}
	if err := s.page(c, http.StatusUnauthorized, view.PageError, page); err != nil {
		s.Log.Error("web", "event", "render_failed", "page", view.PageError, "error", err)
	}
}

// backTo makes the sign-in page lead on to the form that was posted, which has
// the draft as it was saved last. Other posts have no page to go back to.
func backTo(c *Ctx) string {
	path := c.Request.URL.Path
	for _, form := range []string{"/reply", "/notes/new", "/calls/new"} {
		if strings.HasSuffix(path, form) {
			return "?next=" + url.QueryEscape(path)
		}
	}
	return ""
}

func (s *Server) home(c *Ctx) error {
	to := "/sign-in"
	if s.signedIn(c) == nil {
		to = homeOf(c)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

func (s *Server) signInPage(c *Ctx) error {
	return s.page(c, http.StatusOK, view.PageSignIn, s.signInModel(c, "", safeNext(c.Query("next")), nil))
}

func (s *Server) signInModel(c *Ctx, email, next string, errs []view.FieldError) view.SignIn {
	shell := s.shell(c, "Sign in", "")
	shell.Failed = len(errs) > 0
	return view.SignIn{Shell: shell, Email: email, Next: next, Errors: errs, DemoUsers: s.Users}
}

// signIn says the same for every failure: whether an account exists is nobody's business.
func (s *Server) signIn(c *Ctx) error {
	ctx := c.Request.Context()
	email, password, next := strings.TrimSpace(c.PostForm("email")), c.PostForm("password"), safeNext(c.PostForm("next"))
	if wait := s.limits.wait(c.ClientIP(), register.FoldMailbox(email)); wait > 0 {
		c.Header("Retry-After", "60")
		return s.page(c, http.StatusTooManyRequests, view.PageSignIn,
			s.signInModel(c, email, next, []view.FieldError{{Text: "Too many tries. Wait a minute"}}))
	}
	staff, ok, err := s.check(ctx, email, password)
	if err != nil {
		return err
	}
	if !ok {
		s.Log.Info("web", "event", "sign_in", "outcome", "refused")
		return s.page(c, http.StatusUnprocessableEntity, view.PageSignIn,
			s.signInModel(c, email, next, []view.FieldError{{Field: "email", Text: "Those details did not work. Check them and try again"}}))
	}
	// A new token for a new right: what was fixed before sign-in is worth nothing.
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return fault.Wrap(fault.Temporary, "We cannot sign you in just now. Try again", err)
	}
	s.Sessions.Put(ctx, keyStaff, staff.ID)
	s.Log.Info("web", "event", "sign_in", "outcome", "accepted", "staff", staff.ID)
	if next == "" {
		if c.Actor, err = s.Store.ActorOf(ctx, staff.ID); err != nil {
			return err
		}
		next = homeOf(c)
	}
	c.Redirect(http.StatusSeeOther, next)
	return nil
}

// decoy is an argon2id hash of no password: an unknown name costs as much time as a known one.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$Z5XyM0r4wGq1kJ0Hh3mD2A$Yk3kQf1D3H3GgTn3h5d0m8o0b1V6n2L4p5x7c9v1b2M"

func (s *Server) check(ctx context.Context, email, password string) (*register.Staff, bool, error) {
	staff, err := s.Store.StaffByMailbox(ctx, register.FoldMailbox(email))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, false, err
	}
	hash := decoy
	if staff != nil && err == nil && staff.PasswordHash != "" {
		hash = staff.PasswordHash
	}
	ok, verr := s.Verify(ctx, password, hash)
	if hash == decoy {
		return nil, false, nil
	}
	if verr != nil {
		return nil, false, verr
	}
	return staff, ok && staff.Active, nil
}

func (s *Server) signOut(c *Ctx) error {
	if err := s.Sessions.Destroy(c.Request.Context()); err != nil {
		return fault.Wrap(fault.Temporary, "We cannot sign you out just now. Close the browser", err)
	}
	c.Redirect(http.StatusSeeOther, "/signed-out")
	return nil
}

func (s *Server) signedOutPage(c *Ctx) error {
	return s.page(c, http.StatusOK, view.PageSignedOut, view.SignedOut{Shell: s.shell(c, "Signed out", "")})
}

// safeNext allows only a path of our own.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return ""
	}
	return next
}

// signInLimits slows guessing: by place and account, and by account alone.
type signInLimits struct {
	mu   sync.Mutex
	byID map[string]*rate.Limiter
}

func newSignInLimits() *signInLimits { return &signInLimits{byID: map[string]*rate.Limiter{}} }

// wait is above zero when this place or this account has to wait.
func (l *signInLimits) wait(host, account string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.byID) > 10000 {
		l.byID = map[string]*rate.Limiter{} // bounded memory; forgetting favours nobody for long
	}
	for key, burst := range map[string]int{"h:" + host: 60, "a:" + account: 10} {
		lim, ok := l.byID[key]
		if !ok {
			lim = rate.NewLimiter(rate.Every(6*time.Second), burst)
			l.byID[key] = lim
		}
		if !lim.Allow() {
			return time.Minute
		}
	}
	return 0
}

func newReference() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
