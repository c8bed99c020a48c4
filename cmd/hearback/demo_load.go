package main

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// load puts the history in: every mail is delivered to the embedded
// server, read over IMAP, taken in, acknowledged and answered by the same steps
// as in daily use. Only the clock is simulated.
func (w *demoWorld) load(ctx context.Context, out io.Writer) error {
	end := time.Now().UTC().Truncate(time.Second)
	start := end.AddDate(0, 0, -w.flags.days)
	w.set(start)
	if err := w.seedRegister(ctx); err != nil {
		return fmt.Errorf("the demonstration's register: %w", err)
	}
	s := newStory(w, start, end)
	if err := s.run(ctx, newProgress(out, start, end)); err != nil {
		return err
	}
	w.set(end)
	if err := w.settle(ctx); err != nil {
		return err
	}
	w.clock.Store(nil)
	return writeDemoState(filepath.Join(w.flags.data, demoMark), demoState{Council: demoCouncil, Loaded: true, Until: end})
}

// findCast looks the staff up.
func (w *demoWorld) findCast(ctx context.Context) error {
	w.cast = map[string]int64{}
	for _, s := range demoStaff() {
		st, err := w.app.store.StaffByMailbox(ctx, register.FoldMailbox(s.email()))
		if err != nil {
			return err
		}
		w.cast[s.key] = st.ID
	}
	return nil
}

func (w *demoWorld) seedRegister(ctx context.Context) error {
	hash, err := hashPassword(demoStaffPw)
	if err != nil {
		return err
	}
	now := w.time()
	w.cast = map[string]int64{}
	return w.app.store.Write(ctx, func(tx tickets.Tx) error {
		leads := map[string]int64{}
		for _, s := range demoStaff() {
			team, err := teamNamed(ctx, tx, s.team)
			if err != nil {
				return err
			}
			row := register.Staff{
				Email: s.email(), Mailbox: register.FoldMailbox(s.email()), Name: s.name, Role: string(s.role), TeamID: team.ID,
				PasswordHash: hash, Active: true, CreatedAt: now,
			}
			if err := tx.InsertStaff(ctx, &row); err != nil {
				return err
			}
			w.cast[s.key] = row.ID
			if s.role == access.RoleLead {
				leads[s.team] = row.ID
				team.LeadID = row.ID
				if err := tx.UpdateTeam(ctx, team); err != nil {
					return err
				}
			}
		}
		if err := w.awayAndDeputies(ctx, tx); err != nil {
			return err
		}
		people := map[string]int64{}
		for i, c := range demoCases() {
			if err := w.seedCase(ctx, tx, i, c, leads, people); err != nil {
				return err
			}
		}
		return w.seedSiblings(ctx, tx)
	})
}

// awayAndDeputies: Kim is off sick, so that somebody's enquiries run late.
func (w *demoWorld) awayAndDeputies(ctx context.Context, tx tickets.Tx) error {
	for officer, deputy := range map[string]string{"priya": "dean", "dean": "priya", "kim": "dean", "marcus": "anwen", "anwen": "yusuf", "yusuf": "marcus"} {
		s, err := tx.StaffByID(ctx, w.cast[officer])
		if err != nil {
			return err
		}
		s.DeputyID = w.cast[deputy]
		if officer == "kim" {
			s.AwayUntil = sla.DateOf(time.Now()).AddDays(12).String()
		}
		if err := tx.UpdateStaff(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *demoWorld) seedCase(ctx context.Context, tx tickets.Tx, i int, c castCase, leads, people map[string]int64) error {
	team, err := teamNamed(ctx, tx, c.team)
	if err != nil {
		return err
	}
	now := w.time()
	row := register.Case{
		Ref: c.ref, ChildName: c.child, DOB: c.dob, UPN: demoUPN(i), NHS: demoNHS(i), School: c.school, Stage: c.stage,
		TeamID: team.ID, OfficerID: w.cast[c.officer], FallbackID: leads[c.team], Restricted: c.restricted, Open: true, CreatedAt: now,
	}
	if err := tx.InsertCase(ctx, &row); err != nil {
		return err
	}
	for n, p := range c.people {
		key := p.name + "|" + p.email
		if people[key] == 0 {
			person := register.Person{Name: p.name, Kind: p.kind, CreatedAt: now}
			if err := tx.InsertPerson(ctx, &person); err != nil {
				return err
			}
			verified := now
			addr := register.Address{PersonID: person.ID, Email: p.email, Mailbox: register.FoldMailbox(p.email), Confidential: p.hidden, VerifiedAt: &verified, CreatedAt: now}
			if err := tx.InsertAddress(ctx, &addr); err != nil {
				return err
			}
			number := fmt.Sprintf("01234 000%03d", 300+i*4+n)
			if err := tx.InsertPhone(ctx, &register.Phone{PersonID: person.ID, Number: number, Digits: strings.ReplaceAll(number, " ", "")}); err != nil {
				return err
			}
			people[key] = person.ID
		}
		link := register.Link{
			CaseID: row.ID, PersonID: people[key], Relation: p.relation, PR: p.pr, NoContact: p.noContact, MayBeTold: p.told, AddressHidden: p.hidden,
			Representative: p.representative,
		}
		if p.pr == register.PRYes {
			link.PRSource, link.PRCheckedOn = "birth certificate seen", sla.DateOf(now).AddDays(-30-i).String()
		}
		if err := tx.InsertLink(ctx, &link); err != nil {
			return err
		}
	}
	return w.seedFacts(ctx, tx, row, c, people)
}

// settle runs the program's steps until nothing is left to do at the present
// simulated time.
func (w *demoWorld) settle(ctx context.Context) error {
	for _, f := range w.app.folders {
		if _, err := f.poller.Once(ctx); err != nil {
			return err
		}
	}
	if _, err := w.app.desk.Sweep(ctx, w.time()); err != nil {
		return err
	}
	return w.app.dispatchDue(ctx)
}

// story is what happens, in the order of time.
type story struct {
	w          *demoWorld
	start, end time.Time
	rnd        *rand.Rand
	queue      happenings
	seq        int
	lastSweep  time.Time
	letters    int
}

type happening struct {
	at  time.Time
	seq int
	do  func(ctx context.Context) error
}

type happenings []happening

func (h happenings) Len() int { return len(h) }
func (h happenings) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h happenings) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *happenings) Push(x any)   { *h = append(*h, x.(happening)) } //nolint:forcetypeassert // only at pushes happenings
func (h *happenings) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func newStory(w *demoWorld, start, end time.Time) *story {
	s := &story{w: w, start: start, end: end, rnd: rand.New(rand.NewPCG(17, 4))} //nolint:gosec // the same story every time
	s.plot()
	return s
}

// at plans something. What would be after the end does not happen.
func (s *story) at(t time.Time, do func(ctx context.Context) error) {
	if t.After(s.end) {
		return
	}
	s.seq++
	heap.Push(&s.queue, happening{t, s.seq, do})
}

func (s *story) run(ctx context.Context, p *progress) error {
	defer p.finish()
	for s.queue.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, _ := heap.Pop(&s.queue).(happening)
		if err := s.sweepUntil(ctx, h.at); err != nil {
			return err
		}
		s.w.set(h.at)
		if err := h.do(ctx); err != nil {
			return err
		}
		p.show(h.at, s.letters)
	}
	return s.sweepUntil(ctx, s.end)
}

// sweepUntil looks at the clocks every twenty minutes of simulated office time.
func (s *story) sweepUntil(ctx context.Context, t time.Time) error {
	if s.lastSweep.IsZero() {
		s.lastSweep = s.start
	}
	for next := s.lastSweep.Add(20 * time.Minute); next.Before(t); next = next.Add(20 * time.Minute) {
		s.lastSweep = next
		if !s.w.app.desk.Calendar().IsOpen(next) {
			continue
		}
		s.w.set(next)
		n, err := s.w.app.desk.Sweep(ctx, next)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.w.app.dispatchDue(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// progress shows how far the history is.
type progress struct {
	out        io.Writer
	start, end time.Time
	last       int
}

func newProgress(out io.Writer, start, end time.Time) *progress {
	_, _ = fmt.Fprintf(out, "Loading %d days of made-up correspondence through the real intake. Ctrl-C stops it.\n", int(end.Sub(start).Hours()/24))
	return &progress{out: out, start: start, end: end, last: -1}
}

func (p *progress) show(t time.Time, letters int) {
	percent := int(100 * t.Sub(p.start) / p.end.Sub(p.start))
	if percent/5 == p.last {
		return
	}
	p.last = percent / 5
	_, _ = fmt.Fprintf(p.out, "\r[%-20s] %3d %%  %d letters", strings.Repeat("#", percent/5), percent, letters)
}

func (p *progress) finish() { _, _ = fmt.Fprintln(p.out) }
