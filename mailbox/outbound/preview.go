package outbound

import (
	"time"

	"hearback/tickets"
)

// Previews are all copies of a draft exactly as they would go, in the order of its
// deliveries, header included, but for ids that a letter gets when it is queued.
func (d *Dispatcher) Previews(draft *tickets.Claim, now time.Time) ([][]byte, error) {
	copies, err := d.composer.Copies(previewed(draft), now)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, 0, len(copies))
	for _, c := range copies {
		out = append(out, c.Bytes)
	}
	return out, nil
}
