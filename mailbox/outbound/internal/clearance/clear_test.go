package clearance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

const (
	mother = "tamsin.orchard@mail.example"
	ours   = "sen@council.example"
)

type facts struct {
	version int64
	fail    error
	change  func(*tickets.GuardFacts)
	claim   *tickets.Claim
}

func (f *facts) GuardFacts(_ context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	caseID := asked.CaseID
	if f.fail != nil {
		return nil, f.fail
	}
	gf := &tickets.GuardFacts{
		Asked: asked, Version: f.version, Author: f.claim.Author, Letter: &f.claim.Letter, OwnMailboxes: []string{ours},
		Case: &register.Case{ID: caseID, Ref: "WM-2201", ChildName: "Milo Orchard", TeamID: 2},
		Parties: []register.Party{{
			Person: register.Person{ID: 1, Name: "Tamsin Orchard", Kind: register.KindParent},
			Link:   register.Link{CaseID: caseID, PersonID: 1, PR: register.PRYes}, Addresses: []register.Address{{Email: mother}},
		}},
		Private: []tickets.PrivateFact{{Text: tickets.NewPrivateText("the place has gone already so say nothing to her yet")}},
	}
	if f.change != nil {
		f.change(gf)
	}
	return gf, nil
}

func (f *facts) RegisterVersion(context.Context) (int64, error) { return f.version, f.fail }

type clock struct{ now time.Time }

func setUp(t *testing.T, body string) (*Mint, *facts, *clock, *tickets.Claim, []compose.Copy) {
	t.Helper()
	f, c := &facts{version: 4}, &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	m, err := New(f, func() time.Time { return c.now })
	if err != nil {
		t.Fatal(err)
	}
	composer, err := compose.New(compose.Settings{Senders: map[string]compose.Sender{ours: {Name: "SEN team"}}})
	if err != nil {
		t.Fatal(err)
	}
	claim := &tickets.Claim{
		Mailbox: tickets.Mailbox{Address: ours},
		Author:  &register.Staff{ID: 9, Name: "Jo Bell", Mailbox: "jo@council.example", Role: string(access.RoleOfficer), TeamID: 2, Active: true},
		Letter: tickets.Outgoing{
			ID: 1, CaseID: 5, Purpose: tickets.PurposeReply, Subject: "x", Body: body, TicketRef: "SEN-104233",
			Deliveries: []tickets.Delivery{{ID: 11, Email: mother, MessageID: "m1@council.example", Token: "t"}},
		},
	}
	letter := *claim
	f.claim = &letter
	copies, err := composer.Copies(claim, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return m, f, c, claim, copies
}

func TestRedeemOnce(t *testing.T) {
	m, _, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	given := string(copies[0].Bytes)
	got, r := m.Clear(t.Context(), claim, copies, nil, "")
	if len(got) != 1 || !r.Passes() {
		t.Fatalf("%+v", r)
	}
	// Whoever made the bytes cannot change them any more.
	for i := range copies[0].Bytes {
		copies[0].Bytes[i] = 'x'
	}
	again := got[0] // a copy of a clearance is the same clearance
	cargo, err := m.Redeem(t.Context(), got[0])
	if err != nil || string(cargo.Bytes) != given || cargo.DeliveryID != 11 || len(cargo.To) != 1 || cargo.To[0] != mother || cargo.From != ours || len(cargo.SHA256) != 64 {
		t.Fatalf("%+v %v", cargo, err)
	}
	for _, c := range []Cleared{got[0], again} {
		if _, err := m.Redeem(t.Context(), c); !errors.Is(err, ErrSpent) {
			t.Errorf("redeemed twice: %v", err)
		}
	}
}

func TestRedeemedByOneOfMany(t *testing.T) {
	m, _, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	got, _ := m.Clear(t.Context(), claim, copies, nil, "")
	var wg sync.WaitGroup
	won := make(chan struct{}, 50)
	for range 50 {
		wg.Go(func() {
			if _, err := m.Redeem(context.Background(), got[0]); err == nil {
				won <- struct{}{}
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d redeemed it", len(won))
	}
}

func TestWorthless(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(m *Mint, f *facts, c *clock)
		want  error
	}{
		"too old":               {func(_ *Mint, _ *facts, c *clock) { c.now = c.now.Add(61 * time.Second) }, ErrExpired},
		"from the future":       {func(_ *Mint, _ *facts, c *clock) { c.now = c.now.Add(-time.Second) }, ErrExpired},
		"register changed":      {func(_ *Mint, f *facts, _ *clock) { f.version++ }, ErrStale},
		"register went back":    {func(_ *Mint, f *facts, _ *clock) { f.version-- }, ErrStale},
		"register is not there": {func(_ *Mint, f *facts, _ *clock) { f.fail = errors.New("down") }, ErrUnavailable},
	} {
		m, f, clk, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
		got, _ := m.Clear(t.Context(), claim, copies, nil, "")
		c.spoil(m, f, clk)
		cargo, err := m.Redeem(t.Context(), got[0])
		if !errors.Is(err, c.want) || cargo.Bytes != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := m.Redeem(t.Context(), got[0]); !errors.Is(err, ErrSpent) {
			t.Errorf("%s: a worthless clearance can be tried again: %v", name, err)
		}
	}
	m, f, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	if _, err := m.Redeem(t.Context(), Cleared{}); !errors.Is(err, ErrNotCleared) {
		t.Errorf("the zero Cleared: %v", err)
	}
	got, _ := m.Clear(t.Context(), claim, copies, nil, "")
	other, err := New(f, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Redeem(t.Context(), got[0]); !errors.Is(err, ErrNotCleared) {
		t.Errorf("another mint's: %v", err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := m.Redeem(ended, got[0]); !errors.Is(err, ErrUnavailable) {
		t.Errorf("with a context that ended: %v", err)
	}
}

// A Cleared neither shows nor carries what it is for.
func TestClearedIsOpaque(t *testing.T) {
	m, _, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	got, _ := m.Clear(t.Context(), claim, copies, nil, "")
	type box struct{ C Cleared }
	b, err := json.Marshal(box{got[0]})
	if err != nil || string(b) != `{"C":{}}` {
		t.Errorf("marshalled as %s, %v", b, err)
	}
	var back box
	if err := json.Unmarshal(b, &back); err != nil || back.C.c != nil {
		t.Errorf("unmarshalled as %v, %v", back, err)
	}
	for _, f := range []string{"%v", "%+v", "%#v"} {
		if s := fmt.Sprintf(f, got[0]); strings.Contains(s, "Monday") || strings.Contains(s, mother) {
			t.Errorf("%s shows %s", f, s)
		}
	}
}

// All copies or none, and nothing without facts.
func TestNoClearance(t *testing.T) {
	m, f, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	bad := copies[0]
	bad.To = "kit@home.example"
	for name, list := range map[string][]compose.Copy{"one of two": {copies[0], bad}, "none": nil} {
		if got, r := m.Clear(t.Context(), claim, list, nil, ""); len(got) != 0 || r.Passes() || r.Verdict.Decision != guard.Block {
			t.Errorf("%s: %d cleared, %+v", name, len(got), r)
		}
	}
	if got, r := m.Clear(t.Context(), nil, copies, nil, ""); len(got) != 0 || r.Passes() {
		t.Errorf("no claim: %+v", r)
	}
	f.fail = errors.New("down")
	if got, r := m.Clear(t.Context(), claim, copies, nil, ""); len(got) != 0 || !r.Unavailable || r.Passes() {
		t.Errorf("no facts: %+v", r)
	}
	m, _, _, claim, copies = setUp(t, "Dear Tamsin, the place has gone already so say nothing to her yet.")
	got, r := m.Clear(t.Context(), claim, copies, []guard.Confirmation{{Rule: guard.RuleNote, Mailbox: mother, Digest: "d"}}, "d")
	if len(got) != 0 || r.Passes() || len(r.Open) == 0 {
		t.Errorf("a note, confirmed: %+v", r)
	}
	if (Ruling{}).Passes() {
		t.Error("the zero Ruling passes")
	}
}

// What the register knows reaches the rules: the directory, all mailboxes, and
// protected addresses.
func TestRegisterFactsReachTheRules(t *testing.T) {
	const dear = "Dear Tamsin, the meeting is on Monday at ten. "
	father := register.Party{
		Person: register.Person{ID: 2, Name: "Rory Orchard", Kind: register.KindParent},
		Link:   register.Link{CaseID: 5, PersonID: 2, PR: register.PRYes, AddressHidden: true}, Addresses: []register.Address{{Email: "rory@far.example"}},
	}
	for name, c := range map[string]struct {
		body   string
		change func(*tickets.GuardFacts)
		rule   string
	}{
		"nothing": {dear, nil, ""},
		"a protected address": {dear + "Rory lives at 14 Quarry Terrace now.", func(f *tickets.GuardFacts) {
			f.Parties = append(f.Parties, father)
			f.Protected = []tickets.ProtectedValue{{PersonID: 2, Kind: register.FactAddress, Value: "14 Quarry Terrace, Northmere, WM4 2QT"}}
		}, guard.RuleConfidentialAddress},
		"mail passed on": {dear, func(f *tickets.GuardFacts) {
			f.Forwards = []register.Forward{{Mailbox: mother, To: "somebody@else.example"}}
		}, guard.RuleForwards},
		"told nothing": {dear, func(f *tickets.GuardFacts) {
			f.Restrictions = []register.Restriction{{CaseID: 5, PersonID: 1, Kind: register.NoInformation}}
		}, guard.RuleNoPR},
		"a protected school": {dear + "Milo starts at Oakfield Primary.", func(f *tickets.GuardFacts) {
			f.Case.School = "Oakfield Primary"
			f.Restrictions = []register.Restriction{{CaseID: 5, PersonID: 2, AgainstID: 1, Kind: register.SchoolProtected}}
		}, guard.RuleSchool},
		"a young person who was not asked": {dear, func(f *tickets.GuardFacts) { f.Case.DOB = "2009-01-02" }, guard.RuleYoungPerson},
		"a young person who agreed": {dear, func(f *tickets.GuardFacts) {
			f.Case.DOB, f.Arrangement = "2009-01-02", register.ArrangeParentCopied
		}, ""},
		"a parent with a solicitor": {dear, func(f *tickets.GuardFacts) {
			f.Parties = append(f.Parties, register.Party{
				Person: register.Person{ID: 3, Name: "Ines Law", Kind: register.KindOther}, Link: register.Link{CaseID: 5, PersonID: 3, Representative: true},
				Addresses: []register.Address{{Email: "ines@law.example"}},
			})
			f.Representations = []register.Representation{{CaseID: 5, PersonID: 3, ForPerson: 1, Document: "signed"}}
		}, guard.RuleRepresented},
		"nearly another's": {dear, func(f *tickets.GuardFacts) {
			f.Parties[0].Addresses = nil
			f.Mailboxes = []tickets.KnownMailbox{{Email: "tamsin.orchad@mail.example", Name: "Tamsin Orchad"}}
		}, guard.RuleNearMiss},
	} {
		t.Run(name, func(t *testing.T) {
			m, f, _, claim, copies := setUp(t, c.body)
			f.change = c.change
			r := m.Judge(t.Context(), claim, copies)
			found := false
			for _, x := range r.Verdict.Findings {
				found = found || x.Rule == c.rule
			}
			if c.rule == "" && !r.Passes() || c.rule != "" && (!found || r.Passes()) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// An acknowledgement goes to whoever wrote, whatever must be asked before a reply:
// it says that we have their letter and who will answer.
func TestAcknowledgementsAreNotAskedAbout(t *testing.T) {
	m, f, _, claim, _ := setUp(t, "x")
	f.change = func(gf *tickets.GuardFacts) {
		gf.Case.DOB = "2009-01-02"
		gf.Parties[0].Link.Representative = true
		gf.Representations = []register.Representation{{CaseID: 5, PersonID: 3, ForPerson: 1, Document: "signed"}}
	}
	gf, err := f.GuardFacts(t.Context(), tickets.FactsAsked{CaseID: 5})
	if err != nil {
		t.Fatal(err)
	}
	for purpose, asked := range map[tickets.Purpose]bool{tickets.PurposeReply: true, tickets.PurposeAck: false, tickets.PurposeReceipt: false} {
		claim.Letter.Purpose = purpose
		facts := m.factsOf(claim, gf, "")
		if facts.DecidesAlone != asked || (facts.People[0].Links[0].Speaks != nil) != asked {
			t.Errorf("%s: %v, %+v", purpose, facts.DecidesAlone, facts.People[0].Links[0])
		}
	}
}
