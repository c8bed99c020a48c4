package signin

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// endpoint is a token server whose next answers a test decides.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.HandlerFunc
	forms  []url.Values
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Errorf("form: %v", err)
		}
		e.mu.Lock()
		e.forms = append(e.forms, r.PostForm)
		answer := e.answer
		e.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

// says sets what is answered from now on.
func (e *endpoint) says(answer http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *endpoint) asked() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.forms)
}

func (e *endpoint) lastForm() url.Values {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.forms[len(e.forms)-1]
}

// gives answers with a token of this life in seconds.
func gives(token string, seconds int) http.HandlerFunc {
	return reply200(fmt.Sprintf(`{"token_type":"Bearer","expires_in":%d,"ext_expires_in":%d,"access_token":%q}`, seconds, seconds, token))
}

func reply200(body string) http.HandlerFunc { return replies(200, body) }

func replies(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// entra is an error in Microsoft's form, with the sentence that must not reach a log.
func entra(status int, word string, code int) http.HandlerFunc {
	return replies(status, fmt.Sprintf(`{"error":%q,"error_description":"AADSTS%d: a sentence about app '%s'. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333","error_codes":[%d],"timestamp":"2026-01-09 02:02:12Z","trace_id":"0000aaaa-11bb-cccc-dd22-eeeeee333333","correlation_id":"aaaa0000-bb11-2222-33cc-444444dddddd","error_uri":"https://login.microsoftonline.com/error?code=%d"}`,
		word, code, marker, code, code))
}

// The words that must be in no error and no log.
const (
	theSecret = "s3cret-of-the-application~"
	marker    = "private-sentence"
)

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// source is a source for e; change may alter its configuration.
func source(t *testing.T, e *endpoint, c *clock, change ...func(*ClientConfig)) *ClientCredentials {
	t.Helper()
	config := ClientConfig{
		TokenURL: e.URL + "/westmarsh.example/oauth2/v2.0/token", ClientID: "client-1",
		Secret: func() (string, error) { return theSecret, nil },
		Scope:  MicrosoftScope, OwnNetwork: true, RootCAs: e.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, Now: c.Now,
	}
	for _, f := range change {
		f(&config)
	}
	s, err := NewClientCredentials(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
