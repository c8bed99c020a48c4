package tickets_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
)

func (w *world) sweep() int {
	w.t.Helper()
	n, err := w.desk.Sweep(context.Background(), w.now)
	w.must(err)
	return n
}

// recipients lists who got a notice of a template on a ticket.
func (w *world) told(ticketID int64, template string) string {
	var to []string
	for _, o := range w.letters(ticketID, template) {
		to = append(to, o.Deliveries[0].Name)
	}
	return strings.Join(to, ", ")
}

func TestSweepTakesEachStepOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.one(mail(tessa)).TicketID
		c := w.clocks(id)[0]
		if n := w.sweep(); n != 0 {
			t.Fatalf("%d steps at once", n)
		}
		w.now = c.WarnAt.Add(time.Minute)
		if a, b := w.sweep(), w.sweep(); a != 1 || b != 0 {
			t.Errorf("warning: %d then %d", a, b)
		}
		if got := w.told(id, tickets.TemplateWarning); got != "Dean Foss" {
			t.Errorf("warned %q", got)
		}
		o := w.letters(id, tickets.TemplateWarning)[0]
		if o.Purpose != tickets.PurposeNotice || o.Fields[tickets.FieldInitials] != "M.B." || o.Fields[tickets.FieldDue] != "Tue 1 Dec, 17:15" || !strings.HasSuffix(o.Fields[tickets.FieldLink], "/e/"+w.ticket(id).Ref) {
			t.Errorf("%+v", o)
		}
		if text := o.Subject + fmt.Sprint(o.Fields); strings.Contains(text, "Milo") || strings.Contains(text, "Tessa") || strings.Contains(text, "review") {
			t.Errorf("the notice says too much: %s", text)
		}

		w.now = c.DueAt.Add(16 * time.Hour) // the next morning
		var wg sync.WaitGroup
		total := make([]int, 4)
		for i := range total {
			wg.Go(func() { total[i] = w.sweep() })
		}
		wg.Wait()
		if sum := total[0] + total[1] + total[2] + total[3]; sum != 1 {
			t.Errorf("four sweeps at once took %v steps", total)
		}
		if got := w.told(id, tickets.TemplateBreach); got != "Dean Foss, Priya Nair" {
			t.Errorf("breach told %q", got)
		}
		w.now = c.LeadAt.Add(16 * time.Hour)
		w.sweep()
		if got := w.told(id, tickets.TemplateLead); got != "Ola Reyes" {
			t.Errorf("lead step told %q", got)
		}
		if c := w.clocks(id)[0]; c.NextAt != nil || c.StoppedAt != nil {
			t.Errorf("%+v", c)
		}
		if n := len(w.events(id, tickets.EvEscalated)); n != 3 {
			t.Errorf("%d escalations in the history", n)
		}
	})
}

func TestSweepCatchesUpAfterDowntime(t *testing.T) {
	w := newWorld(t)
	id := w.one(mail(tessa)).TicketID
	w.now = w.clocks(id)[0].LeadAt.AddDate(0, 0, 5)
	for !sweepOpen(w) {
		w.later(time.Hour)
	}
	if n := w.sweep(); n != 3 {
		t.Fatalf("%d steps", n)
	}
	for _, e := range w.events(id, tickets.EvEscalated) {
		if e.Data["late"] != true {
			t.Errorf("%+v is not marked late", e)
		}
	}
	for _, o := range w.letters(id, tickets.TemplateBreach) {
		if o.Fields[tickets.FieldLate] != "yes" {
			t.Errorf("%+v", o.Fields)
		}
	}
	if n := w.sweep(); n != 0 {
		t.Errorf("the second run took %d", n)
	}
}

func sweepOpen(w *world) bool { return w.desk.Calendar().IsOpen(w.now) }

func TestSweepKeepsOfficeHours(t *testing.T) {
	for _, any := range []bool{false, true} {
		w := newWorld(t, func(s *tickets.Settings) { s.NoticesAnyHour = any })
		id := w.one(mail(tessa)).TicketID
		w.now = w.clocks(id)[0].DueAt.Add(time.Hour) // 18:15
		if n := w.sweep(); n != map[bool]int{false: 0, true: 2}[any] {
			t.Errorf("any hour %v: %d steps", any, n)
		}
	}
}

func TestSweepBeforeGoLive(t *testing.T) {
	w := newWorld(t, func(s *tickets.Settings) { s.GoLive = noon.AddDate(0, 0, 7) })
	id := w.one(mail(tessa)).TicketID
	w.now = noon.AddDate(0, 0, 6)
	if n := w.sweep(); n != 0 {
		t.Errorf("%d steps before go-live", n)
	}
	w.now = noon.AddDate(0, 0, 9)
	if n := w.sweep(); n != 3 {
		t.Errorf("%d steps are on record", n)
	}
	if n := len(w.events(id, tickets.EvNotified)); n != 0 {
		t.Errorf("old lateness raised %d notices", n)
	}
	if n := w.sweep(); n != 0 {
		t.Errorf("again %d", n)
	}
	off := newWorld(t, func(s *tickets.Settings) { s.GoLive = time.Time{} })
	off.one(mail(tessa))
	off.later(30 * 24 * time.Hour)
	if n := off.sweep(); n != 0 {
		t.Errorf("%d steps without go-live", n)
	}
}

func TestSweepOfTriage(t *testing.T) {
	w := newWorld(t)
	id := w.one(mail("stranger@else.example")).TicketID
	w.later(61 * time.Minute)
	w.sweep()
	if got := w.told(id, tickets.TemplateTriage); got != "Kim Sayer" {
		t.Errorf("told %q", got)
	}
	w.later(4 * time.Hour)
	w.sweep()
	if got := w.told(id, tickets.TemplateTriage); !strings.Contains(got, "Ola Reyes") {
		t.Errorf("told %q", got)
	}
}

func TestSweepGoesToWhoIsThere(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	set := func(change func()) {
		change()
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			if err := tx.UpdateStaff(ctx, &w.dean); err != nil {
				return err
			}
			return tx.UpdateStaff(ctx, &w.priya)
		}))
	}
	warn := func(from string) string {
		id := w.one(mail(from)).TicketID
		now := w.now
		w.now = w.clocks(id)[0].WarnAt.Add(time.Minute)
		w.sweep()
		w.now = now
		return w.told(id, tickets.TemplateWarning)
	}
	set(func() { w.dean.AwayUntil = "2026-12-24" })
	if got := warn(tessa); got != "Priya Nair" {
		t.Errorf("away: %q", got)
	}
	set(func() { w.priya.Active = false })
	if got := warn(rob); got != "Ola Reyes" {
		t.Errorf("away and no deputy: %q", got)
	}
}

func TestStoppedClockIsNotSwept(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	w.later(20 * 24 * time.Hour)
	if n := w.sweep(); n != 0 {
		t.Errorf("%d steps of an answered enquiry", n)
	}
}

func TestLateIntakeBreachesAsItShould(t *testing.T) {
	w := newWorld(t)
	r := w.received(mail(tessa))
	w.later(10 * 24 * time.Hour) // the mail server had it all along
	id := w.intake(r)[0].TicketID
	if c := w.clocks(id)[0]; !c.ReceivedAt.Equal(noon) {
		t.Errorf("%+v", c)
	}
	if n := w.sweep(); n != 3 {
		t.Errorf("%d steps", n)
	}
}
