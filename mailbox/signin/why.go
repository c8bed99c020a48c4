package signin

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// claims are what a token says of itself, where it is a JSON Web Token (RFC
// 7519), as those of Microsoft and most others are. They decide nothing here:
// nobody checks the signature, and a token is the mail server's to judge. They
// only tell a person where to look first when it was refused.
type claims struct {
	Expires   int64    `json:"exp"`
	NotBefore int64    `json:"nbf"`
	Scope     string   `json:"scope"` // RFC 9068
	Scp       string   `json:"scp"`   // Microsoft's name for it
	Roles     []string `json:"roles"` // Microsoft: permissions of an application
	Email     string   `json:"email"`
	UPN       string   `json:"upn"`
	Preferred string   `json:"preferred_username"`
}

// Why says in plain words what is probably wrong after a refusal. Mail servers
// answer alike to a token that has ended, one for another mailbox, one without
// the permission and one whose signer they do not know, so what the token says
// of itself is looked at. It is one or two sentences and names nobody.
func (c *Client) Why(now time.Time) string {
	if c.token == nil {
		return "The name or the password is not accepted."
	}
	says, is := readClaims(c.token())
	switch {
	case !is:
		return "It does not take our token, and does not say why."
	case says.Expires > 0 && now.Unix() >= says.Expires:
		return "The token has ended: is the clock of this machine, or of the token server, right?"
	case says.NotBefore > now.Unix()+60:
		return "The token is not valid yet: is the clock of this machine, or of the token server, right?"
	case !says.allowsMail():
		return "The token does not hold the permission to read mail by IMAP; in Microsoft 365 that is IMAP.AccessAsApp, granted for the whole tenant."
	case !says.isFor(c.username):
		return "The token belongs to another account, which has no right to this mailbox."
	}
	return "The token looks right, but the server does not let it into this mailbox, or does not know who signed it. " +
		"In Microsoft 365 the application has to be given this mailbox."
}

func readClaims(token string) (says claims, is bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return says, false
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return says, false
	}
	// A claim of an unforeseen type leaves the others readable.
	var loose map[string]json.RawMessage
	if json.Unmarshal(body, &loose) != nil {
		return says, false
	}
	for name, to := range map[string]any{
		"exp": &says.Expires, "nbf": &says.NotBefore, "scope": &says.Scope, "scp": &says.Scp, "roles": &says.Roles,
		"email": &says.Email, "upn": &says.UPN, "preferred_username": &says.Preferred,
	} {
		if raw, has := loose[name]; has {
			_ = json.Unmarshal(raw, to)
		}
	}
	return says, true
}

// allowsMail reports whether any permission speaks of mail.
func (s claims) allowsMail() bool {
	all := append(strings.Fields(s.Scope+" "+s.Scp), s.Roles...)
	return slices.ContainsFunc(all, func(p string) bool {
		p = strings.ToLower(p)
		return strings.Contains(p, "imap") || strings.HasPrefix(p, "mail") || strings.Contains(p, "://mail")
	})
}

// isFor reports whether the token may be username's. One that names nobody, as
// an application's does, may be anybody's.
func (s claims) isFor(username string) bool {
	names := slices.DeleteFunc([]string{s.Email, s.UPN, s.Preferred}, func(n string) bool { return n == "" })
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, username) })
}
