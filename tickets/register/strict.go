package register

import (
	"slices"
	"time"
)

// ToldWords are the words of Link.MayBeTold that [WhatMayBeTold] understands, from
// the most to the least. "" besides says: by what the person is.
func ToldWords() []string {
	return []string{"all", "all, not the address", "school matters only", "advice", "nothing"}
}

// StopsContact reports whether a restriction of the kind means that we write
// nothing to the person, not even an acknowledgement.
func (k RestrictionKind) StopsContact() bool {
	return k == NoContact || k == IndirectOnly || k == Supervised
}

// StopsLetters reports whether a restriction of the kind takes back what is
// waiting to go to the person: a letter that was written before it was known.
func (k RestrictionKind) StopsLetters() bool {
	return k.StopsContact() || k == NoInformation || k == OtherRestriction
}

// Protects reports whether a restriction of the kind keeps a fact of its person
// from others.
func (k RestrictionKind) Protects() bool {
	return k == AddressProtected || k == SchoolProtected || k == InConfidence
}

// Widens reports whether somebody is told more after a change than before.
func Widens(before, after Told) bool {
	if after.Level.Rank() > before.Level.Rank() || after.MayWrite && !before.MayWrite {
		return true
	}
	for _, n := range before.NotTold {
		if !slices.Contains(after.NotTold, n) && after.Level != ToldNothing {
			return true
		}
	}
	return false
}

// Reason is why something was made less strict, in the words of who did it. It
// stays with the case, for staff alone; the audit names it by number.
type Reason struct {
	ID       int64
	CaseID   int64
	PersonID int64 // 0 when it concerns the case
	What     string
	Words    string
	By       int64
	At       time.Time
}

// StricterLink is into with the stricter of each field of the two. kind is what the
// person is, for links that say nothing of their own about what may be told.
func StricterLink(into, from Link, kind PersonKind) Link {
	out := into
	order := []PR{PRNo, PRNotChecked, PRYes}
	rank := func(pr PR) int { return max(slices.Index(order, pr), 0) }
	if rank(from.PR) < rank(into.PR) {
		out.PR, out.PRSource, out.PRCheckedOn = from.PR, from.PRSource, from.PRCheckedOn
	}
	if out.PR == PRNotChecked || out.PR == "" {
		out.PR, out.PRSource, out.PRCheckedOn = PRNotChecked, "", ""
	}
	out.NoContact = into.NoContact || from.NoContact
	out.AddressHidden = into.AddressHidden || from.AddressHidden
	// A representative is told nothing without an authority, and with one all: the
	// one who was told by the link alone must not gain by the other's authority.
	out.Representative = into.Representative && from.Representative
	if a, b := wordsOf(into, kind), wordsOf(from, kind); a != b {
		out.MayBeTold = lesser(a, b)
	}
	return out
}

// wordsOf is what a link says about what may be told, in the words of ToldWords.
func wordsOf(l Link, kind PersonKind) string {
	if slices.Contains(ToldWords(), l.MayBeTold) {
		return l.MayBeTold
	}
	switch base(Person{Kind: kind}, l) {
	case ToldAll:
		return "all"
	case ToldSchool:
		return "school matters only"
	case ToldAdvice:
		return "advice"
	}
	return "nothing"
}

// lesser of two words: the one that tells less. "all, not the address" beside one
// that tells less says that the address is kept, which the other does not say: then
// nothing may be told until somebody has looked.
func lesser(a, b string) string {
	words := ToldWords()
	if slices.Index(words, a) > slices.Index(words, b) {
		a, b = b, a
	}
	if a == "all, not the address" {
		return "nothing"
	}
	return b
}

// JoinPreferences keeps everything that either of two records asks for.
func JoinPreferences(a, b Preferences) Preferences {
	first := func(x, y string) string {
		if x != "" {
			return x
		}
		return y
	}
	both := func(x, y string) string {
		if x == "" || y == "" || x == y {
			return first(x, y)
		}
		return x + "; " + y
	}
	return Preferences{
		PersonID: a.PersonID, Channel: first(a.Channel, b.Channel), Times: both(a.Times, b.Times), Language: both(a.Language, b.Language),
		Interpreter: a.Interpreter || b.Interpreter, LargePrint: max(a.LargePrint, b.LargePrint), EasyRead: a.EasyRead || b.EasyRead,
		Braille: a.Braille || b.Braille, Audio: a.Audio || b.Audio, BSL: a.BSL || b.BSL, Words: both(a.Words, b.Words),
		NoGeneral: a.NoGeneral || b.NoGeneral,
	}
}
