package web_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/web"
	"hearback/web/oidc"
	"hearback/web/session"
	"hearback/web/view"
)

// tuesday is a working day, 12:00 in London.
func tuesday() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

const (
	senBox = "sen@westmarsh.example"
	tessa  = "tessa.brandt@mail.example"
	// hostile stands in every field that a stranger, or the register, can fill.
	hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`
)

// pages is a council with a real store, behind the router.
type pages struct {
	t       *testing.T
	db      *store.DB
	desk    *tickets.Desk
	srv     http.Handler
	now     time.Time
	uid     uint32
	mode    tickets.Mode
	states  []web.MailboxState
	verdict guard.Verdict
	judge   func(web.ReviewRequest) guard.Verdict // instead of verdict, when set
	demo    *outside
	council *oidc.Provider // nil: none
	mail    *swapMail
	retried func(raw []byte) *tickets.Inbound // how a retried mail reads; nil: it does not

	box                                      tickets.Mailbox
	north, south                             register.Team
	staff                                    map[access.Role]register.Staff
	deanStaff, southLead                     register.Staff
	milo, leo, sealed                        register.Case
	mother, father, aunt, leosMother, school register.Person
}

func newPages(t *testing.T, change ...func(*web.Deps)) *pages {
	t.Helper()
	gin.SetMode(gin.TestMode)
	ctx := t.Context()
	db, err := store.Open(ctx, store.Options{Engine: store.SQLite, Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &pages{t: t, db: db, now: tuesday(), mode: tickets.ModeSend, staff: map[access.Role]register.Staff{}, demo: newOutside(), mail: &swapMail{plainMail{}}}
	s := tickets.DefaultSettings()
	s.HighRiskHold = 0 // tests of its own: tickets/risk_test.go
	s.CouncilName, s.TeamPhone, s.EmergencyDuty, s.SENDIASSPhone = "Westmarsh Council", "01234 000100", "01234 000111", "01234 000222"
	s.BaseURL, s.Mode, s.GoLive = "https://hearback.westmarsh.example", tickets.ModeSend, p.now.AddDate(0, 0, -60)
	s.StaffDomains = []string{"westmarsh.example"}
	p.desk, err = tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	p.must(err)
	p.seed()
	p.states = []web.MailboxState{{Mailbox: p.box, Folder: "INBOX", OK: true, LastGood: p.now}}
	deps := web.Deps{
		Store: db, Desk: p.desk, Review: p, Mail: p.mail, Files: deskFiles{p}, Sessions: p.sessions(),
		Verify:    func(_ context.Context, password, hash string) (bool, error) { return password == hash, nil },
		SignIn:    p.signIn(),
		Retry:     p.retry,
		Mailboxes: func(context.Context) []web.MailboxState { return p.states },
		Health:    func(context.Context) web.Health { return web.Health{} },
		Mode:      func() tickets.Mode { return p.mode },
		Hold:      time.Minute, Events: web.NewEvents(), Demo: p.demo,
		Council: view.Council{Name: "Westmarsh Council", Mark: "WM", Help: "01234 000000"}, Phone: "01234 000100",
		Now: func(context.Context) (time.Time, error) { return p.now, nil },
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&deps)
	}
	srv, err := web.New(deps)
	p.must(err)
	r := gin.New()
	srv.Register(r)
	p.srv = srv.Wrap(r)
	return p
}

// sessions are kept as the program keeps them.
func (p *pages) sessions() *scs.SessionManager {
	m := scs.New()
	m.Store, m.HashTokenInStore, m.IdleTimeout = p.db.Sessions(), true, time.Hour
	return m
}

// signIn is by password, and an app for who has set one up.
func (p *pages) signIn() web.SignIn {
	vault, err := session.NewVault()
	p.must(err)
	return web.SignIn{Vault: vault, Hash: func(_ context.Context, password string) (string, error) { return password, nil }, Council: p.council}
}

func (p *pages) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// Review is the guard of the pages: what the test says.
func (p *pages) Review(_ context.Context, _ access.Actor, q web.ReviewRequest) (web.Review, error) {
	if p.judge != nil {
		return web.Review{Verdict: p.judge(q), Digest: "d1"}, nil
	}
	return web.Review{Verdict: p.verdict, Digest: "d1"}, nil
}

// Copies are letters as the composer would make them, in the least words.
func (p *pages) Copies(ctx context.Context, a access.Actor, r web.ReviewRequest) ([]web.Copy, error) {
	claim, err := p.desk.Draft(ctx, a, r.Reply, r.Now)
	if err != nil {
		return nil, err
	}
	var out []web.Copy
	for _, d := range claim.Letter.Deliveries {
		text := claim.Letter.Body
		if claim.Letter.QuoteAnswer && claim.Answers != nil {
			text += "\n\n> " + claim.Answers.ReplyText
		}
		out = append(out, web.Copy{PersonID: d.PersonID, Name: d.Name, To: d.Email, Letter: tickets.Inbound{
			From: tickets.MailAddress{Name: "SEN team", Email: "sen@westmarsh.example"}, Subject: claim.Letter.Subject, Text: text,
		}})
	}
	return out, nil
}

// retry reads the raw mail of a ledger line again, as the reader of a mailbox does.
func (p *pages) retry(ctx context.Context, id int64) (tickets.IntakeResult, error) {
	e, err := p.db.LedgerEntry(ctx, id)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	raw, err := p.db.Raw(ctx, e.RawID)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	prepared, err := p.db.PrepareRaw(ctx, raw)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	r := tickets.Received{
		MailboxID: e.MailboxID, Folder: e.Folder, UIDValidity: e.UIDValidity, UID: e.UID, ReceivedAt: e.ReceivedAt, Raw: prepared, Retry: true,
		QuarantineReason: "The mail ends in the middle of a header.",
	}
	if p.retried != nil {
		r.Mail = p.retried(raw)
	}
	res, err := p.desk.Intake(ctx, []tickets.Received{r}, p.now)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	return res[0], nil
}

// swapMail is a reader that a test may change.
type swapMail struct{ web.MailReader }

// plainMail reads a raw mail for display, for tests.
type plainMail struct{}

func (plainMail) SafeHTML(raw []byte) (string, bool) { return "<p>laid out</p>", len(raw) > 0 }

func (plainMail) Part([]byte, string) (io.Reader, tickets.Part, error) {
	return strings.NewReader("x"), tickets.Part{Name: "x.txt"}, nil
}

func (plainMail) Headers(raw []byte) string { return "X-Test: " + string(raw) }

func (p *pages) seed() {
	ctx := p.t.Context()
	p.must(p.db.Write(ctx, func(tx tickets.Tx) error {
		p.north, p.south = register.Team{Name: "North"}, register.Team{Name: "South"}
		p.must(tx.InsertTeam(ctx, &p.north))
		p.must(tx.InsertTeam(ctx, &p.south))
		account := func(name string, role access.Role, team int64) register.Staff {
			s := register.Staff{
				Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@westmarsh.example", Role: string(role), TeamID: team,
				PasswordHash: "open sesame", Active: true, CreatedAt: p.now,
			}
			p.must(tx.InsertStaff(ctx, &s))
			return s
		}
		for i, role := range access.Roles() {
			p.staff[role] = account("Staff "+string(rune('A'+i))+"name", role, p.north.ID)
		}
		p.deanStaff = account("Dean Foss", access.RoleOfficer, p.north.ID)
		p.southLead = account("Grace Obi", access.RoleLead, p.south.ID)
		p.north.LeadID, p.south.LeadID = p.staff[access.RoleLead].ID, p.southLead.ID
		p.must(tx.UpdateTeam(ctx, &p.north))
		p.must(tx.UpdateTeam(ctx, &p.south))
		p.box = tickets.Mailbox{Name: "sen", Address: senBox, TeamID: p.north.ID}
		p.must(tx.UpsertMailbox(ctx, &p.box))

		child := func(ref, name string, team int64, restricted bool) register.Case {
			c := register.Case{
				Ref: ref, ChildName: name, DOB: "2019-05-02", School: "Hartfield Primary", Stage: "Draft plan", TeamID: team, OfficerID: p.deanStaff.ID,
				FallbackID: p.north.LeadID, Open: true, Restricted: restricted, CreatedAt: p.now,
			}
			if team == p.south.ID {
				c.OfficerID, c.FallbackID = p.southLead.ID, p.southLead.ID
			}
			p.must(tx.InsertCase(ctx, &c))
			return c
		}
		p.milo = child("WM-2201", "Milo Brandt", p.north.ID, false)
		p.leo = child("WM-2202", "Leo Osei", p.north.ID, false)
		p.sealed = child("WM-2303", "Sia Secretname", p.south.ID, true)
		person := func(name, email string, kind register.PersonKind, l register.Link) register.Person {
			x := register.Person{Name: name, Kind: kind, CreatedAt: p.now}
			p.must(tx.InsertPerson(ctx, &x))
			p.must(tx.InsertAddress(ctx, &register.Address{PersonID: x.ID, Email: email, Mailbox: register.FoldMailbox(email), CreatedAt: p.now}))
			p.must(tx.InsertPhone(ctx, &register.Phone{PersonID: x.ID, Number: fmt.Sprintf("01234 000%03d", 100+x.ID), Digits: fmt.Sprintf("01234000%03d", 100+x.ID)}))
			l.PersonID = x.ID
			p.must(tx.InsertLink(ctx, &l))
			return x
		}
		p.mother = person("Tessa Brandt", tessa, register.KindParent, register.Link{CaseID: p.milo.ID, Relation: "mother", PR: register.PRYes, PRCheckedOn: "2026-09-03", MayBeTold: "all", AddressHidden: true})
		p.father = person("Rob Brandt", "rob@post.example", register.KindParent, register.Link{CaseID: p.milo.ID, Relation: "father", PR: register.PRYes, MayBeTold: "all, not the address"})
		p.aunt = person("Kay Doyle "+hostile, "kay@post.example", register.KindOther, register.Link{CaseID: p.milo.ID, Relation: "aunt", PR: register.PRNo, NoContact: true, MayBeTold: "nothing"})
		p.school = person("Beth Okoye", "senco@hartfield.example", register.KindSchool, register.Link{CaseID: p.milo.ID, Relation: "school", PR: register.PRNo, MayBeTold: "school matters only"})
		p.leosMother = person("Ada Osei", "ada.osei@mail.example", register.KindParent, register.Link{CaseID: p.leo.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"})
		person("Una Secretname", "una@mail.example", register.KindParent, register.Link{CaseID: p.sealed.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"})
		return nil
	}))
}

// arrives takes a mail in and gives what became of it.
func (p *pages) arrives(in *tickets.Inbound) tickets.IntakeResult {
	p.t.Helper()
	return p.arrivesIn("INBOX", tickets.FolderInbox, in)
}

// arrivesIn does the same for a folder.
func (p *pages) arrivesIn(folder string, kind tickets.FolderKind, in *tickets.Inbound) tickets.IntakeResult {
	p.t.Helper()
	p.uid++
	if in != nil {
		if in.MessageID == "" {
			in.MessageID = fmt.Sprintf("m%d@mail.example", p.uid)
		}
		if in.Kind == "" {
			in.Kind = tickets.KindHuman
		}
		if in.ReplyText == "" {
			in.ReplyText = in.Text
		}
		sum := sha256.Sum256([]byte(in.MessageID + in.Text))
		in.ContentHash = hex.EncodeToString(sum[:])
	}
	raw, err := p.db.PrepareRaw(p.t.Context(), fmt.Appendf(nil, "raw mail %d", p.uid))
	p.must(err)
	res, err := p.desk.Intake(p.t.Context(), []tickets.Received{{
		MailboxID: p.box.ID, Folder: folder, FolderKind: kind, UIDValidity: 7, UID: p.uid, ReceivedAt: p.now, Raw: raw, Mail: in,
		QuarantineReason: "The mail ends in the middle of a header.",
	}}, p.now)
	p.must(err)
	return res[0]
}

// fromTessa is an enquiry on Milo's case.
func (p *pages) fromTessa(subject string) tickets.IntakeResult {
	p.t.Helper()
	r := p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Name: "Tessa Brandt", Email: tessa}, To: []tickets.MailAddress{{Email: senBox}},
		Subject: subject, Text: "When will the draft plan come?",
	})
	if r.TicketRef == "" {
		p.t.Fatalf("no enquiry: %+v", r)
	}
	return r
}

// stranger writes from an address that nobody has recorded.
func (p *pages) stranger(name, subject, text string) tickets.IntakeResult {
	p.t.Helper()
	return p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Name: name, Email: "new.person@other.example"}, To: []tickets.MailAddress{{Email: senBox}}, Subject: subject, Text: text,
	})
}

func actorOf(s register.Staff) access.Actor {
	return access.Actor{StaffID: s.ID, Name: s.Name, Role: access.Role(s.Role), TeamIDs: []int64{s.TeamID}}
}

// browser is one person at a screen.
type browser struct {
	p      *pages
	cookie string
	header http.Header // of every request besides
}

// as signs a member of staff in.
func (p *pages) as(s register.Staff) *browser {
	p.t.Helper()
	b := &browser{p: p}
	res := b.post("/sign-in", url.Values{"email": {s.Email}, "password": {"open sesame"}})
	if res.Code != http.StatusSeeOther {
		p.t.Fatalf("sign-in of %s: %d", s.Name, res.Code)
	}
	return b
}

func (p *pages) role(r access.Role) *browser { p.t.Helper(); return p.as(p.staff[r]) }

func (b *browser) get(path string) *httptest.ResponseRecorder { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	return b.do(http.MethodPost, path, form)
}

func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.p.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, path, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	rec := httptest.NewRecorder()
	b.p.srv.ServeHTTP(rec, req)
	for _, c := range rec.Result().Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	if strings.Contains(rec.Body.String(), "<script>alert") || strings.Contains(rec.Body.String(), "<img src=x") {
		b.p.t.Errorf("%s %s: a script of the sender's is in the page", method, path)
	}
	return rec
}

// ok asks that a page is there and holds every text.
func (b *browser) ok(path string, texts ...string) string {
	b.p.t.Helper()
	rec := b.get(path)
	if rec.Code != http.StatusOK {
		b.p.t.Fatalf("GET %s: %d\n%s", path, rec.Code, rec.Body.String())
	}
	body := rec.Body.String()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			b.p.t.Errorf("GET %s: %q is not in the page", path, text)
		}
	}
	return body
}

// sends posts a form and asks for its status; it gives the answer.
func (b *browser) sends(path string, form url.Values, want int) *httptest.ResponseRecorder {
	b.p.t.Helper()
	rec := b.post(path, form)
	if rec.Code != want {
		b.p.t.Fatalf("POST %s: %d, want %d\n%s", path, rec.Code, want, rec.Body.String())
	}
	return rec
}

// outside is the demonstration's world, for tests.
type outside struct {
	boxes []web.DemoBox
	mail  map[string][]web.DemoMessage
	sent  [][5]string
}

func newOutside() *outside {
	return &outside{
		boxes: []web.DemoBox{{Key: "b1", Address: tessa, Name: "Tessa Brandt", Role: "mother", Count: 1}, {Key: "b2", Address: "rob@post.example", Name: "Rob Brandt"}},
		mail: map[string][]web.DemoMessage{"b1": {{
			ID: "m1", From: "Westmarsh <" + senBox + ">", To: tessa, Subject: "[SEN-104001] We have your email " + hostile, Text: "Thank you. " + hostile, At: tuesday(),
		}}},
	}
}

func (o *outside) Boxes(context.Context) ([]web.DemoBox, error) { return o.boxes, nil }

func (o *outside) Mail(_ context.Context, key string) ([]web.DemoMessage, error) {
	return o.mail[key], nil
}

func (o *outside) Write(_ context.Context, from, to, subject, text, answers string) error {
	o.sent = append(o.sent, [5]string{from, to, subject, text, answers})
	return nil
}
