package inspect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/mailbox/inspect"
)

func write(t *testing.T, dir, name, content string) string {
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

func run(t *testing.T, paths ...string) []inspect.Report {
	t.Helper()
	var out bytes.Buffer
	if err := inspect.Run(context.Background(), paths, &out); err != nil {
		t.Fatal(err)
	}
	var list []inspect.Report
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var r inspect.Report
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Fatalf("line is no JSON: %v: %s", err, l)
		}
		list = append(list, r)
	}
	return list
}

const one = "From: Nadia Rahman <nadia@family.example>\r\nTo: sen@council.example\r\nSubject: Taxi\r\nDate: Mon, 2 Mar 2026 09:15:00 +0000\r\nMessage-ID: <a1@family.example>\r\n\r\nThe taxi did not come.\r\n"

func TestRunReadsMailMboxFolderAndBody(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.eml", one)
	write(t, dir, "b.mbox", "From nadia@family.example Mon Mar  2 09:15:00 2026\n"+strings.ReplaceAll(one, "\r\n", "\n")+">From where I stand it is late.\n\nFrom tom@family.example Mon Mar  2 10:15:00 2026\nFrom: tom@family.example\nSubject: Second\n\nHello\n")
	write(t, dir, "md/cur/1:2,S", one)
	write(t, dir, "note.txt", "Thank you for the call.\n\nOn Mon, 2 Mar 2026 at 09:15, SEN Team <sen@council.example> wrote:\n> We will ring you.\n")
	list := run(t, dir)
	if len(list) != 5 {
		t.Fatalf("want 5 messages, got %d: %+v", len(list), list)
	}
	by := map[string]inspect.Report{}
	for _, r := range list {
		rel, err := filepath.Rel(dir, r.Path)
		if err != nil {
			t.Fatal(err)
		}
		by[filepath.ToSlash(rel)] = r
	}
	a := by["a.eml"]
	if !a.OK || a.Subject != "Taxi" || a.From.Address != "nadia@family.example" || a.From.Name != "Nadia Rahman" || a.Date != "2026-03-02T09:15:00Z" || a.Kind != "human" || a.MessageID != "a1@family.example" {
		t.Errorf("a.eml: %+v", a)
	}
	if m := by["b.mbox#1"]; !strings.Contains(m.Text, "\nFrom where I stand") || m.Subject != "Taxi" {
		t.Errorf("first of the mbox: %+v", m)
	}
	if m := by["b.mbox#2"]; m.Subject != "Second" {
		t.Errorf("second of the mbox: %+v", m)
	}
	if m := by["md/cur/1:2,S"]; m.Subject != "Taxi" {
		t.Errorf("Maildir: %+v", m)
	}
	if m := by["note.txt"]; m.ReplyText != "Thank you for the call." || len(m.Problems) == 0 {
		t.Errorf("body without a header: %+v", m)
	}
}

func TestRunSaysWhatItCannotRead(t *testing.T) {
	list := run(t, filepath.Join(t.TempDir(), "missing.eml"))
	if len(list) != 1 || list[0].OK || len(list[0].Problems) != 1 {
		t.Fatalf("got %+v", list)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := inspect.Run(ctx, []string{t.TempDir()}, &bytes.Buffer{}); err == nil {
		t.Fatal("want an error")
	}
}

func TestRunBounceOnlyForBounces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.eml", one)
	write(t, dir, "b.eml", "From: MAILER-DAEMON@mx.council.example\nTo: sen@council.example\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nI'm sorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.council.example\n\nFinal-Recipient: rfc822; nadia@family.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n")
	list := run(t, dir)
	if list[0].Bounce != nil {
		t.Errorf("a human mail has a bounce: %+v", list[0])
	}
	b := list[1].Bounce
	if b == nil || b.Recipient != "nadia@family.example" || b.Status != "5.1.1" || !b.Permanent {
		t.Errorf("got %+v", b)
	}
}

func TestRunNamesMachines(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.eml", "From: voicemail@council.example\nSubject: Voicemail from 01234 000111\nMessage-Context: voice-message\nContent-Type: audio/wav; name=a.wav\n\nRIFF\x24\x00\x00\x00WAVEfmt ")
	list := run(t, dir)
	if m := list[0].Machine; list[0].Kind != "voicemail" || m == nil || m.Number != "01234 000111" || m.File != "a.wav" || m.At != "" {
		t.Errorf("got %q, %+v", list[0].Kind, m)
	}
}

// Whatever lies in a folder, each file gives a line and nothing stops the rest.
func TestRunGivesALineForEveryFile(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"empty": "", "nul": "\x00\x00\x00", "picture.png": "\x89PNG\r\n\x1a\n", "from": "From ", "from2": "From nobody\n", "mbox": "From a@b.example Mon Mar  2 09:15:00 2026\n\n",
		"one.mbox": "From a@b.example Mon Mar  2 09:15:00 2026\n" + strings.ReplaceAll(one, "\r\n", "\n"), "z.eml": one,
	}
	for name, data := range files {
		write(t, dir, name, data)
	}
	list := run(t, dir)
	seen := map[string]int{}
	for _, r := range list {
		seen[filepath.Base(r.Path)]++
	}
	for name := range files {
		if seen[name] != 1 {
			t.Errorf("%s: %d lines", name, seen[name])
		}
	}
	for _, r := range list {
		if b := filepath.Base(r.Path); (b == "one.mbox" || b == "z.eml") && r.Subject != "Taxi" {
			t.Errorf("%s: %+v", b, r)
		}
	}
}
