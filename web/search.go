package web

import (
	"net/http"
	"strings"
	"unicode"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// searchShown is how many finds inside messages are listed.
const searchShown = 40

// search finds children, people, enquiries and words, all within what the
// reader may open. The words of a search are never logged.
func (s *Server) search(c *Ctx) error {
	q := strings.Join(strings.Fields(c.Query("q")), " ")
	m := view.Search{Shell: s.shell(c, "Search", ""), Query: q, Asked: q != ""}
	m.Shell.Query = q
	if q == "" {
		return s.page(c, http.StatusOK, view.PageSearch, m)
	}
	if len(q) > 200 {
		m.Query, m.Asked, m.Shell.Failed = "", false, true
		m.Errors = []view.FieldError{{Field: "search-q", Text: "Search for fewer words"}}
		return s.page(c, http.StatusUnprocessableEntity, view.PageSearch, m)
	}
	if err := s.searchCases(c, &m, q); err != nil {
		return err
	}
	if err := s.searchWords(c, &m, q); err != nil {
		if fault.Is(err, fault.Denied) {
			return err
		}
		s.Log.Error("web", "event", "search_failed", "error", err)
		m.Down = true
	}
	found := len(m.Children) + len(m.People) + len(m.Enquiry) + len(m.Inside)
	if err := s.Desk.Searched(c.Request.Context(), c.Actor, "search", q, found, c.Now); err != nil {
		return err
	}
	s.Log.Info("web", "event", "search", "staff", c.Actor.StaffID, "found", found)
	return s.page(c, http.StatusOK, view.PageSearch, m)
}

func (s *Server) searchCases(c *Ctx, m *view.Search, q string) error {
	page, err := s.Store.Cases(c.Request.Context(), c.Actor, tickets.CaseQuery{Q: q, Limit: 20})
	if err != nil {
		return err
	}
	people := map[int64]bool{}
	for _, item := range page.Items {
		v, err := s.Store.Case(c.Request.Context(), c.Actor, item.Ref)
		if fault.Is(err, fault.NotFound) {
			continue // closed to the reader since the list was read
		}
		if err != nil {
			return err
		}
		ch := childOf(v.Case, c.Now)
		text := ch.Initials
		if ch.Age != "" {
			text += ", " + ch.Age
		}
		text += ", " + v.Ref
		note := v.OfficerName
		if note == "" {
			note = "no named officer"
		}
		m.Children = append(m.Children, view.SearchHit{
			Href: view.CaseURL(v.Ref), Text: text, Note: note,
			Extra: &view.Link{Text: "everything said", Href: view.CaseURL(v.Ref) + "?tab=history"},
		})
		for _, p := range v.Parties {
			if people[p.Person.ID] || !matches(p, q) {
				continue
			}
			people[p.Person.ID] = true
			m.People = append(m.People, view.SearchHit{
				Href: view.CaseURL(v.Ref), Text: p.Person.Name, Note: string(p.Link.Relation) + " of " + ch.Initials + " (" + v.Ref + ")",
			})
		}
	}
	return nil
}

// matches reports whether a person is what was searched for: by name, address
// or number. A protected address finds nobody.
func matches(p register.Party, q string) bool {
	low := strings.ToLower(q)
	if strings.Contains(strings.ToLower(p.Person.Name), low) {
		return true
	}
	if !p.Link.AddressHidden {
		for _, a := range p.Addresses {
			if len(low) >= 3 && strings.Contains(strings.ToLower(a.Email), low) {
				return true
			}
		}
	}
	digits := digitsOf(q)
	if len(digits) < 5 || p.Link.AddressHidden {
		return false
	}
	for _, n := range p.Phones {
		if strings.Contains(n.Digits, digits) {
			return true
		}
	}
	return false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func (s *Server) searchWords(c *Ctx, m *view.Search, q string) error {
	listed := map[string]bool{}
	add := func(t tickets.TicketView) {
		if !listed[t.Ref] {
			listed[t.Ref] = true
			m.Enquiry = append(m.Enquiry, s.row(t, c.Now, view.EnquiryURL(t.Ref)))
		}
	}
	if !strings.Contains(q, " ") {
		t, err := s.Store.Ticket(c.Request.Context(), c.Actor, strings.ToUpper(q))
		switch {
		case err == nil:
			add(*t)
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	hits, err := s.Store.Search(c.Request.Context(), c.Actor, q, searchShown)
	if err != nil {
		return err
	}
	for _, h := range hits {
		if h.MessageID == 0 {
			add(h.Ticket)
			continue
		}
		hit := view.TextHit{Ref: h.Ticket.Ref, Anchor: "m" + id(h.MessageID), Kind: "in", At: h.At}
		if msg, err := s.Store.Message(c.Request.Context(), c.Actor, h.MessageID); err == nil {
			switch {
			case msg.Channel == tickets.ChannelCall:
				hit.Kind = "call"
			case msg.Direction == tickets.Out:
				hit.Kind = "out"
			}
		}
		hit.Before, hit.Marked, hit.After = marked(h.Snippet)
		m.Inside = append(m.Inside, hit)
	}
	return nil
}

// marked splits a snippet at the first found word.
func marked(snippet string) (before, found, after string) {
	before, rest, ok := strings.Cut(snippet, "\x02")
	if !ok {
		return snippet, "", ""
	}
	found, after, _ = strings.Cut(rest, "\x03")
	return before, found, strings.NewReplacer("\x02", "", "\x03", "").Replace(after)
}
