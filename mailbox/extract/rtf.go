package extract

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// rtfState is what a group of RTF passes on to the groups in it.
type rtfState struct {
	kind    Kind
	skip    bool // nothing a person wrote: fonts, colours, pictures
	hidden  bool
	deleted bool
	uc      int // characters to pass over behind \u
}

// rtf reads rich text (RTF 1.9.1): groups, destinations, hidden and deleted text.
func (w *work) rtf(f *File, b []byte, depth int) {
	outs := map[Kind]*strings.Builder{}
	out := func(k Kind) *strings.Builder {
		if outs[k] == nil {
			outs[k] = &strings.Builder{}
		}
		return outs[k]
	}
	var dec encoding.Encoding = charmap.Windows1252
	st := rtfState{kind: KindText, uc: 1}
	var stack []rtfState
	passOver := 0
	star := false
	var bytesRun []byte
	where := func() Kind {
		switch {
		case st.deleted:
			return KindDeleted
		case st.hidden && st.kind == KindText:
			return KindHidden
		}
		return st.kind
	}
	flush := func() {
		if len(bytesRun) == 0 {
			return
		}
		if !st.skip {
			if d, err := dec.NewDecoder().Bytes(bytesRun); err == nil {
				out(where()).Write(d)
			}
		}
		bytesRun = bytesRun[:0]
	}
	for i := 0; i < len(b); {
		w.tick()
		switch c := b[i]; c {
		case '{':
			flush()
			if len(stack) < 20000 {
				stack = append(stack, st)
			}
			star = false
			i++
		case '}':
			flush()
			if n := len(stack); n > 0 {
				if st.kind != KindText && st.kind != stack[n-1].kind {
					out(st.kind).WriteByte('\n')
				}
				st = stack[n-1]
				stack = stack[:n-1]
			}
			i++
		case '\r', '\n':
			i++
		case '\\':
			if i+1 >= len(b) {
				i++
				continue
			}
			switch n := b[i+1]; {
			case n == '\'' && i+3 < len(b):
				if passOver > 0 {
					passOver--
				} else if hi, lo := unhex(b[i+2]), unhex(b[i+3]); hi < 16 && lo < 16 {
					bytesRun = append(bytesRun, hi<<4|lo)
				}
				i += 4
			case n == '*':
				star = true
				i += 2
			case n == '~' || n == '_':
				bytesRun = append(bytesRun, ' ')
				i += 2
			case n == '\\' || n == '{' || n == '}':
				bytesRun = append(bytesRun, n)
				i += 2
			case n >= 'a' && n <= 'z' || n >= 'A' && n <= 'Z':
				word, arg, has, next := rtfWord(b, i+1)
				i = next
				switch word {
				case "bin":
					if arg > 0 {
						i += min(arg, len(b)-i)
					}
					continue
				case "u":
					flush()
					if !st.skip {
						out(where()).WriteRune(rune(uint16(arg)))
					}
					passOver = st.uc
					continue
				case "uc":
					st.uc = max(0, min(arg, 10))
				case "ansicpg":
					if e, err := htmlindex.Get("windows-" + strconv.Itoa(arg)); err == nil {
						dec = e
					}
				case "par", "line", "row", "sect", "page":
					flush()
					out(where()).WriteByte('\n')
				case "tab", "cell":
					bytesRun = append(bytesRun, '\t')
				case "rquote", "lquote":
					bytesRun = append(bytesRun, '\'')
				case "rdblquote", "ldblquote":
					bytesRun = append(bytesRun, '"')
				case "endash", "emdash":
					bytesRun = append(bytesRun, '-')
				case "v":
					flush()
					st.hidden = !has || arg != 0
				case "deleted":
					flush()
					st.deleted = !has || arg != 0
				case "plain":
					flush()
					st.hidden, st.deleted = false, false
				case "revtbl":
					st.kind = KindPerson
					f.risk("changes", "has tracked changes")
				case "annotation":
					st.kind = KindComment
					f.risk("comments", "has comments")
				case "atnauthor", "atnid":
					st.kind = KindPerson
				case "info", "userprops":
					st.kind = KindProperty
				case "author", "operator", "manager", "company":
					st.kind = KindProperty
					f.risk("author", "has an author property")
				case "header", "footer", "headerl", "headerr", "footerl", "footerr", "headerf", "footerf":
					st.kind = KindHeaderFooter
				case "htmltag", "mhtmltag": // the tags of a web page that was made into rich text
					st.kind = KindProperty
				case "footnote":
					st.kind = KindNote
				case "fldinst":
					st.kind = KindLink
				case "object", "objdata":
					f.risk("embedded", "has a file embedded in it")
					if word == "objdata" {
						f.problem(Partial, "has a file inside that was not read")
						st.skip = true
					}
				case "pict":
					f.risk("picture", "has a picture in it")
					st.skip = true
				case "fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "rsidtbl", "themedata", "colorschememapping", "datastore", "generator", "latentstyles", "xmlnstbl", "mmathPr", "filetbl":
					st.skip = true
				default:
					// A destination that may be ignored is read as hidden: it is in the file.
					if star && st.kind == KindText && !st.skip && rtfIgnorable(word) {
						st.kind = KindHidden
					}
				}
				star = false
			default:
				i += 2
			}
		default:
			if passOver > 0 {
				passOver--
			} else if c >= 0x20 || c == '\t' {
				bytesRun = append(bytesRun, c)
			}
			i++
		}
	}
	flush()
	for _, k := range []Kind{KindText, KindHidden, KindDeleted, KindComment, KindPerson, KindProperty, KindHeaderFooter, KindNote, KindLink} {
		if outs[k] != nil {
			w.add(f, k, "", outs[k].String())
			switch k {
			case KindHidden:
				if strings.TrimSpace(outs[k].String()) != "" {
					f.risk("hidden", "has hidden text")
				}
			case KindDeleted:
				f.risk("changes", "has tracked changes")
			}
		}
	}
	if bytes.Contains(b, []byte(`\pict`)) && visibleWords(f) < 20 {
		f.problem(Picture, "consists of pictures, whose words cannot be read")
	}
	if bytes.Contains(b, []byte(`\fromhtml`)) || bytes.Contains(b, []byte(`\htmltag`)) {
		f.risk("html", "wraps a web page")
	}
	_ = depth
}

// rtfIgnorable leaves out the destinations whose text does show.
func rtfIgnorable(word string) bool {
	switch word {
	case "shppict", "nonshppict", "fldinst", "shpinst", "pn", "bkmkstart", "bkmkend", "listtext", "pntext", "pnseclvl", "cs", "do", "shptxt", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "expandedcolortbl":
		return false
	}
	return true
}

func rtfWord(b []byte, i int) (word string, arg int, has bool, next int) {
	start := i
	for i < len(b) && i-start < 64 && (b[i] >= 'a' && b[i] <= 'z' || b[i] >= 'A' && b[i] <= 'Z') {
		i++
	}
	word = string(b[start:i])
	neg := false
	if i+1 < len(b) && b[i] == '-' && b[i+1] >= '0' && b[i+1] <= '9' {
		neg = true
		i++
	}
	for n := 0; i < len(b) && n < 10 && b[i] >= '0' && b[i] <= '9'; n++ {
		arg = arg*10 + int(b[i]-'0')
		has = true
		i++
	}
	if neg {
		arg = -arg
	}
	if i < len(b) && b[i] == ' ' {
		i++
	}
	return word, arg, has, i
}
