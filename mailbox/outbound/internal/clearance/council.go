package clearance

import (
	"sync"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
)

// councilLists keeps the council's lists in the form in which they are looked for,
// under the texts that they were read from.
type councilLists struct {
	mu    sync.Mutex
	from  [3]string
	lists *guard.Lists
}

// of reads the lists. Lists that cannot be read make the facts incomplete: what a
// council wants stopped is not let go because of a mistake in a list.
func (c *councilLists) of(l tickets.GuardLists) (*guard.Lists, error) {
	from := [3]string{l.Tone, l.Talk, l.Marks}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lists != nil && c.from == from {
		return c.lists, nil
	}
	lists, err := guard.ReadLists(l.Tone, l.Talk, l.Marks)
	if err != nil {
		return nil, err
	}
	c.from, c.lists = from, lists
	return lists, nil
}

// levels are how strict rules are today.
func levels(l tickets.GuardLevels, today time.Time) map[string]guard.Decision {
	out := map[string]guard.Decision{}
	for rule, level := range l.On(today.Format(time.DateOnly)) {
		out[rule] = guard.Decision(level)
	}
	return out
}
