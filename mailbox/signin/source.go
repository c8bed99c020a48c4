package signin

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"net/http"
	"net/url"
	"sync"
	"time"

	"hearback/tickets/fault"
)

const (
	// ahead is how long before its end a token is renewed.
	ahead = 5 * time.Minute
	// last is how much life a token must have left to be used when no new one is to
	// be had: signing in takes a moment.
	last = 30 * time.Second
	// checkEvery is how old the token server's last yes may be before Check asks
	// again. With a schedule that calls Check every few minutes a dead secret is
	// known within 15.
	checkEvery = 10 * time.Minute
	// deniedAgain is how long a refusal stands before the same secret is tried again.
	deniedAgain = time.Minute
	// fresh is how young a token is kept although a mail server refused it.
	fresh = time.Minute
)

// ClientConfig sets up a source of tokens by the client credentials grant (RFC
// 6749 section 4.4), which is how a program without a user signs in to
// Microsoft 365.
type ClientConfig struct {
	// TokenURL is the token server's endpoint, such as
	// https://login.microsoftonline.com/TENANT/oauth2/v2.0/token. See [MicrosoftTokenURL].
	TokenURL string
	ClientID string
	// Secret is read at every request, so that a new one is picked up.
	Secret func() (string, error)
	// Scope is what to ask for; for Microsoft 365 [MicrosoftScope]. May be empty.
	Scope string
	// OwnNetwork lets the token server be at an address of the council's own network,
	// or of this machine, where plain http is allowed too.
	OwnNetwork bool
	RootCAs    *x509.CertPool // nil: the system's
	Timeout    time.Duration  // for a whole request; 20 seconds when 0
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// MicrosoftScope asks for the application permissions for IMAP and SMTP that the
// tenant's administrator has granted, whichever they are.
const MicrosoftScope = "https://outlook.office365.com/.default"

// MicrosoftTokenURL is the token endpoint of a tenant, given by its directory id
// or one of its domains.
func MicrosoftTokenURL(tenant string) string {
	return "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/oauth2/v2.0/token"
}

// ClientCredentials is a [Source] that keeps one token, renews it ahead of time
// and asks the token server once however many callers want one. All mailboxes
// of one application registration share it.
type ClientCredentials struct {
	config ClientConfig
	url    *url.URL
	client *http.Client
	turn   chan struct{} // holds one entry while somebody asks the token server

	mu sync.Mutex
	state
}

// state is what is known; mu guards it.
type state struct {
	token   hidden // nil: none
	got     time.Time
	renew   time.Time // from here on a new one is wanted
	expires time.Time
	asked   int       // requests that ended, other than by their caller's going away
	trouble error     // of the last of them; nil when it gave a token
	wait    time.Time // until then the token server is not asked
	waits   int       // how often in a row it told us to wait
	denied  bool      // trouble is a refusal
	refused [sha256.Size]byte
}

// NewClientCredentials checks c and asks nobody. Errors are fault.Invalid.
func NewClientCredentials(c ClientConfig) (*ClientCredentials, error) {
	u, err := tokenURL(c.TokenURL, c.OwnNetwork)
	if err != nil {
		return nil, err
	}
	if c.ClientID == "" || c.Secret == nil {
		return nil, fault.New(fault.Invalid, "The application (client) id or its secret is missing.")
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &ClientCredentials{
		config: c, url: u, client: newHTTPClient(u, c.RootCAs, c.OwnNetwork, c.Timeout),
		turn: make(chan struct{}, 1),
	}, nil
}

// Token gives the kept token, or a new one when it has less than five minutes
// left. While the token server cannot or will not give a new one, the kept one
// is used to its end; Check tells of the trouble meanwhile.
func (s *ClientCredentials) Token(ctx context.Context) (string, time.Time, error) {
	s.mu.Lock()
	now := s.config.Now()
	if s.token != nil && now.Before(s.renew) {
		defer s.mu.Unlock()
		return s.token(), s.expires, nil
	}
	s.mu.Unlock()
	err := s.ask(ctx, func(now time.Time) bool { return s.token == nil || !now.Before(s.renew) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != nil && s.config.Now().Add(last).Before(s.expires) {
		return s.token(), s.expires, nil
	}
	if err == nil {
		err = fault.New(fault.Temporary, "The token server gave a token that has ended already.")
	}
	return "", time.Time{}, err
}

// Check finds out whether the secret still works, although the kept token may
// be good for an hour yet: it asks for a new token when the last was given more
// than ten minutes ago. It is a step for the schedule, at least every five
// minutes; with no refusal left unsaid for longer than 15.
func (s *ClientCredentials) Check(ctx context.Context) error {
	return s.ask(ctx, func(now time.Time) bool {
		return s.token == nil || s.trouble != nil || !now.Before(s.renew) || now.Sub(s.got) >= checkEvery
	})
}

// Discard lets go of token, which a mail server refused: it may have been made
// before a permission was granted. A very new one is kept, so that a mail
// server that refuses everything does not make us ask for tokens all the time.
func (s *ClientCredentials) Discard(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != nil && s.token() == token && s.config.Now().Sub(s.got) >= fresh {
		s.token = nil
	}
}

// String names the source without its secrets.
func (s *ClientCredentials) String() string { return "tokens from " + s.url.Host }

// ask asks the token server if due says so, one caller at a time. Who waited
// for another's answer takes it for its own.
func (s *ClientCredentials) ask(ctx context.Context, due func(now time.Time) bool) error {
	s.mu.Lock()
	before := s.asked
	s.mu.Unlock()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	now := s.config.Now()
	needed, answered, trouble := due(now), s.asked != before, s.trouble
	waiting, denied, refused := now.Before(s.wait), s.denied, s.refused
	s.mu.Unlock()
	if !needed {
		return nil
	}
	if answered {
		return trouble
	}
	secret, err := s.config.Secret()
	if err == nil && secret == "" {
		err = errEmptySecret
	}
	if err != nil {
		err = fault.Wrap(fault.Temporary, "The secret for signing in cannot be read. "+waits, err)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		s.trouble, s.denied = err, false // what we were told to wait for stands
		return err
	}
	mark := sha256.Sum256([]byte(secret))
	// A refusal stands for a while, unless there is another secret to try; what the
	// token server told us to wait for stands whatever the secret.
	if waiting && (!denied || mark == refused) {
		return trouble
	}
	got, err := s.request(ctx, secret)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // our caller went away; this says nothing about the token server
	}
	if fault.Is(err, fault.Denied) {
		s.mu.Lock()
		s.refused = mark
		s.mu.Unlock()
	}
	return s.settle(got, err)
}

// settle keeps what a request brought.
func (s *ClientCredentials) settle(got answer, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Now()
	s.asked++
	s.trouble, s.denied, s.wait = err, fault.Is(err, fault.Denied), time.Time{}
	switch {
	case err == nil:
		s.waits = 0
		s.token, s.got, s.expires = hide(got.token), now, now.Add(got.life)
		// A token that lives for a few minutes only is renewed half-way.
		s.renew = s.expires.Add(-min(ahead, got.life/2))
	case s.denied:
		s.wait = now.Add(deniedAgain)
	case got.wait == unsaid:
		s.wait = now.Add(min(time.Minute<<min(s.waits, 4), 10*time.Minute))
		s.waits++
	case got.wait > 0:
		s.wait = now.Add(got.wait)
		s.waits++
	}
	return err
}
