// Package mailbox tells the story of one email. It holds no code; the folders
// beside this file do, and their names are the steps.
//
//  1. The schedule wakes the poller. (cmd/hearback/schedule.go)
//  2. The poller connects, signs in with a password or a token, selects the
//     folder (the inbox, Sent or Junk) and lists what is new.
//     (mailbox/inbound/poll.go, mailbox/inbound/connect.go, mailbox/signin/source.go)
//  3. Bodies are streamed with BODY.PEEK[]; the raw bytes are made safe first.
//     (mailbox/inbound/fetch.go)
//  4. Bytes become a tickets.Inbound: text, quoted text, attachments, kind.
//     (mailbox/parse/parse.go)
//  5. The sender, the thread and the tokens decide where it belongs, and the
//     reason is kept. (tickets/match.go)
//  6. In one transaction: raw mail, message, ticket, clock, acknowledgement in
//     the outbox, event, line in the ledger. (tickets/intake.go)
//  7. After the commit the server's copy may be flagged or moved, as configured;
//     then the cursor moves.
//     (mailbox/inbound/poll.go)
//  8. The sweep looks at clocks that are due and tells officer and lead.
//     (tickets/sweep.go)
//  9. An officer answers; the letter goes to the outbox and waits out its hold.
//     (tickets/reply.go)
//  10. The dispatcher claims it. (mailbox/outbound/dispatch.go)
//  11. Its final bytes are made. (mailbox/outbound/internal/compose/compose.go)
//  12. The guard judges the bytes on facts read now; only then is there a
//     Cleared. Files are opened for it. (mailbox/outbound/internal/clearance/clear.go,
//     mailbox/letter/read.go, mailbox/extract/extract.go, mailbox/guard/judge.go)
//  13. The courier redeems it, and is the only one who can.
//     (mailbox/outbound/internal/courier/deliver.go)
//  14. What became of it is recorded: accepted, refused, uncertain; the clock
//     stops, or goes on. (tickets/sent.go)
//
// What was written outside hearback comes back in through Sent
// (tickets/outside.go), and attachments are scanned afterwards
// (mailbox/scan/scanner.go).
//
// A mail that cannot be read is quarantined with its bytes
// (mailbox/inbound/quarantine.go) and is seen on the ledger page.
package mailbox
