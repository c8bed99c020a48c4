package guard

import (
	"slices"
	"strings"
	"sync"
)

// belittles finds a sentence that is rude to its reader by what it is made of: words
// of contempt near "you", a dismissal, a reproach in the form of a condition. A sentence that
// is sorry for something, or says that the reader is not so, is none.
func (m *matter) belittles(text string) string {
	book := toneWords()
	for _, w := range sentences(text) {
		if containsAny(w, "sorry", "apologise", "apologies", "apologize", "regret", "apology", "unacceptable") || m.said(w) {
			continue
		}
		for _, p := range book.dismissals.all(w) {
			before := w[max(0, p[0]-5):p[0]]
			if !slices.ContainsFunc(before, isNegation) && !containsAny(before, "felt", "feel", "said", "told", "called", "described", "wrote") {
				return strings.Join(w[p[0]:p[1]], " ")
			}
		}
		for i, x := range w {
			if !book.slights[x] && !book.slights[stem(x)] {
				continue
			}
			if i > 0 && contains([]string{"this", "such", "these"}, w[i-1]) && w[max(0, i-2)] != "no" {
				return strings.Join(w[max(0, i-3):i+1], " ")
			}
			near := w[max(0, i-6):min(len(w), i+7)]
			if containsAny(near, "you", "your", "youre", "youve", "yours", "yourself") && !slices.ContainsFunc(w[max(0, i-4):i], isNegation) && !containsAny(near, "find", "finding", "feel", "felt", "sounds", "must", "if") {
				return strings.Join(near, " ")
			}
		}
	}
	return ""
}

type toneBook struct {
	slights    map[string]bool
	dismissals *phrases
}

var toneWords = sync.OnceValue(func() *toneBook {
	b := &toneBook{slights: map[string]bool{}}
	for _, f := range strings.Fields(slights) {
		b.slights[f] = true
	}
	b.dismissals = readPhrases(dismissals)
	return b
})

// slights are words that hurt beside "you".
const slights = `ignorance ignorant stupid stupidity idiot idiotic foolish silly childish immature petulant pathetic ridiculous absurd laughable preposterous nonsense rubbish drivel garbage
lying liar lies dishonest deceitful delusional deluded paranoid hysterical melodramatic dramatics tantrum tantrums crybaby whinging whining whingeing moaning moan whinge ranting rant rants rambling
selfish ungrateful greedy spoilt spoiled lazy incompetent clueless thick dim arrogant obnoxious insufferable unbearable nuisance pest bully bullying vexatious obsession obsessive obsessed fixated neurotic
tiresome tedious boring pointless worthless useless hopeless pester pestering badger badgering nagging nag hassle hassling drivelling dense unhinged crazy mad insane outrageous insolent impertinent
insulting offensive disgraceful shameful shameless embarrassing embarrassment entitled fuss fussing bleating wallowing manipulative attention-seeking bitter stubborn pigheaded blinkered`

// dismissals are turns that no letter to a family holds.
const dismissals = `waste|wasting ... minute|second|more|on you|this
cant|cannot be civil|polite|reasonable|nice|bothered
dont|havent|no ... time for this|that|you|your
some of us have|are
answer|decision wont|isnt|not going|change|changing ... change
answer wont change
as often|much|long as you like|please|want
hardly|not|isnt|scarcely|no my|our fault|problem|concern
is|all your own|fault
dignify
doing|does|do ... no good|favours
not the easiest|nicest|brightest|most
try|do|please ... keep up
lost count
with the best will
talking to a brick|wall
dont take that
give over
low|short on sense|patience
get the message
made myself|ourselves|it perfectly|quite|very|abundantly clear
grow up
calm down
pipe down
move on with|and
get over it|yourself|this
deal|live with it
get used to
do your homework|research|reading|own
do the maths
mind your own|language|tone|manners
back off
leave us|me alone
if youd|you had|have|only|actually|ever|could|would ... bothered|listened|read|turned|paid|attended|looked|behaved|stopped|tried|learn|engage
if youd bothered|listened|read|turned|paid|attended|looked|behaved|stopped|tried
had you bothered|listened|read|turned|paid|attended|looked|behaved
nobody|noone here|else|in|at ... believes|cares|wants|likes|takes|interested
nobody|noone believes|cares|wants|likes|takes
no one believes|cares|wants|likes|takes|here|else
not|arent|no ... special
isnt|not ... only child|family|parent|one
other|most parents|families|people|mothers|mums would|manage|cope|dont|do|wait|are|seem|get
unlike you|other|some|most
like|as other|normal|sensible|reasonable parents|people|families
better|other|more|important things to|than
my|our patience
running|run|ran out of patience
sick|tired|bored|weary|fed of|up|and ... you|your
once and for all
even a child|toddler
let me spell|make|put ... out|simple|plain|slowly|words
spell it out
in plain|simple|words ... english|terms|understand
in your dreams
dream on
like it or
take it or leave
tough luck|titty|cheese
dont like it
blame yourself|yourselves
only yourself|yourselves to
of your own making
brought this|it on
come|came crying|running|moaning
count|think yourself lucky|fortunate
whatever you say|think|like
cant|cannot|dont you read|understand|see|listen|take|get
are|were you deaf|blind|stupid|serious|incapable|even|mad|kidding
what is|part your|of problem|no
whats your problem
is|was|be beneath|beyond you
not my|our fault|job to|you|that
do us|me|everyone|everybody ... favour
heard enough
enough from you
waste|wasting|wasted ... time|breath|money
have|got nothing better
no wonder
shame on you
who do you think
how dare you
dont you dare
you would|should|had do|be better|well ... to
moderate|watch|mind|lower your
get|got a life|grip
same stupid|silly|old|tired|question|email|thing|complaint
stupid|silly|idiotic|pathetic|ridiculous question|questions|email|emails|complaint|complaints|demand|demands|request|requests
stop emailing|ringing|calling|writing|contacting|phoning|complaining|moaning|wasting|bothering|asking
you dont|never|clearly|obviously|evidently listen|understand|understood|read
dont|do you ever|never listen|stop|read|learn`
