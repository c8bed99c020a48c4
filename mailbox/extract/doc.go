// Package extract turns a file into everything that can be read in it: what a
// person sees, and what a person does not see but would send along.
//
// It exists because files tell more than their pages do. An officer who attaches
// a plan also attaches its comments, the words that somebody took out of it, the
// sheet that is hidden and the name of whoever wrote it. The guard has to judge
// all of that, and a person has to be offered a copy without it.
//
// Reading in order: file.go (what comes out), limits.go and work.go (how much may
// go in), sniff.go (what a file is, by its content), extract.go (the way through),
// then one file a format; clean.go makes the cleaned copy.
//
// Three rules hold throughout. What cannot be read is said, as a Problem, and never
// passed over: the guard asks a person about it. Nothing is believed twice: the name,
// the declared type and the content are compared, and a file that is two things at
// once is read as both. And work is bounded, because the files come from anywhere:
// bytes, unpacked bytes, ratio, depth, entries, text and time all end somewhere.
//
// Nothing here does I/O beyond the given reader, starts a program, keeps state or
// reads a clock; the deadline is the context's.
package extract
