package main

import (
	"net/http"
	"net/url"
	"testing"

	"hearback/tickets/access"
)

// guessInFields puts guesses where forms and questions take references.
func (h *hall) guessInFields(t *testing.T, role access.Role, x secret, gone things) {
	t.Helper()
	type field struct {
		door
		make func(things) (path string, form url.Values)
	}
	word := func(of things) string {
		if of.ref == gone.ref {
			return "Qzxnobody"
		}
		return x.words[0]
	}
	for _, f := range []field{
		{door{http.MethodGet, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) { return "/calls/new?e=" + g.ref, nil }},
		{door{http.MethodGet, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) { return "/calls/new?case=" + g.caseRef, nil }},
		{door{http.MethodPost, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/calls/new", url.Values{"do": {"find"}, "caller": {word(g)}, "way": {"in"}}
		}},
		{door{http.MethodPost, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/calls/new", url.Values{"do": {"save"}, "case": {g.caseRef}, "joins": {g.ref}, "person": {"unknown"}, "way": {"in"}, "on": {"25/11/2025 09:30"}, "said": {"x"}, "wants": {"answer"}, "stops": {"no"}}
		}},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + g.ref, nil }},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + g.caseRef, nil }},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + word(g), nil }},
		{door{http.MethodGet, "/c", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/c?q=" + word(g), nil }},
		{door{http.MethodGet, "/c", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/c?q=" + g.caseRef, nil }},
		{door{http.MethodPost, "/duty/i/:item", access.Triage, 0}, func(g things) (string, url.Values) {
			return "/duty/i/" + h.own.item, url.Values{"do": {"case"}, "case": {"other"}, "case_ref": {g.caseRef}}
		}},
		{door{http.MethodPost, "/outbox", access.ReleaseMode, 0}, func(g things) (string, url.Values) {
			return "/outbox", url.Values{"do": {"drop"}, "letter": {g.delivery}}
		}},
		{door{http.MethodPost, "/outbox/:delivery", access.ReadCases, 0}, func(g things) (string, url.Values) {
			return "/outbox/" + g.delivery, url.Values{"do": {"cancel"}}
		}},
		{door{http.MethodPost, "/inbox/move", access.Assign, 0}, func(g things) (string, url.Values) {
			return "/inbox/move", url.Values{"ref": {g.ref}, "officer": {id64(h.wes.ID)}}
		}},
		{door{http.MethodPost, "/e/:ref/finish", access.Finish, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/finish", url.Values{"reason": {"answered"}, "seen_event": {"1"}}
		}},
		{door{http.MethodPost, "/e/:ref/notes/new", access.WriteNotes, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/notes/new", url.Values{"do": {"save"}, "note": {"A remark"}}
		}},
		{door{http.MethodPost, "/e/:ref/alert", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/alert", url.Values{"action": {"told_lead"}}
		}},
		{door{http.MethodPost, "/escalations/:id", access.ReadLead, 0}, func(g things) (string, url.Values) {
			return "/escalations/" + g.ref, url.Values{"do": {"hold"}, "reason": {"x"}}
		}},
		{door{http.MethodPost, "/access", access.AskAccess, 0}, func(g things) (string, url.Values) {
			return "/access", url.Values{"do": {"ask"}, "case": {g.caseRef}, "reason": {"x"}, "days": {"x"}}
		}},
		{door{http.MethodPost, "/access/:id", access.AskAccess, 0}, func(g things) (string, url.Values) {
			return "/access/" + g.grant, url.Values{"do": {"approve"}}
		}},
		{door{http.MethodPost, "/access/:id", access.AskAccess, 0}, func(g things) (string, url.Values) {
			return "/access/" + g.grant, url.Values{"do": {"end"}}
		}},
		{door{http.MethodGet, "/admin/audit", access.ReadAudit, 0}, func(g things) (string, url.Values) { return "/admin/audit?case=" + g.caseRef, nil }},
		{door{http.MethodGet, "/api/v1/tickets", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/tickets?q=" + g.ref, nil }},
		{door{http.MethodGet, "/api/v1/tickets", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/tickets?q=" + word(g), nil }},
		{door{http.MethodGet, "/api/v1/cases", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/cases?q=" + g.caseRef, nil }},
	} {
		if !f.opens(role) {
			continue
		}
		path, form := f.make(x.things)
		nonePath, noneForm := f.make(gone)
		h.same(t, f.door, role, x, question{method: f.method, path: path, role: role, form: form}, question{method: f.method, path: nonePath, role: role, form: noneForm})
	}
}
