package parse

import "strings"

// The reply folder finds what a person wrote this time. It only decides what is
// shown first: Text always holds everything, so a wrong guess hides, never loses.
//
// The rule, which helpdesks have converged on: earlier mail, signatures and
// footers at the end are folded; quotations that the person wrote something
// behind are kept, because "Yes." is nothing without its question.

type mark byte

const (
	own    mark = iota
	blank       // nothing on the line
	quote       // earlier mail, or the line that introduces it
	footer      // signature, mobile footer, disclaimer
	notes       // our own visible lines
)

// foldLines gives the reply text of a mail.
func foldLines(lines []line) string {
	marks := markLines(lines)
	keep := make([]bool, len(lines))
	last := -1 // the last line that the person wrote
	for i, k := range marks {
		if k == own {
			last = i
		}
	}
	for i := 0; i <= last; i++ {
		keep[i] = marks[i] != footer && marks[i] != notes
	}
	// A quotation above everything the person wrote, with its introduction, is
	// kept only because of what follows it; see the rule above.
	var b strings.Builder
	empty := true
	for i := range lines {
		if !keep[i] {
			continue
		}
		t := strings.TrimRight(lines[i].text, " \t")
		if t == "" {
			empty = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if empty {
				b.WriteByte('\n')
			}
		}
		empty = false
		b.WriteString(t)
	}
	if b.Len() > 0 {
		return b.String()
	}
	return ""
}

// markLines decides for every line what it is.
func markLines(lines []line) []mark {
	marks := make([]mark, len(lines))
	for i := range lines {
		t := strings.TrimSpace(lines[i].text)
		switch {
		case lines[i].note:
			marks[i] = notes
		case t == "":
			marks[i] = blank
		case lines[i].quoted, t[0] == '>' && !strings.HasPrefix(t, ">:") && !strings.HasPrefix(t, ">_"):
			marks[i] = quote
		case lines[i].footer:
			marks[i] = footer
		}
	}
	f := &folder{lines: lines, marks: marks}
	f.separators()
	f.signatures()
	f.footers()
	return marks
}

// folder holds a text while its lines are marked.
type folder struct {
	lines []line
	marks []mark
}

func (f *folder) at(i int) string { return strings.TrimSpace(f.lines[i].text) }

// next is the index of the next line at or after i that is not blank; len when none.
func (f *folder) next(i int) int {
	for i < len(f.marks) && (f.marks[i] == blank || f.marks[i] == notes) {
		i++
	}
	return i
}

// set marks lines [from,to) unless they are blank or ours.
func (f *folder) set(from, to int, k mark) {
	for i := from; i < to && i < len(f.marks); i++ {
		if f.marks[i] != blank && f.marks[i] != notes {
			f.marks[i] = k
		}
	}
}

// separators finds the lines with which mail programs introduce earlier mail.
func (f *folder) separators() {
	for i := 0; i < len(f.lines); i++ {
		if f.marks[i] != own {
			continue
		}
		t := f.at(i)
		if n := f.headerBlock(i); n > 0 {
			f.set(f.ruleAbove(i), len(f.lines), quote)
			return
		}
		if isOriginalMessage(t) {
			f.set(i, len(f.lines), quote)
			return
		}
		if end := f.attribution(i); end > i {
			f.set(i, end, quote)
			n := f.next(end)
			if n < len(f.lines) && f.marks[n] == quote {
				i = n - 1 // the quotation is marked line by line; what follows it may be an answer
				continue
			}
			f.set(end, len(f.lines), quote)
			return
		}
	}
}

// ruleAbove gives where the rule, and the "Original Message" line, above a
// header block begin.
func (f *folder) ruleAbove(i int) int {
	for j := i - 1; j >= 0; j-- {
		if f.marks[j] == blank {
			continue
		}
		if t := f.at(j); isRule(t) || isOriginalMessage(t) {
			i = j
			continue
		}
		break
	}
	return i
}

// isRule tells a line of nothing but dashes, underscores, stars or equal signs.
func isRule(t string) bool {
	if len(t) < 3 {
		return false
	}
	return strings.Trim(t, "-_=*—–─━ ") == ""
}

// isOriginalMessage tells "-----Original Message-----" and its translations.
func isOriginalMessage(t string) bool {
	t = strings.Trim(t, "> *|")
	if len(t) < 10 || len(t) > 120 {
		return false
	}
	core := strings.Trim(t, "-_=—–─ ")
	dashes := core != t
	core = strings.ToLower(strings.Trim(core, ":： *"))
	if !dashes {
		switch core {
		case "begin forwarded message", "inicio del mensaje reenviado", "début du message réexpédié", "début du message transféré", "anfang der weitergeleiteten nachricht", "inizio messaggio inoltrato", "begin doorgestuurd bericht", "início da mensagem reencaminhada", "início da mensagem encaminhada", "vidarebefordrat brev", "videresendt melding", "start på videresendt besked", "początek przekazywanej wiadomości", "alkaa välitetty viesti", "начало переадресованного сообщения", "開始轉寄郵件", "下面是被转发的邮件", "転送されたメッセージ", "inceputul mesajului redirecționat", "başlangıç: iletilen ileti":
			return true
		}
		return false
	}
	// Dashes on both sides, or many on one.
	left := len(t) - len(strings.TrimLeft(t, "-_=—–─"))
	right := len(t) - len(strings.TrimRight(t, "-_=—–─"))
	if left < 2 || right < 2 && left < 5 {
		return false
	}
	for _, w := range originalWords() {
		if strings.HasPrefix(core, w) {
			return true
		}
	}
	return false
}
