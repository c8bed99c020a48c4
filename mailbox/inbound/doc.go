// Package inbound reads shared inboxes over IMAP and hands what it finds to
// the intake.
//
// Rules that hold in every file here:
//
//   - A mail is fetched with BODY.PEEK[] and nothing on the server changes
//     before the transaction that stores it has committed.
//   - Every (mailbox, folder, UIDVALIDITY, UID) that the server showed gets a
//     line in the ledger; the cursor moves after that, never before.
//   - Every step on the network has a deadline. go-imap v2 has none of its own
//     while it waits for an answer, so a timer closes the connection.
//   - BODYSTRUCTURE and ENVELOPE are never asked for: one odd message makes the
//     client give up the connection, and would stop the inbox for ever.
//   - One mail that cannot be read stops no other: it is quarantined.
package inbound
