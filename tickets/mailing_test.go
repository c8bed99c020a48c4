package tickets_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// The school year of a child, by age, on both sides of 1 September.
func TestSchoolYear(t *testing.T) {
	for _, tc := range []struct {
		dob, on string
		year    int
		ok      bool
	}{
		{"2016-03-14", "2026-11-23", 6, true},
		{"2015-09-01", "2026-11-23", 6, true},
		{"2015-08-31", "2026-11-23", 7, true},
		{"2016-08-31", "2026-11-23", 6, true},
		{"2016-09-01", "2026-11-23", 5, true},
		{"2015-09-01", "2027-08-31", 6, true},
		{"2015-09-01", "2027-09-01", 7, true},
		{"2022-02-01", "2026-11-23", tickets.YearReception, true},
		{"2023-02-01", "2026-11-23", tickets.YearNursery, true},
		{"2024-02-01", "2026-11-23", 0, false},
		{"2004-02-01", "2026-11-23", tickets.YearAfter, true},
		{"", "2026-11-23", 0, false},
	} {
		if year, ok := tickets.SchoolYear(tc.dob, tc.on); year != tc.year || ok != tc.ok {
			t.Errorf("born %q on %s: %d %v", tc.dob, tc.on, year, ok)
		}
	}
}

func TestMailingFilter(t *testing.T) {
	c := register.Case{Open: true, DOB: "2016-03-14", Stage: "Plan in force", School: "Hartfield Primary School", TeamID: 1, OfficerID: 2}
	closed := c
	closed.Open = false
	for name, tc := range map[string]struct {
		f    tickets.MailingFilter
		c    register.Case
		want bool
	}{
		"everything":         {tickets.MailingFilter{}, c, true},
		"closed":             {tickets.MailingFilter{}, closed, false},
		"stage":              {tickets.MailingFilter{Stages: []string{"Review", "plan in force"}}, c, true},
		"another stage":      {tickets.MailingFilter{Stages: []string{"Review"}}, c, false},
		"year":               {tickets.MailingFilter{Years: []int{5, 6}}, c, true},
		"another year":       {tickets.MailingFilter{Years: []int{7}}, c, false},
		"no date of birth":   {tickets.MailingFilter{Years: []int{6}}, register.Case{Open: true}, false},
		"phase":              {tickets.MailingFilter{Phase: true}, c, true},
		"phase in that year": {tickets.MailingFilter{Phase: true, Years: []int{11}}, c, false},
		"school":             {tickets.MailingFilter{School: "hartfield"}, c, true},
		"another school":     {tickets.MailingFilter{School: "Oakdene"}, c, false},
		"team and officer":   {tickets.MailingFilter{TeamID: 1, OfficerID: 2}, c, true},
		"another officer":    {tickets.MailingFilter{TeamID: 1, OfficerID: 3}, c, false},
	} {
		if got := tc.f.Matches(tc.c, "2026-11-23"); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Who of a family gets a letter to many, and in which words it is said why not.
func TestMailingPeople(t *testing.T) {
	const on = "2026-11-23"
	start := func() tickets.MailingCase {
		return tickets.MailingCase{
			Case: register.Case{ID: 1, Ref: "WM-2201", ChildName: "Milo Brandt", DOB: "2016-03-14", Open: true},
			Parties: []register.Party{
				{
					Person: register.Person{ID: 10, Name: "Tessa Brandt", Kind: register.KindParent},
					Link:   register.Link{CaseID: 1, PersonID: 10, PR: register.PRYes, MayBeTold: "all"}, Addresses: []register.Address{{ID: 1, PersonID: 10, Email: "tessa@mail.example"}},
				},
				{Person: register.Person{ID: 11, Name: "Beth Okoye", Kind: register.KindSchool}, Link: register.Link{CaseID: 1, PersonID: 11}},
			},
			Facts: &register.CaseFacts{CaseID: 1, Preferences: map[int64]register.Preferences{}, Dates: map[string]string{}},
		}
	}
	limit := func(kind register.RestrictionKind, about, against int64) func(m *tickets.MailingCase) {
		return func(m *tickets.MailingCase) {
			m.Facts.Restrictions = append(m.Facts.Restrictions, register.Restriction{CaseID: 1, PersonID: about, AgainstID: against, Kind: kind, Source: register.SourceOrder})
		}
	}
	wish := func(p register.Preferences) func(m *tickets.MailingCase) {
		return func(m *tickets.MailingCase) { m.Facts.Preferences[10] = p }
	}
	for name, tc := range map[string]struct {
		change func(m *tickets.MailingCase)
		why    string // "": gets one
	}{
		"a mother":             {func(*tickets.MailingCase) {}, ""},
		"no contact":           {limit(register.NoContact, 10, 0), "may not write"},
		"marked no contact":    {func(m *tickets.MailingCase) { m.Parties[0].Link.NoContact = true }, "may not write"},
		"indirect only":        {limit(register.IndirectOnly, 10, 0), "may not write"},
		"no information":       {limit(register.NoInformation, 10, 0), "may not be told"},
		"another restriction":  {limit(register.OtherRestriction, 10, 0), "may not be told"},
		"an address protected": {limit(register.AddressProtected, 99, 0), "the address has to be kept from them"},
		"their own protected":  {limit(register.AddressProtected, 10, 0), ""},
		"school protected":     {limit(register.SchoolProtected, 99, 10), "the school has to be kept"},
		"staff safety":         {limit(register.StaffSafety, 10, 0), ""},
		"no PR":                {func(m *tickets.MailingCase) { m.Parties[0].Link.PR = register.PRNo }, "may not be told"},
		"PR not checked":       {func(m *tickets.MailingCase) { m.Parties[0].Link.PR = register.PRNotChecked }, "has not been checked"},
		"no address":           {func(m *tickets.MailingCase) { m.Parties[0].Addresses = nil }, "by post"},
		"bounced once":         {func(m *tickets.MailingCase) { m.Parties[0].Addresses[0].Bounced = 1 }, ""},
		"bounced twice":        {func(m *tickets.MailingCase) { m.Parties[0].Addresses[0].Bounced = 2 }, "came back twice"},
		"unsubscribed":         {wish(register.Preferences{NoGeneral: true}), "Unsubscribed"},
		"wants post":           {wish(register.Preferences{Channel: "letter"}), "by post"},
		"wants to be rung":     {wish(register.Preferences{Channel: "phone"}), "Ring them"},
		"reads Braille":        {wish(register.Preferences{Braille: true}), "Braille"},
		"large print":          {wish(register.Preferences{LargePrint: 18}), ""},
		"young, not asked":     {func(m *tickets.MailingCase) { m.Case.DOB = "2010-02-01" }, "nobody has asked"},
		"young, parent copied": {func(m *tickets.MailingCase) {
			m.Case.DOB, m.Facts.Arrangement.Value = "2010-02-01", register.ArrangeParentCopied
		}, ""},
		"young, alone": {func(m *tickets.MailingCase) {
			m.Case.DOB, m.Facts.Arrangement.Value = "2010-02-01", register.ArrangeYoungOnly
		}, "may not be told"},
		"represented": {func(m *tickets.MailingCase) {
			m.Facts.Representations = []register.Representation{{CaseID: 1, PersonID: 11, ForPerson: 10, Document: "authority 3"}}
		}, "Represented by Beth Okoye"},
		"nobody recorded": {func(m *tickets.MailingCase) { m.Parties = m.Parties[1:] }, "Nobody of the family"},
	} {
		m := start()
		tc.change(&m)
		lines := tickets.MailingPeople(m, on)
		if len(lines) != 1 {
			t.Errorf("%s: %d lines", name, len(lines))
			continue
		}
		l := lines[0]
		if tc.why == "" && (l.State != tickets.MailingWaiting || l.Email == "") || tc.why != "" && (l.State != tickets.MailingLeftOut || l.Email != "" || !strings.Contains(l.Why, tc.why)) {
			t.Errorf("%s: %s %q", name, l.State, l.Why)
		}
	}
}

// In the first sixty days after the switch an officer may still write to a parent of a
// young person whom nobody has asked; a letter to many does not.
func TestMailingYoungPerson(t *testing.T) {
	m := tickets.MailingCase{
		Case: register.Case{ID: 1, ChildName: "Milo Brandt", DOB: "2010-02-01", Open: true},
		Parties: []register.Party{{
			Person: register.Person{ID: 10, Kind: register.KindParent}, Link: register.Link{CaseID: 1, PersonID: 10, PR: register.PRYes, MayBeTold: "all"},
			Addresses: []register.Address{{ID: 1, PersonID: 10, Email: "tessa@mail.example"}},
		}},
		Facts: &register.CaseFacts{CaseID: 1},
	}
	for on, want := range map[string]tickets.MailingLetterState{"2026-06-26": tickets.MailingWaiting, "2026-06-27": tickets.MailingLeftOut, "2026-07-10": tickets.MailingLeftOut} {
		if l := tickets.MailingPeople(m, on)[0]; l.State != want || want == tickets.MailingLeftOut && !strings.Contains(l.Why, "Nobody has asked yet") {
			t.Errorf("on %s: %s %q", on, l.State, l.Why)
		}
	}
}

// A person with two children gets one letter when it speaks of neither.
func TestOneLetterEach(t *testing.T) {
	line := func(c, p int64, s tickets.MailingLetterState) tickets.MailingLetter {
		return tickets.MailingLetter{CaseID: c, PersonID: p, State: s}
	}
	got := tickets.OneLetterEach([]tickets.MailingLetter{
		line(1, 10, tickets.MailingLeftOut), line(2, 10, tickets.MailingWaiting), line(2, 11, tickets.MailingWaiting), line(3, 10, tickets.MailingWaiting), line(4, 10, tickets.MailingWaiting),
	})
	if len(got) != 3 || got[1].CaseID != 2 || fmt.Sprint(got[1].Also) != "[3 4]" || len(got[2].Also) != 0 {
		t.Errorf("%+v", got)
	}
}

const mailingBody = "Dear {name}\n\nA meeting about moving to secondary school is on 3 December. {child} is welcome.\n\n{format}"

// round is a mailing in hand, with the words that the tests need.
type round struct {
	*world
	ctx      context.Context
	m        *tickets.Mailing
	families []register.Case
	parents  []register.Person
}

// newMailing seeds n families of children in year 6 beside those of the world, and has
// Dean begin a letter to them.
func newMailing(w *world, n int) *round {
	w.t.Helper()
	ctx := context.Background()
	x := &round{world: w, ctx: ctx}
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		for i := range n {
			c := register.Case{
				Ref: fmt.Sprintf("WM-%d", 5000+i), ChildName: fmt.Sprintf("Child%d Family%d", i, i), DOB: "2016-03-14", Stage: "Plan in force",
				TeamID: w.team.ID, OfficerID: w.dean.ID, FallbackID: w.lead.ID, Open: true, CreatedAt: noon,
			}
			w.must(tx.InsertCase(ctx, &c))
			p := register.Person{Name: fmt.Sprintf("Parent%d Family%d", i, i), Kind: register.KindParent, CreatedAt: noon}
			w.must(tx.InsertPerson(ctx, &p))
			email := fmt.Sprintf("parent%d@family.example", i)
			w.must(tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: email, Mailbox: register.FoldMailbox(email), CreatedAt: noon}))
			w.must(tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}))
			x.families, x.parents = append(x.families, c), append(x.parents, p)
		}
		return nil
	}))
	m, err := w.desk.NewMailing(ctx, actor(w.dean), x.text(), w.now)
	w.must(err)
	x.m = m
	return x
}

func (x *round) text() tickets.MailingText {
	return tickets.MailingText{Title: "Year 6 meeting", MailboxID: x.box.ID, Filter: tickets.MailingFilter{Years: []int{6}}, Subject: "Moving to secondary school", Body: mailingBody}
}

func (x *round) restrict(i int) {
	x.t.Helper()
	x.must(x.db.Write(x.ctx, func(tx tickets.Tx) error {
		return tx.InsertRestriction(x.ctx, &register.Restriction{
			CaseID: x.families[i].ID, PersonID: x.parents[i].ID, Kind: register.NoContact, Source: register.SourceOrder, StartsOn: "2026-01-01", ReviewBy: "2027-06-01",
			EnteredBy: x.dean.ID, EnteredAt: x.now,
		})
	}))
}

func (x *round) again() *tickets.Mailing {
	x.t.Helper()
	m, err := x.db.MailingByID(x.ctx, x.m.ID)
	x.must(err)
	return m
}

func (x *round) lines() []tickets.MailingLetter {
	x.t.Helper()
	l, err := x.db.MailingLetters(x.ctx, access.System("test"), tickets.MailingQuery{MailingID: x.m.ID})
	x.must(err)
	return l
}

func (x *round) counts() map[tickets.MailingResult]int {
	x.t.Helper()
	c, _, err := x.db.MailingCounts(x.ctx, access.System("test"), x.m.ID)
	x.must(err)
	return c
}

// list makes the list and has the check find nothing.
func (x *round) list() {
	x.t.Helper()
	x.must(x.desk.MakeMailingList(x.ctx, actor(x.dean), x.m.ID, 0, x.now))
	x.check("allow")
}

func (x *round) check(decision string) {
	x.t.Helper()
	for range 100 {
		work, err := x.desk.MailingsToCheck(x.ctx, 50, x.now)
		x.must(err)
		if len(work) == 0 {
			return
		}
		for _, one := range work {
			_, digest, err := x.desk.MailingClaim(x.ctx, actor(x.dean), one.MailingID, one.LetterID, x.now)
			x.must(err)
			v := tickets.MailingVerdict{MailingID: one.MailingID, LetterID: one.LetterID, Digest: digest, Decision: decision}
			if decision != "allow" {
				v.Findings = []tickets.MailingFinding{{Rule: "BOUNCED", Decision: decision, Mailbox: "x", Words: "Mail to this address did not arrive once."}}
			}
			x.must(x.desk.MailingJudged(x.ctx, v, x.now))
		}
	}
	x.t.Fatal("the check has no end")
}

func (x *round) approve() {
	x.t.Helper()
	x.must(x.desk.AskMailing(x.ctx, actor(x.dean), x.m.ID, 0, x.now))
	x.must(x.desk.ApproveMailing(x.ctx, actor(x.lead), x.m.ID, x.again().Digest, x.now))
}

func plainDigest(o tickets.Outgoing) string { return fmt.Sprint("digest ", o.TicketID) }

// queueAll lets the pace run to its end.
func (x *round) queueAll(d *tickets.Desk) {
	x.t.Helper()
	for range 200 {
		if x.again().State != tickets.MailingSending {
			return
		}
		_, err := d.QueueMailings(x.ctx, plainDigest, x.now)
		x.must(err)
		x.later(15 * time.Second)
	}
	x.t.Fatal("the mailing has no end")
}

// perFamily counts the letters of the mailing by whom they are for.
func (x *round) perFamily() map[int64]int {
	x.t.Helper()
	out := map[int64]int{}
	list, err := x.db.Outbox(x.ctx, access.System("test"), tickets.OutboxQuery{States: []tickets.DeliveryState{
		tickets.Queued, tickets.Held, tickets.Claimed, tickets.DataBegun, tickets.Accepted, tickets.Cancelled, tickets.Bounced,
	}, Limit: 200})
	x.must(err)
	for _, o := range list {
		if o.Fields[tickets.FieldMailing] != "" {
			if len(o.Deliveries) != 1 {
				x.t.Errorf("letter %d has %d copies", o.ID, len(o.Deliveries))
			}
			out[o.Deliveries[0].PersonID]++
		}
	}
	return out
}

// A letter to sixty families of whom three are restricted reaches exactly fifty-seven:
// one letter each, one enquiry each that nobody waits for, and a line for each family.
func TestMailingReachesExactly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := newMailing(w, 60)
		for _, i := range []int{3, 17, 59} {
			x.restrict(i)
		}
		x.list()
		if c := x.counts(); c[tickets.ResultWaiting] != 57 || c[tickets.ResultLeftOut] != 3 || x.again().State != tickets.MailingReady {
			t.Fatalf("the list: %v, %s", c, x.again().State)
		}
		x.approve()
		n, err := x.desk.QueueMailings(x.ctx, plainDigest, x.now)
		x.must(err)
		if n != 4 { // 200 in an hour are four in a minute
			t.Errorf("%d letters at once", n)
		}
		if n, err = x.desk.QueueMailings(x.ctx, plainDigest, x.now.Add(20*time.Second)); err != nil || n != 0 {
			t.Errorf("%d letters more in the same minute, %v", n, err)
		}
		x.queueAll(x.desk)
		w.drain()
		got := x.perFamily()
		for i, p := range x.parents {
			want := 1
			if i == 3 || i == 17 || i == 59 {
				want = 0
			}
			if got[p.ID] != want {
				t.Errorf("family %d got %d letters", i, got[p.ID])
			}
		}
		if c := x.counts(); len(got) != 57 || c[tickets.ResultArrived] != 57 || c[tickets.ResultLeftOut] != 3 || x.again().State != tickets.MailingDone {
			t.Errorf("%d families, %v, %s", len(got), c, x.again().State)
		}
		for _, l := range x.lines() {
			if l.State != tickets.MailingQueued {
				if !strings.Contains(l.Why, "may not write") {
					t.Errorf("left out because %q", l.Why)
				}
				continue
			}
			tk := w.ticket(l.TicketID)
			if tk.State != tickets.StateFinished || tk.CaseID != l.CaseID || tk.OwnerID != w.dean.ID || w.runs(tk.ID) != 0 || len(w.messages(tk.ID)) != 1 {
				t.Fatalf("enquiry %+v", tk)
			}
		}
	})
}

// An answer finds its enquiry by the reply address and opens it; a letter that comes
// back opens it too, and the line says so.
func TestMailingAnswers(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 2)
	x.list()
	x.approve()
	x.queueAll(x.desk)
	w.drain()
	lines := x.lines()
	o := w.letter(lines[0].OutgoingID)
	in := mail(o.Deliveries[0].Email, saying("Can we bring his brother?"))
	in.To = []tickets.MailAddress{{Email: strings.Replace(sen, "@", "+"+o.Deliveries[0].Token+"@", 1)}}
	res := w.one(in)
	if res.TicketID != lines[0].TicketID || res.Opened || w.ticket(res.TicketID).State != tickets.StateOpen || w.runs(res.TicketID) != 1 || res.AckID == 0 {
		t.Errorf("an answer: %+v, %+v", res, w.ticket(res.TicketID))
	}
	second := w.letter(lines[1].OutgoingID)
	w.one(bounceOf(second.Deliveries[0]))
	if c := x.counts(); c[tickets.ResultBounced] != 1 || c[tickets.ResultArrived] != 1 || w.ticket(lines[1].TicketID).State != tickets.StateOpen {
		t.Errorf("after it came back: %v, %+v", c, w.ticket(lines[1].TicketID))
	}
}

// A program that dies in the middle leaves no family with two letters and none without;
// nor do two programs that do the same at once.
func TestMailingKilled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := newMailing(w, 24)
		w.must(w.desk.ChangeMailing(x.ctx, actor(w.dean), x.m.ID, 0, x.text(), w.now))
		x.list()
		x.approve()
		killed := 0
		for n := range 6 {
			count := 0
			func() {
				defer func() {
					if recover() != nil {
						killed++
					}
				}()
				_, _ = w.desk.QueueMailings(x.ctx, func(o tickets.Outgoing) string {
					if count++; count == n%4+1 {
						panic("killed")
					}
					return plainDigest(o)
				}, w.now)
			}()
			w.later(15 * time.Second)
		}
		if killed < 3 {
			t.Fatalf("killed %d times", killed)
		}
		var both sync.WaitGroup
		errs := make(chan error, 2)
		for range 2 {
			both.Go(func() {
				for i := range 30 {
					if _, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now.Add(time.Duration(i)*time.Minute)); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		both.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		got := x.perFamily()
		for i, p := range x.parents {
			if got[p.ID] != 1 {
				t.Errorf("family %d has %d letters", i, got[p.ID])
			}
		}
		if x.again().State != tickets.MailingDone {
			t.Errorf("the mailing is %s", x.again().State)
		}
	})
}

// What happens after the approval counts: an order, a wish, another address or officer.
func TestMailingFactsAtLeaving(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 5)
	x.list()
	x.approve()
	x.restrict(0)
	w.must(w.desk.SetPreferences(x.ctx, actor(w.dean), register.Preferences{PersonID: x.parents[1].ID, NoGeneral: true}, w.now))
	w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
		c := x.families[2]
		c.ChildName = "Another Name"
		return tx.UpdateCase(x.ctx, &c)
	}))
	w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
		c := x.families[3]
		c.Open = false
		return tx.UpdateCase(x.ctx, &c)
	}))
	x.queueAll(x.desk)
	want := []string{"may not write", "Unsubscribed", "changed", "closed", ""}
	for i, l := range x.lines() {
		if want[i] == "" && l.State != tickets.MailingQueued || want[i] != "" && (l.State != tickets.MailingLeftOut || !strings.Contains(l.Why, want[i]) || !strings.HasPrefix(l.Why, "Since it was approved")) {
			t.Errorf("family %d: %s %q", i, l.State, l.Why)
		}
	}
	if got := x.perFamily(); len(got) != 1 {
		t.Errorf("letters %v", got)
	}
}

// Nobody approves their own; an approval is for exactly what was seen.
func TestMailingApproval(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 3)
	fails := func(kind fault.Kind, err error) {
		t.Helper()
		if !fault.Is(err, kind) {
			t.Errorf("error is %v, want %s", err, kind)
		}
	}
	fails(fault.Conflict, w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	w.must(w.desk.MakeMailingList(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	fails(fault.Conflict, w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	x.check("confirm")
	fails(fault.Invalid, w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	lines := x.lines()
	w.must(w.desk.RemoveMailingLetter(x.ctx, actor(w.dean), x.m.ID, lines[0].ID, "has moved away", w.now))
	fails(fault.NotFound, w.desk.RemoveMailingLetter(x.ctx, actor(w.priya), x.m.ID, lines[1].ID, "", w.now))
	said := []tickets.Confirmation{{Rule: "BOUNCED", Mailbox: "x", At: w.now}}
	for _, l := range lines[1:] {
		v := tickets.MailingVerdict{MailingID: x.m.ID, LetterID: l.ID, Digest: l.Digest, Decision: "confirm", Findings: l.Findings}
		fails(fault.Invalid, w.desk.ConfirmMailingLetter(x.ctx, actor(w.dean), v, nil, w.now))
		w.must(w.desk.ConfirmMailingLetter(x.ctx, actor(w.dean), v, said, w.now))
	}
	w.must(w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	digest := x.again().Digest
	own := actor(w.dean)
	own.Role = access.RoleLead
	fails(fault.Refused, w.desk.ApproveMailing(x.ctx, own, x.m.ID, digest, w.now))
	fails(fault.Denied, w.desk.ApproveMailing(x.ctx, actor(w.priya), x.m.ID, digest, w.now))
	elsewhere := actor(w.lead)
	elsewhere.StaffID, elsewhere.TeamIDs = 999, []int64{999}
	fails(fault.NotFound, w.desk.ApproveMailing(x.ctx, elsewhere, x.m.ID, digest, w.now))
	fails(fault.Conflict, w.desk.ApproveMailing(x.ctx, actor(w.lead), x.m.ID, "", w.now))

	// Any change is another mailing.
	w.must(w.desk.RemoveMailingLetter(x.ctx, actor(w.dean), x.m.ID, lines[1].ID, "", w.now))
	fails(fault.Conflict, w.desk.ApproveMailing(x.ctx, actor(w.lead), x.m.ID, digest, w.now))
	w.must(w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	fails(fault.Conflict, w.desk.ApproveMailing(x.ctx, actor(w.lead), x.m.ID, digest, w.now))
	fails(fault.Invalid, w.desk.RefuseMailing(x.ctx, actor(w.lead), x.m.ID, " ", w.now))
	w.must(w.desk.RefuseMailing(x.ctx, actor(w.lead), x.m.ID, "Say where", w.now))
	if m := x.again(); m.State != tickets.MailingReady || !strings.Contains(m.Answer.ForStaff(), "Say where") {
		t.Errorf("after a no: %+v", m)
	}
	text := x.text()
	text.Body = strings.Replace(text.Body, "3 December", "4 December", 1)
	w.must(w.desk.ChangeMailing(x.ctx, actor(w.dean), x.m.ID, 0, text, w.now))
	fails(fault.Conflict, w.desk.ChangeMailing(x.ctx, actor(w.dean), x.m.ID, 1, text, w.now))
	if len(x.lines()) != 0 {
		t.Error("the list outlived the text")
	}
	x.list()
	x.approve()
	fails(fault.Conflict, w.desk.ChangeMailing(x.ctx, actor(w.dean), x.m.ID, 0, text, w.now))
	fails(fault.Conflict, w.desk.RemoveMailingLetter(x.ctx, actor(w.dean), x.m.ID, x.lines()[0].ID, "", w.now))

	// Paused, nothing is queued; stopped, what has not left stays.
	w.must(w.desk.PauseMailing(x.ctx, actor(w.dean), x.m.ID, w.now))
	if n, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now); n != 0 || err != nil {
		t.Errorf("paused: %d %v", n, err)
	}
	w.must(w.desk.ResumeMailing(x.ctx, actor(w.lead), x.m.ID, w.now))
	text.PerHour = 60
	if n, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now); n != 3 || err != nil {
		t.Errorf("resumed: %d %v", n, err)
	}
	if x.again().State != tickets.MailingDone {
		t.Errorf("it is %s", x.again().State)
	}
	fails(fault.Conflict, w.desk.StopMailing(x.ctx, actor(w.dean), x.m.ID, w.now))
}

// A mailing that is stopped in the middle takes back what waits in the outbox.
func TestMailingStopped(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 9)
	x.list()
	x.approve()
	_, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now)
	w.must(err)
	w.must(w.desk.StopMailing(x.ctx, actor(w.lead), x.m.ID, w.now))
	w.drain()
	if c := x.counts(); c[tickets.ResultCancelled] != 4 || c[tickets.ResultRemoved] != 5 || len(c) != 2 {
		t.Errorf("%v", c)
	}
	w.later(time.Hour)
	if n, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now); n != 0 || err != nil {
		t.Errorf("queued %d %v", n, err)
	}
}

// What is not as it was approved does not leave, whoever changed it and however.
func TestMailingTampered(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 3)
	x.list()
	x.approve()
	w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
		m, err := tx.MailingByID(x.ctx, x.m.ID)
		if err != nil {
			return err
		}
		m.Body = strings.Replace(m.Body, "welcome", "not welcome", 1)
		return tx.UpdateMailing(x.ctx, m)
	}))
	if n, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now); n != 0 || err != nil || x.again().State != tickets.MailingPaused {
		t.Errorf("%d %v %s", n, err, x.again().State)
	}
}

// Of a case that the author may not open nothing is on the list, not even a count; and
// who approves has to be able to open all of them.
func TestMailingScope(t *testing.T) {
	w := newWorld(t)
	x := newMailing(w, 4)
	w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
		c := x.families[0]
		c.Restricted, c.OfficerID, c.FallbackID = true, w.lead.ID, w.lead.ID
		return tx.UpdateCase(x.ctx, &c)
	}))
	x.list()
	if got := x.lines(); len(got) != 3 {
		t.Errorf("%d lines", len(got))
	}
	var far register.Team
	w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
		far = register.Team{Name: "South team"}
		w.must(tx.InsertTeam(x.ctx, &far))
		c := x.families[1]
		c.TeamID, c.OfficerID, c.FallbackID = far.ID, w.dean.ID, w.dean.ID // Dean's own case, of another team
		return tx.UpdateCase(x.ctx, &c)
	}))
	x.list()
	w.must(w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
	if err := w.desk.ApproveMailing(x.ctx, actor(w.lead), x.m.ID, x.again().Digest, w.now); !fault.Is(err, fault.Refused) {
		t.Errorf("approved families that the lead cannot see: %v", err)
	}
	head := access.Actor{StaffID: w.priya.ID, Name: "Ines", Role: access.RoleHead}
	if err := w.desk.ApproveMailing(x.ctx, head, x.m.ID, x.again().Digest, w.now); err != nil {
		t.Error(err)
	}
}

// While the outbound mode keeps letters back nothing is put into the outbox: it would
// have to be released one by one.
func TestMailingMode(t *testing.T) {
	w := newWorld(t, func(s *tickets.Settings) { s.Mode = tickets.ModeHold })
	x := newMailing(w, 2)
	x.list()
	x.approve()
	if n, err := w.desk.QueueMailings(x.ctx, plainDigest, w.now); n != 0 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if _, err := w.desk.NewMailing(x.ctx, actor(w.duty), x.text(), w.now); !fault.Is(err, fault.Denied) {
		t.Errorf("the duty desk wrote a mailing: %v", err)
	}
	bad := x.text()
	bad.PerHour = 100000
	if _, err := w.desk.NewMailing(x.ctx, actor(w.dean), bad, w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("faster than the council allows: %v", err)
	}
}
