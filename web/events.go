package web

import (
	"cmp"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"hearback/tickets/access"
	"hearback/web/view"
)

// Events tells open browsers that something changed, and remembers who is
// looking at what. It carries kinds and references only: a browser that is told
// asks for the fragment, and is checked like any other request.
type Events struct {
	mu      sync.Mutex
	seq     int64
	subs    map[chan event]struct{}
	looking map[string]map[int64]presence
}

type event struct {
	seq        int64
	kind, data string
}

type presence struct {
	name, doing string
	since, seen time.Time
}

// presenceLasts is how long somebody counts as here without a sign of life.
const presenceLasts = 40 * time.Second

// NewEvents makes an empty hub.
func NewEvents() *Events {
	return &Events{subs: map[chan event]struct{}{}, looking: map[string]map[int64]presence{}}
}

// Publish tells every browser. A browser that does not keep up misses events
// and catches up with the next one; it never slows the program.
func (e *Events) Publish(kind, ref string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seq++
	ev := event{e.seq, kind, fmt.Sprintf(`{"e":%q,"seq":%d}`, ref, e.seq)}
	for ch := range e.subs {
		select {
		case ch <- ev:
		default:
		}
	}
}

func (e *Events) subscribe() (<-chan event, func()) {
	ch := make(chan event, 16)
	e.mu.Lock()
	e.subs[ch] = struct{}{}
	e.mu.Unlock()
	return ch, func() {
		e.mu.Lock()
		delete(e.subs, ch)
		e.mu.Unlock()
	}
}

func (e *Events) here(ref string, a access.Actor, doing string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.looking[ref]
	if m == nil {
		m = map[int64]presence{}
		e.looking[ref] = m
	}
	p, ok := m[a.StaffID]
	if !ok || p.doing != doing || now.Sub(p.seen) > presenceLasts {
		p = presence{name: a.Name, doing: doing, since: now}
	}
	p.seen = now
	m[a.StaffID] = p
	if len(e.looking) > 5000 {
		for k, v := range e.looking {
			for id, x := range v {
				if now.Sub(x.seen) > presenceLasts {
					delete(v, id)
				}
			}
			if len(v) == 0 {
				delete(e.looking, k)
			}
		}
	}
}

// present says in one sentence who else is here.
func (e *Events) present(ref string, me int64, now time.Time) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var here []string
	writing := false
	for id, p := range e.looking[ref] {
		if id == me || now.Sub(p.seen) > presenceLasts {
			continue
		}
		writing = writing || strings.HasPrefix(p.doing, "writing")
		here = append(here, p.name+" is "+p.doing)
	}
	if len(here) == 0 {
		return "Nobody else is here."
	}
	sort.Strings(here)
	text := strings.Join(here, ". ") + "."
	if !writing {
		text += " Nobody is writing a reply."
	}
	return text
}

// beatEvery is how often an open stream shows that it is there, and looks whether
// its reader still may hear it.
const beatEvery = 20 * time.Second

// events is the stream of live events (text/event-stream).
func (s *Server) events(c *Ctx) error {
	rc := http.NewResponseController(c.Writer)
	if err := rc.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("live events: %w", err)
	}
	ch, stop := s.Events.subscribe()
	defer stop()
	c.Header("Content-Type", "text/event-stream")
	c.Header("X-Accel-Buffering", "no")
	c.Status(http.StatusOK)
	if _, err := c.Writer.WriteString("retry: 5000\n\n"); err != nil {
		return nil //nolint:nilerr // the reader has left
	}
	c.Writer.Flush()
	beat := time.NewTicker(cmp.Or(s.Beat, beatEvery))
	defer beat.Stop()
	for {
		select {
		case <-c.Request.Context().Done():
			return nil
		case ev := <-ch:
			_, err := fmt.Fprintf(c.Writer, "id: %d\nevent: %s\ndata: %s\n\n", ev.seq, ev.kind, ev.data)
			if err != nil {
				return nil //nolint:nilerr // the reader has left
			}
		case <-beat.C:
			// A session that ended, or an account that was shut, hears nothing more.
			if s.stillSignedIn(c) != nil {
				return nil
			}
			if _, err := c.Writer.WriteString(": still here\n\n"); err != nil {
				return nil //nolint:nilerr // the reader has left
			}
		}
		c.Writer.Flush()
	}
}

func (s *Server) presence(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	return s.fragment(c, http.StatusOK, view.FragPresence, view.Presence{
		Text: s.Events.present(t.Ref, c.Actor.StaffID, c.Now), URL: view.PresenceURL(t.Ref), Ref: t.Ref,
	})
}

func (s *Server) setPresence(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	doing := "viewing"
	if c.PostForm("doing") == "writing" {
		doing = "writing a reply"
	}
	s.Events.here(t.Ref, c.Actor, doing, c.Now)
	s.Events.Publish("presence", t.Ref)
	return s.presence(c)
}
