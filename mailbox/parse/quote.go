package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	quote       // earlier mail
	intro       // the line that introduces it
	footer      // signature, mobile footer, disclaimer
	notes       // our own visible lines
)

// foldLines gives the reply text of a mail.
func foldLines(lines []line) string {
	marks, introduced := markLines(lines)
	last := -1 // the last line that the person wrote
	for i, k := range marks {
		if k == own {
			last = i
		}
	}
	if last < 0 {
		if introduced {
			return "" // earlier mail and nothing else
		}
		// Only quotation marks, or only a signature: then that is the message.
		for i, k := range marks {
			if (k == quote || k == footer) && !lines[i].quoted {
				marks[i], last = own, i
			}
		}
	}
	start := 0
	if introduced {
		start = bottomPost(marks, last)
	}
	var b strings.Builder
	empty := true
	for i := start; i <= last; i++ {
		if marks[i] == footer || marks[i] == notes || marks[i] == intro {
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
	return b.String()
}

// bottomPost gives where an answer begins that was written below the whole of
// the earlier mail; 0 when the person wrote above it or in between.
func bottomPost(marks []mark, last int) int {
	first, begun := -1, false
	for i := 0; i <= last; i++ {
		switch marks[i] {
		case own:
			if !begun {
				return 0
			}
			if first < 0 {
				first = i
			}
		case quote:
			begun = true
			if first >= 0 {
				return 0
			}
		case intro:
			if first >= 0 {
				return 0
			}
		}
	}
	return max(first, 0)
}

// markLines decides for every line what it is.
// introduced says whether something introduces earlier mail.
func markLines(lines []line) (marks []mark, introduced bool) {
	marks = make([]mark, len(lines))
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
	f.brokenQuotes()
	f.separators()
	f.signatures()
	f.footers()
	return marks, f.introduced
}

// folder holds a text while its lines are marked.
type folder struct {
	lines      []line
	marks      []mark
	labels     []class // plus one; 0 is not yet asked
	introduced bool
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

// brokenQuotes finds lines that a program broke off a quotation without marking
// them: the line above is a long quoted one, the line below is quoted again, and
// the piece goes on in the middle of a sentence.
func (f *folder) brokenQuotes() {
	for i := 1; i+1 < len(f.lines); i++ {
		if f.marks[i] != own || f.marks[i-1] != quote || f.marks[i+1] != quote || len(f.lines[i-1].text) < 55 {
			continue
		}
		t := f.at(i)
		r, _ := utf8.DecodeRuneInString(t)
		if unicode.IsLower(r) || unicode.IsDigit(r) || strings.ContainsRune(")].,;:/<&", r) {
			f.marks[i] = quote
		}
	}
}

// separators finds the lines with which mail programs introduce earlier mail.
// One that stands above everything the person could have written introduces
// what was forwarded or answered below it, and does not end the text.
func (f *folder) separators() {
	wrote := false
	for i := 0; i < len(f.lines); i++ {
		if f.marks[i] == quote && !f.introduced && f.quotedIntro(i) {
			f.introduced = true
		}
		if f.marks[i] != own {
			continue
		}
		end, hard := i, true
		if isOriginalMessage(f.at(i)) {
			end = i + 1
			if n := f.next(end); n < len(f.lines) {
				if k := f.headerBlock(n); k > 0 {
					end = n + k
				}
			}
		} else if n := f.headerBlock(i); n > 0 {
			end = i + n
		} else if end = f.attribution(i); end > i {
			hard = false
		}
		if end == i {
			wrote = wrote || !isRule(f.at(i)) && !isMobileFooter(f.at(i))
			continue
		}
		f.introduced = true
		from := f.ruleAbove(i)
		f.set(from, end, intro)
		n := f.next(end)
		if !hard && n < len(f.lines) && f.marks[n] == quote {
			i = n - 1 // the quotation is marked line by line; what follows it may be an answer
			continue
		}
		if !wrote {
			i = end - 1
			wrote = true
			continue
		}
		f.set(end, len(f.lines), quote)
		return
	}
}

// quotedIntro says whether a quoted line introduces still earlier mail.
func (f *folder) quotedIntro(i int) bool {
	t := strings.TrimLeft(f.at(i), "> ")
	return canBegin(t) && len(t) < 200 && isAttribution(t, 1)
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
