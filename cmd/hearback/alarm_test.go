package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail"
	"hearback/mailbox/mailtest"
	"hearback/mailbox/webhook"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// pager is a receiver of the webhook that checks signatures as the documentation says.
type pager struct {
	mu    sync.Mutex
	fail  int // so many times it answers 503
	got   []webhook.Notice
	wrong int
	raw   []string
	news  *bell
}

func (p *pager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	var n webhook.Notice
	switch {
	case p.fail > 0:
		p.fail--
		w.WriteHeader(http.StatusServiceUnavailable)
	case err != nil || json.Unmarshal(body, &n) != nil || r.Header.Get(webhook.SignatureHeader) != webhook.Sign("pager secret", r.Header.Get(webhook.TimestampHeader), body):
		p.wrong++
		w.WriteHeader(http.StatusForbidden)
	default:
		p.got, p.raw = append(p.got, n), append(p.raw, string(body))
	}
	if p.news != nil {
		p.news.bump()
	}
}

func (p *pager) notices() []webhook.Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]webhook.Notice(nil), p.got...)
}

// admin puts somebody on the register who looks after the machine.
func (h *house) admin(key, name string) {
	h.t.Helper()
	hash, err := hashPassword(staffPw)
	must(h.t, err)
	must(h.t, h.app.store.Write(context.Background(), func(tx tickets.Tx) error {
		row := register.Staff{
			Email: key + "@westmarsh.example", Mailbox: key + "@westmarsh.example", Name: name, Role: string(access.RoleAdmin),
			PasswordHash: hash, Active: true, CreatedAt: h.now(),
		}
		return tx.InsertStaff(context.Background(), &row)
	}))
}

// folderNow finds how a folder is doing.
func (h *house) folderNow(mailbox, folder string) folderState {
	h.t.Helper()
	for _, f := range h.app.folders {
		if st := h.app.folderState(f, time.Now()); st.Mailbox.Name == mailbox && st.Folder == folder {
			return st
		}
	}
	h.t.Fatalf("%s has no folder %s", mailbox, folder)
	return folderState{}
}

// TestAlarm: a mailbox that cannot be read is said on every page, by /healthz, to
// the administrators through the other mailbox, and by the webhook; once, and
// once more when it is read again.
func TestAlarm(t *testing.T) {
	t.Parallel() // it mostly waits
	// A port at which nobody listens until later.
	hole, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := hole.Addr().String()
	must(t, hole.Close())
	_, port := hostPort(addr)
	hook := &pager{fail: 1}
	server := httptest.NewServer(hook)
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "pager")
	must(t, os.WriteFile(secret, []byte("pager secret\n"), 0o600))

	h := open(t, plan{
		change: func(c *Config) {
			south := c.Mailboxes[0]
			south.Name, south.Address, south.Team = "south", "south@westmarsh.example", "South"
			south.IMAP.Port, south.IMAP.TLS, south.IMAP.Username = port, "none", south.Address
			c.Mailboxes = append(c.Mailboxes, south)
			c.Alarm = Alarm{WebhookURL: server.URL + "/hearback", WebhookSecretFile: secret, OwnNetwork: true}
			for _, m := range c.Check() {
				t.Errorf("the configuration: %s", m)
			}
		},
		app: func(a *App) { a.pulse.startedAt = time.Now().Add(-11 * time.Minute) },
	})
	hook.news = h.news
	h.admin("ade", "Ade Winter")
	ctx := context.Background()
	h.until("both mailboxes to be looked at", func() bool {
		return h.folderNow("sen", "INBOX").OK && h.folderNow("south", "INBOX").failures > 0
	})
	must(t, h.app.alarmOnce(ctx))
	h.until("the notice", func() bool { return len(h.to("ade@westmarsh.example")) == 1 })
	notice := h.to("ade@westmarsh.example")[0]
	head, body := read(t, notice.Data)
	if !strings.Contains(head.Get("From"), sen) || !strings.Contains(head.Get("Subject"), "Mailbox south cannot be read") ||
		!strings.Contains(body, "cannot read the mailbox south") || !strings.Contains(body, "/admin/mailboxes") || head.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("the notice:\n%s", notice.Data)
	}
	if status, text := h.health(); status != http.StatusServiceUnavailable || !strings.Contains(text, "mailbox south") || strings.Contains(text, "mail in: mailbox sen") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	if page := h.signIn("priya").get("/inbox", http.StatusOK); !strings.Contains(page.body, "south@westmarsh.example") {
		t.Errorf("no banner: %s", words(page.body))
	}
	// The receiver was down at first: it is tried again.
	if err := h.app.webhookOnce(ctx); err != nil {
		must(t, h.app.webhookOnce(ctx))
	}
	h.until("the webhook", func() bool { return len(hook.notices()) == 1 })
	if n := hook.notices()[0]; n.Kind != webhook.MailboxDown || n.Mailbox != "south" || time.Since(n.Since) < 10*time.Minute || !strings.HasSuffix(n.Link, "/admin/mailboxes") {
		t.Errorf("told %+v", n)
	}
	for _, raw := range hook.raw {
		if strings.Contains(raw, "@") {
			t.Errorf("an address is in %s", raw)
		}
	}
	must(t, h.app.alarmOnce(ctx)) // once for each incident
	must(t, h.app.webhookOnce(ctx))

	post, err := devmail.Open(t.TempDir(), devmail.Options{Password: mailtest.Password})
	must(t, err)
	defer func() { must(t, post.Close()) }()
	_, err = post.ListenIMAP(addr)
	must(t, err)
	h.until("the mailbox to be read", func() bool { return h.folderNow("south", "INBOX").OK })
	must(t, h.app.alarmOnce(ctx))
	h.until("the second notice", func() bool { return len(h.to("ade@westmarsh.example")) == 2 })
	if _, body := read(t, h.to("ade@westmarsh.example")[1].Data); !strings.Contains(body, "reads the mailbox south again") {
		t.Errorf("the second notice: %s", body)
	}
	must(t, h.app.webhookOnce(ctx))
	h.until("the second call", func() bool { return len(hook.notices()) == 2 })
	if n := hook.notices()[1]; n.Kind != webhook.MailboxBack || hook.wrong != 0 {
		t.Errorf("told %+v; %d wrong", n, hook.wrong)
	}
	if status, text := h.health(); status != http.StatusOK {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	must(t, h.app.alarmOnce(ctx))
	if n := len(h.to("ade@westmarsh.example")); n != 2 {
		t.Errorf("%d notices", n)
	}
}

// TestSilentMailbox: a warning, and no alarm.
func TestSilentMailbox(t *testing.T) {
	h := open(t, plan{})
	h.app.watch.warn("silence of sen", "Mailbox sen is unusually silent.")
	h.until("the mailbox to be read", func() bool { return h.folderNow("sen", "INBOX").OK })
	if status, text := h.health(); status != http.StatusOK || !strings.Contains(text, "warning: Mailbox sen is unusually silent.") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	must(t, h.app.silenceOnce(context.Background())) // nothing has come yet: nobody knows what is usual
	if _, text := h.health(); strings.Contains(text, "warning") {
		t.Errorf("/healthz:\n%s", text)
	}
}
