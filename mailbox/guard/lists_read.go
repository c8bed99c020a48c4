package guard

import "sync"

// wordLists are the word lists in the form in which they are looked for.
type wordLists struct {
	secrecy, strategy, contempt, opinion, behindBack, labels, strongMarks, harsh, askedToKeep, toldUs, pressure, thirdOne, copied *phrases
}

// listBook reads the lists once: they are part of the program and never change.
var listBook = sync.OnceValue(func() *wordLists {
	return &wordLists{
		secrecy: readPhrases(secrecy()), strategy: readPhrases(strategy()), contempt: readPhrases(contempt()), opinion: readPhrases(opinion()),
		behindBack: readPhrases(behindBack()), labels: readPhrases(labels()), strongMarks: readPhrases(strongMarks()), harsh: readPhrases(harsh()),
		askedToKeep: readPhrases(askedToKeep()), toldUs: readPhrases(toldUs), pressure: readPhrases(pressure),
		thirdOne: readPhrases("the|this|that one who|that\nthis|that woman|man|lady|bloke|guy|lot|family|parent|mother|father"),
		copied:   readPhrases("copied|copying|ccd|cc|copy in|to|her|him|them\ncopied|ccing|copying"),
	}
})
