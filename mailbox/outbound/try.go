package outbound

import (
	"context"

	"hearback/mailbox/outbound/internal/courier"
)

// Try proves that a route works: it signs in and asks the server whether it
// takes mail from the mailbox's address. It sends nothing.
func Try(ctx context.Context, r Route) error {
	return courier.Try(ctx, courier.Route{
		Host: r.Host, Port: r.Port, TLS: courier.TLS(r.TLS), RootCAs: r.RootCAs, Username: r.Username, Password: r.Password,
		Tokens: r.Tokens, Mechanism: r.Mechanism, Timeouts: courier.Timeouts(r.Timeouts),
	}, r.Address)
}
