package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// readings is a door that answers HEAD as well, as another door.
func readings(d door) []door {
	if d.api() && d.method == http.MethodGet {
		return []door{d, {http.MethodHead, d.path, d.need, d.ok}}
	}
	return []door{d}
}

// Who is not signed in sees nothing but the way in, also of files.
func TestSignedOutSeesNothing(t *testing.T) {
	h := newHall(t)
	for _, line := range matrix() {
		for _, d := range readings(line) {
			a := h.ask(question{method: d.method, path: d.at(h.own), json: d.json()})
			want := d.ok
			switch {
			case d.need == forAll:
			case d.api(), d.method == http.MethodPost:
				want = http.StatusUnauthorized
			default:
				want = http.StatusSeeOther
				if to := a.header.Get("Location"); !strings.HasPrefix(to, "/sign-in?next=") {
					t.Errorf("%s leads to %q", d, to)
				}
				if part := h.ask(question{method: d.method, path: d.at(h.own), header: map[string]string{"HX-Request": "true"}}); part.status != http.StatusUnauthorized {
					t.Errorf("%s, a part of a page: %d, want 401", d, part.status)
				}
			}
			if a.status != want {
				t.Errorf("%s signed out: %d, want %d", d, a.status, want)
			}
			for _, word := range []string{"Milo", "Brandt", "tessa@", "The plan."} {
				if d.need != forAll && strings.Contains(a.body, word) {
					t.Errorf("%s signed out: %q is in the answer", d, word)
				}
			}
			h.keeps(t, d, "", a)
		}
	}
}

// keeps asks that an answer tells nothing that the role may not know.
func (h *hall) keeps(t *testing.T, d door, role access.Role, a answer) {
	t.Helper()
	for _, x := range h.secrets {
		if role != "" && x.known(role) && (access.Actor{Role: role}).SeesCases() {
			continue
		}
		for _, word := range x.words {
			if strings.Contains(a.body, word) || strings.Contains(a.header.Get("Location"), word) {
				at := strings.Index(a.body, word)
				t.Errorf("%s as %s: %q of %s is in the answer: ...%s...", d, role, word, x.name, a.body[max(0, at-80):min(len(a.body), at+60)])
			}
		}
	}
}

// Every role goes to every door with what is of its own team.
func TestRolesAtEveryDoor(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { walk(t, newHall(t)) })
	t.Run("postgres", func(t *testing.T) { walk(t, hallOn(t, pgtest.DSN(t))) })
}

func walk(t *testing.T, h *hall) {
	for _, role := range access.Roles() {
		for _, line := range matrix() {
			if line.need == forAll {
				continue // walked signed out; signing out would end the walk
			}
			for _, d := range readings(line) {
				x := h.theirs(d, role)
				if d.method == http.MethodPost && strings.HasPrefix(d.path, "/admin/") {
					x.ledger = h.unread("sen", "tessa@family.example") // each can be read again once
				}
				a := h.ask(question{method: d.method, path: d.at(x), role: role, form: h.form(d, role), json: d.json()})
				switch {
				case d.opens(role):
					if a.status != d.ok {
						t.Errorf("%s as %s: %d, want %d\n%s", d, role, a.status, d.ok, words(a.body))
					}
				case a.status != http.StatusForbidden && a.status != http.StatusNotFound:
					t.Errorf("%s as %s: %d, want 403 or 404", d, role, a.status)
				case strings.Contains(a.body, "Milo") || strings.Contains(a.body, "tessa@"):
					t.Errorf("%s as %s: a refusal with content:\n%s", d, role, words(a.body))
				}
				h.keeps(t, d, role, a)
			}
		}
		// Mail of somebody who is on several cases, some of them hidden, and mail
		// that cites a conversation of one: who sorts them is not told of those.
		for _, ref := range []string{h.own.item, h.stray} {
			for _, path := range []string{"/api/v1/tickets/" + ref, "/e/" + ref, "/duty/i/" + ref, "/duty/strangers", "/inbox/all?q=" + ref} {
				a := h.ask(question{method: http.MethodGet, path: path, role: role})
				h.keeps(t, door{http.MethodGet, path, access.Triage, 0}, role, a)
				sorts := access.Actor{Role: role}.May(access.Triage)
				if sorts != (a.status == http.StatusOK && strings.Contains(a.body, ref)) && strings.HasSuffix(path, "tickets/"+ref) {
					t.Errorf("%s as %s: %d", path, role, a.status)
				}
			}
		}
	}
}

var seenIn = regexp.MustCompile(`name="seen" value="(\d+)"`)

// form is what a door takes that is saved whole: the version that the page showed.
func (h *hall) form(d door, role access.Role) url.Values {
	h.t.Helper()
	if d.path != "/admin/guard/words" || d.method != http.MethodPost || !d.opens(role) {
		return nil
	}
	m := seenIn.FindStringSubmatch(h.ask(question{method: http.MethodGet, path: d.path, role: role}).body)
	if m == nil {
		h.t.Fatalf("%s as %s: the page has no version", d, role)
	}
	return url.Values{"seen": {m[1]}}
}

// unread is a mail that could not be read, as a line of the ledger.
func (h *hall) unread(box, from string) string {
	h.t.Helper()
	h.arrives(box, from, "Transport", false)
	list, _, err := h.app.store.Ledger(h.t.Context(), access.System("test"), tickets.LedgerQuery{Fate: tickets.FateQuarantined, Limit: 1})
	must(h.t, err)
	return id64(list[0].ID)
}
