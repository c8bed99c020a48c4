package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// ErrChanged says that a mail is not where it was found any more: another program
// has changed the file since.
var ErrChanged = errors.New("the file has changed since it was looked through")

// Read gives the bytes of the mail as they were sent: without the From line of
// an mbox, its quoting and the empty line behind a mail. The caller has looked at
// Bytes: the whole mail is in memory, in an mbox with quoted lines twice.
func (m Mail) Read() ([]byte, error) {
	fd, err := os.Open(m.File.Path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = fd.Close() }()
	raw := make([]byte, m.Bytes)
	if _, err := io.ReadFull(io.NewSectionReader(fd, m.offset, m.Bytes), raw); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrChanged
		}
		return nil, err
	}
	if m.fingerprint(raw) != m.ID {
		return nil, ErrChanged
	}
	if !m.File.Mbox {
		return raw, nil
	}
	if m.quoted {
		raw = unquote(raw)
	}
	return dropBlankLine(raw), nil
}

// fingerprint goes line by line, as the scanner does.
func (m Mail) fingerprint(raw []byte) uint64 {
	c := newContent()
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		raw = raw[len(line):]
		c.add(line)
	}
	return c.id(m.File.place, m.offset)
}

// dropBlankLine takes off the empty line that an mbox has behind each mail.
func dropBlankLine(raw []byte) []byte {
	for _, end := range []string{"\r\n", "\n"} {
		if head, ok := bytes.CutSuffix(raw, []byte(end)); ok && (len(head) == 0 || head[len(head)-1] == '\n') {
			return head
		}
	}
	return raw
}
