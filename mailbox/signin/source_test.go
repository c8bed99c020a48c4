package signin

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/tickets/fault"
)

func TestTokenIsAskedForOnceAndRenewedAhead(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	s := source(t, e, c)
	want := func(token string, asked int) {
		t.Helper()
		got, expires, err := s.Token(t.Context())
		if err != nil || got != token {
			t.Fatalf("token %q, %v; want %q", got, err, token)
		}
		if !expires.After(c.Now()) {
			t.Errorf("the token ended at %s, it is %s", expires, c.Now())
		}
		if e.asked() != asked {
			t.Fatalf("the token server was asked %d times, want %d", e.asked(), asked)
		}
	}
	want("token-1", 1)
	form := e.lastForm()
	for key, value := range map[string]string{
		"grant_type": "client_credentials", "client_id": "client-1", "client_secret": theSecret,
		"scope": "https://outlook.office365.com/.default",
	} {
		if form.Get(key) != value {
			t.Errorf("%s is %q, want %q", key, form.Get(key), value)
		}
	}
	e.says(gives("token-2", 3600))
	c.forward(54*time.Minute + 59*time.Second)
	want("token-1", 1)
	c.forward(time.Second) // five minutes before its end
	want("token-2", 2)
}

func TestShortTokensAreNotAskedForEachTime(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 120))
	s := source(t, e, c)
	for range 3 {
		if _, _, err := s.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if e.asked() != 1 {
		t.Errorf("asked %d times, want 1", e.asked())
	}
	c.forward(time.Minute)
	if _, _, err := s.Token(t.Context()); err != nil || e.asked() != 2 {
		t.Errorf("half-way: %v, asked %d times, want 2", err, e.asked())
	}
}

// transport answers requests without a network.
type transport func(r *http.Request) (*http.Response, error)

// RoundTrip does one request.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOneRequestForMany: callers that come while one is on its way wait for its
// answer, good or bad, and one that goes away takes nobody along.
func TestOneRequestForMany(t *testing.T) {
	for _, good := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			asked, release := 0, make(chan struct{})
			s, err := NewClientCredentials(ClientConfig{
				TokenURL: MicrosoftTokenURL("westmarsh.example"), ClientID: "client-1",
				Secret: func() (string, error) { return theSecret, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			s.client = &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
				asked++
				<-release
				w := httptest.NewRecorder()
				if good {
					gives("token-1", 3600)(w, nil)
				} else {
					reply200("a page")(w, nil) // which asks nobody to wait
				}
				return w.Result(), nil
			})}
			const many = 20
			results := make(chan error, many)
			for range many {
				go func() { _, _, err := s.Token(t.Context()); results <- err }()
			}
			synctest.Wait() // one of them asks, the others wait
			gone, cancel := context.WithCancel(t.Context())
			left := make(chan error, 1)
			go func() { _, _, err := s.Token(gone); left <- err }()
			synctest.Wait()
			cancel()
			synctest.Wait()
			if asked != 1 {
				t.Fatalf("good %v: asked %d times before an answer, want 1", good, asked)
			}
			close(release)
			for range many {
				if err := <-results; (err == nil) != good {
					t.Errorf("good %v: %v", good, err)
				}
			}
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("a caller that went away got %v", err)
			}
			if asked != 1 {
				t.Errorf("good %v: asked %d times, want 1", good, asked)
			}
		})
	}
}

// TestTheFirstCallerGoesAway: the others are not given its end for an answer.
func TestTheFirstCallerGoesAway(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	begun := make(chan struct{})
	e.says(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	s := source(t, e, c)
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, _, err := s.Token(ctx); first <- err }()
	<-begun
	go func() { _, _, err := s.Token(t.Context()); second <- err }()
	e.says(gives("token-1", 3600))
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("first: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("second: %v", err)
	}
}

// TestANewSecretIsPickedUp: a refusal stands for a minute, but not for another secret.
func TestANewSecretIsPickedUp(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(func(w http.ResponseWriter, r *http.Request) {
		if r.PostForm.Get("client_secret") == "new" {
			gives("token-1", 3600)(w, r)
			return
		}
		entra(401, "invalid_client", 7000222)(w, r)
	})
	secret := "old"
	s := source(t, e, c, func(config *ClientConfig) { config.Secret = func() (string, error) { return secret, nil } })
	for i := range 3 {
		if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Denied) || e.asked() != 1 {
			t.Fatalf("try %d: %v, asked %d times", i, err, e.asked())
		}
	}
	c.forward(deniedAgain)
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Denied) || e.asked() != 2 {
		t.Fatalf("a minute later: %v, asked %d times, want 2", err, e.asked())
	}
	secret = "new"
	if token, _, err := s.Token(t.Context()); err != nil || token != "token-1" {
		t.Fatalf("the new secret: %q, %v", token, err)
	}
}

// TestADeadSecretIsKnownBeforeItsTokenEnds: mail goes on, and Check says so.
func TestADeadSecretIsKnownBeforeItsTokenEnds(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	s := source(t, e, c)
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.says(entra(400, "unauthorized_client", 700016))
	var told time.Duration
	for told = 0; told < time.Hour; told += 5 * time.Minute { // as the schedule would
		if err := s.Check(t.Context()); fault.Is(err, fault.Denied) {
			break
		}
		c.forward(5 * time.Minute)
	}
	if told > 15*time.Minute {
		t.Errorf("told after %s, want at most 15m", told)
	}
	if token, _, err := s.Token(t.Context()); err != nil || token != "token-1" {
		t.Errorf("the token is good for a while yet: %q, %v", token, err)
	}
	c.forward(time.Hour)
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Denied) {
		t.Errorf("behind its end: %v", err)
	}
	e.says(gives("token-2", 3600))
	c.forward(deniedAgain)
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("consent was given again: %v", err)
	}
}

func TestThrottling(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		wait   []time.Duration // between one request and the next
	}{
		{"seconds", replies(429, `{"error":"temporarily_unavailable"}`, "Retry-After", "90"), []time.Duration{90 * time.Second, 90 * time.Second}},
		{"a date", replies(503, "busy", "Retry-After", "Mon, 02 Nov 2026 09:02:00 GMT"), []time.Duration{2 * time.Minute}},
		{"a day", replies(429, `{}`, "Retry-After", "86400"), []time.Duration{time.Hour}},
		{"not said", replies(429, `{}`), []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 10 * time.Minute}},
		{"rubbish said", replies(429, `{}`, "Retry-After", "soon"), []time.Duration{time.Minute}},
		{"a loop, called invalid_grant", entra(400, "invalid_grant", 50196), []time.Duration{time.Minute}},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, c := newEndpoint(t), newClock()
			e.says(test.answer)
			s := source(t, e, c)
			for i, wait := range test.wait {
				for range 2 {
					if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) || e.asked() != i+1 {
						t.Fatalf("request %d: %v, asked %d times", i+1, err, e.asked())
					}
				}
				c.forward(wait - time.Millisecond)
				if _, _, err := s.Token(t.Context()); err == nil || e.asked() != i+1 {
					t.Fatalf("just before %s: %v, asked %d times, want %d", wait, err, e.asked(), i+1)
				}
				c.forward(time.Millisecond)
			}
			e.says(gives("token-1", 3600))
			if _, _, err := s.Token(t.Context()); err != nil {
				t.Errorf("when the wait is over: %v", err)
			}
		})
	}
}

// TestThrottledWithAGoodToken: the kept token is used while the server is busy.
func TestThrottledWithAGoodToken(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	s := source(t, e, c)
	if _, _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.says(replies(429, `{}`, "Retry-After", "60"))
	c.forward(56 * time.Minute)
	for range 2 {
		if token, _, err := s.Token(t.Context()); err != nil || token != "token-1" || e.asked() != 2 {
			t.Fatalf("%q, %v, asked %d times", token, err, e.asked())
		}
	}
	if err := s.Check(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Errorf("Check says %v", err)
	}
	c.forward(3*time.Minute + 31*time.Second) // less than half a minute left
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) {
		t.Errorf("at its end: %v", err)
	}
}

func TestDiscard(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	s := source(t, e, c)
	get := func(want int) {
		t.Helper()
		if _, _, err := s.Token(t.Context()); err != nil || e.asked() != want {
			t.Fatalf("%v, asked %d times, want %d", err, e.asked(), want)
		}
	}
	get(1)
	s.Discard("token-1") // just made: a new one would be no better
	get(1)
	c.forward(time.Minute)
	s.Discard("another")
	get(1)
	s.Discard("token-1")
	get(2)
}

func TestSecretThatCannotBeRead(t *testing.T) {
	e, c := newEndpoint(t), newClock()
	e.says(gives("token-1", 3600))
	secret, broken := "", error(nil)
	s := source(t, e, c, func(config *ClientConfig) { config.Secret = func() (string, error) { return secret, broken } })
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) || e.asked() != 0 {
		t.Errorf("empty: %v, asked %d times", err, e.asked())
	}
	secret, broken = "x", errors.New("no such file")
	if _, _, err := s.Token(t.Context()); !fault.Is(err, fault.Temporary) || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("unreadable: %v", err)
	}
	broken = nil
	if _, _, err := s.Token(t.Context()); err != nil {
		t.Errorf("put right: %v", err)
	}
}
