package outbound

import (
	"sync"
	"time"
)

// Health says whether mail goes out.
type Health struct {
	OK       bool
	LastGood time.Time // a server took, or finally refused, a letter; zero when none yet
	Since    time.Time // of the trouble
	Trouble  string    // for operators; no addresses
}

type health struct {
	mu sync.Mutex
	h  Health
}

func (h *health) worked(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.h = Health{OK: true, LastGood: now}
}

func (h *health) failed(now time.Time, trouble string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.h.Trouble == "" {
		h.h.Since = now
	}
	h.h.OK, h.h.Trouble = false, trouble
}

// Health is the state of the way out since the last letter that was tried. It
// is good until a letter was tried and failed.
func (d *Dispatcher) Health() Health {
	d.health.mu.Lock()
	defer d.health.mu.Unlock()
	h := d.health.h
	h.OK = h.Trouble == ""
	return h
}
