package outbound

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/guard"
	"hearback/mailbox/parse"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// The dispatcher's ports are the real ones.
var (
	_ Outbox = (*store.DB)(nil)
	_ Desk   = (*tickets.Desk)(nil)
)

// office is a dispatcher on a real store with the real desk.
type office struct {
	db      *store.DB
	desk    *tickets.Desk
	d       *Dispatcher
	smtp    *misbehave.SMTP
	now     time.Time
	mailbox tickets.Mailbox
	officer register.Staff
	tamsin  register.Person
	milo    register.Case
}

// actor is the officer, as her session would have it.
func (o *office) actor() access.Actor {
	return access.Actor{StaffID: o.officer.ID, Name: o.officer.Name, Role: access.RoleOfficer, TeamIDs: []int64{o.officer.TeamID}}
}

func (o *office) seed(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	err := o.db.Write(ctx, func(tx tickets.Tx) error {
		team := register.Team{Name: "North"}
		if err := tx.InsertTeam(ctx, &team); err != nil {
			return err
		}
		o.officer = register.Staff{Email: officer, Name: "Jo Bell", Role: string(access.RoleOfficer), TeamID: team.ID, Active: true, PasswordHash: "x", CreatedAt: o.now}
		if err := tx.InsertStaff(ctx, &o.officer); err != nil {
			return err
		}
		o.mailbox = tickets.Mailbox{Name: "sen", Address: ours, TeamID: team.ID}
		if err := tx.UpsertMailbox(ctx, &o.mailbox); err != nil {
			return err
		}
		if err := tx.SetStaffDomains(ctx, []string{"council.example"}); err != nil {
			return err
		}
		o.milo = register.Case{Ref: "WM-2201", ChildName: "Milo Orchard", TeamID: team.ID, OfficerID: o.officer.ID, FallbackID: o.officer.ID, Open: true, CreatedAt: o.now}
		elin := register.Case{Ref: "WM-3310", ChildName: "Elin Pell", TeamID: team.ID, OfficerID: o.officer.ID, FallbackID: o.officer.ID, Open: true, CreatedAt: o.now}
		for _, c := range []*register.Case{&o.milo, &elin} {
			if err := tx.InsertCase(ctx, c); err != nil {
				return err
			}
		}
		o.tamsin = register.Person{Name: "Tamsin Orchard", Kind: register.KindParent, CreatedAt: o.now}
		if err := tx.InsertPerson(ctx, &o.tamsin); err != nil {
			return err
		}
		if err := tx.InsertLink(ctx, &register.Link{CaseID: o.milo.ID, PersonID: o.tamsin.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}); err != nil {
			return err
		}
		return tx.InsertAddress(ctx, &register.Address{PersonID: o.tamsin.ID, Email: mother, CreatedAt: o.now})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// emptyStore is the directory of a store with nothing in it but its schema, made
// once: each test has a copy.
func emptyStore(t *testing.T) string {
	t.Helper()
	empty.once.Do(func() {
		empty.dir, empty.err = os.MkdirTemp("", "hearback-empty-")
		if empty.err != nil {
			return
		}
		var db *store.DB
		if db, empty.err = store.Open(context.Background(), store.Options{Engine: store.SQLite, Dir: empty.dir, NoSync: true}); empty.err == nil {
			empty.err = db.Close()
		}
	})
	if empty.err != nil {
		t.Fatal(empty.err)
	}
	return empty.dir
}

var empty struct {
	once sync.Once
	dir  string
	err  error
}

func newOffice(t *testing.T, rules ...misbehave.Rule) *office {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(emptyStore(t))); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	o := &office{db: db, now: start()}
	o.seed(t)
	s := tickets.DefaultSettings()
	s.CouncilName, s.TeamPhone, s.EmergencyDuty, s.SENDIASSPhone = "Westmere Council", "01234 000100", "01234 000111", "01234 000222"
	s.HighRiskHold = 0 // tickets/risk_test.go looks at it
	s.BaseURL, s.Mode, s.GoLive, s.StaffDomains = "https://hearback.council.example", tickets.ModeSend, o.now.AddDate(0, -1, 0), []string{"council.example"}
	o.desk, err = tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.smtp, err = misbehave.NewSMTP(misbehave.SMTPOptions{Rules: rules}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.smtp.Close)
	o.d = o.dispatcher(t, db, o.desk)
	return o
}

// dispatcher is one that sends to the office's server and stores as it is told.
func (o *office) dispatcher(t *testing.T, outbox Outbox, desk Desk) *Dispatcher {
	t.Helper()
	host, port, err := net.SplitHostPort(o.smtp.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Config{
		Mode: tickets.ModeSend, Holder: "here", Hello: "hearback.council.example",
		Routes: []Route{{Address: ours, Name: "North SEN team", PlusAddressing: true, NullSender: true, Host: host, Port: n, TLS: "none"}},
	}, outbox, desk, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// receive takes a mail in as the poller would.
func (o *office) receive(t *testing.T, uid uint32, from, subject, text string) tickets.IntakeResult {
	t.Helper()
	raw := []byte("From: <" + from + ">\r\nTo: <" + o.mailbox.Address + ">\r\nSubject: " + subject + "\r\nMessage-ID: <in" + strconv.Itoa(int(uid)) + "@family.example>\r\n" +
		"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
	p, err := o.db.PrepareRaw(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	res, err := o.desk.Intake(t.Context(), []tickets.Received{{
		MailboxID: o.mailbox.ID, Folder: "INBOX", UIDValidity: 1, UID: uid, ReceivedAt: o.now, Raw: p, Mail: parse.Message(raw, parse.Options{}),
	}}, o.now)
	if err != nil || res[0].Fate != tickets.FateMessage {
		t.Fatalf("%+v %v", res, err)
	}
	return res[0]
}

// drain sends until nothing is due and returns what the server took since.
func (o *office) drain(t *testing.T) []misbehave.Message {
	t.Helper()
	before := len(o.smtp.Accepted())
	for {
		did, err := o.d.Once(t.Context(), o.now)
		if err != nil {
			t.Fatal(err)
		}
		if !did {
			break
		}
	}
	// The server notes its 250 after the client has read it.
	o.d.Close()
	return o.smtp.Accepted()[before:]
}

func (o *office) outgoing(t *testing.T, id int64) *tickets.Outgoing {
	t.Helper()
	out, err := o.db.OutgoingByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// One mail: acknowledged, answered by an officer, and the clock stops.
func TestWithTheRealStore(t *testing.T) {
	o := newOffice(t)
	db := o.db
	in := o.receive(t, 1, "tamsin.orchard@mail.example", "Speech therapy", "Hello,\nwhen does speech therapy begin?\nTamsin")
	got := o.drain(t)
	if len(got) != 1 || got[0].From != "" || got[0].To[0] != "Tamsin.Orchard@mail.example" && got[0].To[0] != "tamsin.orchard@mail.example" {
		ack := o.outgoing(t, in.AckID)
		t.Fatalf("acknowledgement: %+v; %q %v", got, ack.HeldReason, ack.HeldRules)
	}
	ack := strings.ReplaceAll(string(got[0].Raw), "=\r\n", "")
	for _, want := range []string{in.TicketRef, "Jo Bell will look after this", "In-Reply-To: <in1@family.example>", "01234 000222"} {
		if !strings.Contains(ack, want) {
			t.Errorf("no %q in\n%s", want, ack)
		}
	}
	ticket, err := db.TicketByID(t.Context(), in.TicketID)
	if err != nil {
		t.Fatal(err)
	}
	jo := o.actor()
	request := tickets.ReplyRequest{
		Ref: in.TicketRef, To: []int64{o.tamsin.ID}, Body: "Dear Tamsin,\n\nIt begins on Monday.\n\nJo Bell", AnswersID: in.MessageID,
		QuoteAnswer: true, SeenVersion: ticket.Version,
	}
	draft, err := o.desk.Draft(t.Context(), jo, request, o.now)
	if err != nil {
		t.Fatal(err)
	}
	v, digest, err := o.d.Review(t.Context(), draft, o.now)
	if err != nil || v.Decision != guard.Allow {
		t.Fatalf("%+v %v", v, err)
	}
	request.Digest = digest
	letter, err := o.desk.Reply(t.Context(), jo, request, o.now)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.drain(t); len(got) != 0 {
		t.Fatal("it left within its hold")
	}
	o.now = o.now.Add(2 * time.Minute)
	if got = o.drain(t); len(got) != 1 || !strings.Contains(string(got[0].Raw), "> when does speech therapy begin?") {
		out := o.outgoing(t, letter.ID)
		t.Fatalf("reply: %+v; %q %v", got, out.HeldReason, out.HeldRules)
	}
	ticket, err = db.TicketByID(t.Context(), in.TicketID)
	if err != nil || ticket.State != tickets.StateAnswered {
		t.Fatalf("%+v %v", ticket, err)
	}
	if out := o.outgoing(t, letter.ID); out.Deliveries[0].State != tickets.Accepted || out.Deliveries[0].SHA256 == "" {
		t.Errorf("%+v", out.Deliveries[0])
	}
}

// What only the facts of dispatch time can stop, with the store that they are
// really read from.
func TestStoppedWithTheRealStore(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		meddle func(ctx context.Context, o *office, in tickets.IntakeResult) error
		rule   string
	}{
		"a note": {"Dear Tamsin,\n\nthe panel has turned it down already but mum must not hear of it.", nil, guard.RuleNote},
		"a court order this morning": {"Dear Tamsin,\n\nIt begins on Monday.", func(ctx context.Context, o *office, _ tickets.IntakeResult) error {
			return o.db.Write(ctx, func(tx tickets.Tx) error {
				parties, err := tx.Parties(ctx, o.milo.ID)
				if err != nil {
					return err
				}
				for _, p := range parties {
					if p.Person.ID == o.tamsin.ID {
						p.Link.NoContact = true
						return tx.UpdateLink(ctx, &p.Link)
					}
				}
				return context.Canceled
			})
		}, guard.RuleNoContact},
		"an account shut": {"Dear Tamsin,\n\nIt begins on Monday.", func(ctx context.Context, o *office, _ tickets.IntakeResult) error {
			return o.db.Write(ctx, func(tx tickets.Tx) error {
				s := o.officer
				s.Active = false
				return tx.UpdateStaff(ctx, &s)
			})
		}, guard.RuleAuthor},
		"a child of another team": {"Dear Tamsin,\n\nPell, Elin begins on Monday.", nil, guard.RuleOtherChild},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			in := o.receive(t, 1, "tamsin.orchard@mail.example", "Speech therapy", "When does it begin?")
			o.drain(t)
			jo := o.actor()
			if _, err := addNote(t, o, in, jo); err != nil {
				t.Fatal(err)
			}
			ticket, err := o.db.TicketByID(t.Context(), in.TicketID)
			if err != nil {
				t.Fatal(err)
			}
			letter, err := o.desk.Reply(t.Context(), jo, tickets.ReplyRequest{
				Ref: in.TicketRef, To: []int64{o.tamsin.ID}, Body: c.body, AnswersID: in.MessageID, SeenVersion: ticket.Version,
			}, o.now)
			if err != nil {
				t.Fatal(err)
			}
			if c.meddle != nil {
				if err := c.meddle(t.Context(), o, in); err != nil {
					t.Fatal(err)
				}
			}
			o.now = o.now.Add(2 * time.Minute)
			for _, m := range o.drain(t) {
				if strings.Contains(strings.ToLower(m.To[0]), "tamsin") {
					t.Fatalf("it left: %s", m.Raw)
				}
			}
			out := o.outgoing(t, letter.ID)
			if out.Deliveries[0].State != tickets.Held || !strings.Contains(strings.Join(out.HeldRules, " "), c.rule) || out.HeldReason == "" {
				t.Fatalf("%s %q %v", out.Deliveries[0].State, out.HeldReason, out.HeldRules)
			}
		})
	}
}

func addNote(t *testing.T, o *office, in tickets.IntakeResult, a access.Actor) (*tickets.Note, error) {
	t.Helper()
	return o.desk.AddNote(t.Context(), a, tickets.NoteRequest{
		Ref: in.TicketRef, Text: tickets.NewPrivateText("The panel has turned it down already but mum must not hear of it."),
	}, o.now)
}

// A connection lost behind the dot: the copy is in doubt in the real store, and
// recovery and another program leave it so.
func TestUncertainWithTheRealStore(t *testing.T) {
	o := newOffice(t, misbehave.DropAt(misbehave.Dot, 1)...)
	in := o.receive(t, 1, "tamsin.orchard@mail.example", "Speech therapy", "When does it begin?")
	o.drain(t)
	if got := o.outgoing(t, in.AckID); got.Deliveries[0].State != tickets.Uncertain {
		t.Fatalf("%+v", got.Deliveries[0])
	}
	o.now = o.now.Add(time.Hour)
	for _, m := range o.drain(t) {
		if strings.Contains(strings.ToLower(m.To[0]), "tamsin") {
			t.Fatal("an acknowledgement in doubt was sent again")
		}
	}
	if got := o.outgoing(t, in.AckID); got.Deliveries[0].State != tickets.Uncertain {
		t.Fatalf("%+v", got.Deliveries[0])
	}
}

func (o *office) ticket(t *testing.T, id int64) *tickets.Ticket {
	t.Helper()
	k, err := o.db.TicketByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
