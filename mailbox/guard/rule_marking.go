package guard

import (
	"strings"
	"sync"
)

// judgeMarking stops what says of itself that it is for staff, for the authority,
// for lawyers, or for whoever fills in the draft.
func judgeMarking(m *matter) []Finding {
	if len(m.outside) == 0 || m.l.Purpose.automatic() {
		return nil
	}
	strong := listBook().strongMarks
	var out []Finding
	for _, v := range m.views {
		if v.turned {
			continue
		}
		m.mind()
		places := strong.all(v.words)
		if v.file == 0 || len(v.words) <= closeWords {
			places = append(places, markings().all(v.words)...)
		}
		for _, p := range places {
			mark := v.words[p[0]:p[1]]
			if ordinaryMark(v.words, p[0], p[1]) {
				continue
			}
			for _, r := range m.outside {
				if saidBy(m.seenBy(r), v.words[max(0, p[0]-2):min(len(v.words), p[1]+2)]) {
					continue // it stands in what they wrote or have
				}
				out = append(out, Finding{
					Rule: RuleMarking, Decision: Block, Mailbox: r.mailbox, Person: r.called, Evidence: v.where + ": " + excerpt(mark),
					Words: "This is marked \"" + strings.Join(mark, " ") + "\". Marked text cannot go to " + r.called + ".",
				})
			}
		}
	}
	if weakMark(m.l.Subject, m.newest) {
		for _, r := range m.outside {
			out = append(out, Finding{
				Rule: RuleMarkingWeak, Decision: Confirm, Mailbox: r.mailbox, Person: r.called, Evidence: "subject",
				Words: "The subject still says \"internal\". Is this meant for " + r.called + "?",
			})
		}
	}
	return once(out)
}

// ordinaryMark reports a phrase of the list that means something else where it
// stands: staff that are the subject, a form's box for the office.
func ordinaryMark(w []string, from, to int) bool {
	phrase := strings.Join(w[from:to], " ")
	before, after := "", ""
	if from > 0 {
		before = w[from-1]
	}
	if to < len(w) {
		after = w[to]
	}
	switch {
	case to-from == 2 && strings.HasSuffix(phrase, " only") && isVerbOrJoint(after):
		return true // staff only see this in class
	case phrase == "staff only" && (after == "car" || after == "area" || after == "door" || after == "entrance" || after == "toilet"),
		phrase == "for staff only" && (after == "training" || after == "parking"):
		return true
	case strings.HasPrefix(phrase, "before approval") && (before == "time" || before == "days"):
		return true
	case strings.HasPrefix(phrase, "legal advice") && (before == "independent" || before == "free" || before == "your" || before == "own" || before == "seek" || before == "take" || before == "get"):
		return true
	}
	return false
}

// isVerbOrJoint reports words with which a sentence goes on after "staff only".
func isVerbOrJoint(w string) bool {
	switch w {
	case "see", "saw", "get", "got", "have", "had", "has", "know", "knew", "come", "came", "work", "use", "used", "notice", "meet", "met", "do", "did", "can", "could",
		"need", "want", "start", "started", "hear", "heard", "ask", "asked", "found", "find", "were", "was", "are", "is", "one", "two", "a", "when", "if", "in", "on", "at",
		"after", "before", "once", "realised", "learned", "learnt", "arrived", "became", "agreed", "looked", "read", "works", "ever", "just", "then", "recently":
		return true
	}
	return false
}

// weakMark reports a bare "internal" left in front of a subject or a text. An
// internal review, exclusion or number is an ordinary thing.
func weakMark(subject, text string) bool {
	s := strings.TrimSpace(subject)
	for {
		low := strings.ToLower(s)
		cut := false
		for _, p := range []string{"re:", "fw:", "fwd:", "aw:", "tr:"} {
			if strings.HasPrefix(low, p) {
				s, cut = strings.TrimSpace(s[len(p):]), true
			}
		}
		// A number in brackets is a reference: "[SEN-104233]", which we put there ourselves.
		if end := strings.IndexByte(s, ']'); end > 0 && s[0] == '[' && hasDigit(s[:end]) && !strings.Contains(s[:end], " ") {
			s, cut = strings.TrimSpace(s[end+1:]), true
		}
		if !cut {
			break
		}
	}
	for _, l := range []string{s, firstLine(text)} {
		l = strings.ToLower(strings.TrimSpace(l))
		for _, tag := range []string{"[internal]", "(internal)", "{internal}", "internal:", "internal -", "internal –", "internal —", "internal |", "internal re:", "internal fw", "internal/", "#internal", "*internal*", "**internal**", "<internal>", "internal>>"} {
			if strings.Contains(tag, "[") || strings.HasPrefix(tag, "(") || strings.HasPrefix(tag, "{") || strings.HasPrefix(tag, "#") || strings.HasPrefix(tag, "*") || strings.HasPrefix(tag, "<") {
				if strings.Contains(l, tag) {
					return true
				}
			} else if strings.HasPrefix(l, tag) {
				return true
			}
		}
		if l == "internal" || strings.HasSuffix(l, "- internal") || strings.HasSuffix(l, "– internal") || strings.HasSuffix(l, "/ internal") {
			return true
		}
	}
	return false
}

// markings say of a text for whom it is, made of who may read it, what it is and that it goes
// nowhere else: no list holds every way in which an office does that.
var markings = sync.OnceValue(func() *phrases {
	const us = "staff|officer|officers|team|panel|council|councils|la|departmental|department|management|manager|managers|caseworker|caseworkers|senior|seniors|directorate|lawyers|members|colleagues|casework|internal|authority"
	const them = "parents|parent|family|families|mum|dad|mother|father|outside|external|externally|public|carers|outsiders|appellant|appellants"
	const out = "posting|sending|send|goes|going|issue|issuing|publishing|publication|release|releasing|sharing|disclosing|disclosure|dispatch|emailing|finalising|printing|post"
	return readPhrases(strings.NewReplacer("US", us, "THEM", them, "OUT", out).Replace(`US eyes
US eyes|copy|version|sight|viewing|reading|consumption|reference|information|use only
US members|member eyes
US members|staff|officers|people only
US copy take|remove|delete|strip
for US eyes|sight|viewing|consumption|reading
for the US eyes|sight|viewing|consumption|reading
for|between US|the US only|alone|eyes
for ... eyes of the|our US
this|document|paper|version|copy|note|draft|email|page|section must|may|should|is|has|can|cannot|not|never|stays ... leave|outside|beyond|within|externally ... building|office|team|council|department|directorate|authority|service
not|never ... go|going|to|be|leave|sent|taken outside|beyond the|our|this building|office|team|council|department|directorate|authority|service
not|hasnt|never ... cleared by|with|through legal|comms|lawyers|counsel|the
not|never to|for|be|been ... shown|seen|given|sent|released|disclosed|copied|read|circulated|issued|viewed|passed ... THEM
not|never for THEM
not|never for ... THEM sight|eyes|view|viewing|circulation|consumption
THEM is|are not|never to see|have|receive|be|get|read
delete|strip|remove|cut|erase|omit|scrub ... before|prior|when|once ... OUT
take|taken out ... before|prior OUT|it|this
working|discussion|drafting|options|briefing paper|note|copy|document for|between US
US commentary|remarks|briefing|crib|aide
aide memoire for US
briefing|background|note|paper|options for US discussion|only|eyes|ahead
unredacted version|copy|set
confidential to the|US council|authority|team|officers|panel|department|directorate|staff
restricted|limited|controlled circulation|distribution
circulation|distribution restricted|limited|list to|officers|managers|staff|panel
prepared|written|obtained|created in|for contemplation|purpose|purposes|anticipation of|in
dominant purpose of
litigation|advice|solicitor|lawyer privilege|privileged
protected|covered by privilege|litigation
privileged do|not|please
please|do not|dont onward|forward|circulate beyond|outside|further than|the
embargoed|embargo until|till
not|no for|onward onward|further|wider transmission|sharing|circulation|distribution|dissemination
our|preferred|fallback line|position|option is|if ... preferred|challenged|pushed|asked
line|position if|when challenged|pushed|pressed|asked
suggested|agreed|preferred line|lines|answer|answers if|when|for ... mum|dad|parent|parents|family|press|asked`))
})
