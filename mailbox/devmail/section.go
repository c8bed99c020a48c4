package devmail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"
)

// maxPartDepth bounds the part numbers of BODY[1.2.3...], and how deep
// BODYSTRUCTURE and SEARCH look into a message. Dovecot stops at 100; mail that
// people write has less than ten.
const maxPartDepth = 30

// content reads one message, no more of it than was asked for.
type content struct {
	file io.ReaderAt
	size int64
	raw  []byte // the whole message, once something needed it
	head []byte
}

// literal is a part of a message about to go out.
type literal struct {
	r    io.Reader
	size int64
}

func bytesLiteral(b []byte) literal { return literal{r: bytes.NewReader(b), size: int64(len(b))} }

// fetched is what FETCH answers beside the index.
type fetched struct {
	envelope  *imap.Envelope
	structure imap.BodyStructure
	sections  []literal
	binaries  []literal
	sizes     []uint32
}

func (c *content) prepare(options *imap.FetchOptions) (fetched, error) {
	var out fetched
	if options.Envelope {
		head, err := c.header()
		if err != nil {
			return out, err
		}
		out.envelope = imapserver.ExtractEnvelope(parseHeader(head))
	}
	if options.BodyStructure != nil {
		raw, err := c.all()
		if err != nil {
			return out, err
		}
		out.structure = bodyStructure(raw)
	}
	for _, s := range options.BodySection {
		l, err := c.section(s)
		if err != nil {
			return out, err
		}
		out.sections = append(out.sections, l)
	}
	for _, s := range options.BinarySection {
		b, err := c.binary(s.Part)
		if err != nil {
			return out, err
		}
		off, n := clamp(s.Partial, int64(len(b)))
		out.binaries = append(out.binaries, bytesLiteral(b[off:off+n]))
	}
	for _, s := range options.BinarySectionSize {
		b, err := c.binary(s.Part)
		if err != nil {
			return out, err
		}
		out.sizes = append(out.sizes, uint32(len(b)))
	}
	return out, nil
}

func (c *content) all() ([]byte, error) {
	if c.raw == nil {
		c.raw = make([]byte, c.size)
		if n, err := c.file.ReadAt(c.raw, 0); int64(n) != c.size {
			return nil, fmt.Errorf("devmail: %d of %d octets: %w", n, c.size, errors.Join(err, io.ErrUnexpectedEOF))
		}
	}
	return c.raw, nil
}

// header is the top-level header with the empty line that ends it. Most
// headers fit into the first read.
func (c *content) header() ([]byte, error) {
	if c.head != nil {
		return c.head, nil
	}
	if c.raw == nil {
		first := make([]byte, min(c.size, 16<<10))
		n, err := c.file.ReadAt(first, 0)
		if n != len(first) {
			return nil, fmt.Errorf("devmail: %w", errors.Join(err, io.ErrUnexpectedEOF))
		}
		if end, ok := headerEnd(first); ok {
			c.head = first[:end]
			return c.head, nil
		}
	}
	raw, err := c.all()
	if err != nil {
		return nil, err
	}
	end, _ := headerEnd(raw)
	c.head = raw[:end]
	return c.head, nil
}

// headerEnd finds the octet behind the first empty line. A message without one
// is all header.
func headerEnd(b []byte) (int, bool) {
	for i := 0; i < len(b); {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			break
		}
		if line := b[i : i+n]; len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return i + n + 1, true
		}
		i += n + 1
	}
	return len(b), false
}

// section gives BODY[...]. Whole messages come straight from the file, and the
// parts of the top level are cut from its bytes: imapserver's helper parses the
// header and writes it anew, which alters malformed mail and returns nothing
// at all for some. Deeper parts are left to the helper.
func (c *content) section(s *imap.FetchItemBodySection) (literal, error) {
	if len(s.Part) == 0 && s.Specifier == imap.PartSpecifierNone {
		off, n := clamp(s.Partial, c.size)
		return literal{r: io.NewSectionReader(c.file, off, n), size: n}, nil
	}
	var b []byte
	switch {
	case len(s.Part) > maxPartDepth:
	case len(s.Part) > 0:
		raw, err := c.all()
		if err != nil {
			return literal{}, err
		}
		whole := *s
		whole.Partial = nil // the helper's arithmetic overflows; ours comes below
		b = imapserver.ExtractBodySection(bytes.NewReader(raw), &whole)
	case s.Specifier == imap.PartSpecifierText:
		head, err := c.header()
		if err != nil {
			return literal{}, err
		}
		off, n := clamp(s.Partial, c.size-int64(len(head)))
		return literal{r: io.NewSectionReader(c.file, int64(len(head))+off, n), size: n}, nil
	default:
		head, err := c.header()
		if err != nil {
			return literal{}, err
		}
		b = filterHeader(head, s.HeaderFields, s.HeaderFieldsNot)
	}
	off, n := clamp(s.Partial, int64(len(b)))
	return bytesLiteral(b[off : off+n]), nil
}

func (c *content) binary(part []int) ([]byte, error) {
	if len(part) > maxPartDepth {
		return []byte{}, nil
	}
	raw, err := c.all()
	if err != nil {
		return nil, err
	}
	return imapserver.ExtractBinarySection(bytes.NewReader(raw), &imap.FetchItemBinarySection{Part: part}), nil
}

// clamp cuts a partial "<offset.size>" to what there is.
func clamp(p *imap.SectionPartial, size int64) (off, n int64) {
	if p == nil {
		return 0, size
	}
	off = min(max(p.Offset, 0), size)
	return off, min(max(p.Size, 0), size-off)
}

// filterHeader keeps the named fields, or all but them, with their bytes as
// they are, and the empty line at the end (RFC 9051 section 6.4.5).
func filterHeader(head []byte, only, not []string) []byte {
	if len(only) == 0 && len(not) == 0 {
		return head
	}
	named := func(name string) bool {
		for _, n := range append(append([]string{}, only...), not...) {
			if strings.EqualFold(n, name) {
				return true
			}
		}
		return false
	}
	var out []byte
	keep := false
	for line := range bytes.Lines(head) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		if line[0] != ' ' && line[0] != '\t' { // not the continuation of a field
			name, _, _ := bytes.Cut(line, []byte(":"))
			keep = named(string(bytes.TrimRight(name, " \t\r\n"))) == (len(only) > 0)
		}
		if keep {
			out = append(out, line...)
		}
	}
	return append(out, "\r\n"...)
}

// parseHeader reads as many fields as can be read.
func parseHeader(head []byte) textproto.Header {
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(head))) // what came before an error counts
	return h
}
