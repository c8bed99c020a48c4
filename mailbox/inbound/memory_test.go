package inbound_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/inbound"
	"hearback/tickets"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// memoryVariable holds the address of the mail server for a test binary that was
// started to be measured.
const memoryVariable = "HEARBACK_TEST_MEMORY"

// memory is what a process needed to read an inbox.
type memory struct {
	Peak    int64 // bytes of the whole process that were in memory at most (VmHWM)
	Heap    uint64
	Allocs  uint64 // bytes in all
	Mails   int
	Problem string
}

// TestMemoryChild is the process that is measured: the poller, the parser, and a
// store that keeps large mails in files. The intake takes note of nothing.
func TestMemoryChild(t *testing.T) {
	addr := os.Getenv(memoryVariable)
	if addr == "" {
		t.Skip("it is started by the tests of memory")
	}
	dir := t.TempDir()
	w := worldOn(t, storetest.Open(t, store.Options{Engine: store.SQLite, Dir: dir, BlobDir: dir + "/blobs", NoSync: true}), nil)
	m := memory{}
	p := w.poller(addr, func(_ *inbound.Account, d *inbound.Deps) {
		d.Intake = intakeFunc(func(_ context.Context, batch []tickets.Received, _ time.Time) ([]tickets.IntakeResult, error) {
			out := make([]tickets.IntakeResult, len(batch))
			for i, r := range batch {
				out[i].Fate = tickets.FateMessage
				if r.Mail == nil {
					out[i].Fate, m.Problem = tickets.FateQuarantined, r.QuarantineReason
				}
			}
			m.Mails += len(batch)
			return out, nil
		})
	})
	w.looked(p)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	m.Heap, m.Allocs, m.Peak = stats.HeapSys, stats.TotalAlloc, peak(t)
	line, err := json.Marshal(m)
	w.must(err)
	fmt.Printf("\nmemory %s\n", line)
}

// peak is the most that this process had in memory.
func peak(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	for line := range strings.Lines(string(status)) {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// measured reads an inbox with these mails in a process of its own.
func measured(t testing.TB, raws ...[]byte) memory {
	t.Helper()
	post := newPost(t)
	post.deliver(raws...)
	cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryChild$", "-test.v")
	cmd.Env = append(os.Environ(), memoryVariable+"="+post.addr)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var m memory
	_, line, found := bytes.Cut(out, []byte("\nmemory "))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	if !found || json.Unmarshal(line, &m) != nil || m.Mails != len(raws) || m.Problem != "" {
		t.Fatalf("%d of %d mails, %q\n%s", m.Mails, len(raws), m.Problem, out)
	}
	return m
}

// withAttachment is a mail with a file of so many bytes, which makes it a third
// larger.
func withAttachment(bytes int) []byte {
	const head = "From: Sam Hale <sam.hale@family.example>\r\nTo: sen@westmarsh.example\r\nSubject: Scans\r\nMessage-ID: <scan-%d@family.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe scans that you asked for.\r\n" +
		"--b\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	lines := bytes / 57
	out := make([]byte, 0, len(head)+20+lines*78+20)
	out = fmt.Appendf(out, head, bytes)
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range lines {
		for j := range 76 {
			out = append(out, digits[(i*31+j*7)%64])
		}
		out = append(out, '\r', '\n')
	}
	return append(out, "--b--\r\n"...)
}

// withText is a mail whose text alone is so many bytes.
func withText(bytes int) []byte {
	const head = "From: Sam Hale <sam.hale@family.example>\r\nTo: sen@westmarsh.example\r\nSubject: Everything\r\nMessage-ID: <all-%d@family.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	out := make([]byte, 0, bytes+len(head)+100)
	out = fmt.Appendf(out, head, bytes)
	for len(out) < bytes {
		out = append(out, "We wrote about the transport on the first of September and have not heard back.\r\n"...)
	}
	return out
}

// TestFiguresMemory prints what large mails cost.
func TestFiguresMemory(t *testing.T) {
	if os.Getenv("HEARBACK_BENCH") == "" {
		t.Skip("figures; make bench")
	}
	const mb = 1 << 20
	base := measured(t, letters(1, 1)[0])
	t.Logf("one short letter: %d MB at most", base.Peak/mb)
	attachment := withAttachment(25 * mb)
	for name, raws := range map[string][][]byte{
		"an attachment of 25 MB": {attachment},
		"a mail of 150 MB":       {withAttachment(109 * mb)},
		"two mails of 150 MB":    {withAttachment(109 * mb), withAttachment(108 * mb)},
		"20 MB of text":          {withText(20 * mb)},
		"150 MB of text":         {withText(149 * mb)},
	} {
		m := measured(t, raws...)
		t.Logf("%s (%d MB on the wire): %d MB at most, %d MB more than without; allocated %d MB",
			name, len(raws[0])/mb, m.Peak/mb, (m.Peak-base.Peak)/mb, m.Allocs/mb)
	}
}
