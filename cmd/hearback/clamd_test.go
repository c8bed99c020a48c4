package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hearback/tickets"
)

// virus is what the fake scanner takes for one. It is not the EICAR file, which
// would have this source locked away by other scanners.
const virus = "this part is rotten"

// fakeClamd answers as clamd(8) does.
type fakeClamd struct {
	ln    net.Listener
	conns sync.WaitGroup
	mu    sync.Mutex
	asked int
}

func newFakeClamd(t *testing.T, address string) *fakeClamd {
	t.Helper()
	ln, err := net.Listen("unix", address)
	must(t, err)
	f := &fakeClamd{ln: ln}
	f.conns.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			f.conns.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(f.close)
	return f
}

func (f *fakeClamd) close() {
	_ = f.ln.Close()
	f.conns.Wait()
}

func (f *fakeClamd) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	command, err := r.ReadString(0)
	if err != nil {
		return
	}
	if command == "zPING\x00" {
		_, _ = io.WriteString(c, "PONG\x00")
		return
	}
	var all bytes.Buffer
	for {
		var n uint32
		if binary.Read(r, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&all, r, int64(n)); err != nil {
			return
		}
	}
	f.mu.Lock()
	f.asked++
	f.mu.Unlock()
	if strings.Contains(all.String(), virus) {
		_, _ = io.WriteString(c, "stream: Rotten.Test FOUND\x00")
		return
	}
	_, _ = io.WriteString(c, "stream: OK\x00")
}

// withFiles is a mail with a file for each text.
func withFiles(id string, texts ...string) []byte {
	var b strings.Builder
	b.WriteString("Message-ID: <" + id + ">\r\nFrom: tessa@family.example\r\nTo: " + sen + "\r\nSubject: Papers\r\nDate: Tue, 25 Nov 2025 09:59:00 +0000\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nPlease see attached.\r\n")
	for i, text := range texts {
		name := string(rune('a'+i)) + ".pdf"
		b.WriteString("--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=" + name +
			"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 "+text)) + "\r\n")
	}
	b.WriteString("--x--\r\n")
	return []byte(b.String())
}

// TestScans: while clamd is down attachments are not scanned, never clean, and
// health says so; when it answers they are looked at, and what it finds is kept.
func TestScans(t *testing.T) {
	addr := filepath.Join(t.TempDir(), "clamd") // a port could be somebody else's by the time it is listened on
	h := open(t, plan{change: func(c *Config) { c.ClamAV.Address = addr }})
	ctx := context.Background()
	h.dovecot.Append(t, h.user, "INBOX", withFiles("p@family.example", "good", virus), h.now())
	verdicts := func() map[string]tickets.PartScan {
		rows := h.ledger("INBOX")
		if len(rows) != 1 {
			return nil
		}
		scans, err := h.app.store.ScansOfRaw(ctx, rows[0].RawID)
		must(t, err)
		return scans
	}
	h.until("the files to be said not scanned", func() bool {
		v := verdicts()
		return len(v) == 2 && v["2"].Verdict == tickets.ScanSkipped && v["3"].Verdict == tickets.ScanSkipped && v["3"].Signature != ""
	})
	h.until("the scanner to be missed", func() bool {
		_, text := h.health()
		return strings.Contains(text, "warning: The virus scanner does not answer")
	})
	if status, text := h.health(); status != http.StatusOK {
		t.Errorf("/healthz %d: mail comes in without the scanner:\n%s", status, text)
	}
	clamd := newFakeClamd(t, addr)
	h.app.scans.nudge()
	h.until("the files to be scanned", func() bool {
		v := verdicts()
		return v["2"].Verdict == tickets.ScanClean && v["3"].Verdict == tickets.ScanInfected && v["3"].Signature == "Rotten.Test"
	})
	h.until("health to be well", func() bool { _, text := h.health(); return strings.Contains(text, "virus scanner: ok") })
	clamd.mu.Lock()
	defer clamd.mu.Unlock()
	if clamd.asked != 2 {
		t.Errorf("asked about %d files", clamd.asked)
	}
}
