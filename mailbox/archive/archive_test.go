package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/archive"
)

// now is when the tests read their archives.
func now() time.Time { return time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC) }

func put(t *testing.T, dir, name, content string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func find(t *testing.T, paths ...string) ([]archive.File, []archive.Skipped) {
	t.Helper()
	files, skipped, err := archive.Find(context.Background(), paths)
	if err != nil {
		t.Fatal(err)
	}
	return files, skipped
}

func mails(t *testing.T, paths ...string) []archive.Mail {
	t.Helper()
	files, _ := find(t, paths...)
	var out []archive.Mail
	for i := range files {
		for m, err := range files[i].Mails(context.Background(), now(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, m)
		}
	}
	return out
}

func bytesOf(t *testing.T, m archive.Mail) string {
	t.Helper()
	raw, err := m.Read()
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	return string(raw)
}

func mail(subject, text string) string {
	return "From: Nadia Rahman <nadia@family.example>\nSubject: " + subject + "\nDate: Mon, 2 Mar 2026 09:15:00 +0000\n\n" + text
}

const fromLine = "From nadia@family.example Mon Mar  2 09:15:00 2026\n"

// TestMbox reads what other programs write, with both line ends.
func TestMbox(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"two", fromLine + mail("a", "One\n\n") + fromLine + mail("b", "Two\n\n"), []string{mail("a", "One\n"), mail("b", "Two\n")}},
		{"no empty line at the end", fromLine + mail("a", "One"), []string{mail("a", "One")}},
		{"empty lines before", "\n\n" + fromLine + mail("a", "One\n"), []string{mail("a", "One\n")}},
		{
			"quoted lines", fromLine + mail("a", ">From where I stand\n>>From you\n > From me\nnot >From\n\n"),
			[]string{mail("a", "From where I stand\n>From you\n > From me\nnot >From\n")},
		},
		{
			"a sentence that begins with From", fromLine + mail("a", "Hello\n\nFrom Monday on he comes at 9:15 by bus 123456\nDate: soon\n\n") + fromLine + mail("b", "Two\n\n"),
			[]string{mail("a", "Hello\n\nFrom Monday on he comes at 9:15 by bus 123456\nDate: soon\n"), mail("b", "Two\n")},
		},
		{
			"a From line that no header follows", fromLine + mail("a", "See\n\n"+fromLine+"which is how it began.\n\n"),
			[]string{mail("a", "See\n\n"+fromLine+"which is how it began.\n")},
		},
		{
			"a From line without an empty line before it", fromLine + mail("a", "See\n"+fromLine+"From: another@family.example\n\n"),
			[]string{mail("a", "See\n"+fromLine+"From: another@family.example\n")},
		},
		{"a From line at the very end", fromLine + mail("a", "See\n\n"+fromLine), []string{mail("a", "See\n\n"+fromLine)}},
		{
			"two From lines in a row", fromLine + mail("a", "One\n\n"+fromLine) + fromLine + mail("b", "Two\n"),
			[]string{mail("a", "One\n\n"+fromLine+fromLine) + mail("b", "Two\n")},
		},
		{"Thunderbird", "From - Mon Mar 02 09:15:00 2026\nX-Mozilla-Status: 0001\n" + mail("a", "One\n\n") + "From \nX-Mozilla-Status: 0001\n" + mail("b", "Two\n\n"), []string{"X-Mozilla-Status: 0001\n" + mail("a", "One\n"), "X-Mozilla-Status: 0001\n" + mail("b", "Two\n")}},
		{"Google", "From 1790000000000000001@xxx Mon Mar 02 09:15:00 +0000 2026\nX-GM-THRID: 1\n" + mail("a", "One\n\n"), []string{"X-GM-THRID: 1\n" + mail("a", "One\n")}},
		{"bare From in a text", fromLine + mail("a", "\nFrom \nSubject: x\n\nFrom -\nsomebody\n\n"), []string{mail("a", "\nFrom \nSubject: x\n\nFrom -\nsomebody\n")}},
		{"a line longer than any buffer", fromLine + mail("a", strings.Repeat("x", 700<<10)+"\n\n") + fromLine + mail("b", "Two\n"), []string{mail("a", strings.Repeat("x", 700<<10)+"\n"), mail("b", "Two\n")}},
		{"many empty lines", fromLine + mail("a", "One\n"+strings.Repeat("\n", 200<<10)) + fromLine + mail("b", "Two\n"), []string{mail("a", "One\n"+strings.Repeat("\n", 200<<10-1)), mail("b", "Two\n")}},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(fmt.Sprintf("%s %q", c.name, end), func(t *testing.T) {
				p := put(t, t.TempDir(), "Archive", strings.ReplaceAll(c.file, "\n", end))
				got := mails(t, p)
				if len(got) != len(c.want) {
					t.Fatalf("%d mails, want %d", len(got), len(c.want))
				}
				for i, m := range got {
					if raw := bytesOf(t, m); raw != strings.ReplaceAll(c.want[i], "\n", end) {
						t.Errorf("mail %d is %.300q", i+1, raw)
					}
					if m.N != i+1 || m.String() != fmt.Sprintf("%s#%d", p, i+1) {
						t.Errorf("mail %d is named %s", i+1, m)
					}
				}
			})
		}
	}
}

// TestFind: mail is found by what it is; what is left out is named.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.eml", "anything at all")
	put(t, dir, "b", mail("b", "x\n"))
	put(t, dir, "deep/er/Sent", fromLine+mail("c", "x\n"))
	put(t, dir, "md/cur/1772442900.M1.host:2,S", mail("d", "x\n"))
	put(t, dir, "md/new/1772442901.M1.host", "")
	put(t, dir, "md/tmp/1772442902.M1.host", mail("half", "x\n"))
	put(t, dir, "md/.Sub/cur/1772442903.M1.host", fromLine+mail("e", "x\n\n"+fromLine+mail("no mail of its own", "x\n")))
	put(t, dir, "md/.Sub/new/.keep", "")
	put(t, dir, "md/dovecot-uidlist", "3 V1772442900 N3\n")
	put(t, dir, "note.txt", "Dear team,\nFrom: me\n")
	put(t, dir, "old.pst", "!BDN")
	put(t, dir, "tmp/f", mail("f", "x\n"))
	if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	files, skipped := find(t, dir, filepath.Join(dir, "gone"), filepath.Join(dir, "note.txt"))
	rel := func(p string) string {
		r, err := filepath.Rel(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var got, left []string
	for _, f := range files {
		got = append(got, rel(f.Path))
		if f.Mbox != (rel(f.Path) == "deep/er/Sent") {
			t.Errorf("%s: mbox %v", rel(f.Path), f.Mbox)
		}
	}
	for _, s := range skipped {
		left = append(left, fmt.Sprintf("%s %v %v", rel(s.Path), s.Named, s.Err != nil))
	}
	want := []string{"a.eml", "b", "deep/er/Sent", "md/.Sub/cur/1772442903.M1.host", "md/.Sub/new/.keep", "md/cur/1772442900.M1.host:2,S", "md/new/1772442901.M1.host", "tmp/f"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q\nwant  %q", got, want)
	}
	wantLeft := []string{"loop false false", "md/dovecot-uidlist false false", "note.txt false false", "old.pst false false", "gone true true", "note.txt true false"}
	if !slices.Equal(left, wantLeft) {
		t.Errorf("left out %q\nwant     %q", left, wantLeft)
	}
}

// TestIdentity: the same mail at the same place is the same in every run, and
// nothing else is.
func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	box := put(t, dir, "box", fromLine+mail("a", "One\n\n")+fromLine+mail("a", "One\n\n")+fromLine+mail("b", "Two"))
	md := put(t, dir, "md/new/1772442900.M1.host", mail("a", "One\n"))
	put(t, dir, "md/cur/x:2,", mail("a", "One\n"))
	first := mails(t, dir)
	seen := map[uint64]string{}
	for _, m := range first {
		if other, twice := seen[m.ID]; twice {
			t.Errorf("%s and %s are taken for one mail", m, other)
		}
		seen[m.ID] = m.String()
	}
	// More mail comes behind, and a mail is read and flagged.
	f, err := os.OpenFile(box, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("\n\n" + fromLine + mail("c", "Three\n"))
	if err := errors.Join(err, f.Close(), os.Rename(md, filepath.Join(dir, "md/cur/1772442900.M1.host:2,FS"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	again := mails(t, ".")
	fresh := 0
	for _, m := range again {
		if _, known := seen[m.ID]; !known {
			fresh++
			if !strings.Contains(bytesOf(t, m), "Three") {
				t.Errorf("%s is taken for another mail now", m)
			}
		}
	}
	if len(again) != len(first)+1 || fresh != 1 {
		t.Errorf("%d mails, %d of them new; want %d and 1", len(again), fresh, len(first)+1)
	}
	// Another mail where one was.
	put(t, dir, "md/cur/x:2,", mail("a", "Two\n"))
	for _, m := range mails(t, filepath.Join(dir, "md/cur/x:2,")) {
		if seen[m.ID] != "" {
			t.Error("other bytes are taken for the mail that was there")
		}
	}
}

func TestReadNoticesChanges(t *testing.T) {
	dir := t.TempDir()
	p := put(t, dir, "box", fromLine+mail("a", "One\n\n")+fromLine+mail("b", "Two\n\n"))
	list := mails(t, p)
	put(t, dir, "box", fromLine+mail("a", "One\n\n")+fromLine+mail("c", "Two\n\n"))
	if raw := bytesOf(t, list[0]); raw != mail("a", "One\n") {
		t.Errorf("what did not change is %q", raw)
	}
	if _, err := list[1].Read(); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("what changed: %v", err)
	}
	put(t, dir, "box", fromLine)
	if _, err := list[1].Read(); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("what is gone: %v", err)
	}
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	if _, err := list[0].Read(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
}

func TestReceived(t *testing.T) {
	date := "Date: Mon, 2 Mar 2026 09:15:00 +0000\n"
	for _, c := range []struct{ name, header, want string }{
		{"topmost Received", "Received: from a.example\n\tby mx.council.example (x; y) with ESMTP id 1;\n\tMon, 2 Mar 2026 10:20:30 +0100 (CET)\nReceived: from b.example by a.example; Sun, 1 Mar 2026 08:00:00 +0000\n" + date, "2026-03-02T09:20:30Z"},
		{"no Received", date, "2026-03-02T09:15:00Z"},
		{"a Received without a date", "Received: by mx.council.example\n" + date, "2026-03-02T09:15:00Z"},
		{"a Received from the future", "Received: by mx.council.example; Mon, 2 Mar 2037 10:20:30 +0000\n" + date, "2026-03-02T09:15:00Z"},
		{"a Received from before there was mail", "Received: by mx.council.example; Thu, 1 Jan 1970 00:00:00 +0000\n" + date, "2026-03-02T09:15:00Z"},
		{"other forms", "Date: 2026-03-02 09:15:00 +0000\n", "2026-03-02T09:15:00Z"},
		{"the time of the From line", "Date: yesterday\n", "2026-03-02T09:15:00Z"},
		{"a Date in the text", "Subject: x\n\n" + strings.Replace(date, "2026", "2020", 1), "2026-03-02T09:15:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := mails(t, put(t, t.TempDir(), "box", fromLine+"From: nadia@family.example\n"+c.header+"\nHello\n"))
			if len(list) != 1 {
				t.Fatalf("%d mails", len(list))
			}
			if got := list[0].Received.Format(time.RFC3339); got != c.want {
				t.Errorf("received %s, want %s", got, c.want)
			}
		})
	}
	p := put(t, t.TempDir(), "x.eml", "no header")
	when := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	if err := os.Chtimes(p, when, when); err != nil {
		t.Fatal(err)
	}
	if m := mails(t, p)[0]; !m.Received.Equal(when) || m.Dated {
		t.Errorf("a mail without dates was received %s (from its header: %v)", m.Received, m.Dated)
	}
}

func TestMailsStops(t *testing.T) {
	files, _ := find(t, put(t, t.TempDir(), "box", fromLine+mail("a", "One\n\n")+fromLine+mail("b", "Two\n\n")))
	n := 0
	for _, err := range files[0].Mails(context.Background(), now(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d mails", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var last error
	for _, err := range files[0].Mails(ctx, now(), nil) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("with its context it ends with %v", last)
	}
	if _, _, err := archive.Find(ctx, []string{files[0].Path}); !errors.Is(err, context.Canceled) {
		t.Errorf("Find: %v", err)
	}
}

// TestScanningNeedsLittleMemory: an mbox is never in memory as a whole.
func TestScanningNeedsLittleMemory(t *testing.T) {
	p := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(p)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("All work and no play makes a long mail.\n"), 25_000) // 1 MB
	const n = 64
	for i := range n {
		if _, err := fmt.Fprintf(f, "%sFrom: nadia@family.example\nSubject: %d\n\n%s\n", fromLine, i, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := find(t, p)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count, read := 0, int64(0)
	for _, err := range files[0].Mails(context.Background(), now(), func(n int) { read += int64(n) }) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	runtime.ReadMemStats(&after)
	// All that was ever allocated, not what is left: a collection in between cannot hide it.
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("looking through %d MB allocated %d MB", files[0].Bytes>>20, used>>20)
	}
	if count != n || read != files[0].Bytes {
		t.Errorf("%d mails, %d of %d bytes", count, read, files[0].Bytes)
	}
}
