package outbound

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// refusing is a source of tokens whose secret has run out.
type refusing struct{}

func (refusing) Token(context.Context) (string, time.Time, error) {
	return "", time.Time{}, fault.New(fault.Denied, "Microsoft refused our sign-in (code AADSTS7000222: secret out of date).")
}

// TestASecretThatRanOut: the letter waits, and the author, the operator and the
// check of the configuration are told why in the token server's terms.
func TestASecretThatRanOut(t *testing.T) {
	var route Route
	b := newBench(t, func(c *Config) {
		c.Routes[0].Username, c.Routes[0].Tokens = ours, refusing{}
		route = c.Routes[0]
	})
	l := b.reply(plain, mother)
	b.once(t)
	b.expect(t, l, tickets.Queued)
	if d := l.Letter.Deliveries[0]; !strings.Contains(d.Why, "secret out of date") {
		t.Errorf("why %q", d.Why)
	}
	if h := b.d.Health(); h.OK || !strings.Contains(h.Trouble, "secret out of date") {
		t.Errorf("health %+v", h)
	}
	if err := Try(t.Context(), route); !fault.Is(err, fault.Denied) || !strings.Contains(fault.SafeText(err), "secret out of date") {
		t.Errorf("try: %v", err)
	}
	if n := len(b.smtp.Messages()); n != 0 {
		t.Errorf("%d letters", n)
	}
}
