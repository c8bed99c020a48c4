package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Identity is who the provider says somebody is, checked.
type Identity struct {
	Issuer, Subject string
	// Email may be gone by for the first sign-in: the provider is the council's own
	// and does not say that it is unverified. "" otherwise.
	Email string
	Role  access.Role // of the groups; "" when the configuration names none
	Team  string
}

// skew is how far the clocks of the provider and of this machine may be apart.
const skew = time.Minute

// refused is what somebody reads whose sign-in did not hold; why is for the log.
func refused(why string, args ...any) error {
	return fault.Wrap(fault.Denied, "The council's sign-in did not work. Start again", fmt.Errorf(why, args...))
}

// Finish checks the answer with which a browser came back, and trades its code
// for the identity. pending is what the browser's session kept; the caller has
// taken it out of the session already, so that an answer counts once.
func (p *Provider) Finish(ctx context.Context, pending Pending, q url.Values) (*Identity, error) {
	now := p.o.Now()
	switch {
	case pending.State == "" || pending.Nonce == "" || pending.Verifier == "":
		return nil, refused("an answer nobody waits for")
	case now.Sub(pending.At) > pendingLasts || pending.At.Sub(now) > skew:
		return nil, refused("an answer too late")
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(pending.State)) != 1:
		return nil, refused("another state")
	case len(q["state"]) != 1 || len(q["code"]) > 1 || len(q["iss"]) > 1:
		return nil, refused("a parameter twice")
	}
	d, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	// Mix-up (RFC 9207 section 2.4): the answer has to be this provider's.
	if iss := q.Get("iss"); iss != "" && iss != p.o.Issuer || iss == "" && d.sendsIss {
		return nil, refused("the answer of another issuer")
	}
	if q.Get("error") != "" {
		return nil, refused("the provider answers with an error")
	}
	if q.Get("code") == "" {
		return nil, refused("an answer without a code")
	}
	raw, err := p.exchange(ctx, d, q.Get("code"), pending.Verifier)
	if err != nil {
		return nil, err
	}
	return p.verify(ctx, d, raw, pending, now)
}

// exchange trades the code for an ID token.
func (p *Provider) exchange(ctx context.Context, d *discovered, code, verifier string) (string, error) {
	secret, err := p.o.Secret()
	if err != nil {
		return "", fault.Wrap(fault.Internal, "", err)
	}
	cfg := p.config(d, secret)
	ctx = context.WithValue(ctx, oauth2.HTTPClient, p.client)
	token, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) {
		if answer.Response != nil && answer.Response.StatusCode >= 500 {
			return "", unreachable(errors.New("the token endpoint fails"))
		}
		// Its body may hold what was sent; the code of the error is enough.
		return "", refused("the token endpoint refuses the code: %q", answer.ErrorCode)
	}
	if err != nil {
		return "", unreachable(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return "", refused("no ID token")
	}
	return raw, nil
}

// claims are what hearback reads of an ID token.
type claims struct {
	AuthorizedParty string            `json:"azp"`
	Email           string            `json:"email"`
	EmailVerified   *flag             `json:"email_verified"`
	AuthTime        int64             `json:"auth_time"`
	Groups          []string          `json:"groups"`
	HasGroups       bool              `json:"hasgroups"`
	Elsewhere       map[string]string `json:"_claim_names"`
	NotBefore       float64           `json:"nbf"`
}

// verify checks the token as OpenID Connect Core 1.0 section 3.1.3.7 says.
func (p *Provider) verify(ctx context.Context, d *discovered, raw string, pending Pending, now time.Time) (*Identity, error) {
	v := d.provider.VerifierContext(gooidc.ClientContext(context.WithoutCancel(ctx), p.client),
		&gooidc.Config{ClientID: p.o.ClientID, SupportedSigningAlgs: algorithms(), Now: p.o.Now})
	token, err := v.Verify(ctx, raw)
	if err != nil {
		return nil, refused("the ID token does not hold: %w", err)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, refused("the ID token cannot be read: %w", err)
	}
	switch {
	case token.Issuer != p.o.Issuer: // the library lets one provider spell its name two ways
		return nil, refused("another issuer")
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(pending.Nonce)) != 1:
		return nil, refused("another nonce")
	case token.Subject == "" || len(token.Subject) > 255:
		return nil, refused("no subject")
	case len(token.Audience) > 1 && c.AuthorizedParty == "", c.AuthorizedParty != "" && c.AuthorizedParty != p.o.ClientID:
		return nil, refused("made for another application")
	case token.IssuedAt.After(now.Add(skew)) || now.Sub(token.IssuedAt) > pendingLasts:
		return nil, refused("issued at another time")
	case c.NotBefore > float64(now.Add(skew).Unix()):
		return nil, refused("not valid yet")
	case !pending.FreshSince.IsZero() && time.Unix(c.AuthTime, 0).Before(pending.FreshSince.Add(-skew)):
		return nil, refused("an old sign-in, where a new one was asked for")
	}
	id := &Identity{Issuer: token.Issuer, Subject: token.Subject}
	if c.EmailVerified == nil || bool(*c.EmailVerified) {
		id.Email = c.Email
	}
	if err := p.groups(id, c); err != nil {
		return nil, err
	}
	return id, nil
}

// groups finds the role and team that the groups stand for.
func (p *Provider) groups(id *Identity, c claims) error {
	if len(p.o.Groups) == 0 {
		return nil
	}
	// Microsoft Entra ID leaves groups out of a token when somebody is in more than
	// 200, and points at a service of theirs instead.
	if _, elsewhere := c.Elsewhere["groups"]; elsewhere || c.HasGroups {
		return fault.New(fault.Denied, "You are in too many groups for the council's sign-in to list them. Ask your IT team to send only the groups assigned to hearback")
	}
	var found []Group
	for _, g := range c.Groups {
		if x, ok := p.o.Groups[g]; ok {
			found = append(found, x)
		}
	}
	if len(found) == 0 {
		return fault.New(fault.Denied, "None of your groups opens hearback. Ask your administrator")
	}
	for _, x := range found[1:] {
		if x != found[0] {
			return fault.New(fault.Denied, "Your groups stand for more than one role or team in hearback. Ask your IT team to leave you in one")
		}
	}
	id.Role, id.Team = found[0].Role, found[0].Team
	return nil
}

// flag is a boolean that some providers write as text.
type flag bool

// UnmarshalJSON reads true, false, "true" and "false".
func (f *flag) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true", `"true"`:
		*f = true
	case "false", `"false"`, "null":
		*f = false
	default:
		return errors.New("email_verified is neither true nor false")
	}
	return nil
}
