package tickets_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/tickets/store/pgtest"
	"hearback/tickets/store/storetest"
)

// world is a council with a real store.
type world struct {
	t    testing.TB
	db   *store.DB
	desk *tickets.Desk
	now  time.Time
	uid  uint32

	box                      tickets.Mailbox
	team                     register.Team
	lead, dean, priya, duty  register.Staff
	milo, leo                register.Case // leo is a sibling of nobody
	tessa, rob, senco, other register.Person
}

func settings() tickets.Settings {
	s := tickets.DefaultSettings()
	s.CouncilName, s.TeamPhone, s.EmergencyDuty, s.SENDIASSPhone = "Westmarsh Council", "01234 000100", "01234 000111", "01234 000222"
	s.BaseURL = "https://hearback.westmarsh.example"
	s.Mode = tickets.ModeSend
	s.GoLive = noon.AddDate(0, 0, -30)
	s.StaffDomains = []string{"westmarsh.example"}
	s.HighRiskHold = 0 // risk_test.go looks at it
	return s
}

// TestMain ends the throw-away PostgreSQL with the tests.
func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newWorld(t testing.TB, change ...func(*tickets.Settings)) *world {
	t.Helper()
	return worldOn(t, storetest.SQLite(t), change...)
}

// each runs a test on both databases: what many do at once is locked in
// different ways there.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, worldOn(t, db)) })
}

func worldOn(t testing.TB, db *store.DB, change ...func(*tickets.Settings)) *world {
	t.Helper()
	ctx := context.Background()
	s := settings()
	for _, c := range change {
		c(&s)
	}
	w := &world{t: t, db: db, now: noon}
	var err error
	w.desk, err = tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.seed(ctx)
	if _, is := t.(*testing.T); is {
		t.Cleanup(w.noticesSayLittle)
	}
	return w
}

// noticesSayLittle looks at every letter to staff that a test brought about: it has
// no text of its own, its fields are the known ones, and neither they nor its subject
// hold a name of the family, an address or what somebody wrote.
func (w *world) noticesSayLittle() {
	known := map[string]bool{}
	for _, n := range tickets.Notices() {
		for f := range n.Fields {
			known[f] = true
		}
	}
	known[tickets.FieldLate] = true
	for id, none := int64(1), 0; id < 500 && none < 20; id++ {
		o, err := w.db.OutgoingByID(context.Background(), id)
		if err != nil {
			none++ // a number that was given to what did not happen, or the end
			continue
		}
		none = 0
		if o.Purpose != tickets.PurposeNotice {
			continue
		}
		said := o.Subject
		for name, v := range o.Fields {
			if !known[name] {
				w.t.Errorf("the notice %s has a field %q", o.Template, name)
			}
			said += "\n" + v
		}
		for _, word := range []string{"Milo", "Leo", "Brandt", "Osei", "Tessa", "Rob", "Ada", "Okoye", "mail.example", "Transport", "taxi"} {
			if strings.Contains(said, word) {
				w.t.Errorf("the notice %s says %q: %q", o.Template, word, said)
			}
		}
		if o.Body != "" || len(o.Deliveries) == 0 || o.Deliveries[0].StaffID == 0 || o.Deliveries[0].PersonID != 0 {
			w.t.Errorf("the notice %s has a text of its own or goes to somebody who is not staff: %+v", o.Template, o)
		}
	}
}

func (w *world) seed(ctx context.Context) {
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		w.team = register.Team{Name: "North team"}
		w.must(tx.InsertTeam(ctx, &w.team))
		staff := func(name, email string, role access.Role) register.Staff {
			s := register.Staff{Name: name, Email: email, Mailbox: register.FoldMailbox(email), Role: string(role), TeamID: w.team.ID, Active: true, CreatedAt: noon}
			w.must(tx.InsertStaff(ctx, &s))
			return s
		}
		w.lead = staff("Ola Reyes", "ola@westmarsh.example", access.RoleLead)
		w.dean = staff("Dean Foss", "dean@westmarsh.example", access.RoleOfficer)
		w.priya = staff("Priya Nair", "priya@westmarsh.example", access.RoleOfficer)
		w.duty = staff("Kim Sayer", "kim@westmarsh.example", access.RoleBusinessSupport)
		w.team.LeadID = w.lead.ID
		w.must(tx.UpdateTeam(ctx, &w.team))
		w.dean.DeputyID = w.priya.ID
		w.must(tx.UpdateStaff(ctx, &w.dean))
		w.box = tickets.Mailbox{Name: "sen", Address: sen, TeamID: w.team.ID}
		w.must(tx.UpsertMailbox(ctx, &w.box))

		child := func(ref, name string) register.Case {
			c := register.Case{Ref: ref, ChildName: name, TeamID: w.team.ID, OfficerID: w.dean.ID, FallbackID: w.lead.ID, Open: true, CreatedAt: noon}
			w.must(tx.InsertCase(ctx, &c))
			return c
		}
		w.milo, w.leo = child("WM-2201", "Milo Brandt"), child("WM-2202", "Leo Osei")
		person := func(name, email string, kind register.PersonKind, cases ...register.Case) register.Person {
			p := register.Person{Name: name, Kind: kind, CreatedAt: noon}
			w.must(tx.InsertPerson(ctx, &p))
			w.must(tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: register.FoldMailbox(email), CreatedAt: noon}))
			for _, c := range cases {
				w.must(tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}))
			}
			return p
		}
		w.tessa = person("Tessa Brandt", tessa, register.KindParent, w.milo)
		w.rob = person("Rob Brandt", rob, register.KindParent, w.milo)
		w.senco = person("Beth Okoye", "senco@hartfield.example", register.KindSchool, w.milo)
		w.other = person("Ada Osei", "ada.osei@mail.example", register.KindParent, w.leo)
		return nil
	}))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func actor(s register.Staff) access.Actor {
	return access.Actor{StaffID: s.ID, Name: s.Name, Role: access.Role(s.Role), TeamIDs: []int64{s.TeamID}}
}

// received wraps a mail as the mail server would show it now.
func (w *world) received(in *tickets.Inbound) tickets.Received {
	w.t.Helper()
	w.uid++
	if in != nil {
		if in.MessageID == "m1@mail.example" {
			in.MessageID = fmt.Sprintf("m%d@mail.example", w.uid)
		}
		sum := sha256.Sum256([]byte(in.MessageID + in.Text))
		in.ContentHash = hex.EncodeToString(sum[:])
	}
	raw, err := w.db.PrepareRaw(context.Background(), fmt.Appendf(nil, "raw %d", w.uid))
	w.must(err)
	return tickets.Received{MailboxID: w.box.ID, Folder: "INBOX", UIDValidity: 1, UID: w.uid, ReceivedAt: w.now, Raw: raw, Mail: in}
}

// arrive takes mails in and gives what became of them.
func (w *world) arrive(in ...*tickets.Inbound) []tickets.IntakeResult {
	w.t.Helper()
	var batch []tickets.Received
	for _, m := range in {
		batch = append(batch, w.received(m))
	}
	return w.intake(batch...)
}

func (w *world) intake(batch ...tickets.Received) []tickets.IntakeResult {
	w.t.Helper()
	res, err := w.desk.Intake(context.Background(), batch, w.now)
	w.must(err)
	if len(res) != len(batch) {
		w.t.Fatalf("%d results for %d mails", len(res), len(batch))
	}
	for _, r := range res {
		if r.Err != nil {
			w.t.Fatalf("quarantined: %v", r.Err)
		}
	}
	return res
}

// one takes one mail in.
func (w *world) one(in *tickets.Inbound) tickets.IntakeResult {
	w.t.Helper()
	return w.arrive(in)[0]
}

func (w *world) later(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) ticket(id int64) *tickets.Ticket {
	w.t.Helper()
	t, err := w.db.TicketByID(context.Background(), id)
	w.must(err)
	return t
}

func (w *world) clocks(id int64) []tickets.TicketClock {
	w.t.Helper()
	c, err := w.db.ClocksOfTicket(context.Background(), id)
	w.must(err)
	return c
}

// runs counts the running clocks of a ticket.
func (w *world) runs(id int64) int {
	n := 0
	for _, c := range w.clocks(id) {
		if c.StoppedAt == nil {
			n++
		}
	}
	return n
}

func (w *world) events(id int64, kind tickets.EventKind) []tickets.Event {
	w.t.Helper()
	all, err := w.db.EventsOfTicket(context.Background(), id)
	w.must(err)
	var list []tickets.Event
	for _, e := range all {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

func (w *world) letter(id int64) *tickets.Outgoing {
	w.t.Helper()
	o, err := w.db.OutgoingByID(context.Background(), id)
	w.must(err)
	return o
}

// letters lists the letters of a ticket with a template, from its history.
func (w *world) letters(ticketID int64, template string) []*tickets.Outgoing {
	w.t.Helper()
	var list []*tickets.Outgoing
	for _, kind := range []tickets.EventKind{tickets.EvAckQueued, tickets.EvNotified} {
		for _, e := range w.events(ticketID, kind) {
			if o := w.letter(int64(e.Data["outgoing_id"].(float64))); o.Template == template {
				list = append(list, o)
			}
		}
	}
	return list
}

func (w *world) timeline(id int64) []tickets.TimelineItem {
	w.t.Helper()
	items, err := w.db.Timeline(context.Background(), access.System("test"), id)
	w.must(err)
	return items
}

func (w *world) messages(id int64) []*tickets.Message {
	var list []*tickets.Message
	for _, i := range w.timeline(id) {
		if i.Message != nil {
			list = append(list, i.Message)
		}
	}
	return list
}

// reply queues Dean's answer to people on a ticket.
func (w *world) reply(id int64, to ...int64) *tickets.Outgoing {
	w.t.Helper()
	t := w.ticket(id)
	o, err := w.desk.Reply(context.Background(), actor(w.dean), tickets.ReplyRequest{
		Ref: t.Ref, To: to, Body: "The review is on 3 December.", SeenVersion: t.Version,
	}, w.now)
	w.must(err)
	return o
}

// claim takes the next letter for sending, with data begun for each copy.
func (w *world) claim() *tickets.Claim {
	w.t.Helper()
	ctx := context.Background()
	c, err := w.db.ClaimDue(ctx, "tester", w.now, tickets.ModeSend)
	w.must(err)
	return c
}

func (w *world) begin(c *tickets.Claim) {
	w.t.Helper()
	for _, d := range c.Letter.Deliveries {
		facts, err := w.db.GuardFacts(context.Background(), c.Asks([]string{d.Mailbox}))
		w.must(err)
		ok, err := w.db.BeginData(context.Background(), c, d.ID, "aa", facts.Basis(), w.now)
		w.must(err)
		if !ok {
			w.t.Fatal("the claim was lost")
		}
	}
}

// drain sends everything that is due.
func (w *world) drain() {
	w.t.Helper()
	for c := w.claim(); c != nil; c = w.claim() {
		w.begin(c)
		for _, d := range c.Letter.Deliveries {
			w.must(w.desk.RecordOutcome(context.Background(), c, tickets.Outcome{DeliveryID: d.ID, State: tickets.Accepted}, w.now))
		}
	}
}

// send claims letters until the given one and has each copy end in state.
func (w *world) send(o *tickets.Outgoing, state tickets.DeliveryState) {
	w.t.Helper()
	for range 50 {
		c := w.claim()
		if c == nil {
			w.t.Fatalf("letter %d is not due", o.ID)
		}
		w.begin(c)
		st := tickets.Accepted
		if c.Letter.ID == o.ID {
			st = state
		}
		for _, d := range c.Letter.Deliveries {
			w.must(w.desk.RecordOutcome(context.Background(), c, tickets.Outcome{DeliveryID: d.ID, State: st, Reply: "250 ok"}, w.now))
		}
		if c.Letter.ID == o.ID {
			return
		}
	}
	w.t.Fatal("too many letters")
}

// deskOn is a desk on another store.
func (w *world) deskOn(s tickets.Store) *tickets.Desk {
	w.t.Helper()
	d, err := tickets.NewDesk(tickets.Deps{
		Store: s, Outbox: w.db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: settings(), Random: rand.Reader,
	})
	w.must(err)
	return d
}

// newDesk is a second desk on the same store, as after a restart with another mode.
func newDesk(t *testing.T, db *store.DB, mode tickets.Mode) *tickets.Desk {
	t.Helper()
	s := settings()
	s.Mode = mode
	d, err := tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
