package view

// LetterFiles is the part of the composer with the files that go with the letter (#files).
//
// Fields: upload (repeated, files of the form), came (a file of the enquiry). Buttons: do = attach, came;
// unfile and cleanfile = id of a file. Without a script each of them comes back with everything that was typed.
type LetterFiles struct {
	Can      bool // files can be put to letters here
	Attached []Attached
	Came     []Option // files that came with the enquiry: message and part
	// Before are the author's own words of what was taken off or replaced.
	Before []string
	Hint   string // the limits
	Error  string
}

// Attached is one file that goes with the letter.
type Attached struct {
	ID     string
	Name   string
	Kind   string
	Bytes  int64
	Note   string // "Cleaned copy: 2 comments taken out", "Not scanned for viruses"
	Clean  bool   // a cleaned copy can be asked for
	Urgent bool   // Note is a warning
}
