package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// drafting is a store with two tickets and the people who write on them.
type drafting struct {
	*testing.T
	*store.DB
	w                              *storetest.World
	ctx                            context.Context
	milo, ada                      tickets.Ticket // on Milo's case; on Ada's, which is restricted
	officer, deputy, lead, foreign access.Actor
}

func newDrafting(t *testing.T, db *store.DB) *drafting {
	d := &drafting{T: t, DB: db, w: storetest.Seed(t, db), ctx: t.Context()}
	for _, x := range []struct {
		into *tickets.Ticket
		of   register.Case
	}{{&d.milo, d.w.Milo}, {&d.ada, d.w.Ada}} {
		*x.into = tickets.Ticket{
			CaseID: x.of.ID, TeamID: x.of.TeamID, OwnerID: x.of.OfficerID, MailboxID: d.w.Mailbox.ID, State: tickets.StateOpen,
			Category: tickets.CategoryGeneral, Subject: "Transport", ReceivedAt: d.w.Start, LastInboundAt: d.w.Start, CreatedAt: d.w.Start,
		}
		d.must(db.Write(d.ctx, func(tx tickets.Tx) (err error) {
			if x.into.Ref, err = tx.NextTicketRef(d.ctx); err != nil {
				return err
			}
			return tx.InsertTicket(d.ctx, x.into)
		}))
	}
	d.officer, d.deputy = storetest.Actor(t, db, d.w.Officer), storetest.Actor(t, db, d.w.Deputy)
	d.lead, d.foreign = storetest.Actor(t, db, d.w.Lead), storetest.Actor(t, db, d.w.Stranger)
	return d
}

func (d *drafting) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *drafting) fails(kind fault.Kind, err error) {
	d.Helper()
	if !fault.Is(err, kind) {
		d.Errorf("error is %v, want kind %s", err, kind)
	}
}

func (d *drafting) reply(text string, rev int64, at time.Time) *tickets.ReplyDraft {
	return &tickets.ReplyDraft{
		TicketID: d.milo.ID, Subject: "Re: Transport", Text: text, To: []int64{d.w.Tessa.ID, d.w.Ray.ID},
		AfterSend: tickets.StateWaitingFamily, Rev: rev, SavedAt: at,
	}
}

func (d *drafting) note(text string, rev int64, at time.Time) *tickets.NoteDraft {
	return &tickets.NoteDraft{TicketID: d.milo.ID, ForID: d.w.Deputy.ID, Text: tickets.NewPrivateText(text), Rev: rev, SavedAt: at}
}

func TestDraftOfAReply(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDrafting(t, db)
		none, err := d.DraftOf(d.ctx, d.officer, d.milo.ID)
		d.must(err)
		if none.Kept() || none.Rev != 0 {
			t.Fatalf("a draft that nobody wrote: %+v", none)
		}
		want := d.reply("Dear Tessa, it comes at \x00 eight", 0, d.w.Start)
		want.Rev, err = d.SaveDraft(d.ctx, d.officer, want)
		d.must(err)
		want.Text = strings.ReplaceAll(want.Text, "\x00", "\uFFFD")
		got, err := d.DraftOf(d.ctx, d.officer, d.milo.ID)
		d.must(err)
		if want.Rev == 0 || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		next := d.reply("", got.Rev, d.w.Start.Add(time.Minute))
		next.To, next.AfterSend, next.Subject = nil, "", ""
		rev, err := d.SaveDraft(d.ctx, d.officer, next)
		d.must(err)
		if got, err = d.DraftOf(d.ctx, d.officer, d.milo.ID); err != nil || got.Rev != rev || rev == want.Rev || !got.Kept() || got.Text != "" || len(got.To) != 0 {
			t.Fatalf("after the second save (rev %d): %+v, %v", rev, got, err)
		}
	})
}

// Two tabs: the second save finds that the first was there. Neither a save that
// began before the reply was sent, nor one from a form that was opened before any
// draft was kept, brings the words back.
func TestDraftsOfTwoTabs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDrafting(t, db)
		for name, kind := range map[string]struct {
			save func(rev int64) (int64, error)
			text func() (string, int64, bool)
			drop func() error
		}{
			"reply": {
				func(rev int64) (int64, error) {
					return d.SaveDraft(d.ctx, d.officer, d.reply(fmt.Sprint("after ", rev), rev, d.w.Start))
				},
				func() (string, int64, bool) {
					x, err := d.DraftOf(d.ctx, d.officer, d.milo.ID)
					d.must(err)
					return x.Text, x.Rev, x.Kept()
				},
				func() error { return d.DropDraft(d.ctx, d.officer, d.milo.ID, d.w.Start) },
			},
			"note": {
				func(rev int64) (int64, error) {
					return d.SaveNoteDraft(d.ctx, d.officer, d.note(fmt.Sprint("after ", rev), rev, d.w.Start))
				},
				func() (string, int64, bool) {
					x, err := d.NoteDraftOf(d.ctx, d.officer, d.milo.ID)
					d.must(err)
					return x.Text.ForStaff(), x.Rev, x.Kept()
				},
				func() error { return d.DropNoteDraft(d.ctx, d.officer, d.milo.ID, d.w.Start) },
			},
		} {
			t.Run(name, func(*testing.T) {
				first, err := kind.save(0)
				d.must(err)
				_, err = kind.save(0)
				d.fails(fault.Conflict, err)
				second, err := kind.save(first)
				d.must(err)
				_, err = kind.save(first)
				d.fails(fault.Conflict, err)
				if text, rev, kept := kind.text(); text != fmt.Sprint("after ", first) || rev != second || !kept {
					d.Errorf("%q at %d, kept %v", text, rev, kept)
				}
				d.must(kind.drop())
				text, rev, kept := kind.text()
				if text != "" || kept || rev == second {
					d.Errorf("after it was dropped: %q at %d, kept %v", text, rev, kept)
				}
				for _, old := range []int64{0, first, second} {
					_, err = kind.save(old)
					d.fails(fault.Conflict, err)
				}
				if _, _, kept := kind.text(); kept {
					d.Error("a late save brought the draft back")
				}
				_, err = kind.save(rev)
				d.must(err)
			})
		}
		// Discarded before anything was saved: the first save is as late.
		d.must(d.DropDraft(d.ctx, d.deputy, d.milo.ID, d.w.Start))
		_, err := d.SaveDraft(d.ctx, d.deputy, d.reply("late", 0, d.w.Start))
		d.fails(fault.Conflict, err)
	})
}

// Drafts are the writer's alone, on tickets that the writer may see.
func TestDraftsOfOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDrafting(t, db)
		for _, a := range []access.Actor{d.officer, d.deputy} {
			_, err := d.SaveDraft(d.ctx, a, d.reply("reply of "+a.Name, 0, d.w.Start))
			d.must(err)
		}
		_, err := d.SaveNoteDraft(d.ctx, d.officer, d.note("words of the officer alone", 0, d.w.Start))
		d.must(err)
		for _, a := range []access.Actor{d.officer, d.deputy} {
			x, err := d.DraftOf(d.ctx, a, d.milo.ID)
			d.must(err)
			if x.Text != "reply of "+a.Name {
				t.Errorf("%s reads %q", a.Name, x.Text)
			}
		}
		for _, a := range []access.Actor{d.deputy, d.lead} {
			x, err := d.NoteDraftOf(d.ctx, a, d.milo.ID)
			d.must(err)
			if x.Kept() || !x.Text.Empty() {
				t.Errorf("%s reads the officer's draft of a note", a.Name)
			}
		}
		narrowed := d.officer
		narrowed.Scopes = []access.Permission{access.ReadCases, access.ReadNotes}
		for name, x := range map[string]struct {
			a      access.Actor
			ticket int64
		}{
			"another team": {d.foreign, d.milo.ID}, "restricted": {d.officer, d.ada.ID}, "no ticket": {d.officer, 9999},
			"system": {access.System("sweep"), d.milo.ID}, "nobody": {access.Actor{}, d.milo.ID}, "narrowed": {narrowed, d.milo.ID},
			"admin": {storetest.Actor(t, db, d.w.Admin), d.milo.ID},
		} {
			reply, note := d.reply("x", 0, d.w.Start), d.note("x", 0, d.w.Start)
			reply.TicketID, note.TicketID = x.ticket, x.ticket
			_, err1 := d.SaveDraft(d.ctx, x.a, reply)
			_, err2 := d.DraftOf(d.ctx, x.a, x.ticket)
			_, err3 := d.SaveNoteDraft(d.ctx, x.a, note)
			_, err4 := d.NoteDraftOf(d.ctx, x.a, x.ticket)
			for i, err := range []error{
				err1, err2, err3, err4, d.DropDraft(d.ctx, x.a, x.ticket, d.w.Start), d.DropNoteDraft(d.ctx, x.a, x.ticket, d.w.Start),
			} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s: method %d gave %v", name, i, err)
				}
			}
		}
		// Duty may write notes and no replies.
		duty := storetest.Actor(t, db, d.w.Duty)
		_, err = d.SaveDraft(d.ctx, duty, d.reply("x", 0, d.w.Start))
		d.fails(fault.NotFound, err)
		_, err = d.SaveNoteDraft(d.ctx, duty, d.note("x", 0, d.w.Start))
		d.must(err)
	})
}

func TestDraftsAmong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDrafting(t, db)
		both := []int64{d.milo.ID, d.ada.ID, 9999}
		among := func(a access.Actor) []int64 {
			got, err := d.DraftsAmong(d.ctx, a, both)
			d.must(err)
			var ids []int64
			for id := range got {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			return ids
		}
		_, err := d.SaveDraft(d.ctx, d.lead, d.reply("x", 0, d.w.Start))
		d.must(err)
		note := d.note("x", 0, d.w.Start)
		note.TicketID = d.ada.ID
		_, err = d.SaveNoteDraft(d.ctx, d.lead, note)
		d.must(err)
		if got := among(d.lead); !slices.Equal(got, []int64{d.milo.ID, d.ada.ID}) {
			t.Errorf("the lead's drafts: %v", got)
		}
		if got := among(d.officer); len(got) != 0 {
			t.Errorf("the officer sees drafts of the lead: %v", got)
		}
		d.must(d.DropDraft(d.ctx, d.lead, d.milo.ID, d.w.Start))
		if got := among(d.lead); !slices.Equal(got, []int64{d.ada.ID}) {
			t.Errorf("after one was dropped: %v", got)
		}
		if got, err := d.DraftsAmong(d.ctx, d.lead, nil); err != nil || len(got) != 0 {
			t.Errorf("of no tickets: %v, %v", got, err)
		}
	})
}

func TestOldDraftsGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDrafting(t, db)
		_, err := d.SaveDraft(d.ctx, d.officer, d.reply("old", 0, d.w.Start))
		d.must(err)
		_, err = d.SaveNoteDraft(d.ctx, d.officer, d.note("old", 0, d.w.Start))
		d.must(err)
		_, err = d.SaveDraft(d.ctx, d.deputy, d.reply("newer", 0, d.w.Start.Add(time.Second)))
		d.must(err)
		month := d.w.Start.Add(tickets.DraftsKept)
		if n, err := d.DropOldDrafts(d.ctx, month); err != nil || n != 0 {
			t.Fatalf("at 30 days: %d, %v", n, err)
		}
		if n, err := d.DropOldDrafts(d.ctx, month.Add(time.Second)); err != nil || n != 2 {
			t.Fatalf("after 30 days: %d, %v", n, err)
		}
		x, err := d.DraftOf(d.ctx, d.deputy, d.milo.ID)
		d.must(err)
		if x.Text != "newer" {
			t.Errorf("the newer draft is %+v", x)
		}
	})
}

func TestDraftsAreBounded(t *testing.T) {
	d := newDrafting(t, storetest.SQLite(t))
	long := strings.Repeat("a", 256*1024+1)
	_, err := d.SaveDraft(d.ctx, d.officer, d.reply(long, 0, d.w.Start))
	d.fails(fault.Invalid, err)
	_, err = d.SaveNoteDraft(d.ctx, d.officer, d.note(long, 0, d.w.Start))
	d.fails(fault.Invalid, err)
	ctx, cancel := context.WithCancel(d.ctx)
	cancel()
	if _, err := d.SaveDraft(ctx, d.officer, d.reply("x", 0, d.w.Start)); err == nil {
		t.Error("a save for somebody who left was kept")
	}
}
