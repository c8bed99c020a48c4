package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/tickets/access"
)

// Whoever asks the check very often tries something out: after a burst it answers once
// a second, and nobody else waits for it.
func TestReviewsAreLimitedByAccount(t *testing.T) {
	r, now := newReviews(), tuesday()
	for i := range reviewsAtOnce {
		if !r.allow(1, now) {
			t.Fatalf("question %d is one too many", i+1)
		}
	}
	if r.allow(1, now) {
		t.Error("there is no limit")
	}
	if !r.allow(2, now) {
		t.Error("another account waits for the first")
	}
	now = now.Add(reviewEvery)
	if !r.allow(1, now) || r.allow(1, now) {
		t.Error("it is not one a second")
	}
	if !r.fresh(1, "SEN-1 block NOTE-CONTENT", now) || r.fresh(1, "SEN-1 block NOTE-CONTENT", now.Add(time.Second)) || !r.fresh(1, "SEN-1 allow ", now) {
		t.Error("the audit has the same answer twice, or lacks another one")
	}
}

// The limit holds in the program, and a refusal says that nothing was sent.
func TestReviewLimitOfTheProgram(t *testing.T) {
	h := newHall(t)
	ref := h.own.ref
	body, err := json.Marshal(map[string]string{"text": "Dear Tessa, the plan comes on Friday."})
	must(t, err)
	refused := 0
	for range reviewsAtOnce + 5 {
		a := h.ask(question{method: http.MethodPost, path: "/api/v1/tickets/" + ref + "/review", role: access.RoleOfficer, json: string(body)})
		if strings.Contains(a.body, "very often") {
			refused++
			if !strings.Contains(a.body, "Nothing was sent") {
				t.Errorf("the refusal: %d %s", a.status, a.body)
			}
		}
	}
	if refused != 5 {
		t.Errorf("%d of 5 were refused", refused)
	}
}
