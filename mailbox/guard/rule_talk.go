package guard

import (
	"slices"
	"strings"
)

// talk is what a letter's newest words show about whom they are meant for. It is
// weighed, because no sign alone is enough: at least one has to be about the
// audience and one about what is said, or two about the audience.
type talk struct {
	outsideGreeted bool
	colleague      string // greeted or spoken to, and nobody outside is; "" when nobody
	aside          string // a colleague spoken to within a letter to somebody else
	present        string // a colleague who gets it, when nobody outside is greeted
	named          bool   // somebody outside who gets it is spoken of by name or part
	openCopy       bool   // ... and is said to be copied in
	pronoun        bool   // she, he, they, and nobody outside is greeted
	grown          bool   // mum, the family
	adult          bool   // ... and it is not the child who is meant, as far as one can see
	dual           bool   // somebody greeted is outside for this case and staff otherwise
	partner        bool   // all who would get it outside are professionals
	second         bool   // you, your: somebody is spoken to
	toStaff        bool   // it is staff whom it is written to, by its greeting or by who stands in To
	plain          bool   // every sentence is one that anybody may read
	everybody      bool   // "Hi all" with nobody but staff in To: those on copy are meant by chance
	shared         bool   // somebody of staff stands in To
	kept           bool   // professionals are told what the family is not to hear
	hushed         int    // weight of asking a professional for silence
	said           int    // weight of what is said
}

func (m *matter) readTalk() *talk {
	if m.talk != nil {
		return m.talk
	}
	text := m.newest
	if len(text) > maxTalk {
		text = text[:maxTalk]
	}
	t := &talk{}
	m.talk = t
	w := words(text)
	g := greetingOf(text)
	staffFirst := m.staffFirst()
	t.outsideGreeted = m.greetsOutside(g) && (!g.staff || !staffFirst) || m.vocative(text)
	if g.both && staffFirst && m.staffCount() == 2 {
		g.staff, t.outsideGreeted = true, m.vocative(text)
	}
	t.everybody = g.all && staffFirst
	for _, r := range m.outside {
		t.dual = t.dual || calls(g.words, nameWords(r.name)) && m.isStaffAddress(r.addr)
	}
	t.partner = len(m.outside) > 0 && !m.familyOutside()
	if !t.outsideGreeted {
		t.colleague = m.greetedColleague(g, text)
	}
	if g.staff && staffFirst && !t.outsideGreeted {
		t.colleague = "colleagues"
	}
	var rest []string
	t.aside, rest = m.asideTo(text, t.colleague)
	asideAbout := slices.ContainsFunc(rest, isThird)
	if !t.outsideGreeted && t.colleague == "" && !g.all {
		for _, r := range m.recipients {
			if r.class == staffClass && !m.isOwn(r) && r.through == "" || r.class == colleague {
				t.present = r.name
				break
			}
			if r.class == list || r.through != "" && r.class == staffClass {
				t.present = r.name
			}
		}
	}
	t.grown = slices.ContainsFunc(w, isAdultWord)
	t.grown = t.grown || m.speaksOfFamily(w)
	t.named, t.openCopy = m.speaksOf(w, g, t.outsideGreeted)
	if !t.outsideGreeted {
		t.pronoun = slices.ContainsFunc(w, isThird)
		if _, _, ok := listBook().thirdOne.find(w); ok {
			t.pronoun = true
		}
		t.second = slices.ContainsFunc(w, func(x string) bool { return x == "you" || x == "your" || x == "youre" || x == "yours" })
		t.adult = t.pronoun && (!m.namesChild(text) || slices.ContainsFunc(w, isAdultWord)) && m.familyOutside()
	}
	if asideAbout {
		t.pronoun, t.adult = true, true
	}
	weigh := func(list *phrases, each, most int) int {
		places := list.all(w)
		got := 0
		for _, p := range places {
			if !m.said(w[p[0]:p[1]]) {
				got += each
			}
		}
		return min(got, most)
	}
	t.toStaff = !t.outsideGreeted && (t.colleague != "" || t.aside != "" || staffFirst && t.present != "")
	t.shared = m.staffInTo()
	t.kept = m.conceals(text) && slices.ContainsFunc(m.outside, func(r recipient) bool { return !r.ofFamily() })
	if t.partner {
		t.hushed = hushedWeight(w)
	}
	t.plain = m.neutral(text, m.familyOutside())
	t.said = weigh(listBook().secrecy, 2, 4) + weigh(listBook().strategy, 2, 4) + weigh(listBook().pressure, 2, 4) + weigh(listBook().contempt, 1, 2) + weigh(listBook().opinion, 1, 1)
	return t
}

// maxTalk is how much of a letter is read for whom it is meant: more than any
// that a person typed.
const maxTalk = 64 << 10

// said reports words that one of the outside recipients wrote or was sent.
func (m *matter) said(run []string) bool {
	for _, r := range m.outside {
		if len(run) >= 3 && saidBy(m.seenBy(r), run) {
			return true
		}
	}
	return false
}

// audience is the weight of the signs that a letter is meant for somebody else
// than those outside who would get it.
func (t *talk) audience() int {
	n := 0
	if t.colleague != "" {
		n += 2
	}
	if t.aside != "" {
		n += 2
	}
	if t.named {
		n += 2
	}
	if t.pronoun {
		n++
	}
	if t.present != "" {
		n++
	}
	return n
}

// private reports a letter that reads as if written to a colleague.
func (t *talk) private() bool {
	if t.toStaff && !t.plain && !t.openCopy {
		return true
	}
	a := t.audience()
	alone := t.colleague == "" && t.aside == "" && t.present == "" && !t.named
	switch {
	case !t.outsideGreeted && alone:
		// Nothing but "she" speaks for a colleague as the reader, and she may be the child.
		return t.pronoun && (t.said >= 4 || t.said >= 2 && !t.second && t.adult)
	case t.outsideGreeted && t.aside == "":
		if t.kept || t.dual && t.said >= 2 || t.partner && t.grown && t.said+t.hushed >= 3 {
			return true // a colleague who is outside here; a school told about the family
		}
		if t.everybody && t.named && !t.plain && !t.openCopy && t.said > 0 {
			return true
		}
		// What is said of another recipient to the one who is greeted.
		return t.named && t.said >= 2 && !t.openCopy
	case a >= 2 && t.said >= 1, a >= 1 && t.said >= 2:
		return true
	}
	switch {
	case t.openCopy:
		return false
	case t.colleague != "" || t.aside != "":
		return t.named || t.adult // to a colleague, about somebody who would read it
	case t.present != "":
		return t.named || t.adult && !t.second
	}
	return false
}

// familyOutside reports whether somebody of a family gets the letter.
func (m *matter) familyOutside() bool {
	return slices.ContainsFunc(m.outside, func(r recipient) bool { return r.ofFamily() })
}

func isAdultWord(w string) bool {
	switch w {
	case "mum", "mums", "mother", "mothers", "dad", "dads", "father", "fathers", "parent", "parents", "family", "woman", "man", "lady":
		return true
	}
	return false
}

// isPrivateTalk reports talk among colleagues, for other rules.
func (m *matter) isPrivateTalk() bool { return m.readTalk().private() }

// judgeTalk looks for a letter that is meant for a colleague while somebody
// outside would get it.
func judgeTalk(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	t := m.readTalk()
	who := t.colleague
	for _, other := range []string{t.aside, t.present, "a colleague"} {
		if who == "" {
			who = other
		}
	}
	var out []Finding
	for _, r := range m.outside {
		switch {
		case t.private():
			out = append(out, Finding{
				Rule: RuleStaffTalk, Decision: Block, Mailbox: r.mailbox, Person: r.name,
				Words: "This reads as if written to " + who + ". " + r.name + " would get it too.",
			})
		case t.colleague == "" && t.aside == "" && t.second && !t.named && !t.adult && !t.shared:
			// No greeting, but nobody else stands in To and it says "you".
		case t.colleague != "" || t.present != "" || t.aside != "":
			out = append(out, Finding{
				Rule: RuleMixedAudience, Decision: Confirm, Mailbox: r.mailbox, Person: r.name,
				Words: "You have written to " + who + ". " + r.name + " will read it as well.",
			})
		}
	}
	return append(out, m.fileTalk()...)
}

// greetsOutside reports a greeting of somebody outside who gets the letter, or of
// everybody by what they are.
func (m *matter) greetsOutside(g greeting) bool {
	for _, r := range m.outside {
		if r.class == colleague && calls(g.words, nameWords(r.name)) {
			return true
		}
		for _, p := range r.people {
			if calls(g.words, nameWords(p.Name)) {
				return true
			}
		}
	}
	if g.formal && (g.all || len(g.words) == 0) {
		// "Dear parents", "Dear both", "Good morning": to everybody who gets it.
		return g.all || !m.staffInTo()
	}
	// "Dear Miss Pike" at a school's own mailbox: somebody whom we do not know.
	return g.formal && len(g.words) > 0 && !m.isStaffFirst(g.words) && !m.staffFirst()
}

// isOwn reports the author's own copy, or one for a mailbox of ours: these say
// nothing about whom a letter is meant for.
func (m *matter) isOwn(r recipient) bool {
	if m.f.Author != nil && FoldMailbox(m.f.Author.Mailbox) == r.mailbox {
		return true
	}
	return slices.ContainsFunc(m.f.OwnMailboxes, func(own string) bool { return FoldMailbox(own) == r.mailbox })
}

func (m *matter) isStaffFirst(greeted []string) bool {
	return slices.ContainsFunc(m.names.staff, func(n []string) bool { return calls(greeted, n) })
}

// greetedColleague is the first name of the member of staff to whom the letter
// begins to talk.
func (m *matter) greetedColleague(g greeting, text string) string {
	for _, n := range m.names.staff {
		if len(n) == 0 || m.isAuthorName(n) && !g.formal {
			continue
		}
		if len(g.words) > 0 && calls(g.words, n) {
			return title(n[0])
		}
	}
	// "Tariq this is the third": a name, and then somebody begins to talk.
	w := words(firstLine(text))
	if len(w) >= 2 && len(g.words) == 0 && begins(w[1]) && !isAuxiliary(w[0]) {
		for _, n := range m.names.staff {
			if len(n) > 0 && n[0] == w[0] && !m.isAuthorName(n) {
				return title(n[0])
			}
		}
	}
	return ""
}

func (m *matter) isAuthorName(n []string) bool {
	return m.f.Author != nil && m.f.Author.Name != "" && slices.Equal(n, nameWords(m.f.Author.Name))
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func firstLine(text string) string {
	for _, l := range strings.Split(text, "\n") {
		if strings.TrimSpace(l) != "" {
			return l
		}
	}
	return ""
}

// begins reports words with which one begins to say something to the person
// named before; a name before "is" or "will" is the subject instead.
func begins(w string) bool {
	switch w {
	case "this", "that", "she", "he", "they", "shes", "hes", "theyre", "can", "could", "would", "please", "pls", "plz", "i", "im", "ive", "id", "ill",
		"we", "weve", "you", "see", "just", "fyi", "re", "do", "dont", "did", "here", "heres", "what", "why", "how", "any", "not", "mum", "dad", "have",
		"another", "more", "looks", "thoughts", "help", "for", "sorry", "thanks", "thank", "ok", "yes", "no", "its":
		return true
	}
	return false
}

// isAuxiliary reports first names that begin questions and sentences.
func isAuxiliary(w string) bool {
	return w == "will" || w == "may" || w == "mark" || w == "bill" || w == "grant" || w == "sue" || w == "pat"
}

// asideTo is a colleague spoken to within the letter: "[Tariq - is this ok?]",
// "PS Dee, she will not like it".
func (m *matter) asideTo(text, greeted string) (name string, rest []string) {
	for i, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '.' || r == '!' || r == '?' || r == '[' || r == '(' }) {
		line = strings.TrimLeft(strings.TrimSpace(line), "*@>-/# ")
		for _, lead := range []string{"PPS", "PS", "P.S", "NB", "N.B", "FYI", "FAO", "Note to", "For"} {
			if rest, ok := strings.CutPrefix(line, lead); ok {
				line = strings.TrimLeft(rest, " :,-@")
				break
			}
		}
		end := strings.IndexAny(line, ",:-–—")
		if end <= 0 || end > 30 {
			continue
		}
		w := words(line[:end])
		after := words(line[end:])
		if len(w) == 0 || len(w) > 2 || len(after) == 0 || len(after) > 0 && apposition(after[0]) {
			continue
		}
		for _, n := range m.names.staff {
			if len(n) == 0 || m.isAuthorName(n) || w[0] != n[0] || len(w) == 2 && w[1] != n[len(n)-1] || title(n[0]) == greeted || m.isOutsideName(n[0]) {
				continue
			}
			if i == 0 && greeted != "" {
				continue
			}
			// "Tariq, Dee and I": a list of people is no aside.
			if line[end] == ',' && len(after) > 0 && (m.isStaffWord(after[0]) || !begins(after[0]) && !isThird(after[0]) && after[0] != "is" && after[0] != "check") {
				continue
			}
			return title(n[0]), after
		}
	}
	return "", nil
}

func (m *matter) isStaffWord(w string) bool {
	return slices.ContainsFunc(m.names.staff, func(n []string) bool { return len(n) > 0 && n[0] == w })
}

func (m *matter) isOutsideName(first string) bool {
	for _, r := range m.outside {
		if n := nameWords(r.name); len(n) > 0 && n[0] == first {
			return true
		}
	}
	return len(m.names.child) > 0 && m.names.child[0] == first
}

// apposition reports words that follow a name which is only being explained.
func apposition(w string) bool {
	switch w {
	case "who", "whom", "whose", "which", "our", "the", "your", "a", "an", "and", "my", "his", "her":
		return true
	}
	return false
}

func isThird(w string) bool {
	switch w {
	case "she", "he", "her", "him", "his", "shes", "hes", "shell", "they", "them", "theyre", "their", "mum", "mums", "mother", "mothers", "dad", "dads", "father", "fathers", "parent", "parents", "family", "woman", "man":
		return true
	}
	return false
}

// speaksOf reports that somebody outside who gets the letter is spoken of in it:
// by name after the greeting, or by the part that they have.
func (m *matter) speaksOf(w []string, g greeting, outsideGreeted bool) (named, openCopy bool) {
	body := w
	if n := len(g.words); n > 0 && len(w) > n {
		if g.formal {
			n++
		}
		body = w[min(len(w), n):]
	}
	copied := listBook().copied
	for _, r := range m.outside {
		if outsideGreeted && (calls(g.words, nameWords(r.name)) || g.all && !m.staffFirst()) || r.class == unknown {
			continue
		}
		at := -1
		n := nameWords(r.name)
		for i, x := range body {
			switch {
			case len(n) > 1 && i > 0 && body[i-1] == "the" && x == n[len(n)-1]+"s",
				len(n) > 0 && !m.isChildWord(n[0]) && (x == n[0] || x == n[0]+"s") && len(n[0]) > 2 && !m.isStaffWord(n[0]),
				len(n) > 1 && i > 0 && isTitle(body[i-1]) && (x == n[len(n)-1] || x == n[len(n)-1]+"s"),
				len(n) > 1 && i > 0 && isTitle(body[i-1]) && len(x) == 1 && x == n[len(n)-1][:1],
				r.part(x, outsideGreeted):
				at = i
			}
			if at >= 0 {
				break
			}
		}
		if at < 0 {
			continue
		}
		near := body[max(0, at-5):min(len(body), at+6)]
		if _, _, ok := copied.find(near); ok {
			openCopy = true
		} else {
			named = true
		}
	}
	if named {
		openCopy = false
	}
	return named || openCopy, openCopy
}

func (m *matter) isChildWord(w string) bool { return slices.Contains(m.names.child, w) }

// part reports a word for what the recipient is to the case. To a school about a
// mother it is nothing; it counts for those who are that part themselves.
func (r recipient) part(w string, outsideGreeted bool) bool {
	if outsideGreeted {
		return false
	}
	for _, p := range r.people {
		switch {
		case p.Kind == KindParent && (w == "mum" || w == "mums" || w == "dad" || w == "dads" || w == "mother" || w == "father" || w == "parent" || w == "parents" || w == "family"):
			return true
		case p.Kind == KindOther && (w == "gran" || w == "grandmother" || w == "nan" || w == "advocate" || w == "family"):
			return true
		case p.Kind == KindSchool && (w == "school" || w == "senco" || w == "head" || w == "headteacher"):
			return true
		case p.Kind == KindProfessional && (w == "solicitor" || w == "ep" || w == "psychologist" || w == "therapist" || w == "ot"):
			return true
		case p.Kind == KindMP && (w == "mp" || w == "councillor"):
			return true
		case p.Kind == KindYoungPerson && (w == "lad" || w == "boy" || w == "girl"):
			return true
		}
	}
	return false
}

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
			continue
		}
		name := strings.TrimPrefix(v.where, "file ")
		for _, r := range m.outside {
			f := Finding{
				Rule: rule, Decision: Block, Mailbox: r.mailbox, Person: r.name, Evidence: v.where + ": " + evidence,
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
	low := strings.ToLower(v.text)
	at := -1
	for _, sign := range []string{"comment by", "comment:", "comment [", "[comment", "comments:", "deleted:", "inserted:", "tracked change", "hidden sheet", "hidden text", "speaker notes", "notes:", "reviewer", "margin note", "internal discussion"} {
		if i := strings.Index(low, sign); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	return words(v.text[at:])
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
