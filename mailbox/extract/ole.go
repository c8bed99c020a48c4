package extract

import (
	"encoding/binary"
	"errors"
	"strings"
)

// ole reads compound files: Outlook messages in full, Word, Excel and PowerPoint of
// before 2007 as far as runs of letters can be found, encrypted ones not at all.
func (w *work) ole(f *File, b []byte, depth int) {
	c, err := openCFB(w, b)
	if err != nil {
		f.problem(Broken, "is a damaged older Office file")
		return
	}
	has := func(name string) bool { return c.find(0, name) >= 0 }
	switch {
	case has("EncryptedPackage") || has("EncryptionInfo"):
		f.problem(Encrypted, "is encrypted")
	case has("__properties_version1.0"):
		f.Type = tMSG
		w.message(f, c, 0, depth)
	case has("WordDocument"):
		f.Type = tDOC
		w.oldWord(f, c)
	case has("Workbook"), has("Book"):
		f.Type = tXLS
		w.oldStreams(f, c)
	case has("PowerPoint Document"):
		f.Type = tPPT
		w.oldStreams(f, c)
	default:
		w.oldStreams(f, c)
	}
	if has("Macros") || has("_VBA_PROJECT_CUR") || has("VBA") {
		f.risk("macros", "has macros")
	}
}

// oldWord reads the text of Word 97 to 2003 by its piece table ([MS-DOC] 2.4.1),
// and everything else as runs of letters.
func (w *work) oldWord(f *File, c *cfb) {
	doc := c.stream(c.find(0, "WordDocument"))
	if len(doc) > 0x1aa {
		flags := binary.LittleEndian.Uint16(doc[10:])
		if flags&0x100 != 0 {
			f.problem(Encrypted, "is encrypted")
			return
		}
		table := "0Table"
		if flags&0x200 != 0 {
			table = "1Table"
		}
		if i := c.find(0, table); i >= 0 {
			text, err := pieces(w, doc, c.stream(i))
			if err == nil {
				w.add(f, KindText, "", text)
			}
		}
	}
	w.oldStreams(f, c)
}

func pieces(w *work, doc, table []byte) (string, error) {
	bad := errors.New("no piece table")
	at, n := int64(binary.LittleEndian.Uint32(doc[0x1a2:])), int64(binary.LittleEndian.Uint32(doc[0x1a6:]))
	if at+n > int64(len(table)) || n < 5 {
		return "", bad
	}
	clx := table[at : at+n]
	for len(clx) > 3 && clx[0] == 1 { // formatting runs before the table
		skip := 3 + int(binary.LittleEndian.Uint16(clx[1:]))
		if skip > len(clx) {
			return "", bad
		}
		clx = clx[skip:]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return "", bad
	}
	plc := clx[5:]
	count := (len(plc) - 4) / 12
	var out strings.Builder
	for i := range max(count, 0) {
		w.tick()
		from, to := binary.LittleEndian.Uint32(plc[4*i:]), binary.LittleEndian.Uint32(plc[4*i+4:])
		fc := binary.LittleEndian.Uint32(plc[4*(count+1)+8*i+2:])
		if to < from || out.Len() > len(doc)*4 {
			return out.String(), bad
		}
		chars := int64(to - from)
		if fc&0x40000000 != 0 {
			p := int64(fc&0x3fffffff) / 2
			if p+chars <= int64(len(doc)) {
				out.Write(decodeText(append([]byte(nil), doc[p:p+chars]...)))
			}
		} else if p := int64(fc); p+2*chars <= int64(len(doc)) {
			out.Write(utf16Bytes(doc[p:p+2*chars], false))
		}
	}
	// Marks of paragraphs, cells and fields are control characters.
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == 7 || r == 0x0b || r == 0x0c:
			return '\n'
		case r < 0x20 && r != '\n' && r != '\t':
			return ' '
		}
		return r
	}, out.String()), nil
}

// oldStreams gives the runs of letters of every stream, and says that this is not all.
func (w *work) oldStreams(f *File, c *cfb) {
	for i, e := range c.entries {
		if e.kind != 2 {
			continue
		}
		kind := KindText
		if strings.HasPrefix(e.name, "\x05") {
			kind = KindProperty
			f.risk("properties", "has properties")
		} else if strings.HasPrefix(e.name, "Current User") || strings.Contains(e.name, "VBA") {
			kind = KindProperty
		}
		w.add(f, kind, "stream "+strings.TrimLeft(e.name, "\x01\x02\x03\x05"), strings.Join(textRuns(w, c.stream(i)), "\n"))
	}
	f.problem(Partial, "is of an older Office format that cannot be read in full")
}

// message reads an Outlook message ([MS-OXMSG]): each property is a stream of its
// own, named by its tag and type.
func (w *work) message(f *File, c *cfb, storage, depth int) {
	for _, i := range c.kids[storage] {
		w.tick()
		e := c.entries[i]
		switch {
		case e.kind == 2 && strings.HasPrefix(e.name, "__substg1.0_") && len(e.name) == 20:
			w.property(f, c, i, strings.ToUpper(e.name[12:]))
		case e.kind == 1 && strings.HasPrefix(e.name, "__recip_version1.0_"):
			for _, j := range c.kids[i] {
				if r := c.entries[j]; len(r.name) == 20 {
					switch t := strings.ToUpper(r.name[12:]); t[:4] {
					case "3001", "3003", "39FE", "5FF6":
						w.add(f, KindPerson, "recipient of the mail", propText(t, c.stream(j)))
					}
				}
			}
		case e.kind == 1 && strings.HasPrefix(e.name, "__attach_version1.0_"):
			w.attachment(f, c, i, depth)
		}
	}
	f.risk("mail", "is an email, with its header")
}

func propText(tag string, b []byte) string {
	switch tag[4:] {
	case "001F":
		return string(utf16Bytes(b, false))
	case "001E":
		return string(decodeText(b))
	}
	return ""
}

func (w *work) property(f *File, c *cfb, i int, tag string) {
	b := c.stream(i)
	text := propText(tag, b)
	switch tag[:4] {
	case "0037", "0E1D":
		w.add(f, KindText, "subject of the mail", text)
	case "1000":
		w.add(f, KindText, "text of the mail", text)
	case "007D":
		w.add(f, KindText, "header of the mail", text)
	case "1013":
		if text != "" {
			b = []byte(text)
		}
		w.html(f, b, w.l.MaxDepth)
	case "1009":
		d, err := unLZFu(w, b)
		if err != nil {
			f.problem(Partial, "has a formatted text that could not be read")
			return
		}
		w.rtf(f, d, w.l.MaxDepth)
	case "0C1A", "0C1F", "0042", "0065", "0E04", "0E03", "0E02", "5D01", "5D02":
		w.add(f, KindPerson, "sender or recipient of the mail", text)
	default:
		if wordy(text) {
			w.add(f, KindProperty, "property "+tag[:4], text)
		}
	}
}

func (w *work) attachment(f *File, c *cfb, storage, depth int) {
	if !w.entry(f, "") {
		return
	}
	name := ""
	var data []byte
	found := false
	for _, i := range c.kids[storage] {
		e := c.entries[i]
		if !strings.HasPrefix(e.name, "__substg1.0_") || len(e.name) != 20 {
			continue
		}
		switch tag := strings.ToUpper(e.name[12:]); tag[:4] {
		case "3707", "3704", "3001":
			if t := propText(tag, c.stream(i)); len(t) > len(name) {
				name = t
			}
		case "3701":
			if e.kind == 1 { // a message within the message
				if depth >= w.l.MaxDepth {
					f.problem(TooMuch, w.tooDeep())
					return
				}
				inner := File{Name: "attached message", Type: tMSG}
				w.message(&inner, c, i, depth+1)
				f.Files = append(f.Files, inner)
				return
			}
			data, found = c.stream(i), true
		}
	}
	if !found {
		w.add(f, KindName, "attachment", name)
		f.problem(Partial, "has an attachment that could not be read")
		return
	}
	w.nested(f, strings.TrimRight(name, "\x00"), "", data, depth+1)
}

// unLZFu unpacks compressed rich text ([MS-OXRTFCP]).
func unLZFu(w *work, b []byte) ([]byte, error) {
	bad := errors.New("damaged compressed text")
	if len(b) < 16 {
		return nil, bad
	}
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	switch binary.LittleEndian.Uint32(b[8:]) {
	case 0x414c454d: // "MELA": not compressed
		return b[16:], nil
	case 0x75465a4c: // "LZFu"
	default:
		return nil, bad
	}
	const start = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`
	var dict [4096]byte
	at := copy(dict[:], start)
	var out []byte
	b = b[16:]
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			w.tick()
			if flags>>bit&1 == 0 {
				out = append(out, b[0])
				dict[at&4095] = b[0]
				at++
				b = b[1:]
			} else {
				if len(b) < 2 {
					return out, nil
				}
				ref := int(b[0])<<8 | int(b[1])
				b = b[2:]
				from, n := ref>>4, ref&15+2
				if from == at&4095 {
					return out, nil
				}
				for range n {
					c := dict[from&4095]
					from++
					out = append(out, c)
					dict[at&4095] = c
					at++
				}
			}
			if int64(len(out)) > size+4096 || int64(len(out)) > w.l.MaxPart {
				return out, bad
			}
		}
	}
	return out, nil
}
