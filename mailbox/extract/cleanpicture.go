package extract

import (
	"bytes"
	"encoding/binary"

	"hearback/tickets/fault"
)

func errDamagedPicture() error {
	return fault.New(fault.Refused, "No clean copy can be made of this picture: it is damaged.")
}

// cleanJPEG keeps the picture, its colours and which way up it is, and nothing else.
func (w *work) cleanJPEG(b []byte, rep *Report) ([]byte, error) {
	segs, tail, ok := jpegSegments(w, b)
	if !ok {
		return nil, errDamagedPicture()
	}
	out := []byte{0xff, 0xd8}
	var ours []byte
	if o := orientation(segs); o > 1 {
		// A photograph without it would lie on its side.
		exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(o), 0, 0, 0, 0, 0, 0)
		ours = append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
		out = append(out, ours...)
	}
	for _, s := range segs {
		if s.marker == 0xfe || s.marker >= 0xe1 && s.marker <= 0xef &&
			!(s.marker == 0xe2 && bytes.HasPrefix(s.data, []byte("ICC_PROFILE"))) && !(s.marker == 0xee && bytes.HasPrefix(s.data, []byte("Adobe"))) {
			if !bytes.Equal(s.raw, ours) {
				rep.removed("data about the picture (author, place, camera, comments)")
			}
			continue
		}
		out = append(out, s.raw...)
	}
	if len(tail) > 0 {
		rep.removed("data behind the end of the picture")
	}
	return append(out, 0xff, 0xd9), nil
}

// orientation reads EXIF tag 0x0112, 0 without it.
func orientation(segs []segment) int {
	for _, s := range segs {
		if s.marker != 0xe1 || !bytes.HasPrefix(s.data, []byte("Exif\x00\x00")) || len(s.data) < 16 {
			continue
		}
		b := s.data[6:]
		var o binary.ByteOrder = binary.BigEndian
		if b[0] == 'I' {
			o = binary.LittleEndian
		}
		at := int64(o.Uint32(b[4:]))
		if at+2 > int64(len(b)) {
			return 0
		}
		for i := range int64(o.Uint16(b[at:])) {
			e := at + 2 + 12*i
			if e+12 > int64(len(b)) {
				return 0
			}
			if o.Uint16(b[e:]) == 0x0112 {
				if v := int(o.Uint16(b[e+8:])); v <= 8 {
					return v
				}
			}
		}
	}
	return 0
}

// cleanPNG keeps the chunks that make the picture.
func (w *work) cleanPNG(b []byte, rep *Report) ([]byte, error) {
	out := append([]byte(nil), b[:8]...)
	for i := 8; i+12 <= len(b); {
		w.tick()
		n := int64(binary.BigEndian.Uint32(b[i:]))
		if int64(i)+12+n > int64(len(b)) {
			return nil, errDamagedPicture()
		}
		end := i + 12 + int(n)
		switch kind := string(b[i+4 : i+8]); kind {
		case "IHDR", "PLTE", "IDAT", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT":
			out = append(out, b[i:end]...)
		case "IEND":
			if end < len(b) {
				rep.removed("data behind the end of the picture")
			}
			return append(out, b[i:end]...), nil
		default:
			rep.removed("data about the picture (author, place, camera, comments)")
		}
		i = end
	}
	return nil, errDamagedPicture()
}
