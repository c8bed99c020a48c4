package guard

import (
	"slices"
	"strings"
	"sync"
)

// fileTalk looks for what officers say among themselves in files: in a remark by
// one of them, or about the family behind its back.
func (m *matter) fileTalk() []Finding {
	if len(m.l.Files) == 0 {
		return nil
	}
	var out []Finding
	about, label := listBook().behindBack, listBook().labels
	loose := []*phrases{listBook().secrecy, listBook().strategy, listBook().contempt}
	for _, v := range m.views {
		if v.file == 0 || v.turned {
			continue
		}
		m.mind()
		v = v.near()
		rule, evidence := "", ""
		if from, to, ok := label.find(v.words); ok {
			rule, evidence = RuleAttachMeta, excerpt(v.words[from:to])
		}
		if from, to, ok := about.find(v.words); ok {
			rule, evidence = RuleAttachInternal, excerpt(v.words[from:to])
		} else if remark := m.remark(v); remark != nil {
			ways := loose
			if slices.ContainsFunc(remark, isThird) {
				ways = append(slices.Clone(loose), stance(), wishes())
			}
			for _, p := range ways {
				if from, to, ok := p.find(remark); ok {
					rule, evidence = RuleAttachInternal, excerpt(remark[from:to])
				}
			}
		}
		if rule == "" {
			if h, ok := m.heardIn(v); ok {
				rule, evidence = RuleAttachInternal, excerpt(h.words)+" ("+h.why()+")"
			}
		}
		if rule == "" {
			continue
		}
		name := strings.TrimPrefix(v.where, "file ")
		for _, r := range m.outside {
			f := Finding{
				Rule: rule, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + evidence,
				Words: "\"" + name + "\" has staff comments in it.",
			}
			if rule == RuleAttachMeta {
				f.Words = "\"" + name + "\" has hidden details about the family."
			}
			out = append(out, f)
		}
	}
	return once(out)
}

// remark are the words of a view from the first sign of a remark on: "[Comment by
// ...]", a comment of the file, a note behind a slide.
func (m *matter) remark(v view) []string {
	switch v.kind {
	case "comment", "deletion", "hidden sheet", "note":
		return v.words
	}
	at := remarkAt(v.text)
	if at < 0 {
		return nil
	}
	return words(v.text[at:])
}

// remarkAt is where the first sign of a remark stands in the text of a file: how
// programs and people name comments, changes, what is hidden and what is for the speaker.
func remarkAt(text string) int {
	at, _ := remarkSigns().first(strings.ToLower(text))
	if i := initialled(text); i >= 0 && (at < 0 || i < at) {
		at = i
	}
	return at
}

var remarkSigns = sync.OnceValue(func() *signSet {
	return newSigns(
		"comment", "sanitised", "sanitized", "/subject", "/keywords", "/title", "/contents", "deleted:", "inserted:", "deleted text", "revision by", "revision (", "revised by", "redline", "deletion", "insertion", "tracked", "track change",
		"(hidden", "[hidden", "hidden sheet", "hidden text", "hidden column", "hidden row", "hidden slide", "hidden cell", "hidden:", "very hidden", "veryhidden", "white text", "speaker note", "presenter note", "notes:", "notes page", "reviewer", "review pane", "margin", "internal discussion",
		"sticky note", "annotation", "popup", "pop-up", "balloon", "description:", "x-alt-desc", "alt text", "keywords:", "properties", "metadata", "custom property", "author's note", "struck through", "strikethrough", "resolved thread", "scratch", "working tab", "do not print", "footnote", "cell note", "note:", "note in", "note on", "note by", "note from", "note (", "[note", "brief:", "briefing:", "edit:", "ed:", "suggestion", "suggested edit",
	)
})

// initialled is where somebody put initials and a date before a remark: "[JB 3/3]", "JB1:".
func initialled(text string) int {
	at := 0
	for _, l := range strings.SplitAfter(text, "\n") {
		s := strings.TrimLeft(l, " \t[(<{*-")
		n := 0
		for n < len(s) && n < 4 && s[n] >= 'A' && s[n] <= 'Z' {
			n++
		}
		if rest := s[n:]; n >= 2 && n <= 3 && len(rest) > 2 && (isDigit(rest[0]) && strings.Contains(rest[:min(len(rest), 4)], ":") || rest[0] == ' ' && isDigit(rest[1]) && strings.ContainsAny(rest[:min(len(rest), 8)], "/.-:]") || rest[0] == ']' && len(s) < len(l)) {
			return at
		}
		at += len(l)
	}
	return -1
}

// heardIn weighs the sentences of one view of a file: those of a remark need less to
// be taken for talk than what every reader of the file sees.
func (m *matter) heardIn(v view) (heard, bool) {
	text := v.text
	if text == "" {
		return heard{}, false
	}
	for _, kind := range []string{"comment", "deletion", "insertion", "hidden sheet", "note"} {
		if v.kind == kind {
			h, _ := m.hear(text, "xn", m.allHave)
			return h, h.sure >= talkRemark
		}
	}
	at := remarkAt(text)
	if at < 0 {
		at = len(text)
	}
	if h, _ := m.hear(withoutFields(text[at:]), "xn", m.allHave); h.sure >= talkRemark {
		return h, true
	}
	h, _ := m.hear(text[:at], "xn", m.allHave)
	if len(talkPieces(text[:at])) > manyPieces {
		return h, h.sure >= talkLong
	}
	return h, h.sure >= talkOpen
}

// withoutFields puts an end where the name of a field or of whoever remarks stands before
// what is said: "[Comment, I. Sadiq]: soften this" is a sentence of two words.
func withoutFields(text string) string {
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		for n := 0; n < 3; n++ {
			head, rest, ok := strings.Cut(l, ":")
			if !ok || len(words(head)) > 8 || strings.TrimSpace(rest) == "" {
				break
			}
			l = rest
		}
		b.WriteString(l)
		b.WriteString("\n\n")
	}
	return b.String()
}

// behindBack is talk about a family that no report holds.
func behindBack() string {
	return `without telling|asking|informing|involving her|him|them
dont|not|never|without tell|telling|show|showing|copy|inform|informing|alert mum|dad|mother|father|parent|parents|family
dont|not|never tell|telling|show|inform|copy the parent|parents|family|mother|father
mum|dad|mother|father|parent|parents|family doesnt|dont|mustnt|shouldnt ... know|find|hear|see
mum|dad|mother|father|parents|family|they must|should|need|is|are not ... know|find|told|see
mum|dad|mother|father|parents|family|she|he will never accept|agree|notice|wear|win
let her|him|them argue|haggle|appeal|fight|complain
keep ... quiet|secret from
off the record
between us|ourselves
without mum|dad|parents|the ... knowing|noticing
story|stories straight
ammunition
nothing in writing
max|maximum|most we would|will|can|could|d pay|fund|offer
the most we ... pay|fund|offer
officer|staff|panel use only
hiding|concealing income|money|something
call|calling their|her|his bluff
string them|her|him along
play|playing for time`
}

// labels are what no document says of a family.
func labels() string {
	return `vexatious
difficult|awkward|problem|aggressive|hostile|demanding|nuisance|litigious|pushy|moaning|nightmare|serial|troublesome|unreasonable|obsessive parent|parents|mother|mum|father|dad|family|families|complainant|complainer
persistent complainer|complainant
trouble maker|makers
troublemaker|troublemakers`
}
