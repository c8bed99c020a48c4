package courier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/emersion/go-smtp"

	"hearback/mailbox/outbound/internal/clearance"
	"hearback/tickets/fault"
)

// idleLife is how long a connection is kept for the next letter.
const idleLife = 20 * time.Second

// Outcome is what became of one copy.
type Outcome string

// The outcomes. Only a clean 250 after the dot is Accepted, and only Accepted
// keeps the connection.
const (
	Accepted  Outcome = "accepted"
	Refused   Outcome = "refused"    // by the server, for good
	TryAgain  Outcome = "try_again"  // the server does not have it, and may take it later
	Uncertain Outcome = "uncertain"  // it was given, or partly given, and the answer is lost
	Withheld  Outcome = "withheld"   // the clearance was not worth anything; see Err
	LostClaim Outcome = "lost_claim" // somebody else has the delivery, or it was taken back
)

// Result is the outcome with what operators and authors are told.
type Result struct {
	Outcome Outcome
	Reply   string // the server's words, for operators; not for logs: it may hold an address
	Why     string // plain words for people
	SHA256  string // of the bytes that were, or would have been, given
	Bytes   int64
	Route   bool  // the trouble is the route's, not the letter's
	Err     error // for operators
}

// Begin commits that the bytes with this hash are about to be given to the
// server. False means that the delivery is not ours to send any more.
type Begin func(ctx context.Context, deliveryID int64, sha256 string) (bool, error)

// Courier takes letters along one route: each on a connection of its own, which it
// has alone from MAIL to the answer.
type Courier struct {
	mint     *clearance.Mint
	route    Route
	timeouts Timeouts

	mu   sync.Mutex
	idle []*session // that wait for the next letter; the last one waits shortest
}

// New checks the route. Nothing is connected yet.
func New(mint *clearance.Mint, r Route) (*Courier, error) {
	if mint == nil {
		return nil, errors.New("courier: no mint to redeem clearances at")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return &Courier{mint: mint, route: r, timeouts: r.Timeouts.withDefaults()}, nil
}

// Longest is how long one delivery can take; leases must be longer.
func (c *Courier) Longest() time.Duration { return c.timeouts.longest() }

// Close ends the connections that wait for the next letter.
func (c *Courier) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.idle {
		_ = s.client.Quit()
		s.close()
	}
	c.idle = nil
}

// Deliver takes one cleared copy to the server. The clearance is redeemed when
// the connection stands, so that the facts are compared as late as possible;
// begin is called just before DATA. A ctx that ends before that stops the
// delivery; behind it the transaction is let end by its own deadlines.
func (c *Courier) Deliver(ctx context.Context, letter clearance.Cleared, begin Begin) Result {
	s, err := c.session(ctx)
	if err != nil {
		why := "The mail server could not be reached. We will try again."
		if fault.Is(err, fault.Denied) { // a person has to put it right: say what
			why = fault.SafeText(err) + " We will try again."
		}
		return Result{Outcome: TryAgain, Route: true, Reply: serverWords(err), Why: why, Err: err}
	}
	r := c.transaction(ctx, s, letter, begin)
	if r.Outcome == Accepted {
		s.since = time.Now()
		c.mu.Lock()
		c.idle = append(c.idle, s)
		c.mu.Unlock()
		return r
	}
	s.close()
	return r
}

// session is an idle connection that still answers, or a new one.
func (c *Courier) session(ctx context.Context) (*session, error) {
	for {
		s := c.waiting()
		if s == nil {
			return c.connect(ctx)
		}
		if s.client.Noop() == nil {
			return s, nil
		}
		s.close()
	}
}

// waiting takes the connection that has waited shortest, and ends those that have
// waited too long; nil when there is none.
func (c *Courier) waiting() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.idle) > 0 && time.Since(c.idle[0].since) >= idleLife {
		c.idle[0].close()
		c.idle = c.idle[1:]
	}
	if len(c.idle) == 0 {
		return nil
	}
	s := c.idle[len(c.idle)-1]
	c.idle = c.idle[:len(c.idle)-1]
	return s
}

func (c *Courier) transaction(ctx context.Context, s *session, letter clearance.Cleared, begin Begin) Result {
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer stop()
	cargo, err := c.mint.Redeem(ctx, letter)
	if err != nil {
		return Result{Outcome: Withheld, Why: "This has to be checked again before it can go.", Err: err}
	}
	r := Result{SHA256: cargo.SHA256, Bytes: int64(len(cargo.Bytes))}
	if len(cargo.To) == 0 {
		return r.as(Withheld, "This has to be checked again before it can go.", errors.New("a clearance without recipients"))
	}
	if err := checkWire(cargo.Bytes); err != nil {
		return r.as(Refused, "It could not be sent as it was checked. Nothing was sent.", fmt.Errorf("on the wire: %w", err))
	}
	needs, why, err := fit(s.client, cargo)
	if err != nil {
		return r.as(Refused, why, err)
	}
	if err := s.client.Mail(cargo.From, &needs.mail); err != nil {
		return r.failed("MAIL", err)
	}
	for _, to := range cargo.To {
		if err := s.client.Rcpt(to, needs.original(to)); err != nil {
			// One refused recipient ends the transaction: nothing goes to the others
			// without somebody knowing (I13).
			return r.failed("RCPT", err)
		}
	}
	if !stop() {
		return r.as(TryAgain, "hearback was stopping. We will try again.", context.Cause(ctx))
	}
	ours, err := begin(ctx, cargo.DeliveryID, cargo.SHA256)
	if err != nil {
		return r.as(LostClaim, "", fmt.Errorf("committing that data begins: %w", err))
	}
	if !ours {
		return r.as(LostClaim, "", nil)
	}
	return r.give(s, cargo.Bytes)
}

// give hands the bytes over. Before 354 the server has nothing; from then on
// only its answer to the whole letter says what became of it.
func (r Result) give(s *session, raw []byte) Result {
	w, err := s.client.Data()
	if err != nil {
		return r.failed("DATA", err)
	}
	s.conn.end = time.Now().Add(dataBlocks * s.conn.block)
	defer func() { s.conn.end = time.Time{} }()
	if _, err := w.Write(raw); err != nil {
		return r.uncertain(err)
	}
	answer, err := w.CloseWithResponse()
	if err != nil {
		var e *smtp.SMTPError
		if errors.As(err, &e) && (e.Code >= 400 && e.Code < 600) {
			return r.failed("the letter", err)
		}
		return r.uncertain(err)
	}
	r.Outcome, r.Reply = Accepted, clip("250 "+answer.StatusText)
	return r
}

func (r Result) as(o Outcome, why string, err error) Result {
	r.Outcome, r.Why, r.Err = o, why, err
	return r
}

func (r Result) uncertain(err error) Result {
	r.Reply = serverWords(err)
	return r.as(Uncertain, "The connection broke while it was being handed over. We do not know whether it arrived.", fmt.Errorf("behind DATA: %w", err))
}

// failed sorts an error of a step after which the server has nothing.
func (r Result) failed(step string, err error) Result {
	r.Reply = serverWords(err)
	wrapped := fmt.Errorf("%s: %w", step, err)
	var e *smtp.SMTPError
	switch {
	case !errors.As(err, &e):
		r.Route = true
		return r.as(TryAgain, "The mail server went away. We will try again.", wrapped)
	case e.Code == 530 || e.Code == 534 || e.Code == 535 || e.Code == 538 || e.Code == 454:
		// The server wants us to sign in, or in another way: the letter is not to blame.
		r.Route = true
		return r.as(TryAgain, "The mail server does not let us sign in. We will try again.", wrapped)
	case e.Code >= 500 && e.Code < 600:
		return r.as(Refused, refusal(e), wrapped)
	case e.Code >= 400 && e.Code < 500:
		return r.as(TryAgain, "The mail server could not take it now. We will try again.", wrapped)
	}
	r.Route = true
	return r.as(TryAgain, "The mail server gave an answer that we do not understand. We will try again.", wrapped)
}

// refusal is a permanent answer in plain words (RFC 3463).
func refusal(e *smtp.SMTPError) string {
	c := e.EnhancedCode
	switch {
	case c[0] == 5 && c[1] == 1:
		return "The mail server says that this address does not exist."
	case c[0] == 5 && c[1] == 2 && c[2] == 2:
		return "The mail server says that their mailbox is full."
	case e.Code == 552 || c[0] == 5 && c[1] == 3 && c[2] == 4 || c[0] == 5 && c[1] == 2 && c[2] == 3:
		return "The mail server says that it is too big."
	case c[0] == 5 && c[1] == 7:
		return "The mail server says that it may not be sent there."
	}
	return "The mail server refused it."
}

// serverWords is what the server said, for operators.
func serverWords(err error) string {
	var e *smtp.SMTPError
	if errors.As(err, &e) {
		return clip(fmt.Sprintf("%d %s", e.Code, e.Message))
	}
	return ""
}

func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > 500 {
		s = strings.ToValidUTF8(s[:500], "")
	}
	return s
}
