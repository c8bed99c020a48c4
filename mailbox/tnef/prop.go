package tnef

import "encoding/binary"

// The MAPI properties that matter ([MS-OXPROPS]).
const (
	propMessageClass   = 0x001A
	propSubject        = 0x0037
	propBody           = 0x1000
	propRTFCompressed  = 0x1009
	propHTML           = 0x1013
	propDisplayName    = 0x3001
	propAttachData     = 0x3701
	propAttachShort    = 0x3704
	propAttachLong     = 0x3707
	propAttachMIMEType = 0x370E
	propAttachCID      = 0x3712
)

// The property types ([MS-OXCDATA] section 2.11.1).
const (
	typeString8 = 0x001E
	typeUnicode = 0x001F
	typeObject  = 0x000D
	typeBinary  = 0x0102
	multiValue  = 0x1000
)

// prop is a property with the first of its values.
type prop struct {
	id, kind uint16
	value    []byte
}

// text gives a string value; bytes of the packet's code page when it is 8-bit.
func (p prop) text() string {
	if p.kind == typeUnicode {
		return utf16String(p.value)
	}
	return cString(p.value)
}

// eachProp reads a list of properties ([MS-OXTNEF] section 2.1.3.4) and reports
// whether it was whole.
func eachProp(b []byte, f func(prop)) bool {
	if len(b) < 4 {
		return false
	}
	n := binary.LittleEndian.Uint32(b)
	b = b[4:]
	ok := true
	take := func(k int64) []byte {
		if k > int64(len(b)) {
			ok = false
			k = int64(len(b))
		}
		out := b[:k]
		b = b[k:]
		return out
	}
	number := func() int64 {
		if v := take(4); len(v) == 4 {
			return int64(binary.LittleEndian.Uint32(v))
		}
		return 0
	}
	for ; n > 0 && len(b) >= 4; n-- {
		kind, id := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		b = b[4:]
		if id >= 0x8000 { // a named property: its name comes first
			take(16)
			if number() == 1 {
				take(padded(number()))
			} else {
				take(4)
			}
		}
		multi := kind&multiValue != 0
		kind &^= multiValue
		count := int64(1)
		variable := kind == typeString8 || kind == typeUnicode || kind == typeObject || kind == typeBinary
		if multi || variable {
			count = number()
		}
		p := prop{id: id, kind: kind}
		for i := int64(0); i < count && ok; i++ {
			var v []byte
			if variable {
				size := number()
				v = take(size)
				take(padded(size) - size)
			} else {
				size := fixedSize(kind)
				if size == 0 {
					return false // a type whose length nobody knows: what follows cannot be found
				}
				v = take(size)
			}
			if i == 0 {
				p.value = v
			}
			if len(b) == 0 {
				break
			}
		}
		f(p)
		if !ok {
			return false
		}
	}
	return n == 0
}

func padded(n int64) int64 { return (n + 3) &^ 3 }

// fixedSize is the length of a value with its padding; 0 when it is unknown.
func fixedSize(kind uint16) int64 {
	switch kind {
	case 0x0001, 0x0002, 0x0003, 0x0004, 0x000A, 0x000B: // null, 16 and 32 bits, float, error, boolean
		return 4
	case 0x0005, 0x0006, 0x0007, 0x0014, 0x0040: // double, currency, times, 64 bits
		return 8
	case 0x0048: // GUID
		return 16
	}
	return 0
}

// message takes the properties of the mail itself.
func (r *reader) message(data []byte) {
	p := r.packet
	whole := eachProp(data, func(q prop) {
		switch q.id {
		case propMessageClass:
			if s := q.text(); s != "" {
				p.Class = s
			}
		case propSubject:
			if s := q.text(); s != "" {
				p.Subject = s
			}
		case propBody:
			if q.kind == typeUnicode {
				p.Text = []byte(utf16String(q.value))
			} else if len(p.Text) == 0 {
				p.Text = trimNUL(q.value)
			}
		case propHTML:
			if q.kind == typeUnicode {
				p.HTML = []byte(utf16String(q.value))
			} else {
				p.HTML = trimNUL(q.value)
			}
		case propRTFCompressed:
			if rtf, ok := Decompress(q.value); len(rtf) > 0 {
				p.RTF = rtf
				p.Damaged = p.Damaged || !ok
			}
		}
	})
	p.Damaged = p.Damaged || !whole
}

// attachment takes the properties of the attachment that is being read.
func (r *reader) attachment(data []byte) {
	whole := eachProp(data, func(q prop) {
		switch q.id {
		case propAttachLong:
			r.long = q.text()
		case propDisplayName:
			if r.long == "" {
				r.long = q.text()
			}
		case propAttachShort:
			if r.title == "" {
				r.title = q.text()
			}
		case propAttachMIMEType:
			r.file.Type = q.text()
		case propAttachCID:
			r.file.ContentID = q.text()
		case propAttachData:
			v := q.value
			if q.kind == typeObject && len(v) >= 16 {
				v = v[16:] // the interface by which Outlook would open it
			}
			switch {
			case len(v) > 4 && string(v[:4]) == Signature:
				r.inner = v
			case len(r.file.Data) == 0:
				r.file.Data = v
			}
		}
	})
	r.packet.Damaged = r.packet.Damaged || !whole
}
