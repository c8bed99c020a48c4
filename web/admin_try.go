package web

import (
	"net/http"
	"sync"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// tryEvery is how often the servers of one mailbox may be asked from the page: a
// mail server shuts out who signs in all the time.
const tryEvery = 30 * time.Second

// tries remembers when a mailbox was last tried, in this program.
type tries struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// take reports whether a mailbox may be tried at now, and counts it.
func (t *tries) take(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.last[name]; ok && now.Sub(at) < tryEvery {
		return false
	}
	if t.last == nil {
		t.last = map[string]time.Time{}
	}
	t.last[name] = now
	return true
}

// tryMailbox signs in to the servers of a mailbox and says how it went. It reads
// no mail and sends none.
func (s *Server) tryMailbox(c *Ctx) error {
	box, err := s.mailboxNamed(c)
	if err != nil {
		return err
	}
	if s.TryMailbox == nil || !s.runs(c, *box) || !c.Actor.May(access.ManageSystem) {
		return fault.New(fault.NotFound, "There is no such mailbox")
	}
	if c.PostForm("do") != "check" {
		return s.showMailboxes(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: "Choose what to do with the mailbox"}})
	}
	if !s.tries.take(box.Name, c.Now) {
		return s.showMailboxes(c, http.StatusTooManyRequests, nil, []view.FieldError{{Text: "This mailbox was tried just now. Wait half a minute"}})
	}
	list, err := s.TryMailbox(c.Request.Context(), box.Name)
	if err != nil {
		return err
	}
	t := &view.MailboxTried{Mailbox: box.Address}
	for _, x := range list {
		t.Rows = append(t.Rows, view.MailboxTry{What: x.What, Problem: x.Problem})
	}
	s.Log.Info("web", "event", "mailbox_tried", "mailbox", box.Name, "staff", c.Actor.StaffID)
	return s.showMailboxes(c, http.StatusOK, t, nil)
}

// secretEnds says when the secret of a mailbox runs out.
func secretEnds(at, now time.Time) (text, tone string) {
	if at.IsZero() {
		return "", ""
	}
	days := sla.DateOf(now).DaysUntil(sla.DateOf(at))
	switch {
	case days < 0:
		return "ended on " + sla.FormatDay(at), "bad"
	case days <= 30:
		return "ends in " + plural(days, "day", "days") + ", on " + sla.FormatDay(at), "warn"
	}
	return "ends on " + sla.FormatDay(at), "good"
}
