package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter bounds requests by host, and guesses of tokens much more tightly.
type limiter struct {
	mu    sync.Mutex
	hosts map[string]*hostLimit
}

type hostLimit struct {
	all, wrong *rate.Limiter
	seen       time.Time
}

// The limits of one host: requests a second, at most how many at once, and how
// many wrong tokens before one in wrongEvery is all it may try.
const (
	perSecond  = 200
	atOnce     = 400
	wrongAtOne = 20
	wrongEvery = 6 * time.Second
	// maxHosts bounds the memory of the limiter; beyond it, idle hosts are
	// forgotten, and when none is idle, all are: that favours nobody for long.
	maxHosts = 4096
)

// retryAfter is what a host that asks too often is told to wait, in seconds.
const retryAfter = "10"

func newLimiter() *limiter { return &limiter{hosts: map[string]*hostLimit{}} }

func (l *limiter) of(host string) *hostLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.hosts[host]
	if !ok {
		if len(l.hosts) >= maxHosts {
			l.forget()
		}
		h = &hostLimit{all: rate.NewLimiter(perSecond, atOnce), wrong: rate.NewLimiter(rate.Every(wrongEvery), wrongAtOne)}
		l.hosts[host] = h
	}
	h.seen = time.Now()
	return h
}

func (l *limiter) forget() {
	for k, v := range l.hosts {
		if time.Since(v.seen) > time.Minute {
			delete(l.hosts, k)
		}
	}
	if len(l.hosts) >= maxHosts {
		clear(l.hosts)
	}
}

// allow is false when the host asks too often or guessed wrong too often.
func (l *limiter) allow(host string) bool {
	h := l.of(host)
	return h.all.Allow() && h.wrong.Tokens() >= 1
}

func (l *limiter) punish(host string) { l.of(host).wrong.Allow() }
