package outbound

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"hearback/mailbox/outbound/internal/clearance"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/mailbox/outbound/internal/courier"
	"hearback/mailbox/signin"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// Config sets up the way out. The zero Config holds everything back: its mode
// is none, and New refuses it.
type Config struct {
	Mode   tickets.Mode
	Holder string // names this program in claims; no two running programs share one
	Hello  string // host name in EHLO
	Routes []Route
	// OverdueAfter is how late a person's letter may start to leave by itself;
	// tickets.OverdueAfter when 0.
	OverdueAfter time.Duration
	Now          func() time.Time // the clock of clearances; time.Now when nil
}

// Route is one of our mailboxes and the way its letters leave.
type Route struct {
	Address        string // of the mailbox
	Name           string // shown in From
	PlusAddressing bool   // local+tag@domain reaches the mailbox
	NullSender     bool   // the server takes MAIL FROM:<>

	Host     string
	Port     int
	TLS      string // "starttls" (also ""), "tls", "none" (loopback only)
	RootCAs  *x509.CertPool
	Username string
	// Password is asked at each sign-in; nil without Username.
	Password func() (string, error)
	// Tokens, instead of Password, signs in with OAuth2 as Mechanism says.
	Tokens    signin.Source
	Mechanism signin.Mechanism
	Timeouts  Timeouts
	// PerMinute is how many copies the server is given in any minute by this
	// program; 0 for no bound. Routes of one account share it.
	PerMinute int
	// Connections is how many letters the server is given at the same time by this
	// program; DefaultConnections when 0. Routes of one account share it, and the
	// smaller number counts.
	Connections int
}

// DefaultConnections is what Microsoft 365 takes from one account.
const DefaultConnections = 3

// Timeouts bound the steps of SMTP; zero fields have defaults.
type Timeouts struct {
	Connect, Command, Block, Dot time.Duration
}

// Dispatcher sends what is due. Its methods may be called by several
// goroutines, and so several letters leave at the same time.
type Dispatcher struct {
	mode      tickets.Mode
	holder    string
	outbox    Outbox
	desk      Desk
	log       *slog.Logger
	composer  *compose.Composer
	mint      *clearance.Mint
	couriers  map[string]*courier.Courier // by the mailbox's address in lower case
	health    health
	overdue   time.Duration
	pace      *pace
	recovery  recovery
	leftovers leftovers
	taking    sync.Mutex // one claims at a time: what a server is given is counted as it is claimed
}

// New checks everything and connects to nothing. Errors are fault.Invalid.
func New(c Config, outbox Outbox, desk Desk, log *slog.Logger) (*Dispatcher, error) {
	switch c.Mode {
	case tickets.ModeHold, tickets.ModeObserve, tickets.ModeSend:
	default:
		return nil, fault.Newf(fault.Invalid, "The outbound mode %q is none of hold, observe and send", string(c.Mode))
	}
	if outbox == nil || desk == nil || log == nil || c.Holder == "" {
		return nil, fault.New(fault.Invalid, "The dispatcher needs an outbox, a desk, a log and a name for its claims")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &Dispatcher{
		mode: c.Mode, holder: c.Holder, outbox: outbox, desk: desk, log: log,
		couriers: map[string]*courier.Courier{}, overdue: c.OverdueAfter, pace: newPace(c.Routes),
	}
	if d.overdue <= 0 {
		d.overdue = tickets.OverdueAfter
	}
	var err error
	if d.mint, err = clearance.New(outbox, c.Now); err != nil {
		return nil, fault.Wrap(fault.Invalid, "The dispatcher cannot be set up", err)
	}
	settings := compose.Settings{Senders: map[string]compose.Sender{}}
	for _, r := range c.Routes {
		key := strings.ToLower(r.Address)
		if _, twice := d.couriers[key]; twice || key == "" {
			return nil, fault.Newf(fault.Invalid, "The mailbox %q has no route of its own", r.Address)
		}
		settings.Senders[key] = compose.Sender{Name: r.Name, PlusAddressing: r.PlusAddressing, NullSender: r.NullSender}
		d.couriers[key], err = courier.New(d.mint, courier.Route{
			Host: r.Host, Port: r.Port, TLS: courier.TLS(r.TLS), RootCAs: r.RootCAs, Hello: c.Hello,
			Username: r.Username, Password: r.Password, Tokens: r.Tokens, Mechanism: r.Mechanism, Timeouts: courier.Timeouts(r.Timeouts),
		})
		if err != nil {
			return nil, fmt.Errorf("route of %s: %w", r.Address, err)
		}
	}
	if d.composer, err = compose.New(settings); err != nil {
		return nil, err
	}
	return d, nil
}

// Longest is how long one delivery can take; the lease of claims must be longer.
func (d *Dispatcher) Longest() time.Duration {
	var most time.Duration
	for _, c := range d.couriers {
		most = max(most, c.Longest())
	}
	return most
}

// Close ends the connections that wait for the next letter. Call it when no
// Once or Send is running any more.
func (d *Dispatcher) Close() {
	for _, c := range d.couriers {
		c.Close()
	}
}
