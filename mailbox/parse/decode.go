package parse

import (
	"bytes"
	"io"
	"strings"
)

// decoder undoes a Content-Transfer-Encoding piece by piece, so that a large
// attachment is never held decoded. It goes on after damage: what is no base64
// is passed over, what is no quoted-printable stays as it is.
type decoder struct {
	src     []byte
	pos     int
	kind    string // "base64", "quoted-printable", "uuencode", "" for none
	acc     uint32
	bits    uint
	damaged bool
	out     []byte // decoded and not yet read
	room    []byte // where out lies
	started bool   // uuencode: the begin line was seen
}

func newDecoder(src []byte, cte string) *decoder {
	return &decoder{src: src, kind: transferEncoding(cte)}
}

// transferEncoding reads the field leniently: "Base 64", "base64;", "8-bit".
func transferEncoding(cte string) string {
	cte = strings.ToLower(stripComments(cte))
	cte = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, cte)
	switch {
	case strings.HasPrefix(cte, "base64"), cte == "b64", cte == "b":
		return "base64"
	case strings.HasPrefix(cte, "quotedprintable"), cte == "qp", cte == "q", strings.HasPrefix(cte, "quotedprint"):
		return "quoted-printable"
	case strings.HasPrefix(cte, "xuu"), strings.HasPrefix(cte, "uu"):
		return "uuencode"
	case cte == "", strings.HasPrefix(cte, "7bit"), strings.HasPrefix(cte, "8bit"), strings.HasPrefix(cte, "binary"), cte == "7", cte == "8":
		return ""
	}
	return "unknown"
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	switch d.kind {
	case "base64":
		return d.base64(p)
	case "quoted-printable":
		return d.lines(p, decodeQPLine)
	case "uuencode":
		return d.lines(p, d.uuLine)
	}
	n := copy(p, d.src[d.pos:])
	d.pos += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo.
func (d *decoder) WriteTo(w io.Writer) (int64, error) {
	if d.kind == "" || d.kind == "unknown" {
		n, err := w.Write(d.src[d.pos:])
		d.pos += n
		return int64(n), err
	}
	buf := make([]byte, 16<<10)
	var total int64
	for {
		n, err := d.Read(buf)
		if n > 0 {
			k, werr := w.Write(buf[:n])
			total += int64(k)
			if werr != nil {
				return total, werr
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// sextets maps a byte to its base64 value; 0xFF no value, 0xFE padding, 0xFD white space.
var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63 // the URL alphabet is seen in mail too (RFC 4648 section 5)
	t['='] = 0xFE
	for _, c := range []byte(" \t\r\n") {
		t[c] = 0xFD
	}
	return t
}()

func (d *decoder) base64(p []byte) (int, error) {
	n := 0
	for n < len(p) && d.pos < len(d.src) {
		v := sextets[d.src[d.pos]]
		d.pos++
		if v < 64 {
			d.acc = d.acc<<6 | uint32(v)
			d.bits += 6
			if d.bits >= 8 {
				d.bits -= 8
				p[n] = byte(d.acc >> d.bits)
				n++
				d.acc &= 1<<d.bits - 1
			}
			continue
		}
		switch v {
		case 0xFE:
			// The end of one encoded run. Some programs glue several together.
			d.acc, d.bits = 0, 0
			if d.pos < len(d.src) && (d.src[d.pos] == ' ' || d.src[d.pos] == '\t') {
				d.skipLine()
			}
		case 0xFF:
			d.damaged = true
		}
	}
	if n == 0 && d.pos >= len(d.src) {
		if d.bits == 6 {
			d.damaged = true // one character alone carries no byte: cut off
		}
		return 0, io.EOF
	}
	return n, nil
}

// skipLine passes over words that stand behind the padding.
func (d *decoder) skipLine() {
	for ; d.pos < len(d.src) && d.src[d.pos] != '\n'; d.pos++ {
		if sextets[d.src[d.pos]] != 0xFD {
			d.damaged = true
		}
	}
}

func decodeBase64Bytes(b []byte) []byte {
	d := decoder{src: b, kind: "base64"}
	out := make([]byte, len(b)*3/4+3)
	n, _ := d.base64(out)
	return out[:n]
}

// lines decodes line by line through one.
func (d *decoder) lines(p []byte, one func(dst, line []byte, last bool) []byte) (int, error) {
	for len(d.out) == 0 {
		if d.pos >= len(d.src) {
			return 0, io.EOF
		}
		end := len(d.src)
		if i := bytes.IndexByte(d.src[d.pos:], '\n'); i >= 0 {
			end = d.pos + i + 1
		}
		if end-d.pos > 64<<10 { // a line without an end is taken in pieces
			end = d.pos + 64<<10
			for k := 1; k <= 2; k++ {
				if d.src[end-k] == '=' { // never between = and its digits
					end -= k
					break
				}
			}
		}
		line := d.src[d.pos:end]
		d.pos = end
		d.room = one(d.room[:0], line, d.pos >= len(d.src))
		d.out = d.room
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// decodeQPLine undoes one line of quoted-printable (RFC 2045 section 6.7).
func decodeQPLine(dst, line []byte, _ bool) []byte {
	body := line
	var eol []byte
	if n := len(body); n > 0 && body[n-1] == '\n' {
		body = bytes.TrimRight(body[:n-1], "\r")
		eol = line[len(body):]
		body = bytes.TrimRight(body, " \t") // white space at the end of a line was added on the way
	}
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c != '=' {
			dst = append(dst, c)
			continue
		}
		if i+1 == len(body) {
			return dst // soft line break
		}
		if i+2 < len(body) && isHex(body[i+1]) && isHex(body[i+2]) {
			dst = append(dst, unhex(body[i+1])<<4|unhex(body[i+2]))
			i += 2
			continue
		}
		dst = append(dst, c)
	}
	return append(dst, eol...)
}

// uuLine undoes one line of uuencode.
func (d *decoder) uuLine(dst, line []byte, _ bool) []byte {
	line = bytes.TrimRight(line, "\r\n")
	if !d.started {
		if bytes.HasPrefix(line, []byte("begin ")) {
			d.started = true
		}
		return dst
	}
	if len(line) == 0 || bytes.Equal(line, []byte("end")) {
		return dst
	}
	n := int(line[0]-32) & 63
	line = line[1:]
	for i := 0; n > 0; i += 4 {
		var q [4]byte
		for k := range q {
			if i+k < len(line) {
				q[k] = (line[i+k] - 32) & 63
			}
		}
		three := [3]byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
		for k := 0; k < 3 && n > 0; k++ {
			dst = append(dst, three[k])
			n--
		}
		if i+4 >= len(line) && n > 0 {
			d.damaged = true
			break
		}
	}
	return dst
}

// decodeAll decodes up to limit bytes.
func decodeAll(src []byte, cte string, limit int) (out []byte, damaged, more bool) {
	d := newDecoder(src, cte)
	if d.kind == "" || d.kind == "unknown" {
		if len(src) > limit {
			return src[:limit], false, true
		}
		return src, false, false
	}
	out = make([]byte, 0, min(len(src), limit)+512)
	for {
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		n, err := d.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if err != nil {
			return out, d.damaged, false
		}
		if len(out) >= limit {
			return out[:limit], d.damaged, d.pos < len(d.src)
		}
	}
}
