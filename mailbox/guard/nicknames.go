package guard

import (
	"strings"
	"sync"
)

// isShortOf reports whether somebody called first is also called w: by a short form of
// it ("Sam", "Beth"), or by one that custom knows ("Bill", "Peggy").
func isShortOf(w, first string) bool {
	if w == first || len(w) < 2 {
		return false
	}
	if shortFor(w, first) || len(w) >= 4 && len(first) > len(w)+1 && strings.HasSuffix(first, w) {
		return true
	}
	for _, full := range nicknames()[w] {
		if full == first {
			return true
		}
	}
	return false
}

// nicknames are the full names that a short form stands for.
var nicknames = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, line := range strings.Split(shortForms(), "\n") {
		f := strings.Fields(line)
		for _, short := range f[1:] {
			m[short] = append(m[short], f[0])
		}
	}
	return m
})

// shortForms are names with their short forms, in use in England.
func shortForms() string {
	return `abigail abby abbie gail
abdullah abdul
albert bert bertie albie
aleksander olek alek alex
aleksandra ola olka
alexander alex xander sandy alec sasha al
alexandra alex sandra sasha lexi lexie
alfred alf alfie fred
amelia millie milly mia
andrew andy drew
anne annie nan
anthony tony ant
antonia toni
archibald archie
arthur art artie
ayodele ayo dele
barbara barb babs
barnaby barney
bartholomew bart
benjamin ben benji benny
bernard bernie
bronislaw bronek
caroline carrie caro carol
catherine cathy kate katie kitty cath cat kat
charles charlie chas chuck charley
charlotte charlie lottie lotte charley
christina tina chris chrissie
christine chris chrissie tina
christopher chris kit topher
clementine clemmie
cornelius con
daniel dan danny
david dave davy davey
deborah debbie deb
desmond des
dominic dom nic
donald don donnie
dorothy dot dotty dolly dottie
edward ed eddie ted teddy ned
eleanor ellie nell nellie nora lena
elizabeth liz lizzie lizzy beth betty bess libby eliza elsie lisa betsy
emily em emmie millie
eugene gene
evelyn evie eve
florence flo florrie flossie
frances fran fanny frankie
francis frank frankie
franciszek franek
frederick fred freddie freddy
gabriel gabe
gabrielle gabby
george georgie
georgina georgie gina
gerald gerry
gerard gerry
gillian gill jill
gregory greg
gwendolen gwen
harold harry hal
harriet hattie hatty harry
helena lena nell
henrietta hettie etta
henry harry hal hank
hubert bert
imogen immy immie
isaac zac ike
isabella izzy bella isa issy izzie
isabelle izzy belle issy
isobel izzy
jacob jake jack
jacqueline jackie jacqui
jakub kuba
james jim jimmy jamie jem
janet jan
jasmine jas jazz
jennifer jen jenny jenn
jeremy jez jem jerry
jessica jess jessie
joanna jo joasia anna
joanne jo
john jack johnny jon
jonathan jon jonny jonty
joseph joe joey
josephine jo josie fifi
joshua josh
judith judy
katarzyna kasia kaska
katherine kate katie kathy kitty kat
kathleen kath kathy
kenneth ken kenny
kimberley kim
krzysztof krzys krzysiek
lawrence larry lawrie loz
leonard len lenny leo
lewis lew
lillian lily lil
louisa lou
louise lou
lucinda lucy cindy
madeleine maddie maddy
magdalena magda lena
malgorzata gosia malgosia
margaret maggie meg peggy marge greta daisy madge
martha mattie
martin marty
mary molly polly may
matilda tilly tilda mattie
matthew matt matty
maximilian max
maxwell max
michael mike mick mickey micky mikey
michelle shelly chelle
mohammed mo
mohammad mo
muhammad mo
muhammed mo
nathaniel nat nathan nate
nathan nate nat
nicholas nick nicky nico klaus
nicola nicky nikki
olivia liv livvy olly
oliver ollie olly
oluwaseun seun
padraig paddy
pamela pam
patricia pat trish tricia patsy patty
patrick pat paddy
penelope penny
peter pete
philip phil pip
philippa pip pippa
phoebe bee
rachel rach
raymond ray
rebecca becky becca bex
richard dick rich ricky rick
robert bob bobby rob robbie bert
roderick rod
ronald ron ronnie
rosalind ros
rosemary rose rosie
samantha sam sammy
samuel sam sammy
sebastian seb bash
siobhan shiv
sophia sophie
stanislaw staszek stas
stephanie steph
stephen steve steven stevie
steven steve stevie
stuart stu
susan sue susie
tabitha tabby
terence terry
thaddeus tad
theodora dora thea
theodore ted theo teddy
theresa tess terri
therese tess
thomas tom tommy
timothy tim
tobias toby
valerie val
veronica ronnie vera
victor vic
victoria vicky tori tory
vincent vince vinny
virginia ginny
walter walt wally
wilfred wilf
wilhelmina mina
william will bill billy willy liam
winifred win winnie freda
wojciech wojtek
yusuf joe
zachary zach zac zack
zofia zosia
zuzanna zuzia zuza`
}
