// Package sla is the arithmetic of time: office hours, bank holidays, the
// service clock that runs while a family waits, and the rules by which statute
// counts days. It does no I/O and never asks what time it is.
//
// Three kinds of counting are kept apart, because the law keeps them apart:
//
//   - service standards run in working time on the council's [Calendar]
//     (calendar.go, clock.go, recompute.go);
//   - statutory periods run in calendar days and stop for nothing
//     ([Date] arithmetic in date.go and statutory.go);
//   - the Tribunal has working days of its own ([LegalDays] in statutory.go).
//
// Days are local days in Europe/London ([Date]). Instants that the package
// returns are in UTC and whole seconds, so that every database stores exactly
// what was computed. Every error is of kind fault.Invalid and carries a text
// that may be shown to people.
//
// The files, in the order of a clock's life: timeofday.go and holidays.go hold
// what a council sets, calendar.go and table.go turn it into a table of open
// spans, policy.go says how long an answer may take, clock.go starts the clock
// and names its steps, recompute.go applies what happens to it, describe.go
// puts it into words.
package sla
