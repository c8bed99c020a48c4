// Package scan asks ClamAV's daemon whether a file carries something harmful.
//
// It speaks clamd's own protocol (clamd(8), "COMMANDS") over a local socket or
// TCP: INSTREAM with length-prefixed chunks, PING and VERSION, each ended by a
// NUL as the manual advises. One connection carries one question: a daemon that
// went wrong in the middle of a file then has no second file to confuse.
//
// The rule above all others: a file is Clean only when clamd read the whole of
// it and answered OK. Everything else that is not a finding is NotScanned: a
// daemon that is down, slow, out of memory or talking nonsense, a file larger
// than it takes, an answer that came before the end of the file.
package scan
