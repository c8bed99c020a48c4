package courier

import (
	"context"

	"hearback/tickets/fault"
)

// Try signs in and asks whether the server takes mail from an address. It says
// no RCPT and no DATA: nothing can leave by it.
func Try(ctx context.Context, r Route, from string) error {
	if err := r.check(); err != nil {
		return err
	}
	c := &Courier{route: r, timeouts: r.Timeouts.withDefaults()} // without a mint it can carry nothing
	s, err := c.connect(ctx)
	if fault.Is(err, fault.Denied) {
		return err
	}
	if err != nil {
		return fault.Wrap(fault.Temporary, "The mail server cannot be reached, or refuses the sign-in", err)
	}
	defer s.close()
	if err := s.client.Mail(from, nil); err != nil {
		return fault.Wrap(fault.Refused, "The mail server does not take mail from this address", err)
	}
	return s.client.Reset()
}
