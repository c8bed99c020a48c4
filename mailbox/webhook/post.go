package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hearback/tickets/fault"
)

// Header names of a request.
const (
	// TimestampHeader is when the request was made, in seconds since 1970. A
	// receiver refuses what is older than some minutes, so that a request which
	// somebody kept cannot be played again.
	TimestampHeader = "X-Hearback-Timestamp"
	// SignatureHeader is "sha256=" and the hex form of HMAC-SHA256 (RFC 2104) over
	// the timestamp, a full stop, and the body.
	SignatureHeader = "X-Hearback-Signature"
)

// The kinds of notice.
const (
	MailboxDown = "mailbox_down" // not read for longer than the council allows
	MailboxBack = "mailbox_back" // read again
)

// Notice is all that is told. Nothing of it is about a person.
type Notice struct {
	// ID is the same for every try of one notice, so that a receiver can tell a
	// second copy.
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Mailbox string    `json:"mailbox"` // its name in the configuration
	Since   time.Time `json:"since"`   // UTC: last time the mailbox was read
	Link    string    `json:"link"`    // where staff can see more
}

// Event is all that is told of something that happened to an enquiry: its kind and
// reference, three counts and a link. There is no field for anything else, so that
// no word of a letter, a note or a name can be in it.
type Event struct {
	// ID is the same for every try, so that a receiver can tell a second copy.
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Ref    string    `json:"ref"`
	At     time.Time `json:"at"` // UTC
	Counts Counts    `json:"counts"`
	Link   string    `json:"link"` // where staff can see it; asks them to sign in
}

// Counts are how many enquiries there are in all when an event is posted.
type Counts struct {
	Waiting int `json:"waiting"` // open: sorted and not answered
	Late    int `json:"late"`
	ToSort  int `json:"to_sort"`
}

// Config says where notices go.
type Config struct {
	URL string
	// Secret is read at every request, so that a new one is picked up.
	Secret func() (string, error)
	// OwnNetwork lets the receiver be at an inside address, or on this machine, where
	// plain http is allowed too.
	OwnNetwork bool
	RootCAs    *x509.CertPool   // nil: the system's
	Timeout    time.Duration    // for a whole request; 20 seconds when 0
	Now        func() time.Time // time.Now when nil
}

// Sender posts notices. It may be used by several goroutines.
type Sender struct {
	config Config
	url    *url.URL
	client *http.Client
}

// maxAnswer is how much of an answer is read: nothing of it is used.
const maxAnswer = 64 << 10

// New checks c and connects to nothing. Errors are fault.Invalid.
func New(c Config) (*Sender, error) {
	u, err := address(c.URL, c.OwnNetwork)
	if err != nil {
		return nil, err
	}
	if c.Secret == nil {
		return nil, fault.New(fault.Invalid, "The secret that signs the notices is missing.")
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Sender{config: c, url: u, client: newClient(u, c.RootCAs, c.OwnNetwork, c.Timeout)}, nil
}

// Post sends one notice, once. Only an answer of 200 to 299 means that it was
// taken. Errors are fault.Temporary, fault.Refused when the receiver does not
// want it, or ctx's; none holds a word of the answer.
func (s *Sender) Post(ctx context.Context, n Notice) error { return s.post(ctx, n) }

// PostEvent sends one event, once, as Post does.
func (s *Sender) PostEvent(ctx context.Context, e Event) error { return s.post(ctx, e) }

func (s *Sender) post(ctx context.Context, what any) error {
	body, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	secret, err := s.config.Secret()
	if err == nil && secret == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return fault.Wrap(fault.Temporary, "The secret that signs the notices cannot be read.", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url.String(), bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(fault.Temporary, unreachable, errors.New("the request cannot be made"))
	}
	stamp := strconv.FormatInt(s.config.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "hearback")
	r.Header.Set(TimestampHeader, stamp)
	r.Header.Set(SignatureHeader, Sign(secret, stamp, body))
	answer, err := s.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a key of the receiver's
		}
		return fault.Wrap(fault.Temporary, unreachable, fmt.Errorf("webhook: %w", err))
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // what it says is of no use to us
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return fault.Wrap(fault.Temporary, "The webhook cannot take notices just now.", fmt.Errorf("webhook: status %d", code))
	case code >= 300 && code < 400:
		return fault.Wrap(fault.Refused, "The webhook sends us elsewhere, which is not followed.", fmt.Errorf("webhook: status %d", code))
	default:
		return fault.Wrap(fault.Refused, "The webhook refuses our notices.", fmt.Errorf("webhook: status %d", code))
	}
}

const unreachable = "The webhook cannot be reached."

// Sign is the value of SignatureHeader. Receivers compare it in constant time.
func Sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + ".")) // a hash never fails
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// String names the receiver without its path, which may hold a key.
func (s *Sender) String() string { return "webhook at " + s.url.Host }
