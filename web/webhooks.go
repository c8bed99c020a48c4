package web

import (
	"strconv"

	"hearback/tickets"
	"hearback/web/view"
)

// hooksShown is how many events the page lists.
const hooksShown = 100

// webhooks lists what endpoints outside were told last.
func (s *Server) webhooks(c *Ctx) error {
	ctx := c.Request.Context()
	waiting, err := s.Store.HooksWaiting(ctx)
	if err != nil {
		return err
	}
	last, err := s.Store.HooksLast(ctx, hooksShown)
	if err != nil {
		return err
	}
	m := s.adminPage(c, "Webhooks", "webhooks")
	m.Intro = []string{
		"Programs of the council that are told when something happens: what kind of thing, the number of the enquiry, how many wait in all, and a link. Never a name, an address or a word of a message.",
		"They are set up in the configuration.",
	}
	ends := view.AdminSection{ID: "endpoints", Heading: "Endpoints"}
	for _, name := range s.Hooks {
		f := view.AdminFact{Name: name, Text: "told of everything", Tone: "good"}
		if n := waiting[name]; n > 0 {
			f.Text, f.Tone = plural(n, "event waits", "events wait"), "warn"
		}
		ends.Facts = append(ends.Facts, f)
	}
	if len(s.Hooks) == 0 {
		ends.Text = []string{"There is none."}
	}
	var rows []view.AdminRow
	for _, h := range last {
		state := view.AdminCell{Text: "Taken", Tone: "good"}
		switch h.State {
		case tickets.HookWaiting:
			state = view.AdminCell{Text: "Waits", Tone: "warn"}
		case tickets.HookGivenUp:
			state = view.AdminCell{Text: "Given up after a day", Tone: "bad"}
		}
		if h.State != tickets.HookTaken && h.Answer != "" {
			state.Notes = append(state.Notes, h.Answer)
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{At: h.At}, {Text: h.Endpoint}, {Text: h.Kind}, {Text: h.Ref}, state, {Text: strconv.Itoa(h.Attempts)}}})
	}
	m.Sections = []view.AdminSection{ends, {
		ID: "last", Heading: "What was told last", Text: []string{"Kept for 30 days."},
		Table: view.NewAdminTable("Events told to endpoints", "Nothing yet.", []string{"When", "Endpoint", "Event", "Enquiry", "State", "Attempts"}, rows),
	}}
	return s.showAdmin(c, 0, m)
}
