package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// exportShown is how many rows lie between two signs of life.
const exportShown = 5_000

// exportWriter writes the files of an export one after the other. A row is in
// memory at a time, and an original.
type exportWriter struct {
	dir     string
	steps   *stepMeter
	made    time.Time
	council string
	files   []exportedFile
	rows    int
	mails   int
}

// exportedFile is a line of manifest.json.
type exportedFile struct {
	File   string `json:"file"`
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	about  string
}

type exportManifest struct {
	Product   string         `json:"product"`
	Version   string         `json:"version"`
	Council   string         `json:"council"`
	Made      time.Time      `json:"made"`
	Originals int            `json:"originals"` // in mail/; mail.csv lists each with its hash
	Files     []exportedFile `json:"files"`
}

func (x *exportWriter) all(ctx context.Context, r tickets.ExportRows) error {
	for _, s := range tickets.ExportSets() {
		if err := x.set(ctx, r, s); err != nil {
			return err
		}
	}
	if err := x.originals(ctx, r); err != nil {
		return err
	}
	if err := x.text("README.txt", x.readme()); err != nil {
		return err
	}
	b, err := json.MarshalIndent(exportManifest{"hearback", version, x.council, x.made, x.mails, x.files}, "", "  ")
	if err != nil {
		return err
	}
	return x.text("manifest.json", string(b)+"\n")
}

// rowSink writes rows in one of the two forms.
type rowSink interface {
	head(columns []string) error
	row(columns, values []string) error
	flush() error
}

func (x *exportWriter) set(ctx context.Context, r tickets.ExportRows, s tickets.ExportSet) error {
	return x.file(s.File, s.About, func(w io.Writer) (int, error) {
		var sink rowSink = &csvSink{w: csv.NewWriter(w)}
		if strings.HasSuffix(s.File, ".jsonl") {
			sink = &jsonSink{w: w}
		}
		n := 0
		write := func(columns, values []string) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if values == nil {
				return sink.head(columns)
			}
			if i := slices.Index(columns, "original"); i >= 0 && values[i] != "" {
				values[i] = mailPath(values[i])
			}
			if n++; n%exportShown == 0 {
				x.steps.show("Writing "+s.File, n, 0)
			}
			return sink.row(columns, values)
		}
		if err := r.Rows(ctx, s.File, write); err != nil {
			return n, err
		}
		return n, sink.flush()
	})
}

// originals writes each mail as it came, under its hash, and a list of them.
func (x *exportWriter) originals(ctx context.Context, r tickets.ExportRows) error {
	return x.file("mail.csv", "The originals of all mail, byte for byte as it came, with their hashes.", func(w io.Writer) (int, error) {
		sink := &csvSink{w: csv.NewWriter(w)}
		err := r.Rows(ctx, tickets.ExportOriginals, func(_, values []string) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if values == nil {
				return sink.head([]string{"path", "bytes", "sha256"})
			}
			id, err := strconv.ParseInt(values[0], 10, 64)
			if err != nil {
				return fault.Wrap(fault.Internal, "", err)
			}
			raw, err := r.Original(ctx, id)
			if err != nil {
				return fmt.Errorf("the original %s: %w", values[1], err)
			}
			if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != values[1] {
				return fault.Newf(fault.Internal, "The original %s is not what it was", values[1])
			}
			name := mailPath(values[1])
			if err := os.MkdirAll(filepath.Join(x.dir, filepath.Dir(name)), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(x.dir, name), raw, 0o600); err != nil {
				return err
			}
			if x.mails++; x.mails%exportShown == 0 {
				x.steps.show("Writing mail", x.mails, 0)
			}
			return sink.row(nil, []string{name, values[2], values[1]})
		})
		return x.mails, errors.Join(err, sink.flush())
	})
}

func mailPath(sum string) string { return "mail/" + sum[:2] + "/" + sum + ".eml" }

// file writes one file and notes its size and hash.
func (x *exportWriter) file(name, about string, fill func(w io.Writer) (rows int, err error)) (err error) {
	f, err := os.OpenFile(filepath.Join(x.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // below the directory that the operator names
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	size := &sizer{}
	w := bufio.NewWriterSize(io.MultiWriter(f, sum, size), 1<<16)
	rows, err := fill(w)
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	x.rows += rows
	x.files = append(x.files, exportedFile{File: name, Rows: rows, Bytes: size.n, SHA256: hex.EncodeToString(sum.Sum(nil)), about: about})
	return f.Sync()
}

func (x *exportWriter) text(name, text string) error {
	return os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o600)
}

type sizer struct{ n int64 }

func (s *sizer) Write(p []byte) (int, error) { s.n += int64(len(p)); return len(p), nil }

// csvSink writes RFC 4180 with a line of headings.
type csvSink struct{ w *csv.Writer }

func (s *csvSink) head(columns []string) error { return s.w.Write(columns) }

func (s *csvSink) row(_, values []string) error {
	for i := range values {
		values[i] = defused(values[i])
	}
	return s.w.Write(values)
}

func (s *csvSink) flush() error {
	s.w.Flush()
	return s.w.Error()
}

// defused keeps a spreadsheet from taking a cell for a formula, which could send
// what stands beside it elsewhere: families choose what they write.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// jsonSink writes an object a line, its fields in the order of the columns.
type jsonSink struct {
	w   io.Writer
	buf bytes.Buffer
}

func (*jsonSink) head([]string) error { return nil }

func (s *jsonSink) row(columns, values []string) error {
	s.buf.Reset()
	for i, c := range columns {
		sign := ","
		if i == 0 {
			sign = "{"
		}
		key, err := json.Marshal(c)
		if err != nil {
			return err
		}
		value, err := json.Marshal(values[i])
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(&s.buf, "%s%s:%s", sign, key, value)
	}
	s.buf.WriteString("}\n")
	_, err := s.w.Write(s.buf.Bytes())
	return err
}

func (*jsonSink) flush() error { return nil }

func (x *exportWriter) readme() string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, `Everything that hearback held for %s on %s.

This is personal data of children and families. Some files are for staff alone;
they say so. Keep it as you keep the database, and delete it when it has served.

Files ending in .csv are UTF-8 with commas (RFC 4180) and a line of headings. Files
ending in .jsonl hold one JSON object a line; all values are text. Instants are in
UTC, dates are local. Numbers in columns that end in _id lead to the column id of
another file: person_id to people.csv, case_id to cases.csv, ticket_id to
enquiries.csv, mailbox_id to mailboxes.csv, outgoing_id to letters.csv, message_id of
calls.jsonl to messages.csv, and all that name a colleague (owner_id, staff_id,
entered_by and so on) to staff.csv.

A cell of a .csv file that begins with = + - or @, a tab or a line's end has an
apostrophe (') in front, so that no spreadsheet takes it for a formula. Take one
apostrophe away where you read the files by a program.

The column original is the path of a mail as it came, byte for byte. Its name is the
SHA-256 of its bytes. manifest.json lists the other files with the number of rows,
the size and the SHA-256.

`, x.council, x.made.Format("2 January 2006, 15:04 UTC"))
	for _, f := range x.files {
		_, _ = fmt.Fprintf(&b, "%s\n    %s\n", f.File, f.about)
	}
	b.WriteString("\nNot exported: passwords and other secrets, sessions, unsent drafts, and what concerns this installation alone.\n")
	return b.String()
}
