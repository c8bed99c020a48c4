package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/mailtest"
	"hearback/web/assets"
)

// The tests of these files work the whole program as people do: the
// demonstration runs in this process, Chromium opens its pages, and families
// write over SMTP and read over IMAP.

// axeFile is the accessibility checker as npm installs it.
const axeFile = "../../web/assets/node_modules/axe-core/axe.min.js"

// visit is the demonstration with a browser in front of it.
type visit struct {
	t       *testing.T // of the whole story
	d       *demonstration
	browser context.Context
	axe     string
	windows map[string]*window
}

// TestBrowser tells one story on one program and in one browser, so that both
// start once. What takes the hold of a letter is looked at in the end.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	v := newVisit(t)
	later := &outcome{}
	t.Run("a parent writes", func(t *testing.T) { v.parentWrites(t, later) })
	t.Run("an officer answers by keyboard", func(t *testing.T) { v.answersByKeyboard(t, later) })
	t.Run("a note does not get out", func(t *testing.T) { v.noteStaysIn(t, later) })
	t.Run("without JavaScript", func(t *testing.T) { v.worksWithoutScript(t, later) })
	t.Run("duty without JavaScript", func(t *testing.T) { v.dutyWithoutScript(t) })
	t.Run("hostile mail", func(t *testing.T) { v.hostileMail(t) })
	t.Run("families with awkward facts", func(t *testing.T) { v.families(t) })
	t.Run("the lead", func(t *testing.T) { v.lead(t, later) })
	t.Run("the administrator", func(t *testing.T) { v.administrator(t, later) })
	t.Run("accessibility", func(t *testing.T) { v.accessible(t, later) })
	t.Run("the answer arrives", func(t *testing.T) { v.answerArrives(t, later) })
}

// outcome is what one part of the story leaves for the next.
type outcome struct {
	ref    string // the enquiry that was announced and answered
	parent *family
	noted  string // the enquiry with the insulting note
	victim *family
	byForm *family // answered without JavaScript
	formed string
}

// family is a parent of the cast with a mail program.
type family struct {
	name, email, to string
	box             *mailProgram
}

func newVisit(t *testing.T) *visit {
	t.Helper()
	path := mailtest.Require(t, "chromium")
	axe, err := os.ReadFile(axeFile)
	if err == nil {
		err = assets.Check()
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the web assets are not built (make assets): ", err)
	}
	v := &visit{t: t, d: startDemo(t, filepath.Join(t.TempDir(), "demo")), axe: string(axe), windows: map[string]*window{}}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(stop)
	must(t, chromedp.Do(ctx)) // the browser starts with the first window
	v.browser = ctx
	return v
}

// family finds a parent of the cast on a case of a team North officer, and signs in to the parent's mailbox.
func (v *visit) family(t *testing.T, email string) *family {
	t.Helper()
	for _, c := range demoCases() {
		for _, p := range c.people {
			if p.email == email {
				return &family{name: p.name, email: email, to: c.mailbox(), box: signInIMAP(v.t, v.d.imap, email)}
			}
		}
	}
	t.Fatalf("nobody of the cast has the address %s", email)
	return nil
}

// write sends a mail as a parent's mail program does, waits for the
// acknowledgement, and gives the reference of the new enquiry.
func (v *visit) write(t *testing.T, f *family, subject, contentType, body string) string {
	t.Helper()
	before := f.box.count(t)
	raw := fmt.Sprintf("Message-ID: <%d@mail.example>\r\nDate: %s\r\nFrom: %s <%s>\r\nTo: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: %s; charset=utf-8\r\n\r\n%s\r\n",
		time.Now().UnixNano(), time.Now().Format(time.RFC1123Z), f.name, f.email, f.to, subject, contentType, body)
	must(t, smtp.SendMail(v.d.smtp, nil, f.email, []string{f.to}, []byte(raw)))
	ack := f.box.next(t, before)
	for _, k := range v.d.tickets("?limit=200&sort=newest").Items {
		if k.Subject == subject {
			if !strings.Contains(ack, k.Ref) {
				t.Errorf("the acknowledgement does not name %s:\n%s", k.Ref, ack)
			}
			return k.Ref
		}
	}
	t.Fatalf("no enquiry %q after its acknowledgement", subject)
	return ""
}

// subjects lists what lies in a mailbox, in the order of arrival.
func (m *mailProgram) subjects(t *testing.T) []string {
	t.Helper()
	n := m.count(t)
	if n == 0 {
		return nil
	}
	var set imap.SeqSet
	set.AddRange(1, n)
	got, err := m.c.Fetch(set, &imap.FetchOptions{Envelope: true}).Collect()
	must(t, err)
	var out []string
	for _, g := range got {
		out = append(out, g.Envelope.Subject)
	}
	return out
}

// api asks the programs' side with the lead's token.
func (v *visit) api(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, v.d.web+"/api/v1"+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+apiToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	var out json.RawMessage
	must(t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, string(out)
}

// state is the enquiry as the API shows it.
func (v *visit) state(t *testing.T, ref string) (s struct {
	State string
	Clock struct {
		State     string
		StoppedAt *time.Time `json:"stopped_at"`
	}
},
) {
	t.Helper()
	code, body := v.api(t, http.MethodGet, "/tickets/"+ref, "")
	if code != http.StatusOK {
		t.Fatalf("%s: %d %s", ref, code, body)
	}
	must(t, json.Unmarshal([]byte(body), &s))
	return s
}
