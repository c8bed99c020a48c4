package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// minPassword follows NIST SP 800-63B: length counts, composition does not. The
// upper bound keeps a hash from being work for an attacker to order.
const (
	minPassword = 12
	maxPassword = 200
)

// passwordProblem says what is wrong with a new password; "" when nothing is.
func passwordProblem(password, email, name, council string) string {
	n := utf8.RuneCountInString(password)
	low := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch {
	case n < minPassword:
		return "The password needs at least 12 characters. Three words that have nothing to do with each other are good"
	case n > maxPassword:
		return "The password is too long"
	case slices.Contains([]string{strings.ToLower(email), strings.ToLower(name), strings.ToLower(council), local + local}, low), len(strings.Trim(low, low[:1])) == 0,
		slices.Contains([]string{"password1234", "passwordpassword", "123456789012", "qwertyuiopas", "hearbackhearback"}, low):
		return "Choose a password that is harder to guess"
	}
	return ""
}

func (s *Server) hash(ctx context.Context, password string) (string, error) {
	if s.SignIn.Hash == nil {
		return "", fault.New(fault.Internal, "nothing makes hashes of passwords")
	}
	return s.SignIn.Hash(ctx, password)
}

func (s *Server) welcomePage(c *Ctx) error {
	return s.showWelcome(c, http.StatusOK, "", nil)
}

func (s *Server) showWelcome(c *Ctx, status int, email string, errs []view.FieldError) error {
	m := view.Welcome{Shell: s.shell(c, "Set your password", ""), Email: email, Errors: errs}
	m.Shell.Failed = len(errs) > 0
	return s.page(c, status, view.PageWelcome, m)
}

// welcome sets the first password of somebody who was invited.
func (s *Server) welcome(c *Ctx) error {
	ctx := c.Request.Context()
	email, code, password := strings.TrimSpace(c.PostForm("email")), c.PostForm("code"), c.PostForm("password")
	mailbox := register.FoldMailbox(email)
	if s.SignIn.NoPasswords {
		return s.showWelcome(c, http.StatusUnprocessableEntity, email, []view.FieldError{{Text: "Passwords are not used here. Sign in with your council account"}})
	}
	if text := passwordProblem(password, email, "", s.Council.Name); text != "" {
		return s.showWelcome(c, http.StatusUnprocessableEntity, email, []view.FieldError{{Field: "password", Text: text}})
	}
	if !s.limits.Password(c.ClientIP(), mailbox, "") {
		c.Header("Retry-After", "60")
		return s.showWelcome(c, http.StatusTooManyRequests, email, []view.FieldError{{Text: tooMany}})
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	if _, err = s.Desk.UseInvitation(ctx, mailbox, code, hash, c.ClientIP(), c.Now); fault.Is(err, fault.Denied) {
		if err := s.refusedSignIn(c, 0, "invitation"); err != nil {
			return err
		}
		return s.showWelcome(c, http.StatusUnprocessableEntity, email, []view.FieldError{{Field: "code", Text: "Those details did not work, or the invitation has run out. Ask your administrator for a new one"}})
	}
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, view.PageSignIn, func() view.SignIn {
		m := s.signInModel(c, email, "", nil)
		m.Ended = "Your password is set. Sign in with it."
		return m
	}())
}
