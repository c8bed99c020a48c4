// Package inbound reads shared mailboxes (inbox, Sent, Junk) over IMAP and hands what it finds to
// the intake.
//
// Rules that hold in every file here:
//
//   - A mail is fetched with BODY.PEEK[] and nothing on the server changes
//     before the transaction that stores it has committed.
//   - Every (mailbox, folder, UIDVALIDITY, UID) that the server showed gets a
//     line in the ledger; the cursor moves after that, never before, and never
//     past a UID that has none.
//   - Every step on the network has a deadline. go-imap v2 has none of its own
//     while it waits for an answer, so a timer closes the socket.
//   - BODYSTRUCTURE and ENVELOPE are never asked for: one odd message makes the
//     client give up the connection, and would stop the inbox for ever.
//   - What a look costs depends on what is new, never on what is there.
//   - One mail that cannot be read stops no other: it is quarantined. A server
//     that lets nothing be read stops everything, loudly: its mail waits.
//
// # Files, in the order of one look
//
//	poll.go        Once: the look as a whole; status.go how the folder is doing
//	lease.go       may this program read the folder?
//	turns.go       how many connections, how much memory
//	connect.go     dial, TLS, sign-in; starttls.go the upgrade
//	step.go        one step on the network, with its deadline
//	folder.go      open the folder; where to begin in one that was never read
//	list.go        what is new, and how it is cut into batches
//	fetch.go       bodies, streamed; keep.go hands them to the intake
//	rescue.go      what did not come with the others, one mail at a time
//	read.go        bytes made safe, then understood
//	settle.go      flag or move on the server what is stored
//	cursor.go      how far the folder was read
//	gone.go        what the server no longer has
//	wait.go        IDLE until there is something new
//	quarantine.go  a quarantined mail once more
//
// What leaves a mailbox is filed there as well: sentcopy.go takes the copies of sent
// letters that wait, sentbox.go opens the Sent folder, looks, and appends.
package inbound
