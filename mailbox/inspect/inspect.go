// Package inspect reads mail from files and says what hearback makes of it, one
// JSON object a message. It is for trying the reader on real mail and for
// finding out why a mail was taken as it was; it stores and sends nothing.
package inspect

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"hearback/mailbox/archive"
	"hearback/mailbox/parse"
	"hearback/tickets"
)

// maxFile is the largest file that is read into memory, in bytes.
const maxFile = 512 << 20

// Report is the line printed for one message.
type Report struct {
	Path        string       `json:"path"` // of the file; "file#n" for the n-th message of an mbox
	OK          bool         `json:"ok"`   // false when the file could not be read at all
	Problems    []string     `json:"problems"`
	MessageID   string       `json:"message_id"`
	Subject     string       `json:"subject"`
	From        Address      `json:"from"`
	To          []Address    `json:"to"`
	Cc          []Address    `json:"cc"`
	Date        string       `json:"date"` // RFC 3339; "" when missing or unreadable
	Kind        string       `json:"kind"`
	Evidence    []string     `json:"evidence"`
	Confidence  string       `json:"confidence"`
	Text        string       `json:"text"`
	ReplyText   string       `json:"reply_text"`
	Attachments []Attachment `json:"attachments"`
	Bounce      *Bounce      `json:"bounce,omitempty"`
	Machine     *Machine     `json:"machine,omitempty"`
}

// Address is a mailbox.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Attachment is a part that is no text.
type Attachment struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Bytes  int64  `json:"bytes"` // decoded
	Inline bool   `json:"inline"`
}

// Machine is what the notice of a telephone system or a printer says.
type Machine struct {
	Number string `json:"number"`
	At     string `json:"at"` // RFC 3339; "" when it is not stated
	File   string `json:"file"`
}

// Bounce is what a delivery failure says.
type Bounce struct {
	Recipient string `json:"recipient"`
	Status    string `json:"status"`
	Permanent bool   `json:"permanent"`
	Delayed   bool   `json:"delayed"`
	MessageID string `json:"message_id"`
}

// Run reads every path and prints one JSON object a message to out. A path may
// be a mail, an mbox, or a folder (also a Maildir), which is read with all that
// is below it. A file that cannot be read gives a line with ok false; the error
// is of out or of ctx only.
func Run(ctx context.Context, paths []string, out io.Writer) error {
	w := bufio.NewWriterSize(out, 64<<10)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range paths {
		if err := walk(ctx, p, enc); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

func walk(ctx context.Context, path string, enc *json.Encoder) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped at %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return print(enc, failed(path, err))
	}
	if !info.IsDir() {
		return file(ctx, path, info, enc)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return print(enc, failed(path, err))
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, e := range entries {
		if e.IsDir() && e.Name() == ".git" || e.Type()&fs.ModeSymlink != 0 {
			continue // a link may lead round in a circle
		}
		if err := walk(ctx, filepath.Join(path, e.Name()), enc); err != nil {
			return err
		}
	}
	return nil
}

// file prints the messages of one file: of an mbox each one, of anything else the
// whole as one mail, whatever it looks like.
func file(ctx context.Context, path string, info fs.FileInfo, enc *json.Encoder) error {
	if !info.Mode().IsRegular() {
		return print(enc, failed(path, fmt.Errorf("no regular file")))
	}
	head, err := readHead(path)
	if err != nil {
		return print(enc, failed(path, err))
	}
	if archive.IsMbox(head) && !strings.EqualFold(filepath.Ext(path), ".eml") {
		return mbox(ctx, path, enc)
	}
	if info.Size() > maxFile {
		return print(enc, failed(path, fmt.Errorf("the file has %d bytes; more than %d are not read", info.Size(), int64(maxFile))))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return print(enc, failed(path, err))
	}
	return print(enc, describe(path, parse.Message(raw, parse.Options{})))
}

// mbox prints the messages of an mbox. One with a single message keeps the plain
// name of the file.
func mbox(ctx context.Context, path string, enc *json.Encoder) error {
	files, skipped, err := archive.Find(ctx, []string{path})
	if err != nil {
		return fmt.Errorf("stopped at %s: %w", path, err)
	}
	for _, s := range skipped {
		if err := print(enc, failed(s.Path, errors.Join(errors.New(s.Why), s.Err))); err != nil {
			return err
		}
	}
	for i := range files {
		var held *Report // the first, until it is known whether another follows
		n := 0
		for m, err := range files[i].Mails(ctx, time.Unix(0, 0), nil) {
			n++
			r := Report{}
			switch {
			case ctx.Err() != nil:
				return fmt.Errorf("stopped at %s: %w", path, ctx.Err())
			case err != nil:
				r = failed(path, err)
			case m.Bytes > maxFile:
				r = failed(m.String(), fmt.Errorf("the mail has %d bytes; more than %d are not read", m.Bytes, int64(maxFile)))
			default:
				if raw, err := m.Read(); err != nil {
					r = failed(m.String(), err)
				} else {
					r = describe(m.String(), parse.Message(raw, parse.Options{}))
				}
			}
			if n == 1 {
				held = &r
				continue
			}
			if held != nil {
				if err := print(enc, *held); err != nil {
					return err
				}
				held = nil
			}
			if err := print(enc, r); err != nil {
				return err
			}
		}
		switch {
		case held != nil:
			held.Path = path
			if err := print(enc, *held); err != nil {
				return err
			}
		case n == 0:
			if err := print(enc, failed(path, errors.New("the mbox holds no mail"))); err != nil {
				return err
			}
		}
	}
	return nil
}

func readHead(path string) ([]byte, error) {
	fd, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = fd.Close() }()
	return io.ReadAll(io.LimitReader(fd, 8<<10))
}

func print(enc *json.Encoder, r Report) error {
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

func failed(path string, err error) Report {
	return Report{
		Path: path, Problems: []string{err.Error()}, To: []Address{}, Cc: []Address{}, Attachments: []Attachment{}, Evidence: []string{},
		Kind: string(tickets.KindHuman), Confidence: "weak",
	}
}

func describe(path string, in *tickets.Inbound) Report {
	r := Report{
		Path: path, OK: true, Problems: in.Problems, MessageID: in.MessageID, Subject: in.Subject,
		From: Address{in.From.Name, in.From.Email}, To: addresses(in.To), Cc: addresses(in.Cc),
		Kind: string(in.Kind), Evidence: in.Evidence, Confidence: in.Confidence, Text: in.Text, ReplyText: in.ReplyText,
		Attachments: make([]Attachment, 0, len(in.Parts)),
	}
	if r.Problems == nil {
		r.Problems = []string{}
	}
	if r.Evidence == nil {
		r.Evidence = []string{}
	}
	if !in.Date.IsZero() {
		r.Date = in.Date.Format(time.RFC3339)
	}
	for _, p := range in.Parts {
		r.Attachments = append(r.Attachments, Attachment{p.Name, p.Type, p.Bytes, p.Inline})
	}
	if b := in.Bounce; b != nil {
		r.Bounce = &Bounce{b.Recipient, b.Status, b.Permanent, b.Delayed, b.MessageID}
	}
	if n := in.Machine; n != nil {
		r.Machine = &Machine{Number: n.Number, File: n.File}
		if !n.At.IsZero() {
			r.Machine.At = n.At.Format(time.RFC3339)
		}
	}
	return r
}

func addresses(list []tickets.MailAddress) []Address {
	out := make([]Address, 0, len(list))
	for _, a := range list {
		out = append(out, Address{a.Name, a.Email})
	}
	return out
}
