package guard

import (
	"slices"
	"sync"
)

// tells reports whether a letter to r says anything about the child. It is
// asked the other way round: only the words of saying that a message came, that
// it cannot be discussed here and where to turn are known to say nothing.
// Everything else counts as telling.
func (m *matter) tells(r recipient) bool {
	silent := silence()
	allowed := map[string]bool{} // beside those
	for _, names := range m.names.staff {
		for _, n := range names {
			allowed[n] = true
		}
	}
	for _, n := range nameWords(r.name) {
		allowed[n] = true
	}
	if a := m.f.Answered; a != nil && a.Mailbox == r.mailbox {
		// The subject is the one that this person chose.
		for _, w := range words(a.Subject) {
			allowed[w] = true
		}
	}
	child := map[string]bool{}
	for i, n := range m.names.child {
		// A surname that the child shares with the recipient is the recipient's own.
		own := nameWords(r.name)
		if i == 0 && (len(own) == 0 || own[len(own)-1] != n) || !slices.Contains(own, n) {
			child[n] = true
		}
	}
	subject := words(m.l.Subject)
	if len(subject) == 1 && (subject[0] == "update" || subject[0] == "response") {
		subject = nil // what programs put there
	}
	said := append(subject, words(m.newest)...)
	for i, w := range said {
		if i == 0 && w == "sen" || allDigits(w) || len(w) == 1 {
			continue // the reference of the enquiry, telephone numbers, initials
		}
		if child[w] || !allowed[w] && !(silent[w] && saysNothingAt(said, i)) {
			return true
		}
	}
	return m.l.HTML != "" || len(m.l.Files) > 0
}

// silence is that vocabulary as a set, read once.
var silence = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, w := range words(sayNothing()) {
		set[w] = true
	}
	return set
})

// saysNothingAt looks at the words of that vocabulary which say something in other
// company: a hearing, two days a week, no concerns.
func saysNothingAt(w []string, i int) bool {
	prev, next := "", ""
	if i > 0 {
		prev = w[i-1]
	}
	if i+1 < len(w) {
		next = w[i+1]
	}
	switch w[i] {
	case "hearing":
		return next == "from"
	case "case":
		return containsAny([]string{next}, "officer", "officers", "manager", "lead", "team", "worker", "coordinator")
	case "concern", "concerns", "questions", "question":
		return containsAny([]string{prev}, "your", "any", "raise", "raised", "a")
	case "request", "requests", "requested":
		return containsAny([]string{prev}, "your", "this", "a", "that", "access", "information", "the")
	case "days", "hours", "day":
		return prev == "working" || prev == "office" || prev == "opening" || containsAny(w[max(0, i-3):i], "within", "in")
	case "closed", "open":
		return containsAny(w[max(0, i-5):i], "office", "team", "we", "line", "reception", "are")
	}
	return true
}

// sayNothing is the vocabulary of an acknowledgement.
func sayNothing() string {
	return `thank thanks you your yours for the a an to of in on at by from with and or but if as is are was were be been
	have has had we i our us my me it this that these not no cannot cant can could will would may please do does did
	dear hi hello good morning afternoon evening mr mrs ms miss dr kind best many warm regards wishes sincerely faithfully yours
	re fwd fw message messages email emails mail letter letters call calls called calling phone phoned telephone ring rang voicemail
	received receive got get getting contact contacted contacting writing write written wrote reply replying respond response answer answering
	discuss discussing discussed share sharing details information detail speak speaking talk talking about any further anything more
	office team reception number line hours open opening closed monday tuesday wednesday thursday friday saturday sunday
	today tomorrow week soon shortly back touch here there so that when who how what which where
	confirm confirming acknowledge acknowledging acknowledgement hear hearing let know happy help able unable sorry apologies
	sen send council department service officer customer complaints complaint legal solicitor advice record records
	someone somebody anyone colleague colleagues able say saying reached within working days manager passed pass passing check checking first must should until once were weve well ill youll
	anything nothing moment present currently now afraid unfortunately im were weve whatever whether right yet meanwhile again
	may might meantime possible allowed permitted law reasons reason privacy policy protection data ask asked asking thank further
	note noted made rang case receipt complain complained raise raised concern concerns concerned formal formally two three four five ten fifteen twenty days hours nine comment commenting want wish
	take taken taking took matter matters request requests requested copy copies forward forwarded forwarding governance freedom subject access due course enquiry enquiries query queries question questions
	correspondence appreciate understand understood patience patient post posted letters directed redirect redirected address form forms website online identity proof id verify relevant appropriate correct
	person people senior duty switchboard free january february march april june july august september october november december date dated th st nd rd parental responsibility hold holds held recorded however therefore although because since regarding
	letting let inform informed informing looking looked look into respond fully full shall let log logged register registered recently yesterday copied pass onto upon attention ensure
	need needs via direct directly only instead through other another way time am pm he sure say tell give given comment explain post`
}
