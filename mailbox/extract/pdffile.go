package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"io"
)

// pdfObject is one definition of an object. A number may be defined many times; the
// last counts, and the others are leftovers.
type pdfObject struct {
	num, gen int
	value    any
	stream   []byte // as it stands in the file; nil without one
	isStream bool
	used     bool   // reached from a page
	old      bool   // defined again later
	plain    []byte // the stream unpacked, kept when it is small: a letterhead stands on every page
}

func (o *pdfObject) dict() pdfDict {
	d, ok := o.value.(pdfDict)
	if !ok {
		return nil
	}
	return d
}

type pdfFile struct {
	w         *work
	f         *File
	b         []byte
	all       []*pdfObject
	byNum     map[int]*pdfObject
	trailer   pdfDict
	encrypted bool
}

// readPDF finds every object by reading the file from front to back. The table at the
// end is not needed for that, and may be wrong or say less than there is.
func readPDF(w *work, f *File, b []byte) *pdfFile {
	p := &pdfFile{w: w, f: f, b: b, byNum: map[int]*pdfObject{}, trailer: pdfDict{}}
	pos := 0
	for pos < len(b) {
		w.check()
		i := bytes.Index(b[pos:], []byte("obj"))
		if i < 0 {
			break
		}
		at := pos + i
		num, gen, ok := p.header(at)
		if !ok {
			pos = at + 3
			continue
		}
		l := &pdfLex{w: w, b: b, pos: at + 3, refs: true}
		o := &pdfObject{num: num, gen: gen, value: l.next(0)}
		end := l.pos
		l.skip()
		if bytes.HasPrefix(b[l.pos:], []byte("stream")) {
			o.stream, end = p.streamAt(l.pos+len("stream"), o.dict())
			o.isStream = true
		}
		p.put(o)
		pos = max(end, at+3)
		if len(p.all) > 300_000 {
			f.problem(TooMuch, "has more objects than can be looked at")
			break
		}
	}
	p.trailers()
	for _, o := range append([]*pdfObject(nil), p.all...) {
		if o.dict()["Type"] == pdfName("XRef") {
			p.takeTrailer(o.dict())
		}
	}
	if p.encrypted {
		return p
	}
	for _, o := range append([]*pdfObject(nil), p.all...) {
		if o.dict()["Type"] == pdfName("ObjStm") {
			p.objectStream(o)
		}
	}
	return p
}

func (p *pdfFile) put(o *pdfObject) {
	if before := p.byNum[o.num]; before != nil {
		before.old = true
	}
	p.byNum[o.num] = o
	p.all = append(p.all, o)
}

// header reads "12 0 " backwards from "obj".
func (p *pdfFile) header(at int) (num, gen int, ok bool) {
	i := at - 1
	back := func() (int, bool) {
		for i >= 0 && pdfSpace(p.b[i]) {
			i--
		}
		end := i
		n, scale := 0, 1
		for i >= 0 && end-i < 9 && p.b[i] >= '0' && p.b[i] <= '9' {
			n += int(p.b[i]-'0') * scale
			scale *= 10
			i--
		}
		return n, i < end
	}
	if gen, ok = back(); !ok {
		return 0, 0, false
	}
	if i < 0 || !pdfSpace(p.b[i]) {
		return 0, 0, false
	}
	num, ok = back()
	return num, gen, ok
}

// streamAt cuts out the bytes of a stream: by its stated length when "endstream"
// follows there, else up to the next "endstream".
func (p *pdfFile) streamAt(at int, d pdfDict) ([]byte, int) {
	b := p.b
	if at < len(b) && b[at] == '\r' {
		at++
	}
	if at < len(b) && b[at] == '\n' {
		at++
	}
	if n, ok := d["Length"].(float64); ok && n >= 0 && at+int(min(n, 1<<31)) <= len(b) {
		end := at + int(n)
		if bytes.HasPrefix(bytes.TrimLeft(b[end:min(len(b), end+20)], "\r\n "), []byte("endstream")) {
			return b[at:end], end
		}
	}
	i := bytes.Index(b[min(at, len(b)):], []byte("endstream"))
	if i < 0 {
		return b[min(at, len(b)):], len(b)
	}
	return b[at : at+i], at + i
}

func (p *pdfFile) trailers() {
	pos := 0
	for {
		i := bytes.Index(p.b[pos:], []byte("trailer"))
		if i < 0 {
			return
		}
		pos += i + len("trailer")
		l := &pdfLex{w: p.w, b: p.b, pos: pos, refs: true}
		if d, ok := l.next(0).(pdfDict); ok {
			p.takeTrailer(d)
			pos = max(pos, l.pos)
		}
	}
}

func (p *pdfFile) takeTrailer(d pdfDict) {
	for _, k := range []string{"Root", "Info"} {
		if v, ok := d[k]; ok {
			p.trailer[k] = v
		}
	}
	if _, ok := d["Encrypt"]; ok {
		p.encrypted = true
	}
}

func (p *pdfFile) objectStream(o *pdfObject) {
	d := o.dict()
	b := p.decode(o)
	n, _ := d["N"].(float64)
	first, _ := d["First"].(float64)
	if first < 0 || int(first) > len(b) {
		return
	}
	l := &pdfLex{w: p.w, b: b[:int(first)]}
	for range int(min(n, 100_000)) {
		num, ok1 := l.next(0).(float64)
		off, ok2 := l.next(0).(float64)
		if !ok1 || !ok2 || off < 0 || int(first+off) > len(b) || len(p.all) > 300_000 {
			return
		}
		v := (&pdfLex{w: p.w, b: b, pos: int(first + off), refs: true}).next(0)
		c := &pdfObject{num: int(num), value: v}
		if have := p.byNum[c.num]; have != nil && have.isStream {
			continue // a stream cannot stand in an object stream: this is another's number
		}
		p.put(c)
	}
}

// get follows references.
func (p *pdfFile) get(v any) any {
	for range 20 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		o := p.byNum[r.num]
		if o == nil {
			return nil
		}
		v = o.value
	}
	return nil
}

func (p *pdfFile) getDict(v any) pdfDict {
	d, ok := p.get(v).(pdfDict)
	if !ok {
		return nil
	}
	return d
}

func (p *pdfFile) getArray(v any) []any {
	a, ok := p.get(v).([]any)
	if !ok {
		return nil
	}
	return a
}

func (p *pdfFile) object(v any) *pdfObject {
	for range 20 {
		r, ok := v.(pdfRef)
		if !ok {
			return nil
		}
		o := p.byNum[r.num]
		if o == nil {
			return nil
		}
		if _, again := o.value.(pdfRef); !again {
			return o
		}
		v = o.value
	}
	return nil
}

var errPDFFilter = errors.New("a filter that is not known")

// filters are the names of the filters of a stream, in order.
func (p *pdfFile) filters(d pdfDict) []string {
	var out []string
	switch v := p.get(d["Filter"]).(type) {
	case pdfName:
		out = append(out, string(v))
	case []any:
		for _, e := range v {
			if n, ok := p.get(e).(pdfName); ok && len(out) < 10 {
				out = append(out, string(n))
			}
		}
	}
	return out
}

// decode unpacks a stream as far as it can be; pictures stay as they are.
func (p *pdfFile) decode(o *pdfObject) []byte {
	if o.plain == nil {
		b := p.unpacked(o)
		if len(b) > 256<<10 {
			return b
		}
		o.plain = append([]byte{}, b...)
	}
	return o.plain
}

func (p *pdfFile) unpacked(o *pdfObject) []byte {
	b := o.stream
	for i, name := range p.filters(o.dict()) {
		out, err := p.filter(name, b)
		switch {
		case errors.Is(err, errPDFFilter):
			return b
		case err != nil && exhausted(err), errors.Is(err, errPart):
			unpackProblem(p.f, "", err)
		}
		b = p.predict(o.dict(), i, out)
	}
	return b
}

func (p *pdfFile) filter(name string, b []byte) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		return p.w.unpack(z, 0)
	case "ASCIIHexDecode", "AHx":
		if i := bytes.IndexByte(b, '>'); i >= 0 {
			b = b[:i]
		}
		return unhexAll(b), nil
	case "ASCII85Decode", "A85":
		b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("<~"))
		if i := bytes.IndexByte(b, '~'); i >= 0 {
			b = b[:i]
		}
		return p.w.unpack(ascii85.NewDecoder(bytes.NewReader(b)), 0)
	case "RunLengthDecode", "RL":
		return p.runLength(b)
	case "LZWDecode", "LZW":
		return p.w.unpack(&pdfLZW{b: b}, 0)
	case "Crypt":
		return b, nil
	}
	return b, errPDFFilter
}

func (p *pdfFile) runLength(b []byte) ([]byte, error) {
	var out bytes.Buffer
	for i := 0; i < len(b) && b[i] != 128; {
		p.w.tick()
		n := int(b[i])
		i++
		if n < 128 {
			end := min(len(b), i+n+1)
			out.Write(b[i:end])
			i = end
		} else if i < len(b) {
			out.Write(bytes.Repeat(b[i:i+1], 257-n))
			i++
		}
	}
	return p.w.unpack(&out, 0)
}

// predict undoes the PNG predictor, which tables and object streams are packed with.
func (p *pdfFile) predict(d pdfDict, i int, b []byte) []byte {
	var parms pdfDict
	switch v := p.get(d["DecodeParms"]).(type) {
	case pdfDict:
		parms = v
	case []any:
		if i < len(v) {
			parms = p.getDict(v[i])
		}
	}
	num := func(k string, def float64) int {
		if v, ok := p.get(parms[k]).(float64); ok && v > 0 && v < 1<<20 {
			return int(v)
		}
		return int(def)
	}
	if num("Predictor", 1) < 10 {
		return b
	}
	bpp := max(1, num("Colors", 1)*num("BitsPerComponent", 8)/8)
	row := (num("Columns", 1)*num("Colors", 1)*num("BitsPerComponent", 8) + 7) / 8
	out := make([]byte, 0, len(b))
	before := make([]byte, row)
	for len(b) > 1 {
		p.w.tick()
		n := min(row, len(b)-1)
		cur := append([]byte(nil), b[1:1+n]...)
		for x := range cur {
			var left, up, corner int
			if x >= bpp {
				left, corner = int(cur[x-bpp]), int(before[x-bpp])
			}
			up = int(before[x])
			switch b[0] {
			case 1:
				cur[x] += byte(left)
			case 2:
				cur[x] += byte(up)
			case 3:
				cur[x] += byte((left + up) / 2)
			case 4:
				cur[x] += byte(paeth(left, up, corner))
			}
		}
		out = append(out, cur...)
		copy(before, cur)
		b = b[1+n:]
	}
	return out
}

func paeth(a, b, c int) int {
	pa, pb, pc := max(b-c, c-b), max(a-c, c-a), max(a+b-2*c, 2*c-a-b)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

// pdfLZW unpacks LZW as PDF and TIFF have it: codes of 9 to 12 bits, highest bit first,
// and a change of width one code early, which compress/lzw does not know.
type pdfLZW struct {
	b           []byte
	acc         uint32
	bits, width int
	prefix      [4096]uint16
	last        [4096]byte
	next        int
	prev        int
	out         []byte
	begun       bool
}

func (z *pdfLZW) Read(p []byte) (int, error) {
	for len(z.out) == 0 {
		if !z.step() {
			return 0, io.EOF
		}
	}
	n := copy(p, z.out)
	z.out = z.out[n:]
	return n, nil
}

func (z *pdfLZW) step() bool {
	if !z.begun {
		z.begun, z.width, z.next, z.prev = true, 9, 258, -1
	}
	for z.bits < z.width {
		if len(z.b) == 0 {
			return false
		}
		z.acc = z.acc<<8 | uint32(z.b[0])
		z.b = z.b[1:]
		z.bits += 8
	}
	z.bits -= z.width
	code := int(z.acc >> z.bits & (1<<z.width - 1))
	switch {
	case code == 256:
		z.width, z.next, z.prev = 9, 258, -1
		return true
	case code == 257:
		return false
	case code >= z.next && z.prev < 0, code > z.next:
		return false
	}
	c := code
	var rev []byte
	if code == z.next {
		c = z.prev
		rev = append(rev, 0)
	}
	for c > 257 {
		rev = append(rev, z.last[c])
		c = int(z.prefix[c])
	}
	rev = append(rev, byte(c))
	if code == z.next {
		rev[0] = byte(c)
	}
	if z.prev >= 0 && z.next < 4096 {
		z.prefix[z.next], z.last[z.next] = uint16(z.prev), byte(c)
		z.next++
	}
	z.prev = code
	if z.next+1 >= 1<<z.width && z.width < 12 {
		z.width++
	}
	z.out = make([]byte, len(rev))
	for i, v := range rev {
		z.out[len(rev)-1-i] = v
	}
	return true
}
