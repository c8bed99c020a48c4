package extract

// Kind says where in a file a text stands, which is what decides whether the
// person who attaches the file knows of it.
type Kind string

// The kinds of view.
const (
	KindText         Kind = "text"          // what a reader sees on the page
	KindHidden       Kind = "hidden text"   // in the file, not on the page
	KindComment      Kind = "comment"       // a remark in the margin, a note in code, an annotation
	KindInserted     Kind = "insertion"     // a tracked insertion; part of the text as well
	KindDeleted      Kind = "deletion"      // a tracked deletion, and the paragraph as it was before
	KindProperty     Kind = "property"      // author, title, path, custom property, custom XML, EXIF, XMP
	KindHeaderFooter Kind = "header"        // header or footer of the pages
	KindHiddenSheet  Kind = "hidden sheet"  // a whole sheet or slide that is not shown
	KindHiddenRow    Kind = "hidden row"    //
	KindHiddenColumn Kind = "hidden column" //
	KindCell         Kind = "cell"          // cells of a sheet, a line a row
	KindFormula      Kind = "formula"       // the formula itself
	KindResult       Kind = "result"        // what a formula came to when it was last worked out
	KindNote         Kind = "note"          // speaker's notes, footnotes and endnotes
	KindAltText      Kind = "alt text"      // description of a picture
	KindLink         Kind = "link"          // where a link leads
	KindName         Kind = "name"          // name of a file, an entry or a sheet
	KindLeftover     Kind = "leftover"      // earlier versions, caches, bytes behind the end
	KindPerson       Kind = "person"        // an author of comments or changes, sender or recipient of an attached mail
)

// View is one reading of one place of a file.
type View struct {
	Kind  Kind
	Where string // for people: "page 3", "sheet Plan", "comment by A. Writer"; "" for the file as a whole
	Text  string // UTF-8, "\n" line ends
}

// Code tells the guard what sort of problem it is; the words are for people.
type Code string

// The codes of problems.
const (
	Encrypted Code = "encrypted"  // needs a password or a key
	Picture   Code = "picture"    // words in a picture cannot be read
	Recording Code = "recording"  // sound or film
	Unknown   Code = "unknown"    // a kind of file that is not read
	Partial   Code = "partial"    // read, but not all of it can be
	Broken    Code = "broken"     // damaged, or made to look damaged
	TooMuch   Code = "too much"   // a limit was reached: what lies beyond was not looked at
	Mismatch  Code = "mismatch"   // name or declared type say one thing, the content another
	TwoInOne  Code = "two in one" // one file that different programs read differently
	External  Code = "external"   // shows something that is not in the file
)

// Problem says in plain words what could not be read, so that somebody can look.
type Problem struct {
	Code  Code
	Words string // continues the file's name: "is encrypted"
}

// Risk is something that was read and that a person may not know is there.
type Risk struct {
	Code  string // "comments", "changes", "hidden sheet", "author", "macros", "gps", ...
	Words string // continues the file's name: "has comments"
}

// File is a file as read.
type File struct {
	Name     string // as given, or the name within its archive
	Type     string // media type by content
	Views    []View
	Problems []Problem
	Risks    []Risk
	Files    []File // what it contains: entries, attachments, embedded objects and pictures
}

// Walk calls f for the file and for every file in it, with the names that lead there.
func (f File) Walk(visit func(path string, f File)) { f.walk("", visit) }

func (f File) walk(before string, visit func(string, File)) {
	path := f.Name
	if before != "" {
		path = before + " / " + f.Name
	}
	visit(path, f)
	for _, c := range f.Files {
		c.walk(path, visit)
	}
}

// Readable reports whether everything in the file, and in the files in it, could be read.
func (f File) Readable() bool {
	ok := true
	f.Walk(func(_ string, f File) { ok = ok && len(f.Problems) == 0 })
	return ok
}

func (f *File) problem(c Code, words string) {
	for _, p := range f.Problems {
		if p.Code == c && p.Words == words {
			return
		}
	}
	f.Problems = append(f.Problems, Problem{c, words})
}

func (f *File) risk(code, words string) {
	for _, r := range f.Risks {
		if r.Code == code && r.Words == words {
			return
		}
	}
	if len(f.Risks) < 200 {
		f.Risks = append(f.Risks, Risk{code, words})
	}
}
