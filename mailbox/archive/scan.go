package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"time"
)

// Mail is one mail of a file, without its bytes.
type Mail struct {
	File  *File
	N     int   // which mail of an mbox, from 1; 0 when the file is one mail
	Bytes int64 // as it lies in the file
	// ID is the same in every run for the same bytes at the same place, and differs
	// for all else: a mail that was moved to where another was is another mail.
	ID uint64
	// Received is when it arrived, in UTC: the topmost Received field, else its Date,
	// else the time of the mbox's From line or of the file.
	Received time.Time
	Dated    bool // Received is from the mail's own header

	offset int64
	quoted bool // the text holds quoted From lines
}

// String names the mail for people: "path", or "path#n" in an mbox.
func (m Mail) String() string {
	if m.N == 0 {
		return m.File.Path
	}
	return fmt.Sprintf("%s#%d", m.File.Path, m.N)
}

// Mails reads through the file and gives its mails in the order of the file. now
// is for dates that cannot be true. progress is told how many bytes were read
// since it was told last; it may be nil. An error ends it: of ctx, or of the file.
func (f *File) Mails(ctx context.Context, now time.Time, progress func(n int)) iter.Seq2[Mail, error] {
	return func(yield func(Mail, error) bool) {
		fd, err := os.Open(f.Path)
		if err != nil {
			yield(Mail{}, err)
			return
		}
		defer func() { _ = fd.Close() }()
		s := &scanner{ctx: ctx, file: f, now: now, in: bufio.NewReaderSize(fd, 256<<10), progress: progress, yield: yield}
		if err := s.run(); err != nil {
			yield(Mail{}, err)
		}
	}
}

// errEnough says that the caller wants no more mails.
var errEnough = errors.New("enough")

// scanner goes through a file line by line. A line may be longer than memory, so
// it comes in pieces.
type scanner struct {
	ctx      context.Context
	file     *File
	now      time.Time
	in       *bufio.Reader
	progress func(int)
	yield    func(Mail, error) bool

	pos   int64 // of the next piece
	n     int
	mail  *found
	blank bool      // the line before was empty, or there was none
	from  *envelope // a From line whose next line has still to be seen
}

// found is a mail that the scanner is in.
type found struct {
	Mail
	header   header
	sum      *content
	envelope time.Time
}

type envelope struct {
	line  []byte
	start int64
}

func (s *scanner) run() error {
	s.blank = true
	if !s.file.Mbox {
		s.begin(0, time.Time{})
	}
	atStart := true
	for {
		piece, err := s.in.ReadSlice('\n')
		if len(piece) > 0 {
			if err := s.ctx.Err(); err != nil {
				return fmt.Errorf("stopped at %s: %w", s.file.Path, err)
			}
			if s.progress != nil {
				s.progress(len(piece))
			}
			if err := s.piece(piece, atStart); err != nil {
				return enough(err)
			}
			s.pos += int64(len(piece))
			atStart = piece[len(piece)-1] == '\n'
		}
		switch {
		case err == nil || errors.Is(err, bufio.ErrBufferFull):
			continue
		case !errors.Is(err, io.EOF):
			return err
		}
		s.text() // a From line that nothing follows
		return enough(s.end(s.pos))
	}
}

func enough(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// piece takes the next line, or a piece of one that does not begin a line.
func (s *scanner) piece(b []byte, atStart bool) error {
	if !s.file.Mbox || !atStart {
		s.text()
		s.feed(b, atStart)
		s.blank = false
		return nil
	}
	if s.from != nil {
		if beginsMail(s.from.line, b) {
			if err := s.end(s.from.start); err != nil {
				return err
			}
			s.n++
			s.begin(s.pos, envelopeDate(s.from.line))
			s.from = nil
		} else {
			s.text()
		}
	}
	if s.blank && isFromLine(b) {
		s.from = &envelope{bytes.Clone(b), s.pos}
		s.blank = false
		return nil
	}
	s.blank = isBlank(b)
	if !s.blank || s.mail != nil { // empty lines before the first mail are none
		s.feed(b, true)
	}
	return nil
}

// text gives a line that was no From line after all to the mail it stands in.
func (s *scanner) text() {
	if s.from == nil {
		return
	}
	if s.mail == nil {
		s.n++
		s.begin(s.from.start, time.Time{})
	}
	line := s.from.line
	s.from = nil
	s.feed(line, true)
}

func (s *scanner) feed(b []byte, atStart bool) {
	if s.mail == nil { // the beginning of an mbox that is none; nothing is left out
		s.n++
		s.begin(s.pos, time.Time{})
	}
	s.mail.header.add(b, atStart)
	s.mail.sum.add(b)
	s.mail.quoted = s.mail.quoted || atStart && s.file.Mbox && isQuotedFrom(b)
}

func (s *scanner) begin(at int64, put time.Time) {
	s.mail = &found{Mail: Mail{File: s.file, N: s.n, offset: at}, sum: newContent(), envelope: put}
}

// end gives the mail that ends before a position, if there is one.
func (s *scanner) end(at int64) error {
	m := s.mail
	if m == nil {
		return nil
	}
	s.mail = nil
	m.Bytes = at - m.offset
	m.ID = m.sum.id(s.file.place, m.offset)
	m.Received = m.header.received(s.now)
	m.Dated = !m.Received.IsZero()
	for _, t := range []time.Time{m.envelope, s.file.modified, s.now} {
		if m.Received.IsZero() && believable(t, s.now) {
			m.Received = t.UTC().Truncate(time.Second)
		}
	}
	if !s.yield(m.Mail, nil) {
		return errEnough
	}
	return nil
}

// content is the fingerprint of a mail's bytes without the line ends behind its
// last line: how many there are depends on whether another mail follows.
type content struct {
	sum  hash.Hash
	held []byte
}

// heldMost bounds the line ends that are held back, in bytes.
const heldMost = 64 << 10

func newContent() *content { return &content{sum: sha256.New()} }

func (c *content) add(b []byte) {
	text := bytes.TrimRight(b, "\r\n")
	if len(text) > 0 {
		c.sum.Write(c.held)
		c.held = c.held[:0]
		c.sum.Write(text)
	}
	c.held = append(c.held, b[len(text):]...)
	for len(c.held) >= heldMost { // in fixed lengths: the pieces must not matter
		c.sum.Write(c.held[:heldMost])
		c.held = c.held[:copy(c.held, c.held[heldMost:])]
	}
}

// id is 64 bits: among a million mails, two are alike once in 30 million imports.
func (c *content) id(place string, offset int64) uint64 {
	all := sha256.New()
	_, _ = fmt.Fprintf(all, "%s\x00%d\x00%x", place, offset, c.sum.Sum(nil))
	return binary.BigEndian.Uint64(all.Sum(nil))
}
