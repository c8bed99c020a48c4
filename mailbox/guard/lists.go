package guard

// The word lists of the rules, one phrase a line: see phrases.go for what the
// signs mean. Apostrophes are left out as they are in words: don't is dont.

// secrecy is asking a colleague to keep something from somebody.
func secrecy() string {
	return `keep|keeping it|this|that|things quiet|secret|internal|under|between|to|from|away
keep|keeping it|this|that all|strictly|just quiet|secret|internal|between
keep|keeping ... under wraps
keep|keeping ... out of the email|emails|loop|file|record|minutes
keep quiet
stay|staying quiet
between us
between ourselves
between you ... gatepost
just between
dont|not|never|without tell|telling|told|warn|warning|inform|informing|tip|tipping|alert|alerting her|him|them|mum|mom|dad|mother|father|parent|parents|family|school|the|mrs|ms|mr
dont|not|never let|letting her|him|them|mum|dad|mother|father|parent|parents|family|school|the|mrs|ms|mr ... know|see|find|hear|read|catch|get|think
dont|not|never show|showing|copy|copying|send|sending|give|giving|share|sharing ... with|to her|him|them|mum|dad|mother|father|parents|family|the
dont|not|never show|copy|give|cc her|him|them|mum|dad|mother|father|parents
dont|not say anything|a|so|nothing
dont|not mention|breathe|repeat ... her|him|them|mum|dad|mother|father|parent|parents|family|school|anyone|anybody|it|this|that
dont|not mention
dont|not say so|anything|it ... to him|her|them|mum|dad|the
dont|not commit
dont|not ... in writing
dont|not put ... in|on writing|email|record|file
dont|not reply|respond|answer|ring|call ... her|him|them|mum|dad|this|yet
dont|not want her|him|them|mum|dad|mother|father|parents|family|school|the ... know|knowing|see|seeing|find|finding|hear|hearing|to
dont|not want to give|hand her|him|them
say nothing
say|saying as little
she|he|they|mum|dad|mother|father|parent|parents|family|school|mrs|ms|mr doesnt|dont|mustnt|shouldnt|neednt|cant|wont|isnt ... know|find|hear|see|realise|learn|told
she|he|they|mum|dad|mother|father|parent|parents|family does|do|must|should|need|is|are not|never ... know|find|hear|see|realise|told|learn
she|he|they|mum|dad|mother|father|parents|family have|has no idea
rather she|he|they|mum|dad|mother|father|parents|the|school ... didnt|did|not
off the record
without her|him|them|mum|dad|parents|the|family ... knowing|noticing|finding|realising
stick to|with the|our line|story|script
hold|holding the|our line
our line
line to take
same line
agree a|the|our line|story
story|stories straight
not for the family|parents|parent|mum|mother|school|file
not to be told|mentioned
nothing in writing
any|more ammunition
she|he|they|mum|dad|parents mustnt|must|cant|cannot|shouldnt ... see|know|find|hear
gets|get|be disclosed
will|would|can be disclosable
delete this|it after|once|when
delete after reading
watch what you
careful what you|we say|write|put
be careful what
for your eyes
strictly between
hush hush`
}

// strategy is planning against the family, the school or an appeal.
func strategy() string {
	return `can|could|should|cant|couldnt we ... say no|refuse|ignore|stall|reject|fob|turn
say no and see|let
is it just me
am i alone|the
gone|going|goes to the press|paper|papers|gazette|bbc|media|echo|mail|times
nobody|noone|no|dont|not ... speak|speaking|talk|talking to them|her|him|mum|dad
if she|he|they|mum|dad|anyone ask|asks
plainly|clearly|obviously didnt|havent|failed|wrong
just refuse|ignore|say|stall|reject|string
ignore her|him|them|it|this
id ignore
stall|stalling|stalled
play|playing for time
kick ... long grass
string|stringing ... along
fob|fobbing ... off
drag|dragging ... out|feet|heels
wear|grind her|him|them down
wait ... out
wait and see whether|if they|she|he
hold|holding out
hold|holding ... until|till|back ... hearing|tribunal|panel|deadline|after
appeal|case|claim|complaint is|looks|seems so|very|really|pretty|quite|rather|bit|too weak|hopeless|thin|flimsy
appeal|case|claim|complaint is|looks weak|hopeless|thin|flimsy|nonsense
weak appeal|case|claim
hasnt|havent|no got ... hope|leg|case|chance|clue
has|have no case|chance|hope|leg
never win|winning
we will|would|could|might|may|are|ll|d ... lose|losing|lost ... appeal|tribunal|hearing|case|it|this
we|well|wed lose
cost|costing|costs us
cost|costs ... 000|k|grand|thousand
lets|should|we|to|then|can settle
let us settle
settle it|this|before|early|out
call|calling their|her|his|its bluff
bluff|bluffing
let them|her|him appeal|complain|sue|go|argue|haggle
let panel be|say|do|take|tell
enjoys|likes|loves|wants|craves|seeking the|all|some|more attention
enjoys attention
wants attention
fishing for
after the|our|more money
after a payout
inclined to say|refuse|reject|decline|let
no intention of
get|getting|got away with
cheaper|cheapest that|this|way|option|to
wont|not|never be agreeing|paying|funding|giving
arent|are|were|not not|going going|to to|agree agree|agreeing
over his|her|their head|heads
our own person|expert|psychologist|report
concede|conceding
cave|caving
back down|off
give|gives|giving in
usually gives
run rings
benefit fraud
hiding income|money|assets
making|makes|made it|this|things|stuff up
is|are|was|be lying
dont|not believe|buy|trust her|him|them|it|a|any|word|mum|dad|the
records|recording her|his|phone|calls|our|every
had more than
more than their|her|his share
the real reason
real ceiling|limit|maximum|budget|figure
how much we|were prepared|would|willing
standard holding|fobbing
holding line|reply
hasnt|has got|no clue
pull|pulling the wool
before they|she|he notice|notices|realise|realises|find|finds|work|works
whether|if they|she|he notice|notices|realise|realises
do not go above
dont go above
going nowhere
park this|it until|till|for
id|ill|wed give|leave|wait|hold|push|say|let|file|bin|ignore|not|be|refuse|reject|go|close
i would not|ignore|leave|wait|push|refuse|reject|let|give
hope it|this|she|he|they goes|go|gives|give ... away|up
goes away
copy and paste
usual|standard answer|line|reply|response|letter
bat it|this|her|him|them|that away|off|back
havent|hasnt|no the energy|patience|time|heart|stomach
tempted to put|hang|ignore|bin|delete|say
back me|us up
got lost in the
bend over backwards
burned|burnt every|their|all bridges|bridge
will have to say something
say something else|different
only said no because
because of the|our overspend|budget|deficit|costs
put through to me
springs to mind
real work to
money after bad
written to order
hired gun
has|have form for
is he|she for real
are they for real
spot|spots|notice it
not be|so tied to
vague ... up
fudge
so we are|were not tied|committed|bound
keep it short|vague|brief|bland
hoping she|he|they drops|drop|withdraws|withdraw|gives|give
drops the request|case|appeal
get away with
the least we
the minimum we
bare minimum
leg to stand
out of time
hasnt|havent|not spotted|noticed|realised|twigged|clocked
dont|not|never engage
dont|not|never admit
admit that|it|this|to
may|might|will not have|has understood
leave it like|there|at
withdrawing|withdraw before
good luck with
my moneys on
embarrass herself|himself|themselves
one line back
close this|it|her|him|them down
not entitled
wave money
get rid of
whatever the|they pays|pay|parents|want
any weight
vague
bury|lose the|her|his|this ... paperwork|file|request
slow walk
run|running down the clock
run|running out the clock
buy|buys|buying us|ourselves|some time
cover ourselves|yourself|our|my|your
our backs|backsides
paper over
take ... off my|our hands
bounce|pass ... back|to ... school|health|legal
not our problem
shut her|him|them|this ... down|up
call it a day
write her|him|them off
water it|this down
until the dust
keep her|him|them sweet|quiet|happy|at
throw ... bone
before she|he|they ... legal|solicitor|press|lawyer
see through
test case
open the floodgates
precedent
political
play hardball
dig ... heels
not lift a finger
lets not|just
let us not
doesnt need to know
gone rogue
take the hit
off the hook
in the clear
no paper trail
wording ... vague|careful|deniable
for the record i|we
dont|not read too
strictly we should|are
technically we should|are|have
we have|ve no|not defence|defended|grounds
we messed|cocked|screwed up
our mistake but
dont|not apologise
before it|this gets out
better off at|in|with
jumping through hoops
trying it on
playing the|us|games
money grabbing
pushing for ... because
quietly drop|close|shelve
predetermined
already decided
bury it|this
tick the box`
}

// opinion is a view about somebody; it weighs less, because letters about
// children hold many.
func opinion() string {
	return `i think|reckon|suspect|bet|doubt|believe|feel she|he|they|shes|hes|theyre|mum|dad|mother|father|the
i suspect
if you ask me
honestly
candidly
frankly
tbh
clearly|obviously
to be fair to us
between
typical
see below typical
fyi
heads up
i give up
not again
what a|an
dont know where
god knows
who does she|he
here we go
run out of patience
lost patience
had enough
cant be bothered
life is|lifes too short
no comment
deal with her|him|them
handle this|her|him|them
over to you
your turn
wont like it|this|that
wont hear of
wont be happy
she|he|they|shes|hes|theyre wants|wanting|demanding|demands|insisting|insists|claiming|claims|expects|threatening`
}

// contempt raises the weight of other signs; alone it decides nothing.
func contempt() string {
	return `ridiculous
no idea what|why|where|how|she|he
absurd
nonsense
rubbish
deluded
delusional
liar
lying
hysterical
impossible woman|man|parent|mother|father|family|people|person
nightmare
crazy
mad
stupid
idiot|idiots
pathetic
drama|dramatic
at it again
sick of
sick and tired
fed up
pain in|to
a pain
on the warpath
menace
whinging|whingeing|whining|moaning|moans|ranting|rant
kicking|kicks|kicked off
useless
lazy
neurotic
unhinged
vexatious
bonkers
manipulative
obsessed
entitled
pushy
difficult one|woman|man|parent|mother|father|family
awkward one|woman|man|parent|mother|father|family
gets these ideas
word in|edgeways
every|single five|single|other minutes|day|minute
third|fourth|fifth|umpteenth complaint|email|call|time
can you believe
what shes|hes|theyre written|on|saying|sent|done
dear oh dear
for heavens|gods|goodness sake
attention seeking
drama queen
hard work
piece of work
loves|love a|to complaint|complain|moan
professional complainer
nutter|nutters
helicopter parent|mum|mother
the woman|man is
that woman|man
waste|wasting of|our|my time
doing my head
drives|driving me|us
dont care
couldnt care
good riddance
cry wolf|me
crocodile tears
exaggerating|exaggerates|exaggerated
never be|is|are satisfied|happy|pleased
same old record|story|song|nonsense
another essay|rant|novel|diatribe
essay from
stand to
bone idle
middle class mother|mum|parent|parents|mummy
exaggerating
been on again
on again
for real
this lady|lot
fantasist|fantasists
waste of space
bless him|her|them
here she|he|they goes|go
driving me
up the wall
barrister now
googled
thinks shes|hes|theyre
cried on|down
goes on and
off her|his rocker|head
a right
toxic
spoilt|spoiled
precious
martyr
sob story
stroppy
mouthy
gobby
thick
dim
clueless
benefits
alcoholic|drunk
story
convenient
scrounger|scroungers
wrapped around`
}

// strongMarks say that a text is for staff, for the authority, for legal advice,
// or is drafting guidance.
func strongMarks() string {
	return `staff only
staff use only
staff eyes
for staff only|use|eyes
for officer|officers only|use|eyes
officer|officers only|eyes
officer use only
eyes only
internal use
internal only
for internal
internal circulation|distribution|discussion|briefing|memo|memorandum|note|notes|comment|comments|document|working|correspondence|advice|message
internally only
not for disclosure|circulation|onward|release|publication|parents|parent|family|families|mum|dad|external|sharing|distribution|forwarding|sending
not for the parents|parent|family|child|school|mother|father
not to be|go given|issued|handed|shared|disclosed|forwarded|sent|released|circulated|shown|copied|to ... parents|parent|family|families|mum|dad|mother|father|outside|external|externally|school
do not|never share|disclose|forward|send|show|copy|circulate|release|give ... parents|parent|family|families|mum|dad|mother|father|externally|outside|public
dont share|disclose|forward|send|show|copy|circulate|release|give ... parents|parent|family|families|mum|dad|mother|father|externally|outside
never share|forward|send|show ... parents|family|externally|outside
for la|council|authority|department|team|caseworker|caseworkers|panel use|eyes|only
la|council|authority|caseworker|panel use|eyes only
for local authority|council use|eyes|staff|officers
local authority use|eyes|only
council staff|officers only
team only
legally privileged
legal|professional privilege
subject to privilege
privileged and confidential
confidential and privileged
privileged advice|communication|legal
counsels advice|opinion
advice to the council|authority|la|local
legal advice to|for|from the|us|our council|authority|la|local|solicitor|team|legal
our legal advice
legal advice|privilege privileged|do
prospects of success
panel members only
panel discussion
panel only
before approval
not yet approved
draft decision not|before|do
safeguarding strategy
strategy discussion|meeting minutes|notes|record
drafting note|notes|guidance|instruction|instructions
note to drafter|officer|author|self|caseworker|admin
remove|delete|take ... before|prior sending|issue|issuing|send|sending|it|this|the|to
guidance for officers|officer|staff|caseworkers|caseworker|drafters
guidance to officers|officer|staff|caseworkers|caseworker|drafters
crib sheet
colleagues|managers|caseworkers|seniors only|use
not to leave the|this department|office|team|council|building|directorate
case file note|only
file note
note for|to the file
council confidential
family sight
not for ... parental|sight|eyes|view|viewing
la|council|staff|officer|officers|panel|management|internal version|sight
la|staff|officer|officers copy
do not|dont share|send|forward outside
la|council|staff|officer|officers view|sight|copy only
withhold from
redact|redacted before
not to be seen|read by
for discussion with legal|managers|panel
awaiting legal|manager sign
pre decision|decisional
without prejudice internal
management only|eyes
barrister|counsel|solicitor advises|advised us|the
advice of|from our|the councils|counsel
lines to take
if mum|dad|parent|parents|the|family ... asks|ask|asked|query|queries|challenge|challenges ... say|change|tell|deflect|dont|do
restricted to ... staff|officers|officer|council|managers|manager|team|panel|legal|caseworkers|heads
internal briefing|paper|use|summary
briefing for head|heads|director|directors|members|managers|legal|cabinet
council confidential
commercially sensitive do
without the knowledge of`
}

// harsh is what no letter says to its reader.
func harsh() string {
	return `you ... calm down
suggest|please|just calm down
time|you|please|just to grow up
please|just grow up
not rocket science
you need to learn|stop|grow|get
better things to
same question again|over
frankly you|your|this
as i|we|ive|weve have|already|repeatedly already|told|said|explained|repeatedly you|already|told|said|explained|many
as i|we have already|repeatedly
as ive|weve already|repeatedly
your attitude is|was|stinks
bad parent|parenting
i will not be lectured|bullied|spoken|shouted
stop wasting
wasting|waste of|my|our time
you|your|youre|these|this|those|another|such ... ridiculous|pathetic|absurd|hysterical|nonsense|laughable|rubbish
you are|were|being|youre|youve being|unreasonable|ridiculous|hysterical|rude|aggressive|abusive|lying|obsessed|paranoid|difficult|impossible|deluded|stupid|lazy|selfish|dramatic
youre unreasonable|ridiculous|hysterical|rude|lying|obsessed|paranoid|impossible|deluded|stupid|lazy|selfish|dramatic|being
sick of|and you|your|tired|these|hearing|this
fed up with|of you|your|these|this
get a grip|life
get over it|yourself
pull yourself
told you five|four|three|six|ten|several|many|already|before|repeatedly|countless|a|time|times|once|twice
how many times
for the last|final|hundredth|umpteenth time
you people
people like you
parents like you
stop being|moaning|whining|complaining|pestering|bothering|harassing|shouting|emailing|ringing
constant whining|moaning|complaining|complaints|emails|demands|whinging
whining|whinging|whingeing
ashamed of yourself|yourselves
should be ashamed
dont bother
cant be bothered
your behaviour is|was|has
you clearly|obviously|evidently cant|cannot|dont|do|have|havent|didnt|failed|think
you have no idea|clue
no idea what you|youre
nobody cares
not my|our problem
your own fault
poor parenting
your parenting
shut up
you idiot|liar|moron
moron|moronic
learn to read
read it properly|again
cant you read
if you had bothered|read|listened
had you bothered
whats wrong with you
what is wrong with you
give it a rest
end of discussion
dont care what
couldnt care less
get lost
rolling my
enough is enough
drop the attitude
tough luck
spare me|us
you are|were the only parent|person|family|one
if you spent|stopped|listened|paid|bothered|read|cared
spent less time
better things to
dont know how else
in words|language you|even
even you
with respect you|your
with all due respect
causes|causing this|so|much much|trouble
trouble maker
you always|never complain|moan|want|listen|read|happy|satisfied
nothing is ever
never satisfied
never good enough
for goodness|heavens|gods|petes sake
have you even
did you even
do you even
do not|dont email|contact|write|ring|call|phone me|us again
think yourself lucky
you should be grateful|thankful
clearly you
i am not your
im not your
not your servant|secretary
typical of you
as usual you
your nonsense
your drama
wont be lectured|repeating|told
you|your are|is lying|lies|delusional
make|making things|it|this|stuff up
oh please
yet another email|complaint|demand
what part of
do you not understand`
}
