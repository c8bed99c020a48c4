package extract

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// pdfFont turns the codes of a shown string into text and width.
type pdfFont struct {
	wide    bool // two bytes a code
	toUni   map[uint32]string
	enc     [256]string
	widths  map[uint32]float64
	width   float64 // of codes without one of their own, in thousandths
	unknown bool    // no way from code to letter is given
}

func (p *pdfFile) font(d pdfDict) *pdfFont {
	ft := &pdfFont{width: 500, widths: map[uint32]float64{}}
	if o := p.object(d["ToUnicode"]); o != nil && o.isStream {
		ft.toUni = p.cmap(p.decode(o))
	}
	if p.get(d["Subtype"]) == pdfName("Type0") {
		ft.wide = true
		ft.unknown = len(ft.toUni) == 0
		ft.width = 1000
		for _, v := range p.getArray(d["DescendantFonts"]) {
			c := p.getDict(v)
			if n, ok := p.get(c["DW"]).(float64); ok {
				ft.width = n
			}
			p.cidWidths(ft, p.getArray(c["W"]))
		}
		return ft
	}
	cm := charmap.Windows1252
	base := p.get(d["Encoding"])
	ed, isDict := base.(pdfDict)
	if isDict {
		base = p.get(ed["BaseEncoding"])
	}
	if base == pdfName("MacRomanEncoding") {
		cm = charmap.Macintosh
	}
	for i := range 256 {
		if r := cm.DecodeByte(byte(i)); r >= ' ' {
			ft.enc[i] = string(r)
		}
	}
	if isDict {
		code := 0
		for _, v := range p.getArray(ed["Differences"]) {
			switch v := p.get(v).(type) {
			case float64:
				code = int(v)
			case pdfName:
				if code >= 0 && code < 256 {
					ft.enc[code] = glyphText(string(v))
				}
				code++
			}
		}
	}
	first, _ := p.get(d["FirstChar"]).(float64)
	for i, v := range p.getArray(d["Widths"]) {
		if n, ok := p.get(v).(float64); ok && i < 256 {
			ft.widths[uint32(int(first)+i)] = n
		}
	}
	return ft
}

func (p *pdfFile) cidWidths(ft *pdfFont, a []any) {
	budget := 200_000
	for i := 0; i+1 < len(a); {
		p.w.tick()
		from, ok := p.get(a[i]).(float64)
		if !ok {
			return
		}
		switch v := p.get(a[i+1]).(type) {
		case []any:
			for j, e := range v {
				if n, ok := p.get(e).(float64); ok {
					ft.widths[uint32(from)+uint32(j)] = n
				}
			}
			i += 2
		case float64:
			if i+2 >= len(a) {
				return
			}
			n, ok := p.get(a[i+2]).(float64)
			for c := from; ok && c <= v && budget > 0; c++ {
				budget--
				ft.widths[uint32(c)] = n
			}
			i += 3
		default:
			return
		}
	}
}

// cmap reads a ToUnicode map (ISO 32000-1, 9.10.3).
func (p *pdfFile) cmap(b []byte) map[uint32]string {
	out := map[uint32]string{}
	l := &pdfLex{w: p.w, b: b}
	var args []any
	budget := 200_000 // ranges may lie over one another
	code := func(v any) uint32 {
		var n uint32
		s, _ := v.(pdfString)
		for _, c := range s {
			n = n<<8 | uint32(c)
		}
		return n
	}
	text := func(v any) string {
		s, _ := v.(pdfString)
		if len(s) == 1 {
			return string(rune(s[0]))
		}
		u := make([]uint16, len(s)/2)
		for i := range u {
			u[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
		}
		return string(utf16.Decode(u))
	}
	for len(out) < 70_000 {
		v := l.next(0)
		op, ok := v.(pdfOp)
		if !ok {
			if len(args) < 4000 {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case pdfEnd:
			return out
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				out[code(args[i])] = text(args[i+1])
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				lo, hi := code(args[i]), code(args[i+1])
				if list, ok := args[i+2].([]any); ok {
					for j, e := range list {
						out[lo+uint32(j)] = text(e)
					}
					continue
				}
				r := []rune(text(args[i+2]))
				for c := lo; c <= hi && c-lo < 65536 && len(r) > 0 && budget > 0; c++ {
					budget--
					s := append([]rune(nil), r...)
					s[len(s)-1] += rune(c - lo)
					out[c] = string(s)
				}
			}
		}
		args = args[:0]
	}
	return out
}

// glyphText is the text of a glyph's name: letters, the names of the Adobe list that
// European text needs, and "uni20AC".
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if len(name) == 1 {
		return name
	}
	for _, prefix := range []string{"uni", "u"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && len(rest) >= 4 && len(rest) <= 6 {
			if n, err := strconv.ParseUint(rest, 16, 32); err == nil {
				return string(rune(n))
			}
		}
	}
	const names = " space:\u0020 exclam:! quotedbl:\" numbersign:# dollar:$ percent:% ampersand:& quotesingle:' quoteright:' quoteleft:' parenleft:( parenright:) asterisk:* plus:+ comma:, hyphen:- minus:- period:. slash:/ zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 colon:: semicolon:; less:< equal:= greater:> question:? at:@ bracketleft:[ backslash:\\ bracketright:] underscore:_ grave:` braceleft:{ bar:| braceright:} asciitilde:~ sterling:£ Euro:€ endash:– emdash:— bullet:• quotedblleft:“ quotedblright:” ellipsis:… fi:fi fl:fl ff:ff ffi:ffi ffl:ffl degree:° section:§ copyright:© agrave:à aacute:á acircumflex:â adieresis:ä aring:å ae:æ ccedilla:ç egrave:è eacute:é ecircumflex:ê edieresis:ë igrave:ì iacute:í icircumflex:î idieresis:ï ntilde:ñ ograve:ò oacute:ó ocircumflex:ô odieresis:ö oslash:ø ugrave:ù uacute:ú ucircumflex:û udieresis:ü yacute:ý Agrave:À Aacute:Á Adieresis:Ä Aring:Å Ccedilla:Ç Egrave:È Eacute:É Oacute:Ó Odieresis:Ö Udieresis:Ü Zcaron:Ž zcaron:ž Scaron:Š scaron:š lslash:ł germandbls:ß nbspace:\u0020 "
	if i := strings.Index(names, " "+name+":"); i >= 0 {
		rest := names[i+len(name)+2:]
		if end := strings.IndexByte(rest[1:], ' '); end >= 0 {
			return rest[:end+1]
		}
	}
	return ""
}

// text gives what a string shows and how far it goes, in thousandths of the font size,
// the number of codes and of single-byte spaces.
func (ft *pdfFont) text(s pdfString) (string, float64, int, int) {
	var out strings.Builder
	var width float64
	codes, spaces := 0, 0
	step := 1
	if ft.wide {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		code := uint32(s[i])
		if ft.wide {
			code = code<<8 | uint32(s[i+1])
		} else if code == ' ' {
			spaces++
		}
		codes++
		if t, ok := ft.toUni[code]; ok {
			out.WriteString(t)
		} else if !ft.wide {
			out.WriteString(ft.enc[code])
		}
		if n, ok := ft.widths[code]; ok {
			width += n
		} else {
			width += ft.width
		}
	}
	return out.String(), width, codes, spaces
}
