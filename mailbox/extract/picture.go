package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// dimensionWhere marks the view that holds the size of a picture.
const dimensionWhere = "size in pixels"

// picture reads what a picture says about itself. The words that it shows cannot be
// read, and it says so.
func (w *work) picture(f *File, b []byte, _ int) {
	switch f.Type {
	case tJPEG:
		w.jpeg(f, b)
	case tPNG:
		w.png(f, b)
	case tGIF:
		w.gif(f, b)
	case tTIFF:
		w.exif(f, b)
		w.strayXMP(f, b)
	default:
		w.strayMetadata(f, b)
		if f.Type == tMetaf {
			w.add(f, KindText, "", strings.Join(textRuns(w, b), "\n"))
		}
	}
	f.problem(Picture, "is a picture, whose words cannot be read")
}

// size keeps the number of pixels where softenPicture finds it.
func (w *work) size2d(f *File, x, y int) {
	if x > 0 && y > 0 {
		w.add(f, KindProperty, dimensionWhere, fmt.Sprintf("%d x %d", x, y))
	}
}

func dimensions(f *File) (x, y int, ok bool) {
	for _, v := range f.Views {
		if v.Where == dimensionWhere {
			if a, b, cut := strings.Cut(v.Text, " x "); cut {
				x, errx := strconv.Atoi(a)
				y, erry := strconv.Atoi(b)
				return x, y, errx == nil && erry == nil
			}
		}
	}
	return 0, 0, false
}

// segment is a marker segment of JPEG: header included in raw, not in data.
type segment struct {
	marker    byte
	raw, data []byte
}

// jpegSegments cuts a JPEG up (ISO 10918-1 annex B): the segments before and between
// scans, with the coded picture data as segments of marker 0, and what follows its end.
func jpegSegments(w *work, b []byte) (segs []segment, tail []byte, ok bool) {
	if len(b) < 4 || b[0] != 0xff || b[1] != 0xd8 {
		return nil, nil, false
	}
	i := 2
	for i+1 < len(b) {
		w.tick()
		if b[i] != 0xff {
			return segs, b[i:], false
		}
		m := b[i+1]
		switch {
		case m == 0xff:
			i++
			continue
		case m == 0xd9:
			return segs, b[i+2:], true
		case m >= 0xd0 && m <= 0xd8 || m == 1:
			segs = append(segs, segment{m, b[i : i+2], nil})
			i += 2
			continue
		}
		if i+4 > len(b) {
			return segs, nil, false
		}
		n := int(b[i+2])<<8 | int(b[i+3])
		if n < 2 || i+2+n > len(b) {
			return segs, b[i:], false
		}
		segs = append(segs, segment{m, b[i : i+2+n], b[i+4 : i+2+n]})
		i += 2 + n
		if m == 0xda { // the picture itself, up to a marker that is neither stuffing nor restart
			start := i
			for {
				j := bytes.IndexByte(b[i:], 0xff)
				if j < 0 || i+j+1 >= len(b) {
					segs = append(segs, segment{0, b[start:], nil})
					return segs, nil, false
				}
				i += j
				if n := b[i+1]; n == 0 || n >= 0xd0 && n <= 0xd7 {
					i += 2
					continue
				}
				break
			}
			segs = append(segs, segment{0, b[start:i], nil})
		}
	}
	return segs, nil, false
}

func (w *work) jpeg(f *File, b []byte) {
	segs, tail, ok := jpegSegments(w, b)
	if !ok {
		f.problem(Broken, "is a damaged picture")
	}
	for _, s := range segs {
		switch {
		case s.marker == 0xe1 && bytes.HasPrefix(s.data, []byte("Exif\x00\x00")):
			w.exif(f, s.data[6:])
		case s.marker == 0xe1 && bytes.Contains(s.data[:min(len(s.data), 64)], []byte("ns.adobe.com")):
			w.xmp(f, s.data)
		case s.marker == 0xed:
			w.iptc(f, s.data)
		case s.marker == 0xfe:
			w.add(f, KindComment, "picture comment", string(decodeText(s.data)))
			f.risk("comments", "has a comment")
		case s.marker >= 0xc0 && s.marker <= 0xcf && s.marker != 0xc4 && s.marker != 0xc8 && s.marker != 0xcc && len(s.data) >= 5:
			w.size2d(f, int(binary.BigEndian.Uint16(s.data[3:])), int(binary.BigEndian.Uint16(s.data[1:])))
		case s.marker >= 0xe2 && s.marker <= 0xef && !bytes.HasPrefix(s.data, []byte("ICC_PROFILE")) && !bytes.HasPrefix(s.data, []byte("Adobe")):
			w.add(f, KindHidden, "data segment of the picture", strings.Join(textRuns(w, s.data), "\n"))
		}
	}
	w.tail(f, tail)
}

// tail reads what stands behind the end of a picture. Cameras put a preview there;
// anybody may put anything.
func (w *work) tail(f *File, tail []byte) {
	tail = bytes.TrimRight(tail, "\x00\r\n ")
	if len(tail) == 0 {
		return
	}
	f.problem(Partial, "has data behind the end of the picture")
	w.add(f, KindLeftover, "behind the picture", strings.Join(textRuns(w, tail[:min(len(tail), 1<<20)]), "\n"))
}

func (w *work) png(f *File, b []byte) {
	i := 8
	for i+12 <= len(b) {
		w.tick()
		n := int64(binary.BigEndian.Uint32(b[i:]))
		if int64(i)+12+n > int64(len(b)) {
			f.problem(Broken, "is a damaged picture")
			w.add(f, KindLeftover, "rest of the picture", strings.Join(textRuns(w, b[i:min(len(b), i+1<<20)]), "\n"))
			return
		}
		kind, data := string(b[i+4:i+8]), b[i+8:i+8+int(n)]
		switch kind {
		case "IHDR":
			if len(data) >= 8 {
				w.size2d(f, int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:])))
			}
		case "tEXt", "zTXt", "iTXt":
			w.pngText(f, kind, data)
		case "eXIf":
			w.exif(f, data)
		case "IEND":
			w.tail(f, b[i+12+int(n):])
			return
		}
		i += 12 + int(n)
	}
	f.problem(Broken, "is a damaged picture")
}

func (w *work) pngText(f *File, kind string, data []byte) {
	key, rest, _ := bytes.Cut(data, []byte{0})
	packed := kind == "zTXt"
	if packed && len(rest) > 0 {
		rest = rest[1:]
	}
	if kind == "iTXt" && len(rest) > 2 {
		packed = rest[0] == 1
		_, rest, _ = bytes.Cut(rest[2:], []byte{0})
		_, rest, _ = bytes.Cut(rest, []byte{0})
	}
	if packed {
		z, err := zlib.NewReader(bytes.NewReader(rest))
		if err != nil {
			f.problem(Broken, "has a text that could not be unpacked")
			return
		}
		if rest, err = w.unpack(z, 0); err != nil {
			unpackProblem(f, "", err)
		}
	}
	if bytes.Contains(rest, []byte("<x:xmpmeta")) || bytes.Contains(rest, []byte("<rdf:RDF")) {
		w.xmp(f, rest)
		return
	}
	w.add(f, KindComment, "picture text "+string(decodeText(key)), string(decodeText(rest)))
	f.risk("comments", "has texts about the picture")
}

func (w *work) gif(f *File, b []byte) {
	if len(b) < 13 {
		f.problem(Broken, "is a damaged picture")
		return
	}
	w.size2d(f, int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:])))
	i := 13
	if b[10]&0x80 != 0 {
		i += 3 << (b[10]&7 + 1)
	}
	blocks := func() []byte {
		var out []byte
		for i < len(b) && b[i] != 0 {
			w.tick()
			n := int(b[i])
			out = append(out, b[i+1:min(len(b), i+1+n)]...)
			i += 1 + n
		}
		i++
		return out
	}
	for i < len(b) {
		w.tick()
		switch b[i] {
		case 0x21:
			if i+2 > len(b)-1 {
				return
			}
			label := b[i+1]
			i += 2
			data := blocks()
			switch label {
			case 0xfe, 0x01:
				w.add(f, KindComment, "picture comment", string(decodeText(data)))
				f.risk("comments", "has a comment")
			case 0xff:
				if bytes.Contains(data, []byte("<x:xmpmeta")) {
					w.strayXMP(f, data)
				}
			}
		case 0x2c:
			if i+10 > len(b) {
				return
			}
			flags := b[i+9]
			i += 10
			if flags&0x80 != 0 {
				i += 3 << (flags&7 + 1)
			}
			i++
			blocks()
		case 0x3b:
			w.tail(f, b[i+1:])
			return
		default:
			f.problem(Broken, "is a damaged picture")
			return
		}
	}
}

// strayMetadata looks for EXIF and XMP wherever they stand: in HEIC, WebP and films
// they are items whose place differs, and their beginnings are plain.
func (w *work) strayMetadata(f *File, b []byte) {
	rest := b
	for n := 0; n < 8; n++ {
		i := bytes.Index(rest, []byte("Exif\x00\x00"))
		if i < 0 {
			break
		}
		rest = rest[i+6:]
		w.exif(f, rest)
	}
	if f.Type == tWEBP {
		if i := bytes.Index(b, []byte("EXIF")); i >= 0 && i+8 < len(b) {
			w.exif(f, b[i+8:])
		}
	}
	w.strayXMP(f, b)
	// Positions of phones in films: "+51.5000-000.1000/" behind a mark of the maker.
	if i := bytes.Index(b, []byte("\xa9xyz")); i >= 0 && i+8 < len(b) {
		w.add(f, KindProperty, "GPS position", string(decodeText(b[i+8:min(len(b), i+40)])))
		f.risk("gps", "GPS position in the picture")
	}
}

func (w *work) strayXMP(f *File, b []byte) {
	for n := 0; n < 8; n++ {
		i := bytes.Index(b, []byte("<x:xmpmeta"))
		if i < 0 {
			return
		}
		end := bytes.Index(b[i:], []byte("</x:xmpmeta>"))
		if end < 0 {
			end = min(len(b)-i, 1<<20)
		}
		w.xmp(f, b[i:i+end])
		b = b[i+end:]
	}
}

// xmp reads the texts of an XMP packet (ISO 16684-1).
func (w *work) xmp(f *File, b []byte) {
	if i := bytes.IndexByte(b, '<'); i > 0 {
		b = b[i:]
	}
	s := newXML(utf8XML(b))
	var out strings.Builder
	var path []string
	note := func(name, value string) {
		value = strings.TrimSpace(value)
		if value == "" || value == "x-default" {
			return
		}
		switch {
		case strings.Contains(name, "GPS"):
			f.risk("gps", "GPS position in the picture")
		case name == "creator", name == "Author", name == "Artist", name == "OwnerName", name == "By-line":
			f.risk("author", "author property "+value)
		}
		out.WriteString(name + ": " + value + "\n")
	}
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			for name, v := range attributes(s.attrs) {
				p, local, cut := strings.Cut(string(name), ":")
				if !cut || p == "xmlns" || p == "xml" || p == "rdf" || p == "x" {
					continue
				}
				note(local, unescapeXML(v))
			}
			if !s.self && len(path) < 100 {
				path = append(path, s.name)
			}
		case xmlEnd:
			if len(path) > 0 && path[len(path)-1] == s.name {
				path = path[:len(path)-1]
			}
		case xmlText, xmlCDATA:
			name := ""
			for i := len(path) - 1; i >= 0; i-- {
				if p := path[i]; p != "li" && p != "Seq" && p != "Bag" && p != "Alt" {
					name = p
					break
				}
			}
			note(name, s.text())
		}
	}
	w.add(f, KindProperty, "XMP", out.String())
}

// iptc reads the Photoshop segment: resource 0x0404 holds IPTC-IIM records.
func (w *work) iptc(f *File, b []byte) {
	i := bytes.Index(b, []byte("8BIM\x04\x04"))
	if i < 0 {
		return
	}
	b = b[i+6:]
	var out strings.Builder
	for j := 0; j+5 <= len(b); {
		w.tick()
		if b[j] != 0x1c {
			j++
			continue
		}
		n := int(b[j+3])<<8 | int(b[j+4])
		if n > 0x7fff || j+5+n > len(b) {
			break
		}
		if b[j+1] == 2 && b[j+2] != 0 {
			text := string(decodeText(b[j+5 : j+5+n]))
			out.WriteString(text + "\n")
			if b[j+2] == 80 || b[j+2] == 122 {
				f.risk("author", "author property "+text)
			}
		}
		j += 5 + n
	}
	w.add(f, KindProperty, "IPTC", out.String())
}
