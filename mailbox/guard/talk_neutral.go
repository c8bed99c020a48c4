package guard

import (
	"slices"
	"strings"
	"sync"
)

// A text that is meant for a colleague while somebody outside would get it is a
// question only when each sentence of it is one that anybody may read: it asks for
// something to be sent, booked or added, says when and where, or thanks. Everything
// else stops. This way round no list has to hold all that can be said behind
// somebody's back.

// neutral reports such a text. family tells that somebody of a family would read it.
func (m *matter) neutral(text string, family bool) bool {
	child := m.namesChild(text)
	for _, s := range m.talkSentences(text) {
		if !neutralSentence(s, family, child) {
			return false
		}
	}
	return true
}

// talkSentences are the sentences of a text as words, without the names of staff
// and of the child, and without words of greeting.
func (m *matter) talkSentences(text string) [][]string {
	var out [][]string
	for _, part := range strings.FieldsFunc(withoutLinks(text), func(r rune) bool { return strings.ContainsRune(".!?\n;…", r) }) {
		w := words(part)
		w = slices.DeleteFunc(w, func(x string) bool {
			return isGreeting(x) || m.isStaffWord(x) || m.isStaffLast(x) || m.isChildWord(x) || m.isChildWord(strings.TrimSuffix(x, "s"))
		})
		if len(w) > 0 {
			out = append(out, w)
		}
	}
	return out
}

func (m *matter) isStaffLast(w string) bool {
	return slices.ContainsFunc(m.names.staff, func(n []string) bool { return len(n) > 1 && n[len(n)-1] == w })
}

// neutralSentence judges one sentence.
func neutralSentence(w []string, family, child bool) bool {
	plain := plainWords()
	negated, when, ours, odd := false, false, false, 0
	for _, x := range w {
		switch {
		case plain.loaded[x]:
			return false
		case family && isAdultWord(x):
			return false
		case family && !child && isThird(x):
			return false
		}
		negated = negated || isNegation(x)
		ours = ours || x == "we" || x == "our" || x == "weve" || x == "well" && w[0] == x || x == "wed"
		when = when || isWhen(x)
		if !plain.easy[x] && !isWhen(x) && !isThird(x) {
			odd++
		}
	}
	if contains([]string{"which", "when", "where", "what", "whens", "wheres"}, w[0]) && len(w) > 1 && (plain.places[w[1]] || w[1] == "are" || w[1] == "do") {
		ours = false // "Which room are we in?"
	}
	if from, _, ok := stance().find(w); ok && from >= 0 {
		return false
	}
	if odd == 0 {
		return !negated || when
	}
	if negated || ours {
		return false
	}
	return asksPlainly(w, plain) || when && odd <= 2 && odd*3 <= len(w)
}

// asksPlainly reports a request for something that anybody may see being asked.
func asksPlainly(w []string, plain *plainBook) bool {
	at := -1
	for i, x := range w {
		next := ""
		if i+1 < len(w) {
			next = w[i+1]
		}
		switch {
		case x == "please" || x == "pls" || x == "plz" || x == "kindly" || x == "grateful" || x == "remember",
			(x == "can" || x == "could" || x == "would" || x == "will" || x == "may") && (next == "you" || next == "u" || next == "i"),
			x == "let" && next == "me":
			at = i
		case (x == "are" || x == "is" || x == "do" || x == "have" || x == "when" || x == "where" || x == "wheres" || x == "whens") && i == 0:
			at = i
		case (x == "what" || x == "which") && plain.places[next]:
			return true
		}
		if at >= 0 {
			break
		}
	}
	if at < 0 && plain.tasks[w[0]] {
		at = 0 // "Send me the form when you can"
	}
	if at < 0 {
		return false
	}
	for _, x := range w[at:min(len(w), at+7)] {
		if plain.tasks[x] {
			return true
		}
	}
	return false
}

func isNegation(x string) bool {
	switch x {
	case "not", "no", "never", "dont", "doesnt", "didnt", "wont", "cant", "cannot", "isnt", "arent", "wasnt", "wouldnt", "shouldnt", "neednt", "hasnt", "havent", "nothing", "nobody", "without":
		return true
	}
	return false
}

// isWhen reports words for days, times and rooms.
func isWhen(x string) bool {
	if allDigits(x) || isMonth(x) || strings.HasSuffix(x, "day") && len(x) <= 9 || strings.HasSuffix(x, "days") {
		return true
	}
	if x[0] >= '0' && x[0] <= '9' && len(x) <= 5 {
		return true // 10am, 14th
	}
	switch x {
	case "tomorrow", "tonight", "week", "weeks", "month", "morning", "afternoon", "evening", "noon", "oclock", "am", "pm", "room", "half", "term", "fortnight", "lunchtime", "mon", "tue", "tues", "wed", "thu", "thurs", "fri":
		return true
	}
	return false
}

// plainBook holds the words of neutralSentence.
type plainBook struct{ easy, loaded, tasks, places map[string]bool }

// plainWords reads them once.
var plainWords = sync.OnceValue(func() *plainBook {
	set := func(texts ...string) map[string]bool {
		s := map[string]bool{}
		for _, t := range texts {
			for _, f := range strings.Fields(t) {
				s[f] = true
			}
		}
		return s
	}
	return &plainBook{
		easy: set(plainFunction, plainTasks, plainThings), loaded: set(loadedWords), tasks: set(plainTasks + " free available able around coming in ok okay possible know ready"),
		places: set("time date day room venue form number address link email phone postcode spelling extension"),
	}
})

// Words that say nothing about anybody.
const plainFunction = `a an and or the to of in on at for from by with as is are be am was will would can could may do does did has have had i im ill ive id me my you your u ur youre youve
it its this that these those there here heres thats if when where what which who how so then than also too just please pls kindly thanks thank ta cheers many diolch grateful regards kind best wishes
yes yep ok okay sure great lovely perfect brilliant fine good helpful thats noted will shall get got let us once soon asap minute moment chance whenever possible able free available ready both all everyone
hope well welcome no problem worries hi hello dear sorry re fw fwd about up out over into new latest first second last next before after still again now today been being more one two three some any via per`

// What one colleague asks of another in front of anybody.
const plainTasks = `send sent sends resend forward add upload uploaded print book booked confirm circulate update updated scan post save attach attached order arrange organise set setup move share email phone ring call text
invite bring provide give put file copy check chair attend join meet collect return sign fill complete pass let reply note amend correct change issue deliver reserve pop drop request dial schedule rearrange distribute type look`

// Things that such requests are about.
const plainThings = `form forms copy copies number phone mobile address email letter letters report reports plan plans draft agenda minutes notes review reviews meeting meetings call visit appointment time times date dates day diary calendar
room venue office teams zoom link invite invitation taxi transport route driver escort school schools college class parking list folder system attachment document documents file paperwork details info information question questions
drive annual leave working hybrid reception building desk door floor key keys laptop projector tea coffee biscuits papers pack timetable register consent signature signed page pages copy hand version contact rota cover back speak see`

// Words that no plain request to a colleague holds.
const loadedWords = `tribunal appeal appeals appellant appealing complaint complaints complain ombudsman solicitor solicitors barrister counsel legal lawyer litigation litigate court witness evidence hearing
budget cost costs funding fund funded money expensive cheaper cheap spend overspend compensation payout pay paying exposure liability liable risk risky breach unlawful deadline overdue late lost missed mistake mistakes error wrong fault
concede defend defence refuse refused reject decline stall ignore delay delayed backdate diagnosis diagnosed safeguarding mash police allegation allegations suspect lie lying lied liar believe credible reliable reliability honest candid candidly
secret quiet confidential confidence hide hiding aware unaware vexatious difficult demanding aggressive drunk drugs drinking mental anxious hysterical emotional manipulative ridiculous nonsense rubbish stupid mad crazy awful nightmare
panel decision position strategy tactic tactics argue argument weak weakest strong case exemption foi sar press media facebook councillor mp threat threatening threatened fight angry upset cross moan moaning whinge rant rude
wtf ffs omg lol lmao bloody hell damn god sake ridiculous unbelievable typical honestly frankly obviously apparently supposedly allegedly wonder expect suppose guess reckon doubt hoping worried concerned annoying tired sick fed`

// stance is somebody's own view or plan.
var stance = sync.OnceValue(func() *phrases {
	return readPhrases(`i think|feel|find|believe|reckon|suspect|doubt|guess|suppose|propose|prefer|suggest|gather|fear|worry|wonder|agree|disagree|recommend|advise|assume|imagine
id|ill rather|say|suggest|leave|let|wait|prefer|propose|argue|deny|resist|go
i would|should|might|may|must rather|say|suggest|leave|let|wait|prefer|propose|argue|deny|resist|not|go|be
im inclined|minded|worried|concerned|afraid|not|sure|convinced|tempted|going
my view|own|preference|opinion|impression|advice|sense|feeling|guess|instinct|concern|worry
in my
between us|ourselves|you
get|gets|getting away|rid|wind
say|saying nothing|no|yes|that|as
tell|telling|told _
how do|should|can we|i
what do|should|can we|i do|say|tell|offer|want|think|make|need|put|write|know
what did|was|were|have we|our
do we|i
should we|i
can|could we
lets
let us not|just|say|wait|leave|keep|see
shall we|i
as little|few
same|usual old|tone|story|again|thing
not again
here we go
well done for
good luck
keep|keeping it|this|them|her|him|an|from
hold off|on|back|fire
leave|leaving|keep|take|miss ... out
omit|omitting|skip|gloss|glossing
sit on
log|logged|record|recorded|put|mark|close|closed|down it|this|as|her|him|them
leave it|this|that|them|him|her
back me|us
cover for|me|us|our|this`)
})

// pressure is asking a professional to write what suits us.
const pressure = `prefer|rather|appreciate|could|can|please|helpful|better|like ... your|the|that report|advice|recommendation|recommendations|letter|opinion|wording|evidence|statement|refusal|response ... didnt|doesnt|not|without|less|vaguer|softer|shorter|out
leave|leaving|left|take|taking out ... recommendation|recommendations|number|hours|part|bit|1|paragraph
tone|toned|toning ... down
soften|softer|water
see your way
dont|not|didnt|without specify|specifying|quantify|quantifying|recommend|recommending|put|putting|commit|committing|naming
help|helpful|useful|good|best if ... refusal|response|reply|letter|report|advice ... sounded|sounds|said|says|stressed|was|is|were|made|makes|put
likely|going|about|bound|set to be turned|refused|rejected|declined|told
hold us to
mind not
disagree|disagrees|disagreeing with us
cant|dont|not|stop|rather ... you|school|them|him|her telling|saying|promising|suggesting|encouraging|advising`

// conceals reports a text that keeps something from the family: a sentence says that
// they do not know or are not to hear yet, and another or the same one asks for
// silence.
func (m *matter) conceals(text string) bool {
	hush, dark := false, false
	for _, s := range sentences(text) {
		if _, _, ok := hushed().find(s); ok {
			hush = true
		}
		if !containsAny(s, "mum", "mums", "dad", "dads", "mother", "father", "parent", "parents", "family", "her", "him", "them", "she", "he", "they", "mrs", "ms", "mr") && !m.speaksOfFamily(s) {
			continue
		}
		know := containsAny(s, "know", "knows", "told", "tell", "telling", "aware", "informed", "inform", "learn", "hear", "hears", "find", "finds", "notice", "realise", "realised", "unaware")
		not := slices.ContainsFunc(s, isNegation) || containsAny(s, "until", "till", "after", "before", "yet", "unaware", "intend", "rather", "best", "better", "first")
		dark = dark || know && not
	}
	return hush && dark
}

var hushed = sync.OnceValue(func() *phrases {
	return readPhrases(`confidentially
entre nous
hand on heart
cant|cannot|wont|couldnt ... in writing|print|email
on the qt
you|he|she didnt|did|never hear|get|not ... from me
no|any further than
goes no further
just between
between _ and us|me|you|ourselves
in confidence
in strict|strictest|complete|total confidence
between us|ourselves
between you and
off the record
please dont|not|do mention|not|share|tell|say|repeat|pass|discuss|let
dont|not mention|repeat|breathe|share|tell|say|let|pass|discuss
keep this|it|that to|between|quiet|under|from
for your|now eyes|ears|information only
strictly between
ill|would deny
privately
on the quiet
under wraps
said nothing|this
havent|not said|told|let|mentioned|shared`)
})

// withoutLinks leaves out web addresses, which say nothing to anybody.
func withoutLinks(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	f := strings.Split(text, " ")
	return strings.Join(slices.DeleteFunc(f, func(x string) bool { return strings.Contains(x, "://") }), " ")
}

// hushedWeight is how often a text asks a professional for silence, as weight. That
// something is not to be shared yet is said of every draft and counts elsewhere.
func hushedWeight(w []string) int {
	n := 0
	for _, p := range hushed().all(w) {
		if !containsAny(w[p[0]:p[0]+1], "please", "dont", "not", "havent", "keep", "for") {
			n += 2
		}
	}
	return min(4, n)
}

// wishes are what somebody hopes that a family does or does not do.
var wishes = sync.OnceValue(func() *phrases {
	return readPhrases(`hope|hoping|hopefully|pray|wish|bet|doubt ... mum|dad|mother|father|parents|family|she|he|they
lets|let hope|pray
mum|dad|mother|father|parents|family|she|he|they ... wont|doesnt|dont|not notice|compare|check|read|spot|ask|realise|see`)
})
