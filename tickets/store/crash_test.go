package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"hearback/tickets"
)

const crashDir = "HEARBACK_STORE_CRASH_DIR"

// TestCrashWriter is the program that TestCrash kills. By itself it does nothing.
func TestCrashWriter(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		return
	}
	ctx := context.Background()
	db, err := Open(ctx, Options{Engine: SQLite, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		p, err := db.PrepareRaw(ctx, []byte(strings.Repeat(fmt.Sprintf("%d ", n), inlineRaw)))
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(ctx, func(tx tickets.Tx) error {
			if _, err := tx.SaveRaw(ctx, p); err != nil {
				return err
			}
			for k := range 3 {
				if err := insertOne(ctx, tx, 10*n+k, 20); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("committed %d\n", n)
	}
}

// What was committed before the program was killed is there afterwards, whole,
// and the next program can open the directory.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	committed := 0
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashWriter$")
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		said := 0
		for said < 5+round && lines.Scan() {
			if n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "committed ")); err == nil {
				said = n
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		committed += said
		if said == 0 {
			t.Fatal("the writer said nothing")
		}
	}
	db, err := Open(context.Background(), Options{Engine: SQLite, Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var check string
	if err := db.write.Get(&check, "pragma integrity_check"); err != nil || check != "ok" {
		t.Fatalf("%s, %v", check, err)
	}
	rows := db.scalar(t, "select count(*) from tickets")
	for _, other := range []string{"messages", "bodies", "message_words"} {
		if n := db.scalar(t, "select count(*) from "+other); n != rows {
			t.Errorf("%d tickets, %d rows of %s", rows, n, other)
		}
	}
	if rows < int64(3*committed) || rows%3 != 0 {
		t.Errorf("%d rows of %d committed transactions of three", rows, committed)
	}
	var raws []int64
	if err := db.write.Select(&raws, "select id from raw_mail where content is null"); err != nil || len(raws) == 0 {
		t.Fatalf("%d files, %v", len(raws), err)
	}
	for _, id := range raws {
		if _, err := db.Raw(context.Background(), id); err != nil {
			t.Errorf("raw mail %d: %v", id, err)
		}
	}
}
