package api

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

type actorKey struct{}

func actorOf(ctx context.Context) (access.Actor, bool) {
	a, ok := ctx.Value(actorKey{}).(access.Actor)
	return a, ok
}

const sendToken = "Send a token: Authorization: Bearer ..."

// signIn finds the holder of the token, on every operation. Only the OpenAPI
// document needs none.
func (s *server) signIn(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		defer s.recovered(api, hc)
		hc.SetHeader("Cache-Control", "no-store")
		host := humagin.Unwrap(hc).ClientIP() // behind a trusted proxy, the caller and not the proxy
		if !s.limits.allow(host) {
			hc.SetHeader("Retry-After", retryAfter)
			_ = huma.WriteErr(api, hc, http.StatusTooManyRequests, "Too many requests. Wait "+retryAfter+" seconds.")
			return
		}
		token, ok := bearer(hc.Header("Authorization"))
		if !ok {
			hc.SetHeader("WWW-Authenticate", `Bearer realm="hearback"`)
			_ = huma.WriteErr(api, hc, http.StatusUnauthorized, sendToken)
			return
		}
		actor, err := s.Actor(hc.Context(), token)
		switch {
		case err == nil:
			actor.From = host
			next(huma.WithValue(named(hc), actorKey{}, actor))
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

// bearer takes the token out of the header. The name of the scheme is the same
// in any case (RFC 9110 section 11.1).
func bearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// recovered keeps a panic from ending in the server's own log: its value may
// hold private words. The stack says where it was.
func (s *server) recovered(api huma.API, hc huma.Context) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // the server compares it the same way
		panic(p)
	}
	s.Log.Error("api", "event", "panic", "operation", hc.Operation().OperationID, "stack", string(debug.Stack()))
	if !humagin.Unwrap(hc).Writer.Written() {
		_ = huma.WriteErr(api, hc, http.StatusInternalServerError, fault.SafeText(nil))
	}
}
