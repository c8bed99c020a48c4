package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store/storetest"
)

// hall is the program as `serve` wires it, with everybody in it who could knock
// at a door: nothing runs, so nothing is read and nothing is sent.
type hall struct {
	t       *testing.T
	app     *App
	srv     *httptest.Server
	client  *http.Client
	cookies map[access.Role]string
	tokens  map[access.Role]string
	uid     uint32
	north   register.Team
	south   register.Team
	staff   map[access.Role]register.Staff // all of the North team
	grace   register.Staff                 // leads the South team
	wes     register.Staff                 // officer of the North team whose case is restricted
	own     things
	stray   string // an enquiry in triage that cites a conversation of a restricted case
	secrets []secret
	// What each role that writes to many families has written.
	mailings map[access.Role]things
}

// things are what the parameters of addresses can name.
type things struct {
	ref, caseRef, item, message, messageID, delivery, held, ledger string
	person, restriction, grant                                     string
	mailing, letter                                                string
	team, user                                                     string // no secrets: who runs them runs all of them
}

// secret is what some roles may not know, and the words that would give it away.
type secret struct {
	name  string
	known func(access.Role) bool
	// told is whom it lies in the scope of without a clearance: they are told whom to
	// ask, and nothing else.
	told func(access.Role) bool
	things
	words []string
}

func newHall(t *testing.T) *hall { t.Helper(); return hallOn(t, "") }

// hallOn is a hall on PostgreSQL when there is a dsn.
func hallOn(t *testing.T, dsn string) *hall {
	t.Helper()
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	must(t, os.WriteFile(password, []byte("unused\n"), 0o600))
	file := filepath.Join(dir, "hearback.yaml")
	database := ""
	if dsn != "" {
		where := filepath.Join(dir, "dsn")
		must(t, os.WriteFile(where, []byte(dsn+"\n"), 0o600))
		database = "database: {engine: postgres, dsn_file: " + where + "}\n"
	}
	box := func(name, team string) string {
		return fmt.Sprintf("  - {name: %s, address: %s@westmarsh.example, team: %s, imap: {host: 127.0.0.1, port: 9, tls: none, username: x, password_file: %s}, smtp: {host: 127.0.0.1, port: 9, tls: none}}\n",
			name, name, team, password)
	}
	must(t, os.WriteFile(file, []byte("council: {name: Westmarsh Council, team_phone: 01234 000000, emergency_duty_phone: 01234 000111, sendiass_name: Westmarsh SENDIASS, sendiass_phone: 01234 000222}\n"+
		database+"data_dir: "+filepath.Join(dir, "data")+"\nhttp: {listen: \"127.0.0.1:0\", base_url: \"http://127.0.0.1:8080\"}\nmailboxes:\n"+box("sen", "North")+box("south", "South")+
		"outbound: {mode: send, hold: 60s, go_live: \"2025-06-01\"}\nstaff_domains: [westmarsh.example]\nsign_in: {totp: optional}\n"), 0o600))
	cfg, err := LoadConfig(file)
	must(t, err)
	cfg.demoLoading = unsynced()
	app, err := NewApp(t.Context(), cfg, newLogger(cfg.Log, io.Discard), func(a *App) {
		a.now = func(context.Context) (time.Time, error) { return tuesday(), nil }
	})
	must(t, err)
	t.Cleanup(func() { must(t, app.Close()) })
	handler, err := app.Handler()
	must(t, err)
	h := &hall{
		t: t, app: app, srv: httptest.NewServer(handler), cookies: map[access.Role]string{}, tokens: map[access.Role]string{}, staff: map[access.Role]register.Staff{},
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	t.Cleanup(h.srv.Close)
	h.fill()
	for role, s := range h.staff {
		h.tokens[role] = "hb_of-" + string(role)
		must(t, addToken(t.Context(), app.store, h.tokens[role], s.ID, "test", time.Now().AddDate(1, 0, 0)))
		got := h.ask(question{method: http.MethodPost, path: "/sign-in", form: url.Values{"email": {s.Email}, "password": {staffPw}}})
		for _, c := range (&http.Response{Header: got.header}).Cookies() {
			if c.Name == "hearback" {
				h.cookies[role] = c.Name + "=" + c.Value
			}
		}
		if got.status != http.StatusSeeOther || h.cookies[role] == "" {
			t.Fatalf("%s cannot sign in: %d", role, got.status)
		}
	}
	return h
}

func (h *hall) fill() {
	ctx := h.t.Context()
	hash, err := hashPassword(staffPw)
	must(h.t, err)
	var ids []int64
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		for name, team := range map[string]*register.Team{"North": &h.north, "South": &h.south} {
			found, err := teamNamed(ctx, tx, name)
			must(h.t, err)
			*team = *found
		}
		account := func(key, name string, role access.Role, team int64) register.Staff {
			email := key + "@westmarsh.example"
			s := register.Staff{Name: name, Email: email, Mailbox: register.FoldMailbox(email), Role: string(role), TeamID: team, PasswordHash: hash, Active: true, CreatedAt: tuesday()}
			must(h.t, tx.InsertStaff(ctx, &s))
			return s
		}
		for i, role := range access.Roles() {
			h.staff[role] = account(string(role), "Staff "+string(rune('A'+i))+"name", role, h.north.ID)
		}
		h.wes, h.grace = account("wes", "Wes Arden", access.RoleOfficer, h.north.ID), account("grace", "Grace Obi", access.RoleLead, h.south.ID)
		h.north.LeadID, h.south.LeadID = h.staff[access.RoleLead].ID, h.grace.ID
		must(h.t, tx.UpdateTeam(ctx, &h.north))
		must(h.t, tx.UpdateTeam(ctx, &h.south))
		ids = append(ids, h.family(ctx, tx, "WM-2201", "Milo Brandt", "tessa@family.example", "Tessa Brandt", h.north, h.staff[access.RoleOfficer], false))
		ids = append(ids, h.family(ctx, tx, "WM-2303", "Sia Qzxsealed", "una@family.example", "Una Qzxsealed", h.south, h.grace, true))
		ids = append(ids, h.family(ctx, tx, "WM-2404", "Tom Qzxclosed", "wen@family.example", "Wen Qzxclosed", h.north, h.wes, true))
		ids = append(ids, h.family(ctx, tx, "WM-2505", "Ann Qzxother", "lea@family.example", "Lea Qzxother", h.south, h.grace, false))
		// Somebody who is on a case that all of the team know, and on the others.
		ivy := register.Person{Name: "Ivy Marsh", Kind: register.KindParent, CreatedAt: tuesday()}
		must(h.t, tx.InsertPerson(ctx, &ivy))
		must(h.t, tx.InsertAddress(ctx, &register.Address{PersonID: ivy.ID, Email: "ivy@family.example", Mailbox: "ivy@family.example", CreatedAt: tuesday()}))
		for _, id := range ids {
			must(h.t, tx.InsertLink(ctx, &register.Link{CaseID: id, PersonID: ivy.ID, Relation: "aunt", PR: register.PRNo, MayBeTold: "all"}))
		}
		return nil
	}))
	at := func(s register.Staff) access.Actor {
		a, err := h.app.store.ActorOf(ctx, s.ID)
		must(h.t, err)
		return a
	}
	h.own = h.enquiry("sen", "WM-2201", "tessa@family.example", "Transport", at(h.staff[access.RoleOfficer]))
	h.own.item = h.arrives("sen", "ivy@family.example", "A question", true).TicketRef
	sealed := h.enquiry("sen", "WM-2303", "una@family.example", "Qzxsealed", at(h.grace))
	closed := h.enquiry("sen", "WM-2404", "wen@family.example", "Qzxclosed", at(h.wes))
	other := h.enquiry("south", "WM-2505", "lea@family.example", "Qzxother", at(h.grace))
	other.item = h.arrives("south", "qzxother@other.example", "Qzxother", true).TicketRef
	// A stranger, and a colleague, who answer a conversation of a restricted case.
	cites := "In-Reply-To: <" + sealed.messageID + ">\r\n"
	h.stray = h.arrives("sen", "stray@other.example", "About that", true, cites).TicketRef
	h.arrives("sen", "wes@westmarsh.example", "About that", true, cites)
	for _, x := range []*things{&h.own, &sealed, &closed, &other} {
		h.records(x)
	}
	storetest.LetEveryRoleIn(h.t, h.app.store, h.own.caseRef, h.staff)
	for _, x := range []*things{&sealed, &closed} {
		x.mailing, x.letter = "999999", "999999" // there is none of these alone
	}
	h.mailings = map[access.Role]things{}
	for role, s := range h.staff {
		if a := at(s); a.May(access.WriteMailing) {
			h.mailings[role] = h.mailing("sen", "Evening", a)
		}
	}
	h.own.mailing, h.own.letter = h.mailings[access.RoleOfficer].mailing, h.mailings[access.RoleOfficer].letter
	south := h.mailing("south", "Qzxother", at(h.grace))
	other.mailing, other.letter = south.mailing, south.letter
	one := func(list ...access.Role) func(access.Role) bool {
		return func(r access.Role) bool { return slices.Contains(list, r) }
	}
	h.secrets = []secret{
		{"a restricted case of another team", one(access.RoleHead, access.RoleSafeguarding), one(access.RoleAuditor), sealed, []string{"Qzxsealed", sealed.ref, "WM-2303", "una@family.example"}},
		{
			"a restricted case of the team", one(access.RoleHead, access.RoleSafeguarding, access.RoleLead),
			one(access.RoleAuditor, access.RoleOfficer, access.RoleBusinessSupport), closed,
			[]string{"Qzxclosed", closed.ref, "WM-2404", "wen@family.example"},
		},
		{"another team's case", one(access.RoleHead, access.RoleAuditor), one(), other, []string{"Qzxother", other.ref, "WM-2505", "lea@family.example"}},
	}
}

// mailing is a letter to many families with its list: those who are left out are on it,
// too. The check has not read it.
func (h *hall) mailing(box, title string, by access.Actor) things {
	h.t.Helper()
	ctx := h.t.Context()
	at := slices.IndexFunc(h.app.mailboxes, func(m tickets.Mailbox) bool { return m.Name == box })
	m, err := h.app.desk.NewMailing(ctx, by, tickets.MailingText{
		Title: title, MailboxID: h.app.mailboxes[at].ID, Subject: "Evening for families", Body: "Dear {name}\n\nWe hold an evening for families on Thursday 10 December.\n\n{format}",
	}, tuesday())
	must(h.t, err)
	must(h.t, h.app.desk.MakeMailingList(ctx, by, m.ID, 0, tuesday()))
	list, err := h.app.store.MailingLetters(ctx, access.System("test"), tickets.MailingQuery{MailingID: m.ID, Limit: 1})
	must(h.t, err)
	if len(list) == 0 {
		h.t.Fatalf("nobody is on the list of %s", by.Name)
	}
	return things{mailing: id64(m.ID), letter: id64(list[0].ID)}
}

// theirs are things of the own team, and of mailings the role's own: only authors
// change them, and only others approve them.
func (h *hall) theirs(d door, role access.Role) things {
	x := h.own
	if m, ok := h.mailings[role]; ok && !strings.HasSuffix(d.path, "/approve") {
		x.mailing, x.letter = m.mailing, m.letter
	}
	return x
}

// records adds what the register holds: somebody on the case, a restriction, and a
// request to be let in.
func (h *hall) records(x *things) {
	h.t.Helper()
	ctx := h.t.Context()
	c, err := h.app.store.Case(ctx, access.System("test"), x.caseRef)
	must(h.t, err)
	r := register.Restriction{CaseID: c.ID, PersonID: c.Parties[0].Person.ID, Kind: register.NoInformation, Source: "family", StartsOn: "2025-11-25", EnteredBy: h.wes.ID, EnteredAt: tuesday()}
	g := tickets.Grant{CaseID: c.ID, StaffID: h.wes.ID, AskedBy: h.wes.ID, AskedAt: time.Now(), Until: time.Now().AddDate(0, 0, 7)}
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		if err := tx.InsertRestriction(ctx, &r); err != nil {
			return err
		}
		return tx.InsertGrant(ctx, &g)
	}))
	x.person, x.restriction, x.grant = id64(c.Parties[0].Person.ID), id64(r.ID), id64(g.ID)
	x.team, x.user = id64(h.north.ID), id64(h.wes.ID)
}

func (h *hall) family(ctx context.Context, tx tickets.Tx, ref, child, email, parent string, team register.Team, officer register.Staff, restricted bool) int64 {
	c := register.Case{
		Ref: ref, ChildName: child, DOB: "2016-03-04", School: "Hartfield Primary", Stage: "Draft plan", TeamID: team.ID, OfficerID: officer.ID,
		FallbackID: team.LeadID, Open: true, Restricted: restricted, CreatedAt: tuesday(),
	}
	must(h.t, tx.InsertCase(ctx, &c))
	p := register.Person{Name: parent, Kind: register.KindParent, CreatedAt: tuesday()}
	must(h.t, tx.InsertPerson(ctx, &p))
	must(h.t, tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: register.FoldMailbox(email), CreatedAt: tuesday()}))
	must(h.t, tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}))
	return c.ID
}

// enquiry is a mail on a case with everything around it: an acknowledgement
// that waits, a letter that the guard stopped, a mail that could not be read.
func (h *hall) enquiry(box, caseRef, from string, subject string, officer access.Actor) things {
	h.t.Helper()
	ctx := h.t.Context()
	res := h.arrives(box, from, subject, true)
	v, err := h.app.store.Ticket(ctx, access.System("test"), res.TicketRef)
	must(h.t, err)
	if v.CaseRef != caseRef {
		h.t.Fatalf("%s is on %q, want %s", from, v.CaseRef, caseRef)
	}
	c, err := h.app.store.Case(ctx, access.System("test"), caseRef)
	must(h.t, err)
	parent := c.Parties[slices.IndexFunc(c.Parties, func(p register.Party) bool { return p.Link.Relation == "mother" })]
	o, err := h.app.desk.Reply(ctx, officer, tickets.ReplyRequest{Ref: v.Ref, To: []int64{parent.Person.ID}, Body: "Soon.", SeenVersion: v.Version}, tuesday())
	must(h.t, err)
	must(h.t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		o.HeldReason, o.HeldRules = "It has to be looked at.", []string{"NOTE-CONTENT"}
		d := o.Deliveries[0]
		d.State = tickets.Held
		if ok, err := tx.SetDelivery(ctx, &d, tickets.Queued); err != nil || !ok {
			return fmt.Errorf("holding: %v, %w", ok, err)
		}
		return tx.UpdateOutgoing(ctx, o)
	}))
	out := things{ref: v.Ref, caseRef: caseRef, held: id64(o.ID)}
	items, err := h.app.store.Timeline(ctx, access.System("test"), v.ID)
	must(h.t, err)
	for _, it := range items {
		if it.Message != nil && it.Message.Direction == tickets.In {
			out.message, out.messageID = id64(it.Message.ID), it.Message.MessageID
		}
		if it.Outgoing != nil && (it.Outgoing.Purpose == tickets.PurposeAck || it.Outgoing.Purpose == tickets.PurposeReceipt) { // a restricted case gets a neutral receipt
			out.delivery = id64(it.Outgoing.Deliveries[0].ID)
		}
	}
	if out.message == "" || out.delivery == "" {
		h.t.Fatalf("%+v lacks a mail or an acknowledgement", out)
	}
	h.arrives(box, from, subject, false)
	list, _, err := h.app.store.Ledger(ctx, access.System("test"), tickets.LedgerQuery{Fate: tickets.FateQuarantined, Limit: 1})
	must(h.t, err)
	out.ledger = id64(list[0].ID)
	return out
}

// arrives takes a mail with an attachment in, or one that cannot be read.
func (h *hall) arrives(box, from, subject string, readable bool, headers ...string) tickets.IntakeResult {
	h.t.Helper()
	h.uid++
	var mb tickets.Mailbox
	for _, m := range h.app.mailboxes {
		if m.Name == box {
			mb = m
		}
	}
	raw := []byte("Message-ID: <m" + strconv.Itoa(int(h.uid)) + "@mail.example>\r\n" + strings.Join(headers, "") + "From: Somebody <" + from + ">\r\nTo: " + mb.Address + "\r\nSubject: " + subject +
		"\r\nDate: Tue, 25 Nov 2025 09:59:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>When does the bus come?</p>\r\n" +
		"--b\r\nContent-Type: text/plain; name=plan.txt\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\nThe plan.\r\n--b--\r\n")
	p, err := h.app.store.PrepareRaw(h.t.Context(), raw)
	must(h.t, err)
	r := tickets.Received{MailboxID: mb.ID, Folder: "INBOX", UIDValidity: 7, UID: h.uid, ReceivedAt: tuesday(), Raw: p, QuarantineReason: "It ends in the middle."}
	if readable {
		r.Mail = parse.Message(raw, parse.Options{})
	}
	res, err := h.app.desk.Intake(h.t.Context(), []tickets.Received{r}, tuesday())
	must(h.t, err)
	if readable == (res[0].TicketRef == "") {
		h.t.Fatalf("the mail of %s became %+v", from, res[0])
	}
	return res[0]
}

// question is one request.
type question struct {
	method, path string
	role         access.Role // "" signed out
	form         url.Values
	json         string
	header       map[string]string
}

// ask sends a request as a browser, or with the role's token to the API. Of a
// stream it reads the head alone.
func (h *hall) ask(q question) answer {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	defer cancel()
	body := io.Reader(http.NoBody)
	if q.json != "" {
		body = strings.NewReader(q.json)
	} else if q.method == http.MethodPost {
		body = strings.NewReader(q.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, q.method, h.srv.URL+q.path, body)
	must(h.t, err)
	switch {
	case strings.HasPrefix(q.json, "--"+boundary):
		req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	case q.json != "":
		req.Header.Set("Content-Type", "application/json")
	case q.method == http.MethodPost:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if strings.HasPrefix(q.path, "/api/") {
		if q.role != "" {
			req.Header.Set("Authorization", "Bearer "+h.tokens[q.role])
		}
	} else if q.role != "" {
		req.Header.Set("Cookie", h.cookies[q.role])
	}
	for k, v := range q.header {
		req.Header.Set(k, v)
	}
	res, err := h.client.Do(req)
	must(h.t, err)
	defer func() { _ = res.Body.Close() }()
	a := answer{method: q.method, path: q.path, status: res.StatusCode, header: res.Header}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		b, err := io.ReadAll(res.Body)
		must(h.t, err)
		a.body = string(b)
	}
	return a
}
