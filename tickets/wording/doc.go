// Package wording knows what the letters say that hearback writes to families by
// itself: which fields each may use, what each must say, the words that it comes
// with, and how a council's own words are checked and filled in. It is pure: no
// storage, no mail, no clock.
//
// A text is paragraphs with fields in curly brackets: "We aim to reply by {due}."
// A paragraph with a field that does not apply today is left out. There is no
// other syntax, so that whoever writes one needs to know nothing else, and nothing
// that the sender of a mail supplied can be a field: there is none for it.
package wording
