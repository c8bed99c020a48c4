package storetest

import (
	"testing"
	"time"

	"hearback/tickets"
)

// testHooks: what an endpoint has to be told comes in order, when it is due, to its
// endpoint alone; what is settled stays settled and is forgotten later.
func testHooks(t *testing.T, f *fixture) {
	ctx := f.ctx
	add := func(endpoint string, next time.Time) *tickets.HookEvent {
		h := &tickets.HookEvent{Endpoint: endpoint, Kind: tickets.HookOpened, Ref: "SEN-104233", At: f.Start, State: tickets.HookWaiting, NextAt: next}
		if err := f.Write(ctx, func(tx tickets.Tx) error { return tx.InsertHook(ctx, h) }); err != nil {
			t.Fatal(err)
		}
		return h
	}
	set := func(h *tickets.HookEvent) {
		if err := f.Write(ctx, func(tx tickets.Tx) error { return tx.SetHook(ctx, h) }); err != nil {
			t.Fatal(err)
		}
	}
	late, first := add("pager", f.hour(2)), add("pager", f.hour(0))
	add("desk", f.hour(0))
	due, err := f.HooksDue(ctx, "pager", f.hour(1), 10)
	if err != nil || len(due) != 1 || due[0] != *first {
		t.Fatalf("due %+v %v, want %+v", due, err, *first)
	}
	if due, err = f.HooksDue(ctx, "pager", f.hour(3), 10); err != nil || len(due) != 2 || due[0].ID != first.ID {
		t.Errorf("due %+v %v", due, err)
	}
	done := f.hour(1)
	first.State, first.Attempts, first.Answer, first.DoneAt = tickets.HookTaken, 1, "Taken.", &done
	set(first)
	again := *first
	again.State, again.DoneAt, again.Answer = tickets.HookWaiting, nil, "It may be offered again"
	set(&again) // of one that is settled: nothing
	late.NextAt, late.Attempts = f.hour(5), 3
	set(late)
	if due, err = f.HooksDue(ctx, "pager", f.hour(4), 10); err != nil || len(due) != 0 {
		t.Errorf("due %+v %v", due, err)
	}
	list, err := f.HooksLast(ctx, 10)
	if err != nil || len(list) != 3 || list[1].ID != first.ID || list[1].State != tickets.HookTaken || list[1].Answer != "Taken." || !list[1].DoneAt.Equal(done) || list[2].Attempts != 3 {
		t.Errorf("last %+v %v", list, err)
	}
	n, err := f.HooksWaiting(ctx)
	if err != nil || n["pager"] != 1 || n["desk"] != 1 {
		t.Errorf("waiting %v %v", n, err)
	}
	forget := func(before time.Time) (gone int64) {
		if err := f.Write(ctx, func(tx tickets.Tx) (err error) { gone, err = tx.ForgetHooks(ctx, before); return err }); err != nil {
			t.Fatal(err)
		}
		return gone
	}
	if a, b := forget(f.hour(1)), forget(f.hour(2)); a != 0 || b != 1 {
		t.Errorf("forgot %d, then %d", a, b)
	}
}
