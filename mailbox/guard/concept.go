package guard

import (
	"strings"
	"sync"
)

// concept is one name for words that tell the same about somebody's life, so that
// what was said in confidence is known again in other words. A stem that stands in
// no group is its own concept.
func concept(st string) string {
	if c, ok := conceptBook()[st]; ok {
		return c
	}
	return st
}

func concepts(st []string) []string {
	out := make([]string, len(st))
	for i, s := range st {
		out[i] = concept(s)
	}
	return out
}

// conceptBook is the groups by stem, read once.
var conceptBook = sync.OnceValue(func() map[string]string {
	book := map[string]string{}
	for _, line := range strings.Split(conceptGroups, "\n") {
		f := strings.Fields(line)
		for _, w := range f[1:] {
			book[stem(w)] = f[0]
		}
	}
	return book
})

// conceptGroups are what people tell in confidence: a name for it, then its words.
const conceptGroups = `*drink drink drinks drinking drank drunk alcohol alcoholic alcoholism booze sober wine vodka rehab
*drugs drugs drug cannabis weed heroin cocaine addict addiction addicted overdose smoking
*apart separate separated separating separation split splitting divorce divorced divorcing estranged marriage
*moving move moved moving moves relocate relocates relocated relocating relocation emigrate emigrates emigrating resettle
*abroad abroad overseas foreign emigrate emigrating canada australia ireland spain france germany dubai america usa poland romania india pakistan nigeria ghana kenya portugal italy greece turkey zealand scotland wales cyprus jamaica bangladesh
*debt mortgage repossessed repossession insolvent insolvency gambling gambles gambled bets payday overdraft universal foodbank debt debts arrears bailiff bailiffs bankrupt bankruptcy owe owes owing loan
*home flat tenancy homelessness sofa evictions evict evicted eviction homeless landlord rent tenancy refuge hostel
*violence violent violence hit hits hitting abuse abused abusive abuser assault assaulted beat beaten beating bruise bruises bruised strangled refuge
*police jailed custody sentence sentenced probation convicted conviction caution cautioned offender crime criminal magistrates police arrest arrested prison jail charged offence convicted bail custody
*ill tumor leukaemia lymphoma oncology oncologist radiotherapy dialysis stroke seizure epilepsy sclerosis parkinsons dementia transplant hospice diagnosed unwell sick sickness ms hiv surgery operated treatment treatments cancer tumour chemo chemotherapy hospital terminal diagnosed diagnosis illness ill operation surgery treatment
*mind overdosed medication medicated sertraline therapy postnatal panic psychosis psychotic schizophrenia ocd ptsd eating anorexia bulimia mental breakdown depressed depression anxiety breakdown suicidal suicide overdose psychiatric counselling counsellor therapist antidepressants bipolar sectioned
*baby sibling siblings newborn bump midwife maternity due trimester babys brother sister pregnant pregnancy expecting baby miscarriage termination
*work laid bankrupt redundancies sacking fired jobless jobs employer employment unemployment redundant redundancy sacked unemployed job dismissed
*love lover dating remarry remarrying engaged fiance fiancee affairs affair boyfriend girlfriend partner seeing
*gender transgender trans gender pronouns transitioning gay lesbian bisexual
*faith church mosque temple religion religious convert converted
*adopt adopt adopted adoption foster fostered fostering biological
*dead died dies dying death dead funeral bereaved bereavement
*status visa asylum immigration deported deportation refugee
*self harm harming selfharm selfharming cutting cuts cut`

// isGrave reports words that by themselves tell of what somebody told us: nobody
// writes them to a family by chance.
func isGrave(st string) bool { return graveWords()[st] }

var graveWords = sync.OnceValue(func() map[string]bool {
	book := map[string]bool{}
	for _, f := range strings.Fields(`drinking drunk alcohol alcoholic alcoholism drugs cannabis heroin cocaine addict addiction overdose divorce divorcing separated separating affair debt debts arrears
bankrupt bankruptcy evicted eviction homeless refuge violence violent abused abusive abuser assault assaulted arrested prison jail convicted cancer tumour chemo chemotherapy terminal
suicidal suicide sectioned bipolar pregnant pregnancy miscarriage termination redundant redundancy sacked transgender trans transitioning gay lesbian bisexual adopted dying asylum deported
harming selfharm selfharming cutting emigrate emigrating bailiffs rehab`) {
		book[stem(f)] = true
	}
	return book
})

// ofSchool reports words that letters about school and support share: by
// themselves they give nothing away.
func ofSchool(w string) bool {
	return schoolWords()[w]
}

var schoolWords = sync.OnceValue(func() map[string]bool {
	book := map[string]bool{}
	for _, f := range strings.Fields(`transport taxi driver escort bus hours timetable reading writing maths english spelling speech language therapy therapist therapies occupational
psychologist educational attendance lesson lessons classroom playground lunch break uniform homework provision placement setting primary secondary mainstream special unit
college teacher teaching assistant senco headteacher tutor target targets outcome outcomes progress report reports advice section draft final annual panel decision appeal mediation tribunal
funding budget provide provided provision transition autumn spring summer term nursery reception club sports swimming football music trip visit visits staff worker key keyworker
learning needs behaviour sensory anxious happy unhappy settle settled friend friends trouble problem problems issue issues difficult difficulty worried worry concern concerns
thing things people person someone somebody anything everything something number name names address phone house street change changed changes
might maybe always never sometimes often every other others another place places room quite little around away still first last next only since while where under`) {
		book[f], book[stem(f)] = true, true
	}
	return book
})

// saysSo reports a sentence that says from whom or how we know something, or will
// not say it, and holds a word of what was told in confidence that no other letter
// needs: "I hear that you have had trouble with the rent".
func (m *matter) saysSo(v view, rare map[string]bool, r recipient) bool {
	if len(rare) == 0 {
		return false
	}
	told := listBook().toldUs
	for i, st := range stems(v.words) {
		if isGrave(st) && rare[concept(st)] && !m.usedBy(r, v.words[i]) {
			return true
		}
	}
	for _, s := range sentences(v.text) {
		if _, _, ok := told.find(s); !ok {
			continue
		}
		for i, c := range concepts(stems(s)) {
			if rare[c] && !m.usedBy(r, s[i]) {
				return true
			}
		}
	}
	return false
}

// usedBy reports a word that the recipient has used to us or was sent.
func (m *matter) usedBy(r recipient, w string) bool {
	return saidBy(m.seenBy(r), []string{w})
}

// toldUs are turns with which somebody says that we know a thing.
const toldUs = `thinks|believes|feels|fears|worries|suspects
weve|have been told|informed|advised|given
i|we hear|heard|understand|gather|believe
i|weve|ive|we have|ve heard|learned|learnt|seen
ive|weve heard|learned|learnt|seen|been
told|tells|informed|advised|mentioned|mentions|explained|confided ... me|us|that|she|shed|shes|he|hed|hes|they|theyd|to
has|had told|said|mentioned|explained|indicated|let|informed|confided
says|said that|she|he|they|you|mum|dad
according to
came|come|comes|brought to my|our|light|attention
mentioned|reported that|to
someone|somebody|sources|others|a|people says|say|said|told|mentioned
im|we|were aware|conscious|sorry
sorry|sad|pleased|concerned|worried to hear|learn|read|see
given what|that
in|with light|view of
because of|she|he|they
is it|this|that because|about
worried|concerned about`
