package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

func openLite(t *testing.T) *DB {
	t.Helper()
	db, err := Open(context.Background(), Options{Engine: SQLite, Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func (db *DB) scalar(t *testing.T, text string) (n int64) {
	t.Helper()
	if err := db.write.Get(&n, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

func insertOne(ctx context.Context, tx tickets.Tx, n int, size int) error {
	ref, err := tx.NextTicketRef(ctx)
	if err != nil {
		return err
	}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	tk := &tickets.Ticket{Ref: ref, State: tickets.StateTriage, ReceivedAt: now, LastInboundAt: now, CreatedAt: now}
	if err := tx.InsertTicket(ctx, tk); err != nil {
		return err
	}
	return tx.InsertMessage(ctx, &tickets.Message{
		TicketID: tk.ID, Direction: tickets.In, Channel: tickets.ChannelEmail, Kind: tickets.KindHuman, ReceivedAt: now, CreatedAt: now,
		MessageID: fmt.Sprintf("m%d@x.example", n), Text: strings.Repeat("words of a mail ", size), ReplyText: "words",
	})
}

// A full disk is told as such, keeps nothing of the transaction, and is over
// when there is room again.
func TestFullDisk(t *testing.T) {
	db := openLite(t)
	ctx := context.Background()
	if err := db.Write(ctx, func(tx tickets.Tx) error { return insertOne(ctx, tx, 0, 10) }); err != nil {
		t.Fatal(err)
	}
	pages := db.scalar(t, "pragma page_count")
	db.scalar(t, fmt.Sprintf("pragma max_page_count = %d", pages+20))
	var swallowed error
	err := db.Write(ctx, func(tx tickets.Tx) error {
		for n := 1; n < 1000; n++ {
			// A caller that goes on after a failed savepoint must not be able to
			// commit half of the batch.
			if err := tx.Savepoint(ctx, func() error { return insertOne(ctx, tx, n, 500) }); err != nil {
				swallowed = err
			}
		}
		return errors.New("something else")
	})
	if swallowed == nil || !fault.Is(err, fault.Temporary) || !strings.HasPrefix(fault.SafeText(err), "The disk is full.") {
		t.Fatalf("the savepoint said %v, the transaction %v", swallowed, err)
	}
	if n := db.scalar(t, "select count(*) from tickets"); n != 1 {
		t.Fatalf("%d tickets are left", n)
	}
	if n := db.scalar(t, "select count(*) from message_words"); n != 1 {
		t.Fatalf("%d messages are in the index", n)
	}
	db.scalar(t, "pragma max_page_count = 1000000")
	if err := db.Write(ctx, func(tx tickets.Tx) error { return insertOne(ctx, tx, 2, 500) }); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	var check string
	if err := db.write.Get(&check, "pragma integrity_check"); err != nil || check != "ok" {
		t.Fatalf("%s, %v", check, err)
	}
	if n := db.scalar(t, "select next from counters where name = 'ticket'"); n != 104003 {
		t.Fatalf("the next reference is %d: numbers of what was not kept are given again", n)
	}
}

func TestErrorsHaveKinds(t *testing.T) {
	db := openLite(t)
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for name, tc := range map[string]struct {
		err  error
		kind fault.Kind
		text string
	}{
		"disk":      {fmt.Errorf("keeping: %w", full), fault.Temporary, "The disk is full."},
		"cancelled": {context.Canceled, fault.Temporary, "This took too long"},
		"own":       {fault.New(fault.Denied, "No"), fault.Denied, "No"},
		"other":     {errors.New("x"), fault.Internal, ""},
	} {
		err := db.classify(tc.err)
		if !fault.Is(err, tc.kind) || tc.text != "" && !strings.HasPrefix(fault.SafeText(err), tc.text) {
			t.Errorf("%s: %v", name, err)
		}
		if !errors.Is(err, tc.err) && name != "disk" {
			t.Errorf("%s: the cause is gone", name)
		}
	}
}

// A caller who gives up in the middle leaves nothing behind.
func TestCancelledTransaction(t *testing.T) {
	db := openLite(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := db.Write(ctx, func(tx tickets.Tx) error {
		if err := insertOne(ctx, tx, 1, 1); err != nil {
			t.Error(err)
		}
		cancel()
		if err := insertOne(ctx, tx, 2, 1); !fault.Is(err, fault.Temporary) {
			t.Errorf("after the end: %v", err)
		}
		return nil // swallowed
	})
	if !fault.Is(err, fault.Temporary) {
		t.Fatalf("error is %v", err)
	}
	if n := db.scalar(t, "select count(*) from tickets"); n != 0 {
		t.Fatalf("%d tickets are left", n)
	}
	if err := db.Write(ctx, func(tickets.Tx) error { return nil }); !fault.Is(err, fault.Temporary) {
		t.Fatalf("a transaction of somebody who has left: %v", err)
	}
	if _, err := db.Tickets(ctx, access.System("test"), tickets.TicketQuery{}); !fault.Is(err, fault.Temporary) {
		t.Fatalf("a question of somebody who has left: %v", err)
	}
}

// Large mails are files; a file that the disk has spoilt is noticed.
func TestBlobFiles(t *testing.T) {
	db := openLite(t)
	ctx := context.Background()
	raw := bytes.Repeat([]byte("x"), inlineRaw+1)
	p, err := db.PrepareRaw(ctx, raw)
	if err != nil || p.Inline != nil {
		t.Fatalf("%v, inline %d", err, len(p.Inline))
	}
	var id int64
	if err := db.inTx(ctx, func(x *tx) (err error) { id, err = x.SaveRaw(ctx, p); return err }); err != nil {
		t.Fatal(err)
	}
	file := db.blobPath(p.SHA256)
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", st, err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*"))
	if err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
	if got, err := db.Raw(ctx, id); err != nil || !bytes.Equal(got, raw) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	raw[5] = 'y'
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Raw(ctx, id); !fault.Is(err, fault.Internal) || !strings.Contains(fault.SafeText(err), "damaged") {
		t.Fatalf("a spoilt file: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Raw(ctx, id); err == nil {
		t.Fatal("a file that is gone is no error")
	}
	// Without a directory everything is in the database.
	db.opt.BlobDir = ""
	if p, err = db.PrepareRaw(ctx, raw); err != nil || len(p.Inline) != len(raw) {
		t.Fatalf("%v, inline %d", err, len(p.Inline))
	}
}
