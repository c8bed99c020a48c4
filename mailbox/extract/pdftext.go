package extract

import (
	"math"
	"strings"
)

type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func identity() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// pdfPage gathers the text of a page.
type pdfPage struct {
	seen, hidden strings.Builder
	images       int
	unread       bool // a font gives no way to its letters
	lastX, lastY float64
	begun        bool
}

// pdfState is the part of the graphics state that text depends on.
type pdfState struct {
	ctm                         matrix
	font                        *pdfFont
	size, charSp, wordSp, scale float64
	leading                     float64
	mode                        float64
	white                       bool
}

type pdfRun struct {
	p      *pdfFile
	page   *pdfPage
	fonts  map[any]*pdfFont
	off    map[int]bool // layers that are switched off
	forms  map[*pdfObject]int
	budget *int // operators
}

// content runs a content stream (ISO 32000-1, 8 and 9) as far as text goes.
func (r *pdfRun) content(b []byte, res pdfDict, ctm matrix, depth int, hiddenBefore bool) {
	st := pdfState{ctm: ctm, scale: 1}
	var saved []pdfState
	tm, tlm := identity(), identity()
	var args []any
	var marks []bool
	hiddenMarks := 0
	l := &pdfLex{w: r.p.w, b: b}
	num := func(i int) float64 {
		if i < len(args) {
			if n, ok := args[i].(float64); ok && !math.IsNaN(n) && !math.IsInf(n, 0) {
				return n
			}
		}
		return 0
	}
	show := func(s pdfString) {
		if st.font == nil {
			st.font = &pdfFont{width: 500}
			for i := range 128 {
				st.font.enc[i] = string(rune(i))
			}
		}
		text, width, codes, spaces := st.font.text(s)
		if st.font.unknown && codes > 0 {
			r.page.unread = true
		}
		at := tm.times(st.ctm)
		r.place(text, at, st, hiddenBefore || hiddenMarks > 0 || st.mode == 3 || st.mode == 7 || st.white)
		dx := (width/1000*st.size + float64(codes)*st.charSp + float64(spaces)*st.wordSp) * st.scale
		tm = matrix{1, 0, 0, 1, dx, 0}.times(tm)
		end := tm.times(st.ctm)
		r.page.lastX, r.page.lastY = end[4], end[5]
	}
	for *r.budget > 0 {
		v := l.next(0)
		op, ok := v.(pdfOp)
		if !ok {
			if len(args) < 1000 {
				args = append(args, v)
			}
			continue
		}
		*r.budget--
		switch op {
		case pdfEnd:
			return
		case "q":
			if len(saved) < 1000 {
				saved = append(saved, st)
			}
		case "Q":
			if n := len(saved); n > 0 {
				st = saved[n-1]
				saved = saved[:n-1]
			}
		case "cm":
			st.ctm = matrix{num(0), num(1), num(2), num(3), num(4), num(5)}.times(st.ctm)
		case "BT":
			tm, tlm = identity(), identity()
		case "Tf":
			if len(args) > 1 {
				if n, ok := args[0].(pdfName); ok {
					st.font = r.fontOf(res, string(n))
				}
				st.size = num(1)
			}
		case "Tc":
			st.charSp = num(0)
		case "Tw":
			st.wordSp = num(0)
		case "Tz":
			st.scale = num(0) / 100
		case "TL":
			st.leading = num(0)
		case "Tr":
			st.mode = num(0)
		case "Td", "TD":
			if op == "TD" {
				st.leading = -num(1)
			}
			tlm = matrix{1, 0, 0, 1, num(0), num(1)}.times(tlm)
			tm = tlm
		case "Tm":
			tlm = matrix{num(0), num(1), num(2), num(3), num(4), num(5)}
			tm = tlm
		case "T*":
			tlm = matrix{1, 0, 0, 1, 0, -st.leading}.times(tlm)
			tm = tlm
		case "Tj", "'", "\"":
			if op != "Tj" {
				tlm = matrix{1, 0, 0, 1, 0, -st.leading}.times(tlm)
				tm = tlm
			}
			if len(args) > 0 {
				if s, ok := args[len(args)-1].(pdfString); ok {
					show(s)
				}
			}
		case "TJ":
			if len(args) > 0 {
				list, _ := args[len(args)-1].([]any)
				for _, e := range list {
					switch e := e.(type) {
					case pdfString:
						show(e)
					case float64:
						tm = matrix{1, 0, 0, 1, -e / 1000 * st.size * st.scale, 0}.times(tm)
					}
				}
			}
		case "g", "rg", "k", "sc", "scn":
			st.white = len(args) > 0 && (op == "g" || op == "rg" || (op == "sc" || op == "scn") && (len(args) == 1 || len(args) == 3))
			for i := range args {
				if n, ok := args[i].(float64); !ok || n < 0.99 {
					st.white = false
				}
			}
			if op == "k" && len(args) == 4 {
				st.white = num(0)+num(1)+num(2)+num(3) == 0
			}
		case "BDC":
			hide := false
			if len(args) > 1 && args[0] == pdfName("OC") {
				if n, ok := args[1].(pdfName); ok {
					hide = r.layerOff(r.p.getDict(res["Properties"])[string(n)])
				}
			}
			if d, ok := args2dict(args); ok {
				if s, ok := d["ActualText"].(pdfString); ok {
					r.page.hidden.WriteString(pdfText(s) + "\n")
				}
			}
			if len(marks) < 10000 {
				marks = append(marks, hide)
				if hide {
					hiddenMarks++
				}
			}
		case "BMC":
			if len(marks) < 10000 {
				marks = append(marks, false)
			}
		case "EMC":
			if n := len(marks); n > 0 {
				if marks[n-1] {
					hiddenMarks--
				}
				marks = marks[:n-1]
			}
		case "Do":
			if len(args) > 0 {
				if n, ok := args[0].(pdfName); ok {
					r.do(r.p.getDict(res["XObject"])[string(n)], res, st.ctm, depth, hiddenBefore || hiddenMarks > 0)
				}
			}
		case "BI":
			r.page.images++
			r.inlineImage(l)
		}
		args = args[:0]
	}
}

func args2dict(args []any) (pdfDict, bool) {
	if len(args) < 2 {
		return nil, false
	}
	d, ok := args[1].(pdfDict)
	return d, ok
}

// inlineImage passes over the bytes of a picture within the content.
func (r *pdfRun) inlineImage(l *pdfLex) {
	for l.pos < len(l.b) {
		if l.next(0) == pdfOp("ID") {
			break
		}
	}
	rest := l.b[l.pos:]
	for i := 1; i+2 < len(rest); i++ {
		if rest[i] == 'E' && rest[i+1] == 'I' && pdfSpace(rest[i-1]) && pdfSpace(rest[i+2]) {
			l.pos += i + 2
			return
		}
	}
	l.pos = len(l.b)
}

// place writes a text where it stands: on a new line, after a gap, or right behind.
func (r *pdfRun) place(text string, at matrix, st pdfState, hidden bool) {
	to := &r.page.seen
	if hidden {
		to = &r.page.hidden
	}
	size := math.Abs(st.size) * math.Max(math.Hypot(at[0], at[1]), 1e-6)
	if size == 0 {
		size = 1
	}
	if r.page.begun {
		// Along the line of writing, which need not be level.
		ux, uy := at[0], at[1]
		if h := math.Hypot(ux, uy); h > 0 {
			ux, uy = ux/h, uy/h
		} else {
			ux, uy = 1, 0
		}
		dx, dy := at[4]-r.page.lastX, at[5]-r.page.lastY
		along, across := dx*ux+dy*uy, dy*ux-dx*uy
		switch {
		case math.Abs(across) > size*0.5:
			to.WriteByte('\n')
		case along > size*0.17 || along < -size*2:
			to.WriteByte(' ')
		}
	}
	r.page.begun = true
	to.WriteString(text)
}

func (r *pdfRun) fontOf(res pdfDict, name string) *pdfFont {
	v := r.p.getDict(res["Font"])[name]
	var key any = name
	if ref, ok := v.(pdfRef); ok {
		key = ref
	} else if v != nil {
		return r.p.font(r.p.getDict(v))
	}
	if ft, ok := r.fonts[key]; ok {
		return ft
	}
	d := r.p.getDict(v)
	var ft *pdfFont
	if d != nil {
		ft = r.p.font(d)
	}
	r.fonts[key] = ft
	return ft
}

func (r *pdfRun) layerOff(v any) bool {
	if ref, ok := v.(pdfRef); ok && r.off[ref.num] {
		return true
	}
	d := r.p.getDict(v) // a membership dictionary: off when its groups are
	switch g := d["OCGs"].(type) {
	case pdfRef:
		return r.off[g.num]
	case []any:
		for _, e := range g {
			if ref, ok := e.(pdfRef); ok && r.off[ref.num] {
				return true
			}
		}
	}
	return false
}

func (r *pdfRun) do(v any, res pdfDict, ctm matrix, depth int, hidden bool) {
	o := r.p.object(v)
	if o == nil || !o.isStream {
		return
	}
	o.used = true
	d := o.dict()
	switch r.p.get(d["Subtype"]) {
	case pdfName("Image"):
		r.page.images++
	case pdfName("Form"):
		// A form may show itself; each is run a few times a page and no deeper than ten.
		if depth > 10 || r.forms[o] > 20 {
			return
		}
		r.forms[o]++
		m := identity()
		for i, e := range r.p.getArray(d["Matrix"]) {
			if n, ok := r.p.get(e).(float64); ok && i < 6 {
				m[i] = n
			}
		}
		if own := r.p.getDict(d["Resources"]); own != nil {
			res = own
		}
		r.content(r.p.decode(o), res, m.times(ctm), depth+1, hidden || r.layerOff(d["OC"]))
	}
}
