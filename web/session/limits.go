package session

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits slows guessing. Who guesses elsewhere cannot keep an account's owner out:
// a browser in which the account has signed in before has a limit of its own, and
// no limit lasts longer than its next turn.
type Limits struct {
	mu   sync.Mutex
	keys map[string]*limit
	now  func() time.Time
}

type limit struct {
	*rate.Limiter
	seen time.Time
}

// kind is how many tries a key has at once, and how often one more.
type kind struct {
	burst int
	every time.Duration
}

// The limits. A second factor has a million values, of which three count at a
// time: one a minute after the first five makes a lucky guess a matter of years.
func kinds() map[string]kind {
	return map[string]kind{
		"network": {60, 2 * time.Second}, // many colleagues share one
		"account": {10, 6 * time.Second},
		"device":  {10, 6 * time.Second},
		"factor":  {5, time.Minute},
	}
}

const maxKeys = 20000 // bounded memory

// NewLimits makes limits that go by now; nil means the machine's clock.
func NewLimits(now func() time.Time) *Limits {
	if now == nil {
		now = time.Now
	}
	return &Limits{keys: map[string]*limit{}, now: now}
}

// Password reports whether a password may be tried for account from network.
// device is the mark of a browser that the account has signed in with, checked by
// the caller, or "".
func (l *Limits) Password(network, account, device string) bool {
	if device != "" {
		return l.allow("device", device)
	}
	// Both are asked, so that neither says anything about the other.
	a, b := l.allow("network", network), l.allow("account", account)
	return a && b
}

// Factor reports whether a code may be tried for account.
func (l *Limits) Factor(account, device string) bool {
	if device != "" {
		return l.allow("factor", "device "+device)
	}
	return l.allow("factor", account)
}

func (l *Limits) allow(name, key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full := name + " " + key
	x, ok := l.keys[full]
	if !ok {
		if len(l.keys) >= maxKeys {
			l.forget(now)
		}
		k := kinds()[name]
		x = &limit{Limiter: rate.NewLimiter(rate.Every(k.every), k.burst)}
		l.keys[full] = x
	}
	x.seen = now
	return x.AllowN(now, 1)
}

// forget drops what has nothing to remember; when nothing is idle, everything,
// which favours nobody for long.
func (l *Limits) forget(now time.Time) {
	for k, x := range l.keys {
		if now.Sub(x.seen) > 10*time.Minute {
			delete(l.keys, k)
		}
	}
	if len(l.keys) >= maxKeys {
		clear(l.keys)
	}
}
