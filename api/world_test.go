package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"hearback/api"
	"hearback/mailbox/outbound"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

const (
	sen   = "sen@westmarsh.example"
	tessa = "tessa.brandt@mail.example"
	una   = "una@mail.example"
)

// tuesday is a working day, 12:00 in London.
func tuesday() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// world is a council with a real store, a real desk and the real guard, behind
// the API. Nothing in it can send: no dispatcher runs.
type world struct {
	t      *testing.T
	db     *store.DB
	desk   *tickets.Desk
	guard  *outbound.Dispatcher
	srv    http.Handler
	log    *lockedBuffer
	mu     sync.Mutex
	at     time.Time
	uid    uint32
	woken  int
	states []api.MailboxHealth
	broken error  // what the review answers instead
	panics string // what the review panics with instead

	box                       tickets.Mailbox
	north, south              register.Team
	staff                     map[access.Role]register.Staff // all of the North team
	priya, southLead          register.Staff
	milo, leo, sealed, closed register.Case // closed to Priya: of her team, restricted, Dean's
	mother, father, gran      register.Person
	aunt, hidden, stepmum     register.Person
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	gin.SetMode(gin.TestMode)
	w := &world{t: t, db: storetest.SQLite(t), at: tuesday(), log: &lockedBuffer{}, staff: map[access.Role]register.Staff{}}
	s := tickets.DefaultSettings()
	s.HighRiskHold = 0 // tests of its own: tickets/risk_test.go
	s.CouncilName, s.TeamPhone, s.EmergencyDuty, s.SENDIASSPhone = "Westmarsh Council", "01234 000100", "01234 000111", "01234 000222"
	s.BaseURL, s.Mode, s.GoLive = "https://hearback.westmarsh.example", tickets.ModeSend, w.at.AddDate(0, 0, -60)
	s.StaffDomains = []string{"westmarsh.example"}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.desk, err = tickets.NewDesk(tickets.Deps{
		Store: w.db, Outbox: w.db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	w.must(err)
	w.guard, err = outbound.New(outbound.Config{
		Mode: tickets.ModeSend, Holder: "test", Hello: "localhost",
		Routes: []outbound.Route{{Address: sen, Name: "Westmarsh Council", PlusAddressing: true, Host: "127.0.0.1", Port: 9, TLS: "none"}},
	}, w.db, w.desk, log)
	w.must(err)
	t.Cleanup(w.guard.Close)
	w.seed()
	w.states = []api.MailboxHealth{{Name: "sen", Address: sen, Folder: "INBOX", Problem: "The server refuses the password."}}
	r := gin.New()
	r.RedirectTrailingSlash = false
	w.must(r.SetTrustedProxies(nil))
	api.Register(r, api.Deps{
		Store: w.db, Desk: w.desk, Review: w, Actor: w.actorByToken, Wake: func() { w.woken++ }, Log: log, Version: "test",
		Mailboxes: func(context.Context, access.Actor) ([]api.MailboxHealth, error) { return w.states, nil },
		Now:       func(context.Context) (time.Time, error) { return w.now(), nil },
	})
	w.srv = r
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// Review asks the guard, as the program does.
func (w *world) Review(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) (api.Review, error) {
	if w.panics != "" {
		panic(w.panics)
	}
	if w.broken != nil {
		return api.Review{}, w.broken
	}
	claim, err := w.desk.Draft(ctx, a, r, now)
	if err != nil {
		return api.Review{}, err
	}
	v, digest, err := w.guard.Review(ctx, claim, now)
	return api.Review{Verdict: v, Digest: digest}, err
}

// Copies are the letters that the guard was asked about.
func (w *world) Copies(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) ([]api.Copy, error) {
	claim, err := w.desk.Draft(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	var out []api.Copy
	for _, d := range claim.Letter.Deliveries {
		out = append(out, api.Copy{Person: d.PersonID, Name: d.Name, Subject: claim.Letter.Subject, Text: claim.Letter.Body})
	}
	return out, nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (w *world) actorByToken(ctx context.Context, token string) (access.Actor, error) {
	return w.db.ActorByTokenHash(ctx, hash(token), w.now())
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) seed() {
	ctx := w.t.Context()
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		w.north, w.south = register.Team{Name: "North"}, register.Team{Name: "South"}
		w.must(tx.InsertTeam(ctx, &w.north))
		w.must(tx.InsertTeam(ctx, &w.south))
		account := func(name string, role access.Role, team int64) register.Staff {
			email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@westmarsh.example"
			s := register.Staff{Name: name, Email: email, Mailbox: register.FoldMailbox(email), Role: string(role), TeamID: team, Active: true, CreatedAt: w.at}
			w.must(tx.InsertStaff(ctx, &s))
			return s
		}
		for i, role := range access.Roles() {
			w.staff[role] = account("Staff "+string(rune('A'+i))+"name", role, w.north.ID)
		}
		w.priya = account("Priya Nair", access.RoleOfficer, w.north.ID)
		w.southLead = account("Grace Obi", access.RoleLead, w.south.ID)
		w.north.LeadID, w.south.LeadID = w.staff[access.RoleLead].ID, w.southLead.ID
		w.must(tx.UpdateTeam(ctx, &w.north))
		w.must(tx.UpdateTeam(ctx, &w.south))
		w.box = tickets.Mailbox{Name: "sen", Address: sen, TeamID: w.north.ID}
		w.must(tx.UpsertMailbox(ctx, &w.box))
		child := func(ref, name string, team register.Team, officer register.Staff, restricted bool) register.Case {
			c := register.Case{
				Ref: ref, ChildName: name, DOB: "2019-05-02", School: "Hartfield Primary", Stage: "Draft plan", TeamID: team.ID, OfficerID: officer.ID,
				FallbackID: team.LeadID, Open: true, Restricted: restricted, CreatedAt: w.at,
			}
			w.must(tx.InsertCase(ctx, &c))
			return c
		}
		officer := w.staff[access.RoleOfficer]
		w.milo = child("WM-2201", "Milo Brandt", w.north, w.priya, false)
		w.leo = child("WM-2202", "Leo Osei", w.north, w.priya, false)
		w.sealed = child("WM-2303", "Sia Secretname", w.south, w.southLead, true)
		w.closed = child("WM-2404", "Tom Closedname", w.north, officer, true)
		person := func(name, email string, confidential bool, l register.Link) register.Person {
			p := register.Person{Name: name, Kind: register.KindParent, CreatedAt: w.at}
			w.must(tx.InsertPerson(ctx, &p))
			w.must(tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: register.FoldMailbox(email), Confidential: confidential, CreatedAt: w.at}))
			l.PersonID = p.ID
			w.must(tx.InsertLink(ctx, &l))
			return p
		}
		w.mother = person("Tessa Brandt", tessa, false, register.Link{CaseID: w.milo.ID, Relation: "mother", PR: register.PRYes, PRCheckedOn: "2026-09-03", MayBeTold: "all"})
		w.father = person("Rob Brandt", "rob@post.example", true, register.Link{CaseID: w.milo.ID, Relation: "father", PR: register.PRYes, MayBeTold: "all", AddressHidden: true})
		w.gran = person("Jo Brandt", "jo@post.example", false, register.Link{CaseID: w.milo.ID, Relation: "grandmother", PR: register.PRYes, MayBeTold: "all"})
		w.aunt = person("Kay Doyle", "kay@post.example", false, register.Link{CaseID: w.milo.ID, Relation: "aunt", PR: register.PRNo, NoContact: true, MayBeTold: "nothing"})
		person("Ada Osei", "ada.osei@mail.example", false, register.Link{CaseID: w.leo.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"})
		w.hidden = person("Una Secretname", una, false, register.Link{CaseID: w.sealed.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"})
		w.stepmum = person("Wen Closedname", "wen@mail.example", false, register.Link{CaseID: w.closed.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"})
		return tx.SetStaffDomains(ctx, []string{"westmarsh.example"})
	}))
}

// arrives takes a mail in and gives the reference of its enquiry.
func (w *world) arrives(name, email, subject, text string) string {
	w.t.Helper()
	w.uid++
	in := &tickets.Inbound{
		MessageID: fmt.Sprintf("m%d@mail.example", w.uid), From: tickets.MailAddress{Name: name, Email: email}, To: []tickets.MailAddress{{Email: sen}},
		Subject: subject, Text: text, ReplyText: text, Kind: tickets.KindHuman,
	}
	sum := sha256.Sum256([]byte(in.MessageID + in.Text))
	in.ContentHash = hex.EncodeToString(sum[:])
	raw, err := w.db.PrepareRaw(w.t.Context(), fmt.Appendf(nil, "raw mail %d", w.uid))
	w.must(err)
	res, err := w.desk.Intake(w.t.Context(), []tickets.Received{{
		MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: 7, UID: w.uid, ReceivedAt: w.now(), Raw: raw, Mail: in,
	}}, w.now())
	w.must(err)
	if res[0].Err != nil || res[0].TicketRef == "" {
		w.t.Fatalf("no enquiry: %+v", res[0])
	}
	return res[0].TicketRef
}

func (w *world) fromTessa(subject string) string {
	w.t.Helper()
	return w.arrives("Tessa Brandt", tessa, subject, "When will the draft plan come?")
}

// letters are the replies on an enquiry, in any state.
func (w *world) letters(ref string) []tickets.Outgoing {
	w.t.Helper()
	sys := access.System("test")
	v, err := w.db.Ticket(w.t.Context(), sys, ref)
	w.must(err)
	list, err := w.db.Outbox(w.t.Context(), sys, tickets.OutboxQuery{TicketID: v.ID, Limit: 200})
	w.must(err)
	var out []tickets.Outgoing
	for _, o := range list {
		if o.Purpose == tickets.PurposeReply {
			out = append(out, o)
		}
	}
	return out
}

// client is a program with a token.
type client struct {
	w     *world
	token string
	host  string
}

// as makes a token for an account. No scopes are the whole role.
func (w *world) as(s register.Staff, scopes ...access.Permission) *client {
	w.t.Helper()
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	token := "hb_" + hex.EncodeToString(b)
	w.must(w.db.InsertToken(w.t.Context(), hash(token), s.ID, scopes, "test", time.Time{}))
	return &client{w: w, token: token}
}

func (w *world) role(r access.Role, scopes ...access.Permission) *client {
	w.t.Helper()
	return w.as(w.staff[r], scopes...)
}

// officer is Priya, whose cases Milo and Leo are.
func (w *world) officer(scopes ...access.Permission) *client {
	w.t.Helper()
	return w.as(w.priya, scopes...)
}

// raw sends a request as it stands.
func (c *client) raw(method, path, contentType string, body io.Reader) *httptest.ResponseRecorder {
	c.w.t.Helper()
	req := httptest.NewRequest(method, "/api/v1"+path, body)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.host != "" {
		req.RemoteAddr = c.host + ":40000"
	}
	rec := httptest.NewRecorder()
	c.w.srv.ServeHTTP(rec, req)
	return rec
}

// asks sends JSON and wants a status.
func (c *client) asks(method, path string, in any, want int) *httptest.ResponseRecorder {
	c.w.t.Helper()
	body, contentType := io.Reader(nil), ""
	if in != nil {
		b, err := json.Marshal(in)
		c.w.must(err)
		body, contentType = bytes.NewReader(b), "application/json"
	}
	rec := c.raw(method, path, contentType, body)
	if rec.Code != want {
		c.w.t.Fatalf("%s %s: %d, want %d\n%s", method, path, rec.Code, want, rec.Body)
	}
	if want >= 400 {
		c.w.isProblem(rec)
	}
	return rec
}

// isProblem asks that an answer is a refusal in the form of RFC 9457.
func (w *world) isProblem(rec *httptest.ResponseRecorder) (detail string) {
	w.t.Helper()
	var p struct {
		Title, Detail string
		Status        int
	}
	if ct := rec.Header().Get("Content-Type"); ct != "application/problem+json" {
		w.t.Errorf("a refusal as %q", ct)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Status != rec.Code || p.Title == "" || p.Detail == "" {
		w.t.Errorf("no problem details: %v, %s", err, rec.Body)
	}
	return p.Detail
}

func (c *client) get(path string, out any) string {
	c.w.t.Helper()
	rec := c.asks(http.MethodGet, path, nil, http.StatusOK)
	if ct := rec.Header().Get("Content-Type"); ct != "application/json" {
		c.w.t.Errorf("GET %s: %q", path, ct)
	}
	if out != nil {
		c.w.must(json.Unmarshal(rec.Body.Bytes(), out))
	}
	return rec.Body.String()
}

// post sends a body and reads the answer.
func (c *client) post(path string, in, out any, want int) *httptest.ResponseRecorder {
	c.w.t.Helper()
	rec := c.asks(http.MethodPost, path, in, want)
	if out != nil {
		c.w.must(json.Unmarshal(rec.Body.Bytes(), out))
	}
	return rec
}

// m is a JSON object.
type m = map[string]any

// lacks asks that none of the words is in a text.
func lacks(t *testing.T, where, text string, words ...string) {
	t.Helper()
	for _, x := range words {
		if strings.Contains(strings.ToLower(text), strings.ToLower(x)) {
			t.Errorf("%s: %q is in it:\n%s", where, x, text)
		}
	}
}

func has(t *testing.T, where, text string, words ...string) {
	t.Helper()
	for _, x := range words {
		if !strings.Contains(text, x) {
			t.Errorf("%s: %q is not in it:\n%s", where, x, text)
		}
	}
}
