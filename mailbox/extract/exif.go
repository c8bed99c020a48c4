package extract

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// exif reads TIFF directories (TIFF 6.0, EXIF 2.32): who, where, what with, and every
// other tag that holds text.
func (w *work) exif(f *File, b []byte) {
	if len(b) < 8 {
		return
	}
	var order binary.ByteOrder
	switch string(b[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return
	}
	x := exifReader{w: w, f: f, b: b, order: order, seen: map[uint32]bool{}}
	x.directory(order.Uint32(b[4:]), "image", 0)
	w.add(f, KindProperty, "EXIF", x.out.String())
	if x.lat != 0 || x.lon != 0 || x.gps {
		w.add(f, KindProperty, "GPS position", fmt.Sprintf("%.5f %.5f", x.lat, x.lon))
		f.risk("gps", "GPS position in the picture")
	}
}

type exifReader struct {
	w        *work
	f        *File
	b        []byte
	order    binary.ByteOrder
	seen     map[uint32]bool
	out      strings.Builder
	lat, lon float64
	south    bool
	west     bool
	gps      bool
}

func (x *exifReader) directory(at uint32, name string, depth int) {
	if depth > 6 || x.seen[at] || len(x.seen) > 64 {
		return
	}
	x.seen[at] = true
	if int64(at)+2 > int64(len(x.b)) {
		return
	}
	n := int(x.order.Uint16(x.b[at:]))
	base := int64(at) + 2
	for i := range n {
		x.w.tick()
		e := base + int64(i)*12
		if e+12 > int64(len(x.b)) {
			return
		}
		tag, typ, count := x.order.Uint16(x.b[e:]), x.order.Uint16(x.b[e+2:]), x.order.Uint32(x.b[e+4:])
		x.tag(name, tag, typ, x.value(e, typ, count), depth)
	}
	if next := base + int64(n)*12; next+4 <= int64(len(x.b)) && name == "image" {
		if to := x.order.Uint32(x.b[next:]); to != 0 {
			x.directory(to, "image", depth+1)
		}
	}
}

// value gives the bytes of an entry, nil when they lie outside.
func (x *exifReader) value(e int64, typ uint16, count uint32) []byte {
	size := int64(1)
	switch typ {
	case 3, 8:
		size = 2
	case 4, 9, 11, 13:
		size = 4
	case 5, 10, 12:
		size = 8
	}
	n := size * int64(count)
	if n > 1<<20 {
		return nil
	}
	at := e + 8
	if n > 4 {
		at = int64(x.order.Uint32(x.b[e+8:]))
	}
	if at+n > int64(len(x.b)) {
		return nil
	}
	return x.b[at : at+n]
}

func (x *exifReader) tag(dir string, tag, typ uint16, v []byte, depth int) {
	long := func() uint32 {
		if len(v) >= 4 {
			return x.order.Uint32(v)
		}
		return math.MaxUint32
	}
	if dir == "gps" {
		x.gpsTag(tag, v)
		return
	}
	switch tag {
	case 0x8769:
		x.directory(long(), "exif", depth+1)
	case 0x8825:
		x.directory(long(), "gps", depth+1)
	case 0xa005, 0x014a:
		x.directory(long(), "sub", depth+1)
	case 0x02bc:
		x.w.xmp(x.f, v)
	case 0x83bb:
		x.w.iptc(x.f, append([]byte("8BIM\x04\x04"), v...))
	case 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f: // of Windows, in UTF-16
		text := strings.Trim(string(utf16Bytes(v, false)), "\x00 ")
		x.line(tagName(tag), text)
		if tag == 0x9c9d {
			x.f.risk("author", "author property "+text)
		}
	case 0x9286: // a comment behind eight bytes that name its character set
		if len(v) > 8 {
			text := v[8:]
			if string(v[:7]) == "UNICODE" {
				text = utf16Bytes(text, x.order == binary.ByteOrder(binary.BigEndian))
			}
			x.line("comment", strings.Trim(string(decodeText(text)), "\x00 "))
		}
	case 0x927c: // the maker's own notes: runs of letters
		x.line("maker's note", strings.Join(textRuns(x.w, v[:min(len(v), 64<<10)]), " "))
	default:
		if typ != 2 {
			return
		}
		text := strings.Trim(string(decodeText(v)), "\x00 \n")
		x.line(tagName(tag), text)
		if (tag == 0x013b || tag == 0xa430) && text != "" {
			x.f.risk("author", "author property "+text)
		}
	}
}

func (x *exifReader) line(name, text string) {
	if text != "" {
		x.out.WriteString(name + ": " + text + "\n")
	}
}

func (x *exifReader) gpsTag(tag uint16, v []byte) {
	switch tag {
	case 1:
		x.south = len(v) > 0 && v[0] == 'S'
	case 3:
		x.west = len(v) > 0 && v[0] == 'W'
	case 2:
		x.gps = true
		x.lat = x.degrees(v)
		if x.south {
			x.lat = -x.lat
		}
	case 4:
		x.gps = true
		x.lon = x.degrees(v)
		if x.west {
			x.lon = -x.lon
		}
	case 27, 28:
		x.line("GPS area", strings.Trim(string(decodeText(v)), "\x00 "))
	}
}

func (x *exifReader) degrees(v []byte) float64 {
	var out float64
	for i, scale := range []float64{1, 60, 3600} {
		if len(v) < 8*i+8 {
			break
		}
		if d := x.order.Uint32(v[8*i+4:]); d != 0 {
			out += float64(x.order.Uint32(v[8*i:])) / float64(d) / scale
		}
	}
	return out
}

func tagName(tag uint16) string {
	switch tag {
	case 0x010e:
		return "description"
	case 0x010f:
		return "maker"
	case 0x0110:
		return "model"
	case 0x0131:
		return "program"
	case 0x0132, 0x9003, 0x9004:
		return "date"
	case 0x013b:
		return "author"
	case 0x013c:
		return "computer"
	case 0x8298:
		return "copyright"
	case 0xa430:
		return "owner"
	case 0xa431, 0xa435:
		return "serial number"
	case 0x9c9b:
		return "title"
	case 0x9c9c:
		return "comment"
	case 0x9c9d:
		return "author"
	case 0x9c9e:
		return "keywords"
	case 0x9c9f:
		return "subject"
	}
	return fmt.Sprintf("tag %04x", tag)
}
