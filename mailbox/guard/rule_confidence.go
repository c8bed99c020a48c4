package guard

import (
	"slices"
	"strings"
)

// judgeConfidence keeps what somebody told us in confidence from the person whom
// she asked us not to tell.
func judgeConfidence(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	asks := listBook().askedToKeep
	var out []Finding
	for _, s := range m.f.Seen {
		if !s.Wrote {
			continue
		}
		parts := sentences(s.Text)
		var kept [][]string
		var from []string // the words of the requests
		for _, p := range parts {
			if at := asks.all(p); len(at) > 0 {
				// Whom it means stands near it.
				from = append(from, p[max(0, at[0][0]-4):min(len(p), at[len(at)-1][1]+8)]...)
				// What stands in the same sentence beside the request is part of it.
				rest := append(append([]string{}, p[:at[0][0]]...), p[at[0][1]:]...)
				kept = append(kept, rest)
				continue
			}
			kept = append(kept, p)
		}
		if len(from) == 0 {
			continue
		}
		for _, r := range m.outside {
			mb := FoldMailbox(s.Mailbox)
			if r.mailbox == mb || r.variant == mb || !m.keptFrom(from, words(s.Text), r, mb) {
				continue
			}
			if where, ok := m.tellsAny(kept, r); ok {
				out = append(out, Finding{
					Rule: RuleInConfidence, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: where,
					Words: m.nameOf(s.Mailbox) + " asked us not to share this with " + r.called + ".",
				})
			}
		}
	}
	return once(out)
}

// keptFrom reports whether a request means this recipient: by name, by the part
// that they have, or because it means everybody.
func (m *matter) keptFrom(request, text []string, r recipient, writer string) bool {
	has := func(list ...string) bool {
		for _, w := range request {
			if contains(list, w) {
				return true
			}
		}
		return false
	}
	for _, p := range r.people {
		n := nameWords(p.Name)
		for _, w := range request {
			if len(n) > 0 && (w == n[0] || w == n[0]+"s") {
				return true
			}
		}
		if len(n) > 0 && contains(text, n[0]) && p.Kind != KindParent && has("her", "him", "them") {
			return true // "her" is whoever was spoken of
		}
		for i, w := range request {
			if len(n) > 1 && w == n[len(n)-1] && i > 0 && isTitle(request[i-1]) {
				return true
			}
		}
		if at := strings.LastIndexByte(r.mailbox, '@'); p.Kind == KindSchool && at > 0 {
			// A school is called by its name, which its domain holds.
			label, _, _ := strings.Cut(r.mailbox[at+1:], ".")
			if name := schoolName(strings.ReplaceAll(label, "-", " ")); len(name) > 0 && len(name[0]) > 3 && runOf(request, name) >= 0 {
				return true
			}
		}
		switch {
		case p.Kind == KindParent && has("dad", "dads", "father", "fathers", "mothers", "ex", "husband", "partner", "mum", "mums", "mother", "wife", "parent", "parents", "family", "him", "her", "he", "she", "them", "they"),
			p.Kind == KindSchool && has("school", "head", "headteacher", "senco", "teacher", "teachers", "them", "they", "staff"),
			p.Kind == KindOther && has("gran", "grandmother", "nan", "grandparents", "grandad", "family", "advocate", "relatives", "aunt", "uncle", "them"),
			p.Kind == KindProfessional && has("therapist", "psychologist", "doctor", "professionals", "solicitor", "social", "worker"),
			p.Kind == KindYoungPerson && has("son", "daughter", "child", "him", "her", "he", "she", m.first()):
			return true
		}
	}
	if has("anyone", "anybody", "else", "others", "nobody", "everyone", "people", "outside") {
		return true
	}
	// "In confidence", and nobody named: from everybody but the writer.
	return !m.namesSomebody(request) && writer != r.mailbox
}

func (m *matter) first() string {
	if len(m.names.child) > 0 {
		return m.names.child[0]
	}
	return ""
}

// namesSomebody reports whether a request says from whom.
func (m *matter) namesSomebody(request []string) bool {
	for _, w := range request {
		if isThird(w) || contains([]string{"school", "head", "senco", "teacher", "ex", "husband", "wife", "partner", "gran"}, w) {
			return true
		}
		for _, n := range m.names.family {
			if len(n) > 0 && n[0] == w {
				return true
			}
		}
	}
	return false
}

// tellsAny reports whether the letter says what one of the sentences says: half
// of the words of it that mean something, close together.
func (m *matter) tellsAny(sentences [][]string, r recipient) (where string, ok bool) {
	for _, s := range sentences {
		means, rare := map[string]bool{}, map[string]bool{}
		for i, st := range stems(s) {
			if c := concept(st); !common(st) && !common(s[i]) && !m.generalWord(s[i]) && !allDigits(s[i]) {
				means[c] = true
				if !ofLetters(s[i]) && !ofSchool(st) && !ofSchool(s[i]) && len(s[i]) > 2 && (len(s[i]) > 3 || c != st) {
					rare[c] = true
				}
			}
		}
		if len(means) == 0 {
			continue
		}
		need := max(2, (len(means)+1)/2)
		if len(means) == 1 {
			need = 1
		}
		for _, v := range m.views {
			if v.turned {
				continue
			}
			if m.saysSo(v, rare, r) {
				return v.where, true
			}
			st := m.conceptsOf(v)
			width := max(40, 3*len(s))
			last := map[string]int{}
			for i, x := range st {
				if !means[x] {
					continue
				}
				last[x] = i + 1
				got := 0
				for _, at := range last {
					if at > i-width {
						got++
					}
				}
				if got >= need && !saidBy(m.seenBy(r), v.words[max(0, i-3):i+1]) {
					return v.where, true
				}
			}
		}
	}
	return "", false
}

// conceptsOf are the concepts of a view, worked out once for each.
func (m *matter) conceptsOf(v view) []string {
	if len(v.words) == 0 {
		return nil
	}
	if st, ok := m.concepts[&v.words[0]]; ok {
		return st
	}
	if m.concepts == nil {
		m.concepts = map[*string][]string{}
	}
	st := concepts(stems(v.words))
	m.concepts[&v.words[0]] = st
	return st
}

// isPartyWord reports a word of the name of somebody on the case.
func (m *matter) isPartyWord(w string) bool {
	for _, n := range append(slices.Clone(m.names.family), m.names.child) {
		if contains(n, w) || contains(n, strings.TrimSuffix(w, "s")) {
			return true
		}
	}
	return false
}

// generalWord reports words that every letter about a child may hold.
func (m *matter) generalWord(w string) bool {
	if m.isPartyWord(w) {
		return true
	}
	switch w {
	case "school", "schools", "plan", "review", "meeting", "child", "children", "week", "weeks", "month", "months", "year", "years", "day", "days", "today",
		"think", "thinks", "told", "tells", "tell", "know", "knows", "says", "said", "want", "wants", "need", "needs", "help", "like", "going", "because",
		"really", "very", "much", "more", "time", "school's", "council", "email", "letter", "call", "home", "mother", "father", "dad", "mum", "parent", "parents",
		"son", "daughter", "monday", "tuesday", "wednesday", "thursday", "friday", "send", "ehcp", "assessment", "support", "class", "teacher",
		"started", "start", "seeing", "found", "yet", "been", "being", "with", "over", "into", "make", "made", "take", "taken", "come", "back", "well", "good":
		return true
	}
	return false
}

// askedToKeep is asking us not to pass something on.
func askedToKeep() string {
	return `dont|not|never tell|telling|inform|mention|share|sharing|pass|passing|show|showing|copy|repeat|discuss|say|forward|disclose|reveal ... to|with|on|anyone|anybody|him|her|them|his|my|the
dont|not|never tell|inform|show|copy _
breathe|breathing|whisper|say ... word
not a word|peep|whisper
cant|cannot|couldnt|wouldnt|mustnt|shouldnt|dont|not ... hear|know|find|learn|discover|think|suspect|guess|trace ... from|about|of|out|it|this|that
came|comes|come|coming|traced|trace|linked ... from|back|to us|me
leave|keep|keeping|leaving my|our name|names|us|me ... out
goes|go|going|gone no further
stays|stay|remains with|between you|us
would|wouldnt|hed|shed|theyd go|be|kill|hit|lose ... if
scared|afraid|frightened|terrified|worried|fear|fearful|nervous ... finds|find|hears|hear|knows|know|repercussions|reprisals|retaliation|consequences|comeback
anonymous|anonymously
he|she|they|dad|mum|school|husband|wife|ex doesnt|dont|isnt|arent|hasnt|havent|has|have ... know|aware|told|idea
unaware
not for his|her|their|school|anyones ears|eyes
prefer|rather|like|ask|asking|want ... wasnt|werent|isnt|arent|not|nobody|noone|no ... told|aware|informed|know|knew|involved|mentioned
keep|hold|treat this|it|that|what ... close|safe|sensitive|private|secret|confidential|quiet|yourself
trust|trusting|counting|relying you|on ... with|not|keep
hush hush
under wraps
ashamed|embarrassed|mortified|humiliated|devastated|awful ... if
just|only for you|your
must|should|has|needs|wants|let ... hear|learn|find ... from me
tell|telling him|her|them ... myself|ourselves
you are|youre the only|first one|person|people ... know|told
havent|not told anyone|anybody|him|her|them|my|the|his
dont|not|never let ... know|see|find|hear|read
not|never to let ... know|see|find|hear|read
dont|not|never share|mention|repeat|disclose|forward
dont|not want ... know|knowing|find|finding|hear|told
wouldnt|rather|prefer ... know|knew|told
rather ... didnt|did not
must|should|may not|never ... know|find|told|hear
mustnt|shouldnt ... know|find|told|hear
in confidence
important|essential|vital|crucial|sure|ensure|please|careful|must that|he|she|they|dad|mum|his|her|my|the ... not|doesnt|dont|never ... find|know|hear|learn|told
important|essential|vital|crucial|sure|ensure|please|careful ... not|doesnt|dont|never find|know|hear|learn|told
dont|not raise|discuss|mention ... with|to the|his|her|my|mum|dad|parents|family|school
not to|be hear|know|told|find|see|learn ... about|out|of|this|that|it
not|never|doesnt|dont|isnt|mustnt|shouldnt|cant|cannot|without ... go|going|get|gets|getting|come|coming|reach|find|finding back to|with|round
not|never|doesnt|dont ... get|getting|gets|go|going|come|reach|back to|out|round his|her|my|the|him|them|school|mum|dad|anyone
in private
not to|be raise|discuss|mention|tell|share|say|repeat|pass|speak|bring|reveal|raised|discussed|mentioned|shared|repeated|passed
you didnt|did hear|get|not ... from me
dont|not|never quote|name me|us
keep|leave me|my|us ... out
if he|she|they|mum|dad|his|her ... knew|finds|find|found|hears|heard|saw|sees
be mortified|furious|livid|fuming|devastated|hurt|embarrassed|horrified
discreet|discreetly|discretion
not for sharing|passing|repeating|circulation
secretly
behind his|her|their back
is|are|was not to|be hear|know|told|find|learn|see
nobody|noone else|should|must|needs|is ... know|told|hear|find
no one else|should|must|needs ... know|told|hear|find
anyone|anybody else ... know|knowing|hear|told
this|that|it stays|stay|remains between|private|secret|confidential|with
keep ... off his|her|their|the|any|letters|emails|paperwork|record
leave ... out of his|her|their|the|any|letters|emails
for your ears only
just between
swear|sworn you|to ... secrecy
secret
in strict|strictest confidence
strictly confidential
confidential|confidentially please|this|between|not
told|telling|say|saying|write|writing|tell ... confidentially|confidence
keep ... confidential|private|secret|quiet|between
keep ... from him|her|them|his|my|the
keep it|this|that to|between|from
between us|you|ourselves
without him|her|them|his|my|the ... knowing|finding
doesnt|does|dont|do know ... and|keep|please
not to be shared|passed|told|mentioned|disclosed
off the record
please treat ... confidential|confidence|sensitively|private
private and|please|between
for your eyes|information only
he|she|they|dad|mum|father|mother cannot|cant ... know|told|find`
}
