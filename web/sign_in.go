package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/oidc"
	"hearback/web/session"
	"hearback/web/view"
)

// SignIn is how staff sign in. The zero value is by password, with an
// authenticator app for who has set one up.
type SignIn struct {
	NoPasswords bool // at the council's provider alone
	NeedTOTP    bool // every account with a password has an authenticator app
	// Vault keeps the secrets of the apps; nil when there is no key file, and then no
	// app can be set up.
	Vault   *session.Vault
	Council *oidc.Provider // nil when there is none
	Button  string         // words of the button for Council; "" for "Sign in with your council account"
	// Hash makes an argon2id hash, bounded in how many run at once.
	Hash func(ctx context.Context, password string) (string, error)
}

var errNotSignedIn = errors.New("not signed in")

// signedIn reads the account afresh, so that one which was shut is out at once.
func (s *Server) signedIn(c *Ctx) error {
	ctx := c.Request.Context()
	id := s.Sessions.GetInt64(ctx, keyStaff)
	if id == 0 {
		return errNotSignedIn
	}
	a, err := s.actor(c, id)
	if err != nil {
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
			_ = s.Sessions.Destroy(ctx)
			return errNotSignedIn
		}
		return err
	}
	// What storage says the session belongs to, and what is in it, are one.
	if f, ok := tickets.SessionOf(ctx); ok && f.Ref != "" && f.StaffID != id {
		_ = s.Sessions.Destroy(ctx)
		return errNotSignedIn
	}
	c.Actor = a
	return nil
}

// stillSignedIn is signedIn for a request that stays open: what it read of its
// session at the start may have ended since, so that storage is asked again.
func (s *Server) stillSignedIn(c *Ctx) error {
	if err := s.signedIn(c); err != nil {
		return err
	}
	ref := s.here(c)
	if ref == "" {
		return errNotSignedIn
	}
	list, err := s.Store.SessionsOf(c.Request.Context(), c.Actor.StaffID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(x tickets.Session) bool { return x.Ref == ref }) {
		return errNotSignedIn
	}
	return nil
}

// actor is the account with this id as the one who asks; fault.Denied when it is
// closed or its time is over.
func (s *Server) actor(c *Ctx, id int64) (access.Actor, error) {
	a, err := s.Store.ActorOf(c.Request.Context(), id)
	if err == nil && a.Over(c.Now) {
		err = fault.New(fault.Denied, "The time of this account is over")
	}
	a.From = c.ClientIP() // behind a trusted proxy, the reader and not the proxy
	return a, err
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
	m := view.SignIn{Shell: shell, Email: email, Next: next, Errors: errs, DemoUsers: s.Users, NoPasswords: s.SignIn.NoPasswords}
	if s.SignIn.Council != nil {
		m.CouncilURL, m.CouncilText = councilURL(next, false), s.councilText()
	}
	return m
}

func (s *Server) councilText() string {
	return cmp.Or(s.SignIn.Button, "Sign in with your council account")
}

// wrongDetails is what every failure is answered with: whether an account exists,
// is closed, or has another way in is nobody's business.
const wrongDetails = "Those details did not work. Check them and try again"

const tooMany = "Too many tries. Wait a minute, then try again"

func (s *Server) signIn(c *Ctx) error {
	ctx := c.Request.Context()
	email, password, next := strings.TrimSpace(c.PostForm("email")), c.PostForm("password"), safeNext(c.PostForm("next"))
	again := func(status int, text string) error {
		return s.page(c, status, view.PageSignIn, s.signInModel(c, email, next, []view.FieldError{{Field: "email", Text: text}}))
	}
	if s.SignIn.NoPasswords {
		return again(http.StatusUnprocessableEntity, "Passwords are not used here. Use your council account")
	}
	if !s.limits.Password(c.ClientIP(), register.FoldMailbox(email), s.device(c, register.FoldMailbox(email))) {
		c.Header("Retry-After", "60")
		return again(http.StatusTooManyRequests, tooMany)
	}
	staff, ok, err := s.check(ctx, email, password)
	if err != nil {
		return err
	}
	if ok {
		_, err := s.actor(c, staff.ID)
		ok = err == nil
		if err != nil && !fault.Is(err, fault.Denied) {
			return err
		}
	}
	if !ok {
		var id int64
		if staff != nil {
			id = staff.ID
		}
		if err := s.refusedSignIn(c, id, "password"); err != nil {
			return err
		}
		return again(http.StatusUnprocessableEntity, wrongDetails)
	}
	acc, err := s.Store.Account(ctx, staff.ID)
	if err != nil {
		return err
	}
	if acc.TOTP != "" || s.SignIn.NeedTOTP {
		if err := s.pend(c, staff.ID, next); err != nil {
			return err
		}
		c.Redirect(http.StatusSeeOther, "/sign-in/code")
		return nil
	}
	if err := s.enter(c, staff.ID, "password"); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, cmp.Or(next, homeOf(c)))
	return nil
}

// refusedSignIn records a failure, known account or not.
func (s *Server) refusedSignIn(c *Ctx, staffID int64, method string) error {
	s.Log.Info("web", "event", "sign_in", "outcome", "refused", "method", method)
	return s.Desk.SignInRefused(c.Request.Context(), staffID, method, c.ClientIP(), c.Now)
}

// decoy is an argon2id hash of no password: an unknown name costs as much time as a known one.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$Z5XyM0r4wGq1kJ0Hh3mD2A$Yk3kQf1D3H3GgTn3h5d0m8o0b1V6n2L4p5x7c9v1b2M"

// check compares name and password. The account is given when there is one, also
// when the password is wrong: for the record, not for the reader.
func (s *Server) check(ctx context.Context, email, password string) (*register.Staff, bool, error) {
	staff, err := s.Store.StaffByMailbox(ctx, register.FoldMailbox(email))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, false, err
	}
	if err != nil {
		staff = nil
	}
	hash := decoy
	if staff != nil && staff.PasswordHash != "" {
		hash = staff.PasswordHash
	}
	ok, verr := s.Verify(ctx, password, hash)
	if hash == decoy {
		return staff, false, nil
	}
	if verr != nil {
		return nil, false, verr
	}
	return staff, ok && staff.Active, nil
}

func (s *Server) signOut(c *Ctx) error {
	ctx := c.Request.Context()
	to := "/signed-out"
	if s.signedIn(c) == nil {
		if err := s.Desk.SignedOut(ctx, c.Actor, c.Now); err != nil {
			s.Log.Error("web", "event", "sign_out", "error", err) // signing out is not refused for want of a record
		}
		if s.SignIn.Council != nil && s.Sessions.GetString(ctx, keyMethod) == "oidc" {
			to += "?council=1"
		}
	}
	if err := s.Sessions.Destroy(ctx); err != nil {
		return fault.Wrap(fault.Temporary, "We cannot sign you out just now. Close the browser", err)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

func (s *Server) signedOutPage(c *Ctx) error {
	m := view.SignedOut{Shell: s.shell(c, "Signed out", "")}
	if s.SignIn.Council != nil && c.Query("council") != "" {
		m.CouncilURL = "/sign-in/council/out"
	}
	return s.page(c, http.StatusOK, view.PageSignedOut, m)
}

// safeNext allows only a path of our own.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, func(r rune) bool {
		return r == '\\' || r < ' ' || r == 0x7f
	}) {
		return ""
	}
	return next
}

func newReference() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
