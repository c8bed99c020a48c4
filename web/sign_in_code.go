package web

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/session"
	"hearback/web/view"
)

const wrongCode = "That code did not work. Wait for the next one and try again"

// waiting is whose code is awaited; 0 when nobody's, or not any more.
func (s *Server) pendingStaff(c *Ctx) int64 {
	ctx := c.Request.Context()
	since := c.Now.Sub(time.Unix(s.Sessions.GetInt64(ctx, keyPendAt), 0))
	if since > pendingLasts || since < -time.Minute {
		return 0
	}
	return s.Sessions.GetInt64(ctx, keyPending)
}

func (s *Server) codePage(c *Ctx) error {
	id := s.pendingStaff(c)
	if id == 0 {
		c.Redirect(http.StatusSeeOther, "/sign-in")
		return nil
	}
	acc, err := s.Store.Account(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return s.showCode(c, http.StatusOK, acc, "")
}

func (s *Server) showCode(c *Ctx, status int, acc *tickets.Account, problem string) error {
	m := view.SignInCode{Shell: s.shell(c, "Enter your code", ""), Action: "/sign-in/code", Recovery: acc.TOTP != ""}
	if problem != "" {
		m.Errors, m.Shell.Failed = []view.FieldError{{Field: "code", Text: problem}}, true
	}
	if acc.TOTP == "" {
		if err := s.enrolment(c, acc.StaffID, &m); err != nil {
			return err
		}
	}
	return s.page(c, status, view.PageSignInCode, m)
}

// enrolment puts the secret of a new app on the page: the same one until it is
// used, so that a reload does not spoil what was scanned.
func (s *Server) enrolment(c *Ctx, staffID int64, m *view.SignInCode) error {
	if s.SignIn.Vault == nil {
		return fault.New(fault.Internal, "")
	}
	ctx := c.Request.Context()
	staff, err := s.Store.StaffByID(ctx, staffID)
	if err != nil {
		return err
	}
	secret, err := s.SignIn.Vault.Open(staffID, s.Sessions.GetString(ctx, keyEnrol))
	if err != nil {
		secret = session.NewSecret()
		s.Sessions.Put(ctx, keyEnrol, s.SignIn.Vault.Seal(staffID, secret))
	}
	uri := session.KeyURI(secret, s.Council.Name, staff.Email)
	path, size, err := session.Picture(uri)
	if err != nil {
		return err
	}
	m.Shell.Title = "Set up an authenticator app"
	m.Enrol, m.Picture, m.PictureSize = true, path, size
	for i := 0; i < len(secret); i += 4 {
		m.Secret += secret[i:min(i+4, len(secret))] + " "
	}
	m.Secret = strings.TrimSpace(m.Secret)
	return nil
}

func (s *Server) code(c *Ctx) error {
	ctx := c.Request.Context()
	id := s.pendingStaff(c)
	if id == 0 {
		c.Redirect(http.StatusSeeOther, "/sign-in")
		return nil
	}
	acc, err := s.Store.Account(ctx, id)
	if err != nil {
		return err
	}
	may, err := s.mayTryCode(c, id)
	if err != nil {
		return err
	}
	if !may {
		c.Header("Retry-After", "60")
		return s.showCode(c, http.StatusTooManyRequests, acc, tooMany)
	}
	next := s.Sessions.GetString(ctx, keyNext)
	if acc.TOTP == "" {
		return s.enrolAtSignIn(c, acc, next)
	}
	method, problem, err := s.secondFactor(c, acc)
	if err != nil {
		return err
	}
	if problem != "" {
		if err := s.refusedSignIn(c, id, "totp"); err != nil {
			return err
		}
		return s.showCode(c, http.StatusUnprocessableEntity, acc, problem)
	}
	if err := s.enter(c, id, method); err != nil {
		return err
	}
	to := cmp.Or(next, homeOf(c))
	if method == "recovery_code" {
		return s.done(c, to, "warning", "You used a recovery code. You have "+plural(acc.CodesLeft-1, "code", "codes")+" left. Make new ones on the page about you.")
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// secondFactor checks the code of the form, of the app or of the recovery sheet.
// problem is what the reader is told when neither holds.
func (s *Server) secondFactor(c *Ctx, acc *tickets.Account) (method, problem string, err error) {
	ctx := c.Request.Context()
	if r := c.PostForm("recovery"); strings.TrimSpace(r) != "" {
		ok, err := s.Desk.TakeRecoveryCode(ctx, acc.StaffID, r, c.ClientIP(), c.Now)
		if err != nil || ok {
			return "recovery_code", "", err
		}
		return "", "That recovery code did not work. Each one works once", nil
	}
	if s.SignIn.Vault == nil {
		return "", wrongCode, nil
	}
	secret, err := s.SignIn.Vault.Open(acc.StaffID, acc.TOTP)
	if err != nil {
		return "", fault.SafeText(err), nil
	}
	step, ok := session.Step(secret, c.PostForm("code"), c.Now)
	if ok {
		ok, err = s.Desk.TakeStep(ctx, acc.StaffID, step, c.Now)
	}
	if err != nil || ok {
		return "totp", "", err
	}
	return "", wrongCode, nil
}

// enrolAtSignIn sets up the first app and signs in with it.
func (s *Server) enrolAtSignIn(c *Ctx, acc *tickets.Account, next string) error {
	sealed, step, ok := s.enrolled(c, acc.StaffID)
	if !ok {
		return s.showCode(c, http.StatusUnprocessableEntity, acc, wrongCode)
	}
	a, err := s.actor(c, acc.StaffID)
	if err != nil {
		return err
	}
	c.Actor = a
	// The app first: whoever is signed in has one.
	codes, err := s.keepApp(c, sealed, step)
	if err != nil {
		return err
	}
	if err := s.enter(c, acc.StaffID, "totp"); err != nil {
		return err
	}
	return s.showCodes(c, codes, cmp.Or(next, homeOf(c)))
}

// enrolled checks the first code of an app that is being set up.
func (s *Server) enrolled(c *Ctx, staffID int64) (sealed string, step int64, ok bool) {
	if s.SignIn.Vault == nil {
		return "", 0, false
	}
	sealed = s.Sessions.GetString(c.Request.Context(), keyEnrol)
	secret, err := s.SignIn.Vault.Open(staffID, sealed)
	if err != nil {
		return "", 0, false
	}
	step, ok = session.Step(secret, c.PostForm("code"), c.Now)
	return sealed, step, ok
}

// newApp keeps the actor's app and shows the recovery codes, this once.
func (s *Server) newApp(c *Ctx, sealed string, step int64, next string) error {
	codes, err := s.keepApp(c, sealed, step)
	if err != nil {
		return err
	}
	return s.showCodes(c, codes, next)
}

// keepApp keeps the actor's app and gives the new recovery codes.
func (s *Server) keepApp(c *Ctx, sealed string, step int64) ([]string, error) {
	codes, hashes := newCodes()
	if err := s.Desk.SetTOTP(c.Request.Context(), c.Actor, sealed, step, hashes, c.Now); err != nil {
		return nil, err
	}
	s.Sessions.Remove(c.Request.Context(), keyEnrol)
	return codes, nil
}

func newCodes() (codes, hashes []string) {
	codes = session.Codes()
	for _, x := range codes {
		hashes = append(hashes, tickets.HashCode(x))
	}
	return codes, hashes
}

func (s *Server) showCodes(c *Ctx, codes []string, next string) error {
	return s.page(c, http.StatusOK, view.PageCodes, view.Codes{Shell: s.shell(c, "Recovery codes", ""), Codes: codes, NextHref: next})
}
