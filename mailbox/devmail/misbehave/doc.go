// Package misbehave holds peers for tests that behave badly on purpose: an SMTP
// server that follows a script (SMTP) and a proxy that spoils an IMAP
// connection at a chosen place (IMAPProxy).
//
// Both tell what happens as it happens: hooks run before the peer goes on, so
// that a test can kill the program at a named phase, and Wait methods return
// when something has happened. Nothing in here sleeps. Both listen on loopback
// only, and Close waits for every goroutine.
package misbehave
