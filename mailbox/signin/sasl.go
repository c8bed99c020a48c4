package signin

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// xoauth2Name is a mechanism of Google's and Microsoft's without an RFC; go-sasl
// does not have it.
const xoauth2Name = "XOAUTH2"

// Client is a sasl.Client for one sign-in that remembers what the server said
// when it refused.
type Client struct {
	name    string
	initial hidden // the initial response
	token   hidden // nil with a password
	discard func() // of the token; may be nil

	username string
	refusal  *Refusal
	settled  bool
}

// Refusal is what a server says of a token it does not take (RFC 7628 section
// 3.2.2; XOAUTH2 has the same form). It is the server's text: for operators.
type Refusal struct {
	Status  string `json:"status"`
	Schemes string `json:"schemes"`
	Scope   string `json:"scope"`
}

// Error tells the status and the scope that the server would want.
func (r *Refusal) Error() string {
	s := "the mail server did not take the token: status " + quiet(r.Status)
	if r.Scope != "" {
		s += ", it wants the scope " + quiet(r.Scope)
	}
	return s
}

// Start gives the mechanism and the initial response.
func (c *Client) Start() (string, []byte, error) {
	return c.name, []byte(c.initial()), nil
}

// Next answers the server's challenge. None of the mechanisms has one, except to
// say why the token is not taken. The exchange has then to be finished, or the
// server goes on waiting and never says NO. The answer is %x01, as RFC 7628
// section 3.2.3 has it, for XOAUTH2 too: the empty line that Google describes is
// written by go-imap as "=", to which Dovecot answers "BAD Invalid base64 data".
func (c *Client) Next(challenge []byte) ([]byte, error) {
	if c.settled || c.name == sasl.Plain {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	c.settled = true
	c.refusal = &Refusal{}
	if err := json.Unmarshal(challenge, c.refusal); err != nil {
		c.refusal = &Refusal{Status: "not understood"}
	}
	return []byte{1}, nil
}

// Refusal is what the server said of the token; nil when it said nothing.
// Microsoft 365 says nothing.
func (c *Client) Refusal() error {
	if c.refusal == nil {
		return nil
	}
	return c.refusal
}

// Refused adds what the server said of the token to the error of a sign-in that
// it refused, and lets go of the token: a permission that is granted afterwards
// is only in a new one. Call it when the server answered NO or 535, not when the
// connection broke.
func (c *Client) Refused(err error) error {
	if c.discard != nil {
		c.discard()
	}
	if c.refusal != nil {
		return fmt.Errorf("%w: %w", err, c.refusal)
	}
	return err
}

// Password gives name and password when this is a sign-in by password, for IMAP's
// LOGIN, which some servers offer without AUTH=PLAIN.
func (c *Client) Password() (username, password string, ok bool) {
	if c.name != sasl.Plain {
		return "", "", false
	}
	username, password, ok = strings.Cut(strings.TrimPrefix(c.initial(), "\x00"), "\x00")
	return username, password, ok
}

func newPlain(username, password string) *Client {
	return &Client{name: sasl.Plain, initial: hide("\x00" + username + "\x00" + password)} // RFC 4616
}

func newXOAuth2(username, token string) *Client {
	return &Client{name: xoauth2Name, initial: hide("user=" + username + "\x01auth=Bearer " + token + "\x01\x01")}
}

// newOAuthBearer takes go-sasl's message. Its Next is not used: it ends with an
// error and leaves the server waiting.
func newOAuthBearer(username, token string) *Client {
	// saslname of RFC 5801 section 4, which go-sasl leaves to its caller.
	authzid := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(username)
	// Its Start cannot fail.
	_, initial, _ := sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: authzid, Token: token}).Start()
	return &Client{name: sasl.OAuthBearer, initial: hide(string(initial))}
}

// quiet makes a text of somebody else's fit for a log.
func quiet(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	if len(s) > 200 {
		s = s[:200]
	}
	return s
}
