// Package devmail is the embedded mail server of `hearback demo` and of the
// fast tests: IMAP (go-imap's imapserver) and SMTP (go-smtp) over one store of
// messages on disk.
//
// It is a real server for a pretend post office. Every address can sign in
// with the one configured password and owns an account, made on first use;
// mail for any recipient is put into that recipient's INBOX, and nothing is
// ever relayed. It listens on loopback only.
//
// # Files, in the order in which a message meets them
//
//	listen.go    loopback listeners, connection limits and deadlines
//	smtp.go      the SMTP side: recipients, AUTH, DATA
//	address.go   an address to the account that owns it
//	deliver.go   trace headers, one copy for each recipient
//	account.go   accounts and their folders
//	folder.go    the index of one folder, UIDs and flags
//	disk.go      how a file becomes visible: written beside, then renamed
//	name.go      names of directories and message files
//	session.go   the IMAP side; list.go, fetch.go, section.go, structure.go,
//	             search.go, store.go and idle.go hold its commands
//	inspect.go   what tests and the demo's pages read
//
// # On disk
//
//	DIR/.lock                                one server a directory
//	DIR/.tmp/                                files being written; emptied at start
//	DIR/<account>/account.json               the address
//	DIR/<account>/<folder>/meta.json         name, UIDVALIDITY, UIDNEXT
//	DIR/<account>/<folder>/<message>.eml     the exact bytes received
//
// The name of a message file holds all that is known about the message (UID,
// internal date, size, flags; see name.go), so that one rename is one atomic
// change and there is no index that could disagree with the files. UIDNEXT is
// the larger of what meta.json says and the highest UID seen plus one;
// meta.json is brought up to date before a message is removed, so a UID is
// never given twice (RFC 9051 section 2.3.1.1).
package devmail
