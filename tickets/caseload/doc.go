// Package caseload reads the extract that a council's case system exports, as
// CSV or XLSX, and works out what it would change in the register. It writes
// nothing: [Make] gives a [Plan], which is shown as a dry run and carried out by
// the desk in one transaction.
//
// An extract may add and tighten. It never lifts a restriction, a mark of
// secrecy, a "no" to parental responsibility or a verified mark, never verifies
// an address, and never removes anything by leaving it out: what would loosen
// waits for a person. The same extract a second time changes nothing.
package caseload
