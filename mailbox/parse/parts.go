package parse

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"hearback/tickets"
)

// ErrNoPart says that the mail has no part of that path.
var ErrNoPart = errors.New("the mail has no such part")

// Part finds an attachment by its Path and gives a reader of its decoded bytes.
// The reader decodes as it goes and needs raw to stay as it is. The error is
// ErrNoPart when the path leads nowhere or to a container.
func Part(raw []byte, path string) (r io.Reader, p tickets.Part, err error) {
	defer func() {
		if x := recover(); x != nil {
			r, p, err = nil, tickets.Part{}, fmt.Errorf("reading part %q: %v", path, x)
		}
	}()
	m := read(raw, Limits{}.withDefaults())
	m.collect()
	var found *tickets.Part
	for i := range m.parts {
		if m.parts[i].Path == path {
			found = &m.parts[i]
			break
		}
	}
	if found == nil {
		return nil, tickets.Part{}, fmt.Errorf("part %q: %w", path, ErrNoPart)
	}
	if strings.Contains(path, packed) {
		return m.unpack(path, *found)
	}
	if at, n, ok := strings.Cut(path, "/uu"); ok {
		return m.uuReader(at, n, *found)
	}
	var at *node
	m.eachLeaf(m.root, func(n *node) {
		if n.path == path {
			at = n
		}
	})
	if at == nil {
		return nil, tickets.Part{}, fmt.Errorf("part %q: %w", path, ErrNoPart)
	}
	return newDecoder(at.body, at.cte), *found, nil
}

// addPart lists a leaf as a file. Its bytes are decoded once through a small
// buffer: counted, hashed and looked at, never held.
func (m *message) addPart(n *node) *tickets.Part {
	d := newDecoder(n.body, n.cte)
	p := describe(d)
	p.Path = n.path
	p.ContentID = contentID(n)
	p.Type = trueType(p.Type, n.kind)
	if d.damaged {
		p.Problem = "the encoding is damaged; it was decoded as far as it goes"
		m.problem("part %s: %s", n.path, p.Problem)
	}
	p.Name = tidyName(n.fileName())
	if p.Name == "" {
		p.Name = madeUpName(n, p.Type)
	}
	m.parts = append(m.parts, p)
	return &m.parts[len(m.parts)-1]
}

// describe reads r to its end and gives size, hash and type by content.
func describe(r io.WriterTo) tickets.Part {
	s := &sink{}
	sum := sha256.New()
	n, _ := r.WriteTo(io.MultiWriter(s, sum)) // neither a hash nor a decoder of memory fails
	p := tickets.Part{Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	p.Type = typeByContent(s.head)
	return p
}

// sink keeps the first bytes for looking at.
type sink struct{ head []byte }

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	if room := 3072 - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func typeByContent(head []byte) string {
	if bytes.HasPrefix(head, []byte{0x78, 0x9F, 0x3E, 0x22}) { // TNEF signature, [MS-OXTNEF] 2.1.3.1
		return "application/ms-tnef"
	}
	if len(head) == 0 {
		return ""
	}
	t, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return t
}

// trueType prefers what the content shows and falls back to what was declared
// where the content says nothing particular.
func trueType(found, declared string) string {
	vague := func(t string) bool {
		return t == "" || t == "application/octet-stream" || t == "application/binary" || t == "application/unknown"
	}
	switch {
	case vague(found):
		return declared
	case vague(declared):
		return found
	case strings.HasPrefix(declared, "message/"), strings.HasPrefix(declared, "multipart/"):
		return declared
	case found == "message/rfc822" && strings.HasPrefix(declared, "text/"):
		return declared // a text that has header lines in it
	case strings.HasPrefix(found, "text/") && (strings.HasPrefix(declared, "text/") || strings.HasPrefix(declared, "application/")):
		if found == "text/html" || found == "image/svg+xml" { // what a browser would run is called by its name
			return found
		}
		return declared
	case found == "application/zip" || found == "application/x-ole-storage" || found == "application/xml":
		if strings.HasPrefix(declared, "application/") {
			return declared // an office format that is packed this way
		}
	}
	return found
}

func contentID(n *node) string {
	return strings.Trim(strings.TrimSpace(n.header.get("Content-ID")), "<> \t")
}

// tidyName takes away what no file name should hold. The words stay.
func tidyName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1 // control characters, and those that turn "exe.pdf" around
		}
		return r
	}, s)
	if i := strings.LastIndexByte(s, '\\'); i >= 0 && len(s) > 2 && (s[1] == ':' || strings.HasPrefix(s, `\\`)) {
		s = s[i+1:] // a full path of the sender's disk
	}
	return strings.TrimSpace(s)
}

// madeUpName names a part that has no name.
func madeUpName(n *node, kind string) string {
	path := strings.ReplaceAll(n.path, ".", "-")
	switch n.kind {
	case "message/rfc822", "message/global":
		return "message-" + path + ".eml"
	case "message/delivery-status":
		return "delivery-status-" + path + ".txt"
	case "message/disposition-notification":
		return "receipt-" + path + ".txt"
	case "message/feedback-report":
		return "feedback-report-" + path + ".txt"
	case "text/rfc822-headers", "message/global-headers":
		return "headers-" + path + ".txt"
	case "text/calendar":
		return "invitation-" + path + ".ics"
	case "application/pgp-signature":
		return "signature-" + path + ".asc"
	case "application/pgp-encrypted":
		return "version-" + path + ".asc"
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "smime-" + path + ".p7s"
	}
	base := "attachment-"
	if strings.HasPrefix(kind, "image/") {
		base = "image-"
	}
	return base + path + extension(kind)
}

func extension(kind string) string {
	switch kind {
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "image/jpeg":
		return ".jpg"
	case "image/heic":
		return ".heic"
	case "application/octet-stream":
		return ".bin"
	}
	if t := mimetype.Lookup(kind); t != nil && t.Extension() != "" {
		return t.Extension()
	}
	if list, err := mime.ExtensionsByType(kind); err == nil && len(list) > 0 {
		return list[0]
	}
	return ".bin"
}

// placeInline decides which parts are shown within the text: pictures that the
// HTML refers to, and pictures of a multipart/related.
func (m *message) placeInline() {
	if len(m.parts) == 0 {
		return
	}
	nodes := map[string]*node{}
	m.eachLeaf(m.root, func(n *node) { nodes[n.path] = n })
	for i := range m.parts {
		p := &m.parts[i]
		n := nodes[p.Path]
		if n == nil || !strings.HasPrefix(p.Type, "image/") {
			continue
		}
		switch {
		case p.ContentID != "" && m.shown(p.ContentID):
			p.Inline = true
		case n.parent == "multipart/related" && n.disp != "attachment" && m.hasHTML:
			p.Inline = true
		}
	}
}

// shown says whether an HTML part refers to the content id.
func (m *message) shown(cid string) bool {
	if m.cids == nil {
		m.cids = map[string]bool{}
		m.eachLeaf(m.root, func(n *node) {
			if n.kind != "text/html" || !isBodyText(n) {
				return
			}
			b, _, _ := decodeAll(n.body, n.cte, 2*m.limits.MaxText)
			for {
				i := bytes.Index(b, []byte("cid:"))
				if i < 0 {
					return
				}
				b = b[i+4:]
				j := bytes.IndexAny(b, "\"'> )\r\n\t&")
				if j < 0 {
					return
				}
				m.cids[string(percentDecode(string(b[:j])))] = true
			}
		})
	}
	return m.cids[cid]
}
