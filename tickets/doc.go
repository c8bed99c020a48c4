// Package tickets is the domain of hearback: tickets (on screens: enquiries),
// messages, notes, letters that go out, and the verbs that move them.
//
// Nothing in here knows SQL, HTTP, IMAP or SMTP. Time is an argument. Every
// verb and every list takes an access.Actor. What a verb changes (state, clock,
// event, outbox row) is committed in one transaction.
package tickets
