package mailtest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// phrases writes what families write. All people, schools and numbers are made up.
type phrases struct {
	r      *rand.Rand
	f      Family
	latin1 bool // use no character that ISO 8859-1 lacks, as far as it is ours to choose
}

// fill puts names, days and places into a sentence.
func (p phrases) fill(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		word, after, _ := strings.Cut(rest, "}")
		b.WriteString(p.word(word))
		s = after
	}
}

// word draws what stands for a name in braces.
func (p phrases) word(name string) string {
	switch name {
	case "child":
		return p.f.Child
	case "day":
		return pick(p.r, []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"})
	case "month":
		return pick(p.r, []string{"January", "March", "May", "June", "September", "November"})
	case "school":
		return pick(p.r, []string{"Hollybank Primary", "St Brannoc's", "Fern Lane Academy", "Millbrook School", "The Larches"})
	case "who":
		return pick(p.r, []string{"the educational psychologist", "the speech therapist", "the SENCO", "the paediatrician", "our caseworker", "the head teacher"})
	default: // {n}
		return strconv.Itoa(2 + p.r.IntN(11))
	}
}

func (p phrases) subject() string {
	return p.fill(pick(p.r, []string{
		"{child} – EHC plan review", "Question about {child}'s transport", "No answer since {month}", "Assessment request for {child}",
		"Section F and therapy hours", "Placement at {school}", "Draft plan – our comments", "Annual review on {day}", "{child} not in school",
		"Reports you asked for", "Appeal deadline", "Phone call on {day}", "Change of address", "Personal budget for {child}",
		"Cais am gludiant i {child}", "Pytanie o plan dla {child}", "Who is our caseworker now?", "Mediation certificate",
		"A question about the timetable, the taxi in the mornings and what happens after half-term for {child}",
	}))
}

// letter is a new mail of at least so many bytes.
func (p phrases) letter(size int) string {
	return p.assemble(pick(p.r, []string{"Dear SEN team,", "Hello,", "Good morning,", "To whom it may concern,", "Annwyl dîm,"}), size, 3)
}

// answer is a reply of at least so many bytes; people answer in fewer words.
func (p phrases) answer(size int) string {
	return p.assemble(pick(p.r, []string{"Thank you for your message.", "Thanks, that helps.", "I still have not had an answer to my question.", "That date suits us."}), size*2/3, 1)
}

func (p phrases) stranger(size int) string {
	return p.assemble("I am writing on behalf of the family, who sent me your message.", size, 1)
}

func (p phrases) absence() string {
	return p.fill("Thank you for your email. I am away until {day} and will read it when I am back.\n")
}

// assemble builds paragraphs between greeting and signature until the size and the
// number of paragraphs are reached.
func (p phrases) assemble(greeting string, size, least int) string {
	var b strings.Builder
	b.WriteString(greeting + "\n\n")
	for paragraphs := 0; paragraphs < least || b.Len() < size; paragraphs++ {
		for i := range 2 + p.r.IntN(4) {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(p.sentence())
		}
		b.WriteString("\n\n")
	}
	fmt.Fprintf(&b, "%s\n%s\n", pick(p.r, []string{"Kind regards,", "Thank you,", "Many thanks", "Yours faithfully,", "Diolch,"}), p.f.Name)
	if p.r.IntN(3) == 0 {
		fmt.Fprintf(&b, "Tel. 01234 000%03d\n", p.r.IntN(1000))
	}
	return b.String()
}

func (p phrases) sentence() string {
	for {
		if s := p.fill(pick(p.r, sentences())); !p.latin1 || latin1(s) {
			return strings.ToUpper(s[:1]) + s[1:] // every sentence begins with an ASCII letter
		}
	}
}

func sentences() []string {
	return []string{
		"{child} has been at home since {day} because the taxi did not come.",
		"We sent the report from {who} {n} weeks ago and nobody has told us whether it arrived.",
		"Could you please tell us who is dealing with {child}'s plan now that {who} has left?",
		"The draft says {n} hours of support a week, but {school} says it can only offer half of that.",
		"I rang on {day} and was told that somebody would ring back.",
		"We would like to add our comments on sections B and F before the meeting in {month}.",
		"{child} finds loud rooms very hard and has started to refuse breakfast on school days.",
		"The occupational therapy that the plan promises has not begun.",
		"Please let us know the date by which you will decide.",
		"We visited {school} and {child} felt at ease there.",
		"My husband works nights, so mornings after {n} are best for a call.",
		"I attach what {who} wrote after the last appointment.",
		"There is a waiting list of {n} months for the assessment, and {child} cannot wait that long.",
		"As I understand it the council has six weeks to answer our request.",
		"The annual review was in {month} and we have not had the decision letter.",
		"{who} said that {child} would benefit from a smaller class.",
		"We moved in {month}; the new address is on the form that I filled in on {day}.",
		"Is it right that transport ends when {child} turns sixteen?",
		"I do not understand the letter about the personal budget and would be glad of an explanation in plain words.",
		"{school} has reduced the timetable to {n} hours, which nobody has agreed with us.",
		"We are worried about the change from year six to year seven.",
		"Please send everything in large print, as we asked before.",
		"{child} likes drawing trains, cooking, and the dog of the neighbours.",
		"Last week was calmer, and {child} slept for {n} hours two nights in a row.",
		"If this cannot be settled we will ask for mediation.",
		"My mother's English is better in writing; naïve questions are mine.",
		"Nous parlons français à la maison, mais l'anglais nous convient aussi.",
		"Mae {child} yn hapusach yn y dosbarth bach.",
		"Proszę o odpowiedź na piśmie, dziękuję.",
		"The deadline on the form was “{day}”, and that was yesterday – is it too late?",
		"We paid £{n} for the taxi ourselves.",
	}
}
