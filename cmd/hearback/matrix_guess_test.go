package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// A reference that is guessed is answered as one that does not exist, to the
// last byte, and nothing is done to what it names.
func TestGuessesAreToldApartByNobody(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { guesses(t, newHall(t)) })
	t.Run("postgres", func(t *testing.T) { guesses(t, hallOn(t, pgtest.DSN(t))) })
}

func guesses(t *testing.T, h *hall) {
	before := h.traces()
	gone := things{
		ref: "SEN-999999", caseRef: "WM-9999", item: "SEN-999999", message: "999999", delivery: "999999", held: "999999", ledger: "999999",
		person: "999999", restriction: "999999", grant: "999999", mailing: "999999", letter: "999999", team: h.own.team, user: h.own.user,
	}
	for _, role := range access.Roles() {
		for _, x := range h.secrets {
			if x.known(role) {
				continue
			}
			guesses := []things{x.things, h.own, h.own, h.own, h.own, h.own, h.own} // all of it; of our own enquiry, one part
			guesses[1].message, guesses[2].item, guesses[3].item = x.message, x.ref, "q"+x.ledger
			guesses[4].person, guesses[5].restriction = x.person, x.restriction
			absent := []things{gone, h.own, h.own, h.own, h.own, h.own, h.own}
			guesses[6].letter, absent[6].letter = x.letter, gone.letter
			absent[4].person, absent[5].restriction = gone.person, gone.restriction
			absent[1].message, absent[2].item, absent[3].item = gone.message, gone.item, "q"+gone.ledger
			if guesses[0].item == "" {
				guesses[0].item = x.ref
			}
			for _, line := range matrix() {
				for _, d := range readings(line) {
					if !d.opens(role) || d.need == forAll {
						continue
					}
					for i := range guesses {
						guess, none := d.at(guesses[i]), d.at(absent[i])
						if guess == none || role == access.RoleAdmin && strings.HasPrefix(d.path, "/admin/") || !h.hides(d, role, x) {
							continue
						}
						h.same(t, d, role, x, question{method: d.method, path: guess, role: role, json: d.json()}, question{method: d.method, path: none, role: role, json: d.json()})
					}
				}
			}
			h.guessInFields(t, role, x, gone)
		}
	}
	if after := h.traces(); before != after {
		t.Errorf("what was guessed has changed:\n%s\n%s", before, after)
	}
}

// hides: a mail that could not be read is the mailbox's, whose sorting is the
// work of its team whatever case the mail would have gone to.
func (h *hall) hides(d door, role access.Role, x secret) bool {
	if !strings.Contains(d.path, "ledger/:id") && !strings.HasPrefix(d.path, "/duty/i/") {
		return true
	}
	return x.item != ""
}

// same asks two questions and wants one answer.
func (h *hall) same(t *testing.T, d door, role access.Role, x secret, guess, none question) {
	t.Helper()
	a, b := h.told(guess), h.told(none)
	if x.told(role) && a.status == http.StatusForbidden && (d.method == http.MethodHead || strings.Contains(a.body, "You cannot open this")) {
		a.body = bare(a.body, guess)
		h.keeps(t, d, role, a)
		return
	}
	if a.status != b.status || bare(a.body, guess) != bare(b.body, none) || bare(a.header.Get("Location"), guess) != bare(b.header.Get("Location"), none) {
		t.Errorf("%s as %s tells %s (%s: %d) from nothing (%s: %d):\n%s\n%s", d, role, x.name, guess.path, a.status, none.path, b.status, words(a.body), words(b.body))
	}
	// What refuses the form before it looks at the reference answers alike, too.
	if a.status < 300 && d.method != http.MethodPost && !strings.Contains(guess.path, "?") {
		t.Errorf("%s as %s: %s is open: %d", d, role, guess.path, a.status)
	}
	a.body = bare(a.body+a.header.Get("Location"), guess)
	a.header = nil
	h.keeps(t, d, role, a)
}

// told is the answer with what the next page says of it.
func (h *hall) told(q question) answer {
	h.t.Helper()
	a := h.ask(q)
	if a.status == http.StatusSeeOther {
		a.body += h.ask(question{method: http.MethodGet, path: "/help", role: q.role}).body
	}
	return a
}

// bare is a text without what was asked.
func bare(text string, q question) string {
	path, query, _ := strings.Cut(q.path, "?")
	asked := []string{q.path, url.QueryEscape(q.path), path, url.QueryEscape(path)}
	values, _ := url.ParseQuery(query)
	for _, list := range values {
		asked = append(asked, list...)
	}
	for _, list := range q.form {
		asked = append(asked, list...)
	}
	for _, part := range strings.Split(path, "/") {
		if strings.Contains(part, "-") {
			asked = append(asked, part)
		}
	}
	for _, a := range asked {
		if len(a) > 4 {
			text = strings.ReplaceAll(text, a, "?")
		}
	}
	return text
}

// traces is what there is of everything that may not be known.
func (h *hall) traces() string {
	h.t.Helper()
	var out []string
	sys := access.System("test")
	for _, x := range h.secrets {
		v, err := h.app.store.Ticket(h.t.Context(), sys, x.ref)
		must(h.t, err)
		notes, err := h.app.store.Notes(h.t.Context(), sys, v.ID)
		must(h.t, err)
		items, err := h.app.store.Timeline(h.t.Context(), sys, v.ID)
		must(h.t, err)
		out = append(out, x.ref, string(v.State), id64(v.Version), id64(v.OwnerID), id64(int64(len(notes))), id64(int64(len(items))))
		for _, it := range items {
			if it.Outgoing != nil {
				for _, d := range it.Outgoing.Deliveries {
					out = append(out, string(d.State))
				}
			}
		}
	}
	return strings.Join(out, " ")
}
