package guard

import (
	"strings"
	"sync"
)

// judgeTitle asks about "Dear Mrs Nunn" on a letter to Derek Nunn while Joanne Nunn is on
// the case too: one surname, another person. It is silent unless the recipient's own
// name, or what he is to the child, says that the title is not his.
func judgeTitle(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	sex, last := titleOf(m.newest)
	if sex == "" {
		return nil
	}
	var wrong []recipient
	for _, r := range m.recipients {
		n := nameWords(r.name)
		if len(n) < 2 || n[len(n)-1] != last {
			continue
		}
		if own := m.sexOf(r.name, r.people); own == "" || own == sex {
			return nil // the greeting can be meant for this one
		}
		wrong = append(wrong, r)
	}
	var out []Finding
	for _, p := range m.parties() {
		n := nameWords(p.Name)
		if len(n) < 2 || n[len(n)-1] != last || m.receives(p) || m.sexOf(p.Name, []Person{p}) != sex {
			continue
		}
		for _, r := range wrong {
			out = append(out, Finding{
				Rule: RuleSalutation, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
				Words: "You greeted " + p.Name + ", but this goes to " + r.called + ".",
			})
		}
	}
	return once(out)
}

// titleOf reads "Dear Mrs Nunn": "f" and "nunn". A greeting with a first name or to two
// says nothing.
func titleOf(text string) (sex, last string) {
	line := strings.SplitN(strings.TrimSpace(text), "\n", 2)[0]
	w := words(line)
	if len(w) < 3 || !isGreeting(w[0]) {
		return "", ""
	}
	end := len(words(strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ':' || r == '!' || r == '-' })[0]))
	if end != 3 {
		return "", ""
	}
	switch w[1] {
	case "mr":
		return "m", w[2]
	case "mrs", "ms", "miss":
		return "f", w[2]
	}
	return "", ""
}

// sexOf is "m" or "f" where the record or a first name that is nearly always one says so.
func (m *matter) sexOf(name string, people []Person) string {
	for _, p := range people {
		if l, ok := p.here(m.f.CaseRef); ok {
			switch strings.ToLower(l.Relation) {
			case "mother", "grandmother", "stepmother", "aunt":
				return "f"
			case "father", "grandfather", "stepfather", "uncle":
				return "m"
			}
		}
	}
	if n := nameWords(name); len(n) > 0 {
		return usualSex()[n[0]]
	}
	return ""
}

var usualSex = sync.OnceValue(func() map[string]string {
	set := map[string]string{}
	for _, w := range strings.Fields(womensNames()) {
		set[w] = "f"
	}
	for _, w := range strings.Fields(mensNames()) {
		set[w] = "m"
	}
	return set
})

func womensNames() string {
	return `aisha alice alison amanda amelia amina amy ana angela anita ann anna anne annie anya asha barbara beth beverley bridget bryony carol caroline catherine cathy charlotte cheryl chloe christina christine
	claire clare deborah debbie denise diana diane donna dorota dorothy efua eleanor elif elizabeth ellen emily emma esther eva fatima fatou fiona frances gemma georgina gillian grace grazyna gwen hannah harriet heather
	helen holly ingrid irene isabel jacqueline jane janet janice jasmine jean jennifer jenny jessica jill joan joanna joanne josephine joyce judith judy julia julie karen kate katherine kathleen katie kelly kerry khadija laura lauren
	leanne lesley linda lisa lorna lorraine louise lucy lydia lynn lynne maggie malgorzata margaret maria marie marilyn mary maryam maureen megan melanie michelle miriam monica nadia nancy naomi nasrin natalie natasha nicola nicole nina
	nora olivia pamela patricia paula pauline philippa priya rachel rebecca rosemary ruth samantha sandra sarah shannon sharon sheila shirley siobhan sonia sophia sophie stacey stella stephanie susan suzanne sylvia tamara tanya tegan
	teresa theresa tina tracey tracy valerie vanessa vera veronica victoria wendy yasmin yvonne zainab zoe zofia`
}

func mensNames() string {
	return `abdul abdullah adam adrian ahmed alan albert alexander ali alistair andrew anthony antonio ashok barry ben benjamin bernard brian bruce callum carl charles christopher clive colin conor craig daniel darren dave david dean declan dennis derek
	diego dominic donald douglas duncan edward eric ethan francis frank fraser gareth garry gary gavin geoffrey george gerald gerard giles glenn gordon graham greg gregory hamza harold harry hassan henry howard hugh hussein ian ibrahim
	imran ivan jack jacob jakub james jason jeffrey jeremy john jonathan joseph joshua julian kamal keith kemal kenneth kevin krzysztof kwame lawrence leonard liam luke malcolm marcin marcus marek mark martin matthew michael mohamed mohammad mohammed
	muhammad mustafa nathan neil nicholas nigel nikhil norman oliver omar oscar osman owen patrick paul pawel peter philip piotr raj ralph raymond richard robert rodney roger ronald roy russell ryan samuel sean shaun simon spencer stanley
	stephen steven stewart stuart terence terry thomas timothy tomasz toby trevor victor vikram vincent vinh walter wayne william yusuf zachary`
}
