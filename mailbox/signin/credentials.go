package signin

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/emersion/go-sasl"

	"hearback/tickets/fault"
)

// Mechanism is how a token is shown to a mail server.
type Mechanism string

// The mechanisms. Microsoft 365 knows XOAuth2 alone; the other is the standard
// (RFC 7628).
const (
	XOAuth2     Mechanism = "xoauth2"
	OAuthBearer Mechanism = "oauthbearer"
)

// Source gives access tokens. Its methods may be called by several goroutines.
type Source interface {
	// Token gives a token that is still good for a while, and the instant at which
	// it ends. Errors are fault.Denied when the token server refuses us, which a
	// person has to put right, fault.Temporary otherwise, or ctx's.
	Token(ctx context.Context) (token string, expires time.Time, err error)
}

// discarder is a Source that can be told that a mail server refused its token.
type discarder interface{ Discard(token string) }

// Credentials is how hearback signs in to one mailbox: with a password, or,
// when Source is set, with a token.
type Credentials struct {
	// Username is the mailbox: with application permissions the address of the
	// shared mailbox, which needs no user of its own.
	Username string
	// Password is asked at every sign-in, so that a new one is picked up. It is a
	// function so that no log or panic can print it.
	Password func() (string, error)
	// Source gives tokens; nil means Password.
	Source Source
	// Mechanism shows the token; "" means XOAuth2. Not used with a password.
	Mechanism Mechanism
}

// Check finds what is wrong with c without asking anybody. Errors are fault.Invalid.
func (c Credentials) Check() error {
	switch {
	case c.Username == "":
		return fault.New(fault.Invalid, "The name to sign in with is missing.")
	case hasControl(c.Username):
		return fault.New(fault.Invalid, "The name to sign in with has characters that a name cannot have.")
	case c.Source == nil && c.Password == nil:
		return fault.New(fault.Invalid, "There is neither a password nor OAuth2 to sign in with.")
	case c.Source != nil && c.Password != nil:
		return fault.New(fault.Invalid, "There are both a password and OAuth2 to sign in with; only one can be.")
	case c.Source != nil && c.Name() == "":
		return fault.Newf(fault.Invalid, "%q is no way to show a token; use xoauth2 or oauthbearer.", string(c.Mechanism))
	}
	return nil
}

// Name is the SASL mechanism as servers list it: "PLAIN", "XOAUTH2" or
// "OAUTHBEARER"; "" when Mechanism is not known.
func (c Credentials) Name() string {
	switch {
	case c.Source == nil:
		return sasl.Plain
	case c.Mechanism == XOAuth2 || c.Mechanism == "":
		return xoauth2Name
	case c.Mechanism == OAuthBearer:
		return sasl.OAuthBearer
	}
	return ""
}

// SASL begins one sign-in: it reads the password, or gets a token. The Client
// serves one connection. When the server refuses, tell it with [Client.Refused].
func (c Credentials) SASL(ctx context.Context) (*Client, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Source == nil {
		password, err := c.Password()
		if err == nil && password == "" {
			err = errors.New("it is empty")
		} else if err == nil && strings.ContainsRune(password, 0) {
			err = errors.New("it holds a NUL") // RFC 4616 section 2
		}
		if err != nil {
			return nil, fault.Wrap(fault.Temporary, "The password of this mailbox cannot be read.", err)
		}
		return newPlain(c.Username, password), nil
	}
	token, _, err := c.Source.Token(ctx)
	if err != nil {
		return nil, err
	}
	if !isToken(token) {
		return nil, fault.New(fault.Temporary, "The token server gave something that is no token.")
	}
	var client *Client
	if c.Name() == xoauth2Name {
		client = newXOAuth2(c.Username, token)
	} else {
		client = newOAuthBearer(c.Username, token)
	}
	client.token, client.username = hide(token), c.Username
	if d, ok := c.Source.(discarder); ok {
		client.discard = func() { d.Discard(token) }
	}
	return client, nil
}

// hasControl finds what would end a field of a SASL message early.
func hasControl(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return true
		}
	}
	return false
}

// isToken reports whether s can stand behind "Bearer" (b64token of RFC 6750
// section 2.1).
func isToken(s string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && r != '-' && r != '.' && r != '_' && r != '~' && r != '+' && r != '/' && r != '=' {
			return false
		}
	}
	return s != ""
}
