package guard

import (
	"slices"
	"strconv"
	"strings"
)

// judgeProtected keeps protected addresses from the others on the case, and
// families from seeing one another.
func judgeProtected(m *matter) []Finding {
	out := m.protectedEmail()
	out = append(out, m.protectedPostal()...)
	return append(out, m.families()...)
}

// protectedEmail stops a letter that shows a protected mailbox to another
// outsider, in To or Cc or anywhere in what would leave. To a professional on the
// case alone it is a question.
func (m *matter) protectedEmail() []Finding {
	var out []Finding
	shown := map[string]bool{}
	for _, v := range m.visible() {
		shown[v] = true
	}
	for _, p := range m.f.People {
		for _, a := range p.Addresses {
			if !a.Confidential {
				continue
			}
			mb := FoldMailbox(a.Email)
			if !shown[mb] && !m.mentions(a.Email) {
				continue
			}
			for _, r := range m.outside {
				if p.has(r.mailbox) {
					continue
				}
				f := Finding{
					Rule: RuleConfidentialEmail, Decision: Block, Mailbox: r.mailbox, Person: r.called,
					Words: "This holds a protected email address. " + r.called + " must not be told it.",
				}
				if m.party(p) {
					f.Words = r.called + " would see " + p.Name + "'s protected email address."
				}
				if r.professional() {
					f.Decision = Confirm
				}
				out = append(out, f)
			}
		}
	}
	return once(out)
}

// mentions reports an address anywhere in the letter but its address fields, also
// where it is written out: "helen dot marsh at mail dot example".
func (m *matter) mentions(email string) bool {
	e := strings.ToLower(strings.TrimSpace(email))
	spoken := " " + strings.Join(words(e), " ") + " "
	for _, v := range m.views {
		if e != "" && strings.Contains(strings.ToLower(v.text), e) {
			return true
		}
		if v.turned || strings.TrimSpace(spoken) == "" {
			continue
		}
		plain := make([]string, 0, len(v.words))
		for _, w := range v.words {
			if w != "dot" && w != "at" && w != "punkt" && w != "full" && w != "stop" {
				plain = append(plain, w)
			}
		}
		if strings.Contains(" "+strings.Join(plain, " ")+" ", spoken) {
			return true
		}
	}
	return false
}

// others are the outside recipients who are not p.
func (m *matter) others(p Person) []recipient {
	var out []recipient
	for _, r := range m.outside {
		if !p.has(r.mailbox) {
			out = append(out, r)
		}
	}
	return out
}

func (r recipient) professional() bool {
	if r.class != contact {
		return false
	}
	for _, p := range r.people {
		if p.Kind != KindSchool && p.Kind != KindProfessional && p.Kind != KindMP {
			return false
		}
	}
	return true
}

// protectedPostal looks for the lines and the postcode of a protected address,
// however they are written.
func (m *matter) protectedPostal() []Finding {
	var out []Finding
	for _, p := range m.f.People {
		if p.Postal == "" || !p.hidden() {
			continue
		}
		to := m.others(p)
		if len(to) == 0 {
			continue
		}
		needles := m.together(postalNeedles(p.Postal))
		for _, v := range m.views {
			m.mind()
			if !needles.in(v) {
				continue
			}
			for _, r := range to {
				if sharesHome(r, p) {
					continue
				}
				out = append(out, Finding{
					Rule: RuleConfidentialAddress, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where,
					Words: "This holds a protected address. " + r.called + " must not be told it.",
				})
			}
		}
	}
	return once(out)
}

// sharesHome reports a recipient who is recorded as living there as well.
func sharesHome(r recipient, p Person) bool {
	for _, q := range r.people {
		if q.Postal != "" && compact(words(q.Postal)) == compact(words(p.Postal)) {
			return true
		}
	}
	return false
}

func (p Person) hidden() bool {
	if p.Hidden {
		return true
	}
	for _, l := range p.Links {
		if l.AddressHidden {
			return true
		}
	}
	return false
}

// needles are what of an address gives it away.
type needles struct {
	lines []string // words with spaces: a street, a house with its street, a house's name
	codes []string // postcodes without spaces
}

// in reports whether a view holds one of them.
func (n needles) in(v view) bool {
	tight := postcodeShape(compact(v.words))
	for _, x := range n.codes {
		if strings.Contains(tight, x) {
			return true
		}
	}
	if len(n.lines) == 0 {
		return false
	}
	text := " " + letterShape(strings.Join(postalWords(v.words), " ")) + " "
	for _, x := range n.lines {
		if strings.Contains(text, " "+letterShape(x)+" ") || len(x) >= 10 && strings.Contains(text, mirrored(letterShape(x))) {
			return true
		}
	}
	return false
}

// letterShape folds the digits that are written for letters: K1ln Close.
func letterShape(s string) string {
	return strings.NewReplacer("0", "o", "1", "l", "i", "l", "3", "e", "5", "s").Replace(s)
}

// together leaves out the lines whose words only meet across a comma in what a reader
// sees: turned round they stand beside one another by chance.
func (m *matter) together(n needles) needles {
	n.lines = slices.DeleteFunc(n.lines, func(line string) bool {
		return slices.ContainsFunc(m.views, func(v view) bool { return apart(v, line) })
	})
	return n
}

// apart reports a street's two words that only meet across a comma: "in the kiln,
// close to the window".
func apart(v view, line string) bool {
	want := strings.Fields(line)
	if v.turned || v.text == "" || len(want) != 2 || hasDigit(want[0]) {
		return false
	}
	t := wordsAsWritten(v.text)
	met := false
	for i := 0; i+1 < len(t); i++ {
		if t[i].w != want[0] || !slices.Equal(postalWords([]string{t[i+1].w}), want[1:]) {
			continue
		}
		if !t[i].breakAfter || t[i].capital || t[i+1].capital {
			return false
		}
		if !strings.Contains(v.text, ",") && !strings.Contains(v.text, ";") || v.where == "file name" || i > 0 && hasDigit(t[i-1].w) {
			return false
		}
		met = true
	}
	return met
}

// postalNeedles are the postcode and every line but the town's. A street whose
// name many towns have counts with its number alone.
func postalNeedles(postal string) needles {
	var n needles
	parts := strings.FieldsFunc(postal, func(r rune) bool { return r == ',' || r == '\n' || r == ';' })
	for i, part := range parts {
		w := postalWords(words(part))
		if code, rest, ok := postcode(w); ok {
			n.codes = append(n.codes, postcodeShape(code))
			w = rest
			if i > 0 {
				continue // the town
			}
		}
		if len(w) == 0 || i > 0 && i == len(parts)-1 {
			continue
		}
		number := ""
		street := w
		if len(w) == 2 && (w[0] == "flat" || w[0] == "apartment" || w[0] == "unit") && i+1 < len(parts) {
			// The flat with the house's number is enough to find it on a street that is known.
			if house := postalWords(words(parts[i+1])); len(house) > 1 && hasDigit(house[0]) {
				n.lines = append(n.lines, strings.Join(w, " ")+" "+house[0], strings.Join(w, " ")+" number "+house[0], strings.Join(w, " ")+" no "+house[0], strings.Join(w, " ")+" at "+house[0])
			}
		}
		for len(street) > 0 && (hasDigit(street[0]) || street[0] == "flat" || street[0] == "apartment" || street[0] == "unit" || street[0] == "no") {
			if hasDigit(street[0]) {
				number = street[0]
			}
			street = street[1:]
		}
		switch {
		case len(street) == 0 || len(street) == 1 && len(street[0]) < 5:
		case isStreet(street) && number != "" && !everyTown(street):
			n.lines = append(n.lines, strings.Join(street, " "))
		case isStreet(street) && number != "":
			n.lines = append(n.lines, number+" "+strings.Join(street, " "))
		case isStreet(street) && everyTown(street):
		case len(street) >= 2:
			if street[0] == "the" && len(street) > 2 {
				street = street[1:]
			}
			n.lines = append(n.lines, strings.Join(street, " ")) // a house's name, a street without number
		}
	}
	return n
}

// postcode takes a postcode off the end of a line (its form: BS7666).
func postcode(w []string) (code string, rest []string, ok bool) {
	for _, n := range []int{2, 1} {
		if len(w) < n {
			continue
		}
		c := compact(w[len(w)-n:])
		if len(c) < 5 || len(c) > 7 {
			continue
		}
		in := c[len(c)-3:]
		out := c[:len(c)-3]
		letter := func(b byte) bool { return b >= 'a' && b <= 'z' }
		if in[0] >= '0' && in[0] <= '9' && letter(in[1]) && letter(in[2]) && letter(out[0]) && hasDigit(out) {
			return c, w[:len(w)-n], true
		}
	}
	return "", w, false
}

// postcodeShape folds the digits that are taken for letters.
func postcodeShape(s string) string {
	return strings.NewReplacer("0", "o", "1", "l", "i", "l").Replace(s)
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// postalWords writes streets and numbers in one way.
func postalWords(w []string) []string {
	out := make([]string, 0, len(w))
	for i := 0; i < len(w); i++ {
		x := w[i]
		if tens := number(x); tens >= 20 && i+1 < len(w) && number(w[i+1]) > 0 && number(w[i+1]) < 10 {
			out = append(out, strconv.Itoa(tens+number(w[i+1])))
			i++
			continue
		} else if tens > 0 {
			out = append(out, strconv.Itoa(tens))
			continue
		}
		switch x {
		case "st", "str":
			x = "street"
		case "rd":
			x = "road"
		case "ave", "av":
			x = "avenue"
		case "ct", "crt":
			x = "court"
		case "cl":
			x = "close"
		case "dr", "drv":
			x = "drive"
		case "ln":
			x = "lane"
		case "cres", "cr":
			x = "crescent"
		case "gdns", "gdn":
			x = "gardens"
		case "pl":
			x = "place"
		case "ter", "terr":
			x = "terrace"
		case "gr", "gro":
			x = "grove"
		case "sq":
			x = "square"
		case "apt":
			x = "apartment"
		}
		out = append(out, x)
	}
	return out
}

func number(w string) int {
	for i, n := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"} {
		if n == w {
			return i + 1
		}
	}
	for i, n := range []string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"} {
		if n == w {
			return 20 + 10*i
		}
	}
	return 0
}

func isStreet(w []string) bool {
	switch w[len(w)-1] {
	case "street", "road", "avenue", "court", "close", "drive", "lane", "crescent", "gardens", "place", "terrace", "grove", "square", "way", "rise", "hill", "walk",
		"mews", "row", "view", "park", "green", "parade", "mount", "bank", "wharf", "quay", "yard", "end", "gate", "croft", "fold", "vale", "side", "path", "alley", "heights", "meadow", "meadows", "fields":
		return true
	}
	return len(w) >= 2 && w[0] == "the"
}

// everyTown reports streets that every town has: alone they say nothing.
func everyTown(w []string) bool {
	if len(w) != 2 {
		return false
	}
	switch w[0] {
	case "high", "church", "station", "main", "park", "school", "victoria", "london", "mill", "green", "king", "kings", "queen", "queens", "new", "market", "west", "east", "north", "south", "chapel", "manor", "the", "albert", "grove", "broad", "bridge":
		return true
	}
	return false
}

// families stops a letter in whose To and Cc people of unrelated children would
// see one another, whatever it says. Where they are hidden from one another it
// asks.
func (m *matter) families() []Finding {
	shown := map[string]bool{}
	for _, v := range m.visible() {
		shown[v] = true
	}
	var family []recipient
	for _, r := range m.outside {
		if r.ofFamily() {
			family = append(family, r)
		}
	}
	tied := m.ties()
	var out []Finding
	for i, a := range family {
		for _, b := range family[i+1:] {
			switch {
			case related(a, b, tied):
			case shown[a.mailbox] || shown[b.mailbox]:
				return []Finding{{Rule: RuleBulkVisible, Decision: Block, Words: "These families would see each other."}}
			case len(out) == 0:
				out = []Finding{{Rule: RuleBulkHidden, Decision: Confirm, Words: "Several families are in one hidden list. One email each is safer."}}
			}
		}
	}
	return out
}

// ties joins cases that share a parent: children of one household are one family.
func (m *matter) ties() func(string) string {
	parent := map[string]string{}
	var find func(string) string
	find = func(c string) string {
		if p, ok := parent[c]; ok && p != c {
			root := find(p)
			parent[c] = root
			return root
		}
		return c
	}
	for _, p := range m.f.People {
		if p.Kind != KindParent || len(p.Links) < 2 {
			continue
		}
		for _, l := range p.Links[1:] {
			parent[find(l.CaseRef)] = find(p.Links[0].CaseRef)
		}
	}
	return find
}

func (r recipient) ofFamily() bool {
	for _, p := range r.people {
		if p.Kind == KindParent || p.Kind == KindYoungPerson || p.Kind == KindOther {
			return true
		}
	}
	return false
}

func related(a, b recipient, family func(string) string) bool {
	cases := map[string]bool{}
	for _, p := range a.people {
		for _, l := range p.Links {
			cases[family(l.CaseRef)] = true
		}
	}
	for _, p := range b.people {
		for _, l := range p.Links {
			if cases[family(l.CaseRef)] {
				return true
			}
		}
	}
	return false
}
