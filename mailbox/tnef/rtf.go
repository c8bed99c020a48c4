package tnef

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// The dictionary that compressed RTF starts with ([MS-OXRTFCP] section 2.1.2.1).
const dictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// Decompress undoes [MS-OXRTFCP]. ok is false when the bytes break off or are too
// many; what came before is given.
func Decompress(b []byte) (rtf []byte, ok bool) {
	if len(b) < 16 {
		return nil, false
	}
	size, kind := int64(binary.LittleEndian.Uint32(b[4:])), string(b[8:12])
	b = b[16:]
	switch kind {
	case "MELA": // not compressed
		return b[:min(size, int64(len(b)), maxText)], size <= int64(len(b)) && size <= maxText
	case "LZFu":
	default:
		return nil, false
	}
	var window [4096]byte
	at := copy(window[:], dictionary)
	out := make([]byte, 0, min(size, int64(len(b))*8, maxText))
	put := func(c byte) {
		out = append(out, c)
		window[at] = c
		at = (at + 1) % len(window)
	}
	for len(b) > 0 && len(out) < maxText {
		control := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if control&(1<<bit) == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, false
			}
			token := binary.BigEndian.Uint16(b)
			b = b[2:]
			from, n := int(token>>4), int(token&15)+2
			if from == at {
				return out, true
			}
			for ; n > 0; n-- {
				put(window[from])
				from = (from + 1) % len(window)
			}
		}
	}
	return out, int64(len(out)) >= size
}

// ReadRTF gives the words of an RTF text. When the RTF was made of HTML
// ([MS-OXRTFEX]), as Outlook does it, html is that HTML and text is empty.
func ReadRTF(rtf []byte) (text, html string) {
	r := &rtfReader{src: rtf, charset: charmap.Windows1252, group: []rtfGroup{{skip: 1}}}
	r.read()
	r.flush()
	if r.fromHTML {
		return "", r.out.String()
	}
	return strings.TrimSpace(r.out.String()), ""
}

type rtfGroup struct {
	quiet bool // a destination that holds no words: fonts, colours, pictures
	tag   bool // {\*\htmltag ...}: HTML as it was
	skip  int  // bytes that stand behind \u for programs without Unicode
}

type rtfReader struct {
	src      []byte
	pos      int
	out      strings.Builder
	bytes    []byte // 8-bit text that is not yet decoded
	charset  encoding.Encoding
	group    []rtfGroup
	fromHTML bool
	hidden   bool // between \htmlrtf and \htmlrtf0: what only RTF readers shall see
	pending  int  // bytes to leave out behind \u
	high     rune // first half of a surrogate pair
}

func (r *rtfReader) top() *rtfGroup { return &r.group[len(r.group)-1] }

func (r *rtfReader) read() {
	for r.pos < len(r.src) && r.out.Len() < maxText {
		c := r.src[r.pos]
		r.pos++
		switch c {
		case '{':
			r.pending = 0
			g := *r.top()
			if len(r.group) < 10000 {
				r.group = append(r.group, g)
			}
		case '}':
			r.pending = 0
			if len(r.group) > 1 {
				r.group = r.group[:len(r.group)-1]
			}
		case '\\':
			r.control()
		case '\r', '\n', 0:
		default:
			r.char(c)
		}
	}
}

// char adds a byte of text.
func (r *rtfReader) char(c byte) {
	if r.pending > 0 {
		r.pending--
		return
	}
	if !r.silent() {
		r.bytes = append(r.bytes, c)
	}
}

func (r *rtfReader) silent() bool {
	g := r.top()
	return g.quiet || r.hidden && !g.tag
}

func (r *rtfReader) flush() {
	if len(r.bytes) == 0 {
		return
	}
	s, err := r.charset.NewDecoder().Bytes(r.bytes)
	if err != nil {
		s = bytes.ToValidUTF8(r.bytes, []byte("\uFFFD"))
	}
	r.out.Write(s)
	r.bytes = r.bytes[:0]
}

func (r *rtfReader) say(s string) {
	if !r.silent() {
		r.flush()
		r.out.WriteString(s)
	}
}

// control reads a control word or symbol.
func (r *rtfReader) control() {
	if r.pos >= len(r.src) {
		return
	}
	c := r.src[r.pos]
	if !isLetter(c) {
		r.pos++
		switch c {
		case '\'':
			if r.pos+2 <= len(r.src) {
				if v, err := strconv.ParseUint(string(r.src[r.pos:r.pos+2]), 16, 8); err == nil {
					r.pos += 2
					r.char(byte(v))
				}
			}
		case '*':
			r.top().quiet = !r.tagFollows()
		case '~':
			r.say("\u00a0")
		case '_':
			r.say("-")
		case '\r', '\n':
			r.say("\n")
		case '\\', '{', '}':
			r.char(c)
		}
		return
	}
	start := r.pos
	for r.pos < len(r.src) && isLetter(r.src[r.pos]) && r.pos-start < 32 {
		r.pos++
	}
	word := string(r.src[start:r.pos])
	start = r.pos
	if r.pos < len(r.src) && r.src[r.pos] == '-' {
		r.pos++
	}
	for r.pos < len(r.src) && r.src[r.pos] >= '0' && r.src[r.pos] <= '9' && r.pos-start < 10 {
		r.pos++
	}
	number, err := strconv.Atoi(string(r.src[start:r.pos]))
	has := err == nil
	if r.pos < len(r.src) && r.src[r.pos] == ' ' {
		r.pos++
	}
	r.word(word, number, has)
}

func (r *rtfReader) word(word string, n int, has bool) {
	switch word {
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "generator", "listtable", "listoverridetable", "rsidtbl", "themedata", "datastore", "xmlnstbl", "latentstyles":
		r.top().quiet = true
	case "htmltag", "mhtmltag":
		r.flush()
		r.top().tag, r.top().quiet = word == "htmltag", word == "mhtmltag"
	case "htmlrtf":
		r.hidden = !has || n != 0
	case "fromhtml":
		r.fromHTML = true
	case "ansicpg":
		r.flush()
		r.charset = codepage(n)
	case "uc":
		r.top().skip = max(n, 0)
	case "u":
		r.unicode(n)
	case "par", "line", "row", "sect", "page":
		r.say("\n")
	case "tab", "cell":
		r.say("\t")
	case "lquote":
		r.say("‘")
	case "rquote":
		r.say("’")
	case "ldblquote":
		r.say("“")
	case "rdblquote":
		r.say("”")
	case "bullet":
		r.say("•")
	case "endash":
		r.say("–")
	case "emdash":
		r.say("—")
	case "bin":
		r.pos += min(max(n, 0), len(r.src)-r.pos)
	}
}

// unicode adds \uN, whose number is signed and 16 bits wide.
func (r *rtfReader) unicode(n int) {
	c := rune(uint16(n)) //nolint:gosec // the wrap is the format's
	switch {
	case c >= 0xD800 && c < 0xDC00:
		r.high = c
	case c >= 0xDC00 && c < 0xE000:
		if r.high != 0 {
			r.say(string((r.high-0xD800)<<10 + (c - 0xDC00) + 0x10000))
		}
		r.high = 0
	default:
		r.say(string(c))
	}
	r.pending = r.top().skip
}

// tagFollows says whether \* introduces HTML rather than something to leave out.
func (r *rtfReader) tagFollows() bool {
	return bytes.HasPrefix(r.src[r.pos:], []byte(`\htmltag`))
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// codepage is the encoding of a Windows code page; windows-1252 when unknown.
func codepage(n int) encoding.Encoding {
	name := "windows-" + strconv.Itoa(n)
	switch n {
	case 65001:
		return encoding.Nop
	case 932:
		name = "shift_jis"
	case 936:
		name = "gb18030"
	case 949:
		name = "euc-kr"
	case 950:
		name = "big5"
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e
	}
	return charmap.Windows1252
}
