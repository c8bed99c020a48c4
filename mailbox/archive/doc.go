// Package archive reads mail that lies in files: single mails (.eml), mboxes and
// Maildirs, in folders at any depth.
//
// A mail is found once (File.Mails), without keeping its bytes, and read later
// (Mail.Read), so that mails of many files can be put into the order in which
// they arrived and an mbox of any size needs little memory: about 100 bytes a
// mail. Nothing is written, and no lock is taken: an archive that another
// program changes meanwhile is noticed, mail by mail.
//
// # Files
//
//	find.go    paths to files; what is no mail is named and left out
//	scan.go    a file to its mails
//	mbox.go    where a mail of an mbox begins
//	date.go    when a mail arrived
//	read.go    a mail to its bytes
package archive
