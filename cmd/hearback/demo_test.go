package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// demonstration is a `hearback demo` that runs in this process.
type demonstration struct {
	t               *testing.T
	out             *book
	web, imap, smtp string
	stop            func()
	client          *http.Client
}

// startDemo runs the command as a user would, on free ports.
func startDemo(t *testing.T, dir string) *demonstration {
	t.Helper()
	news := newBell()
	d := &demonstration{t: t, out: &book{news: news}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{
			"demo", "-listen", "127.0.0.1:0", "-imap", "127.0.0.1:0", "-smtp", "127.0.0.1:0", "-data", dir, "-api-token", apiToken, "-days", "5", "-parent-every", "0",
		}, strings.NewReader(""), d.out, d.out)
		news.bump()
	}()
	d.stop = func() {
		if cancel == nil {
			return
		}
		cancel()
		cancel = nil
		if err := <-ended; err != nil {
			t.Errorf("demo ended with %v", err)
		}
	}
	t.Cleanup(d.stop)
	says := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(d.out.String())
		if m == nil {
			return ""
		}
		return m[1]
	}
	for says(`IMAP (127\.0\.0\.1:\d+)`) == "" {
		next := news.next()
		if says(`IMAP (127\.0\.0\.1:\d+)`) != "" {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("demo ended with %v:\n%s", err, tail(d.out.String(), 40))
		case <-next:
		}
	}
	d.web, d.imap, d.smtp = says(`council: (http://127\.0\.0\.1:\d+)`), says(`IMAP (127\.0\.0\.1:\d+)`), says(`SMTP (127\.0\.0\.1:\d+)`)
	jar, err := cookiejar.New(nil)
	must(t, err)
	d.client = &http.Client{Jar: jar}
	return d
}

func (d *demonstration) get(path string, header ...string) (int, string) {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodGet, d.web+path, http.NoBody)
	must(d.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := d.client.Do(req)
	must(d.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(d.t, err)
	return res.StatusCode, string(b)
}

type listed struct {
	Total int
	Items []struct {
		Ref, Subject, State string
		Alert               string
		Email               string `json:"from_email"`
	}
}

func (d *demonstration) tickets(query string) (out listed) {
	d.t.Helper()
	code, body := d.get("/api/v1/tickets"+query, "Authorization", "Bearer "+apiToken)
	if code != http.StatusOK {
		d.t.Fatalf("the API answered %d: %s", code, body)
	}
	must(d.t, json.Unmarshal([]byte(body), &out))
	return out
}

func TestDemo(t *testing.T) {
	t.Parallel() // it mostly waits
	dir := filepath.Join(t.TempDir(), "demo")
	d := startDemo(t, dir)
	if d.web == "" || d.smtp == "" {
		t.Fatalf("the welcome names no address:\n%s", d.out)
	}
	if code, body := d.get("/healthz"); code != http.StatusOK {
		t.Errorf("health %d: %s", code, body)
	}
	if code, _ := d.get("/api/v1/tickets"); code != http.StatusUnauthorized {
		t.Errorf("the API answers %d without a token", code)
	}
	before := d.tickets("?limit=1")
	if before.Total < 20 || len(before.Items) != 1 {
		t.Errorf("the history has %d enquiries", before.Total)
	}
	res, err := d.client.PostForm(d.web+"/sign-in", url.Values{"email": {"priya.nair@" + demoDomain}, "password": {demoStaffPw}})
	must(t, err)
	_ = res.Body.Close()
	if code, body := d.get("/inbox"); code != http.StatusOK || !strings.Contains(body, "Priya Nair") {
		t.Errorf("the inbox of Priya: %d %s", code, words(body))
	}

	// A parent's mail program: send by SMTP, read the acknowledgement by IMAP.
	var family castCase
	for _, c := range demoCases()[9:] {
		if c.team == "North" && !c.restricted { // the token is the lead's of North
			family = c
		}
	}
	p := family.mainWriter()
	box := signInIMAP(t, d.imap, p.email)
	n := box.count(t)
	const subject = "A question about the saffron minibus"
	raw := fmt.Sprintf("Message-ID: <demo-test@mail.example>\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n\r\nWhen does it come?\r\n", p.email, family.mailbox(), subject)
	must(t, smtp.SendMail(d.smtp, nil, p.email, []string{family.mailbox()}, []byte(raw)))
	ack := box.next(t, n)
	if !strings.Contains(ack, "Auto-Submitted: auto-replied") || strings.Contains(ack, "saffron") {
		t.Errorf("the parent got:\n%s", ack)
	}
	var mine string
	for _, k := range d.tickets("?limit=200&sort=newest").Items {
		if k.Subject == subject {
			mine = k.Ref
		}
	}
	if mine == "" || !strings.Contains(ack, mine) {
		t.Errorf("the enquiry %q is not the one that was acknowledged:\n%s", mine, ack)
	}
	if code, body := d.get("/parents"); code != http.StatusOK || !strings.Contains(body, p.email) {
		t.Errorf("the parents' page: %d", code)
	}
	after := d.tickets("?limit=1").Total
	d.stop()

	// Again: the data is kept.
	d = startDemo(t, dir)
	if n := d.tickets("?limit=1").Total; n != after || n != before.Total+1 {
		t.Errorf("%d enquiries after the second start, %d before it", n, after)
	}
	if strings.Contains(d.out.String(), "Loading") {
		t.Error("the second start loaded the history again")
	}
	if code, body := d.get("/healthz"); code != http.StatusOK {
		t.Errorf("health after the second start %d: %s", code, body)
	}
}

// TestDemoRefuses what could reach or destroy something real.
func TestDemoRefuses(t *testing.T) {
	taken := t.TempDir()
	must(t, os.WriteFile(filepath.Join(taken, "hearback.db"), []byte("of a real council"), 0o600))
	marked := t.TempDir()
	must(t, os.WriteFile(filepath.Join(marked, demoMark), []byte(`{"council":"Another Council","loaded":true}`), 0o600))
	free := []string{"-listen", "127.0.0.1:0", "-imap", "127.0.0.1:0", "-smtp", "127.0.0.1:0"}
	for name, args := range map[string][]string{
		"all addresses":           {"-listen", ":8080"},
		"any address":             {"-listen", "0.0.0.0:8080"},
		"IPv6":                    {"-listen", "[::]:8080"},
		"IMAP beyond":             {"-imap", "192.0.2.1:1143"},
		"SMTP beyond":             {"-smtp", "0.0.0.0:1025"},
		"a name":                  {"-smtp", "mail.westmarsh.example:25"},
		"somebody's data":         append([]string{"-data", taken}, free...),
		"reset somebody's data":   append([]string{"-data", taken, "-reset"}, free...),
		"another demonstration":   append([]string{"-data", marked}, free...),
		"reset of another's":      append([]string{"-data", marked, "-reset"}, free...),
		"a setting that is not":   {"-lissten", "127.0.0.1:0"},
		"an address without port": {"-listen", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			if args[0] != "-data" {
				args = append(args, "-data", filepath.Join(t.TempDir(), "demo"))
			}
			var out book
			out.news = newBell()
			ctx, cancel := context.WithCancel(context.Background())
			cancel() // should it begin, it ends at once
			err := run(ctx, append([]string{"demo"}, args...), strings.NewReader(""), &out, &out)
			if code := exitCode(err, &out); code != 2 {
				t.Errorf("exit code %d, %v", code, err)
			}
		})
	}
	for _, file := range []string{filepath.Join(taken, "hearback.db"), filepath.Join(marked, demoMark)} {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("a refused start touched %v", err)
		}
	}
}

// mailProgram is a signed-in IMAP client.
type mailProgram struct {
	c    *imapclient.Client
	news chan struct{}
}

func signInIMAP(t *testing.T, addr, user string) *mailProgram {
	t.Helper()
	m := &mailProgram{news: make(chan struct{}, 100)}
	c, err := imapclient.DialInsecure(addr, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) {
			select {
			case m.news <- struct{}{}:
			default:
			}
		},
	}})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Login(user, "not the password").Wait(); err == nil {
		t.Fatal("any password signs in")
	}
	must(t, c.Login(user, demoPassword).Wait())
	m.c = c
	return m
}

func (m *mailProgram) count(t *testing.T) uint32 {
	t.Helper()
	box, err := m.c.Select("INBOX", nil).Wait()
	must(t, err)
	return box.NumMessages
}

// next waits for the mail behind the first n, by IDLE, and reads it.
func (m *mailProgram) next(t *testing.T, n uint32) string {
	t.Helper()
	for m.count(t) <= n {
		idle, err := m.c.Idle()
		must(t, err)
		<-m.news
		must(t, idle.Close())
		must(t, idle.Wait())
	}
	body := &imap.FetchItemBodySection{Peek: true}
	got, err := m.c.Fetch(imap.SeqSetNum(n+1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	must(t, err)
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	return string(got[0].FindBodySection(body))
}
