package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// The tests of this file's world run the whole program as `serve` does: the
// configuration is read from a file, mail comes from a real Dovecot, letters go
// to a real SMTP server. Only the time of enquiries is the test's own: it
// stands still until a test moves it.

const (
	sen      = "sen@westmarsh.example"
	staffPw  = "a long pass phrase"
	apiToken = "hb_test-token-of-a-lead"
	patience = 60 * time.Second // until a wait that nothing ends fails the test
)

// tuesday is a working day in office hours, in a week without bank holidays. It
// is in the past, because Dovecot takes no mail from the future: such a date
// becomes the present one.
func tuesday() time.Time { return time.Date(2025, 11, 25, 10, 0, 0, 0, time.UTC) }

// bell wakes everybody who waits for something to happen.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

func newBell() *bell { return &bell{ch: make(chan struct{})} }

func (s *bell) bump() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ch)
	s.ch = make(chan struct{})
}

func (s *bell) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ch
}

// book keeps what is written to it; every line is a sign that something happened.
type book struct {
	mu   sync.Mutex
	b    bytes.Buffer
	news *bell
}

func (l *book) Write(p []byte) (int, error) {
	l.mu.Lock()
	n, err := l.b.Write(p)
	l.mu.Unlock()
	l.news.bump()
	return n, err
}

func (l *book) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// answer is what a request got.
type answer struct {
	method, path string
	status       int
	header       http.Header
	body         string
}

// house is one running hearback and the world around it.
type house struct {
	t       *testing.T
	cfg     Config
	dir     string
	app     *App
	base    string
	news    *bell
	log     *book
	sink    *mailtest.Sink
	dovecot *mailtest.DovecotServer
	user    string // of Dovecot: the shared inbox
	before  func(*App)

	mu      sync.Mutex
	at      time.Time
	answers []answer
	live    []string // names of live events, in order

	cancel context.CancelFunc
	ended  chan error

	team   register.Team
	staff  map[string]register.Staff
	people map[string]register.Person
	cases  map[string]register.Case
}

// plan says how a house differs from the usual one.
type plan struct {
	imapPort  int // instead of Dovecot's TLS port
	imapCA    string
	starttls  bool
	smtpPort  int // instead of a sink
	sink      mailtest.SinkOptions
	dovecot   *mailtest.DovecotServer // instead of the shared one
	user      string
	dsn       string // PostgreSQL
	mode      tickets.Mode
	ackHour   int
	maxMB     int
	freeMB    int
	start     time.Time
	text      func(string) string // changes the file of the configuration
	change    func(*Config)
	app       func(*App) // before anything of it runs
	noSeed    bool
	familiesN []mailtest.Family
}

// open starts hearback for a test and everything that it needs.
func open(t *testing.T, p plan) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), news: newBell(), at: p.start, before: p.app}
	h.empty()
	if h.at.IsZero() {
		h.at = tuesday()
	}
	h.log = &book{news: h.news}
	h.dovecot, h.user = p.dovecot, p.user
	if h.dovecot == nil {
		h.dovecot = mailtest.SharedDovecot(t)
	}
	if h.user == "" {
		h.user = h.dovecot.User()
	}
	script := p.sink.Script
	p.sink.Script = func(e mailtest.Event) mailtest.Action {
		defer h.news.bump()
		if script != nil {
			return script(e)
		}
		return mailtest.Action{}
	}
	h.sink = mailtest.SMTPSink(t, p.sink)
	h.cfg = h.configure(p)
	h.start()
	if !p.noSeed {
		h.seed(p.familiesN)
	}
	return h
}

func (h *house) empty() {
	h.staff, h.people, h.cases = map[string]register.Staff{}, map[string]register.Person{}, map[string]register.Case{}
}

// configure writes the configuration to a file and reads it as serve does.
func (h *house) configure(p plan) Config {
	h.t.Helper()
	secrets := filepath.Join(h.dir, "password")
	must(h.t, os.WriteFile(secrets, []byte(mailtest.Password+"\n"), 0o600))
	imapTLS, imapAddr, ca := "tls", h.dovecot.AddrTLS(), h.dovecot.CAFile()
	if p.starttls {
		imapTLS, imapAddr = "starttls", h.dovecot.Addr()
	}
	_, imapPort := hostPort(imapAddr)
	if p.imapPort != 0 {
		imapPort, ca = p.imapPort, p.imapCA
	}
	smtpTLS := map[mailtest.TLSMode]string{mailtest.NoTLS: "none", mailtest.StartTLS: "starttls", mailtest.ImplicitTLS: "tls"}[p.sink.TLS]
	smtpPort, smtpCA := p.smtpPort, ""
	if h.sink != nil {
		_, smtpPort = hostPort(h.sink.Addr())
		smtpCA = h.sink.CAFile()
	}
	smtp := fmt.Sprintf("{host: 127.0.0.1, port: %d, tls: %s", smtpPort, smtpTLS)
	if smtpCA != "" {
		smtp += ", ca_file: " + smtpCA
	}
	if len(p.sink.Users) > 0 {
		smtp += ", username: sen, password_file: " + secrets
	}
	smtp += "}"
	database := "{engine: sqlite}"
	if p.dsn != "" {
		file := filepath.Join(h.dir, "dsn")
		must(h.t, os.WriteFile(file, []byte(p.dsn), 0o600))
		database = "{engine: postgres, dsn_file: " + file + "}"
	}
	ack, mb, free := max(p.ackHour, 1), max(p.maxMB, 1), max(p.freeMB, 10)
	if p.ackHour == 0 {
		ack = 100000
	}
	mode := p.mode
	if mode == "" {
		mode = tickets.ModeSend
	}
	text := fmt.Sprintf(`council:
  name: Westmarsh Council
  team_phone: 01234 000000
  emergency_duty_phone: 01234 000111
  sendiass_name: Westmarsh SENDIASS
  sendiass_phone: 01234 000222
data_dir: %s
database: %s
http: {listen: "127.0.0.1:0", base_url: "http://127.0.0.1:8080"}
mailboxes:
  - name: sen
    address: %s
    team: North
    plus_addressing: true
    imap: {host: 127.0.0.1, port: %d, tls: %s, ca_file: %s, username: %s, password_file: %s, poll: 10m}
    smtp: %s
outbound: {mode: %s, hold: 60s, go_live: "2025-06-01"}
intake: {max_message_mb: %d, acknowledgements_per_hour: %d, free_disk_mb: %d}
staff_domains: [westmarsh.example]
sign_in: {totp: optional}
log: {level: debug, format: text}
`, filepath.Join(h.dir, "data"), database, sen, imapPort, imapTLS, ca, h.user, secrets, smtp, mode, mb, ack, free)
	if p.text != nil {
		text = p.text(text)
	}
	file := filepath.Join(h.dir, "hearback.yaml")
	must(h.t, os.WriteFile(file, []byte(text), 0o600))
	cfg, err := LoadConfig(file)
	if err != nil {
		h.t.Fatalf("the configuration: %v", err)
	}
	cfg.demoLoading = unsynced()
	if p.change != nil {
		p.change(&cfg)
	}
	return cfg
}

// unsynced reports that commits need not reach the disk: in tests that no power cut
// and no killed program is part of. Waiting for the disk was most of their time. The
// long tests and the figures wait for it, as the program does.
func unsynced() bool {
	return os.Getenv("HEARBACK_SOAK") == "" && os.Getenv("HEARBACK_BENCH") == ""
}

// start runs the program as `serve` does, and ends it with the test.
func (h *house) start() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	app, err := NewApp(ctx, h.cfg, newLogger(h.cfg.Log, h.log), func(a *App) {
		a.now = func(context.Context) (time.Time, error) { return h.now(), nil }
		if h.before != nil {
			h.before(a)
		}
	})
	if err != nil {
		cancel()
		h.t.Fatalf("starting: %v", err)
	}
	h.app, h.cancel, h.ended = app, cancel, make(chan error, 1)
	ready := make(chan string, 1)
	go func() { h.ended <- app.Serve(ctx, h.cfg.HTTP.Listen, func(addr string) { ready <- addr }) }()
	select {
	case addr := <-ready:
		h.base = "http://" + addr
	case err := <-h.ended:
		cancel()
		h.t.Fatalf("serving: %v", err)
	}
	h.t.Cleanup(h.stop)
}

// stop ends the program as Ctrl-C does. A second call does nothing.
func (h *house) stop() {
	if h.cancel == nil {
		return
	}
	h.cancel()
	h.cancel = nil
	if err := <-h.ended; err != nil {
		h.t.Errorf("serve ended with %v", err)
	}
	if err := h.app.Close(); err != nil {
		h.t.Errorf("closing: %v", err)
	}
	if h.t.Failed() {
		h.t.Logf("the program's log:\n%s", tail(h.log.String(), 60))
	}
}

func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

// later moves the time and tells the dispatcher, whose timers know only the real one.
func (h *house) later(d time.Duration) {
	h.mu.Lock()
	h.at = h.at.Add(d)
	h.mu.Unlock()
	h.app.wakeUp()
}

// sweep takes the steps that fell due, as the sweep loop does every 15 seconds.
func (h *house) sweep() int {
	h.t.Helper()
	n, err := h.app.sweepOnce(context.Background())
	must(h.t, err)
	h.app.wakeUp()
	return n
}

// until waits until ok holds. It is asked after everything that happens; when
// nothing more does, the test fails.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		changed := h.news.next()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			h.t.Fatalf("%s: it did not happen within %s", what, patience)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seed fills the register and has the lead look at live events.
func (h *house) seed(families []mailtest.Family) {
	h.t.Helper()
	h.fill(families)
	must(h.t, addToken(context.Background(), h.app.store, apiToken, h.staff["ola"].ID, "test", time.Now().AddDate(1, 0, 0)))
	go h.listen(h.signIn("ola"))
}

// fill puts a team with lead and officers, and families, on the register.
func (h *house) fill(families []mailtest.Family) {
	h.t.Helper()
	ctx := context.Background()
	hash, err := hashPassword(staffPw)
	must(h.t, err)
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		team, err := teamNamed(ctx, tx, "North")
		if err != nil {
			return err
		}
		for _, s := range []struct {
			key, name string
			role      access.Role
		}{
			{"ola", "Ola Reyes", access.RoleLead}, {"priya", "Priya Nair", access.RoleOfficer}, {"dean", "Dean Foss", access.RoleOfficer},
		} {
			row := register.Staff{
				Email: s.key + "@westmarsh.example", Mailbox: s.key + "@westmarsh.example", Name: s.name, Role: string(s.role),
				TeamID: team.ID, PasswordHash: hash, Active: true, CreatedAt: h.now(),
			}
			if err := tx.InsertStaff(ctx, &row); err != nil {
				return err
			}
			h.staff[s.key] = row
		}
		team.LeadID = h.staff["ola"].ID
		h.team = *team
		return tx.UpdateTeam(ctx, team)
	}))
	h.family("WM-2201", "Milo Okafor", "priya", "tessa@family.example", "Tessa Brandt")
	h.family("WM-2202", "Nia Farrow", "dean", "gwen@family.example", "Gwen Lloyd")
	for i, f := range families {
		h.family(fmt.Sprintf("WM-%d", 3000+i), f.Child+" "+f.Surname, "dean", f.Address, f.Name)
	}
}

// family puts a case with one parent on the register.
func (h *house) family(ref, child, officer, email, name string) {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		c := register.Case{
			Ref: ref, ChildName: child, DOB: "2016-03-04", School: "Hartfield Primary", Stage: "Plan in force", TeamID: h.team.ID,
			OfficerID: h.staff[officer].ID, FallbackID: h.staff["ola"].ID, Open: true, CreatedAt: h.now(),
		}
		if err := tx.InsertCase(ctx, &c); err != nil {
			return err
		}
		h.cases[ref] = c
		return nil
	}))
	h.relative(ref, "mother", email, name)
}

// relative puts a parent on a case and gives the person's id.
func (h *house) relative(ref string, relation register.Relation, email, name string) int64 {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		p := register.Person{Name: name, Kind: register.KindParent, CreatedAt: h.now()}
		if err := tx.InsertPerson(ctx, &p); err != nil {
			return err
		}
		verified := h.now()
		a := register.Address{PersonID: p.ID, Email: email, Mailbox: register.FoldMailbox(email), VerifiedAt: &verified, CreatedAt: h.now()}
		if err := tx.InsertAddress(ctx, &a); err != nil {
			return err
		}
		l := register.Link{
			CaseID: h.cases[ref].ID, PersonID: p.ID, Relation: relation, PR: register.PRYes,
			PRSource: "birth certificate seen", PRCheckedOn: "2025-01-06", MayBeTold: "all",
		}
		h.people[email] = p
		return tx.InsertLink(ctx, &l)
	}))
	return h.people[email].ID
}

// browser is somebody with a browser: cookies are kept, redirects are not followed.
type browser struct {
	h      *house
	client *http.Client
}

func (h *house) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signIn goes through the sign-in form.
func (h *house) signIn(who string) *browser {
	h.t.Helper()
	b := h.browser()
	b.get("/sign-in", http.StatusOK)
	a := b.post("/sign-in", url.Values{"email": {who + "@westmarsh.example"}, "password": {staffPw}}, http.StatusSeeOther)
	if a.header.Get("Location") == "/sign-in" {
		h.t.Fatalf("%s cannot sign in", who)
	}
	return b
}

func (b *browser) get(path string, want int) answer {
	b.h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.h.base+path, http.NoBody)
	must(b.h.t, err)
	return b.h.do(b.client, req, want)
}

func (b *browser) post(path string, form url.Values, want int) answer {
	b.h.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.h.base+path, strings.NewReader(form.Encode()))
	must(b.h.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.h.do(b.client, req, want)
}

// do sends a request and keeps the answer. want 0 takes any status.
func (h *house) do(client *http.Client, req *http.Request, want int) answer {
	h.t.Helper()
	res, err := client.Do(req)
	must(h.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	must(h.t, err)
	a := answer{req.Method, req.URL.RequestURI(), res.StatusCode, res.Header, string(body)}
	h.mu.Lock()
	h.answers = append(h.answers, a)
	h.mu.Unlock()
	if want != 0 && a.status != want {
		h.t.Fatalf("%s %s answered %d, want %d:\n%s", a.method, a.path, a.status, want, words(a.body))
	}
	return a
}

// api asks the API with the lead's token. in and out may be nil.
func (h *house) api(method, path string, in, out any, want int) answer {
	h.t.Helper()
	body := io.Reader(http.NoBody)
	if in != nil {
		b, err := json.Marshal(in)
		must(h.t, err)
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, h.base+"/api/v1"+path, body)
	must(h.t, err)
	req.Header.Set("Authorization", "Bearer "+apiToken)
	req.Header.Set("Content-Type", "application/json")
	a := h.do(http.DefaultClient, req, want)
	if out != nil && a.status < 300 {
		must(h.t, json.Unmarshal([]byte(a.body), out))
	}
	return a
}

// listen notes the live events that a browser gets, until the program ends.
func (h *house) listen(b *browser) {
	res, err := b.client.Get(b.h.base + "/events")
	if err != nil {
		return // the test ended first
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			h.mu.Lock()
			h.live = append(h.live, name)
			h.mu.Unlock()
			h.news.bump()
		}
	}
}

func (h *house) heard(event string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.live, event)
}

// form reads the fields of the form with this id as a browser would send them.
func form(t *testing.T, page, id string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	must(t, err)
	attr := func(n *html.Node, key string) string {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	has := func(n *html.Node, key string) bool {
		return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	}
	var found *html.Node
	values := url.Values{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && attr(n, "id") == id {
			found = n
		}
	}
	if found == nil {
		t.Fatalf("the page has no form %q:\n%s", id, words(page))
	}
	for n := range found.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if kind := attr(n, "type"); kind != "checkbox" && kind != "radio" || has(n, "checked") {
				values.Add(name, attr(n, "value"))
			}
		case "textarea":
			values.Add(name, text(n))
		case "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					values.Add(name, attr(o, "value"))
				}
			}
		}
	}
	return values
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// words is a page as a person reads it, for failures.
func words(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	s := strings.Join(strings.Fields(text(doc)), " ")
	return s[:min(len(s), 1500)]
}

// ticketNow is what the API says of an enquiry.
type ticketNow struct {
	Ref, State, Case, Owner, Subject, Category string
	Clock                                      *struct {
		State     string     `json:"state"`
		DueAt     time.Time  `json:"due_at"`
		StoppedAt *time.Time `json:"stopped_at"`
		StoppedBy string     `json:"stopped_by"`
	} `json:"clock"`
	Timeline []struct {
		Kind, Text, Purpose, Event string
		ID                         int64
		Who                        string
		MessageID                  string `json:"message_id"`
		MailKind                   string `json:"mail_kind"`
		HeldReason                 string `json:"held_reason"`
		Deliveries                 []struct {
			ID    int64
			State string
			Email string
		}
	}
}

func (h *house) ticket(ref string) ticketNow {
	h.t.Helper()
	var out ticketNow
	h.api(http.MethodGet, "/tickets/"+ref, nil, &out, http.StatusOK)
	return out
}

// only gives the reference of the one enquiry that came in from an address.
func (h *house) only(from string) string {
	h.t.Helper()
	var raw struct {
		Items []struct {
			Ref   string
			Email string `json:"from_email"`
		}
	}
	h.api(http.MethodGet, "/tickets?limit=200", nil, &raw, http.StatusOK)
	var refs []string
	for _, it := range raw.Items {
		if it.Email == from {
			refs = append(refs, it.Ref)
		}
	}
	if len(refs) != 1 {
		h.t.Fatalf("%s has %d enquiries: %v", from, len(refs), refs)
	}
	return refs[0]
}

// to gives the accepted mails for one recipient.
func (h *house) to(address string) []mailtest.Received {
	var out []mailtest.Received
	for _, m := range h.sink.Mails() {
		if slices.Contains(m.To, address) {
			out = append(out, m)
		}
	}
	return out
}

// health is the status and text of /healthz.
func (h *house) health() (int, string) {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, h.base+"/healthz", http.NoBody)
	must(h.t, err)
	a := h.do(http.DefaultClient, req, 0)
	return a.status, a.body
}

// letter makes a plain mail.
func letter(id, from, subject, body string, extra ...string) []byte {
	head := "Message-ID: <" + id + ">\r\nFrom: " + from + "\r\nTo: " + sen + "\r\nSubject: " + subject +
		"\r\nDate: Tue, 25 Nov 2025 09:59:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	for _, x := range extra {
		head += x + "\r\n"
	}
	return []byte(head + "\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n")
}

func id64(n int64) string { return strconv.FormatInt(n, 10) }
