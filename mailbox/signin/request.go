package signin

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/fault"
)

const (
	maxAnswer = 256 << 10 // bytes; tokens with many claims have some ten thousand
	// lifeUnsaid is assumed of a token whose end is not said (RFC 6749 section 5.1
	// recommends saying it).
	lifeUnsaid = 10 * time.Minute
	maxLife    = 24 * time.Hour
	maxWait    = time.Hour
	// unsaid is the wait of a server that wants us to wait and does not say how long.
	unsaid = time.Duration(-1)
)

var errEmptySecret = errors.New("it is empty")

// answer is a token and how long it lives, or with an error how long not to ask
// again: 0 for as the caller likes, unsaid for the server's leaving it open.
type answer struct {
	token string
	life  time.Duration
	wait  time.Duration
}

// reply is what a token server says (RFC 6749 sections 5.1 and 5.2), with the
// codes that Microsoft adds.
type reply struct {
	AccessToken string          `json:"access_token"`
	TokenType   string          `json:"token_type"`
	ExpiresIn   json.RawMessage `json:"expires_in"` // a number, or as some have it a string
	Error       string          `json:"error"`
	Description string          `json:"error_description"`
	Codes       []int           `json:"error_codes"`
	TraceID     string          `json:"trace_id"`
}

// request asks the token server. No error holds the secret, a token, or text of
// the server's other than its codes.
func (s *ClientCredentials) request(ctx context.Context, secret string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	form := url.Values{
		"grant_type": {"client_credentials"},
		"client_id":  {s.config.ClientID}, "client_secret": {secret},
	}
	if s.config.Scope != "" {
		form.Set("scope", s.config.Scope)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, fault.Wrap(fault.Temporary, unreachable, errors.New("the request cannot be made"))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	response, err := s.client.Do(r)
	if err != nil {
		return answer{}, broke(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return answer{}, broke(err)
	}
	if len(body) > maxAnswer {
		return answer{}, notUnderstood(response.StatusCode, "too long")
	}
	return s.understand(response, body)
}

// broke words the error of a request that had no answer. Of an error that quotes
// what the server sent nothing is kept.
func broke(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which names the tenant
	}
	var untrusted *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &untrusted):
		return fault.Wrap(fault.Temporary, "The certificate of the token server is not one that we trust. "+waits, fmt.Errorf("token server: %w", err))
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded):
	default:
		err = errors.New("the answer is not HTTP")
	}
	return fault.Wrap(fault.Temporary, unreachable, fmt.Errorf("token server: %w", err))
}

// understand sorts an answer.
func (s *ClientCredentials) understand(response *http.Response, body []byte) (answer, error) {
	var said reply
	broken := json.Unmarshal(bytes.TrimSpace(body), &said) != nil
	status := response.StatusCode
	wait := retryAfter(response.Header.Get("Retry-After"), s.config.Now())
	switch {
	case status >= 300 && status < 400:
		return answer{}, notUnderstood(status, "a redirect, which is not followed")
	case status == http.StatusTooManyRequests, status >= 500, !broken && said.busy():
		if wait == 0 {
			wait = unsaid
		}
		return answer{wait: wait}, fault.Wrap(fault.Temporary, busy, said.forOperators(status))
	case broken:
		return answer{wait: wait}, notUnderstood(status, "not JSON")
	case said.Error != "":
		return answer{}, said.refusal(s.url.Hostname(), status)
	case status != http.StatusOK:
		return answer{wait: wait}, notUnderstood(status, "no error is given")
	case !isToken(said.AccessToken):
		return answer{wait: wait}, notUnderstood(status, "no token is in it")
	case said.TokenType != "" && !strings.EqualFold(said.TokenType, "bearer"):
		return answer{wait: wait}, notUnderstood(status, "the token is of another kind")
	}
	life, ok := lifeOf(said.ExpiresIn)
	if !ok {
		return answer{wait: wait}, notUnderstood(status, "the token's life is no number of seconds")
	}
	return answer{token: said.AccessToken, life: life}, nil
}

func notUnderstood(status int, why string) error {
	return fault.Wrap(fault.Temporary, "The token server gave an answer that we do not understand. "+waits,
		fmt.Errorf("token server: status %d: %s", status, why))
}

// lifeOf reads expires_in: seconds, as a number or a string.
func lifeOf(raw json.RawMessage) (time.Duration, bool) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return lifeUnsaid, true
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 1) {
		return 0, false
	}
	return time.Duration(min(seconds, maxLife.Seconds())) * time.Second, true
}

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds or a date. 0
// means that it says nothing of use. No server can keep us away for longer than
// an hour.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, min(at.Sub(now), maxWait))
	}
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	return max(time.Second, time.Duration(min(seconds, maxWait.Seconds())*float64(time.Second)))
}
