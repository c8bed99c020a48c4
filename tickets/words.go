package tickets

import (
	"strings"
	"unicode"
)

// fold brings text into the form in which word lists are compared: small
// letters without accents, apostrophes dropped ("can’t" and "cant" are one),
// everything else that is no letter or digit one space.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for _, r := range text {
		switch r {
		case '\'', '’', '‘', 'ʼ', '`', '\u00ad', '\u200b', '\u200c', '\u200d', '\ufeff':
			continue
		}
		if unicode.Is(unicode.Mn, r) { // a combining accent
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unaccent(unicode.ToLower(r)))
	}
	return b.String()
}

// unaccent covers the accented letters of the languages that families of
// English councils write in Latin script; what it does not know stays.
func unaccent(r rune) rune {
	if r < 0xE0 {
		return r
	}
	const from = "àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøőřśšșşťțţùúûüūůűýÿžźż"
	const to = "aaaaaaaaacccddeeeeeeeiiiiilnnnooooooorsssstttuuuuuuuyyzzz"
	n := 0
	for _, x := range from {
		if x == r {
			return rune(to[n])
		}
		n++
	}
	return r
}

// WordList is a list of words and phrases to look for, ready to be compared.
// The zero WordList finds nothing.
type WordList struct {
	shown, folded []string
	first         map[string][]int // by the first word: a text is read once, however long the list
}

// NewWordList prepares words; what holds no letter and no digit is left out.
func NewWordList(words []string) WordList {
	l := WordList{first: map[string][]int{}}
	for _, w := range words {
		if f := fold(w); f != "" {
			word, _, _ := strings.Cut(f, " ")
			l.first[word] = append(l.first[word], len(l.shown))
			l.shown, l.folded = append(l.shown, w), append(l.folded, " "+f+" ")
		}
	}
	return l
}

// In lists the words that text holds as whole words, in the order of the list.
func (l WordList) In(text string) []string { return l.inFolded(" " + fold(text) + " ") }

func (l WordList) inFolded(padded string) []string {
	var found map[int]bool
	for at := 0; at < len(padded)-1; {
		rest := padded[at+1:]
		n := strings.IndexByte(rest, ' ')
		if n < 0 {
			break
		}
		for _, i := range l.first[rest[:n]] {
			if strings.HasPrefix(padded[at:], l.folded[i]) {
				if found == nil {
					found = map[int]bool{}
				}
				found[i] = true
			}
		}
		at += 1 + n
	}
	if len(found) == 0 {
		return nil
	}
	hits := make([]string, 0, len(found))
	for i := range l.folded {
		if found[i] {
			hits = append(hits, l.shown[i])
		}
	}
	return hits
}

// defaultChaserWords show that somebody asks again. With them a fresh mail
// joins the sender's one waiting enquiry instead of opening another.
func defaultChaserWords() []string {
	return []string{
		"still waiting", "any update", "any updates", "any news", "following up", "follow up on", "chasing",
		"second email", "third email", "fourth email", "2nd email", "3rd email", "no reply", "no response",
		"not had a reply", "not heard back", "havent heard", "have not heard", "heard nothing", "nobody has called",
		"no one has called", "nobody has replied", "no one has replied", "been ignored", "ignoring me",
		"left messages", "left several messages", "left a message", "as per my last", "my previous email",
		"my last email", "someone reply", "somebody reply", "please reply", "asked you again", "emailed again",
	}
}

// defaultImmediateWords may mean that somebody is in danger now.
func defaultImmediateWords() []string {
	return []string{
		"suicide", "suicidal", "kill herself", "kill himself", "kill myself", "kill themselves", "killing herself",
		"killing himself", "killing myself", "wants to die", "want to die", "wish i was dead", "overdose", "overdosed",
		"ending it", "end it all", "end his life", "end her life", "end my life", "weapon", "knife", "being beaten",
		"beats him", "beats her", "beats me", "locked in", "locks him in", "locks her in", "gone missing", "went missing",
		"has run away", "ran away", "runs away", "ran from the taxi", "afraid to go home", "scared to go home",
		"sexual abuse", "sexually abused", "raped", "hes going to hurt", "shes going to hurt", "going to hurt me",
		"going to hurt him", "going to hurt her", "threatened to kill",
	}
}

// defaultConcernWords are serious without saying that it is happening now.
func defaultConcernWords() []string {
	return []string{
		"self harm", "self harmed", "self harming", "selfharm", "selfharming", "cutting herself", "cutting himself",
		"bruise", "bruises", "bruised", "restrained", "restraint", "hit by staff", "hit by a teacher", "neglect",
		"neglected", "no food", "domestic violence", "domestic abuse", "found our address", "knows where we live",
		"cant keep him safe", "cant keep her safe", "cant keep them safe", "cannot keep him safe", "cannot keep her safe",
		"cannot keep them safe", "cant keep my child safe", "not safe at home", "breakdown", "breaking point",
		"cant cope any more", "cant cope anymore", "police", "a and e", "a e", "county lines", "exploited",
		"exploitation", "grooming", "groomed", "not been seen for weeks", "not seen for weeks",
	}
}
