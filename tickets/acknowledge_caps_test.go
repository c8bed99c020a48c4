package tickets_test

import (
	"fmt"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// skipped is why a mail got no acknowledgement; "" when it got one.
func (w *world) skipped(r tickets.IntakeResult) string {
	w.t.Helper()
	if r.AckID != 0 {
		return ""
	}
	list := w.events(r.TicketID, tickets.EvAckSkipped)
	if len(list) == 0 {
		w.t.Fatalf("neither an acknowledgement nor a reason: %+v", r)
	}
	why, _ := list[len(list)-1].Data["reason"].(string)
	return why
}

// One acknowledgement goes to a sender for a ticket in 24 hours, to the minute, and
// another sender on the same ticket has one of their own.
func TestOneAcknowledgementADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		again := func(from string) tickets.IntakeResult { return w.one(mail(from, saying("still waiting"))) }
		r := w.one(mail(tessa))
		if why := w.skipped(r); why != "" {
			t.Fatalf("the first: %s", why)
		}
		for _, x := range []struct {
			after time.Duration
			from  string
			want  string
		}{
			{time.Minute, tessa, tickets.SkipRecent},
			{23*time.Hour + 58*time.Minute, tessa, tickets.SkipRecent},
			{2 * time.Minute, tessa, ""}, // 24 hours and a minute after the first
			{time.Hour, tessa, tickets.SkipRecent},
			{23*time.Hour + 2*time.Minute, tessa, ""},
		} {
			w.later(x.after)
			got := again(x.from)
			if got.TicketID != r.TicketID {
				t.Fatalf("another ticket: %+v", got)
			}
			if why := w.skipped(got); why != x.want {
				t.Errorf("%v later: %q, want %q", x.after, why, x.want)
			}
		}
		// What is skipped does not count: the day runs from the last letter.
		if n := len(w.letters(r.TicketID, tickets.TemplateAck)) + len(w.letters(r.TicketID, tickets.TemplateAckAgain)); n != 3 {
			t.Errorf("%d letters", n)
		}
	})
}

// A mailbox sends so many automatic letters to families in an hour and no more,
// whoever writes and however many come at once; an hour later it sends again.
func TestMailboxCap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const most = 5
		w := worldOn(t, db, func(s *tickets.Settings) { s.AcksPerHour = most })
		stranger := func(i int) *tickets.Inbound { return mail(fmt.Sprintf("stranger%d@else.example", i)) }
		var all []*tickets.Inbound
		for i := range most + 3 {
			all = append(all, stranger(i))
		}
		sent := 0
		for i, r := range w.arrive(all...) { // in one go
			switch why := w.skipped(r); {
			case i < most && why != "", i >= most && why != tickets.SkipMailboxCap:
				t.Errorf("mail %d: %q", i, why)
			case why == "":
				sent++
			}
		}
		w.later(59 * time.Minute)
		if why := w.skipped(w.one(stranger(20))); why != tickets.SkipMailboxCap {
			t.Errorf("within the hour: %q", why)
		}
		w.later(2 * time.Minute)
		if why := w.skipped(w.one(stranger(21))); why != "" {
			t.Errorf("after the hour: %q", why)
		}
		if sent != most {
			t.Errorf("%d letters", sent)
		}
		// Mail that got none is an enquiry all the same, and somebody is told of it in time.
		if r := w.one(stranger(22)); r.TicketID == 0 || w.runs(r.TicketID) == 0 {
			t.Errorf("%+v", r)
		}
	})
}
