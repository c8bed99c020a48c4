package wording

// The letters, by the name under which the outbox has them.
const (
	Ack            = "ack"             // to a family: we have your email
	AckAgain       = "ack_again"       // to a family that had to ask again
	AckRequest     = "ack_request"     // a person confirmed that it asks for an assessment
	AckYoung       = "ack_young"       // to a young person
	AckSchool      = "ack_school"      // to a school, a professional or an MP
	Receipt        = "receipt"         // to somebody whom we do not know
	ReceiptNeutral = "receipt_neutral" // says that it came and nothing else
)

// Field is something that the program fills in.
type Field struct {
	Name    string // as it stands between the brackets
	Means   string // for whoever writes the words
	Example string // for previews
	// Constant fields are the council's own, or made of the reference alone: whoever
	// quotes one back has supplied nothing.
	Constant bool
	// Today: the field applies on some days only; its paragraph is left out on others.
	Today bool
}

// fields lists every field there is. None holds anything that a sender supplied,
// a child's name, an address or private text.
func fields() []Field {
	return []Field{
		{Name: "ref", Means: "the number of the enquiry", Example: "SEN-104233", Constant: true},
		{Name: "owner", Means: "who answers: an officer or a team", Example: "Priya Nair"},
		{Name: "due", Means: "the day by which we aim to reply, as long as it is not past", Example: "Tuesday 1 December 2026", Today: true},
		{Name: "was_due", Means: "the day by which we should have replied, once it is past", Example: "Thursday 19 November 2026", Today: true},
		{Name: "topic", Means: "what it is about, from our own list, when a person or a rule has said so", Example: "a complaint", Today: true},
		{Name: "received", Means: "the day on which we got the request", Example: "Thursday 19 November 2026"},
		{Name: "law_due", Means: "the last day for telling yes or no, six weeks after the request", Example: "Thursday 31 December 2026"},
		{Name: "opens", Means: "when the office opens, while it is closed for the night or the weekend", Example: "Monday 23 November at 8:45am", Today: true},
		{Name: "closed_until", Means: "when the office opens, while it is closed for days, like at Christmas", Example: "Monday 4 January at 8:45am", Today: true},
		{Name: "phone", Means: "the team's telephone number", Example: "01234 000000", Constant: true},
		{Name: "lead", Means: "the sentence that says whom to ask for", Example: "Ask for the team manager. They can see this email.", Constant: true},
		{Name: "edt", Means: "the number of the emergency duty team", Example: "01234 000111", Constant: true},
		{Name: "sendiass", Means: "the name of the free advice service", Example: "Westmarsh SENDIASS", Constant: true},
		{Name: "sendiass_phone", Means: "the number of the free advice service", Example: "01234 000222", Constant: true},
		{Name: "format", Means: "the sentence about large print, another language or a call", Example: "Want this in large print, another language, or by phone? Reply and tell us.", Constant: true},
		{Name: "privacy", Means: "the link to the privacy notice, when there is one", Example: "https://westmarsh.example/privacy", Constant: true, Today: true},
		{Name: "council", Means: "the name of the council", Example: "Westmarsh Council", Constant: true},
	}
}

// Block is something that a letter must say.
type Block struct {
	Says   string   // for whoever writes the words
	Fields []string // must all stand in the text
	Words  string   // must stand in the text as they are
}

// Letter is what is known of one letter.
type Letter struct {
	Name   string
	Title  string // on the list
	When   string // when it goes, and to whom
	Fields []string
	Blocks []Block
	// Values must be there when the letter is written; of OneOf at least one.
	Values, OneOf []string
}

// Letters are all letters whose words a council may change, in the order of the
// list; each call returns a new slice.
func Letters() []Letter {
	closed := []Block{
		{Says: "when the office opens again, after hours", Fields: []string{"opens"}},
		{Says: "when the office opens again, after a closure", Fields: []string{"closed_until"}},
	}
	urgent := Block{Says: "what to do when a child is in danger: call 999, and the number of the emergency team", Fields: []string{"edt"}, Words: "999"}
	advice := Block{Says: "where to get free advice", Fields: []string{"sendiass", "sendiass_phone"}}
	format := Block{Says: "how to get it in another form", Fields: []string{"format"}}
	number := Block{Says: "the number of the enquiry", Fields: []string{"ref"}}
	who := Block{Says: "who answers", Fields: []string{"owner"}}
	when := Block{Says: "by when, and what to say when that day is past", Fields: []string{"due", "was_due"}}
	missed := Block{Says: "what to do when nobody answers in time", Fields: []string{"phone", "lead"}}
	call := Block{Says: "a number to call", Fields: []string{"phone"}}
	family := append([]Block{number, who, when, missed, urgent, advice, format}, closed...)
	help := []string{"phone", "edt", "sendiass", "sendiass_phone", "format"}
	always := append([]string{"ref", "owner", "lead"}, help...)
	own := []string{"ref", "owner", "due", "was_due", "opens", "closed_until", "phone", "lead", "edt", "sendiass", "sendiass_phone", "format", "privacy", "council"}
	plain := []string{"opens", "closed_until", "phone", "edt", "sendiass", "sendiass_phone", "format", "council"} // and no link
	either := []string{"due", "was_due"}
	return []Letter{
		{Name: Ack, Title: "We have your email", When: "At once, to somebody on the case.", Fields: append(own[:len(own):len(own)], "topic"), Blocks: family, Values: always, OneOf: either},
		{Name: AckAgain, Title: "They asked again", When: "To a family that writes again while it still waits.", Fields: own, Blocks: family, Values: always, OneOf: either},
		{
			Name: AckRequest, Title: "Request for an assessment", When: "When a person has confirmed that an email asks for an EHC needs assessment.",
			Fields: []string{"ref", "owner", "received", "law_due", "closed_until", "phone", "lead", "edt", "sendiass", "sendiass_phone", "format", "privacy", "council"},
			Blocks: []Block{number, who, {Says: "when we got the request and the last day for an answer in law", Fields: []string{"received", "law_due"}}, closed[1], missed, urgent, advice, format},
			Values: append([]string{"received", "law_due"}, always...),
		},
		{Name: AckYoung, Title: "To a young person", When: "At once, to a young person who writes for themself.", Fields: own, Blocks: family, Values: always, OneOf: either},
		{
			Name: AckSchool, Title: "To a school or professional", When: "At once, to a school, a professional or an MP on the case.",
			Fields: own, Blocks: append([]Block{number, who, when, missed, urgent}, closed...), Values: []string{"ref", "owner", "lead", "phone", "edt"}, OneOf: either,
		},
		{
			Name: Receipt, Title: "We do not know who this is", When: "To somebody whom we do not know, or when we cannot tell which child it is about. It says nothing of any case.",
			Fields: plain, Blocks: append([]Block{call, urgent, advice, format}, closed...), Values: help,
		},
		{
			Name: ReceiptNeutral, Title: "Neutral", When: "For words about safety, restricted cases, people who may be told little, and mailboxes that several people read. No number, child, officer or date.",
			Fields: plain, Blocks: append([]Block{call, urgent, advice, format}, closed...), Values: help,
		},
	}
}

// Of is the letter with a name.
func Of(name string) (Letter, bool) {
	for _, l := range Letters() {
		if l.Name == name {
			return l, true
		}
	}
	return Letter{}, false
}

// FieldsOf are the fields that a letter may use.
func (l Letter) FieldsOf() []Field {
	var out []Field
	for _, name := range l.Fields {
		if f, ok := field(name); ok {
			out = append(out, f)
		}
	}
	return out
}

func field(name string) (Field, bool) {
	for _, f := range fields() {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}
