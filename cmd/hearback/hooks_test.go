package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/webhook"
	"hearback/tickets"
)

// receiver is an endpoint outside that checks signatures as the documentation says.
type receiver struct {
	news *bell
	mu   sync.Mutex
	down bool
	got  []webhook.Event
	raw  []string
	bad  int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	defer r.news.bump()
	body, err := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var e webhook.Event
	if err != nil || q.Header.Get(webhook.SignatureHeader) != webhook.Sign("desk secret", q.Header.Get(webhook.TimestampHeader), body) || json.Unmarshal(body, &e) != nil {
		r.bad++
	}
	r.got, r.raw = append(r.got, e), append(r.raw, string(body))
}

func (r *receiver) kinds() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.got {
		out = append(out, e.Kind)
	}
	return out
}

func (r *receiver) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

// Two endpoints are told of what happens, each of what it asked for, once, signed,
// with a reference, three numbers and a link, and with no word of anybody. One that
// is down is told later, and keeps the other from nothing.
func TestWebhooksTellOfEvents(t *testing.T) {
	t.Parallel() // it mostly waits
	all, alerts := &receiver{news: newBell()}, &receiver{news: newBell(), down: true}
	one, two := httptest.NewServer(all), httptest.NewServer(alerts)
	defer one.Close()
	defer two.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("desk secret\n"), 0o600))
	h := open(t, plan{change: func(c *Config) {
		c.Webhooks = []WebhookConfig{
			{Name: "desk", URL: one.URL + "/in", SecretFile: secret, OwnNetwork: true},
			{Name: "alerts", URL: two.URL, Events: []string{tickets.HookAlert}, SecretFile: secret, OwnNetwork: true},
		}
		for _, m := range c.Check() {
			t.Errorf("the configuration: %s", m)
		}
	}})
	all.news, alerts.news = h.news, h.news
	const marker = "zanzibar-marker"
	h.takeBytes(1, plainMail("Tessa Brandt <tessa@family.example>", "Taxi "+marker, "hook-1@family.example", "", "He ran away from the taxi "+marker))
	ctx := context.Background()
	look := func(i int) { // the failure of one is in its row
		_ = h.app.hookOnce(ctx, h.app.hooks[i])
	}
	h.until("the events", func() bool { look(0); return len(all.kinds()) >= 2 })
	if k := all.kinds(); !slices.Contains(k, tickets.HookOpened) || !slices.Contains(k, tickets.HookAlert) {
		t.Errorf("told %v", k)
	}
	h.until("a failed attempt", func() bool {
		look(1)
		list, err := h.app.store.HooksLast(ctx, 10)
		must(t, err)
		return slices.ContainsFunc(list, func(e tickets.HookEvent) bool {
			return e.Endpoint == "alerts" && e.Attempts == 1 && e.State == tickets.HookWaiting && e.Answer != ""
		})
	})
	alerts.setDown(false)
	look(1)
	if n := len(alerts.kinds()); n != 0 {
		t.Errorf("%d events although the wait is not over", n)
	}
	h.later(time.Minute)
	h.until("the alert", func() bool { look(1); return len(alerts.kinds()) == 1 })
	look(1)
	if k := alerts.kinds(); len(k) != 1 || k[0] != tickets.HookAlert {
		t.Errorf("told %v", k)
	}
	if all.bad+alerts.bad != 0 {
		t.Errorf("%d and %d requests are not signed as they should", all.bad, alerts.bad)
	}
	for i, raw := range slices.Concat(all.raw, alerts.raw) {
		for _, never := range []string{marker, "tessa", "Tessa", "@", "taxi", "Milo"} {
			if strings.Contains(raw, never) {
				t.Errorf("%q is in %s", never, raw)
			}
		}
		e := slices.Concat(all.got, alerts.got)[i]
		if !strings.HasPrefix(e.Ref, "SEN-") || !strings.HasSuffix(e.Link, "/e/"+e.Ref) || e.Counts.Waiting != 1 || e.ID == "" || e.At.IsZero() {
			t.Errorf("told %s", raw)
		}
	}
}
