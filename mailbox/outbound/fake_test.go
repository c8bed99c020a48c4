package outbound

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// fake is an outbox and a desk in memory, with the states and the compare-and-set
// of the real ones, and a place to make each call fail.
type fake struct {
	mu      sync.Mutex
	letters []*tickets.Claim
	facts   tickets.GuardFacts
	version int64
	held    map[int64]string
	rules   map[int64][]string
	epoch   int64

	failFacts   func(ctx context.Context) error // asked before facts are given out
	failVersion func(ctx context.Context) error
	kept        map[string]string // bytes of letters by hash
	failBegin   error
	failRecord  error
	onFacts     func() // after facts were given out
	taken       bool   // BeginData answers false: the author took the letter back
	recovered   int
}

const (
	mother  = "tamsin.orchard@mail.example"
	school  = "senco@brookside.example"
	barred  = "kit.orchard@home.example"
	officer = "jo.bell@council.example"
	ours    = "sen@council.example"
	marker  = "quizzicalheron"
	secret  = "Mum is " + marker + " and the head says that the place has gone already"
)

func start() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func newFake() *fake {
	c := register.Case{ID: 5, Ref: "WM-2201", ChildName: "Milo Orchard", DOB: "2015-03-09", TeamID: 2, OfficerID: 9}
	party := func(id int64, name, email string, kind register.PersonKind, no bool) register.Party {
		return register.Party{
			Person:    register.Person{ID: id, Name: name, Kind: kind},
			Link:      register.Link{CaseID: 5, PersonID: id, PR: register.PRYes, NoContact: no},
			Addresses: []register.Address{{PersonID: id, Email: email, Mailbox: register.FoldMailbox(email)}},
		}
	}
	return &fake{
		version: 3, held: map[int64]string{}, rules: map[int64][]string{},
		facts: tickets.GuardFacts{
			Case: &c,
			Parties: []register.Party{
				party(1, "Tamsin Orchard", mother, register.KindParent, false),
				party(2, "Brookside School", school, register.KindSchool, false),
				party(3, "Kit Orchard", barred, register.KindParent, true),
			},
			StaffDomains: []string{"council.example"}, OwnMailboxes: []string{ours},
			Staff:         []register.Staff{jo()},
			Private:       []tickets.PrivateFact{{Source: "note", Author: "Ana Reid", At: start(), Text: tickets.NewPrivateText(secret)}},
			OtherChildren: []register.Case{{ID: 6, Ref: "WM-3310", ChildName: "Elin Pell"}},
		},
	}
}

func jo() register.Staff {
	return register.Staff{ID: 9, Email: officer, Mailbox: officer, Name: "Jo Bell", Role: string(access.RoleOfficer), TeamID: 2, Active: true}
}

// reply queues a letter to the recipients and returns it for changes.
func (f *fake) reply(text string, to ...string) *tickets.Claim {
	id := int64(100 + len(f.letters))
	author := jo()
	c := &tickets.Claim{
		Letter: tickets.Outgoing{
			ID: id, TicketID: 7, CaseID: 5, MailboxID: 1, Purpose: tickets.PurposeReply, AuthorID: 9,
			Subject: "Your message", Body: text, TicketRef: "SEN-104233",
		},
		Mailbox: tickets.Mailbox{ID: 1, Name: "sen", Address: ours},
		Ticket:  &tickets.Ticket{ID: 7, Ref: "SEN-104233", CaseID: 5, TeamID: 2, OwnerID: 9},
		Case:    f.facts.Case, Author: &author,
		Answers: &tickets.Message{
			ID: 40, Direction: tickets.In, FromMailbox: mother, FromName: "Tam <3", Subject: "panel",
			Text: "When is panel?", ReplyText: "When is panel?", MessageID: "asked@mail.example", ReceivedAt: start().Add(-time.Hour),
		},
	}
	c.Letter.AnswersID = 40
	for i, email := range to {
		name := ""
		for _, p := range f.facts.Parties {
			if p.Addresses[0].Email == email {
				name = p.Person.Name
			}
		}
		c.Letter.Deliveries = append(c.Letter.Deliveries, tickets.Delivery{
			ID: id*10 + int64(i), OutgoingID: id, Name: name, Email: email, Mailbox: register.FoldMailbox(email),
			MessageID: fmt.Sprintf("m%d.%d@council.example", id, i), Token: fmt.Sprintf("tok%d%d", id, i), State: tickets.Queued,
		})
	}
	f.letters = append(f.letters, c)
	return c
}

func (f *fake) TakeDue(_ context.Context, w tickets.Wanted, now time.Time) (*tickets.Claim, error) {
	holder := w.Holder
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.letters {
		if slices.Contains(w.NotFrom, l.Mailbox.Address) {
			continue
		}
		claim := *l
		claim.Letter.Deliveries = nil
		f.epoch++
		for i := range l.Letter.Deliveries {
			d := &l.Letter.Deliveries[i]
			if d.State == tickets.Queued && !d.NextAt.After(now) {
				d.State, d.ClaimedBy, d.Epoch = tickets.Claimed, holder, f.epoch
				d.Attempts++
				claim.Letter.Deliveries = append(claim.Letter.Deliveries, *d)
			}
		}
		if len(claim.Letter.Deliveries) > 0 {
			claim.Holder, claim.Epoch = holder, f.epoch
			return &claim, nil
		}
	}
	return nil, nil
}

func (f *fake) find(id int64) *tickets.Delivery {
	for _, l := range f.letters {
		for i := range l.Letter.Deliveries {
			if l.Letter.Deliveries[i].ID == id {
				return &l.Letter.Deliveries[i]
			}
		}
	}
	return nil
}

// KeepAndBegin keeps the bytes by their hash.
func (f *fake) KeepAndBegin(ctx context.Context, c *tickets.Claim, id int64, raw []byte, sum string, on tickets.Basis, now time.Time) (bool, error) {
	ours, err := f.BeginData(ctx, c, id, sum, on, now)
	if err != nil || !ours {
		return ours, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string]string{}
	}
	f.kept[sum] = string(raw)
	return true, nil
}

func (f *fake) BeginData(_ context.Context, c *tickets.Claim, id int64, sum string, on tickets.Basis, _ time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failBegin != nil {
		return false, f.failBegin
	}
	d := f.find(id)
	if f.taken || d.State != tickets.Claimed || d.Epoch != c.Epoch {
		return false, nil
	}
	if on.Version != f.version {
		return false, tickets.ErrFactsChanged
	}
	d.State, d.SHA256 = tickets.DataBegun, sum
	return true, nil
}

func (f *fake) GuardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	caseID, boxes := asked.CaseID, asked.Mailboxes
	if f.failFacts != nil {
		if err := f.failFacts(ctx); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.facts
	g.Version, g.Asked = f.version, asked
	for _, l := range f.letters {
		if l.Letter.ID == asked.LetterID {
			o := l.Letter
			o.Deliveries = nil
			g.Letter, g.Author, g.Answers = &o, l.Author, l.Answers
		}
		if l.Ticket != nil && l.Ticket.ID == asked.TicketID {
			g.Place = &tickets.LetterPlace{TicketID: l.Ticket.ID, CaseID: l.Ticket.CaseID, TeamID: l.Ticket.TeamID, OwnerID: l.Ticket.OwnerID}
		}
	}
	g.Staff = slices.DeleteFunc(slices.Clone(g.Staff), func(s register.Staff) bool { return !slices.Contains(boxes, s.Mailbox) })
	if caseID == 0 {
		g.Case, g.Parties = nil, nil
	}
	if f.onFacts != nil {
		f.onFacts()
	}
	return &g, nil
}

func (f *fake) RegisterVersion(ctx context.Context) (int64, error) {
	if f.failVersion != nil {
		if err := f.failVersion(ctx); err != nil {
			return 0, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.version, nil
}

func (f *fake) NextDue(context.Context) (time.Time, error) { return time.Time{}, nil }

func (f *fake) RecordOutcome(_ context.Context, c *tickets.Claim, o tickets.Outcome, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failRecord != nil {
		return f.failRecord
	}
	d := f.find(o.DeliveryID)
	if d.Epoch != c.Epoch || d.State != tickets.Claimed && d.State != tickets.DataBegun || o.State == tickets.Uncertain && d.State != tickets.DataBegun {
		return fault.New(fault.Conflict, "lost")
	}
	d.State, d.NextAt, d.Reply, d.Why, d.SHA256 = o.State, o.NextAt, o.Reply, o.Why, o.SHA256
	return nil
}

func (f *fake) HoldLetter(_ context.Context, c *tickets.Claim, why string, rules []string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	held := 0
	for _, x := range c.Letter.Deliveries {
		if d := f.find(x.ID); d.State == tickets.Claimed && d.Epoch == c.Epoch {
			d.State, d.Why = tickets.Held, why
			held++
		}
	}
	if held == 0 {
		return fault.New(fault.Conflict, "lost")
	}
	f.held[c.Letter.ID], f.rules[c.Letter.ID] = why, rules
	return nil
}

func (f *fake) Recover(context.Context, time.Time) (int, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recovered++
	return 0, 0, nil
}

func (f *fake) RecoverOwn(_ context.Context, holder string, busy func(int64) bool, _ time.Time) (requeued, uncertain int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failRecord != nil {
		return 0, 0, f.failRecord
	}
	for _, l := range f.letters {
		for i := range l.Letter.Deliveries {
			switch d := &l.Letter.Deliveries[i]; {
			case d.ClaimedBy != holder || busy(d.Epoch):
			case d.State == tickets.Claimed:
				d.State = tickets.Queued
				requeued++
			case d.State == tickets.DataBegun:
				d.State = tickets.Uncertain
				uncertain++
			}
		}
	}
	return requeued, uncertain, nil
}

// states are the states of a letter's deliveries.
func (f *fake) states(c *tickets.Claim) []tickets.DeliveryState {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []tickets.DeliveryState
	for _, d := range c.Letter.Deliveries {
		out = append(out, d.State)
	}
	return out
}
