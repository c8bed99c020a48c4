// Package tnef opens winmail.dat: the packet into which Outlook puts a mail's
// attachments, and sometimes its text, when it believes that the recipient has
// Outlook too ([MS-OXTNEF]).
//
// It reads the packet itself. The usual tool for it, ytnef, writes each file
// under the name that the sender chose: version 2.0.0 follows "../../x" out of
// its folder, overwrites one of two files of the same name and stops at a name
// that it cannot write. Nothing here writes a file or starts a program, names are
// words and not paths, and a test compares the contents with ytnef's.
//
// # Files
//
//	tnef.go   a packet to its attributes
//	prop.go   the MAPI properties within
//	rtf.go    compressed RTF, and RTF to text or to the HTML that it carries
package tnef

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// ErrNoPacket says that the bytes are no TNEF packet.
var ErrNoPacket = errors.New("no TNEF packet")

// Signature is what a packet begins with ([MS-OXTNEF] section 2.1.3.1).
const Signature = "\x78\x9f\x3e\x22"

const (
	maxFiles = 1000
	maxDepth = 5       // of mails attached within a packet
	maxText  = 8 << 20 // bytes of a text that was compressed
)

// File is an attachment of a packet.
type File struct {
	Name      string // as the sender named it, perhaps with a path; bytes of Packet.Codepage unless it is UTF-8
	Type      string // declared media type; "" when none is
	ContentID string // without angle brackets
	Data      []byte // within the packet, not a copy
}

// Packet is what was found in a winmail.dat.
type Packet struct {
	Class    string // message class: "IPM.Note", "IPM.Schedule.Meeting.Resp.Pos"
	Subject  string
	Codepage int // Windows code page of texts that are not UTF-8; 0 when not stated
	Files    []File

	Text []byte // plain text, in Codepage or UTF-8
	HTML []byte // in the charset that it states itself
	RTF  []byte // decompressed

	// Damaged says that the packet breaks off or contradicts itself; what came
	// before is there.
	Damaged bool
}

// The attributes that matter ([MS-OXTNEF] section 2.1.3.2).
const (
	attMessageClass   = 0x00078008
	attSubject        = 0x00018004
	attBody           = 0x0002800C
	attOEMCodepage    = 0x00069007
	attMsgProps       = 0x00069003
	attAttachRendData = 0x00069002
	attAttachTitle    = 0x00018010
	attAttachData     = 0x0006800F
	attAttachment     = 0x00069005
	attTransportName  = 0x00069001
)

// Open reads a packet. The error is ErrNoPacket only; a packet that is damaged
// gives what can be read of it. The Packet refers to raw.
func Open(raw []byte) (*Packet, error) {
	return openAt(raw, 0)
}

func openAt(raw []byte, depth int) (*Packet, error) {
	if len(raw) < 6 || string(raw[:4]) != Signature {
		return nil, ErrNoPacket
	}
	p := &Packet{}
	r := &reader{packet: p, depth: depth}
	for b := raw[6:]; len(b) > 0; {
		if len(b) < 9 {
			p.Damaged = true
			break
		}
		level, id, size := b[0], binary.LittleEndian.Uint32(b[1:]), int64(binary.LittleEndian.Uint32(b[5:]))
		if level != 1 && level != 2 {
			p.Damaged = true
			break
		}
		b = b[9:]
		if size > int64(len(b)) {
			p.Damaged = true
			r.attribute(id, b) // the head of a file is better than none of it
			break
		}
		r.attribute(id, b[:size])
		b = b[size:]
		b = b[min(2, len(b)):] // the checksum: what it would refuse is still the best there is
	}
	r.endFile()
	return p, nil
}

// reader holds the attachment that is being read.
type reader struct {
	packet *Packet
	depth  int
	file   *File
	title  string // the short name of old
	long   string
	inner  []byte // an attached mail, a packet of its own
}

func (r *reader) attribute(id uint32, data []byte) {
	p := r.packet
	switch id {
	case attMessageClass:
		p.Class = cString(data)
	case attSubject:
		if p.Subject == "" {
			p.Subject = cString(data)
		}
	case attBody:
		p.Text = trimNUL(data)
	case attOEMCodepage:
		if len(data) >= 4 {
			p.Codepage = int(binary.LittleEndian.Uint32(data))
		}
	case attMsgProps:
		r.message(data)
	case attAttachRendData:
		r.endFile()
		r.file = &File{}
	case attAttachTitle, attTransportName:
		if r.begin(); r.title == "" {
			r.title = cString(data)
		}
	case attAttachData:
		r.begin()
		r.file.Data = data
	case attAttachment:
		r.begin()
		r.attachment(data)
	}
}

func (r *reader) begin() {
	if r.file == nil {
		r.file = &File{}
	}
}

// endFile adds the attachment that was being read.
func (r *reader) endFile() {
	f, inner := r.file, r.inner
	if f != nil {
		f.Name = r.long
		if f.Name == "" {
			f.Name = r.title
		}
	}
	r.file, r.title, r.long, r.inner = nil, "", "", nil
	if f == nil || len(r.packet.Files) >= maxFiles {
		return
	}
	if inner != nil && r.depth < maxDepth {
		if in, err := openAt(inner, r.depth+1); err == nil {
			r.embedded(in, f.Name)
			return
		}
	}
	if f.Data == nil && f.Name == "" {
		return // a drawing of an icon and no file
	}
	r.packet.Files = append(r.packet.Files, *f)
}

// embedded adds an attached mail: its text as a file, then its files.
func (r *reader) embedded(in *Packet, name string) {
	if name == "" {
		name = in.Subject
	}
	if name == "" {
		name = "attached mail"
	}
	text := File{Name: name + ".txt", Type: "text/plain", Data: in.Text}
	switch {
	case len(in.HTML) > 0:
		text = File{Name: name + ".html", Type: "text/html", Data: in.HTML}
	case len(in.RTF) > 0:
		text = File{Name: name + ".rtf", Type: "application/rtf", Data: in.RTF}
	}
	for _, f := range append([]File{text}, in.Files...) {
		if len(r.packet.Files) < maxFiles {
			r.packet.Files = append(r.packet.Files, f)
		}
	}
	r.packet.Damaged = r.packet.Damaged || in.Damaged
}

func cString(b []byte) string { return strings.TrimSpace(string(trimNUL(b))) }

func trimNUL(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

func utf16String(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		c := binary.LittleEndian.Uint16(b[i:])
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}
