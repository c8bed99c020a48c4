// Package check reads labelled letters, one JSON object a line, and has the
// guard judge them: the same function that the dispatcher asks. A council can
// keep examples of its own and run them before it changes a word list.
//
// A line says what the system knows (setup) and what is about to be sent
// (outbound). What a line says about the right answer is not read.
package check
