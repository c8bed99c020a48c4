package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

type actorKey struct{}

func actorOf(ctx context.Context) (access.Actor, bool) {
	a, ok := ctx.Value(actorKey{}).(access.Actor)
	return a, ok
}

// signIn finds the holder of the token. The OpenAPI document needs none.
func (s *server) signIn(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		host := clientHost(hc.RemoteAddr())
		if !s.limits.allow(host) {
			hc.SetHeader("Retry-After", "10")
			_ = huma.WriteErr(api, hc, http.StatusTooManyRequests, "Too many tries. Wait 10 seconds.")
			return
		}
		token, ok := strings.CutPrefix(hc.Header("Authorization"), "Bearer ")
		if !ok || token == "" {
			hc.SetHeader("WWW-Authenticate", `Bearer realm="hearback"`)
			_ = huma.WriteErr(api, hc, http.StatusUnauthorized, "Send a token: Authorization: Bearer ...")
			return
		}
		actor, err := s.Actor(hc.Context(), strings.TrimSpace(token))
		switch {
		case err == nil:
			hc.SetHeader("Cache-Control", "no-store")
			next(huma.WithValue(hc, actorKey{}, actor))
		case fault.Is(err, fault.Denied), fault.Is(err, fault.NotFound):
			s.limits.punish(host)
			hc.SetHeader("WWW-Authenticate", `Bearer realm="hearback", error="invalid_token"`)
			_ = huma.WriteErr(api, hc, http.StatusUnauthorized, "This token is not valid.")
		default:
			s.Log.Error("api", "event", "sign_in_failed", "error", err)
			_ = huma.WriteErr(api, hc, http.StatusServiceUnavailable, "Tokens cannot be checked just now. Try again.")
		}
	}
}

func clientHost(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

// limiter bounds requests by host, and guesses of tokens much more tightly.
type limiter struct {
	mu    sync.Mutex
	hosts map[string]*hostLimit
}

type hostLimit struct {
	all, wrong *rate.Limiter
	seen       time.Time
}

// maxHosts bounds the memory of the limiter; beyond it, idle hosts are forgotten.
const maxHosts = 4096

func newLimiter() *limiter { return &limiter{hosts: map[string]*hostLimit{}} }

func (l *limiter) of(host string) *hostLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.hosts[host]
	if !ok {
		if len(l.hosts) >= maxHosts {
			for k, v := range l.hosts {
				if time.Since(v.seen) > time.Minute {
					delete(l.hosts, k)
				}
			}
		}
		h = &hostLimit{all: rate.NewLimiter(200, 400), wrong: rate.NewLimiter(rate.Every(6*time.Second), 20)}
		l.hosts[host] = h
	}
	h.seen = time.Now()
	return h
}

// allow is false when the host asks too often or guessed wrong too often.
func (l *limiter) allow(host string) bool {
	h := l.of(host)
	return h.all.Allow() && h.wrong.Tokens() >= 1
}

func (l *limiter) punish(host string) { l.of(host).wrong.Allow() }

// failed turns an error of the domain into an answer that is safe to show, and
// logs what operators need.
func (s *server) failed(ctx context.Context, op string, err error) error {
	kind := fault.KindOf(err)
	if kind == fault.Internal || kind == fault.Temporary {
		if ctx.Err() == nil {
			s.Log.Error("api", "event", "request_failed", "operation", op, "kind", string(kind), "error", err)
		}
	}
	return huma.NewError(statusOf(kind), fault.SafeText(err))
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid, fault.Refused:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Temporary:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
