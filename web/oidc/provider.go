package oidc

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Options are the configuration of the council's identity provider.
type Options struct {
	Issuer, ClientID string
	// Secret is asked for at every sign-in, so that a new one is picked up.
	Secret   func() (string, error)
	Redirect string // our address for the answer: BaseURL + /sign-in/council/back
	// Groups maps a group of the provider to a role and a team; empty leaves both to
	// the administrators.
	Groups map[string]Group
	// OwnNetwork lets the provider be at an address of the council's own network.
	OwnNetwork bool
	RootCAs    *x509.CertPool // nil for the system's
	Now        func() time.Time
}

// Group is what membership stands for.
type Group struct {
	Role access.Role
	Team string
}

// Provider is the identity provider. It is safe for several goroutines.
type Provider struct {
	o      Options
	client *http.Client

	mu    sync.Mutex
	found *discovered
	at    time.Time
}

type discovered struct {
	provider *gooidc.Provider
	logout   string // end_session_endpoint, or ""
	sendsIss bool   // RFC 9207: every answer carries iss
}

// rediscover is how long what was discovered is believed; keys are fetched anew
// whenever a token is signed with one that is not known.
const rediscover = time.Hour

// New checks the options; nothing is asked of the provider yet, so that hearback
// starts while it is down. Errors are fault.Invalid.
func New(o Options) (*Provider, error) {
	u, err := issuerURL(o.Issuer, o.OwnNetwork)
	if err != nil {
		return nil, err
	}
	if o.ClientID == "" || o.Secret == nil || o.Redirect == "" {
		return nil, fault.New(fault.Invalid, "The identity provider needs a client id, a secret and our address")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{o: o, client: newHTTPClient(u.Scheme, o.RootCAs, o.OwnNetwork)}, nil
}

func unreachable(err error) error {
	return fault.Wrap(fault.Temporary, "The council's sign-in cannot be reached just now. Try again in a minute", err)
}

// discover asks the provider where its doors are.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && p.o.Now().Sub(p.at) < rediscover {
		return p.found, nil
	}
	// The key set keeps the context: it must outlive the request.
	ctx = gooidc.ClientContext(context.WithoutCancel(ctx), p.client)
	provider, err := gooidc.NewProvider(ctx, p.o.Issuer)
	if err != nil {
		if p.found != nil {
			return p.found, nil // what was true an hour ago does for now
		}
		return nil, unreachable(err)
	}
	var more struct {
		Logout  string `json:"end_session_endpoint"`
		SendIss bool   `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, unreachable(err)
	}
	p.found, p.at = &discovered{provider: provider, logout: more.Logout, sendsIss: more.SendIss}, p.o.Now()
	return p.found, nil
}

func (p *Provider) config(d *discovered, secret string) oauth2.Config {
	return oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: secret, Endpoint: d.provider.Endpoint(), RedirectURL: p.o.Redirect,
		Scopes: []string{gooidc.ScopeOpenID, "profile", "email"},
	}
}

// Pending is what the browser's session has to keep until the answer comes. Each
// is used once.
type Pending struct {
	State, Nonce, Verifier string
	At                     time.Time
	// FreshSince is set when somebody has to sign in once more: an older sign-in at
	// the provider does not do.
	FreshSince time.Time
}

// pendingLasts is how long somebody may take at the provider.
const pendingLasts = 10 * time.Minute

// Begin gives the address at the provider to which the browser goes. fresh asks
// the provider to have the person sign in once more.
func (p *Provider) Begin(ctx context.Context, fresh bool) (string, Pending, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", Pending{}, err
	}
	pend := Pending{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), At: p.o.Now().UTC()}
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(pend.Verifier), gooidc.Nonce(pend.Nonce), oauth2.SetAuthURLParam("response_mode", "query")}
	if fresh {
		pend.FreshSince = pend.At
		// Some providers know max_age alone, some prompt alone.
		opts = append(opts, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	cfg := p.config(d, "")
	return cfg.AuthCodeURL(pend.State, opts...), pend, nil
}

// LogoutURL is where the browser goes to sign out at the provider as well; "" when
// the provider offers nothing (OpenID Connect RP-Initiated Logout 1.0).
func (p *Provider) LogoutURL(ctx context.Context, back string) string {
	d, err := p.discover(ctx)
	if err != nil || d.logout == "" {
		return ""
	}
	u, err := url.Parse(d.logout)
	if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.o.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// algorithms are those with a public key: none and the ones with a shared secret
// are not among them.
func algorithms() []string {
	return slices.Clone([]string{
		gooidc.RS256, gooidc.RS384, gooidc.RS512, gooidc.PS256, gooidc.PS384, gooidc.PS512,
		gooidc.ES256, gooidc.ES384, gooidc.ES512, gooidc.EdDSA,
	})
}
