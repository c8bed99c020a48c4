// Package outbound is the way out: it takes letters from the outbox one at a
// time, makes their final bytes, has them cleared, hands them to a mail server
// and records what became of each copy.
//
// A reader starts at dispatch.go. compose makes bytes, clearance decides about
// them, courier carries what was cleared; all three sit under internal, so that
// no other package can make a letter leave. review.go shows an author before
// sending what the dispatcher will decide later, and gives nothing that could
// be sent.
package outbound
